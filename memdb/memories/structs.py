"""What a memory is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias, TypedDict
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import Confidence, Content, Embedding, JsonObject, ModelName, Tags

Category: TypeAlias = Literal["factual", "preference", "behavioral", "episodic", "procedural"]
Source: TypeAlias = Literal["extracted", "user_provided", "imported", "inferred"]
Status: TypeAlias = Literal["draft", "active", "superseded", "merged", "archived", "pending_review", "quarantined", "discarded"]
FirstStatus: TypeAlias = Literal["active", "draft", "pending_review", "quarantined", "discarded"]
SettableStatus: TypeAlias = Literal["active", "archived", "pending_review", "quarantined", "discarded"]
OnDuplicate: TypeAlias = Literal["return", "merge", "raise", "keep"]
OnDeleted: TypeAlias = Literal["raise", "restore"]
ExternalId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=512)]
Labels: TypeAlias = dict[str, float]


class Memory(msgspec.Struct, frozen=True):
    """A live memory. Its embedding is not read along: `embedded` says whether it has one, `embedding_model` what its model is called.

    - `category` is its primary category; `labels` maps all of its categories to confidences, and is empty where there is just that one.
    - `external_id` is the caller's own, unique among the agent's memories, deleted ones included.
    - `usefulness` is (votes for + 1) / (votes + 2), 0.5 without votes.
    - `observed_at` is when it was said or seen. It is true from `valid_from` (inclusive) until `valid_until` (exclusive; None: no end).
    - `expires_at` is when memdb forgets it (None: never). `superseded_by` and `merged_into` are the memory that took its place.
    - `version` goes up by one with each change of what it says or of its state; votes and a later embedding leave it.
    """

    id: UUID
    agent_id: UUID
    user_id: UUID | None
    session_id: UUID | None
    external_id: str | None
    content: str
    category: str
    labels: Labels
    status: str
    source: str
    confidence: float
    usefulness: float
    tags: list[str]
    metadata: JsonObject
    embedded: bool
    embedding_model: str | None
    version: int
    observed_at: datetime
    valid_from: datetime
    valid_until: datetime | None
    expires_at: datetime | None
    superseded_by: UUID | None
    merged_into: UUID | None
    created_at: datetime
    updated_at: datetime


class MemoryDetails(TypedDict, total=False):
    """What `add` may be told of a memory besides its content; what is not given is as in `NewMemory`."""

    embedding: Embedding | None
    embedding_model: ModelName | None
    category: Category | None
    labels: Labels | None
    status: FirstStatus
    source: Source
    confidence: Confidence
    tags: Tags | None
    metadata: JsonObject | None
    user_id: UUID | None
    session_id: UUID | None
    created_at: datetime | None
    updated_at: datetime | None
    observed_at: datetime | None
    valid_from: datetime | None
    valid_until: datetime | None
    expires_at: datetime | None
    id: UUID | None


class NewMemory(msgspec.Struct, frozen=True, kw_only=True):
    """One item of `add_many`: the content, the external id, and `MemoryDetails`."""

    content: Content
    external_id: ExternalId | None = None
    embedding: Embedding | None = None
    embedding_model: ModelName | None = None
    category: Category | None = None
    labels: Labels | None = None
    status: FirstStatus = "active"
    source: Source = "user_provided"
    confidence: Confidence = 0.8
    tags: Tags = []
    metadata: JsonObject | None = None
    user_id: UUID | None = None
    session_id: UUID | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    observed_at: datetime | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    expires_at: datetime | None = None
    id: UUID | None = None


class Narrowing(TypedDict, total=False):
    """The filters that narrow down whatever key is walked along."""

    category: Category | None
    contains: Content | None
    tags: Tags | None
    metadata: JsonObject | None
    since: datetime | None
    until: datetime | None


class Filters(Narrowing, total=False):
    """What `page`, `count` and `clear` filter by: None, or not given, means any.

    `category` is the primary one or any other label; `tags` and `metadata` are what a memory must have all of; `since` (inclusive) and
    `until` (exclusive) are about when a memory was created.
    `contains` is a part of the content, as it is but for its case, its form in Unicode and what is invisible.
    """

    agent_id: UUID | None
    user_id: UUID | None
    session_id: UUID | None


class SearchFilters(Narrowing, total=False):
    """What `search` filters by: None, or not given, means any, but `as_of` None means what is true now. The others as in `Filters`."""

    user_id: UUID | None
    session_id: UUID | None
    as_of: datetime | None


class Added(msgspec.Struct, frozen=True):
    """What an add came to: the memory, and whether it was made rather than found."""

    memory: Memory
    created: bool


class MemoryVersion(msgspec.Struct, frozen=True):
    """The state that one change left, and what it was.

    - `operation` is create, update, supersede, merge, revert, delete, restore or expire; `changed_by` the actor of the executor, `reason`
      what the caller gave; `changed` the fields that differ from the version before.
    - `valid_from` is None in versions that are older than the migration that brought validity.
    """

    cursor_fields = ("version",)

    version: int
    operation: str
    changed_by: str | None
    reason: str | None
    changed: list[str]
    content: str
    category: str
    labels: Labels
    status: str
    confidence: float
    tags: list[str]
    metadata: JsonObject
    valid_from: datetime | None
    valid_until: datetime | None
    expires_at: datetime | None
    deleted_at: datetime | None
    superseded_by: UUID | None
    merged_into: UUID | None
    changed_at: datetime


class Counters(msgspec.Struct, frozen=True):
    """How many memories are live, and how many are deleted or expired and not purged yet."""

    live: int
    ended: int


class Usage(msgspec.Struct, frozen=True):
    """How often a memory was retrieved and injected into a prompt, and when last."""

    memory_id: UUID
    retrievals: int
    injections: int
    last_retrieved_at: datetime | None
    last_injected_at: datetime | None


class Usefulness(msgspec.Struct, frozen=True):
    """The votes on a memory, and its usefulness by them: (votes for + 1) / (votes for + votes against + 2)."""

    memory_id: UUID
    votes_for: int
    votes_against: int
    usefulness: float


class Vote(msgspec.Struct, frozen=True):
    """One agent's vote on a memory: positive, negative or neutral."""

    memory_id: UUID
    agent_id: UUID
    vote: str
    session_id: UUID | None
    trace_id: str | None
    notes: str | None
    created_at: datetime
    updated_at: datetime
