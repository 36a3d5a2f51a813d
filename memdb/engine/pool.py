"""A small pool of asyncpg connections in which a checkout costs a list pop.

asyncpg's own pool wraps each connection in a proxy and releases it in a separate task, which takes about a third of the time of a read by
key. memdb never sets anything session-scoped on these connections (as a test ensures), so nothing has to be reset between two calls.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Final

import asyncpg
from msgspec import Struct

from memdb.engine.belonging import Belonging
from memdb.engine.connection import BROKEN, Connection
from memdb.engine.deadline import Deadline
from memdb.engine.episode import Episode
from memdb.engine.line import Execution, Line, Turn, Waiter
from memdb.engine.pace import Pace
from memdb.engine.trips import Trip
from memdb.errors import CallFailed, MemdbError, PoolClosed, PoolExhausted

_RECOVERY_SECONDS = 2.0


class PoolStats(Struct, frozen=True):
    """A pool's connections: at most `size`, `open` now, of which `idle`.

    The other open ones are in use, being opened, or being recovered. `waiting` is the number of calls that wait for one.
    """

    size: int
    open: int
    idle: int
    waiting: int


class Pool:
    """At most `size` connections, opened on demand, reused last in, first out, and handed to waiters in order.

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
        self._line = Line()
        self._trips: set[asyncio.Task[None]] = set()
        self._recovering: dict[asyncio.Task[None], Connection] = {}
        self.pace: Final = Pace()
        self._closed = False

    @property
    def state(self) -> str:
        return "closed" if self._closed else "open"

    def check(self) -> None:
        """Raises ForeignUse."""
        self._belonging.check()

    def take(self) -> Connection | None:
        """An idle connection, without waiting, or None. Raises ForeignUse."""
        self._belonging.check()
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._lose(connection, "while it was idle")
        return None

    async def acquire(self, timeout: float) -> Connection:
        """An idle connection, a new one, or the next that is returned within `timeout` seconds.

        Raises PoolExhausted, PoolClosed, or what connecting raised.
        """
        connection = await self.wait(perf_counter() + timeout, None)
        assert isinstance(connection, Connection)
        return connection

    async def wait(self, until: float, execution: Execution | None) -> Connection | list[asyncpg.Record]:
        """A connection, as from `acquire`, or the rows of the execution, if it was sent together with others.

        That happens if no connection is idle and others wait to run the same statement. `until` is the deadline, by `time.perf_counter`.
        Raises what `acquire` does, and TimeoutError if the execution was sent.
        """
        waiter = Waiter(execution, until)
        try:
            while (turn := await self._turn(waiter)) is None:
                pass
        except CallFailed as error:
            if waiter.sent:
                error.outcome = "unknown"
            raise
        return turn

    def give(self, connection: Connection) -> None:
        """Return a connection on which nothing is running."""
        if self._closed:
            self._drop(connection)
        elif connection.is_closed():
            self._lose(connection, "in use")
        elif connection.is_in_transaction():
            self._lose(connection, "with a transaction left open")
        elif not self._line or not self._hand_over(connection):
            self._idle.append(connection)
            if self._exhausted.failures:
                self._exhausted.end("connections are free again")

    def reclaim(self, connection: Connection) -> None:
        """Return a connection in an unknown state. It is recovered in the background, or discarded."""
        if self._closed:
            self._drop(connection)
            return
        if connection.is_closed():
            self._lose(connection, "in use")
            return
        task = asyncio.get_running_loop().create_task(self._recover(connection))
        self._recovering[task] = connection
        task.add_done_callback(self._recovering.pop)

    def take_back(self, connection: Connection, error: BaseException | None) -> None:
        """Return a connection on which a statement outside of transactions has ended, with this error."""
        (self.give if error is None or was_answered(error) else self.reclaim)(connection)

    async def close(self) -> None:
        """Close the idle connections, and each other one when it is returned. Waiters get PoolClosed."""
        self._belonging.check()
        self._closed = True
        while self._hand_over(None):
            pass
        await asyncio.gather(*self._trips, *self._recovering, return_exceptions=True)
        idle, self._idle = self._idle, []
        self._open -= len(idle)
        await asyncio.gather(*[self._shut(connection) for connection in idle])

    def stats(self) -> PoolStats:
        """The current state."""
        return PoolStats(self._size, self._open, len(self._idle), len(self._line))

    def abandon(self) -> None:
        """Close the sockets of all connections on which nothing is running, without telling the server."""
        self._closed = True
        for task in self._trips:
            task.cancel()
        for task, connection in self._recovering.items():
            task.cancel()
            # A task that is cancelled before its first step does nothing.
            connection.terminate()
        self.renew()

    def renew(self) -> None:
        """Discard the idle connections, so that the next ones are opened anew."""
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

    async def _turn(self, waiter: Waiter) -> Turn:
        """The waiter's next turn, of whichever kind; None if it has to try again."""
        if self._closed:
            raise PoolClosed("the database was closed")
        if (connection := self.take()) is not None:
            return connection
        if self._open < self._size:
            return await self._add(waiter.until - perf_counter())
        turn = await self._queue(waiter)
        if isinstance(turn, Connection) and turn.is_closed():
            self._lose(turn, "while it was idle")
            return None
        return turn

    async def _queue(self, waiter: Waiter) -> Turn:
        self._line.join(waiter)
        try:
            with Deadline(waiter.until):
                return await waiter.turn
        except BaseException as error:
            self._leave(waiter)
            if isinstance(error, TimeoutError) and not waiter.sent:
                told = f"none of {self._size} connections became free in time"
                self._exhausted.fail(f"exhausted: {told}; {len(self._line)} more calls wait")
                raise PoolExhausted(told) from None
            raise

    def _leave(self, waiter: Waiter) -> None:
        """Pass on to others what the waiter has been given, or would be."""
        if waiter.trip is not None:
            waiter.trip.left()
        elif not waiter.turn.done() or waiter.turn.cancelled():
            self._line.leave(waiter)
        elif isinstance(connection := waiter.turn.result(), Connection):
            self.give(connection)
        else:
            self._hand_over(None)

    def _hand_over(self, connection: Connection | None) -> bool:
        """Give `connection`, or the news of a free slot, to the first waiter, and to others that can share it. False if nobody waits."""

        def room(first: Waiter, alike: int) -> int:
            statement = first.execution.statement if first.execution else None
            if connection is None or statement is None or alike == 1 or not connection.has_prepared(statement):
                return 1
            return self.pace.room(statement, -(-alike // self._size))

        while waiters := self._line.next(room):
            here = [waiter for waiter in waiters if not waiter.turn.done()]
            if len(here) > 1 and connection is not None:
                trip = Trip(connection, here, self.pace, self.take_back)
                self._trips.add(trip.task)
                trip.task.add_done_callback(self._trips.discard)
                return True
            if here:
                here[0].settle(connection)
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
        # reset() first waits for asyncpg's pending cancellation, then rolls back whatever is open.
        try:
            async with asyncio.timeout(_RECOVERY_SECONDS):
                await connection.reset()
        except BROKEN:
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
        except BROKEN:
            connection.terminate()
        self._log.debug("closed the connection to server process %d", connection.server_process)


def was_answered(error: BaseException) -> bool:
    """Whether the server has ended a statement with this error and is ready for the next one."""
    # An encoding error occurs after Parse: the server waits for the rest, in a transaction.
    return isinstance(error, asyncpg.PostgresError) and not isinstance(error, asyncpg.DataError)
