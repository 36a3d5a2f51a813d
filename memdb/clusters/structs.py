"""The classes of clusters."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import JsonObject

Status: TypeAlias = Literal["active", "merged", "retired"]
Label: TypeAlias = Annotated[str, Meta(min_length=1, max_length=128)]
Summary: TypeAlias = Annotated[str, Meta(min_length=1, max_length=8192)]
Type: TypeAlias = Annotated[str, Meta(min_length=1, max_length=32)]
Importance: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
Similarity: TypeAlias = Annotated[float, Meta(ge=-1, le=1)]


class Cluster(msgspec.Struct, frozen=True):
    """Related facts of an agent. Each fact is in at most one cluster.

    - `type` is the caller's word for its origin.
    - `merged_into` is the cluster that took its facts, which is never itself merged; None if it is not merged, or if that one was purged.
    - `size` is the number of its facts, including those that have ended (superseded, invalidated, deleted) since the last refresh.
    - `refreshed_at` is when its centroid was last computed from its facts, None before that.
    - `version` increases by one with each change of its content or state, including a merge into it, but not when facts are added or
      removed.
    """

    id: UUID
    agent_id: UUID
    label: str
    summary: str | None
    type: str
    importance: float
    status: Status
    merged_into: UUID | None
    size: int
    refreshed_at: datetime | None
    metadata: JsonObject
    version: int
    created_at: datetime
    updated_at: datetime


class Placement(msgspec.Struct, frozen=True):
    """A fact that was put into a cluster, and the other cluster that it was in before, if any."""

    fact_id: UUID
    from_cluster_id: UUID | None


class NearCluster(msgspec.Struct, frozen=True):
    """A cluster and the cosine distance (0 to 2) of its centroid from the embedding."""

    cluster: Cluster
    distance: float


class UnclusteredFact(msgspec.Struct, frozen=True):
    """An active fact in no active cluster, and the nearest cluster with its cosine distance (0 to 2).

    Both are None if the fact has no embedding, or none of its agent's clusters has a centroid.
    """

    cursor_fields = ("fact_id",)

    fact_id: UUID
    content: str
    cluster_id: UUID | None
    distance: float | None


class FactPair(msgspec.Struct, frozen=True):
    """Two similar facts and their cosine similarity. `fact_id` is the older one's id."""

    fact_id: UUID
    other_id: UUID
    similarity: float


class Candidates(msgspec.Struct, frozen=True):
    """Pairs of facts, and where to continue: `after` for the next call, None at the end."""

    pairs: list[FactPair]
    after: UUID | None
