"""Adding events, and their embeddings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from memdb.engine.executor import Executor, Transaction
from memdb.engine.inputs import Content, Embedding, JsonObject
from memdb.engine.own import query
from memdb.errors import AlreadyExists, InvalidInput, NotFound
from memdb.events.structs import Emotion, Energy, Event, Importance, Intensity, NewEvent, Source, Speaker

_LARGEST_BATCH: Final = 1000


@query
async def insert(
    on: Executor,
    *,
    agent_id: UUID,
    content: list[Content],
    embedding: list[Embedding | None],
    source: list[Source | None],
    speaker: list[Speaker | None],
    importance: list[Importance | None],
    emotion: list[Emotion | None],
    emotion_intensity: list[Intensity | None],
    energy: list[Energy | None],
    trace: list[JsonObject | None],
    occurred_at: list[datetime | None],
    session_id: list[UUID | None],
    user_id: list[UUID | None],
    id: list[UUID | None],
) -> list[Event]:
    """Part of `add` and `add_many`: each list has an element for each event."""
    ...


async def add(
    on: Executor,
    *,
    agent_id: UUID,
    content: str,
    embedding: Embedding | None = None,
    source: str | None = None,
    speaker: str | None = None,
    importance: float | None = None,
    emotion: str | None = None,
    emotion_intensity: float | None = None,
    energy: str | None = None,
    trace: JsonObject | None = None,
    occurred_at: datetime | None = None,
    session_id: UUID | None = None,
    user_id: UUID | None = None,
    id: UUID | None = None,
) -> Event:
    """Add an event: `content` (1 to 8,192 characters) says what happened. It stays as it is.

    - `embedding`: of the database's dimension; None leaves the event to a background embedder (`unembedded`, `embed`).
    - `source`: 1 to 32 characters, None means "api". `speaker`: 1 to 128 characters. `emotion`: 1 to 32; `energy`: 1 to 16.
    - `importance`: 0 to 1, None means 0.5. `emotion_intensity`: 0 to 1.
    - `trace`: a JSON object of at most 65,536 bytes. `occurred_at`: None means now.
    - `id`: None means a new UUIDv7. If the agent has an event with this id and content, that one is returned as it is: so an add may be
      repeated safely.

    Raises InvalidInput, NotFound for an unknown agent, session or user, AlreadyExists if something else has this `id`, WritesRefused.
    """
    item = NewEvent(
        content=content,
        embedding=embedding,
        source=source,
        speaker=speaker,
        importance=importance,
        emotion=emotion,
        emotion_intensity=emotion_intensity,
        energy=energy,
        trace=trace,
        occurred_at=occurred_at,
        session_id=session_id,
        user_id=user_id,
        id=id,
    )
    return (await add_many(on, agent_id=agent_id, items=[item]))[0]


async def add_many(on: Executor, *, agent_id: UUID, items: Iterable[NewEvent]) -> list[Event]:
    """`add` for up to 1,000 items of one agent, all or none, in one round trip; results in the order of the items.

    Items with the same id and content give the same event. Raises as `add` does.
    """
    items = list(islice(items, _LARGEST_BATCH + 1)) if isinstance(items, Iterable) else [items]
    if not all(isinstance(item, NewEvent) for item in items):
        raise InvalidInput("items", "must be NewEvent objects")
    if len(items) > _LARGEST_BATCH:
        raise InvalidInput("items", f"must be at most {_LARGEST_BATCH} at a time")
    if not items:
        return []
    arguments: dict[str, Any] = {name: [getattr(item, name) for item in items] for name in NewEvent.__struct_fields__}
    arguments["agent_id"] = agent_id
    try:
        added = await insert(on, **arguments)
    except AlreadyExists:
        if isinstance(on, Transaction):
            raise
        # Another writer of an id may have committed between our look and our insert; if its content is ours, this finds it.
        added = await insert(on, **arguments)
    if not added:
        raise NotFound("agent", agent_id)
    return added


@query
async def embed(on: Executor, *, id: UUID, embedding: Embedding) -> bool:
    """Store the embedding of an event's content, in place of the one there is, if any. False if there is no such event.

    `embed.many` takes a batch. Raises InvalidInput, WritesRefused.
    """
    ...
