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
    """The edge `id`, also one that was invalidated or has ended, or None."""
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
    """Part of `page`: by the indexes of what leads from an entity and to it."""
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

    Those that hold now; with `ended` also those that were invalidated or have ended, and those that are to begin. `direction` is for an
    entity's: out are those that it is the source of, in those that it is the target of. What leads from an entity or to it when it is
    merged leads then from or to the other one. `limit` is 1 to 1,000. Raises InvalidInput unless one of `entity_id` and `agent_id` is
    given.
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
    """How many edges an entity or an agent has; the filters are those of `page`. Raises InvalidInput."""
    ...
