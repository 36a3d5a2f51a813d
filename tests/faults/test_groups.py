"""Writes of several callers that are committed together: each with its own error and outcome, as if it had been committed alone."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Awaitable
from typing import Any, NamedTuple

import pytest

import memdb
from memdb import entities, facts, items, memories, messages, organizations, sessions
from memdb.engine.database import Database
from memdb.entities import Sighting
from memdb.errors import CallFailed, ConnectionLost, DeadlineExceeded, InvalidInput, QuotaExceeded, VersionConflict
from memdb.items import NewPart
from memdb.memories import Memory
from tests.conftest import Home, settle
from tests.faults.proxy import Fault, Proxy, proxied
from tests.faults.soundness import blocking, no_leak, sound
from tests.server import fetch

pytestmark = pytest.mark.on_each_loop

TENANTS = 3


class Place(NamedTuple):
    """Tenants with a memory each, whose writes go in groups, over a network."""

    dsn: str
    proxy: Proxy
    db: Database
    homes: list[Home]
    known: list[Memory]

    def add(self, number: int, content: str, **options: Any) -> Awaitable[Memory]:
        home = self.homes[number]
        return memories.add(self.db.tenant(home.tenant.org_id, **options), agent_id=home.agent.id, content=content)

    def commits(self) -> dict[str, int]:
        """How many memories were written by each transaction, by their content."""
        rows = fetch(self.dsn, "SELECT m.content, count(*) OVER (PARTITION BY m.xmin::text) FROM memdb.memories AS m")
        return dict(rows)  # type: ignore[arg-type]


@pytest.fixture
async def place(dsn: str) -> AsyncIterator[Place]:
    async with proxied(dsn) as proxy, memdb.connect(proxy.dsn, pool_size=2, timeout=20.0, group_writes=True) as db:
        homes = [await settle(db, f"tenant-{number}") for number in range(TENANTS)]
        known = [await memories.add(home.tenant, agent_id=home.agent.id, content="known") for home in homes]
        yield Place(dsn, proxy, db, homes, known)
        proxy.heal()
        await sound(homes[0].tenant)
        await no_leak(dsn, 2 + db.admin()._pool._open)


async def test_they_are_one_transaction_and_each_is_its_tenants(place: Place) -> None:
    calls = [place.add(number % TENANTS, f"new {number}") for number in range(20)]
    updates = [memories.update(home.tenant, id=each.id, content="changed") for home, each in zip(place.homes, place.known, strict=True)]
    added = await asyncio.gather(*calls)
    changed = await asyncio.gather(*updates)
    assert [(memory.content, memory.agent_id) for memory in added] == [(f"new {n}", place.homes[n % TENANTS].agent.id) for n in range(20)]
    assert [memory.version for memory in changed] == [2, 2, 2]
    assert place.commits() == {**{f"new {number}": 20 for number in range(20)}, "changed": 3}
    for number, home in enumerate(place.homes):
        own = {memory.content for memory in await memories.page(home.tenant, agent_id=home.agent.id)}
        assert own == {"changed", *(f"new {each}" for each in range(number, 20, TENANTS))}


async def test_different_statements_share_a_transaction(place: Place) -> None:
    session = (await sessions.start(place.homes[0].tenant, agent_id=place.homes[0].agent.id)).session
    said = [messages.append(place.homes[0].tenant, session_id=session.id, role="user", content=str(number)) for number in range(5)]
    made = await asyncio.gather(*said, place.add(1, "new"), place.add(2, "new"))
    assert sorted(message.position for message in made[:5]) == [1, 2, 3, 4, 5]
    transactions = "SELECT xmin::text FROM memdb.messages UNION SELECT xmin::text FROM memdb.memories WHERE content = 'new'"
    assert len(fetch(place.dsn, transactions)) == 1


async def test_facts_and_items_with_parts_share_a_transaction(place: Place) -> None:
    """The same said three times, by callers that know nothing of each other, is one fact that is confirmed twice."""
    (ada,) = await entities.see_many(place.homes[0].tenant, agent_id=place.homes[0].agent.id, items=[Sighting(type="person", name="Ada")])
    tea, coffee = (
        {"agent_id": place.homes[0].agent.id, "entity_id": ada.id, "content": content} for content in ("likes tea", "likes coffee")
    )
    said = [facts.assert_(place.homes[0].tenant, **each) for each in (tea, tea, coffee, tea)]
    put = [
        items.put(
            home.tenant, namespace=("notes",), key="one", value={"number": number}, parts=[NewPart(path="text", content=f"of {number}")]
        )
        for number, home in enumerate(place.homes)
    ]
    *asserted, _, _, _ = await asyncio.gather(*said, *put)
    assert [each.outcome for each in asserted] == ["added", "confirmed", "added", "confirmed"]
    assert len({each.fact.id for each in asserted}) == 2
    for number, home in enumerate(place.homes):
        item = await items.get(home.tenant, namespace=("notes",), key="one")
        assert item.value == {"number": number}
    assert (
        len(fetch(place.dsn, "SELECT xmin::text FROM memdb.facts WHERE content = 'likes coffee' UNION SELECT xmin::text FROM memdb.items"))
        == 1
    )


async def test_alone_it_is_one_round_trip(place: Place) -> None:
    await place.add(0, "before")
    place.proxy.passed["up"] = 0
    await place.add(0, "alone")
    alone = place.proxy.passed["up"]
    other = place.db.tenant(place.homes[0].tenant.org_id, group_writes=False)
    await memories.add(other, agent_id=place.homes[0].agent.id, content="alone")
    assert place.proxy.passed["up"] == 2 * alone


async def test_a_failure_is_told_to_its_own_caller(place: Place) -> None:
    tenant, known = place.homes[0].tenant, place.known[0]
    await organizations.set_quotas(place.db.admin(place.homes[1].tenant.org_id), memories=1, agents=None, monthly_tokens=None)
    outcomes = await asyncio.gather(
        place.add(2, "one"),
        memories.update(tenant, id=known.id, expected_version=7, content="lost"),
        place.add(0, "two"),
        place.add(1, "too many"),
        memories.update(tenant, id=known.id, expected_version=1, content="three"),
        return_exceptions=True,
    )
    assert [getattr(each, "content", type(each)) for each in outcomes] == ["one", VersionConflict, "two", QuotaExceeded, "three"]
    assert place.db.stats().functions["memories.update"].errors == 1
    assert set(place.commits()) == {"known", "one", "two", "three"}


async def test_a_lock_holds_up_only_who_waits_for_it(place: Place) -> None:
    with blocking(place.dsn, f"SELECT FROM memdb.memories WHERE id = '{place.known[0].id}' FOR UPDATE"):
        blocked = asyncio.create_task(memories.update(place.homes[0].tenant, id=place.known[0].id, content="late"))
        hasty = place.db.tenant(place.homes[0].tenant.org_id, timeout=0.5)
        too_late = asyncio.create_task(memories.update(hasty, id=place.known[0].id, content="too late"))
        assert [memory.content for memory in await asyncio.gather(place.add(1, "one"), place.add(2, "two"))] == ["one", "two"]
        assert not blocked.done()
        (error,) = await asyncio.gather(too_late, return_exceptions=True)
        assert isinstance(error, DeadlineExceeded)
        assert (error.writes, error.retryable) == (True, False)
    assert (await blocked).content == "late"


async def test_one_that_leaves_leaves_the_group_to_the_others(place: Place) -> None:
    place.proxy.delay = 0.02
    leaving, *staying = [asyncio.ensure_future(place.add(number, "new")) for number in range(TENANTS)]
    await asyncio.sleep(0.05)
    leaving.cancel()
    assert [memory.content for memory in await asyncio.gather(*staying)] == ["new", "new"]
    assert leaving.cancelled()


async def test_who_all_leave_leave_nothing_half_done(place: Place) -> None:
    place.proxy.delay = 0.01
    for pause in (0.0, 0.005, 0.02, 0.05, 0.07):
        tasks = [asyncio.ensure_future(place.add(number, f"{pause} {number}")) for number in range(TENANTS)]
        await asyncio.sleep(pause)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    place.proxy.heal()
    await sound(place.homes[0].tenant)
    await no_leak(place.dsn)
    assert all(count in (1, TENANTS) for content, count in place.commits().items())


@pytest.mark.parametrize("rounds", [12, pytest.param(1000, marks=pytest.mark.slow)])
async def test_broken_anywhere_what_was_acknowledged_is_there(place: Place, rounds: int) -> None:
    """And what was not sent, or rolled back, is not; nothing is there twice."""
    chance = random.Random(rounds)
    unknown = failed = 0
    for _ in range(rounds):
        marks = [uuid.uuid4().hex for _ in range(6)]
        place.proxy.fault = Fault(chance.choice(["up", "down"]), int(chance.expovariate(1 / 1500)), "reset")
        outcomes = await asyncio.gather(*[place.add(n % TENANTS, mark) for n, mark in enumerate(marks)], return_exceptions=True)
        place.proxy.heal()
        await no_leak(place.dsn)
        there = {content for (content,) in fetch(place.dsn, "SELECT content FROM memdb.memories")}
        for mark, outcome in zip(marks, outcomes, strict=True):
            if isinstance(outcome, CallFailed):
                failed += 1
                unknown += outcome.outcome == "unknown"
                assert outcome.outcome == "unknown" or mark not in there
                assert outcome.retryable == (outcome.outcome != "unknown")
            else:
                assert not isinstance(outcome, BaseException), outcome
                assert mark in there
    assert failed > 0


async def test_a_commit_that_nobody_hears_of_is_unknown(place: Place) -> None:
    """What broke before COMMIT was sent is run again; afterwards it is not."""
    await asyncio.gather(*[place.add(number, "before") for number in range(TENANTS)])
    seen: list[str] = []
    original = place.proxy.passing

    def passing(direction: Any, chunk: bytes) -> Any:
        if direction == "up" and b"COMMIT" in chunk:
            seen.append("COMMIT")
            place.proxy.fault = Fault("down", 0, "reset")
        return original(direction, chunk)

    place.proxy.passing = passing  # type: ignore[method-assign]
    outcomes = await asyncio.gather(*[place.add(number, "unheard") for number in range(TENANTS)], return_exceptions=True)
    assert seen == ["COMMIT"]
    for outcome in outcomes:
        assert isinstance(outcome, ConnectionLost)
        assert (outcome.function, outcome.outcome, outcome.retryable) == ("memories.insert", "unknown", False)
    assert place.commits()["unheard"] == TENANTS


async def test_it_needs_prepared_statements(dsn: str) -> None:
    with pytest.raises(InvalidInput, match="group_writes"):
        memdb.connect(dsn, group_writes=True, prepare=False)
