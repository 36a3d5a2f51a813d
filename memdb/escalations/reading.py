"""Reading escalations."""

from __future__ import annotations

from uuid import UUID

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit
from memdb.engine.own import query
from memdb.escalations.structs import Escalation, Status


@query
async def get(on: Executor, *, id: UUID) -> Escalation | None:
    """One escalation, or None."""
    ...


@query
async def page_of_pending(on: Executor, *, before: Escalation | Cursor | UUID | None, limit: Limit) -> list[Escalation]:
    """Part of `page`: by the index of the pending ones."""
    ...


@query
async def page_of_all(on: Executor, *, status: Status | None, before: Escalation | Cursor | UUID | None, limit: Limit) -> list[Escalation]:
    """Part of `page`: by the primary key."""
    ...


@query
async def page_of_memory(
    on: Executor, *, memory_id: UUID, status: Status | None, before: Escalation | Cursor | UUID | None, limit: Limit
) -> list[Escalation]:
    """Part of `page`: by the indexes of the memories."""
    ...


async def page(
    on: Executor,
    *,
    memory_id: UUID | None = None,
    status: Status | None = "pending",
    before: Escalation | Cursor | UUID | None = None,
    limit: int = 50,
) -> list[Escalation]:
    """The escalations with this status, None for any, newest first. `before`: see `memdb.Cursor`.

    `memory_id`: those that involve a memory, on either side. `limit` is 1 to 1,000.
    """
    if memory_id is not None:
        return await page_of_memory(on, memory_id=memory_id, status=status, before=before, limit=limit)
    if status == "pending":
        return await page_of_pending(on, before=before, limit=limit)
    return await page_of_all(on, status=status, before=before, limit=limit)


@query
async def count(on: Executor, *, memory_id: UUID | None = None, status: Status | None = "pending") -> int:
    """The number of escalations with this status, None for any, of one memory or of all."""
    ...
