"""yoyo's backend with a lock that ends with its holder, and with migrations applied and recorded in one transaction.

yoyo's own lock is a row, which a killed process leaves behind. It also records an applied migration in a separate transaction, so a process
killed in between would leave a database that cannot be migrated any more.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.exceptions import LockTimeout

from memdb.engine.executor import Executor
from memdb.engine.own import query

_PAUSE_SECONDS: Final = 0.05


@query
async def try_migrating(on: Executor) -> bool:
    """Try to take the migration lock for this session; returns whether it has it."""
    ...


@query
async def end_migrating(on: Executor) -> bool:
    """Release the migration lock; returns whether this session had it."""
    ...


class LockingBackend(PostgresqlPsycopgBackend):  # type: ignore[misc]
    """The connection that takes the lock also does the work, so that the lock is held exactly as long as the work can continue."""

    patience: float = 60.0
    _is_locked: bool = False

    @contextmanager
    def lock(self, timeout: float | None = None) -> Iterator[None]:
        """Wait for others who migrate, at most `patience` seconds unless yoyo specifies a timeout."""
        if self._is_locked:
            yield
            return
        seconds = self.patience if timeout is None else timeout
        deadline = time.monotonic() + seconds
        # Polled, not waited for: building an index concurrently would wait for the waiting statement.
        while not self._answer(try_migrating.query.statement):
            if time.monotonic() > deadline:
                raise LockTimeout(f"another process has been migrating for more than {seconds:g} s")
            time.sleep(_PAUSE_SECONDS)
        self._is_locked = True
        try:
            yield
        finally:
            self._is_locked = False
            with suppress(psycopg.OperationalError):
                self._answer(end_migrating.query.statement)

    def apply_one(self, migration: Any, force: bool = False, mark: bool = True) -> None:
        migration.load()
        if not migration.use_transactions:
            super().apply_one(migration, force, mark)
            return
        with self._step():
            migration.process_steps(self, "apply", force=force)
            self.log_migration(migration, "apply")
            if mark:
                self.mark_one(migration, log=False)

    def rollback_one(self, migration: Any, force: bool = False) -> None:
        migration.load()
        if not migration.use_transactions:
            super().rollback_one(migration, force)
            return
        with self._step():
            migration.process_steps(self, "rollback", force=force)
            self.log_migration(migration, "rollback")
            self.unmark_one(migration, log=False)

    @contextmanager
    def _step(self) -> Iterator[None]:
        """A transaction. Session settings of one migration do not affect the next one."""
        self.ensure_internal_schema_updated()
        self._internal_schema_updated = True
        with self.transaction():
            yield
        self.execute("RESET ALL")
        set_what_few_servers_know(self.connection)

    def _answer(self, statement: str) -> bool:
        row = self.execute(statement).fetchone()
        return bool(row[0])


def set_what_few_servers_know(connection: psycopg.Connection[Any]) -> None:
    """Set parameters that not every server knows, and that can therefore not be start-up parameters."""
    # If the server can detect that its client has died, it ends the statement, and releases the lock, at that point instead of on
    # completion.
    with suppress(psycopg.errors.InvalidParameterValue):
        connection.execute("SET client_connection_check_interval = '1s'")
    with suppress(psycopg.errors.UndefinedObject):
        connection.execute("SET transaction_timeout = 0")
