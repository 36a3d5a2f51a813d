"""The application: it connects when it starts, and closes when it stops."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

import memdb
from memory_service import errors, routes


def create_app(dsn: str | None = None) -> FastAPI:
    """The service on the database at `dsn`; None means $MEMDB_DSN."""

    @asynccontextmanager
    async def connected(app: FastAPI) -> AsyncIterator[None]:
        async with memdb.connect(dsn) as app.state.db:
            yield

    app = FastAPI(title="Agent memory", lifespan=connected)
    app.include_router(routes.router)
    errors.install(app)
    return app
