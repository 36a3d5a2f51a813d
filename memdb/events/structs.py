"""The classes of events."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias, TypedDict
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import Content, Embedding, JsonObject

Source: TypeAlias = Annotated[str, Meta(min_length=1, max_length=32)]
Speaker: TypeAlias = Annotated[str, Meta(min_length=1, max_length=128)]
Importance: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
Emotion: TypeAlias = Annotated[str, Meta(min_length=1, max_length=32)]
Intensity: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
Energy: TypeAlias = Annotated[str, Meta(min_length=1, max_length=16)]


class Event(msgspec.Struct, frozen=True):
    """Something that happened to an agent.

    Its embedding is not included: `embedded` says whether it has one. `occurred_at` is when it happened, `created_at` when it was added.
    `importance` and `emotion_intensity` are between 0 and 1. `trace` is how it was obtained, in the caller's terms.
    """

    cursor_fields = ("occurred_at", "id")

    id: UUID
    agent_id: UUID
    session_id: UUID | None
    user_id: UUID | None
    content: str
    source: str
    speaker: str | None
    importance: float
    emotion: str | None
    emotion_intensity: float | None
    energy: str | None
    trace: JsonObject
    embedded: bool
    occurred_at: datetime
    created_at: datetime


class EventDetails(TypedDict, total=False):
    """The details of an event that `add` takes besides its content; the defaults are those of `NewEvent`."""

    embedding: Embedding | None
    source: Source | None
    speaker: Speaker | None
    importance: Importance | None
    emotion: Emotion | None
    emotion_intensity: Intensity | None
    energy: Energy | None
    trace: JsonObject | None
    occurred_at: datetime | None
    session_id: UUID | None
    user_id: UUID | None
    id: UUID | None


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An item of `add_many`: the content, and `EventDetails`."""

    content: Content
    embedding: Embedding | None = None
    source: Source | None = None
    speaker: Speaker | None = None
    importance: Importance | None = None
    emotion: Emotion | None = None
    emotion_intensity: Intensity | None = None
    energy: Energy | None = None
    trace: JsonObject | None = None
    occurred_at: datetime | None = None
    session_id: UUID | None = None
    user_id: UUID | None = None
    id: UUID | None = None


class Filters(TypedDict, total=False):
    """The filters of `page` and `search`. None, or omitted, means any.

    `since` (inclusive) and `until` (exclusive) refer to `occurred_at`.
    """

    source: Source | None
    since: datetime | None
    until: datetime | None


class EventHit(msgspec.Struct, frozen=True):
    """A search result. `score` is the weighted sum of the four parts after it; all are comparable within their search.

    - `similarity`: cosine similarity (-1 to 1), or None if the search or the event has no embedding. A negative one counts as 0.
    - `text`: BM25 as a share of the best event's (0 to 1), or None if the search has no text or the event none of its words.
    - `recency`: 1 for now, halved by each half-life. `importance`: the event's.
    """

    event: Event
    score: float
    similarity: float | None
    text: float | None
    recency: float
    importance: float
