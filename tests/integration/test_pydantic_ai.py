"""MemdbConversationStore, beside pydantic-ai's own store in memory, and by what its contract says."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("pydantic_ai")

from pydantic_ai import Agent, DeferredToolRequests, RequestUsage, RunUsage, UserError
from pydantic_ai.conversation import Conversation
from pydantic_ai.conversation_store import (
    ConversationConflict,
    ConversationEntry,
    ConversationRecord,
    ConversationStore,
    InMemoryConversationStore,
)
from pydantic_ai.messages import (
    BinaryContent,
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models.test import TestModel

import memdb
from memdb import retention, users
from memdb.adapters.pydantic_ai import MemdbConversationStore
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput, NotFound, PoolClosed, TenantRequired, UnderLegalHold
from tests.conftest import Home, settle

ROOT = Path(memdb.__file__).parents[1]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def store(tenant: Tenant) -> MemdbConversationStore:
    return MemdbConversationStore(tenant)


def _said(text: str) -> ModelMessage:
    return ModelRequest(parts=[UserPromptPart(content=text, timestamp=NOW)])


def _texts(conversation: Conversation | None) -> str | None:
    if conversation is None:
        return None
    return "".join(str(part.content) for message in conversation.messages for part in message.parts)  # type: ignore[union-attr]


MESSAGES: list[ModelMessage] = [
    ModelRequest(parts=[UserPromptPart(content=["see", BinaryContent(b"\0\xff", media_type="application/pdf"), "nul \0"], timestamp=NOW)]),
    ModelResponse(
        parts=[TextPart(""), ToolCallPart("look", {"z": 1, "a": [None, 2**70, -0.0]}, tool_call_id="c")],
        usage=RequestUsage(input_tokens=3),
        timestamp=NOW,
    ),
    ModelRequest(parts=[ToolReturnPart("look", {"ü": "\U0001f600"}, tool_call_id="c", timestamp=NOW)], instructions="Be brief."),
    ModelResponse(parts=[TextPart("ok")], timestamp=NOW, provider_details={"b": 1, "a": 2}),
]


async def test_a_conversation_comes_back_as_it_was_saved(store: MemdbConversationStore) -> None:
    pending = DeferredToolRequests(approvals=[ToolCallPart("pay", '{"sum": 1}', tool_call_id="p")], metadata={"p": {"why": "much"}})
    usage = RunUsage(requests=2, input_tokens=5, tool_calls=1, details={"cached": 3})
    given = Conversation(conversation_id="c", messages=list(MESSAGES), usage=usage, deferred_tool_requests=pending)
    entries = await store.save(given, scope="ada")
    loaded = await store.load("c")
    assert loaded is not None
    assert loaded.messages == MESSAGES
    assert (loaded.usage, loaded.deferred_tool_requests, loaded.revision) == (usage, pending, given.revision)
    assert await store.load_entries("c") == entries
    assert await store.load_entries("c", limit=2) == entries[-2:]
    assert [await store.read_entry(each.id) for each in entries] == entries
    record = await store.read_record("c")
    assert record is not None
    assert (record.conversation_id, record.head_id, record.scope, record.branches) == ("c", entries[-1].id, "ada", [])
    loaded.messages.append(_said("changed"))
    assert await store.load_entries("c") == entries


async def test_an_agent_goes_on_with_a_conversation(store: MemdbConversationStore) -> None:
    agent = Agent(TestModel(custom_output_text="Hello."))
    conversation = Conversation(conversation_id="c")
    for number in range(3):
        await store.save(await agent.run(f"{number}", conversation=conversation))
        conversation = await store.load("c", limit=2)  # type: ignore[assignment]
    loaded = await store.load("c")
    assert loaded is not None
    assert len(loaded.messages) == 6
    assert loaded.usage.requests == 3


class Both:
    """The same done to a store in memory and to memdb's, whose ids differ: what is seen of both must be equal."""

    def __init__(self, stores: list[ConversationStore], prefix: str) -> None:
        self.stores = stores
        self.prefix = prefix
        self.held: list[dict[str, Conversation]] = [{} for _ in stores]
        self.names: list[dict[str, str]] = [{} for _ in stores]

    async def do(self, step: tuple[Any, ...]) -> None:
        seen = []
        for place, store in enumerate(self.stores):
            try:
                seen.append(await self._done(place, store, *step))
            except (UserError, LookupError) as error:
                seen.append((type(error).__name__,))
        assert seen[0] == seen[1], step

    def _named(self, place: int, ids: list[str]) -> list[str]:
        """Entries are numbered as they are met, which is in one order in both."""
        names = self.names[place]
        return [names.setdefault(id, f"e{len(names)}") for id in ids]

    def _id(self, place: int, number: int) -> str:
        names = self.names[place]
        return list(names)[number % len(names)] if names else "unknown"

    async def _done(self, place: int, store: ConversationStore, kind: str, which: str, other: str, number: int, texts: str) -> Any:
        held, id = self.held[place], self.prefix + which
        if kind == "load":
            loaded = await store.load(id, limit=None if number > 4 else number, scope=other if number == 3 else None)
            if loaded is not None:
                held[id] = loaded
        elif kind == "save":
            conversation = held.setdefault(id, Conversation(conversation_id=id))
            if number == 0:
                # Rewritten, rather than extended.
                conversation.messages = conversation.messages[: len(texts)]
            conversation.messages += [_said(text) for text in texts]
            conversation.usage = RunUsage(requests=number)
            return self._named(place, [each.id for each in await store.save(conversation, scope=other if number == 3 else None)])
        elif kind == "branch":
            record = await store.read_record(id)
            revision = record.revision if record and number != 5 else "stale"
            place_of = {"at": number} if number % 2 else {"from_entry": self._id(place, number)}
            held[id] = await store.branch(id, expected_revision=revision, **place_of)  # type: ignore[arg-type]
        elif kind == "fork":
            place_of = {} if number == 1 else {"at": number} if number % 2 else {"from_entry": self._id(place, number)}
            made = await store.fork(id, new_conversation_id=self.prefix + other, **place_of)  # type: ignore[arg-type]
            held[self.prefix + other] = made
        elif kind == "delete":
            await store.delete(id, scope=other if number == 3 else None)
            if number > 3:
                held.pop(id, None)
        return await self._all(place, store)

    async def _all(self, place: int, store: ConversationStore) -> Any:
        told: list[Any] = []
        for name in "abc":
            record = await store.read_record(self.prefix + name)
            if record is None:
                told.append(None)
                continue
            line = await store.read_history(record.head_id)
            branches = [self._named(place, [each.id for each in await store.read_history(tip)]) for tip in record.branches]
            parents = [each.parent_id and self._named(place, [each.parent_id]) for each in line]
            entries = [(self._named(place, [each.id]), parents[at], each.message, each.kind) for at, each in enumerate(line)]
            plain = replace(record, head_id=None, forked_at=None, branches=[], revision="", updated_at=NOW)
            told.append((entries, branches, plain, record.forked_at and self._named(place, [record.forked_at])))
        entries_there = []
        for id, name in self.names[place].items():
            try:
                entries_there.append((name, (await store.read_entry(id)).message))
            except LookupError:
                entries_there.append((name, None))
        return told, entries_there


@pytest.fixture
def both(dsn: str) -> Iterator[tuple[asyncio.Runner, MemdbConversationStore]]:
    with asyncio.Runner() as runner:

        async def connected() -> Database:
            return await memdb.connect(dsn, timeout=20.0)

        db = runner.run(connected())
        yield runner, MemdbConversationStore(runner.run(settle(db, "acme")).tenant)
        runner.run(db.close())


_STEP = st.tuples(
    st.sampled_from(["load", "save", "save", "save", "branch", "branch", "fork", "delete"]),
    st.sampled_from("ab"),
    st.sampled_from("abc"),
    st.integers(0, 9),
    st.text("xy", max_size=3),
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_STEP, min_size=4, max_size=14))
def test_a_store_is_what_the_one_in_memory_is(both: tuple[asyncio.Runner, MemdbConversationStore], steps: list[tuple[Any, ...]]) -> None:
    runner, store = both
    beside = Both([InMemoryConversationStore(), store], uuid.uuid4().hex)

    async def follow() -> None:
        try:
            for step in steps:
                await beside.do(step)
        finally:
            for name in "abc":
                await store.delete(beside.prefix + name)

    runner.run(follow())


async def test_one_of_many_writers_saves(store: MemdbConversationStore) -> None:
    await store.save(Conversation(conversation_id="c", messages=[_said("x")]))

    async def attempt(number: int) -> bool:
        conversation = await store.load("c")
        assert conversation is not None
        conversation.messages.append(_said(str(number)))
        await asyncio.sleep(0)
        try:
            await store.save(conversation)
        except ConversationConflict:
            return False
        return True

    for turn in range(2):
        # All have loaded before the first one saves, or see what it saved.
        won = sum(await asyncio.gather(*map(attempt, range(16))))
        assert won >= 1
        entries = await store.load_entries("c")
        assert entries is not None
        assert len(entries) >= 2 + turn
    new = Conversation(conversation_id="new", messages=[_said("x")])
    twice = await asyncio.gather(store.save(new), store.save(replace(new)), return_exceptions=True)
    assert sum(isinstance(each, ConversationConflict) for each in twice) == 1


async def test_what_the_primitives_refuse(store: MemdbConversationStore) -> None:
    first, second = (ConversationEntry(id=id, parent_id=None, message=_said(id)) for id in ("1", "2"))
    record = ConversationRecord(conversation_id="c", head_id="2")
    for new in ([first, second], [first]):
        with pytest.raises(UserError, match="new_entries"):
            await store.write_record(record, new_entries=new, expected_revision=None)
    with pytest.raises(ConversationConflict):
        await store.write_record(record, expected_revision=None)
    await store.write_record(record, new_entries=[first, replace(second, parent_id="1")], expected_revision=None)
    for expected in (None, "stale"):
        with pytest.raises(ConversationConflict):
            await store.write_record(record, expected_revision=expected)
    with pytest.raises(ConversationConflict):
        await store.delete_record("c", expected_revision="stale")
    with pytest.raises(KeyError, match="3"):
        await store.read_entry("3")
    with pytest.raises(KeyError):
        await store.read_history("3")
    assert await store.read_history("2", limit=0) == await store.read_history(None) == []


async def test_conversations_are_listed_the_last_saved_first(store: MemdbConversationStore) -> None:
    for number in range(5):
        scope = "even" if number % 2 == 0 else None
        await store.write_record(
            ConversationRecord(conversation_id=str(number), head_id=None, scope=scope, updated_at=NOW + timedelta(microseconds=number)),
            expected_revision=None,
        )
    for arguments, expected in (
        ({}, "43210"),
        ({"limit": 2}, "43"),
        ({"limit": 0}, ""),
        ({"scope": "even"}, "420"),
        ({"scope": "none"}, ""),
    ):
        assert "".join(each.conversation_id for each in await store.list_conversations(**arguments)) == expected  # type: ignore[arg-type]
    assert (await store.list_conversations())[0].updated_at == NOW + timedelta(microseconds=4)


async def test_tenants_do_not_meet_and_holds_are_kept(tenant: Tenant, rival: Home, db: Database) -> None:
    ada = await users.create(tenant, email="ada@example.com")
    store, other = MemdbConversationStore(tenant, user_id=ada.id), MemdbConversationStore(rival.tenant)
    (entry,) = await store.save(Conversation(conversation_id="c", messages=[_said("x")]))
    assert await other.load("c") is None
    with pytest.raises(KeyError):
        await other.read_entry(entry.id)
    with pytest.raises(ConversationConflict):
        await other.write_record(ConversationRecord(conversation_id="f", head_id=entry.id), expected_revision=None)
    await retention.hold(db.admin(tenant.org_id), name="case", user_id=ada.id)
    with pytest.raises(UnderLegalHold, match="case"):
        await store.delete("c")
    await retention.release_hold(db.admin(tenant.org_id), name="case")
    await MemdbConversationStore(tenant).fork("c", new_conversation_id="f")
    await retention.erase_user(db.admin(tenant.org_id), user_id=ada.id)
    assert (await store.load("c"), _texts(await store.load("f"))) == (None, "x")


async def test_what_is_wrong_is_named(tenant: Tenant, db: Database, dsn: str) -> None:
    with pytest.raises(InvalidInput, match="tenant"):
        MemdbConversationStore(db)  # type: ignore[arg-type]
    with pytest.raises(TenantRequired, match="MemdbConversationStore"):
        MemdbConversationStore(db.admin())
    with pytest.raises(InvalidInput, match="bytes"):
        await MemdbConversationStore(tenant).save(Conversation(conversation_id="ü" * 1000))
    with pytest.raises(UserError, match="cannot be stored"):
        await MemdbConversationStore(tenant).save(Conversation(conversation_id="c", messages=[_said("lone \ud800")]))
    with pytest.raises(NotFound, match="user"):
        await MemdbConversationStore(tenant, user_id=tenant.org_id).save(Conversation(conversation_id="c"))
    async with MemdbConversationStore.from_url(dsn) as store:
        assert await store.load("c") is None
    with pytest.raises(PoolClosed):
        await store.load("c")


async def test_the_example_runs(dsn: str) -> None:
    spec = importlib.util.spec_from_file_location("pydantic_ai_conversation", ROOT / "examples" / "pydantic_ai_conversation.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    assert await example.main(dsn) == [
        "I am Ada. / Hello, Ada. / Who am I? / You are Ada.",
        "I am Ada. / Hello, Ada. / Do you know me? / Ada, of course.",
    ]


def test_memdb_imports_none_of_it() -> None:
    code = "import sys, memdb, memdb.adapters; memdb.transcripts.append; assert not {'pydantic', 'pydantic_ai'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
