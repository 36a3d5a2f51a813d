"""Asserting: a new fact meets those that there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Unpack
from uuid import UUID

from memdb.engine.arguments import Columns, items_of, unpacking
from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, JsonValue, check_for
from memdb.engine.own import query
from memdb.errors import NotFound
from memdb.facts.structs import Asserted, Entities, FactDetails, NewFact

_LARGEST_BATCH: Final = 1000
_COLUMNS: Final = Columns(NewFact, but=("value", "entities"))

_check_entities = check_for("entities", Entities)
_check_value = check_for("value", JsonValue)


@query
async def insert(on: Executor, *, agent_id: UUID, said: list[JsonObject], **columns: Annotated[list[Any], _COLUMNS]) -> list[Asserted]:
    """Part of `assert_` and `assert_many`: each list has an element for each fact, `said` its value and entities."""
    ...


@unpacking(defaults=NewFact)
async def assert_(
    on: Executor, *, agent_id: UUID, entity_id: UUID, content: str, entities: list[UUID] | None = None, **details: Unpack[FactDetails]
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
    item = NewFact(entity_id=entity_id, content=content, entities=[] if entities is None else entities, **details)
    return (await assert_many(on, agent_id=agent_id, items=[item]))[0]


async def assert_many(on: Executor, *, agent_id: UUID, items: Iterable[NewFact]) -> list[Asserted]:
    """`assert_` for up to 1,000 facts of one agent, one after the other, all or none, in one round trip; results in the order of the items.

    Each meets what those before it have left; its result shows the fact as it was then. Raises as `assert_` does.
    """
    items = items_of(items, NewFact, at_most=_LARGEST_BATCH)
    if not items:
        return []
    asserted = await insert(on, agent_id=agent_id, said=[_said(item) for item in items], **_COLUMNS.of(items))
    if not asserted:
        raise NotFound("agent", agent_id)
    return asserted


def _said(item: NewFact) -> JsonObject:
    # What is or may be a list cannot be an element of an array, whose rows are all of one length.
    said: JsonObject = {"entities": [str(each) for each in _check_entities(item.entities, 0)]}
    return said if item.value is None else said | {"value": _check_value(item.value, 0)}
