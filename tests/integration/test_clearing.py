"""CLEAR empties every field that may be None, of every function that leaves a field as it is for None. `test_wrong_input.py` holds that all
else refuses it by name.
"""

from __future__ import annotations

import copy
import pickle
import re
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, get_args

import msgspec
import pytest

import memdb
from memdb import (
    CLEAR,
    attributes,
    audit,
    edges,
    entities,
    facts,
    insights,
    intentions,
    memories,
    messages,
    observations,
    organizations,
    relations,
    roles,
    sessions,
    triples,
    users,
)
from memdb.engine.clearing import without_clear
from memdb.engine.database import Database
from memdb.engine.executor import Executor
from memdb.engine.own import QUERIES
from memdb.engine.query import Query
from memdb.engine.rows import without_none
from memdb.errors import InvalidInput
from tests.conftest import Home, vector
from tests.samples import World, build, undone
from tests.server import fetch

# What is kept where nothing is given; as it is written with CLEAR and without.
_KEPT = re.compile(r"coalesce\(\s*(?::|excluded\.)(\w+)(?:::\w+)?,\s*(?:CASE\s+WHEN '\1' (?:<> ALL|= ANY)|\w+\.\1\b)")
# A fact has a value where it has an attribute, and keeps it.
_ALWAYS_THERE = {("facts.correct", "value")}
# A new memory, to which one that says the same gives what it lacks.
_NEW = "memories.keep_many"


class Field(NamedTuple):
    query: Query[..., Any]
    name: str


CHANGING = [query for query in QUERIES.values() if query.shape.is_struct and _KEPT.search(query.source) and query.name != _NEW]
UPSERTS = [query for query in CHANGING if re.search(r"coalesce\(\s*excluded\.", query.source)]
CLEARABLE = [Field(query, name) for query in CHANGING if query not in UPSERTS for name in query.clearable]


def test_what_may_be_cleared_is_what_may_be_none() -> None:
    """Of all functions that keep what is stored, which updates are, and some that take what may be there already."""
    assert {query.name for query in CHANGING} >= {name for name in QUERIES if name.endswith(".update")} - {"agents.update"}
    for query in CHANGING:
        may_be_none = {column.path for column in query.shape.columns if without_none(column.annotation)[1]}
        expected = {name for name in _KEPT.findall(query.source) if name in may_be_none and (query.name, name) not in _ALWAYS_THERE}
        if "embedding" in query._names and "FOR NO KEY UPDATE" in query.source and query.name != "facts.correct":
            expected.add("embedding")
        assert set(query.clearable) == expected, query.name


def _row(world: World, field: Field) -> dict[str, Any]:
    """The key of the row that is changed, and what the function wants besides."""
    area = field.query.name.partition(".")[0]
    ids = {
        "users": world.user_id,
        "roles": world.role.id,
        "sessions": world.session.id,
        "messages": world.message.id,
        "observations": world.observed.id,
        "entities": world.other_entity.id,
        "clusters": world.cluster.id,
        "facts": world.fact.id,
        "insights": world.insight.id,
        "intentions": world.called_off.id,
        "memories": world.live.id,
    }
    wanted: dict[str, Any] = {"content": f"Right {uuid.uuid4()}"} if field.query.name == "facts.correct" else {}
    return wanted | {"organizations": {}, "attributes": {"key": world.attribute}}.get(area, {"id": ids.get(area)})


def _value(world: World, field: Field) -> Any:
    """A value of the field's type, of a row that there is for a reference."""
    named = {
        "user_id": world.user_id,
        "session_id": world.session.id,
        "event_id": world.event.id,
        "directive_number": 1,
        "billing_email": "bills@example.com",
        "embedding": vector(3),
    }
    kind, _ = without_none(without_clear(field.query.annotations[field.name]))
    kind = get_args(kind)[0] if hasattr(kind, "__metadata__") else kind
    of_kind = {str: "Set.", float: 0.5, datetime: datetime.now(UTC) + timedelta(days=1), timedelta: timedelta(days=1)}
    return named[field.name] if field.name in named else of_kind[kind]


# What is set together: by a constraint, or so that it can be seen to go.
_TOGETHER = {
    ("users.update", "sso_provider"): {"sso_subject": "ada"},
    ("users.update", "sso_subject"): {"sso_provider": "example"},
    ("memories.update", "embedding_model"): {"embedding": vector(3)},
    ("entities.update", "summary"): {"embedding": vector(3)},
    ("intentions.update", "condition"): {"embedding": vector(3)},
}
# What goes with a field that is cleared.
_ALONG = {
    "embedding": {"embedded"},
    "summary": {"summarised_at", "embedded"},
    "profile": {"profiled_at"},
    "condition": {"embedded"},
}


async def _call(field: Field, on: Executor, given: dict[str, Any]) -> Any:
    arguments = dict.fromkeys(field.query._names) | given
    return await field.query.as_function()(on, **arguments)


async def _world(db: Database, home: Home) -> World:
    world = await build(db, home.tenant)
    # A timer, whose trigger does not need the condition.
    timer = await intentions.add(
        home.tenant, agent_id=world.agent_id, trigger="time", action="Wait", condition="late", due_at=datetime.now(UTC), embedding=vector(1)
    )
    return world._replace(called_off=timer)


async def _set_and_cleared(field: Field, world: World, on: Executor) -> None:
    what = f"{field.query.name}({field.name})"
    row, value = _row(world, field), _value(world, field)
    with_it = _TOGETHER.get((field.query.name, field.name), {})
    rows: list[Any] = []
    other_half = with_it.keys() - {"embedding"}
    for given in ({**with_it, field.name: value}, {}, dict.fromkeys({field.name, *other_half}, CLEAR), {}):
        rows.append(await _call(field, on, {**row, **given}))
        if "id" in row:
            row["id"] = rows[-1].id
    values = [(each.embedded or None) if field.name == "embedding" else getattr(each, field.name) for each in rows]
    assert values == [True if field.name == "embedding" else value] * 2 + [None] * 2, what
    if field.query.name != "facts.correct":
        kept, emptied = map(msgspec.structs.asdict, rows[1:3])
        changed = {name for name in kept if kept[name] != emptied[name]}
        assert changed - {"updated_at"} == {field.name, "version", *_ALONG.get(field.name, ()), *other_half} & kept.keys(), what
        assert emptied["version"] == kept["version"] + 1, what


async def test_a_field_is_set_and_cleared_and_nothing_else_changes(db: Database, home: Home) -> None:
    world = await _world(db, home)
    for field in CLEARABLE:
        if field.name != "due_at":
            on: Executor = db.admin(home.tenant.org_id) if field.query.name == "organizations.update" else home.tenant
            failed = await undone(lambda given, tx, field=field: _set_and_cleared(field, given, tx), world, on)  # type: ignore[misc]
            assert failed is None, field


# What changes whenever it is stated.
_PASSING = {"updated_at", "version", "weight", "assertions"}


class Stated(NamedTuple):
    """What may be there already: how it is stated, one and many at once, and what may be said of it and emptied."""

    one: Callable[..., Awaitable[Any]]
    many: Callable[..., Awaitable[list[Any]]] | None
    item: Any
    key: dict[str, Any]
    details: dict[str, Any]


def _stated(world: World) -> dict[str, Stated]:
    until = datetime.now(UTC) + timedelta(days=9)
    ends = {"source_id": world.other_entity.id, "target_id": world.entity.id, "type": "knows"}
    related = {"source_id": world.live.id, "target_id": world.other.id, "type": "contradicts"}
    triple = {"subject": "Ada", "predicate": "likes", "object": "tea"}
    said = {"fact_id": world.fact.id, "valid_until": until, "provenance": "letter"}
    return {
        "attributes.register": Stated(attributes.register, None, None, {"key": "city"}, {"reason": "asked", "example": "Oslo"}),
        "relations.add": Stated(relations.add, None, None, related, {"notes": "Both are old."}),
        "edges.upsert": Stated(edges.assert_, edges.assert_many, edges.NewEdge, ends, said),
        "triples.write": Stated(triples.assert_, triples.assert_many, triples.NewTriple, triple, {"confidence": 0.5, "source": "a letter"}),
    }


async def test_what_is_stated_again_keeps_what_is_not_said_and_loses_what_is_cleared(db: Database, home: Home) -> None:
    all_stated = _stated(await build(db, home.tenant))
    assert {query.name: set(query.clearable) for query in UPSERTS} == {name: set(each.details) for name, each in all_stated.items()}
    for stated in all_stated.values():
        for name, value in stated.details.items():
            given: tuple[dict[str, Any], ...] = ({name: CLEAR}, {name: value}, {}, {name: CLEAR}, {})
            rows = [await stated.one(home.tenant, **stated.key, **each) for each in given]
            assert [getattr(row, name) for row in rows] == [None, value, value, None, None], name
            kept, emptied = map(msgspec.structs.asdict, rows[2:4])
            assert {field for field in kept if kept[field] != emptied[field]} - _PASSING == {name}


async def test_of_a_batch_all_is_cleared_or_nothing(db: Database, home: Home) -> None:
    for stated in _stated(await build(db, home.tenant)).values():
        if stated.many is None:
            continue
        full = stated.item(**stated.key, **stated.details)
        (kept,) = await stated.many(home.tenant, items=[full])
        assert {name: getattr(kept, name) for name in stated.details} == stated.details
        empty = stated.item(**stated.key, **dict.fromkeys(stated.details, CLEAR))
        for row in await stated.many(home.tenant, items=[empty, empty]):
            assert {getattr(row, name) for name in stated.details} == {None}
        for name in stated.details:
            with pytest.raises(InvalidInput, match=f"{name} must be CLEAR for all items of a batch, or for none"):
                await stated.many(home.tenant, items=[full, msgspec.structs.replace(full, **{name: CLEAR})])


async def test_what_is_due_is_due_no_more(home: Home) -> None:
    tenant, agent = home
    soon = datetime.now(UTC) - timedelta(hours=1)
    meant = await intentions.add(tenant, agent_id=agent.id, trigger="topic", action="Ask", condition="tea", due_at=soon)
    assert (await intentions.update(tenant, id=meant.id, due_at=CLEAR)).due_at is None
    await intentions.update(tenant, id=meant.id, due_at=soon)
    await intentions.cancel(tenant, id=meant.id)
    assert (await intentions.reopen(tenant, id=meant.id, due_at=CLEAR)).due_at is None
    assert await intentions.due(tenant) == []
    with pytest.raises(InvalidInput, match="condition"):
        await intentions.update(tenant, id=meant.id, condition=CLEAR)
    timer = await intentions.add(tenant, agent_id=agent.id, trigger="time", action="Wake up", due_at=soon)
    with pytest.raises(InvalidInput, match="due_at"):
        await intentions.update(tenant, id=timer.id, due_at=CLEAR)


async def test_what_always_has_a_value_says_what_to_do_instead(home: Home) -> None:
    with pytest.raises(
        InvalidInput, match=r"content must not be CLEAR, for a message always has one: give another, or use messages\.delete"
    ):
        await messages.update(home.tenant, id=uuid.uuid4(), content=CLEAR)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="metadata must not be CLEAR, which is for what an update may empty: give a value, or None"):
        await messages.update(home.tenant, id=uuid.uuid4(), metadata=CLEAR)  # type: ignore[arg-type]


async def test_half_of_a_sign_on_is_refused(home: Home) -> None:
    ada = await users.create(home.tenant, email="ada@example.com", sso_provider="example", sso_subject="ada")
    with pytest.raises(InvalidInput, match="sso_subject"):
        await users.update(home.tenant, id=ada.id, sso_subject=CLEAR)
    gone = await users.update(home.tenant, id=ada.id, sso_provider=CLEAR, sso_subject=CLEAR)
    assert (gone.sso_provider, gone.sso_subject) == (None, None)
    assert await users.get_by_sso(home.tenant, sso_provider="example", sso_subject="ada") is None


async def test_a_cleared_embedding_is_found_no_more_and_can_be_given_again(db: Database, home: Home, dsn: str) -> None:
    world = await build(db, home.tenant)
    tenant = home.tenant
    memory = await memories.update(tenant, id=world.other.id, embedding=vector(7), embedding_model="tiny")
    await messages.update(tenant, id=world.message.id, embedding=vector(7))
    session = await sessions.get(tenant, id=world.session.id)
    await entities.update(tenant, id=world.other_entity.id, embedding=vector(7))
    emptied = {
        "memory": await memories.update(tenant, id=memory.id, embedding=CLEAR),
        "message": await messages.update(tenant, id=world.message.id, embedding=CLEAR),
        "observation": await observations.update(tenant, id=world.observed.id, embedding=CLEAR),
        "insight": await insights.update(tenant, id=world.insight.id, embedding=CLEAR),
        "entity": await entities.update(tenant, id=world.other_entity.id, embedding=CLEAR),
        "intention": await intentions.update(tenant, id=world.intention.id, embedding=CLEAR),
    }
    for kind, row in emptied.items():
        assert row.embedded is False, kind
        stored = fetch(dsn, f"SELECT embedding FROM memdb.{kind}_embeddings WHERE {kind}_id = '{row.id}'")
        assert stored == [(None,)], kind
    assert emptied["memory"].embedding_model is None
    assert memory.id in {each.id for each in await memories.unembedded(tenant)}
    assert world.observed.id in {each.id for each in await observations.unembedded(tenant)}
    assert world.intention.id in {each.id for each in await intentions.unembedded(tenant)}
    assert memory.id not in {hit.memory.id for hit in await memories.search(tenant, agent_id=world.agent_id, embedding=vector(7))}
    assert await memories.embed(tenant, id=memory.id, version=emptied["memory"].version, embedding=vector(7))
    assert memory.id in {hit.memory.id for hit in await memories.search(tenant, agent_id=world.agent_id, embedding=vector(7))}
    # Nothing that was said has changed.
    assert await sessions.get(tenant, id=world.session.id) == session


async def test_a_cleared_summary_takes_its_time_and_the_embedding_along(home: Home) -> None:
    tenant, agent = home
    (ada,) = await entities.see_many(tenant, agent_id=agent.id, items=[entities.Sighting(type="person", name="Ada")])
    full = await entities.update(tenant, id=ada.id, summary="A mathematician.", profile="Long.", embedding=vector(1))
    assert full.embedded
    empty = await entities.update(tenant, id=ada.id, summary=CLEAR, profile=CLEAR)
    assert not empty.embedded
    given = await entities.update(tenant, id=ada.id, summary="A poet.", summarised_at=CLEAR)
    assert given.summary == "A poet."


async def test_a_correction_empties_what_was_wrong(home: Home) -> None:
    tenant, agent = home
    (ada,) = await entities.see_many(tenant, agent_id=agent.id, items=[entities.Sighting(type="person", name="Ada")])
    await attributes.register(tenant, key="city", time_to_live=timedelta(days=30))
    until = datetime.now(UTC) + timedelta(days=5)
    asserted = await facts.assert_(
        tenant, agent_id=agent.id, entity_id=ada.id, content="Ada lives in Rome", attribute="city", value="Rome", valid_until=until
    )
    right = await facts.correct(tenant, id=asserted.fact.id, content="Ada lives in Rome for good", valid_until=CLEAR, expires_at=CLEAR)
    assert (right.valid_until, right.expires_at) == (None, None)
    assert right.value == "Rome"


async def test_what_is_cleared_is_written_down(db: Database, home: Home) -> None:
    tenant, agent = home
    until = datetime.now(UTC) + timedelta(days=1)
    memory = await memories.add(tenant, agent_id=agent.id, content="Rome", valid_until=until)
    await memories.update(tenant, id=memory.id, valid_until=CLEAR, reason="for good")
    newest = (await memories.versions(tenant, id=memory.id))[0]
    assert (newest.operation, newest.reason) == ("update", "for good")
    assert (await memories.update(tenant, id=memory.id, valid_until=until)).valid_until == until
    role = await roles.create(tenant, name="planner", description="Plans.")
    await roles.update(tenant, id=role.id, description=CLEAR)
    (entry, *_) = await audit.page(db.admin(tenant.org_id))
    assert (entry.action, entry.details) == ("role.update", {"cleared": ["description"]})


async def test_a_statement_of_ones_own(home: Home) -> None:
    tenant, agent = home
    started = (await sessions.start(tenant, agent_id=agent.id, title="Weather", model="small")).session
    statement = (
        "UPDATE memdb.sessions AS s SET title = coalesce(:title::text, CASE WHEN 'title' <> ALL (:cleared::text[]) THEN s.title END)"
        " WHERE s.org_id = :org_id::memdb.tenant AND s.id = :id::uuid RETURNING s.title"
    )
    assert await tenant.fetch(str, statement, id=started.id, title=None) == ["Weather"]
    assert await tenant.fetch(str, statement, id=started.id, title=CLEAR) == [None]
    with pytest.raises(InvalidInput, match="title must not be CLEAR: the statement does not ask for :cleared"):
        await tenant.fetch(str, "SELECT :title::text, :org_id::memdb.tenant", title=CLEAR)
    with pytest.raises(InvalidInput, match="cleared comes from"):
        await tenant.fetch(str, statement, id=started.id, title="x", cleared=["title"])


def test_from_a_thread(dsn: str) -> None:
    with memdb.sync(dsn, timeout=20.0) as db:
        made = db.admin().call(organizations.create, slug="acme", name="Acme", billing_email="bills@example.com")
        assert db.admin(made.id).call(organizations.update, billing_email=CLEAR).billing_email is None


def test_there_is_one() -> None:
    assert repr(CLEAR) == "memdb.CLEAR"
    assert pickle.loads(pickle.dumps(CLEAR)) is CLEAR
    assert copy.deepcopy([CLEAR])[0] is CLEAR
    assert type(CLEAR) is memdb.Clear
