"""Reading sessions, singly and in order of activity."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.sessions.structs import ExternalId, Session, SessionCursor, Status


@query
async def get(on: Executor, *, id: UUID) -> Session | None:
    """The live session `id`, archived or not, or None."""
    ...


@query
async def get_by_external_id(on: Executor, *, agent_id: UUID, external_id: ExternalId) -> Session | None:
    """The agent's live session with this external id, or None."""
    ...


@query
async def page_of_tenant(
    on: Executor, *, status: Status | None, since: datetime | None, before_active_at: datetime | None, before_id: UUID | None, limit: Limit
) -> list[Session]:
    """Part of `page`: by the index on activity."""
    ...


@query
async def page_of_agent(
    on: Executor,
    *,
    agent_id: UUID,
    status: Status | None,
    since: datetime | None,
    before_active_at: datetime | None,
    before_id: UUID | None,
    limit: Limit,
) -> list[Session]:
    """Part of `page`: by the index of the agent's sessions."""
    ...


@query
async def page_of_user(
    on: Executor,
    *,
    user_id: UUID,
    agent_id: UUID | None,
    status: Status | None,
    since: datetime | None,
    before_active_at: datetime | None,
    before_id: UUID | None,
    limit: Limit,
) -> list[Session]:
    """Part of `page`: by the index of the user's sessions."""
    ...


async def page(
    on: Executor,
    *,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
    status: Status | None = None,
    since: datetime | None = None,
    before: Session | SessionCursor | None = None,
    limit: int = 50,
) -> list[Session]:
    """The live sessions of the tenant, of an agent, of a user or of both, last active first.

    `since` is about `active_at`. `before` is the last session of the page before, or a SessionCursor of it; None for the first page. A
    session that becomes active meanwhile moves to the front, so a walk through the pages may miss it, and never meets one twice.
    """
    if not isinstance(before, Session | SessionCursor | None):
        raise InvalidInput("before", f"must be a Session or a SessionCursor, not {type(before).__name__}")
    arguments = {
        "status": status,
        "since": since,
        "before_active_at": before and before.active_at,
        "before_id": before and before.id,
        "limit": limit,
    }
    if user_id is not None:
        return await page_of_user(on, user_id=user_id, agent_id=agent_id, **arguments)  # type: ignore[arg-type]
    if agent_id is not None:
        return await page_of_agent(on, agent_id=agent_id, **arguments)  # type: ignore[arg-type]
    return await page_of_tenant(on, **arguments)  # type: ignore[arg-type]


@query
async def to_extract(on: Executor, *, agent_id: UUID | None = None, limit: Limit = 50) -> list[Session]:
    """Closed sessions, not archived, with messages after their `extracted_position`; the longest closed first."""
    ...
