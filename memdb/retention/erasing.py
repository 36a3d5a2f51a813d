"""Erasing: a user or a whole organization goes for good, and a receipt stays."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from memdb.engine.executor import AdminExecutor, AdminTransaction
from memdb.engine.inputs import JsonObject, Limit, check_for
from memdb.engine.own import query
from memdb.errors import InvalidInput, NotFound, TenantRequired
from memdb.retention.concluding import remove_conclusions_of_organization, remove_conclusions_of_user
from memdb.retention.conversing import (
    remove_observations_of_organization,
    remove_observations_of_user,
    remove_sessions_of_organization,
    remove_sessions_of_user,
)
from memdb.retention.counting import LARGEST_BATCH, Batch, Progress, RowCounts, TableRows, counted
from memdb.retention.holding import hold_on_anything, hold_on_user, lock_organization, refuse
from memdb.retention.knowing import remove_knowledge_of_organization, remove_knowledge_of_user
from memdb.retention.learning import remove_facts_of_organization, remove_facts_of_user
from memdb.retention.profiling import remove_profile_of_user, remove_profiles_of_organization
from memdb.retention.purging import remove_memories_of_organization, remove_memories_of_user

_check_org_id = check_for("org_id", UUID)


class Erasure(msgspec.Struct, frozen=True):
    """The receipt of an erasure: of a user, or of the organization where `user_id` is None. `rows` were removed so far, by table.

    It is there from the beginning; `finished_at` is None while there is something left to erase.
    """

    id: UUID
    org_id: UUID
    user_id: UUID | None
    rows: RowCounts
    erased_by: str | None
    begun_at: datetime
    finished_at: datetime | None


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
async def remove_audit_entries(on: AdminExecutor, *, limit: Batch) -> list[TableRows]:
    """Part of `erase_organization`."""
    ...


@query
async def begin_erasure(on: AdminExecutor, *, user_id: UUID | None) -> None:
    """Part of both erasures."""
    ...


@query
async def add_to_erasure(on: AdminExecutor, *, user_id: UUID | None, rows: JsonObject) -> None:
    """Part of both erasures."""
    ...


@query(absent="erasure under way", key="user_id")
async def finish_erasure(on: AdminExecutor, *, user_id: UUID | None) -> Erasure:
    """Part of both erasures."""
    ...


@query
async def erasures(on: AdminExecutor, *, of_org_id: UUID | None = None, before: UUID | None = None, limit: Limit = 50) -> list[Erasure]:
    """The receipts of all erasures, or of one organization's, newest first; on `db.admin()`."""
    ...


async def erase_user(on: AdminExecutor, *, user_id: UUID, dry_run: bool = False, progress: Progress | None = None) -> RowCounts:
    """Remove a user for good: the row, the API tokens, the profile, and all memories, sessions, observations, events, facts, insights,
    intentions and triples with this `user_id`, with what hangs on them. Rows removed, by table.

    - `dry_run` counts and removes nothing. A receipt stays (`erasures`), and entries in the audit log. `progress` is called with the
      number of rows removed by each batch, once that is committed.
    - Legal holds on the user that have ended go along; agents that the user created stay, without a creator.
    - Names that callers gave as actor stay in histories and the audit log: let an actor be an id, not a name.
    - It may be stopped at any time, and called again to go on: the result and the receipt count what all calls removed.

    Raises UnderLegalHold if the organization, the user, or an agent with memories of the user is under one; NotFound.
    """
    if dry_run:
        refuse(await hold_on_user(on, user_id=user_id))
        return _found(counted(await count_of_user(on, user_id=user_id)), "user", user_id)

    async def guard(tx: AdminTransaction) -> None:
        await lock_organization(tx)
        refuse(await hold_on_user(tx, user_id=user_id))

    async def begin(tx: AdminTransaction) -> None:
        await lock_user(tx, user_id=user_id)

    async def remove(tx: AdminTransaction) -> RowCounts:
        for remove_some in _OF_USER:
            if removed := await remove_some(tx, user_id):
                return removed
        return {}

    async def finish(tx: AdminTransaction) -> RowCounts:
        return counted(await remove_user(tx, user_id=user_id))

    return await _erase(on, _Steps(user_id, guard, begin, remove, begin, finish), progress)


async def erase_organization(on: AdminExecutor, *, org_id: UUID, dry_run: bool = False, progress: Progress | None = None) -> RowCounts:
    """Remove the organization for good, with all that it has in every table. Rows removed, by table.

    `org_id` must be that of `on`: say it twice. `dry_run` counts and removes nothing. The organization takes no writes from the beginning,
    and cannot be restored any more; `erase_user` says what else there is to know, but the audit log goes, too.
    Raises UnderLegalHold if any hold is in force, NotFound, TenantRequired, InvalidInput.
    """
    if on.org_id is None:
        raise TenantRequired("retention.erase_organization works on one tenant's rows: call it on db.admin(org_id)")
    if _check_org_id(org_id, 0) != on.org_id:
        raise InvalidInput("org_id", "must be that of the executor: erasing is for good")
    if dry_run:
        refuse(await hold_on_anything(on))
        return _found(counted(await count_of_organization(on)), "organization", on.org_id)

    async def guard(tx: AdminTransaction) -> None:
        await lock_organization(tx)
        refuse(await hold_on_anything(tx))

    async def begin(tx: AdminTransaction) -> None:
        await close_organization(tx)

    async def remove(tx: AdminTransaction) -> RowCounts:
        for remove_some in _OF_ORGANIZATION:
            if removed := await remove_some(tx):
                return removed
        return counted(await remove_audit_entries(tx, limit=LARGEST_BATCH))

    async def prepare(tx: AdminTransaction) -> None:
        await lock_members(tx)

    async def finish(tx: AdminTransaction) -> RowCounts:
        return counted(await remove_organization(tx))

    return await _erase(on, _Steps(None, guard, begin, remove, prepare, finish), progress)


class _Steps(NamedTuple):
    """An erasure: `guard` begins each of its transactions, `begin` the first one, `prepare` and `finish` are about the last one. `remove`
    removes a batch and counts its rows, none when nothing is left."""

    user_id: UUID | None
    guard: Callable[[AdminTransaction], Awaitable[None]]
    begin: Callable[[AdminTransaction], Awaitable[None]]
    remove: Callable[[AdminTransaction], Awaitable[RowCounts]]
    prepare: Callable[[AdminTransaction], Awaitable[None]]
    finish: Callable[[AdminTransaction], Awaitable[RowCounts]]


async def _erase(on: AdminExecutor, steps: _Steps, progress: Progress | None) -> RowCounts:
    """Most in transactions of their own, so that none is long; what came meanwhile with what it refers to, which is locked then."""
    async with on.transaction() as tx:
        await steps.guard(tx)
        await steps.begin(tx)
        await begin_erasure(tx, user_id=steps.user_id)
    removed = 1
    while removed:
        async with on.transaction() as tx:
            await steps.guard(tx)
            removed = await _remove(tx, steps)
        if removed and progress is not None:
            progress(removed)
    async with on.transaction() as tx:
        await steps.guard(tx)
        await steps.prepare(tx)
        while await _remove(tx, steps):
            pass
        await add_to_erasure(tx, user_id=steps.user_id, rows=await steps.finish(tx))
        return (await finish_erasure(tx, user_id=steps.user_id)).rows


async def _remove(tx: AdminTransaction, steps: _Steps) -> int:
    rows = await steps.remove(tx)
    removed = sum(rows.values())
    if removed:
        await add_to_erasure(tx, user_id=steps.user_id, rows=rows)
    return removed


# What refers to something goes before it.
_OF_USER = (
    remove_conclusions_of_user,
    remove_facts_of_user,
    remove_profile_of_user,
    remove_observations_of_user,
    remove_memories_of_user,
    remove_knowledge_of_user,
    remove_sessions_of_user,
)
_OF_ORGANIZATION = (
    remove_conclusions_of_organization,
    remove_facts_of_organization,
    remove_profiles_of_organization,
    remove_observations_of_organization,
    remove_memories_of_organization,
    remove_knowledge_of_organization,
    remove_sessions_of_organization,
)


def _found(rows: RowCounts, kind: str, key: object) -> RowCounts:
    if f"{kind}s" not in rows:
        raise NotFound(kind, key)
    return rows
