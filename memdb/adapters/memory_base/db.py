"""Memory-Base's database functions: engines by URL, sessions in scopes, and the audit log."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final
from uuid import UUID

from memdb import agents
from memdb.adapters import engines
from memdb.adapters.engines import checked_url
from memdb.adapters.memory_base import storing
from memdb.adapters.memory_base.scopes import MemorySession, Place, SyncMemorySession, SyncPlace
from memdb.adapters.opening import default_organization
from memdb.adapters.tenants import of_tenant
from memdb.engine.executor import Executor
from memdb.engine.synchronous import SyncDatabase, SyncTenant
from memdb.errors import MemdbError
from memdb.operations.sync import sync

AGENT: Final[dict[str, Any]] = {"slug": "memory-base", "name": "Memory-Base"}


class DatabaseUrlMissing(MemdbError, RuntimeError):
    """No database was specified: call `set_database_url`, or pass one."""


class Engine(engines.Engine[Place]):
    """The result of `get_engine`. It has `begin`, `connect` and `dispose` like SQLAlchemy's engines, and runs no statements itself."""

    def __init__(self, url: str, org_id: UUID | None) -> None:
        super().__init__(url, org_id, _place)

    def connect(self) -> MemorySession:
        """A session for `async with`, which is rolled back unless it is committed."""
        return MemorySession(self.made)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[MemorySession]:
        """A session that is committed at the end of its block."""
        async with self.connect() as session:
            yield session
            if session.in_block:
                await session.commit()


class SyncEngine:
    """The result of `get_sync_engine`: `Engine` for threads without an event loop, with a database for each process."""

    def __init__(self, url: str, org_id: UUID | None) -> None:
        self.url: Final = url
        self._org_id = org_id
        self._opened: tuple[SyncDatabase, SyncPlace] | None = None
        self._forget()

    def connect(self) -> SyncMemorySession:
        return SyncMemorySession(self.place)

    @contextmanager
    def begin(self) -> Iterator[SyncMemorySession]:
        with self.connect() as session:
            yield session
            if session.in_block:
                session.commit()

    def dispose(self) -> None:
        """Close the process's database. It is opened again on demand."""
        opened, self._opened = self._opened, None
        if opened is not None and self._process == os.getpid():
            opened[0].close()

    def place(self) -> SyncPlace:
        if self._process != os.getpid():
            # In a forked child, which must not use the parent's connections and locks.
            self._forget()
        with self._lock:
            if self._opened is None:
                database = sync(self.url)
                try:
                    tenant = database.tenant(self._org_id or database.call(default_organization))
                    self._opened = database, SyncPlace(tenant, tenant.call(agents.get_or_create, **AGENT).id)
                except BaseException:
                    database.close()
                    raise
            return self._opened[1]

    def _forget(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._opened = None


_default: tuple[str | None, UUID | None] = None, None
_engines: Final[dict[tuple[str, UUID | None], Engine]] = {}
_sync_engines: Final[dict[tuple[str, UUID | None], SyncEngine]] = {}


def set_database_url(database_url: str, *, org_id: UUID | None = None) -> None:
    """Set the default database from now on: what `memdb.connect` takes, also with SQLAlchemy's schemes.

    `org_id`: the tenant; None means the organization with the slug "default", which is created if necessary.
    """
    global _default
    _default = checked_url(database_url), org_id


def get_engine(database_url: str | None = None) -> Engine:
    """The engine of a database, one for each URL; None is that of `set_database_url`. Raises DatabaseUrlMissing, a RuntimeError."""
    return _engines.setdefault(key := _named(database_url), Engine(*key))


def get_sync_engine(database_url: str | None = None) -> SyncEngine:
    return _sync_engines.setdefault(key := _named(database_url), SyncEngine(*key))


def get_session_factory(database_url: str | None = None) -> Callable[[], MemorySession]:
    """A function that makes a session: `async with factory() as session` rolls back unless `await session.commit()` was called."""
    return get_engine(database_url).connect


async def init_db(engine: Engine | None = None, database_url: str | None = None) -> None:
    """Create or update memdb's tables and those of imported packages; may be called at every start.

    The URL's login must own the tables; an embedded server migrates itself. Raises what `memdb.operations.migrate.migrate` does.
    """
    await (engine or get_engine(database_url)).migrate()


@asynccontextmanager
async def session_scope(
    database_url: str | None = None, *, tenant: Executor | None = None, agent_id: UUID | None = None
) -> AsyncIterator[MemorySession]:
    """A session that is committed at the end of its block, and rolled back if that raises.

    - `tenant`: `db.tenant(org_id)`, or a transaction on it, instead of a URL.
    - `agent_id`: the owner of added sessions; None means the tenant's agent with the slug "memory-base", which is created if necessary.
    """
    if tenant is None:
        place = get_engine(database_url).made
    else:
        given = await _place(of_tenant("session_scope", tenant), agent_id)

        async def place() -> Place:
            return given

    async with MemorySession(place) as session:
        yield session
        if session.in_block:
            await session.commit()


@contextmanager
def sync_session_scope(
    database_url: str | None = None, *, tenant: SyncTenant | None = None, agent_id: UUID | None = None
) -> Iterator[SyncMemorySession]:
    """`session_scope` for threads without an event loop; `tenant` is one of `memdb.sync`."""
    if tenant is None:
        place = get_sync_engine(database_url).place
    else:
        given = SyncPlace(tenant, agent_id or tenant.call(agents.get_or_create, **AGENT).id)

        def place() -> SyncPlace:
            return given

    with SyncMemorySession(place) as session:
        yield session
        if session.in_block:
            session.commit()


async def log_audit(
    session: MemorySession | Executor,
    action: str,
    resource_type: str,
    resource_id: str | UUID | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Add an entry to the audit log in the session's transaction, or another executor's. Raises as `memdb.audit.record` does."""
    on = session.executor if isinstance(session, MemorySession) else session
    await storing.record(on, action, resource_type, resource_id, details)


async def _place(tenant: Executor, agent_id: UUID | None = None) -> Place:
    return Place(tenant, agent_id or (await agents.get_or_create(tenant, **AGENT)).id)


def _named(url: str | None) -> tuple[str, UUID | None]:
    default, org_id = _default
    if url is None and default is None:
        raise DatabaseUrlMissing("database_url not set: call set_database_url(), or pass it")
    return checked_url(url or default), org_id
