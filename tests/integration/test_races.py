"""Two calls on one memory, the second begun before the first commits: what the second sees must be what the first left."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memdb import memories, organizations
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.engine.executor import AdminTransaction, Executor, Transaction
from memdb.errors import (
    AlreadyExists,
    ConnectionLost,
    DeadlineExceeded,
    InvalidInput,
    NotFound,
    TransactionConflict,
    VersionConflict,
    WritesRefused,
)
from memdb.memories import Memory, NewMemory
from tests.conftest import vector
from tests.server import execute, fetch

Call = Callable[[Executor, uuid.UUID], Awaitable[Any]]


async def _race(tenant: Tenant, memory: Memory, first: Call, second: Call) -> Any:
    """The result of `second`, which waits for the row that `first` holds."""
    async with tenant.transaction() as tx:
        await first(tx, memory.id)
        waiting = asyncio.create_task(_caught(second(tenant, memory.id)))
        await asyncio.sleep(0.15)
        assert not waiting.done()
    return await waiting


async def _caught(call: Awaitable[Any]) -> Any:
    try:
        return await call
    except Exception as error:
        return error


@pytest.fixture
async def memory(tenant: Tenant, agent: Agent) -> Memory:
    return await memories.add(tenant, agent_id=agent.id, content="raced", tags=["old"])


async def _stored(tenant: Tenant, memory: Memory, dsn: str) -> tuple[list[str], list[str]]:
    """The tags of the memory's row and of its newest history row."""
    (row,) = fetch(dsn, f"SELECT tags FROM memdb.memories WHERE id = '{memory.id}'")
    newest, *_ = await memories.versions(tenant, id=memory.id)
    return row[0], newest.tags  # type: ignore[return-value]


@pytest.mark.parametrize("tags", [["new"], []])
async def test_a_change_of_something_else_keeps_the_new_tags(tenant: Tenant, memory: Memory, dsn: str, tags: list[str]) -> None:
    changed = await _race(
        tenant,
        memory,
        lambda on, id: memories.update(on, id=id, tags=tags),
        lambda on, id: memories.update(on, id=id, confidence=0.1),
    )
    assert (changed.tags, changed.version) == (tags, 3)
    assert await _stored(tenant, memory, dsn) == (tags, tags)


async def test_of_two_retaggings_the_later_counts(tenant: Tenant, memory: Memory, dsn: str) -> None:
    changed = await _race(
        tenant, memory, lambda on, id: memories.update(on, id=id, tags=["a"]), lambda on, id: memories.update(on, id=id, tags=["b"])
    )
    assert changed.tags == ["b"]
    assert await _stored(tenant, memory, dsn) == (["b"], ["b"])
    assert [len(await memories.page(tenant, tags=[tag])) for tag in ("old", "a", "b")] == [0, 0, 1]


async def test_a_tag_that_is_taken_and_given_back_is_found(tenant: Tenant, memory: Memory) -> None:
    await _race(
        tenant, memory, lambda on, id: memories.update(on, id=id, tags=["a"]), lambda on, id: memories.update(on, id=id, tags=["old"])
    )
    assert [len(await memories.page(tenant, tags=[tag])) for tag in ("old", "a")] == [1, 0]


async def test_the_history_of_a_delete_has_the_new_tags(tenant: Tenant, memory: Memory, dsn: str) -> None:
    assert (
        await _race(tenant, memory, lambda on, id: memories.update(on, id=id, tags=["new"]), lambda on, id: memories.delete(on, id=id)) == 3
    )
    assert await _stored(tenant, memory, dsn) == (["new"], ["new"])


async def test_clear_leaves_what_no_longer_matches(tenant: Tenant, memory: Memory) -> None:
    cleared = await _race(
        tenant, memory, lambda on, id: memories.update(on, id=id, tags=["kept"]), lambda on, id: memories.clear(on, tags=["old"])
    )
    assert cleared == 0
    assert await memories.count(tenant) == 1


async def test_a_second_delete_finds_nothing(tenant: Tenant, memory: Memory) -> None:
    for second in (lambda on, id: memories.delete(on, id=id), lambda on, id: memories.update(on, id=id, content="x")):
        result = await _race(tenant, memory, lambda on, id: memories.delete(on, id=id), second)
        assert isinstance(result, NotFound)
        await memories.restore(tenant, id=memory.id)


async def test_the_loser_of_an_add_gets_the_winners_tags(tenant: Tenant, agent: Agent) -> None:
    async with tenant.transaction() as tx:
        first = await memories.add(tx, agent_id=agent.id, content="same", tags=["t1", "t2"])
        waiting = asyncio.create_task(memories.add(tenant, agent_id=agent.id, content="same"))
        await asyncio.sleep(0.1)
    assert await waiting == first


def _expire(dsn: str, memory: Memory) -> None:
    execute(
        dsn,
        f"UPDATE memdb.memories SET created_at = now() - interval '2 h', expires_at = now() - interval '1 h' WHERE id = '{memory.id}'",
    )


async def test_an_expired_memory_is_in_nobodys_way(tenant: Tenant, agent: Agent, dsn: str) -> None:
    deleted = await memories.add(tenant, agent_id=agent.id, content="ten")
    await memories.delete(tenant, id=deleted.id)
    expired = await memories.add(tenant, agent_id=agent.id, content="ten", expires_at=datetime.now(UTC) + timedelta(hours=1))
    _expire(dsn, expired)
    restored = await memories.restore(tenant, id=deleted.id)
    assert restored.content == "ten"
    assert [each.operation for each in await memories.versions(tenant, id=expired.id)] == ["expire", "create"]
    await memories.delete(tenant, id=deleted.id)
    again = await memories.add(tenant, agent_id=agent.id, content="ten", expires_at=datetime.now(UTC) + timedelta(hours=1))
    _expire(dsn, again)
    other = await memories.add(tenant, agent_id=agent.id, content="eleven")
    assert (await memories.update(tenant, id=other.id, content="ten")).version == 2
    with pytest.raises(AlreadyExists):
        await memories.restore(tenant, id=deleted.id)
    archived = await memories.update(tenant, id=other.id, status="archived")
    once_more = await memories.add(tenant, agent_id=agent.id, content="ten", expires_at=datetime.now(UTC) + timedelta(hours=1))
    _expire(dsn, once_more)
    assert (await memories.update(tenant, id=archived.id, status="active")).status == "active"


async def test_a_dead_agent_expires_nothing(tenant: Tenant, agent: Agent, dsn: str) -> None:
    memory = await memories.add(tenant, agent_id=agent.id, content="x")
    _expire(dsn, memory)
    execute(dsn, f"UPDATE memdb.agents SET deleted_at = now() WHERE id = '{agent.id}'")
    with pytest.raises(WritesRefused, match="the agent is deleted"):
        await memories.add(tenant, agent_id=agent.id, content="x")
    assert len(await memories.versions(tenant, id=memory.id)) == 1


async def test_clears_do_not_lock_each_other_out(tenant: Tenant, agent: Agent) -> None:
    await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=str(n), tags=["t"]) for n in range(2000)])
    calls = [memories.clear(tenant, agent_id=agent.id), memories.clear(tenant, tags=["t"]), memories.clear(tenant, everything=True)]
    assert sum(await asyncio.gather(*calls)) == 2000


async def test_batches_in_opposite_order_add_all(tenant: Tenant, agent: Agent) -> None:
    items = [NewMemory(content=str(n)) for n in range(1000)]
    batches = [memories.add_many(tenant, agent_id=agent.id, items=order) for order in (items, items[::-1])]
    results = await asyncio.gather(*batches)
    assert {each.id for each in results[0]} == {each.id for each in results[1]}
    assert await memories.count(tenant) == 1000


async def test_merging_batches_in_opposite_order_say_that_they_collided(tenant: Tenant, agent: Agent) -> None:
    items = [NewMemory(content=str(n)) for n in range(1000)]
    batches = [memories.add_many(tenant, agent_id=agent.id, items=order, on_duplicate="merge") for order in (items, items[::-1])]
    results = await asyncio.gather(*batches, return_exceptions=True)
    assert all(isinstance(result, list | TransactionConflict) for result in results)
    assert any(isinstance(result, list) for result in results)
    assert await memories.count(tenant) == 1000


async def test_the_loser_of_a_batch_gets_what_the_winner_made(tenant: Tenant, agent: Agent) -> None:
    async with tenant.transaction() as tx:
        first = await memories.add(tx, agent_id=agent.id, content="same", tags=["t1"])
        items = [NewMemory(content=content, embedding=vector(1), tags=["t2"]) for content in ("one", "Same", "two", "same")]
        waiting = asyncio.create_task(memories.add_many(tenant, agent_id=agent.id, items=items))
        await asyncio.sleep(0.1)
    one, same, two, again = await waiting
    assert (same, again) == (first, first)
    assert [each.content for each in (one, two)] == ["one", "two"]
    assert [each.retrievals for each in await memories.usage(tenant, ids=[first.id])] == [2]
    assert [each.operation for each in await memories.versions(tenant, id=first.id)] == ["create"]


async def test_batches_of_the_same_ids_give_the_same_memories(tenant: Tenant, agent: Agent) -> None:
    items = [NewMemory(content=str(n), id=uuid.uuid4()) for n in range(200)]
    results = await asyncio.gather(*[memories.add_many(tenant, agent_id=agent.id, items=items) for _ in range(4)])
    assert all([each.id for each in result] == [item.id for item in items] for result in results)


@pytest.mark.parametrize("isolation", ["repeatable_read", "serializable"])
async def test_work_that_collides_is_run_again(isolation: Any, tenant: Tenant, memory: Memory) -> None:
    runs = 0

    async def count(tx: Transaction) -> int:
        nonlocal runs
        runs += 1
        read = await memories.get(tx, id=memory.id)
        assert read is not None
        await asyncio.sleep(0)
        return (await memories.update(tx, id=memory.id, metadata={"n": int(read.metadata.get("n", 0)) + 1})).version

    versions = await asyncio.gather(*[tenant.run(count, isolation=isolation, attempts=100) for _ in range(12)])
    assert sorted(versions) == [*range(2, 14)]
    assert runs > 12
    found = await memories.get(tenant, id=memory.id)
    assert found is not None
    assert found.metadata == {"n": 12}


async def test_a_deadlock_is_a_collision(tenant: Tenant, agent: Agent) -> None:
    one, two = [await memories.add(tenant, agent_id=agent.id, content=content) for content in ("one", "two")]
    both_began = asyncio.Barrier(2)
    collided = False

    async def change(*order: Memory) -> None:
        async def work(tx: Transaction) -> None:
            nonlocal collided
            await memories.update(tx, id=order[0].id, confidence=0.1)
            if not collided:
                await both_began.wait()
            try:
                await memories.update(tx, id=order[1].id, confidence=0.2)
            except TransactionConflict:
                collided = True
                raise

        await tenant.run(work)

    await asyncio.gather(change(one, two), change(two, one))
    assert collided
    assert [(await memories.get(tenant, id=memory.id)).version for memory in (one, two)] == [3, 3]  # type: ignore[union-attr]


async def test_what_is_run_again_and_what_is_not(db: Database, tenant: Tenant, agent: Agent) -> None:
    tried: list[uuid.UUID] = []

    def failing(error: Exception) -> Callable[[Transaction], Awaitable[None]]:
        async def work(tx: Transaction) -> None:
            tried.append((await memories.add(tx, agent_id=agent.id, content="not to stay")).id)
            raise error

        return work

    for attempts in (1, 3):
        tried.clear()
        with pytest.raises(TransactionConflict):
            await tenant.run(failing(TransactionConflict("collided")), attempts=attempts)
        assert len(set(tried)) == attempts
    for error in (ConnectionLost("gone"), DeadlineExceeded("late"), VersionConflict(2, 1), ValueError("own")):
        tried.clear()
        with pytest.raises(type(error)):
            await tenant.run(failing(error))
        assert len(tried) == 1
    assert await memories.count(tenant) == 0
    with pytest.raises(InvalidInput, match="attempts must be between 1 and 100, not 0"):
        await tenant.run(failing(ValueError()), attempts=0)
    with pytest.raises(InvalidInput, match="isolation must be one of"):
        await tenant.run(failing(ValueError()), isolation="none")  # type: ignore[arg-type]

    async def provision(tx: AdminTransaction) -> None:
        await organizations.create(tx, slug="second", name="Second")

    await db.admin().run(provision)
    assert await organizations.get_by_slug(db.admin(), slug="second") is not None
