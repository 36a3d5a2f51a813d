"""Clusters: a fact is in one at most, centroids are the means of their facts, merges make no circle."""

from __future__ import annotations

import asyncio
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from memdb import agents, clusters, organizations, retention
from memdb.agents import Agent
from memdb.clusters import Cluster, Placement
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, InvalidTransition, NotFound, VersionConflict, WritesRefused
from tests.conftest import Home, vector
from tests.knowing import end_facts, make_facts
from tests.server import execute, fetch


async def _create(tenant: Tenant, agent: Agent, label: str = "tea", **fields: Any) -> Cluster:
    return await clusters.create(tenant, agent_id=agent.id, label=label, **fields)


async def _get(tenant: Tenant, cluster: Cluster) -> Cluster:
    found = await clusters.get(tenant, id=cluster.id)
    assert found is not None
    return found


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def _between(one: np.ndarray, other: np.ndarray, similarity: float) -> np.ndarray:
    """A unit vector with this cosine similarity to `one`, on the way to `other`."""
    return similarity * one + np.sqrt(1 - similarity**2) * _unit(other - one * (one @ other))


async def test_what_is_created_is_what_is_read(tenant: Tenant, agent: Agent) -> None:
    facts = await make_facts(tenant, agent.id, ["a", "b", "c"])
    made = await _create(
        tenant, agent, fact_ids=[*facts, facts[0]], summary="What Ada drinks", type="topic", importance=0.9, metadata={"ä": [1]}
    )
    assert (made.agent_id, made.label, made.summary, made.type, made.importance) == (agent.id, "tea", "What Ada drinks", "topic", 0.9)
    assert (made.status, made.merged_into, made.size, made.refreshed_at, made.metadata, made.version) == (
        "active",
        None,
        3,
        None,
        {"ä": [1]},
        1,
    )
    assert await clusters.get(tenant, id=made.id) == made
    assert await clusters.facts(tenant, id=made.id) == facts
    assert await clusters.facts(tenant, id=made.id, after=facts[0], limit=1) == [facts[1]]
    bare = await _create(tenant, agent)
    assert (bare.summary, bare.type, bare.importance, bare.size, bare.metadata) == (None, "auto", 0.5, 0, {})


async def test_a_create_may_be_repeated(tenant: Tenant, agent: Agent, rival: Home) -> None:
    id = uuid.uuid4()
    facts = await make_facts(tenant, agent.id, ["a", "b"])
    made = await asyncio.gather(*[_create(tenant, agent, id=id, fact_ids=facts) for _ in range(16)])
    assert {each.id for each in made} == {id}
    assert {each.size for each in made} == {2}
    assert await _create(rival.tenant, rival.agent, id=id) != made[0]
    other = await agents.create(tenant, slug="other", name="Other")
    for again in (_create(tenant, agent, "coffee", id=id), _create(tenant, other, id=id)):
        with pytest.raises(AlreadyExists, match="another cluster has this id"):
            await again
    with pytest.raises(AlreadyExists):
        async with tenant.transaction() as tx:
            await clusters.create(tx, agent_id=agent.id, label="coffee", id=id)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"label": ""}, "label must have 1 to 128"),
        ({"label": " \n"}, "label must have 1 to 128 characters and not be only white space"),
        ({"label": "x" * 129}, "label must have 1 to 128"),
        ({"summary": ""}, "summary must have 1 to 8192"),
        ({"summary": "x" * 8193}, "summary must have 1 to 8192"),
        ({"type": "x" * 33}, "type must have 1 to 32"),
        ({"importance": 1.1}, "importance must be between 0 and 1"),
        ({"importance": float("nan")}, "importance must be between 0 and 1"),
        ({"metadata": {"k": "x" * 9000}}, "metadata must be a JSON object of at most 8192 bytes"),
        ({"fact_ids": "x"}, "fact_ids must be a list"),
        ({"id": "x"}, "id must be a uuid.UUID"),
    ],
)
async def test_wrong_input(fields: dict[str, Any], message: str, tenant: Tenant, agent: Agent) -> None:
    with pytest.raises(InvalidInput, match=message):
        await clusters.create(tenant, agent_id=agent.id, **{"label": "x", **fields})
    made = await _create(tenant, agent)
    if not {"id", "fact_ids"} & fields.keys():
        with pytest.raises(InvalidInput, match=message):
            await clusters.update(tenant, id=made.id, **fields)
    assert await clusters.page(tenant, agent_id=agent.id) == [made]


async def test_adding_a_fact_moves_it_and_says_from_where(tenant: Tenant, agent: Agent) -> None:
    facts = await make_facts(tenant, agent.id, ["a", "b", "c"])
    one, two = await _create(tenant, agent, fact_ids=facts[:2]), await _create(tenant, agent, "coffee")
    assert await clusters.add_facts(tenant, id=two.id, fact_ids=[facts[2], facts[1], facts[2]]) == [
        Placement(facts[1], one.id),
        Placement(facts[2], None),
    ]
    assert await clusters.add_facts(tenant, id=two.id, fact_ids=[facts[1]]) == [Placement(facts[1], None)]
    assert [(await _get(tenant, each)).size for each in (one, two)] == [1, 2]
    assert await clusters.remove_facts(tenant, id=one.id, fact_ids=facts) == 1
    assert (
        await clusters.remove_facts(tenant, id=one.id, fact_ids=facts) == await clusters.remove_facts(tenant, id=one.id, fact_ids=[]) == 0
    )
    assert await clusters.facts(tenant, id=one.id) == []
    assert await clusters.facts(tenant, id=two.id) == facts[1:]
    assert (await _get(tenant, two)).version == 1
    with pytest.raises(InvalidInput, match="fact_ids must not be empty"):
        await clusters.add_facts(tenant, id=two.id, fact_ids=[])


async def test_many_who_want_the_same_facts_leave_each_in_one_cluster(tenant: Tenant, agent: Agent, dsn: str) -> None:
    facts = await make_facts(tenant, agent.id, [f"fact {n}" for n in range(60)])
    made = [await _create(tenant, agent, f"cluster {n}") for n in range(6)]
    chosen = [random.Random(seed).sample(facts, 40) for seed in range(32)]
    placed = await asyncio.gather(
        *[clusters.add_facts(tenant, id=made[n % 6].id, fact_ids=wanted) for n, wanted in enumerate(chosen)],
        *[clusters.remove_facts(tenant, id=made[n % 6].id, fact_ids=facts[:5]) for n in range(6)],
    )
    for wanted, result in zip(chosen, placed, strict=False):
        assert isinstance(result, list)
        assert sorted(wanted) == [each.fact_id for each in result]
    found = await asyncio.gather(*[clusters.facts(tenant, id=each.id) for each in made])
    assert [(await _get(tenant, each)).size for each in made] == [len(each) for each in found]
    everywhere = [fact for each in found for fact in each]
    assert len(set(everywhere)) == len(everywhere)
    assert fetch(dsn, "SELECT count(*) FROM memdb.cluster_facts") == [(len(everywhere),)]


async def test_facts_that_cannot_be_put_into_a_cluster(tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    (mine, gone) = await make_facts(tenant, agent.id, ["a", "b"])
    (others,) = await make_facts(tenant, other.id, ["a"])
    (theirs,) = await make_facts(rival.tenant, rival.agent.id, ["a"])
    execute(dsn, f"UPDATE memdb.facts SET deleted_at = now() WHERE id = '{gone}'")
    made = await _create(tenant, agent)
    for wrong in (gone, others, theirs, uuid.uuid4()):
        with pytest.raises(NotFound, match="fact"):
            await clusters.add_facts(tenant, id=made.id, fact_ids=[mine, wrong])
        with pytest.raises(NotFound, match="fact"):
            await _create(tenant, agent, "x", fact_ids=[mine, wrong])
        with pytest.raises((InvalidInput, NotFound), match="fact"):
            await clusters.split(tenant, id=made.id, fact_ids=[wrong], label="x")
    assert await clusters.page(tenant, agent_id=agent.id) == [made]
    assert await clusters.facts(tenant, id=made.id) == []


async def test_unknown_keys_and_other_tenants(tenant: Tenant, agent: Agent, rival: Home) -> None:
    (fact,) = await make_facts(rival.tenant, rival.agent.id, ["a"], embeddings=[vector(1)])
    theirs = await _create(rival.tenant, rival.agent, fact_ids=[fact])
    theirs = await clusters.refresh(rival.tenant, id=theirs.id)
    (mine,) = await make_facts(tenant, agent.id, ["a"])
    ours = await _create(tenant, agent)
    unknown = uuid.uuid4()
    with pytest.raises(NotFound, match=f"no such agent or fact among fact_ids: {unknown}"):
        await clusters.create(tenant, agent_id=unknown, label="x")
    with pytest.raises(NotFound, match="agent"):
        await clusters.create(tenant, agent_id=rival.agent.id, label="x")
    assert await clusters.get(tenant, id=theirs.id) is None
    assert await clusters.page(tenant, agent_id=rival.agent.id) == await clusters.page(tenant, agent_id=rival.agent.id, status=None) == []
    assert await clusters.facts(tenant, id=theirs.id) == await clusters.unclustered(tenant, agent_id=rival.agent.id) == []
    assert await clusters.nearest(tenant, agent_id=rival.agent.id, embedding=vector(1)) == []
    assert await clusters.nearest_of_fact(tenant, fact_id=fact) == []
    assert (await clusters.candidates(tenant, agent_id=rival.agent.id)).pairs == []
    calls: list[Any] = [
        clusters.update(tenant, id=theirs.id, label="x"),
        clusters.add_facts(tenant, id=theirs.id, fact_ids=[mine]),
        clusters.remove_facts(tenant, id=theirs.id, fact_ids=[fact]),
        clusters.refresh(tenant, id=theirs.id),
        clusters.split(tenant, id=theirs.id, fact_ids=[fact], label="x"),
        clusters.merge(tenant, ids=[theirs.id], into_id=ours.id),
        clusters.merge(tenant, ids=[ours.id], into_id=theirs.id),
        clusters.retire(tenant, id=theirs.id),
        clusters.delete(tenant, id=theirs.id),
        clusters.restore(tenant, id=theirs.id),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            await call
    assert await _get(rival.tenant, theirs) == theirs
    assert await _get(tenant, ours) == ours


async def test_pages(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    made = [await _create(tenant, agent, f"{n}", type=f"t{n % 2}") for n in range(8)]
    theirs = await _create(tenant, other)
    await clusters.merge(tenant, ids=[made[6].id], into_id=made[0].id)
    await clusters.retire(tenant, id=made[5].id)
    await clusters.delete(tenant, id=made[7].id)

    async def labels(**filters: Any) -> list[str]:
        return [each.label for each in await clusters.page(tenant, agent_id=agent.id, **filters)]

    assert await labels() == ["4", "3", "2", "1", "0"]
    assert await labels(type="t1") == ["3", "1"]
    assert await labels(status="merged") == ["6"]
    assert await labels(status="retired") == ["5"]
    assert await labels(status=None) == ["6", "5", "4", "3", "2", "1", "0"]
    assert await labels(status=None, type="t0", before=made[6].id, limit=2) == ["4", "2"]
    assert await labels(before=made[3].id, limit=2) == ["2", "1"]
    assert await clusters.page(tenant, agent_id=other.id) == [theirs]
    with pytest.raises(InvalidInput, match="status must be one of"):
        await labels(status="gone")


async def test_a_clusters_life(tenant: Tenant, agent: Agent) -> None:
    facts = await make_facts(tenant, agent.id, ["a", "b"])
    made = await _create(tenant, agent, fact_ids=facts)
    changed = await clusters.update(tenant, id=made.id, expected_version=1, summary="s", importance=0.1)
    assert (changed.label, changed.summary, changed.importance, changed.size, changed.version) == ("tea", "s", 0.1, 2, 2)
    for call in (clusters.update, clusters.retire, clusters.delete):
        with pytest.raises(VersionConflict, match="expected version 1, found version 2"):
            await call(tenant, id=made.id, expected_version=1)
    assert await clusters.delete(tenant, id=made.id, expected_version=2) == 3
    assert await clusters.get(tenant, id=made.id) is None
    assert [each.fact_id for each in await clusters.unclustered(tenant, agent_id=agent.id)] == facts
    await _create(tenant, agent, fact_ids=facts[:1])
    restored = await clusters.restore(tenant, id=made.id, expected_version=3)
    assert (restored.size, restored.version, restored.status) == (1, 4, "active")
    assert await clusters.unclustered(tenant, agent_id=agent.id) == []
    retired = await clusters.retire(tenant, id=made.id)
    assert (retired.status, retired.version) == ("retired", 5)
    assert [each.fact_id for each in await clusters.unclustered(tenant, agent_id=agent.id)] == facts[1:]
    with pytest.raises(InvalidTransition, match="what is retired cannot become retired"):
        await clusters.retire(tenant, id=made.id)
    for wrong in (
        clusters.add_facts(tenant, id=made.id, fact_ids=facts),
        clusters.refresh(tenant, id=made.id),
        clusters.split(tenant, id=made.id, fact_ids=facts, label="x"),
    ):
        with pytest.raises(InvalidInput, match="id must be that of an active cluster, not of one that is retired"):
            await wrong
    with pytest.raises(NotFound, match="deleted cluster"):
        await clusters.restore(tenant, id=made.id)


async def test_a_centroid_is_the_mean_of_the_embeddings(tenant: Tenant, agent: Agent, dsn: str) -> None:
    embeddings: list[Any] = [vector(n) for n in range(8)]
    facts = await make_facts(tenant, agent.id, [str(n) for n in range(9)], embeddings=[*embeddings, None])
    made = await _create(tenant, agent, fact_ids=facts)
    assert await clusters.nearest(tenant, agent_id=agent.id, embedding=vector(1)) == []
    refreshed = await clusters.refresh(tenant, id=made.id)
    assert (refreshed.size, refreshed.version) == (9, 1)
    assert refreshed.refreshed_at is not None

    async def centroid() -> np.ndarray:
        (found,) = await tenant.fetch(
            np.ndarray,
            "SELECT embedding FROM memdb.cluster_embeddings WHERE org_id = :org_id::memdb.tenant AND cluster_id = :id",
            id=made.id,
        )
        return found

    assert await centroid() == pytest.approx(_unit(np.mean(embeddings, axis=0)), abs=2e-4)
    await end_facts(tenant, facts[:3])
    execute(dsn, f"UPDATE memdb.facts SET deleted_at = now() WHERE id = '{facts[3]}'")
    assert await clusters.facts(tenant, id=made.id) == facts[4:]
    assert (await _get(tenant, made)).size == 9
    assert (await clusters.refresh(tenant, id=made.id)).size == 5
    assert await centroid() == pytest.approx(_unit(np.mean(embeddings[4:], axis=0)), abs=2e-4)
    assert (await _get(tenant, made)).size == 5
    await end_facts(tenant, facts[4:8])
    assert (await clusters.refresh(tenant, id=made.id)).size == 1
    assert await centroid() is None
    assert await clusters.nearest(tenant, agent_id=agent.id, embedding=vector(1)) == []


async def test_the_longest_unrefreshed_come_first(tenant: Tenant, agent: Agent) -> None:
    made = [await _create(tenant, agent, str(n)) for n in range(4)]
    await clusters.refresh(tenant, id=made[0].id)
    await clusters.refresh(tenant, id=made[2].id)
    await clusters.retire(tenant, id=made[3].id)
    now = datetime.now(UTC)
    waiting = await clusters.to_refresh(tenant, refreshed_before=now + timedelta(minutes=1))
    assert [each.id for each in waiting] == [made[1].id, made[0].id, made[2].id]
    assert [each.id for each in await clusters.to_refresh(tenant, refreshed_before=now - timedelta(days=1), agent_id=agent.id)] == [
        made[1].id
    ]
    assert await clusters.to_refresh(tenant, refreshed_before=now, agent_id=uuid.uuid4()) == []


async def test_the_nearest_clusters(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    base = vector(1)
    made = []
    for owner, similarity in ((agent, 0.9), (agent, 0.5), (agent, 0.7), (other, 1.0), (agent, 0.99)):
        facts = await make_facts(tenant, owner.id, ["a"], embeddings=[_between(base, vector(2), similarity)])
        made.append(await clusters.refresh(tenant, id=(await _create(tenant, owner, str(similarity), fact_ids=facts)).id))
    await clusters.retire(tenant, id=made[4].id)
    await _create(tenant, agent, "without a centroid")
    found = await clusters.nearest(tenant, agent_id=agent.id, embedding=base)
    assert [each.cluster for each in found] == [made[0], made[2], made[1]]
    assert [each.distance for each in found] == pytest.approx([0.1, 0.3, 0.5], abs=1e-3)
    assert await clusters.nearest(tenant, agent_id=agent.id, embedding=base, limit=1) == found[:1]
    assert await clusters.nearest(tenant, agent_id=agent.id, embedding=np.zeros(384)) == []
    with pytest.raises(InvalidInput, match="embedding must have 384 dimensions"):
        await clusters.nearest(tenant, agent_id=agent.id, embedding=[1.0])
    alike, bare = await make_facts(tenant, agent.id, ["alike", "bare"], embeddings=[base, None])
    assert await clusters.nearest_of_fact(tenant, fact_id=alike, limit=10) == found
    assert await clusters.nearest_of_fact(tenant, fact_id=alike) == found[:1]
    assert await clusters.nearest_of_fact(tenant, fact_id=bare) == await clusters.nearest_of_fact(tenant, fact_id=uuid.uuid4()) == []
    waiting = await clusters.unclustered(tenant, agent_id=agent.id, limit=3)
    # The fact of the retired cluster waits, too.
    assert {each.content: each.cluster_id for each in waiting} == {"a": made[0].id, "alike": made[0].id, "bare": None}
    assert await clusters.unclustered(tenant, agent_id=agent.id, after=waiting[0].fact_id, limit=1) == waiting[1:2]
    assert {each.content: each.distance for each in waiting}["alike"] == pytest.approx(0.1, abs=1e-3)
    await clusters.add_facts(tenant, id=made[0].id, fact_ids=[alike, bare])
    assert [each.content for each in await clusters.unclustered(tenant, agent_id=agent.id)] == ["a"]


async def test_facts_that_may_belong_together(tenant: Tenant, agent: Agent) -> None:
    near = [_between(vector(1), vector(n), 0.95) for n in (2, 3, 4)]
    embeddings: list[Any] = [vector(10), near[0], vector(11), near[1], None, near[2], _between(vector(10), vector(9), 0.8)]
    facts = await make_facts(tenant, agent.id, [str(n) for n in range(7)], embeddings=embeddings)
    unembedded = {4}

    def expected(at_least: float, together: frozenset[int] = frozenset()) -> set[tuple[uuid.UUID, uuid.UUID]]:
        return {
            (facts[a], facts[b])
            for a in range(7)
            for b in range(a + 1, 7)
            if not {a, b} & unembedded and not {a, b} <= together and float(embeddings[a] @ embeddings[b]) >= at_least
        }

    async def walked(**asked: Any) -> set[tuple[uuid.UUID, uuid.UUID]]:
        found: list[tuple[uuid.UUID, uuid.UUID]] = []
        after = None
        while True:
            batch = await clusters.candidates(tenant, agent_id=agent.id, after=after, **asked)
            for pair in batch.pairs:
                one, other = [embeddings[facts.index(each)] for each in (pair.fact_id, pair.other_id)]
                assert pair.similarity == pytest.approx(one @ other, abs=1e-3)
            found += [(pair.fact_id, pair.other_id) for pair in batch.pairs]
            if batch.after is None:
                assert len(set(found)) == len(found)
                return set(found)
            after = batch.after

    assert len(expected(0.75)) == 4
    for limit in (1, 2, 7, 100):
        assert await walked(limit=limit) == expected(0.75)
        assert await walked(limit=limit, min_similarity=-1.0) == expected(-1)
    assert await walked(min_similarity=0.99) == set()
    first = await clusters.candidates(tenant, agent_id=agent.id, per_fact=1, min_similarity=-1.0)
    assert [pair.fact_id for pair in first.pairs] == [facts[n] for n in (0, 1, 2, 3, 5)]
    assert first.pairs[0].other_id == facts[6]
    made = await _create(tenant, agent, fact_ids=[facts[1], facts[3]])
    await _create(tenant, agent, fact_ids=[facts[5]])
    assert await walked() == expected(0.75, frozenset({1, 3}))
    await clusters.retire(tenant, id=made.id)
    await end_facts(tenant, [facts[6]])
    unembedded.add(6)
    assert await walked() == expected(0.75)


async def test_merging(tenant: Tenant, agent: Agent) -> None:
    facts = await make_facts(tenant, agent.id, [str(n) for n in range(6)])
    one, two, three, into = [await _create(tenant, agent, str(n), fact_ids=facts[n : n + 1]) for n in range(4)]
    await clusters.merge(tenant, ids=[one.id], into_id=two.id)
    merged = await clusters.merge(tenant, ids=[three.id, two.id, two.id], into_id=into.id, expected_version=1)
    assert (merged.id, merged.label, merged.size, merged.version) == (into.id, "3", 4, 2)
    assert await clusters.facts(tenant, id=into.id) == facts[:4]
    for each in (one, two, three):
        found = await _get(tenant, each)
        assert (found.status, found.merged_into, found.size) == ("merged", into.id, 0)
    again = await clusters.merge(tenant, ids=[one.id, three.id], into_id=into.id, expected_version=1)
    assert again == merged
    four = await _create(tenant, agent, "4", fact_ids=facts[4:])
    wrong: list[tuple[Any, type[Exception], str]] = [
        (clusters.merge(tenant, ids=[], into_id=into.id), InvalidInput, "ids must not be empty"),
        (clusters.merge(tenant, ids=[into.id], into_id=into.id), InvalidInput, "into_id must be another cluster"),
        (clusters.merge(tenant, ids=[four.id], into_id=one.id), InvalidInput, "into_id must be an active cluster, not one that is merged"),
        (clusters.merge(tenant, ids=[one.id], into_id=four.id), InvalidTransition, "what is merged cannot become merged"),
        (clusters.merge(tenant, ids=[four.id], into_id=into.id, expected_version=1), VersionConflict, "found version 2"),
        (clusters.merge(tenant, ids=[four.id, uuid.uuid4()], into_id=into.id), NotFound, "cluster among ids and into_id"),
    ]
    for call, error, message in wrong:
        with pytest.raises(error, match=message):
            await call
    other = await _create(tenant, await agents.create(tenant, slug="other", name="Other"))
    with pytest.raises(InvalidInput, match="ids must be clusters of the same agent as into_id"):
        await clusters.merge(tenant, ids=[four.id], into_id=other.id)
    assert await _get(tenant, four) == four


async def test_merges_and_moves_at_once_lose_no_fact_and_make_no_chain(tenant: Tenant, agent: Agent, dsn: str) -> None:
    for round in range(6):
        facts = await make_facts(tenant, agent.id, [f"{round} {n}" for n in range(24)])
        made = [await _create(tenant, agent, str(n), fact_ids=facts[4 * n : 4 * n + 3]) for n in range(6)]
        pairs = [(0, 1), (1, 2), (2, 3), (3, 0), (4, 1), (2, 5), (5, 4)]
        results = await asyncio.gather(
            *[clusters.merge(tenant, ids=[made[a].id], into_id=made[b].id) for a, b in pairs],
            *[clusters.add_facts(tenant, id=made[n].id, fact_ids=facts[4 * n + 3 : 4 * n + 8]) for n in range(6)],
            return_exceptions=True,
        )
        for result in results:
            assert isinstance(result, Cluster | list | InvalidInput | InvalidTransition), result
        assert fetch(
            dsn,
            "SELECT count(*) FROM memdb.clusters AS c JOIN memdb.clusters AS t ON t.id = c.merged_into WHERE t.merged_into IS NOT NULL",
        ) == [(0,)]
        assert fetch(
            dsn, "SELECT count(*) FROM memdb.cluster_facts AS m JOIN memdb.clusters AS c ON c.id = m.cluster_id WHERE c.status = 'merged'"
        ) == [(0,)]
        kept = {fact for each in made for fact in await clusters.facts(tenant, id=each.id)}
        assert kept >= {fact for n in range(6) for fact in facts[4 * n : 4 * n + 3]}


async def test_a_merge_takes_what_was_put_in_while_it_waited(tenant: Tenant, agent: Agent) -> None:
    facts = await make_facts(tenant, agent.id, ["a", "b"])
    one, into, earlier = [await _create(tenant, agent, label) for label in ("one", "into", "earlier")]
    async with tenant.transaction() as tx:
        await clusters.add_facts(tx, id=one.id, fact_ids=facts)
        await clusters.merge(tx, ids=[earlier.id], into_id=one.id)
        merging = asyncio.create_task(clusters.merge(tenant, ids=[one.id], into_id=into.id))
        await asyncio.sleep(0.2)
    assert (await merging).size == 2
    assert await clusters.facts(tenant, id=into.id) == facts
    assert (await _get(tenant, earlier)).merged_into == into.id
    async with tenant.transaction() as tx:
        again = await _create(tenant, agent, "again")
        await clusters.merge(tx, ids=[into.id], into_id=again.id)
        adding = asyncio.create_task(clusters.add_facts(tenant, id=into.id, fact_ids=facts))
        await asyncio.sleep(0.2)
    with pytest.raises(InvalidInput, match="not of one that is merged"):
        await adding
    assert await clusters.facts(tenant, id=again.id) == facts


async def test_splitting(tenant: Tenant, agent: Agent) -> None:
    facts = await make_facts(tenant, agent.id, [str(n) for n in range(5)])
    made = await _create(tenant, agent, fact_ids=facts[:4])
    new = await clusters.split(tenant, id=made.id, fact_ids=[facts[1], facts[3], facts[1]], label="green tea", summary="s", type="topic")
    assert (new.agent_id, new.label, new.summary, new.type, new.size, new.status) == (agent.id, "green tea", "s", "topic", 2, "active")
    assert await _get(tenant, new) == new
    assert await clusters.facts(tenant, id=new.id) == [facts[1], facts[3]]
    assert await clusters.facts(tenant, id=made.id) == [facts[0], facts[2]]
    for wrong in (facts[4], facts[1]):
        with pytest.raises(InvalidInput, match="fact_ids must be facts of the cluster"):
            await clusters.split(tenant, id=made.id, fact_ids=[facts[0], wrong], label="x")
    with pytest.raises(InvalidInput, match="fact_ids must not be empty"):
        await clusters.split(tenant, id=made.id, fact_ids=[], label="x")
    assert len(await clusters.page(tenant, agent_id=agent.id)) == 2
    assert await clusters.facts(tenant, id=made.id) == [facts[0], facts[2]]


async def test_suspended_tenants_and_agents_take_no_clusters(db: Database, tenant: Tenant, agent: Agent) -> None:
    facts = await make_facts(tenant, agent.id, ["a", "b"])
    made, other = await _create(tenant, agent, fact_ids=facts), await _create(tenant, agent)

    def writes() -> list[Any]:
        return [
            _create(tenant, agent),
            clusters.update(tenant, id=made.id, label="x"),
            clusters.add_facts(tenant, id=other.id, fact_ids=facts),
            clusters.remove_facts(tenant, id=made.id, fact_ids=facts),
            clusters.refresh(tenant, id=made.id),
            clusters.split(tenant, id=made.id, fact_ids=facts, label="x"),
            clusters.merge(tenant, ids=[made.id], into_id=other.id),
            clusters.retire(tenant, id=made.id),
        ]

    await organizations.update(db.admin(tenant.org_id), status="suspended")
    for write in [*writes(), clusters.delete(tenant, id=made.id)]:
        with pytest.raises(WritesRefused, match="the organization is suspended"):
            await write
    await organizations.update(db.admin(tenant.org_id), status="active")
    await agents.update(tenant, id=agent.id, status="suspended")
    for write in writes():
        with pytest.raises(WritesRefused, match="the agent is suspended"):
            await write
    assert await clusters.page(tenant, agent_id=agent.id) == [other, made]
    assert await clusters.delete(tenant, id=made.id) == 2


async def test_purging(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    facts = await make_facts(tenant, agent.id, ["a", "b"], embeddings=[vector(1), vector(2)])
    one, into, kept = [await _create(tenant, agent, label) for label in ("one", "into", "kept")]
    await clusters.add_facts(tenant, id=into.id, fact_ids=facts)
    await clusters.refresh(tenant, id=into.id)
    await clusters.merge(tenant, ids=[one.id], into_id=into.id)
    for each in (into, kept):
        await clusters.delete(tenant, id=each.id)
    execute(dsn, f"UPDATE memdb.clusters SET deleted_at = now() - interval '1 year' WHERE id = '{into.id}'")
    purged = await retention.purge(db.admin(tenant.org_id), deleted_before=datetime.now(UTC) - timedelta(days=1))
    assert purged.rows == {"clusters": 1, "cluster_facts": 2, "cluster_embeddings": 1}
    left = await _get(tenant, one)
    assert (left.status, left.merged_into) == ("merged", None)
    assert (await clusters.restore(tenant, id=kept.id)).label == "kept"
    assert [each.fact_id for each in await clusters.unclustered(tenant, agent_id=agent.id)] == facts


async def test_the_schema_refuses_what_the_functions_never_send(tenant: Tenant, agent: Agent, dsn: str) -> None:
    made = await _create(tenant, agent)
    for change, rule in (
        ("merged_into = id, status = 'merged'", "merged_fits"),
        (f"merged_into = '{uuid.uuid4()}'", "merged_fits"),
        ("status = 'gone'", "status_known"),
    ):
        with pytest.raises(Exception, match=f"clusters_{rule}"):
            execute(dsn, f"UPDATE memdb.clusters SET {change} WHERE id = '{made.id}'")
