"""Reading another system's tables in a SQLite file: all of them in one snapshot, in a thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from memdb.errors import InvalidInput
from memdb.operations.adopting.declared import Shape, Stream, Tables, text
from memdb.operations.adopting.handing import READ_ROWS
from memdb.operations.adopting.records import RecordSource
from memdb.operations.adopting.rows import LeftOut, Row

_BATCH_ROWS: Final = 5000


class SqliteSource(RecordSource):
    """The tables of a file, read in one transaction."""

    def __init__(self, connection: sqlite3.Connection, tables: Mapping[str, str]) -> None:
        self._connection = connection
        self._tables = tables

    @classmethod
    @asynccontextmanager
    async def opened(cls, path: str, tables: Mapping[str, str]) -> AsyncIterator[SqliteSource]:
        """Raises InvalidInput if there is no such file."""
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

    async def left_out(self, stream: Stream) -> AsyncIterator[LeftOut]:
        if stream.left_out is not None:
            for row in await asyncio.to_thread(self._rows, text(stream.left_out, self._tables)):
                yield LeftOut(*row)

    async def rows(self, stream: Stream) -> AsyncGenerator[Sequence[Row], None]:
        most = _BATCH_ROWS if isinstance(stream.shape, Shape) else READ_ROWS
        with _told():
            cursor = await asyncio.to_thread(self._connection.execute, stream.rows(self._tables))
            names = [column[0] for column in cursor.description]
            while some := await asyncio.to_thread(cursor.fetchmany, most):
                yield [dict(zip(names, row, strict=True)) for row in some]

    def _rows(self, statement: str, arguments: Sequence[str] = ()) -> list[Any]:
        with _told():
            return self._connection.execute(statement, arguments).fetchall()


def _connected(path: str) -> sqlite3.Connection:
    """A connection in a transaction."""
    file = Path(path)
    if not file.is_file():
        raise InvalidInput("source", f"must be a postgresql:// URL or a file that is there, not {path}")
    # A step runs in one thread at a time, though not always the same.
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    # SQLite's own text of a number may be that of a neighbouring one.
    connection.create_function("exact", 1, repr, deterministic=True)
    connection.create_function("moment", 1, _moment, deterministic=True)
    with _told():
        connection.execute(text("begin_of_file.sql"))
    return connection


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise InvalidInput("source", f"cannot be read: {error}") from error


def _moment(seconds: Any) -> str | None:
    """The time for seconds since 1970, or None for what is no such number."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (TypeError, ValueError, OverflowError, OSError):
        return None
