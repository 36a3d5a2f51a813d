"""Escalating conflicts and deciding them."""

from __future__ import annotations

from uuid import UUID

from memdb.engine.executor import Executor
from memdb.engine.inputs import Name, Notes, Reason
from memdb.engine.own import query
from memdb.escalations.structs import Decision, Escalation, Kind


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
    """Submit a conflict for a decision. A pair that is already pending, in either order, is returned unchanged.

    Raises NotFound if either memory does not exist, InvalidInput if they are the same or are never valid at the same time (then use
    `memories.supersede`), WritesRefused.
    """
    ...


@query(absent="pending escalation", key="id")
async def close(on: Executor, *, id: UUID, status: Decision = "resolved", resolution: Notes | None = None) -> Escalation:
    """Close a pending escalation as resolved or dismissed.

    The consequences for the memories (`supersede`, `merge`, `delete`) are a separate call; use one transaction if both must happen or
    neither. Raises NotFound if it is not pending, WritesRefused.
    """
    ...
