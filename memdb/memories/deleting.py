"""Soft deletion of one or many memories, and its reversal."""

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
    """Soft-delete one live memory and return its new version; `restore` undoes it.

    Raises NotFound, VersionConflict, WritesRefused.
    """
    ...


@query(absent="deleted or expired memory", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None, reason: Reason | None = None) -> Memory:
    """Restore a deleted or expired memory; an expiry that has passed is removed.

    Raises NotFound if there is none to restore, AlreadyExists if an active memory now has its content and neither is kept, VersionConflict,
    QuotaExceeded, WritesRefused.
    """
    ...


@query
async def delete_matching(on: Executor, *, status: Status | None, reason: Reason | None, **filters: Unpack[Filters]) -> int:
    """Part of `clear`. Without a filter, it deletes all of the tenant's memories."""
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
    """Soft-delete the live memories that pass all the given filters, and return their number. `since` is inclusive, `until` exclusive.

    Raises InvalidInput if no filter is given, unless `everything` is true, which deletes all of the tenant's memories.
    """
    # Empty tags or metadata do not count as filters.
    if not everything and status is None and not any(filters.values()):
        raise InvalidInput("filters", "must not all be None or empty: give one, or everything=True to delete all of the tenant's memories")
    return await delete_matching(on, status=status, reason=reason, **filters)
