"""arandu's engine and session factory: a tenant of memdb's for each event loop, and transactions on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias
from uuid import UUID

from memdb.adapters import engines
from memdb.adapters.tenants import of_tenant
from memdb.engine.executor import Executor, Transaction

Engine: TypeAlias = engines.Engine[Executor]


async def _itself(tenant: Executor) -> Executor:
    return tenant


def create_engine(database_url: str, *, org_id: UUID | None = None) -> Engine:
    """An engine, which opens the database at its first use on each event loop; `await engine.dispose()` closes it.

    - `database_url`: what `memdb.connect` takes, also with SQLAlchemy's schemes.
    - `org_id`: the tenant; None means the organization with the slug "default", which is created if necessary.
    """
    return engines.Engine(database_url, org_id, _itself)


def create_session_factory(engine: Engine | Executor) -> Callable[[], AbstractAsyncContextManager[Transaction]]:
    """A function that makes a session: a transaction of memdb's, committed at the end of its block, and rolled back if that raises.

    memdb's functions are called on it; there are no SQLAlchemy models. `engine` may be `db.tenant(org_id)`.
    """
    tenant = tenant_of(engine)

    @asynccontextmanager
    async def session() -> AsyncIterator[Transaction]:
        async with (await tenant()).transaction() as transaction:
            yield transaction

    return session


async def init_db(engine: Engine) -> None:
    """Create or update memdb's tables. Raises what `memdb.operations.migrate.migrate` does."""
    await engine.migrate()


def tenant_of(engine: Engine | Executor | str) -> Callable[[], Awaitable[Executor]]:
    """Raises InvalidInput, and TenantRequired for an executor of all tenants."""
    if isinstance(engine, engines.Engine):
        return engine.made
    tenant = of_tenant("MemoryClient", engine)
    return lambda: _itself(tenant)
