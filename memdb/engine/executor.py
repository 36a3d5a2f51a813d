"""What a query function runs on, and how its failures are told."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Literal, NamedTuple, NoReturn, TypeVar
from uuid import UUID

import asyncpg

from memdb.engine.adhoc import adhoc
from memdb.engine.calls import Calls, function_of
from memdb.engine.effects import writes
from memdb.engine.inputs import of_parameter
from memdb.engine.lexer import OF_EXECUTOR
from memdb.engine.translation import translate
from memdb.errors import CallFailed, DeadlineExceeded, InvalidInput, Unavailable

R = TypeVar("R")

Isolation = Literal["read_committed", "repeatable_read", "serializable"]


class Context(NamedTuple):
    """What all executors of one Database share: its embedding space, that space's dimension, a memo of what is slow to find out, the count
    of calls, the names of functions that change nothing (`effects.writes`), and the host and database where it is.
    """

    space: int
    dimension: int
    memo: dict[Any, Any]
    calls: Calls
    steady: str
    place: str = ""


NO_CONTEXT: Final = Context(0, 0, {}, Calls(), "")


class Executor(ABC):
    """What a query function runs on: for which tenant (None: across tenants), on whose behalf, for how long at most.

    `actor` is who the histories and the audit log say it was, in the caller's own words; None means nobody said. `space` is the embedding
    space of the embeddings that are given and searched, `dimension` theirs.
    """

    __slots__ = ("actor", "context", "dimension", "org_id", "space", "timeout")

    def __init__(self, org_id: UUID | None, actor: str | None, context: Context, timeout: float) -> None:
        self.org_id = org_id
        self.actor = actor
        self.context = context
        self.space = context.space
        self.dimension = context.dimension
        self.timeout = timeout

    def __repr__(self) -> str:
        kind, tenant = type(self).__name__.removeprefix("Open"), "of all tenants" if self.org_id is None else self.org_id
        return f"<memdb.{kind} {tenant} on {self.context.place}, {self._state()}>"

    def _state(self) -> str:
        return "open"

    async def fetch(self, row: type[R] | None, statement: str, /, **parameters: Any) -> list[R]:
        """The rows of a statement that has no file of its own: of the class `row`, a Struct with the statement's columns in their order, a
        scalar for a single column, or None for a statement that returns nothing.

            titles = await tenant.fetch(
                str, "SELECT r.title FROM app.code_reviews AS r WHERE r.org_id = :org_id::memdb.tenant AND r.score > :least::int", least=3
            )

        `:org_id`, `:actor` and `:space` are the executor's, `:cleared` the names of what is given as `memdb.CLEAR`. A tenant's executor
        runs only what names `:org_id::memdb.tenant`, and that is the only way to say for which tenant. One round trip. Raises InvalidInput
        for a parameter that is missing, unknown or cannot be sent, and for a statement that does not name the tenant; TenantRequired;
        SchemaMismatch where the columns are not those of `row`.
        """
        compiled = adhoc(row, statement)
        mine = {name: getattr(self, name) for name in OF_EXECUTOR}
        bound = compiled.bind(mine, parameters, self.dimension)
        try:
            return compiled.decode(await self._fetch(compiled.text, bound))
        except InvalidInput as error:
            raise of_parameter(error, compiled.parameters) from error.__cause__

    def _failed(self, error: BaseException, statement: str, seconds: float, *, calls: int = 1) -> BaseException:
        """memdb's error for one that ended the call of a statement after so many seconds: it says so, and is counted."""
        ours = translate(error) if isinstance(error, Exception) else error
        if isinstance(ours, CallFailed) and ours.function is None:
            ours.function, ours.seconds, ours.writes = function_of(statement), seconds, writes(statement, self.context.steady)
        self.context.calls.count(statement, seconds, ours, calls=calls)
        return ours

    @abstractmethod
    async def _fetch(self, statement: str, arguments: Sequence[Any]) -> list[asyncpg.Record]:
        """All rows of one execution, in one round trip."""

    @abstractmethod
    async def _fetch_many(
        self, statement: str, rows: Iterable[Sequence[Any]], accept: Callable[[list[asyncpg.Record]], None]
    ) -> list[asyncpg.Record]:
        """The rows of all executions, sent as one pipeline inside a transaction; if `accept` raises, all of it is rolled back."""

    @abstractmethod
    def _stream(self, statement: str, arguments: Sequence[Any], *, prefetch: int) -> AsyncIterator[asyncpg.Record]:
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


class Transaction(Executor):
    """An open transaction on one connection; for one task at a time. Made by `transaction()`, and of no use after its block."""

    __slots__ = ()

    @abstractmethod
    async def _copy(self, table: str, columns: Sequence[str], data: Iterable[bytes]) -> int:
        """How many rows were copied, from PostgreSQL's binary form of them, into a temporary table of this transaction's."""


class AdminExecutor(Executor):
    """An executor in the role that administers: `db.admin()`, or a transaction on it."""

    __slots__ = ()

    @abstractmethod
    def transaction(self, *, isolation: Isolation | None = None, readonly: bool = False) -> AbstractAsyncContextManager[AdminTransaction]:
        """`Executor.transaction`, in the same role."""


class AdminTransaction(Transaction, AdminExecutor):
    """A transaction in the role that administers."""

    __slots__ = ()


def raise_ours(ours: BaseException, error: BaseException) -> NoReturn:
    """`ours`, with the `error` that it was made from as its cause."""
    if ours is error:
        raise error
    raise ours from error


def leaves_unknown(error: BaseException) -> bool:
    """Whether a connection is in no known state after this error: the pool finds out, so that the caller need not wait for it."""
    return isinstance(error, DeadlineExceeded | Unavailable) or not isinstance(error, Exception)
