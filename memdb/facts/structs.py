"""What a fact is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias, TypedDict
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.attributes import Key
from memdb.engine.inputs import Confidence, Content, Embedding, JsonObject, JsonValue

Status: TypeAlias = Literal["active", "superseded", "invalidated"]
Outcome: TypeAlias = Literal["added", "confirmed", "superseded", "kept_both", "rejected", "repeated"]
Category: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Speaker: TypeAlias = Annotated[str, Meta(min_length=1, max_length=128)]
Context: TypeAlias = Annotated[str, Meta(min_length=1, max_length=512)]
Annotation: TypeAlias = Annotated[str, Meta(min_length=1, max_length=8192)]
Entities: TypeAlias = Annotated[list[UUID], Meta(max_length=100)]


class Fact(msgspec.Struct, frozen=True):
    """What an agent knows of the entity `entity_id`. Its embedding is not read along: `embedded` says whether it has one.

    - `attribute` and `value`, or None and None for a fact that is text only; `content` is the text of both.
    - `valid_from` (inclusive) and `valid_until` (exclusive) say when it is or was true, as it is known now. Where both are the same, it
      turned out never to have been true. `ingested_at` and `invalidated_at` say when it was learnt and when it ceased to be held to be
      true.
    - `status`: active; superseded by another fact, `superseded_by`; or invalidated. `expires_at`: from then on it is not read as active.
    - `confidence`, `importance` (0 to 1); `vitality` as the last upkeep found it, None before the first, and `stale` whether it was too
      low.
    - `confirmations` counts how often the same was asserted again or confirmed, `corrections` how often it was put right until it said
      this, `retrievals` how often it was of use.
    - `event_id` is where it was learnt, `speaker` who said it, `context` in which words or circumstances.
    - `version` goes up by one with each change of what it says or of its state; a later embedding and retrievals leave it.
    """

    id: UUID
    agent_id: UUID
    entity_id: UUID
    attribute: str | None
    value: JsonValue | None
    content: str
    category: str | None
    confidence: float
    importance: float
    sensitive: bool
    needs_confirmation: bool
    status: str
    valid_from: datetime
    valid_until: datetime | None
    expires_at: datetime | None
    ingested_at: datetime
    invalidated_at: datetime | None
    superseded_by: UUID | None
    confirmed_at: datetime | None
    confirmations: int
    corrections: int
    retrieved_at: datetime | None
    retrievals: int
    vitality: float | None
    stale: bool
    speaker: str | None
    context: str | None
    annotation: str | None
    event_id: UUID | None
    session_id: UUID | None
    user_id: UUID | None
    embedded: bool
    metadata: JsonObject
    version: int
    updated_at: datetime


class Asserted(msgspec.Struct, frozen=True):
    """What became of an assertion, and the fact that says so now.

    `outcome`:

    - added: it is a new fact, and takes no other's place. It may be superseded from the start, by what begins later.
    - confirmed: `fact` is an older one that says the same.
    - superseded: it is a new fact, and those of `replaced` end by it, or hold at fewer times.
    - kept_both: it is a new fact beside others of the attribute, whose values differ.
    - rejected: it holds at no time and was not stored; `fact` is the one that stands in its way, of several the surest.
    - repeated: it was asserted before, under the same id; nothing was changed.
    """

    fact: Fact
    outcome: str
    replaced: list[UUID]


class FactDetails(TypedDict, total=False):
    """What `assert_` may be told of a fact besides its entities and its content; what is not given is as in `NewFact`."""

    attribute: Key | None
    value: JsonValue | None
    embedding: Embedding | None
    category: Category | None
    confidence: Confidence
    importance: Confidence
    sensitive: bool
    needs_confirmation: bool
    valid_from: datetime | None
    valid_until: datetime | None
    expires_at: datetime | None
    link_named: bool
    event_id: UUID | None
    session_id: UUID | None
    user_id: UUID | None
    speaker: Speaker | None
    context: Context | None
    annotation: Annotation | None
    metadata: JsonObject | None
    id: UUID | None


class NewFact(msgspec.Struct, frozen=True, kw_only=True):
    """One item of `assert_many`: the entities, the content, and `FactDetails`."""

    entity_id: UUID
    content: Content
    attribute: Key | None = None
    value: JsonValue | None = None
    embedding: Embedding | None = None
    category: Category | None = None
    confidence: Confidence = 0.8
    importance: Confidence = 0.5
    sensitive: bool = False
    needs_confirmation: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    expires_at: datetime | None = None
    entities: list[UUID] = []
    link_named: bool = False
    event_id: UUID | None = None
    session_id: UUID | None = None
    user_id: UUID | None = None
    speaker: Speaker | None = None
    context: Context | None = None
    annotation: Annotation | None = None
    metadata: JsonObject | None = None
    id: UUID | None = None
