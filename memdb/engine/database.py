"""Database, Tenant and Admin: for whom a call runs, and on which connection."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import perf_counter
from types import TracebackType
from typing import Annotated, Any, Self, TypeVar
from uuid import UUID

import asyncpg
from msgspec import Meta, Struct

from memdb.engine.calls import BEGIN, PING, FunctionStats
from memdb.engine.connection import Connection
from memdb.engine.deadline import Deadline
from memdb.engine.effects import keeps_to_itself, writes
from memdb.engine.executor import AdminExecutor, AdminTransaction, Context, Executor, Isolation, Transaction, leaves_unknown, raise_ours
from memdb.engine.groups import Groups
from memdb.engine.inputs import Name, check_for
from memdb.engine.line import Execution
from memdb.engine.pool import Pool, PoolStats
from memdb.engine.transaction import OpenAdminTransaction, OpenTransaction, begun, known_isolation
from memdb.errors import InvalidInput, TransactionConflict

T = TypeVar("T", bound=OpenTransaction)
Begun = TypeVar("Begun", bound=Transaction)
R = TypeVar("R")

_LONGEST_TIMEOUT = 10_000_000

_check_org_id = check_for("org_id", UUID)
_check_admin_org_id = check_for("org_id", UUID | None)
_check_actor = check_for("actor", Name | None)
_check_attempts = check_for("attempts", Annotated[int, Meta(ge=1, le=100)])

# The first pause between two attempts, in seconds; each further one may be twice as long.
_PAUSE = 0.005


class Pooled(Executor):
    """An executor that takes a connection from the pool for each call."""

    __slots__ = ("_groups", "_pool")

    def __init__(
        self, pool: Pool, org_id: UUID | None, actor: str | None, context: Context, timeout: float, groups: Groups | None = None
    ) -> None:
        super().__init__(org_id, actor, context, timeout)
        self._pool = pool
        self._groups = groups

    def _state(self) -> str:
        return self._pool.state

    async def _fetch(self, statement: str, arguments: Sequence[Any]) -> list[asyncpg.Record]:
        pool = self._pool
        start = perf_counter()
        try:
            turn: Connection | list[asyncpg.Record] | None = pool.take() if self._groups is None else None
            if turn is None:
                turn = await self._turn(statement, arguments, start + self.timeout)
            if not isinstance(turn, Connection):
                self.context.calls.count(statement, perf_counter() - start)
                return turn
            connection = turn
            try:
                # Not fetch(timeout=), which does not cover the closing of statements that asyncpg has postponed until now.
                with Deadline(start + self.timeout):
                    records = await connection.fetch_prepared(statement, arguments)
            except BaseException as error:
                pool.take_back(connection, error)
                raise
        except BaseException as error:
            raise_ours(self._failed(error, statement, perf_counter() - start), error)
        pool.give(connection)
        seconds = perf_counter() - start
        if seconds < pool.pace.quickest:
            pool.pace.quickest = seconds
        self.context.calls.count(statement, seconds)
        return records

    async def _turn(self, statement: str, arguments: Sequence[Any], until: float) -> Connection | list[asyncpg.Record]:
        """A connection for the statement; or its rows, if it has been executed together with others."""
        execution = Execution(statement, arguments, self.org_id) if self.org_id is not None and keeps_to_itself(statement) else None
        if execution is not None and writes(statement, self.context.steady):
            rows = await self._groups.turn(execution, until) if self._groups is not None else None
            if rows is not None:
                return rows
            execution = None
        return await self._pool.wait(until, execution)

    async def _fetch_many(
        self, statement: str, rows: Iterable[Sequence[Any]], accept: Callable[[list[asyncpg.Record]], None]
    ) -> list[asyncpg.Record]:
        async with self._begin(OpenTransaction, None, readonly=False, one_call=statement) as transaction:
            return await transaction._fetch_many(statement, rows, accept)

    async def _stream(self, statement: str, arguments: Sequence[Any], *, prefetch: int) -> AsyncIterator[asyncpg.Record]:
        async with self._begin(OpenTransaction, None, readonly=True, one_call=statement) as transaction:
            async for record in transaction._stream(statement, arguments, prefetch=prefetch):
                transaction.deadline = None
                yield record

    def transaction(self, *, isolation: Isolation | None = None, readonly: bool = False) -> AbstractAsyncContextManager[Transaction]:
        return self._begin(OpenTransaction, isolation, readonly=readonly)

    async def run(self, work: Callable[[Transaction], Awaitable[R]], *, isolation: Isolation | None = None, attempts: int = 5) -> R:
        """Run `work` in a transaction and return its result. After a collision, retry in a new one, up to `attempts` times in all.

            async def rename(tx: Transaction) -> Memory:
                memory = await memories.get(tx, id=id)
                return await memories.update(tx, id=id, content=memory.content + "!")

            memory = await tenant.run(rename, isolation="repeatable_read")

        Nothing else is ever retried: a collision has rolled everything back, while after any other failure it may have happened. So `work`
        must not do anything outside the transaction that cannot be repeated. Raises TransactionConflict after the last attempt, and
        whatever `work` raises.
        """
        return await _attempt(self.transaction, work, isolation, attempts)

    @asynccontextmanager
    async def _begin(self, kind: type[T], isolation: Isolation | None, *, readonly: bool, one_call: str | None = None) -> AsyncIterator[T]:
        """A transaction that begins within the timeout. With `one_call`, its statement, it also ends within it, if its deadline is kept."""
        start = perf_counter()
        try:
            connection = self._pool.take() or await self._pool.acquire(self.timeout)
        except BaseException as error:
            raise_ours(self._failed(error, one_call or BEGIN, perf_counter() - start), error)
        transaction = kind(connection, self.org_id, self.actor, self.context, self.timeout)
        transaction.deadline, transaction.one_call = start + self.timeout, one_call
        try:
            async with begun(transaction, connection.transaction(isolation=known_isolation(isolation), readonly=readonly)):
                if one_call is None:
                    transaction.deadline = None
                yield transaction
        except BaseException as error:
            if leaves_unknown(error):
                self._pool.reclaim(connection)
            else:
                self._pool.give(connection)
            raise
        else:
            self._pool.give(connection)
        finally:
            transaction.end()


class Tenant(Pooled):
    """One tenant: each call is one round trip, sees and changes this tenant's rows only, and ends within `timeout` seconds."""

    __slots__ = ()
    org_id: UUID


class Admin(Pooled, AdminExecutor):
    """Provisioning and maintenance, in the administrative role: of one tenant if `org_id` is given, otherwise across tenants.

    The role's policy lets it see all tenants; only the statement's own `org_id = :org_id` restricts it to one.
    """

    __slots__ = ()

    def transaction(self, *, isolation: Isolation | None = None, readonly: bool = False) -> AbstractAsyncContextManager[AdminTransaction]:
        return self._begin(OpenAdminTransaction, isolation, readonly=readonly)

    async def run(self, work: Callable[[AdminTransaction], Awaitable[R]], *, isolation: Isolation | None = None, attempts: int = 5) -> R:
        """`Tenant.run`, in the administrative role."""
        return await _attempt(self.transaction, work, isolation, attempts)


async def _attempt(
    begin: Callable[..., AbstractAsyncContextManager[Begun]],
    work: Callable[[Begun], Awaitable[R]],
    isolation: Isolation | None,
    attempts: int,
) -> R:
    for pause in pauses(attempts):
        try:
            async with begin(isolation=isolation) as transaction:
                return await work(transaction)
        except TransactionConflict:
            await asyncio.sleep(pause)
    async with begin(isolation=isolation) as transaction:
        return await work(transaction)


def pauses(attempts: int) -> Iterator[float]:
    """The seconds to wait after each attempt except the last. Raises InvalidInput."""
    for number in range(_check_attempts(attempts, 0) - 1):
        yield random.uniform(0, _PAUSE * 2 ** min(number, 8))


class Stats(Struct, frozen=True):
    """A Database's pools, with that of `db.admin()` apart, and its functions by name (docs/observability.md)."""

    pool: PoolStats
    admin_pool: PoolStats
    functions: dict[str, FunctionStats]


class Database:
    """A pool on one database, made by `memdb.connect`. Close it, or use it as `async with`."""

    def __init__(self, pool: Pool, admin_pool: Pool, *, context: Context, timeout: float, group_writes: bool = False) -> None:
        self._pool = pool
        self._groups = Groups(pool)
        self._group_writes = group_writes
        self._admin_pool = admin_pool
        self._on_close: list[Callable[[], Awaitable[None]]] = []
        self._context = context
        self.dimension = context.dimension
        self.timeout = timeout

    def tenant(self, org_id: UUID, *, actor: str | None = None, timeout: float | None = None, group_writes: bool | None = None) -> Tenant:
        """The executor of one organization, cheap enough to create for each request. Its existence is checked only when it is used.

        `actor` (1 to 200 characters) is recorded as the author by the histories and the audit log; a user's id is a good choice. `timeout`
        is in seconds, per call, including waiting for a connection. None means the value given to `connect`, also for `group_writes`.
        """
        groups = self._groups if (self._group_writes if group_writes is None else group_writes) else None
        return Tenant(self._pool, _check_org_id(org_id, 0), _check_actor(actor, 0), self._context, self._seconds(timeout), groups)

    def admin(self, org_id: UUID | None = None, *, actor: str | None = None, timeout: float | None = None) -> Admin:
        """The executor of provisioning and maintenance: of the organization `org_id`, or across all of them.

        Its connections are opened on first use. `actor` and `timeout` are those of `tenant`.
        """
        org_id = _check_admin_org_id(org_id, 0)
        return Admin(self._admin_pool, org_id, _check_actor(actor, 0), self._context, self._seconds(timeout))

    def stats(self) -> Stats:
        """The pools' current state, and the calls since `connect` by function; sends nothing to the server."""
        return Stats(self._pool.stats(), self._admin_pool.stats(), self._context.calls.stats())

    async def ping(self, *, timeout: float | None = None) -> float:
        """The seconds until the database answered, including waiting for a connection: one round trip, and one more on a new connection.

        `timeout` is in seconds; None means that of `connect`. Raises PoolExhausted, DeadlineExceeded, ServerUnreachable, ConnectionLost,
        PoolClosed.
        """
        start = perf_counter()
        await Pooled(self._pool, None, None, self._context, self._seconds(timeout))._fetch(PING, ())
        return perf_counter() - start

    def call_on_close(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Run `callback` once the connections are closed."""
        self._on_close.append(callback)

    async def close(self) -> None:
        """Close all connections; a call in progress finishes first or fails. Closing twice is harmless."""
        await asyncio.gather(self._pool.close(), self._admin_pool.close())
        while self._on_close:
            await self._on_close.pop()()

    def __repr__(self) -> str:
        return f"<memdb.Database on {self._context.place}, {self._pool.state}>"

    def _seconds(self, timeout: float | None) -> float:
        return self.timeout if timeout is None else check_timeout(timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()


def check_timeout(seconds: Any, field: str = "timeout") -> float:
    """`seconds` as a finite number above 0. Raises InvalidInput."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= _LONGEST_TIMEOUT:
        raise InvalidInput(field, f"must be a number of seconds above 0 and at most {_LONGEST_TIMEOUT}, not {seconds!r}")
    return float(seconds)
