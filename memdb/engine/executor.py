"""What query functions run on, and how their failures are reported."""

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
    """What all executors of one Database share.

    This is its embedding space with its `dimension`, a cache (`memo`) of slow measurements, the call statistics, the names of functions
    that change nothing (`effects.writes`), and the host and database (`place`).
    """

    space: int
    dimension: int
    memo: dict[Any, Any]
    calls: Calls
    steady: str
    place: str = ""


NO_CONTEXT: Final = Context(0, 0, {}, Calls(), "")


class Executor(ABC):
    """What a query function runs on: the tenant (None: across tenants), the actor, and the timeout.

    `actor` is the author that the histories and the audit log record, in the caller's own terms; None means unknown. `space` is the
    embedding space of the embeddings that are stored and searched, with `dimension`.
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
        """The rows of a statement without a file.

        `row` is a Struct with the statement's columns in order, a scalar type for a single column, or None for a statement that returns
        nothing.

            titles = await tenant.fetch(
                str, "SELECT r.title FROM app.code_reviews AS r WHERE r.org_id = :org_id::memdb.tenant AND r.score > :least::int", least=3
            )

        `:org_id`, `:actor` and `:space` are the executor's, `:cleared` the names of the arguments that are `memdb.CLEAR`. A tenant's
        executor runs only statements with `:org_id::memdb.tenant`, which is the only way to enter the tenant. Takes one round trip. Raises
        InvalidInput for a parameter that is missing, unknown or cannot be sent, and for a statement that does not name the tenant;
        TenantRequired; SchemaMismatch if the columns are not those of `row`.
        """
        compiled = adhoc(row, statement)
        mine = {name: getattr(self, name) for name in OF_EXECUTOR}
        bound = compiled.bind(mine, parameters, self.dimension)
        try:
            return compiled.decode(await self._fetch(compiled.text, bound))
        except InvalidInput as error:
            raise of_parameter(error, compiled.parameters) from error.__cause__

    def _failed(self, error: BaseException, statement: str, seconds: float, *, calls: int = 1) -> BaseException:
        """memdb's error for one that ended a call of the statement, with its function and duration; counts the call."""
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
        """The rows of all executions, sent as one pipeline inside a transaction. If `accept` raises, everything is rolled back."""

    @abstractmethod
    def _stream(self, statement: str, arguments: Sequence[Any], *, prefetch: int) -> AsyncIterator[asyncpg.Record]:
        """The rows, through a server-side cursor, `prefetch` per round trip, on one connection and snapshot until exhausted or closed."""

    @abstractmethod
    def transaction(self, *, isolation: Isolation | None = None, readonly: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """Several calls in one transaction: n statements take n + 2 round trips.

            async with tenant.transaction() as tx:
                memory = await memories.get(tx, id=id)
                await memories.update(tx, id=id, content="...")

        Leaving the block commits; an exception rolls back and propagates. After a failed statement, the rest of the transaction fails. To
        continue after one, wrap it in a nested `tx.transaction()`, which is a savepoint. `isolation` None means the server's default.
        """


class Transaction(Executor):
    """An open transaction on one connection, for one task at a time. Made by `transaction()`, and unusable after its block."""

    __slots__ = ()

    @abstractmethod
    async def _copy(self, table: str, columns: Sequence[str], data: Iterable[bytes]) -> int:
        """Copy rows in PostgreSQL's binary format into a temporary table of this transaction, and return their number."""


class AdminExecutor(Executor):
    """An executor in the administrative role: `db.admin()`, or a transaction on it."""

    __slots__ = ()

    @abstractmethod
    def transaction(self, *, isolation: Isolation | None = None, readonly: bool = False) -> AbstractAsyncContextManager[AdminTransaction]:
        """`Executor.transaction`, in the same role."""


class AdminTransaction(Transaction, AdminExecutor):
    """A transaction in the administrative role."""

    __slots__ = ()


def raise_ours(ours: BaseException, error: BaseException) -> NoReturn:
    """Raise `ours` with the `error` from which it was made as its cause."""
    if ours is error:
        raise error
    raise ours from error


def leaves_unknown(error: BaseException) -> bool:
    """Whether this error leaves the connection in an unknown state. The pool finds out, so that the caller need not wait."""
    return isinstance(error, DeadlineExceeded | Unavailable) or not isinstance(error, Exception)
