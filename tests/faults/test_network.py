"""Networks that are slow, break in the middle of a message, or fall silent; and what a call says then of its outcome."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

import pytest

import memdb
from memdb import memories, messages, sessions
from memdb.engine.database import Database, Tenant
from memdb.engine.executor import Transaction
from memdb.errors import CallFailed, ConnectionLost, DeadlineExceeded, MemdbError, PoolExhausted, ServerUnreachable
from memdb.memories import Memory, NewMemory
from memdb.sessions import Session
from tests.conftest import settle
from tests.faults.proxy import Fault, Proxy, Way, proxied
from tests.faults.soundness import Lag, no_leak, sound

POOL = 2
TIMEOUT = 0.15


class Place(NamedTuple):
    """A tenant behind a proxy whose network is good so far, and the same tenant reached without it."""

    dsn: str
    proxy: Proxy
    db: Database
    tenant: Tenant
    hasty: Tenant
    direct: Tenant
    memory: Memory
    session: Session


@pytest.fixture
async def place(db: Database, dsn: str) -> AsyncIterator[Place]:
    home = await settle(db, "acme")
    memory = await memories.add(home.tenant, agent_id=home.agent.id, content="known")
    session = (await sessions.start(home.tenant, agent_id=home.agent.id)).session
    async with proxied(dsn) as proxy, memdb.connect(proxy.dsn, pool_size=POOL, timeout=10.0) as behind:
        tenant = behind.tenant(home.tenant.org_id)
        hasty = behind.tenant(home.tenant.org_id, timeout=TIMEOUT)
        made = Place(dsn, proxy, behind, tenant, hasty, home.tenant, memory, session)
        # Every statement of the tests is prepared, so that faults hit it and not its preparation.
        await asyncio.gather(*[_prepare(made) for _ in range(POOL)])
        yield made
        proxy.heal()
        await sound(tenant)
        await no_leak(dsn, POOL + db.admin()._pool._open + home.tenant._pool._open)


async def _prepare(place: Place) -> None:
    async with place.tenant.transaction() as tx:
        for call in CALLS.values():
            if call not in (_transaction, _run):
                await call(place, tx)


async def _read(place: Place, on: Tenant | Transaction) -> None:
    await memories.get(on, id=place.memory.id)


async def _write(place: Place, on: Tenant | Transaction) -> None:
    await messages.append(on, session_id=place.session.id, role="user", content="x" * 500)


async def _write_many(place: Place, on: Tenant | Transaction) -> None:
    items = [NewMemory(content=f"{uuid.uuid4()}") for _ in range(50)]
    await memories.add_many(on, agent_id=place.memory.agent_id, items=items)


async def _merge_many(place: Place, on: Tenant | Transaction) -> None:
    await memories.add_many(on, agent_id=place.memory.agent_id, items=[NewMemory(content="x")], on_duplicate="merge")


async def _stream(place: Place, on: Tenant | Transaction) -> None:
    async for _ in memories.scan(on):
        pass


async def _transaction(place: Place, on: Tenant | Transaction) -> None:
    async with on.transaction() as tx:
        await _write(place, tx)


async def _run(place: Place, on: Tenant | Transaction) -> None:
    assert isinstance(on, Tenant)
    await on.run(lambda tx: _write(place, tx))


CALLS: dict[str, Callable[[Place, Tenant | Transaction], Awaitable[None]]] = {
    "read": _read,
    "write": _write,
    "write many": _write_many,
    "stream": _stream,
    "transaction": _transaction,
    "run": _run,
}
# How many messages and memories each of them makes.
WRITES = {"read": (0, 0), "write": (1, 0), "write many": (0, 50), "stream": (0, 0), "transaction": (1, 0), "run": (1, 0)}
WAYS: dict[Way, type[MemdbError]] = {"reset": ConnectionLost, "silent": DeadlineExceeded}
NOTHING_SENT = (PoolExhausted, ServerUnreachable)
CONSEQUENCES = {
    "not_sent": "nothing was sent",
    "rolled_back": "nothing was changed, and it may be run again",
    "unknown": "whether the write was committed is unknown",
}
KINDS = {False: "a read, ", True: "a write, ", None: ""}
# The functions that a call may fail in before its COMMIT.
FUNCTIONS = {
    "read": {"memories.get"},
    "write": {"messages.insert_new"},
    "write many": {"memories.insert_many"},
    "stream": {"memories.scan"},
    "transaction": {"transaction.begin", "messages.insert_new"},
    "run": {"transaction.begin", "messages.insert_new"},
}


async def _written(place: Place) -> tuple[int, int]:
    """How many messages and memories there are, when the server has ended what clients that it lost have asked for."""
    await no_leak(place.dsn)
    session = await sessions.get(place.direct, id=place.session.id)
    assert session is not None
    return session.messages, await memories.count(place.direct)


async def _fails(
    place: Place, call: Awaitable[object], expected: type[MemdbError], margin: float, case: object = None, *, timeout: float = TIMEOUT
) -> CallFailed:
    """The error of a call that raises exactly this, which says whether anything was sent, and is over by its deadline.

    `margin` is in seconds, beside what the loop itself was late.
    """
    loop = asyncio.get_running_loop()
    async with Lag.measured() as lag:
        start = loop.time()
        (outcome,) = await asyncio.gather(call, return_exceptions=True)
        late = loop.time() - start - timeout - lag.seconds()
    assert isinstance(outcome, CallFailed), (case, outcome)
    assert type(outcome) is expected, (case, outcome)
    assert (outcome.outcome == "not_sent") == (expected in NOTHING_SENT)
    assert (CONSEQUENCES[outcome.outcome] in str(outcome)) is (outcome.outcome != "unknown" or bool(outcome.writes))
    assert f"({outcome.function}, {KINDS[outcome.writes]}after " in str(outcome)
    assert outcome.seconds is not None
    assert outcome.seconds <= timeout + margin + lag.seconds()
    assert late < margin, f"{case}: {late * 1000:.0f} ms late"
    place.proxy.heal()
    return outcome


@pytest.fixture(params=[1.0, pytest.param(0.1, marks=pytest.mark.slow)], ids=["generous", "strict"])
def margin(request: pytest.FixtureRequest) -> float:
    return float(request.param)


async def test_a_slow_network_is_only_slow(place: Place, margin: float) -> None:
    place.proxy.delay = 0.01
    before = await _written(place)
    for call in CALLS.values():
        await call(place, place.tenant)
    assert await _written(place) == (before[0] + 3, before[1] + 50)
    for name, call in CALLS.items():
        await sound(place.tenant)
        place.proxy.delay = TIMEOUT
        await _fails(place, call(place, place.hasty), DeadlineExceeded, margin, name)


async def test_calls_of_several_round_trips_have_one_deadline(place: Place, margin: float) -> None:
    """Each of the trips would be in time."""
    patient = place.db.tenant(place.tenant.org_id, timeout=1.0)
    for call in (_merge_many, _stream):
        await sound(place.tenant)
        place.proxy.delay = 0.26
        await _fails(place, call(place, patient), DeadlineExceeded, margin, call.__name__, timeout=1.0)


async def test_nothing_was_sent_when_no_connection_is_free(place: Place, margin: float) -> None:
    before = await _written(place)
    async with place.tenant.transaction(), place.tenant.transaction():
        for name, call in CALLS.items():
            await _fails(place, call(place, place.hasty), PoolExhausted, margin, name)
    assert await _written(place) == before


async def test_nothing_was_sent_when_connecting_fails(place: Place, margin: float) -> None:
    before = await _written(place)
    for name, call in CALLS.items():
        for way in WAYS:
            await asyncio.gather(*place.tenant._pool._recovering)
            for connection in place.tenant._pool._idle:
                connection.terminate()
            place.proxy.connecting = way
            await _fails(place, call(place, place.hasty), ServerUnreachable, margin, (name, way))
    assert await _written(place) == before


async def test_connecting_fails_in_time_wherever_it_breaks(place: Place, margin: float) -> None:
    """While it logs in, learns the types, or looks whether the database is one to run on."""
    before = place.proxy.passed.copy()
    async with memdb.connect(place.proxy.dsn):
        passed = {direction: place.proxy.passed[direction] - before[direction] for direction in ("up", "down")}
    for way in WAYS:
        for direction, total in passed.items():
            for offset in range(0, total, total // 8):
                place.proxy.fault = Fault(direction, offset, way)  # type: ignore[arg-type]
                call = memdb.connect(place.proxy.dsn, timeout=TIMEOUT)
                await _fails(place, _awaited(call), ServerUnreachable, margin, (way, direction, offset))


async def _awaited(call: Awaitable[object]) -> object:
    return await call


async def test_once_sent_the_outcome_is_unknown(place: Place, margin: float) -> None:
    """The request is lost, or cut off; the response is lost, or cut off. Nothing is sent again."""
    for name, call in CALLS.items():
        for way, expected in WAYS.items():
            for direction, offset in (("up", 0), ("up", 40), ("down", 0), ("down", 30)):
                case = Fault(direction, offset, way)  # type: ignore[arg-type]
                before = await _written(place)
                await call(place, place.tenant)
                place.proxy.fault = case
                error = await _fails(place, call(place, place.hasty), expected, margin, (name, case))
                after = await _written(place)
                whole = WRITES[name]
                assert error.function in FUNCTIONS[name]
                assert error.retryable is (name not in ("write", "write many"))
                if error.retryable:
                    assert (after[0] - before[0], after[1] - before[1]) == whole
                assert (after[0] - before[0], after[1] - before[1]) in (whole, (2 * whole[0], 2 * whole[1]))
                if direction == "up":
                    assert (after[0] - before[0], after[1] - before[1]) == whole


async def test_at_commit_the_outcome_is_unknown(place: Place, margin: float) -> None:
    for way, expected in WAYS.items():
        for direction, offset, committed in (("up", 0, 0), ("up", 5, 0), ("down", 0, 1), ("down", 5, 1)):
            case = Fault(direction, offset, way)  # type: ignore[arg-type]
            before, _ = await _written(place)
            transaction = place.hasty.transaction()
            await _write(place, await transaction.__aenter__())
            place.proxy.fault = case
            error = await _fails(place, transaction.__aexit__(None, None, None), expected, margin, case)
            assert (error.function, error.writes, error.retryable) == ("transaction.commit", True, False)
            assert (await _written(place))[0] == before + committed, case


async def test_a_transaction_that_only_read_may_be_run_again(place: Place, margin: float) -> None:
    for way, expected in WAYS.items():
        transaction = place.hasty.transaction()
        await _read(place, await transaction.__aenter__())
        place.proxy.fault = Fault("down", 0, way)
        error = await _fails(place, transaction.__aexit__(None, None, None), expected, margin, way)
        assert (error.function, error.outcome, error.retryable) == ("transaction.commit", "unknown", True)


async def test_before_commit_nothing_was_changed(place: Place, margin: float) -> None:
    before = await _written(place)
    for way, expected in WAYS.items():
        for direction in ("up", "down"):
            transaction = place.hasty.transaction()
            tx = await transaction.__aenter__()
            place.proxy.fault = Fault(direction, 0, way)  # type: ignore[arg-type]
            error = await _fails(place, _write(place, tx), expected, margin, (direction, way))
            assert (error.function, error.outcome, error.retryable) == ("messages.insert_new", "rolled_back", True)
            assert not await transaction.__aexit__(type(error), error, None)
    assert await _written(place) == before


async def test_what_may_have_been_committed_is_not_run_again(place: Place) -> None:
    attempts, ways = 0, iter(WAYS)

    async def work(tx: Transaction) -> None:
        nonlocal attempts
        attempts += 1
        await _write(place, tx)
        place.proxy.fault = Fault("down", 0, next(ways))

    before, _ = await _written(place)
    for expected in WAYS.values():
        with pytest.raises(expected):
            await place.hasty.run(work)
        place.proxy.heal()
    assert attempts == len(WAYS)
    assert (await _written(place))[0] == before + attempts


async def test_a_machine_that_vanishes(place: Place, margin: float) -> None:
    """Who gets one of the connections that there were hears nothing until the deadline; nobody else can connect; then all is well again."""
    place.proxy.vanish()
    loop = asyncio.get_running_loop()
    async with Lag.measured() as lag:
        start = loop.time()
        outcomes = await asyncio.gather(*[_write(place, place.hasty) for _ in range(5 * POOL)], return_exceptions=True)
        assert loop.time() - start - TIMEOUT - lag.seconds() < margin
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds.count(DeadlineExceeded) == POOL
    assert set(kinds) <= {DeadlineExceeded, PoolExhausted, ServerUnreachable}
    with pytest.raises(ServerUnreachable, match="in time"):
        await memdb.connect(place.proxy.dsn, timeout=TIMEOUT)
    place.proxy.heal()
    await _read(place, place.tenant)


@pytest.mark.parametrize("rounds", [40, pytest.param(2000, marks=pytest.mark.slow)])
async def test_broken_anywhere_a_call_happens_wholly_or_not_at_all(place: Place, rounds: int) -> None:
    """At seeded bytes of either direction, with another call on the way."""
    chance = random.Random(rounds)
    names = [name for name, written in WRITES.items() if any(written)]
    total = 0
    for _ in range(rounds):
        name = chance.choice(names)
        before = await _written(place)
        place.proxy.fault = Fault(chance.choice(["up", "down"]), int(chance.expovariate(1 / 800)), "reset")  # type: ignore[arg-type]
        outcomes = await asyncio.gather(CALLS[name](place, place.tenant), _read(place, place.tenant), return_exceptions=True)
        place.proxy.fault = None
        for outcome in outcomes:
            assert outcome is None or type(outcome) in (ConnectionLost, ServerUnreachable), outcome
        after = await _written(place)
        changed = (after[0] - before[0], after[1] - before[1])
        assert changed == WRITES[name] or (changed == (0, 0) and outcomes[0] is not None)
        assert changed == (0, 0) or not isinstance(outcomes[0], CallFailed) or not outcomes[0].retryable
        assert outcomes[1] is None or (isinstance(outcomes[1], CallFailed) and outcomes[1].retryable)
        total += outcomes[0] is not None
    assert total > rounds / 8
