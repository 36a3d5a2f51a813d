"""A Database in a forked child and on a second event loop: nothing is sent, nobody gets another's rows, its owner goes on."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

import memdb
from memdb import memories
from memdb.engine.database import Database
from memdb.errors import ForeignUse
from tests.conftest import Home

# Parent and child use the inherited Database at the same time, each for a tenant of its own. The child then connects for itself.
FORKED = """
import asyncio, os, sys
import memdb
from memdb import agents, memories, organizations

loop = asyncio.new_event_loop()
run = loop.run_until_complete

async def opened():
    db = await memdb.connect(sys.argv[1], pool_size=1, timeout=20.0)
    made = {}
    for slug in ("parent", "child"):
        organization = await organizations.create(db.admin(), slug=slug, name=slug)
        tenant = db.tenant(organization.id)
        agent = await agents.create(tenant, slug="a", name="A")
        for n in range(5):
            await memories.add(tenant, agent_id=agent.id, content=f"{slug} {n}")
        made[slug] = organization.id
    return db, made

async def contents(db, org_id):
    return {memory.content.split()[0] for memory in await memories.page(db.tenant(org_id))}

async def anew(dsn, org_id):
    async with memdb.connect(dsn, timeout=20.0) as db:
        return await contents(db, org_id)

db, made = run(opened())
pid = os.fork()
if pid == 0:
    refused = 0
    for _ in range(30):
        try:
            run(contents(db, made["child"]))
        except memdb.errors.ForeignUse:
            refused += 1
    own = asyncio.new_event_loop().run_until_complete(anew(sys.argv[1], made["child"]))
    os._exit(0 if refused == 30 and own == {"child"} else 1)
seen = set()
for _ in range(100):
    seen |= run(contents(db, made["parent"]))
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
run(db.close())
print(seen, status)
"""


def test_a_forked_child_sends_nothing_on_its_parents_connections(dsn: str) -> None:
    result = subprocess.run([sys.executable, "-c", FORKED, dsn], capture_output=True, text=True, timeout=60, check=False)
    assert result.stdout.strip() == "{'parent'} 0", result.stderr


async def test_another_event_loop_sends_nothing(db: Database, home: Home) -> None:
    refused: list[BaseException] = []

    def elsewhere() -> None:
        for work in (memories.count(home.tenant), memories.add(home.tenant, agent_id=home.agent.id, content="lost"), db.close()):
            try:
                asyncio.run(work)
            except ForeignUse as error:
                refused.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    await asyncio.to_thread(thread.join)
    assert [str(each) for each in refused] == [
        "the database was connected on another event loop: connect on this one; nothing was sent"
    ] * 3
    assert await memories.count(home.tenant) == 0


async def test_an_open_transaction_belongs_to_its_loop(home: Home) -> None:
    async with home.tenant.transaction() as tx:
        with pytest.raises(ForeignUse, match="another event loop"):
            await asyncio.to_thread(lambda: asyncio.run(memories.count(tx)))
        assert await memories.count(tx) == 0


async def test_a_database_may_be_connected_anew_on_another_loop(dsn: str, home: Home) -> None:
    async def counted() -> int:
        async with memdb.connect(dsn, timeout=20.0) as other:
            return await memories.count(other.tenant(home.tenant.org_id))

    assert await asyncio.to_thread(lambda: asyncio.run(counted())) == 0
