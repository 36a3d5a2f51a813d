"""Insights: added once with their support, reinforced, found by page, by support and by search."""

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
from memdb import agents, insights, organizations, retention, spaces, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, InvalidTransition, NotFound, UnderLegalHold, VersionConflict, WritesRefused
from memdb.insights import Insight, NewInsight, SupportedInsight
from tests.conftest import Home, vector
from tests.knowing import end_facts, make_events, make_facts
from tests.server import execute, fetch

_THEN = datetime(2024, 5, 17, 9, 30, tzinfo=UTC)


async def _add(tenant: Tenant, agent: Agent, title: str = "tea", content: str = "Ada drinks tea", **fields: Any) -> Insight:
    return await insights.add(tenant, agent_id=agent.id, title=title, content=content, **fields)


async def _get(tenant: Tenant, insight: Insight) -> SupportedInsight:
    found = await insights.get(tenant, id=insight.id)
    assert found is not None
    return found


async def test_what_is_added_is_what_is_read(tenant: Tenant, agent: Agent) -> None:
    user = await users.create(tenant, email="ada@example.com")
    facts, events = await make_facts(tenant, agent.id, ["a", "b", "c"]), await make_events(tenant, agent.id, ["d", "e"])
    made = await _add(
        tenant,
        agent,
        type="pattern",
        embedding=vector(1),
        fact_ids=[facts[2], facts[0], facts[2]],
        event_ids=events[::-1],
        confidence=0.9,
        importance=0.2,
        user_id=user.id,
        detected_at=_THEN,
        metadata={"ä": [1, None]},
    )
    assert (made.agent_id, made.user_id, made.type, made.title, made.content) == (agent.id, user.id, "pattern", "tea", "Ada drinks tea")
    assert (made.confidence, made.importance, made.reinforcements, made.status, made.embedded) == (0.9, 0.2, 1, "active", True)
    assert (made.detected_at, made.reinforced_at, made.metadata, made.version) == (_THEN, _THEN, {"ä": [1, None]}, 1)
    assert await _get(tenant, made) == SupportedInsight(made, [facts[0], facts[2]], events)
    support = await insights.supporting(tenant, id=made.id)
    assert [each.id for each in support] == sorted([facts[0], facts[2], *events])
    assert {(each.kind, each.content, each.is_current) for each in support} == {
        ("fact", "a", True),
        ("fact", "c", True),
        ("event", "d", True),
        ("event", "e", True),
    }
    walked: list[Any] = []
    while page := await insights.supporting(tenant, id=made.id, limit=1, after=walked[-1].id if walked else None):
        walked += page
    assert walked == support
    bare = await _add(tenant, agent)
    assert (bare.type, bare.confidence, bare.importance, bare.embedded, bare.metadata) == ("insight", 0.7, 0.5, False, {})
    assert bare.detected_at == bare.reinforced_at == bare.created_at
    assert await _get(tenant, bare) == SupportedInsight(bare, [], [])


async def test_an_add_may_be_repeated(tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    id = uuid.uuid4()
    facts = await make_facts(tenant, agent.id, ["a", "b"])
    made = await asyncio.gather(*[_add(tenant, agent, id=id, embedding=vector(1), fact_ids=facts) for _ in range(16)])
    assert {each.id for each in made} == {id}
    assert fetch(dsn, "SELECT count(*) FROM memdb.insights") == [(1,)]
    assert await _add(tenant, agent, id=id, type="trend", fact_ids=facts[:1]) == made[0]
    assert (await _get(tenant, made[0])).fact_ids == facts
    assert await _add(rival.tenant, rival.agent, id=id) != made[0]
    other = await agents.create(tenant, slug="other", name="Other")
    for again in (
        _add(tenant, agent, "else", id=id, fact_ids=facts),
        _add(tenant, agent, content="else", id=id),
        _add(tenant, other, id=id),
    ):
        with pytest.raises(AlreadyExists, match="another insight has this id"):
            await again
    await insights.delete(tenant, id=id)
    with pytest.raises(AlreadyExists, match="id"):
        await _add(tenant, agent, id=id)
    with pytest.raises(AlreadyExists):
        async with tenant.transaction() as tx:
            await insights.add(tx, agent_id=agent.id, title="x", content="x", id=id)


async def test_many_are_added_in_their_order_and_all_or_none(tenant: Tenant, agent: Agent, dsn: str) -> None:
    assert await insights.add_many(tenant, agent_id=agent.id, items=[]) == []
    facts, events = await make_facts(tenant, agent.id, list("abcd")), await make_events(tenant, agent.id, list("ef"))
    items = [
        NewInsight(
            title=f"title {n}",
            content=f"content {n}",
            type="trend" if n % 2 else "insight",
            embedding=vector(n) if n % 3 == 0 else None,
            fact_ids=facts[: n % 5],
            event_ids=events[: n % 3],
            confidence=n / 1000,
            id=uuid.uuid4() if n % 5 == 0 else None,
            metadata={"n": n} if n % 7 == 0 else None,
        )
        for n in range(400)
    ]
    made = await insights.add_many(tenant, agent_id=agent.id, items=items)
    for item, each in zip(items, made, strict=True):
        assert item.id in (None, each.id)
        assert (each.title, each.content, each.type, each.confidence) == (item.title, item.content, item.type, item.confidence)
        assert (each.embedded, each.metadata) == (item.embedding is not None, item.metadata or {})
    for n in (0, 4, 8, 399):
        found = await _get(tenant, made[n])
        assert (found.fact_ids, found.event_ids) == (items[n].fact_ids, items[n].event_ids)
    again = [NewInsight(title=each.title, content=each.content, id=each.id) for each in reversed(made)]
    assert await insights.add_many(tenant, agent_id=agent.id, items=again) == made[::-1]
    mine = uuid.uuid4()
    same = [NewInsight(title="t", content="c", id=mine) for _ in range(2)]
    first, second, new = await insights.add_many(tenant, agent_id=agent.id, items=[*same, NewInsight(title="t", content="c")])
    assert first == second != new
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"fact_ids": [mine]}, "no such fact"),
        ({"event_ids": [facts[0]]}, "no such event"),
        ({"user_id": mine}, "no such user"),
    ]
    for given, error in wrong:
        with pytest.raises(NotFound, match=error):
            await insights.add_many(
                tenant, agent_id=agent.id, items=[NewInsight(title="z", content="z"), NewInsight(title="z", content="z", **given)]
            )
    assert fetch(dsn, "SELECT count(*) FROM memdb.insights WHERE title = 'z'") == [(0,)]
    with pytest.raises(InvalidInput, match="items must be at most 1000 at a time"):
        await insights.add_many(tenant, agent_id=agent.id, items=itertools.repeat(NewInsight(title="x", content="x")))
    nonsense: Any
    for nonsense in (["x"], 7, "x"):
        with pytest.raises(InvalidInput, match="items must be NewInsight objects"):
            await insights.add_many(tenant, agent_id=agent.id, items=nonsense)


async def test_batches_with_ids_in_common_do_not_deadlock(tenant: Tenant, agent: Agent, dsn: str) -> None:
    facts = await make_facts(tenant, agent.id, [str(n) for n in range(20)])
    items = [NewInsight(title=str(n), content="x", id=uuid.uuid4(), fact_ids=random.Random(n).sample(facts, 5)) for n in range(40)]
    batches = [random.Random(seed).sample(items, 40) for seed in range(8)]
    made = await asyncio.gather(*[insights.add_many(tenant, agent_id=agent.id, items=batch) for batch in batches])
    for batch, each in zip(batches, made, strict=True):
        assert [one.id for one in each] == [item.id for item in batch]
    assert fetch(dsn, "SELECT count(*) FROM memdb.insight_facts") == [(200,)]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"title": ""}, "title must have 1 to 256"),
        ({"title": " "}, "title must have 1 to 256 characters and not be only white space"),
        ({"title": "x" * 257}, "title must have 1 to 256"),
        ({"content": " \n"}, "content must not be empty or only white space"),
        ({"content": "x" * 8193}, "content must have 1 to 8192"),
        ({"type": "guess"}, "type must be one of"),
        ({"confidence": 1.1}, "confidence must be between 0 and 1"),
        ({"importance": float("nan")}, "importance must be between 0 and 1"),
        ({"embedding": [1.0]}, "embedding must have 384 dimensions"),
        ({"metadata": {"k": "x" * 9000}}, "metadata must be a JSON object of at most 8192 bytes"),
        ({"fact_ids": ["x"]}, "fact_ids must be a uuid.UUID"),
        ({"event_ids": [uuid.UUID(int=1)] * 1001}, "event_ids must have at most 1000"),
        ({"detected_at": datetime(2024, 1, 1)}, "detected_at must have a time zone"),
    ],
    ids=[f"wrong{n}" for n in range(13)],
)
async def test_wrong_input(fields: dict[str, Any], message: str, tenant: Tenant, agent: Agent) -> None:
    with pytest.raises(InvalidInput, match=message):
        await _add(tenant, agent, **fields)
    made = await _add(tenant, agent)
    if not {"fact_ids", "event_ids", "detected_at"} & fields.keys():
        with pytest.raises(InvalidInput, match=message):
            await insights.update(tenant, id=made.id, **fields)
    assert await insights.page(tenant, agent_id=agent.id) == [made]


async def test_unknown_keys_and_other_tenants(tenant: Tenant, agent: Agent, rival: Home) -> None:
    (fact,), (event,) = await make_facts(rival.tenant, rival.agent.id, ["a"]), await make_events(rival.tenant, rival.agent.id, ["b"])
    theirs = await _add(rival.tenant, rival.agent, embedding=vector(1), fact_ids=[fact], event_ids=[event])
    await end_facts(rival.tenant, [fact])
    ours = await _add(tenant, agent)
    unknown = uuid.uuid4()
    with pytest.raises(NotFound, match=f"no such agent: {unknown}"):
        await insights.add(tenant, agent_id=unknown, title="x", content="x")
    wrong: list[dict[str, Any]] = [{"fact_ids": [fact]}, {"event_ids": [event]}]
    for given in wrong:
        with pytest.raises(NotFound):
            await _add(tenant, agent, **given)
        with pytest.raises(NotFound):
            await insights.reinforce(tenant, id=ours.id, **given)
    assert await insights.get(tenant, id=theirs.id) is None
    lists: list[Any] = [
        insights.page(tenant, agent_id=rival.agent.id),
        insights.page(tenant, agent_id=rival.agent.id, status=None),
        insights.supporting(tenant, id=theirs.id),
        insights.page(tenant, fact_id=fact),
        insights.page(tenant, event_id=event),
        insights.unsupported(tenant, agent_id=rival.agent.id),
        insights.search(tenant, agent_id=rival.agent.id, text="tea", embedding=vector(1)),
    ]
    for found in lists:
        assert await found == []
    assert await insights.embed(tenant, id=theirs.id, version=1, embedding=vector(2)) is False
    calls: list[Any] = [
        insights.update(tenant, id=theirs.id, content="x"),
        insights.reinforce(tenant, id=theirs.id),
        insights.retire(tenant, id=theirs.id),
        insights.delete(tenant, id=theirs.id),
        insights.restore(tenant, id=theirs.id),
    ]
    for call in calls:
        with pytest.raises(NotFound, match="insight"):
            await call
    assert await _get(rival.tenant, theirs) == SupportedInsight(theirs, [fact], [event])
    assert (await _get(tenant, ours)).insight == ours


async def test_pages(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    ada = await users.create(tenant, email="ada@example.com")
    made = [
        await _add(tenant, agent, f"{n}", type="trend" if n % 2 else "insight", confidence=n / 10, user_id=ada.id if n % 3 == 0 else None)
        for n in range(8)
    ]
    theirs = await _add(tenant, other, "o", user_id=ada.id)
    await insights.retire(tenant, id=made[6].id)
    await insights.delete(tenant, id=made[7].id)

    async def titles(**filters: Any) -> str:
        return "".join(each.title for each in await insights.page(tenant, **filters))

    assert await titles(agent_id=agent.id) == "543210"
    assert await titles(agent_id=agent.id, type="trend", min_confidence=0.2) == "53"
    assert await titles(agent_id=agent.id, status="retired") == "6"
    assert await titles(agent_id=agent.id, status=None, min_confidence=0.3) == "6543"
    assert await titles(user_id=ada.id) == "o30"
    assert await titles(user_id=ada.id, agent_id=agent.id, status=None) == "630"
    assert await titles(user_id=ada.id, before=theirs.id, limit=1) == "3"
    assert await titles(agent_id=agent.id, before=made[4].id, limit=2) == "32"
    assert await titles(agent_id=agent.id, status=None, before=made[6].id, limit=2) == "54"
    with pytest.raises(InvalidInput, match="agent_id or user_id, fact_id or event_id must be given"):
        await titles()
    with pytest.raises(InvalidInput, match="min_confidence must be between 0 and 1"):
        await titles(agent_id=agent.id, min_confidence=2)


async def test_reinforcing(tenant: Tenant, agent: Agent) -> None:
    facts, events = await make_facts(tenant, agent.id, ["a", "b"]), await make_events(tenant, agent.id, ["c"])
    made = await _add(tenant, agent, confidence=0.5, fact_ids=facts[:1], embedding=vector(1))
    again = await insights.reinforce(tenant, id=made.id, fact_ids=facts, event_ids=events, expected_version=1)
    assert (again.reinforcements, again.confidence, again.version, again.embedded) == (2, pytest.approx(0.55), 2, True)
    assert again.reinforced_at > made.reinforced_at
    assert await _get(tenant, made) == SupportedInsight(again, facts, events)
    assert (await insights.reinforce(tenant, id=made.id, weight=1.0)).confidence == 1
    assert (await insights.reinforce(tenant, id=made.id)).confidence == 1
    with pytest.raises(VersionConflict, match="expected version 1, found version 4"):
        await insights.reinforce(tenant, id=made.id, expected_version=1)
    with pytest.raises(InvalidInput, match="weight must be between 0 and 1"):
        await insights.reinforce(tenant, id=made.id, weight=1.5)
    other = await _add(tenant, agent, confidence=0.0)
    await asyncio.gather(*[insights.reinforce(tenant, id=other.id, fact_ids=facts) for _ in range(20)])
    found = await _get(tenant, other)
    assert (found.insight.reinforcements, found.insight.confidence) == (21, pytest.approx(1 - 0.9**20))
    assert found.fact_ids == facts
    await insights.retire(tenant, id=made.id)
    with pytest.raises(InvalidTransition, match="what is retired cannot become active"):
        await insights.reinforce(tenant, id=made.id)


async def test_an_insights_life(tenant: Tenant, agent: Agent) -> None:
    made = await _add(tenant, agent, embedding=vector(1))
    changed = await insights.update(tenant, id=made.id, expected_version=1, type="trend", confidence=0.1, metadata={"k": 1})
    assert (changed.type, changed.title, changed.confidence, changed.metadata, changed.embedded) == ("trend", "tea", 0.1, {"k": 1}, True)
    assert (await insights.update(tenant, id=made.id, title="tea", content="Ada drinks tea")).embedded
    changed = await insights.update(tenant, id=made.id, title="green tea")
    assert (changed.title, changed.embedded, changed.version) == ("green tea", False, 4)
    changes: tuple[Any, ...] = (insights.update, insights.retire, insights.delete)
    for change in changes:
        with pytest.raises(VersionConflict):
            await change(tenant, id=made.id, expected_version=1)
    retired = await insights.retire(tenant, id=made.id, expected_version=4)
    assert (retired.status, retired.version) == ("retired", 5)
    with pytest.raises(InvalidTransition, match="what is retired cannot become retired"):
        await insights.retire(tenant, id=made.id)
    assert await insights.delete(tenant, id=made.id, expected_version=5) == 6
    assert await insights.get(tenant, id=made.id) is None
    gone: list[Any] = [
        insights.update(tenant, id=made.id, title="x"),
        insights.reinforce(tenant, id=made.id),
        insights.delete(tenant, id=made.id),
    ]
    for call in gone:
        with pytest.raises(NotFound, match=f"no such insight: {made.id}"):
            await call
    with pytest.raises(VersionConflict):
        await insights.restore(tenant, id=made.id, expected_version=5)
    restored = await insights.restore(tenant, id=made.id)
    assert (restored.status, restored.version) == ("retired", 7)
    with pytest.raises(NotFound, match="deleted insight"):
        await insights.restore(tenant, id=made.id)


async def test_insights_of_a_fact_and_those_without_support(tenant: Tenant, agent: Agent, dsn: str) -> None:
    facts, events = await make_facts(tenant, agent.id, list("abcd")), await make_events(tenant, agent.id, ["e"])
    both = await _add(tenant, agent, "both", fact_ids=facts[:2], event_ids=events)
    one = await _add(tenant, agent, "one", fact_ids=facts[1:2])
    retired = await _add(tenant, agent, "retired", fact_ids=facts[:2])
    bare = await _add(tenant, agent, "bare", event_ids=events)
    retired = await insights.retire(tenant, id=retired.id)
    assert await insights.page(tenant, fact_id=facts[1]) == [one, both]
    assert await insights.page(tenant, fact_id=facts[1], status=None) == [retired, one, both]
    assert await insights.page(tenant, fact_id=facts[1], status=None, before=one.id) == [both]
    assert await insights.page(tenant, fact_id=facts[3]) == []
    assert await insights.page(tenant, event_id=events[0]) == [bare, both]
    assert await insights.page(tenant, event_id=events[0], limit=1, before=bare.id) == [both]
    assert await insights.page(tenant, event_id=events[0], fact_id=facts[1]) == [both]
    assert await insights.page(tenant, fact_id=facts[1], agent_id=uuid.uuid4()) == []
    assert await insights.unsupported(tenant, agent_id=agent.id) == []
    await end_facts(tenant, facts[1:2])
    assert await insights.unsupported(tenant, agent_id=agent.id) == [one]
    execute(dsn, f"UPDATE memdb.facts SET deleted_at = now() WHERE id = '{facts[0]}'")
    assert await insights.unsupported(tenant, agent_id=agent.id) == [both, one]
    assert await insights.unsupported(tenant, agent_id=agent.id, after=both.id, limit=1) == [one]
    assert {each.content: each.is_current for each in await insights.supporting(tenant, id=both.id)} == {"a": False, "b": False, "e": True}
    execute(dsn, f"DELETE FROM memdb.facts WHERE id = '{facts[1]}'")
    assert (await _get(tenant, both)).fact_ids == facts[:1]
    assert await insights.unsupported(tenant, agent_id=agent.id) == [both]


async def test_background_embedding(tenant: Tenant, agent: Agent) -> None:
    made = [await _add(tenant, agent, f"{n}", embedding=vector(n) if n == 2 else None) for n in range(6)]
    await insights.retire(tenant, id=made[4].id)
    await insights.delete(tenant, id=made[5].id)
    waiting = [made[0], made[1], made[3]]
    assert await insights.unembedded(tenant) == await insights.unembedded(tenant, agent_id=agent.id) == waiting
    assert await insights.unembedded(tenant, after=made[0].id, limit=1) == [made[1]]
    changed = await insights.update(tenant, id=made[0].id, content="changed meanwhile")
    assert await insights.embed(tenant, id=made[0].id, version=1, embedding=vector(9)) is False
    batch = [{"id": each.id, "version": each.version, "embedding": vector(9)} for each in (changed, made[1], made[3])]
    assert await insights.embed.many(tenant, batch) == [True, True, True]
    assert await insights.unembedded(tenant) == []


async def test_a_changed_content_outdates_its_embeddings_in_all_spaces(tenant: Tenant, agent: Agent, dsn: str) -> None:
    made = await _add(tenant, agent, embedding=vector(1))
    async with memdb.connect(dsn, admin_role=None) as owner:
        await spaces.create(owner.admin(), dimension=384, model="new")
    async with memdb.connect(dsn, embedding_model="new") as new:
        assert await insights.embed(new.tenant(tenant.org_id), id=made.id, version=1, embedding=vector(2))
    await insights.update(tenant, id=made.id, title="otherwise", embedding=vector(3))
    assert fetch(dsn, "SELECT space, embedding IS NOT NULL FROM memdb.insight_embeddings ORDER BY space") == [(1, True), (2, False)]


async def test_searching_by_both(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    ada = await users.create(tenant, email="ada@example.com")
    near = (vector(1) + 0.1 * vector(2)).astype(np.float32)
    tea = await _add(tenant, agent, "Ada drinks green tea", "every day", embedding=vector(1), user_id=ada.id)
    coffee = await _add(tenant, agent, "Coffee", "Bob roasts coffee", embedding=near, type="trend")
    plain = await _add(tenant, agent, "Nobody", "wants teas", confidence=0.2)
    far = await _add(tenant, agent, "Weather", "It is fine", embedding=-vector(1))
    retired, deleted = [await _add(tenant, agent, f"tea {n}", embedding=vector(1)) for n in range(2)]
    await insights.retire(tenant, id=retired.id)
    await insights.delete(tenant, id=deleted.id)
    await _add(tenant, other, "another agent's tea", embedding=vector(1))

    async def found(**asked: Any) -> list[uuid.UUID]:
        return [hit.insight.id for hit in await insights.search(tenant, agent_id=agent.id, **asked)]

    assert await found(embedding=vector(1)) == [tea.id, coffee.id, far.id]
    assert set(await found(text="teas")) == {plain.id, tea.id}
    hits = await insights.search(tenant, agent_id=agent.id, text="tea", embedding=vector(1))
    assert {hit.insight.id for hit in hits} == {tea.id, coffee.id, plain.id, far.id}
    assert hits[0].insight == tea
    similarities = [hit.similarity for hit in hits if hit.similarity is not None]
    most = max(hit.text_score or 0 for hit in hits)
    for hit in hits:
        vector_part = 0.0 if hit.similarity is None else (hit.similarity - min(similarities)) / (max(similarities) - min(similarities))
        assert hit.score == pytest.approx(vector_part + (hit.text_score or 0) / most)
    assert await found(text="tea", min_confidence=0.5) == [tea.id]
    assert await found(text="tea", user_id=ada.id) == [tea.id]
    assert await found(text="coffee tea", embedding=vector(1), type="trend") == [coffee.id]
    assert await found(text='"green tea"') == [tea.id]
    assert len(await found(text="tea", embedding=vector(1), limit=2)) == 2
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "text or embedding must be given"),
        ({"embedding": np.zeros(384)}, "embedding must not be the zero vector"),
        ({"text": "x", "type": "guess"}, "type must be one of"),
    ]
    for asked, message in wrong:
        with pytest.raises(InvalidInput, match=message):
            await found(**asked)


async def test_suspended_tenants_and_agents_take_no_insights(db: Database, tenant: Tenant, agent: Agent) -> None:
    made = [await _add(tenant, agent, str(n)) for n in range(3)]
    await insights.delete(tenant, id=made[2].id)

    def writes() -> list[Any]:
        return [
            _add(tenant, agent),
            _add(tenant, agent, made[0].title, id=made[0].id),
            insights.update(tenant, id=made[0].id, title="x"),
            insights.reinforce(tenant, id=made[0].id),
            insights.retire(tenant, id=made[0].id),
            insights.restore(tenant, id=made[2].id),
            insights.embed(tenant, id=made[0].id, version=1, embedding=vector(1)),
        ]

    await organizations.update(db.admin(tenant.org_id), status="suspended")
    for write in [*writes(), insights.delete(tenant, id=made[0].id)]:
        with pytest.raises(WritesRefused, match="the organization is suspended"):
            await write
    await organizations.update(db.admin(tenant.org_id), status="active")
    await agents.update(tenant, id=agent.id, status="suspended")
    for write in writes():
        with pytest.raises(WritesRefused, match="the agent is suspended"):
            await write
    assert await insights.page(tenant, agent_id=agent.id) == [made[1], made[0]]
    assert await insights.delete(tenant, id=made[0].id) == 2


async def test_erasing_and_purging(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    admin = db.admin(tenant.org_id)
    ada, bob = [await users.create(tenant, email=f"{name}@example.com") for name in ("ada", "bob")]
    facts, events = await make_facts(tenant, agent.id, ["a", "b"]), await make_events(tenant, agent.id, ["c"])
    theirs = await _add(tenant, agent, user_id=ada.id, fact_ids=facts, event_ids=events, embedding=vector(1))
    await insights.delete(tenant, id=theirs.id)
    kept = await _add(tenant, agent, user_id=bob.id, fact_ids=facts)
    old = await _add(tenant, agent, fact_ids=facts)
    await insights.delete(tenant, id=old.id)
    execute(dsn, f"UPDATE memdb.insights SET deleted_at = now() - interval '1 year' WHERE id = '{old.id}'")
    await retention.hold(admin, name="agent's", agent_id=agent.id)
    with pytest.raises(UnderLegalHold, match="agent's"):
        await retention.erase_user(admin, user_id=ada.id)
    assert (await retention.purge(admin, deleted_before=datetime.now(UTC))).rows == {}
    await retention.release_hold(admin, name="agent's")
    counted = await retention.erase_user(admin, user_id=ada.id, dry_run=True)
    of_insights = {"insights": 1, "insight_facts": 2, "insight_events": 1, "insight_embeddings": 1}
    assert {table: rows for table, rows in counted.items() if table.startswith("insight")} == of_insights
    assert await retention.erase_user(admin, user_id=ada.id) == counted
    purged = await retention.purge(admin, deleted_before=datetime.now(UTC) - timedelta(days=1))
    assert purged.rows == {"insights": 1, "insight_facts": 2}
    assert await _get(tenant, kept) == SupportedInsight(kept, facts, [])
