"""yoyo's backend with a lock that ends with its holder, and migrations that are applied and recorded as one.

yoyo's own lock is a row, which a process that is killed leaves behind; and it records what it has applied in another transaction, so that a
process killed in between would leave a database that cannot be migrated any more.
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
    """Whether this session now has the lock of those who migrate."""
    ...


@query
async def end_migrating(on: Executor) -> bool:
    """Whether this session had the lock that it now gives up."""
    ...


class LockingBackend(PostgresqlPsycopgBackend):  # type: ignore[misc]
    """One connection takes the lock and does the work, so that the lock is held exactly as long as the work can go on."""

    patience: float = 60.0
    _is_locked: bool = False

    @contextmanager
    def lock(self, timeout: float | None = None) -> Iterator[None]:
        """Wait for others who migrate, at most `patience` seconds where yoyo names none."""
        if self._is_locked:
            yield
            return
        seconds = self.patience if timeout is None else timeout
        deadline = time.monotonic() + seconds
        # Tried again and again, not waited for: building an index concurrently would wait for the statement that waits.
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
        """A transaction; what a migration sets for its session is not there for the next one."""
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
    """Set what not every server knows, so that it cannot be a start-up parameter."""
    # Where the server can tell that its client has died, it ends the statement then, and with it the lock, and not only when it is through.
    with suppress(psycopg.errors.InvalidParameterValue):
        connection.execute("SET client_connection_check_interval = '1s'")
    with suppress(psycopg.errors.UndefinedObject):
        connection.execute("SET transaction_timeout = 0")
