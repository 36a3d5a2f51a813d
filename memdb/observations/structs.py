"""The classes of observations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias, TypedDict
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import Content, Embedding, JsonObject

Status: TypeAlias = Literal["active", "merged", "dismissed"]
Topic: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Entity: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200)]
Entities: TypeAlias = Annotated[list[Entity], Meta(max_length=50)]
MessageIds: TypeAlias = Annotated[list[UUID], Meta(max_length=100)]
RelativeOffset: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Emotion: TypeAlias = Annotated[str, Meta(min_length=1, max_length=32)]
Intensity: TypeAlias = Annotated[float, Meta(ge=0, le=1)]


class Observation(msgspec.Struct, frozen=True):
    """A live observation of an agent.

    Its embedding is not included: `embedded` says whether it has one.

    - `entities` are the keys of what it mentions, `message_ids` the messages from which it was made, both without order or repetition.
      Nothing keeps those messages from being deleted or purged.
    - `observed_at` is when it was noted, `referenced_at` the time to which it refers, and `relative_offset` how it said so ("two weeks
      ago").
    - `emotion_intensity` is between 0 and 1.
    - `merged_into` is the observation that took its place; None if it is not merged, or if that one was purged.
    - `version` increases by one with each change of its content or state; a later embedding does not change it.
    """

    id: UUID
    agent_id: UUID
    session_id: UUID | None
    user_id: UUID | None
    content: str
    topic: str | None
    entities: list[str]
    message_ids: list[UUID]
    observed_at: datetime
    referenced_at: datetime | None
    relative_offset: str | None
    emotion: str | None
    emotion_intensity: float | None
    status: Status
    merged_into: UUID | None
    embedded: bool
    metadata: JsonObject
    version: int
    created_at: datetime
    updated_at: datetime


class ObservationDetails(TypedDict, total=False):
    """The details that `add` takes besides an observation's content and what it mentions; the defaults are those of `NewObservation`."""

    embedding: Embedding | None
    topic: Topic | None
    observed_at: datetime | None
    referenced_at: datetime | None
    relative_offset: RelativeOffset | None
    emotion: Emotion | None
    emotion_intensity: Intensity | None
    session_id: UUID | None
    user_id: UUID | None
    metadata: JsonObject | None
    id: UUID | None


class NewObservation(msgspec.Struct, frozen=True, kw_only=True):
    """An item of `add_many`: the content, what it mentions, and `ObservationDetails`."""

    content: Content
    embedding: Embedding | None = None
    topic: Topic | None = None
    entities: list[str] = []
    message_ids: list[UUID] = []
    observed_at: datetime | None = None
    referenced_at: datetime | None = None
    relative_offset: RelativeOffset | None = None
    emotion: Emotion | None = None
    emotion_intensity: Intensity | None = None
    session_id: UUID | None = None
    user_id: UUID | None = None
    metadata: JsonObject | None = None
    id: UUID | None = None


class Filters(TypedDict, total=False):
    """The filters of `page`. None, or omitted, means any.

    `entity` is one of those that an observation mentions. `since` (inclusive) and `until` (exclusive) refer to `observed_at`.
    """

    topic: Topic | None
    entity: Entity | None
    since: datetime | None
    until: datetime | None


class ObservationHit(msgspec.Struct, frozen=True):
    """A search result. `score`, the sum of its parts, ranks it within its search and is not comparable between searches.

    The parts are `vector` and `text`, each between 0 and 1, and `context`, what the words of surrounding observations in its session add to
    its own. `similarity` is the cosine similarity (-1 to 1), or None if the search or the observation has no embedding. `text_score` is
    BM25 (above 0), or None if the search has no text, or neither the observation nor its context has one of the words.
    """

    observation: Observation
    score: float
    similarity: float | None
    text_score: float | None
    vector: float
    text: float
    context: float
