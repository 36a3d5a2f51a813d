"""Messages as models' providers have them: lists of parts, instructions of developers, tool calls to the letter, and long ones of each."""

from __future__ import annotations

import io
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memdb import archives, backup, messages, sessions, summaries
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput
from memdb.messages import Message, NewMessage, Part, ToolCall
from memdb.sessions import Session
from tests.conftest import vector
from tests.server import fetch
from tests.unit.test_json_values import same

IMAGE: Part = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 20_000, "detail": "low"}}
TEXT: Part = {"type": "text", "text": "What is this heron?"}
CONTENTS: list[list[Part]] = [
    [TEXT, IMAGE],
    [IMAGE],
    [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}],
    [{"text": "two", "type": "text", "cache_control": {"type": "ephemeral"}}],
    [{"type": "file", "file": {"file_id": "file-123"}}, {"type": "input_audio", "input_audio": {"data": "UklG", "format": "wav"}}],
    [{"type": "document", "source": {"type": "text", "data": "Herons wade."}, "title": "Birds", "context": None}],
    [{"type": "text", "text": None}, {"type": "text"}, {}],
    [{"zz": 1, "a": {"y": -0.0, "x": 1e16}, "numbers": [1e300, 5e-324, 10**16, 1.0, 2**80]}],
]
ARGUMENTS: list[dict[str, Any] | str] = [
    {},
    {"city": "Oslo"},
    {"longer": 1, "b": 2, "a": 3},
    {"at": [1e16, -0.0, 1e-7, 10**16, 1.0], "none": None, "é": "é\u2028"},
    {"old_string": "x" * 70_000, "new_string": "y" * 70_000},
    "",
    "{}",
    '{"b": 1.0,  "a": 1e16, "a": 2}',
    '{"city": "Os',
    "\\u0000 \\ud800 '\" \n null",
    '{"path": "a.py", "content": "' + "z" * 100_000 + '"}',
]


@pytest.fixture
async def session(tenant: Tenant, agent: Agent) -> Session:
    return (await sessions.start(tenant, agent_id=agent.id)).session


async def _all(tenant: Tenant, session: Session) -> list[Message]:
    return await messages.page(tenant, session_id=session.id, after=0, limit=1000)


def _exactly(found: Any, given: Any) -> bool:
    """Of the same types, and with keys in the same order."""
    return same(found, given) and repr(found) == repr(given)


async def _converse(tenant: Tenant, session: Session) -> list[NewMessage]:
    """All contents, and all calls with their results, stored in batches and one at a time."""
    calls = [ToolCall(f"c{n}", "f", arguments) for n, arguments in enumerate(ARGUMENTS)]
    items = [
        NewMessage(role="developer", content="Answer in one sentence."),
        *[NewMessage(role="user", content=content) for content in CONTENTS],
        NewMessage(role="assistant", content=[{"type": "thinking", "thinking": "Well", "signature": "s"}], tool_calls=calls[:5]),
        NewMessage(role="assistant", tool_calls=calls[5:]),
        *[NewMessage(role="tool", tool_call_id=call.id, content=[TEXT] if n % 2 else "") for n, call in enumerate(calls)],
        *[NewMessage(role="assistant", tool_calls=[ToolCall(f"{call.id} alone", "f", call.arguments)]) for call in calls],
    ]
    for item in items[:4]:
        await messages.append(tenant, session_id=session.id, role=item.role, content=item.content)
    await messages.append_many(tenant, session_id=session.id, items=items[4:])
    return items


def _assert_as_given(found: list[Message], given: list[NewMessage]) -> None:
    assert len(found) == len(given)
    for message, item in zip(found, given, strict=True):
        assert message.role == item.role
        assert _exactly(message.content, item.content)
        assert [(call.id, call.name) for call in message.tool_calls] == [(call.id, call.name) for call in item.tool_calls]
        for call, asked in zip(message.tool_calls, item.tool_calls, strict=True):
            assert _exactly(call.arguments, asked.arguments)


async def test_messages_come_back_to_the_letter_wherever_they_are_read(tenant: Tenant, session: Session) -> None:
    given = await _converse(tenant, session)
    found = await _all(tenant, session)
    _assert_as_given(found, given)
    for message in found:
        assert await messages.get(tenant, id=message.id) == message
    assert await messages.page(tenant, session_id=session.id, limit=1000) == found
    answered = [message for message in found if not message.open_calls]
    assert sorted((await messages.window(tenant, session_id=session.id)).messages, key=lambda each: each.position) == answered
    assert await messages.page(tenant, session_id=session.id, role="developer") == found[:1]


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_is_given_comes_back(seed: int, tenant: Tenant, session: Session) -> None:
    chance = random.Random(seed)

    def anything(depth: int = 0) -> Any:
        match chance.randrange(7 if depth < 4 else 5):
            case 0:
                return chance.choice([None, True, False])
            case 1:
                return chance.choice([0, -1, 10**16, 2**64, -(2**200)])
            case 2:
                return chance.choice([0.0, -0.0, 1.0, 1e16, -1e22, 1e300, 5e-324, 0.1, chance.random() * 10 ** chance.randrange(-300, 300)])
            case 3 | 4:
                return "".join(chance.choices("ab \"'\\\n\t\x01\x7f{}[]:,éß\u2028\U0001f600", k=chance.randrange(8)))
            case 5:
                return [anything(depth + 1) for _ in range(chance.randrange(4))]
            case _:
                return {str(anything(4)): anything(depth + 1) for _ in range(chance.randrange(5))}

    def thing() -> dict[str, Any]:
        return {str(anything(4)): anything(1) for _ in range(chance.randrange(6))}

    given = []
    for n in range(60):
        calls = [ToolCall(f"{n}.{k}", "f", chance.choice([thing(), str(anything())])) for k in range(chance.randrange(4))]
        content: Any = chance.choice(["x", [thing() for _ in range(chance.randrange(1, 4))] + [{"type": "image"}]])
        given.append(NewMessage(role="assistant", content=content, tool_calls=calls))
    made = await messages.append_many(tenant, session_id=session.id, items=given)
    _assert_as_given(made, given)
    assert await _all(tenant, session) == made


async def test_parts_are_found_by_their_text(tenant: Tenant, session: Session) -> None:
    await _converse(tenant, session)
    for text, expected in (("heron", CONTENTS[0]), ("one two", CONTENTS[2])):
        hit = (await messages.search(tenant, text=text, role="user"))[0]
        assert hit.message.content == expected
        assert hit.message.text == "\n".join(part["text"] for part in expected if "text" in part)
    assert await messages.search(tenant, text="base64") == await messages.search(tenant, text="ephemeral") == []
    assert (await messages.search(tenant, text="sentence"))[0].message.text == "Answer in one sentence."
    lacking = {message.text for message in await messages.unembedded(tenant, session_id=session.id, limit=1000)}
    assert lacking == {"Answer in one sentence.", "What is this heron?", "one\ntwo", "two"}, "what has no text needs no embedding"
    shown = (await messages.search(tenant, text="heron", role="user"))[0].message
    assert await messages.embed(tenant, id=shown.id, version=1, embedding=vector(1))
    assert (await messages.search(tenant, embedding=vector(1)))[0].message.content == CONTENTS[0]


async def test_an_estimate_counts_parts_without_text(tenant: Tenant, session: Session) -> None:
    async def tokens(content: Any, **given: Any) -> int:
        return (await messages.append(tenant, session_id=session.id, role="assistant", content=content, **given)).tokens

    assert await tokens([{"type": "text", "text": "x" * 9}]) == await tokens("x" * 9) == 3
    assert await tokens([IMAGE]) == 1000
    assert await tokens([{"type": "text", "text": "x" * 8}, IMAGE, {"type": "file"}]) == 2002
    assert await tokens([IMAGE], tokens=85) == 85
    assert await tokens([{}] * 20_000) == 10_000_000
    assert await tokens("", tool_calls=[ToolCall("a", "f", "x" * 100)]) == (len('[{"id": "a", "name": "f", "arguments": ""}]') + 103) // 4
    assert fetch_tokens(await sessions.get(tenant, id=session.id)) == sum(each.tokens for each in await _all(tenant, session))


def fetch_tokens(session: Session | None) -> int:
    assert session is not None
    return session.tokens


async def test_a_content_changes_between_text_and_parts(tenant: Tenant, session: Session, dsn: str) -> None:
    made = await messages.append(tenant, session_id=session.id, role="user", content="heron", embedding=vector(1))
    for step, content in enumerate([[TEXT, IMAGE], [TEXT], [{**TEXT, "x": 1}], "What is this heron?", [IMAGE], "egret"], 1):
        summary = await summaries.add(tenant, session_id=session.id, strategy="s", first_position=1, last_position=1, content="said")
        changed = await messages.update(tenant, id=made.id, content=content)
        assert _exactly(changed.content, content)
        assert (changed.version, changed.embedded) == (2 * step, False)
        stale = await summaries.get(tenant, id=summary.id)
        assert stale is not None
        assert stale.stale
        same_again = await messages.update(tenant, id=made.id, content=content, expected_version=2 * step)
        assert _exactly(same_again.content, content)
        assert fetch(dsn, "SELECT edits FROM memdb.sessions") == [(step,)], "the same content is no change of it"
        assert await messages.get(tenant, id=made.id) == same_again
    assert (await messages.update(tenant, id=made.id, content=[IMAGE])).tokens == 1000
    named = await messages.update(tenant, id=made.id, name="Ada")
    assert _exactly(named.content, [IMAGE]), "what is not given stays"
    assert fetch(dsn, "SELECT edits FROM memdb.sessions") == [(7,)]
    for wrong in ([], [{"type": "text", "text": " \n"}], ["x"], 7):
        with pytest.raises(InvalidInput, match=r"^content must"):
            await messages.update(tenant, id=made.id, content=wrong)  # type: ignore[arg-type]
    asked = await messages.append(tenant, session_id=session.id, role="assistant", tool_calls=[ToolCall("a", "f", '{"b')])
    said = await messages.update(tenant, id=asked.id, content="Let me look.")
    assert (said.tool_calls, said.open_calls) == ([ToolCall("a", "f", '{"b')], ["a"])


async def test_an_append_of_parts_with_an_id_may_be_repeated(tenant: Tenant, session: Session) -> None:
    id = uuid.uuid4()
    given: dict[str, Any] = {"session_id": session.id, "role": "user", "id": id}
    made = await messages.append(tenant, content=[TEXT, IMAGE], **given)
    assert await messages.append(tenant, content=[TEXT, IMAGE], **given) == made
    for other in ([TEXT], [IMAGE, TEXT], "What is this heron?", [{"text": TEXT["text"], "type": "text"}, IMAGE]):
        with pytest.raises(AlreadyExists):
            await messages.append(tenant, content=other, **given)
    assert await _all(tenant, session) == [made]


@pytest.mark.parametrize("part", [pytest.param(1, marks=pytest.mark.slow), 16])
async def test_long_ones(tenant: Tenant, session: Session, part: int) -> None:
    """As long as they may be, and a part of it."""
    text = "oak " + "x" * (10_000_000 // part - 4)
    long = await messages.append(tenant, session_id=session.id, role="user", content=text)
    assert (long.content, long.tokens) == (text, 2_500_000 // part)
    picture = [{"type": "image", "data": "A" * (33_554_000 // part)}]
    assert (await messages.append(tenant, session_id=session.id, role="user", content=picture)).content == picture
    long_text = "x" * (16_777_000 // part)
    for arguments in (long_text, {"b": long_text}, {"b": long_text, "a": 1}):
        asked = await messages.append(tenant, session_id=session.id, role="assistant", tool_calls=[ToolCall("c", "f", arguments)])
        assert asked.tool_calls == [ToolCall("c", "f", arguments)]
        await messages.append(tenant, session_id=session.id, role="tool", tool_call_id="c", content="done")
    assert [hit.message.id for hit in await messages.search(tenant, text="oak") if hit.text] == [long.id]
    assert len((await messages.window(tenant, session_id=session.id)).messages) == 8


async def test_developers_instructions_are_in_every_window(tenant: Tenant, session: Session) -> None:
    items = [NewMessage(role="developer", content="Be brief.", tokens=3)]
    items += [NewMessage(role="user", content=str(n), tokens=10) for n in range(9)]
    await messages.append_many(tenant, session_id=session.id, items=[*items, NewMessage(role="system", content="Be kind.", tokens=3)])
    for given in ({"limit": 2}, {"tokens": 26}, {"rounds": 2}, {"tokens": 26, "count_tokens": lambda shown: shown.tokens}):
        window = await messages.window(tenant, session_id=session.id, **given)  # type: ignore[arg-type]
        assert [message.position for message in window.messages] == [1, 9, 10, 11], given
        assert (window.tokens, window.is_cut) == (26, True)


async def test_the_archive_and_a_dump_keep_them(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    old = (await sessions.start(tenant, agent_id=agent.id, started_at=datetime(2020, 1, 1, tzinfo=UTC))).session
    given = await _converse(tenant, old)
    before = await _all(tenant, old)
    rows = fetch(dsn, "SELECT to_jsonb(m)::text FROM memdb.messages AS m ORDER BY position")
    admin = db.admin(tenant.org_id)
    assert (await archives.archive(admin, idle_since=datetime.now(UTC) + timedelta(days=1))).messages == len(given)
    assert await _all(tenant, old) == before
    exported = [row async for row in archives.export(admin, id=old.id)]
    await archives.leave(admin, id=old.id, archived_to="x", messages=len(exported))
    with_parts = next(n for n, row in enumerate(exported) if row["parts"])
    for change in ({"parts": None}, {"parts": '[{"type":"text"}]'}, {"calls": "[]"}, {"parts": "["}):
        with pytest.raises(InvalidInput, match=r"^rows must"):
            await archives.bring_back(admin, id=old.id, rows=[exported[with_parts] | change])
    await archives.bring_back(admin, id=old.id, rows=exported)
    file = io.BytesIO()
    await backup.dump(admin, file)
    await archives.restore(admin, id=old.id)
    assert await _all(tenant, old) == before
    assert fetch(dsn, "SELECT to_jsonb(m)::text FROM memdb.messages AS m ORDER BY position") == rows
    file.seek(0)
    copy = db.tenant((await backup.restore(db, file, org_id=uuid.uuid4(), slug="copy")).organization.id)
    _assert_as_given(await _all(copy, old), given)
