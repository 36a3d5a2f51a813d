"""memdb."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import asyncpg

import memdb
from memdb import agents, entities, facts, memories, messages, organizations, sessions
from memdb.engine.executor import Executor
from memdb.facts import FactHit, NewFact
from memdb.memories import NewMemory
from memdb.messages import NewMessage
from peers.world import BATCH, LIMIT, PAGE, RETRIEVED, TOKENS, Holder, Item, Peer


class Memdb(Peer):
    name = "memdb"
    options: ClassVar[dict[str, Any]] = {}

    @asynccontextmanager
    async def connected(self, dsn: str) -> AsyncIterator[None]:
        async with memdb.connect(dsn, pool_size=self.clients, timeout=120.0, **self.options) as self.db:
            yield

    def on(self, holder: Holder) -> Executor:
        return self.db.tenant(holder.org_id)

    async def fill(self, owner: asyncpg.Connection) -> None:
        for holder in self.world.holders:
            slug = f"peer-{uuid.uuid4().hex[:12]}"
            holder.org_id = (await organizations.create(self.db.admin(), slug=slug, name=slug)).id
            on = self.on(holder)
            holder.reader_id, holder.writer_id = [(await agents.create(on, slug=each, name=each)).id for each in ("reader", "writer")]
            await self.remember(holder, holder.reader_id, holder.items)
            await self.remember(holder, holder.writer_id, holder.kept)
            ids = [(await sessions.start(on, agent_id=holder.reader_id)).session.id for _ in range(self.clients + 1)]
            holder.session_id, *holder.written_ids = ids
            said = [NewMessage(role="assistant" if n % 2 else "user", content=each) for n, each in enumerate(holder.said)]
            await messages.append_many(on, session_id=holder.session_id, items=said)
        await self.learn(self.world.knowing)
        await owner.execute("VACUUM ANALYZE")

    async def remember(self, holder: Holder, agent_id: uuid.UUID, items: list[Item]) -> None:
        for at in range(0, len(items), BATCH):
            await memories.add_many(self.on(holder), agent_id=agent_id, items=[_new(item, item.id) for item in items[at : at + BATCH]])

    async def learn(self, holder: Holder) -> None:
        on, agent_id = self.on(holder), holder.reader_id
        for person in self.world.people:
            entity = await entities.see(on, agent_id=agent_id, type="person", name=person.name)
            items = [NewFact(entity_id=entity.id, content=fact.content, embedding=fact.embedding, id=fact.id) for fact in person.facts]
            await facts.assert_many(on, agent_id=agent_id, items=items)

    async def get(self, holder: Holder, client: int, id: uuid.UUID) -> Any:
        return await memories.get(self.on(holder), id=id)

    async def page(self, holder: Holder, client: int, given: None) -> Any:
        return await memories.page(self.on(holder), agent_id=holder.reader_id, limit=PAGE)

    async def add(self, holder: Holder, client: int, item: Item) -> Any:
        return await memories.add(self.on(holder), agent_id=holder.writer_id, content=item.content, embedding=item.embedding)

    async def add_many(self, holder: Holder, client: int, items: list[Item]) -> Any:
        return await memories.add_many(self.on(holder), agent_id=holder.writer_id, items=map(_new, items))

    async def update(self, holder: Holder, client: int, item: Item) -> Any:
        return await memories.update(self.on(holder), id=item.id, content=item.content, embedding=item.embedding)

    async def stock(self, holder: Holder, count: int) -> list[Any]:
        items = list(self.world.items(count))
        await self.remember(holder, holder.writer_id, items)
        return [item.id for item in items]

    async def delete(self, holder: Holder, client: int, id: uuid.UUID) -> Any:
        return await memories.delete(self.on(holder), id=id)

    async def append(self, holder: Holder, client: int, content: str) -> Any:
        return await messages.append(self.on(holder), session_id=holder.written_ids[client], role="user", content=content)

    async def last_messages(self, holder: Holder, client: int, given: None) -> Any:
        return await messages.page(self.on(holder), session_id=holder.session_id, limit=PAGE)

    async def vector_search(self, holder: Holder, client: int, asked: Item) -> Any:
        return await memories.search(self.on(holder), agent_id=holder.reader_id, embedding=asked.embedding, limit=LIMIT)

    async def hybrid_search(self, holder: Holder, client: int, asked: Item) -> Any:
        on, agent_id = self.on(holder), holder.reader_id
        return await memories.search(on, agent_id=agent_id, text=asked.content, embedding=asked.embedding, limit=LIMIT)

    async def window(self, holder: Holder, client: int, given: None) -> Any:
        return await messages.window(self.on(holder), session_id=holder.session_id, tokens=TOKENS)

    async def retrieve(self, holder: Holder, client: int, asked: Item) -> Any:
        on, agent_id = self.on(holder), holder.reader_id
        return await facts.retrieve(on, agent_id=agent_id, text=asked.content, embedding=asked.embedding, limit=RETRIEVED)

    def ids(self, found: Any) -> list[uuid.UUID]:
        return [hit.fact.id if isinstance(hit, FactHit) else hit.memory.id for hit in found]


class Grouped(Memdb):
    """memdb, whose writes are committed together."""

    name = "memdb, group commit"
    options: ClassVar = {"group_writes": True}


def _new(item: Item, id: uuid.UUID | None = None) -> NewMemory:
    return NewMemory(content=item.content, embedding=item.embedding, id=id)
