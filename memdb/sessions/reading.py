"""Reading sessions, one by one and by activity."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from memdb.engine.arguments import unpacking
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit
from memdb.engine.own import query
from memdb.sessions.structs import ExternalId, Session, Status


@query
async def get(on: Executor, *, id: UUID) -> Session | None:
    """The live session `id`, archived or not, or None."""
    ...


@query
async def get_by_external_id(on: Executor, *, agent_id: UUID, external_id: ExternalId) -> Session | None:
    """The agent's live session with this external id, or None."""
    ...


class Filters(TypedDict, total=False):
    """The filters of `page`, whosever the sessions are. None, or omitted, means any. `since` refers to `active_at`."""

    status: Status | None
    since: datetime | None


class Page(Filters):
    """The arguments of every page."""

    before: Session | Cursor | None
    limit: Limit


@query
async def page_of_tenant(on: Executor, **asked: Unpack[Page]) -> list[Session]:
    """Part of `page`: by the index on activity."""
    ...


@query
async def page_of_agent(on: Executor, *, agent_id: UUID, **asked: Unpack[Page]) -> list[Session]:
    """Part of `page`: by the index of the agent's sessions."""
    ...


@query
async def page_of_user(on: Executor, *, user_id: UUID, agent_id: UUID | None, **asked: Unpack[Page]) -> list[Session]:
    """Part of `page`: by the index of the user's sessions."""
    ...


@unpacking
async def page(
    on: Executor,
    *,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
    before: Session | Cursor | None = None,
    limit: int = 50,
    **filters: Unpack[Filters],
) -> list[Session]:
    """The live sessions of the tenant, of an agent, of a user or of both, last active first.

    `since` refers to `active_at`. A session that becomes active meanwhile moves to the front, so reading page after page may miss it, but
    never returns one twice.
    """
    asked: Page = {**filters, "before": before, "limit": limit}
    if user_id is not None:
        return await page_of_user(on, user_id=user_id, agent_id=agent_id, **asked)
    if agent_id is not None:
        return await page_of_agent(on, agent_id=agent_id, **asked)
    return await page_of_tenant(on, **asked)


@query
async def count(on: Executor, *, agent_id: UUID | None = None, user_id: UUID | None = None, **filters: Unpack[Filters]) -> int:
    """The number of live sessions that pass all the given filters, which are those of `page`."""
    ...


@query
async def to_extract(on: Executor, *, agent_id: UUID | None = None, limit: Limit = 50) -> list[Session]:
    """Closed sessions, not archived, with messages after their `extracted_position`; longest closed first."""
    ...
