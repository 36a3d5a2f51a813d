"""Memories under ids of the caller's own: an add is an upsert."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import memdb
from memdb import agents, memories, organizations, retention, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, InvalidTransition, NotFound, QuotaExceeded
from memdb.memories import Memory, NewMemory
from memdb.operations.wire import tapped
from tests.conftest import Home, vector
from tests.server import execute, fetch

LONG_AGO = datetime(2020, 2, 29, 12, tzinfo=UTC)
SOON = datetime.now(UTC) + timedelta(days=1)


async def _put(tenant: Tenant, agent: Agent, content: str = "Ada likes tea", external_id: str = "doc/1", **given: Any) -> Memory:
    return await memories.add(tenant, agent_id=agent.id, content=content, external_id=external_id, **given)


async def _operations(tenant: Tenant, memory: Memory) -> list[str]:
    return [version.operation for version in await memories.versions(tenant, id=memory.id)][::-1]


async def test_a_second_add_replaces_the_first(tenant: Tenant, agent: Agent) -> None:
    first = await _put(
        tenant, agent, tags=["a", "b"], metadata={"n": 1}, category="preference", confidence=0.3, expires_at=SOON, observed_at=LONG_AGO
    )
    assert (first.external_id, first.version, first.id.version) == ("doc/1", 1, 7)
    session = uuid.uuid4()
    second = await _put(tenant, agent, "Ada likes coffee", tags=["b", "c"], metadata={"m": 2}, session_id=session, source="imported")
    assert (second.id, second.version, second.created_at) == (first.id, 2, first.created_at)
    assert second.updated_at > first.updated_at
    assert (second.content, second.tags, second.metadata, second.session_id) == ("Ada likes coffee", ["b", "c"], {"m": 2}, session)
    # What is not given is as for a new one.
    assert (second.category, second.confidence, second.expires_at, second.source) == ("factual", 0.8, None, "imported")
    assert second.observed_at > first.created_at
    assert await memories.get_by_external_id(tenant, agent_id=agent.id, external_id="doc/1") == second
    assert await _operations(tenant, first) == ["create", "update"]
    for tag, found in (("a", []), ("b", [second]), ("c", [second])):
        assert await memories.page(tenant, tags=[tag]) == found
    assert (await _put(tenant, agent, "Ada likes coffee")).version == 3


async def test_contents_are_not_compared(tenant: Tenant, agent: Agent) -> None:
    one = await memories.add(tenant, agent_id=agent.id, content="Ada likes tea")
    named = [await _put(tenant, agent, external_id=id) for id in ("a", "A", "ä", "a ", " ", "%", "x" * 512)]
    assert len({one.id, *(memory.id for memory in named)}) == 8
    # An add without one finds what is there, and says nothing of external ids.
    await memories.delete(tenant, id=one.id)
    assert (await memories.add(tenant, agent_id=agent.id, content="ADA likes tea")).external_id is not None


async def test_an_external_id_is_one_agents(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    assert (await _put(tenant, agent)).id != (await _put(tenant, other)).id
    assert await memories.get_by_external_id(tenant, agent_id=uuid.uuid4(), external_id="doc/1") is None
    assert await memories.get_by_external_id(tenant, agent_id=agent.id, external_id="DOC/1") is None


async def test_reading_many(tenant: Tenant, agent: Agent) -> None:
    one, two, gone = [await _put(tenant, agent, external_id=id) for id in ("1", "2", "3")]
    await memories.delete(tenant, id=gone.id)
    read = memories.get_many_by_external_ids
    assert await read(tenant, agent_id=agent.id, external_ids=["2", "none", "3", "1"]) == [two, one]
    assert await read(tenant, agent_id=agent.id, external_ids=[]) == []


@pytest.mark.parametrize("expired", [False, True])
async def test_what_is_deleted_comes_back_on_request(tenant: Tenant, agent: Agent, dsn: str, expired: bool) -> None:
    first = await _put(tenant, agent, tags=["a"])
    if expired:
        execute(dsn, "UPDATE memdb.memories SET created_at = now() - interval '2 h', expires_at = now() - interval '1 h'")
    else:
        await memories.delete(tenant, id=first.id)
    assert await memories.get_by_external_id(tenant, agent_id=agent.id, external_id="doc/1") is None
    with pytest.raises(InvalidInput, match=r'external_id is that of a deleted or expired memory: on_deleted="restore" brings it back'):
        await _put(tenant, agent)
    with pytest.raises(InvalidInput, match="deleted or expired"):
        await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content="new"), NewMemory(content="x", external_id="doc/1")])
    assert await memories.count(tenant) == 0
    back = await _put(tenant, agent, "Ada likes coffee", on_deleted="restore")
    assert (back.id, back.content, back.tags, back.expires_at) == (first.id, "Ada likes coffee", [], None)
    assert await memories.get(tenant, id=first.id) == back
    assert await _operations(tenant, first) == ["create", *(["restore"] if expired else ["delete", "restore"])]


async def test_once_purged_it_is_free(db: Database, home: Home) -> None:
    first = await _put(home.tenant, home.agent)
    await memories.delete(home.tenant, id=first.id)
    await retention.purge(db.admin(home.tenant.org_id), deleted_before=datetime.now(UTC))
    again = await _put(home.tenant, home.agent)
    assert (again.id != first.id, again.version) == (True, 1)


async def test_the_embedding_stays_while_the_content_does(tenant: Tenant, agent: Agent, dsn: str) -> None:
    execute(dsn, "CALL memdb.open_space(3, 'small')", "UPDATE memdb.embedding_spaces SET model = 'large' WHERE space = 1")
    first = await _put(tenant, agent, embedding=vector(1), embedding_model="m")
    execute(
        dsn,
        f"INSERT INTO memdb.memory_embeddings VALUES ('{tenant.org_id}', '{first.id}', '{agent.id}', 2, '[1,0,0]')",
    )
    assert first.embedded
    same = await _put(tenant, agent, tags=["x"])
    assert (same.embedded, same.embedding_model) == (True, "m")
    (hit,) = await memories.search(tenant, agent_id=agent.id, embedding=vector(1))
    assert hit.similarity == pytest.approx(1, abs=0.01)
    assert fetch(dsn, "SELECT space FROM memdb.memory_embeddings WHERE embedding IS NOT NULL ORDER BY 1") == [(1,), (2,)]
    other = await _put(tenant, agent, "Ada likes coffee")
    assert (other.embedded, other.embedding_model) == (False, None)
    assert await memories.search(tenant, agent_id=agent.id, embedding=vector(1)) == []
    assert [memory.id for memory in await memories.unembedded(tenant)] == [first.id]
    await _put(tenant, agent, "Ada likes coffee", embedding=vector(2))
    (hit,) = await memories.search(tenant, agent_id=agent.id, embedding=vector(2))
    assert hit.similarity == pytest.approx(1, abs=0.01)
    assert fetch(dsn, "SELECT space FROM memdb.memory_embeddings WHERE embedding IS NOT NULL") == [(1,)]


async def test_what_does_not_fit(tenant: Tenant, agent: Agent) -> None:
    ada = await users.create(tenant, email="ada@example.com")
    first = await _put(tenant, agent)
    for wrong in ("", "x" * 513, "a\0b", 5):
        with pytest.raises(InvalidInput, match="external_id"):
            await _put(tenant, agent, external_id=wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="user_id must be that of the memory with this external_id"):
        await _put(tenant, agent, user_id=ada.id)
    for on_duplicate in ("merge", "raise"):
        with pytest.raises(InvalidInput, match="on_duplicate must be return or keep with an external_id"):
            await _put(tenant, agent, on_duplicate=on_duplicate)
        with pytest.raises(InvalidInput, match="on_duplicate"):
            items = [NewMemory(content="x"), NewMemory(content="y", external_id="2")]
            await memories.add_many(tenant, agent_id=agent.id, items=items, on_duplicate=on_duplicate)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="on_deleted must be one of raise, restore"):
        await _put(tenant, agent, on_deleted="return")
    with pytest.raises(AlreadyExists, match="another memory has this id"):
        await _put(tenant, agent, external_id="2", id=first.id)
    with pytest.raises(NotFound, match="no such agent"):
        await memories.add(tenant, agent_id=uuid.uuid4(), content="x", external_id="1")
    assert await memories.page(tenant) == [first]


async def test_the_status_follows_its_rules(tenant: Tenant, agent: Agent) -> None:
    draft = await _put(tenant, agent, status="draft")
    assert (await _put(tenant, agent)).status == "active"
    await memories.update(tenant, id=draft.id, status="archived")
    assert (await _put(tenant, agent)).status == "active"
    successor = await memories.add(tenant, agent_id=agent.id, content="successor")
    await memories.supersede(tenant, id=draft.id, successor_id=successor.id)
    with pytest.raises(InvalidTransition, match="superseded cannot become active"):
        await _put(tenant, agent)


async def test_the_quota_counts_what_is_new_or_comes_back(db: Database, home: Home) -> None:
    await organizations.set_quotas(db.admin(home.tenant.org_id), memories=2, agents=None, monthly_tokens=None)
    first = await _put(home.tenant, home.agent)
    for _ in range(3):
        await _put(home.tenant, home.agent)
    await memories.delete(home.tenant, id=first.id)
    for id in ("2", "3"):
        await _put(home.tenant, home.agent, external_id=id)
    with pytest.raises(QuotaExceeded):
        await _put(home.tenant, home.agent, on_deleted="restore")
    assert await memories.get(home.tenant, id=first.id) is None


async def test_many_at_once(dsn: str, tenant: Tenant, agent: Agent) -> None:
    first = [NewMemory(content=f"c {n % 5}", external_id=str(n), tags=[str(n % 3)], embedding=vector(n)) for n in range(1500)]
    added = await memories.add_many(tenant, agent_id=agent.id, items=first)
    assert [(each.external_id, each.version) for each in added] == [(str(n), 1) for n in range(1500)]
    second = [NewMemory(content=f"c {n % 5}" if n % 2 else f"d {n}", external_id=str(n)) for n in (*range(900, 0, -1), 2000)]
    changed = await memories.add_many(tenant, agent_id=agent.id, items=second)
    assert [(each.external_id, each.content, each.version) for each in changed] == [
        (item.external_id, item.content, 1 if item.external_id == "2000" else 2) for item in second
    ]
    assert [each.id for each in changed[:-1]] == [added[n].id for n in range(900, 0, -1)]
    assert [each.embedded for each in changed] == [bool(n % 2) for n in range(900, 0, -1)] + [False]
    assert await memories.get_many(tenant, ids=[each.id for each in changed]) == changed
    assert await memories.count(tenant, tags=["0"]) == 500 - 300


async def test_some_with_and_some_without(tenant: Tenant, agent: Agent) -> None:
    items = [NewMemory(content="x"), NewMemory(content="x", external_id="1"), NewMemory(content="y"), NewMemory(content="y")]
    plain, named, *same = await memories.add_many(tenant, agent_id=agent.id, items=items)
    assert plain == named
    assert same[0] == same[1]
    kept = await memories.add_many(tenant, agent_id=agent.id, items=items, on_duplicate="keep")
    assert len({memory.id for memory in kept}) == 4
    assert (kept[1].id, kept[1].version) == (named.id, 2)


async def test_a_repeated_external_id_in_a_batch(tenant: Tenant, agent: Agent) -> None:
    items = [NewMemory(content=f"c {n}", external_id=str(n % 2)) for n in range(5)]
    added = await memories.add_many(tenant, agent_id=agent.id, items=items)
    assert [(each.content, each.version) for each in added] == [("c 0", 1), ("c 1", 1), ("c 2", 2), ("c 3", 2), ("c 4", 3)]
    assert await memories.count(tenant) == 2


async def test_what_was_decided_elsewhere_is_discarded(tenant: Tenant, agent: Agent) -> None:
    for first in ("draft", "active", "discarded"):
        await memories.add(tenant, agent_id=agent.id, content="x", external_id=first, status=first)  # type: ignore[arg-type]
        made = await memories.add(tenant, agent_id=agent.id, content="x", external_id=first, status="discarded")
        assert (made.status, made.version) == ("discarded", 2)
        with pytest.raises(InvalidTransition):
            await memories.add(tenant, agent_id=agent.id, content="x", external_id=first)
    assert await memories.count(tenant) == 0
    assert await memories.clear(tenant, agent_id=agent.id) == 3
    assert await memories.counters(tenant, agent_id=agent.id) == memories.Counters(live=0, ended=3)


async def test_racing_upserts_are_versions_of_one_memory(tenant: Tenant, agent: Agent) -> None:
    made = await asyncio.gather(*(_put(tenant, agent, f"said {n}") for n in range(16)))
    assert len({memory.id for memory in made}) == 1
    assert sorted(memory.version for memory in made) == list(range(1, 17))
    versions = await memories.versions(tenant, id=made[0].id)
    assert {(version.version, version.content) for version in versions} == {(memory.version, memory.content) for memory in made}


async def test_crossing_batches_wait_for_each_other(tenant: Tenant, agent: Agent) -> None:
    items = [NewMemory(content=f"c {n}", external_id=str(n)) for n in range(60)]
    batches = [items, items[::-1]] * 4
    for made in await asyncio.gather(*(memories.add_many(tenant, agent_id=agent.id, items=batch) for batch in batches)):
        assert len(made) == 60
    assert {memory.version for memory in await memories.page(tenant, limit=100)} == {8}


async def test_a_batch_is_one_round_trip(dsn: str, home: Home) -> None:
    async with tapped(dsn) as wire, memdb.connect(wire.dsn, pool_size=1, timeout=20.0) as db:
        tenant = db.tenant(home.tenant.org_id)
        counted = []
        for given in ({"external_id": "1"}, {"on_duplicate": "keep"}):
            for _ in range(2):
                wire.round_trips = 0
                await memories.add(tenant, agent_id=home.agent.id, content="x", **given)  # type: ignore[arg-type]
            counted.append(wire.round_trips)
        wire.round_trips = 0
        items = [NewMemory(content="x", external_id=str(n)) for n in range(1000)]
        await memories.add_many(tenant, agent_id=home.agent.id, items=items)
        assert [*counted, wire.round_trips] == [1, 1, 1]
