"""Round trips, counted on the wire for every query function, and the proof that nothing session-scoped stays on a connection."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

import memdb
from memdb import memories, organizations
from memdb.engine.own import QUERIES
from memdb.memories import NewMemory
from memdb.operations.wire import Wire, tapped
from tests.faults.soundness import STATE
from tests.samples import ADMIN_SAMPLES, COMPOSED, OF_THE_OWNER, SAMPLES, STREAMS, World, Worlds, areas, build, of_area
from tests.server import execute


def test_no_query_function_is_left_out() -> None:
    assert set(SAMPLES) | set(ADMIN_SAMPLES) | STREAMS | OF_THE_OWNER == set(QUERIES)


@pytest.fixture
async def wire(dsn: str) -> AsyncIterator[Wire]:
    async with tapped(dsn) as tap:
        yield tap


@pytest.fixture
async def world(wire: Wire) -> AsyncIterator[World]:
    # One connection each, so that a statement's second run finds it prepared.
    async with memdb.connect(wire.dsn, pool_size=1, timeout=20.0) as db:
        organization = await organizations.create(db.admin(), slug="acme", name="Acme")
        tenant = db.tenant(organization.id)
        yield await build(db, tenant)


async def test_another_driver_can_be_counted(wire: Wire) -> None:
    connection = await asyncpg.connect(wire.dsn)
    wire.round_trips = 0
    assert await connection.execute("SELECT 1") == "SELECT 1"
    assert wire.round_trips == 1
    await connection.close()


@pytest.mark.parametrize("area", areas(SAMPLES | ADMIN_SAMPLES | COMPOSED))
async def test_a_call_is_one_round_trip(area: str, wire: Wire, world: World) -> None:
    counted, worlds = {}, Worlds(world.db, world.tenant)
    for name, call in of_area(area, SAMPLES | ADMIN_SAMPLES | COMPOSED):
        for _ in range(2):
            await worlds.call(call, lambda: setattr(wire, "round_trips", 0))
            counted[name] = wire.round_trips
    assert counted == dict.fromkeys(counted, 1)


@pytest.mark.parametrize("calls", [0, 1, 5])
async def test_a_transaction_of_n_statements_is_n_plus_2(calls: int, wire: Wire, world: World) -> None:
    for _ in range(2):
        wire.round_trips = 0
        async with world.tenant.transaction() as tx:
            for _ in range(calls):
                await memories.get(tx, id=world.live.id)
    assert wire.round_trips == calls + 2


@pytest.mark.parametrize(("items", "merged", "expected"), [(1000, False, 1), (3000, False, 3), (1, True, 3), (3000, True, 3)])
async def test_many_are_one_round_trip_or_three(items: int, merged: bool, expected: int, wire: Wire, world: World) -> None:
    for round_ in range(2):
        wire.round_trips = 0
        batch = [NewMemory(content=f"{round_} {number}") for number in range(items)]
        await memories.add_many(world.tenant, agent_id=world.agent_id, items=batch, on_duplicate="merge" if merged else "return")
    assert wire.round_trips == expected


async def test_a_stream_fetches_in_batches(wire: Wire, world: World) -> None:
    await memories.add_many(world.tenant, agent_id=world.agent_id, items=[NewMemory(content=str(n)) for n in range(1200)])
    for _ in range(2):
        wire.round_trips = 0
        streamed = [memory async for memory in memories.scan(world.tenant)]
    assert len(streamed) == 1202
    assert [memory.id for memory in streamed] == sorted(memory.id for memory in streamed)
    # BEGIN, Bind, 500 + 500 + 202 rows, COMMIT.
    assert wire.round_trips <= 7


async def test_a_failed_call_is_one_round_trip_too(wire: Wire, world: World) -> None:
    for _ in range(2):
        wire.round_trips = 0
        with pytest.raises(memdb.errors.NotFound):
            await memories.update(world.tenant, id=world.deleted.id, content="x")
    assert wire.round_trips == 1


async def test_what_a_new_connection_asks_before_it_works(wire: Wire) -> None:
    """Beyond its authentication: the first of a pool learns the types; and the database is inspected once."""
    async with memdb.connect(wire.dsn, pool_size=3, timeout=20.0) as db:
        assert wire.round_trips == 2 + 2 + 2
        organization = await organizations.create(db.admin(), slug="acme", name="Acme")
        world = await build(db, db.tenant(organization.id))
        pool = world.tenant._pool
        used = await pool.acquire(5)
        wire.round_trips = 0
        pool.give(await pool.acquire(5))
        assert wire.round_trips == 0
        names = (
            "memories.search_ranked",
            "messages.insert",
            "memories.near_duplicates",
            "memories.record_use",
            "threads.insert",
            "items.write",
        )
        for name in names:
            wire.round_trips = 0
            await SAMPLES[name](world, world.tenant)
            assert wire.round_trips == 2, f"{name} is prepared and run, whatever the types of its parameters"
        pool.give(used)


async def test_nothing_session_scoped_stays_on_a_connection(world: World) -> None:
    """This is what makes it safe that the pool resets nothing between two calls."""
    pool = world.tenant._pool
    connection = await pool.acquire(5)
    before = tuple(await connection.fetchrow(STATE))
    pool.give(connection)
    assert before == (0, None, 0, 0, 0, 0, "memdb_app")
    worlds = Worlds(world.db, world.tenant)
    for call in (SAMPLES | COMPOSED).values():
        await worlds.call(call)
        async with world.tenant.transaction() as tx:
            await memories.count(tx)
        async for _ in memories.scan(world.tenant):
            break
        held = await pool.acquire(5)
        assert held is connection
        assert not held.is_in_transaction()
        assert tuple(await held.fetchrow(STATE)) == before
        pool.give(held)


async def test_no_tenant_stays_entered_after_an_error(world: World, dsn: str) -> None:
    execute(dsn, "REVOKE SELECT ON memdb.memory_versions FROM memdb_app")
    with pytest.raises(memdb.errors.PermissionDenied):
        await memories.versions(world.tenant, id=world.live.id)
    connection = await world.tenant._pool.acquire(5)
    assert await connection.fetchval("SELECT nullif(current_setting('memdb.org_id', true), '')") is None
    assert await connection.fetchval("SELECT count(*) FROM memdb.memories") == 0
    world.tenant._pool.give(connection)
