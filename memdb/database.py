"""Who a call runs for, and on which connection: Database, Tenant, Transaction, Admin."""

from __future__ import annotations

import asyncio
import math
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from types import TracebackType
from typing import Any, Literal, NoReturn, Self
from uuid import UUID

import asyncpg

from memdb.errors import DeadlineExceeded, InvalidInput, Unavailable, translate
from memdb.inputs import check_for
from memdb.pool import Pool

Isolation = Literal["read_committed", "repeatable_read", "serializable"]
Run = Callable[[asyncpg.Connection, float], Awaitable[list[asyncpg.Record]]]

_check_org_id = check_for("org_id", UUID)


class Executor(ABC):
    """What a query function runs on. `org_id` is the tenant whose rows it sees, None for the administrator."""

    __slots__ = ("dimension", "org_id", "timeout")

    def __init__(self, org_id: UUID | None, dimension: int, timeout: float) -> None:
        self.org_id = org_id
        self.dimension = dimension
        self.timeout = timeout

    @abstractmethod
    async def fetch(self, statement: str, arguments: Sequence[Any]) -> list[asyncpg.Record]:
        """All rows of one execution, in one round trip."""

    @abstractmethod
    async def fetch_many(
        self, statement: str, rows: Iterable[Sequence[Any]], accept: Callable[[list[asyncpg.Record]], None]
    ) -> list[asyncpg.Record]:
        """The rows of all executions, sent as one pipeline inside a transaction; if `accept` raises, all of it is rolled back."""

    @abstractmethod
    def stream(self, statement: str, arguments: Sequence[Any], *, prefetch: int) -> AsyncIterator[asyncpg.Record]:
        """The rows through a server-side cursor, `prefetch` a round trip, on one connection and snapshot until exhausted or closed."""

    @abstractmethod
    def transaction(self, *, isolation: Isolation | None = None, readonly: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """Several calls in one transaction: n statements cost n + 2 round trips.

            async with tenant.transaction() as tx:
                memory = await memories.get(tx, id=id)
                await memories.update(tx, id=id, content="...")

        Leaving the block commits; an exception rolls back and is raised on. A failed statement makes the rest of the transaction fail: to
        go on after one, wrap it in a nested `tx.transaction()`, which is a savepoint. `isolation` None means the server's default.
        """


class Pooled(Executor):
    """An executor that takes a connection from the pool for each call."""

    __slots__ = ("_pool",)

    def __init__(self, pool: Pool, org_id: UUID | None, dimension: int, timeout: float) -> None:
        super().__init__(org_id, dimension, timeout)
        self._pool = pool

    async def fetch(self, statement: str, arguments: Sequence[Any]) -> list[asyncpg.Record]:
        pool, timeout = self._pool, self.timeout
        connection = pool.take()
        if connection is None:
            connection, timeout = await self._acquire()
        try:
            records = await connection.fetch(statement, *arguments, timeout=timeout)
        except asyncpg.PostgresError as error:
            pool.give(connection)
            _raise_ours(error)
        except Exception as error:
            pool.reclaim(connection)
            _raise_ours(error)
        except BaseException:
            pool.reclaim(connection)
            raise
        pool.give(connection)
        return records  # type: ignore[no-any-return]

    async def fetch_many(
        self, statement: str, rows: Iterable[Sequence[Any]], accept: Callable[[list[asyncpg.Record]], None]
    ) -> list[asyncpg.Record]:
        async with self.transaction() as transaction:
            return await transaction.fetch_many(statement, rows, accept)

    async def stream(self, statement: str, arguments: Sequence[Any], *, prefetch: int) -> AsyncIterator[asyncpg.Record]:
        async with self.transaction(readonly=True) as transaction:
            async for record in transaction.stream(statement, arguments, prefetch=prefetch):
                yield record

    @asynccontextmanager
    async def transaction(self, *, isolation: Isolation | None = None, readonly: bool = False) -> AsyncIterator[Transaction]:
        connection = self._pool.take()
        if connection is None:
            connection, _ = await self._acquire()
        try:
            async with _begun(connection, isolation, readonly, self.timeout, is_savepoint=False):
                yield Transaction(connection, self.org_id, self.dimension, self.timeout)
        except BaseException as error:
            if _leaves_unknown(error):
                self._pool.reclaim(connection)
            else:
                self._pool.give(connection)
            raise
        self._pool.give(connection)

    async def _acquire(self) -> tuple[asyncpg.Connection, float]:
        """A connection, and what is left of the timeout."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + self.timeout
        connection = await self._pool.acquire(self.timeout)
        return connection, max(deadline - clock(), 0.001)


class Tenant(Pooled):
    """One tenant: each call is one round trip, sees and changes this tenant's rows only, and ends within `timeout` seconds."""

    __slots__ = ()
    org_id: UUID


class Admin(Pooled):
    """Provisioning and maintenance across tenants, as the role memdb_admin."""

    __slots__ = ()


class Transaction(Executor):
    """An open transaction on one connection; for one task at a time. Made by `transaction()`."""

    __slots__ = ("_connection",)

    def __init__(self, connection: asyncpg.Connection, org_id: UUID | None, dimension: int, timeout: float) -> None:
        super().__init__(org_id, dimension, timeout)
        self._connection = connection

    async def fetch(self, statement: str, arguments: Sequence[Any]) -> list[asyncpg.Record]:
        try:
            return await self._connection.fetch(statement, *arguments, timeout=self.timeout)  # type: ignore[no-any-return]
        except Exception as error:
            _raise_ours(error)

    async def fetch_many(
        self, statement: str, rows: Iterable[Sequence[Any]], accept: Callable[[list[asyncpg.Record]], None]
    ) -> list[asyncpg.Record]:
        async with _translated():
            records = await self._connection.fetchmany(statement, rows, timeout=self.timeout)
        accept(records)
        return records  # type: ignore[no-any-return]

    async def stream(self, statement: str, arguments: Sequence[Any], *, prefetch: int) -> AsyncIterator[asyncpg.Record]:
        cursor = self._connection.cursor(statement, *arguments, prefetch=prefetch, timeout=self.timeout)
        async with _translated():
            async for record in cursor:
                yield record

    @asynccontextmanager
    async def transaction(self, *, isolation: Isolation | None = None, readonly: bool = False) -> AsyncIterator[Transaction]:
        async with _begun(self._connection, isolation, readonly, self.timeout, is_savepoint=True):
            yield self


@asynccontextmanager
async def _begun(
    connection: asyncpg.Connection, isolation: Isolation | None, readonly: bool, timeout: float, *, is_savepoint: bool
) -> AsyncIterator[None]:
    """A transaction, or a savepoint where one is open. The block's own exceptions pass as they are."""
    transaction = connection.transaction(isolation=isolation, readonly=readonly)
    async with _translated(), asyncio.timeout(timeout):
        await transaction.__aenter__()
    try:
        yield
    except BaseException as error:
        if is_savepoint or not _leaves_unknown(error):
            # The rollback may fail on a broken connection; what broke it is the error to tell.
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                await _end(connection, transaction, timeout, error)
        raise
    async with _translated():
        await _end(connection, transaction, timeout, None)


async def _end(connection: asyncpg.Connection, transaction: Any, timeout: float, error: BaseException | None) -> None:
    """Commit, or roll back for an `error`. If that is cut short, nobody knows what is open on the connection: it is given up."""
    try:
        async with asyncio.timeout(timeout):
            await transaction.__aexit__(type(error) if error else None, error, None)
    except (TimeoutError, asyncio.CancelledError):
        connection.terminate()
        raise


def _leaves_unknown(error: BaseException) -> bool:
    """Whether a connection is in no known state after this error: the pool finds out, so that the caller need not wait for it."""
    return isinstance(error, DeadlineExceeded | Unavailable) or not isinstance(error, Exception)


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except Exception as error:
        _raise_ours(error)


def _raise_ours(error: Exception) -> NoReturn:
    ours = translate(error)
    if ours is error:
        raise error
    raise ours from error


class Database:
    """A pool on one database, made by `memdb.connect`. Close it, or use it as `async with`."""

    def __init__(self, pool: Pool, admin_pool: Pool, *, dimension: int, timeout: float) -> None:
        self._pool = pool
        self._admin_pool = admin_pool
        self._on_close: list[Callable[[], Awaitable[None]]] = []
        self.dimension = dimension
        self.timeout = timeout

    def tenant(self, org_id: UUID, *, timeout: float | None = None) -> Tenant:
        """The executor of one organization, cheap enough to make for each request. Whether it exists shows when it is used.

        `timeout` is in seconds, for each call, waiting for a connection included; None means that of `connect`.
        """
        return Tenant(self._pool, _check_org_id(org_id, 0), self.dimension, self._seconds(timeout))

    def admin(self, *, timeout: float | None = None) -> Admin:
        """The executor of provisioning and maintenance. Its connections are opened when first used."""
        return Admin(self._admin_pool, None, self.dimension, self._seconds(timeout))

    def call_on_close(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Run `callback` once the connections are closed."""
        self._on_close.append(callback)

    async def close(self) -> None:
        """Close all connections; a call that is under way finishes first or fails. Closing twice is harmless."""
        await asyncio.gather(self._pool.close(), self._admin_pool.close())
        while self._on_close:
            await self._on_close.pop()()

    def _seconds(self, timeout: float | None) -> float:
        return self.timeout if timeout is None else check_timeout(timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()


def check_timeout(seconds: Any) -> float:
    """`seconds` as a finite number above 0; raises InvalidInput."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds) or seconds <= 0:
        raise InvalidInput("timeout", f"must be a finite number of seconds above 0, not {seconds!r}")
    return float(seconds)
