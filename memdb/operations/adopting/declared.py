"""Declarations of other systems' data and where it goes: statements over their tables, each of which reads rows of one of memdb's shapes.

The statements are files beside this one. In them, `:"name"` is the system's table of that name, quoted, and `:'name'` its name as a text;
`:rows` is a statement, and `:digest` the contents of digest.sql.
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
    """Rows of an area. `puts` are the statements that put them there, in order; the last one is about the rows themselves.

    The folder into/NAME has the statements `stage`, which creates the table into which rows are read, with its columns in the order of the
    streams; `count` and `compare`, which compute digests of rows before and after; and `name`. `told` are the columns in the digests, if
    rows may come from sources other than PostgreSQL.
    """

    name: str
    puts: tuple[str, ...]
    told: tuple[str, ...] = ()

    def statement(self, name: str, rows: str = "") -> str:
        return text(f"into/{self.name}/{name}.sql", rows=rows)


class Owner(NamedTuple):
    """The owner of the rows."""

    agent_id: UUID | None
    user_id: UUID | None


class Handed(Protocol):
    """Rows that an adapter makes and areas' functions put, for what statements alone cannot express."""

    def said(self, row: Row) -> str:
        """The content of a source row, of which its digest is computed. For an unreadable row, it is arbitrary."""

    def name(self, row: Row) -> str:
        """The row's name in reports."""

    async def owner(self, on: Executor, given: Owner) -> Owner:
        """The owner of the rows: the given one, with the adapter's own agent, created if necessary, if that is wanted."""

    async def found(self, tx: Transaction, rows: Sequence[Row], owner: Owner) -> list[str | None]:
        """The content in memdb for each row, comparable with `said` of the row, including deleted ones; None if there is none."""

    async def put(self, tx: Transaction, rows: Sequence[Row], owner: Owner) -> list[str]:
        """Put rows that do not exist yet, and return the content in memdb for each.

        Raises InvalidInput or AlreadyExists if one cannot be put, and TransactionConflict if it was put concurrently.
        """


class Stream(msgspec.Struct, frozen=True):
    """A statement that reads rows of a shape.

    - `needs`: the columns, by table, without which it cannot run.
    - `before`: the stream for tables of an earlier version, which lack some of them.
    - `optional`: if a database lacks one of the tables, there is nothing to read here, and it is not refused.
    - `left_out`: the statement that reads rows for which memdb has no place.
    - `of`: for a statement shared by several streams, the system's tables that take the place of those it names.
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
        """This stream, or the one for an earlier version; None if it is optional and its tables do not exist.

        `found` are the existing columns, `named` the names of the tables there. Raises InvalidInput, which says what is missing.
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
    """How a source that is not an SQL database is opened, by its URL and the names of its parts.

    The opened object defines `columns`, `count`, `batches`, `rows` and `left_out`. Its streams' statements are the names by which it knows
    them.
    """

    opened: Callable[[str, Mapping[str, str]], AbstractAsyncContextManager[Any]]
    streams: tuple[Stream, ...]


class System(msgspec.Struct, frozen=True):
    """What is adopted from a system, the versions that are supported, and the default names of its tables.

    `streams` are read in PostgreSQL, `of_file` in a SQLite file, if the system has one; `elsewhere` by the schemes of other URLs.
    """

    name: str
    versions: str
    tables: Mapping[str, str]
    streams: tuple[Stream, ...]
    of_file: tuple[Stream, ...] = ()
    elsewhere: Mapping[str, Elsewhere] = {}


def text(path: str, tables: Mapping[str, str] | None = None, rows: str = "") -> str:
    """A statement with the names of tables, the statement `rows` from which it reads, and the digest expression."""

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
    """A table's name, possibly with its schema, quoted for SQL."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def _read(path: str) -> str:
    return _HOME.joinpath(path).read_text(encoding="utf-8")
