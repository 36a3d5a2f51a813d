"""Purging: what was deleted, or expired, goes for good."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.engine.executor import AdminExecutor, AdminTransaction
from memdb.engine.inputs import Ids, JsonObject, check_for
from memdb.engine.own import query
from memdb.retention.concluding import purge_deleted_conclusions
from memdb.retention.conversing import purge_deleted
from memdb.retention.counting import LARGEST_BATCH, Batch, Progress, Purge, RowCounts, TableRows, add_counts, counted
from memdb.retention.holding import hold_on_memories, hold_on_organization, holds, lock_organization, refuse
from memdb.retention.knowing import purge_deleted_knowledge
from memdb.retention.learning import purge_deleted_facts
from memdb.retention.profiling import purge_deleted_profiles

# What goes after the memories, in this order: what hangs on something first.
_OTHERS = (purge_deleted, purge_deleted_conclusions, purge_deleted_facts, purge_deleted_knowledge, purge_deleted_profiles)

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


@query
async def memories_of_user(on: AdminExecutor, *, user_id: UUID, limit: Batch) -> list[UUID]:
    """Part of `erase_user`: the next memories."""
    ...


@query
async def memories_of_organization(on: AdminExecutor, *, limit: Batch) -> list[UUID]:
    """Part of `erase_organization`: the next memories."""
    ...


async def purge(on: AdminExecutor, *, before: datetime, batch: int = LARGEST_BATCH, progress: Progress | None = None) -> Purge:
    """Remove for good what was deleted before a time, or had expired: memories, sessions, observations and all kinds of knowledge, with all
    that hangs on them. Entities stay as long as there are facts about them.

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
            removed = {}
            for purge_some in _OTHERS:
                removed = removed or await purge_some(tx, before)
            if not removed:
                return Purge(total, kept)
            await record_purge(tx, before=before, rows=removed)
            add_counts(total, removed)
        if progress is not None:
            progress(sum(removed.values()))


async def remove_memories_of_user(tx: AdminTransaction, user_id: UUID) -> RowCounts:
    """Part of `erase_user`: a batch of memories, or nothing. Raises UnderLegalHold."""
    return await _remove_memories(tx, await memories_of_user(tx, user_id=user_id, limit=LARGEST_BATCH))


async def remove_memories_of_organization(tx: AdminTransaction) -> RowCounts:
    """Part of `erase_organization`: a batch of memories, or nothing. Raises UnderLegalHold."""
    return await _remove_memories(tx, await memories_of_organization(tx, limit=LARGEST_BATCH))


async def _remove_memories(tx: AdminTransaction, ids: list[UUID]) -> RowCounts:
    if not ids:
        return {}
    await lock_memories(tx, ids=ids, before=None)
    refuse(await hold_on_memories(tx, ids=ids))
    return counted(await remove_memories(tx, ids=ids))
