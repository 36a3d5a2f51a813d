"""Reading another system's tables in a SQLite file: all of them as of one moment, in a thread."""

from __future__ import annotations

import asyncio
import sqlite3
import struct
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

from memdb.errors import InvalidInput
from memdb.operations.adopting.declared import Shape, Stream, Tables, text
from memdb.operations.adopting.handing import READ_ROWS, counted
from memdb.operations.adopting.rows import SIGNATURE, Batch, Counted, LeftOut, Row, digest_of

_BATCH_ROWS: Final = 5000
_NULL: Final = struct.pack("!i", -1)


class SqliteSource:
    """The tables of a file, read in one transaction. Statements read texts and integers only."""

    def __init__(self, connection: sqlite3.Connection, tables: Mapping[str, str]) -> None:
        self._connection = connection
        self._tables = tables

    @classmethod
    @asynccontextmanager
    async def opened(cls, path: str, tables: Mapping[str, str]) -> AsyncIterator[SqliteSource]:
        """Raises InvalidInput where there is no such file."""
        connection = await asyncio.to_thread(_connected, path)
        try:
            yield cls(connection, tables)
        finally:
            connection.close()

    async def columns(self) -> Tables:
        found: dict[str, frozenset[str]] = {}
        for known, name in self._tables.items():
            rows = await asyncio.to_thread(self._rows, text("columns_of_file.sql"), [name])
            if rows:
                found[known] = frozenset(name for (name,) in rows)
        return found

    async def count(self, stream: Stream) -> Counted:
        if not isinstance(stream.shape, Shape):
            return await counted(self.rows(stream), stream.shape)
        return await asyncio.to_thread(self._counted, stream, stream.shape)

    async def left_out(self, stream: Stream) -> AsyncIterator[LeftOut]:
        if stream.left_out is not None:
            for row in await asyncio.to_thread(self._rows, text(stream.left_out, self._tables)):
                yield LeftOut(*row)

    async def batches(self, stream: Stream) -> AsyncGenerator[Batch, None]:
        with _told():
            cursor = await asyncio.to_thread(self._connection.execute, stream.rows(self._tables))
            while batch := await asyncio.to_thread(_batch, cursor):
                yield batch

    async def rows(self, stream: Stream) -> AsyncGenerator[Sequence[Row], None]:
        with _told():
            cursor = await asyncio.to_thread(self._connection.execute, stream.rows(self._tables))
            names = [column[0] for column in cursor.description]
            while some := await asyncio.to_thread(cursor.fetchmany, READ_ROWS):
                yield [dict(zip(names, row, strict=True)) for row in some]

    def _rows(self, statement: str, arguments: Sequence[str] = ()) -> list[Any]:
        with _told():
            return self._connection.execute(statement, arguments).fetchall()

    def _counted(self, stream: Stream, shape: Shape) -> Counted:
        rows = digest = 0
        with _told():
            cursor = self._connection.execute(stream.rows(self._tables))
            places = [[column[0] for column in cursor.description].index(name) for name in shape.told]
            for row in cursor:
                rows += 1
                digest += digest_of(chr(31).join(str(row[place]) for place in places if row[place] is not None))
        return Counted(rows, str(digest))


def _connected(path: str) -> sqlite3.Connection:
    """A connection in a transaction."""
    file = Path(path)
    if not file.is_file():
        raise InvalidInput("source", f"must be a postgresql:// URL or a file that is there, not {path}")
    # A step takes one thread at a time, though not always the same.
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    with _told():
        connection.execute(text("begin_of_file.sql"))
    return connection


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise InvalidInput("source", f"cannot be read: {error}") from error


def _batch(cursor: sqlite3.Cursor) -> Batch | None:
    rows = cursor.fetchmany(_BATCH_ROWS)
    return Batch([SIGNATURE, *(_row(row) for row in rows), b"\xff\xff"]) if rows else None


def _row(row: Sequence[Any]) -> bytes:
    """As COPY takes it in its binary form."""
    return struct.pack("!h", len(row)) + b"".join(map(_field, row))


def _field(value: Any) -> bytes:
    if value is None:
        return _NULL
    data = struct.pack("!i", value) if isinstance(value, int) else str(value).encode(errors="surrogatepass")
    return struct.pack("!i", len(data)) + data
