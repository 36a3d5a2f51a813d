"""A small pool of asyncpg connections whose checkout costs a list pop.

asyncpg's own pool wraps each connection in a proxy and releases it in a task of its own: about a third of the time of a read by key.
Nothing session-scoped is ever set on these connections (a test holds that), so there is nothing to reset between two calls.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable

import asyncpg
from msgspec import Struct

from memdb.engine.belonging import Belonging
from memdb.engine.connection import Connection
from memdb.engine.episode import Episode
from memdb.errors import MemdbError, PoolClosed, PoolExhausted

_RECOVERY_SECONDS = 2.0


class PoolStats(Struct, frozen=True):
    """A pool's connections: `size` at most, `open` now, `idle` of these; the rest are in use, being opened or being made usable again.
    `waiting` is how many calls wait for one.
    """

    size: int
    open: int
    idle: int
    waiting: int


class Pool:
    """At most `size` connections, opened when first needed, reused newest first, handed to waiters in order.

    `name` is the logger's.
    """

    def __init__(self, connect: Callable[[float], Awaitable[Connection]], *, size: int, name: str = "memdb.pool") -> None:
        self._log = logging.getLogger(name)
        self._exhausted = Episode(self._log)
        self._unreachable = Episode(self._log)
        self._belonging = Belonging()
        self._connect = connect
        self._size = size
        self._open = 0
        self._idle: list[Connection] = []
        self._waiters: deque[asyncio.Future[Connection | None]] = deque()
        self._recovering: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def state(self) -> str:
        return "closed" if self._closed else "open"

    def take(self) -> Connection | None:
        """An idle connection, without waiting; None if there is none. Raises ForeignUse."""
        self._belonging.check()
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._lose(connection, "while it was idle")
        return None

    async def acquire(self, timeout: float) -> Connection:
        """An idle connection, a new one, or the next that is given back within `timeout` seconds.

        Raises PoolExhausted, PoolClosed, or what connecting raised.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            if self._closed:
                raise PoolClosed("the database was closed")
            if (connection := self.take()) is not None:
                return connection
            remaining = deadline - loop.time()
            if self._open < self._size:
                return await self._add(remaining)
            if (connection := await self._wait(remaining)) is not None:
                if not connection.is_closed():
                    return connection
                self._lose(connection, "while it was idle")

    def give(self, connection: Connection) -> None:
        """Return a connection on which nothing is running."""
        if self._closed:
            self._drop(connection)
        elif connection.is_closed():
            self._lose(connection, "in use")
        elif connection.is_in_transaction():
            self._lose(connection, "with a transaction left open")
        elif not self._waiters or not self._hand_over(connection):
            self._idle.append(connection)
            if self._exhausted.failures:
                self._exhausted.end("connections are free again")

    def reclaim(self, connection: Connection) -> None:
        """Return a connection in an unknown state: it is made usable in the background, or discarded."""
        if self._closed:
            self._drop(connection)
            return
        if connection.is_closed():
            self._lose(connection, "in use")
            return
        task = asyncio.get_running_loop().create_task(self._recover(connection))
        self._recovering.add(task)
        task.add_done_callback(self._recovering.discard)

    async def close(self) -> None:
        """Close the idle connections, and each other one as it comes back. Waiters get PoolClosed."""
        self._belonging.check()
        self._closed = True
        while self._hand_over(None):
            pass
        await asyncio.gather(*self._recovering, return_exceptions=True)
        idle, self._idle = self._idle, []
        self._open -= len(idle)
        await asyncio.gather(*[self._shut(connection) for connection in idle])

    def stats(self) -> PoolStats:
        """How it is now."""
        return PoolStats(self._size, self._open, len(self._idle), len(self._waiters))

    def abandon(self) -> None:
        """Break all connections on which nothing is running, without a word to the server."""
        self._closed = True
        for task in self._recovering:
            task.cancel()
        while self._idle:
            self._drop(self._idle.pop())

    async def _add(self, timeout: float) -> Connection:
        self._open += 1
        try:
            connection = await self._connect(timeout)
        except BaseException as error:
            self._open -= 1
            self._hand_over(None)
            if isinstance(error, MemdbError):
                self._unreachable.fail(f"no connection can be opened: {error}")
            raise
        if self._unreachable.failures:
            self._unreachable.end("connections can be opened again")
        self._log.debug("opened a connection to server process %d, %d of %d", connection.server_process, self._open, self._size)
        return connection

    async def _wait(self, timeout: float) -> Connection | None:
        """The connection that is handed over, or None when it is worth trying again (a slot became free, or the pool closed)."""
        waiter: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(timeout):
                return await waiter
        except BaseException as error:
            if not waiter.done() or waiter.cancelled():
                self._forget(waiter)
            elif (connection := waiter.result()) is not None:
                self.give(connection)
            else:
                self._hand_over(None)
            if isinstance(error, TimeoutError):
                told = f"none of {self._size} connections became free in time"
                self._exhausted.fail(f"exhausted: {told}; {len(self._waiters)} more calls wait")
                raise PoolExhausted(told) from None
            raise

    def _forget(self, waiter: asyncio.Future[Connection | None]) -> None:
        with contextlib.suppress(ValueError):
            self._waiters.remove(waiter)

    def _hand_over(self, connection: Connection | None) -> bool:
        """Give `connection`, or the news of a free slot, to whoever has waited longest. False if nobody waits."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return True
        return False

    def _lose(self, connection: Connection, when: str) -> None:
        self._log.warning("lost the connection to server process %d %s", connection.server_process, when)
        self._drop(connection)

    def _drop(self, connection: Connection) -> None:
        self._open -= 1
        connection.terminate()
        self._log.debug("closed the connection to server process %d", connection.server_process)
        self._hand_over(None)

    async def _recover(self, connection: Connection) -> None:
        # reset() first waits for the cancellation that asyncpg has under way, then rolls back whatever is open.
        try:
            async with asyncio.timeout(_RECOVERY_SECONDS):
                await connection.reset()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self._lose(connection, "whose call had ended early: it could not be made usable again")
        except BaseException:
            self._drop(connection)
            raise
        else:
            self._log.info("recovered the connection to server process %d, whose call had ended early", connection.server_process)
            self.give(connection)

    async def _shut(self, connection: Connection) -> None:
        try:
            await connection.close(timeout=_RECOVERY_SECONDS)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            connection.terminate()
        self._log.debug("closed the connection to server process %d", connection.server_process)
