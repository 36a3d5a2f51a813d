"""asyncpg's connection, adapted to memdb's use."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import asyncpg

from memdb.engine.pipeline import Pipeline

# The errors of a broken connection. asyncpg has one of its own for a server that has announced its end and said no more.
BROKEN: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """A connection with its own statement names, and a faster path for prepared statements."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        # asyncpg discards it with the connection.
        self.server_process: int = self.get_server_pid()

    async def fetch_prepared(self, statement: str, arguments: Sequence[Any]) -> list[asyncpg.Record]:
        """`fetch` outside of transactions.

        A prepared statement runs without asyncpg's loggers, record classes and timeouts, which memdb never uses and which take a tenth of a
        read by key.
        """
        prepared = self._stmt_cache.get((statement, asyncpg.Record, False))
        if prepared is not None:
            run: Callable[..., Awaitable[list[asyncpg.Record]]] = self._protocol.bind_execute
            try:
                return await run(state=prepared, args=arguments, portal_name="", limit=0, return_extra=False, timeout=None)
            except asyncpg.InvalidCachedStatementError:
                # The schema has changed: `fetch` prepares the statement again.
                pass
            except asyncpg.OutdatedSchemaCacheError:
                await self.reload_schema_state()
                raise
        return await self.fetch(statement, *arguments)  # type: ignore[no-any-return]

    def has_prepared(self, statement: str) -> bool:
        """Whether `fetch_each` can run the statement."""
        return self._stmt_cache.has((statement, asyncpg.Record, False))  # type: ignore[no-any-return]

    async def keep_prepared(self, statement: str) -> None:
        """Prepare the statement permanently, unless that has been done."""
        if not self.has_prepared(statement):
            await self._get_statement(statement, None)

    async def fetch_each(self, statement: str, executions: Sequence[Sequence[Any]]) -> list[list[asyncpg.Record]]:
        """The rows of each execution of a prepared statement, all sent as one pipeline.

        Outside of a transaction, the pipeline is a transaction by itself. If one execution fails, all do.
        """
        prepared = self._stmt_cache.get((statement, asyncpg.Record, False))
        if prepared is None:
            raise asyncpg.InterfaceError("the statement is not prepared")
        try:
            with Pipeline(self._transport) as pipeline:
                rows = await self._protocol.bind_execute_many(
                    state=prepared, args=executions, portal_name="", timeout=None, return_rows=True
                )
        except (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError):
            # The schema has changed: the statement is prepared again the next time that it runs alone.
            prepared.mark_closed()
            raise
        return pipeline.of_each(rows, len(executions))

    def _get_unique_id(self, prefix: str) -> str:
        """A statement name that no other client uses.

        asyncpg counts from 1 in each process. A pooler may lend one server connection to several clients, where such a name would refer to
        another client's statement.
        """
        # Statements that are not kept have no name, not even a cursor's: they would be closed later, perhaps on another of the pooler's
        # connections.
        if prefix == "stmt" and not self._stmt_cache_enabled:
            return ""
        return f"memdb_{prefix}_{uuid.uuid4().hex}"
