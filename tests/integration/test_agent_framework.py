"""MemdbHistoryProvider and MemdbSessionStore: by their contracts, and beside the Agent Framework's own."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

pytest.importorskip("agent_framework")

from agent_framework import AgentSession, Content, FileHistoryProvider, HistoryProvider, InMemoryHistoryProvider, Message, SessionStore

import memdb
from memdb import items, retention, transcripts, users
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput, NotFound, PoolClosed, TenantRequired, UnderLegalHold
from tests.conftest import Home

with warnings.catch_warnings():
    # What a store of sessions is may change, it says.
    warnings.simplefilter("ignore")
    from memdb.adapters.agent_framework import MemdbHistoryProvider, MemdbSessionStore

ROOT = Path(memdb.__file__).parents[1]

pytestmark = pytest.mark.filterwarnings("ignore::agent_framework._feature_stage.ExperimentalWarning")


@pytest.fixture
async def history(tenant: Tenant) -> MemdbHistoryProvider:
    return MemdbHistoryProvider(tenant)


@pytest.fixture
async def store(tenant: Tenant) -> MemdbSessionStore:
    return MemdbSessionStore(tenant)


def _said(*texts: str, role: str = "user", id: str | None = None) -> list[Message]:
    return [Message(role, [text], message_id=id) for text in texts]


def _texts(messages: list[Message]) -> list[str]:
    return [each.text for each in messages]


async def test_messages_come_back_as_they_were_saved(history: MemdbHistoryProvider) -> None:
    messages = [
        *_said("Hello.", "nul \0, lone \ud800, and ü", ""),
        Message("assistant", [Content.from_function_call("c", "look", arguments={"z": 1, "a": [None, 2**70]})], author_name="helper"),
        Message("tool", [Content.from_function_result("c", result="found")], message_id="m"),
        Message("user", [Content.from_data(b"\0\xff", "application/pdf")], additional_properties={"k": {"b": 1, "a": 2}}),
    ]
    assert await history.get_messages("s") == []
    await history.save_messages("s", messages)
    await history.save_messages("s", [])
    found = await history.get_messages("s")
    assert [each.to_dict() for each in found] == [each.to_dict() for each in messages]
    found[0].contents.clear()
    assert (await history.get_messages("s"))[0].text == "Hello."
    await history.save_messages(None, _said("none"), state={})
    assert _texts(await history.get_messages("")) == _texts(await history.get_messages("default")) == ["none"]
    await history.clear("s")
    await history.clear("s")
    assert await history.get_messages("s") == []


async def test_what_is_replayed_is_not_added_again(history: MemdbHistoryProvider, tmp_path: Path) -> None:
    """As by the framework's own providers: the end of a session, or all of it, at the beginning of what is saved."""
    saves = [
        _said("a"),
        _said("a"),
        _said("b", role="assistant"),
        _said("b", role="assistant") + _said("c", "d"),
        _said("c", "d") + _said("e", role="assistant"),
        _said("x", "y", id="1"),
        _said("x", "y", id="1"),
        _said("a", "a") + _said("b", role="assistant") + _said("c", "d"),
        _said("d"),
        _said("z"),
        _said("z"),
    ]
    theirs: list[tuple[HistoryProvider, dict[str, Any]]] = [(InMemoryHistoryProvider(), {}), (FileHistoryProvider(tmp_path), {})]
    for number, messages in enumerate(saves):
        for provider, state in [*theirs, (history, {})]:
            await provider.save_messages("s", messages, state=state)
        expected = [_texts(await provider.get_messages("s", state=state)) for provider, state in theirs]
        assert [_texts(await history.get_messages("s"))] * 2 == expected, number
    # All that there is, and more.
    for last in (0, 1):
        replayed = [*await history.get_messages("s"), *_said("w")][last:]
        for provider, state in [*theirs, (history, {})]:
            await provider.save_messages("s", replayed, state=state)
        assert _texts(await history.get_messages("s")) == _texts(await theirs[1][0].get_messages("s"))


async def test_batches_stay_together(history: MemdbHistoryProvider) -> None:
    batches = [_said(*(f"{batch}.{item}" for item in range(3))) for batch in range(16)]
    await asyncio.gather(*(history.save_messages("s", batch) for batch in batches))
    found = _texts(await history.get_messages("s"))
    assert sorted(found[start : start + 3] for start in range(0, 48, 3)) == sorted(map(_texts, batches))


async def test_what_is_excluded_is_left_out_on_request(tenant: Tenant, history: MemdbHistoryProvider) -> None:
    await history.save_messages("s", [*_said("a"), Message("user", ["b"], additional_properties={"_excluded": True})])
    assert _texts(await history.get_messages("s")) == ["a", "b"]
    assert _texts(await MemdbHistoryProvider(tenant, skip_excluded=True).get_messages("s")) == ["a"]


async def test_sources_do_not_meet(tenant: Tenant, history: MemdbHistoryProvider) -> None:
    audit = MemdbHistoryProvider(tenant, source_id="audit", load_messages=False, store_inputs=False)
    await audit.save_messages("s", _said("a"))
    assert await history.get_messages("s") == []
    assert (audit.source_id, audit.load_messages, audit.store_inputs, audit.store_outputs) == ("audit", False, False, True)
    assert history.source_id == "memdb"


async def test_sessions_are_put_and_read_as_a_whole(store: MemdbSessionStore) -> None:
    theirs = SessionStore()
    for each in (theirs, store):
        session = AgentSession(session_id="other", service_session_id={"id": "x"})
        session.state = {"messages": _said("Hello."), "n": {"z": 1, "a": [1.5, None, (1, 2)]}, "nul": "\0"}
        await each.set("s", session)
        session.state["n"]["z"] = 2
        found = await each.get("s")
        assert found is not None
        assert (found.session_id, found.service_session_id) == ("other", {"id": "x"})
        assert (found.state["messages"][0].text, found.state["n"]["z"], found.state["nul"]) == ("Hello.", 1, "\0")
        found.state.clear()
        again = await each.get("s")
        assert again is not None
        assert again.state["n"]["z"] == 1
        await each.set("s", AgentSession(session_id="new"))
        replaced = await each.get("s")
        assert replaced is not None
        assert (replaced.session_id, replaced.state) == ("new", {})
        await each.delete("s")
        await each.delete("s")
        assert await each.get("s") is None
        for call in (each.get, each.delete):
            with pytest.raises(ValueError, match="session_id"):
                await call("")
        with pytest.raises(ValueError, match="session_id"):
            await each.set("", session)


async def test_what_is_refused(store: MemdbSessionStore, history: MemdbHistoryProvider, tenant: Tenant, db: Database, dsn: str) -> None:
    class Other(AgentSession):
        pass

    for session in (Other(), {"session_id": "s"}):
        with pytest.raises(TypeError, match="AgentSession"):
            await store.set("s", session)  # type: ignore[arg-type]
    session = AgentSession()
    session.state["x"] = object()
    with pytest.warns(RuntimeWarning, match="state.x"), pytest.raises(InvalidInput, match="JSON"):
        await store.set("s", session)
    session.state["x"] = "x" * (16 * 1024 * 1024)
    with pytest.raises(InvalidInput):
        await store.set("s", session)
    for id in ("x" * 1025, "\0"):
        with pytest.raises(InvalidInput):
            await store.set(id, AgentSession())
        with pytest.raises(InvalidInput):
            await history.save_messages(id, _said("x"))
    with pytest.raises(InvalidInput, match="messages must be"):
        await history.save_messages("s", ["x"])  # type: ignore[list-item]
    assert await items.count(tenant) == 0
    for make in (MemdbHistoryProvider, MemdbSessionStore):
        with pytest.raises(TenantRequired):
            make(db.admin())
        with pytest.raises(InvalidInput, match="tenant"):
            make(dsn)  # type: ignore[arg-type]
    for source in ("", "x" * 481, None):
        with pytest.raises(InvalidInput, match="source_id"):
            MemdbHistoryProvider(tenant, source_id=source)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        await MemdbHistoryProvider(tenant, agent_id=uuid4()).save_messages("s", _said("x"))


async def test_tenants_do_not_meet_and_holds_are_kept(tenant: Tenant, rival: Home, db: Database) -> None:
    ada = await users.create(tenant, email="ada@example.com")
    history, store = MemdbHistoryProvider(tenant, user_id=ada.id), MemdbSessionStore(tenant, user_id=ada.id)
    await history.save_messages("s", _said("x"))
    await store.set("s", AgentSession())
    assert await MemdbHistoryProvider(rival.tenant).get_messages("s") == []
    assert await MemdbSessionStore(rival.tenant).get("s") is None
    await retention.hold(db.admin(tenant.org_id), name="case", user_id=ada.id)
    for call in (history.clear, store.delete):
        with pytest.raises(UnderLegalHold):
            await call("s")
    await retention.release_hold(db.admin(tenant.org_id), name="case")
    await retention.erase_user(db.admin(tenant.org_id), user_id=ada.id)
    assert await history.get_messages("s") == []
    assert await store.get("s") is None


def test_what_is_of_a_url_works_on_any_loop_and_thread(dsn: str) -> None:
    history, store = MemdbHistoryProvider.from_url(dsn, source_id="x"), MemdbSessionStore.from_url(dsn)
    asyncio.run(history.save_messages("s", _said("x")))
    with ThreadPoolExecutor() as threads:
        assert _texts(threads.submit(asyncio.run, history.get_messages("s")).result()) == ["x"]
        threads.submit(asyncio.run, store.set("s", AgentSession(session_id="y"))).result()
    found = asyncio.run(store.get("s"))
    assert found is not None
    assert found.session_id == "y"
    for closed, call in ((history, history.get_messages), (store, store.get)):
        asyncio.run(closed.close())
        with pytest.raises(PoolClosed):
            asyncio.run(call("s"))


async def test_the_example_runs(dsn: str, tenant: Tenant) -> None:
    spec = importlib.util.spec_from_file_location("agent_framework_history", ROOT / "examples" / "agent_framework_history.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    assert await example.main(dsn) == ["I am Ada.", "I see 1.", "Who am I?", "I see 3."]
    assert await transcripts.page(tenant, namespace="agent-framework/memdb") == []


def test_memdb_imports_none_of_it() -> None:
    code = "import sys, memdb, memdb.adapters; memdb.transcripts.append; assert 'agent_framework' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    code = (
        "import sys; sys.modules['agent_framework'] = None\nfrom memdb.errors import ExtraMissing\n"
        "try:\n    import memdb.adapters.agent_framework\nexcept ExtraMissing as error:\n    assert '[agent-framework]' in str(error)"
        "\nelse:\n    raise AssertionError"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
