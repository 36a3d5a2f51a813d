"""The pool under cancellation, timeouts, exhaustion, and servers that go away."""

from __future__ import annotations

import asyncio
import collections
import logging
import re
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

import memdb
from memdb import memories
from memdb.engine.database import Database, Tenant
from memdb.errors import (
    ConcurrentUse,
    ConnectionLost,
    DeadlineExceeded,
    InvalidInput,
    PoolClosed,
    PoolExhausted,
    ServerUnreachable,
    TransactionFailed,
    Unavailable,
)
from memdb.operations.migrate import migrate
from memdb.operations.wire import tapped
from tests.conftest import settle
from tests.faults.proxy import proxied
from tests.faults.soundness import blocking, no_leak, sound
from tests.server import execute, fetch

pytestmark = pytest.mark.on_each_loop


@pytest.fixture
async def narrow(dsn: str) -> AsyncIterator[Database]:
    async with memdb.connect(dsn, pool_size=2, timeout=5.0) as database:
        yield database


async def test_a_call_ends_at_its_deadline_and_the_connection_is_usable_again(
    narrow: Database, dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "memdb.pool")
    tenant, agent = await settle(narrow, "acme")
    memory = await memories.add(tenant, agent_id=agent.id, content="x")
    with blocking(dsn, "LOCK TABLE memdb.memories IN ACCESS EXCLUSIVE MODE"):
        loop = asyncio.get_running_loop()
        impatient = narrow.tenant(tenant.org_id, timeout=0.2)
        start = loop.time()
        with pytest.raises(DeadlineExceeded):
            await memories.update(impatient, id=memory.id, content="y")
        assert loop.time() - start < 2
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await memories.get(tenant, id=memory.id)
        with pytest.raises(DeadlineExceeded):
            async with impatient.transaction() as tx:
                await memories.get(tx, id=memory.id)
    await sound(tenant)
    assert await memories.get(tenant, id=memory.id) == memory
    recovered = [message for message in caplog.messages if message.startswith("recovered the connection to server process ")]
    assert len(recovered) == 3


async def test_a_server_that_stops_answering_holds_nobody_up(dsn: str) -> None:
    async with tapped(dsn) as wire:
        db = await memdb.connect(wire.dsn, pool_size=2, timeout=2.0)
        tenant, _ = await settle(db, "acme")
        await sound(tenant)
        impatient = db.tenant(tenant.org_id, timeout=0.2)
        wire.latency = 60.0
        loop = asyncio.get_running_loop()
        start = loop.time()
        with pytest.raises(ServerUnreachable, match="in time"):
            await memdb.connect(wire.dsn, timeout=0.2)

        async def in_transaction() -> None:
            async with impatient.transaction() as tx:
                await memories.count(tx)

        with pytest.raises(DeadlineExceeded):
            await memories.count(impatient)
        with pytest.raises(DeadlineExceeded):
            await in_transaction()
        with pytest.raises(DeadlineExceeded):
            await in_transaction()
        # Each would take minutes; the margin is for a busy machine.
        assert loop.time() - start < 2
        await db.close()
        assert loop.time() - start < 10


async def test_connecting_too_late_leaves_no_connection(dsn: str) -> None:
    with blocking(dsn, "LOCK TABLE memdb.embedding_spaces IN ACCESS EXCLUSIVE MODE"), pytest.raises(ServerUnreachable, match="in time"):
        await memdb.connect(dsn, timeout=0.5)
    await no_leak(dsn, 0)


async def test_waiting_for_a_connection_counts(narrow: Database) -> None:
    tenant, _ = await settle(narrow, "acme")
    async with tenant.transaction(), tenant.transaction():
        with pytest.raises(PoolExhausted, match="none of 2 connections"):
            await memories.count(narrow.tenant(tenant.org_id, timeout=0.1))
    await sound(tenant)


async def test_exhaustion_is_logged_once_an_episode(narrow: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "memdb.pool")
    tenant, _ = await settle(narrow, "acme")
    hasty = narrow.tenant(tenant.org_id, timeout=0.05)
    for _ in range(2):
        caplog.clear()
        async with tenant.transaction(), tenant.transaction():
            outcomes = await asyncio.gather(*[memories.count(hasty) for _ in range(5)], return_exceptions=True)
            assert {type(outcome) for outcome in outcomes} == {PoolExhausted}
            (told,) = caplog.records
            assert told.levelname == "WARNING"
            assert told.getMessage() == "exhausted: none of 2 connections became free in time; 4 more calls wait"
        assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
        assert re.fullmatch(r"connections are free again, after \d+\.\d s and 5 failures", caplog.messages[1])
    assert narrow.stats().functions["memories.count"].errors == 10


async def test_an_outage_is_logged_once(dsn: str, caplog: pytest.LogCaptureFixture) -> None:
    async with proxied(dsn) as proxy, memdb.connect(proxy.dsn, pool_size=2, timeout=10.0) as db:
        tenant, _ = await settle(db, "acme")
        caplog.set_level(logging.INFO, "memdb.pool")
        proxy.connecting = "reset"
        proxy.reset()
        outcomes = await asyncio.gather(*[memories.count(tenant) for _ in range(6)], return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} <= {ConnectionLost, ServerUnreachable}
        proxy.heal()
        await sound(tenant)
    of_tenants = [record for record in caplog.records if record.name == "memdb.pool"]
    told = collections.Counter(re.sub(r"\d[\d.]*", "N", record.getMessage()).partition(":")[0] for record in of_tenants)
    lost = {message: count for message, count in told.items() if message.startswith("lost the connection to server process N ")}
    assert sum(lost.values()) == 1
    assert told - collections.Counter(lost) == {
        "no connection can be opened": 1,
        "connections can be opened again, after N s and N failures": 1,
    }


async def test_waiters_are_served_in_order(narrow: Database) -> None:
    tenant, _ = await settle(narrow, "acme")
    finished: list[int] = []

    async def call(number: int) -> None:
        async with tenant.transaction():
            finished.append(number)

    async with tenant.transaction(), tenant.transaction():
        calls = [asyncio.create_task(call(number)) for number in range(20)]
        await asyncio.sleep(0.05)
        assert finished == []
    await asyncio.gather(*calls)
    assert sorted(finished) == list(range(20))
    # Not strictly in order, for two connections are at work.
    assert set(finished[:5]) <= set(range(8))


async def test_connections_that_the_server_ends_are_replaced(narrow: Database, dsn: str) -> None:
    tenant, _ = await settle(narrow, "acme")
    await asyncio.gather(*[memories.count(tenant) for _ in range(8)])
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'memdb' AND datname = current_database()"
    execute(dsn, end)
    await asyncio.sleep(0.1)
    assert await memories.count(tenant) == 0
    with pytest.raises(ConnectionLost):
        async with tenant.transaction() as tx:
            await memories.count(tx)
            execute(dsn, end)
            with pytest.raises(ConnectionLost, match="nothing was changed"):
                await memories.count(tx)
    await sound(tenant)


async def test_a_wire_that_is_cut(dsn: str) -> None:
    async with tapped(dsn) as wire, memdb.connect(wire.dsn, pool_size=2, timeout=2.0) as db:
        tenant, _ = await settle(db, "acme")
        lost = asyncio.create_task(_hold(tenant))
        await asyncio.sleep(0.1)
        wire.cut()
        with pytest.raises(Unavailable):
            await lost
        await sound(tenant)


async def _hold(tenant: Tenant) -> None:
    async with tenant.transaction() as tx:
        while True:
            await memories.count(tx)


async def test_a_swallowed_cancellation_is_told_at_the_end(narrow: Database, dsn: str) -> None:
    tenant, agent = await settle(narrow, "acme")
    memory = await memories.add(tenant, agent_id=agent.id, content="x")
    with blocking(dsn, f"SELECT FROM memdb.memories WHERE id = '{memory.id}' FOR UPDATE"), pytest.raises(TransactionFailed):
        async with tenant.transaction() as tx:
            await memories.add(tx, agent_id=agent.id, content="lost")
            with suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    await memories.update(tx, id=memory.id, content="y")
    await sound(tenant)
    assert await memories.count(tenant) == 1


async def test_two_tasks_in_one_transaction_are_told(narrow: Database) -> None:
    tenant, _ = await settle(narrow, "acme")
    async with tenant.transaction() as tx:
        results = await asyncio.gather(memories.count(tx), memories.count(tx), return_exceptions=True)
    assert sum(isinstance(result, ConcurrentUse) for result in results) == 1
    await sound(tenant)


async def test_what_cannot_be_sent_leaves_no_transaction_open(narrow: Database, dsn: str) -> None:
    tenant, _ = await settle(narrow, "acme")
    with pytest.raises(InvalidInput):
        await tenant.fetch(
            int, "SELECT count(*) FROM memdb.memories WHERE org_id = :org_id::memdb.tenant AND version = :version", version="high"
        )
    await no_leak(dsn, at_most=3)
    await sound(tenant)


async def test_a_closed_database_says_so(dsn: str) -> None:
    db = await memdb.connect(dsn)
    tenant, _ = await settle(db, "acme")
    await db.close()
    with pytest.raises(PoolClosed):
        await memories.count(tenant)


async def test_closing_frees_who_waits(dsn: str) -> None:
    db = await memdb.connect(dsn, pool_size=1)
    tenant, _ = await settle(db, "acme")
    async with tenant.transaction():
        waiting = asyncio.create_task(memories.count(tenant))
        await asyncio.sleep(0.05)
        await db.close()
        with pytest.raises(PoolClosed):
            await waiting
    assert fetch(dsn, "SELECT FROM pg_stat_activity WHERE application_name = 'memdb' AND datname = current_database()") == []


async def test_a_migration_while_in_use_goes_unnoticed(narrow: Database, dsn: str) -> None:
    tenant, agent = await settle(narrow, "acme")
    memory = await memories.add(tenant, agent_id=agent.id, content="x")
    for _ in range(8):
        await memories.get(tenant, id=memory.id)
    execute(dsn, "ALTER TABLE memdb.memories ADD COLUMN later text", "CREATE INDEX ON memdb.memories (org_id, later)")
    assert await memories.get(tenant, id=memory.id) == memory
    assert (await memories.update(tenant, id=memory.id, content="y")).version == 2
    assert migrate(dsn) == []
