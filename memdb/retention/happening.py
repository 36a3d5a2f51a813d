"""Events that are to go: their part of erasures, and clearing old ones."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.engine.executor import AdminExecutor, AdminTransaction
from memdb.engine.inputs import Ids, JsonObject
from memdb.engine.own import query
from memdb.retention.counting import LARGEST_BATCH, Batch, Progress, Purge, RowCounts, TableRows, add_counts, counted
from memdb.retention.holding import hold_on_organization, holds, lock_organization, refuse


@query
async def events_of_user(on: AdminExecutor, *, user_id: UUID, limit: Batch) -> list[UUID]:
    """Part of `erase_user`: the next events."""
    ...


@query
async def events_of_organization(on: AdminExecutor, *, limit: Batch) -> list[UUID]:
    """Part of `erase_organization`: the next events."""
    ...


@query
async def old_events(on: AdminExecutor, *, occurred_before: datetime, agent_id: UUID | None, limit: Batch) -> list[UUID]:
    """Part of `clear_old_events`: the next events."""
    ...


@query
async def lock_events(on: AdminExecutor, *, ids: Ids) -> list[UUID]:
    """Part of whatever removes events: locks them."""
    ...


@query
async def hold_on_events(on: AdminExecutor, *, ids: Ids) -> str | None:
    """Part of whatever removes events: the name of a hold that forbids it."""
    ...


@query
async def remove_events(on: AdminExecutor, *, ids: Ids) -> list[TableRows]:
    """Part of whatever removes events."""
    ...


@query
async def record_clearing_of_events(on: AdminExecutor, *, occurred_before: datetime, rows: JsonObject) -> None:
    """Part of `clear_old_events`: its audit entry."""
    ...


async def remove_some_events(tx: AdminTransaction, chosen: list[UUID]) -> RowCounts:
    """A batch of events, less what is gone. Raises UnderLegalHold."""
    ids = await lock_events(tx, ids=chosen)
    refuse(await hold_on_events(tx, ids=ids))
    return counted(await remove_events(tx, ids=ids)) if ids else {}


async def clear_old_events(
    on: AdminExecutor, *, occurred_before: datetime, agent_id: UUID | None = None, progress: Progress | None = None
) -> Purge:
    """Remove for good the events that happened before a time, of one agent or of all.

    What was learnt from them stays: facts and insights are let go of them. In batches of up to 1,000 events, each its own transaction: it
    may be stopped at any time, and called again to go on. `progress` is called with the number of rows removed by each batch. Events of
    users and agents under a legal hold are left out.

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
            chosen = await old_events(tx, occurred_before=occurred_before, agent_id=agent_id, limit=LARGEST_BATCH)
            if not chosen:
                return Purge(total, kept)
            removed = await remove_some_events(tx, chosen)
            if removed:
                await record_clearing_of_events(tx, occurred_before=occurred_before, rows=removed)
            add_counts(total, removed)
        if progress is not None:
            progress(sum(removed.values()))
