"""arandu's MemoryClient: retrieval of facts, with precomputed embeddings and without reranking by a language model."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg
import numpy as np
from arandu import MemoryClient, MemoryConfig
from arandu.protocols import LLMResult

from peers.world import DIMENSION, PAGE, Holder, Item, Peer, World

# Fixed in its models; the zeros behind change no distance.
_DIMENSION: Final = 1536


# It adds names to what it is asked, so that the text is no key.
_asked: Final[ContextVar[list[float]]] = ContextVar("asked")


class Precomputed:
    """The embedding of what the task asks, and a language model that is never asked."""

    async def embed_one(self, text: str) -> list[float] | None:
        return _asked.get()

    async def embed(self, texts: list[str]) -> list[list[float]]:
        return [_asked.get() for _ in texts]

    async def complete(self, messages: Any, **options: Any) -> LLMResult:
        raise AssertionError("a benchmark of storage asks no language model")


class Arandu(Peer):
    name = "arandu"

    def __init__(self, world: World, clients: int) -> None:
        super().__init__(world, clients)
        self.model = Precomputed()

    @asynccontextmanager
    async def connected(self, dsn: str) -> AsyncIterator[None]:
        config = MemoryConfig(enable_reranker=False)
        self.client = MemoryClient(dsn, self.model, self.model, config)
        yield
        await self.client.close()

    async def fill(self, owner: asyncpg.Connection) -> None:
        await self.client.initialize()
        agent, now = _agent(self.world.knowing), datetime.now(UTC)
        people = [(uuid.uuid4(), agent, _key(person.name), person.name, "person", len(person.facts)) for person in self.world.people]
        columns = ["id", "agent_id", "canonical_key", "display_name", "entity_type", "fact_count"]
        await owner.copy_records_to_table("memory_entities", records=people, columns=columns)
        facts, links = [], []
        for person in self.world.people:
            key = _key(person.name)
            for item in person.facts:
                facts.append(
                    (item.id, agent, "person", key, person.name, item.content, 0.8, 0.5, False, False, now, _padded(item.embedding))
                )
                links.append((uuid.uuid4(), item.id, key, True, agent))
        columns = ["id", "agent_id", "entity_type", "entity_key", "entity_name", "fact_text", "confidence", "importance"]
        columns += ["is_sensitive", "needs_confirmation", "valid_from", "embedding_vec"]
        await owner.copy_records_to_table("memory_facts", records=facts, columns=columns)
        columns = ["id", "fact_id", "entity_key", "is_primary", "agent_id"]
        await owner.copy_records_to_table("memory_fact_entity_links", records=links, columns=columns)
        await owner.execute("VACUUM ANALYZE memory_facts, memory_entities, memory_fact_entity_links")

    async def get(self, holder: Holder, client: int, id: uuid.UUID) -> Any:
        return await self.client.get(_agent(holder), str(id))

    async def page(self, holder: Holder, client: int, given: None) -> Any:
        return await self.client.get_all(_agent(holder), limit=PAGE)

    async def retrieve(self, holder: Holder, client: int, asked: Item) -> Any:
        _asked.set(_padded(asked.embedding).tolist())
        return (await self.client.retrieve(_agent(holder), asked.content)).facts

    def ids(self, found: Any) -> list[uuid.UUID]:
        return [uuid.UUID(fact.fact_id) for fact in found]


def _agent(holder: Holder) -> str:
    return str(holder.reader_id)


def _key(name: str) -> str:
    return f"person:{name.lower()}"


def _padded(embedding: Any) -> Any:
    return np.concatenate([embedding, np.zeros(_DIMENSION - DIMENSION, dtype=np.float32)])
