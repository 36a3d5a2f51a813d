"""The classes of entities."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import JsonObject

EntityType: TypeAlias = Annotated[str, Meta(min_length=1, max_length=32)]
EntityKey: TypeAlias = Annotated[str, Meta(min_length=1, max_length=400)]
EntityName: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]
Text: TypeAlias = Annotated[str, Meta(min_length=1, max_length=8192)]
Importance: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
Similarity: TypeAlias = Annotated[float, Meta(ge=0, le=1)]


class Entity(msgspec.Struct, frozen=True):
    """A person, place or thing that an agent knows.

    Its embedding is not included: `embedded` says whether it has one.

    - `key` is `type` and the name by which it was first seen, normalized: "person:ada_lovelace". It stays when `name` is changed.
    - `status` is "active", or "merged" into the entity `merged_into`, which is itself active.
    - `mentions` is how often it was seen. `summarised_at` and `profiled_at` are when `summary` and `profile` were last refreshed.
    - `version` increases by one with each change of its description or state; being seen or embedded does not change it.
    """

    cursor_fields = ("last_seen_at", "importance", "id")

    id: UUID
    agent_id: UUID
    type: str
    key: str
    name: str
    summary: str | None
    profile: str | None
    importance: float
    mentions: int
    status: str
    merged_into: UUID | None
    embedded: bool
    metadata: JsonObject
    version: int
    first_seen_at: datetime
    last_seen_at: datetime
    summarised_at: datetime | None
    profiled_at: datetime | None
    created_at: datetime
    updated_at: datetime


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """An item of `see_many`; the fields are the parameters of `see`."""

    type: str
    name: str
    seen_at: datetime | None = None
    importance: float | None = None
    metadata: JsonObject | None = None


class EntityAlias(msgspec.Struct, frozen=True):
    """An alias of an entity. `key` is the normalized alias, preceded by the entity's type if it counts for that type only."""

    alias: str
    key: str
    entity_id: UUID
    created_at: datetime


class Candidate(msgspec.Struct, frozen=True):
    """An active entity that a name may mean. `similarity` is that of the names, 0 to 1: the share of their trigrams that both have."""

    id: UUID
    key: str
    name: str
    type: str
    similarity: float


class Resolution(msgspec.Struct, frozen=True):
    """The entity that a name means, and how it was found.

    - `how`: "exact" by its key, "alias", "fuzzy" by its similarity to the entity's name, "created" by `resolve_or_create`, or None.
    - `similarity`: that of the names if `how` is "fuzzy", 1 for exact names and aliases, otherwise None.
    - `entity`: the active entity, or None if none was found.
    - `candidates`: if none was found by name, at most ten that it may mean, most similar first.
    """

    name: str
    how: str | None
    similarity: float | None
    entity: Entity | None
    candidates: list[Candidate]


class EntityHit(msgspec.Struct, frozen=True):
    """A search result. `score` (0 to 2) ranks it within its search and is not comparable between searches.

    `similarity` is the cosine similarity (-1 to 1), or None if the search or the entity has no embedding. `text_score` is BM25 (above 0),
    or None if the search has no text or the entity none of its words.
    """

    entity: Entity
    score: float
    similarity: float | None
    text_score: float | None


class StaleEntity(msgspec.Struct, frozen=True):
    """An entity whose summary or profile is to be refreshed, and the number of active facts naming it that came since the last refresh."""

    entity: Entity
    fresh_facts: int


class ImportanceInputs(msgspec.Struct, frozen=True):
    """The inputs from which an active entity's importance is computed.

    `facts` is the number of active facts that name it, `retrievals` the sum of theirs, `edges` the number of edges that hold, in both
    directions.
    """

    id: UUID
    importance: float
    mentions: int
    last_seen_at: datetime
    facts: int
    retrievals: int
    edges: int
