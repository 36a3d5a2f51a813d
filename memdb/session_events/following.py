"""Reading, and following what is to come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb.engine.executor import Executor, Transaction
from memdb.engine.inputs import Limit, check_for
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.session_events.structs import Number, Progress, SessionEvent

Poll: TypeAlias = Annotated[float, Meta(ge=0.01, le=3600)]

_LARGEST_PAGE: Final = 1000

_check_after = check_for("after", Number)
_check_poll = check_for("poll", Poll)


@query
async def after(on: Executor, *, session_id: UUID, number: Number = 0, limit: Limit = 1000) -> list[SessionEvent]:
    """The session's events after a number, in order: to go on, give the last one's. None is missing, whoever is writing meanwhile."""
    ...


@query(absent="session")
async def progress(on: Executor, *, session_id: UUID) -> Progress:
    """How far the session's events have come. Raises NotFound."""
    ...


_read_after = after


async def tail(on: Executor, *, session_id: UUID, after: int = 0, poll: float = 0.5) -> AsyncIterator[SessionEvent]:
    """The session's events after a number, each once and in order, and then those to come, until the session is closed and all are told.

        async for event in session_events.tail(tenant, session_id=id, after=seen):
            ...

    To resume, give the last event's number as `after`. It asks every `poll` seconds (0.01 to 3,600), for one row while nothing is new, and
    holds no connection in between: any number of readers may follow, through any pooler. Not for a transaction, which would stay open.

    Raises at the first step, InvalidInput, NotFound for an unknown session; later NotFound if it is deleted, and whatever a read raises.
    """
    if isinstance(on, Transaction):
        raise InvalidInput("on", "must not be a transaction: it would stay open while nothing happens")
    number: int = _check_after(after, 0)
    pause: float = _check_poll(poll, 0)
    while True:
        # In this order: what is closed before the events are read has no others.
        found = await progress(on, session_id=session_id)
        events: list[SessionEvent] = []
        if found.last_event > number:
            events = await _read_after(on, session_id=session_id, number=number, limit=_LARGEST_PAGE)
        for event in events:
            yield event
            number = event.number
        if len(events) == _LARGEST_PAGE:
            continue
        if not found.is_open:
            return
        await asyncio.sleep(pause)
