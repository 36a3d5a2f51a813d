"""What a cluster is."""

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
    """Facts of an agent that belong together. Each fact is in one cluster at most.

    - `type` is the caller's word for how it came about.
    - `merged_into` is the cluster that took its facts, never one that is merged itself; None unless it is merged, and once that one was
      purged.
    - `size` is how many facts are in it, those among them that ended (superseded, invalidated, deleted) since it was last refreshed.
    - `refreshed_at` is when its centroid was taken from its facts, None before that.
    - `version` goes up by one with each change of what it says or of its state, a merge into it among them; facts that come and go leave
      it.
    """

    id: UUID
    agent_id: UUID
    label: str
    summary: str | None
    type: str
    importance: float
    status: str
    merged_into: UUID | None
    size: int
    refreshed_at: datetime | None
    metadata: JsonObject
    version: int
    created_at: datetime
    updated_at: datetime


class Placement(msgspec.Struct, frozen=True):
    """A fact that was put into a cluster, and the other one that it was in before, if any."""

    fact_id: UUID
    from_cluster_id: UUID | None


class NearCluster(msgspec.Struct, frozen=True):
    """A cluster and the cosine distance (0 to 2) of its centroid from what was asked for."""

    cluster: Cluster
    distance: float


class UnclusteredFact(msgspec.Struct, frozen=True):
    """An active fact in no active cluster, and the nearest one with its cosine distance (0 to 2).

    Both are None where the fact has no embedding, or no cluster of its agent a centroid.
    """

    cursor_fields = ("fact_id",)

    fact_id: UUID
    content: str
    cluster_id: UUID | None
    distance: float | None


class FactPair(msgspec.Struct, frozen=True):
    """Two facts that are near each other, and their cosine similarity. `fact_id` is the older one's."""

    fact_id: UUID
    other_id: UUID
    similarity: float


class Candidates(msgspec.Struct, frozen=True):
    """Pairs of facts, and where to go on: `after` for the next call, None at the end."""

    pairs: list[FactPair]
    after: UUID | None
