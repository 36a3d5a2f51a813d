"""Asserting: a new fact meets those that there are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from memdb.attributes import Key
from memdb.engine.executor import Executor
from memdb.engine.inputs import Confidence, Content, Embedding, JsonObject, JsonValue, check_for
from memdb.engine.own import query
from memdb.errors import InvalidInput, NotFound
from memdb.facts.structs import Annotation, Asserted, Category, Context, Entities, NewFact, Speaker

_LARGEST_BATCH: Final = 1000

_check_entities = check_for("entities", Entities)
_check_value = check_for("value", JsonValue)


@query
async def insert(
    on: Executor,
    *,
    agent_id: UUID,
    id: list[UUID | None],
    entity_id: list[UUID],
    embedding: list[Embedding | None],
    session_id: list[UUID | None],
    user_id: list[UUID | None],
    event_id: list[UUID | None],
    valid_from: list[datetime | None],
    valid_until: list[datetime | None],
    expires_at: list[datetime | None],
    confidence: list[Confidence],
    importance: list[Confidence],
    sensitive: list[bool],
    needs_confirmation: list[bool],
    link_named: list[bool],
    attribute: list[Key | None],
    category: list[Category | None],
    speaker: list[Speaker | None],
    context: list[Context | None],
    content: list[Content],
    annotation: list[Annotation | None],
    said: list[JsonObject],
    metadata: list[JsonObject | None],
) -> list[Asserted]:
    """Part of `assert_` and `assert_many`: each list has an element for each fact, `said` its value and entities."""
    ...


async def assert_(
    on: Executor,
    *,
    agent_id: UUID,
    entity_id: UUID,
    content: str,
    attribute: str | None = None,
    value: JsonValue | None = None,
    embedding: Embedding | None = None,
    category: str | None = None,
    confidence: float = 0.8,
    importance: float = 0.5,
    sensitive: bool = False,
    needs_confirmation: bool = False,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    expires_at: datetime | None = None,
    entities: list[UUID] | None = None,
    link_named: bool = False,
    event_id: UUID | None = None,
    session_id: UUID | None = None,
    user_id: UUID | None = None,
    speaker: str | None = None,
    context: str | None = None,
    annotation: str | None = None,
    metadata: JsonObject | None = None,
    id: UUID | None = None,
) -> Asserted:
    """Say of an entity of the agent that `content` (1 to 8,192 characters) is true, and hold that against its active facts.

    - If one says the same and is valid for at least as long, that one is confirmed: `confidence` and `importance` become the greater,
      `expires_at` the later, links to entities are added, all else stays. The same is the same value, or without an attribute the same
      content, as texts are compared (docs/knowledge.md). If the new one is valid at other times, too, it takes the old one's place.
    - If others of the attribute differ while both are valid, the attribute's conflict policy decides: see `attributes.Attribute`. What has
      expired does not stand in the way. Edges whose evidence is superseded are invalidated.
    - The order of arrival does not matter, but where two begin at the same moment: what was true when comes out the same. Old news that
      arrives late ends where what is known begins. A fact that is parted by it goes on as a fact of its own.
    - Whoever asserts facts of one entity at the same time comes one after the other, and each sees what the one before has left.

    The parameters:

    - `attribute`: one that is not known is proposed. `value`: as its type wants; at most 8,192 bytes of JSON. Both or neither.
    - `valid_from`: None means now, once it is its turn; `valid_until`: None means without end. `expires_at`: None means by the attribute's
      time to live.
    - `entities`: others that it names, at most 100. `link_named`: also those whose name, of 3 characters or more, stands in `content` as a
      word of its own; it compares the names of all the agent's entities. A merged entity stands for the one that it was merged into.
    - `embedding`: of `content`, in the database's dimension; None leaves it to a background embedder (`unembedded`, `embed`). It is not
      kept if an older fact is confirmed.
    - `category`: 1 to 64 characters. `speaker`: 1 to 128. `context`: 1 to 512. `annotation`: 1 to 8,192.
    - `id`: None means a new UUIDv7. If the agent has a fact with this id that says the same, that one is returned as it is: so an
      assertion may be repeated safely.

    Raises InvalidInput, also for a value of the wrong type and a retired attribute; NotFound for an unknown agent, entity, session, user or
    event; AlreadyExists if something else has this `id`; WritesRefused.
    """
    item = NewFact(
        entity_id=entity_id,
        content=content,
        attribute=attribute,
        value=value,
        embedding=embedding,
        category=category,
        confidence=confidence,
        importance=importance,
        sensitive=sensitive,
        needs_confirmation=needs_confirmation,
        valid_from=valid_from,
        valid_until=valid_until,
        expires_at=expires_at,
        entities=[] if entities is None else entities,
        link_named=link_named,
        event_id=event_id,
        session_id=session_id,
        user_id=user_id,
        speaker=speaker,
        context=context,
        annotation=annotation,
        metadata=metadata,
        id=id,
    )
    return (await assert_many(on, agent_id=agent_id, items=[item]))[0]


async def assert_many(on: Executor, *, agent_id: UUID, items: Iterable[NewFact]) -> list[Asserted]:
    """`assert_` for up to 1,000 facts of one agent, one after the other, all or none, in one round trip; results in the order of the items.

    Each meets what those before it have left; its result shows the fact as it was then. Raises as `assert_` does.
    """
    items = list(islice(items, _LARGEST_BATCH + 1)) if isinstance(items, Iterable) else [items]
    if not all(isinstance(item, NewFact) for item in items):
        raise InvalidInput("items", "must be NewFact objects")
    if len(items) > _LARGEST_BATCH:
        raise InvalidInput("items", f"must be at most {_LARGEST_BATCH} at a time")
    if not items:
        return []
    inner = ("value", "entities")
    arguments: dict[str, Any] = {name: [getattr(item, name) for item in items] for name in NewFact.__struct_fields__ if name not in inner}
    asserted = await insert(on, agent_id=agent_id, said=[_said(item) for item in items], **arguments)
    if not asserted:
        raise NotFound("agent", agent_id)
    return asserted


def _said(item: NewFact) -> JsonObject:
    # What is or may be a list cannot be an element of an array, whose rows are all of one length.
    said: JsonObject = {"entities": [str(each) for each in _check_entities(item.entities, 0)]}
    return said if item.value is None else said | {"value": _check_value(item.value, 0)}
