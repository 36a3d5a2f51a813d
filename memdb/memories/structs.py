"""The classes of memories."""

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
Operation: TypeAlias = Literal["create", "update", "supersede", "merge", "revert", "delete", "restore", "expire"]
Ballot: TypeAlias = Literal["positive", "negative", "neutral"]
OnDeleted: TypeAlias = Literal["raise", "restore"]
ExternalId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=512)]
Labels: TypeAlias = dict[str, float]


class Memory(msgspec.Struct, frozen=True):
    """A live memory.

    Its embedding is not included: `embedded` says whether it has one, and `embedding_model` is the name of its model.

    - `category` is its primary category. `labels` maps all of its categories to confidences, and is empty if there is only the primary one.
    - `external_id` is the caller's own id, unique among the agent's memories, including deleted ones.
    - `usefulness` is (votes for + 1) / (votes + 2), so 0.5 without votes.
    - `observed_at` is when it was said or seen. It is valid from `valid_from` (inclusive) until `valid_until` (exclusive; None: no end).
    - `expires_at` is when memdb forgets it (None: never). `superseded_by` and `merged_into` are the memory that took its place.
    - `version` increases by one with each change of its content or state; votes and a later embedding do not change it.
    """

    id: UUID
    agent_id: UUID
    user_id: UUID | None
    session_id: UUID | None
    external_id: str | None
    content: str
    category: Category
    labels: Labels
    status: Status
    source: Source
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
    """The details of a memory that `add` takes besides its content; the defaults are those of `NewMemory`."""

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
    """An item of `add_many`: the content, the external id, and `MemoryDetails`."""

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
    """The filters that apply whichever index is scanned."""

    category: Category | None
    contains: Content | None
    tags: Tags | None
    metadata: JsonObject | None
    since: datetime | None
    until: datetime | None


class Filters(Narrowing, total=False):
    """The filters of `page`, `count` and `clear`. None, or omitted, means any.

    `category` is the primary category or any other label. A memory must contain all of `tags` and `metadata`. `since` (inclusive) and
    `until` (exclusive) refer to its creation. `contains` is a part of the content, ignoring case, Unicode form and invisible characters.
    """

    agent_id: UUID | None
    user_id: UUID | None
    session_id: UUID | None


class SearchFilters(Narrowing, total=False):
    """The filters of `search`. For most of them, see `Filters`.

    None, or omitted, means any, except that `as_of` None means what is valid now.
    """

    user_id: UUID | None
    session_id: UUID | None
    as_of: datetime | None


class Added(msgspec.Struct, frozen=True):
    """The result of an `add`: the memory, and whether it was created rather than found."""

    memory: Memory
    created: bool


class MemoryVersion(msgspec.Struct, frozen=True):
    """The state after one change, and what the change was.

    - `operation` is create, update, supersede, merge, revert, delete, restore or expire. `changed_by` is the executor's actor, `reason`
      what the caller gave, and `changed` the fields that differ from the previous version.
    - `valid_from` is None in versions older than the migration that introduced validity.
    """

    cursor_fields = ("version",)

    version: int
    operation: Operation
    changed_by: str | None
    reason: str | None
    changed: list[str]
    content: str
    category: Category
    labels: Labels
    status: Status
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
    """The numbers of memories that are live, and that are deleted or expired but not yet purged."""

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
    """The votes on a memory, and the usefulness computed from them: (votes for + 1) / (votes for + votes against + 2)."""

    memory_id: UUID
    votes_for: int
    votes_against: int
    usefulness: float


class Vote(msgspec.Struct, frozen=True):
    """One agent's vote on a memory: positive, negative or neutral."""

    memory_id: UUID
    agent_id: UUID
    vote: Ballot
    session_id: UUID | None
    trace_id: str | None
    notes: str | None
    created_at: datetime
    updated_at: datetime
