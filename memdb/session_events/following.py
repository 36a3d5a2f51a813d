"""Reading and following events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor, Transaction
from memdb.engine.inputs import Limit, check_for
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.session_events.structs import Number, Progress, SessionEvent

Poll: TypeAlias = Annotated[float, Meta(ge=0.01, le=3600)]

_LARGEST_PAGE: Final = 1000
_END: Final = 2**31 - 1

_check_after = check_for("after", Number)
_check_poll = check_for("poll", Poll)


@query
async def page_of_newest(on: Executor, *, session_id: UUID, before: SessionEvent | Cursor | Number, limit: Limit) -> list[SessionEvent]:
    """Part of `page`: backward."""
    ...


@query
async def page_of_oldest(on: Executor, *, session_id: UUID, after: SessionEvent | Cursor | Number, limit: Limit) -> list[SessionEvent]:
    """Part of `page`: forward."""
    ...


async def page(
    on: Executor,
    *,
    session_id: UUID,
    before: SessionEvent | Cursor | int | None = None,
    after: SessionEvent | Cursor | int | None = None,
    limit: int = 50,
) -> list[SessionEvent]:
    """A session's events, always in order: the last `limit`; those just before `before`; or those after `after`, 0 for the beginning.

    To page backward, pass the page's first event as `before`; to page forward, its last event as `after`. None is missed, even if others
    are writing. `limit` is 1 to 1,000. Raises InvalidInput, also if both are given.
    """
    if after is None:
        newest = await page_of_newest(on, session_id=session_id, before=_END if before is None else before, limit=limit)
        return newest[::-1]
    if before is not None:
        raise InvalidInput("after", "and before must not be given together")
    return await page_of_oldest(on, session_id=session_id, after=after, limit=limit)


@query
async def count(on: Executor, *, session_id: UUID) -> int:
    """The number of the session's events."""
    ...


@query(absent="session")
async def progress(on: Executor, *, session_id: UUID) -> Progress:
    """The session's progress. Raises NotFound."""
    ...


async def tail(on: Executor, *, session_id: UUID, after: int = 0, poll: float = 0.5) -> AsyncIterator[SessionEvent]:
    """The session's events after a number, each once and in order, then new ones, until the session is closed and all are returned.

        async for event in session_events.tail(tenant, session_id=id, after=seen):
            ...

    To resume, pass the last event's number as `after`. It polls every `poll` seconds (0.01 to 3,600), reading one row while nothing is new,
    and holds no connection in between: any number of readers may follow, through any pooler. Not for a transaction, which would stay open.

    Raises, at the first step, InvalidInput and NotFound for an unknown session; later, NotFound if it is deleted, and whatever a read
    raises.
    """
    if isinstance(on, Transaction):
        raise InvalidInput("on", "must not be a transaction: it would stay open while nothing happens")
    number: int = _check_after(after, 0)
    pause: float = _check_poll(poll, 0)
    while True:
        # In this order: if the session was closed before the events are read, there will be no others.
        found = await progress(on, session_id=session_id)
        events: list[SessionEvent] = []
        if found.last_event > number:
            events = await page_of_oldest(on, session_id=session_id, after=number, limit=_LARGEST_PAGE)
        for event in events:
            yield event
            number = event.number
        if len(events) == _LARGEST_PAGE:
            continue
        if not found.is_open:
            return
        await asyncio.sleep(pause)
