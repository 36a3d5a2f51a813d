"""A Database for callers without an event loop: any query function, called from any thread, with the types of its awaited result."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload
from uuid import UUID

from memdb.engine.database import Admin, Database, Pooled, Stats, Tenant, pauses
from memdb.engine.executor import AdminTransaction, Executor, Isolation, Transaction
from memdb.engine.portal import Portal
from memdb.errors import TransactionConflict

P = ParamSpec("P")
R = TypeVar("R")
On = TypeVar("On")
Runs = TypeVar("Runs", bound=Executor)
Pools = TypeVar("Pools", bound=Pooled)
Begun = TypeVar("Begun", bound=Transaction)


class Synchronous(Generic[On]):
    """The counterpart of a Database or an executor for a thread without an event loop."""

    __slots__ = ("_on", "_portal")

    def __init__(self, portal: Portal, on: On) -> None:
        self._portal = portal
        self._on = on

    @overload
    def call(self, function: Callable[Concatenate[On, P], AsyncIterator[R]], /, *args: P.args, **arguments: P.kwargs) -> Iterator[R]: ...
    @overload
    def call(self, function: Callable[Concatenate[On, P], Awaitable[R]], /, *args: P.args, **arguments: P.kwargs) -> R: ...
    def call(self, function: Callable[..., Any], /, *args: Any, **arguments: Any) -> Any:
        """Call `function` on this with the other arguments, and return what it returns once awaited; an AsyncIterator as an iterator.

            memory = tenant.call(memories.get, id=id)  # await memories.get(tenant, id=id)
            for memory in tenant.call(memories.scan):  # async for memory in memories.scan(tenant)
                ...
            holder = db.call(tokens.verify, text=text)

        An interrupt of the wait, such as KeyboardInterrupt, cancels the call. Raises what the function raises, PoolClosed, ForeignUse.
        """
        made = self._portal.run(_made, function, self._on, args, arguments)
        return self._portal.iterate(made) if isinstance(made, AsyncIterator) else made

    def __repr__(self) -> str:
        return repr(self._on).replace("<memdb.", "<memdb.Sync", 1)


async def _made(function: Callable[..., Any], on: object, args: tuple[Any, ...], arguments: dict[str, Any]) -> Any:
    made = function(on, *args, **arguments)
    return made if isinstance(made, AsyncIterator) else await made


class SyncExecutor(Synchronous[Runs]):
    """What a query function is called on."""

    __slots__ = ()

    @property
    def org_id(self) -> UUID | None:
        return self._on.org_id

    def fetch(self, row: type[R] | None, statement: str, /, **parameters: Any) -> list[R]:
        """`Executor.fetch`."""
        return self._portal.run(self._on.fetch, row, statement, **parameters)


class SyncTransaction(SyncExecutor[Begun]):
    """An open transaction, for one thread at a time; unusable after its block."""

    __slots__ = ()

    @contextmanager
    def transaction(self) -> Iterator[SyncTransaction[Begun]]:
        """A savepoint: what fails in its block is rolled back alone."""
        with self._portal.entered(self._on.transaction()):
            yield self


class SyncPooled(SyncExecutor[Pools], Generic[Pools, Begun]):
    """An executor that any number of threads may use concurrently: each call takes a connection from the pool."""

    __slots__ = ()

    @contextmanager
    def transaction(self, *, isolation: Isolation | None = None, readonly: bool = False) -> Iterator[SyncTransaction[Begun]]:
        """Several calls in one transaction: leaving the block commits, an exception rolls back and propagates.

            with tenant.transaction() as tx:
                memory = tx.call(memories.get, id=id)
                tx.call(memories.update, id=id, content="...")

        See `Executor.transaction`. Closing the database rolls back transactions open in other threads: their next call raises PoolClosed.
        """
        begun: Any = self._on.transaction(isolation=isolation, readonly=readonly)
        with self._portal.entered(begun) as transaction:
            yield SyncTransaction(self._portal, transaction)

    def run(self, work: Callable[[SyncTransaction[Begun]], R], *, isolation: Isolation | None = None, attempts: int = 5) -> R:
        """`Tenant.run` for a synchronous `work`."""
        for pause in pauses(attempts):
            try:
                with self.transaction(isolation=isolation) as transaction:
                    return work(transaction)
            except TransactionConflict:
                time.sleep(pause)
        with self.transaction(isolation=isolation) as transaction:
            return work(transaction)


class SyncTenant(SyncPooled[Tenant, Transaction]):
    """`Tenant`."""

    __slots__ = ()

    @property
    def org_id(self) -> UUID:
        return self._on.org_id


class SyncAdmin(SyncPooled[Admin, AdminTransaction]):
    """`Admin`."""

    __slots__ = ()


class SyncDatabase(Synchronous[Database]):
    """A Database, made by `memdb.sync`, for any number of threads. Close it, or use it as `with`."""

    __slots__ = ()

    @classmethod
    def open(cls, connect: Callable[P, Awaitable[Database]], /, *args: P.args, **options: P.kwargs) -> Self:
        """The database that `connect` opens, on a loop in a thread of its own. Raises what it raises."""
        portal = Portal()
        try:
            return cls(portal, portal.run(connect, *args, **options))
        except BaseException:
            portal.close()
            raise

    @property
    def dimension(self) -> int:
        return self._on.dimension

    @property
    def timeout(self) -> float:
        return self._on.timeout

    def tenant(
        self, org_id: UUID, *, actor: str | None = None, timeout: float | None = None, group_writes: bool | None = None
    ) -> SyncTenant:
        """`Database.tenant`."""
        return SyncTenant(self._portal, self._on.tenant(org_id, actor=actor, timeout=timeout, group_writes=group_writes))

    def admin(self, org_id: UUID | None = None, *, actor: str | None = None, timeout: float | None = None) -> SyncAdmin:
        """`Database.admin`."""
        return SyncAdmin(self._portal, self._on.admin(org_id, actor=actor, timeout=timeout))

    def stats(self) -> Stats:
        """`Database.stats`."""

        async def stats() -> Stats:
            return self._on.stats()

        return self._portal.run(stats)

    def ping(self, *, timeout: float | None = None) -> float:
        """`Database.ping`."""
        return self._portal.run(self._on.ping, timeout=timeout)

    def close(self) -> None:
        """Close all connections once the calls in progress have ended; those that take longer than the database's timeout are cancelled.

        Transactions and iterators open in other threads are rolled back. Closing twice is harmless. Raises ForeignUse.
        """
        self._portal.close(self._on.close, patience=self._on.timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
