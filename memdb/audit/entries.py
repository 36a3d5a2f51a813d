"""The entries of the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

import msgspec

from memdb.engine.arguments import unpacking
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, Limit, Name
from memdb.engine.own import query


class AuditEntry(msgspec.Struct, frozen=True):
    """One action. `actor` is the executor's, or None if unknown; `seq` is its place in the chain, or None until it is sealed."""

    id: UUID
    created_at: datetime
    actor: str | None
    action: str
    resource_type: str
    resource_id: str | None
    details: JsonObject
    seq: int | None


@query
async def record(
    on: Executor, *, action: Name, resource_type: Name, resource_id: Name | None = None, details: JsonObject | None = None
) -> AuditEntry:
    """Add an entry; in a transaction, together with the action that it records. `details` is an object of at most 65,536 bytes.

    Raises InvalidInput, and NotFound for an unknown organization.
    """
    ...


class Filters(TypedDict, total=False):
    """The filters of entries. None, or omitted, means any. `since` is inclusive, `until` exclusive."""

    resource_type: Name | None
    resource_id: Name | None
    action: Name | None
    acted_by: Name | None
    since: datetime | None
    until: datetime | None


class Page(Filters):
    """The arguments of every page."""

    before: AuditEntry | Cursor | UUID | None
    limit: Limit


@query
async def page_of_tenant(on: Executor, **asked: Unpack[Page]) -> list[AuditEntry]:
    """Part of `page`: by the primary key."""
    ...


@query
async def page_of_resource(on: Executor, **asked: Unpack[Page]) -> list[AuditEntry]:
    """Part of `page`: by the index of the resource's entries."""
    ...


@unpacking
async def page(
    on: Executor,
    *,
    before: AuditEntry | Cursor | UUID | None = None,
    limit: int = 50,
    **filters: Unpack[Filters],
) -> list[AuditEntry]:
    """The entries that pass all the given filters, newest first. `before`: see `memdb.Cursor`.

    `resource_type` and `resource_id` together select the history of one resource. `since` is inclusive, `until` exclusive; `limit` is 1 to
    1,000.
    """
    asked: Page = {**filters, "before": before, "limit": limit}
    if filters["resource_type"] is not None and filters["resource_id"] is not None:
        return await page_of_resource(on, **asked)
    return await page_of_tenant(on, **asked)


@query
async def count(on: Executor, **filters: Unpack[Filters]) -> int:
    """The number of entries that pass all the given filters, which are those of `page`."""
    ...
