"""Creating, changing and ending clusters, and placing facts in them."""

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
    """Create a cluster of up to 1,000 of the agent's facts, which leave their previous clusters. It has no centroid before `refresh`.

    - `label`: 1 to 128 characters. `summary`: 1 to 8,192. `type`: 1 to 32. `importance`: 0 to 1.
    - `metadata`: a JSON object of at most 8,192 bytes.
    - `id`: None means a new UUIDv7. If the agent has a live cluster with this id and label, it is returned unchanged, so the call can be
      retried safely.

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
    """Change the given fields, whatever the status. None leaves a field unchanged, CLEAR empties it; `metadata` is replaced as a whole.

    Raises NotFound, VersionConflict (nothing is changed), InvalidInput, WritesRefused.
    """
    ...


@query
async def put(on: Executor, *, id: UUID, fact_ids: Ids) -> list[Placement]:
    """Part of `add_facts`."""
    ...


async def add_facts(on: Executor, *, id: UUID, fact_ids: list[UUID]) -> list[Placement]:
    """Put 1 to 1,000 live facts of its agent into the active cluster `id`, all or none, and return the cluster that each was in before.

    A fact is in at most one cluster, so it is moved. A fact that is already in this one stays. The results are in the order of the facts'
    ids, each once.

    Raises NotFound if the cluster or one of the facts does not exist, InvalidInput if the cluster is not active, WritesRefused.
    """
    placed = await put(on, id=id, fact_ids=fact_ids)
    if not placed:
        raise NotFound("cluster, or fact of its agent among fact_ids", id)
    return placed


@query
async def remove_facts(on: Executor, *, id: UUID, fact_ids: Ids) -> int:
    """Remove facts from the live cluster `id` of any status; returns how many of them were in it. Raises NotFound, WritesRefused."""
    ...


@query
async def refresh(on: Executor, *, id: UUID) -> Cluster:
    """Remove the ended facts from the active cluster `id`, and set its centroid to the normalized mean of the others' embeddings.

    Facts without an embedding do not contribute. If none has one, there is no centroid, and `nearest` does not find the cluster. The
    centroid belongs to the executor's embedding space. Raises NotFound, InvalidInput if the cluster is not active, WritesRefused.
    """
    ...


@query(absent="cluster among ids and into_id")
async def merge(on: Executor, *, ids: Ids, into_id: UUID, expected_version: Version | None = None) -> Cluster:
    """Merge the active clusters `ids` into the active cluster `into_id` of the same agent, and return that; all or none.

    It gets their facts; its label, summary and centroid stay. Clusters that had been merged into one of `ids` become merged into `into_id`.
    Those already merged into it are left alone. If all are, nothing changes, whatever `expected_version` is, so a merge can be retried
    safely. `expected_version` refers to `into_id`.

    Raises NotFound if one of them does not exist; InvalidInput if `into_id` is not active or is among `ids`, or if they belong to several
    agents; InvalidTransition if one of the others is retired or merged into another, so there is never a cycle; VersionConflict,
    WritesRefused.
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
    """Move 1 to 1,000 of the facts in the active cluster `id` into a new one, and return that. No centroid changes before `refresh`.

    Raises NotFound, InvalidInput if the cluster is not active or one of the facts is not in it, WritesRefused.
    """
    ...


@query
async def retire(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Cluster:
    """Retire an active cluster permanently: its facts count as being in no cluster.

    Raises NotFound, InvalidTransition, VersionConflict, WritesRefused.
    """
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete a cluster of any status and return its new version. Its facts count as being in no cluster.

    `restore` undoes it. Raises NotFound, VersionConflict, WritesRefused for a suspended tenant.
    """
    ...


@query(absent="deleted cluster", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Cluster:
    """Restore a deleted cluster with its previous status and the facts that no other cluster took meanwhile.

    Raises NotFound if no deleted cluster has this id, VersionConflict, WritesRefused.
    """
    ...
