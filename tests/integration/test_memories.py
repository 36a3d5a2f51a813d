"""The life of a memory: added once, changed under a version, deleted softly, restored, listed, cleared."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from memdb import CLEAR, memories, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import (
    AlreadyExists,
    InvalidInput,
    NotFound,
    TenantRequired,
    TransactionEnded,
    TransactionFailed,
    VersionConflict,
)
from memdb.memories import Memory, NewMemory
from tests.conftest import Home, vector
from tests.server import execute, fetch

SOON = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
async def memory(tenant: Tenant, agent: Agent) -> Memory:
    return await memories.add(tenant, agent_id=agent.id, content="Ada likes tea", embedding=vector(1), embedding_model="m", tags=["drink"])


def _expire(dsn: str, memory: Memory) -> None:
    execute(
        dsn,
        f"UPDATE memdb.memories SET created_at = now() - interval '2 h', expires_at = now() - interval '1 h' WHERE id = '{memory.id}'",
    )


async def _history(tenant: Tenant, memory: Memory) -> list[tuple[int, str]]:
    return [(version.version, version.operation) for version in await memories.versions(tenant, id=memory.id)]


async def test_add_keeps_all_that_it_is_given(tenant: Tenant, agent: Agent) -> None:
    user = await users.create(tenant, email="ada@example.com")
    given: dict[str, Any] = {
        "category": "preference",
        "source": "extracted",
        "confidence": 0.25,
        "metadata": {"n": [1, 2.5, None, {"deep": "ü\u2028"}]},
        "user_id": user.id,
        "session_id": uuid.uuid4(),
        "observed_at": datetime(2020, 2, 29, 12, tzinfo=UTC),
        "expires_at": SOON,
        "id": uuid.uuid4(),
        "embedding_model": "minilm",
    }
    added = await memories.add(
        tenant, agent_id=agent.id, content="Ünïcode 🎈\n'quoted' %_\\", embedding=vector(1), tags=["b", "a", "b"], **given
    )
    assert {name: getattr(added, name) for name in given} == given
    assert (added.content, added.tags, added.embedded, added.version) == ("Ünïcode 🎈\n'quoted' %_\\", ["a", "b"], True, 1)
    assert await memories.get(tenant, id=added.id) == added
    assert await _history(tenant, added) == [(1, "create")]


async def test_defaults(tenant: Tenant, agent: Agent) -> None:
    added = await memories.add(tenant, agent_id=agent.id, content="x")
    assert added.id.version == 7
    assert (added.category, added.status, added.source, added.confidence) == ("factual", "active", "user_provided", 0.8)
    assert (added.tags, added.metadata, added.embedded, added.expires_at) == ([], {}, False, None)


@pytest.mark.parametrize("content", ["ada likes tea", "  Ada   likes\ttea\n", "ADA LIKES TEA"])
async def test_the_same_content_is_the_same_memory(tenant: Tenant, agent: Agent, memory: Memory, content: str) -> None:
    assert await memories.add(tenant, agent_id=agent.id, content=content, confidence=0.1, tags=["new"]) == memory
    assert await memories.count(tenant) == 1
    assert await _history(tenant, memory) == [(1, "create")]


async def test_case_is_folded_beyond_ascii(tenant: Tenant, agent: Agent) -> None:
    first = await memories.add(tenant, agent_id=agent.id, content="Žofie má ráda ČAJ")
    assert (await memories.add(tenant, agent_id=agent.id, content="žofie má ráda čaj")).id == first.id


async def test_two_users_who_say_the_same_have_two_memories(tenant: Tenant, agent: Agent, memory: Memory) -> None:
    ada, bob = [await users.create(tenant, email=f"{name}@example.com") for name in ("ada", "bob")]
    ids = {(await memories.add(tenant, agent_id=agent.id, content="ada likes tea", user_id=user.id)).id for user in (ada, bob, ada)}
    assert len(ids | {memory.id}) == 3


async def test_a_repeated_id_returns_what_it_made(tenant: Tenant, agent: Agent) -> None:
    id = uuid.uuid4()
    first = await memories.add(tenant, agent_id=agent.id, content="once", id=id)
    assert await memories.add(tenant, agent_id=agent.id, content="once", id=id) == first
    archived = await memories.update(tenant, id=id, status="archived")
    assert await memories.add(tenant, agent_id=agent.id, content="once", id=id) == archived


async def test_an_id_with_another_content_is_taken(tenant: Tenant, agent: Agent, memory: Memory) -> None:
    with pytest.raises(AlreadyExists, match="another memory has this id"):
        await memories.add(tenant, agent_id=agent.id, content="something else", id=memory.id)
    await memories.delete(tenant, id=memory.id)
    with pytest.raises(AlreadyExists):
        await memories.add(tenant, agent_id=agent.id, content=memory.content, id=memory.id)


async def test_a_deleted_content_may_come_again(tenant: Tenant, agent: Agent, memory: Memory) -> None:
    await memories.delete(tenant, id=memory.id)
    again = await memories.add(tenant, agent_id=agent.id, content=memory.content)
    assert again.id != memory.id
    with pytest.raises(AlreadyExists, match="content"):
        await memories.restore(tenant, id=memory.id)


async def test_an_expired_memory_is_gone_and_makes_room(tenant: Tenant, agent: Agent, memory: Memory, dsn: str) -> None:
    _expire(dsn, memory)
    assert await memories.get(tenant, id=memory.id) is None
    assert await memories.count(tenant) == 0
    for call in (memories.update(tenant, id=memory.id, content="x"), memories.delete(tenant, id=memory.id)):
        with pytest.raises(NotFound):
            await call
    again = await memories.add(tenant, agent_id=agent.id, content=memory.content)
    assert again.id != memory.id
    assert await _history(tenant, memory) == [(2, "expire"), (1, "create")]


async def test_many_of_one_expired_content_make_one(tenant: Tenant, agent: Agent, memory: Memory, dsn: str) -> None:
    _expire(dsn, memory)
    added = await asyncio.gather(*[memories.add(tenant, agent_id=agent.id, content=memory.content) for _ in range(32)])
    assert len({each.id for each in added}) == 1
    assert await _history(tenant, memory) == [(2, "expire"), (1, "create")]


async def test_concurrent_adds_of_one_content_leave_one_row(tenant: Tenant, agent: Agent, dsn: str) -> None:
    added = await asyncio.gather(*[memories.add(tenant, agent_id=agent.id, content="the same", tags=["t"]) for _ in range(64)])
    assert len({each.id for each in added}) == 1
    assert {tuple(each.tags) for each in added} == {("t",)}
    assert len(fetch(dsn, "SELECT FROM memdb.memories")) == 1
    assert len(fetch(dsn, "SELECT FROM memdb.memory_versions")) == 1


async def test_concurrent_adds_of_one_id_leave_one_row(tenant: Tenant, agent: Agent) -> None:
    for _ in range(5):
        id = uuid.uuid4()
        added = await asyncio.gather(*[memories.add(tenant, agent_id=agent.id, content=f"of {id}", id=id) for _ in range(32)])
        assert {each.id for each in added} == {id}


async def test_add_many_keeps_the_order_and_finds_repetitions(tenant: Tenant, agent: Agent, memory: Memory) -> None:
    contents = ["one", "two", "ada likes TEA", "three", "Two"]
    added = await memories.add_many(
        tenant, agent_id=agent.id, items=[NewMemory(content=content, embedding=vector(n)) for n, content in enumerate(contents)]
    )
    assert [each.content for each in added] == ["one", "two", memory.content, "three", "two"]
    assert added[1] == added[4]
    new = [added[0].id, added[1].id, added[3].id]
    assert new == sorted(new)
    assert await memories.add_many(tenant, agent_id=agent.id, items=[]) == []


async def test_a_long_batch_finds_repetitions_throughout(tenant: Tenant, agent: Agent) -> None:
    items = [NewMemory(content=str(n), id=uuid.uuid4()) for n in range(1001)]
    added = await memories.add_many(tenant, agent_id=agent.id, items=[*items, items[0], NewMemory(content="1")])
    assert [each.id for each in added] == [item.id for item in [*items, *items[:2]]]
    taken = NewMemory(content="x", id=added[0].id)
    with pytest.raises(AlreadyExists, match="another memory has this id"):
        await memories.add_many(tenant, agent_id=agent.id, items=[*[NewMemory(content=f"new {n}") for n in range(1000)], taken])
    assert await memories.count(tenant) == 1001


@pytest.mark.parametrize(
    ("field", "value"),
    [("tags", "abc"), ("tags", ["a", ""]), ("tags", ["a"] * 21), ("id", "1"), ("labels", {"mood": 0.5}), ("content", " ")],
)
async def test_wrong_input_in_a_batch_is_named(field: str, value: Any, tenant: Tenant, agent: Agent) -> None:
    with pytest.raises(InvalidInput, match=field):
        await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content="a"), NewMemory(**{"content": "b", field: value})])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"content": ""}, "content"),
        ({"embedding": [1.0, 2.0]}, "embedding"),
        ({"tags": ["a", ""]}, "tags"),
        ({"id": "1"}, "id"),
        ({"external_id": ["x"]}, "external_id"),
        ({"observed_at": datetime(2026, 1, 1)}, "observed_at"),
    ],
)
@pytest.mark.parametrize("on_duplicate", ["return", "merge", "raise", "keep"])
async def test_an_error_says_which_item_of_a_batch_is_wrong(
    on_duplicate: Any, wrong: dict[str, Any], field: str, tenant: Tenant, agent: Agent
) -> None:
    id = uuid.uuid4()
    # In one statement, in several, each after the other, and some with an id of the caller's own.
    shapes: list[tuple[int, int, dict[str, Any]]] = [(3, 1, {}), (2100, 2050, {}), (4, 3, {"id": id})]
    if on_duplicate in ("return", "keep") and field != "external_id":
        shapes.append((6, 4, {"external_id": "handbook/1"}))
    for count, at, named in shapes:
        contents: list[dict[str, Any]] = [{"content": str(n)} for n in range(count)]
        for n in (0, 2) if "id" in named else (0,):
            contents[n] |= named
        contents[at] = {"content": "x", **wrong}
        with pytest.raises(InvalidInput) as refused:
            await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(**each) for each in contents], on_duplicate=on_duplicate)
        if field == "external_id" and on_duplicate in ("merge", "raise"):
            assert refused.value.field == "on_duplicate"
            continue
        assert (refused.value.field, refused.value.index) == (field, at)
        assert str(refused.value).endswith(f"(items[{at}])")
    assert await memories.count(tenant) == 0


async def test_an_error_of_a_single_item_has_no_place(tenant: Tenant, agent: Agent) -> None:
    for call in (
        memories.add(tenant, agent_id=agent.id, content=""),
        memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content="")]),
        memories.add_many(tenant, agent_id="acme", items=[NewMemory(content="a"), NewMemory(content="b")]),  # type: ignore[arg-type]
    ):
        with pytest.raises(InvalidInput) as refused:
            await call
        assert refused.value.index is None


async def test_add_many_is_all_or_none(tenant: Tenant, agent: Agent) -> None:
    with pytest.raises(NotFound, match="user"):
        await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content="a"), NewMemory(content="b", user_id=uuid.uuid4())])
    with pytest.raises(InvalidInput, match="confidence"):
        await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content="a"), NewMemory(content="b", confidence=2)])
    with pytest.raises(NotFound, match="agent"):
        await memories.add_many(tenant, agent_id=uuid.uuid4(), items=[NewMemory(content="a")])
    with pytest.raises(InvalidInput, match="at most 10000"):
        await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content="a")] * 10_001)
    assert await memories.count(tenant) == 0


async def test_get_many_keeps_the_order_of_the_ids(tenant: Tenant, agent: Agent, rival: Home) -> None:
    first, second, third = await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=c) for c in "abc"])
    theirs = await memories.add(rival.tenant, agent_id=rival.agent.id, content="theirs")
    await memories.delete(tenant, id=second.id)
    ids = [third.id, uuid.uuid4(), first.id, second.id, theirs.id]
    assert [each.id for each in await memories.get_many(tenant, ids=ids)] == [third.id, first.id]
    assert await memories.get_many(tenant, ids=[]) == []


async def test_update_changes_what_is_given_and_nothing_else(tenant: Tenant, memory: Memory) -> None:
    changed = await memories.update(tenant, id=memory.id, category="preference", metadata={"a": 1}, expires_at=SOON, reason="learnt better")
    assert (changed.version, changed.category, changed.metadata, changed.expires_at) == (2, "preference", {"a": 1}, SOON)
    assert (changed.content, changed.tags, changed.embedded, changed.embedding_model) == (memory.content, ["drink"], True, "m")
    forever = await memories.update(tenant, id=memory.id, expires_at=CLEAR, tags=["x", "a"], confidence=0)
    assert (forever.version, forever.expires_at, forever.tags, forever.confidence) == (3, None, ["a", "x"], 0)
    assert (await memories.update(tenant, id=memory.id, tags=[])).tags == []
    newest, *_, created = await memories.versions(tenant, id=memory.id)
    assert newest.version == 4
    assert (created.operation, created.tags, created.reason) == ("create", ["drink"], None)
    assert (await memories.versions(tenant, id=memory.id, before=3, limit=1))[0].reason == "learnt better"


async def test_changed_content_drops_its_embedding(tenant: Tenant, memory: Memory) -> None:
    same = await memories.update(tenant, id=memory.id, content=memory.content)
    assert same.embedded
    changed = await memories.update(tenant, id=memory.id, content="Ada likes coffee")
    assert (changed.embedded, changed.embedding_model) == (False, None)
    both = await memories.update(tenant, id=memory.id, content="Ada likes milk", embedding=vector(2), embedding_model="n")
    assert (both.embedded, both.embedding_model) == (True, "n")


async def test_update_to_a_content_that_exists(tenant: Tenant, agent: Agent, memory: Memory) -> None:
    other = await memories.add(tenant, agent_id=agent.id, content="other")
    with pytest.raises(AlreadyExists, match="content"):
        await memories.update(tenant, id=other.id, content=memory.content)
    assert await memories.get(tenant, id=other.id) == other


async def test_a_stale_version_changes_nothing(tenant: Tenant, memory: Memory) -> None:
    changed = await memories.update(tenant, id=memory.id, expected_version=1, content="Ada likes coffee")
    for call in (
        memories.update(tenant, id=memory.id, expected_version=1, content="late"),
        memories.delete(tenant, id=memory.id, expected_version=1),
    ):
        with pytest.raises(VersionConflict) as caught:
            await call
        assert (caught.value.expected, caught.value.actual) == (1, 2)
    assert await memories.get(tenant, id=memory.id) == changed
    assert len(await _history(tenant, memory)) == 2


async def test_of_concurrent_updates_with_one_version_one_wins(tenant: Tenant, memory: Memory) -> None:
    updates = [memories.update(tenant, id=memory.id, expected_version=1, content=f"by {n}") for n in range(16)]
    results = await asyncio.gather(*updates, return_exceptions=True)
    assert sum(isinstance(result, Memory) for result in results) == 1
    assert sum(isinstance(result, VersionConflict) for result in results) == 15


async def test_concurrent_updates_without_a_version_all_count(tenant: Tenant, memory: Memory) -> None:
    await asyncio.gather(*[memories.update(tenant, id=memory.id, confidence=n / 16) for n in range(16)])
    assert [version for version, _ in await _history(tenant, memory)] == list(range(17, 0, -1))


async def test_delete_and_restore(tenant: Tenant, memory: Memory) -> None:
    assert await memories.delete(tenant, id=memory.id, reason="wrong") == 2
    assert await memories.get(tenant, id=memory.id) is None
    with pytest.raises(NotFound):
        await memories.delete(tenant, id=memory.id)
    restored = await memories.restore(tenant, id=memory.id, expected_version=2)
    assert (restored.version, restored.tags, restored.embedded) == (3, memory.tags, True)
    with pytest.raises(NotFound):
        await memories.restore(tenant, id=memory.id)
    assert await _history(tenant, memory) == [(3, "restore"), (2, "delete"), (1, "create")]


async def test_an_expired_memory_can_be_restored(tenant: Tenant, memory: Memory, dsn: str) -> None:
    _expire(dsn, memory)
    assert (await memories.restore(tenant, id=memory.id)).expires_at is None


async def test_page_filters_and_order(db: Database, tenant: Tenant, agent: Agent) -> None:
    from memdb import agents

    user = await users.create(tenant, email="ada@example.com")
    other = await agents.create(tenant, slug="other", name="Other")
    session, told = uuid.uuid4(), {"from": {"app": "web", "at": 7}, "seen": [1, 2]}
    a = await memories.add(tenant, agent_id=agent.id, content="a", category="preference", tags=["t"], session_id=session, metadata=told)
    b = await memories.add(tenant, agent_id=agent.id, content="b", user_id=user.id, tags=["t", "u"], session_id=session)
    c = await memories.add(tenant, agent_id=other.id, content="c", user_id=user.id)
    d = await memories.add(tenant, agent_id=agent.id, content="d", tags=["t"])
    await memories.update(tenant, id=d.id, status="archived")

    async def ids(**filters: Any) -> str:
        page = await memories.page(tenant, **filters)
        assert await memories.count(tenant, **filters) == len(page)
        return "".join(memory.content for memory in page)

    assert await ids() == "cba"
    assert await ids(status=None) == "dcba"
    assert await ids(agent_id=agent.id) == "ba"
    assert await ids(agent_id=agent.id, status="archived") == "d"
    assert await ids(user_id=user.id) == "cb"
    assert await ids(user_id=user.id, agent_id=agent.id) == "b"
    assert await ids(session_id=session) == "ba"
    assert await ids(session_id=session, user_id=user.id) == "b"
    assert await ids(session_id=session, tags=["u"]) == "b"
    assert await ids(tags=["t"]) == "ba"
    assert await ids(tags=["t"], status=None) == "dba"
    assert await ids(tags=["t"], user_id=user.id) == "b"
    assert await ids(tags=["t"], agent_id=other.id) == ""
    assert await ids(category="preference") == "a"
    assert await ids(agent_id=agent.id, category="preference") == "a"
    assert await ids(user_id=user.id, tags=["u"]) == "b"
    assert await ids(tags=["t", "u"]) == await ids(tags=["u", "t"]) == "b"
    assert await ids(tags=[]) == await ids(metadata={}) == await ids()
    for within in ({}, {"tags": ["t"]}, {"session_id": session}, {"agent_id": agent.id, "status": None}):
        assert await ids(**within, metadata={"from": {"app": "web"}}) == await ids(**within, metadata={"seen": [2]}) == "a"
        assert await ids(**within, metadata={"from": {"app": "app"}}) == await ids(**within, metadata={"seen": 2}) == ""
    assert await ids(since=b.created_at) == "cb"
    assert await ids(until=b.created_at) == "a"
    assert await ids(since=b.created_at, until=c.created_at, agent_id=agent.id) == "b"
    assert a.id < b.id < c.id < d.id


@pytest.mark.parametrize("key", ["agent", "tenant", "tag"])
async def test_pages_meet_without_gap_or_overlap(tenant: Tenant, agent: Agent, key: str) -> None:
    added = await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=str(n), tags=["t"]) for n in range(25)])
    filters: dict[str, Any] = {"agent": {"agent_id": agent.id}, "tenant": {}, "tag": {"tags": ["t"]}}[key]
    seen: list[uuid.UUID] = []
    before = None
    while page := await memories.page(tenant, limit=7, before=before, **filters):
        seen += [memory.id for memory in page]
        before = page[-1].id
    assert seen == [memory.id for memory in reversed(added)]


async def test_clear_wants_a_filter_or_everything(tenant: Tenant, agent: Agent, rival: Home) -> None:
    await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=c, tags=[c]) for c in "abcd"])
    await memories.add(rival.tenant, agent_id=rival.agent.id, content="a", tags=["a"])
    with pytest.raises(InvalidInput, match="everything=True"):
        await memories.clear(tenant)
    assert await memories.count(tenant) == 4
    assert await memories.clear(tenant, tags=["a"], reason="asked to") == 1
    assert await memories.clear(tenant, tags=["nothing"]) == 0
    assert await memories.clear(tenant, since=SOON) == 0
    assert await memories.clear(tenant, everything=True) == 3
    assert await memories.count(tenant, status=None) == 0
    assert await memories.count(rival.tenant) == 1


async def test_scan_is_one_snapshot(tenant: Tenant, agent: Agent) -> None:
    await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=str(n)) for n in range(1001)])
    seen = 0
    async for _ in memories.scan(tenant, agent_id=agent.id):
        if seen == 0:
            await memories.clear(tenant, everything=True)
        seen += 1
    assert seen == 1001
    assert [memory async for memory in memories.scan(tenant)] == []


async def test_background_embedding(tenant: Tenant, agent: Agent) -> None:
    added = await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=c) for c in "abc"])
    waiting = await memories.unembedded(tenant, limit=2)
    assert waiting == added[:2]
    assert await memories.unembedded(tenant, after=waiting[-1].id) == added[2:]
    await memories.update(tenant, id=added[1].id, content="changed meanwhile")
    rows = [{"id": m.id, "version": m.version, "embedding": vector(n), "embedding_model": "m"} for n, m in enumerate(waiting)]
    assert await memories.embed.many(tenant, rows) == [True, False]
    assert [m.content for m in await memories.unembedded(tenant)] == ["changed meanwhile", "c"]
    embedded = await memories.get(tenant, id=added[0].id)
    assert embedded is not None
    assert (embedded.embedded, embedded.embedding_model, embedded.version) == (True, "m", 1)


async def test_an_embedding_is_stored_as_a_unit_vector_in_half_precision(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    given = vector(5)
    memory = await memories.add(tenant, agent_id=agent.id, content="x", embedding=given * 1e6)
    connection = await tenant._pool.acquire(5)
    async with connection.transaction():
        await connection.execute(f"SELECT memdb.enter('{tenant.org_id}')")
        stored = await connection.fetchval("SELECT embedding FROM memdb.memory_embeddings WHERE memory_id = $1", memory.id)
    tenant._pool.give(connection)
    assert isinstance(stored, np.ndarray)
    assert stored.dtype == np.float16
    assert (stored == given.astype(np.float16)).mean() > 0.99
    assert np.linalg.norm(stored.astype(float)) == pytest.approx(1, abs=1e-3)


async def test_a_transaction_is_all_or_none(tenant: Tenant, agent: Agent) -> None:
    with pytest.raises(ZeroDivisionError):
        async with tenant.transaction() as tx:
            await memories.add(tx, agent_id=agent.id, content="a")
            raise ZeroDivisionError
    assert await memories.count(tenant) == 0
    async with tenant.transaction(isolation="serializable") as tx:
        first = await memories.add(tx, agent_id=agent.id, content="a")
        with pytest.raises(InvalidInput):
            async with tx.transaction():
                await memories.update(tx, id=first.id, content="rolled back")
                await memories.update(tx, id=first.id, expires_at=datetime(2001, 1, 1, tzinfo=UTC))
        assert await memories.get(tx, id=first.id) == first
    assert await memories.count(tenant) == 1


async def test_a_swallowed_failure_is_told_at_the_end(tenant: Tenant, agent: Agent, memory: Memory) -> None:
    """PostgreSQL answers the COMMIT of a failed transaction with ROLLBACK, and no error."""
    with pytest.raises(TransactionFailed, match=r"nested tx\.transaction"):
        async with tenant.transaction() as tx:
            await memories.add(tx, agent_id=agent.id, content="lost")
            with suppress(AlreadyExists):
                await memories.add(tx, agent_id=agent.id, content="other", id=memory.id)
    assert await memories.count(tenant) == 1
    async with tenant.transaction() as tx:
        await memories.add(tx, agent_id=agent.id, content="kept")
        with pytest.raises(TransactionFailed):
            async with tx.transaction():
                with suppress(AlreadyExists):
                    await memories.add(tx, agent_id=agent.id, content="other", id=memory.id)
    assert await memories.count(tenant) == 2


async def test_a_transaction_is_over_after_its_block(tenant: Tenant, agent: Agent) -> None:
    async with tenant.transaction() as tx:
        pass
    with pytest.raises(TransactionEnded):
        await memories.add(tx, agent_id=agent.id, content="stray")
    with pytest.raises(TransactionEnded):
        async with tx.transaction():
            pass
    assert await memories.count(tenant) == 0


async def test_how_a_transaction_may_be_begun(tenant: Tenant) -> None:
    bad: Any = "bogus"
    with pytest.raises(InvalidInput, match="isolation must be one of"):
        async with tenant.transaction(isolation=bad):
            pass
    async with tenant.transaction() as tx:
        for options in ({"readonly": True}, {"isolation": "serializable"}):
            with pytest.raises(InvalidInput, match="outermost"):
                async with tx.transaction(**options):
                    pass


async def test_a_begin_that_fails_spoils_no_connection(db: Database, tenant: Tenant, dsn: str) -> None:
    connection = await tenant._pool.acquire(5)
    await connection.execute("BEGIN")
    tenant._pool._idle.append(connection)
    with pytest.raises(Exception):  # noqa: B017, PT011
        async with tenant.transaction():
            pass
    async with tenant.transaction() as tx:
        await memories.count(tx)


async def test_a_file_error_in_a_transaction_stays_a_file_error(tenant: Tenant) -> None:
    with pytest.raises(FileNotFoundError):
        async with tenant.transaction():
            raise FileNotFoundError("ours")


_BAD: list[tuple[dict[str, Any], str]] = [
    ({"content": ""}, "content must have 1 to 8192 characters"),
    ({"content": " \n\t "}, "content must not be empty or only white space"),
    ({"content": "x" * 8193}, "content must have 1 to 8192 characters, not 8193"),
    ({"content": "a\0"}, "content must not contain NUL"),
    ({"confidence": 1.5}, "confidence must be between 0 and 1"),
    ({"confidence": float("nan")}, "confidence must be between 0 and 1, not nan"),
    ({"embedding": [1.0]}, "embedding must have 384 dimensions, not 1"),
    ({"embedding": [float("nan")] * 384}, "embedding must not contain NaN"),
    ({"embedding_model": "m"}, "embedding_model must be None where there is no embedding"),
    ({"observed_at": datetime(2026, 1, 1)}, "observed_at must have a time zone"),
    ({"expires_at": datetime(2001, 1, 1, tzinfo=UTC)}, "expires_at must be later"),
    ({"category": "gossip"}, "category must be one of"),
    ({"tags": ["x" * 65]}, "tags must have 1 to 64 characters"),
    ({"tags": [str(n) for n in range(21)]}, "tags must have at most 20 items"),
    ({"metadata": {"x": "y" * 8200}}, "metadata must be a JSON object of at most 8192 bytes"),
    ({"metadata": {"x": "\0"}}, "metadata must not contain NUL"),
    ({"agent_id": "nope"}, "agent_id must be a uuid.UUID"),
]


@pytest.mark.parametrize(("bad", "message"), _BAD, ids=[message[:40] for _, message in _BAD])
async def test_bad_input_is_refused_by_name_and_changes_nothing(tenant: Tenant, agent: Agent, bad: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await memories.add(tenant, **{"agent_id": agent.id, "content": "fine", **bad})
    assert str(caught.value).startswith(message)
    assert await memories.count(tenant) == 0


async def test_the_longest_content_and_odd_texts_are_kept_byte_for_byte(tenant: Tenant, agent: Agent) -> None:
    for content in ("x" * 8192, "🎈" * 8192, "'; DROP TABLE memdb.memories; --", "$1 :id %s {} \\x00", "\u202e\u200bа\u0301", "$$ $tag$"):
        assert (await memories.add(tenant, agent_id=agent.id, content=content)).content == content


@pytest.mark.parametrize("limit", [0, -1, 1001, "10", None])
async def test_limits(tenant: Tenant, agent: Agent, limit: Any) -> None:
    with pytest.raises(InvalidInput, match="limit must be"):
        await memories.page(tenant, limit=limit)
    with pytest.raises(InvalidInput, match="limit must be"):
        await memories.search(tenant, agent_id=agent.id, text="x", limit=limit)


async def test_unknown_owners(db: Database, tenant: Tenant, agent: Agent) -> None:
    unknown = uuid.uuid4()
    with pytest.raises(NotFound, match=f"no such agent: {unknown}"):
        await memories.add(tenant, agent_id=unknown, content="x", id=uuid.uuid4())
    with pytest.raises(NotFound, match=f"no such memory: {unknown}"):
        await memories.delete(tenant, id=unknown)
    with pytest.raises(NotFound, match=f"no such memory: {unknown}"):
        await memories.update(tenant, id=unknown, content="x")
    with pytest.raises(NotFound, match="no such user"):
        await memories.add(tenant, agent_id=agent.id, content="x", user_id=uuid.uuid4())
    with pytest.raises(NotFound, match="no such agent"):
        await memories.add(db.tenant(uuid.uuid4()), agent_id=agent.id, content="x")


async def test_the_administrator_has_no_memories(db: Database) -> None:
    with pytest.raises(TenantRequired, match=r"db\.tenant"):
        await memories.count(db.admin())
