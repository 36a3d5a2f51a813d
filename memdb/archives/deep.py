"""Deep storage: moving an archived session's messages elsewhere, and back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from itertools import islice
from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb.archives.cold import Progress
from memdb.engine.executor import AdminExecutor
from memdb.engine.inputs import JsonObject, Limit, Version
from memdb.engine.own import query
from memdb.retention.holding import lock_organization, refuse

Place: TypeAlias = Annotated[str, Meta(min_length=1, max_length=2000)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Rows: TypeAlias = Annotated[list[JsonObject], Meta(max_length=1000)]


@query
def export(on: AdminExecutor, *, id: UUID) -> AsyncIterator[JsonObject]:
    """Everything that the archive has of a session, as one JSON object per message, in order. `bring_back` takes these objects as they are.

    Empty for a session that is not cold-archived.
    """
    ...


@query(absent="archived session", key="id")
async def begin_leaving(on: AdminExecutor, *, id: UUID, archived_to: Place, messages: Count, expected_version: Version | None) -> UUID:
    """Part of `leave`."""
    ...


@query
async def remove_left(on: AdminExecutor, *, id: UUID, limit: Limit) -> int:
    """Part of `leave`."""
    ...


@query
async def hold_on_session(on: AdminExecutor, *, id: UUID) -> str | None:
    """Part of `leave`."""
    ...


async def leave(
    on: AdminExecutor,
    *,
    id: UUID,
    archived_to: str,
    messages: int,
    expected_version: int | None = None,
    progress: Progress | None = None,
) -> int:
    """Remove a cold-archived session's messages, which were exported and stored elsewhere; the session itself stays, as deep-archived.

    `archived_to`: where they are (1 to 2,000 characters; memdb only stores it). `messages`: how many were exported; InvalidInput if the
    archive has another number. `expected_version`: the session's when it was exported, to ensure that nobody has restored and changed it
    since; None means any version. Returns how many were removed. Can be interrupted, and called again with the same place to continue.

    Raises NotFound for a session that is not cold-archived, or is being moved; VersionConflict; UnderLegalHold.
    """
    async with on.transaction() as tx:
        await lock_organization(tx)
        refuse(await hold_on_session(tx, id=id))
        await begin_leaving(tx, id=id, archived_to=archived_to, messages=messages, expected_version=expected_version)
    total = 0
    while removed := await remove_left(on, id=id, limit=1000):
        total += removed
        if progress is not None:
            progress(removed)
    return total


@query(absent="deep-archived session", key="id")
async def load(on: AdminExecutor, *, id: UUID, rows: Rows) -> int:
    """Part of `bring_back`."""
    ...


@query(absent="deep-archived session", key="id")
async def finish_loading(on: AdminExecutor, *, id: UUID) -> UUID:
    """Part of `bring_back`."""
    ...


async def bring_back(on: AdminExecutor, *, id: UUID, rows: Iterable[JsonObject], progress: Progress | None = None) -> None:
    """Load a deep-archived session's exported messages into the archive. It is then cold-archived, and `restore` does the rest.

    Can be interrupted and called again, with all rows or only the missing ones. Raises InvalidInput for a row that is not as exported from
    this session when it was last archived, or if messages are still missing at the end; NotFound for a session that is not deep-archived.
    """
    given = iter(rows)
    while part := list(islice(given, 1000)):
        loaded = await load(on, id=id, rows=part)
        if progress is not None:
            progress(loaded)
    await finish_loading(on, id=id)
