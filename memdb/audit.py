"""The audit log: who did what to which resource; and the chain of hashes that shows whether it was tampered with.

memdb itself records administrative and security actions, each in the statement that does it. The changes of a memory are in its versions.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.executor import AdminExecutor, Executor
from memdb.engine.inputs import JsonObject, Limit, Name
from memdb.engine.own import query

_BATCH: Final = 1000

Place: TypeAlias = Annotated[int, Meta(ge=0, le=2**62)]
HexDigest: TypeAlias = Annotated[str, Meta(min_length=64, max_length=64)]


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


class Seal(msgspec.Struct, frozen=True):
    """The end of a tenant's chain: the place and the hash (hexadecimal SHA-256) of its last entry; `sealed` entries were new.

    Kept where the database's owner cannot reach it, it makes `verify` find even a chain that was forged from end to end.
    """

    seq: int
    digest: str
    sealed: int


class AuditFault(msgspec.Struct, frozen=True):
    """What is wrong at one place of the chain.

    `fault` is altered (the entry does not say what was sealed), missing (no entry has this place), replaced (the last entry is not the one
    that was sealed last, or kept), or added (an entry beyond the end).
    """

    seq: int
    entry_id: UUID | None
    fault: str


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


@query
async def lock_head(on: AdminExecutor) -> None:
    """Part of `seal`."""
    ...


@query
async def seal_batch(on: AdminExecutor, *, limit: Limit) -> Seal:
    """Part of `seal`."""
    ...


async def seal(on: AdminExecutor) -> Seal:
    """Link all entries that are not sealed yet to the tenant's chain, 1,000 in a transaction, and return its end.

    Run it from a scheduler, on `db.admin(org_id)`. It may be stopped at any time and run twice at once; nobody who writes waits for it.
    """
    sealed = 0
    while True:
        async with on.transaction() as tx:
            await lock_head(tx)
            batch = await seal_batch(tx, limit=_BATCH)
        sealed += batch.sealed
        if batch.sealed < _BATCH:
            return Seal(batch.seq, batch.digest, sealed)


@query
async def verify_chain(
    on: Executor, *, after: Place, until: Place | None, kept_seq: Place | None, kept_digest: HexDigest | None
) -> list[AuditFault]:
    """Part of `verify`."""
    ...


async def verify(on: Executor, *, after: int = 0, until: int | None = None, kept: Seal | None = None) -> list[AuditFault]:
    """The faults of the tenant's chain, at most 1,000; none if every sealed entry is there as it was sealed.

    `after` and `until` bound the places that are looked at, for a log too long for one call; `kept` is what `seal` has returned before.
    """
    kept_seq, kept_digest = (kept.seq, kept.digest) if kept and kept.seq else (None, None)
    return await verify_chain(on, after=after, until=until, kept_seq=kept_seq, kept_digest=kept_digest)
