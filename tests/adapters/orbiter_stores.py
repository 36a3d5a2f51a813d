"""A pytest plugin for the tests that come with orbiter-memory: their stores become memdb's, each on a tenant of its own.

Their SQLiteMemoryStore becomes memdb's, or with MEMDB_SUITE_ORBITER_STORE=postgres its PostgresMemoryStore, on one tenant for one path.
What calls private functions, replaces asyncpg, or looks at the dicts of a store is left out.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

import memdb
from memdb import organizations, spaces
from memdb.adapters.orbiter import PostgresMemoryStore, SQLiteMemoryStore, VectorMemoryStore

_DSN: Final = os.environ["MEMDB_SUITE_DSN"]
_ON_POSTGRES: Final = os.environ.get("MEMDB_SUITE_ORBITER_STORE") == "postgres"
_DIMENSIONS: Final = (3, 4, 8)
# Without it they skip what needs a server.
os.environ["POSTGRES_DSN"] = _DSN
_AWAITS: Final = "asks for the length of a store, for which one must await"
_DICTS: Final = "looks at the dicts of a store"
_INSIDES: Final = {
    "test_sqlite": {"test_repr": "shows the path of a file"} if _ON_POSTGRES else {},
    "test_vector": {
        **dict.fromkeys(("test_init", "test_add_and_get", "test_add_multiple", "test_upsert"), _AWAITS),
        **dict.fromkeys(("test_clear_all", "test_clear_with_metadata"), _AWAITS),
        **dict.fromkeys(("test_add_computes_embedding", "test_clear_removes_vectors"), _DICTS),
    },
}


async def _organization() -> UUID:
    async with memdb.connect(_DSN, timeout=30.0) as db:
        return (await organizations.create(db.admin(), slug=uuid.uuid4().hex, name="Suite")).id


def _new_tenant() -> UUID:
    with ThreadPoolExecutor() as threads:
        return threads.submit(asyncio.run, _organization()).result()


class _Table:
    """Stands for a connection to their table memory_items, which is memdb's memories of one tenant."""

    def __init__(self, org_id: UUID) -> None:
        self._org_id = org_id
        self._row: Any = None

    async def execute(self, statement: str, parameters: tuple[Any, ...] = ()) -> _Table:
        if statement.startswith("SELECT"):
            ours = statement.replace("memory_items", "memdb.memories").replace("id = ?", "external_id = %s")
            with psycopg.connect(_DSN, row_factory=dict_row) as connection:
                self._row = connection.execute(f"{ours} AND org_id = '{self._org_id}'", parameters).fetchone()
        return self

    async def fetchone(self) -> Any:
        return self._row

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[_Table]:
        yield self


class _OnPostgres(PostgresMemoryStore):
    _of_paths: Final[dict[str, UUID]] = defaultdict(_new_tenant)

    def __init__(self, path: str = ":memory:") -> None:
        self._org_id = _new_tenant() if path in (":memory:", _DSN) else self._of_paths[path]
        super().__init__(_DSN, org_id=self._org_id)

    def _ensure_init(self) -> _Table:
        return _Table(self._org_id)


class _OnSQLite(SQLiteMemoryStore):
    def _ensure_init(self) -> Any:
        return self._file.connection


class _Vectors(VectorMemoryStore):
    _made: Final[list[_Vectors]] = []

    def __init__(self, embeddings: Any) -> None:
        super().__init__(embeddings, dsn=_DSN, org_id=_new_tenant(), embedding_model=f"suite-{embeddings.dimension}")
        self._made.append(self)


@pytest.fixture(autouse=True)
async def _closing() -> AsyncIterator[None]:
    yield
    while _Vectors._made:
        await _Vectors._made.pop().close()


def pytest_sessionstart() -> None:
    async def make_spaces() -> None:
        async with memdb.connect(_DSN, admin_role=None) as owner:
            for dimension in _DIMENSIONS:
                await spaces.create(owner.admin(), dimension=dimension, model=f"suite-{dimension}")

    asyncio.run(make_spaces())


def _why_not(name: str, item: Any) -> str | None:
    if name == "test_postgres" and item.cls.__name__ != "TestPostgresIntegration":
        return "calls private functions, or replaces asyncpg"
    return _INSIDES.get(name, {}).get(item.originalname)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        module: Any = item.module  # type: ignore[attr-defined]
        module.SQLiteMemoryStore = _OnPostgres if _ON_POSTGRES else _OnSQLite
        module.PostgresMemoryStore = _OnPostgres
        module.VectorMemoryStore = _Vectors
        if reason := _why_not(module.__name__.rpartition(".")[2], item):
            item.add_marker(pytest.mark.skip(reason=reason))
