"""Cold storage: moving sessions' messages out of the main tables, and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import msgspec

from memdb.engine.executor import AdminExecutor
from memdb.engine.inputs import Limit, check_for
from memdb.engine.own import query
from memdb.sessions import Session

Progress: TypeAlias = Callable[[int], None]

_SESSIONS_AT_ONCE = 100
_check_batch = check_for("batch", Limit)


class Archived(msgspec.Struct, frozen=True):
    """The number of archived sessions, and of their messages."""

    sessions: int
    messages: int


@query
async def archivable(on: AdminExecutor, *, idle_since: datetime, agent_id: UUID | None, limit: Limit) -> list[UUID]:
    """Part of `archive`: the next sessions."""
    ...


@query
async def begin(on: AdminExecutor, *, id: UUID, idle_since: datetime) -> bool:
    """Part of `archive`: after this, nothing is written to the session."""
    ...


@query
async def move_out(on: AdminExecutor, *, id: UUID, limit: Limit) -> int:
    """Part of `archive`."""
    ...


async def archive(
    on: AdminExecutor, *, idle_since: datetime, agent_id: UUID | None = None, batch: int = 1000, progress: Progress | None = None
) -> Archived:
    """Archive the sessions, active or closed, without activity since a time, of one agent or of all.

    Works in batches of up to 1,000 messages, each a transaction of its own. It can be interrupted at any time, and called again to
    continue; a session can be read while it is being moved. `progress` is called with the number of messages of each batch. Concurrent
    calls share the work. Raises InvalidInput.
    """
    _check_batch(batch, 0)
    sessions = messages = 0
    while ids := await archivable(on, idle_since=idle_since, agent_id=agent_id, limit=_SESSIONS_AT_ONCE):
        for id in ids:
            if not await begin(on, id=id, idle_since=idle_since):
                continue
            sessions += 1
            moved = batch
            while moved == batch:
                moved = await move_out(on, id=id, limit=batch)
                messages += moved
                if progress is not None:
                    progress(moved)
    return Archived(sessions, messages)


@query(absent="archived session", key="id")
async def begin_return(on: AdminExecutor, *, id: UUID) -> UUID:
    """Part of `restore`."""
    ...


@query
async def move_in(on: AdminExecutor, *, id: UUID, limit: Limit) -> int:
    """Part of `restore`."""
    ...


@query(absent="archived session", key="id")
async def finish_return(on: AdminExecutor, *, id: UUID) -> Session:
    """Part of `restore`."""
    ...


async def restore(on: AdminExecutor, *, id: UUID, batch: int = 1000, progress: Progress | None = None) -> Session:
    """Restore a cold-archived session as it was: its status, its messages in order, and their embeddings, except in dropped spaces.

    Works in batches like `archive`, and can be interrupted and called again, too. The words of messages are recomputed in the
    organization's current language. Raises NotFound for a session that is not cold-archived.
    """
    _check_batch(batch, 0)
    await begin_return(on, id=id)
    while moved := await move_in(on, id=id, limit=batch):
        if progress is not None:
            progress(moved)
    return await finish_return(on, id=id)
