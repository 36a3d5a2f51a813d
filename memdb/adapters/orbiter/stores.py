"""orbiter's memory stores, over a tenant's memories."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

from memdb import agents, memories
from memdb.adapters.homes import check_dimension
from memdb.adapters.opening import Opening, without_secrets
from memdb.adapters.orbiter.embeddings import Embeddings, embedding_of
from memdb.adapters.orbiter.kinds import MemoryError, MemoryItem, MemoryMetadata, MemoryStatus
from memdb.adapters.orbiter.mapping import as_memory_errors, checked, filters, from_memory, memory_status, scopes_of, to_memory
from memdb.adapters.paging import LARGEST_PAGE, all_of, check_number
from memdb.adapters.tenants import of_tenant
from memdb.adapters.together import together
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput
from memdb.memories import Memory

AGENT: Final = "orbiter"


class _Store:
    """A store's items are the memories of one agent tagged "orbiter", with the items' ids as external ids."""

    def __init__(
        self,
        place: str | Executor | None,
        org_id: UUID | None,
        agent_id: UUID | None,
        user_id: UUID | None,
        *,
        dimension: object = None,
        embedding_model: str | None = None,
    ) -> None:
        self.dsn = place if isinstance(place, str) else None
        self._agent_id = agent_id
        self._user_id = user_id
        self._dimension = dimension
        self._opening: Opening[Executor] | None = None
        self._tenant: Executor | None = None
        self._lock = asyncio.Lock()
        with as_memory_errors():
            if place is None or isinstance(place, str):
                self._opening = Opening(place, org_id, self._fitting, embedding_model=embedding_model)
            else:
                self._tenant = self._fitting(place)

    def _fitting(self, tenant: Any) -> Executor:
        check_dimension(of_tenant(type(self).__name__, tenant), self._dimension)
        return tenant  # type: ignore[no-any-return]

    @property
    def _initialized(self) -> bool:
        return self._tenant is not None

    async def init(self) -> None:
        """Connect to the database, unless that is done; the tables are created by memdb's migrations."""
        async with self._lock:
            if self._tenant is None and self._opening is not None:
                with as_memory_errors():
                    self._tenant = await self._opening.__aenter__()

    async def close(self) -> None:
        """Close the database, if it is the store's own; `init` opens it again."""
        async with self._lock:
            if self._opening is not None and self._tenant is not None:
                self._tenant = None
                await self._opening.__aexit__(None, None, None)

    async def __aenter__(self) -> Self:
        await self.init()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def _on(self) -> tuple[Executor, UUID]:
        """The tenant, and the agent that owns these memories."""
        if self._tenant is None:
            raise RuntimeError("Store not initialized: call init() or use 'async with'")
        if self._agent_id is None:
            self._agent_id = (await agents.get_or_create(self._tenant, slug=AGENT, name=AGENT.title())).id
        return self._tenant, self._agent_id

    async def get(self, item_id: str) -> MemoryItem | None:
        """The item, of any status, or None if there is none or it was cleared."""
        with as_memory_errors():
            tenant, agent_id = await self._on()
            found = await memories.get_by_external_id(tenant, agent_id=agent_id, external_id=item_id)
        return None if found is None else from_memory(found)

    async def clear(self, *, metadata: MemoryMetadata | None = None) -> int:
        """Soft-delete the items with the given user_id, session_id, task_id and agent_id of the metadata, or everything for None.

        Returns their number. Raises MemoryError for metadata with none of these, which would mean everything.
        """
        if metadata is not None and not scopes_of(metadata):
            raise MemoryError("metadata must have a user_id, session_id, task_id or agent_id; None clears everything")
        with as_memory_errors():
            tenant, agent_id = await self._on()
            return await memories.clear(tenant, agent_id=agent_id, **filters(metadata))

    async def count(self, *, include_deleted: bool = False) -> int:
        """The number of items of any status. `include_deleted`: including cleared ones, until they are purged."""
        with as_memory_errors():
            tenant, agent_id = await self._on()
            found = await memories.counters(tenant, agent_id=agent_id, tags=filters(None)["tags"])
        return found.live + found.ended if include_deleted else found.live

    async def _put(self, item: MemoryItem, **details: Any) -> None:
        with as_memory_errors():
            tenant, agent_id = await self._on()
            put = partial(memories.add, tenant, agent_id=agent_id, user_id=self._user_id, on_deleted="restore", **details)
            try:
                await put(**to_memory(checked(item)))
            except InvalidInput as error:
                if error.field != "created_at":
                    raise
                # Its clock is ahead of the database's.
                await put(**to_memory(item, is_dated=False))

    async def _listed(
        self, query: str, metadata: MemoryMetadata | None, memory_type: str | None, status: MemoryStatus | None, limit: int
    ) -> list[MemoryItem]:
        """The newest items whose content contains the query."""
        with as_memory_errors():
            check_number("limit", limit)
            tenant, agent_id = await self._on()
            wanted = partial(memories.page, tenant, agent_id=agent_id, contains=query or None, **filters(metadata, memory_type))
            statuses = ("draft", "active") if status is None else (memory_status(status),)
            pages = await together(tenant, *(all_of(partial(wanted, status=each), limit) for each in statuses))
        found: list[Memory] = sorted((each for page in pages for each in page), key=lambda each: each.id, reverse=True)
        return [from_memory(each) for each in found[:limit]]


class PostgresMemoryStore(_Store):
    """Keeps items in a tenant's memories, without embeddings.

    - `dsn`: what `memdb.connect` takes, including `embedded:`, None for $MEMDB_DSN; or `db.tenant(org_id)`, or a transaction on it.
    - `org_id`: the tenant in the database of a DSN; None means the organization with the slug "default", which is created if necessary.
    - `agent_id`: memdb's agent that owns these memories; None means the one with the slug "orbiter", which is created if necessary.
    - `user_id`: memdb's user that owns them, for legal holds and erasures.

    Raises RuntimeError if it is not initialized, MemoryError for what memdb refuses, and memdb's errors for calls that fail otherwise.
    """

    def __init__(
        self,
        dsn: str | Executor | None = None,
        *,
        org_id: UUID | None = None,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> None:
        super().__init__(dsn, org_id, agent_id, user_id)

    async def add(self, item: MemoryItem) -> None:
        """Store an item, replacing the one with its id, if any: as a new version of it, even if it was cleared."""
        await self._put(item)

    async def search(
        self,
        *,
        query: str = "",
        metadata: MemoryMetadata | None = None,
        memory_type: str | None = None,
        status: MemoryStatus | None = None,
        limit: int = 10,
    ) -> list[MemoryItem]:
        """The newest items that match everything given: the query as a part of the content, ignoring case, and the ids of the metadata.

        Discarded items are found only by their `status`.
        """
        return await self._listed(query, metadata, memory_type, status, limit)

    def __repr__(self) -> str:
        return f"PostgresMemoryStore(dsn={without_secrets(self.dsn) if self.dsn else None!r})"


class VectorMemoryStore(_Store):
    """Keeps items in a tenant's memories, with the embeddings of their contents.

    - `embeddings`: an `Embeddings`, of the dimension of the database's embedding space.
    - `dimension`: that dimension, to be compared; None is that of `embeddings`.
    - `dsn`, `org_id`, `agent_id`, `user_id`: as for `PostgresMemoryStore`. The first call initializes it.
    - `embedding_model`: the embedding space in the database of a DSN, as for `memdb.connect`.

    Raises as PostgresMemoryStore does, and what `embeddings` does.
    """

    def __init__(
        self,
        embeddings: Embeddings,
        dimension: int | None = None,
        *,
        dsn: str | Executor | None = None,
        org_id: UUID | None = None,
        embedding_model: str | None = None,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> None:
        self._embeddings = embeddings
        if dimension is not None and dimension != embeddings.dimension:
            raise MemoryError(f"dimension must be that of the embeddings, {embeddings.dimension}, not {dimension!r:.40}")
        super().__init__(dsn, org_id, agent_id, user_id, dimension=embeddings.dimension, embedding_model=embedding_model)

    @property
    def embeddings(self) -> Embeddings:
        return self._embeddings

    async def _on(self) -> tuple[Executor, UUID]:
        await self.init()
        return await super()._on()

    async def add(self, item: MemoryItem) -> None:
        """Like `PostgresMemoryStore.add`, with the embedding of the content."""
        await self._put(item, embedding=_direction(await embedding_of(self._embeddings, checked(item).content)))

    async def search(
        self,
        *,
        query: str = "",
        metadata: MemoryMetadata | None = None,
        memory_type: str | None = None,
        status: MemoryStatus | None = None,
        limit: int = 10,
    ) -> list[MemoryItem]:
        """The accepted items that match everything given, nearest to the query by cosine similarity first.

        Without a query, and for drafts and discarded items, like `PostgresMemoryStore.search`.
        """
        if not query or status not in (None, MemoryStatus.ACCEPTED):
            return await self._listed(query, metadata, memory_type, status, limit)
        with as_memory_errors():
            check_number("limit", limit)
        embedding = _direction(await embedding_of(self._embeddings, query))
        if embedding is None:
            return await self._listed("", metadata, memory_type, MemoryStatus.ACCEPTED, limit)
        with as_memory_errors():
            tenant, agent_id = await self._on()
            wanted = partial(memories.search, tenant, agent_id=agent_id, embedding=embedding, **filters(metadata, memory_type))
            found: list[MemoryItem] = []
            after = None
            while len(found) < limit:
                hits = await wanted(limit=min(limit - len(found), LARGEST_PAGE), after=after)
                found += [from_memory(hit.memory) for hit in hits]
                if (after := hits.next_page) is None:
                    break
        return found

    def __repr__(self) -> str:
        return f"VectorMemoryStore(dimension={self._embeddings.dimension})"


def _direction(embedding: Sequence[float]) -> Sequence[float] | None:
    """The embedding, or None for zeros, which are near to nothing."""
    return embedding if any(embedding) else None
