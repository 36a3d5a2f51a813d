"""A transaction with those methods of SQLAlchemy's sessions that a layer of hand-written SQL can have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from types import TracebackType
from typing import Any, NamedTuple, NoReturn, Self, TypeVar
from uuid import UUID

from memdb.adapters.memory_base import storing
from memdb.adapters.memory_base.models import Row
from memdb.engine.executor import Executor, Transaction
from memdb.engine.synchronous import SyncTenant, SyncTransaction
from memdb.errors import TransactionEnded, Unsupported

R = TypeVar("R", bound=Row)


class Place(NamedTuple):
    """A tenant, and the agent that owns added sessions."""

    tenant: Executor
    agent_id: UUID


class SyncPlace(NamedTuple):
    tenant: SyncTenant
    agent_id: UUID


class _RolledBack(Exception):
    """Leaves a transaction's block without a commit."""


class _Rows:
    """The rows that were added and have not been sent yet."""

    def __init__(self) -> None:
        self._new: list[Row] = []

    def add(self, instance: Row) -> None:
        """Store a Session, Message, SessionSummary or AuditLog with the next flush or commit. Raises InvalidInput for anything else."""
        self._new.append(storing.check(instance))

    def add_all(self, instances: Iterable[Row]) -> None:
        self._new += [storing.check(each) for each in instances]

    @property
    def new(self) -> list[Row]:
        return list(self._new)

    def _taken(self) -> list[Row]:
        taken, self._new = self._new, []
        return taken

    def execute(self, *_: object, **__: object) -> NoReturn:
        """Raises Unsupported: SQLAlchemy's statements are not supported."""
        raise Unsupported("statements of SQLAlchemy's are not run: call memdb's functions, or executor.fetch with SQL, on session.executor")

    scalar = scalars = stream = query = merge = refresh = execute


class MemorySession(_Rows):
    """A transaction, begun by `async with`, and rolled back at the end of the block unless `commit` was awaited.

    One block is one transaction. Raises what memdb's areas do, and TransactionEnded after `commit` or `rollback`.
    """

    def __init__(self, place: Callable[[], Awaitable[Place]]) -> None:
        super().__init__()
        self._open = place
        self._block: AbstractAsyncContextManager[Transaction] | None = None
        self._begun: tuple[Transaction, UUID] | None = None

    async def __aenter__(self) -> Self:
        tenant, agent_id = await self._open()
        self._block = tenant.transaction()
        self._begun = await self._block.__aenter__(), agent_id
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._leave(error or _RolledBack())

    @property
    def executor(self) -> Transaction:
        """The transaction itself, for functions of memdb's and of custom packages."""
        return self._at()[0]

    async def flush(self) -> None:
        """Store the added rows. Raises what the areas do; the transaction is then rolled back."""
        transaction, agent_id = self._at()
        await storing.store(transaction, agent_id, self._taken())

    async def get(self, entity: type[R], ident: UUID) -> R | None:
        """The live Session, Message or SessionSummary, or None."""
        return await storing.get(self.executor, entity, ident)

    async def delete(self, instance: Row) -> None:
        """Soft-delete a Session or a Message; `memdb.sessions.restore` and `memdb.messages.restore` undo it. Raises NotFound."""
        await storing.delete(self.executor, instance)

    async def commit(self) -> None:
        await self.flush()
        await self._leave(None)

    async def rollback(self) -> None:
        self._taken()
        await self._leave(_RolledBack())

    close = rollback

    @property
    def in_block(self) -> bool:
        return self._begun is not None

    def _at(self) -> tuple[Transaction, UUID]:
        if self._begun is None:
            raise TransactionEnded("the session's transaction has not begun or has ended: open another by session_scope()")
        return self._begun

    async def _leave(self, error: BaseException | None) -> None:
        block, self._block, self._begun = self._block, None, None
        if block is not None:
            await block.__aexit__(type(error) if error else None, error, None)


class SyncMemorySession(_Rows):
    """`MemorySession` for threads without an event loop."""

    def __init__(self, place: Callable[[], SyncPlace]) -> None:
        super().__init__()
        self._open = place
        self._block: AbstractContextManager[SyncTransaction[Any]] | None = None
        self._begun: tuple[SyncTransaction[Any], UUID] | None = None

    def __enter__(self) -> Self:
        tenant, agent_id = self._open()
        self._block = tenant.transaction()
        self._begun = self._block.__enter__(), agent_id
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._leave(error or _RolledBack())

    @property
    def executor(self) -> SyncTransaction[Any]:
        return self._at()[0]

    def flush(self) -> None:
        transaction, agent_id = self._at()
        transaction.call(storing.store, agent_id, self._taken())

    def get(self, entity: type[R], ident: UUID) -> R | None:
        return self.executor.call(storing.get, entity, ident)

    def delete(self, instance: Row) -> None:
        self.executor.call(storing.delete, instance)

    def commit(self) -> None:
        self.flush()
        self._leave(None)

    def rollback(self) -> None:
        self._taken()
        self._leave(_RolledBack())

    close = rollback

    @property
    def in_block(self) -> bool:
        return self._begun is not None

    def _at(self) -> tuple[SyncTransaction[Any], UUID]:
        if self._begun is None:
            raise TransactionEnded("the session's transaction has not begun or has ended: open another by sync_session_scope()")
        return self._begun

    def _leave(self, error: BaseException | None) -> None:
        block, self._block, self._begun = self._block, None, None
        if block is not None:
            block.__exit__(type(error) if error else None, error, None)
