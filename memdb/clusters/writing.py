"""Making and changing clusters, what is in them, and what ends them."""

from __future__ import annotations

from uuid import UUID

from memdb.clusters.structs import Cluster, Importance, Label, Placement, Summary, Type
from memdb.engine.clearing import Clear
from memdb.engine.executor import Executor
from memdb.engine.inputs import Ids, JsonObject, Version
from memdb.engine.own import query
from memdb.errors import NotFound


@query(absent="agent or fact among fact_ids", key="agent_id", again=True)
async def create(
    on: Executor,
    *,
    agent_id: UUID,
    label: Label,
    fact_ids: Ids | None = None,
    summary: Summary | None = None,
    type: Type = "auto",
    importance: Importance = 0.5,
    metadata: JsonObject | None = None,
    id: UUID | None = None,
) -> Cluster:
    """A new cluster of up to 1,000 of the agent's facts, which leave the clusters that they are in. It has no centroid before `refresh`.

    - `label`: 1 to 128 characters. `summary`: 1 to 8,192. `type`: 1 to 32. `importance`: 0 to 1.
    - `metadata`: a JSON object of at most 8,192 bytes.
    - `id`: None means a new UUIDv7. If the agent has a live cluster with this id and label, that one is returned as it is: so a call may be
      repeated safely.

    Raises InvalidInput, NotFound for an unknown agent or a fact that is not a live one of the agent, AlreadyExists if another cluster has
    this `id`, WritesRefused.
    """
    ...


@query
async def update(
    on: Executor,
    *,
    id: UUID,
    expected_version: Version | None = None,
    label: Label | None = None,
    summary: Summary | Clear | None = None,
    type: Type | None = None,
    importance: Importance | None = None,
    metadata: JsonObject | None = None,
) -> Cluster:
    """Change what is given, whatever the status; None leaves a field as it is, CLEAR empties it; `metadata` is replaced whole.

    Raises NotFound, VersionConflict (nothing is changed), InvalidInput, WritesRefused.
    """
    ...


@query
async def put(on: Executor, *, id: UUID, fact_ids: Ids) -> list[Placement]:
    """Part of `add_facts`."""
    ...


async def add_facts(on: Executor, *, id: UUID, fact_ids: list[UUID]) -> list[Placement]:
    """Put 1 to 1,000 live facts of its agent into the active cluster `id`, all or none, and say which other cluster each was in before.

    A fact is in one cluster at most: so it is moved. One that is in this one already stays. In the order of the facts' ids, each once.

    Raises NotFound if the cluster or one of the facts is not there, InvalidInput if the cluster is not active, WritesRefused.
    """
    placed = await put(on, id=id, fact_ids=fact_ids)
    if not placed:
        raise NotFound("cluster, or fact of its agent among fact_ids", id)
    return placed


@query
async def remove_facts(on: Executor, *, id: UUID, fact_ids: Ids) -> int:
    """Take facts out of the live cluster `id`, whatever its status; returns how many of them were in it. Raises NotFound, WritesRefused."""
    ...


@query
async def refresh(on: Executor, *, id: UUID) -> Cluster:
    """Drop from the active cluster `id` the facts that ended, and make its centroid the mean of the embeddings of the others, of length 1.

    Facts without an embedding are left out of it; without any there is no centroid, and `nearest` does not find the cluster. It is the
    centroid of the database's embedding space. Raises NotFound, InvalidInput if the cluster is not active, WritesRefused.
    """
    ...


@query(absent="cluster among ids and into_id")
async def merge(on: Executor, *, ids: Ids, into_id: UUID, expected_version: Version | None = None) -> Cluster:
    """Merge the active clusters `ids` into the active cluster `into_id` of the same agent, and return that; all or none.

    It gets their facts; its label, summary and centroid stay. What was merged into one of `ids` before is merged into `into_id` from then
    on. Those that are merged into it already are left alone; if all are, nothing changes, whatever `expected_version`: so a merge may be
    repeated safely. `expected_version` is that of `into_id`.

    Raises NotFound if one of them is not there; InvalidInput if `into_id` is not active or among `ids`, or if they are of several agents;
    InvalidTransition if one of the others is retired or merged into another; VersionConflict, WritesRefused. So there is never a circle.
    """
    ...


@query
async def split(
    on: Executor,
    *,
    id: UUID,
    fact_ids: Ids,
    label: Label,
    summary: Summary | None = None,
    type: Type = "auto",
    importance: Importance = 0.5,
    metadata: JsonObject | None = None,
) -> Cluster:
    """Move 1 to 1,000 of the facts in the active cluster `id` into a new one, which is returned. No centroid changes before `refresh`.

    Raises NotFound, InvalidInput if the cluster is not active or one of the facts is not in it, WritesRefused.
    """
    ...


@query
async def retire(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Cluster:
    """Take an active cluster out of the running, for good: its facts count as in no cluster.

    Raises NotFound, InvalidTransition, VersionConflict, WritesRefused.
    """
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete a cluster, whatever its status; returns the version that this made. Its facts count as in no cluster.

    `restore` undoes it. Raises NotFound, VersionConflict, WritesRefused for a suspended tenant.
    """
    ...


@query(absent="deleted cluster", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Cluster:
    """Undo a deletion: the status is as it was, and it has the facts that no other cluster took meanwhile.

    Raises NotFound if no deleted cluster has this id, VersionConflict, WritesRefused.
    """
    ...
