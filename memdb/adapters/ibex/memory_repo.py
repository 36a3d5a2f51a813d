"""ibex's repository of memories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from memdb import memories, sessions
from memdb.adapters.fields import as_fields
from memdb.adapters.ibex.base import BaseRepository
from memdb.adapters.ibex.models import CONTENT_HASH, Memory, MemoryCategory, MemorySource, MemoryStatus, MemoryVersion, memory_of
from memdb.adapters.paging import LARGEST_PAGE, all_of, check_number
from memdb.engine.clearing import Clear
from memdb.engine.cursors import Cursor
from memdb.engine.inputs import Confidence, check_for
from memdb.errors import NotFound

_check_confidence: Final = check_for("min_confidence", Confidence)


class MemoryRepository(BaseRepository[Memory]):
    """An organization's memories. Raises what `memdb.memories` does."""

    async def get(self, id: UUID) -> Memory | None:
        found = await memories.get(self.session, id=id)
        return None if found is None else (await self._of([found]))[0]

    async def create(
        self,
        *,
        agent_id: UUID,
        content: str,
        embedding: Any,
        category: MemoryCategory | str,
        org_id: UUID | None = None,
        session_id: UUID | None = None,
        content_hash: str | None = None,
        source: MemorySource | str = MemorySource.EXTRACTED,
        confidence: Decimal | float = Decimal("0.800"),
        status: MemoryStatus | str = MemoryStatus.ACTIVE,
        expires_at: datetime | None = None,
        metadata: dict[str, Any] | None = None,
        tags: Sequence[str] = (),
    ) -> Memory:
        """Create a memory with status ACTIVE or PENDING_REVIEW. Raises DuplicateMemory if the agent has an active one with this content.

        `org_id` is the repository's, or None. `content_hash`: any text by which `find_by_content_hash` is to find it; duplicates are
        detected by the content.
        """
        if org_id is not None:
            self._check_org(org_id)
        if session_id is not None and await sessions.get(self.session, id=session_id) is None:
            raise NotFound("session", session_id)
        made = await memories.add(
            self.session,
            agent_id=agent_id,
            content=content,
            embedding=embedding,
            category=_text(category),
            session_id=session_id,
            source=_text(source),
            confidence=_float(confidence),
            status=_text(status),
            expires_at=expires_at,
            metadata=_with_hash(metadata or {}, content_hash),
            tags=list(tags),
            on_duplicate="raise",
        )
        return memory_of(self.org_id, made, None)

    async def page(self, *, limit: int = 50, **filters: Any) -> list[Memory]:
        """The memories that pass the filters of `memdb.memories.page`, newest first; without a `status`, of any status."""
        check_number("limit", limit)
        return await self._of(await all_of(partial(memories.page, self.session, **{"status": None, **filters}), limit))

    async def list_active(self, agent_id: UUID, *, limit: int = 50) -> list[Memory]:
        """The agent's active memories, newest first."""
        return await self.page(agent_id=agent_id, status="active", limit=limit)

    async def update(
        self,
        id: UUID,
        *,
        expected_version: int | None = None,
        content: str | None = None,
        embedding: Any = None,
        category: MemoryCategory | str | None = None,
        confidence: Decimal | float | None = None,
        status: MemoryStatus | str | None = None,
        expires_at: datetime | Clear | None = None,
        metadata: dict[str, Any] | None = None,
        content_hash: str | None = None,
        tags: Sequence[str] | None = None,
        reason: str | None = None,
    ) -> Memory:
        """Change the given fields, as a new version of the memory. `metadata` is replaced as a whole, and so is the hash with a `content`.

        Raises NotFound, VersionConflict, InvalidTransition.
        """
        if content is not None or metadata is not None or content_hash is not None:
            found = await memories.get(self.session, id=id)
            if found is None:
                raise NotFound("memory", id)
            # The metadata must be made from what is stored when they are written.
            expected_version = found.version if expected_version is None else expected_version
            hashed = content_hash or (found.metadata.get(CONTENT_HASH) if content is None else None)
            metadata = _with_hash(found.metadata if metadata is None else metadata, hashed)
        changed = await memories.update(
            self.session,
            id=id,
            expected_version=expected_version,
            content=content,
            embedding=embedding,
            category=None if category is None else _text(category),
            confidence=_float(confidence),
            status=None if status is None else _text(status),
            expires_at=expires_at,
            metadata=metadata,
            tags=None if tags is None else list(tags),
            reason=reason,
        )
        return (await self._of([changed]))[0]

    async def delete(self, id: UUID) -> bool:
        try:
            await memories.delete(self.session, id=id)
        except NotFound:
            return False
        return True

    async def versions(self, memory_id: UUID) -> list[MemoryVersion]:
        """The memory's versions, newest first."""
        return await all_of(partial(memories.versions, self.session, id=memory_id))

    async def find_by_content_hash(self, agent_id: UUID, content_hash: str) -> Memory | None:
        """The agent's active memory that was created with this hash, or None."""
        found = await memories.page(self.session, agent_id=agent_id, metadata={CONTENT_HASH: content_hash}, limit=1)
        return (await self._of(found))[0] if found else None

    async def find_near_duplicates(
        self, agent_id: UUID, embedding: Any, threshold: float = 0.92, limit: int = 10
    ) -> list[tuple[Memory, float]]:
        """The agent's active memories with a cosine similarity above the threshold, each with it, nearest first."""
        with as_fields({"min_similarity": "threshold"}):
            found = await memories.near_duplicates(
                self.session, agent_id=agent_id, embedding=embedding, min_similarity=threshold, limit=limit
            )
        return list(zip(await self._of([each.memory for each in found]), [1.0 - each.distance for each in found], strict=True))

    async def find_conflicts(
        self, agent_id: UUID, category: MemoryCategory | str, embedding: Any, threshold: float = 0.85, limit: int = 10
    ) -> list[tuple[Memory, float]]:
        """The agent's active memories of a category with a cosine similarity of at least the threshold, nearest first."""
        with as_fields({"min_similarity": "threshold"}):
            return await self._similar(agent_id, embedding, limit, category, 0.0, threshold)

    async def find_similar(
        self,
        agent_id: UUID,
        query_embedding: Any,
        limit: int = 50,
        category_filter: MemoryCategory | str | None = None,
        min_confidence: float = 0.3,
    ) -> list[tuple[Memory, float]]:
        """The agent's active memories most similar to an embedding, each with its cosine similarity.

        There are `limit` of them, if the agent has that many.
        """
        least = _check_confidence(_float(min_confidence), 0)
        with as_fields({"embedding": "query_embedding", "category": "category_filter"}):
            return await self._similar(agent_id, query_embedding, limit, category_filter, least, None)

    async def find_hot(self, agent_id: UUID, limit: int = 50) -> list[Memory]:
        """The agent's most useful memories, by votes."""
        return await self._of(await memories.hot(self.session, agent_id=agent_id, limit=limit))

    async def record_use(self, *, retrieved: Sequence[UUID] = (), injected: Sequence[UUID] = ()) -> int:
        """Count memories as retrieved, and as injected into a prompt; returns how many were counted."""
        return await memories.record_use(self.session, retrieved=list(retrieved), injected=list(injected))

    async def _similar(
        self,
        agent_id: UUID,
        embedding: Any,
        limit: int,
        category: MemoryCategory | str | None,
        min_confidence: float,
        min_similarity: float | None,
    ) -> list[tuple[Memory, float]]:
        check_number("limit", limit)
        found: list[memories.Hit] = []
        after: Cursor | None = None
        while len(found) < limit:
            size = min(limit, LARGEST_PAGE)
            hits = await memories.search(
                self.session,
                agent_id=agent_id,
                embedding=embedding,
                category=None if category is None else _text(category),
                min_similarity=min_similarity,
                limit=size,
                after=after,
            )
            found += [hit for hit in hits if hit.memory.confidence >= min_confidence]
            if len(hits) < size:
                break
            after = hits.next_page
        found = found[:limit]
        return list(zip(await self._of([hit.memory for hit in found]), [hit.similarity or 0.0 for hit in found], strict=True))

    async def _of(self, found: Sequence[memories.Memory]) -> list[Memory]:
        used: dict[UUID, memories.Usage] = {}
        for start in range(0, len(found), LARGEST_PAGE):
            ids = [each.id for each in found[start : start + LARGEST_PAGE]]
            used |= {each.memory_id: each for each in await memories.usage(self.session, ids=ids)}
        return [memory_of(self.org_id, each, used.get(each.id)) for each in found]


def _with_hash(metadata: Mapping[str, Any], content_hash: str | None) -> dict[str, Any]:
    rest = {name: value for name, value in metadata.items() if name != CONTENT_HASH}
    return rest if content_hash is None else rest | {CONTENT_HASH: content_hash}


def _float(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _text(value: Any) -> Any:
    return value.value if isinstance(value, MemoryCategory | MemorySource | MemoryStatus) else value
