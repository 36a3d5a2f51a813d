"""Servers at their limits: timeouts of their own, full disks, too many connections, no writes; and schemas that change under a service."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import memdb
from memdb import agents, audit, memories, messages, sessions
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.engine.dsn import connection_parameters
from memdb.engine.executor import Transaction
from memdb.errors import ConnectionLost, DeadlineExceeded, MemdbError, OutOfResources, ReadOnly, ServerUnreachable, TransactionConflict
from memdb.memories import Memory, NewMemory
from memdb.operations.migrate import migrate
from tests.conftest import Home, settle
from tests.faults.servers import Killable
from tests.faults.soundness import blocking, sound
from tests.server import execute, fetch, with_login


def _name(dsn: str) -> str:
    return urlsplit(dsn).path.removeprefix("/")


@pytest.fixture
async def narrow(dsn: str) -> AsyncIterator[Database]:
    async with memdb.connect(dsn, pool_size=2, timeout=20.0) as database:
        yield database


@pytest.mark.parametrize("setting", ["statement_timeout", "lock_timeout"])
async def test_a_statement_that_the_server_gives_up(home: Home, dsn: str, setting: str) -> None:
    tenant, agent = home
    memory = await memories.add(tenant, agent_id=agent.id, content="x")
    execute(dsn, f"ALTER DATABASE {_name(dsn)} SET {setting} = '100ms'")
    async with memdb.connect(dsn, pool_size=2, timeout=20.0) as db:
        limited = db.tenant(tenant.org_id)
        with blocking(dsn, f"SELECT FROM memdb.memories WHERE id = '{memory.id}' FOR UPDATE"):
            with pytest.raises(DeadlineExceeded, match="server"):
                await memories.update(limited, id=memory.id, content="y")
            async with limited.transaction() as tx:
                with pytest.raises(DeadlineExceeded, match="server"):
                    async with tx.transaction() as inner:
                        await memories.update(inner, id=memory.id, content="y")
                await memories.add(tx, agent_id=agent.id, content="beside")
        await sound(limited)
        assert (await memories.get(limited, id=memory.id)) == memory
        assert await memories.count(limited) == 2


@pytest.mark.parametrize("setting", ["idle_in_transaction_session_timeout", "transaction_timeout"])
async def test_a_transaction_that_the_server_ends(home: Home, dsn: str, setting: str) -> None:
    tenant, agent = home
    execute(dsn, f"ALTER DATABASE {_name(dsn)} SET {setting} = '200ms'")
    async with memdb.connect(dsn, pool_size=2, timeout=20.0) as db:
        limited = db.tenant(tenant.org_id)
        with pytest.raises(ConnectionLost):
            async with limited.transaction() as tx:
                await memories.add(tx, agent_id=agent.id, content="lost")
                await asyncio.sleep(0.5)
                await memories.count(tx)
        # Nothing was asked any more: COMMIT fails.
        with pytest.raises(ConnectionLost):
            async with limited.transaction() as tx:
                await memories.add(tx, agent_id=agent.id, content="lost")
                await asyncio.sleep(0.5)
        assert await memories.count(limited) == 0
        await sound(limited)


async def _until(dsn: str, statement: str) -> None:
    """Until the statement finds something."""
    found: list[object] = []
    while not found:
        await asyncio.sleep(0.01)
        found.extend(fetch(dsn, statement))


async def test_a_connection_from_which_the_server_takes_leave_is_not_handed_on(narrow: Database, dsn: str) -> None:
    tenant, agent = await settle(narrow, "acme")
    memory = await memories.add(tenant, agent_id=agent.id, content="x")
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    for _ in range(10):
        with blocking(dsn, f"SELECT FROM memdb.memories WHERE id = '{memory.id}' FOR UPDATE"):
            waiting = asyncio.create_task(memories.update(tenant, id=memory.id, content="y"))
            await _until(dsn, end)
            with pytest.raises(ConnectionLost):
                await waiting
            assert await memories.get(tenant, id=memory.id) == memory
    await sound(tenant)


@pytest.fixture
def disk() -> Iterator[Path]:
    """A file system in memory, to be given its size by `_resize`."""
    folder = Path(tempfile.mkdtemp(prefix="memdb-disk-"))
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "none", str(folder)], capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("may not mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


def _resize(disk: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)


@pytest.fixture
def small(dsn: str, disk: Path) -> Iterator[Path]:
    """A disk of 4 MB, on which the memories are."""
    if "host=" not in dsn:
        pytest.skip("the disk must be the server's")
    shutil.chown(disk, (Path(connection_parameters(dsn).hosts[0].name).parent / "postgres").stat().st_uid)
    _resize(disk, "4m")
    name = f"small_{uuid.uuid4().hex}"
    execute(dsn, f"CREATE TABLESPACE {name} LOCATION '{disk}'", f"ALTER TABLE memdb.memories SET TABLESPACE {name}")
    yield disk
    execute(dsn, "ALTER TABLE memdb.memories SET TABLESPACE pg_default", f"DROP TABLESPACE {name}")


def _bulky() -> str:
    """What does not compress."""
    return " ".join(uuid.uuid4().hex for _ in range(200))


async def test_a_full_disk(home: Home, dsn: str, small: Path) -> None:
    """Named, nothing lost, nothing by half; and once there is room, all is well."""
    tenant, agent = home
    kept: list[Memory] = []
    with pytest.raises(OutOfResources, match="disk"):
        while len(kept) < 10_000:
            kept.append(await memories.add(tenant, agent_id=agent.id, content=_bulky()))
    items = [NewMemory(content=_bulky()) for _ in range(100)]
    with pytest.raises(OutOfResources, match="disk"):
        await memories.add_many(tenant, agent_id=agent.id, items=items)
    with pytest.raises(OutOfResources, match="disk"):
        async with tenant.transaction() as tx:
            for item in items:
                await memories.add(tx, agent_id=agent.id, content=item.content)
    assert await memories.get_many(tenant, ids=[memory.id for memory in kept[:100]]) == kept[:100]
    assert await memories.count(tenant) == len(kept) == len(fetch(dsn, "SELECT FROM memdb.memory_versions"))
    _resize(small, "64m")
    await memories.add_many(tenant, agent_id=agent.id, items=items)
    assert await memories.count(tenant) == len(kept) + len(items)
    await sound(tenant)


@pytest.mark.slow
async def test_a_disk_that_is_full_of_the_servers_log(disk: Path) -> None:
    """The server cannot go on at all; once there is room and it was started again, it has what was acknowledged."""
    server = Killable(disk / "data")
    try:
        async with memdb.connect(server.dsn, pool_size=2, timeout=20.0) as db:
            tenant, agent = await settle(db, "acme")
            _resize(disk, "160m")
            kept, refused = await _add_until_refused(tenant, agent)
            assert refused <= {OutOfResources, ConnectionLost, ServerUnreachable}
            _resize(disk, "600m")
            await asyncio.to_thread(server.start)
            await sound(tenant)
            found = [each async for each in memories.scan(tenant)]
            assert {memory.id for memory in kept} <= {memory.id for memory in found}
            # The outcome of one may be unknown.
            assert len(found) - len(kept) <= 1
            await memories.add(tenant, agent_id=agent.id, content=_bulky())
    finally:
        _resize(disk, "600m")
        server.leave()


async def _add_until_refused(tenant: Tenant, agent: Agent) -> tuple[list[Memory], set[type[MemdbError]]]:
    kept: list[Memory] = []
    refused: list[type[MemdbError]] = []
    while len(refused) < 10:
        try:
            kept.append(await memories.add(tenant, agent_id=agent.id, content=_bulky()))
        except MemdbError as error:
            refused.append(type(error))
    return kept, set(refused)


@pytest.mark.parametrize("limited", ["ROLE", "DATABASE"])
async def test_too_many_connections(dsn: str, home: Home, limited: str) -> None:
    login = f"limited_{uuid.uuid4().hex}"
    execute(dsn, f"CREATE ROLE {login} LOGIN IN ROLE memdb_app")
    try:
        async with memdb.connect(with_login(dsn, login), pool_size=5, timeout=20.0) as db:
            tenant = db.tenant(home.tenant.org_id)
            # One there is already.
            others = 0 if limited == "ROLE" else home.tenant._pool._open + 1
            execute(dsn, f"ALTER {limited} {login if limited == 'ROLE' else _name(dsn)} CONNECTION LIMIT {2 + others}")
            async with tenant.transaction(), tenant.transaction():
                with pytest.raises(ServerUnreachable, match="too many connections"):
                    await memories.count(tenant)
            assert await memories.count(tenant) == 0
            execute(dsn, f"ALTER {limited} {login if limited == 'ROLE' else _name(dsn)} CONNECTION LIMIT -1")
            await sound(tenant)
    finally:
        execute(dsn, f"DROP ROLE {login}")


async def test_a_server_that_takes_no_writes(home: Home, dsn: str) -> None:
    tenant, agent = home
    memory = await memories.add(tenant, agent_id=agent.id, content="x")
    execute(dsn, f"ALTER DATABASE {_name(dsn)} SET default_transaction_read_only = on")
    async with memdb.connect(dsn, pool_size=2) as db:
        readers = db.tenant(tenant.org_id)
        assert await memories.get(readers, id=memory.id) == memory
        with pytest.raises(ReadOnly):
            await memories.update(readers, id=memory.id, content="y")
        with pytest.raises(ReadOnly):
            await audit.record(readers, action="a", resource_type="b")
        await sound(readers)


async def test_a_migration_under_a_busy_service(narrow: Database, dsn: str) -> None:
    """Columns come, change their type and go: whoever calls, and whoever runs transactions again, notices nothing."""
    tenant, agent = await settle(narrow, "acme")
    memory = await memories.add(tenant, agent_id=agent.id, content="x")
    session = (await sessions.start(tenant, agent_id=agent.id)).session
    over = asyncio.Event()
    counts = dict.fromkeys(("calls", "transactions"), 0)

    async def call() -> None:
        while not over.is_set():
            assert await memories.get(tenant, id=memory.id) is not None
            await memories.versions(tenant, id=memory.id)
            await messages.append(tenant, session_id=session.id, role="user", content="x")
            assert len(await agents.page(tenant)) == 1
            counts["calls"] += 1

    async def read(tx: Transaction) -> None:
        await memories.versions(tx, id=memory.id)
        await agents.page(tx)
        await memories.update(tx, id=memory.id, content=uuid.uuid4().hex)

    async def run() -> None:
        while not over.is_set():
            await tenant.run(read)
            counts["transactions"] += 1

    async def change() -> None:
        for number in range(5):
            for statement in (
                f"ALTER TABLE memdb.memories ADD COLUMN later{number} text",
                f"ALTER TABLE memdb.agents ALTER COLUMN name TYPE {('varchar(300)', 'text')[number % 2]}",
                f"ALTER TABLE memdb.memory_versions ALTER COLUMN reason TYPE {('varchar(3000)', 'text')[number % 2]}",
                f"ALTER TABLE memdb.memories DROP COLUMN later{number}",
            ):
                await asyncio.to_thread(execute, dsn, statement)
                await asyncio.sleep(0.02)
        over.set()

    await asyncio.gather(change(), call(), call(), run(), run())
    assert min(counts.values()) > 1
    assert migrate(dsn) == []
    await sound(tenant)


async def test_a_plan_that_became_stale_within_a_transaction_may_be_run_again(narrow: Database, dsn: str) -> None:
    tenant, agent = await settle(narrow, "acme")
    for _ in range(2):
        await agents.page(tenant)
    execute(dsn, "ALTER TABLE memdb.agents ALTER COLUMN name TYPE varchar(300)")
    with pytest.raises(TransactionConflict, match="schema has changed"):
        async with tenant.transaction() as tx:
            await agents.page(tx)
    execute(dsn, "ALTER TABLE memdb.agents ALTER COLUMN name TYPE text")

    async def names(tx: Transaction) -> list[str]:
        return [each.name for each in await agents.page(tx)]

    assert await tenant.run(names) == [agent.name]
