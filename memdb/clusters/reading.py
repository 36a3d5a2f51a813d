"""Reading by key, by page and by similarity."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta

from memdb.clusters.structs import Candidates, Cluster, NearCluster, Similarity, Status, Type, UnclusteredFact
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, Limit
from memdb.engine.own import query

_ACTIVE: Final = "active"


@query
async def get(on: Executor, *, id: UUID) -> Cluster | None:
    """The live cluster `id`, of any status, or None."""
    ...


@query
async def page_of_active(
    on: Executor, *, agent_id: UUID, type: Type | None, before: Cluster | Cursor | UUID | None, limit: Limit
) -> list[Cluster]:
    """Part of `page`: by the index of the agent's active clusters."""
    ...


@query
async def page_of_agent(
    on: Executor, *, agent_id: UUID, status: Status | None, type: Type | None, before: Cluster | Cursor | UUID | None, limit: Limit
) -> list[Cluster]:
    """Part of `page`: by the index of the agent's clusters."""
    ...


async def page(
    on: Executor,
    *,
    agent_id: UUID,
    status: Status | None = _ACTIVE,
    type: str | None = None,
    before: Cluster | Cursor | UUID | None = None,
    limit: int = 50,
) -> list[Cluster]:
    """The agent's live clusters, newest first. `before`: see `memdb.Cursor`.

    `status` and `type` None mean any. `limit` is 1 to 1,000.
    """
    if status == _ACTIVE:
        return await page_of_active(on, agent_id=agent_id, type=type, before=before, limit=limit)
    return await page_of_agent(on, agent_id=agent_id, status=status, type=type, before=before, limit=limit)


@query
async def count(on: Executor, *, agent_id: UUID, status: Status | None = _ACTIVE, type: Type | None = None) -> int:
    """The number of the agent's live clusters of a status and a type; None means any."""
    ...


@query
async def facts(on: Executor, *, id: UUID, after: UUID | None = None, limit: Limit = 100) -> list[UUID]:
    """The ids of the active facts in cluster `id`, oldest first; `after` is the last id of the previous page.

    A retired or deleted cluster still has the facts that no other cluster took.
    """
    ...


@query
async def to_refresh(on: Executor, *, refreshed_before: datetime, agent_id: UUID | None = None, limit: Limit = 100) -> list[Cluster]:
    """Active clusters last refreshed before a time, or never, longest ago first, of one agent or of all. For `refresh`."""
    ...


@query
async def nearest(on: Executor, *, agent_id: UUID, embedding: Embedding, limit: Limit = 10) -> list[NearCluster]:
    """The agent's active clusters whose centroids are nearest to an embedding by cosine, nearest first.

    All are compared. Clusters without a centroid are left out, and nothing is near a zero embedding. Raises InvalidInput.
    """
    ...


@query
async def nearest_of_fact(on: Executor, *, fact_id: UUID, limit: Limit = 1) -> list[NearCluster]:
    """`nearest` for the embedding of a live fact, among its agent's clusters, including its own.

    Empty for a fact that does not exist or has no embedding.
    """
    ...


@query
async def unclustered(
    on: Executor, *, agent_id: UUID, after: UnclusteredFact | Cursor | UUID | None = None, limit: Limit = 100
) -> list[UnclusteredFact]:
    """The agent's active facts that are in no active cluster, oldest first. `after`: see `memdb.Cursor`."""
    ...


@query
async def candidates(
    on: Executor,
    *,
    agent_id: UUID,
    min_similarity: Similarity = 0.75,
    after: UUID | None = None,
    limit: Limit = 100,
    per_fact: Annotated[int, Meta(ge=1, le=100)] = 20,
) -> Candidates:
    """Pairs of the agent's active facts that are similar by cosine and not in one active cluster, as candidates for clustering.

    `limit` facts after `after`, oldest first, are each compared with all newer ones. So no pair is repeated, and a complete run returns
    every pair, but only the nearest `per_fact` of each fact. Facts without an embedding have no pairs.
    """
    ...
