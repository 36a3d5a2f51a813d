"""The hash chain over the entries."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.executor import AdminExecutor, Executor
from memdb.engine.inputs import Limit
from memdb.engine.own import query
from memdb.errors import InvalidInput

_BATCH: Final = 1000

Place: TypeAlias = Annotated[int, Meta(ge=0, le=2**62)]
HexDigest: TypeAlias = Annotated[str, Meta(min_length=64, max_length=64)]


class Seal(msgspec.Struct, frozen=True):
    """The end of a tenant's chain: the place and the hash (hexadecimal SHA-256) of its last entry. `sealed` entries were new.

    If it is stored where the database's owner has no access, `verify` can detect even a chain that was forged from end to end.
    """

    seq: int
    digest: str
    sealed: int


class AuditFault(msgspec.Struct, frozen=True):
    """A fault at one place of the chain.

    `fault` is altered (the entry's content is not what was sealed), missing (no entry has this place), replaced (the last entry is not the
    one sealed last, or kept), or added (an entry beyond the end).
    """

    seq: int
    entry_id: UUID | None
    fault: str


@query
async def lock_head(on: AdminExecutor) -> None:
    """Part of `seal`."""
    ...


@query
async def seal_batch(on: AdminExecutor, *, limit: Limit) -> Seal:
    """Part of `seal`."""
    ...


async def seal(on: AdminExecutor) -> Seal:
    """Link all unsealed entries to the tenant's chain, 1,000 per transaction, and return its end.

    Run it from a scheduler, on `db.admin(org_id)`. It can be interrupted at any time and run concurrently, and never blocks writers.
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
    """The faults of the tenant's chain, at most 1,000; empty if every sealed entry exists as it was sealed.

    `after` and `until` bound the places that are checked, for a log too long for one call; `kept` is an earlier result of `seal`.
    Raises InvalidInput.
    """
    if kept is not None and not isinstance(kept, Seal):
        rule = "must be an audit.Seal (of JSON, msgspec.convert(kept, audit.Seal) makes one)"
        raise InvalidInput("kept", f"{rule}, not {type(kept).__name__}")
    kept_seq, kept_digest = (kept.seq, kept.digest) if kept and kept.seq else (None, None)
    return await verify_chain(on, after=after, until=until, kept_seq=kept_seq, kept_digest=kept_digest)
