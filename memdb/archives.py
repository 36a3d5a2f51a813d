"""The archive: sessions that nobody speaks in any more, with nothing of their messages lost.

    await archives.archive(db.admin(org_id), idle_since=datetime.now(UTC) - timedelta(days=7))     # active or closed -> cold_archived
    await archives.restore(db.admin(org_id), id=session_id)                                       # cold_archived -> what it was before

    rows = [row async for row in archives.export(db.admin(org_id), id=session_id)]                # to be kept elsewhere
    await archives.leave(db.admin(org_id), id=session_id, archived_to="s3://...", messages=len(rows))    # cold -> deep_archived
    await archives.bring_back(db.admin(org_id), id=session_id, rows=rows)                         # deep_archived -> cold_archived

An archived session's messages are read as before (`messages.get`, `messages.page`), but neither searched nor shown in windows, and nothing
is appended or changed. A deep-archived one's are where `archived_to` says.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from itertools import islice
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.executor import AdminExecutor
from memdb.engine.inputs import JsonObject, Limit, Version, check_for
from memdb.engine.own import query
from memdb.retention.holding import lock_organization, refuse
from memdb.sessions import Session

Place: TypeAlias = Annotated[str, Meta(min_length=1, max_length=2000)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Rows: TypeAlias = Annotated[list[JsonObject], Meta(max_length=1000)]
Progress: TypeAlias = Callable[[int], None]

_SESSIONS_AT_ONCE = 100
_check_batch = check_for("batch", Limit)


class Archived(msgspec.Struct, frozen=True):
    """How many sessions were archived, and how many messages they have."""

    sessions: int
    messages: int


@query
async def archivable(on: AdminExecutor, *, idle_since: datetime, agent_id: UUID | None, limit: Limit) -> list[UUID]:
    """Part of `archive`: the next sessions."""
    ...


@query
async def begin(on: AdminExecutor, *, id: UUID, idle_since: datetime) -> bool:
    """Part of `archive`: from here on nothing is written to the session."""
    ...


@query
async def move_out(on: AdminExecutor, *, id: UUID, limit: Limit) -> int:
    """Part of `archive`."""
    ...


async def archive(
    on: AdminExecutor, *, idle_since: datetime, agent_id: UUID | None = None, batch: int = 1000, progress: Progress | None = None
) -> Archived:
    """Archive the sessions, active or closed, in which nothing happened since a time; of one agent or of all.

    In batches of up to 1,000 messages, each its own transaction: it may be stopped at any time, and called again to go on; a session that
    is on its way can be read all the while. `progress` is called with the number of messages of each batch. Several at once share the work.
    Raises InvalidInput.
    """
    _check_batch(batch, 0)
    sessions = messages = 0
    while ids := await archivable(on, idle_since=idle_since, agent_id=agent_id, limit=_SESSIONS_AT_ONCE):
        for id in ids:
            if not await begin(on, id=id, idle_since=idle_since):
                continue
            sessions += 1
            moved = batch
            while moved == batch:
                moved = await move_out(on, id=id, limit=batch)
                messages += moved
                if progress is not None:
                    progress(moved)
    return Archived(sessions, messages)


@query(absent="archived session", key="id")
async def begin_return(on: AdminExecutor, *, id: UUID) -> UUID:
    """Part of `restore`."""
    ...


@query
async def move_in(on: AdminExecutor, *, id: UUID, limit: Limit) -> int:
    """Part of `restore`."""
    ...


@query(absent="archived session", key="id")
async def finish_return(on: AdminExecutor, *, id: UUID) -> Session:
    """Part of `restore`."""
    ...


async def restore(on: AdminExecutor, *, id: UUID, batch: int = 1000, progress: Progress | None = None) -> Session:
    """Bring a cold-archived session back, as it was: status, messages in order, embeddings (but of spaces that were dropped since).

    In batches as `archive`, and may be stopped and called again as well. Its words are read in the organization's language of now. Raises
    NotFound for what is not cold-archived.
    """
    _check_batch(batch, 0)
    await begin_return(on, id=id)
    while moved := await move_in(on, id=id, limit=batch):
        if progress is not None:
            progress(moved)
    return await finish_return(on, id=id)


@query
def export(on: AdminExecutor, *, id: UUID) -> AsyncIterator[JsonObject]:
    """All that the archive has of a session: JSON objects, one a message, in order; for `bring_back`, which takes them as they are.

    Empty for what is not cold-archived.
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
    """Remove a cold-archived session's messages, which were exported and stored elsewhere; the session stays, as deep-archived.

    `archived_to`: where they are (1 to 2,000 characters; memdb only keeps it). `messages`: how many were exported; InvalidInput if the
    archive has not as many. `expected_version`: the session's when it was exported, so that nobody has restored and changed it since; None
    means whatever version there is. Returns how many were removed. May be stopped, and called again with the same place to go on.

    Raises NotFound for what is not cold-archived, or is on its way; VersionConflict; UnderLegalHold.
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
    """Take a deep-archived session's exported messages into the archive again; then it is cold-archived, and `restore` does the rest.

    May be stopped and called again, with all rows or those that are missing. Raises InvalidInput for a row that is not as it was exported,
    of this session and when it was archived last, or if messages are still missing at the end; NotFound for what is not deep-archived.
    """
    given = iter(rows)
    while part := list(islice(given, 1000)):
        loaded = await load(on, id=id, rows=part)
        if progress is not None:
            progress(loaded)
    await finish_loading(on, id=id)
