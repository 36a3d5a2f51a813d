"""mem0's vector store: 100 memories for each task's user. Each call runs in a thread, as in mem0's AsyncMemory."""

from __future__ import annotations

import asyncio
import os
import random
import uuid
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, NamedTuple

from psycopg_pool import ConnectionPool

# Read when mem0 is imported: without it each use of it is reported to its makers.
os.environ["MEM0_TELEMETRY"] = "False"
from mem0.vector_stores.base import VectorStoreBase
from mem0.vector_stores.pgvector import PGVector

from contracts.contract import Contract
from contracts.stores import DIMENSION, texts, vector
from memdb.adapters.mem0 import MemdbVectorStore
from memdb.engine.database import Tenant

MEMORIES: Final = 100
FOUND: Final = 10
_COLLECTION: Final = "bench"
_MOST_THREADS: Final = 32
_RUN: Final = uuid.uuid4()


class Store(NamedTuple):
    """A store, and the threads that call it."""

    store: VectorStoreBase
    threads: ThreadPoolExecutor

    async def run(self, method: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.threads, partial(method, *arguments, **named))


def _id(user: str, number: int) -> str:
    return str(uuid.uuid5(_RUN, f"{user} {number}"))


def _reader(task: int) -> str:
    return f"reader {task} of {_RUN}"


async def _insert(on: Store, user: str, ids: list[str]) -> None:
    said = random.sample(texts(), len(ids))
    payloads = [{"data": text, "text_lemmatized": text, "user_id": user} for text in said]
    await on.run(on.store.insert, [vector(text) for text in said], payloads, ids)


async def _get(on: Store, task: int) -> None:
    assert await on.run(on.store.get, _id(_reader(task), random.randrange(MEMORIES))) is not None


async def _list(on: Store, task: int) -> int:
    return len((await on.run(on.store.list, filters={"user_id": _reader(task)}, top_k=20))[0])


async def _search(on: Store, task: int) -> int:
    asked = random.choice(texts())
    return len(await on.run(on.store.search, asked, vector(asked), top_k=FOUND, filters={"user_id": _reader(task)}))


async def _add(on: Store, task: int) -> None:
    await _insert(on, f"writer {task}", [str(uuid.uuid4())])


class Vectors(Contract):
    title = "mem0's vector store"
    theirs = "mem0's pgvector store"
    calls = {"get": _get, "list 20": _list, f"search, {FOUND} nearest": _search, "insert one": _add}  # noqa: RUF012

    def ours(self, tenant: Tenant) -> Store:
        return Store(MemdbVectorStore(_COLLECTION, DIMENSION, tenant=tenant), ThreadPoolExecutor(_MOST_THREADS))

    @asynccontextmanager
    async def rival(self, dsn: str, connections: int) -> AsyncIterator[Store]:
        with ConnectionPool(dsn, min_size=connections, max_size=connections) as pool, ThreadPoolExecutor(_MOST_THREADS) as threads:
            yield Store(PGVector("", _COLLECTION, DIMENSION, "", "", "", 0, diskann=False, hnsw=True, connection_pool=pool), threads)

    async def fill(self, implementation: Store, tasks: int) -> None:
        for task in range(tasks):
            await _insert(implementation, _reader(task), [_id(_reader(task), number) for number in range(MEMORIES)])
