"""Profiles and triples that are to go: their part of purges and erasures."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.engine.executor import AdminExecutor, AdminTransaction
from memdb.engine.inputs import Ids
from memdb.engine.own import query
from memdb.retention.counting import LARGEST_BATCH, Batch, RowCounts, TableRows, counted

_PROFILES_AT_ONCE = 100


@query
async def triples_of_user(on: AdminExecutor, *, user_id: UUID, limit: Batch) -> list[UUID]:
    """Part of `erase_user`: the next triples."""
    ...


@query
async def triples_of_organization(on: AdminExecutor, *, limit: Batch) -> list[UUID]:
    """Part of `erase_organization`: the next triples."""
    ...


@query
async def deleted_triples(on: AdminExecutor, *, before: datetime, limit: Batch) -> list[UUID]:
    """Part of `purge`: the next triples."""
    ...


@query
async def remove_triples(on: AdminExecutor, *, ids: Ids, before: datetime | None = None) -> list[TableRows]:
    """Part of whatever removes triples."""
    ...


@query
async def profiles_of_organization(on: AdminExecutor, *, limit: Batch) -> list[UUID]:
    """Part of `erase_organization`: the users with the next profiles."""
    ...


@query
async def deleted_profiles(on: AdminExecutor, *, before: datetime, limit: Batch) -> list[UUID]:
    """Part of `purge`: the users with the next profiles."""
    ...


@query
async def remove_profiles(on: AdminExecutor, *, user_ids: Ids, before: datetime | None = None) -> list[TableRows]:
    """Part of whatever removes profiles."""
    ...


async def remove_profile_of_user(tx: AdminTransaction, user_id: UUID) -> RowCounts:
    """A batch of a user's triples, or the profile; else nothing."""
    if ids := await triples_of_user(tx, user_id=user_id, limit=LARGEST_BATCH):
        return counted(await remove_triples(tx, ids=ids))
    return counted(await remove_profiles(tx, user_ids=[user_id]))


async def remove_profiles_of_organization(tx: AdminTransaction) -> RowCounts:
    """A batch of the organization's triples, or of its users' profiles; else nothing."""
    if ids := await triples_of_organization(tx, limit=LARGEST_BATCH):
        return counted(await remove_triples(tx, ids=ids))
    user_ids = await profiles_of_organization(tx, limit=_PROFILES_AT_ONCE)
    return counted(await remove_profiles(tx, user_ids=user_ids)) if user_ids else {}


async def purge_deleted_profiles(tx: AdminTransaction, before: datetime) -> RowCounts:
    """A batch of triples that were deleted before a time, or of profiles; else nothing."""
    if ids := await deleted_triples(tx, before=before, limit=LARGEST_BATCH):
        return counted(await remove_triples(tx, ids=ids, before=before))
    user_ids = await deleted_profiles(tx, before=before, limit=_PROFILES_AT_ONCE)
    return counted(await remove_profiles(tx, user_ids=user_ids, before=before)) if user_ids else {}
