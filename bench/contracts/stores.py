"""LangGraph's long-term store: 100 items in a namespace for each task, found by embeddings of one field.

What is written goes to other namespaces.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from itertools import count
from typing import Any, Final

import numpy as np
from langgraph.store.base import BaseStore, GetOp, PutOp
from langgraph.store.postgres import AsyncPostgresStore

from contracts.contract import Contract
from memdb.adapters.langgraph import MemdbStore
from memdb.engine.database import Tenant

ITEMS: Final = 100
BATCH: Final = 20
FOUND: Final = 10
_TEXTS: Final = 2_000
DIMENSION: Final = 384
_WORDS: Final = ("ada", "plays", "violin", "red", "car", "likes", "tea", "green", "garden", "lives", "paris", "works", "at", "night")
_keys: Final = count()


@cache
def vector(text: str) -> list[float]:
    point = np.random.default_rng(list(text.encode())).standard_normal(DIMENSION)
    made: list[float] = (point / np.linalg.norm(point)).tolist()
    return made


async def _embed(texts: list[str]) -> list[list[float]]:
    """Stands for a model that takes no time."""
    return [vector(text) for text in texts]


_INDEX: Final[Any] = {"dims": DIMENSION, "embed": _embed, "fields": ["text"]}


@cache
def texts() -> list[str]:
    """What items say; the embeddings are made before the clock runs."""
    dice = random.Random(1)
    said = [f"{' '.join(dice.choices(_WORDS, k=12))} {number}" for number in range(_TEXTS)]
    for text in said:
        vector(text)
    return said


def _value(number: int) -> dict[str, Any]:
    return {
        "text": random.choice(texts()),
        "kind": "note" if number % 2 else "fact",
        "number": number,
        "source": {"thread": "t-1", "by": "ada"},
    }


def _read(task: int) -> tuple[str, ...]:
    return ("users", f"reader {task}", "memories")


def _written(task: int) -> tuple[str, ...]:
    return ("users", f"writer {task}", "memories")


def _known() -> str:
    return f"key {random.randrange(ITEMS)}"


async def _get(store: BaseStore, task: int) -> None:
    assert await store.aget(_read(task), _known()) is not None


async def _get_batch(store: BaseStore, task: int) -> None:
    found = await store.abatch([GetOp(_read(task), f"key {number}") for number in range(BATCH)])
    assert all(found)


async def _search(store: BaseStore, task: int) -> int:
    return len(await store.asearch(_read(task), query=random.choice(texts()), limit=FOUND))


async def _filter(store: BaseStore, task: int) -> None:
    assert len(await store.asearch(_read(task), filter={"kind": "note"}, limit=FOUND)) == FOUND


async def _put(store: BaseStore, task: int) -> None:
    await store.aput(_written(task), f"new {next(_keys)}", _value(0))


async def _replace(store: BaseStore, task: int) -> None:
    await store.aput(_written(task), "one", _value(0))


async def _put_plain(store: BaseStore, task: int) -> None:
    await store.aput(_written(task), f"new {next(_keys)}", _value(0), index=False)


async def _put_batch(store: BaseStore, task: int) -> None:
    await store.abatch([PutOp(_written(task), f"new {next(_keys)}", _value(number)) for number in range(BATCH)])


class Stores(Contract):
    title = "LangGraph's store"
    theirs = "langgraph-checkpoint-postgres"
    calls = {  # noqa: RUF012
        "get": _get,
        f"batch of {BATCH} gets": _get_batch,
        f"search, {FOUND} nearest": _search,
        f"search, {FOUND} by a filter": _filter,
        "put": _put,
        "put, not indexed": _put_plain,
        "put over another": _replace,
        f"batch of {BATCH} puts": _put_batch,
    }

    def ours(self, tenant: Tenant) -> MemdbStore:
        return MemdbStore(tenant, index=_INDEX)

    @asynccontextmanager
    async def rival(self, dsn: str, connections: int) -> AsyncIterator[AsyncPostgresStore]:
        pool: Any = {"min_size": connections, "max_size": connections}
        async with AsyncPostgresStore.from_conn_string(dsn, pool_config=pool, index=_INDEX) as store:
            await store.setup()
            yield store

    async def fill(self, implementation: BaseStore, tasks: int) -> None:
        for task in range(tasks):
            await implementation.abatch([PutOp(_read(task), f"key {number}", _value(number)) for number in range(ITEMS)])
