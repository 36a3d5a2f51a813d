"""Entities: seen by key, known by other and similar names, refreshed, deleted and brought back."""

from __future__ import annotations

import asyncio
import itertools
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

import memdb
from memdb import Cursor, agents, edges, entities, organizations, retention, spaces
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.entities import Entity, Sighting
from memdb.errors import AlreadyExists, InvalidInput, NotFound, UnderLegalHold, VersionConflict, WritesRefused
from tests.conftest import Home, vector
from tests.server import execute, fetch

_THEN = datetime(2024, 5, 17, 9, 30, tzinfo=UTC)


async def _see(tenant: Tenant, agent: Agent, name: str, **fields: Any) -> Entity:
    return await entities.see(tenant, agent_id=agent.id, **{"type": "person", "name": name, **fields})


async def _again(tenant: Tenant, entity: Entity) -> Entity:
    found = await entities.get(tenant, id=entity.id)
    assert found is not None
    return found


async def _how(tenant: Tenant, agent: Agent, *names: str, **asked: Any) -> list[tuple[str | None, uuid.UUID | None]]:
    found = await entities.resolve(tenant, agent_id=agent.id, names=names, **asked)
    assert [each.name for each in found] == list(names)
    return [(each.how, each.entity and each.entity.id) for each in found]


def _merge(dsn: str, one: Entity, into: Entity) -> None:
    execute(dsn, f"UPDATE memdb.entities SET status = 'merged', merged_into = '{into.id}' WHERE id = '{one.id}'")


async def test_seen_for_the_first_time_and_again(tenant: Tenant, agent: Agent) -> None:
    made = await _see(tenant, agent, "Ada Lovelace", importance=0.9, metadata={"ä": 1}, seen_at=_THEN)
    assert (made.agent_id, made.type, made.key, made.name) == (agent.id, "person", "person:ada_lovelace", "Ada Lovelace")
    assert (made.importance, made.mentions, made.metadata, made.status, made.version) == (0.9, 1, {"ä": 1}, "active", 1)
    assert (made.first_seen_at, made.last_seen_at, made.summary, made.profile, made.embedded) == (_THEN, _THEN, None, None, False)
    assert await entities.get(tenant, id=made.id) == made
    assert await entities.get_by_key(tenant, agent_id=agent.id, key="person:ada_lovelace") == made
    again = await _see(tenant, agent, "  ada LOVELACE ", importance=0.1, metadata={})
    assert again.id == made.id
    assert (again.name, again.importance, again.metadata, again.mentions, again.version) == ("Ada Lovelace", 0.9, {"ä": 1}, 2, 1)
    assert (again.first_seen_at, again.updated_at) == (_THEN, made.updated_at)
    assert again.last_seen_at > _THEN
    earlier = await _see(tenant, agent, "ada-lovelace", seen_at=_THEN - timedelta(days=1))
    assert (earlier.first_seen_at, earlier.last_seen_at) == (_THEN - timedelta(days=1), again.last_seen_at)
    assert (await _see(tenant, agent, "Ada Lovelace", type="ship")).id != made.id
    assert (await _see(tenant, await agents.create(tenant, slug="other", name="Other"), "Ada Lovelace")).id != made.id


async def test_many_sightings_at_once_leave_one_entity(tenant: Tenant, agent: Agent, dsn: str) -> None:
    made = await asyncio.gather(*[_see(tenant, agent, "Ada") for _ in range(32)])
    assert len({each.id for each in made}) == 1
    assert sorted(each.mentions for each in made) == list(range(1, 33))
    assert fetch(dsn, "SELECT count(*), max(mentions) FROM memdb.entities") == [(1, 32)]
    resolved = await asyncio.gather(
        *[entities.resolve_or_create(tenant, agent_id=agent.id, names=["Bob", "Ada"], type="person") for _ in range(32)]
    )
    assert len({each.entity.id for found in resolved for each in found if each.entity}) == 2
    assert fetch(dsn, "SELECT mentions FROM memdb.entities ORDER BY key") == [(64,), (32,)]


async def test_many_are_seen_in_their_order_and_all_or_none(tenant: Tenant, agent: Agent, dsn: str) -> None:
    assert await entities.see_many(tenant, agent_id=agent.id, items=[]) == []
    items = [Sighting(type="person" if n % 2 else "place", name=f"Name {n % 300}", seen_at=_THEN + timedelta(days=n)) for n in range(1000)]
    made = await entities.see_many(tenant, agent_id=agent.id, items=items)
    assert [(each.type, each.name) for each in made] == [(item.type, item.name) for item in items]
    assert fetch(dsn, "SELECT count(*), sum(mentions) FROM memdb.entities") == [(300, 1000)]
    assert (made[0].mentions, made[0].first_seen_at, made[0].last_seen_at) == (4, _THEN, _THEN + timedelta(days=900))
    assert made[0] == made[300]
    with pytest.raises(InvalidInput, match="type must be a lower-case letter"):
        await entities.see_many(tenant, agent_id=agent.id, items=[Sighting(type="person", name="new"), Sighting(type="A", name="x")])
    assert fetch(dsn, "SELECT sum(mentions) FROM memdb.entities") == [(1000,)]
    with pytest.raises(InvalidInput, match="items must be at most 1000 at a time"):
        await entities.see_many(tenant, agent_id=agent.id, items=itertools.repeat(items[0]))
    nonsense: Any
    for nonsense in (["x"], 7, "x"):
        with pytest.raises(InvalidInput, match="items must be Sighting objects"):
            await entities.see_many(tenant, agent_id=agent.id, items=nonsense)


async def test_batches_with_names_in_common_do_not_deadlock(tenant: Tenant, agent: Agent, dsn: str) -> None:
    items = [Sighting(type="person", name=f"Name {n}") for n in range(60)]
    batches = [random.Random(seed).sample(items, 60) for seed in range(8)]
    made = await asyncio.gather(*[entities.see_many(tenant, agent_id=agent.id, items=batch) for batch in batches])
    for batch, each in zip(batches, made, strict=True):
        assert [one.name for one in each] == [item.name for item in batch]
    assert fetch(dsn, "SELECT count(*), min(mentions), max(mentions) FROM memdb.entities") == [(60, 8, 8)]


async def test_wrong_input(tenant: Tenant, agent: Agent) -> None:
    made = await _see(tenant, agent, "Ada")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"name": ""}, "name must have 1 to 256 characters"),
        ({"name": " \n\t"}, "name must not be (empty or )?only white space"),
        ({"name": "x" * 257}, "name must have 1 to 256"),
        ({"type": "Person"}, "type must be a lower-case letter and up to 31"),
        ({"type": "a b"}, "type must be a lower-case letter"),
        ({"type": "x" * 33}, "type must have 1 to 32"),
        ({"importance": 1.01}, "importance must be between 0 and 1"),
        ({"metadata": {"k": "x" * 9000}}, "metadata must be a JSON object of at most 8192 bytes"),
    ]
    for fields, message in wrong:
        with pytest.raises(InvalidInput, match=message):
            await _see(tenant, agent, **{"name": "x", **fields})
        with pytest.raises(InvalidInput, match=message):
            await entities.update(tenant, id=made.id, **fields)
    updates: list[tuple[dict[str, Any], str]] = [
        ({"summary": ""}, "summary must have 1 to 8192"),
        ({"profile": "x" * 8193}, "profile must have 1 to 8192"),
        ({"summarised_at": datetime(2024, 1, 1)}, "summarised_at must have a time zone"),
        ({"embedding": [1.0]}, "embedding must have 384 dimensions"),
    ]
    for fields, message in updates:
        with pytest.raises(InvalidInput, match=message):
            await entities.update(tenant, id=made.id, **fields)
    # One character that is eighteen as it is compared.
    with pytest.raises(InvalidInput, match="name must not be only white space, nor more than 366 characters as it is compared"):
        await _see(tenant, agent, "\ufdfa" * 100)
    with pytest.raises(InvalidInput, match=r"alias must not be (empty or )?only white space"):
        await entities.add_alias(tenant, entity_id=made.id, alias="  ")
    for asked, message in (
        ({"names": "Ada"}, "names must be a list"),
        ({"names": ["Ada"] * 101}, "names must have at most 100 items"),
        ({"names": [""]}, "names must have 1 to 256"),
        ({"names": ["Ada"], "threshold": 1.1}, "threshold must be between 0 and 1"),
        ({"names": ["Ada"], "candidates_from": -0.1}, "candidates_from must be between 0 and 1"),
        ({"names": ["Ada"], "threshold": 0.4}, "candidates_from must not be more than threshold"),
    ):
        for call in (entities.resolve, entities.resolve_or_create):
            with pytest.raises(InvalidInput, match=message):
                await call(tenant, agent_id=agent.id, type="person", **asked)  # type: ignore[arg-type]
    for asked, message in (
        ({"order": "name"}, "order must be last_seen or importance"),
        ({"before": "x"}, "before must be the last Entity of the page before or its memdb.Cursor, not str"),
        ({"min_importance": 2.0}, "min_importance must be between 0 and 1"),
    ):
        with pytest.raises(InvalidInput, match=message):
            await entities.page(tenant, agent_id=agent.id, **asked)  # type: ignore[arg-type]
    for asked, message in (
        ({}, "text or embedding must be given"),
        ({"embedding": np.zeros(384)}, "embedding must not be the zero vector"),
    ):
        with pytest.raises(InvalidInput, match=message):
            await entities.search(tenant, agent_id=agent.id, **asked)  # type: ignore[arg-type]
    assert await entities.page(tenant, agent_id=agent.id) == [made]


async def test_unknown_keys_and_other_tenants(tenant: Tenant, agent: Agent, rival: Home) -> None:
    unknown = uuid.uuid4()
    for agent_id in (unknown, rival.agent.id):
        with pytest.raises(NotFound, match=f"no such agent: {agent_id}"):
            await entities.see(tenant, agent_id=agent_id, type="person", name="x")
        with pytest.raises(NotFound, match=f"no such agent: {agent_id}"):
            await entities.resolve_or_create(tenant, agent_id=agent_id, type="person", names=["x"])
    theirs = await _see(rival.tenant, rival.agent, "Ada")
    await entities.add_alias(rival.tenant, entity_id=theirs.id, alias="Addie")
    theirs = await entities.update(rival.tenant, id=theirs.id, summary="a summary", embedding=vector(1))
    assert await entities.get(tenant, id=theirs.id) is await entities.get_by_key(tenant, agent_id=rival.agent.id, key=theirs.key) is None
    ours = await entities.see_many(
        tenant, agent_id=agent.id, items=[Sighting(type="place", name=each) for each in ("Oslo", "Paris", "Rome")]
    )
    await entities.delete(tenant, id=ours[1].id)
    assert await entities.get_many(tenant, ids=[ours[2].id, theirs.id, ours[1].id, ours[0].id]) == [ours[2], ours[0]]
    assert await entities.get_many(tenant, ids=[]) == []
    assert await entities.page(tenant, agent_id=rival.agent.id) == await entities.aliases(tenant, entity_id=theirs.id) == []
    assert await entities.search(tenant, agent_id=rival.agent.id, text="Ada", embedding=vector(1)) == []
    assert await entities.importance_inputs(tenant, agent_id=rival.agent.id) == []
    assert await entities.to_summarise(tenant, agent_id=rival.agent.id, refreshed_before=datetime.now(UTC)) == []
    assert await entities.embed(tenant, id=theirs.id, version=2, embedding=vector(2)) is False
    assert await entities.remove_alias(tenant, entity_id=theirs.id, alias="Addie") is False
    (found,) = await entities.resolve(tenant, agent_id=rival.agent.id, names=["Ada"])
    assert (found.how, found.entity, found.candidates) == (None, None, [])
    calls: list[Any] = [
        entities.update(tenant, id=theirs.id, name="x"),
        entities.delete(tenant, id=theirs.id),
        entities.restore(tenant, id=theirs.id),
        entities.add_alias(tenant, entity_id=theirs.id, alias="x"),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            await call
    assert await entities.get(rival.tenant, id=theirs.id) == theirs


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ada Lovelace", "ada_lovelace"),
        ("  Ada--Lovelace!  ", "ada_lovelace"),
        ("O'Brien & Söhne", "o_brien_söhne"),
        ("ŁÓDŹ", "łódź"),
        ("C++", "c++"),
        ("C#", "c#"),
        ("Node.js 20", "node_js_20"),
        ("李明", "李明"),
        ("Ａｄａ", "ada"),
        ("Ада Лавлейс", "ада_лавлейс"),
        ("— “Ada” …", "ada"),
        ("!?", "!?"),
        ("🎉 🎉", "🎉_🎉"),
        ("person:ada", "person_ada"),
    ],
)
def test_names_are_compared_in_any_script(name: str, slug: str, dsn: str) -> None:
    quoted = name.replace("'", "''")
    assert fetch(dsn, f"SELECT memdb.entity_slug('{quoted}'), memdb.entity_key('person', '{quoted}')") == [(slug, f"person:{slug}")]


def test_similarity_is_that_of_pg_trgm(dsn: str) -> None:
    if not fetch(dsn, "SELECT FROM pg_available_extensions WHERE name = 'pg_trgm'"):
        pytest.skip("the server has no pg_trgm")
    execute(dsn, "CREATE EXTENSION pg_trgm")
    rng = random.Random(5)
    names = ["Ada", "ada lovelace", "Lovelace, Ada", "Jon Smith", "John Smith", "a", "ab", "x y z", "aaaa aaaa", "Node.js", "R2-D2"]
    names += ["".join(rng.choice("abcde -'.1") for _ in range(rng.randrange(1, 20))) + "a" for _ in range(40)]
    values = ", ".join("('" + name.replace("'", "''") + "')" for name in names)
    rows = fetch(
        dsn,
        f"""
        WITH name (name) AS (VALUES {values})
        SELECT a.name, b.name, memdb.name_similarity(a.name, b.name), similarity(a.name, b.name)::float8 FROM name AS a, name AS b
        """,
    )
    assert len(rows) == len(names) ** 2
    for one, other, ours, theirs in rows:
        assert ours == pytest.approx(theirs, abs=1e-6), (one, other)
    assert fetch(dsn, "SELECT memdb.name_similarity('李明', '李明'), memdb.name_similarity('!', 'Ada')") == [(1.0, 0.0)]


async def test_resolving_exactly_by_alias_and_by_similarity(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    ada = await _see(tenant, agent, "Ada Lovelace")
    bob = await _see(tenant, agent, "Robert Oppenheimer")
    rome = await _see(tenant, agent, "Rome", type="place")
    await _see(tenant, other, "Nobody Known")
    await entities.add_alias(tenant, entity_id=ada.id, alias="Countess of Lovelace")
    await entities.add_alias(tenant, entity_id=rome.id, alias="Eternal City", of_type=True)
    nothing = (None, None)
    assert await _how(tenant, agent) == []
    assert await _how(
        tenant, agent, "ADA lovelace", "person:Ada Lovelace", "countess of lovelace", "Robert Oppenheimers", "Nobody Known", "rome"
    ) == [("exact", ada.id), ("exact", ada.id), ("alias", ada.id), ("fuzzy", bob.id), nothing, ("exact", rome.id)]
    assert await _how(tenant, agent, "rome", "Ada Lovelace", "place:rome", type="place") == [
        ("exact", rome.id),
        nothing,
        ("exact", rome.id),
    ]
    # An alias of any type means an entity of the type asked for only; an alias of one type is found under that type only.
    assert await _how(tenant, agent, "countess of lovelace", type="place") == [nothing]
    assert await _how(tenant, agent, "countess of lovelace", type="person") == [("alias", ada.id)]
    assert await _how(tenant, agent, "Eternal City", type="place") == [("alias", rome.id)]
    assert await _how(tenant, agent, "Eternal City", "place:eternal city") == [nothing, ("alias", rome.id)]
    assert await _how(tenant, agent, "Eternal City", type="person") == [nothing]
    (similar,) = await entities.resolve(tenant, agent_id=agent.id, names=["Rob Openheimer"])
    assert (similar.how, similar.entity, similar.similarity) == (None, None, None)
    (candidate,) = similar.candidates
    assert (candidate.id, candidate.key, candidate.name, candidate.type) == (bob.id, bob.key, bob.name, "person")
    assert 0.5 <= candidate.similarity < 0.85
    (found,) = await entities.resolve(tenant, agent_id=agent.id, names=["Rob Openheimer"], threshold=candidate.similarity)
    assert (found.how, found.entity, found.similarity, found.candidates) == ("fuzzy", bob, candidate.similarity, [])
    assert await _how(tenant, agent, "Rob Openheimer", threshold=candidate.similarity, type="place") == [nothing]
    (strict,) = await entities.resolve(tenant, agent_id=agent.id, names=["Rob Openheimer"], threshold=1.0, candidates_from=1.0)
    assert strict.candidates == []


async def test_no_right_answer_is_lost_to_what_makes_the_comparison_quick(tenant: Tenant, agent: Agent, dsn: str) -> None:
    rng = random.Random(11)

    def name() -> str:
        return " ".join("".join(rng.choice("abc") for _ in range(rng.randrange(1, 7))) for _ in range(rng.randrange(1, 4)))

    known = sorted({name() for _ in range(90)})
    await entities.see_many(tenant, agent_id=agent.id, items=[Sighting(type="person", name=each) for each in known])
    asked = sorted({name() for _ in range(60)} - set(known))
    quoted = ", ".join(f"('{each}')" for each in asked)
    rows: Any = fetch(
        dsn,
        f"""
        SELECT a.name, array_agg(s.similarity ORDER BY s.similarity DESC) FROM (VALUES {quoted}) AS a (name), memdb.entities AS e,
            LATERAL (SELECT memdb.name_similarity(a.name, e.name) AS similarity) AS s
        WHERE s.similarity > 0 GROUP BY a.name
        """,
    )
    for threshold, lowest in ((0.85, 0.5), (0.6, 0.3), (0.9, 0.9), (1.0, 0.0)):
        found = await entities.resolve(tenant, agent_id=agent.id, names=asked, type="person", threshold=threshold, candidates_from=lowest)
        expected = {name: [each for each in similarities if each >= lowest] for name, similarities in rows}
        for each in found:
            similar = expected.get(each.name, [])
            best = similar[0] if similar else 0
            if best >= threshold:
                assert (each.how, each.similarity, each.candidates) == ("fuzzy", best, [])
            else:
                assert (each.how, each.entity) == (None, None)
                assert [candidate.similarity for candidate in each.candidates] == similar[:10]


async def test_one_name_of_several_types_is_for_the_caller_to_decide(tenant: Tenant, agent: Agent) -> None:
    planet = await _see(tenant, agent, "Mercury", type="planet")
    metal = await _see(tenant, agent, "mercury", type="metal")
    await _see(tenant, agent, "Mercury", type="metal")
    (found,) = await entities.resolve(tenant, agent_id=agent.id, names=["MERCURY"])
    assert (found.how, found.entity) == (None, None)
    assert [(each.id, each.similarity) for each in found.candidates] == [(metal.id, 1), (planet.id, 1)]
    assert await _how(tenant, agent, "MERCURY", type="planet") == [("exact", planet.id)]
    assert await _how(tenant, agent, "planet:mercury", "metal: Mercury") == [("exact", planet.id), ("exact", metal.id)]


async def test_of_equally_similar_names_the_one_seen_more_often_counts(tenant: Tenant, agent: Agent) -> None:
    await _see(tenant, agent, "Ada Ada Lovelace")
    often = await _see(tenant, agent, "Lovelace Ada")
    await _see(tenant, agent, "Lovelace Ada")
    assert await _how(tenant, agent, "Ada Lovelace") == [("fuzzy", often.id)]


async def test_resolving_or_creating(tenant: Tenant, agent: Agent) -> None:
    ada = await _see(tenant, agent, "Ada Lovelace")
    await entities.add_alias(tenant, entity_id=ada.id, alias="Countess of Lovelace")
    names = ["ada lovelace", "Countess of Lovelace", "Lovelace Ada", "Ada Lovelac", "Grace Hopper", "grace hopper"]
    found = await entities.resolve_or_create(tenant, agent_id=agent.id, names=names, type="person")
    assert [each.name for each in found] == names
    assert [each.how for each in found] == ["exact", "alias", "fuzzy", "created", "created", "created"]
    assert [each.similarity for each in found] == [1, 1, 1, None, None, None]
    owners = [each.entity for each in found if each.entity]
    assert [each.id for each in owners[:3]] == [ada.id] * 3
    assert (owners[0].mentions, owners[3].mentions, owners[4].mentions) == (4, 1, 2)
    assert owners[4] == owners[5]
    # What it may be merged into.
    assert [each.id for each in found[3].candidates] == [ada.id]
    again = await entities.resolve_or_create(tenant, agent_id=agent.id, names=names, type="person")
    assert [each.how for each in again] == ["exact", "alias", "fuzzy", "exact", "exact", "exact"]
    assert await entities.resolve_or_create(tenant, agent_id=agent.id, names=[], type="person") == []


async def test_aliases(tenant: Tenant, agent: Agent) -> None:
    ada, bob = [await _see(tenant, agent, name) for name in ("Ada", "Bob")]
    ship = await _see(tenant, agent, "Boat", type="ship")
    given = await entities.add_alias(tenant, entity_id=ada.id, alias="The Boss")
    assert (given.alias, given.key, given.entity_id) == ("The Boss", "the_boss", ada.id)
    assert await entities.add_alias(tenant, entity_id=bob.id, alias="the BOSS") == given
    assert await entities.add_alias(tenant, entity_id=ada.id, alias="the boss") == given
    own = await entities.add_alias(tenant, entity_id=bob.id, alias="The Boss", of_type=True)
    assert (own.key, own.entity_id) == ("person:the_boss", bob.id)
    assert (await entities.add_alias(tenant, entity_id=ship.id, alias="The Boss", of_type=True)).entity_id == ship.id
    assert await entities.aliases(tenant, entity_id=ada.id) == [given]
    assert await entities.aliases(tenant, entity_id=bob.id) == [own]
    assert await _how(tenant, agent, "the boss") == [("alias", ada.id)]
    assert await _how(tenant, agent, "the boss", type="person") == [("alias", bob.id)]
    assert await _how(tenant, agent, "the boss", type="ship") == [("alias", ship.id)]
    assert await entities.remove_alias(tenant, entity_id=bob.id, alias="the-boss") is True
    assert await entities.remove_alias(tenant, entity_id=bob.id, alias="the-boss") is False
    assert await entities.aliases(tenant, entity_id=ada.id) == [given]
    with pytest.raises(NotFound, match="no such entity"):
        await entities.add_alias(tenant, entity_id=uuid.uuid4(), alias="x")
    racing = await asyncio.gather(*[entities.add_alias(tenant, entity_id=each.id, alias="Same") for each in (ada, bob) for _ in range(8)])
    assert len({each.entity_id for each in racing}) == 1


async def test_a_deleted_entitys_aliases_are_free(tenant: Tenant, agent: Agent) -> None:
    ada, bob = [await _see(tenant, agent, name) for name in ("Ada", "Bob")]
    for alias in ("Boss", "Chief"):
        await entities.add_alias(tenant, entity_id=ada.id, alias=alias)
    await entities.delete(tenant, id=ada.id)
    assert await _how(tenant, agent, "boss", "Ada") == [(None, None)] * 2
    assert await entities.aliases(tenant, entity_id=ada.id) == []
    taken = await entities.add_alias(tenant, entity_id=bob.id, alias="BOSS")
    assert (taken.entity_id, taken.alias) == (bob.id, "BOSS")
    await entities.restore(tenant, id=ada.id)
    assert [each.key for each in await entities.aliases(tenant, entity_id=ada.id)] == ["chief"]
    assert (await entities.add_alias(tenant, entity_id=ada.id, alias="Boss")).entity_id == bob.id


async def test_what_is_merged_stands_for_what_it_was_merged_into(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, lady, late = [await _see(tenant, agent, name) for name in ("Ada Lovelace", "Lady Lovelace", "The Late Countess")]
    await entities.add_alias(tenant, entity_id=lady.id, alias="Milady")
    _merge(dsn, lady, ada)
    merged = await _again(tenant, lady)
    assert (merged.status, merged.merged_into) == ("merged", ada.id)
    assert await entities.get_by_key(tenant, agent_id=agent.id, key=lady.key) == merged
    assert [each.id for each in await entities.page(tenant, agent_id=agent.id)] == [late.id, ada.id]
    for asked in ({}, {"type": "person"}):
        names = ("lady lovelace", "Milady", "person:lady lovelace")
        assert await _how(tenant, agent, *names, **asked) == [("exact", ada.id), ("alias", ada.id), ("exact", ada.id)]
    # A similar name is not looked for among what is merged.
    assert await _how(tenant, agent, "Lady Lovelacee", threshold=0.8) == [(None, None)]
    both = await entities.see_many(
        tenant, agent_id=agent.id, items=[Sighting(type="person", name=name) for name in ("Lady Lovelace", "Ada Lovelace")]
    )
    assert both[0] == both[1]
    assert (both[0].id, both[0].mentions, both[0].name) == (ada.id, 3, "Ada Lovelace")
    assert await entities.delete(tenant, id=late.id) == 2
    calls: list[Any] = [
        entities.update(tenant, id=lady.id, summary="x"),
        entities.delete(tenant, id=lady.id),
        entities.add_alias(tenant, entity_id=lady.id, alias="x"),
    ]
    for call in calls:
        with pytest.raises(InvalidInput, match="id must be that of an entity that is not merged"):
            await call
    assert await _again(tenant, lady) == merged


async def test_a_sighting_of_what_is_just_being_merged(tenant: Tenant, agent: Agent, db: Database) -> None:
    ada, lady = [await _see(tenant, agent, name) for name in ("Ada", "Lady")]
    async with db.admin(tenant.org_id).transaction() as tx:
        await tx._connection.execute(  # type: ignore[attr-defined]
            f"UPDATE memdb.entities SET status = 'merged', merged_into = '{ada.id}' WHERE id = '{lady.id}'"
        )
        items = [Sighting(type="person", name=name) for name in ("Lady", "Bob")]
        seeing = asyncio.create_task(entities.see_many(tenant, agent_id=agent.id, items=items))
        await asyncio.sleep(0.2)
        assert not seeing.done()
    first, bob = await seeing
    assert (first.id, first.mentions, bob.mentions) == (ada.id, 2, 1)
    assert (await _again(tenant, lady)).mentions == 1


async def test_deleting_takes_along_what_was_merged_and_restoring_brings_it_back(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, lady = [await _see(tenant, agent, name) for name in ("Ada", "Lady")]
    _merge(dsn, lady, ada)
    with pytest.raises(VersionConflict):
        await entities.delete(tenant, id=ada.id, expected_version=2)
    assert await entities.delete(tenant, id=ada.id, expected_version=1) == 2
    for each in (ada, lady):
        assert await entities.get(tenant, id=each.id) is None
    with pytest.raises(NotFound, match=f"no such entity: {ada.id}"):
        await entities.delete(tenant, id=ada.id)
    with pytest.raises(InvalidInput, match="id must be that of an entity that is not merged"):
        await entities.restore(tenant, id=lady.id)
    with pytest.raises(VersionConflict):
        await entities.restore(tenant, id=ada.id, expected_version=1)
    restored = await entities.restore(tenant, id=ada.id, expected_version=2)
    assert (restored.id, restored.version, restored.status) == (ada.id, 3, "active")
    assert (await _again(tenant, lady)).merged_into == ada.id
    with pytest.raises(NotFound, match="deleted entity"):
        await entities.restore(tenant, id=ada.id)
    await entities.delete(tenant, id=ada.id)
    new = await _see(tenant, agent, "Ada")
    assert (new.id != ada.id, new.mentions) == (True, 1)
    with pytest.raises(AlreadyExists, match="another entity of the same agent has this key"):
        await entities.restore(tenant, id=ada.id)


async def test_updating(tenant: Tenant, agent: Agent) -> None:
    made = await _see(tenant, agent, "Ada", metadata={"a": 1})
    changed = await entities.update(tenant, id=made.id, expected_version=1, summary="A mathematician.", importance=0.7)
    assert (changed.summary, changed.importance, changed.metadata, changed.version) == ("A mathematician.", 0.7, {"a": 1}, 2)
    assert changed.summarised_at == changed.updated_at
    assert changed.profiled_at is None
    with pytest.raises(VersionConflict, match="expected version 1, found version 2"):
        await entities.update(tenant, id=made.id, profile="x", expected_version=1)
    profiled = await entities.update(tenant, id=made.id, profile="Likes engines.", profiled_at=_THEN, summarised_at=_THEN)
    assert (profiled.profile, profiled.profiled_at, profiled.summary, profiled.summarised_at) == (
        "Likes engines.",
        _THEN,
        "A mathematician.",
        _THEN,
    )
    renamed = await entities.update(tenant, id=made.id, name="Ada Lovelace", metadata={})
    assert (renamed.name, renamed.key, renamed.metadata) == ("Ada Lovelace", "person:ada", {})
    assert (await _see(tenant, agent, "ada")).id == made.id
    assert await _how(tenant, agent, "Lovelace Ada") == [("fuzzy", made.id)]
    retyped = await entities.update(tenant, id=made.id, type="mathematician")
    assert (retyped.type, retyped.key) == ("mathematician", "mathematician:ada")
    other = await _see(tenant, agent, "Ada")
    with pytest.raises(AlreadyExists, match="another entity of the same agent has this key"):
        await entities.update(tenant, id=other.id, type="mathematician")
    results = await asyncio.gather(
        *[entities.update(tenant, id=other.id, summary=f"s{n}", expected_version=1) for n in range(10)], return_exceptions=True
    )
    assert sum(isinstance(each, Entity) for each in results) == 1
    assert sum(isinstance(each, VersionConflict) for each in results) == 9
    with pytest.raises(NotFound, match="no such entity"):
        await entities.update(tenant, id=uuid.uuid4(), name="x")


async def test_pages(tenant: Tenant, agent: Agent) -> None:
    made = [
        await _see(
            tenant,
            agent,
            f"Name {n}",
            type="place" if n % 3 == 0 else "person",
            importance=(n % 5) / 10,
            seen_at=_THEN + timedelta(days=n * 7 % 12 // 2),
        )
        for n in range(12)
    ]
    await entities.delete(tenant, id=(await _see(tenant, agent, "Deleted")).id)
    await _see(tenant, await agents.create(tenant, slug="other", name="Other"), "Another agent's")

    async def found(**filters: Any) -> list[Entity]:
        whole = await entities.page(tenant, agent_id=agent.id, **filters)
        walked: list[Entity] = []
        before: Entity | Cursor | None = None
        while page := await entities.page(tenant, agent_id=agent.id, before=before, limit=2, **filters):
            walked += page
            last = page[-1]
            before = last if len(walked) % 4 else Cursor.parse(str(Cursor.of(last)))
        assert walked == whole
        return whole

    by_sight = sorted(made, key=lambda each: (each.last_seen_at, each.id), reverse=True)
    by_importance = sorted(made, key=lambda each: (each.importance, each.id), reverse=True)
    assert await found() == by_sight
    assert await found(order="importance") == by_importance
    assert await found(type="place") == [each for each in by_sight if each.type == "place"]
    assert await found(type="person", order="importance") == [each for each in by_importance if each.type == "person"]
    assert await found(min_importance=0.3) == [each for each in by_sight if each.importance >= 0.3]
    assert await found(min_importance=0.3, order="importance") == [each for each in by_importance if each.importance >= 0.3]
    await _see(tenant, agent, by_sight[-1].name, type=by_sight[-1].type)
    assert (await entities.page(tenant, agent_id=agent.id, limit=1))[0].id == by_sight[-1].id


async def test_searching_by_both(tenant: Tenant, agent: Agent) -> None:
    near = (vector(1) + 0.1 * vector(2)).astype(np.float32)

    async def make(name: str, summary: str | None = None, embedding: Any = None, type: str = "person") -> Entity:
        made = await _see(tenant, agent, name, type=type)
        return await entities.update(tenant, id=made.id, summary=summary, embedding=embedding)

    ada = await make("Ada", "Drinks green tea.", vector(1))
    roaster = await make("Bob", "Roasts coffee.", near)
    house = await make("Tea House", type="place")
    far = await make("Weather", "Is fine.", -vector(1))
    await entities.delete(tenant, id=(await make("Deleted", "tea", vector(1))).id)

    async def found(**asked: Any) -> list[uuid.UUID]:
        return [hit.entity.id for hit in await entities.search(tenant, agent_id=agent.id, **asked)]

    assert await found(embedding=vector(1)) == [ada.id, roaster.id, far.id]
    assert set(await found(text="teas")) == {ada.id, house.id}
    assert await found(text="teas", type="place") == [house.id]
    assert await found(text='"green tea"') == [ada.id]
    assert await found(text="tea -green") == [house.id]
    hits = await entities.search(tenant, agent_id=agent.id, text="tea", embedding=vector(1))
    assert hits[0].entity == ada
    similarities = [hit.similarity for hit in hits if hit.similarity is not None]
    most = max(hit.text_score or 0 for hit in hits)
    for hit in hits:
        vector_part = 0.0 if hit.similarity is None else (hit.similarity - min(similarities)) / (max(similarities) - min(similarities))
        assert hit.score == pytest.approx(vector_part + (hit.text_score or 0) / most)
    assert await found(text="tea", embedding=vector(1), limit=2) == [hit.entity.id for hit in hits[:2]]
    assert await found(text="zebra") == await found(text="") == []


async def test_embeddings(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    made = [await _see(tenant, agent, f"Name {n}") for n in range(4)]
    await entities.update(tenant, id=made[2].id, embedding=vector(2))
    await entities.delete(tenant, id=made[3].id)
    waiting = made[:2]
    assert await entities.unembedded(tenant) == await entities.unembedded(tenant, agent_id=agent.id) == waiting
    assert await entities.unembedded(tenant, after=made[0].id) == [made[1]]
    assert await entities.embed(tenant, id=made[0].id, version=2, embedding=vector(9)) is False
    # Being seen does not outdate it.
    await _see(tenant, agent, "Name 0")
    batch = [{"id": each.id, "version": 1, "embedding": vector(9)} for each in waiting]
    assert await entities.embed.many(tenant, batch) == [True, True]
    assert await entities.unembedded(tenant) == []
    kept = await entities.update(tenant, id=made[0].id, profile="x", importance=0.1, name="Name 0")
    assert kept.embedded
    async with memdb.connect(dsn, admin_role=None) as owner:
        await spaces.create(owner.admin(), dimension=384, model="new")
    for change in ({"name": "Another"}, {"summary": "first"}, {"summary": "second"}):
        assert (await entities.update(tenant, id=made[0].id, embedding=vector(1))).embedded
        assert (await entities.update(tenant, id=made[0].id, **change)).embedded is False  # type: ignore[arg-type]
        rows = fetch(dsn, f"SELECT space, embedding IS NULL FROM memdb.entity_embeddings WHERE entity_id = '{made[0].id}' ORDER BY space")
        assert rows == [(1, True), (2, True)]
    both = await entities.update(tenant, id=made[0].id, summary="third", embedding=vector(1))
    assert both.embedded


def _fact(tenant: Tenant, agent: Agent, entity: Entity, dsn: str, ingested_at: datetime, *, status: str = "active") -> None:
    invalidated = "NULL" if status == "active" else "now()"
    execute(
        dsn,
        f"""
        WITH fact AS (
            INSERT INTO memdb.facts (org_id, agent_id, entity_id, content, ingested_at, retrievals, status, invalidated_at)
            VALUES (
                '{tenant.org_id}', '{agent.id}', '{entity.id}', 'f {uuid.uuid4()}', '{ingested_at}', 3, '{status}', {invalidated}
            )
            RETURNING org_id, id, entity_id
        )
        INSERT INTO memdb.fact_entities (org_id, fact_id, entity_id) SELECT * FROM fact
        """,
    )


async def test_what_is_to_be_summarised_and_profiled(tenant: Tenant, agent: Agent, dsn: str) -> None:
    never, long_ago, lately, fresh = [await _see(tenant, agent, name) for name in ("Never", "Long ago", "Lately", "Fresh")]
    for entity, days in ((long_ago, 30), (lately, 10), (fresh, 1)):
        at = _THEN - timedelta(days=days)
        await entities.update(
            tenant, id=entity.id, summary="s", summarised_at=at, profile="p", profiled_at=_THEN - timedelta(days=31 - days)
        )
    for entity in (never, long_ago, lately):
        _fact(tenant, agent, entity, dsn, _THEN - timedelta(days=20))
        _fact(tenant, agent, entity, dsn, _THEN, status="invalidated")
    week = _THEN - timedelta(days=7)
    found = await entities.to_summarise(tenant, agent_id=agent.id, refreshed_before=week)
    assert [(each.entity.name, each.fresh_facts) for each in found] == [("Never", 1), ("Long ago", 1), ("Lately", 0)]
    assert found[0].entity == never
    assert [each.entity.name for each in await entities.to_summarise(tenant, agent_id=agent.id, refreshed_before=week, limit=1)] == [
        "Never"
    ]
    profiles = await entities.to_profile(tenant, agent_id=agent.id, refreshed_before=week)
    assert [(each.entity.name, each.fresh_facts) for each in profiles] == [("Never", 1), ("Fresh", 0), ("Lately", 1)]
    await entities.update(tenant, id=never.id, summarised_at=datetime.now(UTC))
    assert [each.entity.name for each in await entities.to_summarise(tenant, agent_id=agent.id, refreshed_before=week)] == [
        "Long ago",
        "Lately",
    ]


async def test_what_importance_is_worked_out_from(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, bob, eve = [await _see(tenant, agent, name) for name in ("Ada", "Bob", "Eve")]
    for _ in range(2):
        _fact(tenant, agent, ada, dsn, _THEN)
    _fact(tenant, agent, ada, dsn, _THEN, status="invalidated")
    made = [
        await edges.assert_(tenant, source_id=source.id, target_id=target.id, type="knows")
        for source, target in ((ada, bob), (bob, eve), (eve, ada))
    ]
    await edges.invalidate(tenant, id=made[2].id)
    found = await entities.importance_inputs(tenant, agent_id=agent.id)
    assert [(each.id, each.facts, each.retrievals, each.edges) for each in found] == [
        (ada.id, 2, 6, 1),
        (bob.id, 0, 0, 2),
        (eve.id, 0, 0, 1),
    ]
    assert (found[0].importance, found[0].mentions, found[0].last_seen_at) == (0.5, 1, ada.last_seen_at)
    assert await entities.importance_inputs(tenant, agent_id=agent.id, after=ada.id, limit=1) == found[1:2]


async def test_purging_deleted_entities(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    admin = db.admin(tenant.org_id)
    ada, lady, known, kept = [await _see(tenant, agent, name) for name in ("Ada", "Lady", "Known", "Kept")]
    await entities.add_alias(tenant, entity_id=ada.id, alias="Addie")
    await entities.update(tenant, id=ada.id, embedding=vector(1))
    _merge(dsn, lady, ada)
    _fact(tenant, agent, known, dsn, _THEN)
    for each in (ada, known):
        await entities.delete(tenant, id=each.id)
    assert (await retention.purge(admin, deleted_before=datetime.now(UTC) - timedelta(days=1))).rows == {}
    await retention.hold(admin, name="agent's", agent_id=agent.id)
    assert (await retention.purge(admin, deleted_before=datetime.now(UTC))).rows == {}
    await retention.release_hold(admin, name="agent's")
    purged = await retention.purge(admin, deleted_before=datetime.now(UTC))
    assert purged.rows == {"entities": 2, "entity_aliases": 1, "entity_embeddings": 1}
    assert fetch(dsn, "SELECT name FROM memdb.entities ORDER BY name") == [("Kept",), ("Known",)]
    # Facts about it are still there.
    assert (await entities.restore(tenant, id=known.id)).name == "Known"
    assert await _again(tenant, kept) == kept
    await retention.hold(admin, name="all")
    with pytest.raises(UnderLegalHold):
        await retention.purge(admin, deleted_before=datetime.now(UTC))


async def test_erasing_an_organization_takes_its_entities_along(db: Database, tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    ada, lady = [await _see(tenant, agent, name) for name in ("Ada", "Lady")]
    await entities.add_alias(tenant, entity_id=ada.id, alias="Addie")
    _merge(dsn, ada, lady)
    theirs = await _see(rival.tenant, rival.agent, "Ada")
    counted = await retention.erase_organization(db.admin(tenant.org_id), org_id=tenant.org_id, dry_run=True)
    removed = await retention.erase_organization(db.admin(tenant.org_id), org_id=tenant.org_id)
    assert (removed["entities"], removed["entity_aliases"]) == (counted["entities"], counted["entity_aliases"]) == (2, 1)
    assert await entities.get(rival.tenant, id=theirs.id) == theirs


async def test_suspended_tenants_and_agents_take_no_entities(db: Database, tenant: Tenant, agent: Agent) -> None:
    made, deleted = [await _see(tenant, agent, name) for name in ("Ada", "Deleted")]
    await entities.add_alias(tenant, entity_id=made.id, alias="Addie")
    await entities.delete(tenant, id=deleted.id)

    def writes() -> list[Any]:
        return [
            _see(tenant, agent, "Ada"),
            _see(tenant, agent, "New"),
            entities.resolve_or_create(tenant, agent_id=agent.id, names=["Addie"], type="person"),
            entities.update(tenant, id=made.id, summary="x"),
            entities.restore(tenant, id=deleted.id),
            entities.add_alias(tenant, entity_id=made.id, alias="x"),
            entities.embed(tenant, id=made.id, version=1, embedding=vector(1)),
        ]

    await organizations.update(db.admin(tenant.org_id), status="suspended")
    for write in [*writes(), entities.delete(tenant, id=made.id), entities.remove_alias(tenant, entity_id=made.id, alias="Addie")]:
        with pytest.raises(WritesRefused, match="the organization is suspended"):
            await write
    await organizations.update(db.admin(tenant.org_id), status="active")
    await agents.update(tenant, id=agent.id, status="suspended")
    for write in writes():
        with pytest.raises(WritesRefused, match="the agent is suspended"):
            await write
    assert await entities.page(tenant, agent_id=agent.id) == [made]
    # What an agent in disgrace knows can still be forgotten.
    assert await entities.remove_alias(tenant, entity_id=made.id, alias="Addie")
    assert await entities.delete(tenant, id=made.id) == 2


async def test_the_schema_refuses_what_the_functions_never_send(tenant: Tenant, agent: Agent, dsn: str) -> None:
    made = await _see(tenant, agent, "Ada")
    for change, rule in (
        ("merged_into = id, status = 'merged'", "merged_fits"),
        (f"merged_into = '{uuid.uuid4()}'", "merged_fits"),
        ("status = 'merged'", "merged_fits"),
        ("status = 'gone'", "status_known"),
        ("key = 'ada'", "key_of_type"),
        ("type = 'place'", "key_of_type"),
        ("mentions = 0", "mentions_positive"),
    ):
        with pytest.raises(Exception, match=f"entities_{rule}"):
            execute(dsn, f"UPDATE memdb.entities SET {change} WHERE id = '{made.id}'")
    connection = await tenant._pool.acquire(5)
    for statement in (
        "UPDATE memdb.entities SET agent_id = agent_id",
        "DELETE FROM memdb.entities",
        "UPDATE memdb.entity_aliases SET key = 'x'",
    ):
        with pytest.raises(Exception, match="permission denied"):
            await connection.execute(statement)
    tenant._pool.give(connection)
