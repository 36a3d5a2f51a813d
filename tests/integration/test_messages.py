"""Messages: in order without gaps, each once, calls with their results, and a search that is what a model of it in Python says."""

from __future__ import annotations

import asyncio
import math
import random
import uuid
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import pytest

from memdb import agents, messages, sessions, users
from memdb.agents import Agent
from memdb.engine.database import Tenant
from memdb.errors import AlreadyExists, InvalidInput, NotFound, SessionClosed, VersionConflict
from memdb.messages import Message, MessageHit, NewMessage, ToolCall
from memdb.sessions import Session
from tests.conftest import DIMENSION, Home, vector
from tests.server import fetch

T = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 20)]


@pytest.fixture
async def session(tenant: Tenant, agent: Agent) -> Session:
    return await _start(tenant, agent)


async def _start(tenant: Tenant, agent: Agent, **given: Any) -> Session:
    return (await sessions.start(tenant, agent_id=agent.id, **given)).session


async def _say(tenant: Tenant, session: Session, content: str = "x", role: Any = "user", **given: Any) -> Message:
    return await messages.append(tenant, session_id=session.id, role=role, content=content, **given)


async def _ask(tenant: Tenant, session: Session, *calls: str, **given: Any) -> Message:
    return await _say(tenant, session, "", "assistant", tool_calls=[ToolCall(call, "weather", {"city": "Oslo"}) for call in calls], **given)


async def _answer(tenant: Tenant, session: Session, call: str, content: str = "rain", **given: Any) -> Message:
    return await _say(tenant, session, content, "tool", tool_call_id=call, **given)


async def _many(tenant: Tenant, session: Session, *items: NewMessage) -> list[Message]:
    return await messages.append_many(tenant, session_id=session.id, items=items)


async def _again(tenant: Tenant, message: Message) -> Message:
    found = await messages.get(tenant, id=message.id)
    assert found is not None
    return found


async def _all(tenant: Tenant, session: Session) -> list[Message]:
    return await messages.page(tenant, session_id=session.id, after=0, limit=1000)


async def _caught(call: Awaitable[Any]) -> Any:
    try:
        return await call
    except Exception as error:
        return error


async def _assert_sound(tenant: Tenant, session: Session, dsn: str) -> None:
    """The session's counters are those of its messages, their places have no gaps, and what is open is what has no result."""
    columns = "position, role, tokens, deleted_at IS NULL AS live, edit, sent_at, open_calls, tool_call_id, asked_position"
    rows = fetch(
        dsn,
        f"""
        SELECT {columns}, ARRAY(SELECT jsonb_path_query(tool_calls, '$[*].id') #>> '{{}}')
        FROM memdb.messages WHERE session_id = '{session.id}' ORDER BY position
        """,
    )
    found = await sessions.get(tenant, id=session.id)
    assert found is not None
    live: list[Any] = [row for row in rows if row[3]]
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert (found.messages, found.last_position) == (len(live), len(rows))
    assert (found.rounds, found.tokens) == (sum(row[1] == "user" for row in live), sum(row[2] for row in live))
    assert found.active_at == max([session.active_at, *[row[5] for row in rows]])  # type: ignore[type-var]
    assert found.edits == max([row[4] for row in rows if row[4] is not None], default=0)  # type: ignore[type-var]
    answered = [(row[8], row[7]) for row in live if row[1] == "tool"]
    assert len(set(answered)) == len(answered), "a call has one result"
    for row in live:
        assert sorted(row[6]) == sorted(call for call in row[9] if (row[0], call) not in answered)


# Order


async def test_a_message_as_it_was_said(tenant: Tenant, session: Session, dsn: str) -> None:
    plain = await _say(tenant, session, "Hello, you")
    assert (plain.session_id, plain.position, plain.role, plain.content, plain.tokens) == (session.id, 1, "user", "Hello, you", 3)
    assert (plain.name, plain.model, plain.tool_call_id, plain.asked_position, plain.tool_calls, plain.open_calls) == (None,) * 4 + ([], [])
    assert (plain.metadata, plain.embedded, plain.version, plain.id.version) == ({}, False, 1, 7)
    assert plain.sent_at == plain.created_at == plain.updated_at
    given: dict[str, Any] = {
        "role": "assistant",
        "content": "I'll look.",
        "name": "helper",
        "tool_calls": [ToolCall("c1", "weather", {"city": "Zürich", "id": "c9"}), ToolCall("c2", "time")],
        "tokens": 7,
        "model": "m-1",
        "metadata": {"a": [1, None]},
        "sent_at": T[0],
        "id": uuid.uuid4(),
    }
    full = await messages.append(tenant, session_id=session.id, embedding=vector(1), **given)
    assert {name: getattr(full, name) for name in given} == given
    assert (full.position, full.open_calls, full.embedded) == (2, ["c1", "c2"], True)
    result = await _answer(tenant, session, "c2", "", name="time", tokens=0)
    assert (result.position, result.asked_position, result.content, result.tokens) == (3, 2, "", 0)
    assert await _all(tenant, session) == [plain, await _again(tenant, full), result]
    assert await messages.get(tenant, id=uuid.uuid4()) is None
    await _assert_sound(tenant, session, dsn)


async def test_concurrent_writers_leave_no_gap_and_batches_stay_together(tenant: Tenant, session: Session, dsn: str) -> None:
    async def write(writer: int) -> list[Message]:
        made = []
        for step in range(4):
            if (writer + step) % 2:
                made.append(await _say(tenant, session, f"{writer} {len(made)}"))
                continue
            batch = await _many(tenant, session, *[NewMessage(role="user", content=f"{writer} {len(made) + n}") for n in range(3)])
            assert [message.position for message in batch] == list(range(batch[0].position, batch[0].position + 3))
            made += batch
        return made

    written = [message for made in await asyncio.gather(*[write(writer) for writer in range(32)]) for message in made]
    everything = sorted(written, key=lambda message: message.position)
    assert [message.position for message in everything] == list(range(1, 32 * 8 + 1))
    assert await _all(tenant, session) == everything
    for writer in range(32):
        mine = [message.content for message in everything if message.content.startswith(f"{writer} ")]
        assert mine == [f"{writer} {n}" for n in range(8)]
    await _assert_sound(tenant, session, dsn)


async def test_a_place_is_taken_until_the_commit_and_free_after_a_rollback(tenant: Tenant, session: Session) -> None:
    with pytest.raises(ZeroDivisionError):
        async with tenant.transaction() as tx:
            assert (await messages.append(tx, session_id=session.id, role="user", content="lost")).position == 1
            waiting = asyncio.create_task(_say(tenant, session, "kept"))
            await asyncio.sleep(0.15)
            assert not waiting.done()
            raise ZeroDivisionError
    assert (await waiting).position == 1
    assert [message.content for message in await _all(tenant, session)] == ["kept"]


@pytest.mark.parametrize("seed", range(3))
async def test_counters_are_what_the_messages_say_whatever_is_done_at_once(seed: int, tenant: Tenant, agent: Agent, dsn: str) -> None:
    pair = [await _start(tenant, agent, started_at=T[0]) for _ in range(2)]
    gone: list[uuid.UUID] = []

    async def work(worker: int) -> int:
        """Returns how many edits it made."""
        chance, edits = random.Random(seed * 100 + worker), 0
        for step in range(25):
            session = chance.choice(pair)
            known = await messages.page(tenant, session_id=session.id, limit=12)
            target = chance.choice(known) if known else None
            match chance.choice(["say", "batch", "ask", "answer", "answer", "update", "tokens", "embed", "delete", "delete", "restore"]):
                case "say":
                    await _say(
                        tenant,
                        session,
                        "word " * chance.randrange(1, 20),
                        chance.choice(["user", "assistant", "system"]),
                        sent_at=T[step % 9],
                    )
                case "batch":
                    items = [NewMessage(role="user", content="go", tokens=chance.randrange(50))]
                    items.append(NewMessage(role="assistant", tool_calls=[ToolCall("c1", "f"), ToolCall(f"w{worker}", "f")]))
                    items += [NewMessage(role="tool", content="ok", tool_call_id="c1")] * chance.randrange(2)
                    await _many(tenant, session, *items)
                case "ask":
                    await _ask(tenant, session, "c1", "c2")
                case "answer":
                    calls = [call for message in known for call in message.open_calls]
                    if calls:
                        result = await _caught(_answer(tenant, session, chance.choice(calls)))
                        assert isinstance(result, Message) or (isinstance(result, InvalidInput) and result.field == "tool_call_id"), result
                case "update" if target:
                    result = await _caught(messages.update(tenant, id=target.id, content=f"{worker} {step}"))
                    assert isinstance(result, Message | NotFound), result
                    edits += isinstance(result, Message)
                case "tokens" if target:
                    result = await _caught(
                        messages.update(tenant, id=target.id, tokens=chance.randrange(99), expected_version=target.version)
                    )
                    assert isinstance(result, Message | NotFound | VersionConflict), result
                case "embed" if target:
                    assert await messages.embed(tenant, id=target.id, version=target.version, embedding=vector(step)) in (True, False)
                case "delete" if target:
                    result = await _caught(messages.delete(tenant, id=target.id))
                    assert isinstance(result, int | NotFound), result
                    edits += isinstance(result, int)
                    gone.append(target.id)
                case "restore" if gone:
                    result = await _caught(messages.restore(tenant, id=chance.choice(gone)))
                    assert isinstance(result, Message | NotFound) or (isinstance(result, InvalidInput) and result.field == "id"), result
                    edits += isinstance(result, Message)
        return edits

    edits = sum(await asyncio.gather(*[work(worker) for worker in range(8)]))
    for session in pair:
        await _assert_sound(tenant, session, dsn)
    assert fetch(dsn, "SELECT sum(edits)::int FROM memdb.sessions") == [(edits,)]
    assert fetch(dsn, "SELECT count(*)::int FROM memdb.messages WHERE edit IS NOT NULL") != [(0,)]


async def test_pages_in_both_directions_over_deleted_messages(tenant: Tenant, session: Session, agent: Agent) -> None:
    other = await _start(tenant, agent)
    roles: Any = ("system", "user", "assistant")
    made = await _many(tenant, session, *[NewMessage(role=roles[n % 3], content=str(n)) for n in range(40)])
    await _many(tenant, other, NewMessage(role="user", content="elsewhere"))
    for message in [*made[10:25], made[0], made[39]]:
        await messages.delete(tenant, id=message.id)
    live = await _all(tenant, session)
    assert live == [*made[1:10], *made[25:39]]
    role: Any
    for role in (None, *roles, "tool"):
        expected = [message for message in live if role in (None, message.role)]
        for limit in (1, 3, 1000):
            walked: list[Message] = []
            after = 0
            while page := await messages.page(tenant, session_id=session.id, role=role, after=after, limit=limit):
                walked, after = walked + page, page[-1].position
            assert walked == expected
            walked, before = [], None
            while page := await messages.page(tenant, session_id=session.id, role=role, before=before, limit=limit):
                walked, before = page + walked, page[0].position
            assert walked == expected
    assert await messages.page(tenant, session_id=session.id, limit=2) == live[-2:]
    assert (
        await messages.page(tenant, session_id=session.id, before=1) == await messages.page(tenant, session_id=session.id, after=39) == []
    )
    assert await messages.page(tenant, session_id=uuid.uuid4()) == []
    with pytest.raises(InvalidInput, match="after and before must not be given together"):
        await messages.page(tenant, session_id=session.id, before=3, after=0)
    for field, wrong in (("before", -1), ("after", -1), ("after", "1"), ("limit", 0), ("role", "robot")):
        with pytest.raises(InvalidInput, match=rf"^{field} must"):
            await messages.page(tenant, session_id=session.id, **{field: wrong})  # type: ignore[arg-type]


# Once


async def test_an_append_with_an_id_may_be_repeated(tenant: Tenant, session: Session, agent: Agent, dsn: str) -> None:
    ids = [uuid.uuid4() for _ in range(6)]
    one = await _say(tenant, session, "0", id=ids[0], tokens=5)
    assert await _say(tenant, session, "0", id=ids[0]) == one
    async with tenant.transaction() as tx:
        assert await messages.append(tx, session_id=session.id, role="user", content="0", id=ids[0], tokens=9) == one
    items = [NewMessage(role="user", content=str(n), id=id) for n, id in enumerate(ids)]
    made = await _many(tenant, session, items[2], items[0], items[1])
    assert [message.position for message in made] == [2, 1, 3]
    assert made[1] == one
    unnamed = NewMessage(role="user", content="0")
    made = await _many(tenant, session, items[3], unnamed, items[2], unnamed, items[4], items[0], items[0])
    assert [message.position for message in made] == [4, 5, 2, 6, 7, 1, 1]
    other = await _start(tenant, agent)
    deleted = await _say(tenant, session, "gone", id=ids[5])
    await messages.delete(tenant, id=deleted.id)
    wrong: list[tuple[Session, dict[str, Any]]] = [
        (session, {"content": "other", "id": ids[0]}),
        (session, {"content": "0", "role": "assistant", "id": ids[0]}),
        (other, {"content": "0", "id": ids[0]}),
        (session, {"content": "gone", "id": ids[5]}),
    ]
    for where, given in wrong:
        for call in (_say(tenant, where, **given), _many(tenant, where, unnamed, NewMessage(**{"role": "user", **given}))):
            with pytest.raises(AlreadyExists) as refused:
                await call
            assert (refused.value.kind, refused.value.field) == ("message", "id")
    twice = NewMessage(role="user", content="twice", id=uuid.uuid4())
    with pytest.raises(AlreadyExists):
        await _many(tenant, session, twice, twice)
    assert await _all(tenant, other) == []
    await _assert_sound(tenant, session, dsn)
    before = await _all(tenant, session)
    await sessions.close(tenant, id=session.id)
    assert await _many(tenant, session, items[1], items[0]) == [before[2], one]
    for call in (_say(tenant, session), _many(tenant, session, items[0], unnamed)):
        with pytest.raises(SessionClosed, match="completed"):
            await call
    assert await _all(tenant, session) == before


async def test_a_result_that_is_repeated(tenant: Tenant, session: Session, dsn: str) -> None:
    ids = [uuid.uuid4() for _ in range(2)]
    asked = await _ask(tenant, session, "c1", id=ids[0])
    result = await _answer(tenant, session, "c1", id=ids[1])
    assert await _answer(tenant, session, "c1", id=ids[1]) == result
    again = await _many(
        tenant,
        session,
        NewMessage(role="assistant", tool_calls=[ToolCall("c1", "weather")], id=ids[0]),
        NewMessage(role="tool", content="rain", tool_call_id="c1", id=ids[1]),
    )
    assert again == [await _again(tenant, asked), result]
    await _assert_sound(tenant, session, dsn)


async def test_many_writers_of_one_id_make_one_message(tenant: Tenant, session: Session, agent: Agent, dsn: str) -> None:
    for n in range(3):
        id = uuid.uuid4()
        made = await asyncio.gather(*[_say(tenant, session, str(n), id=id) for _ in range(20)])
        assert {str(message) for message in made} == {str(made[0])}
    items = [NewMessage(role="user", content=str(n), id=uuid.uuid4()) for n in range(12)]
    batches = [items[n:] + items[:n] for n in range(12)]
    for batch, got in zip(batches, await asyncio.gather(*[_many(tenant, session, *batch) for batch in batches]), strict=True):
        assert [message.id for message in got] == [item.id for item in batch]
    assert len(await _all(tenant, session)) == 15
    id, other = uuid.uuid4(), await _start(tenant, agent)
    results = await asyncio.gather(*[_caught(_say(tenant, (session, other)[n % 2], "x", id=id)) for n in range(20)])
    assert sorted({type(each).__name__ for each in results}) == ["AlreadyExists", "Message"]
    assert len({each.session_id for each in results if isinstance(each, Message)}) == 1
    for each in (session, other):
        await _assert_sound(tenant, each, dsn)


@pytest.mark.parametrize("inside", [False, True])
async def test_the_loser_of_a_race_for_an_id(inside: bool, tenant: Tenant, session: Session) -> None:
    id = uuid.uuid4()

    async def second() -> Message:
        if not inside:
            return await _say(tenant, session, id=id)
        async with tenant.transaction() as tx:
            return await messages.append(tx, session_id=session.id, role="user", content="x", id=id)

    async with tenant.transaction() as tx:
        first = await messages.append(tx, session_id=session.id, role="user", content="x", id=id)
        waiting = asyncio.create_task(_caught(second()))
        await asyncio.sleep(0.15)
        assert not waiting.done()
    result = await waiting
    assert isinstance(result, AlreadyExists) if inside else result == first
    assert len(await _all(tenant, session)) == 1


# Calls and their results


async def test_results_answer_calls(tenant: Tenant, session: Session, dsn: str) -> None:
    asked = await _ask(tenant, session, "c1", "c2", "c3")
    assert asked.open_calls == ["c1", "c2", "c3"]
    second = await _answer(tenant, session, "c2")
    assert (second.asked_position, second.tool_call_id) == (1, "c2")
    after = await _again(tenant, asked)
    assert (after.open_calls, after.version, after.updated_at) == (["c1", "c3"], 1, asked.updated_at)
    made = await _many(
        tenant,
        session,
        NewMessage(role="tool", content="a", tool_call_id="c3"),
        NewMessage(role="assistant", content="more", tool_calls=[ToolCall("d1", "f"), ToolCall("d2", "f"), ToolCall("c1", "f")]),
        NewMessage(role="tool", content="b", tool_call_id="d2"),
        NewMessage(role="user", content="wait"),
        NewMessage(role="tool", content="c", tool_call_id="c1"),
    )
    assert [message.asked_position for message in made] == [1, None, 4, None, 4]
    assert made[1].open_calls == ["d1"]
    assert (await _again(tenant, asked)).open_calls == ["c1"], "the later of two calls with one id was answered"
    assert (await _answer(tenant, session, "c1")).asked_position == 1
    assert (await _answer(tenant, session, "d1")).asked_position == 4
    for unknown in ("c1", "c2", "d1", "unknown", "C1"):
        for call in (_answer(tenant, session, unknown), _many(tenant, session, NewMessage(role="user", content="x"), _result(unknown))):
            with pytest.raises(InvalidInput, match="tool_call_id must be that of a tool call of the same session that has no result yet"):
                await call
    again = await _ask(tenant, session, "c1")
    assert (await _answer(tenant, session, "c1")).asked_position == again.position
    await _assert_sound(tenant, session, dsn)


def _result(call: str) -> NewMessage:
    return NewMessage(role="tool", content="x", tool_call_id=call)


async def test_wrong_results_in_a_batch(tenant: Tenant, session: Session, agent: Agent) -> None:
    other = await _start(tenant, agent)
    await _ask(tenant, other, "theirs")
    await _ask(tenant, session, "mine")
    call = NewMessage(role="assistant", tool_calls=[ToolCall("c1", "f")])
    for items in (
        [_result("c1"), call],
        [call, _result("c1"), _result("c1")],
        [_result("mine"), _result("mine")],
        [call, _result("c1"), _result("mine"), _result("mine")],
        [_result("theirs")],
        [call, _result("c2")],
    ):
        with pytest.raises(InvalidInput) as refused:
            await _many(tenant, session, *items)
        assert refused.value.field == "tool_call_id"
    assert len(await _all(tenant, session)) == 1
    made = await _many(tenant, session, call, _result("c1"), call, _result("c1"), call)
    assert [message.asked_position for message in made] == [None, 2, None, 4, None]
    assert [message.open_calls for message in made] == [[], [], [], [], ["c1"]]


@pytest.mark.parametrize("batched", [False, True])
async def test_of_two_results_for_one_call_one_wins(batched: bool, tenant: Tenant, session: Session, dsn: str) -> None:
    asked = await _ask(tenant, session, "c1", "c2")

    async def answer(on: Any, content: str) -> Any:
        items = [NewMessage(role="tool", content=content, tool_call_id=call) for call in ("c1", "c2")[: 1 + batched]]
        return await messages.append_many(on, session_id=session.id, items=items)

    async with tenant.transaction() as tx:
        await answer(tx, "first")
        waiting = asyncio.create_task(_caught(answer(tenant, "second")))
        await asyncio.sleep(0.15)
        assert not waiting.done()
    lost = await waiting
    assert isinstance(lost, InvalidInput)
    assert lost.field == "tool_call_id"
    assert (await _again(tenant, asked)).open_calls == ([] if batched else ["c2"])
    later = await _ask(tenant, session, "d1")
    results = await asyncio.gather(*[_caught(_answer(tenant, session, "d1", str(n))) for n in range(20)])
    (won,) = [each for each in results if isinstance(each, Message)]
    assert won.asked_position == later.position
    assert all(isinstance(each, Message) or each.field == "tool_call_id" for each in results)
    await _assert_sound(tenant, session, dsn)


async def test_deleting_what_calls_and_what_answers(tenant: Tenant, session: Session, dsn: str) -> None:
    asked = await _ask(tenant, session, "c1", "c2")
    result = await _answer(tenant, session, "c1")
    await _answer(tenant, session, "c2")
    assert await messages.delete(tenant, id=result.id) == 2
    assert (await _again(tenant, asked)).open_calls == ["c1"]
    assert (await _answer(tenant, session, "c1", "sun")).asked_position == 1
    await _assert_sound(tenant, session, dsn)
    await messages.delete(tenant, id=asked.id)
    with pytest.raises(InvalidInput, match="tool_call_id"):
        await _answer(tenant, session, "c1")
    orphan = (await _all(tenant, session))[-1]
    assert (orphan.tool_call_id, orphan.asked_position) == ("c1", 1)
    await messages.delete(tenant, id=orphan.id)
    pending = await _ask(tenant, session, "d1")
    async with tenant.transaction() as tx:
        await messages.delete(tx, id=pending.id)
        waiting = asyncio.create_task(_caught(_answer(tenant, session, "d1")))
        await asyncio.sleep(0.15)
        assert not waiting.done()
    refused = await waiting
    assert isinstance(refused, InvalidInput), refused
    for id in (asked.id, uuid.uuid4()):
        with pytest.raises(NotFound, match="message"):
            await messages.delete(tenant, id=id)
    kept = await _say(tenant, session)
    with pytest.raises(VersionConflict):
        await messages.delete(tenant, id=kept.id, expected_version=2)
    await sessions.close(tenant, id=session.id)
    assert await messages.delete(tenant, id=kept.id, expected_version=1) == 2
    await _assert_sound(tenant, session, dsn)


# Wrong input

CALL = ToolCall("c1", "f")
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"role": "robot"}, "role"),
    ({"role": None}, "role"),
    ({"content": ""}, "content"),
    ({"content": " \n\t "}, "content"),
    ({"content": "", "role": "assistant"}, "content"),
    ({"content": " ", "role": "system"}, "content"),
    ({"content": None}, "content"),
    ({"content": "a\0b"}, "content"),
    ({"content": "\ud800"}, "content"),
    ({"content": "x" * 10_000_001}, "content"),
    ({"content": []}, "content"),
    ({"content": [{"type": "text", "text": " "}]}, "content"),
    ({"content": [{}], "role": "robot"}, "role"),
    ({"content": ["x"]}, "content"),
    ({"content": {"type": "text", "text": "x"}}, "content"),
    ({"content": b"x"}, "content"),
    ({"content": [{"type": "text", "text": "a\0"}]}, "content"),
    ({"content": [{"type": "text", "text": "\ud800"}]}, "content"),
    ({"content": [{"type": "image", 1: 2}]}, "content"),
    ({"content": [{"type": "image", "size": math.nan}]}, "content"),
    ({"content": [{"type": "image", "data": "x" * 33_554_432}]}, "content"),
    ({"name": ""}, "name"),
    ({"name": "x" * 201}, "name"),
    ({"model": "x" * 257}, "model"),
    ({"tokens": -1}, "tokens"),
    ({"tokens": 10_000_001}, "tokens"),
    ({"tokens": 1.5}, "tokens"),
    ({"tokens": True}, "tokens"),
    ({"embedding": [1.0]}, "embedding"),
    ({"embedding": [math.nan] * DIMENSION}, "embedding"),
    ({"embedding": "x"}, "embedding"),
    ({"metadata": []}, "metadata"),
    ({"metadata": {"a": "x" * 8190}}, "metadata"),
    ({"metadata": {1: 2}}, "metadata"),
    ({"sent_at": datetime(2026, 1, 1)}, "sent_at"),
    ({"sent_at": "now"}, "sent_at"),
    ({"id": "nope"}, "id"),
    ({"role": "tool"}, "tool_call_id"),
    ({"role": "tool", "tool_call_id": ""}, "tool_call_id"),
    ({"role": "tool", "tool_call_id": "x" * 201}, "tool_call_id"),
    ({"role": "tool", "tool_call_id": "a\0"}, "tool_call_id"),
    ({"role": "user", "tool_call_id": "c1"}, "tool_call_id"),
    ({"role": "assistant", "tool_call_id": "c1"}, "tool_call_id"),
    ({"role": "user", "tool_calls": [CALL]}, "tool_calls"),
    ({"role": "system", "tool_calls": [CALL]}, "tool_calls"),
    ({"role": "assistant", "tool_calls": [CALL, CALL]}, "tool_calls"),
    ({"role": "assistant", "tool_calls": CALL}, "tool_calls"),
    ({"role": "assistant", "tool_calls": ["c1"]}, "tool_calls"),
    ({"role": "assistant", "tool_calls": "c1"}, "tool_calls"),
    ({"role": "assistant", "tool_calls": [{"id": "c1", "name": "f"}]}, "tool_calls"),
    ({"role": "assistant", "tool_calls": [ToolCall("", "f")]}, "tool_calls"),
    ({"role": "assistant", "tool_calls": [ToolCall("x" * 201, "f")]}, "tool_calls"),
    ({"role": "assistant", "tool_calls": [ToolCall("c1", "")]}, "tool_calls"),
    ({"role": "assistant", "tool_calls": [ToolCall("c1", None)]}, "tool_calls"),  # type: ignore[arg-type]
    ({"role": "assistant", "tool_calls": [ToolCall("a\0", "f")]}, "tool_calls"),
    ({"role": "assistant", "tool_calls": [ToolCall("c1", "f", [])]}, "tool_calls"),  # type: ignore[arg-type]
    ({"role": "assistant", "tool_calls": [ToolCall("c1", "f", {"a": math.inf})]}, "tool_calls"),
    ({"role": "assistant", "tool_calls": [ToolCall("c1", "f", "{\0}")]}, "tool_calls"),
    ({"role": "assistant", "tool_calls": [ToolCall("c1", "f", "x" * 16_777_216)]}, "tool_calls"),
    ({"role": "assistant", "tool_calls": [ToolCall("c1", "f", {"b": "x" * 16_777_216, "a": 1})]}, "tool_calls"),
]


async def test_what_is_no_message(tenant: Tenant, session: Session, dsn: str) -> None:
    asked = await _ask(tenant, session, "c1")
    for wrong, field in WRONG:
        item = {"role": "user", "content": "x", **wrong}
        for call in (
            messages.append(tenant, session_id=session.id, **item),
            _many(tenant, session, NewMessage(role="user", content="good"), NewMessage(**item)),
        ):
            with pytest.raises(InvalidInput) as refused:
                await call
            assert refused.value.field == field, (wrong, refused.value)
    batch: Any
    for batch, message in (
        ([], "items must be 1 to 1000 at a time"),
        ([NewMessage(role="user", content="x")] * 1001, "items must be 1 to 1000 at a time"),
        ([{"role": "user", "content": "x"}], "items must be NewMessage objects"),
        (["x"], "items must be NewMessage objects"),
        (7, "items must be NewMessage objects"),
        (None, "items must be NewMessage objects"),
    ):
        with pytest.raises(InvalidInput, match=message):
            await messages.append_many(tenant, session_id=session.id, items=batch)
    with pytest.raises(NotFound, match="session"):
        await messages.append(tenant, session_id=uuid.uuid4(), role="user", content="x")
    assert await _all(tenant, session) == [asked]
    await _assert_sound(tenant, session, dsn)


async def test_what_just_fits(tenant: Tenant, session: Session) -> None:
    long = await _say(tenant, session, "é" * 100_000, name="x" * 200, tokens=10_000_000, model="m" * 256)
    assert (len(long.content), long.tokens) == (100_000, 10_000_000)
    assert (await _say(tenant, session, "oak " + "elm " * 20_000 + "fir")).tokens == (4 + 80_000 + 3 + 3) // 4
    assert len([hit for hit in await messages.search(tenant, text="oak") if hit.text]) == 1
    assert await messages.search(tenant, text="fir") == [], "only its beginning is searched"
    made = await _many(tenant, session, *[NewMessage(role="user", content=str(n)) for n in range(1000)])
    assert [(message.position, message.content) for message in made] == [(n + 3, str(n)) for n in range(1000)]
    assert (await _ask(tenant, session, "x" * 200)).open_calls == ["x" * 200]
    calls = [f"c{n}" for n in range(300)]
    await _ask(tenant, session, *calls)
    results = await _many(tenant, session, *[_result(call) for call in reversed(calls)])
    assert {message.asked_position for message in results} == {1004}
    assert (await messages.page(tenant, session_id=session.id, before=1005, limit=1))[0].open_calls == []


# Embeddings and changes


async def test_embeddings_belong_to_their_messages(tenant: Tenant, session: Session) -> None:
    known = uuid.uuid4()
    await _say(tenant, session, "1", id=known, embedding=vector(1))
    items = [NewMessage(role="user", content=str(n), embedding=vector(n) if n % 3 else None) for n in range(2, 20)]
    made = await _many(tenant, session, *items[:5], NewMessage(role="user", content="1", id=known, embedding=vector(99)), *items[5:])
    assert [message.embedded for message in made if message.id != known] == [n % 3 > 0 for n in range(2, 20)]
    for n in (1, 2, 4, 19):
        hits = await messages.search(tenant, session_id=session.id, embedding=vector(n))
        assert (hits[0].message.content, hits[0].similarity) == (str(n), pytest.approx(1, abs=1e-3))
    lacking = await messages.unembedded(tenant, session_id=session.id)
    assert [message.content for message in lacking] == ["3", "6", "9", "12", "15", "18"]
    assert await messages.unembedded(tenant, session_id=session.id, limit=2) == lacking[:2]
    assert await messages.unembedded(tenant, session_id=session.id, after=lacking[1].position) == lacking[2:]
    rows = [{"id": message.id, "version": message.version, "embedding": vector(int(message.content))} for message in lacking]
    for row in rows[:3]:
        assert await messages.embed(tenant, **row)  # type: ignore[arg-type]
    assert [message.version for message in await messages.unembedded(tenant, session_id=session.id)] == [1, 1, 1]
    hits = await messages.search(tenant, session_id=session.id, embedding=vector(9))
    assert (hits[0].message.content, hits[0].message.embedded, hits[0].message.version) == ("9", True, 1)


async def test_an_update(tenant: Tenant, session: Session, dsn: str) -> None:
    made = await _say(tenant, session, "oak " * 10, embedding=vector(1), metadata={"a": 1})
    given: dict[str, Any] = {"name": "Ada", "model": "m", "metadata": {"b": 2}, "tokens": 3}
    plain = await messages.update(tenant, id=made.id, expected_version=1, **given)
    assert {name: getattr(plain, name) for name in given} == given
    assert (plain.version, plain.content, plain.embedded) == (2, made.content, True)
    same = await messages.update(tenant, id=made.id, content=made.content)
    assert (same.version, same.embedded, same.tokens) == (3, True, 3), "the same content is no change of it"
    assert fetch(dsn, "SELECT edits FROM memdb.sessions") == [(0,)]
    changed = await messages.update(tenant, id=made.id, content="elm " * 4)
    assert (changed.tokens, changed.embedded, changed.version) == (4, False, 4)
    assert await messages.search(tenant, embedding=vector(1)) == await messages.search(tenant, text="oak") == []
    assert await messages.unembedded(tenant, session_id=session.id) == [changed]
    assert await messages.embed(tenant, id=made.id, version=3, embedding=vector(2)) is False
    assert await messages.unembedded(tenant, session_id=session.id) == [changed]
    assert await messages.embed(tenant, id=made.id, version=4, embedding=vector(2)) is True
    assert [hit.message.version for hit in await messages.search(tenant, embedding=vector(2))] == [4]
    again = await messages.update(tenant, id=made.id, content="fir", embedding=vector(3), tokens=9)
    assert (again.embedded, again.tokens) == (True, 9)
    assert [hit.similarity for hit in await messages.search(tenant, embedding=vector(3))] == [pytest.approx(1, abs=1e-3)]
    await messages.update(tenant, id=made.id, embedding=vector(4))
    assert [hit.similarity for hit in await messages.search(tenant, embedding=vector(4))] == [pytest.approx(1, abs=1e-3)]
    assert fetch(dsn, "SELECT edits, tokens::int FROM memdb.sessions") == [(2, 9)]
    with pytest.raises(VersionConflict) as conflict:
        await messages.update(tenant, id=made.id, expected_version=1, content="x")
    assert (conflict.value.expected, conflict.value.actual) == (1, 6)
    for field, wrong in (
        ("content", " "),
        ("content", "x" * 10_000_001),
        ("content", []),
        ("content", [{"text": ""}]),
        ("content", 7),
        ("tokens", -1),
        ("embedding", [1.0]),
        ("metadata", []),
    ):
        with pytest.raises(InvalidInput, match=rf"^{field} must"):
            await messages.update(tenant, id=made.id, **{field: wrong})  # type: ignore[arg-type]
    await sessions.close(tenant, id=session.id)
    assert (await messages.update(tenant, id=made.id, content="ash")).content == "ash"
    await messages.delete(tenant, id=made.id)
    for id in (made.id, uuid.uuid4()):
        with pytest.raises(NotFound, match="message"):
            await messages.update(tenant, id=id, content="x")
    assert await messages.embed(tenant, id=made.id, version=8, embedding=vector(1)) is False
    await _assert_sound(tenant, session, dsn)


async def test_a_change_of_a_content_and_an_embedder_at_once(tenant: Tenant, session: Session) -> None:
    """Whatever the order, no embedding of the old content stays."""
    made = await _say(tenant, session, "old")
    async with tenant.transaction() as tx:
        await messages.update(tx, id=made.id, content="new")
        waiting = asyncio.create_task(messages.embed(tenant, id=made.id, version=1, embedding=vector(1)))
        await asyncio.sleep(0.15)
        assert not waiting.done()
    assert await waiting is False
    async with tenant.transaction() as tx:
        assert await messages.embed(tx, id=made.id, version=2, embedding=vector(1))
        changing = asyncio.create_task(messages.update(tenant, id=made.id, content="newer"))
        await asyncio.sleep(0.15)
        assert not changing.done()
    assert (await changing).embedded is False
    assert await messages.search(tenant, embedding=vector(1)) == []
    assert [message.content for message in await messages.unembedded(tenant, session_id=session.id)] == ["newer"]


async def test_what_is_blank_needs_no_embedding(tenant: Tenant, session: Session) -> None:
    await _ask(tenant, session, "c1")
    await _answer(tenant, session, "c1", " \n")
    said = await _say(tenant, session, "x")
    assert await messages.unembedded(tenant, session_id=session.id) == [said]


# Searching

VOCABULARY = ["oak", "elm", "fir", "ash", "tin", "zinc", "lead", "iron"]


class Row(NamedTuple):
    """A message as the model knows it."""

    message: Message
    session: Session
    embedding: np.ndarray | None

    @property
    def words(self) -> list[str]:
        return self.message.content.split()


def _half(values: np.ndarray) -> np.ndarray:
    kept = (values / np.linalg.norm(values)).astype(np.float16).astype(np.float64)
    made: np.ndarray = kept / np.linalg.norm(kept)
    return made


async def _corpus(tenant: Tenant, seed: int) -> tuple[list[Row], list[Session]]:
    chance = random.Random(seed)
    owners = [await users.create(tenant, email=f"u{n}@example.com") for n in range(2)]
    crew = [await agents.create(tenant, slug=f"a{n}", name="A") for n in range(2)]
    of = [await _start(tenant, crew[n % 2], user_id=(owners[0].id, owners[1].id, None)[n % 3]) for n in range(6)]
    rows = []
    for session in of:
        items = []
        for n in range(15):
            made = vector(chance.randrange(12)) + chance.choice([0.0, 0.3]) * vector(1000 + n)
            items.append(
                NewMessage(
                    role=chance.choice(["user", "assistant", "system"]),
                    content=" ".join([f"x{n}", *chance.choices(VOCABULARY, k=chance.randrange(1, 7))]),
                    embedding=made if chance.random() < 0.8 else None,
                    sent_at=T[n % 9],
                )
            )
        appended = await _many(tenant, session, *items)
        rows += [
            Row(message, session, None if item.embedding is None else _half(np.asarray(item.embedding)))
            for message, item in zip(appended, items, strict=True)
        ]
    await sessions.close(tenant, id=of[0].id)
    gone = [rows[3], rows[20]]
    for row in gone:
        await messages.delete(tenant, id=row.message.id)
    await sessions.delete(tenant, id=of[5].id)
    return [row for row in rows if row not in gone and row.session is not of[5]], of


def _asked(text: str | None) -> tuple[list[str], list[list[str]], list[list[str]]]:
    """The words of a question, its phrases, and what it excludes."""
    words, phrases, excluded = [], [], []
    for n, part in enumerate((text or "").split('"')):
        if n % 2:
            phrases.append(part.split())
            words += part.split()
        else:
            excluded += [[word[1:]] for word in part.split() if word.startswith("-")]
            words += [word for word in part.split() if not word.startswith("-")]
    return words, phrases, excluded


def _has(row: Row, phrase: list[str]) -> bool:
    return any(row.words[n : n + len(phrase)] == phrase for n in range(len(row.words)))


def _share(word: str, rows: list[Row]) -> float:
    """Of the oldest and the newest, if they are enough."""
    in_order = sorted(rows, key=lambda row: (row.session.id, row.message.position))
    return sum(word in row.words for row in in_order[:10] + in_order[-10:]) / 20 if len(rows) >= 20 else 0.0


def _model(rows: list[Row], text: str | None, embedding: np.ndarray | None, **filters: Any) -> dict[uuid.UUID, tuple[float, float]]:
    """What each message is worth by itself: the parts `vector` and `text` of its score."""
    words, phrases, excluded = _asked(text)
    among = [
        row
        for row in rows
        if filters.get("session_id") in (None, row.session.id)
        and filters.get("agent_id") in (None, row.session.agent_id)
        and filters.get("user_id") in (None, row.session.user_id)
    ]
    scope = [
        row
        for row in among
        if filters.get("role") in (None, row.message.role)
        and (filters.get("since") is None or row.message.sent_at >= filters["since"])
        and (filters.get("until") is None or row.message.sent_at < filters["until"])
        and all(_has(row, phrase) for phrase in phrases)
        and not any(_has(row, phrase) for phrase in excluded)
    ]
    shares = {word: _share(word, among) if embedding is not None else 0.0 for word in words}
    telling = {word for word in words if shares[word] <= 0.4} or {*words}
    seen = [row for row in scope if row.embedding is None or telling & {*row.words}]
    texts: dict[uuid.UUID, float] = {}
    for word in {*words}:
        having = [row for row in seen if word in row.words]
        documents = max(len(having), shares[word] * len(scope)) if shares[word] > 0.4 else len(having)
        idf = math.log(1 + (len(scope) - documents + 0.5) / (documents + 0.5))
        for row in having:
            id = row.message.id
            frequency = sum(1 / n**2 for n in range(1, row.words.count(word) + 1))
            texts[id] = texts.get(id, 0.0) + idf * frequency * 1.9 / (frequency + 0.9)
    near = {}
    if embedding is not None:
        near = {row.message.id: float(_half(embedding) @ row.embedding) for row in scope if row.embedding is not None}
    least, most = (min(near.values()), max(near.values())) if near else (0.0, 0.0)
    best = max(texts.values(), default=1.0)
    return {
        id: ((0.0 if id not in near else (near[id] - least) / (most - least) if most > least else 1.0), texts.get(id, 0.0) / best)
        for id in {*near, *texts}
    }


TEXTS = ["oak", "oak fir zinc", "iron iron lead", "none", '"oak elm"', "fir -zinc", '"tin lead" -oak ash', "-iron", "oak " * 3]


@pytest.mark.parametrize("seed", range(2))
async def test_a_search_is_what_the_model_says(seed: int, tenant: Tenant, rival: Home) -> None:
    rows, of = await _corpus(tenant, seed)
    toward = vector(seed) + 0.5 * vector(seed + 5)
    await _say(rival.tenant, await _start(rival.tenant, rival.agent), "oak fir zinc", embedding=toward)
    scopes: list[dict[str, Any]] = [
        {},
        {"session_id": of[0].id},
        {"agent_id": of[1].agent_id},
        {"user_id": of[0].user_id},
        {"user_id": of[1].user_id, "agent_id": of[1].agent_id, "role": "user"},
        {"session_id": of[1].id, "agent_id": of[0].agent_id},
        {"session_id": of[1].id, "user_id": of[1].user_id, "agent_id": of[1].agent_id},
        {"role": "assistant", "since": T[3]},
        {"since": T[2], "until": T[6]},
        {"until": T[0]},
        {"session_id": of[5].id},
        {"agent_id": uuid.uuid4()},
    ]
    for scope in scopes:
        for text in [*TEXTS, None] if scope in scopes[:3] else ["oak fir zinc", '"oak elm" -fir', None]:
            for embedding in (toward, None) if text is not None else (toward,):
                expected = _model(rows, text, embedding, **scope)
                hits = await messages.search(tenant, text=text, embedding=embedding, limit=1000, **scope)
                # What is found by what is around it only has a context, and nothing of its own.
                assert {hit.message.id: (hit.vector, hit.text) for hit in hits if hit.message.id in expected or not hit.context} == {
                    id: (pytest.approx(near, abs=3e-3), pytest.approx(word, abs=1e-5)) for id, (near, word) in expected.items()
                }, (scope, text)
                assert all(hit.vector == hit.text == 0 for hit in hits if hit.message.id not in expected)
                keys = [(hit.score, hit.message.id) for hit in hits]
                assert keys == sorted(keys, reverse=True)
                for hit in hits:
                    assert hit.score == pytest.approx(hit.vector + hit.text + hit.context)
                    assert (hit.similarity is None) <= (hit.vector == 0)
                    assert (hit.text_score is None) == (hit.text + hit.context == 0)
                few = await messages.search(tenant, text=text, embedding=embedding, limit=3, **scope)
                assert [hit.message for hit in few] == [hit.message for hit in hits[:3]]


async def test_of_equals_the_later_comes_first(tenant: Tenant, session: Session) -> None:
    made = await _many(tenant, session, *[NewMessage(role="user", content="oak", embedding=vector(1), sent_at=T[0]) for _ in range(30)])
    made.append(await _say(tenant, session, "oak", embedding=vector(1), sent_at=T[0]))
    asked: dict[str, Any]
    for asked in ({"text": "oak"}, {"embedding": vector(1)}, {"text": "oak", "embedding": vector(1)}):
        hits = await messages.search(tenant, limit=12, **asked)
        assert [hit.message.position for hit in hits] == list(range(31, 19, -1))
        assert {hit.score for hit in hits} == {float(len(asked))}


async def test_odd_searches(tenant: Tenant, session: Session) -> None:
    await _say(tenant, session, "Ada's C++ is faster than 東京 & <b>naïve</b> foo_bar.baz", embedding=vector(1))
    await _say(tenant, session, "zero", embedding=[0.0] * DIMENSION)
    await _say(tenant, session, "far", embedding=-vector(1))
    for text in ("", " ", "'", '"', '"" -', "!!!", "a & | b", "<->", "\\", "-", "%", "oak" * 1000, "x " * 20_000, "\U0001f600", ":*"):
        hits: list[MessageHit] = await messages.search(tenant, text=text)
        assert all(math.isfinite(hit.score) for hit in hits), text
        both = await messages.search(tenant, text=text, embedding=vector(1))
        assert {"far", "zero"} >= {hit.message.content for hit in both[1:]}
    for text in ("c++", "東京", "naïve", "foo_bar", "ada"):
        assert len([hit for hit in await messages.search(tenant, text=text) if hit.text]) == 1, text
    hits = await messages.search(tenant, embedding=vector(1))
    assert [(hit.message.content[:3], round(hit.similarity or 0, 2), hit.score) for hit in hits] == [("Ada", 1.0, 1.0), ("far", -1.0, 0.0)]
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "text or embedding must be given"),
        ({"embedding": [0.0] * DIMENSION}, "embedding must not be the zero vector"),
        ({"embedding": [1.0]}, "embedding must have"),
        ({"text": "a\0"}, "text must not"),
        ({"text": "x", "limit": 0}, "limit must"),
        ({"text": "x", "role": "robot"}, "role must"),
        ({"text": "x", "since": datetime(2026, 1, 1)}, "since must"),
        ({"text": "x", "session_id": "nope"}, "session_id must"),
    ]
    for arguments, message in wrong:
        with pytest.raises(InvalidInput, match=rf"^{message}"):
            await messages.search(tenant, **arguments)


async def test_the_day_it_was_sent_on_is_searched(tenant: Tenant, session: Session) -> None:
    said = await _say(tenant, session, "oak", sent_at=datetime(2024, 2, 29, 23, 59, tzinfo=UTC))
    await _say(tenant, session, "oak", sent_at=datetime(2023, 3, 1, tzinfo=UTC))
    assert [hit.message for hit in await messages.search(tenant, text="february 2024") if hit.text] == [said]
    assert len(await messages.search(tenant, text='"oak" -february')) == 2, "a day is not excluded"
