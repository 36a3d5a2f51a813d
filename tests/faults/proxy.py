"""A TCP proxy in front of PostgreSQL that fails as networks do, at a chosen byte."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from memdb.engine.dsn import connection_parameters
from memdb.operations.wire import _reach

Direction = Literal["up", "down"]
Way = Literal["reset", "silent"]


class Fault(NamedTuple):
    """After `offset` more bytes in a direction the connection is reset, or falls silent: nothing passes, and nobody is told."""

    direction: Direction
    offset: int
    way: Way


class Proxy:
    """`delay` is in seconds, for each piece in each direction; `fault` happens once; `connecting` is what becomes of new connections."""

    def __init__(self, dsn: str) -> None:
        self.dsn: Final = dsn
        self.delay = 0.0
        self.fault: Fault | None = None
        self.connecting: Way | None = None
        self.passed = {"up": 0, "down": 0}
        self.links: Final[set[_Link]] = set()

    def vanish(self) -> None:
        """The other machine is gone: all connections are silent, and new ones will be."""
        self.connecting = "silent"
        for link in self.links:
            link.silent = True

    def reset(self) -> None:
        """Break all connections."""
        for link in tuple(self.links):
            link.reset()

    def heal(self) -> None:
        """Break what is silent, and be a good network from now on."""
        self.delay, self.fault, self.connecting = 0.0, None, None
        for link in tuple(self.links):
            if link.silent:
                link.reset()

    def passing(self, direction: Direction, chunk: bytes) -> tuple[bytes, Way | None]:
        """What of the chunk passes, and what happens then if the fault is due."""
        fault = self.fault
        if fault is None or fault.direction != direction:
            return chunk, None
        if fault.offset >= len(chunk):
            self.fault = fault._replace(offset=fault.offset - len(chunk))
            return chunk, None
        self.fault = None
        return chunk[: fault.offset], fault.way


class _Link:
    """One connection, from the client's side of the proxy to the server's."""

    def __init__(self, proxy: Proxy, client: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._ends = [client]
        self._ended = asyncio.Event()
        self.silent = False

    async def run(self, from_client: asyncio.StreamReader, dsn: str) -> None:
        from_server, to_server = await _reach(connection_parameters(dsn).hosts[0])
        to_client = self._ends[0]
        self._ends.append(to_server)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._pump("up", from_client, to_server))
            tasks.create_task(self._pump("down", from_server, to_client))

    def reset(self) -> None:
        """End both sides at once; without lingering a socket's end is a reset."""
        self._ended.set()
        for end in self._ends:
            # ValueError: uvloop's, of one that is closed.
            with suppress(OSError, ValueError):
                end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()

    async def _pump(self, direction: Direction, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        way: Way | None = None
        with suppress(ConnectionError):
            while way is None and (chunk := await reader.read(1 << 16)):
                await asyncio.sleep(self._proxy.delay)
                if self.silent:
                    break
                chunk, way = self._proxy.passing(direction, chunk)
                self._proxy.passed[direction] += len(chunk)
                writer.write(chunk)
                await writer.drain()
        self.silent = self.silent or way == "silent"
        if self.silent:
            await self._ended.wait()
        self.reset()


@asynccontextmanager
async def proxied(dsn: str) -> AsyncIterator[Proxy]:
    """A proxy in front of `dsn`; connect to the yielded Proxy's `dsn`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link(proxy, writer)
        proxy.links.add(link)
        try:
            if proxy.connecting != "reset":
                link.silent = proxy.connecting == "silent"
                await link.run(reader, dsn)
        finally:
            link.reset()
            proxy.links.discard(link)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    parts = urlsplit(dsn)
    netloc = f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{server.sockets[0].getsockname()[1]}"
    proxy = Proxy(urlunsplit(parts._replace(netloc=netloc, query="sslmode=disable")))
    try:
        yield proxy
    finally:
        server.close()
        while proxy.links:
            proxy.reset()
            await asyncio.sleep(0.001)
