"""A restart, a replica, and a replica that takes the place of a primary that died."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from pathlib import Path
from urllib.parse import quote

import pytest

import memdb
from memdb import audit, edges, facts, memories, messages, organizations, sessions
from memdb.engine.database import Database, Tenant
from memdb.errors import MemdbError, ReadOnly, ServerUnreachable, Unavailable, Unsupported
from memdb.memories import Memory, NewMemory
from memdb.operations.embedded.programs import socket_folder
from tests.faults.clients import at_work, client
from tests.faults.servers import Killable, killable
from tests.faults.soundness import sound
from tests.faults.workload import Ground, check, prepare

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds the server's processes in /proc")


@pytest.mark.slow
async def test_a_restart_a_replica_and_a_failover(tmp_path: Path) -> None:
    """One after the other on two servers, which take a while to make."""
    with killable() as primary:
        ground = await prepare(primary.dsn)
        async with memdb.connect(primary.dsn, pool_size=2, timeout=20.0) as db:
            tenant = db.tenant(ground.org_id)
            memory = await memories.add(tenant, agent_id=ground.agent_id, content="salt")
            await _restarts(primary, tenant)
            replica = await asyncio.to_thread(primary.replicate, primary.folder.parent / "replica")
        try:
            await _replicates(replica, ground, memory)
            await _fails_over(primary, replica, ground, tmp_path / "journal")
        finally:
            replica.leave()


async def _restarts(server: Killable, tenant: Tenant) -> None:
    """Each connection that there was fails once at most; then all is as before."""
    await sound(tenant)
    await asyncio.to_thread(server.restart)
    failures = 0
    for _ in range(10):
        try:
            await memories.count(tenant)
        except Unavailable:
            failures += 1
    assert failures <= tenant._pool._size
    await sound(tenant)


async def _replicates(replica: Killable, ground: Ground, memory: Memory) -> None:
    """Reads work on a replica, writes say why they do not."""
    async with memdb.connect(replica.dsn, pool_size=2, timeout=20.0) as db:
        tenant, admin = db.tenant(ground.org_id), db.admin(ground.org_id)
        entity_id, other_id = ground.entity_ids
        assert await memories.get(tenant, id=memory.id) == memory
        assert await memories.page(tenant) == [each async for each in memories.scan(tenant)] == [memory]
        assert [hit.memory for hit in await memories.search(tenant, agent_id=ground.agent_id, text="salt")] == [memory]
        assert await messages.page(tenant, session_id=ground.session_id) == []
        assert await facts.retrieve(tenant, agent_id=ground.agent_id, text="salt") == []
        assert len(await edges.neighbours(tenant, entity_ids=[entity_id], depth=2)) > 0
        assert await audit.verify(tenant) == []
        async with tenant.transaction(isolation="repeatable_read", readonly=True) as tx:
            assert await memories.get(tx, id=memory.id) == memory
        writes: list[Awaitable[object]] = [
            memories.add(tenant, agent_id=ground.agent_id, content="x"),
            memories.add_many(tenant, agent_id=ground.agent_id, items=[NewMemory(content="x")]),
            memories.update(tenant, id=memory.id, content="x"),
            memories.delete(tenant, id=memory.id),
            messages.append(tenant, session_id=ground.session_id, role="user", content="x"),
            sessions.start(tenant, agent_id=ground.agent_id),
            facts.assert_(tenant, agent_id=ground.agent_id, entity_id=entity_id, content="x"),
            edges.assert_(tenant, source_id=entity_id, target_id=other_id, type="knows"),
            audit.record(tenant, action="a", resource_type="b"),
            audit.seal(admin),
            organizations.create(db.admin(), slug="other", name="Other"),
            tenant.run(lambda tx: memories.update(tx, id=memory.id, content="x")),
        ]
        assert {type(outcome) for outcome in await asyncio.gather(*writes, return_exceptions=True)} == {ReadOnly}
        assert await _outcome(tenant.run(memories.count, isolation="serializable")) is Unsupported
        await sound(tenant)


async def _fails_over(primary: Killable, replica: Killable, ground: Ground, journal: Path) -> None:
    """The same Database goes on with the promoted replica, and what was acknowledged is there."""
    hosts = quote(",".join(str(socket_folder(server.folder)) for server in (primary, replica)), safe=",")
    both = f"postgresql://postgres@/postgres?host={hosts}&target_session_attrs=read-write"
    with client(both, ground, journal, 1) as writer:
        async with memdb.connect(both, pool_size=2, timeout=5.0) as db:
            await at_work(writer, journal, 0.3)
            primary.kill()
            # One attempt may find that its connection is gone; from then on there is only the replica, which takes no writes.
            assert await _settled(db, ground) is ServerUnreachable
            await asyncio.to_thread(replica.promote)
            await at_work(writer, journal, 0.3)
            await memories.add(db.tenant(ground.org_id), agent_id=ground.agent_id, content="after")
            await sound(db.tenant(ground.org_id))
    await check(replica.dsn, ground, journal)


async def _settled(db: Database, ground: Ground) -> type[BaseException] | None:
    for _ in range(db.tenant(ground.org_id)._pool._size):
        await _outcome(memories.count(db.tenant(ground.org_id)))
    return await _outcome(memories.count(db.tenant(ground.org_id)))


async def _outcome(call: Awaitable[object]) -> type[BaseException] | None:
    try:
        await call
    except MemdbError as error:
        return type(error)
    return None
