"""Starting, changing, closing and deleting sessions."""

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
    """Start a session, or return the agent's live session with this `external_id`, or with this `id` and external id, unchanged.

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
    """Change the given fields, whatever the status. None leaves a field unchanged, CLEAR empties it; `metadata` is replaced as a whole.

    Raises NotFound, VersionConflict, InvalidInput, WritesRefused.
    """
    ...


@query
async def close(on: Executor, *, id: UUID, status: ClosedStatus = "completed", expected_version: Version | None = None) -> Session:
    """Close an active session: it takes no more messages.

    Raises NotFound, InvalidTransition if it is already closed, SessionClosed if it is archived, VersionConflict, WritesRefused.
    """
    ...


@query
async def reopen(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Session:
    """Reopen a closed session.

    Raises NotFound, InvalidTransition if it is active, SessionClosed if it is archived (`archives.restore` it first), VersionConflict,
    WritesRefused.
    """
    ...


@query
async def sweep_idle(
    on: Executor, *, idle_since: datetime, agent_id: UUID | None = None, status: ClosedStatus = "abandoned", limit: Limit = 1000
) -> list[UUID]:
    """Close up to `limit` active sessions of one agent or of all without activity since a time, longest idle first.

    Returns their ids in no particular order. Sessions that are being written to, and those of agents that take no writes, are skipped.
    Concurrent sweeps close each session once. Raises InvalidInput, WritesRefused for a suspended tenant.
    """
    ...


@query
async def mark_extracted(on: Executor, *, id: UUID, position: Position) -> int:
    """Record that memories were extracted from the messages up to `position`, and return the mark, which never goes back.

    Raises NotFound, InvalidInput beyond the last message, WritesRefused.
    """
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete a session of any status with all that it contains, and return its new version. `restore` undoes it.

    Raises NotFound, VersionConflict, WritesRefused for a suspended tenant.
    """
    ...


@query
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Session:
    """Restore a deleted session.

    Raises NotFound if no deleted session has this id, AlreadyExists if its external id is in use again, VersionConflict, WritesRefused.
    """
    ...
