"""The classes of intentions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import JsonObject

Status: TypeAlias = Literal["pending", "triggered", "fulfilled", "cancelled", "expired"]
OpenStatus: TypeAlias = Literal["pending", "triggered"]
Trigger: TypeAlias = Literal["time", "event", "topic"]
Condition: TypeAlias = Annotated[str, Meta(min_length=1, max_length=2000)]
Action: TypeAlias = Annotated[str, Meta(min_length=1, max_length=2000)]
Context: TypeAlias = Annotated[str, Meta(min_length=1, max_length=512)]
Outcome: TypeAlias = Annotated[str, Meta(min_length=1, max_length=2000)]


class Intention(msgspec.Struct, frozen=True):
    """What an agent means to do at a time (`trigger` time), or when a condition is met (event, topic).

    - `condition` says in words when. Its embedding is not included: `embedded` says whether it has one.
    - `due_at` is the time at which it is to be done, at the latest; never None if `trigger` is time.
    - `status`: pending and triggered are open; fulfilled, cancelled and expired have ended, at `ended_at`.
    - `outcome` is its result, or why it was cancelled.
    - `version` increases by one with each change of its content or state; a later embedding does not change it.
    """

    id: UUID
    agent_id: UUID
    user_id: UUID | None
    session_id: UUID | None
    trigger: Trigger
    condition: str | None
    action: str
    context: str | None
    due_at: datetime | None
    status: Status
    outcome: str | None
    embedded: bool
    metadata: JsonObject
    version: int
    triggered_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    updated_at: datetime


class IntentionHit(msgspec.Struct, frozen=True):
    """An intention whose condition matched. `score` (0 to 2) ranks it within its search and is not comparable between searches.

    `similarity` is the cosine similarity (-1 to 1), or None if the search or the condition has no embedding. `text_score` is BM25 (above
    0), or None if the search has no text or the condition none of its words.
    """

    intention: Intention
    score: float
    similarity: float | None
    text_score: float | None
