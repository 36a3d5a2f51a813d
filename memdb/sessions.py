"""Sessions: one conversation of an agent each. Their messages are in `messages`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.errors import AlreadyExists, InvalidInput
from memdb.executor import Executor
from memdb.inputs import JsonObject, Limit, ModelName, Version
from memdb.query import query
from memdb.transaction import Transaction

Status: TypeAlias = Literal["active", "completed", "abandoned", "error", "cold_archived", "deep_archived"]
ClosedStatus: TypeAlias = Literal["completed", "abandoned", "error"]
ExternalId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]
Title: TypeAlias = Annotated[str, Meta(min_length=1, max_length=512)]
Position: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Session(msgspec.Struct, frozen=True):
    """A live session.

    - `external_id` is the caller's own, unique among the agent's live sessions. `directive_number` is the version of the agent's directive
      that it runs under.
    - `messages` and `tokens` are those that are not deleted; a round begins with a user's message. `last_position` is the place of the last
      message ever appended, `extracted_position` the one up to which memories were extracted.
    - `input_tokens`, `output_tokens` and `latency_ms` (milliseconds) are the sums of its checkpoints.
    - `edits` counts changes of what messages say, and deletions of messages. `version` goes up by one with each change of the session
      itself, not with what is appended.
    - `active_at` is when the last message was sent, checkpoint recorded or (to the minute) event appended. `closed_at` and `archived_at`
      are None while it is not; `archived_to` is where a deep-archived session went.
    """

    id: UUID
    agent_id: UUID
    user_id: UUID | None
    external_id: str | None
    title: str | None
    status: str
    model: str | None
    provider: str | None
    directive_number: int | None
    metadata: JsonObject
    messages: int
    rounds: int
    tokens: int
    input_tokens: int
    output_tokens: int
    latency_ms: int
    last_position: int
    extracted_position: int
    edits: int
    version: int
    active_at: datetime
    closed_at: datetime | None
    archived_at: datetime | None
    archived_to: str | None
    created_at: datetime
    updated_at: datetime


class Started(msgspec.Struct, frozen=True):
    """What a start came to: the session, and whether it was made rather than found."""

    session: Session
    created: bool


class SessionCursor(msgspec.Struct, frozen=True):
    """Where a page of sessions ended: the last one's `active_at` and `id`."""

    active_at: datetime
    id: UUID


@query(absent="agent")
async def insert(
    on: Executor,
    *,
    agent_id: UUID,
    external_id: ExternalId | None,
    user_id: UUID | None,
    title: Title | None,
    model: ModelName | None,
    provider: ModelName | None,
    directive_number: Version | None,
    metadata: JsonObject | None,
    started_at: datetime | None,
    id: UUID | None,
) -> Started:
    """Part of `start`. Two starts of one id at the same instant may see AlreadyExists; that settles it."""
    ...


async def start(
    on: Executor,
    *,
    agent_id: UUID,
    external_id: str | None = None,
    user_id: UUID | None = None,
    title: str | None = None,
    model: str | None = None,
    provider: str | None = None,
    directive_number: int | None = None,
    metadata: JsonObject | None = None,
    started_at: datetime | None = None,
    id: UUID | None = None,
) -> Started:
    """A new session; or, as it is, the agent's live session with this `external_id`, or with this `id` and external id.

    `started_at` None means now; `id` None a new UUIDv7. Raises InvalidInput, NotFound for an unknown agent, user or version of the
    directive, AlreadyExists for an id in use, WritesRefused.
    """
    given: dict[str, Any] = {
        "agent_id": agent_id,
        "external_id": external_id,
        "user_id": user_id,
        "title": title,
        "model": model,
        "provider": provider,
        "directive_number": directive_number,
        "metadata": metadata,
        "started_at": started_at,
        "id": id,
    }
    try:
        return await insert(on, **given)
    except AlreadyExists:
        if id is None or isinstance(on, Transaction):
            raise
        # Another start of this id may have committed between our look and our insert; if it is ours, too, this finds it.
        return await insert(on, **given)


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
async def update(
    on: Executor,
    *,
    id: UUID,
    expected_version: Version | None = None,
    user_id: UUID | None = None,
    title: Title | None = None,
    model: ModelName | None = None,
    provider: ModelName | None = None,
    directive_number: Version | None = None,
    metadata: JsonObject | None = None,
) -> Session:
    """Change what is given, whatever the status; None leaves a field as it is; `metadata` is replaced whole.

    Raises NotFound, VersionConflict, InvalidInput, WritesRefused.
    """
    ...


@query
async def close(on: Executor, *, id: UUID, status: ClosedStatus = "completed", expected_version: Version | None = None) -> Session:
    """Close an active session: it takes no messages any more. Raises NotFound, InvalidTransition for one that is closed, SessionClosed for
    an archived one, VersionConflict, WritesRefused."""
    ...


@query
async def reopen(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Session:
    """Make a closed session active again. Raises NotFound, InvalidTransition for one that is active, SessionClosed for an archived one
    (`archives.restore` it first), VersionConflict, WritesRefused."""
    ...


@query
async def sweep_idle(
    on: Executor, *, idle_since: datetime, agent_id: UUID | None = None, status: ClosedStatus = "abandoned", limit: Limit = 1000
) -> list[UUID]:
    """Close up to `limit` active sessions in which nothing happened since a time, of one agent or of all, the longest idle first.

    Returns their ids, in no order. Sessions that are being written to, and those of agents that take no writes, are left. Several sweeps at
    once close each session once. Raises InvalidInput, WritesRefused for a suspended tenant.
    """
    ...


@query
async def mark_extracted(on: Executor, *, id: UUID, position: Position) -> int:
    """Note that memories were extracted from the messages up to `position`. The mark never goes back; returns where it is.

    Raises NotFound, InvalidInput beyond the last message, WritesRefused.
    """
    ...


@query
async def to_extract(on: Executor, *, agent_id: UUID | None = None, limit: Limit = 50) -> list[Session]:
    """Closed sessions, not archived, with messages after their `extracted_position`; the longest closed first."""
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete a session with all that is in it, whatever its status; returns the version that this made. `restore` undoes it.

    Raises NotFound, VersionConflict, WritesRefused for a suspended tenant.
    """
    ...


@query
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Session:
    """Undo a deletion. Raises NotFound if no deleted session has this id, AlreadyExists if its external id is in use again,
    VersionConflict, WritesRefused."""
    ...
