"""Events of sessions: what happened, in order, for whoever replays or follows it. They are only ever appended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from itertools import islice
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.executor import Executor, Transaction
from memdb.engine.inputs import JsonObject, Limit, check_for
from memdb.engine.own import query
from memdb.errors import AlreadyExists, InvalidInput, NotFound

Kind: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Number: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Poll: TypeAlias = Annotated[float, Meta(ge=0.01, le=3600)]

_LARGEST_BATCH: Final = 1000
_LARGEST_PAGE: Final = 1000

_check_id = check_for("id", UUID | None)
_check_after = check_for("after", Number)
_check_poll = check_for("poll", Poll)


class SessionEvent(msgspec.Struct, frozen=True):
    """One event of a session. `number` counts from 1 without gaps, in the order in which the events became visible.

    `created_at` is when the writer's transaction began: of events that were appended at once, a later one may be the older.
    """

    session_id: UUID
    number: int
    id: UUID
    kind: str
    data: JsonObject
    created_at: datetime


class NewSessionEvent(msgspec.Struct, frozen=True):
    """What `append_many` takes: the arguments of `append`."""

    kind: str
    data: JsonObject | None = None
    id: UUID | None = None


class Progress(msgspec.Struct, frozen=True):
    """The number of a session's last event, 0 before the first, and whether it takes more."""

    last_event: int
    is_open: bool


@query
async def insert(
    on: Executor,
    *,
    session_id: UUID,
    # Lists, named for what is in them: so errors name the item's field.
    id: Annotated[list[UUID | None], Meta(max_length=1000)],
    kind: Annotated[list[Kind], Meta(max_length=1000)],
    data: Annotated[list[JsonObject], Meta(max_length=1000)],
) -> list[SessionEvent]:
    """Part of `append` and `append_many`. Two writers of one id at the same instant may see AlreadyExists; they settle that."""
    ...


async def append(on: Executor, *, session_id: UUID, kind: str, data: JsonObject | None = None, id: UUID | None = None) -> SessionEvent:
    """Append an event: `kind` of 1 to 64 characters, `data` a JSON object of at most 65,536 bytes, `id` None for a new UUIDv7.

    With an `id` it may be repeated safely, also by several tasks at once: an event of this session with this id, kind and data is returned
    as it is, even if the session was closed since. Only inside a transaction, the loser of a race for an id gets AlreadyExists.

    Writers of one session wait for one another until they commit: in a transaction, append last.

    Raises InvalidInput, NotFound for an unknown session, AlreadyExists if another event has this `id`, SessionClosed, WritesRefused.
    """
    (event,) = await append_many(on, session_id=session_id, items=[NewSessionEvent(kind, data, id)])
    return event


async def append_many(on: Executor, *, session_id: UUID, items: Iterable[NewSessionEvent]) -> list[SessionEvent]:
    """`append` for up to 1,000 items, all or none, in one statement: results in the order of the items, new ones numbered without a gap."""
    items = list(islice(items, _LARGEST_BATCH + 1)) if isinstance(items, Iterable) else [items]
    if not all(isinstance(item, NewSessionEvent) for item in items):
        raise InvalidInput("items", "must be NewSessionEvent objects")
    if len(items) > _LARGEST_BATCH:
        raise InvalidInput("items", f"must be at most {_LARGEST_BATCH} at a time")
    if not items:
        return []
    ids = [_check_id(item.id, 0) for item in items]
    callers = [id for id in ids if id is not None]
    if len(set(callers)) < len(callers):
        raise InvalidInput("id", "must not be that of two items")
    kinds = [item.kind for item in items]
    data = [{} if item.data is None else item.data for item in items]
    try:
        events = await insert(on, session_id=session_id, id=ids, kind=kinds, data=data)
    except AlreadyExists:
        if not callers or isinstance(on, Transaction):
            raise
        # Another writer of these ids may have committed between our look and our insert; if it says the same, this finds it.
        events = await insert(on, session_id=session_id, id=ids, kind=kinds, data=data)
    if not events:
        raise NotFound("session", session_id)
    return events


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
