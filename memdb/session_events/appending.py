"""Appending events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta

from memdb.engine.arguments import items_of
from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, check_for, each_checked
from memdb.engine.own import query
from memdb.errors import InvalidInput, NotFound
from memdb.session_events.structs import Kind, NewSessionEvent, SessionEvent

_LARGEST_BATCH: Final = 1000

_check_id = check_for("id", UUID | None)


@query(again=True)
async def insert(
    on: Executor,
    *,
    session_id: UUID,
    # Lists with the names of the items' fields, so that errors name the field.
    id: Annotated[list[UUID | None], Meta(max_length=1000)],
    kind: Annotated[list[Kind], Meta(max_length=1000)],
    data: Annotated[list[JsonObject], Meta(max_length=1000)],
) -> list[SessionEvent]:
    """Part of `append` and `append_many`."""
    ...


async def append(on: Executor, *, session_id: UUID, kind: str, data: JsonObject | None = None, id: UUID | None = None) -> SessionEvent:
    """Append an event: `kind` of 1 to 64 characters, `data` a JSON object of at most 65,536 bytes, `id` None for a new UUIDv7.

    With an `id`, it can be retried safely, even concurrently: an event of this session with this id, kind and data is returned unchanged,
    even if the session has since been closed. Only within a transaction does the loser of a race for an id get AlreadyExists.

    Writers of one session wait for one another until they commit, so append last in a transaction.

    Raises InvalidInput, NotFound for an unknown session, AlreadyExists if another event has this `id`, SessionClosed, WritesRefused.
    """
    (event,) = await append_many(on, session_id=session_id, items=[NewSessionEvent(kind, data, id)])
    return event


async def append_many(on: Executor, *, session_id: UUID, items: Iterable[NewSessionEvent]) -> list[SessionEvent]:
    """`append` for up to 1,000 items, all or none, in one statement.

    The results are in the order of the items, and new events are numbered without gaps.
    """
    items = items_of(items, NewSessionEvent, at_most=_LARGEST_BATCH)
    if not items:
        return []
    ids = each_checked(items, lambda item: _check_id(item.id, 0))
    if len(set(ids) - {None}) < len(ids) - ids.count(None):
        raise InvalidInput("id", "must not be that of two items")
    kinds = [item.kind for item in items]
    data = [{} if item.data is None else item.data for item in items]
    events = await insert(on, session_id=session_id, id=ids, kind=kinds, data=data)
    if not events:
        raise NotFound("session", session_id)
    return events
