"""Merging one entity into another, and undoing it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit, Reason
from memdb.engine.own import query
from memdb.errors import InvalidInput


class EntityMerge(msgspec.Struct, frozen=True):
    """A merge of `merged_id` into `into_id`, and how many facts, edges, aliases and mentions moved. It is in effect until `undone_at`."""

    id: UUID
    agent_id: UUID
    merged_id: UUID
    into_id: UUID
    reason: str | None
    facts: int
    edges: int
    aliases: int
    mentions: int
    merged_at: datetime
    merged_by: str | None
    undone_at: datetime | None
    undone_by: str | None


class MergePart(msgspec.Struct, frozen=True):
    """A change made by a merge that was not reverted, because its row has changed since or is gone.

    `kind`, of the row with this `id`:

    - entity: an entity that had been merged into the merged one
    - fact, equal_fact, confirmed_fact: a fact that moved; one that was superseded by an equal one; that equal one
    - link, shared_link: a fact that named the merged entity; one that named both
    - alias, added_alias: an alias of the merged entity (`id`), with this `key`; its key or name that became an alias
    - source, target: an edge that began or ended at the merged entity
    - grown_edge, set_aside_edge: an edge that absorbed an equal one; one that was absorbed, or would have led to itself
    - evidence: an edge whose fact was superseded
    """

    kind: str
    id: UUID
    key: str | None


class UndoneMerge(msgspec.Struct, frozen=True):
    """An undone merge, and what could not be reverted."""

    merge: EntityMerge
    left_over: list[MergePart]


@query(absent="entity among id and into_id")
async def merge(on: Executor, *, id: UUID, into_id: UUID, reason: Reason | None = None) -> EntityMerge:
    """Merge an entity into another of the same agent, because both are the same. Everything that refers to it moves.

    - Its aliases, key and name become aliases of the other, unless they are taken. Entities merged into it become merged into the other.
    - Its facts become the other's. If the other has an equal one (the same attribute and value, or text) that is valid for at least as
      long, that supersedes it and is confirmed by it. Several values of an attribute remain as they are; merging does not decide between
      them.
    - Its edges lead from or to the other. If the other already has the edge, that gets the greater weight and the longer validity, and the
      merged entity's edge is set aside: it is invalidated. So is an edge between the two.
    - Mentions add up; first_seen_at and last_seen_at cover both.

    If it is already merged into the other, nothing changes and that merge is returned, so a merge can be retried safely. `undo_merge`
    undoes it.

    Raises NotFound if one of the two does not exist; InvalidInput if they are the same, belong to two agents, or `into_id` is itself
    merged; InvalidTransition if `id` is merged into another; WritesRefused.
    """
    ...


@query(absent="merge")
async def undo_merge(on: Executor, *, merge_id: UUID) -> UndoneMerge:
    """Undo a merge: what it moved goes back, restored except for versions and times of change. Later additions stay with the other.

    What has otherwise changed since, or is gone, is left as it is and listed in `left_over`. Merges of one chain are undone in reverse
    order.

    Raises NotFound; InvalidTransition if it is already undone; InvalidInput if the merged entity was deleted, or the other one was merged
    since; WritesRefused.
    """
    ...


@query
async def merges_of_agent(on: Executor, *, agent_id: UUID, before: EntityMerge | Cursor | UUID | None, limit: Limit) -> list[EntityMerge]:
    """Part of `merges`: by the index of the agent's merges."""
    ...


@query
async def merges_of_entity(
    on: Executor, *, id: UUID, agent_id: UUID | None, before: EntityMerge | Cursor | UUID | None, limit: Limit
) -> list[EntityMerge]:
    """Part of `merges`: by the indexes of the merged entities and of those that they were merged into."""
    ...


async def merges(
    on: Executor,
    *,
    agent_id: UUID | None = None,
    id: UUID | None = None,
    before: EntityMerge | Cursor | UUID | None = None,
    limit: int = 50,
) -> list[EntityMerge]:
    """An agent's merges, or those of the entity `id` in either role, including undone ones, newest first.

    `before`: see `memdb.Cursor`; `limit` is 1 to 1,000. Raises InvalidInput, also if neither is given.
    """
    if id is not None:
        return await merges_of_entity(on, id=id, agent_id=agent_id, before=before, limit=limit)
    if agent_id is None:
        raise InvalidInput("agent_id", "or id must be given")
    return await merges_of_agent(on, agent_id=agent_id, before=before, limit=limit)
