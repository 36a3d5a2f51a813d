"""asyncpg's connection, as memdb uses it."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg

from memdb.engine.pipeline import Pipeline


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """Statements have names of their own, and what is prepared is run with less ado."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        # asyncpg forgets it with the connection.
        self.server_process: int = self.get_server_pid()

    async def fetch_prepared(self, statement: str, arguments: Sequence[Any]) -> list[asyncpg.Record]:
        """`fetch` outside of transactions; what is prepared is run without asyncpg's loggers, record classes and timeouts, which memdb
        never uses: a tenth of a read by key.
        """
        prepared = self._stmt_cache.get((statement, asyncpg.Record, False))
        if prepared is not None:
            run: Callable[..., Awaitable[list[asyncpg.Record]]] = self._protocol.bind_execute
            try:
                return await run(state=prepared, args=arguments, portal_name="", limit=0, return_extra=False, timeout=None)
            except asyncpg.InvalidCachedStatementError:
                # The schema has changed: `fetch` prepares the statement anew.
                pass
            except asyncpg.OutdatedSchemaCacheError:
                await self.reload_schema_state()
                raise
        return await self.fetch(statement, *arguments)  # type: ignore[no-any-return]

    def has_prepared(self, statement: str) -> bool:
        """Whether `fetch_each` can run the statement."""
        return self._stmt_cache.has((statement, asyncpg.Record, False))  # type: ignore[no-any-return]

    async def keep_prepared(self, statement: str) -> None:
        """Prepare the statement for good, unless that is done."""
        if not self.has_prepared(statement):
            await self._get_statement(statement, None)

    async def fetch_each(self, statement: str, executions: Sequence[Sequence[Any]]) -> list[list[asyncpg.Record]]:
        """The rows of each execution of a prepared statement: one pipeline, and outside of a transaction one that ends with it. If one of
        them fails, all do.
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
            # The schema has changed: it is prepared anew the next time that it goes alone.
            prepared.mark_closed()
            raise
        return pipeline.of_each(rows, len(executions))

    def _get_unique_id(self, prefix: str) -> str:
        """A name that no other client gives to a statement.

        asyncpg counts from 1 in each process. A pooler may lend one connection to several: a name would be that of another's statement.
        """
        # What is not kept has no name, not even a cursor's: it would be closed later, on another of the pooler's connections.
        if prefix == "stmt" and not self._stmt_cache_enabled:
            return ""
        return f"memdb_{prefix}_{uuid.uuid4().hex}"
