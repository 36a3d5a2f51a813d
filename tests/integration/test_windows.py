"""Windows on sessions, against a model of them in Python, and the summaries that windows begin after."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from memdb import messages, sessions, summaries
from memdb.agents import Agent
from memdb.engine.database import Tenant
from memdb.errors import AlreadyExists, InvalidInput, NotFound, SessionClosed
from memdb.messages import Message, NewMessage, ToolCall, Window, windowing
from memdb.sessions import Session
from memdb.summaries import Due, Summary
from tests.conftest import Home, vector
from tests.formats import anthropic_refuses, as_anthropic, as_openai, openai_refuses, refused
from tests.server import execute, fetch


@pytest.fixture
async def session(tenant: Tenant, agent: Agent) -> Session:
    return await _start(tenant, agent)


async def _start(tenant: Tenant, agent: Agent) -> Session:
    return (await sessions.start(tenant, agent_id=agent.id)).session


def _new(role: Any, tokens: int = 10, *calls: str, **given: Any) -> NewMessage:
    return NewMessage(role=role, content="x", tokens=tokens, tool_calls=[ToolCall(call, "f") for call in calls], **given)


async def _talk(tenant: Tenant, session: Session, *items: NewMessage) -> list[Message]:
    return await messages.append_many(tenant, session_id=session.id, items=items)


async def _rounds(tenant: Tenant, session: Session, count: int, tokens: int = 10) -> list[Message]:
    return await _talk(tenant, session, *[_new(role, tokens) for _ in range(count) for role in ("user", "assistant")])


async def _all(tenant: Tenant, session: Session) -> list[Message]:
    return await messages.page(tenant, session_id=session.id, after=0, limit=1000)


async def _window(tenant: Tenant, session: Session, **given: Any) -> Window:
    """The window, of which its parts say the same as it does."""
    window = await messages.window(tenant, session_id=session.id, **given)
    count = given.get("count_tokens") or (lambda shown: shown.tokens)
    assert window.tokens == sum(map(count, [*window.messages, *([window.summary] if window.summary else [])]))
    assert refused(window.messages) == []
    assert window.messages == _in_order(window.messages)
    found = await sessions.get(tenant, id=session.id)
    assert found is not None
    assert window.edits == found.edits
    return window


def _in_order(messages: Sequence[Message]) -> list[Message]:
    """By their places, but results right after their calls."""
    order = []
    for message in sorted(messages, key=lambda each: each.position):
        if message.role != "tool":
            order += [message, *(each for each in messages if each.asked_position == message.position)]
    return order


def _places(window: Window) -> list[int]:
    return [message.position for message in window.messages]


async def _summarise(tenant: Tenant, session: Session, first: int, last: int, strategy: str = "rolling", **given: Any) -> Summary:
    return await summaries.add(
        tenant,
        session_id=session.id,
        strategy=strategy,
        first_position=first,
        last_position=last,
        **{"content": "what was said", "tokens": 5, **given},
    )


# The model


class Shown(NamedTuple):
    """What the model says that a window shows."""

    places: list[int]
    is_cut: bool


def _fit(
    live: Sequence[Message], after: int, rounds: int | None, tokens: int | None, limit: int, count: Callable[[Any], int]
) -> tuple[int | None, bool]:
    """The place of the first message that fits, going back, and whether one before it does not."""
    start, room, begun = None, tokens, 0
    others = sorted(
        (message for message in live if message.role not in ("system", "developer") and message.position > after),
        key=lambda message: message.position,
    )
    for seen, message in enumerate(reversed(others), 1):
        room = None if room is None else room - count(message)
        if seen > limit or (room is not None and room < 0):
            break
        start = message.position
        begun += message.role == "user"
        if begun == rounds:
            break
    return start, any(message.position < (start or 2**31) for message in others)


def _whole(live: Sequence[Message], start: int | None) -> list[Message]:
    """The system messages and those from a place on, less calls without a result and results without a call."""
    kept = [message for message in live if message.role in ("system", "developer") or (start is not None and message.position >= start)]
    askers = {message.position for message in kept if not message.open_calls}
    whole = [message for message in kept if not message.open_calls and (message.role != "tool" or message.asked_position in askers)]
    return _in_order(whole)


def _model(
    live: Sequence[Message],
    summary: Summary | None = None,
    rounds: int | None = None,
    tokens: int | None = None,
    limit: int = 1000,
    count_tokens: Callable[[Any], int] | None = None,
) -> Shown:
    def room(count: Callable[[Any], int]) -> int | None:
        fixed = [message for message in live if message.role in ("system", "developer")]
        return None if tokens is None else tokens - sum(map(count, [*fixed, *([summary] if summary else [])]))

    after = summary.last_position if summary else 0
    if count_tokens is None:
        start, is_cut = _fit(live, after, rounds, room(lambda each: each.tokens), limit, lambda each: each.tokens)
        return Shown([message.position for message in _whole(live, start)], is_cut)
    # Rounds and the limit are of what there is; tokens are counted of what is shown.
    start, is_cut = _fit(live, after, rounds, None, limit, count_tokens)
    whole = _whole(live, start)
    fits, cut = _fit(whole, 0, None, room(count_tokens), 10_000, count_tokens)
    return Shown([message.position for message in _whole(whole, fits)], is_cut or cut)


async def _random_conversation(tenant: Tenant, session: Session, seed: int) -> None:
    """With parallel calls, some answered partly, some in the wrong order, some never; and deletions."""
    chance = random.Random(seed)
    items: list[NewMessage] = []
    pending: list[str] = []
    for n in range(60):
        kind = chance.choice(["user", "assistant", "assistant", "ask", "answer", "answer", "answer", "system" if n % 3 == 0 else "answer"])
        tokens = chance.choice([0, 1, 5, 20, 100])
        if kind == "ask":
            calls = [f"c{n}.{k}" for k in range(chance.randrange(1, 4))]
            items.append(_new("assistant", tokens, *calls))
            pending += calls
        elif kind == "answer":
            if pending:
                items.append(_new("tool", tokens, tool_call_id=pending.pop(chance.randrange(len(pending)))))
        else:
            items.append(_new(kind, tokens))
    made = await _talk(tenant, session, *items)
    for message in chance.sample(made, 8):
        await messages.delete(tenant, id=message.id)


COUNTERS: dict[str, Callable[[Any], int] | None] = {
    "stored": None,
    "the same": lambda shown: shown.tokens,
    "a tenth": lambda shown: shown.tokens // 10,
    "ten times": lambda shown: shown.tokens * 10,
    "one each": lambda shown: 1,
    "odd": lambda shown: (shown.position if isinstance(shown, Message) else 3) * 7 % 11,
}


@pytest.mark.parametrize("seed", range(6))
async def test_a_window_is_what_the_model_says(seed: int, tenant: Tenant, session: Session) -> None:
    await _random_conversation(tenant, session, seed)
    live = await _all(tenant, session)
    chance = random.Random(seed)
    summary = None
    for covered in (0, 7, 30):
        if covered:
            summary = await _summarise(tenant, session, 1, covered, tokens=covered)
        for name, count in COUNTERS.items():
            asked: dict[str, Any] = {"rounds": None, "tokens": 10**6, "limit": 1000}
            cases = [asked] + [
                {
                    "rounds": chance.choice([None, None, 1, 2, 4, 9]),
                    "tokens": chance.choice([1, 30, 60, 150, 400, 900, 3000]),
                    "limit": chance.choice([1, 2, 5, 9, 25, 1000, 1000]),
                }
                for _ in range(12)
            ]
            for case in cases:
                case = case if count else case | chance.choice([{}, {"tokens": None}])
                window = await _window(tenant, session, count_tokens=count, **case)
                assert Shown(_places(window), window.is_cut) == _model(live, summary, count_tokens=count, **case), (name, case)
                assert window.summary == summary


async def test_every_cut_of_parallel_calls(tenant: Tenant, session: Session) -> None:
    await _talk(
        tenant,
        session,
        _new("system", 7),
        _new("user"),
        _new("assistant", 10, "a", "b"),
        _new("tool", tool_call_id="b"),
        _new("assistant", 10, "c"),
        _new("tool", tool_call_id="a"),
        _new("user"),
        _new("tool", tool_call_id="c"),
        _new("assistant", 10, "d", "e"),
        _new("tool", tool_call_id="d"),
        _new("user"),
    )
    whole = [1, 2, 3, 4, 6, 5, 8, 7, 11]
    assert _places(await _window(tenant, session)) == whole
    at_limit = {
        1: [1, 11],
        2: [1, 11],
        3: [1, 11],
        4: [1, 11],
        5: [1, 7, 11],
        6: [1, 7, 11],
        7: [1, 5, 8, 7, 11],
        8: [1, 5, 8, 7, 11],
        9: [1, 3, 4, 6, 5, 8, 7, 11],
        10: whole,
    }
    for limit, places in at_limit.items():
        for given in ({"limit": limit}, {"tokens": 7 + 10 * limit}, {"tokens": 7 + 10 * limit + 9}):
            window = await _window(tenant, session, **given)
            assert (_places(window), window.is_cut) == (places, limit < 10)
    assert _places(await _window(tenant, session, rounds=1)) == [1, 11]
    assert _places(await _window(tenant, session, rounds=2)) == [1, 7, 11]
    last = (await messages.page(tenant, session_id=session.id, role="assistant"))[-1]
    await _talk(tenant, session, _new("tool", tool_call_id="e"))
    assert _places(await _window(tenant, session)) == [1, 2, 3, 4, 6, 5, 8, 7, 9, 10, 12, 11]
    await messages.delete(tenant, id=last.id)
    assert _places(await _window(tenant, session)) == whole


async def test_what_is_said_while_a_tool_runs_comes_after_its_result(tenant: Tenant, session: Session) -> None:
    await _talk(
        tenant,
        session,
        NewMessage(role="user", content="Weather in Oslo?"),
        NewMessage(role="assistant", tool_calls=[ToolCall("c1", "weather", {"city": "Oslo"}), ToolCall("c2", "tides")]),
        NewMessage(role="user", content="And hurry, please"),
        NewMessage(role="developer", content="Be brief."),
        NewMessage(role="tool", tool_call_id="c2", content="low"),
        NewMessage(role="assistant", content="The tide is low already."),
        NewMessage(role="tool", tool_call_id="c1", content="rain"),
    )
    stored = await _all(tenant, session)
    assert openai_refuses(as_openai(stored)) == [
        "2: tool messages that respond to each call come before any other message",
        "4: a tool message responds to a call of the assistant's message before it, once",
        "6: a tool message responds to a call of the assistant's message before it, once",
    ]
    assert anthropic_refuses(as_anthropic(stored)[1])
    for given in ({}, {"tokens": 10**6}, {"tokens": 10**6, "count_tokens": lambda _: 1}, {"rounds": 2}, {"limit": 7}):
        window = await _window(tenant, session, **given)  # type: ignore[arg-type]
        assert [message.content or [call.id for call in message.tool_calls] for message in window.messages] == [
            "Weather in Oslo?",
            ["c1", "c2"],
            "low",
            "rain",
            "And hurry, please",
            "Be brief.",
            "The tide is low already.",
        ]


@pytest.mark.parametrize("seed", range(4))
async def test_both_apis_take_a_window_on_any_interleaving(seed: int, tenant: Tenant, agent: Agent) -> None:
    """Turns of several calls, with results in any order and whenever they come, some never; what is said is said meanwhile."""
    chance = random.Random(seed)
    interleaved = 0
    for _ in range(25):
        session = await _start(tenant, agent)
        turns: list[list[NewMessage]] = []
        for n in range(chance.randrange(1, 8)):
            calls = [f"c{n}.{k}" for k in range(chance.choice([0, 1, 1, 2, 5]))]
            results = [_new("tool", chance.randrange(20), tool_call_id=call) for call in calls if chance.random() < 0.9]
            chance.shuffle(results)
            turns.append([_new("assistant", chance.randrange(20), *calls), *results])
        turns += [[_new(chance.choice(["user", "system", "developer"]), chance.randrange(20))] for _ in range(chance.randrange(6))]
        items = []
        while any(turns):
            items.append(chance.choice([turn for turn in turns if turn]).pop(0))
        made = await _talk(tenant, session, *items)
        if chance.random() < 0.5:
            await messages.delete(tenant, id=chance.choice(made).id)
        live = await _all(tenant, session)
        interleaved += bool(refused([message for message in live if not message.open_calls]))
        full = await _window(tenant, session)
        assert full.messages == _whole(live, 0)
        for _ in range(12):
            given: dict[str, Any] = {
                "rounds": chance.choice([None, None, 1, 2]),
                "tokens": chance.choice([1, 10, 40, 100, 10**6]),
                "limit": chance.choice([1, 2, 3, 5, 9, 1000]),
                "count_tokens": chance.choice(list(COUNTERS.values())),
            }
            window = await _window(tenant, session, **given)
            at = [full.messages.index(message) for message in window.messages]
            assert at == sorted(at), "what is left out changes no order"
    assert interleaved > 5


# Bounds


async def test_rounds_tokens_and_limit(tenant: Tenant, session: Session) -> None:
    empty = await _window(tenant, session)
    assert empty == Window(None, [], 0, False, 0)
    await _talk(tenant, session, _new("system", 3))
    only_system = await _window(tenant, session, tokens=1, rounds=1, limit=1)
    assert (_places(only_system), only_system.tokens, only_system.is_cut) == ([1], 3, False)
    await _rounds(tenant, session, 5)
    await _talk(tenant, session, _new("system", 4))
    cases: list[tuple[dict[str, Any], list[int], int]] = [
        ({}, [*range(1, 13)], 107),
        ({"rounds": 2}, [1, 8, 9, 10, 11, 12], 47),
        ({"rounds": 5}, [*range(1, 13)], 107),
        ({"rounds": 99}, [*range(1, 13)], 107),
        ({"tokens": 107}, [*range(1, 13)], 107),
        ({"tokens": 106}, [1, *range(3, 13)], 97),
        ({"tokens": 17}, [1, 11, 12], 17),
        ({"tokens": 16}, [1, 12], 7),
        ({"tokens": 1}, [1, 12], 7),
        ({"limit": 1}, [1, 11, 12], 17),
        ({"limit": 10}, [*range(1, 13)], 107),
        ({"rounds": 3, "tokens": 40, "limit": 9}, [1, 9, 10, 11, 12], 37),
        ({"rounds": 1, "tokens": 90, "limit": 9}, [1, 10, 11, 12], 27),
        ({"rounds": 3, "tokens": 90, "limit": 3}, [1, 9, 10, 11, 12], 37),
    ]
    for given, places, tokens in cases:
        window = await _window(tenant, session, **given)
        assert (_places(window), window.tokens, window.is_cut) == (places, tokens, len(places) < 12), given
    for field, wrong in (
        ("rounds", 0),
        ("tokens", 0),
        ("tokens", 10**9 + 1),
        ("limit", 0),
        ("limit", 1001),
        ("strategy", ""),
        ("rounds", "1"),
    ):
        with pytest.raises(InvalidInput):
            await messages.window(tenant, session_id=session.id, **{field: wrong})  # type: ignore[arg-type]


async def test_which_sessions_have_windows(tenant: Tenant, session: Session, rival: Home) -> None:
    await _rounds(tenant, session, 1)
    window = await _window(tenant, session)
    await sessions.close(tenant, id=session.id)
    assert await _window(tenant, session) == window
    for on, id in ((tenant, uuid.uuid4()), (rival.tenant, session.id)):
        with pytest.raises(NotFound, match=f"no such session: {id}"):
            await messages.window(on, session_id=id)
        with pytest.raises(NotFound, match=f"no such session: {id}"):
            await messages.window(on, session_id=id, tokens=5, count_tokens=lambda _: 1)
    await sessions.delete(tenant, id=session.id)
    with pytest.raises(NotFound, match="session"):
        await messages.window(tenant, session_id=session.id)


async def test_a_long_session_is_read_from_its_end(tenant: Tenant, session: Session) -> None:
    """Over the pieces in which a window looks for its beginning, and what is deleted in them."""
    made = [message for _ in range(2) for message in await _rounds(tenant, session, 500, 1)]
    for message in made[100:110]:
        await messages.delete(tenant, id=message.id)
    for limit in (127, 128, 129, 256, 257, 1000):
        assert _places(await _window(tenant, session, limit=limit)) == [*range(2001 - limit, 2001)]
        assert _places(await _window(tenant, session, tokens=limit)) == [*range(2001 - limit, 2001)]
    assert _places(await _window(tenant, session, rounds=200)) == [*range(1601, 2001)]


# Counting


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """The tokens of each read of a window."""
    seen: list[int | None] = []
    original = windowing.window_parts

    async def window_parts(on: Any, **given: Any) -> Any:
        seen.append(given["tokens"])
        return await original(on, **given)

    monkeypatch.setattr(windowing, "window_parts", window_parts)
    return seen


async def test_tokens_as_the_caller_counts_them(tenant: Tenant, session: Session, reads: list[int | None]) -> None:
    await _rounds(tenant, session, 50, 10)
    for factor, tokens, expected, times in (
        (10, 1000, 10, 1),
        (1, 500, 50, 1),
        (1, 1000, 100, 1),
        (1, 5000, 100, 1),
        (0.6, 300, 50, 1),
        (0.4, 300, 75, 2),
        (0.1, 50, 50, 2),
        (0.1, 100, 100, 2),
        (0.1, 5000, 100, 1),
        (0, 1, 100, 2),
    ):
        reads.clear()
        window = await _window(tenant, session, tokens=tokens, count_tokens=lambda shown: int(shown.tokens * factor))  # noqa: B023
        assert (len(window.messages), window.is_cut, len(reads)) == (expected, expected < 100, times), (factor, tokens)
    for given in ({"limit": 20}, {"rounds": 10}):
        reads.clear()
        window = await _window(tenant, session, tokens=200, count_tokens=lambda _: 1, **given)
        assert (len(window.messages), window.is_cut, len(reads)) == (20, True, 1), given
    with pytest.raises(InvalidInput, match="tokens must be given with count_tokens"):
        await messages.window(tenant, session_id=session.id, count_tokens=lambda _: 1)


async def test_what_cannot_be_shown_is_no_reason_to_read_on_and_on(tenant: Tenant, session: Session, reads: list[int | None]) -> None:
    """The limit is reached with messages that are left out, so fewer are shown than it allows."""
    await _rounds(tenant, session, 5)
    await _talk(tenant, session, _new("assistant", 10, "open"), _new("user"))
    window = await _window(tenant, session, tokens=1000, limit=4, count_tokens=lambda _: 1)
    assert (_places(window), window.is_cut) == ([9, 10, 12], True)
    assert len(reads) <= 2


@pytest.mark.parametrize("tokens", [500_000_001, 10**9])
async def test_the_largest_budgets(tokens: int, tenant: Tenant, session: Session) -> None:
    await _rounds(tenant, session, 110, 10_000_000)
    assert len((await _window(tenant, session, tokens=tokens)).messages) == tokens // 10_000_000
    assert len((await _window(tenant, session, tokens=tokens, count_tokens=lambda _: 1)).messages) == 220


async def test_a_summary_and_system_messages_that_are_counted_otherwise(tenant: Tenant, session: Session) -> None:
    await _talk(tenant, session, _new("system", 500))
    await _rounds(tenant, session, 5)
    await _summarise(tenant, session, 1, 3, tokens=500)
    assert _places(await _window(tenant, session, tokens=100)) == [1]
    window = await _window(tenant, session, tokens=100, count_tokens=lambda shown: 50 if isinstance(shown, Summary) else 10)
    assert (_places(window), window.tokens, window.is_cut) == ([1, 8, 9, 10, 11], 100, True)
    window = await _window(tenant, session, tokens=100, count_tokens=lambda shown: 101 if isinstance(shown, Summary) else 0)
    assert (_places(window), window.is_cut) == ([1], True)


# Summaries


async def test_a_summary(tenant: Tenant, session: Session) -> None:
    await _rounds(tenant, session, 3)
    given: dict[str, Any] = {
        "strategy": "rolling",
        "first_position": 2,
        "last_position": 5,
        "content": "They spoke of rain.",
        "structured": {"topics": ["rain", None]},
        "strategy_version": "2",
        "model": "m-1",
        "tokens": 77,
        "edits": 0,
        "id": uuid.uuid4(),
    }
    made = await summaries.add(tenant, session_id=session.id, **given)
    assert {name: getattr(made, name) for name in given} == given
    assert (made.session_id, made.stale) == (session.id, False)
    assert await summaries.get(tenant, id=made.id) == await summaries.latest(tenant, session_id=session.id) == made
    plain = await _summarise(tenant, session, 1, 6, content="x" * 9, tokens=None)
    assert (plain.tokens, plain.structured, plain.model, plain.strategy_version) == (3, {}, None, None)
    structured = await _summarise(tenant, session, 1, 6, content=None, structured={"a": 1}, tokens=None)
    assert (structured.content, structured.tokens) == (None, 2)
    assert await summaries.get(tenant, id=uuid.uuid4()) is None
    with pytest.raises(AlreadyExists, match="another summary has this id"):
        await _summarise(tenant, session, 1, 1, id=made.id)


async def test_what_is_no_summary(tenant: Tenant, session: Session, dsn: str) -> None:
    await _rounds(tenant, session, 3)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"last_position": 7}, "last_position"),
        ({"first_position": 0}, "first_position"),
        ({"first_position": 5, "last_position": 4}, "first_position"),
        ({"edits": 1}, "edits"),
        ({"edits": -1}, "edits"),
        ({"content": None}, "content"),
        ({"content": None, "structured": {}}, "content"),
        ({"content": " \n"}, "content"),
        ({"content": ""}, "content"),
        ({"content": "x" * 100_001}, "content"),
        ({"content": "a\0"}, "content"),
        ({"structured": []}, "structured"),
        ({"structured": {"a": "x" * 65_536}}, "structured"),
        ({"strategy": ""}, "strategy"),
        ({"strategy": "x" * 65}, "strategy"),
        ({"strategy_version": "x" * 33}, "strategy_version"),
        ({"model": ""}, "model"),
        ({"tokens": -1}, "tokens"),
        ({"tokens": 10_000_001}, "tokens"),
        ({"id": "nope"}, "id"),
    ]
    for given, field in wrong:
        arguments = {"strategy": "s", "first_position": 1, "last_position": 6, "content": "x", **given}
        with pytest.raises(InvalidInput) as refused:
            await summaries.add(tenant, session_id=session.id, **arguments)
        assert refused.value.field == field, (given, refused.value)
    with pytest.raises(NotFound, match="session"):
        await summaries.add(tenant, session_id=uuid.uuid4(), strategy="s", first_position=1, last_position=1, content="x")
    assert await summaries.page(tenant, session_id=session.id) == []
    await sessions.close(tenant, id=session.id)
    made = await _summarise(tenant, session, 1, 6)
    for status in ("cold_archived", "deep_archived"):
        execute(dsn, f"UPDATE memdb.sessions SET status = '{status}', archived_at = now()")
        with pytest.raises(SessionClosed, match=status):
            await _summarise(tenant, session, 1, 6)
    assert await summaries.latest(tenant, session_id=session.id) == made


async def test_pages_and_the_newest(tenant: Tenant, session: Session, agent: Agent) -> None:
    await _rounds(tenant, session, 10)
    other = await _start(tenant, agent)
    await _rounds(tenant, other, 1)
    await _summarise(tenant, other, 1, 1)
    made = [await _summarise(tenant, session, 1, last, strategy) for last, strategy in ((4, "a"), (9, "b"), (8, "a"), (9, "a"), (2, "b"))]
    assert await summaries.page(tenant, session_id=session.id) == made[::-1]
    first = await summaries.page(tenant, session_id=session.id, limit=2)
    assert first == [made[4], made[3]]
    assert await summaries.page(tenant, session_id=session.id, before=first[-1].id) == [made[2], made[1], made[0]]
    assert await summaries.page(tenant, session_id=session.id, strategy="a", limit=2) == [made[3], made[2]]
    assert await summaries.page(tenant, session_id=session.id, strategy="c") == []
    assert await summaries.latest(tenant, session_id=session.id) == made[3], "of two that reach as far the later"
    assert await summaries.latest(tenant, session_id=session.id, strategy="b") == made[1]
    assert await summaries.latest(tenant, session_id=session.id, strategy="c") is None
    assert await summaries.page(tenant, session_id=uuid.uuid4()) == []


async def test_a_window_begins_after_the_newest_summary_that_is_up_to_date(tenant: Tenant, session: Session) -> None:
    await _talk(tenant, session, _new("system", 1))
    made = await _rounds(tenant, session, 10)
    assert (await _window(tenant, session)).summary is None
    old = await _summarise(tenant, session, 1, 5)
    new = await _summarise(tenant, session, 6, 13)
    other = await _summarise(tenant, session, 1, 9, "other")

    async def begins(summary: Summary | None, **given: Any) -> None:
        window = await _window(tenant, session, **given)
        assert window.summary == summary
        assert window.is_cut is False
        first = summary.last_position + 1 if summary else 2
        assert _places(window) == [1, *range(first, 22)]

    await begins(new)
    await begins(new, strategy="rolling")
    await begins(other, strategy="other")
    await begins(None, strategy="none")
    assert (await _window(tenant, session, tokens=1 + 5 + 30)).tokens == 36
    # Metadata, names and embeddings are not what a message says, and messages outside the range are not in the summary.
    await messages.update(tenant, id=made[6].id, metadata={"a": 1}, name="Ada", model="m", tokens=10, embedding=vector(1))
    await messages.update(tenant, id=made[6].id, content=made[6].content)
    await messages.embed(tenant, id=made[6].id, version=3, embedding=vector(2))
    await messages.update(tenant, id=made[18].id, content="y")
    await begins(new)
    assert (await _window(tenant, session)).edits == 1
    await messages.update(tenant, id=made[6].id, content="y")
    await begins(old)
    stale = await summaries.get(tenant, id=new.id)
    assert stale is not None
    assert stale.stale
    assert [each.stale for each in await summaries.page(tenant, session_id=session.id)] == [True, True, False]
    assert await summaries.latest(tenant, session_id=session.id) == old
    await messages.delete(tenant, id=made[1].id)
    window = await _window(tenant, session)
    assert (window.summary, _places(window)) == (None, [1, 2, *range(4, 22)])
    fresh = await _summarise(tenant, session, 1, 13, edits=window.edits)
    assert fresh.stale is False
    window = await _window(tenant, session)
    assert (window.summary, _places(window)) == (fresh, [1, *range(14, 22)])


async def test_a_summary_of_what_was_changed_since_is_stale_from_the_beginning(tenant: Tenant, session: Session) -> None:
    made = await _rounds(tenant, session, 5)
    await messages.update(tenant, id=made[7].id, content="y")
    read = (await _window(tenant, session)).edits
    await messages.update(tenant, id=made[2].id, content="y")
    stale = await _summarise(tenant, session, 1, 5, edits=read)
    assert (stale.stale, stale.edits) == (True, 1)
    assert await summaries.latest(tenant, session_id=session.id) is None
    aside = await _summarise(tenant, session, 4, 9, edits=read)
    assert aside.stale is False, "what was changed is not in it"
    now = await _summarise(tenant, session, 1, 5)
    assert (now.stale, now.edits) == (False, 2)
    assert (await _summarise(tenant, session, 8, 8, edits=0)).stale
    assert await summaries.latest(tenant, session_id=session.id) == aside


@pytest.mark.parametrize("edit", ["update", "delete"])
async def test_an_edit_and_a_summary_at_once(edit: str, tenant: Tenant, session: Session) -> None:
    """Whichever comes first, no summary of the message as it was is up to date."""
    made = await _rounds(tenant, session, 5)

    async def change(on: Any, message: Message) -> None:
        await (messages.update(on, id=message.id, content="y") if edit == "update" else messages.delete(on, id=message.id))

    read = (await _window(tenant, session)).edits
    async with tenant.transaction() as tx:
        await change(tx, made[2])
        adding = asyncio.create_task(_summarise(tenant, session, 1, 5, edits=read))
        await asyncio.sleep(0.15)
        assert not adding.done()
    first = await adding
    assert await summaries.latest(tenant, session_id=session.id) is None
    read = (await _window(tenant, session)).edits
    async with tenant.transaction() as tx:
        second = await _summarise(tx, session, 1, 5, edits=read)  # type: ignore[arg-type]
        assert second.stale is False
        changing = asyncio.create_task(change(tenant, made[3]))
        await asyncio.sleep(0.15)
        assert not changing.done()
    await changing
    assert [each.stale for each in await summaries.page(tenant, session_id=session.id)] == [True, True]
    assert await summaries.latest(tenant, session_id=session.id) is (await _window(tenant, session)).summary is None
    assert first.stale, "what add says of it is what get says"


async def test_many_edits_and_summaries_at_once(tenant: Tenant, session: Session, dsn: str) -> None:
    """A summary tells what it was made of: one that is not stale tells of the messages as they are."""
    await _talk(tenant, session, *[NewMessage(role="user", content=f"{n} 0") for n in range(12)])

    async def edit(worker: int) -> None:
        chance = random.Random(worker)
        for step in range(12):
            message = (await _all(tenant, session))[chance.randrange(12)]
            await messages.update(tenant, id=message.id, content=f"{message.position} {worker}.{step}")

    async def summarise(worker: int) -> None:
        chance = random.Random(worker)
        for _ in range(12):
            first = chance.randrange(1, 10)
            window = await messages.window(tenant, session_id=session.id, strategy="none")
            said = [message.content for message in window.messages if first <= message.position <= first + 2]
            await _summarise(tenant, session, first, first + 2, edits=window.edits, structured={"said": said})

    await asyncio.gather(*[edit(n) for n in range(4)], *[summarise(n) for n in range(4)])
    said = {message.position: message.content for message in await _all(tenant, session)}
    found = await summaries.page(tenant, session_id=session.id, limit=1000)
    assert len(found) == 48
    for summary in found:
        is_true = summary.structured["said"] == [said[place] for place in range(summary.first_position, summary.last_position + 1)]
        assert is_true or summary.stale
    assert fetch(dsn, "SELECT edits FROM memdb.sessions") == [(48,)]


# What is due


async def test_what_is_due(tenant: Tenant, session: Session) -> None:
    async def due(**given: Any) -> Due | None:
        return await summaries.due(tenant, session_id=session.id, **{"messages": 4, "tokens": 10**6, "keep": 2, **given})

    assert await due(messages=0, tokens=0, keep=0) is None
    made = await _rounds(tenant, session, 2)
    assert await due() is None, "four are not more than four"
    assert await due(messages=3) == Due(1, 2, 2, 20, 0, None)
    assert await due(tokens=40) is None
    assert await due(tokens=39) == Due(1, 2, 2, 20, 0, None)
    assert await due(tokens=39, keep=0) == Due(1, 4, 4, 40, 0, None)
    assert await due(tokens=0, keep=3) == Due(1, 1, 1, 10, 0, None)
    assert await due(tokens=0, keep=4) is await due(tokens=0, keep=99) is None
    made += await _rounds(tenant, session, 3)
    assert await due() == Due(1, 8, 8, 80, 0, None)
    first = await _summarise(tenant, session, 1, 8, edits=0)
    assert await due() is None
    assert await due(messages=1, keep=1) == Due(9, 9, 1, 10, 0, first.id)
    assert await due(strategy="other") == Due(1, 8, 8, 80, 0, None)
    made += await _rounds(tenant, session, 2)
    assert await due() == Due(9, 12, 4, 40, 0, first.id)
    await messages.delete(tenant, id=made[8].id)
    await messages.delete(tenant, id=made[13].id)
    assert await due() is None
    assert await due(messages=3) == Due(10, 11, 2, 20, 2, first.id)
    await messages.update(tenant, id=made[0].id, content="y", tokens=11)
    assert await due() == Due(1, 11, 10, 101, 3, None)
    for field, wrong in (("messages", -1), ("tokens", -1), ("keep", -1), ("messages", None), ("strategy", "")):
        with pytest.raises(InvalidInput, match=rf"^{field} must"):
            await due(**{field: wrong})
    assert await summaries.due(tenant, session_id=uuid.uuid4(), messages=0, keep=0) is None


async def test_a_long_session_is_summarised_in_pieces(tenant: Tenant, session: Session) -> None:
    for _ in range(3):
        await _rounds(tenant, session, 500)
    after, pieces = None, []
    while found := await summaries.due(tenant, session_id=session.id, messages=20, keep=4):
        assert found.after == after
        pieces.append((found.first_position, found.last_position, found.messages, found.tokens))
        after = (await _summarise(tenant, session, found.first_position, found.last_position, edits=found.edits)).id
    assert pieces == [(1, 1000, 1000, 10_000), (1001, 2000, 1000, 10_000), (2001, 2996, 996, 9960)]


async def test_thresholds_of_a_long_session(tenant: Tenant, session: Session) -> None:
    async def due(**given: Any) -> Due | None:
        return await summaries.due(tenant, session_id=session.id, tokens=10**8, **given)

    await _rounds(tenant, session, 500)
    assert await due(messages=999) == Due(1, 996, 996, 9960, 0, None)
    assert await due(messages=1000) is None
    await _rounds(tenant, session, 1)
    assert await due(messages=1000) == Due(1, 998, 998, 9980, 0, None)
    assert await due(messages=1000, keep=0) == Due(1, 1000, 1000, 10_000, 0, None)
    with pytest.raises(InvalidInput, match="messages must be between 0 and 1000, not 1001"):
        await due(messages=1001)
