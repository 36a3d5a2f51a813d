"""Reading another system's tables in PostgreSQL: all of them in one snapshot, by COPY."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from memdb.engine.dsn import ConnectionParameters, connection_parameters
from memdb.engine.reaching import reach
from memdb.engine.settings import SETTINGS, UNLIMITED
from memdb.engine.translation import translate
from memdb.errors import InvalidInput, ServerUnreachable
from memdb.operations.adopting.declared import Shape, Stream, Tables, quoted, text
from memdb.operations.adopting.handing import READ_ROWS, counted
from memdb.operations.adopting.rows import SIGNATURE, Batch, Counted, LeftOut, Row

_END: Final = b"\xff\xff"
_BATCH_BYTES: Final = 16 << 20
# Settings that change how a value is written.
_KEPT: Final = ("client_encoding", "timezone", "datestyle", "intervalstyle", "bytea_output", "extra_float_digits")


class PostgresSource:
    """The tables of a database, read in one read-only transaction with one snapshot."""

    def __init__(self, connection: asyncpg.Connection, tables: Mapping[str, str]) -> None:
        self._connection = connection
        self._tables = tables

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, tables: Mapping[str, str]) -> AsyncIterator[PostgresSource]:
        """Raises memdb's connection errors."""
        settings = {**{name: SETTINGS[name] for name in _KEPT}, **UNLIMITED, "row_security": "off"}
        try:
            connection = await reach(_parameters(url).with_defaults(settings), {}, prepare=True)
        except OSError as error:
            raise ServerUnreachable(f"the source cannot be reached: {error}") from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise translate(error) from error
        try:
            await connection.transaction(isolation="repeatable_read", readonly=True).start()
            yield cls(connection, tables)
        finally:
            # There is nothing to commit, and a COPY may be in progress.
            connection.terminate()

    async def columns(self) -> Tables:
        names = {quoted(name): known for known, name in self._tables.items()}
        found: dict[str, set[str]] = {}
        try:
            records = await self._connection.fetch(text("columns_of_source.sql"), list(names))
        except asyncpg.PostgresError as error:
            raise translate(error) from error
        for record in records:
            found.setdefault(names[record["table_name"]], set()).add(record["column_name"])
        return {table: frozenset(columns) for table, columns in found.items()}

    async def count(self, stream: Stream) -> Counted:
        if not isinstance(stream.shape, Shape):
            return await counted(self.rows(stream), stream.shape)
        try:
            (record,) = await self._connection.fetch(stream.shape.statement("count", rows=stream.rows(self._tables)))
        except asyncpg.PostgresError as error:
            raise _unreadable(stream, error) from error
        return Counted(record["rows"], record["digest"])

    async def left_out(self, stream: Stream) -> AsyncIterator[LeftOut]:
        if stream.left_out is not None:
            async for record in self._connection.cursor(text(stream.left_out, self._tables), prefetch=1000):
                yield LeftOut(record["source_table"], record["row"], record["reason"])

    async def batches(self, stream: Stream) -> AsyncGenerator[Batch, None]:
        """The rows in COPY's binary format. While a batch is written, the next one is read."""
        ready: asyncio.Queue[Batch | Exception | None] = asyncio.Queue(maxsize=1)

        async def read() -> None:
            batching = _Batching(ready)
            try:
                await self._connection.copy_from_query(stream.rows(self._tables), output=batching.add, format="binary")
                await batching.end()
            except Exception as error:
                await ready.put(_unreadable(stream, error))

        reading = asyncio.create_task(read())
        try:
            while (batch := await ready.get()) is not None:
                if isinstance(batch, Exception):
                    raise batch
                yield batch
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def rows(self, stream: Stream) -> AsyncGenerator[Sequence[Row], None]:
        try:
            cursor = await self._connection.cursor(stream.rows(self._tables))
            while some := await cursor.fetch(READ_ROWS):
                yield [dict(record) for record in some]
        except asyncpg.PostgresError as error:
            raise _unreadable(stream, error) from error


class _Batching:
    """The output of a COPY, in batches of some megabytes, or one row. A chunk from asyncpg ends with a row."""

    def __init__(self, ready: asyncio.Queue[Batch | Exception | None]) -> None:
        self._ready = ready
        self._chunks = [SIGNATURE]
        self._size = -len(SIGNATURE)

    async def add(self, chunk: bytes) -> None:
        # Only when there is another chunk, because the last one has a trailer.
        if self._size >= _BATCH_BYTES:
            await self._ready.put(Batch([*self._chunks, _END]))
            self._chunks, self._size = [SIGNATURE], 0
        self._chunks.append(chunk if self._size >= 0 else chunk[len(SIGNATURE) :])
        self._size += len(chunk)

    async def end(self) -> None:
        await self._ready.put(Batch(self._chunks))
        await self._ready.put(None)


def _unreadable(stream: Stream, error: Exception) -> Exception:
    """memdb's error. For a value that the statement cannot read, it says what the rows are and how the value begins."""
    if not isinstance(error, asyncpg.DataError):
        return translate(error)
    reason = ": ".join(filter(None, (error.message, error.context)))
    return InvalidInput("source", f"has {stream.name} that cannot be read: {reason}")


def _parameters(url: str) -> ConnectionParameters:
    try:
        return connection_parameters(url)
    except InvalidInput as error:
        raise InvalidInput("source", f"cannot be connected to: {error}") from error
