"""Reading."""

from __future__ import annotations

from uuid import UUID

from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit
from memdb.engine.own import query
from memdb.escalations.structs import Escalation, Status


@query
async def get(on: Executor, *, id: UUID) -> Escalation | None:
    """One escalation, or None."""
    ...


@query
async def page_of_pending(on: Executor, *, before: UUID | None, limit: Limit) -> list[Escalation]:
    """Part of `page`: by the index of those that wait."""
    ...


@query
async def page_of_all(on: Executor, *, status: Status | None, before: UUID | None, limit: Limit) -> list[Escalation]:
    """Part of `page`: by the primary key."""
    ...


@query
async def page_of_memory(on: Executor, *, memory_id: UUID, limit: Limit = 50) -> list[Escalation]:
    """The escalations that a memory is part of, newest first."""
    ...


async def page(on: Executor, *, status: Status | None = "pending", before: UUID | None = None, limit: int = 50) -> list[Escalation]:
    """The escalations with this status, None for any, newest first; `before` is the id of the last one of the page before."""
    if status == "pending":
        return await page_of_pending(on, before=before, limit=limit)
    return await page_of_all(on, status=status, before=before, limit=limit)
