"""A pytest plugin for the tests that come with langgraph-checkpoint-postgres: their stores become memdb's.

Each of theirs, for a connection, a pool or a pipeline, is a MemdbStore of a tenant of its own; those with vectors are in an embedding space
of the dimension that the tests' embedder has. What the tests write into their table `store` by themselves is written into memdb's. What
reads or changes other insides is left out.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from psycopg.rows import dict_row

import memdb
from memdb import organizations, spaces
from memdb.adapters.langgraph import MemdbStore

_DSN: Final = os.environ["MEMDB_SUITE_DSN"]
_MODEL: Final = "suite"
_TTL_MINUTES: Final = 0.1
_TTL: Final = {"default_ttl": _TTL_MINUTES, "refresh_on_read": True, "sweep_interval_minutes": _TTL_MINUTES / 2}
_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "default": {},
    "pipe": {"pipeline": True},
    "pool": {"pool_config": {"min_size": 1, "max_size": 10}},
}
_INSIDES: Final = {
    "test_abatch_uses_single_pool_checkout": "counts its own pool's connections",
    "test_escape_like_literal": "calls a private function",
    "test_namespace_match_pattern": "calls a private function",
    "test_nonnull_migrations": "reads its migrations",
}


class _Table:
    """A cursor for their table `store`, which is memdb's items of one tenant."""

    def __init__(self, org_id: uuid.UUID) -> None:
        self._connection = psycopg.connect(_DSN, autocommit=True, row_factory=dict_row)
        self._org_id = org_id

    def execute(self, statement: str, parameters: tuple[Any, ...]) -> None:
        ours = statement.replace(" store ", " memdb.items ").replace("prefix =", "array_to_string(namespace, '.') =")
        self._found: Any = self._connection.execute(f"{ours} AND org_id = '{self._org_id}'", parameters)

    def fetchone(self) -> Any:
        return self._found.fetchone()

    def close(self) -> None:
        self._connection.close()


class _AsyncTable(_Table):
    async def execute(self, statement: str, parameters: tuple[Any, ...]) -> None:  # type: ignore[override]
        super().execute(statement, parameters)

    async def fetchone(self) -> Any:
        return super().fetchone()


@contextmanager
def _closing(table: Any) -> Iterator[Any]:
    try:
        yield table
    finally:
        table.close()


@asynccontextmanager
async def _closing_later(table: Any) -> AsyncIterator[Any]:
    with _closing(table):
        yield table


async def _new_tenant() -> uuid.UUID:
    async with memdb.connect(_DSN, timeout=30.0) as db:
        return (await organizations.create(db.admin(), slug=uuid.uuid4().hex, name="Suite")).id


@asynccontextmanager
async def _opened(**options: Any) -> AsyncIterator[MemdbStore]:
    org_id = await _new_tenant()
    async with MemdbStore.from_conn_string(_DSN, org_id=org_id, **options) as store:
        await store.setup()
        store._cursor = lambda: _closing_later(_AsyncTable(org_id))  # type: ignore[attr-defined]
        yield store


@contextmanager
def _opened_to_wait(**options: Any) -> Iterator[MemdbStore]:
    org_id = asyncio.run(_new_tenant())
    with MemdbStore.from_conn_string(_DSN, org_id=org_id, **options) as store:
        store.setup()
        store._cursor = lambda: _closing(_Table(org_id))  # type: ignore[attr-defined]
        yield store


def _with_vectors(vector_type: str, distance_type: str, embeddings: Any, text_fields: list[str] | None) -> dict[str, Any]:
    index = {
        "dims": embeddings.dims,
        "embed": embeddings,
        "ann_index_config": {"vector_type": vector_type},
        "distance_type": distance_type,
        "fields": text_fields,
    }
    return {"index": index, "embedding_model": _MODEL}


@pytest.fixture(params=_OPTIONS)
async def _store(request: pytest.FixtureRequest) -> AsyncIterator[MemdbStore]:
    async with _opened(ttl=_TTL, **_OPTIONS[request.param]) as store:
        await store.start_ttl_sweeper()
        yield store
        await store.stop_ttl_sweeper()


@pytest.fixture(params=_OPTIONS)
def _store_to_wait(request: pytest.FixtureRequest) -> Iterator[MemdbStore]:
    with _opened_to_wait(ttl=_TTL, **_OPTIONS[request.param]) as store:
        store.start_ttl_sweeper()
        yield store
        store.stop_ttl_sweeper()


@asynccontextmanager
async def _vector_store(
    vector_type: str, distance_type: str, fake_embeddings: Any, text_fields: list[str] | None = None
) -> AsyncIterator[MemdbStore]:
    async with _opened(**_with_vectors(vector_type, distance_type, fake_embeddings, text_fields)) as store:
        yield store


@contextmanager
def _vector_store_to_wait(
    vector_type: str, distance_type: str, fake_embeddings: Any, text_fields: list[str] | None = None, enable_ttl: bool = True
) -> Iterator[MemdbStore]:
    ttl = {"default_ttl": 2, "refresh_on_read": True} if enable_ttl else None
    with _opened_to_wait(ttl=ttl, **_with_vectors(vector_type, distance_type, fake_embeddings, text_fields)) as store:
        yield store


_IN_PLACE: Final[dict[str, tuple[Any, Any]]] = {
    "test_async_store.py": (_store, _vector_store),
    "test_store.py": (_store_to_wait, _vector_store_to_wait),
}


class _OfMemdb(pytest.Module):
    """One of their modules, with memdb's stores."""

    def _getobj(self) -> Any:
        module: Any = super()._getobj()
        module.store, module._create_vector_store = _IN_PLACE[self.path.name]
        return module


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    return _OfMemdb.from_parent(parent, path=module_path) if module_path.name in _IN_PLACE else None


def pytest_sessionstart() -> None:
    async def make_space() -> None:
        async with memdb.connect(_DSN, admin_role=None) as owner:
            await spaces.create(owner.admin(), dimension=500, model=_MODEL)

    asyncio.run(make_space())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    import tests.conftest as theirs

    # Where they would clear their tables.
    theirs.DEFAULT_URI = os.environ["MEMDB_SUITE_EMPTY_DSN"]  # type: ignore[attr-defined]
    for item in items:
        if reason := _INSIDES.get(item.originalname):  # type: ignore[attr-defined]
            item.add_marker(pytest.mark.skip(reason=reason))
