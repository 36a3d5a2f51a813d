"""arandu's engine and factory of sessions: a tenant of memdb's for each event loop, and transactions on it."""

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
    """What opens the database at its first use on each event loop; `await engine.dispose()` closes it.

    - `database_url`: what `memdb.connect` takes, and with SQLAlchemy's schemes.
    - `org_id`: the tenant; None is the organization with the slug "default", which is made if there is none.
    """
    return engines.Engine(database_url, org_id, _itself)


def create_session_factory(engine: Engine | Executor) -> Callable[[], AbstractAsyncContextManager[Transaction]]:
    """What makes a session: a transaction of memdb's, which is committed at its block's end, and rolled back where that raises.

    memdb's functions are called on it; there are no models of SQLAlchemy's. `engine` may be `db.tenant(org_id)`.
    """
    tenant = tenant_of(engine)

    @asynccontextmanager
    async def session() -> AsyncIterator[Transaction]:
        async with (await tenant()).transaction() as transaction:
            yield transaction

    return session


async def init_db(engine: Engine) -> None:
    """Make memdb's tables, or bring them up to date. Raises what `memdb.operations.migrate.migrate` does."""
    await engine.migrate()


def tenant_of(engine: Engine | Executor | str) -> Callable[[], Awaitable[Executor]]:
    """Raises InvalidInput, and TenantRequired for an executor of all tenants."""
    if isinstance(engine, engines.Engine):
        return engine.made
    tenant = of_tenant("MemoryClient", engine)
    return lambda: _itself(tenant)
