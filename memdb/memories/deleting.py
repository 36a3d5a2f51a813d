"""Deleting softly, one or many, and undoing it."""

from __future__ import annotations

from typing import Unpack
from uuid import UUID

from memdb.engine.arguments import unpacking
from memdb.engine.executor import Executor
from memdb.engine.inputs import Reason, Version
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.memories.structs import Filters, Memory, Status


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None, reason: Reason | None = None) -> int:
    """Soft-delete one live memory; `restore` undoes it. Returns the version that this made.

    Raises NotFound, VersionConflict, WritesRefused.
    """
    ...


@query(absent="deleted or expired memory", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None, reason: Reason | None = None) -> Memory:
    """Bring back a deleted or expired memory; an expiry that has passed is removed.

    Raises NotFound if there is none to bring back, AlreadyExists if an active memory has its content by now and neither is kept,
    VersionConflict, QuotaExceeded, WritesRefused.
    """
    ...


@query
async def delete_matching(on: Executor, *, status: Status | None, reason: Reason | None, **filters: Unpack[Filters]) -> int:
    """Part of `clear`: without a filter it deletes all that the tenant has."""
    ...


@unpacking
async def clear(
    on: Executor,
    *,
    status: Status | None = None,
    reason: str | None = None,
    everything: bool = False,
    **filters: Unpack[Filters],
) -> int:
    """Soft-delete the live memories that pass all the filters given, and return how many. `since` is inclusive, `until` exclusive.

    Raises InvalidInput if no filter is given, unless `everything` says that all of the tenant's memories are meant.
    """
    # No tags and no metadata are no filter either.
    if not everything and status is None and not any(filters.values()):
        raise InvalidInput("filters", "must not all be None or empty: give one, or everything=True to delete all of the tenant's memories")
    return await delete_matching(on, status=status, reason=reason, **filters)
