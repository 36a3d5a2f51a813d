"""Calls of several tenants that travel together: each has its own rows, error, deadline and end, as if it had travelled alone."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

import memdb
from memdb import memories
from memdb.engine.database import Database, Tenant
from memdb.errors import CallFailed, DeadlineExceeded, InvalidInput, PoolClosed, PoolExhausted
from memdb.memories import Memory
from memdb.operations.wire import Wire, tapped
from tests.conftest import Home, settle
from tests.faults.proxy import Fault, proxied
from tests.faults.soundness import blocking, no_leak, sound
from tests.server import execute

pytestmark = pytest.mark.on_each_loop

TENANTS = 3
# What the policies read, at each of as many rows as are asked for.
ENTERED = """
    SELECT current_setting('memdb.org_id') FROM generate_series(1, $2::int)
    WHERE $1::memdb.tenant IS NOT NULL AND current_setting('memdb.org_id') = $1::text
"""
QUOTIENT = "SELECT 12 / :divisor::int WHERE :org_id::memdb.tenant IS NOT NULL"
LENGTH = "SELECT count(*) FROM generate_series(1, :length::bigint) WHERE :org_id::memdb.tenant IS NOT NULL"


class Place(NamedTuple):
    """Tenants, each with its own memories, who share one connection."""

    dsn: str
    wire: Wire
    db: Database
    homes: list[Home]
    ids: list[list[uuid.UUID]]

    def gets(self) -> list[Awaitable[Memory | None]]:
        """Of each tenant the first memory."""
        return [memories.get(home.tenant, id=ids[0]) for home, ids in zip(self.homes, self.ids, strict=True)]

    def of_hasty(self) -> Awaitable[Memory | None]:
        """Of the first tenant, with little time."""
        return memories.get(self.db.tenant(self.homes[0].tenant.org_id, timeout=0.4), id=self.ids[0][0])

    async def together(self, *calls: Awaitable[Any]) -> list[Any]:
        """What comes of calls that wait for the connection at the same time."""
        return await asyncio.gather(*await self.waiting(*calls), return_exceptions=True)

    async def waiting(self, *calls: Awaitable[Any]) -> Sequence[asyncio.Future[Any]]:
        """The calls, which go as soon as anything is awaited."""
        async with self.homes[0].tenant.transaction():
            begun = [asyncio.ensure_future(call) for call in calls]
            await asyncio.sleep(0)
            assert self.db.stats().pool.waiting == len(calls)
            self.wire.round_trips = -1  # COMMIT.
        return begun


@pytest.fixture
async def place(dsn: str) -> AsyncIterator[Place]:
    async with tapped(dsn) as wire, memdb.connect(wire.dsn, pool_size=1, timeout=20.0) as db:
        homes = [await settle(db, f"tenant-{number}") for number in range(TENANTS)]
        ids = []
        for number, home in enumerate(homes):
            added = [await memories.add(home.tenant, agent_id=home.agent.id, content=f"{number} {each}") for each in range(number + 1)]
            ids.append([memory.id for memory in added])
        # What nobody has prepared goes alone.
        await memories.get(homes[0].tenant, id=ids[0][0])
        await memories.page(homes[0].tenant, agent_id=homes[0].agent.id)
        await _entered(homes[0].tenant, 1)
        await _quotient(homes[0].tenant, 1)
        await _length(homes[0].tenant, 1)
        yield Place(dsn, wire, db, homes, ids)
        await sound(homes[0].tenant)
        await no_leak(dsn, 1 + db.admin()._pool._open)


async def _entered(tenant: Tenant, rows: int) -> list[str]:
    return [entered for (entered,) in await tenant._fetch(ENTERED, [tenant.org_id, rows])]


async def _quotient(tenant: Tenant, divisor: int) -> list[int]:
    return await tenant.fetch(int, QUOTIENT, divisor=divisor)


async def _length(tenant: Tenant, length: int) -> list[int]:
    return await tenant.fetch(int, LENGTH, length=length)


async def test_they_are_one_round_trip_and_each_has_its_own_rows(place: Place) -> None:
    # Also with the plan for any values, which PostgreSQL makes after five executions.
    for _ in range(8):
        asked = [(home, id) for home in place.homes for ids in place.ids for id in ids]
        found = await place.together(*[memories.get(home.tenant, id=id) for home, id in asked])
        assert place.wire.round_trips == 1
        for (home, id), memory in zip(asked, found, strict=True):
            own = id in place.ids[place.homes.index(home)]
            assert (memory.id, memory.agent_id) == (id, home.agent.id) if own else memory is None
        pages = await place.together(*[memories.page(home.tenant, agent_id=home.agent.id) for home in place.homes])
        assert place.wire.round_trips == 1
        assert [sorted(memory.id for memory in page) for page in pages] == [sorted(ids) for ids in place.ids]


async def test_each_row_is_made_in_its_own_tenant(place: Place) -> None:
    asked = [(home.tenant, rows) for rows in (2, 0, 100) for home in place.homes]
    for _ in range(8):
        assert await place.together(*[_entered(*each) for each in asked]) == [rows * [str(tenant.org_id)] for tenant, rows in asked]
        assert place.wire.round_trips == 1


async def test_they_are_counted_one_by_one(place: Place) -> None:
    before = place.db.stats().functions["memories.get"]
    await place.together(*[memories.get(home.tenant, id=place.ids[0][0]) for home in place.homes])
    after = place.db.stats().functions["memories.get"]
    assert (after.calls, after.errors) == (before.calls + TENANTS, before.errors)
    assert after.seconds > before.seconds


async def test_a_failure_is_told_to_its_own_caller(place: Place) -> None:
    one, two, three = [home.tenant for home in place.homes]
    failed, *others = await place.together(_quotient(two, 0), _quotient(one, 3), _quotient(three, 4), _quotient(two, 6))
    assert isinstance(failed, InvalidInput)
    assert others == [[4], [3], [2]]
    assert place.db.stats().functions["ad hoc"].errors == 1


async def test_what_the_server_gives_up_is_told_to_its_own_caller(place: Place) -> None:
    execute(place.dsn, f"ALTER DATABASE {urlsplit(place.dsn).path[1:]} SET statement_timeout = '400ms'")
    async with memdb.connect(place.wire.dsn, pool_size=1, timeout=20.0) as db:
        there = place._replace(db=db, homes=[Home(db.tenant(home.tenant.org_id), home.agent) for home in place.homes])
        one, two, three = [home.tenant for home in there.homes]
        await _length(one, 1)
        failed, *others = await there.together(_length(two, 10**12), _length(one, 2), _length(three, 3))
        assert isinstance(failed, DeadlineExceeded)
        assert (failed.outcome, failed.retryable, failed.writes) == ("rolled_back", True, False)
        assert others == [[2], [3]]


async def test_one_that_leaves_leaves_the_trip_to_the_others(place: Place) -> None:
    with blocking(place.dsn, "LOCK TABLE memdb.memories IN ACCESS EXCLUSIVE MODE"):
        leaving, *staying = await place.waiting(*place.gets())
        await asyncio.sleep(0.05)
        leaving.cancel()
        await asyncio.wait([leaving])
        assert leaving.cancelled()
        assert not any(task.done() for task in staying)
        assert place.wire.round_trips == 1
    assert [memory.id for memory in await asyncio.gather(*staying)] == [ids[0] for ids in place.ids[1:]]
    assert place.wire.round_trips == 1


async def test_the_last_one_that_leaves_ends_the_trip(place: Place) -> None:
    for pause in (0.05, 0.0):
        with blocking(place.dsn, "LOCK TABLE memdb.memories IN ACCESS EXCLUSIVE MODE"):
            tasks = await place.waiting(*place.gets())
            await asyncio.sleep(pause)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            assert await _quotient(place.homes[0].tenant, 2) == [6]


async def test_a_short_deadline_is_its_callers_own(place: Place) -> None:
    with blocking(place.dsn, "LOCK TABLE memdb.memories IN ACCESS EXCLUSIVE MODE"):
        late, *others = await place.waiting(place.of_hasty(), *place.gets())
        await asyncio.wait([late])
    error = late.exception()
    assert isinstance(error, DeadlineExceeded)
    assert (error.function, error.writes, error.retryable) == ("memories.get", False, True)
    assert [memory.id for memory in await asyncio.gather(*others)] == [ids[0] for ids in place.ids]


async def test_who_waits_too_long_hears_that_nothing_was_sent(place: Place) -> None:
    async with place.homes[0].tenant.transaction():
        hasty = [place.db.tenant(home.tenant.org_id, timeout=0.1) for home in place.homes]
        told = await asyncio.gather(*[memories.get(tenant, id=place.ids[0][0]) for tenant in hasty], return_exceptions=True)
    assert {type(each) for each in told} == {PoolExhausted}


async def test_closing_frees_who_waits_to_travel(place: Place) -> None:
    db = await memdb.connect(place.dsn, pool_size=1)
    tenant = db.tenant(place.homes[0].tenant.org_id)
    async with tenant.transaction():
        tasks = [asyncio.create_task(memories.get(tenant, id=place.ids[0][0])) for _ in range(3)]
        await asyncio.sleep(0.05)
        await db.close()
        assert {type(each) for each in await asyncio.gather(*tasks, return_exceptions=True)} == {PoolClosed}


async def test_a_migration_goes_unnoticed_under_way(place: Place) -> None:
    """Also where the type of a column is another, so that what is prepared cannot run any more."""
    review = "SELECT r.score FROM app.reviews AS r WHERE r.org_id = :org_id::memdb.tenant"
    execute(place.dsn, "CREATE SCHEMA app", "CREATE TABLE app.reviews (org_id uuid, score int)")
    execute(place.dsn, "GRANT USAGE ON SCHEMA app TO memdb_app", "GRANT SELECT ON app.reviews TO memdb_app")
    for home in place.homes:
        execute(place.dsn, f"INSERT INTO app.reviews VALUES ('{home.tenant.org_id}', {place.homes.index(home)})")
    for type_, kind in (("int", int), ("bigint", int), ("text", str)):
        execute(place.dsn, f"ALTER TABLE app.reviews ALTER score TYPE {type_}")
        for _ in range(2):
            found = await place.together(*[home.tenant.fetch(kind, review) for home in place.homes])
            assert found == [[kind(number)] for number in range(TENANTS)]


@pytest.mark.parametrize("offset", [0, 1, 40, 700])
async def test_a_connection_that_breaks_is_replaced_under_way(place: Place, offset: int) -> None:
    async with proxied(place.dsn) as proxy, memdb.connect(proxy.dsn, pool_size=1, timeout=20.0) as db:
        there = place._replace(db=db, homes=[Home(db.tenant(home.tenant.org_id), home.agent) for home in place.homes])
        await asyncio.gather(*there.gets())
        tasks = await there.waiting(*there.gets())
        proxy.fault = Fault("down", offset, "reset")
        assert [memory and memory.id for memory in await asyncio.gather(*tasks)] == [ids[0] for ids in place.ids]
        assert proxy.fault is None


@pytest.mark.parametrize("tasks", [400, pytest.param(10_000, marks=pytest.mark.slow)])
async def test_a_storm_in_which_nobody_gets_anothers(place: Place, tasks: int) -> None:
    """Of calls that are cancelled anywhere, fail, or are too late, and of none that hears of it when it is another's."""
    chance = random.Random(tasks)
    heard: dict[str, int] = {"done": 0, "cancelled": 0, "failed": 0, "late": 0}

    async def call() -> None:
        number = chance.randrange(TENANTS)
        tenant = place.db.tenant(place.homes[number].tenant.org_id, timeout=chance.choice([0.001, 20.0, 20.0, 20.0]))
        work = chance.randrange(8)
        if work == 0:
            await _quotient(tenant, 0)
        elif work < 4:
            rows = chance.randrange(3)
            assert await _entered(tenant, rows) == rows * [str(tenant.org_id)]
        elif work < 6:
            page = await memories.page(tenant, agent_id=place.homes[number].agent.id)
            assert sorted(memory.id for memory in page) == sorted(place.ids[number])
        else:
            of = chance.randrange(TENANTS)
            memory = await memories.get(tenant, id=place.ids[of][0])
            assert (memory is not None) == (of == number)

    async def one_after_the_other() -> None:
        for _ in range(tasks // 40):
            task = asyncio.ensure_future(call())
            if chance.random() < 0.2:
                await asyncio.sleep(chance.expovariate(200))
                task.cancel()
            await asyncio.wait([task])
            error = None if task.cancelled() else task.exception()
            assert error is None or isinstance(error, InvalidInput | CallFailed), error
            kind = "cancelled" if task.cancelled() else "done" if error is None else "failed" if isinstance(error, InvalidInput) else "late"
            heard[kind] += 1

    await asyncio.gather(*[one_after_the_other() for _ in range(40)])
    assert min(heard.values()) > 0, heard
    assert heard["done"] > tasks / 3
