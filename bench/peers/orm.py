"""SQLAlchemy 2 with asyncpg and pgvector, as services commonly write it: ORM models, repositories, a unit of work that sets the tenant.

Row-level security is by a setting that each transaction begins with. The models are those of a design of agents' memory that had no
implementation; what memdb does in one statement (history, duplicates, places of messages) is done here with what an ORM offers for it.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg
from pgvector.sqlalchemy import Vector
from sqlalchemy import (
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    Select,
    String,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from peers.world import LIMIT, PAGE, TOKENS, Holder, Item, Peer, without_hnsw

SCHEMA: Final = "orm"
_FUSED: Final = 50
_RANK_CONSTANT: Final = 60


def _now() -> datetime:
    return datetime.now(UTC)


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    metadata = MetaData(schema=SCHEMA)
    type_annotation_map = {datetime: DateTime(timezone=True), dict[str, Any]: JSONB}  # noqa: RUF012


class Memory(Base):
    __tablename__ = "memories"
    __table_args__ = (
        Index("memories_of_agent", "org_id", "agent_id", "created_at", postgresql_where=text("deleted_at IS NULL")),
        Index("memories_once", "org_id", "agent_id", "content_hash", unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index("memories_words", "search", postgresql_using="gin"),
        Index(
            "memories_nearest",
            "embedding",
            postgresql_using="hnsw",
            postgresql_with={"m": 16, "ef_construction": 64},
            postgresql_ops={"embedding": "vector_cosine_ops"},
        ),
        CheckConstraint("confidence BETWEEN 0 AND 1"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid.uuid4)
    org_id: Mapped[uuid.UUID]
    agent_id: Mapped[uuid.UUID]
    content: Mapped[str]
    content_hash: Mapped[str]
    category: Mapped[str] = mapped_column(String(20), default="factual")
    status: Mapped[str] = mapped_column(String(20), default="active")
    confidence: Mapped[float] = mapped_column(default=0.8)
    attributes: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    embedding: Mapped[Any | None] = mapped_column(Vector(384), default=None, deferred=True)
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed("to_tsvector('english', content)", persisted=True), init=False, deferred=True)
    version: Mapped[int] = mapped_column(init=False)
    valid_from: Mapped[datetime] = mapped_column(default_factory=_now)
    valid_until: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=_now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=_now, onupdate=_now)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class MemoryVersion(Base):
    __tablename__ = "memory_versions"
    __table_args__ = (UniqueConstraint("memory_id", "version"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid.uuid4)
    org_id: Mapped[uuid.UUID]
    memory_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Memory.id))
    version: Mapped[int]
    operation: Mapped[str] = mapped_column(String(10))
    content: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default_factory=_now)


class Session(Base):
    __tablename__ = "sessions"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    org_id: Mapped[uuid.UUID]
    agent_id: Mapped[uuid.UUID]
    messages: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default_factory=_now, onupdate=_now)


class Message(Base):
    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("session_id", "position"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid.uuid4)
    org_id: Mapped[uuid.UUID]
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Session.id))
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(20))
    content: Mapped[str]
    tokens: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default_factory=_now)


class Summary(Base):
    __tablename__ = "summaries"
    __table_args__ = (Index("summaries_newest", "session_id", "last_position"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid.uuid4)
    org_id: Mapped[uuid.UUID]
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Session.id))
    last_position: Mapped[int]
    content: Mapped[str]
    tokens: Mapped[int]


class MemoryRepository:
    """The memories of the session's tenant."""

    def __init__(self, session: AsyncSession, org_id: uuid.UUID) -> None:
        self.session = session
        self.org_id = org_id

    def live(self) -> Select[tuple[Memory]]:
        return select(Memory).where(Memory.org_id == self.org_id, Memory.deleted_at.is_(None), Memory.status == "active")

    async def get(self, id: uuid.UUID) -> Memory | None:
        return (await self.session.scalars(self.live().where(Memory.id == id))).one_or_none()

    async def page(self, agent_id: uuid.UUID, limit: int) -> Sequence[Memory]:
        found = await self.session.scalars(self.live().where(Memory.agent_id == agent_id).order_by(Memory.created_at.desc()).limit(limit))
        return found.all()

    async def add(self, agent_id: uuid.UUID, content: str, embedding: Any, id: uuid.UUID | None = None) -> Memory:
        hashed = hashed_content(content)
        same = self.live().where(Memory.agent_id == agent_id, Memory.content_hash == hashed)
        if (known := (await self.session.scalars(same)).one_or_none()) is not None:
            return known
        memory = Memory(
            id=id or uuid.uuid4(), org_id=self.org_id, agent_id=agent_id, content=content, content_hash=hashed, embedding=embedding
        )
        self.session.add(memory)
        await self.session.flush()
        self.keep(memory, "create")
        return memory

    async def add_many(self, agent_id: uuid.UUID, items: Sequence[Item]) -> list[Memory]:
        hashes = {hashed_content(item.content): item for item in items}
        same = select(Memory.content_hash).where(
            Memory.org_id == self.org_id, Memory.agent_id == agent_id, Memory.deleted_at.is_(None), Memory.content_hash.in_(hashes)
        )
        known = set((await self.session.scalars(same)).all())
        made = [
            Memory(org_id=self.org_id, agent_id=agent_id, content=item.content, content_hash=hashed, embedding=item.embedding)
            for hashed, item in hashes.items()
            if hashed not in known
        ]
        self.session.add_all(made)
        await self.session.flush()
        for memory in made:
            self.keep(memory, "create")
        return made

    async def update(self, id: uuid.UUID, content: str, embedding: Any) -> Memory | None:
        memory = await self.get(id)
        if memory is not None:
            memory.content, memory.content_hash, memory.embedding = content, hashed_content(content), embedding
            await self.session.flush()
            self.keep(memory, "update")
        return memory

    async def delete(self, id: uuid.UUID) -> bool:
        memory = await self.get(id)
        if memory is None:
            return False
        memory.deleted_at = _now()
        await self.session.flush()
        self.keep(memory, "delete")
        return True

    def keep(self, memory: Memory, operation: str) -> None:
        self.session.add(
            MemoryVersion(org_id=memory.org_id, memory_id=memory.id, version=memory.version, operation=operation, content=memory.content)
        )

    async def nearest(self, agent_id: uuid.UUID, embedding: Any, limit: int) -> list[tuple[Memory, float]]:
        distance = Memory.embedding.cosine_distance(embedding)
        asked = (
            select(Memory, 1 - distance)
            .where(Memory.org_id == self.org_id, Memory.agent_id == agent_id, Memory.deleted_at.is_(None), Memory.status == "active")
            .order_by(distance)
            .limit(limit)
        )
        return [(memory, similarity) for memory, similarity in await self.session.execute(asked)]

    async def by_words(self, agent_id: uuid.UUID, words: str, limit: int) -> list[Memory]:
        asked = func.to_tsquery("english", " | ".join(words.split()))
        found = self.live().where(Memory.agent_id == agent_id, Memory.search.op("@@")(asked))
        return list((await self.session.scalars(found.order_by(func.ts_rank(Memory.search, asked).desc()).limit(limit))).all())

    async def hybrid(self, agent_id: uuid.UUID, words: str, embedding: Any, limit: int) -> list[Memory]:
        near = [memory for memory, _ in await self.nearest(agent_id, embedding, _FUSED)]
        scores: dict[uuid.UUID, float] = {}
        memories = {}
        for found in (near, await self.by_words(agent_id, words, _FUSED)):
            for rank, memory in enumerate(found, start=1):
                memories[memory.id] = memory
                scores[memory.id] = scores.get(memory.id, 0.0) + 1 / (_RANK_CONSTANT + rank)
        return [memories[id] for id in sorted(scores, key=scores.__getitem__, reverse=True)[:limit]]


class MessageRepository:
    """The messages of the session's tenant."""

    def __init__(self, session: AsyncSession, org_id: uuid.UUID) -> None:
        self.session = session
        self.org_id = org_id

    async def append(self, session_id: uuid.UUID, role: str, content: str) -> Message:
        theirs = select(Session).where(Session.org_id == self.org_id, Session.id == session_id).with_for_update()
        talk = (await self.session.scalars(theirs)).one()
        talk.messages += 1
        message = Message(
            org_id=self.org_id, session_id=session_id, position=talk.messages, role=role, content=content, tokens=tokens_of(content)
        )
        self.session.add(message)
        await self.session.flush()
        return message

    async def last(self, session_id: uuid.UUID, limit: int, after: int = 0) -> list[Message]:
        theirs = select(Message).where(Message.org_id == self.org_id, Message.session_id == session_id, Message.position > after)
        return list((await self.session.scalars(theirs.order_by(Message.position.desc()).limit(limit))).all())[::-1]

    async def window(self, session_id: uuid.UUID, tokens: int) -> tuple[Summary | None, list[Message]]:
        newest = select(Summary).where(Summary.org_id == self.org_id, Summary.session_id == session_id)
        summary = (await self.session.scalars(newest.order_by(Summary.last_position.desc()).limit(1))).one_or_none()
        room = tokens - (summary.tokens if summary else 0)
        kept: list[Message] = []
        for message in reversed(await self.last(session_id, 2 * PAGE, after=summary.last_position if summary else 0)):
            room -= message.tokens
            if room < 0:
                break
            kept.insert(0, message)
        return summary, kept


def hashed_content(content: str) -> str:
    return hashlib.sha256(" ".join(content.lower().split()).encode()).hexdigest()


def tokens_of(content: str) -> int:
    return -(-len(content) // 4)


_POLICIES: Final = f"""
DO $$ BEGIN CREATE ROLE orm_app NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT USAGE ON SCHEMA {SCHEMA} TO orm_app;
""" + "".join(
    f"""
ALTER TABLE {table.fullname} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table.fullname} FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON {table.fullname} USING (org_id = current_setting('app.current_org_id', true)::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON {table.fullname} TO orm_app;
"""
    for table in Base.metadata.sorted_tables
)


def sqlalchemy_url(dsn: str, driver: str) -> URL:
    return make_url(dsn).set(drivername=f"postgresql+{driver}")


class Orm(Peer):
    name = "SQLAlchemy"

    @asynccontextmanager
    async def connected(self, dsn: str) -> AsyncIterator[None]:
        arguments = {"server_settings": {"role": "orm_app", "jit": "off"}}
        # The pool's owner for the fill; the role does not exist before it.
        self.dsn = dsn
        engine = create_async_engine(sqlalchemy_url(dsn, "asyncpg"), pool_size=self.clients, max_overflow=0, connect_args=arguments)
        self.sessions = async_sessionmaker(engine, expire_on_commit=False)
        yield
        await engine.dispose()

    @asynccontextmanager
    async def tenant(self, holder: Holder) -> AsyncIterator[AsyncSession]:
        async with self.sessions() as session, session.begin():
            await session.execute(text("SELECT set_config('app.current_org_id', :org_id, true)"), {"org_id": str(holder.org_id)})
            yield session

    async def fill(self, owner: asyncpg.Connection) -> None:
        await owner.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
        engine = create_async_engine(sqlalchemy_url(self.dsn, "asyncpg"))
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        await engine.dispose()
        await owner.execute(_POLICIES)
        now = _now()
        names = [
            "id",
            "org_id",
            "agent_id",
            "content",
            "content_hash",
            "category",
            "status",
            "confidence",
            "attributes",
            "embedding",
            "version",
            "valid_from",
        ]
        names += ["created_at", "updated_at"]
        async with without_hnsw(owner, f"{SCHEMA}.memories"):
            for holder in self.world.holders:
                rows = [
                    (
                        *(item.id, holder.org_id, agent_id, item.content, hashed_content(item.content)),
                        *("factual", "active", 0.8, {}, item.embedding, 1, now, now, now),
                    )
                    for agent_id, items in ((holder.reader_id, holder.items), (holder.writer_id, holder.kept))
                    for item in items
                ]
                await owner.copy_records_to_table("memories", schema_name=SCHEMA, records=rows, columns=names)
                created = [(uuid.uuid4(), holder.org_id, row[0], 1, "create", row[3], now) for row in rows]
                await owner.copy_records_to_table("memory_versions", schema_name=SCHEMA, records=created)
                of_session = [(id, holder.org_id, holder.reader_id, 0, now) for id in (holder.session_id, *holder.written_ids)]
                await owner.copy_records_to_table("sessions", schema_name=SCHEMA, records=of_session)
                said = [
                    (uuid.uuid4(), holder.org_id, holder.session_id, at, ("user", "assistant")[at % 2], each, tokens_of(each), now)
                    for at, each in enumerate(holder.said, start=1)
                ]
                await owner.copy_records_to_table("messages", schema_name=SCHEMA, records=said)
        await owner.execute("VACUUM ANALYZE")

    async def get(self, holder: Holder, client: int, id: uuid.UUID) -> Any:
        async with self.tenant(holder) as session:
            return await MemoryRepository(session, holder.org_id).get(id)

    async def page(self, holder: Holder, client: int, given: None) -> Any:
        async with self.tenant(holder) as session:
            return await MemoryRepository(session, holder.org_id).page(holder.reader_id, PAGE)

    async def add(self, holder: Holder, client: int, item: Item) -> Any:
        async with self.tenant(holder) as session:
            return await MemoryRepository(session, holder.org_id).add(holder.writer_id, item.content, item.embedding)

    async def add_many(self, holder: Holder, client: int, items: list[Item]) -> Any:
        async with self.tenant(holder) as session:
            return await MemoryRepository(session, holder.org_id).add_many(holder.writer_id, items)

    async def update(self, holder: Holder, client: int, item: Item) -> Any:
        async with self.tenant(holder) as session:
            return await MemoryRepository(session, holder.org_id).update(item.id, item.content, item.embedding)

    async def stock(self, holder: Holder, count: int) -> list[Any]:
        async with self.tenant(holder) as session:
            made = await MemoryRepository(session, holder.org_id).add_many(holder.writer_id, list(self.world.items(count)))
            return [memory.id for memory in made]

    async def delete(self, holder: Holder, client: int, id: uuid.UUID) -> Any:
        async with self.tenant(holder) as session:
            return await MemoryRepository(session, holder.org_id).delete(id)

    async def append(self, holder: Holder, client: int, content: str) -> Any:
        async with self.tenant(holder) as session:
            return await MessageRepository(session, holder.org_id).append(holder.written_ids[client], "user", content)

    async def last_messages(self, holder: Holder, client: int, given: None) -> Any:
        async with self.tenant(holder) as session:
            return await MessageRepository(session, holder.org_id).last(holder.session_id, PAGE)

    async def vector_search(self, holder: Holder, client: int, asked: Item) -> Any:
        async with self.tenant(holder) as session:
            found = await MemoryRepository(session, holder.org_id).nearest(holder.reader_id, asked.embedding, LIMIT)
            return [memory for memory, _ in found]

    async def hybrid_search(self, holder: Holder, client: int, asked: Item) -> Any:
        async with self.tenant(holder) as session:
            return await MemoryRepository(session, holder.org_id).hybrid(holder.reader_id, asked.content, asked.embedding, LIMIT)

    async def window(self, holder: Holder, client: int, given: None) -> Any:
        async with self.tenant(holder) as session:
            return await MessageRepository(session, holder.org_id).window(holder.session_id, TOKENS)

    def ids(self, found: Any) -> list[uuid.UUID]:
        return [memory.id for memory in found]
