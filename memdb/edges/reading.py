"""Reading by key and by page."""

from __future__ import annotations

from uuid import UUID

from memdb.edges.structs import Direction, Edge, Type
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit
from memdb.engine.own import query
from memdb.errors import InvalidInput


@query
async def get(on: Executor, *, id: UUID) -> Edge | None:
    """The edge `id`, even if it was invalidated or has ended, or None."""
    ...


@query
async def page_of_agent(
    on: Executor, *, agent_id: UUID, type: Type | None, ended: bool, before: Edge | Cursor | UUID | None, limit: Limit
) -> list[Edge]:
    """Part of `page`: by the index of the agent's edges."""
    ...


@query
async def page_of_entity(
    on: Executor,
    *,
    entity_id: UUID,
    direction: Direction,
    type: Type | None,
    ended: bool,
    before: Edge | Cursor | UUID | None,
    limit: Limit,
) -> list[Edge]:
    """Part of `page`: by the indexes of the edges from an entity and to it."""
    ...


async def page(
    on: Executor,
    *,
    entity_id: UUID | None = None,
    agent_id: UUID | None = None,
    direction: Direction = "both",
    type: str | None = None,
    ended: bool = False,
    before: Edge | Cursor | UUID | None = None,
    limit: int = 50,
) -> list[Edge]:
    """The edges of an entity or of an agent, newest first. `before`: see `memdb.Cursor`.

    By default, those that hold now; with `ended`, also those that were invalidated, have ended, or have not begun. `direction` applies to
    an entity's edges: out are those of which it is the source, in those of which it is the target. When an entity is merged, its edges move
    to the other entity. `limit` is 1 to 1,000. Raises InvalidInput unless exactly one of `entity_id` and `agent_id` is given.
    """
    if entity_id is not None and agent_id is None:
        return await page_of_entity(on, entity_id=entity_id, direction=direction, type=type, ended=ended, before=before, limit=limit)
    if agent_id is not None and entity_id is None and direction == "both":
        return await page_of_agent(on, agent_id=agent_id, type=type, ended=ended, before=before, limit=limit)
    if agent_id is not None and entity_id is None:
        raise InvalidInput("direction", "must be both for an agent's edges")
    raise InvalidInput("entity_id", "or agent_id must be given, and not both")


@query
async def count(
    on: Executor,
    *,
    entity_id: UUID | None = None,
    agent_id: UUID | None = None,
    direction: Direction = "both",
    type: Type | None = None,
    ended: bool = False,
) -> int:
    """The number of edges of an entity or an agent; the filters are those of `page`. Raises InvalidInput."""
    ...
