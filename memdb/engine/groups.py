"""Group commit: the writes of many callers in one transaction."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from time import perf_counter
from typing import Any, Final
from uuid import UUID

import asyncpg

from memdb.engine.connection import BROKEN, Connection
from memdb.engine.deadline import Deadline
from memdb.engine.line import Company, Execution, Waiter
from memdb.engine.pool import Pool, was_answered
from memdb.engine.translation import translate
from memdb.errors import CallFailed, MemdbError, PoolExhausted

# A group that waits for a lock gives up before the server looks for deadlocks, by default after a second, so that no one else becomes the
# victim.
_PATIENCE: Final = 0.5
# The largest and the smallest size of a group, in members. A group that fails halves the lane's size; any other increases it by one.
_MOST: Final = 64
_LEAST: Final = 4
_LANES: Final = 4
# How many writes of a statement run alone after one of them made a group fail.
_PENANCE: Final = 32
_STATEMENTS: Final = 1000


class Groups:
    """Lanes that each execute and commit one group at a time. A tenant is always in the same lane.

    So groups never wait for one another's rows.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        # One connection is left for others.
        self._lanes: Final = [_Lane(pool) for _ in range(max(1, min(pool.stats().size - 1, _LANES)))]

    async def turn(self, execution: Execution, until: float) -> list[asyncpg.Record] | None:
        """The rows of the execution, once it is committed; None if nothing of it was, and it has to run alone.

        Raises PoolExhausted if its turn does not come, TimeoutError if it came but did not finish in time, and what committing raised.
        """
        self._pool.check()
        return await self._lanes[hash(execution.tenant) % len(self._lanes)].turn(Waiter(execution, until))


class _Lane:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._waiting: deque[Waiter] = deque()
        self._busy = False
        self._room = _MOST
        self._alone: dict[str, int] = {}

    async def turn(self, waiter: Waiter) -> list[asyncpg.Record] | None:
        if self._does_penance(waiter.execution):
            return None
        self._waiting.append(waiter)
        if not self._busy:
            self._busy = True
            # Callers in the same turn of the event loop join the group.
            asyncio.get_running_loop().call_soon(self._depart)
        try:
            with Deadline(waiter.until):
                turn = await waiter.turn
        except BaseException as error:
            if waiter.trip is not None:
                waiter.trip.left()
            if isinstance(error, TimeoutError) and not waiter.sent:
                raise PoolExhausted("the writes before it were not committed in time") from None
            raise
        assert not isinstance(turn, Connection)
        return turn

    def _does_penance(self, execution: Execution | None) -> bool:
        left = self._alone.get(execution.statement, 0) if execution else 0
        if execution and left:
            self._alone[execution.statement] = left - 1
            if left == 1:
                del self._alone[execution.statement]
        return left > 0

    def _depart(self) -> None:
        """Start the next group with the members that are waiting and have not left."""
        group: list[Waiter] = []
        while self._waiting and len(group) < self._room:
            if not (waiter := self._waiting.popleft()).turn.done():
                group.append(waiter)
        self._busy = bool(group)
        if group:
            _Group(self._pool, group).task.add_done_callback(self._arrived)

    def _arrived(self, task: asyncio.Task[str | None]) -> None:
        failed = None if task.cancelled() or task.exception() else task.result()
        if failed is None:
            self._room = min(self._room + 1, _MOST)
        else:
            self._room = max(self._room // 2, _LEAST)
            if len(self._alone) >= _STATEMENTS:
                self._alone.clear()
            self._alone[failed] = _PENANCE
        self._depart()


class _Group(Company):
    """A transaction; with one member, a statement outside of transactions.

    Whatever goes wrong before COMMIT is sent has changed nothing. Each member then runs alone and gets the result of its own write.
    """

    def __init__(self, pool: Pool, members: Sequence[Waiter]) -> None:
        super().__init__(members)
        self._pool = pool
        self.task = asyncio.get_running_loop().create_task(self._run())
        self.task.add_done_callback(lambda task: self.part())

    async def _run(self) -> str | None:
        """The statement that made the others fail, if one did."""
        latest = max(member.until for member in self.members)
        try:
            connection = await self._pool.acquire(latest - perf_counter())
        except BaseException as error:
            self._send_alone(error)
            return None
        for member in self.members:
            member.sent = True
        if len(self.members) == 1:
            await self._alone(connection, self.members[0])
            return None
        work = _Work(connection, self.members)
        try:
            with Deadline(perf_counter() + min(_PATIENCE, self.patience())):
                await work.execute()
        except BaseException as error:
            await self._undo(connection, work, error)
            self._send_alone(error)
            return work.statement
        await self._commit(connection, work, latest)
        return None

    async def _alone(self, connection: Connection, member: Waiter) -> None:
        assert member.execution is not None
        try:
            with Deadline(member.until):
                rows = await connection.fetch_prepared(member.execution.statement, member.execution.arguments)
        except BaseException as error:
            self._pool.take_back(connection, error)
            member.fail(error)
            if not isinstance(error, Exception):
                raise
        else:
            self._pool.give(connection)
            member.settle(rows)

    async def _undo(self, connection: Connection, work: _Work, error: BaseException) -> None:
        undone = False
        try:
            if was_answered(error):
                with suppress(*BROKEN):
                    with Deadline(perf_counter() + _PATIENCE):
                        await work.transaction.__aexit__(type(error), error, None)
                    undone = True
        finally:
            (self._pool.give if undone else self._pool.reclaim)(connection)

    async def _commit(self, connection: Connection, work: _Work, latest: float) -> None:
        try:
            with Deadline(latest):
                await work.transaction.__aexit__(None, None, None)
        except BaseException as error:
            if _was_refused(error):
                self._pool.give(connection)
                self._send_alone(error)
                return
            connection.terminate()
            self._pool.give(connection)
            for member in self.members:
                member.fail(error)
            if not isinstance(error, Exception):
                raise
        else:
            self._pool.give(connection)
            for member, rows in work.rows:
                member.settle(rows)

    def _send_alone(self, error: BaseException) -> None:
        for member in self.members:
            member.settle(None)
        if not isinstance(error, Exception):
            raise error


class _Work:
    """The members' work, statement by statement, each in the order of the tenants.

    So groups of two processes wait for each other in one direction only.
    """

    def __init__(self, connection: Connection, members: Sequence[Waiter]) -> None:
        self._connection = connection
        self._alike: dict[str, list[tuple[Execution, Waiter]]] = {}
        for member in members:
            if member.execution is not None:
                self._alike.setdefault(member.execution.statement, []).append((member.execution, member))
        self.transaction: Any = connection.transaction()
        self.statement: str | None = None
        self.rows: list[tuple[Waiter, list[asyncpg.Record]]] = []

    async def execute(self) -> None:
        for statement in self._alike:
            self.statement = statement
            await self._connection.keep_prepared(statement)
        await self.transaction.__aenter__()
        for statement, alike in sorted(self._alike.items()):
            self.statement = statement
            alike.sort(key=_tenant)
            rows = await self._connection.fetch_each(statement, [execution.arguments for execution, _ in alike])
            self.rows += zip((member for _, member in alike), rows, strict=True)


def _tenant(item: tuple[Execution, Waiter]) -> UUID:
    return item[0].tenant


def _was_refused(error: BaseException) -> bool:
    """Whether a COMMIT that ended with this error has committed nothing."""
    ours = translate(error) if isinstance(error, Exception) else error
    return isinstance(ours, MemdbError) and not (isinstance(ours, CallFailed) and ours.outcome == "unknown")
