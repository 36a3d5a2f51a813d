"""Merging entities: everything goes along, nothing is there twice, and all of it can be put back."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memdb import agents, edges, entities, facts
from memdb.agents import Agent
from memdb.edges import Edge, NewEdge
from memdb.engine.database import Tenant
from memdb.entities import EntityMerge, Sighting
from memdb.errors import InvalidInput, InvalidTransition, NotFound, WritesRefused
from tests.conftest import Home
from tests.knowing import add_entities, add_fact
from tests.server import execute, fetch

_NOW = datetime.now(UTC)
_TABLES = ("entities", "entity_aliases", "facts", "fact_entities", "edges")


async def _merge(tenant: Tenant, id: uuid.UUID, into_id: uuid.UUID) -> EntityMerge:
    return await entities.merge(tenant, id=id, into_id=into_id)


async def _join(tenant: Tenant, source: uuid.UUID, target: uuid.UUID, type: str = "knows", **fields: Any) -> Edge:
    return await edges.assert_(tenant, source_id=source, target_id=target, type=type, **fields)


def _aliases(dsn: str) -> dict[object, object]:
    return {key: entity_id for key, entity_id in fetch(dsn, "SELECT key, entity_id FROM memdb.entity_aliases")}  # noqa: C416


def _knowledge(dsn: str) -> list[list[str]]:
    """All that is known, less the times and versions that any change leaves."""
    return [
        sorted(str(found) for (found,) in fetch(dsn, f"SELECT to_jsonb(t) - 'version' - 'updated_at' FROM memdb.{table} AS t"))
        for table in _TABLES
    ]


def _row(dsn: str, table: str, id: uuid.UUID) -> dict[str, Any]:
    """A row as JSON has it."""
    ((found,),) = fetch(dsn, f"SELECT to_jsonb(t) FROM memdb.{table} AS t WHERE id = '{id}'")
    assert isinstance(found, dict)
    return found


def _edge(dsn: str, id: uuid.UUID) -> tuple[Any, ...]:
    found = _row(dsn, "edges", id)
    return uuid.UUID(found["source_id"]), uuid.UUID(found["target_id"]), found["invalidated_at"] is None


async def test_an_entity_goes_with_all_that_it_has(tenant: Tenant, agent: Agent, dsn: str) -> None:
    first, last = _NOW - timedelta(days=9), _NOW - timedelta(days=1)
    day = timedelta(days=1)
    seen = {"Addie": (first, last, last), "Ada": (first + day, last - day, last - day, last - day)}
    items = [Sighting(type="thing", name=name, seen_at=at) for name, times in seen.items() for at in times]
    addie, ada = dict.fromkeys(each.id for each in await entities.see_many(tenant, agent_id=agent.id, items=items))
    bob, eve = await add_entities(tenant, agent, "Bob", "Eve")
    await entities.add_alias(tenant, entity_id=addie, alias="Ads")
    about = [
        await add_fact(tenant, agent, addie, "she sings", names=[bob]),
        await add_fact(tenant, agent, addie, "she sang"),
        await add_fact(tenant, agent, addie, "she was"),
    ]
    await facts.invalidate(tenant, id=about[1])
    await facts.delete(tenant, id=about[2])
    named = await add_fact(tenant, agent, bob, "Bob knows Addie", names=[addie])
    both = await add_fact(tenant, agent, bob, "Ada is Addie", names=[addie, ada])
    out, into, gone = await _join(tenant, addie, bob), await _join(tenant, eve, addie), await _join(tenant, addie, eve, "likes")
    await edges.invalidate(tenant, id=gone.id)
    before = _knowledge(dsn)

    made = await entities.merge(tenant, id=addie, into_id=ada, reason="the same")
    assert (made.agent_id, made.merged_id, made.into_id, made.reason, made.undone_at) == (agent.id, addie, ada, "the same", None)
    assert (made.facts, made.edges, made.aliases, made.mentions) == (3, 3, 3, 3)
    merged, other = _row(dsn, "entities", addie), _row(dsn, "entities", ada)
    assert (merged["status"], merged["merged_into"], merged["version"]) == ("merged", str(ada), 2)
    assert (other["status"], other["mentions"], other["version"]) == ("active", 7, 2)
    assert [datetime.fromisoformat(other[name]) for name in ("first_seen_at", "last_seen_at")] == [first, last]
    assert _aliases(dsn) == {"ads": ada, "addie": ada, "thing:addie": ada}
    assert {_row(dsn, "facts", fact)["entity_id"] for fact in about} == {str(ada)}
    links = fetch(dsn, "SELECT fact_id, entity_id FROM memdb.fact_entities")
    assert set(links) == {
        (about[0], ada),
        (about[0], bob),
        (about[1], ada),
        (about[2], ada),
        (named, ada),
        (named, bob),
        (both, ada),
        (both, bob),
    }
    assert [_edge(dsn, each.id) for each in (out, into, gone)] == [(ada, bob, True), (eve, ada, True), (ada, eve, False)]
    assert await _merge(tenant, addie, ada) == made, "once is enough"
    assert await entities.merges(tenant, agent_id=agent.id) == await entities.merges(tenant, id=ada) == [made]
    assert await entities.merges(tenant, id=addie) == [made]

    undone = await entities.undo_merge(tenant, merge_id=made.id)
    assert undone.left_over == []
    assert undone.merge.undone_at is not None
    assert _knowledge(dsn) == before
    assert (await _merge(tenant, addie, ada)).id != made.id
    assert [each.undone_at is None for each in await entities.merges(tenant, agent_id=agent.id)] == [True, False]
    assert await entities.merges(tenant, agent_id=agent.id, before=made.id) == []


async def test_equal_facts_become_one(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, addie = await add_entities(tenant, agent, "Ada", "Addie")
    month = timedelta(days=30)
    ours = await add_fact(tenant, agent, ada, "She lives in Rome", attribute="city", value="Rome", confidence=0.6, valid_from=_NOW - month)
    ended = await add_fact(tenant, agent, addie, "lived in rome", attribute="city", value="rome")
    await facts.invalidate(tenant, id=ended)
    theirs = await add_fact(
        tenant, agent, addie, "lives in rome", attribute="city", value="rome", confidence=0.7, valid_from=_NOW - 2 * month
    )
    other_value = await add_fact(tenant, agent, addie, "in Turin", attribute="city", value="Turin")
    plain, same = await add_fact(tenant, agent, ada, "she sings"), await add_fact(tenant, agent, addie, "She  sings")
    long = await add_fact(tenant, agent, addie, "she swims")
    short = await add_fact(tenant, agent, ada, "she swims", valid_until=_NOW + month)
    (bob,) = await add_entities(tenant, agent, "Bob")
    shown = await _join(tenant, addie, bob, fact_id=theirs)
    before = _knowledge(dsn)

    made = await _merge(tenant, addie, ada)
    kept, gone = _row(dsn, "facts", ours), _row(dsn, "facts", theirs)
    assert (kept["status"], kept["confirmations"], kept["confidence"]) == ("active", 1, 0.7)
    assert (gone["entity_id"], gone["status"], gone["superseded_by"]) == (str(ada), "superseded", str(ours))
    assert datetime.fromisoformat(gone["valid_until"]) == _NOW - month, "it was known for longer"
    assert [_row(dsn, "facts", fact)["status"] for fact in (other_value, plain, same, ended, long, short)] == [
        "active",
        "active",
        "superseded",
        "invalidated",
        "active",
        "active",
    ]
    edge = await edges.get(tenant, id=shown.id)
    assert edge is not None
    assert edge.fact_id == ours
    assert made.facts == 5
    assert (await entities.undo_merge(tenant, merge_id=made.id)).left_over == []
    assert _knowledge(dsn) == before


async def test_equal_edges_become_one(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, addie, bob, eve, dan = await add_entities(tenant, agent, "Ada", "Addie", "Bob", "Eve", "Dan")
    fact = await add_fact(tenant, agent, addie, "she knows Bob")
    weak, strong = await _join(tenant, ada, bob, weight=0.3), await _join(tenant, addie, bob, weight=0.9, fact_id=fact)
    await _join(tenant, addie, bob, by=0)
    better, worse = await _join(tenant, eve, ada, weight=0.7), await _join(tenant, eve, addie, weight=0.2)
    stale, fresh = await _join(tenant, ada, dan, weight=1), await _join(tenant, addie, dan, weight=0.4)
    await edges.invalidate(tenant, id=stale.id)
    kept, old = await _join(tenant, dan, ada), await _join(tenant, dan, addie, weight=1)
    await edges.invalidate(tenant, id=old.id)
    to_other, to_self = await _join(tenant, addie, ada), await _join(tenant, ada, addie, "likes")
    await edges.record_use(tenant, ids=[strong.id], by=0)
    before = _knowledge(dsn)

    made = await _merge(tenant, addie, ada)
    grown = await edges.get(tenant, id=weak.id)
    assert grown is not None
    assert (grown.source_id, grown.weight, grown.assertions, grown.fact_id, grown.used_at is None) == (ada, 0.9, 3, fact, False)
    assert _row(dsn, "edges", better.id)["weight"] == 0.7
    revived = _row(dsn, "edges", stale.id)
    assert (revived["weight"], revived["invalidated_at"], revived["assertions"]) == (0.4, None, 2)
    assert _row(dsn, "edges", kept.id)["weight"] == 0.8
    for each in (strong, worse, fresh, old, to_other, to_self):
        assert _edge(dsn, each.id) == (each.source_id, each.target_id, False), "set aside"
    assert {each.id for each in await edges.page(tenant, entity_id=ada)} == {weak.id, better.id, stale.id, kept.id}
    assert await edges.page(tenant, entity_id=addie) == []
    assert made.edges == 5
    assert (await entities.undo_merge(tenant, merge_id=made.id)).left_over == []
    assert _knowledge(dsn) == before


async def test_chains_end_at_one_that_is_not_merged(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ids = await add_entities(tenant, agent, *"ABCDE")
    for id in ids[1:]:
        await add_fact(tenant, agent, id, f"about {id}")
        await _join(tenant, ids[0], id)
    states = [_knowledge(dsn)]
    merges = []
    for one, other in itertools.pairwise(ids[1:]):
        merges.append(await _merge(tenant, one, other))
        states.append(_knowledge(dsn))
    merged = fetch(dsn, "SELECT DISTINCT merged_into FROM memdb.entities WHERE status = 'merged'")
    assert merged == [(ids[-1],)]
    assert len(await edges.page(tenant, entity_id=ids[-1])) == 1
    assert fetch(dsn, "SELECT DISTINCT entity_id FROM memdb.facts") == [(ids[-1],)]
    with pytest.raises(InvalidInput, match="merge_id must be the merge into an entity that was not merged itself: undo that merge first"):
        await entities.undo_merge(tenant, merge_id=merges[0].id)
    assert await _merge(tenant, ids[2], ids[-1]) == merges[1], "it is merged into it by now"
    for made, state in zip(reversed(merges), reversed(states[:-1]), strict=True):
        assert (await entities.undo_merge(tenant, merge_id=made.id)).left_over == []
        assert _knowledge(dsn) == state


async def test_merges_into_one_are_undone_in_any_order(tenant: Tenant, agent: Agent, dsn: str) -> None:
    hub, *ids = await add_entities(tenant, agent, "Hub", *"ABC")
    for id in ids:
        await add_fact(tenant, agent, id, f"about {id}")
        await _join(tenant, id, hub)
    before = _knowledge(dsn)
    (other,) = await add_entities(tenant, agent, "Other")
    merges = [await _merge(tenant, id, other) for id in ids]
    left = [(await entities.undo_merge(tenant, merge_id=made.id)).left_over for made in merges]
    # The edge that all three became stays with the last of them.
    assert [[each.kind for each in parts] for parts in left] == [["source"], ["grown_edge"], []]
    execute(dsn, f"DELETE FROM memdb.entities WHERE id = '{other}'")
    assert [each for n, each in enumerate(_knowledge(dsn)) if n != 4] == [each for n, each in enumerate(before) if n != 4]
    assert len(await edges.page(tenant, entity_id=hub)) == 2


async def test_what_has_changed_since_is_left_and_told(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, addie, bob, eve = await add_entities(tenant, agent, "Ada", "Addie", "Bob", "Eve")
    await entities.add_alias(tenant, entity_id=addie, alias="Ads")
    await entities.add_alias(tenant, entity_id=addie, alias="Lady")
    moved, gone = await add_fact(tenant, agent, addie, "she sings"), await add_fact(tenant, agent, addie, "she swims")
    ours, theirs = await add_fact(tenant, agent, ada, "she runs"), await add_fact(tenant, agent, addie, "she runs")
    _, deleted = await add_fact(tenant, agent, ada, "she rows"), await add_fact(tenant, agent, addie, "she rows")
    weak, strong = await _join(tenant, ada, bob, weight=0.3), await _join(tenant, addie, bob, weight=0.9)
    self_loop, free = await _join(tenant, addie, ada), await _join(tenant, addie, eve)
    made = await _merge(tenant, addie, ada)

    execute(
        dsn,
        f"UPDATE memdb.facts SET content = 'she sings well', version = version + 1 WHERE id = '{moved}'",
        f"DELETE FROM memdb.facts WHERE id = '{gone}'",
        f"UPDATE memdb.facts SET version = version + 1, confidence = 0.9 WHERE id IN ('{ours}', '{theirs}')",
        f"UPDATE memdb.facts SET deleted_at = now() WHERE id = '{deleted}'",
        "DELETE FROM memdb.entity_aliases WHERE key = 'lady'",
        f"UPDATE memdb.entities SET mentions = mentions + 5, last_seen_at = now() WHERE id = '{ada}'",
    )
    await _join(tenant, ada, bob)
    await edges.weaken(tenant, id=free.id)
    later, late_fact = await _join(tenant, ada, eve, "likes"), await add_fact(tenant, agent, ada, "she reads")
    seen = _row(dsn, "entities", ada)["last_seen_at"]

    undone = await entities.undo_merge(tenant, merge_id=made.id)
    told = {(each.kind, each.key or each.id) for each in undone.left_over}
    assert told == {
        ("alias", "lady"),
        ("fact", gone),
        ("link", gone),
        ("equal_fact", deleted),
        ("confirmed_fact", ours),
        ("grown_edge", weak.id),
    }
    assert (_row(dsn, "facts", moved)["entity_id"], _row(dsn, "facts", moved)["content"]) == (str(addie), "she sings well")
    assert [_row(dsn, "facts", theirs)[name] for name in ("entity_id", "status", "confidence")] == [str(addie), "active", 0.9]
    assert _row(dsn, "facts", deleted)["entity_id"] == str(addie)
    assert _row(dsn, "facts", late_fact)["entity_id"] == str(ada)
    assert _aliases(dsn) == {"ads": addie}
    assert (_row(dsn, "entities", ada)["mentions"], _row(dsn, "entities", ada)["last_seen_at"]) == (6, seen)
    assert _edge(dsn, weak.id) == (ada, bob, True)
    assert _row(dsn, "edges", weak.id)["weight"] == 1
    assert [_edge(dsn, each.id) for each in (strong, self_loop, free)] == [(addie, bob, True), (addie, ada, True), (addie, eve, True)]
    assert _row(dsn, "edges", free.id)["weight"] == pytest.approx(0.7)
    assert _edge(dsn, later.id) == (ada, eve, True)


async def test_an_edge_whose_place_is_taken_stays(tenant: Tenant, agent: Agent, dsn: str) -> None:
    """The other end was merged meanwhile, and the merged one had an edge to both."""
    ada, addie, bob, rob = await add_entities(tenant, agent, "Ada", "Addie", "Bob", "Rob")
    await _join(tenant, ada, bob)
    aside, moved = await _join(tenant, addie, bob), await _join(tenant, addie, rob)
    made = await _merge(tenant, addie, ada)
    await _merge(tenant, bob, rob)
    undone = await entities.undo_merge(tenant, merge_id=made.id)
    assert {(each.kind, each.id) for each in undone.left_over} >= {("source", moved.id)}
    assert _edge(dsn, aside.id)[:2] == (addie, rob)


async def test_equal_facts_of_several_times_come_back(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, addie = await add_entities(tenant, agent, "Ada", "Addie")
    month = timedelta(days=30)
    await add_fact(tenant, agent, ada, "she sings", valid_from=_NOW - 3 * month, valid_until=_NOW - month)
    gave_way = await add_fact(tenant, agent, addie, "she sings", valid_from=_NOW - 2 * month, valid_until=_NOW - month)
    await add_fact(tenant, agent, addie, "she sings", valid_from=_NOW)
    before = _knowledge(dsn)
    made = await _merge(tenant, addie, ada)
    assert _row(dsn, "facts", gave_way)["status"] == "superseded"
    assert (await entities.undo_merge(tenant, merge_id=made.id)).left_over == []
    assert _knowledge(dsn) == before


async def test_a_fact_that_another_merge_needs_stays_and_is_found(tenant: Tenant, agent: Agent, dsn: str) -> None:
    hub, ada, addie = await add_entities(tenant, agent, "Hub", "Ada", "Addie")
    fact, _ = await add_fact(tenant, agent, ada, "she sings"), await add_fact(tenant, agent, addie, "she sings")
    made = [await _merge(tenant, id, hub) for id in (ada, addie)]
    undone = await entities.undo_merge(tenant, merge_id=made[0].id)
    assert [(each.kind, each.id) for each in undone.left_over] == [("fact", fact)]
    assert _row(dsn, "facts", fact)["entity_id"] == str(hub)
    assert await facts.entities(tenant, id=fact) == [hub, ada]


async def test_an_edge_is_revived_without_what_showed_it(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, addie, bob = await add_entities(tenant, agent, "Ada", "Addie", "Bob")
    ours, _ = await _join(tenant, ada, bob, fact_id=await add_fact(tenant, agent, ada, "she knows Bob")), await _join(tenant, addie, bob)
    assert ours.fact_id is not None
    await facts.invalidate(tenant, id=ours.fact_id)
    before = _knowledge(dsn)
    made = await _merge(tenant, addie, ada)
    assert _edge(dsn, ours.id) == (ada, bob, True)
    assert _row(dsn, "edges", ours.id)["fact_id"] is None
    assert (await entities.undo_merge(tenant, merge_id=made.id)).left_over == []
    assert _knowledge(dsn) == before


async def test_what_ended_meanwhile_shows_nothing(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, addie, bob, eve = await add_entities(tenant, agent, "Ada", "Addie", "Bob", "Eve")
    ours, theirs = await add_fact(tenant, agent, ada, "she sings"), await add_fact(tenant, agent, addie, "she sings")
    other = await add_fact(tenant, agent, addie, "she knows Bob")
    _, aside = await _join(tenant, ada, bob, fact_id=ours), await _join(tenant, addie, bob, fact_id=other)
    moved = await _join(tenant, addie, eve, fact_id=theirs)
    made = await _merge(tenant, addie, ada)
    await facts.invalidate(tenant, id=other)
    await facts.delete(tenant, id=theirs)
    undone = await entities.undo_merge(tenant, merge_id=made.id)
    assert {(each.kind, each.id) for each in undone.left_over} == {
        ("set_aside_edge", aside.id),
        ("equal_fact", theirs),
        ("evidence", moved.id),
    }
    assert _edge(dsn, aside.id) == (addie, bob, False)
    assert (_edge(dsn, moved.id), _row(dsn, "edges", moved.id)["fact_id"]) == ((addie, eve, True), str(ours))


async def test_no_edge_stands_at_a_merged_entity(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, bob, cy = await add_entities(tenant, agent, "Ada", "Bob", "Cy")
    fact = await add_fact(tenant, agent, cy, "Cy knows Bob")
    aside, _, _ = await _join(tenant, cy, bob), await _join(tenant, cy, ada), await _join(tenant, ada, bob)
    shown = await _join(tenant, cy, bob, "likes", fact_id=fact)
    await _join(tenant, ada, bob, "likes")
    await facts.delete(tenant, id=fact)
    made = await _merge(tenant, bob, ada)
    await _merge(tenant, cy, ada)
    undone = await entities.undo_merge(tenant, merge_id=made.id)
    assert ("set_aside_edge", aside.id) in [(each.kind, each.id) for each in undone.left_over]
    assert _edge(dsn, aside.id) == (cy, bob, False), "its place is taken"
    await facts.restore(tenant, id=fact)
    assert _edge(dsn, shown.id) == (cy, bob, False)


async def test_names_that_something_else_has(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, addie, bob = await add_entities(tenant, agent, "Ada", "Addie", "Bob")
    await entities.add_alias(tenant, entity_id=bob, alias="Addie")
    made = await _merge(tenant, addie, ada)
    assert _aliases(dsn) == {"addie": bob, "thing:addie": ada}, "the first to take a name keeps it"
    await entities.undo_merge(tenant, merge_id=made.id)
    assert _aliases(dsn) == {"addie": bob}


async def test_wrong_merges(tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    ada, addie, bob, gone = await add_entities(tenant, agent, "Ada", "Addie", "Bob", "Gone")
    other = await agents.create(tenant, slug="other", name="Other")
    (elsewhere,) = await add_entities(tenant, other, "Elsewhere")
    (theirs,) = await add_entities(rival.tenant, rival.agent, "Theirs")
    execute(dsn, f"UPDATE memdb.entities SET deleted_at = now() WHERE id = '{gone}'")
    with pytest.raises(InvalidInput, match="into_id must be another entity"):
        await _merge(tenant, ada, ada)
    with pytest.raises(InvalidInput, match="into_id must be an entity of the same agent"):
        await _merge(tenant, ada, elsewhere)
    for one, into in ((ada, theirs), (theirs, ada), (ada, gone), (gone, ada), (ada, uuid.uuid4())):
        with pytest.raises(NotFound, match="no such entity among id and into_id"):
            await _merge(tenant, one, into)
    with pytest.raises(NotFound):
        await _merge(rival.tenant, ada, addie)
    with pytest.raises(InvalidInput, match="reason must"):
        await entities.merge(tenant, id=ada, into_id=addie, reason="")
    made = await _merge(tenant, addie, ada)
    with pytest.raises(InvalidTransition):
        await _merge(tenant, addie, bob)
    with pytest.raises(InvalidInput, match="into_id must be an active entity, not one that is merged"):
        await _merge(tenant, bob, addie)
    with pytest.raises(InvalidInput, match="not one that is merged"):
        await _merge(tenant, ada, addie)
    for on, id in ((tenant, uuid.uuid4()), (rival.tenant, made.id)):
        with pytest.raises(NotFound, match="no such merge"):
            await entities.undo_merge(on, merge_id=id)
    execute(dsn, f"UPDATE memdb.entities SET deleted_at = now() WHERE id = '{addie}'")
    with pytest.raises(InvalidInput, match="merge_id must be the merge of an entity that is not deleted"):
        await entities.undo_merge(tenant, merge_id=made.id)
    execute(dsn, f"UPDATE memdb.entities SET deleted_at = NULL WHERE id = '{addie}'")
    await agents.update(tenant, id=agent.id, status="suspended")
    for refused in (_merge(tenant, bob, ada), entities.undo_merge(tenant, merge_id=made.id)):
        with pytest.raises(WritesRefused):
            await refused
    await agents.update(tenant, id=agent.id, status="active")
    await entities.undo_merge(tenant, merge_id=made.id)
    with pytest.raises(InvalidTransition, match="what is undone cannot become undone"):
        await entities.undo_merge(tenant, merge_id=made.id)
    assert await entities.merges(rival.tenant, id=ada) == await entities.merges(rival.tenant, agent_id=agent.id) == []


async def test_opposite_merges_at_once(tenant: Tenant, agent: Agent, dsn: str) -> None:
    for attempt in range(20):
        one, other = await add_entities(tenant, agent, f"One {attempt}", f"Other {attempt}")
        results = await asyncio.gather(_merge(tenant, one, other), _merge(tenant, other, one), return_exceptions=True)
        assert sorted(type(result).__name__ for result in results) == ["EntityMerge", "InvalidInput"]


async def test_merges_of_one_chain_at_once(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ids = await add_entities(tenant, agent, *(f"E{n}" for n in range(12)))
    await edges.assert_many(tenant, items=[NewEdge(source_id=a, target_id=b, type="t") for a, b in itertools.permutations(ids, 2)])
    pairs = [pair for pair in itertools.permutations(range(12), 2) if sum(pair) % 3 == 0]
    results = await asyncio.gather(*[_merge(tenant, ids[a], ids[b]) for a, b in pairs], return_exceptions=True)
    assert {type(result) for result in results} <= {EntityMerge, InvalidInput, InvalidTransition}
    merges = {result.id: result for result in results if isinstance(result, EntityMerge)}
    assert merges
    ((astray,),) = fetch(
        dsn,
        """
        SELECT count(*) FROM memdb.entities AS m JOIN memdb.entities AS t ON t.id = m.merged_into WHERE t.status = 'merged'
        """,
    )
    assert astray == 0
    ((held,),) = fetch(
        dsn,
        """
        SELECT count(*) FROM memdb.edges AS e JOIN memdb.entities AS t ON t.id IN (e.source_id, e.target_id)
        WHERE t.status = 'merged' AND e.invalidated_at IS NULL
        """,
    )
    assert held == 0
    undone = await asyncio.gather(*[entities.undo_merge(tenant, merge_id=id) for id in [*merges, *merges]], return_exceptions=True)
    assert {type(result).__name__ for result in undone} <= {"UndoneMerge", "InvalidInput", "InvalidTransition"}


async def test_what_is_written_while_an_entity_is_merged_goes_along(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, addie, bob = await add_entities(tenant, agent, "Ada", "Addie", "Bob")
    async with tenant.transaction() as tx:
        edge = await _join(tx, addie, bob)
        merging = asyncio.create_task(_merge(tenant, addie, ada))
        await asyncio.sleep(0.2)
        assert not merging.done(), "it waits for what is being written"
    made = await merging
    assert _edge(dsn, edge.id) == (ada, bob, True)
    await entities.undo_merge(tenant, merge_id=made.id)
    async with tenant.transaction() as tx:
        await _merge(tx, addie, ada)
        writing = asyncio.create_task(_join(tenant, addie, bob, "likes"))
        await asyncio.sleep(0.2)
        assert not writing.done(), "nor does a writer overtake it"
    assert (await writing).source_id == ada


async def test_many_writers_beside_merges(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ids = await add_entities(tenant, agent, *(f"E{n}" for n in range(8)))
    refused = []

    async def write(n: int) -> None:
        for a, b in itertools.permutations(ids[:4], 2):
            try:
                await _join(tenant, a, b, f"t{n}")
            except InvalidInput as error:
                refused.append(error.field)

    async def merge() -> None:
        first = await _merge(tenant, ids[0], ids[5])
        await _merge(tenant, ids[5], ids[6])
        with pytest.raises(InvalidInput):
            await entities.undo_merge(tenant, merge_id=first.id)
        await _merge(tenant, ids[1], ids[6])

    await asyncio.gather(*[write(n) for n in range(8)], merge())
    assert set(refused) <= {"target_id"}, "both are one by now"
    found = await edges.page(tenant, agent_id=agent.id, limit=1000)
    assert {id for each in found for id in (each.source_id, each.target_id)} <= {ids[2], ids[3], ids[6]}


async def test_a_merge_reads_by_indexes(tenant: Tenant, agent: Agent, dsn: str) -> None:
    org_id = tenant.org_id
    execute(
        dsn,
        f"""
        INSERT INTO memdb.entities (org_id, id, agent_id, type, key, name)
        SELECT '{org_id}', md5('e' || i)::uuid, '{agent.id}', 'thing', 'thing:e' || i, 'E' || i FROM generate_series(0, 4999) AS i
        """,
        f"""
        INSERT INTO memdb.edges (org_id, agent_id, source_id, target_id, type)
        SELECT '{org_id}', '{agent.id}', md5('e' || i)::uuid, md5('e' || (i + n * n) % 5000)::uuid, 't'
        FROM generate_series(0, 4999) AS i, generate_series(1, 8) AS n
        """,
        f"""
        INSERT INTO memdb.facts (org_id, agent_id, entity_id, content)
        SELECT '{org_id}', '{agent.id}', md5('e' || i % 5000)::uuid, 'fact ' || i / 5000 FROM generate_series(0, 19999) AS i
        """,
        "INSERT INTO memdb.fact_entities SELECT org_id, id, entity_id FROM memdb.facts",
        f"""
        INSERT INTO memdb.entity_aliases (org_id, agent_id, entity_id, key, alias)
        SELECT '{org_id}', '{agent.id}', md5('e' || i)::uuid, 'a' || i, 'a' || i FROM generate_series(0, 4999) AS i
        """,
        "ANALYZE",
    )
    ids = [uuid.UUID(str(id)) for (id,) in fetch(dsn, "SELECT md5('e' || i)::uuid FROM generate_series(0, 19) AS i")]
    for mode in ("force_custom_plan", "force_generic_plan"):
        connection = await tenant._pool.acquire(5)
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
        await connection.execute(f"SELECT memdb.enter('{org_id}')")
        # One merge first writes what the second must not read all of.
        for merged, into in itertools.pairwise(ids[:4]):
            made = await connection.fetchval("SELECT id FROM memdb.merge_entities($1, $2, $3, NULL, NULL)", org_id, merged, into)
            await connection.execute("SELECT left_over FROM memdb.undo_entity_merge($1, $2, NULL)", org_id, made)
        read = await connection.fetch(
            "SELECT relname FROM pg_stat_xact_user_tables WHERE schemaname = 'memdb' AND seq_scan > 0 AND relname NOT LIKE 'entity_merge%'"
        )
        await transaction.rollback()
        tenant._pool.give(connection)
        assert {each[0] for each in read} <= {"organizations", "agents", "embedding_spaces"}
