"""Checkpoints and events of sessions: one a turn, numbers without gaps, each once, whoever is writing at the same time."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memdb import Cursor, agents, checkpoints, session_events, sessions
from memdb.agents import Agent
from memdb.checkpoints import Checkpoint
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, NotFound, SessionClosed, WritesRefused
from memdb.session_events import NewSessionEvent, SessionEvent
from memdb.sessions import Session
from tests.conftest import Home
from tests.server import execute, fetch

HASH = "0123456789abcdef" * 4


@pytest.fixture
async def session(tenant: Tenant, agent: Agent) -> Session:
    return (await sessions.start(tenant, agent_id=agent.id)).session


async def _again(tenant: Tenant, session: Session) -> Session:
    found = await sessions.get(tenant, id=session.id)
    assert found is not None
    return found


async def _spent(tenant: Tenant, session: Session) -> tuple[int, int, int]:
    found = await _again(tenant, session)
    return found.input_tokens, found.output_tokens, found.latency_ms


async def _caught(call: Awaitable[Any]) -> Any:
    try:
        return await call
    except Exception as error:
        return error


async def _numbers(tenant: Tenant, session: Session) -> list[int]:
    return [event.number for event in await session_events.page(tenant, session_id=session.id, after=0, limit=1000)]


# Checkpoints

FULL: dict[str, Any] = {
    "request_id": "r-7",
    "messages_hash": HASH,
    "completion_hash": HASH[::-1],
    "input_tokens": 100,
    "output_tokens": 20,
    "latency_ms": 1500,
    "model": "m-1",
    "provider": "acme",
    "provider_request_id": "p-7",
    "is_streaming": True,
    "is_complete": False,
    "state": {"step": 1, "rate": 1.5},
}


async def test_a_turn_is_recorded_and_counted(tenant: Tenant, session: Session, dsn: str) -> None:
    execute(dsn, "UPDATE memdb.sessions SET active_at = now() - interval '1 hour'")
    made = await checkpoints.record(tenant, session_id=session.id, turn=3, **FULL)
    assert {name: getattr(made, name) for name in FULL} == FULL
    assert (made.session_id, made.turn) == (session.id, 3)
    plain = await checkpoints.record(tenant, session_id=session.id, turn=0)
    assert (plain.request_id, plain.input_tokens, plain.is_streaming, plain.is_complete, plain.state) == (None, 0, False, True, {})
    await checkpoints.record(tenant, session_id=session.id, turn=4, input_tokens=1, output_tokens=2, latency_ms=3)
    assert await _spent(tenant, session) == (101, 22, 1503)
    after = await _again(tenant, session)
    assert after.active_at >= made.created_at
    assert (after.version, after.updated_at) == (session.version, session.updated_at), "what is appended is no change of the session"


async def test_checkpoints_are_read_by_turn(tenant: Tenant, session: Session, agent: Agent) -> None:
    assert await checkpoints.latest(tenant, session_id=session.id) is None
    another = (await sessions.start(tenant, agent_id=agent.id)).session
    await checkpoints.record(tenant, session_id=another.id, turn=99)
    made = {turn: await checkpoints.record(tenant, session_id=session.id, turn=turn) for turn in (2, 0, 7, 1)}
    assert await checkpoints.latest(tenant, session_id=session.id) == made[7]
    assert await checkpoints.get(tenant, session_id=session.id, turn=1) == made[1]
    assert await checkpoints.get(tenant, session_id=session.id, turn=3) is None
    first = await checkpoints.page(tenant, session_id=session.id, limit=2)
    assert first == [made[7], made[2]]
    assert await checkpoints.page(tenant, session_id=session.id, before=first[-1].turn) == [made[1], made[0]]
    begun = await checkpoints.page(tenant, session_id=session.id, limit=2, after=-1)
    assert begun == [made[0], made[1]]
    assert await checkpoints.page(tenant, session_id=session.id, after=begun[-1].turn) == [made[2], made[7]]
    assert await checkpoints.page(tenant, session_id=session.id, after=Cursor.of(begun[-1])) == [made[2], made[7]]
    assert await checkpoints.page(tenant, session_id=session.id, before=begun[-1]) == [made[0]]
    with pytest.raises(InvalidInput, match="after and before must not be given together"):
        await checkpoints.page(tenant, session_id=session.id, before=4, after=1)


async def test_a_repeated_turn_is_counted_once(tenant: Tenant, session: Session) -> None:
    made = await checkpoints.record(tenant, session_id=session.id, turn=1, **FULL)
    assert await checkpoints.record(tenant, session_id=session.id, turn=1, **FULL) == made
    async with tenant.transaction() as tx:
        assert await checkpoints.record(tx, session_id=session.id, turn=1, **FULL) == made
    assert await _spent(tenant, session) == (100, 20, 1500)


_OTHER: dict[str, Any] = {
    "request_id": None,
    "messages_hash": HASH[::-1],
    "completion_hash": None,
    "input_tokens": 101,
    "output_tokens": 0,
    "latency_ms": 1501,
    "model": "m-2",
    "provider": None,
    "provider_request_id": "p-8",
    "is_streaming": False,
    "is_complete": True,
    "state": {"step": True, "rate": 1.5},
}


@pytest.mark.parametrize("field", sorted(FULL))
async def test_the_same_turn_with_another_content_is_refused(field: str, tenant: Tenant, session: Session) -> None:
    made = await checkpoints.record(tenant, session_id=session.id, turn=1, **FULL)
    with pytest.raises(AlreadyExists) as refused:
        await checkpoints.record(tenant, session_id=session.id, turn=1, **{**FULL, field: _OTHER[field]})
    assert (refused.value.kind, refused.value.field) == ("checkpoint of the session", "turn")
    assert await checkpoints.page(tenant, session_id=session.id) == [made]
    assert await _spent(tenant, session) == (100, 20, 1500)


async def test_many_tasks_of_one_turn_make_one_checkpoint(tenant: Tenant, session: Session) -> None:
    for turn in range(5):
        made = await asyncio.gather(*[checkpoints.record(tenant, session_id=session.id, turn=turn, **FULL) for _ in range(32)])
        assert len(set(map(str, made))) == 1
    assert await _spent(tenant, session) == (500, 100, 7500)


async def test_of_different_checkpoints_of_one_turn_one_is_kept(tenant: Tenant, session: Session) -> None:
    calls = [_caught(checkpoints.record(tenant, session_id=session.id, turn=1, input_tokens=n)) for n in range(1, 33)]
    results = await asyncio.gather(*calls)
    (kept,) = [result for result in results if isinstance(result, Checkpoint)]
    assert sum(isinstance(result, AlreadyExists) for result in results) == 31
    assert await _spent(tenant, session) == (kept.input_tokens, 0, 0)


async def test_turns_recorded_at_once_are_all_counted(tenant: Tenant, session: Session) -> None:
    await asyncio.gather(*[checkpoints.record(tenant, session_id=session.id, turn=n, input_tokens=n, output_tokens=1) for n in range(40)])
    assert await _spent(tenant, session) == (780, 40, 0)
    found = await checkpoints.page(tenant, session_id=session.id, limit=1000, after=-1)
    assert [checkpoint.turn for checkpoint in found] == list(range(40))


@pytest.mark.parametrize("inside", [False, True])
async def test_the_loser_of_a_race_for_a_turn(inside: bool, tenant: Tenant, session: Session) -> None:
    async def second() -> Checkpoint:
        if not inside:
            return await checkpoints.record(tenant, session_id=session.id, turn=1, **FULL)
        async with tenant.transaction() as tx:
            return await checkpoints.record(tx, session_id=session.id, turn=1, **FULL)

    async with tenant.transaction() as tx:
        first = await checkpoints.record(tx, session_id=session.id, turn=1, **FULL)
        waiting = asyncio.create_task(_caught(second()))
        await asyncio.sleep(0.15)
        assert not waiting.done()
    result = await waiting
    assert isinstance(result, AlreadyExists) if inside else result == first
    assert await _spent(tenant, session) == (100, 20, 1500)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("messages_hash", HASH.upper()),
        ("completion_hash", "g" * 64),
        ("completion_hash", HASH[1:]),
        ("messages_hash", HASH[1:] + "\n"),
        ("turn", -1),
        ("turn", 2**31),
        ("input_tokens", -1),
        ("output_tokens", 2**31),
        ("latency_ms", 1.5),
        ("request_id", ""),
        ("provider_request_id", "x" * 201),
        ("model", "x" * 257),
        ("is_complete", None),
        ("state", []),
        ("state", {"x": "y" * 65_530}),
    ],
)
async def test_what_is_no_checkpoint(field: str, wrong: Any, tenant: Tenant, session: Session) -> None:
    arguments: Any = {"turn": 1, "input_tokens": 7, field: wrong}
    with pytest.raises(InvalidInput) as refused:
        await checkpoints.record(tenant, session_id=session.id, **arguments)
    assert refused.value.field == field
    assert await _spent(tenant, session) == (0, 0, 0)


# Events


async def test_events_are_numbered_in_order(tenant: Tenant, session: Session, agent: Agent) -> None:
    another = (await sessions.start(tenant, agent_id=agent.id)).session
    assert (await session_events.append(tenant, session_id=another.id, kind="elsewhere")).number == 1
    first = await session_events.append(tenant, session_id=session.id, kind="tool.call", data={"a": [1, None, "ü"]})
    assert (first.session_id, first.number, first.kind, first.data) == (session.id, 1, "tool.call", {"a": [1, None, "ü"]})
    mine = uuid.uuid4()
    items = [NewSessionEvent("x", {"n": 0}), NewSessionEvent("y", id=mine), NewSessionEvent("x", {"n": 2})]
    more = await session_events.append_many(tenant, session_id=session.id, items=iter(items))
    assert [(event.number, event.kind, event.data) for event in more] == [(2, "x", {"n": 0}), (3, "y", {}), (4, "x", {"n": 2})]
    assert more[1].id == mine
    assert {event.id.version for event in (first, more[0], more[2])} == {7}
    assert await session_events.append_many(tenant, session_id=session.id, items=[]) == []
    assert await session_events.page(tenant, session_id=session.id, after=0) == [first, *more]
    assert await session_events.page(tenant, session_id=session.id, after=1, limit=2) == more[:2]
    assert await session_events.page(tenant, session_id=session.id, after=4) == []
    assert await session_events.page(tenant, session_id=session.id, limit=2) == more[1:], "the last ones, in order"
    assert await session_events.page(tenant, session_id=session.id, before=more[1], limit=2) == [first, more[0]]
    assert await session_events.page(tenant, session_id=session.id, after=Cursor.of(more[1])) == more[2:]
    with pytest.raises(InvalidInput, match="after and before must not be given together"):
        await session_events.page(tenant, session_id=session.id, before=4, after=1)
    assert await session_events.progress(tenant, session_id=session.id) == session_events.Progress(4, is_open=True)


async def test_a_thousand_events_in_one_statement(tenant: Tenant, session: Session) -> None:
    for start in (0, 1000, 2000):
        items = [NewSessionEvent("x", {"n": start + n}, uuid.uuid4()) for n in range(1000)]
        made = await session_events.append_many(tenant, session_id=session.id, items=items)
        assert [(event.number, event.data["n"]) for event in made] == [(start + n + 1, start + n) for n in range(1000)]
        assert await session_events.append_many(tenant, session_id=session.id, items=items[::-1]) == made[::-1]
    with pytest.raises(InvalidInput, match="items must be at most 1000"):
        await session_events.append_many(tenant, session_id=session.id, items=[NewSessionEvent("x")] * 1001)
    assert (await session_events.progress(tenant, session_id=session.id)).last_event == 3000


async def test_an_event_with_an_id_is_appended_once(tenant: Tenant, session: Session, agent: Agent) -> None:
    ids = [uuid.uuid4() for _ in range(5)]
    one = await session_events.append(tenant, session_id=session.id, kind="x", data={"n": 1}, id=ids[0])
    assert await session_events.append(tenant, session_id=session.id, kind="x", data={"n": 1}, id=ids[0]) == one
    items = [NewSessionEvent("x", {"n": n}, id) for n, id in enumerate(ids, 1)]
    made = await session_events.append_many(tenant, session_id=session.id, items=[items[1], items[0], items[2]])
    assert [event.number for event in made] == [2, 1, 3]
    assert made[1] == one
    made = await session_events.append_many(tenant, session_id=session.id, items=[items[3], items[2], items[4], items[0]])
    assert [event.number for event in made] == [4, 3, 5, 1]
    assert await _numbers(tenant, session) == [1, 2, 3, 4, 5]
    another = (await sessions.start(tenant, agent_id=agent.id)).session
    for arguments in (
        {"session_id": session.id, "kind": "x", "data": {"n": True}},
        {"session_id": session.id, "kind": "y", "data": {"n": 1}},
        {"session_id": session.id, "kind": "x"},
        {"session_id": another.id, "kind": "x", "data": {"n": 1}},
    ):
        with pytest.raises(AlreadyExists, match="another event has this id"):
            await session_events.append(tenant, id=ids[0], **arguments)
    with pytest.raises(AlreadyExists):
        await session_events.append_many(tenant, session_id=session.id, items=[NewSessionEvent("new"), NewSessionEvent("y", id=ids[0])])
    assert await _numbers(tenant, session) == [1, 2, 3, 4, 5], "all or none"
    assert (await session_events.append(tenant, session_id=session.id, kind="x")).number == 6
    assert await _numbers(tenant, another) == []


async def test_the_id_of_another_tenants_event_is_free(tenant: Tenant, session: Session, rival: Home) -> None:
    theirs = (await sessions.start(rival.tenant, agent_id=rival.agent.id)).session
    id = uuid.uuid4()
    await session_events.append(tenant, session_id=session.id, kind="x", id=id)
    assert (await session_events.append(rival.tenant, session_id=theirs.id, kind="y", id=id)).number == 1


async def test_concurrent_writers_leave_no_gap_and_a_reader_beside_them_misses_nothing(tenant: Tenant, session: Session) -> None:
    async def write(writer: int) -> list[SessionEvent]:
        made = []
        for step in range(6):
            if step % 3 == 0:
                made.append(await session_events.append(tenant, session_id=session.id, kind="one", data={"w": writer, "n": len(made)}))
                continue
            items = [NewSessionEvent("many", {"w": writer, "n": len(made) + n}, uuid.uuid4()) for n in range(4)]
            batch = await session_events.append_many(tenant, session_id=session.id, items=items)
            assert [event.number for event in batch] == list(range(batch[0].number, batch[0].number + 4))
            made += batch
        return made

    async def follow() -> list[SessionEvent]:
        return [event async for event in session_events.tail(tenant, session_id=session.id, poll=0.01)]

    followers = [asyncio.create_task(follow()) for _ in range(3)]
    written = [event for made in await asyncio.gather(*[write(writer) for writer in range(32)]) for event in made]
    await sessions.close(tenant, id=session.id)
    everything = sorted(written, key=lambda event: event.number)
    assert [event.number for event in everything] == list(range(1, 32 * 18 + 1))
    assert await session_events.page(tenant, session_id=session.id, after=0, limit=1000) == everything
    assert await asyncio.gather(*followers) == [everything] * 3
    for writer in range(32):
        assert [event.data["n"] for event in everything if event.data["w"] == writer] == list(range(18))


async def test_many_tasks_of_one_id_make_one_event(tenant: Tenant, session: Session) -> None:
    for number in range(1, 6):
        id = uuid.uuid4()
        made = await asyncio.gather(
            *[session_events.append(tenant, session_id=session.id, kind="x", data={"k": number}, id=id) for _ in range(32)]
        )
        assert {(event.id, event.number) for event in made} == {(id, number)}
    assert await _numbers(tenant, session) == [1, 2, 3, 4, 5]


async def test_batches_that_share_ids_settle(tenant: Tenant, session: Session) -> None:
    items = [NewSessionEvent("x", {"n": n}, uuid.uuid4()) for n in range(20)]
    batches = [items[n:] + items[:n] for n in range(20)]
    made = await asyncio.gather(*[session_events.append_many(tenant, session_id=session.id, items=batch) for batch in batches])
    assert await _numbers(tenant, session) == list(range(1, 21))
    for batch, events in zip(batches, made, strict=True):
        assert [event.id for event in events] == [item.id for item in batch]
    assert len({(event.id, event.number) for events in made for event in events}) == 20


@pytest.mark.parametrize("inside", [False, True])
async def test_the_loser_of_a_race_for_an_id(inside: bool, tenant: Tenant, session: Session) -> None:
    id = uuid.uuid4()

    async def second() -> SessionEvent:
        if not inside:
            return await session_events.append(tenant, session_id=session.id, kind="x", id=id)
        async with tenant.transaction() as tx:
            return await session_events.append(tx, session_id=session.id, kind="x", id=id)

    async with tenant.transaction() as tx:
        first = await session_events.append(tx, session_id=session.id, kind="x", id=id)
        waiting = asyncio.create_task(_caught(second()))
        await asyncio.sleep(0.15)
        assert not waiting.done()
    result = await waiting
    assert isinstance(result, AlreadyExists) if inside else result == first
    assert await _numbers(tenant, session) == [1]


async def test_numbers_become_visible_in_order_and_a_rollback_leaves_no_gap(tenant: Tenant, session: Session) -> None:
    """Whoever has the next number holds the session until it commits: no reader can see a number before a lower one."""
    with pytest.raises(ZeroDivisionError):
        async with tenant.transaction() as tx:
            assert (await session_events.append(tx, session_id=session.id, kind="lost")).number == 1
            waiting = asyncio.create_task(session_events.append(tenant, session_id=session.id, kind="kept"))
            await asyncio.sleep(0.15)
            assert not waiting.done()
            assert await _numbers(tenant, session) == []
            raise ZeroDivisionError
    assert (await waiting).number == 1
    assert [event.kind for event in await session_events.page(tenant, session_id=session.id, after=0)] == ["kept"]


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "x" * 65}, "kind"),
        ({"kind": None}, "kind"),
        ({"kind": "x", "data": []}, "data"),
        ({"kind": "x", "data": {"a": float("nan")}}, "data"),
        ({"kind": "x", "data": {"x": "y" * 65_530}}, "data"),
        ({"kind": "x", "id": "nope"}, "id"),
        ({"kind": "x", "id": []}, "id"),
    ],
)
async def test_what_is_no_event(item: Any, field: str, tenant: Tenant, session: Session) -> None:
    for call in (
        session_events.append(tenant, session_id=session.id, **item),
        session_events.append_many(tenant, session_id=session.id, items=[NewSessionEvent("good"), NewSessionEvent(**item)]),
    ):
        with pytest.raises(InvalidInput) as refused:
            await call
        assert refused.value.field == field
    assert await _numbers(tenant, session) == []


async def test_what_is_no_batch(tenant: Tenant, session: Session) -> None:
    id = uuid.uuid4()
    wrong: Any
    for wrong in (7, ["x"], NewSessionEvent("x"), [{"kind": "x"}]):
        if isinstance(wrong, NewSessionEvent):
            assert (await session_events.append_many(tenant, session_id=session.id, items=wrong))[0].number == 1  # type: ignore[arg-type]
            continue
        with pytest.raises(InvalidInput, match="items must be NewSessionEvent objects"):
            await session_events.append_many(tenant, session_id=session.id, items=wrong)
    with pytest.raises(InvalidInput, match="id must not be that of two items"):
        await session_events.append_many(tenant, session_id=session.id, items=[NewSessionEvent("x", id=id)] * 2)


async def test_events_keep_a_session_from_being_idle(tenant: Tenant, session: Session, dsn: str) -> None:
    execute(dsn, "UPDATE memdb.sessions SET active_at = now() - interval '1 hour'")
    ago = datetime.now(UTC) - timedelta(minutes=30)
    event = await session_events.append(tenant, session_id=session.id, kind="x", id=uuid.uuid4())
    assert await sessions.sweep_idle(tenant, idle_since=ago) == []
    assert (await _again(tenant, session)).active_at == event.created_at
    execute(dsn, "UPDATE memdb.sessions SET active_at = now() - interval '1 hour'")
    await session_events.append(tenant, session_id=session.id, kind="x", id=event.id)
    assert await sessions.sweep_idle(tenant, idle_since=ago) == [session.id], "nothing new was appended"


# Following


async def _tailed(tenant: Tenant, session: Session, after: int = 0) -> list[int]:
    return [event.number async for event in session_events.tail(tenant, session_id=session.id, after=after, poll=0.01)]


async def test_a_tail_ends_with_its_session_and_resumes(tenant: Tenant, session: Session) -> None:
    await session_events.append_many(tenant, session_id=session.id, items=[NewSessionEvent("x")] * 1000)
    following = aiter(session_events.tail(tenant, session_id=session.id, after=990, poll=0.01))
    assert [(await anext(following)).number for _ in range(10)] == list(range(991, 1001))
    waiting = asyncio.ensure_future(anext(following))
    made = await session_events.append(tenant, session_id=session.id, kind="y")
    assert await waiting == made
    waiting = asyncio.ensure_future(anext(following))
    await session_events.append_many(tenant, session_id=session.id, items=[NewSessionEvent("x")] * 1000)
    assert (await waiting).number == 1002
    await sessions.close(tenant, id=session.id)
    assert [event.number async for event in following] == list(range(1003, 2002))
    assert await _tailed(tenant, session) == list(range(1, 2002))
    assert await _tailed(tenant, session, after=2000) == [2001]
    assert await _tailed(tenant, session, after=2001) == await _tailed(tenant, session, after=5000) == []
    await sessions.reopen(tenant, id=session.id)
    following = aiter(session_events.tail(tenant, session_id=session.id, after=2001, poll=0.01))
    await session_events.append(tenant, session_id=session.id, kind="z")
    assert (await anext(following)).number == 2002


async def test_a_tail_that_fails(tenant: Tenant, session: Session, rival: Home) -> None:
    for on, id in ((tenant, uuid.uuid4()), (rival.tenant, session.id)):
        with pytest.raises(NotFound, match=f"no such session: {id}"):
            await anext(session_events.tail(on, session_id=id))
    arguments: dict[str, Any]
    for arguments in ({"poll": 0}, {"poll": float("nan")}, {"poll": "1"}, {"after": -1}, {"after": None}):
        with pytest.raises(InvalidInput, match=f"^{next(iter(arguments))} must"):
            await anext(session_events.tail(tenant, session_id=session.id, **arguments))
    async with tenant.transaction() as tx:
        with pytest.raises(InvalidInput, match="on must not be a transaction"):
            await anext(session_events.tail(tx, session_id=session.id))
    await session_events.append(tenant, session_id=session.id, kind="x")
    following = aiter(session_events.tail(tenant, session_id=session.id, poll=0.01))
    assert (await anext(following)).number == 1
    await sessions.delete(tenant, id=session.id)
    with pytest.raises(NotFound, match="session"):
        await anext(following)


# Which sessions


@pytest.mark.parametrize("status", ["completed", "abandoned", "error"])
async def test_a_closed_session_takes_nothing_new(status: Any, tenant: Tenant, session: Session) -> None:
    id = uuid.uuid4()
    checkpoint = await checkpoints.record(tenant, session_id=session.id, turn=1, **FULL)
    event = await session_events.append(tenant, session_id=session.id, kind="x", id=id)
    closed = await sessions.close(tenant, id=session.id, status=status)
    for call in (
        checkpoints.record(tenant, session_id=session.id, turn=2),
        session_events.append(tenant, session_id=session.id, kind="x"),
        session_events.append_many(tenant, session_id=session.id, items=[NewSessionEvent("x", id=id), NewSessionEvent("y")]),
    ):
        with pytest.raises(SessionClosed) as refused:
            await call
        assert refused.value.status == status
    assert await checkpoints.record(tenant, session_id=session.id, turn=1, **FULL) == checkpoint
    assert await session_events.append(tenant, session_id=session.id, kind="x", id=id) == event
    assert await _again(tenant, session) == closed
    assert await checkpoints.latest(tenant, session_id=session.id) == checkpoint
    assert await session_events.page(tenant, session_id=session.id, after=0) == [event]
    assert await session_events.progress(tenant, session_id=session.id) == session_events.Progress(1, is_open=False)


async def test_a_session_that_is_closed_or_deleted_meanwhile(tenant: Tenant, session: Session) -> None:
    async def raced(change: Any) -> list[Any]:
        async with tenant.transaction() as tx:
            await change(tx, id=session.id)
            waiting = [
                asyncio.create_task(_caught(checkpoints.record(tenant, session_id=session.id, turn=1))),
                asyncio.create_task(_caught(session_events.append(tenant, session_id=session.id, kind="x"))),
            ]
            await asyncio.sleep(0.15)
            assert not any(task.done() for task in waiting)
        return [type(await task) for task in waiting]

    assert await raced(sessions.close) == [SessionClosed, SessionClosed]
    await sessions.reopen(tenant, id=session.id)
    assert await raced(sessions.delete) == [NotFound, NotFound]


async def test_sessions_that_are_not_there(tenant: Tenant, session: Session, rival: Home, dsn: str) -> None:
    """Unknown, another tenant's, deleted: they take nothing and tell nothing, not even what they were given before."""
    id = uuid.uuid4()
    await checkpoints.record(tenant, session_id=session.id, turn=1)
    await session_events.append(tenant, session_id=session.id, kind="x", id=id)
    before = fetch(dsn, "SELECT s::text FROM memdb.sessions AS s")

    async def is_not_there(on: Tenant, session_id: uuid.UUID) -> None:
        for call in (
            checkpoints.record(on, session_id=session_id, turn=1),
            checkpoints.record(on, session_id=session_id, turn=2),
            session_events.append(on, session_id=session_id, kind="x", id=id),
            session_events.append_many(on, session_id=session_id, items=[NewSessionEvent("x")]),
            session_events.progress(on, session_id=session_id),
        ):
            with pytest.raises(NotFound) as missing:
                await call
            assert (missing.value.kind, missing.value.key) == ("session", session_id)
        assert await checkpoints.get(on, session_id=session_id, turn=1) is await checkpoints.latest(on, session_id=session_id) is None
        assert await checkpoints.page(on, session_id=session_id) == await checkpoints.page(on, session_id=session_id, after=-1) == []
        assert await session_events.page(on, session_id=session_id, after=0) == []

    await is_not_there(tenant, uuid.uuid4())
    await is_not_there(rival.tenant, session.id)
    assert fetch(dsn, "SELECT s::text FROM memdb.sessions AS s") == before
    await sessions.delete(tenant, id=session.id)
    await is_not_there(tenant, session.id)
    await sessions.restore(tenant, id=session.id)
    assert await _numbers(tenant, session) == [1]


async def test_an_agent_that_takes_no_writes(tenant: Tenant, session: Session, agent: Agent) -> None:
    await checkpoints.record(tenant, session_id=session.id, turn=1)
    await session_events.append(tenant, session_id=session.id, kind="x")
    await agents.update(tenant, id=agent.id, status="suspended")
    for call in (
        checkpoints.record(tenant, session_id=session.id, turn=1),
        checkpoints.record(tenant, session_id=session.id, turn=2),
        session_events.append(tenant, session_id=session.id, kind="x"),
    ):
        with pytest.raises(WritesRefused, match="the agent is suspended"):
            await call
    assert await _numbers(tenant, session) == [1]
    assert await checkpoints.latest(tenant, session_id=session.id) is not None


async def test_the_log_is_append_only(db: Database, tenant: Tenant, session: Session) -> None:
    await checkpoints.record(tenant, session_id=session.id, turn=1)
    await session_events.append(tenant, session_id=session.id, kind="x")
    connection = await tenant._pool.acquire(5)
    for table in ("checkpoints", "session_events"):
        for statement in (f"UPDATE memdb.{table} SET org_id = org_id", f"DELETE FROM memdb.{table}", f"TRUNCATE memdb.{table}"):
            with pytest.raises(Exception, match="permission denied"):
                await connection.execute(statement)
    tenant._pool.give(connection)
