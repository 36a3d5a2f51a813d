"""Deleting softly, one or many, and undoing it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.engine.executor import Executor
from memdb.engine.inputs import Reason, Tag, Version
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.memories.structs import Category, Memory, Status


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None, reason: Reason | None = None) -> int:
    """Soft-delete one live memory; `restore` undoes it. Returns the version that this made.

    Raises NotFound, VersionConflict, WritesRefused.
    """
    ...


@query(absent="deleted or expired memory", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None, reason: Reason | None = None) -> Memory:
    """Bring back a deleted or expired memory; an expiry that has passed is removed.

    Raises NotFound if there is none to bring back, AlreadyExists if an active memory has its content by now, VersionConflict,
    QuotaExceeded, WritesRefused.
    """
    ...


@query
async def delete_matching(
    on: Executor,
    *,
    agent_id: UUID | None,
    user_id: UUID | None,
    session_id: UUID | None,
    category: Category | None,
    status: Status | None,
    tag: Tag | None,
    since: datetime | None,
    until: datetime | None,
    reason: Reason | None,
) -> int:
    """Part of `clear`: without a filter it deletes all that the tenant has."""
    ...


async def clear(
    on: Executor,
    *,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
    session_id: UUID | None = None,
    category: Category | None = None,
    status: Status | None = None,
    tag: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    reason: str | None = None,
    everything: bool = False,
) -> int:
    """Soft-delete the live memories that pass all the filters given, and return how many. `since` is inclusive, `until` exclusive.

    Raises InvalidInput if no filter is given, unless `everything` says that all of the tenant's memories are meant.
    """
    filters = {
        "agent_id": agent_id,
        "user_id": user_id,
        "session_id": session_id,
        "category": category,
        "status": status,
        "tag": tag,
        "since": since,
        "until": until,
    }
    if not everything and all(value is None for value in filters.values()):
        raise InvalidInput("filters", "must not all be None: give one, or everything=True to delete all of the tenant's memories")
    return await delete_matching(on, reason=reason, **filters)  # type: ignore[arg-type]
