"""Entities and events that are to go: their part of purges and erasures."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.engine.executor import AdminExecutor, AdminTransaction
from memdb.engine.inputs import Ids
from memdb.engine.own import query
from memdb.retention.counting import LARGEST_BATCH, Batch, RowCounts, TableRows, counted
from memdb.retention.happening import events_of_organization, events_of_user, remove_some_events


@query
async def entities_of_organization(on: AdminExecutor, *, limit: Batch) -> list[UUID]:
    """Part of `erase_organization`: the next entities."""
    ...


@query
async def deleted_entities(on: AdminExecutor, *, before: datetime, limit: Batch) -> list[UUID]:
    """Part of `purge`: the next entities."""
    ...


@query
async def lock_entities(on: AdminExecutor, *, ids: Ids, before: datetime | None = None) -> list[UUID]:
    """Part of whatever removes entities: locks them."""
    ...


@query
async def remove_entities(on: AdminExecutor, *, ids: Ids) -> list[TableRows]:
    """Part of whatever removes entities."""
    ...


async def remove_knowledge_of_user(tx: AdminTransaction, user_id: UUID) -> RowCounts:
    """Part of `erase_user`: a batch of what is known of the user; nothing when nothing is left. Raises UnderLegalHold."""
    if events := await events_of_user(tx, user_id=user_id, limit=LARGEST_BATCH):
        return await remove_some_events(tx, events)
    return {}


async def remove_knowledge_of_organization(tx: AdminTransaction) -> RowCounts:
    """Part of `erase_organization`: a batch of what is known; nothing when nothing is left. Raises UnderLegalHold."""
    if events := await events_of_organization(tx, limit=LARGEST_BATCH):
        return await remove_some_events(tx, events)
    if entities := await entities_of_organization(tx, limit=LARGEST_BATCH):
        return counted(await remove_entities(tx, ids=await lock_entities(tx, ids=entities)))
    return {}


async def purge_deleted_knowledge(tx: AdminTransaction, before: datetime) -> RowCounts:
    """Part of `purge`: a batch of entities that were deleted before a time; else nothing."""
    chosen = await deleted_entities(tx, before=before, limit=LARGEST_BATCH)
    ids = await lock_entities(tx, ids=chosen, before=before) if chosen else []
    return counted(await remove_entities(tx, ids=ids)) if ids else {}
