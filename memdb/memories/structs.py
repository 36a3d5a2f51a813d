"""What a memory is."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from memdb.inputs import Embedding, JsonObject

Category: TypeAlias = Literal["factual", "preference", "behavioral", "episodic", "procedural"]
Source: TypeAlias = Literal["extracted", "user_provided", "imported", "inferred"]
Status: TypeAlias = Literal["active", "superseded", "merged", "archived", "pending_review", "quarantined"]
SettableStatus: TypeAlias = Literal["active", "archived", "pending_review", "quarantined"]


class Memory(msgspec.Struct, frozen=True):
    """A live memory. Its embedding is not read along: `embedded` says whether it has one, `embedding_model` what its model is called.

    `observed_at` is when it was said or seen, `expires_at` when it ends (None: never). `version` goes up by one with each change.
    """

    id: UUID
    agent_id: UUID
    user_id: UUID | None
    session_id: UUID | None
    content: str
    category: str
    status: str
    source: str
    confidence: float
    tags: list[str]
    metadata: JsonObject
    embedded: bool
    embedding_model: str | None
    version: int
    observed_at: datetime
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime


class NewMemory(msgspec.Struct, frozen=True, kw_only=True):
    """One item of `add_many`; the fields are the parameters of `add`."""

    content: str
    embedding: Embedding | None = None
    embedding_model: str | None = None
    category: Category = "factual"
    source: Source = "user_provided"
    confidence: float = 0.8
    tags: list[str] = []
    metadata: JsonObject | None = None
    user_id: UUID | None = None
    session_id: UUID | None = None
    observed_at: datetime | None = None
    expires_at: datetime | None = None
    id: UUID | None = None


class MemoryVersion(msgspec.Struct, frozen=True):
    """The state that one change left: `operation` is create, update, delete, restore or expire; `reason` is what the caller gave."""

    version: int
    operation: str
    reason: str | None
    content: str
    category: str
    status: str
    confidence: float
    tags: list[str]
    metadata: JsonObject
    expires_at: datetime | None
    deleted_at: datetime | None
    changed_at: datetime


class Hit(msgspec.Struct, frozen=True):
    """A search result. `score` ranks it within its search and is not comparable between searches.

    `similarity` is the cosine similarity (-1 to 1), None where the search or the memory has no embedding; `text_score` is BM25 (above 0),
    None where the search has no text or the memory none of its words.
    """

    memory: Memory
    score: float
    similarity: float | None
    text_score: float | None
