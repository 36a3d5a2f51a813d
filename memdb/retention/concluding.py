"""Clusters, insights and intentions that are to go: their part of purges and erasures."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.engine.executor import AdminExecutor, AdminTransaction
from memdb.engine.inputs import Ids
from memdb.engine.own import query
from memdb.retention.counting import LARGEST_BATCH, Batch, RowCounts, TableRows, counted
from memdb.retention.holding import refuse


@query
async def clusters_of_organization(on: AdminExecutor, *, limit: Batch) -> list[UUID]:
    """Part of `erase_organization`: the next clusters."""
    ...


@query
async def insights_of_organization(on: AdminExecutor, *, limit: Batch) -> list[UUID]:
    """Part of `erase_organization`: the next insights."""
    ...


@query
async def intentions_of_organization(on: AdminExecutor, *, limit: Batch) -> list[UUID]:
    """Part of `erase_organization`: the next intentions."""
    ...


@query
async def insights_of_user(on: AdminExecutor, *, user_id: UUID, limit: Batch) -> list[UUID]:
    """Part of `erase_user`: the next insights."""
    ...


@query
async def intentions_of_user(on: AdminExecutor, *, user_id: UUID, limit: Batch) -> list[UUID]:
    """Part of `erase_user`: the next intentions."""
    ...


@query
async def deleted_clusters(on: AdminExecutor, *, before: datetime, limit: Batch) -> list[UUID]:
    """Part of `purge`: the next clusters."""
    ...


@query
async def deleted_insights(on: AdminExecutor, *, before: datetime, limit: Batch) -> list[UUID]:
    """Part of `purge`: the next insights."""
    ...


@query
async def deleted_intentions(on: AdminExecutor, *, before: datetime, limit: Batch) -> list[UUID]:
    """Part of `purge`: the next intentions."""
    ...


@query
async def hold_on_conclusions(on: AdminExecutor, *, ids: Ids) -> str | None:
    """Part of whatever removes clusters, insights or intentions: the name of a hold that forbids it."""
    ...


@query
async def remove_clusters(on: AdminExecutor, *, ids: Ids, before: datetime | None = None) -> list[TableRows]:
    """Part of whatever removes clusters."""
    ...


@query
async def remove_insights(on: AdminExecutor, *, ids: Ids, before: datetime | None = None) -> list[TableRows]:
    """Part of whatever removes insights."""
    ...


@query
async def remove_intentions(on: AdminExecutor, *, ids: Ids, before: datetime | None = None) -> list[TableRows]:
    """Part of whatever removes intentions."""
    ...


async def remove_conclusions_of_user(tx: AdminTransaction, user_id: UUID) -> RowCounts:
    """Part of `erase_user`: a batch of insights about the user or of intentions; nothing when nothing is left. Raises UnderLegalHold."""
    if intentions := await intentions_of_user(tx, user_id=user_id, limit=LARGEST_BATCH):
        refuse(await hold_on_conclusions(tx, ids=intentions))
        return counted(await remove_intentions(tx, ids=intentions))
    if insights := await insights_of_user(tx, user_id=user_id, limit=LARGEST_BATCH):
        refuse(await hold_on_conclusions(tx, ids=insights))
        return counted(await remove_insights(tx, ids=insights))
    return {}


async def remove_conclusions_of_organization(tx: AdminTransaction) -> RowCounts:
    """Part of `erase_organization`, which no hold forbids by then: a batch of one kind; nothing when nothing is left."""
    if intentions := await intentions_of_organization(tx, limit=LARGEST_BATCH):
        return counted(await remove_intentions(tx, ids=intentions))
    if insights := await insights_of_organization(tx, limit=LARGEST_BATCH):
        return counted(await remove_insights(tx, ids=insights))
    if clusters := await clusters_of_organization(tx, limit=LARGEST_BATCH):
        return counted(await remove_clusters(tx, ids=clusters))
    return {}


async def purge_deleted_conclusions(tx: AdminTransaction, before: datetime) -> RowCounts:
    """Part of `purge`: a batch of one kind that was deleted before a time; else nothing."""
    if intentions := await deleted_intentions(tx, before=before, limit=LARGEST_BATCH):
        return counted(await remove_intentions(tx, ids=intentions, before=before))
    if insights := await deleted_insights(tx, before=before, limit=LARGEST_BATCH):
        return counted(await remove_insights(tx, ids=insights, before=before))
    if clusters := await deleted_clusters(tx, before=before, limit=LARGEST_BATCH):
        return counted(await remove_clusters(tx, ids=clusters, before=before))
    return {}
