"""The classes of facts."""

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
    """What an agent knows about the entity `entity_id`.

    Its embedding is not included: `embedded` says whether it has one.

    - `attribute` and `value`, or None and None for a fact that is text only; `content` is the text of both.
    - `valid_from` (inclusive) and `valid_until` (exclusive) say when it is or was true, as known now. If they are equal, it turned out
      never to have been true. `ingested_at` and `invalidated_at` say when it was learnt and when it ceased to be held true.
    - `status`: active; superseded, by the fact `superseded_by`; or invalidated. From `expires_at` on, it is not read as active.
    - `confidence`, `importance` (0 to 1). `vitality` as computed by the last upkeep, None before the first; `stale` if it was too low.
    - `confirmations` counts how often it was asserted again or confirmed, `corrections` how often it was corrected until it said this,
      `retrievals` how often it was used.
    - `event_id` is where it was learnt, `speaker` who said it, `context` the words or circumstances in which it was said.
    - `version` increases by one with each change of its content or state; a later embedding and retrievals do not change it.
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
    status: Status
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
    """The outcome of an assertion, and the fact that now says it.

    `outcome`:

    - added: a new fact that supersedes no other. It may be superseded from the start by a fact that begins later.
    - confirmed: `fact` is an older one that says the same.
    - superseded: a new fact. Those of `replaced` end because of it, or hold for less time.
    - kept_both: a new fact beside others of the attribute with different values.
    - rejected: it holds at no time and was not stored. `fact` is the one that conflicts with it; of several, the one with the highest
      confidence.
    - repeated: it was asserted before, with the same id. Nothing was changed.
    """

    fact: Fact
    outcome: Outcome
    replaced: list[UUID]


class FactDetails(TypedDict, total=False):
    """The details of a fact that `assert_` takes besides its entities and content; the defaults are those of `NewFact`."""

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
    """An item of `assert_many`: the entities, the content, and `FactDetails`."""

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
