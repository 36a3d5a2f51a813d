"""MemdbSession, as the OpenAI Agents SDK uses it, and by what its contract says."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

pytest.importorskip("agents")

from agents import Agent, Runner, SessionSettings
from agents.memory import Session
from agents.testing import ScriptedModel
from openai.types.responses import ResponseOutputMessage, ResponseOutputText

import memdb
from memdb import retention, transcripts, users
from memdb.adapters.openai_agents import MemdbSession
from memdb.engine.database import Database, Pooled, Tenant
from memdb.errors import InvalidInput, NotFound, PoolClosed, TenantRequired, UnderLegalHold
from tests.conftest import Home

ROOT = Path(memdb.__file__).parents[1]


@pytest.fixture
async def session(tenant: Tenant) -> MemdbSession:
    return MemdbSession("s", tenant)


def _answer(text: str) -> ResponseOutputMessage:
    content = ResponseOutputText(text=text, type="output_text", annotations=[], logprobs=[])
    return ResponseOutputMessage(id="m", content=[content], role="assistant", status="completed", type="message")


ITEMS: list[Any] = [
    {"role": "user", "content": "Hello."},
    {"role": "user", "content": "Hello."},
    {"id": None, "type": "reasoning", "summary": []},
    {"type": "function_call_output", "call_id": "c", "output": "nul \0, lone \ud800, and ü"},
    {"z": 1, "a": {"y": math.inf, "b": -0.0}, "m": [2**70, 1e300]},
    "plain",
    5,
    None,
]


async def test_items_come_back_as_they_went_in(session: MemdbSession) -> None:
    assert isinstance(session, Session)
    await session.add_items(ITEMS)
    assert list(map(json.dumps, await session.get_items())) == list(map(json.dumps, ITEMS))
    assert list(map(json.dumps, await session.get_items(limit=2))) == ["5", "null"]
    assert await session.get_items(limit=0) == []
    assert [await session.pop_item() for _ in range(3)] == ITEMS[:-4:-1]
    await session.add_items([])
    await session.clear_session()
    assert await session.get_items() == []
    assert await session.pop_item() is None
    await session.clear_session()
    await session.add_items(ITEMS[:2])
    assert await session.get_items() == ITEMS[:2]


async def test_nothing_makes_no_session(tenant: Tenant) -> None:
    session = MemdbSession("", tenant)
    await session.add_items([])
    with pytest.raises(InvalidInput, match="items"):
        await session.add_items([{"role": "user", "content": "right"}, {"content": b"no JSON"}])  # type: ignore[list-item]
    with pytest.raises(InvalidInput, match="limit"):
        await session.get_items(limit=-1)
    assert await transcripts.page(tenant, namespace="openai-agents") == []


async def test_batches_stay_together_and_each_pop_has_its_own(session: MemdbSession) -> None:
    batches = [[{"batch": batch, "item": item} for item in range(3)] for batch in range(10)]
    await asyncio.gather(*(session.add_items(batch) for batch in batches))  # type: ignore[arg-type]
    found = await session.get_items()
    assert sorted((found[start : start + 3] for start in range(0, 30, 3)), key=str) == sorted(batches, key=str)
    popped = await asyncio.gather(*(session.pop_item() for _ in range(30)))
    assert sorted(map(str, popped)) == sorted(map(str, found))
    assert await session.get_items() == []


@pytest.mark.parametrize("method", ["add_items", "pop_item", "clear_session"])
async def test_a_change_ends_although_its_caller_is_cancelled(session: MemdbSession, method: str) -> None:
    """A cancelled caller is told so when the change is made: not before, and not that it was undone."""
    await session.add_items([{"n": 1}, {"n": 2}])
    sent, go_on = asyncio.Event(), asyncio.Event()
    real = Pooled._fetch

    async def held(self: Pooled, statement: str, arguments: list[Any]) -> Any:
        sent.set()
        await go_on.wait()
        return await real(self, statement, arguments)

    with patch.object(Pooled, "_fetch", held):
        task = asyncio.ensure_future(getattr(session, method)(*([[{"n": 3}]] if method == "add_items" else [])))
        await sent.wait()
        for _ in range(2):
            task.cancel()
            await asyncio.sleep(0)
        assert not task.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
    expected = {"add_items": [1, 2, 3], "pop_item": [1], "clear_session": []}[method]
    assert [each["n"] for each in await session.get_items()] == expected  # type: ignore[typeddict-item]


async def test_the_limit_of_the_settings(tenant: Tenant) -> None:
    for settings in (SessionSettings(limit=2), {"limit": 2}):
        session = MemdbSession("s", tenant, settings)  # type: ignore[arg-type]
        await session.clear_session()
        await session.add_items([{"n": number} for number in range(5)])  # type: ignore[typeddict-unknown-key]
        assert [len(await session.get_items(limit=limit)) for limit in (None, 1, 4)] == [2, 1, 4]
    assert MemdbSession("s", tenant).session_settings == SessionSettings()


async def test_a_runner_goes_on_with_a_session(session: MemdbSession) -> None:
    """Awaited, streamed, and on an event loop of its own in another thread."""
    model = ScriptedModel()
    agent = Agent(name="helper", model=model)

    def wait() -> None:
        with asyncio.Runner() as runner:
            runner.run(Runner.run(agent, "Who am I?", session=session))

    model.enqueue([_answer("Hello, Ada.")])
    await Runner.run(agent, "I am Ada.", session=session)
    model.enqueue([_answer("You are Ada.")])
    await asyncio.to_thread(wait)
    model.enqueue([_answer("Still Ada.")])
    streamed = Runner.run_streamed(agent, "And now?", session=session)
    async for _ in streamed.stream_events():
        pass
    items: list[Any] = await session.get_items()
    assert [each["role"] for each in items] == ["user", "assistant"] * 3
    assert len(model.calls[-1].input) == 5


async def test_sessions_and_tenants_do_not_meet(tenant: Tenant, rival: Home) -> None:
    sessions = [MemdbSession(id, on) for id in ("s", "S") for on in (tenant, rival.tenant)]
    for number, each in enumerate(sessions):
        await each.add_items([{"n": number}])  # type: ignore[typeddict-unknown-key]
    assert [await each.get_items() for each in sessions] == [[{"n": number}] for number in range(4)]
    await transcripts.append(tenant, id="s", items=["another application's"])
    assert len(await sessions[0].get_items()) == 1


async def test_holds_and_erasures_reach_a_session(tenant: Tenant, db: Database) -> None:
    ada = await users.create(tenant, email="ada@example.com")
    session = MemdbSession("s", tenant, user_id=ada.id)
    await session.add_items([{"n": 1}])  # type: ignore[typeddict-unknown-key]
    await retention.hold(db.admin(tenant.org_id), name="case", user_id=ada.id)
    with pytest.raises(UnderLegalHold, match="case"):
        await session.clear_session()
    await retention.release_hold(db.admin(tenant.org_id), name="case")
    await retention.erase_user(db.admin(tenant.org_id), user_id=ada.id)
    assert await session.get_items() == []


async def test_what_is_wrong_is_named(tenant: Tenant, db: Database, dsn: str) -> None:
    for wrong in ((5, tenant), ("s", db), ("s", None)):
        with pytest.raises(InvalidInput):
            MemdbSession(*wrong)  # type: ignore[arg-type]
    with pytest.raises(TenantRequired, match="MemdbSession"):
        MemdbSession("s", db.admin())
    with pytest.raises(InvalidInput, match="bytes"):
        await MemdbSession("ü" * 1000, tenant).add_items([{}])  # type: ignore[typeddict-item]
    with pytest.raises(NotFound, match="user"):
        await MemdbSession("s", tenant, user_id=tenant.org_id).add_items([{}])  # type: ignore[typeddict-item]
    async with memdb.connect(dsn) as other:
        session = MemdbSession("s", other.tenant(tenant.org_id))
    with pytest.raises(PoolClosed):
        await session.add_items([{}])  # type: ignore[typeddict-item]

    async def elsewhere() -> MemdbSession:
        async with memdb.connect(dsn) as there:
            return MemdbSession("s", there.tenant(tenant.org_id))

    with pytest.raises(PoolClosed, match="event loop"):
        await (await asyncio.to_thread(asyncio.run, elsewhere())).get_items()


async def test_a_session_from_a_url(dsn: str, tenant: Tenant) -> None:
    session = MemdbSession.from_url("s", url=dsn.replace("postgresql://", "postgresql+asyncpg://"), create_tables=True)
    await asyncio.gather(*(session.add_items([{"n": number}]) for number in range(5)))  # type: ignore[typeddict-unknown-key]
    # In any thread, also while this one's event loop stands still.
    with ThreadPoolExecutor() as threads:
        threads.submit(asyncio.run, session.add_items([{"n": 5}])).result()  # type: ignore[typeddict-unknown-key]
    session.close()
    with pytest.raises(PoolClosed):
        await session.get_items()
    async with MemdbSession.from_url("s", url=dsn) as again:
        assert len(await again.get_items()) == 6
    async with MemdbSession.from_url("s", url=dsn, org_id=tenant.org_id) as other:
        assert await other.get_items() == []


def test_a_session_is_used_by_one_run_after_the_other(dsn: str) -> None:
    session = MemdbSession.from_url("s", url=dsn)
    for number in range(2):
        asyncio.run(session.add_items([{"n": number}]))  # type: ignore[typeddict-unknown-key]
    assert len(asyncio.run(session.get_items())) == 2
    session.close()


async def test_the_example_runs(dsn: str) -> None:
    spec = importlib.util.spec_from_file_location("openai_agents_session", ROOT / "examples" / "openai_agents_session.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    assert await example.main(dsn) == ["I am Ada.", "Hello, Ada.", "Who am I?", "You are Ada."]


def test_memdb_imports_none_of_it() -> None:
    code = "import sys, memdb, memdb.adapters; memdb.transcripts.append; assert not {'agents', 'openai'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    code = (
        "import sys; sys.modules['agents.items'] = None\n"
        "from memdb.errors import ExtraMissing\n"
        "try:\n    import memdb.adapters.openai_agents\nexcept ExtraMissing as error:\n    assert '[openai-agents]' in str(error)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
