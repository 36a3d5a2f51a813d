"""Changing the embedding model: a second space is filled, compared, takes over, and the first goes, while searches go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import numpy as np
import pytest

import memdb
from memdb import indexes, memories, spaces
from memdb.agents import Agent
from memdb.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, PermissionDenied
from memdb.memories import NewMemory
from tests.conftest import Home, vector

SMALL = 16


def embed_small(texts: list[str]) -> list[np.ndarray]:
    """Another model: 16 dimensions, by the texts' characters."""
    return [np.random.default_rng(sum(map(ord, text))).normal(size=SMALL) for text in texts]


@pytest.fixture
async def owner(dsn: str, db: Database) -> AsyncIterator[Database]:
    async with memdb.connect(dsn, admin_role=None, timeout=60) as database:
        await spaces.rename(database.admin(), model="large")
        await spaces.create(database.admin(), dimension=SMALL, model="small")
        yield database


@pytest.fixture
async def small(dsn: str, owner: Database) -> AsyncIterator[Database]:
    async with memdb.connect(dsn, embedding_model="small", timeout=20) as database:
        yield database


async def _store(tenant: Tenant, agent: Agent, count: int) -> list[memories.Memory]:
    items = [NewMemory(content=f"memory {n}", embedding=vector(n)) for n in range(count)]
    return await memories.add_many(tenant, agent_id=agent.id, items=items)


async def _found(tenant: Tenant, agent: Agent, embedding: np.ndarray) -> list[str]:
    return [hit.memory.content for hit in await memories.search(tenant, agent_id=agent.id, embedding=embedding, limit=1)]


async def test_a_model_is_changed(dsn: str, db: Database, home: Home, rival: Home, owner: Database, small: Database) -> None:
    tenant, agent = home
    stored = await _store(tenant, agent, 7)
    await _store(rival.tenant, rival.agent, 3)
    assert small.dimension == SMALL
    in_small = small.tenant(tenant.org_id)
    assert await memories.search(in_small, agent_id=agent.id, embedding=embed_small(["memory 3"])[0]) == []

    reported: list[tuple[int, int]] = []
    assert await spaces.fill(small, embed_small, batch=2, report=lambda done, total: reported.append((done, total))) == 10
    assert reported[0] == (0, 10)
    assert reported[-1] == (10, 10)
    assert await spaces.fill(small, embed_small) == 0
    assert await spaces.coverage(small.admin(tenant.org_id)) == spaces.Coverage(7, 7)
    assert await _found(in_small, agent, embed_small(["memory 3"])[0]) == ["memory 3"]
    assert await _found(tenant, agent, vector(3)) == ["memory 3"]
    assert [memory.version for memory in await memories.get_many(tenant, ids=[each.id for each in stored])] == [1] * 7

    same = await spaces.compare(tenant, tenant, agent_id=agent.id, limit=3)
    other = await spaces.compare(tenant, in_small, agent_id=agent.id, limit=3)
    assert same == spaces.Comparison(7, 1.0)
    assert other.compared == 7
    assert 0 < other.overlap < 1

    with pytest.raises(InvalidInput, match="number must not be that of the current space"):
        await spaces.drop(owner.admin(), number=1)
    assert await spaces.take_over(small.admin()) == 2
    assert [(each.model, each.is_current) for each in await spaces.existing(db.admin())] == [("large", False), ("small", True)]
    async with memdb.connect(dsn) as later:
        assert later.dimension == SMALL
    assert await _found(tenant, agent, vector(3)) == ["memory 3"], "who was connected before goes on as before"

    late = await memories.add(tenant, agent_id=agent.id, content="late", embedding=vector(99))
    assert await spaces.fill(small, embed_small) == 1
    assert await _found(in_small, agent, embed_small(["late"])[0]) == [late.content]
    await spaces.drop(owner.admin(), number=1)
    assert [each.space for each in await spaces.existing(db.admin())] == [2]
    assert await _found(in_small, agent, embed_small(["memory 3"])[0]) == ["memory 3"]
    with pytest.raises(InvalidInput, match="embedding_model must be the model of one"):
        await memdb.connect(dsn, embedding_model="large")


async def test_filling_goes_on_where_it_was_broken_off(home: Home, small: Database) -> None:
    await _store(home.tenant, home.agent, 10)
    asked: list[str] = []

    def breaking(texts: list[str]) -> list[np.ndarray]:
        if len(asked) >= 4:
            raise RuntimeError("the model is gone")
        asked.extend(texts)
        return embed_small(texts)

    with pytest.raises(RuntimeError):
        await spaces.fill(small, breaking, batch=2)
    again: list[str] = []

    async def noting(texts: list[str]) -> Sequence[np.ndarray]:
        again.extend(texts)
        return embed_small(texts)

    assert await spaces.fill(small, noting, batch=3) == 6
    assert sorted(asked + again) == sorted(f"memory {n}" for n in range(10))


async def test_a_changed_content_is_outdated_in_every_space(home: Home, small: Database) -> None:
    tenant, agent = home
    (memory,) = await _store(tenant, agent, 1)
    await spaces.fill(small, embed_small)
    await memories.update(tenant, id=memory.id, content="other", embedding=vector(5))
    assert await _found(tenant, agent, vector(5)) == ["other"]
    assert await _found(small.tenant(tenant.org_id), agent, embed_small(["memory 0"])[0]) == []
    assert [each.content for each in await spaces.lacking(small.admin(tenant.org_id))] == ["other"]
    assert not await spaces.embed(small.admin(tenant.org_id), id=memory.id, version=1, embedding=embed_small(["memory 0"])[0])
    await memories.revert(tenant, id=memory.id, version=1)
    assert await _found(tenant, agent, vector(5)) == []


async def test_no_race_leaves_an_outdated_embedding(home: Home, small: Database) -> None:
    tenant, agent = home
    admin = small.admin(tenant.org_id)
    in_small = small.tenant(tenant.org_id)
    memory = await memories.add(tenant, agent_id=agent.id, content="round 0", embedding=vector(0))
    for n in range(40):
        outcomes = await asyncio.gather(
            spaces.embed(admin, id=memory.id, version=memory.version, embedding=embed_small([memory.content])[0]),
            memories.embed(tenant, id=memory.id, version=memory.version, embedding=vector(n)),
            memories.update(tenant, id=memory.id, content=f"round {n + 1}"),
        )
        memory = outcomes[2]
        assert not memory.embedded
        assert await _found(tenant, agent, vector(n)) == await _found(in_small, agent, embed_small([f"round {n}"])[0]) == []


async def test_what_is_refused(db: Database, home: Home, owner: Database, small: Database) -> None:
    with pytest.raises(AlreadyExists):
        await spaces.create(owner.admin(), dimension=3, model="small")
    for dimension in (0, 4001):
        with pytest.raises(InvalidInput, match="dimension must be between 1 and 4000"):
            await spaces.create(owner.admin(), dimension=dimension, model="x")
    with pytest.raises(InvalidInput, match="number must be that of an embedding space"):
        await spaces.drop(owner.admin(), number=77)
    with pytest.raises(PermissionDenied):
        await spaces.create(db.admin(), dimension=3, model="x")
    with pytest.raises(PermissionDenied):
        await spaces.take_over(home.tenant)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="embedding must have 16 dimensions, not 384"):
        await memories.search(small.tenant(home.tenant.org_id), agent_id=home.agent.id, embedding=vector(1))
    await _store(home.tenant, home.agent, 2)
    with pytest.raises(InvalidInput, match="embed_texts must give an embedding for each of 2 texts, not 1"):
        await spaces.fill(small, lambda texts: embed_small(texts)[:1])


async def test_the_indexes_are_built_for_each_space(owner: Database, home: Home, small: Database, dsn: str) -> None:
    await _store(home.tenant, home.agent, 50)
    await spaces.fill(small, embed_small)
    phases: list[str] = []
    await indexes.build(owner.admin(), report=lambda progress: phases.append(progress.phase))
    async with memdb.connect(dsn, admin_role=None, embedding_model="small", timeout=60) as small_owner:
        await indexes.build(small_owner.admin())
        await indexes.build(small_owner.admin())
    for database, asked in ((owner, vector(3)), (small, embed_small(["memory 3"])[0])):
        tenant = database.tenant(home.tenant.org_id)
        hits = await memories.search(tenant, agent_id=home.agent.id, embedding=asked, strategy="indexed", limit=5)
        assert (hits.strategy, hits[0].memory.content, len(hits)) == ("indexed", "memory 3", 5)
    assert await indexes.progress(owner.admin()) is None
    with pytest.raises(PermissionDenied):
        await indexes.build(small.admin(timeout=5))
