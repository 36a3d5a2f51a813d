"""What a Database tells of its work: stats, ping, and the log, in which nothing stands that was stored."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

import memdb
from memdb import memories
from memdb.engine.database import Database
from memdb.engine.pool import PoolStats
from memdb.errors import AlreadyExists, DeadlineExceeded, InvalidInput, PoolClosed, PoolExhausted
from memdb.operations.wire import tapped
from tests.conftest import Home, settle, vector
from tests.faults.soundness import blocking
from tests.server import execute

SECRET = "the-secret-of-acme"


@pytest.fixture
async def watched(dsn: str) -> AsyncIterator[Database]:
    """Every call is slow for it."""
    async with memdb.connect(dsn, pool_size=2, timeout=20.0, slow_call=1e-9) as database:
        yield database


async def test_calls_are_counted_by_function(watched: Database) -> None:
    tenant, agent = await settle(watched, "acme")
    memory = await memories.add(tenant, agent_id=agent.id, content=SECRET)
    before = watched.stats().functions
    assert before["agents.create"].calls == before["memories.insert"].calls == 1
    for _ in range(3):
        await memories.get(tenant, id=memory.id)
    async with tenant.transaction() as tx:
        await memories.get(tx, id=memory.id)
        assert [each.id async for each in memories.scan(tx)] == [memory.id]
    with pytest.raises(AlreadyExists):
        await memdb.agents.create(tenant, slug="helper", name="Again")
    await tenant.fetch(int, "SELECT count(*) FROM memdb.agents WHERE org_id = :org_id::memdb.tenant")
    stats = watched.stats()
    counted = {name: (each.calls, each.errors) for name, each in stats.functions.items() if each != before.get(name)}
    assert counted == {
        "ad hoc": (1, 0),
        "agents.create": (2, 1),
        "memories.get": (4, 0),
        "memories.scan": (1, 0),
        "transaction.begin": (1, 0),
        "transaction.commit": (1, 0),
    }
    get = stats.functions["memories.get"]
    assert 0 < get.slowest < get.seconds < 4 * get.slowest + 1e-9
    assert msgspec.json.decode(msgspec.json.encode(stats), type=type(stats)) == stats


async def test_what_is_wrong_before_it_is_sent_is_no_call(home: Home, db: Database) -> None:
    before = db.stats().functions
    with pytest.raises(InvalidInput):
        await memories.add(home.tenant, agent_id=home.agent.id, content="")
    assert db.stats().functions == before


async def test_a_pipeline_and_a_stream_are_one_call_each(home: Home, db: Database) -> None:
    memory = await memories.add(home.tenant, agent_id=home.agent.id, content="x")
    assert [each.id async for each in memories.scan(home.tenant)] == [memory.id]
    assert await memories.embed.many(home.tenant, [{"id": memory.id, "version": 1, "embedding": vector(1)}] * 3) == [True] * 3
    functions = db.stats().functions
    assert functions["memories.scan"].calls == functions["memories.embed"].calls == 1
    assert "transaction.begin" not in functions


async def test_the_pools_are_counted(watched: Database) -> None:
    assert watched.stats().pool == PoolStats(size=2, open=1, idle=1, waiting=0)
    assert watched.stats().admin_pool == PoolStats(size=2, open=0, idle=0, waiting=0)
    tenant, _ = await settle(watched, "acme")
    async with tenant.transaction(), tenant.transaction():
        waiting = asyncio.create_task(memories.count(tenant))
        await asyncio.sleep(0)
        assert watched.stats().pool == PoolStats(size=2, open=2, idle=0, waiting=1)
    await waiting
    assert watched.stats().pool == PoolStats(size=2, open=2, idle=2, waiting=0)
    assert watched.stats().admin_pool == PoolStats(size=2, open=1, idle=1, waiting=0)


async def test_a_ping_is_a_round_trip(dsn: str) -> None:
    async with tapped(dsn) as wire:
        db = await memdb.connect(wire.dsn, pool_size=1)
        await db.ping()
        wire.round_trips = 0
        assert 0 < await db.ping() < 5
        assert wire.round_trips == 1
        wire.latency = 60.0
        with pytest.raises(DeadlineExceeded, match=r"it may be run again \(ping, a read, after 0\.0[0-9]* s\)"):
            await db.ping(timeout=0.05)
        assert db.stats().functions["ping"].errors == 1
        wire.latency = 0.0
        wire.cut()
        await db.ping()
        async with db.tenant(uuid.uuid4()).transaction():
            with pytest.raises(PoolExhausted):
                await db.ping(timeout=0.05)
        with pytest.raises(InvalidInput, match="timeout must be"):
            await db.ping(timeout=0)
        await db.close()
        with pytest.raises(PoolClosed):
            await db.ping()


async def test_slow_calls_are_logged_without_what_they_were_about(watched: Database, dsn: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "memdb")
    tenant, agent = await settle(watched, "acme")
    memory = await memories.add(tenant, agent_id=agent.id, content=SECRET, tags=[SECRET])
    with pytest.raises(AlreadyExists):
        await memories.add(tenant, id=memory.id, agent_id=agent.id, content=f"{SECRET} 2", on_duplicate="raise")
    with blocking(dsn, "LOCK TABLE memdb.memories IN ACCESS EXCLUSIVE MODE"), pytest.raises(DeadlineExceeded):
        await memories.update(watched.tenant(tenant.org_id, timeout=0.1), id=memory.id, content=f"{SECRET} 3")
    told = {record.function: record for record in caplog.records if record.name == "memdb.calls"}
    late = told["memories.update"]
    assert late.levelno == logging.WARNING
    assert late.getMessage() == f"memories.update took {late.milliseconds} ms and failed: DeadlineExceeded"
    assert late.milliseconds >= 100
    assert late.error == "DeadlineExceeded"
    assert told["agents.create"].getMessage() == f"agents.create took {told['agents.create'].milliseconds} ms"
    assert told["agents.create"].error is None
    assert SECRET not in caplog.text
    assert all(SECRET not in repr(vars(record)) for record in caplog.records)


async def test_quick_calls_are_not_logged(home: Home, dsn: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "memdb.calls")
    await memories.count(home.tenant)
    async with memdb.connect(dsn, slow_call=3600) as patient:
        await memories.count(patient.tenant(home.tenant.org_id))
    assert caplog.records == []


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), "1", True])
def test_a_wrong_threshold_is_refused(seconds: object) -> None:
    with pytest.raises(InvalidInput, match="slow_call must be"):
        memdb.connect("postgresql://x", slow_call=seconds)  # type: ignore[arg-type]


def test_the_library_says_nothing_unasked() -> None:
    assert any(isinstance(handler, logging.NullHandler) for handler in logging.getLogger("memdb").handlers)


async def test_connections_are_told_of_with_a_password_and_without_it(dsn: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "memdb")
    execute(dsn, f"CREATE ROLE watcher LOGIN IN ROLE memdb_app, memdb_admin PASSWORD '{SECRET}'")
    try:
        url = dsn.replace("postgres@", f"watcher:{SECRET}@")
        async with memdb.connect(url) as db:
            await db.ping()
        with pytest.raises(memdb.MemdbError):
            await memdb.connect(url.replace("watcher", "nobody"))
    finally:
        execute(dsn, "DROP ROLE watcher")
    told = [record.getMessage() for record in caplog.records]
    assert told[0].startswith("opened a connection to server process ")
    assert any(message.startswith("closed the connection to server process ") for message in told)
    assert told[-1].startswith("no connection can be opened: ")
    assert SECRET not in caplog.text


def test_the_example_of_the_docs_prints_what_they_say(dsn: str, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "observability.md").read_text()
    example, output = re.findall(r"```(?:python|text)\n(.*?)```", text, re.DOTALL)
    script = tmp_path / "example.py"
    script.write_text(example)
    environment = os.environ | {"MEMDB_DSN": dsn, "PYTHONPATH": str(Path(memdb.__file__).parents[1])}
    ran = subprocess.run(
        [sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True, timeout=60
    )
    assert _without_figures(ran.stdout) == _without_figures(output)


def _without_figures(text: str) -> list[str]:
    """Sorted, since the log and what is printed go two ways."""
    return sorted(re.sub(r"\d[\d.e-]*", "N", line) for line in text.splitlines())
