"""Facts that are to go: their part of purges and erasures."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.engine.executor import AdminExecutor, AdminTransaction
from memdb.engine.inputs import Ids
from memdb.engine.own import query
from memdb.retention.counting import LARGEST_BATCH, Batch, RowCounts, TableRows, counted
from memdb.retention.holding import refuse


@query
async def facts_of_user(on: AdminExecutor, *, user_id: UUID, limit: Batch) -> list[UUID]:
    """Part of `erase_user`: the next facts."""
    ...


@query
async def facts_of_organization(on: AdminExecutor, *, limit: Batch) -> list[UUID]:
    """Part of `erase_organization`: the next facts."""
    ...


@query
async def deleted_facts(on: AdminExecutor, *, before: datetime, limit: Batch) -> list[UUID]:
    """Part of `purge`: the next facts."""
    ...


@query
async def hold_on_facts(on: AdminExecutor, *, ids: Ids) -> str | None:
    """Part of whatever removes facts: the name of a hold that forbids it."""
    ...


@query
async def remove_facts(on: AdminExecutor, *, ids: Ids, before: datetime | None = None) -> list[TableRows]:
    """Part of whatever removes facts."""
    ...


async def remove_facts_of_user(tx: AdminTransaction, user_id: UUID) -> RowCounts:
    """Part of `erase_user`: a batch of what was learnt of the user, or nothing. Raises UnderLegalHold."""
    return await _remove_facts(tx, await facts_of_user(tx, user_id=user_id, limit=LARGEST_BATCH))


async def remove_facts_of_organization(tx: AdminTransaction) -> RowCounts:
    """Part of `erase_organization`: a batch of what its agents know, or nothing. Raises UnderLegalHold."""
    return await _remove_facts(tx, await facts_of_organization(tx, limit=LARGEST_BATCH))


async def purge_deleted_facts(tx: AdminTransaction, before: datetime) -> RowCounts:
    """Part of `purge`: a batch of facts that were deleted before a time, or nothing."""
    facts = await deleted_facts(tx, before=before, limit=LARGEST_BATCH)
    return counted(await remove_facts(tx, ids=facts, before=before)) if facts else {}


async def _remove_facts(tx: AdminTransaction, ids: list[UUID]) -> RowCounts:
    if not ids:
        return {}
    refuse(await hold_on_facts(tx, ids=ids))
    return counted(await remove_facts(tx, ids=ids))
