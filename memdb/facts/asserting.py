"""Asserting facts against the existing ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Unpack
from uuid import UUID

from memdb.engine.arguments import Columns, items_of, unpacking
from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, JsonValue, check_for, each_checked
from memdb.engine.own import query
from memdb.errors import NotFound
from memdb.facts.structs import Asserted, Entities, FactDetails, NewFact

_LARGEST_BATCH: Final = 1000
_COLUMNS: Final = Columns(NewFact, but=("value", "entities"))

_check_entities = check_for("entities", Entities)
_check_value = check_for("value", JsonValue)


@query
async def insert(on: Executor, *, agent_id: UUID, said: list[JsonObject], **columns: Annotated[list[Any], _COLUMNS]) -> list[Asserted]:
    """Part of `assert_` and `assert_many`. Each list has one element per fact; `said` has its value and entities."""
    ...


@unpacking(defaults=NewFact)
async def assert_(
    on: Executor, *, agent_id: UUID, entity_id: UUID, content: str, entities: list[UUID] | None = None, **details: Unpack[FactDetails]
) -> Asserted:
    """Assert that `content` (1 to 8,192 characters) is true of an entity of the agent, and reconcile it with the agent's active facts.

    - If an active fact says the same and is valid for at least as long, it is confirmed: `confidence` and `importance` become the greater,
      `expires_at` the later, links to entities are added, and all else stays. The same means the same value or, without an attribute, the
      same content, compared as texts are (docs/knowledge.md). If the new fact is also valid at other times, it supersedes the old one.
    - If other facts of the attribute differ while both are valid, the attribute's conflict policy decides: see `attributes.Attribute`.
      Expired facts do not conflict. Edges whose evidence is superseded are invalidated.
    - The resulting validity does not depend on the order of arrival, except where two facts begin at the same moment. Old news that arrives
      late ends where a known fact begins. If it splits a known fact, the rest continues as a separate fact.
    - Concurrent assertions of one entity are serialized, and each sees the result of the one before.

    The parameters:

    - `attribute`: an unknown one is proposed. `value`: of the attribute's type, at most 8,192 bytes of JSON. Both or neither.
    - `valid_from`: None means the time at which the assertion gets its turn. `valid_until`: None means without end. `expires_at`: None
      means by the attribute's time to live.
    - `entities`: others that it names, at most 100. `link_named`: also entities whose name, of 3 characters or more, occurs in `content` as
      a separate word; this compares the names of all the agent's entities. A merged entity stands for the one that it was merged into.
    - `embedding`: of `content`, in the database's dimension. None leaves it to a background embedder (`unembedded`, `embed`). It is
      discarded if an older fact is confirmed.
    - `category`: 1 to 64 characters. `speaker`: 1 to 128. `context`: 1 to 512. `annotation`: 1 to 8,192.
    - `id`: None means a new UUIDv7. If the agent has a fact with this id that says the same, it is returned unchanged, so an assertion can
      be retried safely.

    Raises InvalidInput, also for a value of the wrong type and a retired attribute; NotFound for an unknown agent, entity, session, user or
    event; AlreadyExists if something else has this `id`; WritesRefused.
    """
    item = NewFact(entity_id=entity_id, content=content, entities=[] if entities is None else entities, **details)
    return (await assert_many(on, agent_id=agent_id, items=[item]))[0]


async def assert_many(on: Executor, *, agent_id: UUID, items: Iterable[NewFact]) -> list[Asserted]:
    """`assert_` for up to 1,000 facts of one agent, one after the other, all or none, in one round trip.

    The results are in the order of the items. Each assertion sees the results of those before it, and its result shows the fact as it was
    at that point. Raises as `assert_` does.
    """
    items = items_of(items, NewFact, at_most=_LARGEST_BATCH)
    if not items:
        return []
    asserted = await insert(on, agent_id=agent_id, said=each_checked(items, _said), **_COLUMNS.of(items))
    if not asserted:
        raise NotFound("agent", agent_id)
    return asserted


def _said(item: NewFact) -> JsonObject:
    # A list cannot be an element of an array, because PostgreSQL requires all rows of an array to have the same length.
    said: JsonObject = {"entities": [str(each) for each in _check_entities(item.entities, 0)]}
    return said if item.value is None else said | {"value": _check_value(item.value, 0)}
