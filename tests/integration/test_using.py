"""Use, votes, relations and escalations."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

import memdb
from memdb import Cursor, agents, escalations, memories, relations
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput, NotFound
from memdb.memories import Memory, NewMemory
from memdb.relations import Relation
from tests.conftest import Home
from tests.server import execute, fetch

T = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 10)]


async def _many(tenant: Tenant, agent: Agent, count: int, prefix: str = "m") -> list[Memory]:
    return await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=f"{prefix}{n}") for n in range(count)])


# Use


async def test_use_is_counted(tenant: Tenant, agent: Agent, rival: Home) -> None:
    one, two, three = await _many(tenant, agent, 3)
    (theirs,) = await _many(rival.tenant, rival.agent, 1)
    unknown = uuid.uuid4()
    assert await memories.record_use(tenant, retrieved=[one.id, two.id, one.id, theirs.id, unknown], injected=[one.id]) == 2
    assert await memories.record_use(tenant, injected=[two.id]) == 1
    assert await memories.record_use(tenant) == 0
    usage = await memories.usage(tenant, ids=[three.id, one.id, unknown, two.id, theirs.id])
    assert [(each.memory_id, each.retrievals, each.injections) for each in usage] == [(three.id, 0, 0), (one.id, 2, 1), (two.id, 1, 1)]
    assert usage[0].last_retrieved_at is usage[0].last_injected_at is None
    assert usage[1].last_retrieved_at is not None
    assert (await memories.usage(rival.tenant, ids=[theirs.id]))[0].retrievals == 0
    found = await memories.get(tenant, id=one.id)
    assert found == one, "a memory does not change by being used"


async def test_use_is_counted_by_many_at_once(tenant: Tenant, agent: Agent) -> None:
    ids = [memory.id for memory in await _many(tenant, agent, 50)]
    await asyncio.gather(*[memories.record_use(tenant, retrieved=ids[n:] + ids[:n], injected=ids[::-1]) for n in range(30)])
    assert {(each.retrievals, each.injections) for each in await memories.usage(tenant, ids=ids)} == {(30, 30)}


async def test_counting_stays_on_the_page_and_touches_no_index(tenant: Tenant, agent: Agent, dsn: str) -> None:
    """A round in which nobody holds old versions alive (on this server other tests run) is HOT to the last row."""
    ids = [memory.id for memory in await _many(tenant, agent, 300)]
    counted, rounds = (0, 0), []
    for _ in range(40):
        await memories.record_use(tenant, retrieved=ids, injected=ids[:100])
        connection = await tenant._pool.acquire(5)
        await connection.execute("SELECT pg_stat_force_next_flush()")
        tenant._pool.give(connection)
        ((updates, hot),) = fetch(dsn, "SELECT n_tup_upd::int, n_tup_hot_upd::int FROM pg_stat_user_tables WHERE relname = 'memory_usage'")
        rounds.append((updates - counted[0], hot - counted[1]))  # type: ignore[operator]
        counted = (updates, hot)  # type: ignore[assignment]
    assert (300, 300) in rounds, rounds


# Votes


async def test_votes(tenant: Tenant, agent: Agent, rival: Home) -> None:
    (memory,) = await _many(tenant, agent, 1)
    others = [await agents.create(tenant, slug=f"a{n}", name="A") for n in range(3)]
    assert memory.usefulness == 0.5
    first = await memories.vote(tenant, id=memory.id, agent_id=agent.id, vote="positive", trace_id="t", notes="helped")
    assert (first.votes_for, first.votes_against, first.usefulness) == (1, 0, pytest.approx(2 / 3))
    again = await memories.vote(tenant, id=memory.id, agent_id=agent.id, vote="positive")
    assert again == first
    for other, vote, expected in zip(others, ("positive", "negative", "neutral"), ((2, 0), (2, 1), (2, 1)), strict=True):
        ballot: Any = vote
        result = await memories.vote(tenant, id=memory.id, agent_id=other.id, vote=ballot)
        assert (result.votes_for, result.votes_against) == expected
    changed = await memories.vote(tenant, id=memory.id, agent_id=agent.id, vote="negative")
    assert (changed.votes_for, changed.votes_against, changed.usefulness) == (1, 2, pytest.approx(2 / 5))
    taken_back = await memories.vote(tenant, id=memory.id, agent_id=agent.id, vote="neutral")
    assert (taken_back.votes_for, taken_back.votes_against, taken_back.usefulness) == (1, 1, 0.5)
    assert {each.agent_id: each.vote for each in await memories.votes(tenant, id=memory.id)} == {
        agent.id: "neutral",
        others[0].id: "positive",
        others[1].id: "negative",
        others[2].id: "neutral",
    }
    found = await memories.get(tenant, id=memory.id)
    assert found is not None
    assert (found.version, found.usefulness) == (1, 0.5)
    for wrong in ({"id": uuid.uuid4(), "agent_id": agent.id}, {"id": memory.id, "agent_id": rival.agent.id}):
        with pytest.raises(NotFound):
            await memories.vote(tenant, vote="positive", **wrong)
    with pytest.raises(NotFound):
        await memories.vote(rival.tenant, id=memory.id, agent_id=rival.agent.id, vote="positive")
    with pytest.raises(InvalidInput, match="vote must be one of positive, negative, neutral"):
        await memories.vote(tenant, id=memory.id, agent_id=agent.id, vote="great")  # type: ignore[arg-type]


async def test_votes_at_once_are_all_counted(tenant: Tenant, agent: Agent, dsn: str) -> None:
    (memory,) = await _many(tenant, agent, 1)
    voters = [await agents.create(tenant, slug=f"a{n}", name="A") for n in range(12)]
    ballots: list[Any] = ["positive", "negative", "neutral"]
    votes = [
        memories.vote(tenant, id=memory.id, agent_id=voter.id, vote=ballots[(n + turn) % 3])
        for turn in range(5)
        for n, voter in enumerate(voters)
    ]
    await asyncio.gather(*votes, *[memories.update(tenant, id=memory.id, confidence=0.1 * n) for n in range(5)])
    counted = fetch(dsn, "SELECT votes_for, votes_against FROM memdb.memories")
    cast = fetch(
        dsn,
        "SELECT count(*) FILTER (WHERE vote = 'positive')::int, count(*) FILTER (WHERE vote = 'negative')::int FROM memdb.memory_votes",
    )
    assert counted == cast


async def test_a_vote_changed_by_two_at_once(tenant: Tenant, agent: Agent) -> None:
    (memory,) = await _many(tenant, agent, 1)
    async with tenant.transaction() as tx:
        await memories.vote(tx, id=memory.id, agent_id=agent.id, vote="positive")
        waiting = asyncio.create_task(memories.vote(tenant, id=memory.id, agent_id=agent.id, vote="neutral"))
        await asyncio.sleep(0.2)
    result = await waiting
    assert (result.votes_for, result.votes_against) == (0, 0)


async def test_the_hot_list(tenant: Tenant, agent: Agent) -> None:
    made = await _many(tenant, agent, 6)
    for memory, vote in ((made[1], "positive"), (made[4], "negative"), (made[2], "positive"), (made[3], "positive")):
        ballot: Any = vote
        await memories.vote(tenant, id=memory.id, agent_id=agent.id, vote=ballot)
    await memories.update(tenant, id=made[3].id, status="archived")
    hot = await memories.hot(tenant, agent_id=agent.id)
    assert [memory.id for memory in hot] == [made[n].id for n in (2, 1, 5, 0, 4)]
    assert await memories.hot(tenant, agent_id=agent.id, limit=2) == hot[:2]
    assert await memories.hot(tenant, agent_id=uuid.uuid4()) == []


# Relations


async def test_relations(db: Database, tenant: Tenant, agent: Agent, rival: Home) -> None:
    one, two = await _many(tenant, agent, 2)
    (theirs,) = await _many(rival.tenant, rival.agent, 1)
    made = await relations.add(db.tenant(tenant.org_id, actor="ada"), source_id=one.id, target_id=two.id, type="contradicts", notes="n")
    assert (made.source_id, made.type, made.target_id, made.confidence, made.notes, made.created_by) == (
        one.id,
        "contradicts",
        two.id,
        0.9,
        "n",
        "ada",
    )
    again = await relations.add(tenant, source_id=one.id, target_id=two.id, type="contradicts", confidence=0.2)
    assert (again.confidence, again.notes, again.created_at) == (0.2, "n", made.created_at)
    await relations.add(tenant, source_id=two.id, target_id=one.id, type="specializes")
    assert [edge.type for edge in await relations.page(tenant, memory_id=one.id)] == ["specializes", "contradicts"]
    assert [edge.type for edge in await relations.page(tenant, memory_id=two.id, type="contradicts")] == ["contradicts"]
    for target in (theirs.id, uuid.uuid4()):
        with pytest.raises(NotFound, match="memory"):
            await relations.add(tenant, source_id=one.id, target_id=target, type="contradicts")
        with pytest.raises(NotFound, match="memory"):
            await relations.add(tenant, source_id=target, target_id=one.id, type="contradicts")
    with pytest.raises(InvalidInput, match="target_id must be another memory than source_id"):
        await relations.add(tenant, source_id=one.id, target_id=one.id, type="contradicts")
    with pytest.raises(InvalidInput, match="type must be one of supersedes"):
        await relations.add(tenant, source_id=one.id, target_id=two.id, type="likes")  # type: ignore[arg-type]
    assert await relations.remove(rival.tenant, source_id=one.id, target_id=two.id, type="contradicts") is False
    assert await relations.remove(tenant, source_id=one.id, target_id=two.id, type="contradicts") is True
    assert await relations.remove(tenant, source_id=one.id, target_id=two.id, type="contradicts") is False
    assert await relations.page(rival.tenant, memory_id=one.id) == []


async def test_pages_of_relations(tenant: Tenant, agent: Agent) -> None:
    hub, *others = await _many(tenant, agent, 4)
    async with tenant.transaction() as tx:  # Of one moment: the rest of the key decides.
        for each in others:
            await relations.add(tx, source_id=hub.id, target_id=each.id, type="contradicts")
            await relations.add(tx, source_id=each.id, target_id=hub.id, type="derived_from")
    later = await relations.add(tenant, source_id=hub.id, target_id=others[0].id, type="generalizes")
    whole = await relations.page(tenant, memory_id=hub.id)
    assert (len(whole), whole[0]) == (7, later)
    walked: list[Relation] = []
    before: Relation | Cursor | None = None
    while page := await relations.page(tenant, memory_id=hub.id, before=before, limit=2):
        walked += page
        before = page[-1] if len(walked) % 4 else Cursor.parse(str(Cursor.of(page[-1])))
    assert walked == whole


async def test_neighbours(tenant: Tenant, agent: Agent, rival: Home) -> None:
    #  0 -> 1 -> 2 -> 3 -> 0 (a cycle), 1 -> 4 by another type, 5 -> 0
    made = await _many(tenant, agent, 6)
    ids = [memory.id for memory in made]
    edges: list[tuple[int, int, Any]] = [(0, 1, "derived_from"), (1, 2, "derived_from"), (2, 3, "derived_from"), (3, 0, "derived_from")]
    edges += [(1, 4, "contradicts"), (5, 0, "derived_from")]
    for source, target, kind in edges:
        await relations.add(tenant, source_id=ids[source], target_id=ids[target], type=kind)

    async def reached(**given: Any) -> dict[int, int]:
        found = await relations.neighbours(tenant, memory_id=ids[0], **given)
        assert [each.depth for each in found] == sorted(each.depth for each in found)
        return {ids.index(each.memory.id): each.depth for each in found}

    assert await reached() == {1: 1, 3: 1, 5: 1}
    assert await reached(direction="out") == {1: 1}
    assert await reached(direction="in") == {3: 1, 5: 1}
    assert await reached(depth=5) == {1: 1, 3: 1, 5: 1, 2: 2, 4: 2}
    assert await reached(depth=5, direction="out") == {1: 1, 2: 2, 4: 2, 3: 3}
    assert await reached(depth=5, direction="out", types=["derived_from"]) == {1: 1, 2: 2, 3: 3}
    assert await reached(depth=5, types=["contradicts"]) == {}
    assert len(await reached(depth=5, limit=2)) == 2
    found = await relations.neighbours(tenant, memory_id=ids[0], depth=2, direction="out")
    assert [(each.via_id, each.type) for each in found if each.depth == 1] == [(ids[0], "derived_from")]
    assert {(each.via_id, each.type) for each in found if each.depth == 2} == {(ids[1], "derived_from"), (ids[1], "contradicts")}
    await memories.delete(tenant, id=ids[1])
    assert await reached(depth=5, direction="out") == {2: 2, 4: 2, 3: 3}
    assert await relations.neighbours(rival.tenant, memory_id=ids[0], depth=5) == []
    with pytest.raises(InvalidInput, match="depth must be between 1 and 5"):
        await reached(depth=6)


async def test_neighbours_in_a_dense_graph(tenant: Tenant, agent: Agent, dsn: str) -> None:
    made = await _many(tenant, agent, 500)
    execute(
        dsn,
        """
        INSERT INTO memdb.memory_relations (org_id, source_id, target_id, type, confidence)
        WITH placed AS (SELECT org_id, id, row_number() OVER (ORDER BY id) AS place FROM memdb.memories)
        SELECT m.org_id, m.id, n.id, 'derived_from', 1
        FROM placed AS m
        JOIN placed AS n ON (n.place - m.place + 500) % 500 BETWEEN 1 AND 20
        """,
    )
    found = await relations.neighbours(tenant, memory_id=made[0].id, depth=5, direction="out", limit=1000)
    assert [each.depth for each in found] == [depth for depth in range(1, 6) for _ in range(20)]


# Escalations


async def test_escalations(db: Database, tenant: Tenant, agent: Agent, rival: Home) -> None:
    one, two, three = await _many(tenant, agent, 3)
    (theirs,) = await _many(rival.tenant, rival.agent, 1)
    ada = db.tenant(tenant.org_id, actor="ada")
    made = await escalations.escalate(ada, memory_id=one.id, candidate_id=two.id, subject="Ada's home", reason="two homes")
    assert (made.status, made.kind, made.subject, made.reason, made.created_by) == (
        "pending",
        "contradiction",
        "Ada's home",
        "two homes",
        "ada",
    )
    assert await escalations.escalate(tenant, memory_id=two.id, candidate_id=one.id, subject="again") == made
    other = await escalations.escalate(tenant, memory_id=one.id, candidate_id=three.id, kind="duplicate")
    assert await escalations.get(tenant, id=made.id) == made
    assert await escalations.page(tenant) == await escalations.page(tenant, memory_id=one.id) == [other, made]
    assert await escalations.page(tenant, before=other.id) == await escalations.page(tenant, memory_id=two.id) == [made]
    closed = await escalations.close(ada, id=made.id, resolution="she moved")
    assert (closed.status, closed.resolution, closed.resolved_by) == ("resolved", "she moved", "ada")
    assert closed.resolved_at is not None
    assert await escalations.page(tenant) == [other]
    assert await escalations.page(tenant, status="resolved") == [closed]
    assert await escalations.page(tenant, status=None) == [other, closed]
    with pytest.raises(NotFound, match="pending escalation"):
        await escalations.close(tenant, id=made.id, status="dismissed")
    assert (await escalations.escalate(tenant, memory_id=one.id, candidate_id=two.id)).id != made.id
    for wrong in (theirs.id, uuid.uuid4()):
        with pytest.raises(NotFound, match="memory"):
            await escalations.escalate(tenant, memory_id=one.id, candidate_id=wrong)
    assert await escalations.page(rival.tenant, status=None) == []
    assert await escalations.get(rival.tenant, id=made.id) is None
    with pytest.raises(NotFound):
        await escalations.close(rival.tenant, id=other.id)


async def test_only_overlapping_statements_conflict(tenant: Tenant, agent: Agent) -> None:
    async def add(content: str, start: int, end: int | None) -> Memory:
        until = None if end is None else T[end]
        return await memories.add(tenant, agent_id=agent.id, content=content, valid_from=T[start], valid_until=until)

    early, late, open_ = await add("early", 0, 2), await add("late", 2, 4), await add("open", 3, None)
    for pair in ((early, late), (late, early), (early, open_)):
        with pytest.raises(InvalidInput, match="candidate_id must be of a memory that is valid at the same time"):
            await escalations.escalate(tenant, memory_id=pair[0].id, candidate_id=pair[1].id)
    await escalations.escalate(tenant, memory_id=late.id, candidate_id=open_.id)
    with pytest.raises(InvalidInput, match="candidate_id must be another memory"):
        await escalations.escalate(tenant, memory_id=late.id, candidate_id=late.id)


async def test_an_escalation_is_decided_in_one_transaction(tenant: Tenant, agent: Agent) -> None:
    old, new = await _many(tenant, agent, 2)
    case = await escalations.escalate(tenant, memory_id=new.id, candidate_id=old.id)
    async with tenant.transaction() as tx:
        await memories.supersede(tx, id=old.id, successor_id=new.id)
        await escalations.close(tx, id=case.id, resolution="superseded")
    assert await escalations.page(tenant) == []
    assert await memories.tip(tenant, id=old.id) == new


async def test_an_add_counts_no_other_memory_however_it_is_planned(home: Home, dsn: str) -> None:
    switches = "".join(f"%20-cenable_{each}%3Doff" for each in ("nestloop", "indexscan", "indexonlyscan", "bitmapscan"))
    known = await memories.add(home.tenant, agent_id=home.agent.id, content="known")
    other = await memories.add(home.tenant, agent_id=home.agent.id, content="other")
    async with memdb.connect(f"{dsn}&options={switches.removeprefix('%20')}") as db:
        tenant = db.tenant(home.tenant.org_id)
        for content in ("new", "known"):
            await memories.add(tenant, agent_id=home.agent.id, content=content)
    assert [each.retrievals for each in await memories.usage(home.tenant, ids=[known.id, other.id])] == [1, 0]
