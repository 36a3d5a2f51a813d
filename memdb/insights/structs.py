"""What an insight is."""

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
    """A live insight of an agent: what facts and events show together. Its embedding is not read along: `embedded` says whether it has one.

    - `user_id` is the user whom it is about, if it is about one.
    - `reinforcements` is how often it was found, the first time included; `reinforced_at` when it was found last, `detected_at` first.
    - `version` goes up by one with each change of what it says or of its state, a reinforcement among them; a later embedding leaves it.
    """

    id: UUID
    agent_id: UUID
    user_id: UUID | None
    type: str
    title: str
    content: str
    confidence: float
    importance: float
    reinforcements: int
    status: str
    embedded: bool
    metadata: JsonObject
    version: int
    detected_at: datetime
    reinforced_at: datetime
    created_at: datetime
    updated_at: datetime


class SupportedInsight(msgspec.Struct, frozen=True):
    """An insight and the ids of the facts and events that support it, in ascending order. One that is purged supports nothing any more."""

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
    """What `add` may be told of an insight besides its text and its support; what is not given is as in `NewInsight`."""

    type: Type
    embedding: Embedding | None
    confidence: Confidence
    importance: Importance
    user_id: UUID | None
    detected_at: datetime | None
    metadata: JsonObject | None
    id: UUID | None


class NewInsight(msgspec.Struct, frozen=True, kw_only=True):
    """One item of `add_many`: the text, the support, and `InsightDetails`."""

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

    `similarity` is the cosine similarity (-1 to 1), None where the search or the insight has no embedding; `text_score` is BM25 (above 0),
    None where the search has no text or the insight none of its words.
    """

    insight: Insight
    score: float
    similarity: float | None
    text_score: float | None
