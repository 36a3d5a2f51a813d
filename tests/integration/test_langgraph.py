"""MemdbSaver, as LangGraph uses it: beside LangGraph's own saver in memory, and by what its contract says."""

from __future__ import annotations

import asyncio
import enum
import importlib.util
import math
import os
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from operator import add
from pathlib import Path
from typing import Annotated, Any, TypedDict
from unittest.mock import patch

import pytest
from langgraph.channels.delta import DeltaChannel
from langgraph.checkpoint.base import BaseCheckpointSaver, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt

import memdb
from memdb import organizations, threads
from memdb.adapters.langgraph import MemdbSaver
from memdb.engine.database import Database, Pooled, Tenant
from memdb.errors import InvalidInput, NotFound, PoolClosed, TenantRequired
from tests.conftest import Home
from tests.server import fetch

ROOT = Path(memdb.__file__).parents[1]


@pytest.fixture
async def saver(tenant: Tenant) -> MemdbSaver:
    return MemdbSaver(tenant)


class State(TypedDict, total=False):
    total: Annotated[int, add]
    log: Annotated[list[str], add]
    note: str
    asked: str


def _graph(saver: BaseCheckpointSaver[Any]) -> Any:
    """A graph that branches, calls another, waits for a human and fails once."""

    def inner(state: State) -> State:
        return {"log": [f"inner saw {state['total']}"]}

    nested = StateGraph(State)
    nested.add_node("inner", inner)
    nested.add_edge(START, "inner")

    def left(state: State) -> State:
        return {"total": 1, "log": ["left"], "note": "n" * 1000}

    def right(state: State) -> State:
        return {"total": 10, "log": ["right"]}

    def ask(state: State) -> State:
        answer = interrupt({"total": state["total"]})
        if answer == "fail":
            raise RuntimeError("told to fail")
        return {"asked": answer, "log": [f"asked: {answer}"]}

    builder = StateGraph(State)
    for name, node in (("left", left), ("right", right), ("nested", nested.compile()), ("ask", ask)):
        builder.add_node(name, node)
    builder.add_edge(START, "left")
    builder.add_edge(START, "right")
    builder.add_edge(["left", "right"], "nested")
    builder.add_edge("nested", "ask")
    return builder.compile(checkpointer=saver)


def _seen(snapshot: Any) -> Any:
    metadata = {name: value for name, value in snapshot.metadata.items() if name not in ("parents", "run_id", "writes")}
    errors = [(task.name, str(task.error) if task.error else None, [each.value for each in task.interrupts]) for task in snapshot.tasks]
    return snapshot.values, snapshot.next, metadata, errors


async def _told(saver: BaseCheckpointSaver[Any]) -> list[Any]:
    """All that a caller sees of a graph's life: runs, interrupts, an error, a resumption, a fork in the past."""
    graph, told = _graph(saver), []
    config: Any = {"configurable": {"thread_id": "t"}}
    told.append(await graph.ainvoke({"total": 0, "log": []}, config))
    told.append(_seen(await graph.aget_state(config)))
    with pytest.raises(RuntimeError, match="told to fail"):
        await graph.ainvoke(Command(resume="fail"), config)
    told.append(_seen(await graph.aget_state(config)))
    history = [each async for each in graph.aget_state_history(config)]
    past = next(each for each in history if each.next == ("nested",))
    forked = await graph.aupdate_state(past.config, {"total": 100, "log": ["forked"]}, as_node="nested")
    told.append(await graph.ainvoke(None, forked))
    told.append(await graph.ainvoke(Command(resume="yes"), config))
    told.append(await graph.ainvoke({"total": 1000}, config))
    told += [_seen(each) async for each in graph.aget_state_history(config)]
    told += [_seen(each) async for each in graph.aget_state_history(config, filter={"source": "update"})]
    # What is told of an interrupt has an id of its own in each run.
    return [{name: value for name, value in each.items() if name != "__interrupt__"} if isinstance(each, dict) else each for each in told]


async def test_a_graph_lives_as_it_does_in_memory(saver: MemdbSaver) -> None:
    assert await _told(saver) == await _told(InMemorySaver())


def more(values: list[str], writes: list[list[str]]) -> list[str]:
    return [*values, *(item for write in writes for item in write)]


class Growing(TypedDict):
    items: Annotated[list[str], DeltaChannel(more)]


async def test_a_graph_with_a_delta_channel_is_rebuilt(saver: MemdbSaver) -> None:
    builder = StateGraph(Growing)
    builder.add_node("grow", lambda state: {"items": [f"item {len(state['items'])}"]})
    builder.add_edge(START, "grow")
    graph = builder.compile(checkpointer=saver)
    config: Any = {"configurable": {"thread_id": "t"}}
    for number in range(3):
        await graph.ainvoke({"items": [f"given {number}"]}, config)
    state = await graph.aget_state(config)
    assert state.values["items"] == ["given 0", "item 1", "given 1", "item 3", "given 2", "item 5"]
    with pytest.raises(NotImplementedError, match="t"):
        await saver.aprune(["t"])


class Colour(enum.StrEnum):
    RED = "red"


VALUES: dict[str, Any] = {
    "text": "ü",
    "long": "x" * 10_000,
    "nul": "a\0b",
    "number": 2**70,
    "float": 1e300,
    "negative zero": -0.0,
    "infinite": math.inf,
    "truth": True,
    "nothing": None,
    "list": [1, [{2, 3}], {"nul": "\0"}],
    "bytes": b"\0\xff",
    "moment": datetime(2026, 1, 1, tzinfo=UTC),
    "id": uuid.UUID(int=7),
}


def _checkpoint(values: dict[str, Any], **more: Any) -> Any:
    return {
        **empty_checkpoint(),
        "v": 4,
        "id": str(uuid6()),
        "channel_values": values,
        "channel_versions": dict.fromkeys(values, 1),
        **more,
    }


def _config(thread_id: Any = "t", namespace: Any = "", **more: Any) -> Any:
    return {"configurable": {"thread_id": thread_id, "checkpoint_ns": namespace, **more}}


async def test_values_come_back_as_they_were(saver: MemdbSaver, dsn: str) -> None:
    values = VALUES
    checkpoint = _checkpoint(values)
    given = {**checkpoint, "channel_values": dict(values)}
    written = await saver.aput(_config(), checkpoint, {}, dict.fromkeys(values, 1))
    assert checkpoint == given
    # LangGraph's serializer knows no integers of more than 64 bits.
    writes = [(name, value) for name, value in values.items() if name != "number"]
    await saver.aput_writes(written, writes, "task")
    found = await saver.aget_tuple(_config())
    assert found is not None
    assert found.config == written
    assert found.checkpoint["channel_values"] == values
    assert math.copysign(1, found.checkpoint["channel_values"]["negative zero"]) == -1
    assert found.pending_writes == [("task", name, value) for name, value in writes]
    # A text that is the same for long is kept once.
    again = {**checkpoint, "id": str(uuid6())}
    await saver.aput(written, again, {}, {})
    assert (await saver.aget_tuple(_config())).checkpoint == {**again, "channel_values": values}  # type: ignore[union-attr]
    assert fetch(dsn, "SELECT count(*) FROM memdb.thread_values WHERE channel = 'long'") == [(1,)]


async def test_what_is_encrypted_is_nowhere_in_the_clear(tenant: Tenant, dsn: str) -> None:
    class Reversing:
        def encrypt(self, plaintext: bytes) -> tuple[str, bytes]:
            return "reversed", plaintext[::-1]

        def decrypt(self, ciphername: str, ciphertext: bytes) -> bytes:
            return ciphertext[::-1]

    saver = MemdbSaver(tenant, serde=EncryptedSerializer(Reversing(), JsonPlusSerializer()))
    values = {"short": "secret", "long": "secret" * 100, "list": ["secret"], "number": 7}
    written = await saver.aput(_config(), _checkpoint(values), {}, dict.fromkeys(values, 1))
    await saver.aput_writes(written, [("short", "secret")], "task")
    # Not new, and no more in the clear for that.
    await saver.aput(written, _checkpoint(values), {}, {})
    found = [each async for each in saver.alist(None)]
    assert [each.checkpoint["channel_values"] for each in found] == [values, values]
    tables = ("thread_checkpoints", "thread_values", "thread_writes")
    kept = "".join(str(fetch(dsn, f"SELECT string_agg(t::text, '') FROM memdb.{table} AS t")) for table in tables)
    assert "secret" not in kept
    assert b"secret".hex() not in kept


async def test_a_subclass_of_text_is_not_flattened(saver: MemdbSaver) -> None:
    await saver.aput(_config(), _checkpoint({"colour": Colour.RED}), {"source": Colour.RED}, {"colour": 1})  # type: ignore[typeddict-item]
    found = await saver.aget_tuple(_config())
    assert found is not None
    assert found.metadata["source"] == "red"
    assert found.checkpoint["channel_values"]["colour"] == "red"


async def test_each_call_is_one_round_trip(saver: MemdbSaver) -> None:
    calls = 0
    fetch_one = Pooled._fetch

    async def counted(self: Pooled, *arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        return await fetch_one(self, *arguments)

    with patch.object(Pooled, "_fetch", counted):
        written = await saver.aput(_config(), _checkpoint(VALUES), {}, dict.fromkeys(VALUES, 1))
        await saver.aput_writes(written, list({"a": [1], "b": [2]}.items()), "task")
        await saver.aget_tuple(_config())
        await saver.aget_tuple(written)
        assert len([each async for each in saver.alist(_config(), limit=5)]) == 1
        await saver.aget_delta_channel_history(config=written, channels=["a", "b"])
        await saver.acopy_thread("t", "u")
        await saver.aprune(["t", "u"])
        await saver.adelete_for_runs(["run"])
        await saver.adelete_thread("t")
    assert calls == 10


async def test_a_long_history_is_listed_to_its_end(saver: MemdbSaver) -> None:
    config = _config(7)
    for number in range(205):
        config = await saver.aput(config, _checkpoint({"n": number}), {"step": number}, {"n": 1})
    assert config["configurable"]["thread_id"] == "7"
    found = [each async for each in saver.alist(_config(7))]
    assert [each.metadata["step"] for each in found] == list(range(204, -1, -1))
    assert [each.config for each in found[1:]] == [each.parent_config for each in found[:-1]]
    assert [each.metadata["step"] async for each in saver.alist(None, before=found[101].config, limit=101)] == list(range(102, 1, -1))
    assert [each async for each in saver.alist(None, before=_config(7))] == []
    assert [each async for each in saver.alist(None, limit=0)] == []
    assert [each.metadata["step"] async for each in saver.alist(found[3].config)] == [201]
    with pytest.raises(InvalidInput, match="limit must be between 1 and 1000, not -1"):
        await anext(saver.alist(None, limit=-1))


async def test_two_who_go_on_from_one_checkpoint_have_values_of_their_own(saver: MemdbSaver) -> None:
    start = await saver.aput(_config(), _checkpoint({}), {}, {})
    for value in (["left"], ["right"]):
        version = saver.get_next_version(None, None)
        await saver.aput(start, _checkpoint({"a": value}, channel_versions={"a": version}), {}, {"a": version})
    found = [each async for each in saver.alist(_config())]
    assert [each.checkpoint["channel_values"] for each in found[:2]] == [{"a": ["right"]}, {"a": ["left"]}]
    assert saver.get_next_version(7, None).startswith(f"{8:032}.")
    assert saver.get_next_version(f"{9:032}.5", None) > f"{9:032}.5"


async def test_what_another_tenant_has_is_not_there(saver: MemdbSaver, rival: Home) -> None:
    written = await saver.aput(_config(), _checkpoint({"a": [1]}), {"run_id": "run"}, {"a": 1})
    theirs = MemdbSaver(rival.tenant)
    assert await theirs.aget_tuple(written) is None
    assert [each async for each in theirs.alist(None)] == []
    await theirs.adelete_thread("t")
    await theirs.adelete_for_runs(["run"])
    await theirs.aprune(["t"])
    with pytest.raises(NotFound, match="no such thread: t"):
        await theirs.acopy_thread("t", "u")
    assert await saver.aget_tuple(written) is not None


async def test_wrong_input_is_refused_by_name(saver: MemdbSaver, db: Database) -> None:
    for config, message in (
        (_config(namespace=7), "namespace must be a str, not int"),
        (_config(namespace="a\0b"), "namespace must not contain NUL"),
        (_config("x" * 1025), "thread_id must have 0 to 1024 characters"),
    ):
        with pytest.raises(InvalidInput, match=message):
            await saver.aput(config, _checkpoint({}), {}, {})
        with pytest.raises(InvalidInput, match=message):
            await saver.aget_tuple(config)
    with pytest.raises(InvalidInput, match="data must have at most 268435456 bytes"):
        await saver.aput(_config(), _checkpoint({"a": bytes((1 << 28) + 1)}), {}, {"a": 1})
    for incomplete in ({}, {"thread_id": "t"}):
        with pytest.raises(KeyError):
            await saver.aput({"configurable": incomplete}, _checkpoint({}), {}, {})
    with pytest.raises(TypeError, match="not a str"):
        await saver.aprune("t")
    with pytest.raises(ValueError, match="keep_all"):
        await saver.aprune(["t"], strategy="keep_all")
    with pytest.raises(InvalidInput, match=r"tenant must be db\.tenant"):
        MemdbSaver(db)  # type: ignore[arg-type]
    with pytest.raises(TenantRequired, match="one tenant's threads"):
        MemdbSaver(db.admin())
    with pytest.raises(InvalidInput, match=r"user_id must be a uuid\.UUID"):
        MemdbSaver(saver.tenant, user_id="ada")  # type: ignore[arg-type]
    for serde in (0, "json", JsonPlusSerializer):
        with pytest.raises(InvalidInput, match=r"serde must have dumps_typed and loads_typed.*, not be"):
            MemdbSaver(saver.tenant, serde=serde)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="dsn must be"):
        MemdbSaver.from_conn_string("nonsense://host")
    assert await threads.page(saver.tenant) == []


async def test_nothing_is_saved_once_the_database_is_closed(dsn: str, home: Home) -> None:
    async with memdb.connect(dsn) as db:
        saver = MemdbSaver(db.tenant(home.tenant.org_id))
    with pytest.raises(PoolClosed):
        await saver.aget_tuple(_config())
    with pytest.raises(PoolClosed):
        await asyncio.to_thread(saver.get_tuple, _config())


async def test_other_threads_wait_and_the_loops_own_must_not(saver: MemdbSaver) -> None:
    written = await asyncio.to_thread(saver.put, _config(), _checkpoint({"a": [1]}), {}, {"a": 1})
    await asyncio.to_thread(saver.put_writes, written, [("a", [2])], "task")
    found = await asyncio.to_thread(saver.get_tuple, written)
    assert found == await saver.aget_tuple(written)
    assert await asyncio.to_thread(lambda: list(saver.list(None))) == [found]
    for call in (
        lambda: saver.get_tuple(written),
        lambda: next(saver.list(None)),
        lambda: saver.put(written, _checkpoint({}), {}, {}),
        lambda: saver.put_writes(written, [("a", 1)], "task"),
        lambda: saver.delete_thread("t"),
        lambda: saver.delete_for_runs(["run"]),
        lambda: saver.copy_thread("t", "u"),
        lambda: saver.prune(["t"]),
        lambda: saver.get_delta_channel_history(config=written, channels=["a"]),
    ):
        with pytest.raises(asyncio.InvalidStateError, match="call from another thread"):
            call()


def test_without_a_loop_of_ones_own(dsn: str) -> None:
    with MemdbSaver.from_conn_string(dsn) as saver:
        saver.setup()
        graph = _graph(saver)
        config: Any = {"configurable": {"thread_id": "t"}}
        graph.invoke({"total": 0, "log": []}, config)
        assert graph.invoke(Command(resume="yes"), config)["asked"] == "yes"
    # Once it is left, its loop has ended.
    with pytest.raises(PoolClosed):
        saver.get_tuple(config)
    with MemdbSaver.from_conn_string(dsn) as saver:
        assert _graph(saver).get_state(config).values["total"] == 22
        saver.prune(["t"])
        assert len(list(saver.list(None))) == 1


async def test_a_connection_string_is_enough(dsn: str, home: Home) -> None:
    async with MemdbSaver.from_conn_string(dsn, pipeline=True, serde=JsonPlusSerializer()) as saver:
        await saver.setup()
        await saver.aput(_config(), _checkpoint({}), {}, {})
        async with memdb.connect(dsn) as db:
            made = await organizations.get_by_slug(db.admin(), slug="default")
        assert made is not None
        assert saver.tenant.org_id == made.id
    async with MemdbSaver.from_conn_string(dsn, org_id=home.tenant.org_id, agent_id=home.agent.id) as saver:
        assert [each async for each in saver.alist(None)] == []
        await saver.aput(_config(), _checkpoint({}), {}, {})
        assert [thread.agent_id for thread in await threads.page(saver.tenant)] == [home.agent.id]
    async with MemdbSaver.from_conn_string(dsn) as saver:
        assert len([each async for each in saver.alist(None)]) == 1


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )


def test_memdb_needs_no_langgraph() -> None:
    done = _python("import sys, memdb; memdb.load_all(); memdb.threads; assert not [n for n in sys.modules if n.startswith('lang')]")
    assert done.returncode == 0, done.stderr
    done = _python("import sys; sys.modules['langgraph'] = None\nimport memdb.adapters.langgraph")
    assert "ExtraMissing: LangGraph's adapter needs memdb's extra [langgraph]" in done.stderr


def test_the_example_runs(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("langgraph_saver", ROOT / "examples" / "langgraph_saver.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, example)
    spec.loader.exec_module(example)
    assert asyncio.run(example.main(dsn)) == ["human: I am Ada.", "ai: Hello, Ada.", "human: Who am I?", "ai: You are Ada."]
