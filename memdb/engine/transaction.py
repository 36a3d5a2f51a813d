"""Several statements, all or none: transactions and savepoints."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, get_args
from uuid import UUID

import asyncpg

from memdb.engine.belonging import Belonging
from memdb.engine.deadline import Deadline
from memdb.engine.executor import AdminTransaction, Context, Isolation, Transaction, leaves_unknown, raise_ours, translated
from memdb.engine.translation import translate
from memdb.errors import DeadlineExceeded, ForeignUse, InvalidInput, TransactionEnded, TransactionFailed


class OpenTransaction(Transaction):
    """A transaction that has begun, or is about to."""

    __slots__ = ("_belonging", "_connection", "deadline", "depth", "failure")

    def __init__(self, connection: asyncpg.Connection, org_id: UUID | None, actor: str | None, context: Context, timeout: float) -> None:
        super().__init__(org_id, actor, context, timeout)
        self._belonging = Belonging()
        self._connection: asyncpg.Connection | None = connection
        self.deadline: float | None = None
        self.depth = 0
        self.failure: BaseException | None = None

    @property
    def connection(self) -> asyncpg.Connection:
        if self._connection is None:
            raise TransactionEnded("the transaction's block was left, and its connection belongs to others now")
        self._belonging.check()
        return self._connection

    def limit(self) -> Deadline:
        """For what comes next: the deadline where all have one in common, else a timeout of its own."""
        return Deadline(asyncio.get_running_loop().time() + self.timeout if self.deadline is None else self.deadline)

    def end(self) -> None:
        """Part from the connection."""
        self._connection = None

    def _state(self) -> str:
        return "open" if self._connection else "ended"

    async def _fetch(self, statement: str, arguments: Sequence[Any]) -> list[asyncpg.Record]:
        async with self._running():
            return await self.connection.fetch(statement, *arguments)  # type: ignore[no-any-return]

    async def _fetch_many(
        self, statement: str, rows: Iterable[Sequence[Any]], accept: Callable[[list[asyncpg.Record]], None]
    ) -> list[asyncpg.Record]:
        async with self._running():
            records = await self.connection.fetchmany(statement, rows)
        accept(records)
        return records  # type: ignore[no-any-return]

    async def _stream(self, statement: str, arguments: Sequence[Any], *, prefetch: int) -> AsyncIterator[asyncpg.Record]:
        records = aiter(self.connection.cursor(statement, *arguments, prefetch=prefetch))
        while True:
            async with self._running():
                record = await anext(records, None)
            if record is None:
                return
            yield record

    @asynccontextmanager
    async def transaction(self, *, isolation: Isolation | None = None, readonly: bool = False) -> AsyncIterator[Transaction]:
        if isolation is not None or readonly:
            raise InvalidInput("isolation and readonly", "can only be chosen for the outermost transaction")
        async with begun(self, self.connection.transaction()):
            yield self

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        """A statement, until the deadline. One that fails makes PostgreSQL refuse the rest of the transaction."""
        try:
            with self.limit():
                yield
        except Exception as error:
            # These are about the call: nothing was sent.
            if not isinstance(error, asyncpg.InterfaceError | ForeignUse):
                self.failure = error
            raise_ours(error)
        except BaseException as error:
            self.failure = error
            raise


class OpenAdminTransaction(OpenTransaction, AdminTransaction):
    """One in the role memdb_admin."""

    __slots__ = ()

    @asynccontextmanager
    async def transaction(self, *, isolation: Isolation | None = None, readonly: bool = False) -> AsyncIterator[AdminTransaction]:
        async with super().transaction(isolation=isolation, readonly=readonly):
            yield self


@asynccontextmanager
async def begun(transaction: OpenTransaction, theirs: Any) -> AsyncIterator[None]:
    """A transaction, or a savepoint where one is open. The block's own exceptions pass as they are."""
    connection, outer = transaction.connection, transaction.depth == 0
    try:
        async with translated():
            with transaction.limit():
                await theirs.__aenter__()
    except BaseException as error:
        # asyncpg holds a transaction for begun even if BEGIN failed: later ones on this connection would be savepoints in nothing.
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
            # The rollback may fail on a broken connection; what broke it is the error to tell.
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                await _end(connection, theirs, transaction.limit(), error)
                transaction.failure = None
        raise
    finally:
        transaction.depth -= 1
    async with translated():
        await _end(connection, theirs, transaction.limit(), None)


def _swallowed(failure: BaseException) -> Exception:
    # A cancellation counts, too: a timeout within the block cancels the statement on the server.
    if isinstance(failure, Exception) and leaves_unknown(ours := translate(failure)):
        return ours
    return TransactionFailed("a statement failed, so nothing was committed; wrap what may fail in a nested tx.transaction()")


async def _end(connection: asyncpg.Connection, theirs: Any, limit: Deadline, error: BaseException | None) -> None:
    """Commit, or roll back for an `error`. If that is cut short, nobody knows what is open on the connection: it is given up."""
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
