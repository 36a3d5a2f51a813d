"""What an observation is."""

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
    """A live observation of an agent. Its embedding is not read along: `embedded` says whether it has one.

    - `entities` are the keys of what it mentions, `message_ids` the messages it was made from, both without order or repetition. Nothing
      keeps those messages from being deleted or purged.
    - `observed_at` is when it was noted; `referenced_at` the time that it talks about, `relative_offset` how it said so ("two weeks ago").
    - `emotion_intensity` is between 0 and 1.
    - `merged_into` is the observation that took its place, None unless it is merged, and once that one was purged.
    - `version` goes up by one with each change of what it says or of its state; a later embedding leaves it.
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
    status: str
    merged_into: UUID | None
    embedded: bool
    metadata: JsonObject
    version: int
    created_at: datetime
    updated_at: datetime


class ObservationDetails(TypedDict, total=False):
    """What `add` may be told of an observation besides its content and what it mentions; what is not given is as in `NewObservation`."""

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
    """One item of `add_many`: the content, what it mentions, and `ObservationDetails`."""

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
    """What `page` filters by: None, or not given, means any.

    `entity` is one of those that an observation mentions; `since` (inclusive) and `until` (exclusive) are about `observed_at`.
    """

    topic: Topic | None
    entity: Entity | None
    since: datetime | None
    until: datetime | None


class ObservationHit(msgspec.Struct, frozen=True):
    """A search result. `score` ranks it within its search and is not comparable between searches. It is the sum of its parts: `vector` and
    `text`, each between 0 and 1, and `context`, what the words of the observations around it in its session add to its own.

    `similarity` is the cosine similarity (-1 to 1), None where the search or the observation has no embedding; `text_score` is BM25 (above
    0), None where the search has no text, or neither the observation nor what counts of its context has one of its words.
    """

    observation: Observation
    score: float
    similarity: float | None
    text_score: float | None
    vector: float
    text: float
    context: float
