"""The graph: edges that are strengthened, weakened and invalidated, and what they lead to."""

from __future__ import annotations

import asyncio
import itertools
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memdb import agents, edges, entities, facts, organizations
from memdb.agents import Agent
from memdb.edges import Edge, NewEdge
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput, NotFound, VersionConflict, WritesRefused
from tests.conftest import Home
from tests.knowing import add_entities, add_fact
from tests.server import execute, fetch

_NOW = datetime.now(UTC)


async def _join(tenant: Tenant, source: uuid.UUID, target: uuid.UUID, type: str = "knows", **fields: Any) -> Edge:
    return await edges.assert_(tenant, source_id=source, target_id=target, type=type, **fields)


async def test_what_is_asserted_is_what_is_read(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, acme = await add_entities(tenant, agent, "Ada", "Acme")
    fact = await add_fact(tenant, agent, ada, "Ada works at Acme")
    made = await _join(
        tenant,
        ada,
        acme,
        "Works at",
        weight=0.6,
        fact_id=fact,
        valid_from=_NOW - timedelta(days=3),
        valid_until=_NOW + timedelta(days=3),
        provenance="model",
        metadata={"ä": [1]},
    )
    assert (made.agent_id, made.source_id, made.target_id, made.type) == (agent.id, ada, acme, "works_at")
    assert (made.weight, made.assertions, made.fact_id, made.provenance, made.metadata) == (0.6, 1, fact, "model", {"ä": [1]})
    assert (made.valid_from, made.valid_until) == (_NOW - timedelta(days=3), _NOW + timedelta(days=3))
    assert (made.invalidated_at, made.used_at, made.version) == (None, None, 1)
    assert await edges.get(tenant, id=made.id) == made
    assert await edges.get(tenant, id=uuid.uuid4()) is None
    bare = await _join(tenant, acme, ada)
    assert (bare.weight, bare.fact_id, bare.valid_from, bare.valid_until, bare.metadata) == (0.8, None, None, None, {})


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("works_at", "works_at"),
        ("Works at", "works_at"),
        ("worksAt", "works_at"),
        ("WORKS-AT", "works_at"),
        ("  is: friend/of ", "is_friend_of"),
        ("HTTPServer of", "http_server_of"),
        ("knows2", "knows2"),
        ("ist Größe von", "ist_gr_e_von"),
        ("_", ""),
        ("друг", ""),
    ],
)
def test_types_are_written_one_way(given: str, stored: str, dsn: str) -> None:
    assert fetch(dsn, f"SELECT memdb.edge_type('{given}'), memdb.edge_type(memdb.edge_type('{given}'))") == [(stored, stored)]


async def test_an_assertion_strengthens(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, bob = await add_entities(tenant, agent, "Ada", "Bob")
    first = await _join(tenant, ada, bob, weight=0.65, metadata={"a": 1}, provenance="rule")
    again = await _join(tenant, ada, bob, "Knows", weight=0.1)
    assert (again.id, again.weight, again.assertions, again.version) == (first.id, 0.75, 2, 2)
    assert (again.metadata, again.provenance) == ({"a": 1}, "rule")
    more = await _join(tenant, ada, bob, by=0.2, metadata={"b": 2}, provenance="model")
    assert (more.weight, more.metadata, more.provenance) == (0.95, {"b": 2}, "model")
    assert (await _join(tenant, ada, bob)).weight == 1
    assert (await _join(tenant, ada, bob, by=0)).weight == 1
    assert (await _join(tenant, bob, ada)).id != first.id
    assert (await _join(tenant, ada, bob, "likes")).id != first.id


async def test_an_assertion_revives(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, bob = await add_entities(tenant, agent, "Ada", "Bob")
    old, new = [await add_fact(tenant, agent, ada, content) for content in ("they met", "they met again")]
    edge = await _join(tenant, ada, bob, weight=0.5, fact_id=old)
    assert (await _join(tenant, ada, bob)).fact_id == old
    gone = await edges.invalidate(tenant, id=edge.id)
    assert gone.invalidated_at is not None
    assert await edges.page(tenant, entity_id=ada) == []
    back = await _join(tenant, ada, bob)
    assert (back.id, back.invalidated_at, back.fact_id, back.assertions) == (edge.id, None, None, 3)
    assert back.weight == pytest.approx(0.7)
    assert (await _join(tenant, ada, bob, fact_id=new)).fact_id == new
    await _join(tenant, ada, bob, valid_from=_NOW - timedelta(days=9), valid_until=_NOW - timedelta(days=1))
    assert await edges.neighbours(tenant, entity_ids=[ada]) == []
    again = await _join(tenant, ada, bob)
    assert (again.valid_from, again.valid_until) == (_NOW - timedelta(days=9), None)
    assert [each.entity_id for each in await edges.neighbours(tenant, entity_ids=[ada])] == [bob]
    until = _NOW + timedelta(days=1)
    await _join(tenant, ada, bob, valid_until=until)
    assert (await _join(tenant, ada, bob)).valid_until == until, "it has not ended"


async def test_the_latest_of_an_edges_times_counts_whichever_is_told_last(tenant: Tenant, agent: Agent) -> None:
    year = timedelta(days=365)
    spans = ((-9, -7), (-6, -4), (-2, None))
    for number, order in enumerate(itertools.permutations(spans)):
        one, other, another = await add_entities(tenant, agent, *(f"{name} {number}" for name in "ABC"))
        times: list[dict[str, Any]] = [
            {"valid_from": _NOW + since * year, "valid_until": None if until is None else _NOW + until * year} for since, until in order
        ]
        for each in times:
            made = await _join(tenant, one, other, **each)
        assert (made.valid_from, made.valid_until) == (_NOW - 2 * year, None)
        items = [NewEdge(source_id=one, target_id=another, type="knows", **each) for each in times]
        assert {(each.valid_from, each.valid_until) for each in await edges.assert_many(tenant, items=items)} == {(_NOW - 2 * year, None)}


async def test_many_at_once(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ids = await add_entities(tenant, agent, *"ABCD")
    items = [
        NewEdge(source_id=ids[0], target_id=ids[1], type="knows", weight=0.5, provenance="rule"),
        NewEdge(source_id=ids[2], target_id=ids[3], type="knows"),
        NewEdge(source_id=ids[0], target_id=ids[1], type="Knows", weight=0.9, metadata={"k": 1}),
        NewEdge(source_id=ids[1], target_id=ids[0], type="knows"),
    ]
    made = await edges.assert_many(tenant, items=items)
    assert [(each.source_id, each.target_id) for each in made] == [(each.source_id, each.target_id) for each in items]
    assert made[0] == made[2]
    assert (made[0].weight, made[0].assertions, made[0].provenance, made[0].metadata) == (0.6, 2, "rule", {"k": 1})
    again = await edges.assert_many(tenant, items=(item for item in items), by=0.2)
    assert (again[0].assertions, again[0].weight, again[1].weight) == (4, 1, 1)
    assert await edges.assert_many(tenant, items=[]) == []
    with pytest.raises(NotFound, match="no such entity or fact"):
        await edges.assert_many(tenant, items=[*items, NewEdge(source_id=ids[0], target_id=uuid.uuid4(), type="x")])
    assert (await edges.get(tenant, id=made[0].id)) == again[0], "all or none"
    many: Any = [NewEdge(source_id=ids[0], target_id=ids[1], type=f"t{n}") for n in range(1001)]
    with pytest.raises(InvalidInput, match="items must be at most 1000"):
        await edges.assert_many(tenant, items=many)
    assert len(await edges.assert_many(tenant, items=many[:1000])) == 1000
    with pytest.raises(InvalidInput, match="items must be NewEdge"):
        await edges.assert_many(tenant, items=[{"type": "x"}])  # type: ignore[list-item]


async def test_wrong_edges(db: Database, tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    ada, bob = await add_entities(tenant, agent, "Ada", "Bob")
    (theirs,) = await add_entities(rival.tenant, rival.agent, "Theirs")
    other = await agents.create(tenant, slug="other", name="Other")
    (elsewhere,) = await add_entities(tenant, other, "Elsewhere")
    with pytest.raises(InvalidInput, match="target_id must be another entity than source_id"):
        await _join(tenant, ada, ada)
    with pytest.raises(InvalidInput, match="target_id must be an entity of the same agent as source_id"):
        await _join(tenant, ada, elsewhere)
    with pytest.raises(NotFound, match="no such entity or fact"):
        await _join(tenant, ada, theirs)
    with pytest.raises(NotFound, match="no such entity or fact"):
        await _join(rival.tenant, ada, bob)
    gone = await add_fact(tenant, agent, ada, "y")
    await facts.delete(tenant, id=gone)
    for fact in (uuid.uuid4(), await add_fact(tenant, other, elsewhere, "x"), gone):
        with pytest.raises(NotFound, match="no such entity or fact"):
            await _join(tenant, ada, bob, fact_id=fact)
    for type in ("_", "2fast", "друг", "x" * 65):
        with pytest.raises(InvalidInput, match="type must have a letter"):
            await _join(tenant, ada, bob, type)
    for field, value in {"weight": 1.1, "by": -0.1, "type": "", "provenance": "x" * 33, "metadata": {"k": "x" * 8192}}.items():
        with pytest.raises(InvalidInput, match=f"{field} must"):
            await edges.assert_(tenant, **{"source_id": ada, "target_id": bob, "type": "x", field: value})  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="valid_until must be later than valid_from"):
        await _join(tenant, ada, bob, valid_from=_NOW, valid_until=_NOW)
    execute(dsn, f"UPDATE memdb.entities SET deleted_at = now() WHERE id = '{bob}'")
    with pytest.raises(NotFound):
        await _join(tenant, ada, bob)
    assert fetch(dsn, "SELECT count(*) FROM memdb.edges") == [(0,)]
    (new,), (also_theirs,) = await add_entities(tenant, agent, "New"), await add_entities(rival.tenant, rival.agent, "New")
    await agents.update(tenant, id=agent.id, status="suspended")
    with pytest.raises(WritesRefused):
        await _join(tenant, ada, new)
    await organizations.update(db.admin(rival.tenant.org_id), status="suspended")
    with pytest.raises(WritesRefused):
        await _join(rival.tenant, theirs, also_theirs)


async def test_weakening(tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    ada, bob = await add_entities(tenant, agent, "Ada", "Bob")
    edge = await _join(tenant, ada, bob)
    weak = await edges.weaken(tenant, id=edge.id, expected_version=1)
    assert (weak.weight, weak.version) == (pytest.approx(0.7), 2)
    assert (await edges.weaken(tenant, id=edge.id, by=0.7)).weight == 0.1
    assert (await edges.weaken(tenant, id=edge.id, floor=0.5)).weight == 0.1, "it never strengthens"
    assert (await edges.weaken(tenant, id=edge.id, by=1, floor=0)).weight == 0
    with pytest.raises(VersionConflict):
        await edges.weaken(tenant, id=edge.id, expected_version=2)
    with pytest.raises(NotFound, match="no such edge"):
        await edges.weaken(rival.tenant, id=edge.id)


async def test_invalidating(tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    ada, bob, eve = await add_entities(tenant, agent, "Ada", "Bob", "Eve")
    one = await _join(tenant, ada, bob)
    gone = await edges.invalidate(tenant, id=one.id, expected_version=1)
    assert await edges.invalidate(tenant, id=one.id) == gone, "once is enough"
    with pytest.raises(NotFound, match="no such edge"):
        await edges.invalidate(rival.tenant, id=one.id)
    likes, liked, known = await _join(tenant, ada, eve, "likes"), await _join(tenant, eve, ada, "likes"), await _join(tenant, bob, ada)
    with pytest.raises(VersionConflict):
        await edges.invalidate(tenant, id=likes.id, expected_version=3)
    assert await edges.invalidate_of(rival.tenant, entity_id=ada) == 0
    assert await edges.invalidate_of(tenant, entity_id=ada, type="Likes", direction="in") == 1
    assert {each.id for each in await edges.page(tenant, entity_id=ada)} == {likes.id, known.id}
    assert await edges.invalidate_of(tenant, entity_id=ada) == 2
    assert await edges.invalidate_of(tenant, entity_id=ada) == 0
    assert {each.id for each in await edges.page(tenant, entity_id=ada, ended=True)} == {one.id, likes.id, liked.id, known.id}


async def test_use_strengthens(tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    ada, bob, eve = await add_entities(tenant, agent, "Ada", "Bob", "Eve")
    one, two = await _join(tenant, ada, bob), await _join(tenant, ada, eve, weight=0.98)
    assert await edges.record_use(tenant, ids=[one.id, two.id, one.id, uuid.uuid4()]) == 2
    used, full = await edges.get(tenant, id=one.id), await edges.get(tenant, id=two.id)
    assert used is not None
    assert full is not None
    assert (used.weight, full.weight, used.used_at == used.updated_at or used.used_at is not None) == (pytest.approx(0.85), 1, True)
    assert await edges.record_use(rival.tenant, ids=[one.id]) == 0
    assert await edges.record_use(tenant, ids=[]) == 0


async def test_pages(tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    hub, *others = await add_entities(tenant, agent, "Hub", *"abcdefgh")
    out = [await _join(tenant, hub, other, f"type {n % 2}") for n, other in enumerate(others)]
    into = [await _join(tenant, other, hub) for other in others]
    newest = [each.id for each in reversed(out + into)]
    assert [each.id for each in await edges.page(tenant, entity_id=hub)] == newest
    assert [each.id for each in await edges.page(tenant, agent_id=agent.id)] == newest
    assert [each.id for each in await edges.page(tenant, agent_id=agent.id, type="Type 1", limit=3)] == [out[n].id for n in (7, 5, 3)]
    assert [each.id for each in await edges.page(tenant, entity_id=hub, direction="out", type="type_0")] == [
        out[n].id for n in (6, 4, 2, 0)
    ]
    assert [each.id for each in await edges.page(tenant, entity_id=hub, direction="in")] == [each.id for each in reversed(into)]
    for of in ({"entity_id": hub}, {"agent_id": agent.id}):
        seen: list[uuid.UUID] = []
        while page := await edges.page(tenant, **of, limit=3, before=seen[-1] if seen else None):  # type: ignore[arg-type]
            seen += [each.id for each in page]
        assert seen == newest
        assert await edges.page(rival.tenant, **of) == []  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="entity_id or agent_id must be given, and not both"):
        await edges.page(tenant)
    with pytest.raises(InvalidInput, match="not both"):
        await edges.page(tenant, entity_id=hub, agent_id=agent.id)
    with pytest.raises(InvalidInput, match="direction must be both"):
        await edges.page(tenant, agent_id=agent.id, direction="in")


async def test_one_edge_from_many_tasks(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ids = await add_entities(tenant, agent, *"ABCDEF")
    pairs = [NewEdge(source_id=a, target_id=b, type="knows", weight=0) for a, b in itertools.permutations(ids, 2)]

    async def write(seed: int) -> None:
        mine = list(pairs)
        random.Random(seed).shuffle(mine)
        made = await edges.assert_many(tenant, items=mine, by=0.001)
        await edges.record_use(tenant, ids=[each.id for each in made], by=0.001)

    await asyncio.gather(*[write(seed) for seed in range(20)])
    found = await edges.page(tenant, agent_id=agent.id, limit=1000)
    assert len(found) == 30
    assert {(each.assertions, each.version, round(each.weight, 6)) for each in found} == {(20, 40, 0.039)}


async def test_neighbours(tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    ada, bob, eve, dan, far = await add_entities(tenant, agent, "Ada", "Bob", "Eve", "Dan", "Far")
    direct = await _join(tenant, ada, bob, weight=0.3)
    strong = await _join(tenant, bob, eve, weight=0.6)
    await _join(tenant, eve, ada, "likes", weight=0.9)
    await _join(tenant, dan, bob, weight=0.4)
    await _join(tenant, eve, far, weight=1)

    async def names(**given: Any) -> list[tuple[str, int]]:
        return [(each.name, each.hop) for each in await edges.neighbours(tenant, **{"entity_ids": [ada], "depth": 5, **given})]

    assert await names(depth=1) == [("Eve", 1), ("Bob", 1)]
    assert await names() == [("Eve", 1), ("Bob", 1), ("Far", 2)]
    assert await names(min_far_weight=0.4) == [("Eve", 1), ("Bob", 1), ("Far", 2), ("Dan", 2)]
    assert await names(min_weight=0.5) == [("Eve", 1), ("Far", 2), ("Bob", 2)]
    assert await names(min_weight=0.7) == [("Eve", 1), ("Far", 2)]
    assert await names(direction="out") == [("Bob", 1), ("Eve", 2), ("Far", 3)]
    assert await names(direction="in") == [("Eve", 1), ("Bob", 2)]
    assert await names(types=["Knows"]) == [("Bob", 1), ("Eve", 2), ("Far", 3)]
    assert await names(types=[]) == []
    assert await names(limit=2) == [("Eve", 1), ("Bob", 1)]
    assert await names(entity_ids=[ada, eve]) == [("Far", 1), ("Bob", 1)]
    assert await names(entity_ids=[]) == await names(entity_ids=[uuid.uuid4()]) == []
    assert await edges.neighbours(rival.tenant, entity_ids=[ada]) == []
    found = (await edges.neighbours(tenant, entity_ids=[ada], depth=2, direction="out"))[1]
    assert (found.path, found.edge_id, found.edge_type, found.weight) == ([ada, bob, eve], strong.id, "knows", 0.6)
    assert (found.type, found.key, found.name) == ("thing", "thing:eve", "Eve")
    assert found.score == pytest.approx(0.6 / 2, rel=1e-3)
    execute(dsn, f"UPDATE memdb.entities SET deleted_at = now() WHERE id = '{bob}'")
    assert await names(direction="out") == [("Eve", 2), ("Far", 3)], "a way may lead through it"
    await edges.invalidate(tenant, id=direct.id)
    assert await names(direction="out") == []


async def test_neighbours_as_of_a_time(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, bob, eve, dan = await add_entities(tenant, agent, "Ada", "Bob", "Eve", "Dan")
    days = [_NOW + timedelta(days=n) for n in range(-10, 10)]
    await _join(tenant, ada, bob, valid_from=days[0], valid_until=days[5])
    await _join(tenant, ada, eve, valid_from=days[3])
    soon = await _join(tenant, ada, dan, valid_from=days[12])
    assert [each.name for each in await edges.neighbours(tenant, entity_ids=[ada])] == ["Eve"]

    async def at(day: int) -> set[str]:
        return {each.name for each in await edges.neighbours(tenant, entity_ids=[ada], as_of=days[day])}

    assert [await at(day) for day in (0, 4, 5, 12)] == [{"Bob"}, {"Bob", "Eve"}, {"Eve"}, {"Eve", "Dan"}]
    await edges.invalidate(tenant, id=soon.id)
    assert await at(12) == {"Eve"}
    execute(dsn, f"UPDATE memdb.edges SET invalidated_at = '{days[6].isoformat()}' WHERE target_id = '{eve}'")
    assert [await at(day) for day in (5, 6)] == [{"Eve"}, set()], "what was taken back later stood then"


def _random_graph(random_: random.Random, ids: list[uuid.UUID]) -> list[NewEdge]:
    pairs = random_.sample(list(itertools.permutations(ids, 2)), 2 * len(ids))
    return [NewEdge(source_id=a, target_id=b, type="t", weight=random_.choice([0.2, 0.5, 0.7, 0.9])) for a, b in pairs]


def _led_to(graph: list[NewEdge], direction: str, of: uuid.UUID) -> list[tuple[uuid.UUID, float]]:
    out = [(each.target_id, each.weight) for each in graph if each.source_id == of and direction != "in"]
    return out + [(each.source_id, each.weight) for each in graph if each.target_id == of and direction != "out"]


@pytest.mark.parametrize("seed", range(6))
async def test_neighbours_and_activation_are_those_of_plain_loops(seed: int, tenant: Tenant, agent: Agent, dsn: str) -> None:
    random_ = random.Random(seed)
    ids = await add_entities(tenant, agent, *(f"E{n}" for n in range(25)))
    graph = _random_graph(random_, ids)
    await edges.assert_many(tenant, items=graph)
    for direction, depth, seeds in itertools.product(("out", "in", "both"), (1, 2, 3, 5), (ids[:1], ids[1:4])):
        hops = dict.fromkeys(seeds, 0)
        strongest: dict[uuid.UUID, float] = {}
        for hop in range(1, depth + 1):
            came: dict[uuid.UUID, float] = {}
            for each in [id for id, at in hops.items() if at == hop - 1]:
                for other, weight in _led_to(graph, direction, each):
                    if other not in hops and weight >= (0 if hop == 1 else 0.5):
                        came[other] = max(weight, came.get(other, 0))
            hops |= dict.fromkeys(came, hop)
            strongest |= came
        found = await edges.neighbours(tenant, entity_ids=seeds, depth=depth, direction=direction)  # type: ignore[arg-type]
        assert {each.entity_id: (each.hop, each.weight) for each in found} == {id: (hops[id], strongest[id]) for id in strongest}
        for each in found:
            assert (each.path[0] in seeds, each.path[-1], len(each.path)) == (True, each.entity_id, each.hop + 1)
            assert all(b in dict(_led_to(graph, direction, a)) for a, b in itertools.pairwise(each.path))
        order = [(each.hop, -each.score) for each in found]
        assert order == sorted(order)

    for hops_, decay in itertools.product((1, 2, 4), (0.5, 0.8)):
        scores = [random_.random() for _ in range(3)]
        active = {id: score / 3 for id, score in zip(ids[:3], scores, strict=True)}
        seen, last = dict(active), active
        for _ in range(hops_):
            came = {}
            for id, activation in last.items():
                for other, weight in _led_to(graph, "both", id):
                    if other not in seen:
                        came[other] = came.get(other, 0) + activation * decay * weight
            seen, last = seen | came, came
        reached = await edges.spread(tenant, entity_ids=ids[:3], scores=scores, depth=hops_, decay=decay)
        expected = {id: activation for id, activation in seen.items() if id not in ids[:3]}
        assert {each.entity_id: each.activation for each in reached} == pytest.approx(expected)
        assert [each.activation for each in reached] == sorted([each.activation for each in reached], reverse=True)


@pytest.mark.parametrize("seed", range(4))
async def test_paths_are_those_of_plain_loops(seed: int, tenant: Tenant, agent: Agent, dsn: str) -> None:
    random_ = random.Random(seed)
    ids = await add_entities(tenant, agent, *(f"E{n}" for n in range(12)))
    graph = _random_graph(random_, ids)
    await edges.assert_many(tenant, items=graph)
    for direction, depth in itertools.product(("out", "in", "both"), (1, 3, 4)):
        ways: list[tuple[list[uuid.UUID], float]] = []
        partial = [([ids[0]], 1.0)]
        for _ in range(depth):
            partial = [
                ([*way, other], strength * weight)
                for way, strength in partial
                for other, weight in _led_to(graph, direction, way[-1])
                if other not in way and way[-1] != ids[1]
            ]
            ways += [(way, strength) for way, strength in partial if way[-1] == ids[1]]
        for strongest in (False, True):
            found = await edges.paths(
                tenant,
                source_id=ids[0],
                target_id=ids[1],
                depth=depth,
                direction=direction,  # type: ignore[arg-type]
                strongest_first=strongest,
                limit=50,
            )
            order = sorted((-strength, len(way)) if strongest else (len(way), -strength) for way, strength in ways)[:50]
            got = [(-each.strength, len(each.entity_ids)) if strongest else (len(each.entity_ids), -each.strength) for each in found]
            assert [pytest.approx(each) for each in order] == got
            if len(ways) <= 50:
                assert sorted(each.entity_ids for each in found) == sorted(way for way, _ in ways)
            assert all(len(each.edge_ids) == len(each.types) == len(each.entity_ids) - 1 for each in found)


async def test_odd_paths(tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    ada, bob, eve = await add_entities(tenant, agent, "Ada", "Bob", "Eve")
    edge = await _join(tenant, ada, bob, "likes")
    other = await _join(tenant, bob, eve, weight=0.5)
    (found,) = await edges.paths(tenant, source_id=ada, target_id=eve)
    assert (found.entity_ids, found.edge_ids, found.types, found.strength) == (
        [ada, bob, eve],
        [edge.id, other.id],
        ["likes", "knows"],
        0.4,
    )
    assert await edges.paths(tenant, source_id=ada, target_id=eve, types=["likes"]) == []
    assert await edges.paths(tenant, source_id=ada, target_id=eve, min_weight=0.6) == []
    assert await edges.paths(tenant, source_id=ada, target_id=eve, as_of=_NOW - timedelta(days=1)) == []
    assert await edges.paths(tenant, source_id=ada, target_id=uuid.uuid4()) == []
    assert await edges.paths(rival.tenant, source_id=ada, target_id=eve) == []
    with pytest.raises(InvalidInput, match="target_id must be another entity than source_id"):
        await edges.paths(tenant, source_id=ada, target_id=ada)


async def test_a_hub_is_gone_through_by_its_strongest(tenant: Tenant, agent: Agent, dsn: str) -> None:
    hub, *leaves = await add_entities(tenant, agent, "Hub", *(f"L{n}" for n in range(30)))
    beyond = await add_entities(tenant, agent, *(f"B{n}" for n in range(30)))
    await edges.assert_many(
        tenant, items=[NewEdge(source_id=hub, target_id=leaf, type="t", weight=n / 30) for n, leaf in enumerate(leaves)]
    )
    await edges.assert_many(tenant, items=[NewEdge(source_id=a, target_id=b, type="t") for a, b in zip(leaves, beyond, strict=True)])
    found = await edges.neighbours(tenant, entity_ids=[hub], depth=2, breadth=5)
    assert {each.name for each in found} == {f"{kind}{n}" for kind in "LB" for n in range(25, 30)}
    active = await edges.spread(tenant, entity_ids=[hub], scores=[1], breadth=5)
    assert {each.name for each in active} == {each.name for each in found}


async def test_activation_by_facts(tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    ada, bob, eve = await add_entities(tenant, agent, "Ada", "Bob", "Eve")
    await _join(tenant, ada, bob, weight=0.5)
    for content in ("Ada met Eve", "Eve met Ada"):
        await add_fact(tenant, agent, ada, content, names=[eve])
    await facts.delete(tenant, id=await add_fact(tenant, agent, ada, "Ada met Bob", names=[bob]))
    await add_fact(
        tenant, agent, ada, "Ada was with Bob", names=[bob], valid_from=_NOW - timedelta(days=2), valid_until=_NOW - timedelta(days=1)
    )

    async def active(**given: Any) -> dict[str, float]:
        found = await edges.spread(tenant, **{"entity_ids": [ada], "scores": [0.8], "depth": 1, **given})
        return {each.name: round(each.activation, 6) for each in found}

    assert await active() == {"Bob": 0.2}
    assert await active(fact_weight=0.25) == {"Bob": 0.2, "Eve": 0.1}, "several facts are one edge"
    assert await active(fact_weight=0.25, as_of=_NOW - timedelta(hours=36)) == {"Bob": 0.1}
    assert await active(min_weight=0.6) == {}
    assert await active(entity_ids=[ada, ada], scores=[1, 0.6]) == {"Bob": 0.2}
    assert await active(entity_ids=[ada, uuid.uuid4()], scores=[0.8, 0.8]) == {"Bob": 0.1}
    assert await active(entity_ids=[], scores=[]) == {}
    assert await edges.spread(rival.tenant, entity_ids=[ada], scores=[1]) == []
    for ids in ([ada], []):
        with pytest.raises(InvalidInput, match="scores must be one for each of entity_ids"):
            await active(entity_ids=ids, scores=[0.1, 0.2])


@pytest.mark.parametrize(
    ("weight", "age", "edge_age", "is_named", "hop", "score"),
    [
        (1, 0, 0, False, 1, 1),
        (0.8, 0, 0, False, 1, 0.8),
        (0.8, 30, 0, False, 1, 0.4),
        (0.8, 30, 90, False, 1, 0.2),
        (0.8, 30, 90, True, 1, 0.3),
        (0.8, 30, 90, True, 2, 0.15),
        (0.8, 10, 45, False, 2, 0.8 * 0.75 * (2 / 3) / 2),
        (0.6, 10_000, 0, False, 1, 0.06),
        (0.6, 0, 10_000, False, 1, 0.12),
        (0.6, 10_000, 10_000, True, 3, 0.006),
        (0.6, 270, 360, False, 1, 0.012),
        (1, -5, -5, False, 1, 1),
        (0, 1, 1, True, 1, 0),
    ],
)
def test_the_score_of_the_graph(weight: float, age: float, edge_age: float, is_named: bool, hop: int, score: float, dsn: str) -> None:
    ((found,),) = fetch(dsn, f"SELECT memdb.graph_score({weight}, {age}, {edge_age}, {is_named}, {hop})")
    assert found == pytest.approx(score)
    plainly = weight * max(0.1, 1 / (1 + max(age, 0) / 30)) * max(0.2, 1 / (1 + max(edge_age, 0) / 90)) * (1.5 if is_named else 1) / hop
    assert found == pytest.approx(plainly)


async def test_facts_around(tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    ada, bob, acme, rome = await add_entities(tenant, agent, "Ada", "Bob", "Acme", "Rome")
    await _join(tenant, ada, bob, weight=0.9)
    edge = await _join(tenant, ada, acme, weight=0.8)
    await _join(tenant, acme, rome, weight=0.6)
    own = await add_fact(tenant, agent, ada, "Ada sings")
    old = await add_fact(tenant, agent, bob, "Bob likes milk")
    execute(dsn, f"UPDATE memdb.facts SET ingested_at = now() - interval '60 days' WHERE id = '{old}'")
    likes = await add_fact(tenant, agent, bob, "Bob likes tea", attribute="likes", value="tea")
    makes = await add_fact(tenant, agent, acme, "Acme makes rockets", names=[rome])
    city = await add_fact(tenant, agent, rome, "Rome is a city")
    await facts.delete(tenant, id=await add_fact(tenant, agent, bob, "Bob likes war"))
    await add_fact(tenant, agent, bob, "Bob is ill", valid_from=_NOW - timedelta(days=2), valid_until=_NOW - timedelta(days=1))
    expired = await add_fact(tenant, agent, bob, "Bob is away", expires_at=_NOW + timedelta(days=1))
    execute(dsn, f"UPDATE memdb.facts SET expires_at = clock_timestamp() WHERE id = '{expired}'")
    execute(dsn, f"UPDATE memdb.edges SET updated_at = now() - interval '90 days' WHERE id = '{edge.id}'")

    found = await edges.facts_around(tenant, entity_ids=[ada])
    scores = {each.fact_id: each.score for each in found}
    assert scores == pytest.approx({likes: 0.9, makes: 0.4, old: 0.3, city: 0.3}, rel=1e-3)
    assert [each.score for each in found] == sorted(scores.values(), reverse=True)
    assert own not in scores
    best = found[0]
    assert (best.content, best.attribute, best.entity_id, best.hop, best.path) == ("Bob likes tea", "likes", bob, 1, [ada, bob])
    named = await edges.facts_around(tenant, entity_ids=[ada], text="who is at ACME in rome?")
    assert {each.fact_id: each.score for each in named} == pytest.approx({likes: 0.9, makes: 0.6, old: 0.3, city: 0.45}, rel=1e-3)
    assert {each.hop for each in named if each.fact_id == makes} == {1}
    assert [each.fact_id for each in await edges.facts_around(tenant, entity_ids=[ada], limit=1)] == [likes]
    assert {each.fact_id for each in await edges.facts_around(tenant, entity_ids=[ada], depth=1)} == {likes, old, makes}
    assert await edges.facts_around(rival.tenant, entity_ids=[ada]) == []
    await edges.invalidate_of(tenant, entity_id=ada, type="knows")
    assert await edges.facts_around(tenant, entity_ids=[ada]) == []


async def test_a_merged_entity_stands_for_the_other(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, other, bob = await add_entities(tenant, agent, "Ada", "Addie", "Bob")
    await entities.merge(tenant, id=other, into_id=ada)
    edge = await _join(tenant, other, bob)
    assert (edge.source_id, edge.target_id) == (ada, bob)
    assert (await _join(tenant, ada, bob)).id == edge.id
    assert [each.path for each in await edges.neighbours(tenant, entity_ids=[other])] == [[ada, bob]]
    assert [each.entity_ids for each in await edges.paths(tenant, source_id=bob, target_id=other)] == [[bob, ada]]
    assert [each.name for each in await edges.spread(tenant, entity_ids=[other], scores=[1])] == ["Bob"]
    with pytest.raises(InvalidInput, match="another entity"):
        await _join(tenant, ada, other)
