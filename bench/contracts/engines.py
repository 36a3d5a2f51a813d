"""SQLAlchemy's engines for what is measured beside memdb."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from memdb.engine.dsn import connection_parameters


@asynccontextmanager
async def engine_for(dsn: str, connections: int) -> AsyncIterator[AsyncEngine]:
    """An engine over asyncpg, with a pool of so many connections."""
    parameters = connection_parameters(dsn)
    connect = partial(asyncpg.connect, **parameters.asyncpg(parameters.hosts[0], {}))
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, pool_size=connections, max_overflow=0)
    try:
        yield engine
    finally:
        await engine.dispose()
