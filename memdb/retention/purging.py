"""Purging: what was deleted, or expired, goes for good."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.executor import AdminExecutor
from memdb.inputs import Ids, JsonObject, check_for
from memdb.query import query
from memdb.retention.conversing import purge_deleted
from memdb.retention.counting import LARGEST_BATCH, Batch, Progress, Purge, RowCounts, TableRows, add_counts, counted
from memdb.retention.holding import hold_on_organization, holds, lock_organization, refuse
from memdb.retention.profiling import purge_knowledge

_check_batch = check_for("batch", Batch)


@query
async def purgeable(on: AdminExecutor, *, before: datetime, limit: Batch) -> list[UUID]:
    """Part of `purge`: the next memories."""
    ...


@query
async def lock_memories(on: AdminExecutor, *, ids: Ids, before: datetime | None) -> list[UUID]:
    """Part of `purge` and both erasures: locks what is to be removed."""
    ...


@query
async def remove_memories(on: AdminExecutor, *, ids: Ids) -> list[TableRows]:
    """Part of `purge` and both erasures, which look for holds first: remove memories for good."""
    ...


@query
async def record_purge(on: AdminExecutor, *, before: datetime, rows: JsonObject) -> None:
    """Part of `purge`: its audit entry."""
    ...


async def purge(on: AdminExecutor, *, before: datetime, batch: int = LARGEST_BATCH, progress: Progress | None = None) -> Purge:
    """Remove for good what was deleted before a time, or had expired: memories, sessions, observations, triples and profiles, with all that
    hangs on them.

    In batches of up to 1,000 memories or messages, each its own transaction: it may be stopped at any time, and called again to go on.
    `progress` is called with the number of memories, and then of other rows, removed by each batch, once that is committed. What users and
    agents under a legal hold have is left out. Raises UnderLegalHold if the whole organization is under one, NotFound for an unknown
    organization, InvalidInput for a time to come.
    """
    _check_batch(batch, 0)
    total: RowCounts = {}
    async with on.transaction() as tx:
        await lock_organization(tx)
        kept = [each.name for each in await holds(tx) if each.user_id or each.agent_id]
    while True:
        async with on.transaction() as tx:
            await lock_organization(tx)
            refuse(await hold_on_organization(tx))
            chosen = await purgeable(tx, before=before, limit=batch)
            ids = await lock_memories(tx, ids=chosen, before=before)
            if ids:
                removed = counted(await remove_memories(tx, ids=ids))
                await record_purge(tx, before=before, rows=removed)
                add_counts(total, removed)
        if progress is not None:
            progress(len(ids))
        if len(chosen) < batch:
            break
    while True:
        async with on.transaction() as tx:
            await lock_organization(tx)
            refuse(await hold_on_organization(tx))
            removed = await purge_deleted(tx, before) or await purge_knowledge(tx, before)
            if not removed:
                return Purge(total, kept)
            await record_purge(tx, before=before, rows=removed)
            add_counts(total, removed)
        if progress is not None:
            progress(sum(removed.values()))
