"""Relations between memories: typed edges, and what can be reached along them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.clearing import Clear
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Confidence, Limit, Notes
from memdb.engine.own import query
from memdb.memories import Memory

__all__ = [
    "Direction",
    "Neighbour",
    "Relation",
    "Type",
    "add",
    "count",
    "neighbours",
    "page",
    "remove",
]

Type: TypeAlias = Literal["supersedes", "contradicts", "specializes", "generalizes", "merged_from", "derived_from"]
Types: TypeAlias = Annotated[list[Type], Meta(max_length=6)]
Direction: TypeAlias = Literal["out", "in", "both"]
Depth: TypeAlias = Annotated[int, Meta(ge=1, le=5)]


class Relation(msgspec.Struct, frozen=True):
    """An edge: the source supersedes, contradicts, specializes, generalizes, was merged from, or was derived from the target."""

    cursor_fields = ("created_at", "source_id", "type", "target_id")

    source_id: UUID
    type: Type
    target_id: UUID
    confidence: float
    notes: str | None
    created_by: str | None
    created_at: datetime


class Neighbour(msgspec.Struct, frozen=True):
    """A memory at the end of its shortest path: `depth` edges, the last one of `type` from the memory `via_id`."""

    memory: Memory
    depth: int
    via_id: UUID
    type: Type


@query(absent="source or target memory")
async def add(
    on: Executor, *, source_id: UUID, target_id: UUID, type: Type, confidence: Confidence = 0.9, notes: Notes | Clear | None = None
) -> Relation:
    """Add an edge between two live memories. An existing one gets this confidence, and these notes: None leaves them, CLEAR empties them.

    Raises NotFound if either memory does not exist, InvalidInput if both are the same, WritesRefused. An edge of type supersedes or
    merged_from does not change a memory; use `memories.supersede` and `memories.merge` for that.
    """
    ...


@query
async def remove(on: Executor, *, source_id: UUID, target_id: UUID, type: Type) -> bool:
    """Remove an edge; returns whether it existed. Raises WritesRefused."""
    ...


@query
async def page(
    on: Executor, *, memory_id: UUID, type: Type | None = None, before: Relation | Cursor | None = None, limit: Limit = 50
) -> list[Relation]:
    """The edges from and to a memory, of one type or of all, newest first."""
    ...


@query
async def count(on: Executor, *, memory_id: UUID, type: Type | None = None) -> int:
    """The number of edges from and to a memory, of one type or of all."""
    ...


@query
async def neighbours(
    on: Executor,
    *,
    memory_id: UUID,
    depth: Depth = 1,
    types: Types | None = None,
    direction: Direction = "both",
    limit: Limit = 100,
) -> list[Neighbour]:
    """The live memories of any status at most `depth` (1 to 5) edges away, nearest first, then newest first.

    `types` None means all. `direction` out follows edges from source to target, in the reverse. Cycles are harmless. Paths may lead through
    deleted or expired memories, which are not returned themselves.
    """
    ...
