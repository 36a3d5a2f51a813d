"""What was done, entry by entry."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, Limit, Name
from memdb.engine.own import query


class AuditEntry(msgspec.Struct, frozen=True):
    """One action. `actor` is that of the executor, None if nobody said; `seq` its place in the chain, None until it is sealed."""

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
    """Write an entry; in a transaction, together with what it tells of. `details` is an object of at most 65,536 bytes.

    Raises InvalidInput, and NotFound for an unknown organization.
    """
    ...


@query
async def page(
    on: Executor,
    *,
    action: Name | None = None,
    acted_by: Name | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: UUID | None = None,
    limit: Limit = 50,
) -> list[AuditEntry]:
    """The entries that pass all the filters given, newest first; `before` is the id of the last one of the page before."""
    ...


@query
async def page_of_resource(
    on: Executor, *, resource_type: Name, resource_id: Name, before: UUID | None = None, limit: Limit = 50
) -> list[AuditEntry]:
    """What happened to one resource, newest first."""
    ...
