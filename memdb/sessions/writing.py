"""Starting sessions, changing, closing and deleting them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb.engine.clearing import Clear
from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, Limit, ModelName, Version
from memdb.engine.own import query
from memdb.sessions.structs import ClosedStatus, ExternalId, Session, Started, Title

Position: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]


@query(absent="agent", again=True)
async def start(
    on: Executor,
    *,
    agent_id: UUID,
    external_id: ExternalId | None = None,
    user_id: UUID | None = None,
    title: Title | None = None,
    model: ModelName | None = None,
    provider: ModelName | None = None,
    directive_number: Version | None = None,
    metadata: JsonObject | None = None,
    started_at: datetime | None = None,
    id: UUID | None = None,
) -> Started:
    """A new session; or, as it is, the agent's live session with this `external_id`, or with this `id` and external id.

    `started_at` None means now; `id` None a new UUIDv7. Raises InvalidInput, NotFound for an unknown agent, user or version of the
    directive, AlreadyExists for an id in use, WritesRefused.
    """
    ...


@query
async def update(
    on: Executor,
    *,
    id: UUID,
    expected_version: Version | None = None,
    user_id: UUID | Clear | None = None,
    title: Title | Clear | None = None,
    model: ModelName | Clear | None = None,
    provider: ModelName | Clear | None = None,
    directive_number: Version | Clear | None = None,
    metadata: JsonObject | None = None,
) -> Session:
    """Change what is given, whatever the status; None leaves a field as it is, CLEAR empties it; `metadata` is replaced whole.

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
