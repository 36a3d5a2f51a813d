"""A dump as a file: lines of JSON, compressed by gzip.

    {"memdb_dump": 1, "schema": "0026_...", "organization": {...}, "spaces": [...], "tables": [{"name": "users", "rows": 2, ...}, ...], ...}
    ["0197...", "2026-01-01 00:00:00+00", null, ...]          the rows of the first table, each an array of its columns as text,
    ["0197...", ...]                                          and no other line in between
    {"table": "users", "rows": 2, "sha256": "..."}            of these lines
    ...                                                       so each table in the order of the header
    {"sha256": "..."}                                         of all lines above

Hashes tell what is damaged from what is whole; whoever can write the file can also make them anew.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO, Final, TypeVar
from uuid import UUID

import msgspec

from memdb.errors import DumpDamaged, DumpTooNew, InvalidInput

T = TypeVar("T")

FORMAT: Final = 1
# Most of it is embeddings, which look random: level 6 takes more than twice the time and saves 7 %.
_LEVEL: Final = 1
_BATCH_BYTES: Final = 1 << 20
_BATCH_ROWS: Final = 1000
_LONGEST_LINE: Final = 1 << 28
# The beginning of the last line, and of no other.
_END: Final = b'{"sha256"'


class Identity(msgspec.Struct, frozen=True):
    """The organization's identity."""

    id: UUID
    slug: str
    name: str


class DumpedSpace(msgspec.Struct, frozen=True):
    """An embedding space, by its number in the dump, and whether the tenant has embeddings in it."""

    space: int
    dimension: int
    model: str | None
    used: bool


class DumpedTable(msgspec.Struct, frozen=True):
    """The number of a table's rows in a dump, and their columns."""

    name: str
    columns: list[str]
    rows: int


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a dump: its origin and its contents. `schema` is the last migration applied."""

    memdb_dump: int = FORMAT
    schema: str
    server_version: int
    dumped_at: datetime
    organization: Identity
    spaces: list[DumpedSpace]
    tables: list[DumpedTable]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


class Section(msgspec.Struct, frozen=True):
    """The summary after a table's rows."""

    table: str
    rows: int
    sha256: str


class _Format(msgspec.Struct):
    memdb_dump: int


class _End(msgspec.Struct):
    sha256: str


class Tally:
    """Counts and hashes the rows of a table."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._rows = 0
        self._hash = hashlib.sha256()

    def add(self, line: bytes) -> None:
        self._rows += 1
        self._hash.update(line)

    def section(self) -> Section:
        return Section(self._table, self._rows, self._hash.hexdigest())


def require_binary(file: object, *, method: str, mode: str) -> None:
    """Raises InvalidInput for what is no file that is open for bytes, such as a path."""
    if isinstance(file, io.TextIOBase) or not callable(getattr(file, method, None)):
        raise InvalidInput("file", f"must be open for bytes, as by open(path, {mode!r}), not {type(file).__name__}")


class Writer:
    """Writes a dump. Blocks, so it is for a thread."""

    def __init__(self, file: BinaryIO, header: Header) -> None:
        self._zip = gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=_LEVEL, mtime=0)
        self._hash = hashlib.sha256()
        self.line(header)

    def line(self, value: msgspec.Struct) -> None:
        self.write(msgspec.json.encode(value) + b"\n")

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        self._zip.write(data)

    def end(self) -> None:
        self.line(_End(self._hash.hexdigest()))
        self._zip.close()


class Reader:
    """Reads a dump and checks it; raises DumpDamaged for any fault. Blocks, so it is for a thread."""

    def __init__(self, file: BinaryIO) -> None:
        self._lines = io.BufferedReader(gzip.GzipFile(fileobj=file, mode="rb"))
        self._hash = hashlib.sha256()
        self.sections: dict[str, Section] = {}

    def header(self) -> Header:
        """The first line. May also raise DumpTooNew."""
        line = self._line()
        if (found := _decoded(line, _Format).memdb_dump) > FORMAT:
            raise DumpTooNew(f"the dump is of format {found}, this memdb reads up to {FORMAT}: upgrade memdb")
        return _decoded(line, Header)

    def batches(self, table: DumpedTable) -> Iterator[list[str]]:
        """The rows of the next table, which must be `table`."""
        tally = Tally(table.name)
        batch: list[str] = []
        size = 0
        while not (line := self._line()).startswith(b"{"):
            tally.add(line)
            with _damage():
                batch.append(line.decode())
            size += len(line)
            if size >= _BATCH_BYTES or len(batch) == _BATCH_ROWS:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch
        section = _decoded(line, Section)
        if section != tally.section() or section.rows != table.rows:
            raise DumpDamaged(f"the dump is damaged in the rows of {table.name}")
        self.sections[table.name] = section

    def end(self) -> None:
        """The remaining lines, up to the last one, which must be correct."""
        while not (line := self._line()).startswith(_END):
            pass
        if _decoded(line, _End).sha256 != self._hash.hexdigest():
            raise DumpDamaged("the dump is damaged: its lines are not those that were written")
        with _damage():
            if self._lines.read(1):
                raise DumpDamaged("the dump is damaged: there is more after its end")

    def _line(self) -> bytes:
        with _damage():
            line = self._lines.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise DumpDamaged("the dump is cut short")
        if not line.startswith(_END):
            self._hash.update(line)
        return line


def _decoded(line: bytes, kind: type[T]) -> T:
    with _damage():
        return msgspec.json.decode(line, type=kind)


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except EOFError:
        raise DumpDamaged("the dump is cut short") from None
    except (gzip.BadGzipFile, zlib.error, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise DumpDamaged(f"the file is damaged or is not a dump: {error}") from error
