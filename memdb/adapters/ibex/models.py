"""ibex's models, by their names: memdb's rows, and a memory with ibex's columns."""

from __future__ import annotations

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec

from memdb import memories
from memdb.agents import Agent as Agent
from memdb.checkpoints import Checkpoint as Checkpoint
from memdb.directives import Directive as Directive
from memdb.memories import MemoryVersion as MemoryVersion
from memdb.organizations import Organization as Organization
from memdb.relations import Relation as MemoryRelationship
from memdb.sessions import Session as Session
from memdb.tokens import Token as Token
from memdb.users import User as User

__all__ = [
    "Agent",
    "Checkpoint",
    "Directive",
    "Memory",
    "MemoryCategory",
    "MemoryRelationship",
    "MemorySource",
    "MemoryStatus",
    "MemoryTag",
    "MemoryVersion",
    "Organization",
    "Session",
    "Token",
    "User",
]

CONTENT_HASH: Final = "content_hash"
"""The key in a memory's metadata for the caller's hash of its content."""

_NEVER: Final = (0, None, None)


class MemoryCategory(enum.StrEnum):
    FACTUAL = "factual"
    PREFERENCE = "preference"
    BEHAVIORAL = "behavioral"
    EPISODIC = "episodic"
    PROCEDURAL = "procedural"


class MemorySource(enum.StrEnum):
    EXTRACTED = "extracted"
    USER_PROVIDED = "user_provided"
    IMPORTED = "imported"
    INFERRED = "inferred"


class MemoryStatus(enum.StrEnum):
    """The statuses in ibex's plan. memdb also has draft, quarantined and discarded."""

    ACTIVE = "active"
    SUPERSEDED = "superseded"
    MERGED = "merged"
    ARCHIVED = "archived"
    PENDING_REVIEW = "pending_review"


class MemoryTag(msgspec.Struct, frozen=True):
    memory_id: UUID
    org_id: UUID
    tag: str


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """A memory with ibex's columns, and memdb's `version`, for `expected_version`. Embeddings are not read back.

    `content_hash` is the one that it was created with, or None. `category`, `source` and `status` are equal to members of the enums.
    """

    id: UUID
    org_id: UUID
    agent_id: UUID
    session_id: UUID | None
    content: str
    content_hash: str | None
    category: str
    source: str
    status: str
    confidence: Decimal
    usefulness_score: Decimal
    retrieval_count: int
    last_retrieved_at: datetime | None
    last_injected_at: datetime | None
    superseded_by: UUID | None
    merged_into: UUID | None
    expires_at: datetime | None
    metadata_: dict[str, Any]
    tags: list[MemoryTag]
    version: int
    created_at: datetime
    updated_at: datetime


def memory_of(org_id: UUID, found: memories.Memory, usage: memories.Usage | None) -> Memory:
    retrievals, retrieved_at, injected_at = _NEVER if usage is None else (usage.retrievals, usage.last_retrieved_at, usage.last_injected_at)
    metadata = {name: value for name, value in found.metadata.items() if name != CONTENT_HASH}
    return Memory(
        id=found.id,
        org_id=org_id,
        agent_id=found.agent_id,
        session_id=found.session_id,
        content=found.content,
        content_hash=found.metadata.get(CONTENT_HASH),
        category=found.category,
        source=found.source,
        status=found.status,
        confidence=_thousandths(found.confidence),
        usefulness_score=_thousandths(found.usefulness),
        retrieval_count=retrievals,
        last_retrieved_at=retrieved_at,
        last_injected_at=injected_at,
        superseded_by=found.superseded_by,
        merged_into=found.merged_into,
        expires_at=found.expires_at,
        metadata_=metadata,
        tags=[MemoryTag(found.id, org_id, tag) for tag in found.tags],
        version=found.version,
        created_at=found.created_at,
        updated_at=found.updated_at,
    )


def _thousandths(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.001"))
