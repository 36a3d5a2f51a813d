"""Escalations: memories whose statements conflict while both are valid, for somebody to decide."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit, Name, Notes, Reason
from memdb.engine.own import query

Kind: TypeAlias = Literal["contradiction", "duplicate", "update", "other"]
Status: TypeAlias = Literal["pending", "resolved", "dismissed"]
Decision: TypeAlias = Literal["resolved", "dismissed"]


class Escalation(msgspec.Struct, frozen=True):
    """A conflict of two memories. `subject` says what it is about, `resolution` what came of it."""

    id: UUID
    memory_id: UUID
    candidate_id: UUID
    kind: str
    status: str
    subject: str | None
    reason: str | None
    created_by: str | None
    created_at: datetime
    resolved_by: str | None
    resolved_at: datetime | None
    resolution: str | None


@query(absent="memory or candidate")
async def escalate(
    on: Executor,
    *,
    memory_id: UUID,
    candidate_id: UUID,
    kind: Kind = "contradiction",
    subject: Name | None = None,
    reason: Reason | None = None,
) -> Escalation:
    """Put a conflict before somebody who decides; a pair that waits already is returned as it is, whichever way round.

    Raises NotFound if either memory is not there, InvalidInput if they are the same or are never valid at the same time (then
    `memories.supersede` is what is meant), WritesRefused.
    """
    ...


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


@query(absent="pending escalation", key="id")
async def close(on: Executor, *, id: UUID, status: Decision = "resolved", resolution: Notes | None = None) -> Escalation:
    """Decide a pending escalation: resolved or dismissed. What follows for the memories (`supersede`, `merge`, `delete`) is another call,
    in the same transaction if both must happen or neither. Raises NotFound if it does not wait, WritesRefused.
    """
    ...
