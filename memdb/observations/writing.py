"""Adding, changing and ending observations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Final, Unpack
from uuid import UUID

from memdb.engine.arguments import Columns, items_of, unpacking
from memdb.engine.clearing import Clear
from memdb.engine.executor import Executor
from memdb.engine.inputs import Content, Embedding, Ids, JsonObject, Version, check_for, each_checked
from memdb.engine.own import query
from memdb.errors import NotFound
from memdb.observations.structs import (
    Emotion,
    Entities,
    Intensity,
    MessageIds,
    NewObservation,
    Observation,
    ObservationDetails,
    RelativeOffset,
    Topic,
)

_LARGEST_BATCH: Final = 1000
_COLUMNS: Final = Columns(NewObservation, but=("entities", "message_ids"))

_check_entities = check_for("entities", Entities)
_check_message_ids = check_for("message_ids", MessageIds)


@query(again=True)
async def insert(
    on: Executor, *, agent_id: UUID, mentioned: list[JsonObject], **columns: Annotated[list[Any], _COLUMNS]
) -> list[Observation]:
    """Part of `add` and `add_many`.

    Each list has one element per observation; `mentioned` has its entities and message_ids.
    """
    ...


@unpacking(defaults=NewObservation)
async def add(
    on: Executor,
    *,
    agent_id: UUID,
    content: str,
    entities: list[str] | None = None,
    message_ids: list[UUID] | None = None,
    **details: Unpack[ObservationDetails],
) -> Observation:
    """Note `content` (1 to 8,192 characters).

    - `embedding`: of the database's dimension. None leaves the observation to a background embedder (`unembedded`, `embed`).
    - `topic`: 1 to 64 characters. `entities`: at most 50 keys of 1 to 200 characters. `message_ids`: at most 100; whether the messages
      exist is not checked.
    - `observed_at`: None means now. `relative_offset`: 1 to 64 characters. `emotion`: 1 to 32; `emotion_intensity`: 0 to 1.
    - `metadata`: a JSON object of at most 8,192 bytes.
    - `id`: None means a new UUIDv7. If the agent has a live observation with this id and content, it is returned unchanged, so `add` can be
      retried safely. Pages are sorted by id.

    Raises InvalidInput, NotFound for an unknown agent, session or user, AlreadyExists if something else has this `id`, WritesRefused.
    """
    item = NewObservation(
        content=content,
        entities=[] if entities is None else entities,
        message_ids=[] if message_ids is None else message_ids,
        **details,
    )
    return (await add_many(on, agent_id=agent_id, items=[item]))[0]


async def add_many(on: Executor, *, agent_id: UUID, items: Iterable[NewObservation]) -> list[Observation]:
    """`add` for up to 1,000 items of one agent, all or none, in one round trip; the results are in the order of the items.

    Items with the same id and content give the same observation. Raises as `add` does.
    """
    items = items_of(items, NewObservation, at_most=_LARGEST_BATCH)
    if not items:
        return []
    mentioned = each_checked(items, _mentioned)
    added = await insert(on, agent_id=agent_id, mentioned=mentioned, **_COLUMNS.of(items))
    if not added:
        raise NotFound("agent", agent_id)
    return added


def _mentioned(item: NewObservation) -> JsonObject:
    # A list cannot be an element of an array, because PostgreSQL requires all rows of an array to have the same length.
    return {
        "entities": _check_entities(item.entities, 0),
        "message_ids": [str(each) for each in _check_message_ids(item.message_ids, 0)],
    }


@query
async def update(
    on: Executor,
    *,
    id: UUID,
    expected_version: Version | None = None,
    content: Content | None = None,
    embedding: Embedding | Clear | None = None,
    topic: Topic | Clear | None = None,
    entities: Entities | None = None,
    message_ids: MessageIds | None = None,
    observed_at: datetime | None = None,
    referenced_at: datetime | Clear | None = None,
    relative_offset: RelativeOffset | Clear | None = None,
    emotion: Emotion | Clear | None = None,
    emotion_intensity: Intensity | Clear | None = None,
    metadata: JsonObject | None = None,
) -> Observation:
    """Change the given fields, whatever the status. None leaves a field unchanged, CLEAR empties it.

    Lists and `metadata` are replaced as a whole. Changing the content without giving a new embedding drops the old one, as does CLEAR.
    Raises NotFound, VersionConflict (nothing is changed), InvalidInput, WritesRefused.
    """
    ...


@query(absent="observation among ids and into_id")
async def merge(on: Executor, *, ids: Ids, into_id: UUID, expected_version: Version | None = None) -> Observation:
    """Merge the active observations `ids` into the active observation `into_id` of the same agent, and return that; all or none.

    They become merged, and `into_id` gets their entities and message_ids in addition to its own. Those already merged into it are left
    alone. If all are, nothing changes, whatever `expected_version` is, so a merge can be retried safely. `expected_version` refers to
    `into_id`.

    Raises NotFound if one of them does not exist; InvalidInput if `into_id` is not active or is among `ids`, if they belong to several
    agents, or if it would have more than 50 entities or 100 message_ids; InvalidTransition if one of the others is dismissed or merged into
    another, so there is never a cycle; VersionConflict, WritesRefused.
    """
    ...


@query
async def dismiss(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Observation:
    """Dismiss an active observation permanently. Raises NotFound, InvalidTransition, VersionConflict, WritesRefused."""
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete an observation of any status and return its new version. `restore` undoes it.

    Raises NotFound, VersionConflict, WritesRefused for a suspended tenant.
    """
    ...


@query(absent="deleted observation", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Observation:
    """Restore a deleted observation with its previous status.

    Raises NotFound if no deleted observation has this id, VersionConflict, WritesRefused.
    """
    ...


@query
async def embed(on: Executor, *, id: UUID, version: Version, embedding: Embedding) -> bool:
    """Store the embedding of the content that was read at `version`.

    Returns False, and stores nothing, if the observation has changed or disappeared since. Its version stays, because the content has not
    changed. `embed.many` takes a batch. Raises InvalidInput, WritesRefused.
    """
    ...
