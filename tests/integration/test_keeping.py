"""Memories of equal contents that are kept, each for itself, beside those of which there is one."""

from __future__ import annotations

import asyncio
import io
import uuid
from collections.abc import Awaitable
from typing import Any

import pytest

from memdb import backup, memories, organizations, upkeep, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, DuplicateMemory, NotFound, QuotaExceeded
from memdb.memories import Memory, NewMemory
from tests.conftest import Home, vector
from tests.server import execute


async def _keep(tenant: Tenant, agent: Agent, content: str = "Ada likes tea", **details: Any) -> Memory:
    return await memories.add(tenant, agent_id=agent.id, content=content, on_duplicate="keep", **details)


async def _found(call: Awaitable[Memory]) -> uuid.UUID | None:
    try:
        return (await call).id
    except DuplicateMemory as error:
        return error.id


async def test_equal_contents_are_kept(tenant: Tenant, agent: Agent) -> None:
    kept = [await _keep(tenant, agent, content, embedding=vector(1)) for content in ("Ada likes tea", "ada LIKES tea", "Ada likes tea")]
    assert await memories.page(tenant, agent_id=agent.id) == kept[::-1]
    assert await memories.count(tenant) == 3
    assert {hit.memory.id for hit in await memories.search(tenant, agent_id=agent.id, text="tea")} == {each.id for each in kept}
    near = await memories.near_duplicates(tenant, agent_id=agent.id, embedding=vector(1), except_id=kept[0].id)
    assert {each.memory.id for each in near} == {kept[1].id, kept[2].id}
    assert [version.operation for version in await memories.versions(tenant, id=kept[2].id)] == ["create"]
    assert await upkeep.kept_apart(tenant) == []


@pytest.mark.parametrize("on_duplicate", ["return", "merge", "raise"])
@pytest.mark.parametrize("many", [False, True])
async def test_other_adds_find_what_is_kept(tenant: Tenant, agent: Agent, on_duplicate: Any, many: bool) -> None:
    async def add(**details: Any) -> Memory:
        if not many:
            return await memories.add(tenant, agent_id=agent.id, content="ADA likes tea", on_duplicate=on_duplicate, **details)
        items = [NewMemory(content="ADA likes tea", **details)]
        return (await memories.add_many(tenant, agent_id=agent.id, items=items, on_duplicate=on_duplicate))[0]

    ada = await users.create(tenant, email="ada@example.com")
    kept = await _keep(tenant, agent)
    assert await _found(add(tags=["new"])) == kept.id
    assert await _found(add(user_id=ada.id)) not in (None, kept.id)
    await memories.delete(tenant, id=kept.id)
    one = await _found(add())
    assert one not in (None, kept.id)
    await _keep(tenant, agent)
    # The one that is not kept goes before, whichever is older.
    assert await _found(add()) == one
    restored = await memories.restore(tenant, id=kept.id)
    assert restored.tags == (["new"] if on_duplicate == "merge" else [])


async def test_what_is_kept_stays_so(tenant: Tenant, agent: Agent) -> None:
    one = await memories.add(tenant, agent_id=agent.id, content="one")
    kept = await _keep(tenant, agent, "another")
    assert (await memories.update(tenant, id=kept.id, content="one")).content == "one"
    assert (await memories.revert(tenant, id=kept.id, version=1)).content == "another"
    assert (await memories.revert(tenant, id=kept.id, version=2)).content == "one"
    # Nor is it in the way of another.
    assert (await memories.update(tenant, id=one.id, content="two")).content == "two"
    assert (await memories.update(tenant, id=one.id, content="one")).content == "one"
    await memories.delete(tenant, id=one.id)
    await memories.restore(tenant, id=one.id)
    other = await memories.add(tenant, agent_id=agent.id, content="other")
    with pytest.raises(AlreadyExists, match="content"):
        await memories.update(tenant, id=other.id, content="one")


async def test_equals_succeed_one_another(tenant: Tenant, agent: Agent) -> None:
    first, second, third = [await _keep(tenant, agent) for _ in range(3)]
    assert (await memories.supersede(tenant, id=first.id, successor_id=second.id)).superseded_by == second.id
    await memories.merge(tenant, ids=[second.id], into_id=third.id)
    assert await memories.tip(tenant, id=first.id) == await memories.get(tenant, id=third.id)
    assert (await memories.add(tenant, agent_id=agent.id, content=third.content)).id == third.id


async def test_an_expired_one_is_not_found(tenant: Tenant, agent: Agent, dsn: str) -> None:
    kept = await _keep(tenant, agent)
    execute(dsn, "UPDATE memdb.memories SET created_at = now() - interval '2 h', expires_at = now() - interval '1 h'")
    for on_duplicate in ("merge", "raise"):
        added = await memories.add(tenant, agent_id=agent.id, content=kept.content, on_duplicate=on_duplicate)
        assert added.id != kept.id
        await memories.delete(tenant, id=added.id)


async def test_a_repeated_id_gives_what_it_made(tenant: Tenant, agent: Agent) -> None:
    id = uuid.uuid4()
    kept = await _keep(tenant, agent, id=id)
    assert await _keep(tenant, agent, id=id) == kept
    with pytest.raises(AlreadyExists, match="another memory has this id"):
        await _keep(tenant, agent, "something else", id=id)
    items = [NewMemory(content="x", id=id) for id in (uuid.uuid4(), uuid.uuid4())]
    for _ in range(2):
        added = await memories.add_many(tenant, agent_id=agent.id, items=[*items, items[0]], on_duplicate="keep")
        assert [each.id for each in added] == [items[0].id, items[1].id, items[0].id]
    assert await memories.count(tenant) == 3


async def test_many_are_kept_in_their_order(tenant: Tenant, agent: Agent) -> None:
    items = [NewMemory(content=f"said {n % 3}", tags=[str(n)], labels={"episodic": 0.5}, embedding=vector(n)) for n in range(2500)]
    added = await memories.add_many(tenant, agent_id=agent.id, items=items, on_duplicate="keep")
    assert [(each.content, each.tags, each.category, each.embedded) for each in added] == [
        (item.content, item.tags, "episodic", True) for item in items
    ]
    assert await memories.get_many(tenant, ids=[each.id for each in added[:1000]]) == added[:1000]
    assert await memories.count(tenant) == 2500
    (nearest,) = await memories.search(tenant, agent_id=agent.id, embedding=vector(1234), limit=1)
    assert nearest.memory == added[1234]


async def test_the_quota_counts_each(db: Database, home: Home) -> None:
    await organizations.set_quotas(db.admin(home.tenant.org_id), memories=3, agents=None, monthly_tokens=None)
    for _ in range(2):
        await _keep(home.tenant, home.agent)
    with pytest.raises(QuotaExceeded):
        await memories.add_many(home.tenant, agent_id=home.agent.id, items=[NewMemory(content="x")] * 2, on_duplicate="keep")
    await _keep(home.tenant, home.agent)
    with pytest.raises(QuotaExceeded):
        await _keep(home.tenant, home.agent)


async def test_an_unknown_agent(tenant: Tenant) -> None:
    with pytest.raises(NotFound, match="no such agent"):
        await memories.add(tenant, agent_id=uuid.uuid4(), content="x", on_duplicate="keep")
    with pytest.raises(NotFound, match="no such agent"):
        await memories.add_many(tenant, agent_id=uuid.uuid4(), items=[NewMemory(content="x")], on_duplicate="keep")


@pytest.mark.parametrize("other", ["return", "merge", "raise"])
async def test_racing_adds(tenant: Tenant, agent: Agent, other: Any) -> None:
    """Each that is kept is there, and beside them one at most: none where the others found what was kept."""
    kept = [_keep(tenant, agent) for _ in range(8)]
    others = [_found(memories.add(tenant, agent_id=agent.id, content="Ada likes tea", on_duplicate=other, tags=[str(n)])) for n in range(8)]
    calls: list[Awaitable[Any]] = [each for pair in zip(kept, others, strict=True) for each in pair]
    results = await asyncio.gather(*calls)
    stored = {memory.id: memory for memory in await memories.page(tenant, agent_id=agent.id)}
    ids = {memory.id for memory in results[::2]}
    assert len(ids) == 8
    assert ids <= stored.keys()
    assert len(stored) <= 9
    assert set(results[1::2]) <= stored.keys()
    if other == "merge":
        assert {tag for memory in stored.values() for tag in memory.tags} == {str(n) for n in range(8)}


async def test_equals_come_back_from_a_dump(db: Database, home: Home) -> None:
    one = await memories.add(home.tenant, agent_id=home.agent.id, content="Ada likes tea")
    kept = [await _keep(home.tenant, home.agent) for _ in range(2)]
    named = await memories.add(home.tenant, agent_id=home.agent.id, content="Ada likes tea", external_id="%_\\ ü")
    dumped = io.BytesIO()
    await backup.dump(db.admin(home.tenant.org_id), dumped)
    dumped.seek(0)
    there = db.tenant(uuid.uuid4())
    await backup.restore(db, dumped, org_id=there.org_id, slug="copy")
    assert {memory.id for memory in await memories.page(there)} == {memory.id for memory in (one, *kept, named)}
    assert await memories.get_by_external_id(there, agent_id=home.agent.id, external_id="%_\\ ü") == named
    assert (await memories.add(there, agent_id=home.agent.id, content="ada likes tea")).id == one.id
    assert (await memories.update(there, id=kept[0].id, content="ADA likes tea")).id == kept[0].id
