"""Adding events and storing their embeddings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Unpack
from uuid import UUID

from memdb.engine.arguments import Columns, items_of, unpacking
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding
from memdb.engine.own import query
from memdb.errors import NotFound
from memdb.events.structs import Event, EventDetails, NewEvent

_LARGEST_BATCH: Final = 1000
_COLUMNS: Final = Columns(NewEvent)


@query(again=True)
async def insert(on: Executor, *, agent_id: UUID, **columns: Annotated[list[Any], _COLUMNS]) -> list[Event]:
    """Part of `add` and `add_many`. Each list has one element per event."""
    ...


@unpacking(defaults=NewEvent)
async def add(on: Executor, *, agent_id: UUID, content: str, **details: Unpack[EventDetails]) -> Event:
    """Add an event: `content` (1 to 8,192 characters) says what happened. It cannot be changed later.

    - `embedding`: of the database's dimension. None leaves the event to a background embedder (`unembedded`, `embed`).
    - `source`: 1 to 32 characters; None means "api". `speaker`: 1 to 128 characters. `emotion`: 1 to 32; `energy`: 1 to 16.
    - `importance`: 0 to 1; None means 0.5. `emotion_intensity`: 0 to 1.
    - `trace`: a JSON object of at most 65,536 bytes. `occurred_at`: None means now.
    - `id`: None means a new UUIDv7. If the agent has an event with this id and content, it is returned unchanged, so `add` can be retried
      safely.

    Raises InvalidInput, NotFound for an unknown agent, session or user, AlreadyExists if something else has this `id`, WritesRefused.
    """
    item = NewEvent(content=content, **details)
    return (await add_many(on, agent_id=agent_id, items=[item]))[0]


async def add_many(on: Executor, *, agent_id: UUID, items: Iterable[NewEvent]) -> list[Event]:
    """`add` for up to 1,000 items of one agent, all or none, in one round trip; the results are in the order of the items.

    Items with the same id and content give the same event. Raises as `add` does.
    """
    items = items_of(items, NewEvent, at_most=_LARGEST_BATCH)
    if not items:
        return []
    added = await insert(on, agent_id=agent_id, **_COLUMNS.of(items))
    if not added:
        raise NotFound("agent", agent_id)
    return added


@query
async def embed(on: Executor, *, id: UUID, embedding: Embedding) -> bool:
    """Store the embedding of an event's content, replacing any previous one. Returns False if there is no such event.

    `embed.many` takes a batch. Raises InvalidInput, WritesRefused.
    """
    ...
