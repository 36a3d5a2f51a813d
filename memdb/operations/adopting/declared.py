"""What another system keeps and where it goes: statements over its tables, each of which reads rows of one of memdb's shapes.

The statements are files beside this one. In them `:"name"` is the table that the system calls so, quoted, and `:'name'` its name as a text;
`:rows` is a statement, and `:digest` what digest.sql has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from importlib.resources import files
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

import msgspec

from memdb.engine.executor import Executor, Transaction
from memdb.errors import InvalidInput
from memdb.operations.adopting.rows import Row

_NAMED: Final = re.compile(r""":(?:"(\w+)"|'(\w+)'|(rows)\b|(digest)\b)""")
_HOME: Final = files(__package__)

Tables = Mapping[str, frozenset[str]]


class Shape(msgspec.Struct, frozen=True):
    """Rows of an area. `puts` are the statements that put them there, one after the other; the last is about the rows themselves.

    In the folder into/NAME are the statements `stage`, which makes the table that the rows are read into, with its columns in the order in
    which streams have them, `count` and `compare`, which take digests of rows before and after, and `name`. `told` are the columns that
    digests are of, where rows may come from elsewhere than PostgreSQL.
    """

    name: str
    puts: tuple[str, ...]
    told: tuple[str, ...] = ()

    def statement(self, name: str, rows: str = "") -> str:
        return text(f"into/{self.name}/{name}.sql", rows=rows)


class Owner(NamedTuple):
    """Whose rows are that are put."""

    agent_id: UUID | None
    user_id: UUID | None


class Handed(Protocol):
    """Rows that the functions of areas put, made of them by an adapter: for what statements alone cannot say as it does."""

    def said(self, row: Row) -> str:
        """What a row of the source says: its digest is of that. Of a row that cannot be read it is anything."""

    def name(self, row: Row) -> str:
        """What it is called where it is told of."""

    async def owner(self, on: Executor, given: Owner) -> Owner:
        """Whose the rows become: what was given, and the adapter's own agent where that is wanted, which is made if there is none."""

    async def found(self, tx: Transaction, rows: Sequence[Row], owner: Owner) -> list[str | None]:
        """What is in memdb of each row, as `said` of the row would have it, and deleted ones, too; None where nothing is."""

    async def put(self, tx: Transaction, rows: Sequence[Row], owner: Owner) -> list[str]:
        """Put rows that are not there; returns what is in memdb of each. Raises InvalidInput, AlreadyExists where one cannot be put, and
        TransactionConflict where another has put it meanwhile.
        """


class Stream(msgspec.Struct, frozen=True):
    """A statement that reads rows of a shape.

    - `needs`: the columns, by table, without which it cannot be run.
    - `before`: the stream for tables of an earlier version, which lack some of them.
    - `optional`: whether a database that lacks one of the tables has nothing to read here, and is not refused.
    - `left_out`: the statement that reads what has no place.
    - `of`: for a statement that several streams have, which of the system's tables is in the place of which that it names.
    """

    name: str
    statement: str
    shape: Shape | Handed
    needs: Tables
    before: Stream | None = None
    optional: bool = False
    left_out: str | None = None
    of: Mapping[str, str] = {}

    def rows(self, tables: Mapping[str, str]) -> str:
        """The statement over tables of these names."""
        return text(self.statement, {**tables, **{name: tables[other] for name, other in self.of.items()}})

    def fitting(self, found: Tables, named: Mapping[str, str]) -> Stream | None:
        """This stream, or the one for an earlier version; None if it is optional and its tables are not there.

        `found` are the columns that there are, `named` the names of the tables there. Raises InvalidInput, which says what is missing.
        """
        lacking = {table: columns - found.get(table, frozenset()) for table, columns in self.needs.items()}
        lacking = {table: columns for table, columns in lacking.items() if columns}
        if not lacking:
            return self
        if self.before is not None and all(table in found for table in self.needs):
            return self.before.fitting(found, named)
        if self.optional and any(table not in found for table in lacking):
            return None
        told = " and ".join(
            f"no column {', '.join(sorted(columns))} in {named[table]}"
            if table in found
            else f"no table {named[table]} with {', '.join(sorted(columns))}"
            for table, columns in sorted(lacking.items())
        )
        raise InvalidInput("source", f"must have what the {self.name} are read from: there is {told}")


class Elsewhere(NamedTuple):
    """How a source that is no database of SQL's is opened, by its URL and the names that its parts have, and what is read there.

    What is opened defines `columns`, `count`, `batches`, `rows` and `left_out`; the statement of its streams is what it knows them by.
    """

    opened: Callable[[str, Mapping[str, str]], AbstractAsyncContextManager[Any]]
    streams: tuple[Stream, ...]


class System(msgspec.Struct, frozen=True):
    """What is adopted of a system, and the versions whose tables it has: the names of its tables where nothing else is said.

    `streams` are read in PostgreSQL, `of_file` in a SQLite file, where the system has one; `elsewhere` by the schemes of other URLs.
    """

    name: str
    versions: str
    tables: Mapping[str, str]
    streams: tuple[Stream, ...]
    of_file: tuple[Stream, ...] = ()
    elsewhere: Mapping[str, Elsewhere] = {}


def text(path: str, tables: Mapping[str, str] | None = None, rows: str = "") -> str:
    """A statement with the names of tables, the statement `rows` that it reads from, and how a digest is taken."""

    def replaced(match: re.Match[str]) -> str:
        identifier, literal, is_rows, _ = match.groups()
        if identifier:
            return quoted((tables or {})[identifier])
        if literal:
            name = (tables or {})[literal].rpartition(".")[2]
            return "'" + name.replace("'", "''") + "'"
        return rows if is_rows else _read("into/digest.sql").partition("\n")[2].rstrip()

    return _NAMED.sub(replaced, _read(path))


def quoted(name: str) -> str:
    """The name of a table, also with its schema, as SQL has it."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def _read(path: str) -> str:
    return _HOME.joinpath(path).read_text(encoding="utf-8")
