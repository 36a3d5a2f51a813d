"""Upkeep: what each job changes, that a second run changes nothing, and that many at once do it once."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memdb import agents, clusters, edges, entities, facts, organizations, upkeep
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.entities import Entity, Sighting
from memdb.errors import InvalidInput, NotFound, WritesRefused
from memdb.facts import Fact, NewFact
from memdb.upkeep import Upkept
from tests.conftest import Home, vector
from tests.server import execute, fetch


@pytest.fixture
async def ada(tenant: Tenant, agent: Agent) -> Entity:
    return await entities.see(tenant, agent_id=agent.id, type="person", name="Ada")


async def _say(tenant: Tenant, agent: Agent, about: Entity, content: str, **given: Any) -> Fact:
    return (await facts.assert_(tenant, agent_id=agent.id, entity_id=about.id, content=content, **given)).fact


async def _found(tenant: Tenant, fact: Fact) -> Fact:
    found = await facts.get(tenant, id=fact.id)
    assert found is not None
    return found


async def test_vitality_and_staleness(tenant: Tenant, agent: Agent, ada: Entity, dsn: str) -> None:
    fresh = await _say(tenant, agent, ada, "fresh", confidence=1.0)
    old, important, sensitive = [
        await _say(tenant, agent, ada, content, confidence=0.5, importance=importance, sensitive=content == "sensitive")
        for content, importance in (("old", 0.79), ("important", 0.8), ("sensitive", 0.1))
    ]
    execute(dsn, "UPDATE memdb.facts SET ingested_at = now() - interval '900 days' WHERE content <> 'fresh'")
    steps: list[int] = []
    assert await upkeep.refresh_vitality(tenant, agent_id=agent.id, progress=steps.append) == Upkept(4, 4)
    assert steps == [4]
    assert (await _found(tenant, fresh)).vitality == pytest.approx(0.45, abs=1e-3)
    assert (await _found(tenant, old)).vitality == pytest.approx(0.25 * 0.5**10 + 0.1, abs=1e-3)
    assert [(await _found(tenant, each)).stale for each in (fresh, old, important, sensitive)] == [False, True, False, False]
    assert (await _found(tenant, old)).version == 1
    assert await upkeep.refresh_vitality(tenant, agent_id=agent.id) == Upkept(4, 0)
    await facts.record_use(tenant, ids=[old.id] * 10)
    assert await upkeep.refresh_vitality(tenant, agent_id=agent.id) == Upkept(4, 1)
    assert (await _found(tenant, old)).vitality == pytest.approx(0.3 + 0.25 + 0.1, abs=1e-3)
    assert not (await _found(tenant, old)).stale


async def test_many_facts_go_in_batches(tenant: Tenant, agent: Agent, ada: Entity) -> None:
    for part in range(3):
        items = [NewFact(entity_id=ada.id, content=f"{part} {number}") for number in range(700)]
        await facts.assert_many(tenant, agent_id=agent.id, items=items)
    steps: list[int] = []
    assert await upkeep.refresh_vitality(tenant, agent_id=agent.id, progress=steps.append) == Upkept(2100, 2100)
    assert steps == [1000, 1000, 100]


async def test_edges_age_once(tenant: Tenant, agent: Agent, dsn: str) -> None:
    hub = await entities.see(tenant, agent_id=agent.id, type="thing", name="hub")
    ids = {}
    for name, given in {"used": 0.5, "strong": 0.99, "idle": 0.5, "weak": 0.05, "recent": 0.5}.items():
        target = await entities.see(tenant, agent_id=agent.id, type="thing", name=name)
        ids[name] = (await edges.assert_(tenant, source_id=hub.id, target_id=target.id, type="has", weight=given)).id
    for name in ("used", "strong"):
        execute(dsn, f"UPDATE memdb.edges SET used_at = now() - interval '6 days' WHERE id = '{ids[name]}'")
    for name in ("idle", "weak"):
        execute(dsn, f"UPDATE memdb.edges SET updated_at = now() - interval '91 days' WHERE id = '{ids[name]}'")

    async def weight(name: str) -> float:
        found = await edges.get(tenant, id=ids[name])
        assert found is not None
        return found.weight

    assert await upkeep.age_edges(tenant, agent_id=agent.id) == Upkept(5, 4)
    expected = {"used": 0.55, "strong": 1.0, "idle": 0.45, "weak": 0.05, "recent": 0.5}
    assert {name: await weight(name) for name in expected} == pytest.approx(expected)
    assert await upkeep.age_edges(tenant, agent_id=agent.id) == Upkept(5, 0)
    assert sum(each.changed for each in await asyncio.gather(*[upkeep.age_edges(tenant, agent_id=agent.id) for _ in range(4)])) == 0
    execute(dsn, "UPDATE memdb.edges SET aged_at = now() - interval '8 days' WHERE aged_at IS NOT NULL")
    at_once = await asyncio.gather(*[upkeep.age_edges(tenant, agent_id=agent.id) for _ in range(4)])
    assert sum(each.changed for each in at_once) == 4
    assert await weight("idle") == pytest.approx(0.405)
    assert (await upkeep.age_edges(tenant, agent_id=agent.id, days=0)).changed == 4


async def test_facts_whose_time_is_over(tenant: Tenant, agent: Agent, ada: Entity, rival: Home, dsn: str) -> None:
    bob = await entities.see(tenant, agent_id=agent.id, type="person", name="Bob")
    over, to_come = [
        await _say(tenant, agent, ada, content, expires_at=datetime.now(UTC) + timedelta(days=1)) for content in ("over", "to come")
    ]
    edge = await edges.assert_(tenant, source_id=ada.id, target_id=bob.id, type="knows", fact_id=over.id)
    execute(
        dsn,
        f"""
        UPDATE memdb.facts SET ingested_at = now() - interval '2 days', valid_from = now() - interval '2 days',
            expires_at = now() - interval '1 hour'
        WHERE id = '{over.id}'
        """,
    )
    assert await upkeep.end_expired_facts(rival.tenant) == 0
    assert sum(await asyncio.gather(*[upkeep.end_expired_facts(tenant) for _ in range(4)])) == 1
    ended = await _found(tenant, over)
    assert (ended.status, ended.valid_until, ended.version) == ("invalidated", ended.expires_at, 2)
    found = await edges.get(tenant, id=edge.id)
    assert found is not None
    assert found.invalidated_at is not None
    assert (await _found(tenant, to_come)).status == "active"


async def test_importance_of_entities(tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, bob, cleo = await entities.see_many(
        tenant, agent_id=agent.id, items=[Sighting(type="person", name=name) for name in ("Ada", "Bob", "Cleo")]
    )
    assert await upkeep.weigh_entities(tenant, agent_id=agent.id) == Upkept(3, 0)
    first = await _say(tenant, agent, ada, "one", entities=[bob.id])
    await _say(tenant, agent, ada, "two")
    await facts.record_use(tenant, ids=[first.id] * 4)
    await edges.assert_(tenant, source_id=ada.id, target_id=bob.id, type="knows")
    for entity, days in ((bob, 30), (cleo, 60)):
        execute(dsn, f"UPDATE memdb.entities SET last_seen_at = now() - interval '{days} days' WHERE id = '{entity.id}'")
    assert (await upkeep.weigh_entities(tenant, agent_id=agent.id)).seen == 3

    async def importance(of: Entity) -> float:
        found = await entities.get(tenant, id=of.id)
        assert found is not None
        return found.importance

    recency = {name: 0.5 ** (days / 30) for name, days in (("Ada", 0), ("Bob", 30), ("Cleo", 60))}
    least, spread = recency["Cleo"], recency["Ada"] - recency["Cleo"]
    assert await importance(ada) == pytest.approx(1.0, abs=1e-3)
    assert await importance(bob) == pytest.approx(0.30 / 2 + 0.25 * (recency["Bob"] - least) / spread + 0.25 + 0.20, abs=1e-3)
    assert await importance(cleo) == pytest.approx(0.0, abs=1e-3)
    assert await upkeep.weigh_entities(tenant, agent_id=agent.id) == Upkept(3, 0)
    assert math.isfinite(await importance(cleo))


async def test_clusters_are_refreshed(tenant: Tenant, agent: Agent, ada: Entity, dsn: str) -> None:
    made = [await _say(tenant, agent, ada, f"fact {seed}", embedding=vector(seed)) for seed in range(2)]
    cluster = await clusters.create(tenant, agent_id=agent.id, label="Tea", fact_ids=[fact.id for fact in made])
    steps: list[int] = []
    assert await upkeep.refresh_clusters(tenant, progress=steps.append) == 1
    assert steps == [1]
    assert await upkeep.refresh_clusters(tenant) == 0
    ((near,),) = [await clusters.nearest(tenant, agent_id=agent.id, embedding=vector(0))]
    assert near.cluster.id == cluster.id
    assert await upkeep.refresh_clusters(tenant, agent_id=agent.id, stale_after=timedelta(0)) == 1
    with pytest.raises(InvalidInput, match="stale_after must not be negative"):
        await upkeep.refresh_clusters(tenant, stale_after=timedelta(seconds=-1))
    assert fetch(dsn, "SELECT count(*) FROM memdb.cluster_embeddings") == [(1,)]


async def test_whom_upkeep_refuses(db: Database, tenant: Tenant, agent: Agent, rival: Home) -> None:
    for job in (upkeep.refresh_vitality, upkeep.age_edges, upkeep.weigh_entities):
        with pytest.raises(NotFound, match="agent"):
            await job(rival.tenant, agent_id=agent.id)
    await agents.update(tenant, id=agent.id, status="suspended")
    for job in (upkeep.refresh_vitality, upkeep.age_edges, upkeep.weigh_entities):
        with pytest.raises(WritesRefused, match="the agent is suspended"):
            await job(tenant, agent_id=agent.id)
    await organizations.update(db.admin(tenant.org_id), status="suspended")
    with pytest.raises(WritesRefused, match="the organization is suspended"):
        await upkeep.end_expired_facts(tenant)
    with pytest.raises(InvalidInput, match="days must be"):
        await upkeep.age_edges(tenant, agent_id=agent.id, days=-1)
