"""Retrieval of facts: what is in the running, and what its score is the sum of, against the formulas in Python."""

from __future__ import annotations

import math
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from memdb import edges, entities, facts, insights
from memdb.agents import Agent
from memdb.engine.database import Tenant
from memdb.entities import Entity
from memdb.errors import InvalidInput
from memdb.facts import Fact, FactHit, FactRanking
from tests.conftest import DIMENSION, Home, vector
from tests.server import execute

EVERYTHING = FactRanking(
    vector_weight=0.7,
    text_weight=0.3,
    graph_weight=0.2,
    recency_weight=0.2,
    half_life_days=14,
    importance_weight=0.1,
    confidence_weight=0.05,
    vitality_weight=0.04,
)


@pytest.fixture
async def known(tenant: Tenant, agent: Agent) -> dict[str, Entity]:
    return {
        name: await entities.see(tenant, agent_id=agent.id, type="person", name=name) for name in ("Ada", "Bob", "Cleo", "Dora", "Egon")
    }


async def _say(tenant: Tenant, agent: Agent, about: Entity, content: str, **given: Any) -> Fact:
    return (await facts.assert_(tenant, agent_id=agent.id, entity_id=about.id, content=content, **given)).fact


async def _retrieve(tenant: Tenant, agent: Agent, **given: Any) -> list[FactHit]:
    hits = await facts.retrieve(tenant, agent_id=agent.id, **given)
    for hit in hits:
        parts = hit.parts
        assert hit.score == pytest.approx(
            parts.vector + parts.text + parts.graph + parts.recency + parts.importance + parts.confidence + parts.vitality
        )
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    return hits


def _contents(hits: list[FactHit]) -> set[str]:
    return {hit.fact.content for hit in hits}


def _near(seed: int, similarity: float) -> np.ndarray[Any, Any]:
    """A unit vector of this cosine similarity to vector(seed)."""
    base, other = vector(seed), vector(seed + 1000)
    other = other - base * np.dot(base, other)
    other /= np.linalg.norm(other)
    return (similarity * base + math.sqrt(1 - similarity**2) * other).astype(np.float32)


async def test_a_score_is_what_the_formulas_say(tenant: Tenant, agent: Agent, known: dict[str, Entity], dsn: str) -> None:
    fact = await _say(tenant, agent, known["Bob"], "Bob plays chess", embedding=_near(1, 0.6), confidence=0.9, importance=0.6)
    edge = await edges.assert_(tenant, source_id=known["Ada"].id, target_id=known["Bob"].id, type="knows", weight=0.7)
    await insights.add(tenant, agent_id=agent.id, type="pattern", title="Games", content="Games are liked", fact_ids=[fact.id])
    execute(
        dsn,
        f"""
        UPDATE memdb.facts SET
            ingested_at = now() - interval '30 days', valid_from = now() - interval '30 days', confirmed_at = now() - interval '7 days',
            retrieved_at = now() - interval '14 days', retrievals = 3, confirmations = 2, corrections = 1
        WHERE id = '{fact.id}'
        """,
    )
    execute(dsn, f"UPDATE memdb.edges SET updated_at = now() - interval '45 days' WHERE id = '{edge.id}'")
    (hit,) = await _retrieve(tenant, agent, text="Does Ada like chess?", embedding=vector(1), ranking=EVERYTHING)
    assert (hit.fact.id, hit.hop) == (fact.id, 1)
    assert hit.similarity == pytest.approx(0.6, abs=1e-3)
    expected = {
        "vector": 0.7 * 0.6,
        "text": 0.3,
        "graph": 0.2 * 0.7 * (1 / (1 + 30 / 30)) * (1 / (1 + 45 / 90)),
        "recency": 0.2 * 0.5 ** (7 / 14),
        "importance": 0.1 * 0.6 * (1 + 0.3 * math.log(4) / math.log(11) + 0.2 * 0.5 ** (14 / 7)) * 0.8 * 1.3,
        "confidence": 0.05 * 0.9 * 0.95,
        "vitality": 0.04 * (0.3 * math.log(4) / math.log(11) + 0.25 * 0.5 ** (14 / 30) + 0.2 * 0.9 + 0.15 * 2 / 5) * 0.8,
    }
    for name, value in expected.items():
        assert getattr(hit.parts, name) == pytest.approx(value, rel=2e-3), name


async def test_what_is_in_the_running(tenant: Tenant, agent: Agent, known: dict[str, Entity]) -> None:
    await _say(tenant, agent, known["Ada"], "likes tea", embedding=vector(1))
    await _say(tenant, agent, known["Bob"], "rows a boat", embedding=_near(1, 0.3))
    await _say(tenant, agent, known["Cleo"], "sails to sea", embedding=_near(1, 0.1))
    await _say(tenant, agent, known["Dora"], "has no embedding")
    for source, target, weight in (("Ada", "Bob", 0.3), ("Bob", "Cleo", 0.6), ("Cleo", "Dora", 0.9)):
        await edges.assert_(tenant, source_id=known[source].id, target_id=known[target].id, type="knows", weight=weight)

    assert _contents(await _retrieve(tenant, agent, embedding=vector(1))) == {"likes tea", "rows a boat"}
    assert _contents(await _retrieve(tenant, agent, embedding=vector(1), min_similarity=0.5)) == {"likes tea"}
    assert _contents(await _retrieve(tenant, agent, text="sailing boats")) == {"rows a boat", "sails to sea"}
    assert _contents(await _retrieve(tenant, agent, text="sailing -boats")) == {"sails to sea"}
    ada = [known["Ada"].id]
    for hops, expected in ((0, {"likes tea"}), (1, {"likes tea", "rows a boat"}), (2, {"likes tea", "rows a boat", "sails to sea"})):
        assert _contents(await _retrieve(tenant, agent, entity_ids=ada, depth=hops)) == expected
        assert _contents(await _retrieve(tenant, agent, text="What of ADA?", depth=hops)) == expected
    assert _contents(await _retrieve(tenant, agent, text="What of Ada?", names=False)) == set()
    assert _contents(await _retrieve(tenant, agent, text="What of Adalbert?")) == set()
    # The second step needs an edge of half the weight; from Bob both ways are first steps.
    assert _contents(await _retrieve(tenant, agent, entity_ids=[known["Dora"].id])) == {"has no embedding", "sails to sea", "rows a boat"}
    await edges.invalidate(tenant, id=(await edges.page(tenant, entity_id=known["Dora"].id))[0].id)
    assert _contents(await _retrieve(tenant, agent, entity_ids=[known["Dora"].id])) == {"has no embedding"}


async def test_common_words_find_nothing_beside_rarer_ones(tenant: Tenant, agent: Agent, known: dict[str, Entity]) -> None:
    """But where there is no embedding, or no other word of the text."""
    contents = [f"x{n} " + "tea " * (n % 2) + "oak" * (n % 7 == 1) for n in range(60)]
    items = [facts.NewFact(entity_id=known["Ada"].id, content=each, embedding=vector(1)) for each in contents]
    await facts.assert_many(tenant, agent_id=agent.id, items=[*items, facts.NewFact(entity_id=known["Bob"].id, content="loose tea")])

    async def worded(text: str, embedding: Any = None) -> set[str]:
        hits = await _retrieve(tenant, agent, text=text, embedding=embedding, limit=100)
        return {hit.fact.content.split()[0] for hit in hits if hit.parts.text}

    odd, oaks = {f"x{n}" for n in range(1, 60, 2)} | {"loose"}, {f"x{n}" for n in range(60) if n % 7 == 1}
    assert await worded("tea oak", vector(1)) == oaks | {"loose"}
    assert await worded("tea oak") == odd | oaks
    assert await worded("tea", vector(1)) == odd
    hits = await _retrieve(tenant, agent, text="tea oak", embedding=-vector(1))
    assert {hit.fact.content.split()[0] for hit in hits} == oaks | {"loose"}, "neither is near it"
    rare, common = math.log(1 + (61 - 9 + 0.5) / 9.5), math.log(1 + (61 - 0.55 * 61 + 0.5) / (0.55 * 61 + 0.5))
    scores = {hit.fact.content.split()[0]: hit.text_score for hit in hits}
    assert scores["x8"] == pytest.approx(rare, rel=1e-4)
    assert scores["x1"] == pytest.approx(rare + common, rel=1e-4)


async def test_names_and_aliases_in_a_text(tenant: Tenant, agent: Agent, known: dict[str, Entity]) -> None:
    await _say(tenant, agent, known["Ada"], "likes tea")
    await entities.add_alias(tenant, entity_id=known["Ada"].id, alias="Lady Lovelace")
    (by_name,) = await _retrieve(tenant, agent, text="And Ada?")
    (by_alias,) = await _retrieve(tenant, agent, text="And lady lovelace?")
    (by_id,) = await _retrieve(tenant, agent, entity_ids=[known["Ada"].id])
    assert by_name.fact == by_alias.fact == by_id.fact
    assert by_name.parts.graph == pytest.approx(1.5 * by_id.parts.graph, rel=1e-3)
    merged = await entities.see(tenant, agent_id=agent.id, type="person", name="Augusta")
    await entities.merge(tenant, id=merged.id, into_id=known["Ada"].id)
    assert [hit.fact.id for hit in await _retrieve(tenant, agent, entity_ids=[merged.id])] == [by_id.fact.id]


async def test_filters(tenant: Tenant, agent: Agent, known: dict[str, Entity]) -> None:
    ada, bob = known["Ada"], known["Bob"]
    await _say(tenant, agent, ada, "drinks tea", category="habit", sensitive=True)
    await _say(tenant, agent, ada, "drinks milk", attribute="drink", value="milk", confidence=0.3)
    await _say(tenant, agent, bob, "drinks beer with Ada", entities=[ada.id])

    async def found(**given: Any) -> set[str]:
        return _contents(await _retrieve(tenant, agent, text="drinks", **given))

    assert await found() == {"drinks tea", "drinks milk", "drinks beer with Ada"}
    assert await found(category="habit") == {"drinks tea"}
    assert await found(attribute="drink") == {"drinks milk"}
    assert await found(sensitive=False) == {"drinks milk", "drinks beer with Ada"}
    assert await found(min_confidence=0.55) == {"drinks tea", "drinks beer with Ada"}
    assert await found(only_entity_ids=[bob.id]) == {"drinks beer with Ada"}
    assert await found(only_entity_ids=[ada.id]) == {"drinks tea", "drinks milk", "drinks beer with Ada"}
    assert await found(only_entity_ids=[]) == set()
    assert await found(min_score=100.0) == set()
    assert len(await found(limit=2)) == 2


async def test_what_was_true_and_what_was_known(tenant: Tenant, agent: Agent, known: dict[str, Entity]) -> None:
    async def lives_in(city: str, since: datetime) -> Fact:
        return await _say(tenant, agent, known["Ada"], f"lives in {city}", attribute="city", value=city, valid_from=since)

    async def found(**given: Any) -> set[str]:
        return _contents(await _retrieve(tenant, agent, text="lives", **given))

    await lives_in("Paris", datetime(2020, 1, 1, tzinfo=UTC))
    between = datetime.now(UTC)
    await lives_in("Oslo", datetime(2024, 1, 1, tzinfo=UTC))
    assert await found() == {"lives in Oslo"}
    assert await found(as_of=datetime(2022, 1, 1, tzinfo=UTC)) == {"lives in Paris"}
    assert await found(as_of=datetime(2025, 1, 1, tzinfo=UTC), known_at=between) == {"lives in Paris"}
    assert await found(as_of=datetime(2019, 1, 1, tzinfo=UTC)) == set()


async def test_nothing_is_retrieved_of_another_tenant_or_agent(tenant: Tenant, agent: Agent, known: dict[str, Entity], rival: Home) -> None:
    await _say(tenant, agent, known["Ada"], "likes tea", embedding=vector(1))
    given: dict[str, Any] = {"text": "Ada tea", "embedding": vector(1), "entity_ids": [known["Ada"].id]}
    assert await facts.retrieve(rival.tenant, agent_id=agent.id, **given) == []
    assert await facts.retrieve(rival.tenant, agent_id=rival.agent.id, **given) == []
    assert await facts.retrieve(tenant, agent_id=uuid.uuid4(), **given) == []
    async with tenant.transaction() as tx:
        assert len(await facts.retrieve(tx, agent_id=agent.id, **given)) == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "text or embedding or entity_ids must be given"),
        ({"entity_ids": []}, "text or embedding or entity_ids must be given"),
        ({"text": "x", "depth": 3}, "depth must be between 0 and 2"),
        ({"text": "x", "min_confidence": 1.1}, "min_confidence must be between 0 and 1"),
        ({"text": "x", "limit": 0}, "limit must be"),
        ({"text": "x", "as_of": datetime(2026, 1, 1)}, "as_of must have a time zone"),
        ({"text": "x", "ranking": {}}, "ranking must be a FactRanking"),
        ({"text": "x", "ranking": FactRanking(graph_weight=-1)}, "graph_weight must be"),
        ({"text": "x", "ranking": FactRanking(half_life_days=0)}, "half_life_days must be"),
        ({"embedding": [0.0] * DIMENSION}, "embedding must not be the zero vector"),
        ({"embedding": [1.0]}, "embedding must"),
        ({"text": "a\0b"}, "text must"),
        ({"text": "x", "entity_ids": [uuid.uuid4()] * 101}, "entity_ids must"),
        ({"text": "x", "min_score": math.nan}, "min_score must"),
    ],
)
async def test_wrong_input(given: dict[str, Any], message: str, tenant: Tenant, agent: Agent) -> None:
    with pytest.raises(InvalidInput, match=message):
        await facts.retrieve(tenant, agent_id=agent.id, **given)


async def test_a_fact_that_expires_is_not_found_from_then_on(tenant: Tenant, agent: Agent, known: dict[str, Entity], dsn: str) -> None:
    fact = await _say(tenant, agent, known["Ada"], "likes tea", expires_at=datetime.now(UTC) + timedelta(days=1))
    assert len(await _retrieve(tenant, agent, text="tea")) == 1
    execute(
        dsn,
        f"UPDATE memdb.facts SET ingested_at = now() - interval '2 h', expires_at = now() - interval '1 h' WHERE id = '{fact.id}'",
    )
    assert await _retrieve(tenant, agent, text="tea") == []
