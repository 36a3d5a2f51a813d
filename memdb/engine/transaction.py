"""Transactions and savepoints."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Any, get_args
from uuid import UUID

import asyncpg

from memdb.engine.belonging import Belonging
from memdb.engine.calls import BEGIN, COMMIT, COPY
from memdb.engine.connection import BROKEN
from memdb.engine.deadline import Deadline
from memdb.engine.effects import writes
from memdb.engine.executor import AdminTransaction, Context, Isolation, Transaction, leaves_unknown, raise_ours
from memdb.errors import CallFailed, DeadlineExceeded, ForeignUse, InvalidInput, TransactionEnded, TransactionFailed


class OpenTransaction(Transaction):
    """A transaction that has begun, or is about to."""

    __slots__ = ("_belonging", "_connection", "_statements", "deadline", "depth", "failure", "one_call")

    def __init__(self, connection: asyncpg.Connection, org_id: UUID | None, actor: str | None, context: Context, timeout: float) -> None:
        super().__init__(org_id, actor, context, timeout)
        self._belonging = Belonging()
        self._connection: asyncpg.Connection | None = connection
        self._statements: set[str] = set()
        self.deadline: float | None = None
        self.one_call: str | None = None
        self.depth = 0
        self.failure: BaseException | None = None

    @property
    def connection(self) -> asyncpg.Connection:
        if self._connection is None:
            raise TransactionEnded("the transaction's block was left, and its connection belongs to others now")
        self._belonging.check()
        return self._connection

    def limit(self) -> Deadline:
        """The deadline of the next step: the common one if there is one, otherwise a timeout of its own."""
        return Deadline(perf_counter() + self.timeout if self.deadline is None else self.deadline)

    def end(self) -> None:
        """Give up the connection."""
        self._connection = None

    def _state(self) -> str:
        return "open" if self._connection else "ended"

    async def _fetch(self, statement: str, arguments: Sequence[Any]) -> list[asyncpg.Record]:
        async with self._running(statement):
            return await self.connection.fetch(statement, *arguments)  # type: ignore[no-any-return]

    async def _fetch_many(
        self, statement: str, rows: Iterable[Sequence[Any]], accept: Callable[[list[asyncpg.Record]], None]
    ) -> list[asyncpg.Record]:
        async with self._running(statement):
            records = await self.connection.fetchmany(statement, rows)
        accept(records)
        return records  # type: ignore[no-any-return]

    async def _stream(self, statement: str, arguments: Sequence[Any], *, prefetch: int) -> AsyncIterator[asyncpg.Record]:
        records = aiter(self.connection.cursor(statement, *arguments, prefetch=prefetch))
        calls = 1
        while True:
            async with self._running(statement, calls=calls):
                record = await anext(records, None)
            if record is None:
                return
            calls = 0
            yield record

    async def _copy(self, table: str, columns: Sequence[str], data: Iterable[bytes]) -> int:
        async def chunks() -> AsyncIterator[bytes]:
            for each in data:
                yield each

        async with self._running(COPY):
            status = await self.connection.copy_to_table(table, source=chunks(), columns=columns, format="binary", schema_name="pg_temp")
        return int(status.removeprefix("COPY "))

    @asynccontextmanager
    async def transaction(self, *, isolation: Isolation | None = None, readonly: bool = False) -> AsyncIterator[Transaction]:
        if isolation is not None or readonly:
            raise InvalidInput("isolation and readonly", "can only be chosen for the outermost transaction")
        async with begun(self, self.connection.transaction()):
            yield self

    def _failed(self, error: BaseException, statement: str, seconds: float, *, calls: int = 1) -> BaseException:
        ours = super()._failed(error, statement, seconds, calls=calls)
        # COMMIT was not sent, and never will be.
        if isinstance(ours, CallFailed) and ours.outcome == "unknown":
            ours.outcome = "rolled_back"
        return ours

    @asynccontextmanager
    async def _running(self, statement: str, *, calls: int = 1) -> AsyncIterator[None]:
        """The running of a statement until the deadline. If it fails, PostgreSQL refuses the rest of the transaction."""
        start = perf_counter()
        self._statements.add(statement)
        try:
            with self.limit():
                yield
        except BaseException as error:
            ours = self._failed(error, statement, perf_counter() - start, calls=calls)
            # These concern the call: nothing was sent.
            if not isinstance(error, asyncpg.InterfaceError | ForeignUse):
                self.failure = ours
            raise_ours(ours, error)
        self.context.calls.count(statement, perf_counter() - start, calls=calls)

    @asynccontextmanager
    async def beginning(self) -> AsyncIterator[None]:
        """The beginning of the transaction, its deadline and its errors."""
        start = perf_counter()
        try:
            yield
        except BaseException as error:
            raise_ours(self._failed(error, self.one_call or BEGIN, perf_counter() - start), error)
        if self.one_call is None:
            self.context.calls.count(BEGIN, perf_counter() - start)

    @asynccontextmanager
    async def committing(self) -> AsyncIterator[None]:
        """The commit, or the release of a savepoint, its deadline and its errors: the outcome of a failed COMMIT is unknown."""
        start = perf_counter()
        try:
            yield
        except BaseException as error:
            failed = super()._failed if self.depth == 0 else self._failed
            ours = failed(error, self.one_call or COMMIT, perf_counter() - start, calls=int(self.one_call is None))
            if isinstance(ours, CallFailed):
                ours.writes = any(writes(statement, self.context.steady) for statement in self._statements)
            raise_ours(ours, error)
        if self.one_call is None:
            self.context.calls.count(COMMIT, perf_counter() - start)


class OpenAdminTransaction(OpenTransaction, AdminTransaction):
    """An open transaction in the administrative role."""

    __slots__ = ()

    @asynccontextmanager
    async def transaction(self, *, isolation: Isolation | None = None, readonly: bool = False) -> AsyncIterator[AdminTransaction]:
        async with super().transaction(isolation=isolation, readonly=readonly):
            yield self


@asynccontextmanager
async def begun(transaction: OpenTransaction, theirs: Any) -> AsyncIterator[None]:
    """A transaction, or a savepoint if one is open. The block's own exceptions propagate unchanged."""
    connection, outer = transaction.connection, transaction.depth == 0
    try:
        async with transaction.beginning():
            with transaction.limit():
                await theirs.__aenter__()
    except BaseException as error:
        # asyncpg considers a transaction begun even if BEGIN failed: later ones on this connection would be savepoints in nothing.
        if outer and not leaves_unknown(error):
            connection.terminate()
        raise
    transaction.depth += 1
    try:
        yield
        if transaction.failure is not None:
            # COMMIT would be answered with ROLLBACK, and no error.
            raise _swallowed(transaction.failure)
    except BaseException as error:
        if not leaves_unknown(error) or (not outer and isinstance(error, DeadlineExceeded)):
            # The rollback may fail on a broken connection; the error to report is the one that broke it.
            with suppress(*BROKEN):
                await _end(connection, theirs, transaction.limit(), error)
                transaction.failure = None
        raise
    finally:
        transaction.depth -= 1
    async with transaction.committing():
        await _end(connection, theirs, transaction.limit(), None)


def _swallowed(failure: BaseException) -> Exception:
    # Also for a cancellation: a timeout within the block cancels the statement on the server.
    if isinstance(failure, Exception) and leaves_unknown(failure):
        return failure
    return TransactionFailed("a statement failed, so nothing was committed; wrap what may fail in a nested tx.transaction()")


async def _end(connection: asyncpg.Connection, theirs: Any, limit: Deadline, error: BaseException | None) -> None:
    """Commit, or roll back for an `error`.

    If that is interrupted, the connection's state is unknown, and it is given up.
    """
    try:
        with limit:
            await theirs.__aexit__(type(error) if error else None, error, None)
    except (TimeoutError, asyncio.CancelledError):
        connection.terminate()
        raise


def known_isolation(isolation: Any) -> Any:
    if isolation is None or (isinstance(isolation, str) and isolation in get_args(Isolation)):
        return isolation
    raise InvalidInput("isolation", f"must be one of {', '.join(get_args(Isolation))}")
