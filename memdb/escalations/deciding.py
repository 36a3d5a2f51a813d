"""Escalating, and deciding."""

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
    """Put a conflict before somebody who decides; a pair that waits already is returned as it is, whichever way round.

    Raises NotFound if either memory is not there, InvalidInput if they are the same or are never valid at the same time (then
    `memories.supersede` is what is meant), WritesRefused.
    """
    ...


@query(absent="pending escalation", key="id")
async def close(on: Executor, *, id: UUID, status: Decision = "resolved", resolution: Notes | None = None) -> Escalation:
    """Decide a pending escalation: resolved or dismissed. What follows for the memories (`supersede`, `merge`, `delete`) is another call,
    in the same transaction if both must happen or neither. Raises NotFound if it does not wait, WritesRefused.
    """
    ...
