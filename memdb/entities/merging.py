"""Merging one entity into another, and undoing that."""

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
    """A merge of `merged_id` into `into_id`: how many facts, edges, aliases and mentions came along. It stands until `undone_at`."""

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
    """One thing that a merge had changed and that was not put back, because it has changed since or is gone.

    `kind`, of what has this `id`:

    - entity: one that was merged into the merged one before
    - fact, equal_fact, confirmed_fact: a fact that moved; that gave way to an equal one; that equal one
    - link, shared_link: a fact that named the merged one; that named both
    - alias, added_alias: of the merged one (`id`), with this `key`; the key or the name that became one
    - source, target: an edge that began or ended at the merged one
    - grown_edge, set_aside_edge: an edge that took in an equal one; one that gave way, or would have led to itself
    - evidence: an edge whose fact gave way
    """

    kind: str
    id: UUID
    key: str | None


class UndoneMerge(msgspec.Struct, frozen=True):
    """A merge that was undone, and what could not be put back."""

    merge: EntityMerge
    left_over: list[MergePart]


@query(absent="entity among id and into_id")
async def merge(on: Executor, *, id: UUID, into_id: UUID, reason: Reason | None = None) -> EntityMerge:
    """Merge an entity into another of the same agent, for the two are one. All that hangs on it goes along.

    - Its aliases, key and name become aliases of the other, as far as nothing else has these names. What was merged into it is merged into
      the other.
    - Its facts become the other's. One that the other has, too (the same attribute and value, or text), for as long at least, is superseded
      by that, which it confirms. Several values of an attribute stay as they are: what holds of them is not decided here.
    - Its edges lead from or to the other. Where that has the edge already, this takes in what is stronger or longer, and the merged one's
      is set aside: invalidated where it stands; so is an edge between the two.
    - Mentions add up; first_seen_at and last_seen_at are those of both.

    What is merged into it already stays as it is, and that merge is returned: so it may be repeated safely. `undo_merge` undoes it.

    Raises NotFound if one of the two is not there; InvalidInput if they are the same, of two agents, or `into_id` is merged itself;
    InvalidTransition if `id` is merged into another; WritesRefused.
    """
    ...


@query(absent="merge")
async def undo_merge(on: Executor, *, merge_id: UUID) -> UndoneMerge:
    """Undo a merge: what it moved goes back, and is as it was, but for versions and times of change. What came later stays with the other.

    What has been changed otherwise since, or is gone, is left as it is and told in `left_over`. Merges of one chain are undone in the
    reverse order.

    Raises NotFound; InvalidTransition if it is undone already; InvalidInput if the merged entity was deleted, or the other one was merged
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
    """Part of `merges`: by the indexes of what was merged and into what."""
    ...


async def merges(
    on: Executor,
    *,
    agent_id: UUID | None = None,
    id: UUID | None = None,
    before: EntityMerge | Cursor | UUID | None = None,
    limit: int = 50,
) -> list[EntityMerge]:
    """An agent's merges, or those of the entity `id` into others and of others into it, undone ones included, newest first.

    `before`: see `memdb.Cursor`; `limit` is 1 to 1,000. Raises InvalidInput, also where neither is given.
    """
    if id is not None:
        return await merges_of_entity(on, id=id, agent_id=agent_id, before=before, limit=limit)
    if agent_id is None:
        raise InvalidInput("agent_id", "or id must be given")
    return await merges_of_agent(on, agent_id=agent_id, before=before, limit=limit)
