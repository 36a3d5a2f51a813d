"""Erasing: a user or a whole organization goes for good, and a receipt stays."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import msgspec

from memdb.errors import InvalidInput, NotFound, TenantRequired
from memdb.executor import AdminExecutor
from memdb.inputs import JsonObject, Limit, check_for
from memdb.query import query
from memdb.retention.holding import hold_on_anything, hold_on_user, lock_organization, refuse
from memdb.retention.purging import LARGEST_BATCH, Batch, Progress, RowCounts, TableRows, add, remove_memories
from memdb.transaction import AdminTransaction

_check_org_id = check_for("org_id", UUID)


class Erasure(msgspec.Struct, frozen=True):
    """The receipt of an erasure: of a user, or of the organization where `user_id` is None; rows removed by table,
    by the call that finished it."""

    id: UUID
    org_id: UUID
    user_id: UUID | None
    rows: RowCounts
    erased_by: str | None
    erased_at: datetime


@query(absent="user")
async def lock_user(on: AdminExecutor, *, user_id: UUID) -> UUID:
    """Part of `erase_user`."""
    ...


@query
async def lock_members(on: AdminExecutor) -> int:
    """Part of `erase_organization`."""
    ...


@query(absent="organization")
async def close_organization(on: AdminExecutor) -> int:
    """Part of `erase_organization`."""
    ...


@query
async def memories_of_user(on: AdminExecutor, *, user_id: UUID, limit: Batch) -> list[UUID]:
    """Part of `erase_user`: the next memories."""
    ...


@query
async def memories_of_organization(on: AdminExecutor, *, limit: Batch) -> list[UUID]:
    """Part of `erase_organization`: the next memories."""
    ...


@query
async def remove_user(on: AdminExecutor, *, user_id: UUID) -> list[TableRows]:
    """Part of `erase_user`."""
    ...


@query
async def remove_organization(on: AdminExecutor) -> list[TableRows]:
    """Part of `erase_organization`."""
    ...


@query
async def count_of_user(on: AdminExecutor, *, user_id: UUID) -> list[TableRows]:
    """Part of `erase_user`: what it would remove."""
    ...


@query
async def count_of_organization(on: AdminExecutor) -> list[TableRows]:
    """Part of `erase_organization`: what it would remove."""
    ...


@query
async def record_erasure(on: AdminExecutor, *, user_id: UUID | None, rows: JsonObject) -> Erasure:
    """Part of both erasures: the receipt."""
    ...


@query
async def erasures(on: AdminExecutor, *, of_org_id: UUID | None = None, before: UUID | None = None, limit: Limit = 50) -> list[Erasure]:
    """The receipts of all erasures, or of one organization's, newest first; on `db.admin()`."""
    ...


async def erase_user(on: AdminExecutor, *, user_id: UUID, dry_run: bool = False, progress: Progress | None = None) -> RowCounts:
    """Remove a user for good: the row, the API tokens, and every memory with this `user_id` and what hangs on it. Rows removed, by table.

    - `dry_run` counts and removes nothing. A receipt stays (`erasures`), and an audit entry. `progress` is called with the number of
      memories removed by each batch.
    - Legal holds on the user that have ended go along; agents that the user created stay, without a creator.
    - Names that callers gave as actor stay in histories and the audit log: let an actor be an id, not a name.
    - It may be stopped at any time, and called again to go on; the user's row goes last.

    Raises UnderLegalHold if the organization, the user, or an agent with memories of the user is under one; NotFound.
    """
    if dry_run:
        refuse(await hold_on_user(on, user_id=user_id))
        return _found(add({}, await count_of_user(on, user_id=user_id)), "user", user_id)

    async def guard(tx: AdminTransaction) -> None:
        await lock_organization(tx)
        refuse(await hold_on_user(tx, user_id=user_id))

    async def choose(tx: AdminTransaction) -> list[UUID]:
        return await memories_of_user(tx, user_id=user_id, limit=LARGEST_BATCH)

    async def finish(tx: AdminTransaction) -> None:
        await lock_user(tx, user_id=user_id)
        await _remove_all(tx, choose, total, progress)
        add(total, await remove_user(tx, user_id=user_id))
        await record_erasure(tx, user_id=user_id, rows=total)

    total: RowCounts = {}
    await _erase(on, guard, choose, finish, total, progress)
    return total


async def erase_organization(on: AdminExecutor, *, org_id: UUID, dry_run: bool = False, progress: Progress | None = None) -> RowCounts:
    """Remove the organization for good, with all that it has in every table. Rows removed, by table.

    `org_id` must be that of `on`: say it twice. `dry_run` counts and removes nothing. The organization takes no writes from the beginning;
    it may be stopped at any time, and called again to go on. A receipt stays (`erasures`).
    `progress` is as in `erase_user`. Raises UnderLegalHold if any hold is in force, NotFound, TenantRequired, InvalidInput.
    """
    if on.org_id is None:
        raise TenantRequired("retention.erase_organization works on one tenant's rows: call it on db.admin(org_id)")
    if _check_org_id(org_id, 0) != on.org_id:
        raise InvalidInput("org_id", "must be that of the executor: erasing is for good")
    if dry_run:
        refuse(await hold_on_anything(on))
        return _found(add({}, await count_of_organization(on)), "organization", on.org_id)

    async def guard(tx: AdminTransaction) -> None:
        await lock_organization(tx)
        refuse(await hold_on_anything(tx))

    async def choose(tx: AdminTransaction) -> list[UUID]:
        return await memories_of_organization(tx, limit=LARGEST_BATCH)

    async def finish(tx: AdminTransaction) -> None:
        await lock_members(tx)
        await _remove_all(tx, choose, total, progress)
        add(total, await remove_organization(tx))
        await record_erasure(tx, user_id=None, rows=total)

    async with on.transaction() as tx:
        await guard(tx)
        await close_organization(tx)
    total: RowCounts = {}
    await _erase(on, guard, choose, finish, total, progress)
    return total


_Step: TypeAlias = Callable[[AdminTransaction], Awaitable[None]]
_Choice: TypeAlias = Callable[[AdminTransaction], Awaitable[list[UUID]]]


async def _erase(on: AdminExecutor, guard: _Step, choose: _Choice, finish: _Step, total: RowCounts, progress: Progress | None) -> None:
    """Most memories in transactions of their own, so that none is long; the last ones with what they refer to, which is locked then."""
    while True:
        async with on.transaction() as tx:
            await guard(tx)
            if await _remove(tx, await choose(tx), total, progress) < LARGEST_BATCH:
                break
    async with on.transaction() as tx:
        await guard(tx)
        await finish(tx)


async def _remove_all(tx: AdminTransaction, choose: _Choice, total: RowCounts, progress: Progress | None) -> None:
    while await _remove(tx, await choose(tx), total, progress):
        pass


async def _remove(tx: AdminTransaction, ids: list[UUID], total: RowCounts, progress: Progress | None) -> int:
    if ids:
        add(total, await remove_memories(tx, ids=ids))
        if progress is not None:
            progress(len(ids))
    return len(ids)


def _found(counted: RowCounts, kind: str, key: object) -> RowCounts:
    if counted[f"{kind}s"] == 0:
        raise NotFound(kind, key)
    return counted
