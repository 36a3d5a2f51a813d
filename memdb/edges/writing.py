"""Asserting, weakening, invalidating and using edges."""

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
    """Part of `assert_` and `assert_many`. Each list has one element per edge."""
    ...


@unpacking(defaults=NewEdge)
async def assert_(on: Executor, *, source_id: UUID, target_id: UUID, type: str, by: float = 0.1, **details: Unpack[EdgeDetails]) -> Edge:
    """Assert a relation between two entities of an agent: a new edge of `weight` (0 to 1), or the existing one, strengthened.

    - `type`: 1 to 128 characters, normalized to at most 64 of a to z, 0 to 9 and _, starting with a letter.
    - An existing edge gains `by` (0 to 1) of weight, up to 1, and one assertion. Its other fields take the given values; CLEAR empties
      `fact_id`, `valid_until` and `provenance`. If it was invalidated, it holds again, with `fact_id` as its only evidence. If it has
      ended, it continues, until `valid_until`. If the given `valid_from` is earlier than its own, the assertion is old news, and its times
      stay.
    - `fact_id`: a live fact of the agent as its evidence. `provenance`: 1 to 32 characters. `metadata`: a JSON object of at most 8,192
      bytes.
    - A merged entity stands for the one that it was merged into.

    Raises InvalidInput, also for an edge from an entity to itself or between two agents' entities; NotFound if an entity or the fact does
    not exist; WritesRefused.
    """
    item = NewEdge(source_id=source_id, target_id=target_id, type=type, **details)
    return (await assert_many(on, items=[item], by=by))[0]


async def assert_many(on: Executor, *, items: Iterable[NewEdge], by: float = 0.1) -> list[Edge]:
    """`assert_` for up to 1,000 items, all or none, in one round trip; the results are in the order of the items.

    An edge given several times is asserted as often, with the first weight, the times that begin last, and otherwise the last given values.
    A field that is CLEAR must be CLEAR in all items. Raises as `assert_` does.
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
    """Reduce an edge's weight by `by`, but not below `floor`. A weight that is already below stays.

    Raises NotFound, VersionConflict, WritesRefused.
    """
    ...


@query
async def invalidate(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Edge:
    """Invalidate an edge: it no longer holds, until it is asserted again. An edge that is already invalidated stays unchanged.

    Raises NotFound, VersionConflict, WritesRefused.
    """
    ...


@query
async def invalidate_of(on: Executor, *, entity_id: UUID, direction: Direction = "both", type: Type | None = None) -> int:
    """Invalidate all edges of an entity, or those of one type or direction, and return their number. Raises WritesRefused."""
    ...


@query
async def record_use(on: Executor, *, ids: Ids, by: Share = 0.05) -> int:
    """Strengthen edges that led to something useful by `by`, up to a weight of 1, and return their number.

    Repeated ids count once; ids that are not the tenant's are skipped. Raises WritesRefused.
    """
    ...
