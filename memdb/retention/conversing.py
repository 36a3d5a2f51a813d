"""Sessions and observations that are to go: their part of purges and erasures, and clearing old sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from memdb.engine.executor import AdminExecutor, AdminTransaction
from memdb.engine.inputs import Ids, JsonObject
from memdb.engine.own import query
from memdb.retention.counting import LARGEST_BATCH, Batch, Progress, Purge, RowCounts, TableRows, add_counts, counted
from memdb.retention.holding import hold_on_organization, holds, lock_organization, refuse

SESSIONS_AT_ONCE = 20


@query
async def sessions_of_user(on: AdminExecutor, *, user_id: UUID, limit: Batch) -> list[UUID]:
    """Part of `erase_user`: the next sessions."""
    ...


@query
async def sessions_of_organization(on: AdminExecutor, *, limit: Batch) -> list[UUID]:
    """Part of `erase_organization`: the next sessions."""
    ...


@query
async def old_sessions(on: AdminExecutor, *, idle_since: datetime, agent_id: UUID | None, limit: Batch) -> list[UUID]:
    """Part of `clear_old_sessions`: the next sessions."""
    ...


@query
async def deleted_sessions(on: AdminExecutor, *, before: datetime, limit: Batch) -> list[UUID]:
    """Part of `purge`: the next sessions."""
    ...


@query
async def lock_sessions(on: AdminExecutor, *, ids: Ids, idle_since: datetime | None = None, before: datetime | None = None) -> list[UUID]:
    """Part of whatever removes sessions: locks them."""
    ...


@query
async def hold_on_sessions(on: AdminExecutor, *, ids: Ids) -> str | None:
    """Part of whatever removes sessions: the name of a hold that forbids it."""
    ...


@query
async def remove_messages(on: AdminExecutor, *, ids: Ids, limit: Batch) -> list[TableRows]:
    """Part of whatever removes sessions: some of their messages."""
    ...


@query
async def remove_sessions(on: AdminExecutor, *, ids: Ids) -> list[TableRows]:
    """Part of whatever removes sessions: those that have no messages left."""
    ...


@query
async def observations_of_user(on: AdminExecutor, *, user_id: UUID, limit: Batch) -> list[UUID]:
    """Part of `erase_user`: the next observations."""
    ...


@query
async def observations_of_organization(on: AdminExecutor, *, limit: Batch) -> list[UUID]:
    """Part of `erase_organization`: the next observations."""
    ...


@query
async def deleted_observations(on: AdminExecutor, *, before: datetime, limit: Batch) -> list[UUID]:
    """Part of `purge`: the next observations."""
    ...


@query
async def hold_on_observations(on: AdminExecutor, *, ids: Ids) -> str | None:
    """Part of whatever removes observations: the name of a hold that forbids it."""
    ...


@query
async def remove_observations(on: AdminExecutor, *, ids: Ids, before: datetime | None = None) -> list[TableRows]:
    """Part of whatever removes observations."""
    ...


@query
async def record_clearing(on: AdminExecutor, *, idle_since: datetime, rows: JsonObject) -> None:
    """Part of `clear_old_sessions`: its audit entry."""
    ...


async def remove_some_of_sessions(tx: AdminTransaction, ids: Sequence[UUID]) -> RowCounts:
    """Of locked sessions a batch of messages, or the sessions themselves where no message is left. Raises UnderLegalHold."""
    refuse(await hold_on_sessions(tx, ids=ids))  # type: ignore[arg-type]
    removed = counted(await remove_messages(tx, ids=ids, limit=LARGEST_BATCH))  # type: ignore[arg-type]
    return removed or counted(await remove_sessions(tx, ids=ids))  # type: ignore[arg-type]


async def clear_old_sessions(
    on: AdminExecutor, *, idle_since: datetime, agent_id: UUID | None = None, progress: Progress | None = None
) -> Purge:
    """Remove for good the sessions in which nothing happened since a time, active, closed or archived, of one agent or of all.

    With them go their messages, summaries, checkpoints and events; what was observed or remembered of them stays. In batches of up to 1,000
    messages, each its own transaction: it may be stopped at any time, and called again to go on. `progress` is called with the number of
    rows removed by each batch. Sessions of users and agents under a legal hold are left out.

    Raises UnderLegalHold if the whole organization is under one, NotFound for an unknown organization, InvalidInput for a time to come.
    """
    total: RowCounts = {}
    async with on.transaction() as tx:
        await lock_organization(tx)
        kept = [each.name for each in await holds(tx) if each.user_id or each.agent_id]
    while True:
        async with on.transaction() as tx:
            await lock_organization(tx)
            refuse(await hold_on_organization(tx))
            chosen = await old_sessions(tx, idle_since=idle_since, agent_id=agent_id, limit=SESSIONS_AT_ONCE)
            if not chosen:
                return Purge(total, kept)
            ids = await lock_sessions(tx, ids=chosen, idle_since=idle_since)
            removed = await remove_some_of_sessions(tx, ids) if ids else {}
            if removed.get("sessions"):
                await record_clearing(tx, idle_since=idle_since, rows=removed)
            add_counts(total, removed)
        if progress is not None:
            progress(sum(removed.values()))


async def purge_deleted(tx: AdminTransaction, before: datetime) -> RowCounts:
    """Part of `purge`: a batch of sessions that were deleted before a time and what is in them, or of observations; else nothing."""
    chosen = await deleted_sessions(tx, before=before, limit=SESSIONS_AT_ONCE)
    ids = await lock_sessions(tx, ids=chosen, before=before) if chosen else []
    if ids:
        return await remove_some_of_sessions(tx, ids)
    observations = await deleted_observations(tx, before=before, limit=LARGEST_BATCH)
    return counted(await remove_observations(tx, ids=observations, before=before)) if observations else {}


async def remove_observations_of_user(tx: AdminTransaction, user_id: UUID) -> RowCounts:
    """Part of `erase_user`: a batch of observations, or nothing. Raises UnderLegalHold."""
    return await _remove_observations(tx, await observations_of_user(tx, user_id=user_id, limit=LARGEST_BATCH))


async def remove_observations_of_organization(tx: AdminTransaction) -> RowCounts:
    """Part of `erase_organization`: a batch of observations, or nothing. Raises UnderLegalHold."""
    return await _remove_observations(tx, await observations_of_organization(tx, limit=LARGEST_BATCH))


async def remove_sessions_of_user(tx: AdminTransaction, user_id: UUID) -> RowCounts:
    """Part of `erase_user`: a batch of what is in sessions, or of sessions, or nothing. Raises UnderLegalHold."""
    return await _remove_sessions(tx, await sessions_of_user(tx, user_id=user_id, limit=SESSIONS_AT_ONCE))


async def remove_sessions_of_organization(tx: AdminTransaction) -> RowCounts:
    """Part of `erase_organization`: a batch of what is in sessions, or of sessions, or nothing. Raises UnderLegalHold."""
    return await _remove_sessions(tx, await sessions_of_organization(tx, limit=SESSIONS_AT_ONCE))


async def _remove_observations(tx: AdminTransaction, ids: list[UUID]) -> RowCounts:
    if not ids:
        return {}
    refuse(await hold_on_observations(tx, ids=ids))
    return counted(await remove_observations(tx, ids=ids))


async def _remove_sessions(tx: AdminTransaction, ids: list[UUID]) -> RowCounts:
    locked = await lock_sessions(tx, ids=ids) if ids else []
    return await remove_some_of_sessions(tx, locked) if locked else {}
