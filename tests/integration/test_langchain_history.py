"""MemdbChatMessageHistory, as LangChain uses it."""

from __future__ import annotations

import asyncio
import importlib.util
import math
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, ChatMessage, HumanMessage, SystemMessage, ToolMessage

import memdb
from memdb import retention, transcripts, users
from memdb.adapters.langchain import MemdbChatMessageHistory
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput, NotFound, PoolClosed, TenantRequired, UnderLegalHold
from tests.conftest import Home

ROOT = Path(memdb.__file__).parents[1]


@pytest.fixture
async def history(tenant: Tenant) -> MemdbChatMessageHistory:
    return MemdbChatMessageHistory("s", tenant)


def _said(*texts: str) -> list[BaseMessage]:
    return [HumanMessage(text) for text in texts]


async def test_messages_come_back_as_they_were(history: MemdbChatMessageHistory) -> None:
    call: Any = {"name": "look_up", "args": {"place": "Paris\0", "z": 1, "a": math.inf}, "id": "c1", "type": "tool_call"}
    given: list[BaseMessage] = [
        SystemMessage("Be brief.", id="m1"),
        HumanMessage([{"type": "text", "text": "Where?"}, {"type": "image_url", "image_url": {"url": "data:,"}}], name="Ada"),
        AIMessage("", tool_calls=[call], usage_metadata={"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}),
        ToolMessage("Paris \ud800", tool_call_id="c1", artifact={"raw": [1, 2.5, None]}),
        ChatMessage("?", role="critic"),
        AIMessage("Paris.", additional_kwargs={"seen": True}, response_metadata={"model_name": "m"}),
    ]
    await history.aadd_messages(given)
    await history.aadd_messages([])
    found = await history.aget_messages()
    assert found == given
    assert list(found[2].tool_calls[0]["args"]) == ["place", "z", "a"]  # type: ignore[attr-defined]
    await history.aadd_messages(given[:1])
    assert await history.aget_messages() == [*given, given[0]]
    await history.aclear()
    await history.aclear()
    assert await history.aget_messages() == []


async def test_what_cannot_be_kept_is_named_and_nothing_is_added(history: MemdbChatMessageHistory) -> None:
    class Own(HumanMessage):
        type: Any = "own"

    for wrong, told in (
        ([HumanMessage("good"), "text"], "messages must be LangChain's messages, not str"),
        ([HumanMessage("good"), HumanMessage("x", additional_kwargs={"at": datetime.now(UTC)})], "JSON values only"),
        ([HumanMessage("good"), Own("x")], "read back"),
    ):
        with pytest.raises(InvalidInput, match=told):
            await history.aadd_messages(wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="at most 10000"):
        await history.aadd_messages([HumanMessage("x")] * 10_001)
    assert await history.aget_messages() == []


async def test_batches_of_many_writers_stay_together(history: MemdbChatMessageHistory) -> None:
    batches = [_said(*(f"{batch} {number}" for number in range(3))) for batch in range(10)]
    await asyncio.gather(*map(history.aadd_messages, batches))
    found = await history.aget_messages()
    assert sorted((found[start : start + 3] for start in range(0, 30, 3)), key=str) == sorted(batches, key=str)


async def test_other_threads_and_loops_use_it(history: MemdbChatMessageHistory) -> None:
    def synchronously() -> None:
        history.add_user_message("I am Ada.")
        history.add_ai_message("Hello, Ada.")
        history.add_messages(_said("Who am I?"))
        assert [message.content for message in history.messages] == ["I am Ada.", "Hello, Ada.", "Who am I?"]
        assert str(history) == "Human: I am Ada.\nAI: Hello, Ada.\nHuman: Who am I?"
        asyncio.run(history.aadd_messages(_said("And now?")))
        other = history.of_session("t")
        other.add_messages(_said("another"))
        assert [len(each.messages) for each in (history, other)] == [4, 1]
        other.messages = _said("one", "two")
        with pytest.raises(InvalidInput):
            other.messages = [*_said("three"), "four"]  # type: ignore[list-item]
        assert other.messages == _said("one", "two")
        other.messages = []
        assert other.messages == []
        other.add_messages(_said("more"))
        other.clear()

    await asyncio.to_thread(synchronously)
    assert len(await history.aget_messages()) == 4
    assert await history.of_session("t").aget_messages() == []
    for call in (lambda: history.messages, lambda: history.add_messages(_said("x")), history.clear):
        with pytest.raises(asyncio.InvalidStateError, match="call from another thread"):
            call()
    with pytest.raises(InvalidInput, match="session_id must be a str, not int"):
        history.of_session(5)  # type: ignore[arg-type]


async def test_sessions_and_tenants_do_not_meet(tenant: Tenant, rival: Home) -> None:
    histories = [MemdbChatMessageHistory(id, on) for id in ("s", "S", "") for on in (tenant, rival.tenant)]
    for number, each in enumerate(histories):
        await each.aadd_messages(_said(str(number)))
    assert [await each.aget_messages() for each in histories] == [_said(str(number)) for number in range(6)]
    await transcripts.append(tenant, id="s", items=["another application's"])
    assert len(await histories[0].aget_messages()) == 1
    await histories[1].aclear()
    assert len(await histories[0].aget_messages()) == 1


async def test_holds_erasures_and_transactions_reach_a_session(tenant: Tenant, db: Database) -> None:
    ada = await users.create(tenant, email="ada@example.com")
    history = MemdbChatMessageHistory("s", tenant, user_id=ada.id)
    await history.aadd_messages(_said("Hello."))
    with pytest.raises(ZeroDivisionError):
        async with tenant.transaction() as tx:
            await MemdbChatMessageHistory("s", tx).aadd_messages(_said("undone"))
            raise ZeroDivisionError
    assert await history.aget_messages() == _said("Hello.")
    await retention.hold(db.admin(tenant.org_id), name="case", user_id=ada.id)
    with pytest.raises(UnderLegalHold, match="case"):
        await history.aclear()
    await retention.release_hold(db.admin(tenant.org_id), name="case")
    await retention.erase_user(db.admin(tenant.org_id), user_id=ada.id)
    assert await history.aget_messages() == []


async def test_what_is_wrong_is_named(tenant: Tenant, db: Database, dsn: str) -> None:
    for wrong in ((5, tenant), ("s", db), ("s", None)):
        with pytest.raises(InvalidInput):
            MemdbChatMessageHistory(*wrong)  # type: ignore[arg-type]
    with pytest.raises(TenantRequired, match="MemdbChatMessageHistory"):
        MemdbChatMessageHistory("s", db.admin())
    with pytest.raises(InvalidInput, match="bytes"):
        await MemdbChatMessageHistory("ü" * 1000, tenant).aadd_messages(_said("x"))
    with pytest.raises(NotFound, match="user"):
        await MemdbChatMessageHistory("s", tenant, user_id=tenant.org_id).aadd_messages(_said("x"))
    async with memdb.connect(dsn) as other:
        history = MemdbChatMessageHistory("s", other.tenant(tenant.org_id))
    with pytest.raises(PoolClosed):
        await history.aadd_messages(_said("x"))


def test_from_a_connection_string(dsn: str) -> None:
    with MemdbChatMessageHistory.from_conn_string("s", dsn.replace("postgresql://", "postgresql+psycopg://")) as history:
        history.add_messages(_said("Hello."))
        history.of_session("t").add_messages(_said("Hi."))
    with pytest.raises(PoolClosed):
        _ = history.messages

    async def later() -> list[BaseMessage]:
        async with MemdbChatMessageHistory.from_conn_string("s", dsn) as again:
            return await again.aget_messages()

    assert asyncio.run(later()) == _said("Hello.")


async def test_the_example_runs(dsn: str) -> None:
    spec = importlib.util.spec_from_file_location("langchain_history", ROOT / "examples" / "langchain_history.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    assert await asyncio.to_thread(example.main, dsn) == ["I am Ada.", "Hello, Ada.", "Who am I?", "You are Ada."]


def test_memdb_imports_none_of_it() -> None:
    code = "import sys, memdb, memdb.adapters; memdb.transcripts.append; assert 'langchain_core' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    code = (
        "import sys; sys.modules['langchain_core.chat_history'] = None\n"
        "from memdb.errors import ExtraMissing\n"
        "try:\n    import memdb.adapters.langchain\n"
        "except ExtraMissing as error:\n    assert '[langchain]' in str(error)\nelse:\n    exit(1)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
