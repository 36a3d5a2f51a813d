"""Purging deleted and expired rows permanently, and clearing old sessions and events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from memdb import audit
from memdb.engine.executor import AdminExecutor, AdminTransaction
from memdb.engine.inputs import Ids, check_for
from memdb.engine.own import query
from memdb.retention.counting import LARGEST_BATCH, Batch, Progress, Purge, RowCounts, add_counts
from memdb.retention.holding import hold_on_organization, holds, lock_organization, refuse
from memdb.retention.removing import Removals, key_of, next_rows, removals, remove_some

_SESSIONS_AT_ONCE = 20
_check_batch = check_for("batch", Batch)
_check_deleted_before = check_for("deleted_before", datetime)


@query
async def old_sessions(on: AdminExecutor, *, idle_since: datetime, agent_id: UUID | None, limit: Batch) -> list[UUID]:
    """Part of `clear_old_sessions`: the next sessions."""
    ...


@query
async def still_idle(on: AdminExecutor, *, ids: Ids, idle_since: datetime) -> list[UUID]:
    """Part of `clear_old_sessions`, once they are locked."""
    ...


@query
async def old_events(on: AdminExecutor, *, occurred_before: datetime, agent_id: UUID | None, limit: Batch) -> list[UUID]:
    """Part of `clear_old_events`: the next events."""
    ...


async def purge(on: AdminExecutor, *, deleted_before: datetime, batch: int = LARGEST_BATCH, progress: Progress | None = None) -> Purge:
    """Remove permanently what was deleted before a time, with its parts, in every table with a `deleted_at`, and expired memories.

    Accounts stay: organizations, users, agents and roles. Entities stay as long as there are facts about them. Works in batches of up to
    1,000 rows of a table, each a transaction of its own. It can be interrupted at any time, and called again to continue. `progress` is
    called with the number of the table's rows in each batch, not counting their parts, once it is committed. Rows of users and agents under
    a legal hold are skipped. Raises UnderLegalHold if the whole organization is under one, NotFound for an unknown organization,
    InvalidInput for a time in the future.
    """
    _check_batch(batch, 0)
    before = _check_deleted_before(deleted_before, 0)
    plan, kept = await _begin(on)
    tables = plan.tables_for("ended")
    total: RowCounts = {}

    async def choose(tx: AdminTransaction, table: str) -> list[str]:
        return await plan.choose(tx, "ended", table, before, plan.at_once(table, batch))

    while tables:
        async with on.transaction() as tx:
            await _guard(tx)
            if (found := await next_rows(tx, tables, choose)) is None:
                break
            removed = await remove_some(tx, plan, *found, before=before)
            if removed:
                await _record(tx, "organization.purge", "before", before, removed)
                add_counts(total, removed)
        if removed and progress is not None:
            progress(removed.get(found[0]) or sum(removed.values()))
    return Purge(total, kept)


async def clear_old_sessions(
    on: AdminExecutor, *, idle_since: datetime, agent_id: UUID | None = None, progress: Progress | None = None
) -> Purge:
    """Remove permanently the sessions without activity since a time, whether active, closed or archived, of one agent or of all.

    Their messages, summaries, checkpoints and events are removed with them; observations and memories from them stay. Works in batches of
    up to 1,000 messages, each a transaction of its own. It can be interrupted at any time, and called again to continue. `progress` is
    called with the number of rows removed by each batch. Sessions of users and agents under a legal hold are skipped.

    Raises UnderLegalHold if the whole organization is under one, NotFound for an unknown organization, InvalidInput for a time in the
    future.
    """
    plan, kept = await _begin(on)
    since: RowCounts = {}

    async def clear(tx: AdminTransaction) -> RowCounts | None:
        chosen = await old_sessions(tx, idle_since=idle_since, agent_id=agent_id, limit=_SESSIONS_AT_ONCE)
        if not chosen:
            return None
        await plan.lock(tx, "sessions", [key_of(id) for id in chosen])
        idle = await still_idle(tx, ids=chosen, idle_since=idle_since)
        removed = await remove_some(tx, plan, "sessions", [key_of(id) for id in idle])
        add_counts(since, removed)
        if removed.get("sessions"):
            await _record(tx, "organization.clear_sessions", "idle_since", idle_since, since)
            since.clear()
        return removed

    return await _clear(on, clear, kept, progress)


async def clear_old_events(
    on: AdminExecutor, *, occurred_before: datetime, agent_id: UUID | None = None, progress: Progress | None = None
) -> Purge:
    """Remove permanently the events that happened before a time, of one agent or of all.

    What was learnt from them stays: the references of facts and insights to them are cleared. Works in batches of up to 1,000 events, each
    a transaction of its own. It can be interrupted at any time, and called again to continue. `progress` is called with the number of rows
    removed by each batch. Events of users and agents under a legal hold are skipped.

    Raises UnderLegalHold if the whole organization is under one, NotFound for an unknown organization, InvalidInput for a time in the
    future.
    """
    plan, kept = await _begin(on)

    async def clear(tx: AdminTransaction) -> RowCounts | None:
        chosen = await old_events(tx, occurred_before=occurred_before, agent_id=agent_id, limit=LARGEST_BATCH)
        if not chosen:
            return None
        removed = await remove_some(tx, plan, "events", [key_of(id) for id in chosen])
        if removed:
            await _record(tx, "organization.clear_events", "occurred_before", occurred_before, removed)
        return removed

    return await _clear(on, clear, kept, progress)


async def _begin(on: AdminExecutor) -> tuple[Removals, list[str]]:
    """The statements to use, and the names of the holds that keep some rows."""
    async with on.transaction() as tx:
        await lock_organization(tx)
        return await removals(tx), [each.name for each in await holds(tx) if each.user_id or each.agent_id]


async def _guard(tx: AdminTransaction) -> None:
    await lock_organization(tx)
    refuse(await hold_on_organization(tx))


async def _clear(
    on: AdminExecutor, clear: Callable[[AdminTransaction], Awaitable[RowCounts | None]], kept: list[str], progress: Progress | None
) -> Purge:
    """Clear batch by batch, until `clear` returns None."""
    total: RowCounts = {}
    while True:
        async with on.transaction() as tx:
            await _guard(tx)
            removed = await clear(tx)
        if removed is None:
            return Purge(total, kept)
        add_counts(total, removed)
        if progress is not None:
            progress(sum(removed.values()))


async def _record(tx: AdminTransaction, action: str, limit: str, at: datetime, rows: RowCounts) -> None:
    await audit.record(tx, action=action, resource_type="organization", details={limit: at.isoformat(), "rows": rows})
