"""The classes of insights."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias, TypedDict
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import Confidence, Content, Embedding, JsonObject

Status: TypeAlias = Literal["active", "retired"]
Type: TypeAlias = Literal["insight", "pattern", "contradiction", "trend", "cross_entity_theme", "behavioral_preference", "community_theme"]
Title: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]
Importance: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]


class Insight(msgspec.Struct, frozen=True):
    """A live insight of an agent: a conclusion from facts and events.

    Its embedding is not included: `embedded` says whether it has one.

    - `user_id` is the user that it is about, if any.
    - `reinforcements` is how often it was found, including the first time; `reinforced_at` is when it was last found, `detected_at` when
      first.
    - `version` increases by one with each change of its content or state, including reinforcements; a later embedding does not change it.
    """

    id: UUID
    agent_id: UUID
    user_id: UUID | None
    type: Type
    title: str
    content: str
    confidence: float
    importance: float
    reinforcements: int
    status: Status
    embedded: bool
    metadata: JsonObject
    version: int
    detected_at: datetime
    reinforced_at: datetime
    created_at: datetime
    updated_at: datetime


class SupportedInsight(msgspec.Struct, frozen=True):
    """An insight and the ids of the facts and events that support it, in ascending order. Purged ones are no longer included."""

    insight: Insight
    fact_ids: list[UUID]
    event_ids: list[UUID]


class Support(msgspec.Struct, frozen=True):
    """A fact or an event that supports an insight. `is_current` is False for a fact that was superseded, invalidated or deleted."""

    id: UUID
    kind: str
    content: str
    is_current: bool


class InsightDetails(TypedDict, total=False):
    """The details of an insight that `add` takes besides its text and support; the defaults are those of `NewInsight`."""

    type: Type
    embedding: Embedding | None
    confidence: Confidence
    importance: Importance
    user_id: UUID | None
    detected_at: datetime | None
    metadata: JsonObject | None
    id: UUID | None


class NewInsight(msgspec.Struct, frozen=True, kw_only=True):
    """An item of `add_many`: the text, the support, and `InsightDetails`."""

    title: Title
    content: Content
    type: Type = "insight"
    embedding: Embedding | None = None
    fact_ids: list[UUID] = []
    event_ids: list[UUID] = []
    confidence: Confidence = 0.7
    importance: Importance = 0.5
    user_id: UUID | None = None
    detected_at: datetime | None = None
    metadata: JsonObject | None = None
    id: UUID | None = None


class InsightHit(msgspec.Struct, frozen=True):
    """A search result. `score` (0 to 2) ranks it within its search and is not comparable between searches.

    `similarity` is the cosine similarity (-1 to 1), or None if the search or the insight has no embedding. `text_score` is BM25 (above 0),
    or None if the search has no text or the insight none of its words.
    """

    insight: Insight
    score: float
    similarity: float | None
    text_score: float | None
