"""A proxy between a client and PostgreSQL that counts round trips and can add latency; for demonstrations, tests and benchmarks."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Final

from memdb.engine.dsn import connection_parameters
from memdb.engine.dsn.hosts import Host

_PORT: Final = 5432
_CHUNK: Final = 1 << 16
# After Sync, Query and Flush, a client waits for the server; Execute and Query run a statement.
_WAITS: Final = frozenset(b"SQH")
_RUNS: Final = frozenset(b"EQ")


class Wire:
    """The traffic over all connections.

    `round_trips` counts the client's waits after its start-up, `statements` the statements that it ran, including BEGIN and COMMIT. Both
    can be reset to 0.
    """

    def __init__(self, dsn: str, latency: float) -> None:
        self.dsn: Final = dsn
        self.latency = latency
        self.round_trips = 0
        self.statements = 0
        self._relays: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        """Break all connections at once, as a network failure would; new ones are allowed."""
        for relay in tuple(self._relays):
            relay.cancel()


class _Frontend:
    """Reads a client's messages, however they are split into chunks."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._started = False

    def kinds(self, chunk: bytes) -> Iterator[int]:
        """The type bytes of the messages that end in this chunk."""
        self._buffer += chunk
        while True:
            # The start-up message has no type byte before its length.
            header = 1 if self._started else 0
            if len(self._buffer) < header + 4:
                return
            length = header + int.from_bytes(self._buffer[header : header + 4])
            if len(self._buffer) < length:
                return
            if self._started:
                yield self._buffer[0]
            self._started = True
            del self._buffer[:length]


@asynccontextmanager
async def tapped(dsn: str, *, latency: float = 0.0) -> AsyncIterator[Wire]:
    """A proxy in front of `dsn`; connect to the yielded Wire's `dsn`. `latency` is in seconds per round trip.

    It connects to the first server that the DSN names, without TLS.
    """
    with tempfile.TemporaryDirectory(prefix="memdb-wire-") as folder:
        parameters = connection_parameters(dsn)
        proxy = Host(folder, _PORT)
        wire = Wire(parameters.url_on(proxy), latency)
        tasks = wire._relays

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await _relay(wire, reader, writer, await _reach(parameters.hosts[0]))
            tasks.discard(task)
            writer.close()

        server = await asyncio.start_unix_server(serve, proxy.socket)
        try:
            yield wire
        finally:
            server.close()
            for task in tuple(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _reach(host: Host) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await (asyncio.open_unix_connection(host.socket) if host.is_socket else asyncio.open_connection(host.name, host.port))


async def _relay(
    wire: Wire,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    frontend = _Frontend()
    from_server, to_server = upstream

    async def upward() -> None:
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, chunk = await queue.get()
                if wire.latency:
                    await asyncio.sleep(due - loop.time())
                to_server.write(chunk)
                if not chunk:
                    to_server.write_eof()
                    return

        delivering = loop.create_task(deliver())
        try:
            while chunk := await reader.read(_CHUNK):
                for kind in frontend.kinds(chunk):
                    wire.round_trips += kind in _WAITS
                    wire.statements += kind in _RUNS
                queue.put_nowait((loop.time() + wire.latency, chunk))
            queue.put_nowait((loop.time(), b""))
            await delivering
        finally:
            delivering.cancel()

    async def downward() -> None:
        while chunk := await from_server.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()

    up = asyncio.ensure_future(upward())
    try:
        await downward()
    finally:
        up.cancel()
        await asyncio.gather(up, return_exceptions=True)
        to_server.close()
