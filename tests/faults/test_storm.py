"""Thousands of calls of all kinds, cancelled at any moment."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

import memdb
from memdb import memories
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import DeadlineExceeded, ServerUnreachable
from memdb.memories import NewMemory
from tests.conftest import settle
from tests.faults.soundness import no_leak, sound
from tests.server import fetch

POOL = 4
TOGETHER = 50
BATCH = 5

Work = Callable[[Tenant, Agent, str], Awaitable[object]]

# No memory is without its version, or with one of its two tags.
HALF = """
    SELECT m.id FROM memdb.memories AS m
    WHERE (SELECT count(*) FROM memdb.memory_versions AS v WHERE v.org_id = m.org_id AND v.memory_id = m.id) <> 1
        OR (SELECT count(*) FROM memdb.memory_tags AS t WHERE t.org_id = m.org_id AND t.memory_id = m.id) NOT IN (0, 2)
"""


@pytest.fixture
async def narrow(dsn: str) -> AsyncIterator[Database]:
    async with memdb.connect(dsn, pool_size=POOL, timeout=20.0) as database:
        yield database


async def _read(tenant: Tenant, agent: Agent, mark: str) -> None:
    await memories.count(tenant, agent_id=agent.id)


async def _write(tenant: Tenant, agent: Agent, mark: str) -> None:
    await memories.add(tenant, agent_id=agent.id, content=f"{mark} 0", tags=["a", "b"])


async def _stream(tenant: Tenant, agent: Agent, mark: str) -> None:
    async for _ in memories.scan(tenant):
        await asyncio.sleep(0)


async def _write_many(tenant: Tenant, agent: Agent, mark: str) -> None:
    await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=f"{mark} {number}") for number in range(BATCH)])


async def _transaction(tenant: Tenant, agent: Agent, mark: str) -> None:
    async with tenant.transaction() as tx:
        for number in range(BATCH):
            await memories.add(tx, agent_id=agent.id, content=f"{mark} {number}")


async def _nested(tenant: Tenant, agent: Agent, mark: str) -> None:
    async with tenant.transaction() as tx:
        await memories.add(tx, agent_id=agent.id, content=f"{mark} 0")
        async with tx.transaction() as inner:
            await memories.add(inner, agent_id=agent.id, content=f"{mark} 1")


# Of each how many memories it makes, all or none.
WORKS: dict[Work, int] = {_read: 0, _write: 1, _stream: 0, _write_many: BATCH, _transaction: BATCH, _nested: 2}


@pytest.mark.parametrize(
    ("tasks", "grouped"), [(1000, True), *(pytest.param(10_000, grouped, marks=pytest.mark.slow) for grouped in (False, True))]
)
async def test_a_storm_of_cancellations_leaves_nothing_behind(narrow: Database, dsn: str, tasks: int, grouped: bool) -> None:
    chance = random.Random(tasks)
    settled, agent = await settle(narrow, "acme")
    tenant = narrow.tenant(settled.org_id, group_writes=grouped)
    await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=f"kept {number}") for number in range(100)])
    done: dict[str, Work] = {}
    cancelled: dict[str, Work] = {}

    async def cancel_somewhere(number: int) -> None:
        work, mark = chance.choice(list(WORKS)), f"task{number}"
        task = asyncio.ensure_future(work(tenant, agent, mark))
        # Somewhere in what it takes, a wait for one of the connections included.
        await asyncio.sleep(chance.expovariate(1 / 0.1))
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled() or task.exception() is None, task.exception()
        (cancelled if task.cancelled() else done)[mark] = work

    numbers = iter(range(tasks))

    async def one_after_the_other() -> None:
        for number in numbers:
            await cancel_somewhere(number)

    await asyncio.gather(*[one_after_the_other() for _ in range(TOGETHER)])
    # Neither is rare.
    assert len(done) > tasks / 20
    assert len(cancelled) > tasks / 20
    await sound(tenant)
    await no_leak(dsn, POOL + narrow.admin()._pool._open)
    made = dict.fromkeys([*done, *cancelled], 0)
    query = "SELECT split_part(content, ' ', 1), count(*) FROM memdb.memories WHERE content LIKE 'task%' GROUP BY 1"
    made.update(fetch(dsn, query))  # type: ignore[arg-type]
    for mark, work in done.items():
        assert made[mark] == WORKS[work], (mark, work)
    for mark, work in cancelled.items():
        assert made[mark] in (0, WORKS[work]), (mark, work)
    assert await memories.count(tenant) == 100 + sum(made.values())
    assert fetch(dsn, HALF) == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("tasks", [200, pytest.param(2000, marks=pytest.mark.slow)])
async def test_a_storm_of_deadlines(narrow: Database, dsn: str, tasks: int) -> None:
    """As of cancellations, but by the executor's own timeout."""
    chance = random.Random(tasks)
    home = await settle(narrow, "acme")
    outcomes: list[str] = []

    async def hurry(number: int) -> None:
        work = chance.choice(list(WORKS))
        hasty = narrow.tenant(home.tenant.org_id, timeout=chance.uniform(0.001, 0.1))
        try:
            await work(hasty, home.agent, f"task{number}")
        except (DeadlineExceeded, ServerUnreachable) as error:
            outcomes.append(type(error).__name__)

    for start in range(0, tasks, TOGETHER):
        await asyncio.gather(*[hurry(number) for number in range(start, start + TOGETHER)])
    assert set(outcomes) <= {"DeadlineExceeded", "PoolExhausted", "ServerUnreachable"}
    await sound(home.tenant)
    await no_leak(dsn, POOL + narrow.admin()._pool._open)
    assert await memories.count(home.tenant) == len(fetch(dsn, "SELECT FROM memdb.memory_versions"))
