"""Erasing a user or a whole organization permanently, with a receipt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from memdb.engine.cursors import Cursor
from memdb.engine.executor import AdminExecutor, AdminTransaction
from memdb.engine.inputs import JsonObject, Limit, check_for
from memdb.engine.own import query
from memdb.errors import InvalidInput, NotFound, TenantRequired
from memdb.retention.counting import LARGEST_BATCH, Progress, RowCounts
from memdb.retention.holding import hold_on_anything, lock_organization, refuse
from memdb.retention.removing import Removals, Statement, key_of, next_rows, of_tenant, of_user, removals, remove_some

_check_org_id = check_for("org_id", UUID)
_check_user_id = check_for("user_id", UUID)


class Erasure(msgspec.Struct, frozen=True):
    """The receipt of an erasure: of a user, or of the organization if `user_id` is None. `rows` are the rows removed so far, by table.

    It exists from the beginning; `finished_at` is None while something is left to erase.
    """

    id: UUID
    org_id: UUID
    user_id: UUID | None
    rows: RowCounts
    erased_by: str | None
    begun_at: datetime
    finished_at: datetime | None


@query(absent="organization")
async def close_organization(on: AdminExecutor) -> int:
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
async def erasures(
    on: AdminExecutor, *, of_org_id: UUID | None = None, before: Erasure | Cursor | UUID | None = None, limit: Limit = 50
) -> list[Erasure]:
    """The receipts of all erasures, or of one organization's, newest first; on `db.admin()`."""
    ...


async def erase_user(on: AdminExecutor, *, user_id: UUID, dry_run: bool = False, progress: Progress | None = None) -> RowCounts:
    """Remove a user permanently, and return the number of rows removed, by table.

    This removes the user's row and API tokens, and, in every table of the tenant's, the rows with this `user_id` and those that refer to a
    row of the user's, with their parts.

    - `dry_run` counts and removes nothing. A receipt (`erasures`) and entries in the audit log remain. `progress` is called with the number
      of rows of each batch, once it is committed.
    - Legal holds on the user that have ended are removed, too. Agents that the user created stay, without a creator.
    - Names that callers gave as actor stay in histories and the audit log, so use ids as actors, not names.
    - It can be interrupted at any time, and called again to continue: the result and the receipt count the rows removed by all calls.

    Raises UnderLegalHold if the organization, the user, or an agent with rows of the user's is under a hold; NotFound.
    """
    user_id = _check_user_id(user_id, 0)
    statements = await of_user(on)
    if dry_run:
        refuse(await _hold_on_user(on, statements, user_id))
        return _found(await _count(on, statements, "count_of_user", user_id), "user", user_id)
    plan = await removals(on, statements)

    async def guard(tx: AdminTransaction) -> None:
        await lock_organization(tx)
        refuse(await _hold_on_user(tx, statements, user_id))

    async def begin(tx: AdminTransaction) -> None:
        if not await plan.lock(tx, "users", [key_of(user_id)]):
            raise NotFound("user", user_id)

    async def choose(tx: AdminTransaction, table: str) -> list[str]:
        return await plan.choose(tx, "of_user", table, user_id, LARGEST_BATCH)

    return await _erase(on, plan, _Erasing("user", user_id, user_id, "of_user", guard, begin, choose), progress)


async def erase_organization(on: AdminExecutor, *, org_id: UUID, dry_run: bool = False, progress: Progress | None = None) -> RowCounts:
    """Remove the organization permanently, with its rows in every table, and return the number of rows removed, by table.

    `org_id` must be that of `on`, as a confirmation. `dry_run` counts and removes nothing. From the beginning, the organization takes no
    writes and can no longer be restored. Otherwise `erase_user` describes the details, but the audit log is removed, too. Raises
    UnderLegalHold if any hold is in force, NotFound, TenantRequired, InvalidInput.
    """
    if on.org_id is None:
        raise TenantRequired("retention.erase_organization works on one tenant's rows: call it on db.admin(org_id)")
    if _check_org_id(org_id, 0) != on.org_id:
        raise InvalidInput("org_id", "must be that of the executor: erasing is for good")
    statements = await of_tenant(on)
    if dry_run:
        refuse(await hold_on_anything(on))
        return _found(await _count(on, statements, "count_of_tenant"), "organization", on.org_id)
    plan = await removals(on, statements)

    async def guard(tx: AdminTransaction) -> None:
        await lock_organization(tx)
        refuse(await hold_on_anything(tx))

    async def begin(tx: AdminTransaction) -> None:
        await close_organization(tx)

    async def choose(tx: AdminTransaction, table: str) -> list[str]:
        return await plan.choose(tx, "of_tenant", table, LARGEST_BATCH)

    return await _erase(on, plan, _Erasing("organization", org_id, None, "of_tenant", guard, begin, choose), progress)


class _Erasing(NamedTuple):
    """What is erased: its kind and id, the user's id, and the purpose of the statements.

    `guard` begins each transaction, `begin` the first; `choose` selects rows.
    """

    kind: str
    id: UUID
    user_id: UUID | None
    purpose: str
    guard: Callable[[AdminTransaction], Awaitable[None]]
    begin: Callable[[AdminTransaction], Awaitable[None]]
    choose: Callable[[AdminTransaction, str], Awaitable[list[str]]]


async def _erase(on: AdminExecutor, plan: Removals, erasing: _Erasing, progress: Progress | None) -> RowCounts:
    """Erase in many transactions, so that none is long.

    The last one locks the user or organization itself and removes it with the rows added meanwhile.
    """
    root = f"{erasing.kind}s"
    tables = [table for table in plan.tables_for(erasing.purpose) if table != root]
    async with on.transaction() as tx:
        await erasing.guard(tx)
        await erasing.begin(tx)
        await begin_erasure(tx, user_id=erasing.user_id)
    left = tables.copy()
    while left:
        async with on.transaction() as tx:
            await erasing.guard(tx)
            removed = await _remove_next(tx, plan, erasing, left)
        if removed and progress is not None:
            progress(removed)
    async with on.transaction() as tx:
        await erasing.guard(tx)
        await plan.lock(tx, root, [key_of(erasing.id)])
        left = tables.copy()
        while left:
            await _remove_next(tx, plan, erasing, left)
        rows = await remove_some(tx, plan, root, [key_of(erasing.id)], of_whom=erasing.kind)
        await add_to_erasure(tx, user_id=erasing.user_id, rows=rows)
        return (await finish_erasure(tx, user_id=erasing.user_id)).rows


async def _remove_next(tx: AdminTransaction, plan: Removals, erasing: _Erasing, tables: list[str]) -> int:
    """Remove a batch of the remaining rows of these tables, and return its size. Empty tables are taken off the list."""
    if (found := await next_rows(tx, tables, erasing.choose)) is None:
        return 0
    rows = await remove_some(tx, plan, *found, of_whom=erasing.kind)
    if rows:
        await add_to_erasure(tx, user_id=erasing.user_id, rows=rows)
    return sum(rows.values())


async def _hold_on_user(on: AdminExecutor, statements: list[Statement], user_id: UUID) -> str | None:
    """The name of a hold that forbids it: on the organization, on the user, or on an agent with rows of the user's."""
    (text,) = [each.text for each in statements if each.purpose == "hold_on_user"]
    ((name,),) = await on._fetch(text, [on.org_id, user_id])
    found: str | None = name
    return found


async def _count(on: AdminExecutor, statements: list[Statement], purpose: str, *arguments: Any) -> RowCounts:
    """The counts by table, without zeros."""
    (text,) = [each.text for each in statements if each.purpose == purpose]
    return {record["table_name"]: record["rows"] for record in await on._fetch(text, [on.org_id, *arguments]) if record["rows"]}


def _found(rows: RowCounts, kind: str, key: object) -> RowCounts:
    if f"{kind}s" not in rows:
        raise NotFound(kind, key)
    return rows
