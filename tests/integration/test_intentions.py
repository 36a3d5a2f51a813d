"""Intentions: due lists, conditions that match, and each claimed once however many claim."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

import memdb
from memdb import agents, intentions, organizations, retention, sessions, spaces, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, InvalidTransition, NotFound, VersionConflict, WritesRefused
from memdb.intentions import Intention
from tests.conftest import Home, vector
from tests.server import execute, fetch

_NOW = datetime.now(UTC)


async def _topic(tenant: Tenant, agent: Agent, condition: str = "tea is talked about", **fields: Any) -> Intention:
    given = {"trigger": "topic", "action": "offer some", "condition": condition, **fields}
    return await intentions.add(tenant, agent_id=agent.id, **given)  # type: ignore[arg-type]


async def _at(tenant: Tenant, agent: Agent, due_at: datetime, action: str = "call", **fields: Any) -> Intention:
    return await intentions.add(tenant, agent_id=agent.id, trigger="time", action=action, due_at=due_at, **fields)


def _ago(hours: float) -> datetime:
    return _NOW - timedelta(hours=hours)


async def test_what_is_added_is_what_is_read(tenant: Tenant, agent: Agent) -> None:
    user = await users.create(tenant, email="ada@example.com")
    session = (await sessions.start(tenant, agent_id=agent.id)).session
    made = await intentions.add(
        tenant,
        agent_id=agent.id,
        trigger="event",
        condition="Ada is back",
        action="ask about Turin",
        embedding=vector(1),
        due_at=_NOW,
        context="the move",
        user_id=user.id,
        session_id=session.id,
        metadata={"ä": [1, None]},
    )
    assert (made.agent_id, made.user_id, made.session_id, made.trigger) == (agent.id, user.id, session.id, "event")
    assert (made.condition, made.action, made.context, made.due_at) == ("Ada is back", "ask about Turin", "the move", _NOW)
    assert (made.status, made.outcome, made.embedded, made.metadata, made.version) == ("pending", None, True, {"ä": [1, None]}, 1)
    assert (made.triggered_at, made.ended_at) == (None, None)
    assert await intentions.get(tenant, id=made.id) == made
    bare = await _at(tenant, agent, _NOW)
    assert (bare.condition, bare.context, bare.embedded, bare.metadata) == (None, None, False, {})


async def test_an_add_may_be_repeated(tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    id = uuid.uuid4()
    made = await asyncio.gather(*[_topic(tenant, agent, id=id, embedding=vector(1)) for _ in range(16)])
    assert {each.id for each in made} == {id}
    assert fetch(dsn, "SELECT count(*) FROM memdb.intentions") == [(1,)]
    assert await _topic(tenant, agent, "else", id=id) == made[0]
    assert await _topic(rival.tenant, rival.agent, id=id) != made[0]
    other = await agents.create(tenant, slug="other", name="Other")
    for again in (_topic(tenant, agent, id=id, action="else", embedding=vector(1)), _topic(tenant, other, id=id)):
        with pytest.raises(AlreadyExists, match="another intention has this id"):
            await again
    with pytest.raises(AlreadyExists):
        async with tenant.transaction() as tx:
            await intentions.add(tx, agent_id=agent.id, trigger="topic", condition="x", action="x", id=id)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"trigger": "whim"}, "trigger must be one of time, event, topic"),
        ({"trigger": "time"}, "trigger needs due_at where it is time, else a condition"),
        ({"condition": None}, "trigger needs due_at where it is time, else a condition"),
        (
            {"trigger": "time", "condition": None, "due_at": _NOW, "embedding": vector(1)},
            "embedding must be None where there is no condition",
        ),
        ({"condition": " "}, "condition must have 1 to 2000 characters and not be only white space"),
        ({"condition": "x" * 2001}, "condition must have 1 to 2000"),
        ({"action": ""}, "action must have 1 to 2000"),
        ({"action": "\n"}, "action must have 1 to 2000 characters and not be only white space"),
        ({"context": "x" * 513}, "context must have 1 to 512"),
        ({"due_at": datetime(2024, 1, 1)}, "due_at must have a time zone"),
        ({"embedding": [1.0]}, "embedding must have 384 dimensions"),
        ({"metadata": {"k": "x" * 9000}}, "metadata must be a JSON object of at most 8192 bytes"),
        ({"id": "x"}, "id must be a uuid.UUID"),
    ],
    ids=[f"wrong{n}" for n in range(13)],
)
async def test_wrong_input(fields: dict[str, Any], message: str, tenant: Tenant, agent: Agent) -> None:
    with pytest.raises(InvalidInput, match=message):
        await _topic(tenant, agent, **fields)
    made = await _topic(tenant, agent)
    if not {"trigger", "id"} & fields.keys() and fields != {"condition": None}:
        with pytest.raises(InvalidInput, match=message):
            await intentions.update(tenant, id=made.id, **fields)
    assert await intentions.page(tenant, agent_id=agent.id) == [made]


async def test_unknown_keys_and_other_tenants(tenant: Tenant, agent: Agent, rival: Home) -> None:
    theirs = await _topic(rival.tenant, rival.agent, embedding=vector(1), due_at=_ago(1))
    user = await users.create(rival.tenant, email="ada@example.com")
    session = (await sessions.start(rival.tenant, agent_id=rival.agent.id)).session
    unknown = uuid.uuid4()
    with pytest.raises(NotFound, match=f"no such agent: {unknown}"):
        await intentions.add(tenant, agent_id=unknown, trigger="time", due_at=_NOW, action="x")
    with pytest.raises(NotFound, match="agent"):
        await intentions.add(tenant, agent_id=rival.agent.id, trigger="time", due_at=_NOW, action="x")
    for field, value in (("user", user.id), ("session", session.id)):
        given: dict[str, Any] = {f"{field}_id": value}
        with pytest.raises(NotFound, match=f"no such {field}"):
            await _topic(tenant, agent, **given)
    assert await intentions.get(tenant, id=theirs.id) is None
    lists: list[Any] = [
        intentions.page(tenant, agent_id=rival.agent.id),
        intentions.page(tenant, agent_id=rival.agent.id, status=None),
        intentions.due(tenant),
        intentions.due(tenant, agent_id=rival.agent.id),
        intentions.claim_due(tenant),
        intentions.expire_overdue(tenant, due_before=_NOW),
        intentions.matching(tenant, agent_id=rival.agent.id, text="tea", embedding=vector(1)),
    ]
    for found in lists:
        assert await found == []
    assert await intentions.embed(tenant, id=theirs.id, version=1, embedding=vector(2)) is False
    calls: list[Any] = [
        intentions.update(tenant, id=theirs.id, action="x"),
        intentions.trigger(tenant, id=theirs.id),
        intentions.fulfil(tenant, id=theirs.id),
        intentions.cancel(tenant, id=theirs.id),
        intentions.reopen(tenant, id=theirs.id),
        intentions.delete(tenant, id=theirs.id),
        intentions.restore(tenant, id=theirs.id),
    ]
    for call in calls:
        with pytest.raises(NotFound, match="intention"):
            await call
    assert await intentions.get(rival.tenant, id=theirs.id) == theirs


async def test_pages(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    ada = await users.create(tenant, email="ada@example.com")
    made = [
        await _topic(tenant, agent, action=f"{n}", trigger="topic" if n % 2 else "event", user_id=ada.id if n % 3 == 0 else None)
        for n in range(8)
    ]
    theirs = await _topic(tenant, other, action="o", user_id=ada.id)
    await intentions.trigger(tenant, id=made[4].id)
    await intentions.fulfil(tenant, id=made[5].id)
    await intentions.cancel(tenant, id=made[6].id)
    await intentions.delete(tenant, id=made[7].id)

    async def actions(**filters: Any) -> str:
        return "".join(each.action for each in await intentions.page(tenant, **filters))

    assert await actions(agent_id=agent.id) == "43210"
    assert await actions(agent_id=agent.id, trigger="topic") == "31"
    assert await actions(agent_id=agent.id, status="triggered") == "4"
    assert await actions(agent_id=agent.id, status="fulfilled") == "5"
    assert await actions(agent_id=agent.id, status=None) == "6543210"
    assert await actions(agent_id=agent.id, status=None, before=made[6].id, limit=2) == "54"
    assert await actions(agent_id=agent.id, before=made[3].id, limit=2) == "21"
    assert await actions(user_id=ada.id) == "o30"
    assert await actions(user_id=ada.id, agent_id=agent.id, status=None) == "630"
    assert await actions(user_id=ada.id, status="cancelled") == "6"
    assert await actions(user_id=ada.id, before=theirs.id, limit=1) == "3"
    with pytest.raises(InvalidInput, match="agent_id or user_id must be given"):
        await actions()
    with pytest.raises(InvalidInput, match="status must be one of"):
        await actions(agent_id=agent.id, status="gone")


_MOVES = ("trigger", "fulfil", "cancel", "reopen", "expire")
_ALLOWED = {
    "pending": {"trigger": "triggered", "fulfil": "fulfilled", "cancel": "cancelled", "expire": "expired"},
    "triggered": {"reopen": "pending", "fulfil": "fulfilled", "cancel": "cancelled", "expire": "expired"},
    "fulfilled": {},
    "cancelled": {"reopen": "pending"},
    "expired": {"reopen": "pending"},
}
_WANTED = {"trigger": "triggered", "fulfil": "fulfilled", "cancel": "cancelled", "reopen": "pending"}


async def _move(tenant: Tenant, intention: Intention, move: str) -> Any:
    if move == "expire":
        return await intentions.expire_overdue(tenant, due_before=_NOW)
    return await getattr(intentions, move)(tenant, id=intention.id)


@pytest.mark.parametrize("current", sorted(_ALLOWED))
async def test_only_allowed_transitions(current: str, tenant: Tenant, agent: Agent) -> None:
    way = {"pending": None, "triggered": "trigger", "fulfilled": "fulfil", "cancelled": "cancel", "expired": "expire"}[current]
    for move in _MOVES:
        made = await _at(tenant, agent, _ago(1))
        if way is not None:
            await _move(tenant, made, way)
        before = await intentions.get(tenant, id=made.id)
        assert before is not None
        assert before.status == current
        if move == "expire":
            assert await _move(tenant, made, move) == ([made.id] if move in _ALLOWED[current] else [])
        elif move in _ALLOWED[current]:
            assert (await _move(tenant, made, move)).status == _ALLOWED[current][move]
        else:
            with pytest.raises(InvalidTransition, match=f"what is {current} cannot become {_WANTED[move]}"):
                await _move(tenant, made, move)
        after = await intentions.get(tenant, id=made.id)
        assert after is not None
        assert after.version == before.version + (move in _ALLOWED[current])
        assert (after.ended_at is None) == (after.status in {"pending", "triggered"})
        await intentions.delete(tenant, id=made.id)


async def test_an_intentions_life(tenant: Tenant, agent: Agent) -> None:
    made = await _topic(tenant, agent, embedding=vector(1))
    changed = await intentions.update(tenant, id=made.id, expected_version=1, action="a", context="c", due_at=_NOW, metadata={"k": 1})
    assert (changed.action, changed.context, changed.due_at, changed.metadata, changed.embedded) == ("a", "c", _NOW, {"k": 1}, True)
    assert (await intentions.update(tenant, id=made.id, condition="tea is talked about")).embedded
    changed = await intentions.update(tenant, id=made.id, condition="coffee is talked about")
    assert (changed.condition, changed.embedded, changed.version) == ("coffee is talked about", False, 4)
    moves: tuple[Any, ...] = (
        intentions.update,
        intentions.trigger,
        intentions.fulfil,
        intentions.cancel,
        intentions.delete,
    )
    for move in moves:
        with pytest.raises(VersionConflict, match="expected version 1, found version 4"):
            await move(tenant, id=made.id, expected_version=1)
    triggered = await intentions.trigger(tenant, id=made.id, expected_version=4)
    assert triggered.triggered_at is not None
    fulfilled = await intentions.fulfil(tenant, id=made.id, outcome="she had some")
    assert (fulfilled.status, fulfilled.outcome, fulfilled.triggered_at) == ("fulfilled", "she had some", triggered.triggered_at)
    assert fulfilled.ended_at is not None
    assert await intentions.delete(tenant, id=made.id, expected_version=6) == 7
    assert await intentions.get(tenant, id=made.id) is None
    for move in moves:
        with pytest.raises(NotFound, match=f"no such intention: {made.id}"):
            await move(tenant, id=made.id)
    assert (await intentions.restore(tenant, id=made.id, expected_version=7)).status == "fulfilled"
    with pytest.raises(NotFound, match="deleted intention"):
        await intentions.restore(tenant, id=made.id)
    other = await _at(tenant, agent, _NOW)
    cancelled = await intentions.cancel(tenant, id=other.id, reason="no use")
    assert (cancelled.status, cancelled.outcome) == ("cancelled", "no use")
    again = await intentions.reopen(tenant, id=other.id, due_at=_ago(5), expected_version=2)
    assert (again.status, again.outcome, again.due_at, again.triggered_at, again.ended_at) == ("pending", None, _ago(5), None, None)
    with pytest.raises(InvalidInput, match="embedding must be None where there is no condition"):
        await intentions.update(tenant, id=other.id, embedding=vector(1))
    assert (await intentions.update(tenant, id=other.id, condition="new", embedding=vector(1))).embedded


async def test_of_many_triggers_at_once_one_counts(tenant: Tenant, agent: Agent) -> None:
    made = await _topic(tenant, agent)
    results = await asyncio.gather(*[intentions.trigger(tenant, id=made.id) for _ in range(16)], return_exceptions=True)
    assert sum(isinstance(each, Intention) for each in results) == 1
    assert sum(isinstance(each, InvalidTransition) for each in results) == 15


async def test_what_is_due(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    later = await _at(tenant, agent, _NOW + timedelta(hours=1), "later")
    recent = await _at(tenant, agent, _ago(1), "recent")
    longest = await _topic(tenant, agent, due_at=_ago(9), action="longest")
    theirs = await _at(tenant, other, _ago(4), "theirs")
    triggered = await _at(tenant, agent, _ago(3), "triggered")
    triggered = await intentions.trigger(tenant, id=triggered.id)
    done, gone = await _at(tenant, agent, _ago(2)), await _at(tenant, agent, _ago(2))
    await intentions.fulfil(tenant, id=done.id)
    await intentions.delete(tenant, id=gone.id)
    await _topic(tenant, agent)
    assert await intentions.due(tenant) == [longest, theirs, triggered, recent]
    assert await intentions.due(tenant, agent_id=agent.id) == [longest, triggered, recent]
    assert await intentions.due(tenant, at=_ago(4), limit=9) == [longest, theirs]
    assert await intentions.due(tenant, agent_id=agent.id, limit=2) == [longest, triggered]
    assert await intentions.due(tenant, at=_NOW + timedelta(hours=2), agent_id=agent.id) == [longest, triggered, recent, later]
    claimed = await intentions.claim_due(tenant, agent_id=agent.id)
    assert [(each.id, each.status) for each in claimed] == [(longest.id, "triggered"), (recent.id, "triggered")]
    assert claimed == [each for each in await intentions.due(tenant, agent_id=agent.id) if each.id != triggered.id]
    assert await intentions.claim_due(tenant, at=_ago(5)) == []
    assert [each.id for each in await intentions.claim_due(tenant)] == [theirs.id]
    assert await intentions.claim_due(tenant) == []


async def test_several_schedulers_claim_each_once(tenant: Tenant, agent: Agent) -> None:
    made = [await _at(tenant, agent, _ago(n)) for n in range(40)]
    batches: list[list[Intention]] = []

    async def schedule() -> None:
        while batch := await intentions.claim_due(tenant, limit=3):
            batches.append(batch)

    await asyncio.gather(*[schedule() for _ in range(8)])
    # Beside others a scheduler may see nothing left while a claim was still under way; what is left then is claimed now.
    await schedule()
    claimed = [each.id for batch in batches for each in batch]
    assert sorted(claimed) == sorted(each.id for each in made)
    assert all(batch == sorted(batch, key=lambda each: each.due_at or _NOW) for batch in batches)


async def test_a_claim_leaves_out_what_somebody_is_changing(tenant: Tenant, agent: Agent) -> None:
    first, second = await _at(tenant, agent, _ago(2)), await _at(tenant, agent, _ago(1))
    async with tenant.transaction() as tx:
        await intentions.cancel(tx, id=first.id)
        assert [each.id for each in await intentions.claim_due(tenant)] == [second.id]
        assert await intentions.expire_overdue(tenant, due_before=_NOW) == [second.id]
    assert await intentions.claim_due(tenant) == []


async def test_what_is_long_overdue_expires(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    made = [await _at(tenant, agent, _ago(10 - n)) for n in range(8)]
    theirs = await _at(tenant, other, _ago(20))
    await intentions.trigger(tenant, id=made[1].id)
    await intentions.fulfil(tenant, id=made[2].id)
    assert await intentions.expire_overdue(tenant, due_before=_ago(6), agent_id=agent.id, limit=1) == [made[0].id]
    expired = await intentions.get(tenant, id=made[0].id)
    assert expired is not None
    assert (expired.status, expired.version) == ("expired", 2)
    both = await asyncio.gather(*[intentions.expire_overdue(tenant, due_before=_ago(6)) for _ in range(2)])
    left = await intentions.expire_overdue(tenant, due_before=_ago(6))
    assert sorted(both[0] + both[1] + left) == sorted([made[1].id, made[3].id, theirs.id])
    assert await intentions.expire_overdue(tenant, due_before=_ago(6)) == []
    ahead = await _at(tenant, agent, datetime.now(UTC) + timedelta(hours=1))
    await intentions.expire_overdue(tenant, due_before=_NOW + timedelta(days=9))
    assert await intentions.page(tenant, agent_id=agent.id) == [ahead]
    with pytest.raises(InvalidInput, match="limit must be between 1 and 1000"):
        await intentions.expire_overdue(tenant, due_before=_NOW, limit=0)


async def test_agents_that_take_no_writes_claim_nothing(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    await _at(tenant, other, _ago(3))
    mine = await _at(tenant, agent, _ago(1))
    await agents.update(tenant, id=other.id, status="suspended")
    assert await intentions.claim_due(tenant, agent_id=other.id) == []
    assert [each.id for each in await intentions.claim_due(tenant, limit=1)] == [mine.id]
    assert await intentions.expire_overdue(tenant, due_before=_NOW) == [mine.id]


async def test_background_embedding(tenant: Tenant, agent: Agent) -> None:
    made = [await _topic(tenant, agent, f"condition {n}", embedding=vector(n) if n == 2 else None) for n in range(6)]
    await _at(tenant, agent, _NOW)
    await intentions.cancel(tenant, id=made[4].id)
    await intentions.delete(tenant, id=made[5].id)
    waiting = [made[0], made[1], made[3]]
    assert await intentions.unembedded(tenant) == await intentions.unembedded(tenant, agent_id=agent.id) == waiting
    assert await intentions.unembedded(tenant, after=made[0].id, limit=1) == [made[1]]
    changed = await intentions.update(tenant, id=made[0].id, condition="changed meanwhile")
    assert await intentions.embed(tenant, id=made[0].id, version=1, embedding=vector(9)) is False
    batch = [{"id": each.id, "version": each.version, "embedding": vector(9)} for each in (changed, made[1], made[3])]
    assert await intentions.embed.many(tenant, batch) == [True, True, True]
    assert await intentions.unembedded(tenant) == []


async def test_a_changed_condition_outdates_its_embeddings_in_all_spaces(tenant: Tenant, agent: Agent, dsn: str) -> None:
    made = await _topic(tenant, agent, embedding=vector(1))
    async with memdb.connect(dsn, admin_role=None) as owner:
        await spaces.create(owner.admin(), dimension=384, model="new")
    async with memdb.connect(dsn, embedding_model="new") as new:
        assert await intentions.embed(new.tenant(tenant.org_id), id=made.id, version=1, embedding=vector(2))
    await intentions.update(tenant, id=made.id, condition="otherwise", embedding=vector(3))
    assert fetch(dsn, "SELECT space, embedding IS NOT NULL FROM memdb.intention_embeddings ORDER BY space") == [(1, True), (2, False)]


async def test_conditions_that_match(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    ada = await users.create(tenant, email="ada@example.com")
    near = (vector(1) + 0.1 * vector(2)).astype(np.float32)
    tea = await _topic(tenant, agent, "green tea is mentioned", embedding=vector(1), user_id=ada.id)
    coffee = await _topic(tenant, agent, "Bob roasts coffee", embedding=near, trigger="event")
    plain = await _topic(tenant, agent, "somebody wants teas")
    far = await _topic(tenant, agent, "the weather is bad", embedding=-vector(1))
    coffee = await intentions.trigger(tenant, id=coffee.id)
    cancelled, deleted = [await _topic(tenant, agent, f"tea {n}", embedding=vector(1)) for n in range(2)]
    await intentions.cancel(tenant, id=cancelled.id)
    await intentions.delete(tenant, id=deleted.id)
    await _at(tenant, agent, _NOW, "tea")
    await _topic(tenant, other, "another agent's tea", embedding=vector(1))

    async def found(**asked: Any) -> list[Intention]:
        return [hit.intention for hit in await intentions.matching(tenant, agent_id=agent.id, **asked)]

    assert await found(embedding=vector(1)) == [tea, coffee, far]
    assert await found(embedding=vector(1), trigger="event") == [coffee]
    assert await found(embedding=vector(1), status="pending") == [tea, far]
    assert {each.id for each in await found(text="teas")} == {plain.id, tea.id}
    assert await found(text="tea", user_id=ada.id) == [tea]
    hits = await intentions.matching(tenant, agent_id=agent.id, text="tea", embedding=vector(1))
    assert hits[0].intention == tea
    assert {hit.intention.id for hit in hits} == {tea.id, coffee.id, plain.id, far.id}
    similarities = [hit.similarity for hit in hits if hit.similarity is not None]
    most = max(hit.text_score or 0 for hit in hits)
    for hit in hits:
        vector_part = 0.0 if hit.similarity is None else (hit.similarity - min(similarities)) / (max(similarities) - min(similarities))
        assert hit.score == pytest.approx(vector_part + (hit.text_score or 0) / most)
    assert len(await found(text="tea", embedding=vector(1), limit=2)) == 2
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "text or embedding must be given"),
        ({"embedding": np.zeros(384)}, "embedding must not be the zero vector"),
        ({"text": "x", "status": "cancelled"}, "status must be one of pending, triggered"),
    ]
    for asked, message in wrong:
        with pytest.raises(InvalidInput, match=message):
            await found(**asked)


async def test_suspended_tenants_and_agents_take_no_intentions(db: Database, tenant: Tenant, agent: Agent) -> None:
    made = [await _at(tenant, agent, _ago(n)) for n in range(4)]
    await intentions.delete(tenant, id=made[2].id)
    await intentions.cancel(tenant, id=made[3].id)

    def writes() -> list[Any]:
        return [
            _topic(tenant, agent),
            intentions.update(tenant, id=made[0].id, action="x"),
            intentions.trigger(tenant, id=made[0].id),
            intentions.fulfil(tenant, id=made[0].id),
            intentions.cancel(tenant, id=made[0].id),
            intentions.reopen(tenant, id=made[3].id),
            intentions.restore(tenant, id=made[2].id),
        ]

    await organizations.update(db.admin(tenant.org_id), status="suspended")
    of_tenant: list[Any] = [
        intentions.delete(tenant, id=made[0].id),
        intentions.claim_due(tenant),
        intentions.expire_overdue(tenant, due_before=_NOW),
    ]
    for write in [*writes(), *of_tenant]:
        with pytest.raises(WritesRefused, match="the organization is suspended"):
            await write
    await organizations.update(db.admin(tenant.org_id), status="active")
    await agents.update(tenant, id=agent.id, status="suspended")
    for write in writes():
        with pytest.raises(WritesRefused, match="the agent is suspended"):
            await write
    assert await intentions.page(tenant, agent_id=agent.id) == [made[1], made[0]]
    assert await intentions.delete(tenant, id=made[0].id) == 2


async def test_the_schema_refuses_what_the_functions_never_send(tenant: Tenant, agent: Agent, dsn: str) -> None:
    made = await _at(tenant, agent, _NOW)
    for change, rule in (
        ("due_at = NULL", "trigger_complete"),
        ("status = 'gone'", "ended_fits"),
        ("status = 'fulfilled'", "ended_fits"),
        ("ended_at = now()", "ended_fits"),
    ):
        with pytest.raises(Exception, match=f"intentions_{rule}"):
            execute(dsn, f"UPDATE memdb.intentions SET {change} WHERE id = '{made.id}'")


async def test_erasing_and_purging(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    admin = db.admin(tenant.org_id)
    ada = await users.create(tenant, email="ada@example.com")
    hers, anybodys = [(await sessions.start(tenant, agent_id=agent.id, user_id=user_id)).session for user_id in (ada.id, None)]
    await _topic(tenant, agent, user_id=ada.id, embedding=vector(1))
    await _topic(tenant, agent, session_id=hers.id)
    kept = await _topic(tenant, agent, session_id=anybodys.id)
    old = await _topic(tenant, agent, embedding=vector(1))
    await intentions.delete(tenant, id=old.id)
    execute(dsn, f"UPDATE memdb.intentions SET deleted_at = now() - interval '1 year' WHERE id = '{old.id}'")
    counted = await retention.erase_user(admin, user_id=ada.id, dry_run=True)
    assert (counted["intentions"], counted["intention_embeddings"]) == (2, 1)
    assert await retention.erase_user(admin, user_id=ada.id) == counted
    purged = await retention.purge(admin, deleted_before=_NOW - timedelta(days=1))
    assert purged.rows == {"intentions": 1, "intention_embeddings": 1}
    # What was intended in a session outlives it.
    await sessions.delete(tenant, id=anybodys.id)
    execute(dsn, "UPDATE memdb.sessions SET deleted_at = now() - interval '1 year'")
    assert (await retention.purge(admin, deleted_before=_NOW)).rows == {"sessions": 1}
    (left,) = await intentions.page(tenant, agent_id=agent.id)
    assert (left.id, left.session_id) == (kept.id, None)
