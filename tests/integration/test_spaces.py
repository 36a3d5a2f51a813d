"""Changing the embedding model: a second space is filled, compared, takes over, and the first goes, while searches go on."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import memdb
from memdb import archives, indexes, memories, messages, observations, organizations, retention, sessions, spaces
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, PermissionDenied
from memdb.memories import NewMemory
from memdb.messages import NewMessage
from memdb.observations import NewObservation
from tests.conftest import Home, vector
from tests.server import execute, fetch

SMALL = 16
KINDS = ["entity", "event", "fact", "insight", "intention", "item_part", "memory", "message", "observation", "triple"]
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


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
    assert await spaces.fill(small, embed_small, batch=2, progress=lambda done, total: reported.append((done, total))) == 10
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
    with pytest.raises(InvalidInput, match=r"embedding_model must be one that has an embedding space \(small\), not 'large'"):
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
    assert [each.content for each in await spaces.unembedded(small.admin(tenant.org_id))] == ["other"]
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


async def _speak(tenant: Tenant, agent: Agent, *contents: str) -> tuple[uuid.UUID, list[messages.Message]]:
    """A session of long ago."""
    started = await sessions.start(tenant, agent_id=agent.id, started_at=_LONG_AGO)
    items = [NewMessage(role="user", content=each, embedding=vector(len(each)), sent_at=_LONG_AGO) for each in contents]
    return started.session.id, await messages.append_many(tenant, session_id=started.session.id, items=items)


async def test_a_model_is_changed_for_all_that_has_embeddings(dsn: str, home: Home, rival: Home, owner: Database, small: Database) -> None:
    tenant, agent = home
    admin, in_small = small.admin(tenant.org_id), small.tenant(tenant.org_id)
    await _store(tenant, agent, 2)
    _, said = await _speak(tenant, agent, "Ada runs", "Bob swims a lot", "what else?", "nothing")
    await messages.delete(tenant, id=said[3].id)
    call = messages.ToolCall("a", "f")
    await messages.append(tenant, session_id=said[0].session_id, role="assistant", tool_calls=[call])
    gone, _ = await _speak(tenant, agent, "in a session that was deleted")
    await sessions.delete(tenant, id=gone)
    of_archived, kept = await _speak(tenant, agent, "in the archive")
    await messages.append(tenant, session_id=said[0].session_id, role="user", content="still here")
    await archives.archive(admin, idle_since=_LONG_AGO + timedelta(days=1))
    noted = await observations.add_many(
        tenant, agent_id=agent.id, items=[NewObservation(content=f"note {n}", embedding=vector(n)) for n in range(3)]
    )
    await observations.delete(tenant, id=noted[2].id)
    await _speak(rival.tenant, rival.agent, "theirs")

    assert await spaces.kinds(admin) == KINDS
    assert await spaces.coverage(admin) == spaces.Coverage(8, 0)
    by_kind = {kind: [each.content for each in await spaces.unembedded(admin, kind=kind)] for kind in await spaces.kinds(admin)}
    assert {kind: said for kind, said in by_kind.items() if said} == {
        "memory": ["memory 0", "memory 1"],
        "message": ["Ada runs", "Bob swims a lot", "what else?", "still here"],
        "observation": ["note 0", "note 1"],
    }
    reported: list[tuple[int, int]] = []
    assert await spaces.fill(small, embed_small, batch=3, progress=lambda done, total: reported.append((done, total))) == 9
    assert (reported[0], reported[-1]) == ((0, 9), (9, 9))
    assert [await spaces.coverage(admin, kind=kind) for kind, said in by_kind.items() if said] == [
        spaces.Coverage(2, 2),
        spaces.Coverage(4, 4),
        spaces.Coverage(2, 2),
    ]
    (hit,) = await messages.search(in_small, embedding=embed_small(["Bob swims a lot"])[0], limit=1)
    assert hit.message.id == said[1].id
    (found,) = await observations.search(in_small, agent_id=agent.id, embedding=embed_small(["note 1"])[0], limit=1)
    assert found.observation.id == noted[1].id
    for stale, kind in ((said[1].id, "message"), (noted[1].id, "observation")):
        assert not await spaces.embed(admin, kind=kind, id=stale, version=7, embedding=embed_small(["x"])[0])
        assert not await spaces.embed(admin, kind="memory", id=stale, version=1, embedding=embed_small(["x"])[0])
    await messages.update(tenant, id=said[1].id, content="Bob rests")
    await observations.update(tenant, id=noted[1].id, content="note 7")
    assert await spaces.fill(small, embed_small) == 2

    # What was in the archive all the while comes back without an embedding in the new space, and is told to lack it.
    await spaces.take_over(small.admin())
    await spaces.drop(owner.admin(), number=1)
    await archives.restore(admin, id=of_archived)
    assert [each.id for each in await messages.unembedded(in_small, session_id=of_archived)] == [kept[0].id]
    assert [each.content for each in await spaces.unembedded(admin, kind="message")] == ["in the archive"]
    assert await spaces.fill(small, embed_small) == 1
    (hit,) = await messages.search(in_small, embedding=embed_small(["in the archive"])[0], limit=1)
    assert hit.message.id == kept[0].id


async def test_a_further_kind_joins_by_its_tables(dsn: str, home: Home, owner: Database, small: Database) -> None:
    execute(
        dsn,
        """
        CREATE TABLE memdb.notes (
            org_id uuid, id uuid, agent_id uuid, version integer DEFAULT 1, deleted_at timestamptz, content text,
            language text DEFAULT 'english',
            search tsvector GENERATED ALWAYS AS (memdb.words(language, content)) STORED, PRIMARY KEY (org_id, id),
            FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id)
        )
        """,
        """
        CREATE TABLE memdb.note_embeddings (
            org_id uuid, note_id uuid, agent_id uuid, space smallint, embedding halfvec, PRIMARY KEY (org_id, note_id, space),
            FOREIGN KEY (org_id, note_id) REFERENCES memdb.notes (org_id, id) ON DELETE CASCADE
        ) PARTITION BY LIST (space)
        """,
        "CALL memdb.add_space_to('memdb.note_embeddings', 1::smallint, 384)",
        f"CALL memdb.add_space_to('memdb.note_embeddings', 2::smallint, {SMALL})",
        "CALL memdb.isolate('memdb.notes')",
        "CALL memdb.isolate('memdb.note_embeddings')",
        "GRANT ALL ON memdb.notes, memdb.note_embeddings TO memdb_admin",
        f"INSERT INTO memdb.notes VALUES ('{home.tenant.org_id}', '{uuid.uuid4()}', '{home.agent.id}', 1, NULL, 'viele Häuser')",
    )
    admin = small.admin(home.tenant.org_id)
    assert await spaces.kinds(admin) == sorted([*KINDS, "note"])
    assert await spaces.coverage(admin) == spaces.Coverage(1, 0)
    assert await spaces.fill(small, embed_small) == 1
    assert await spaces.coverage(admin, kind="note") == spaces.Coverage(1, 1)
    await spaces.create(owner.admin(), dimension=3, model="tiny")
    await spaces.drop(owner.admin(), number=3)
    await organizations.update(admin, language="german")
    assert await memories.reread(admin) is not None
    assert fetch(dsn, "SELECT search @@ 'haus' FROM memdb.notes") == [(True,)]


async def test_a_spaces_number_is_not_given_again(home: Home, owner: Database, small: Database, dsn: str) -> None:
    """Else the archive would bring embeddings of a model that is gone into another model's space."""
    tenant, agent = home
    admin = small.admin(tenant.org_id)
    id, _ = await _speak(tenant, agent, "one", "another")
    await spaces.fill(small, embed_small)
    await archives.archive(admin, idle_since=_LONG_AGO + timedelta(days=1))
    await spaces.drop(owner.admin(), number=2)
    await spaces.create(owner.admin(), dimension=SMALL, model="other")
    assert [each.space for each in await spaces.existing(admin)] == [1, 3]
    await archives.restore(owner.admin(tenant.org_id), id=id)
    assert fetch(dsn, "SELECT space, count(*) FROM memdb.message_embeddings GROUP BY space") == [(1, 2)]


async def test_no_race_leaves_an_outdated_embedding_of_a_message(home: Home, small: Database) -> None:
    tenant, agent = home
    admin = small.admin(tenant.org_id)
    _, (message,) = await _speak(tenant, agent, "round 0")
    (note,) = await observations.add_many(tenant, agent_id=agent.id, items=[NewObservation(content="round 0")])
    for n in range(20):
        given = embed_small([message.content])[0]
        outcomes = await asyncio.gather(
            spaces.embed(admin, kind="message", id=message.id, version=message.version, embedding=given),
            spaces.embed(admin, kind="observation", id=note.id, version=note.version, embedding=given),
            messages.embed(tenant, id=message.id, version=message.version, embedding=vector(n)),
            messages.update(tenant, id=message.id, content=f"round {n + 1}"),
            observations.update(tenant, id=note.id, content=f"round {n + 1}"),
        )
        message, note = outcomes[3], outcomes[4]
        assert await spaces.coverage(admin) == spaces.Coverage(2, 0)


async def test_filling_beside_archiving_and_removing_sessions(home: Home, small: Database, dsn: str) -> None:
    tenant, agent = home
    admin = small.admin(tenant.org_id, timeout=60)
    since = _LONG_AGO + timedelta(days=1)
    for n in range(6):
        await _speak(tenant, agent, *[f"{n} says {m}" for m in range(30)])

    async def go_round() -> None:
        for _ in range(3):
            await archives.archive(admin, idle_since=since, batch=7)
            for each in await sessions.page(tenant, agent_id=agent.id):
                await archives.restore(admin, id=each.id, batch=7)

    await asyncio.gather(*[spaces.fill(small, embed_small, batch=9) for _ in range(3)], go_round())
    await spaces.fill(small, embed_small)
    assert await spaces.coverage(admin) == spaces.Coverage(180, 180)
    execute(dsn, "UPDATE memdb.message_embeddings SET embedding = NULL WHERE space = 2")
    await asyncio.gather(
        *[spaces.fill(small, embed_small, batch=9) for _ in range(3)], retention.clear_old_sessions(admin, idle_since=since)
    )
    assert await spaces.coverage(admin) == spaces.Coverage(0, 0)
    assert fetch(dsn, "SELECT count(*) FROM memdb.message_embeddings") == [(0,)]


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
    for call in (
        lambda kind: spaces.unembedded(small.admin(home.tenant.org_id), kind=kind),
        lambda kind: spaces.coverage(small.admin(home.tenant.org_id), kind=kind),
        lambda kind: spaces.embed(small.admin(home.tenant.org_id), kind=kind, id=uuid.uuid4(), version=1, embedding=embed_small(["x"])[0]),
    ):
        with pytest.raises(InvalidInput, match="kind must be a kind of things that have embeddings"):
            await call("session")
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
    await indexes.build(owner.admin(), progress=lambda build: phases.append(build.phase))
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
