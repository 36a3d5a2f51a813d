"""Asserting, weakening, invalidating and using."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Unpack
from uuid import UUID

from memdb.edges.structs import Direction, Edge, EdgeDetails, NewEdge, Share, Type
from memdb.engine.arguments import Columns, items_of, unpacking
from memdb.engine.executor import Executor
from memdb.engine.inputs import Ids, Version
from memdb.engine.own import query
from memdb.errors import NotFound

_LARGEST_BATCH: Final = 1000
_COLUMNS: Final = Columns(NewEdge)


@query
async def upsert(on: Executor, *, by: Share, **columns: Annotated[list[Any], _COLUMNS]) -> list[Edge]:
    """Part of `assert_` and `assert_many`: each list has an element for each edge."""
    ...


@unpacking(defaults=NewEdge)
async def assert_(on: Executor, *, source_id: UUID, target_id: UUID, type: str, by: float = 0.1, **details: Unpack[EdgeDetails]) -> Edge:
    """Say that something holds between two entities of an agent: a new edge of `weight` (0 to 1), or the one that there is, strengthened.

    - `type`: 1 to 128 characters, which become at most 64 of a to z, 0 to 9 and _, a letter first.
    - The edge that there is gains `by` (0 to 1) of weight, up to 1, and one assertion. Of the rest it takes what is given; CLEAR empties
      `fact_id`, `valid_until` and `provenance`. If it was invalidated it stands again, with `fact_id` as its only evidence; if it has
      ended it goes on, until `valid_until`. What began before its `valid_from` is old news: the times stay.
    - `fact_id`: a live fact of the agent that shows it. `provenance`: 1 to 32 characters. `metadata`: a JSON object of at most 8,192 bytes.
    - A merged entity stands for the one that it was merged into.

    Raises InvalidInput, also for an edge from an entity to itself or between two agents' entities; NotFound if an entity or the fact is not
    there; WritesRefused.
    """
    item = NewEdge(source_id=source_id, target_id=target_id, type=type, **details)
    return (await assert_many(on, items=[item], by=by))[0]


async def assert_many(on: Executor, *, items: Iterable[NewEdge], by: float = 0.1) -> list[Edge]:
    """`assert_` for up to 1,000 items, all or none, in one round trip; results in the order of the items.

    What is given several times is asserted as often: the first one's weight counts, the times that begin last, and of the rest
    what was given last; what is CLEAR is so in all items, or in none. Raises as `assert_` does.
    """
    items = items_of(items, NewEdge, at_most=_LARGEST_BATCH)
    if not items:
        return []
    asserted = await upsert(on, by=by, **_COLUMNS.of(items))
    if not asserted:
        raise NotFound("entity or fact")
    return asserted


@query
async def weaken(on: Executor, *, id: UUID, by: Share = 0.1, floor: Share = 0.1, expected_version: Version | None = None) -> Edge:
    """Take `by` from an edge's weight, down to `floor`; what is below that already stays.

    Raises NotFound, VersionConflict, WritesRefused.
    """
    ...


@query
async def invalidate(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Edge:
    """Take an edge back: it holds no more, until it is asserted again. One that is invalidated already stays as it is.

    Raises NotFound, VersionConflict, WritesRefused.
    """
    ...


@query
async def invalidate_of(on: Executor, *, entity_id: UUID, direction: Direction = "both", type: Type | None = None) -> int:
    """Invalidate all edges of an entity, or those of one type or direction; how many they were. Raises WritesRefused."""
    ...


@query
async def record_use(on: Executor, *, ids: Ids, by: Share = 0.05) -> int:
    """Strengthen edges that led to something useful by `by`, up to 1, each once whatever is repeated; how many they were.

    Ids that are not the tenant's are left out. Raises WritesRefused.
    """
    ...
