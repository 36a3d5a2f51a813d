"""The classes of edges and of what can be reached along them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias, TypedDict
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.clearing import Clear
from memdb.engine.inputs import JsonObject

Direction: TypeAlias = Literal["out", "in", "both"]
Type: TypeAlias = Annotated[str, Meta(min_length=1, max_length=128)]
Types: TypeAlias = Annotated[list[Type], Meta(max_length=100)]
Provenance: TypeAlias = Annotated[str, Meta(min_length=1, max_length=32)]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]


class Edge(msgspec.Struct, frozen=True):
    """A directed relation between two entities of an agent. Two entities have at most one edge of each type and direction.

    - `type` is in snake case: "Works at" and "WorksAt" become works_at.
    - `weight` (0 to 1) is its strength, `assertions` how often it was asserted.
    - `fact_id` is the fact that is its evidence; None if there is none or it was removed. `provenance` says who or what found the edge.
    - `valid_from` None means since `created_at`, `valid_until` None without end. `invalidated_at` is when it was invalidated, or None.
      `used_at` is its last use.
    - `version` increases by one with each change.
    """

    id: UUID
    agent_id: UUID
    source_id: UUID
    target_id: UUID
    type: str
    weight: float
    assertions: int
    fact_id: UUID | None
    provenance: str | None
    valid_from: datetime | None
    valid_until: datetime | None
    invalidated_at: datetime | None
    used_at: datetime | None
    metadata: JsonObject
    version: int
    created_at: datetime
    updated_at: datetime


class EdgeDetails(TypedDict, total=False):
    """The details of an edge that `assert_` takes besides its ends and type; the defaults are those of `NewEdge`."""

    weight: Share
    fact_id: UUID | Clear | None
    valid_from: datetime | None
    valid_until: datetime | Clear | None
    provenance: Provenance | Clear | None
    metadata: JsonObject | None


class NewEdge(msgspec.Struct, frozen=True, kw_only=True):
    """An item of `assert_many`: the ends, the type, and `EdgeDetails`."""

    source_id: UUID
    target_id: UUID
    type: Type
    weight: Share = 0.8
    fact_id: UUID | Clear | None = None
    valid_from: datetime | None = None
    valid_until: datetime | Clear | None = None
    provenance: Provenance | Clear | None = None
    metadata: JsonObject | None = None


class NeighbouringEntity(msgspec.Struct, frozen=True):
    """An entity that is `hop` edges away. `path` has the ids from the starting entity to it, including both.

    `edge_id` is the last edge of the path, with its `edge_type` and `weight`. `score` is the entity's `memdb.graph_score`.
    """

    entity_id: UUID
    type: str
    key: str
    name: str
    hop: int
    path: list[UUID]
    edge_id: UUID
    edge_type: str
    weight: float
    score: float


class NearbyFact(msgspec.Struct, frozen=True):
    """A fact that names an entity which is `hop` edges away; the other fields are as in NeighbouringEntity."""

    fact_id: UUID
    content: str
    attribute: str | None
    entity_id: UUID
    hop: int
    path: list[UUID]
    edge_id: UUID
    weight: float
    score: float


class Path(msgspec.Struct, frozen=True):
    """A path from one entity to another. It has one more entity than edges. `strength` is the product of the weights."""

    entity_ids: list[UUID]
    edge_ids: list[UUID]
    types: list[str]
    strength: float


class ActivatedEntity(msgspec.Struct, frozen=True):
    """An entity that activation reached after `hop` edges, with its activation."""

    entity_id: UUID
    type: str
    key: str
    name: str
    hop: int
    activation: float
