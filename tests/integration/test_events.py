"""Events: added once, never changed, read by page and by search, cleared when old."""

from __future__ import annotations

import asyncio
import itertools
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from memdb import Cursor, agents, audit, entities, events, facts, insights, organizations, retention, sessions, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, NotFound, UnderLegalHold, WritesRefused
from memdb.events import Event, NewEvent
from tests.conftest import Home, vector
from tests.server import fetch

_THEN = datetime(2024, 5, 17, 9, 30, tzinfo=UTC)


async def _add(tenant: Tenant, agent: Agent, content: str, **fields: Any) -> Event:
    return await events.add(tenant, agent_id=agent.id, content=content, **fields)


async def _session(tenant: Tenant, agent: Agent, user_id: uuid.UUID | None = None) -> uuid.UUID:
    return (await sessions.start(tenant, agent_id=agent.id, user_id=user_id)).session.id


async def test_what_is_added_is_what_is_read(tenant: Tenant, agent: Agent) -> None:
    user = await users.create(tenant, email="ada@example.com")
    session_id = await _session(tenant, agent)
    made = await _add(
        tenant,
        agent,
        "Ada moved to Turin",
        embedding=vector(1),
        source="chat",
        speaker="Ada",
        importance=0.8,
        emotion="joy",
        emotion_intensity=0.7,
        energy="high",
        trace={"ä": [1, None]},
        occurred_at=_THEN,
        session_id=session_id,
        user_id=user.id,
    )
    assert (made.agent_id, made.session_id, made.user_id, made.content) == (agent.id, session_id, user.id, "Ada moved to Turin")
    assert (made.source, made.speaker, made.importance, made.emotion) == ("chat", "Ada", 0.8, "joy")
    assert (made.emotion_intensity, made.energy, made.trace, made.embedded) == (0.7, "high", {"ä": [1, None]}, True)
    assert made.occurred_at == _THEN < made.created_at
    assert await events.get(tenant, id=made.id) == made
    bare = await _add(tenant, agent, "x")
    assert (bare.source, bare.speaker, bare.importance, bare.emotion, bare.energy) == ("api", None, 0.5, None, None)
    assert (bare.trace, bare.embedded, bare.occurred_at) == ({}, False, bare.created_at)


async def test_an_add_may_be_repeated(tenant: Tenant, agent: Agent, rival: Home) -> None:
    id = uuid.uuid4()
    made = await _add(tenant, agent, "said", id=id, source="a")
    assert await _add(tenant, agent, "said", id=id, source="b", embedding=vector(1)) == made
    assert await _add(rival.tenant, rival.agent, "theirs", id=id) != made
    other = await agents.create(tenant, slug="other", name="Other")
    for again in (_add(tenant, agent, "else", id=id), _add(tenant, other, "said", id=id)):
        with pytest.raises(AlreadyExists, match="another event has this id"):
            await again
    assert await events.get(tenant, id=id) == made
    with pytest.raises(AlreadyExists):
        async with tenant.transaction() as tx:
            await events.add(tx, agent_id=agent.id, content="other", id=id)


async def test_many_adds_of_one_id_at_once_leave_one(tenant: Tenant, agent: Agent, dsn: str) -> None:
    id = uuid.uuid4()
    made = await asyncio.gather(*[_add(tenant, agent, "said", id=id, embedding=vector(1)) for _ in range(32)])
    assert {each.id for each in made} == {id}
    assert fetch(dsn, "SELECT count(*) FROM memdb.events") == fetch(dsn, "SELECT count(*) FROM memdb.event_embeddings") == [(1,)]


async def test_many_are_added_in_their_order_and_all_or_none(tenant: Tenant, agent: Agent, dsn: str) -> None:
    assert await events.add_many(tenant, agent_id=agent.id, items=[]) == []
    items = [
        NewEvent(
            content=f"content {n}",
            embedding=vector(n) if n % 3 == 0 else None,
            importance=n / 1000,
            id=uuid.uuid4() if n % 5 == 0 else None,
            trace={"n": n} if n % 7 == 0 else None,
            occurred_at=_THEN + timedelta(minutes=n),
        )
        for n in range(1000)
    ]
    made = await events.add_many(tenant, agent_id=agent.id, items=items)
    for item, each in zip(items, made, strict=True):
        assert item.id in (None, each.id)
        assert (each.content, each.importance, each.occurred_at) == (item.content, item.importance, item.occurred_at)
        assert (each.embedded, each.trace) == (item.embedding is not None, item.trace or {})
    again = [NewEvent(content=each.content, id=each.id) for each in reversed(made)]
    assert await events.add_many(tenant, agent_id=agent.id, items=again) == made[::-1]
    mine = uuid.uuid4()
    twice = [NewEvent(content="same", id=mine, embedding=vector(n)) for n in range(3)] + [NewEvent(content="new")]
    first, second, third, new = await events.add_many(tenant, agent_id=agent.id, items=twice)
    assert first == second == third != new
    with pytest.raises(AlreadyExists, match="another event has this id"):
        await events.add_many(tenant, agent_id=agent.id, items=[NewEvent(content="z"), NewEvent(content="other", id=mine)])
    with pytest.raises(NotFound, match="session"):
        await events.add_many(tenant, agent_id=agent.id, items=[NewEvent(content="z"), NewEvent(content="z", session_id=mine)])
    assert fetch(dsn, "SELECT count(*) FROM memdb.events WHERE content IN ('z', 'other')") == [(0,)]
    with pytest.raises(InvalidInput, match="items must be at most 1000 at a time"):
        await events.add_many(tenant, agent_id=agent.id, items=itertools.repeat(NewEvent(content="x")))
    nonsense: Any
    for nonsense in (["x"], 7, "x"):
        with pytest.raises(InvalidInput, match="items must be NewEvent objects"):
            await events.add_many(tenant, agent_id=agent.id, items=nonsense)


async def test_batches_with_ids_in_common_do_not_deadlock(tenant: Tenant, agent: Agent, dsn: str) -> None:
    items = [NewEvent(content=f"content {n}", id=uuid.uuid4()) for n in range(60)]
    batches = [random.Random(seed).sample(items, 60) for seed in range(8)]
    made = await asyncio.gather(*[events.add_many(tenant, agent_id=agent.id, items=batch) for batch in batches])
    for batch, each in zip(batches, made, strict=True):
        assert [one.id for one in each] == [item.id for item in batch]
    assert fetch(dsn, "SELECT count(*) FROM memdb.events") == [(60,)]


async def test_wrong_input(tenant: Tenant, agent: Agent) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"content": ""}, "content must have 1 to 8192 characters"),
        ({"content": " \n\t"}, "content must not be empty or only white space"),
        ({"content": "x" * 8193}, "content must have 1 to 8192"),
        ({"source": "x" * 33}, "source must have 1 to 32"),
        ({"speaker": ""}, "speaker must have 1 to 128"),
        ({"importance": 1.01}, "importance must be between 0 and 1"),
        ({"emotion": "x" * 33}, "emotion must have 1 to 32"),
        ({"emotion_intensity": float("nan")}, "emotion_intensity must be between 0 and 1"),
        ({"energy": "x" * 17}, "energy must have 1 to 16"),
        ({"trace": {"k": "x" * 66_000}}, "trace must be a JSON object of at most 65536 bytes"),
        ({"trace": []}, "trace must be a JSON object"),
        ({"occurred_at": datetime(2024, 1, 1)}, "occurred_at must have a time zone"),
        ({"embedding": [0.0, 1.0]}, "embedding must have 384 dimensions"),
        ({"id": "nope"}, "id must be a uuid.UUID"),
    ]
    for fields, message in wrong:
        with pytest.raises(InvalidInput, match=message):
            await events.add(tenant, agent_id=agent.id, **{"content": "x", **fields})
    assert await events.page(tenant, agent_id=agent.id) == []
    searches: list[tuple[dict[str, Any], str]] = [
        ({}, "text or embedding must be given"),
        ({"embedding": np.zeros(384)}, "embedding must not be the zero vector"),
        ({"text": "x", "half_life": 0.0}, "half_life must be between 0.01"),
        ({"text": "x", "recency_weight": -1.0}, "recency_weight must be between 0"),
        ({"text": "x", "limit": 0}, "limit must be between 1 and 1000"),
    ]
    for asked, message in searches:
        with pytest.raises(InvalidInput, match=message):
            await events.search(tenant, agent_id=agent.id, **asked)
    with pytest.raises(InvalidInput, match="agent_id or session_id or user_id must be given"):
        await events.page(tenant)
    nonsense: Any = "x"
    with pytest.raises(InvalidInput, match=r"before must be the last Event of the page before or its memdb.Cursor, not str"):
        await events.page(tenant, agent_id=agent.id, before=nonsense)


async def test_unknown_keys_and_other_tenants(tenant: Tenant, agent: Agent, rival: Home) -> None:
    unknown = uuid.uuid4()
    with pytest.raises(NotFound, match=f"no such agent: {unknown}"):
        await events.add(tenant, agent_id=unknown, content="x")
    user = await users.create(rival.tenant, email="ada@example.com")
    session_id = await _session(rival.tenant, rival.agent)
    theirs = await _add(rival.tenant, rival.agent, "theirs", embedding=vector(1), user_id=user.id, session_id=session_id)
    given: dict[str, Any]
    for given in ({"session_id": session_id}, {"user_id": user.id}):
        with pytest.raises(NotFound, match=r"no such (session|user)"):
            await _add(tenant, agent, "x", **given)
        assert await events.page(tenant, **given) == []
    assert await events.get(tenant, id=theirs.id) is None
    assert await events.page(tenant, agent_id=rival.agent.id) == await events.unembedded(tenant) == []
    assert await events.search(tenant, agent_id=rival.agent.id, text="theirs", embedding=vector(1)) == []
    assert await events.embed(tenant, id=theirs.id, embedding=vector(2)) is False
    assert await events.get(rival.tenant, id=theirs.id) == theirs


async def test_pages(tenant: Tenant, agent: Agent) -> None:
    session_id = await _session(tenant, agent)
    user = await users.create(tenant, email="ada@example.com")
    other = await agents.create(tenant, slug="other", name="Other")
    order = random.Random(3).sample(range(12), 12)
    made = {
        n: await _add(
            tenant,
            agent,
            str(n),
            source=f"s{n % 2}",
            # Pairs that happen at the same time.
            occurred_at=_THEN + timedelta(days=n // 2),
            session_id=session_id if n % 3 == 0 else None,
            user_id=user.id if n % 4 == 0 else None,
        )
        for n in order
    }
    theirs = await _add(tenant, other, "theirs", session_id=session_id, user_id=user.id, occurred_at=_THEN - timedelta(days=1))
    newest_first = sorted(made.values(), key=lambda each: (each.occurred_at, each.id), reverse=True)

    async def found(**filters: Any) -> list[Event]:
        whole = await events.page(tenant, **filters)
        walked: list[Event] = []
        before: Event | Cursor | None = None
        while page := await events.page(tenant, before=before, limit=2, **filters):
            walked += page
            before = page[-1] if len(walked) % 4 else Cursor.parse(str(Cursor.of(page[-1])))
        assert walked == whole
        return whole

    assert await found(agent_id=agent.id) == newest_first
    assert await found(agent_id=agent.id, session_id=session_id) == [each for each in newest_first if each.session_id]
    assert await found(session_id=session_id) == [*[each for each in newest_first if each.session_id], theirs]
    assert await found(user_id=user.id) == [*[each for each in newest_first if each.user_id], theirs]
    assert await found(agent_id=agent.id, user_id=user.id) == [each for each in newest_first if each.user_id]
    assert await found(session_id=session_id, user_id=user.id, agent_id=agent.id) == [made[0]]
    assert await found(agent_id=agent.id, source="s1") == [each for each in newest_first if each.source == "s1"]
    since, until = _THEN + timedelta(days=1), _THEN + timedelta(days=3)
    for filters in ({"agent_id": agent.id}, {"session_id": session_id}, {"user_id": user.id}):
        between = [each for each in await found(**filters) if since <= each.occurred_at < until]
        assert await found(since=since, until=until, **filters) == between


async def test_background_embedding(tenant: Tenant, agent: Agent) -> None:
    made = [await _add(tenant, agent, f"content {n}", embedding=vector(n) if n == 2 else None) for n in range(4)]
    waiting = [made[0], made[1], made[3]]
    assert await events.unembedded(tenant) == await events.unembedded(tenant, agent_id=agent.id) == waiting
    assert await events.unembedded(tenant, after=made[0].id, limit=1) == [made[1]]
    assert await events.embed.many(tenant, [{"id": each.id, "embedding": vector(9)} for each in waiting]) == [True] * 3
    assert await events.unembedded(tenant) == []
    assert await events.embed(tenant, id=uuid.uuid4(), embedding=vector(9)) is False
    (hit, *_) = await events.search(tenant, agent_id=agent.id, embedding=vector(9))
    assert hit.similarity == pytest.approx(1, abs=1e-3)
    embedded = await events.get(tenant, id=made[0].id)
    assert embedded is not None
    assert embedded.embedded


async def test_a_search_scores_similarity_words_recency_and_importance(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    session_id = await _session(tenant, agent)
    now = _THEN + timedelta(days=100)
    near = (vector(1) + 0.5 * vector(2)).astype(np.float32)
    tea = await _add(tenant, agent, "Ada drinks green tea", embedding=vector(1), occurred_at=now - timedelta(days=28))
    coffee = await _add(tenant, agent, "Bob roasts coffee", embedding=near, occurred_at=now, importance=1.0, session_id=session_id)
    plain = await _add(tenant, agent, "Nobody wants teas", occurred_at=now - timedelta(days=14), importance=0.0)
    far = await _add(tenant, agent, "The weather is fine", embedding=-vector(1), occurred_at=now + timedelta(days=5), source="log")
    await _add(tenant, agent, "Neither words nor an embedding", occurred_at=now)
    await _add(tenant, other, "another agent's tea", embedding=vector(1))

    async def found(**asked: Any) -> list[uuid.UUID]:
        return [hit.event.id for hit in await events.search(tenant, agent_id=agent.id, at=now, **asked)]

    hits = {each.event.id: each for each in await events.search(tenant, agent_id=agent.id, embedding=vector(1), at=now)}
    assert hits.keys() == {tea.id, coffee.id, far.id}
    similarity = float(near @ vector(1) / np.linalg.norm(near))
    expected = {
        tea.id: (1.0, 0.25, 0.5),
        coffee.id: (similarity, 1.0, 1.0),
        far.id: (-1.0, 1.0, 0.5),
    }
    for id, (alike, recency, importance) in expected.items():
        hit = hits[id]
        assert (hit.similarity, hit.recency, hit.importance) == (pytest.approx(alike, abs=2e-3), pytest.approx(recency), importance)
        assert hit.text is None
        assert hit.score == pytest.approx(0.6 * max(alike, 0) + 0.3 * recency + 0.1 * importance, abs=2e-3)
    by_both = await events.search(tenant, agent_id=agent.id, text="tea", embedding=vector(1), at=now)
    for hit in by_both:
        parts = 0.6 * max(hit.similarity or 0, 0) + 0.6 * (hit.text or 0) + 0.3 * hit.recency + 0.1 * hit.importance
        assert hit.score == pytest.approx(parts)
    assert [hit.score for hit in by_both] == sorted((hit.score for hit in by_both), reverse=True)
    assert max(hit.text or 0 for hit in by_both) == 1
    assert {hit.event.id for hit in by_both} == {tea.id, coffee.id, plain.id, far.id}
    assert await found(text="teas", recency_weight=0.0, importance_weight=0.0) == [plain.id, tea.id]
    assert set(await found(text="tea")) == {plain.id, tea.id}
    assert await found(text="tea", importance_weight=100.0) == [tea.id, plain.id]
    assert await found(text="tea -green") == [plain.id]
    assert await found(text='"green tea"') == [tea.id]
    assert await found(text="in July 2024 tea") == await found(text="tea in July 2024")
    assert await found(embedding=vector(1), similarity_weight=1.0, recency_weight=0.0, importance_weight=0.0) == [tea.id, coffee.id, far.id]
    assert await found(embedding=vector(1), session_id=session_id) == [coffee.id]
    assert await found(embedding=vector(1), source="log") == [far.id]
    assert await found(embedding=vector(1), since=now, until=now + timedelta(days=1)) == [coffee.id]
    assert await found(text="zebra") == await found(text="") == await found(text="tea", user_id=uuid.uuid4()) == []
    assert [len(await found(text="tea", embedding=vector(1), limit=limit)) for limit in (1, 3, 9)] == [1, 3, 4]


async def test_a_half_life(tenant: Tenant, agent: Agent) -> None:
    await _add(tenant, agent, "said", embedding=vector(1), occurred_at=_THEN)
    for half_life, days, recency in ((14.0, 0, 1), (14.0, 14, 0.5), (7.0, 14, 0.25), (30.0, 15, 0.5**0.5), (1.0, 10_000, 0)):
        (hit,) = await events.search(tenant, agent_id=agent.id, embedding=vector(1), at=_THEN + timedelta(days=days), half_life=half_life)
        assert hit.recency == pytest.approx(recency)


async def test_equals_in_a_search_are_in_a_stable_order(tenant: Tenant, agent: Agent) -> None:
    items = [NewEvent(content="the same words", embedding=vector(1), occurred_at=_THEN) for _ in range(30)]
    made = await events.add_many(tenant, agent_id=agent.id, items=items)
    newest_first = sorted((each.id for each in made), reverse=True)
    for asked in ({"text": "words"}, {"embedding": vector(2)}, {"text": "words", "embedding": vector(2)}):
        for limit in (1, 7, 30):
            hits = await events.search(tenant, agent_id=agent.id, limit=limit, **asked)  # type: ignore[arg-type]
            assert [hit.event.id for hit in hits] == newest_first[:limit]


async def test_suspended_tenants_and_agents_take_no_events(db: Database, tenant: Tenant, agent: Agent) -> None:
    made = await _add(tenant, agent, "said")

    def writes() -> list[Any]:
        return [
            _add(tenant, agent, "x"),
            _add(tenant, agent, made.content, id=made.id),
            events.embed(tenant, id=made.id, embedding=vector(1)),
        ]

    await organizations.update(db.admin(tenant.org_id), status="suspended")
    for write in writes():
        with pytest.raises(WritesRefused, match="the organization is suspended"):
            await write
    await organizations.update(db.admin(tenant.org_id), status="active")
    await agents.update(tenant, id=agent.id, status="suspended")
    for write in writes():
        with pytest.raises(WritesRefused, match="the agent is suspended"):
            await write
    assert await events.page(tenant, agent_id=agent.id) == [made]


async def test_the_service_cannot_change_an_event(tenant: Tenant, agent: Agent) -> None:
    await _add(tenant, agent, "said", embedding=vector(1))
    connection = await tenant._pool.acquire(5)
    for statement in (
        "UPDATE memdb.events SET content = 'x'",
        "UPDATE memdb.events SET occurred_at = now()",
        "UPDATE memdb.events SET trace = '{}'",
        "UPDATE memdb.events SET user_id = NULL",
        "DELETE FROM memdb.events",
        "DELETE FROM memdb.event_embeddings",
    ):
        with pytest.raises(Exception, match="permission denied"):
            await connection.execute(statement)
    tenant._pool.give(connection)


async def _learn(tenant: Tenant, agent: Agent, event: Event) -> None:
    """A fact and an insight that stand on an event."""
    entity = await entities.see(tenant, agent_id=agent.id, type="person", name="Ada")
    await facts.assert_(tenant, agent_id=agent.id, entity_id=entity.id, content="f", event_id=event.id)
    await insights.add(tenant, agent_id=agent.id, title="i", content="i", event_ids=[event.id])


async def test_clearing_old_events(db: Database, tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    admin = db.admin(tenant.org_id, actor="ops")
    other = await agents.create(tenant, slug="other", name="Other")
    items = [NewEvent(content=f"old {n}", occurred_at=_THEN + timedelta(minutes=n), embedding=vector(n)) for n in range(30)]
    old = await events.add_many(tenant, agent_id=agent.id, items=items)
    theirs = await events.add_many(tenant, agent_id=other.id, items=items)
    kept = await _add(tenant, agent, "kept", occurred_at=_THEN + timedelta(minutes=30))
    rivals = await events.add(rival.tenant, agent_id=rival.agent.id, content="rival's", occurred_at=_THEN)
    await _learn(tenant, agent, old[0])
    before = _THEN + timedelta(minutes=30)
    cleared = await retention.clear_old_events(admin, occurred_before=before, agent_id=agent.id)
    assert (cleared.rows, cleared.holds) == ({"events": 30, "event_embeddings": 30, "insight_events": 1}, [])
    assert await events.page(tenant, agent_id=agent.id) == [kept]
    assert await events.page(tenant, agent_id=other.id) == theirs[::-1]
    assert fetch(dsn, "SELECT event_id FROM memdb.facts") == [(None,)]
    assert fetch(dsn, "SELECT count(*) FROM memdb.insights") == [(1,)]
    assert [each.action for each in await audit.page(tenant, action="organization.clear_events")] == ["organization.clear_events"]
    assert (await retention.clear_old_events(admin, occurred_before=before)).rows == {"events": 30, "event_embeddings": 30}
    assert (await retention.clear_old_events(admin, occurred_before=before)).rows == {}
    assert await events.get(rival.tenant, id=rivals.id) == rivals
    with pytest.raises(InvalidInput, match="occurred_before must not be in the future"):
        await retention.clear_old_events(admin, occurred_before=datetime.now(UTC) + timedelta(days=1))
    with pytest.raises(NotFound, match="organization"):
        await retention.clear_old_events(db.admin(uuid.uuid4()), occurred_before=before)


async def test_clearing_takes_batches_and_goes_on_where_it_was_broken_off(db: Database, tenant: Tenant, agent: Agent) -> None:
    admin = db.admin(tenant.org_id)
    for start in (0, 1000):
        items = [NewEvent(content=str(start + n), occurred_at=_THEN + timedelta(minutes=start + n)) for n in range(1000)]
        await events.add_many(tenant, agent_id=agent.id, items=items)

    def stop(removed: int) -> None:
        raise KeyboardInterrupt

    until = _THEN + timedelta(minutes=1500)
    with pytest.raises(KeyboardInterrupt):
        await retention.clear_old_events(admin, occurred_before=until, progress=stop)
    left = await events.page(tenant, agent_id=agent.id, limit=1000)
    assert (len(left), left[-1].content) == (1000, "1000")
    steps: list[int] = []
    await retention.clear_old_events(admin, occurred_before=until, progress=steps.append)
    assert steps == [500]
    assert len(await events.page(tenant, agent_id=agent.id, limit=1000)) == 500


async def test_clearing_leaves_what_is_under_a_hold(db: Database, tenant: Tenant, agent: Agent) -> None:
    admin = db.admin(tenant.org_id)
    ada, bob = [await users.create(tenant, email=f"{name}@example.com") for name in ("ada", "bob")]
    session_id = await _session(tenant, agent, ada.id)
    held_agent = await agents.create(tenant, slug="held", name="Held")
    adas = await _add(tenant, agent, "ada's", user_id=ada.id, occurred_at=_THEN)
    in_session = await _add(tenant, agent, "in ada's session", session_id=session_id, occurred_at=_THEN)
    of_agent = await _add(tenant, held_agent, "the agent's", occurred_at=_THEN)
    bobs = await _add(tenant, agent, "bob's", user_id=bob.id, occurred_at=_THEN)
    await retention.hold(admin, name="ada's", user_id=ada.id)
    await retention.hold(admin, name="agent's", agent_id=held_agent.id)
    cleared = await retention.clear_old_events(admin, occurred_before=datetime.now(UTC))
    assert (cleared.rows, set(cleared.holds)) == ({"events": 1}, {"ada's", "agent's"})
    for each in (adas, in_session, of_agent):
        assert await events.get(tenant, id=each.id) == each
    assert await events.get(tenant, id=bobs.id) is None
    await retention.hold(admin, name="all")
    with pytest.raises(UnderLegalHold, match="all"):
        await retention.clear_old_events(admin, occurred_before=datetime.now(UTC))


async def test_what_is_learnt_while_it_is_cleared_is_let_go(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    """A fact that comes to stand on an event just when that is cleared keeps the clearing waiting, and then is let go of."""
    old = await _add(tenant, agent, "old", occurred_at=_THEN)
    entity = await entities.see(tenant, agent_id=agent.id, type="person", name="Ada")
    async with tenant.transaction() as tx:
        await facts.assert_(tx, agent_id=agent.id, entity_id=entity.id, content="f", event_id=old.id)
        clearing = asyncio.create_task(retention.clear_old_events(db.admin(tenant.org_id), occurred_before=datetime.now(UTC)))
        await asyncio.sleep(0.2)
        assert not clearing.done()
    assert (await clearing).rows == {"events": 1}
    assert fetch(dsn, "SELECT event_id FROM memdb.facts") == [(None,)]


async def test_erasing_a_user_takes_the_events_of_the_users_sessions_along(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    admin = db.admin(tenant.org_id)
    ada, bob = [await users.create(tenant, email=f"{name}@example.com") for name in ("ada", "bob")]
    mine, theirs = [await _session(tenant, agent, user.id) for user in (ada, bob)]
    gone = [
        await _add(tenant, agent, "names her", user_id=ada.id, embedding=vector(1)),
        await _add(tenant, agent, "in her session", session_id=mine),
        await _add(tenant, agent, "both", user_id=ada.id, session_id=theirs),
    ]
    kept = await _add(tenant, agent, "bob's", user_id=bob.id, session_id=theirs)
    await _learn(tenant, agent, gone[0])
    counted = await retention.erase_user(admin, user_id=ada.id, dry_run=True)
    assert (counted["events"], counted["event_embeddings"], counted["insight_events"]) == (3, 1, 1)
    assert await retention.erase_user(admin, user_id=ada.id) == counted
    assert await events.page(tenant, agent_id=agent.id) == [kept]


async def test_events_outlive_their_session(db: Database, tenant: Tenant, agent: Agent) -> None:
    session = (await sessions.start(tenant, agent_id=agent.id, started_at=_THEN)).session
    made = await _add(tenant, agent, "said", session_id=session.id)
    await retention.clear_old_sessions(db.admin(tenant.org_id), idle_since=_THEN + timedelta(days=1))
    left = await events.get(tenant, id=made.id)
    assert left is not None
    assert (left.content, left.session_id) == ("said", None)


async def test_a_held_agents_events_forbid_to_erase_their_user(db: Database, tenant: Tenant, agent: Agent) -> None:
    admin = db.admin(tenant.org_id)
    ada = await users.create(tenant, email="ada@example.com")
    await _add(tenant, agent, "said", user_id=ada.id)
    await retention.hold(admin, name="agent's", agent_id=agent.id)
    for dry_run in (True, False):
        with pytest.raises(UnderLegalHold, match="agent's"):
            await retention.erase_user(admin, user_id=ada.id, dry_run=dry_run)
