"""Stores that come with agent frameworks: LangGraph's AsyncPostgresStore and mem0's pgvector store, with precomputed embeddings."""

from __future__ import annotations

import asyncio
import logging
import os
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
from langgraph.store.base import PutOp
from langgraph.store.postgres import AsyncPostgresStore
from psycopg_pool import ConnectionPool

from peers.world import DIMENSION, LIMIT, PAGE, Holder, Item, Peer, World, without_hnsw

# Read when mem0 is imported: without it each use of it is reported to its makers.
os.environ["MEM0_TELEMETRY"] = "False"
from mem0.vector_stores.pgvector import PGVector

logging.getLogger("mem0").setLevel(logging.CRITICAL)


class LangGraph(Peer):
    """A namespace for each agent; a value is {"text": ...}. `aput` embeds: here it looks the embedding up."""

    name = "LangGraph"

    def __init__(self, world: World, clients: int) -> None:
        super().__init__(world, clients)
        self.embeddings: dict[str, Any] = {}

    @asynccontextmanager
    async def connected(self, dsn: str) -> AsyncIterator[None]:
        async def embedded(texts: list[str]) -> list[list[float]]:
            return [self.embeddings[text].tolist() for text in texts]

        store = AsyncPostgresStore.from_conn_string(
            dsn,
            pool_config={"min_size": self.clients, "max_size": self.clients},
            index={"dims": DIMENSION, "embed": embedded, "fields": ["text"]},
        )
        async with store as self.store:
            yield

    async def fill(self, owner: asyncpg.Connection) -> None:
        await self.store.setup()
        async with without_hnsw(owner, "store_vectors"):
            for holder in self.world.holders:
                kinds = ((holder.reader_id, holder.items), (holder.writer_id, holder.kept))
                of_agents = [(".".join(_namespace(holder, agent)), item) for agent, items in kinds for item in items]
                values = [(space, str(item.id), {"text": item.content}) for space, item in of_agents]
                await owner.copy_records_to_table("store", records=values, columns=["prefix", "key", "value"])
                vectors = [(space, str(item.id), "text", item.embedding) for space, item in of_agents]
                columns = ["prefix", "key", "field_name", "embedding"]
                await owner.copy_records_to_table("store_vectors", records=vectors, columns=columns)
        await owner.execute("VACUUM ANALYZE store, store_vectors")

    def value(self, item: Item) -> dict[str, Any]:
        self.embeddings[item.content] = item.embedding
        return {"text": item.content}

    async def get(self, holder: Holder, client: int, id: uuid.UUID) -> Any:
        return await self.store.aget(_namespace(holder, holder.reader_id), str(id))

    async def page(self, holder: Holder, client: int, given: None) -> Any:
        return await self.store.asearch(_namespace(holder, holder.reader_id), limit=PAGE)

    async def add(self, holder: Holder, client: int, item: Item) -> Any:
        await self.store.aput(_namespace(holder, holder.writer_id), str(item.id), self.value(item))

    async def add_many(self, holder: Holder, client: int, items: list[Item]) -> Any:
        namespace = _namespace(holder, holder.writer_id)
        await self.store.abatch([PutOp(namespace, str(item.id), self.value(item)) for item in items])

    update = add

    async def stock(self, holder: Holder, count: int) -> list[Any]:
        items = list(self.world.items(count))
        await self.add_many(holder, 0, items)
        return [item.id for item in items]

    async def delete(self, holder: Holder, client: int, id: uuid.UUID) -> Any:
        await self.store.adelete(_namespace(holder, holder.writer_id), str(id))

    async def vector_search(self, holder: Holder, client: int, asked: Item) -> Any:
        self.value(asked)
        return await self.store.asearch(_namespace(holder, holder.reader_id), query=asked.content, limit=LIMIT)

    def ids(self, found: Any) -> list[uuid.UUID]:
        return [uuid.UUID(item.key) for item in found]


def _namespace(holder: Holder, agent_id: uuid.UUID) -> tuple[str, ...]:
    return (str(holder.org_id), str(agent_id))


_COLLECTION: Final = "mem0_memories"


class Mem0(Peer):
    """mem0's store is synchronous: as its AsyncMemory does, each call goes to a thread. Tenant and agent are filters on the payload."""

    name = "mem0"

    @asynccontextmanager
    async def connected(self, dsn: str) -> AsyncIterator[None]:
        pool = ConnectionPool(dsn, min_size=self.clients, max_size=self.clients, open=False)
        with ThreadPoolExecutor(self.clients) as self.threads:
            await self.run(pool.open, wait=True)
            self.store = PGVector("", _COLLECTION, DIMENSION, "", "", "", 0, diskann=False, hnsw=True, connection_pool=pool)
            yield
            await self.run(pool.close)

    async def run(self, function: Any, *arguments: Any, **named: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.threads, lambda: function(*arguments, **named))

    async def fill(self, owner: asyncpg.Connection) -> None:
        await self.run(self.store._ensure_collection)
        async with without_hnsw(owner, _COLLECTION):
            for holder in self.world.holders:
                kinds = ((holder.reader_id, holder.items), (holder.writer_id, holder.kept))
                rows = [(item.id, item.embedding, _payload(holder, agent, item)) for agent, items in kinds for item in items]
                await owner.copy_records_to_table(_COLLECTION, records=rows, columns=["id", "vector", "payload"])
        await owner.execute(f"VACUUM ANALYZE {_COLLECTION}")

    async def get(self, holder: Holder, client: int, id: uuid.UUID) -> Any:
        return await self.run(self.store.get, str(id))

    async def page(self, holder: Holder, client: int, given: None) -> Any:
        found = await self.run(self.store.list, filters=_filters(holder, holder.reader_id), top_k=PAGE)
        return found[0]

    async def add_many(self, holder: Holder, client: int, items: list[Item]) -> Any:
        await self.run(
            self.store.insert,
            [item.embedding.tolist() for item in items],
            [_payload(holder, holder.writer_id, item) for item in items],
            [str(item.id) for item in items],
        )

    async def add(self, holder: Holder, client: int, item: Item) -> Any:
        await self.add_many(holder, client, [item])

    async def update(self, holder: Holder, client: int, item: Item) -> Any:
        payload = _payload(holder, holder.writer_id, item)
        await self.run(self.store.update, str(item.id), item.embedding.tolist(), payload)

    async def stock(self, holder: Holder, count: int) -> list[Any]:
        items = list(self.world.items(count))
        await self.add_many(holder, 0, items)
        return [item.id for item in items]

    async def delete(self, holder: Holder, client: int, id: uuid.UUID) -> Any:
        await self.run(self.store.delete, str(id))

    async def vector_search(self, holder: Holder, client: int, asked: Item) -> Any:
        filters = _filters(holder, holder.reader_id)
        return await self.run(self.store.search, asked.content, asked.embedding.tolist(), top_k=LIMIT, filters=filters)

    def ids(self, found: Any) -> list[uuid.UUID]:
        return [uuid.UUID(each.id) for each in found]


def _filters(holder: Holder, agent_id: uuid.UUID) -> dict[str, str]:
    return {"user_id": str(holder.org_id), "agent_id": str(agent_id)}


def _payload(holder: Holder, agent_id: uuid.UUID, item: Item) -> dict[str, Any]:
    return {"data": item.content, "text_lemmatized": item.content.lower(), **_filters(holder, agent_id)}
