"""Purging: memories that were deleted, or expired, go for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.executor import AdminExecutor
from memdb.inputs import Ids, JsonObject, check_for
from memdb.query import query
from memdb.retention.holding import hold_on_organization, holds, lock_organization, refuse

Batch: TypeAlias = Annotated[int, Meta(ge=1, le=1000)]
Progress: TypeAlias = Callable[[int], None]
RowCounts: TypeAlias = dict[str, int]

LARGEST_BATCH: Final = 1000

_check_batch = check_for("batch", Batch)


class TableRows(msgspec.Struct, frozen=True):
    """How many rows of a table."""

    table_name: str
    rows: int


class Purge(msgspec.Struct, frozen=True):
    """What a purge removed, by table; and the holds that kept it from the memories of some users or agents."""

    rows: RowCounts
    holds: list[str]


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
    """Remove for good the memories that were deleted, or had expired, before a time; with their versions, tags, edges, votes and counts.

    In batches of up to 1,000 memories, each its own transaction: it may be stopped at any time, and called again to go on. `progress` is
    called with the number of memories removed by each batch, once that is committed. Users and agents under a legal hold are left out.
    Raises UnderLegalHold if the whole organization is under one, NotFound for an unknown organization, InvalidInput for a time to come.
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
                for table, rows in removed.items():
                    total[table] = total.get(table, 0) + rows
        if progress is not None:
            progress(len(ids))
        if len(chosen) < batch:
            return Purge(total, kept)


def counted(rows: list[TableRows]) -> RowCounts:
    return {each.table_name: each.rows for each in rows}
