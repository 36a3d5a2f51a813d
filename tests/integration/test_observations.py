"""Observations: added once, read by page and by search, merged without a circle."""

from __future__ import annotations

import asyncio
import itertools
import math
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

import memdb
from memdb import agents, observations, organizations, sessions, spaces, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import (
    AlreadyExists,
    DeadlineExceeded,
    InvalidInput,
    InvalidTransition,
    NotFound,
    VersionConflict,
    WritesRefused,
)
from memdb.observations import NewObservation, Observation, ObservationHit
from tests.conftest import Home, vector
from tests.server import execute, fetch

_THEN = datetime(2024, 5, 17, 9, 30, tzinfo=UTC)


async def _add(tenant: Tenant, agent: Agent, content: str, **fields: Any) -> Observation:
    return await observations.add(tenant, agent_id=agent.id, content=content, **fields)


async def _session(tenant: Tenant, agent: Agent) -> uuid.UUID:
    return (await sessions.start(tenant, agent_id=agent.id)).session.id


async def test_what_is_added_is_what_is_read(tenant: Tenant, agent: Agent) -> None:
    user = await users.create(tenant, email="ada@example.com")
    session_id = await _session(tenant, agent)
    messages = sorted(uuid.uuid4() for _ in range(3))
    made = await _add(
        tenant,
        agent,
        "Ada moved to Turin",
        embedding=vector(1),
        topic="moving",
        entities=["turin", "ada", "turin"],
        message_ids=[messages[2], messages[0], messages[2], messages[1]],
        observed_at=_THEN,
        referenced_at=_THEN - timedelta(days=14),
        relative_offset="two weeks ago",
        emotion="joy",
        emotion_intensity=0.7,
        session_id=session_id,
        user_id=user.id,
        metadata={"ä": [1, None]},
    )
    assert (made.agent_id, made.session_id, made.user_id) == (agent.id, session_id, user.id)
    assert (made.content, made.topic, made.entities, made.message_ids) == ("Ada moved to Turin", "moving", ["ada", "turin"], messages)
    assert (made.observed_at, made.referenced_at, made.relative_offset) == (_THEN, _THEN - timedelta(days=14), "two weeks ago")
    assert (made.emotion, made.emotion_intensity, made.metadata) == ("joy", 0.7, {"ä": [1, None]})
    assert (made.status, made.merged_into, made.embedded, made.version) == ("active", None, True, 1)
    assert await observations.get(tenant, id=made.id) == made
    bare = await _add(tenant, agent, "x")
    assert (bare.topic, bare.entities, bare.message_ids, bare.metadata, bare.embedded) == (None, [], [], {}, False)
    assert bare.observed_at == bare.created_at


async def test_an_add_may_be_repeated(tenant: Tenant, agent: Agent, rival: Home) -> None:
    id = uuid.uuid4()
    made = await _add(tenant, agent, "said", id=id, topic="a")
    assert await _add(tenant, agent, "said", id=id, topic="b", embedding=vector(1)) == made
    assert await _add(rival.tenant, rival.agent, "theirs", id=id) != made
    other = await agents.create(tenant, slug="other", name="Other")
    for again in (_add(tenant, agent, "else", id=id), _add(tenant, other, "said", id=id)):
        with pytest.raises(AlreadyExists, match="another observation has this id"):
            await again
    await observations.delete(tenant, id=id)
    with pytest.raises(AlreadyExists, match="id"):
        await _add(tenant, agent, "said", id=id)


async def test_many_adds_of_one_id_at_once_leave_one(tenant: Tenant, agent: Agent, dsn: str) -> None:
    id = uuid.uuid4()
    made = await asyncio.gather(*[_add(tenant, agent, "said", id=id, embedding=vector(1)) for _ in range(32)])
    assert {each.id for each in made} == {id}
    assert fetch(dsn, "SELECT count(*) FROM memdb.session_observations") == [(1,)]
    results = await asyncio.gather(*[_add(tenant, agent, f"said {n}", id=uuid.UUID(int=7)) for n in range(16)], return_exceptions=True)
    assert sum(isinstance(each, Observation) for each in results) == 1
    assert sum(isinstance(each, AlreadyExists) for each in results) == 15


async def test_many_are_added_in_their_order_and_all_or_none(tenant: Tenant, agent: Agent, dsn: str) -> None:
    assert await observations.add_many(tenant, agent_id=agent.id, items=[]) == []
    mine = uuid.uuid4()
    items = [
        NewObservation(
            content=f"content {n}",
            embedding=vector(n) if n % 3 == 0 else None,
            entities=[f"e{each}" for each in range(n % 4)],
            message_ids=[uuid.UUID(int=each) for each in range(n % 3)],
            topic=None if n % 2 else "even",
            id=uuid.uuid4() if n % 5 == 0 else None,
            metadata={"n": n} if n % 7 == 0 else None,
        )
        for n in range(1000)
    ]
    made = await observations.add_many(tenant, agent_id=agent.id, items=items)
    assert [each.content for each in made] == [item.content for item in items]
    for item, each in zip(items, made, strict=True):
        assert item.id in (None, each.id)
        assert (each.entities, each.message_ids, each.topic) == (item.entities, item.message_ids, item.topic)
        assert (each.embedded, each.metadata) == (item.embedding is not None, item.metadata or {})
    assert fetch(dsn, "SELECT count(*) FROM memdb.observation_embeddings WHERE embedding IS NOT NULL") == [(334,)]
    again = [NewObservation(content=each.content, id=each.id) for each in reversed(made)]
    assert await observations.add_many(tenant, agent_id=agent.id, items=again) == made[::-1]
    twice = [NewObservation(content="same", id=mine, embedding=vector(n)) for n in range(3)] + [NewObservation(content="new")]
    first, second, third, new = await observations.add_many(tenant, agent_id=agent.id, items=twice)
    assert first == second == third != new
    for taken in (mine, uuid.uuid4()):
        differing = [NewObservation(content=f"other {n}", id=taken, embedding=vector(n)) for n in range(2)]
        with pytest.raises(AlreadyExists, match="another observation has this id"):
            await observations.add_many(tenant, agent_id=agent.id, items=[NewObservation(content="z"), *differing])
    with pytest.raises(NotFound, match="session"):
        await observations.add_many(
            tenant, agent_id=agent.id, items=[NewObservation(content="z"), NewObservation(content="z", session_id=mine)]
        )
    assert fetch(dsn, "SELECT count(*) FROM memdb.session_observations WHERE content IN ('z', 'other 0')") == [(0,)]
    with pytest.raises(InvalidInput, match="items must be at most 1000 at a time"):
        await observations.add_many(tenant, agent_id=agent.id, items=itertools.repeat(NewObservation(content="x")))
    nonsense: Any
    for nonsense in (["x"], 7, "x"):
        with pytest.raises(InvalidInput, match="items must be NewObservation objects"):
            await observations.add_many(tenant, agent_id=agent.id, items=nonsense)


async def test_batches_with_ids_in_common_do_not_deadlock(tenant: Tenant, agent: Agent, dsn: str) -> None:
    items = [NewObservation(content=f"content {n}", id=uuid.uuid4()) for n in range(60)]
    batches = [random.Random(seed).sample(items, 60) for seed in range(8)]
    made = await asyncio.gather(*[observations.add_many(tenant, agent_id=agent.id, items=batch) for batch in batches])
    for batch, each in zip(batches, made, strict=True):
        assert [one.id for one in each] == [item.id for item in batch]
    assert fetch(dsn, "SELECT count(*) FROM memdb.session_observations") == [(60,)]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"content": ""}, "content must have 1 to 8192 characters"),
        ({"content": " \n\t"}, "content must not be empty or only white space"),
        ({"content": "x" * 8193}, "content must have 1 to 8192"),
        ({"content": 7}, "content must be a str"),
        ({"topic": "x" * 65}, "topic must have 1 to 64"),
        ({"entities": ["x"] * 51}, "entities must have at most 50 items"),
        ({"entities": ["x", ""]}, "entities must have 1 to 200"),
        ({"entities": ["x" * 201]}, "entities must have 1 to 200"),
        ({"entities": "ada"}, "entities must be a list"),
        ({"entities": ["a\0"]}, "entities must not contain NUL"),
        ({"message_ids": [uuid.UUID(int=1)] * 101}, "message_ids must have at most 100"),
        ({"message_ids": ["nope"]}, "message_ids must be a uuid.UUID"),
        ({"relative_offset": "x" * 65}, "relative_offset must have 1 to 64"),
        ({"emotion": "x" * 33}, "emotion must have 1 to 32"),
        ({"emotion_intensity": 1.01}, "emotion_intensity must be between 0 and 1"),
        ({"emotion_intensity": float("nan")}, "emotion_intensity must be between 0 and 1"),
        ({"observed_at": datetime(2024, 1, 1)}, "observed_at must have a time zone"),
        ({"metadata": {"k": "x" * 9000}}, "metadata must be a JSON object of at most 8192 bytes"),
        ({"metadata": []}, "metadata must be a JSON object"),
        ({"embedding": [0.0, 1.0]}, "embedding must have 384 dimensions"),
        ({"id": "nope"}, "id must be a uuid.UUID"),
    ],
    ids=[f"wrong{n}" for n in range(21)],
)
async def test_wrong_input(fields: dict[str, Any], message: str, tenant: Tenant, agent: Agent) -> None:
    with pytest.raises(InvalidInput, match=message):
        await observations.add(tenant, agent_id=agent.id, **{"content": "x", **fields})
    made = await _add(tenant, agent, "said")
    if "id" not in fields:
        with pytest.raises(InvalidInput, match=message):
            await observations.update(tenant, id=made.id, **fields)
    assert await observations.page(tenant, agent_id=agent.id) == [made]


async def test_unknown_keys_and_other_tenants(tenant: Tenant, agent: Agent, rival: Home) -> None:
    unknown = uuid.uuid4()
    with pytest.raises(NotFound, match=f"no such agent: {unknown}"):
        await observations.add(tenant, agent_id=unknown, content="x")
    theirs = await _add(rival.tenant, rival.agent, "theirs", embedding=vector(1), entities=["ada"])
    session_id = await _session(rival.tenant, rival.agent)
    user = await users.create(rival.tenant, email="ada@example.com")
    ours = await _add(tenant, agent, "ours")
    for field, value in (("session", session_id), ("user", user.id)):
        given: dict[str, Any] = {f"{field}_id": value}
        with pytest.raises(NotFound, match=f"no such {field}"):
            await _add(tenant, agent, "x", **given)
    with pytest.raises(NotFound, match="agent"):
        await observations.add(tenant, agent_id=rival.agent.id, content="x")
    assert await observations.get(tenant, id=theirs.id) is None
    assert await observations.page(tenant, agent_id=rival.agent.id) == []
    assert await observations.search(tenant, agent_id=rival.agent.id, text="theirs", embedding=vector(1)) == []
    assert await observations.embed(tenant, id=theirs.id, version=1, embedding=vector(2)) is False
    calls: list[Any] = [
        observations.update(tenant, id=theirs.id, content="x"),
        observations.dismiss(tenant, id=theirs.id),
        observations.delete(tenant, id=theirs.id),
        observations.restore(tenant, id=theirs.id),
        observations.merge(tenant, ids=[theirs.id], into_id=ours.id),
        observations.merge(tenant, ids=[ours.id], into_id=theirs.id),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            await call
    assert await observations.get(rival.tenant, id=theirs.id) == theirs
    assert await observations.get(tenant, id=ours.id) == ours


async def test_pages(tenant: Tenant, agent: Agent) -> None:
    session_id = await _session(tenant, agent)
    other = await agents.create(tenant, slug="other", name="Other")
    made = [
        await _add(
            tenant,
            agent,
            f"content {n}",
            topic=f"t{n % 2}",
            entities=[f"e{n % 3}", "all"],
            observed_at=_THEN + timedelta(days=n),
            session_id=session_id if n % 4 == 0 else None,
        )
        for n in range(12)
    ]
    theirs = await _add(tenant, other, "another agent's", session_id=session_id, topic="t0", entities=["all"])
    merged, dismissed, deleted = made[9], made[10], made[11]
    await observations.merge(tenant, ids=[merged.id], into_id=made[8].id)
    await observations.dismiss(tenant, id=dismissed.id)
    await observations.delete(tenant, id=deleted.id)

    async def contents(**filters: Any) -> list[str]:
        return [each.content.removeprefix("content ") for each in await observations.page(tenant, agent_id=agent.id, **filters)]

    def numbers(*wanted: int) -> list[str]:
        return [str(n) for n in wanted]

    assert await contents() == numbers(*range(8, -1, -1))
    assert await contents(status="merged") == numbers(9)
    assert await contents(status="dismissed") == numbers(10)
    assert await contents(status=None) == numbers(*range(10, -1, -1))
    assert await contents(session_id=session_id) == numbers(8, 4, 0)
    assert await contents(session_id=session_id, status=None, topic="t0", entity="e1") == numbers(4)
    assert await contents(topic="t1") == numbers(7, 5, 3, 1)
    assert await contents(entity="e2") == numbers(8, 5, 2)
    assert await contents(entity="all", topic="t0", since=_THEN + timedelta(days=2), until=_THEN + timedelta(days=6)) == numbers(4, 2)
    assert await contents(entity="nobody") == await contents(session_id=uuid.uuid4()) == []
    for filters in ({}, {"status": None}, {"session_id": session_id}):
        walked: list[str] = []
        before = None
        while page := await observations.page(tenant, agent_id=agent.id, before=before, limit=2, **filters):  # type: ignore[arg-type]
            walked += [each.content.removeprefix("content ") for each in page]
            before = page[-1].id
        assert walked == await contents(**filters)
    assert await observations.page(tenant, agent_id=other.id, session_id=session_id) == [theirs]
    with pytest.raises(InvalidInput, match="status must be one of"):
        await contents(status="gone")
    with pytest.raises(InvalidInput, match="limit must be between 1 and 1000"):
        await contents(limit=0)


async def test_updating(tenant: Tenant, agent: Agent) -> None:
    made = await _add(tenant, agent, "said", embedding=vector(1), topic="a", entities=["x"], emotion="joy")
    changed = await observations.update(
        tenant, id=made.id, expected_version=1, topic="b", entities=["z", "y", "z"], referenced_at=_THEN, relative_offset="then"
    )
    assert (changed.content, changed.topic, changed.entities, changed.emotion) == ("said", "b", ["y", "z"], "joy")
    assert (changed.referenced_at, changed.relative_offset, changed.embedded, changed.version) == (_THEN, "then", True, 2)
    with pytest.raises(VersionConflict, match="expected version 1, found version 2"):
        await observations.update(tenant, id=made.id, topic="c", expected_version=1)
    emptied = await observations.update(tenant, id=made.id, entities=[], message_ids=[], metadata={})
    assert (emptied.entities, emptied.version) == ([], 3)
    assert await observations.get(tenant, id=made.id) == emptied
    results = await asyncio.gather(
        *[observations.update(tenant, id=made.id, topic=f"t{n}", expected_version=3) for n in range(10)], return_exceptions=True
    )
    assert sum(isinstance(each, Observation) for each in results) == 1
    assert sum(isinstance(each, VersionConflict) for each in results) == 9
    with pytest.raises(NotFound, match="no such observation"):
        await observations.update(tenant, id=uuid.uuid4(), topic="x")


async def _embeddings(dsn: str, observation: Observation) -> dict[object, bool]:
    """Whether there is an up-to-date embedding, by space."""
    rows = fetch(
        dsn,
        f"SELECT space, embedding IS NOT NULL FROM memdb.observation_embeddings WHERE observation_id = '{observation.id}' ORDER BY space",
    )
    return {space: bool(given) for space, given in rows}


async def test_a_changed_content_outdates_its_embeddings_in_all_spaces(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    made = await _add(tenant, agent, "said", embedding=vector(1))
    same = await observations.update(tenant, id=made.id, content="said")
    assert (same.embedded, await _embeddings(dsn, made)) == (True, {1: True})
    async with memdb.connect(dsn, admin_role=None) as owner:
        await spaces.create(owner.admin(), dimension=384, model="new")
    async with memdb.connect(dsn, embedding_model="new") as new:
        assert await observations.embed(new.tenant(tenant.org_id), id=made.id, version=2, embedding=vector(2))
        assert await _embeddings(dsn, made) == {1: True, 2: True}
        changed = await observations.update(tenant, id=made.id, content="said otherwise")
        assert (changed.embedded, await _embeddings(dsn, made)) == (False, {1: False, 2: False})
        again = await observations.update(tenant, id=made.id, content="said again", embedding=vector(3))
        assert (again.embedded, await _embeddings(dsn, made)) == (True, {1: True, 2: False})
    async with memdb.connect(dsn, admin_role=None) as owner:
        await spaces.drop(owner.admin(), number=2)
    assert await _embeddings(dsn, made) == {1: True}


async def test_background_embedding(tenant: Tenant, agent: Agent) -> None:
    made = [await _add(tenant, agent, f"content {n}", embedding=vector(n) if n == 2 else None) for n in range(6)]
    await observations.dismiss(tenant, id=made[4].id)
    await observations.delete(tenant, id=made[5].id)
    waiting = [made[0], made[1], made[3]]
    assert await observations.unembedded(tenant) == await observations.unembedded(tenant, agent_id=agent.id) == waiting
    assert await observations.unembedded(tenant, after=made[0].id, limit=1) == [made[1]]
    assert await observations.unembedded(tenant, agent_id=uuid.uuid4()) == []
    changed = await observations.update(tenant, id=made[0].id, content="changed meanwhile")
    assert await observations.embed(tenant, id=made[0].id, version=1, embedding=vector(9)) is False
    assert await observations.embed(tenant, id=made[5].id, version=2, embedding=vector(9)) is False
    batch = [{"id": each.id, "version": each.version, "embedding": vector(9)} for each in (changed, made[1], made[3])]
    assert await observations.embed.many(tenant, batch) == [True, True, True]
    assert await observations.unembedded(tenant) == []
    embedded = await observations.get(tenant, id=changed.id)
    assert embedded is not None
    assert (embedded.embedded, embedded.version) == (True, 2)


async def test_merging(tenant: Tenant, agent: Agent) -> None:
    messages = sorted(uuid.uuid4() for _ in range(4))
    into = await _add(tenant, agent, "into", entities=["a", "c"], message_ids=messages[2:])
    one = await _add(tenant, agent, "one", entities=["b"], message_ids=messages[:1])
    two = await _add(tenant, agent, "two", entities=["c", "d"], message_ids=messages[1:3])
    grown = await observations.merge(tenant, ids=[two.id, one.id, two.id], into_id=into.id, expected_version=1)
    assert (grown.entities, grown.message_ids, grown.status, grown.version) == (["a", "b", "c", "d"], messages, "active", 2)
    assert await observations.get(tenant, id=into.id) == grown
    for each in (one, two):
        merged = await observations.get(tenant, id=each.id)
        assert merged is not None
        assert (merged.status, merged.merged_into, merged.version, merged.entities) == ("merged", into.id, 2, each.entities)
    # Again, it changes nothing, whatever the version that was expected then.
    assert await observations.merge(tenant, ids=[two.id, one.id], into_id=into.id, expected_version=1) == grown
    three = await _add(tenant, agent, "three", entities=["e"])
    with pytest.raises(VersionConflict):
        await observations.merge(tenant, ids=[one.id, three.id], into_id=into.id, expected_version=1)
    more = await observations.merge(tenant, ids=[one.id, three.id], into_id=into.id, expected_version=2)
    assert (more.entities, more.version) == (["a", "b", "c", "d", "e"], 3)
    merged = await observations.get(tenant, id=one.id)
    assert merged is not None
    assert merged.version == 2
    # Into another, in turn; what was merged into the first stays there.
    last = await _add(tenant, agent, "last")
    await observations.merge(tenant, ids=[into.id], into_id=last.id)
    settled = await observations.merge(tenant, ids=[one.id, two.id, three.id], into_id=into.id)
    assert (settled.status, settled.merged_into, settled.version) == ("merged", last.id, 4)


async def test_what_cannot_be_merged(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    a, b, c, dismissed, deleted = [await _add(tenant, agent, content) for content in ("a", "b", "c", "dismissed", "deleted")]
    theirs = await _add(tenant, other, "another agent's")
    await observations.dismiss(tenant, id=dismissed.id)
    await observations.delete(tenant, id=deleted.id)
    await observations.merge(tenant, ids=[a.id], into_id=b.id)
    before = await observations.page(tenant, agent_id=agent.id, status=None)
    refused: list[tuple[list[uuid.UUID], uuid.UUID, type[Exception], str]] = [
        ([], c.id, InvalidInput, "ids must not be empty"),
        ([c.id], c.id, InvalidInput, "into_id must be another observation"),
        ([b.id, c.id], c.id, InvalidInput, "into_id must be another observation"),
        ([b.id], a.id, InvalidInput, "into_id must be an active observation, not one that is merged"),
        ([c.id], dismissed.id, InvalidInput, "into_id must be an active observation, not one that is dismissed"),
        ([c.id, theirs.id], b.id, InvalidInput, "ids must be observations of the same agent as into_id"),
        ([c.id], theirs.id, InvalidInput, "ids must be observations of the same agent as into_id"),
        ([b.id, a.id], c.id, InvalidTransition, "what is merged cannot become merged"),
        ([b.id, dismissed.id], c.id, InvalidTransition, "what is dismissed cannot become merged"),
        ([b.id, deleted.id], c.id, NotFound, "observation among ids and into_id"),
        ([b.id], deleted.id, NotFound, "observation among ids and into_id"),
        ([b.id, uuid.uuid4()], c.id, NotFound, "observation among ids and into_id"),
    ]
    for ids, into_id, error, message in refused:
        with pytest.raises(error, match=message):
            await observations.merge(tenant, ids=ids, into_id=into_id)
    assert await observations.page(tenant, agent_id=agent.id, status=None) == before


async def test_a_merge_that_would_mention_too_much(tenant: Tenant, agent: Agent) -> None:
    one = await _add(tenant, agent, "one", entities=[f"a{n}" for n in range(30)], message_ids=[uuid.uuid4() for _ in range(60)])
    two = await _add(tenant, agent, "two", entities=[f"b{n}" for n in range(30)])
    three = await _add(tenant, agent, "three", message_ids=[uuid.uuid4() for _ in range(60)])
    with pytest.raises(InvalidInput, match="entities must be at most 50"):
        await observations.merge(tenant, ids=[one.id], into_id=two.id)
    with pytest.raises(InvalidInput, match="message_ids must be at most 100"):
        await observations.merge(tenant, ids=[one.id], into_id=three.id)
    assert await observations.page(tenant, agent_id=agent.id) == [three, two, one]


async def test_merges_at_once_make_no_circle_and_no_deadlock(tenant: Tenant, agent: Agent) -> None:
    """Whoever comes first decides; the others find their targets merged. Nothing that an observation mentions is lost on the way."""
    rng = random.Random(7)
    for round_ in range(12):
        made = [await _add(tenant, agent, f"{round_} {n}", entities=[f"{round_} {n}"]) for n in range(4)]
        calls = [(made[0], made[1]), (made[1], made[0])] if round_ < 4 else [tuple(rng.sample(made, 2)) for _ in range(8)]
        results = await asyncio.gather(
            *[
                observations.merge(tenant, ids=[source.id], into_id=target.id)
                if rng.random() < 0.5 or source.id == target.id
                else observations.merge(tenant, ids=[each.id for each in made if each.id != target.id], into_id=target.id)
                for source, target in calls
            ],
            return_exceptions=True,
        )
        for result in results:
            assert isinstance(result, Observation | InvalidInput | InvalidTransition), result
        assert any(isinstance(result, Observation) for result in results)
        found = {each.id: each for each in await observations.page(tenant, agent_id=agent.id, status=None, limit=4)}
        roots: dict[uuid.UUID, set[str]] = {}
        for one in found.values():
            root, steps = one, 0
            while root.merged_into is not None:
                root, steps = found[root.merged_into], steps + 1
                assert steps < 4, "a circle"
            assert root.status == "active"
            roots.setdefault(root.id, set()).update(one.entities)
        for id, mentioned in roots.items():
            assert set(found[id].entities) == mentioned


async def test_a_merge_of_what_is_just_being_changed(tenant: Tenant, agent: Agent) -> None:
    """A merge that waits for a row takes it as it is then."""
    into, one = [await _add(tenant, agent, content, entities=[content]) for content in ("into", "one")]
    async with tenant.transaction() as tx:
        await observations.update(tx, id=into.id, entities=["new", "into"])
        await observations.update(tx, id=one.id, entities=["changed"])
        merging = asyncio.create_task(observations.merge(tenant, ids=[one.id], into_id=into.id))
        await asyncio.sleep(0.2)
    grown = await merging
    assert (grown.entities, grown.version) == (["changed", "into", "new"], 3)
    again = await _add(tenant, agent, "again")
    async with tenant.transaction() as tx:
        await observations.dismiss(tx, id=again.id)
        merging = asyncio.create_task(observations.merge(tenant, ids=[again.id], into_id=into.id))
        await asyncio.sleep(0.2)
    with pytest.raises(InvalidTransition, match="what is dismissed cannot become merged"):
        await merging
    more = await _add(tenant, agent, "more")
    async with tenant.transaction() as tx:
        first = await observations.merge(tx, ids=[more.id], into_id=into.id)
        merging = asyncio.create_task(observations.merge(tenant, ids=[more.id], into_id=into.id))
        await asyncio.sleep(0.2)
    assert await merging == first


async def test_dismissing_deleting_restoring(tenant: Tenant, agent: Agent) -> None:
    made = await _add(tenant, agent, "said", embedding=vector(1))
    with pytest.raises(VersionConflict):
        await observations.dismiss(tenant, id=made.id, expected_version=2)
    dismissed = await observations.dismiss(tenant, id=made.id, expected_version=1)
    assert (dismissed.status, dismissed.version) == ("dismissed", 2)
    with pytest.raises(InvalidTransition, match="what is dismissed cannot become dismissed"):
        await observations.dismiss(tenant, id=made.id)
    with pytest.raises(VersionConflict):
        await observations.delete(tenant, id=made.id, expected_version=1)
    assert await observations.delete(tenant, id=made.id, expected_version=2) == 3
    assert await observations.get(tenant, id=made.id) is None
    assert await observations.page(tenant, agent_id=agent.id, status=None) == []
    calls: list[Any] = [
        observations.delete(tenant, id=made.id),
        observations.dismiss(tenant, id=made.id),
        observations.update(tenant, id=made.id, topic="x"),
    ]
    for call in calls:
        with pytest.raises(NotFound, match=f"no such observation: {made.id}"):
            await call
    with pytest.raises(VersionConflict):
        await observations.restore(tenant, id=made.id, expected_version=2)
    restored = await observations.restore(tenant, id=made.id)
    assert (restored.status, restored.version, restored.embedded) == ("dismissed", 4, True)
    with pytest.raises(NotFound, match="deleted observation"):
        await observations.restore(tenant, id=made.id)


async def test_searching_by_both(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    session_id = await _session(tenant, agent)
    near = (vector(1) + 0.1 * vector(2)).astype(np.float32)
    tea = await _add(tenant, agent, "Ada drinks green tea", embedding=vector(1))
    coffee = await _add(tenant, agent, "Bob roasts coffee", embedding=near, session_id=session_id)
    plain = await _add(tenant, agent, "Nobody wants teas")
    far = await _add(tenant, agent, "The weather is fine", embedding=-vector(1))
    dismissed, deleted, merged = [await _add(tenant, agent, f"tea {n}", embedding=vector(1)) for n in range(3)]
    await observations.dismiss(tenant, id=dismissed.id)
    await observations.delete(tenant, id=deleted.id)
    await observations.merge(tenant, ids=[merged.id], into_id=tea.id)
    await _add(tenant, other, "another agent's tea", embedding=vector(1))

    async def found(**asked: Any) -> list[uuid.UUID]:
        return [hit.observation.id for hit in await observations.search(tenant, agent_id=agent.id, **asked)]

    assert await found(embedding=vector(1)) == [tea.id, coffee.id, far.id]
    assert await found(text="teas") == [plain.id, tea.id]
    hits = await observations.search(tenant, agent_id=agent.id, text="tea", embedding=vector(1))
    assert {hit.observation.id for hit in hits} == {tea.id, coffee.id, plain.id, far.id}
    assert hits[0].observation.id == tea.id
    by_id = {hit.observation.id: hit for hit in hits}
    similarities = [hit.similarity for hit in hits if hit.similarity is not None]
    most = max(hit.text_score or 0 for hit in hits)
    for hit in hits:
        vector_part = 0.0 if hit.similarity is None else (hit.similarity - min(similarities)) / (max(similarities) - min(similarities))
        assert (hit.vector, hit.text, hit.context) == pytest.approx((vector_part, (hit.text_score or 0) / most, 0))
        assert hit.score == pytest.approx(hit.vector + hit.text)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert by_id[plain.id].similarity is by_id[coffee.id].text_score is None
    assert by_id[tea.id].similarity == pytest.approx(1, abs=1e-3)
    assert by_id[far.id].similarity == pytest.approx(-1, abs=1e-3)
    assert [len(await found(text="tea", embedding=vector(1), limit=limit)) for limit in (1, 3, 4, 9)] == [1, 3, 4, 4]
    assert await found(text="tea coffee", embedding=vector(1), session_id=session_id) == [coffee.id]
    assert await found(text="tea", session_id=session_id) == await found(text="zebra") == await found(text="") == []
    assert await found(text='"green tea"') == [tea.id]
    assert await found(text="tea -green") == [plain.id]


async def test_words_count_for_what_was_noted_around_them(tenant: Tenant, agent: Agent) -> None:
    """Of a session's active observations the four before and the four after, by how many words are between."""
    first, second = await _session(tenant, agent), await _session(tenant, agent)
    day = datetime(2024, 5, 10, tzinfo=UTC)
    contents = [f"x{n} elm" for n in range(6)] + ["oak tin"] + [f"y{n} fir" for n in range(6)]
    made = await observations.add_many(
        tenant, agent_id=agent.id, items=[NewObservation(content=each, session_id=first, observed_at=day) for each in contents]
    )
    others = [NewObservation(content=f"z{n} zinc", session_id=second, observed_at=day) for n in range(8)]
    await observations.add_many(tenant, agent_id=agent.id, items=[*others, NewObservation(content="loose", observed_at=day)])

    async def found(text: str) -> dict[str, ObservationHit]:
        return {hit.observation.content[:2]: hit for hit in await observations.search(tenant, agent_id=agent.id, text=text, limit=100)}

    hits = await found("oak")
    assert hits.keys() == {"oa", "x2", "x3", "x4", "x5", "y0", "y1", "y2", "y3"}
    # Each has its two words and the three of the day: the middles are five words apart.
    idf = math.log(1 + (22 - 1 + 0.5) / 1.5)
    for name, away, share in [("x5", 5, 0.7), ("x2", 20, 0.7), ("y0", 5, 1.0), ("y3", 20, 1.0)]:
        frequency = share * math.exp(-away / 40)
        assert hits[name].text_score == pytest.approx(idf * 1.9 * frequency / (frequency + 0.9), rel=1e-5)
        assert (hits[name].text, hits[name].context) == (0, pytest.approx(1.9 * frequency / (frequency + 0.9), rel=1e-5))
    assert (hits["oa"].text, hits["oa"].context, hits["oa"].score) == (1, 0, 1)
    assert "x4" not in await found("oak -elm"), "what is left out gets none"
    assert (await found("elm")).keys() == {f"x{n}" for n in range(6)}, "a word of more than a quarter counts where it is only"
    await observations.dismiss(tenant, id=made[5].id)
    assert (await found("oak")).keys() == {"oa", "x1", "x2", "x3", "x4", "y0", "y1", "y2", "y3"}
    await observations.dismiss(tenant, id=made[6].id)
    assert await found("oak") == {}


async def test_common_words_find_nothing_beside_rarer_ones(tenant: Tenant, agent: Agent) -> None:
    items = [NewObservation(content=f"x{n} " + "ada " * (n % 2) + "oak" * (n % 7 == 1), embedding=vector(1)) for n in range(60)]
    await observations.add_many(tenant, agent_id=agent.id, items=[*items, NewObservation(content="loose ada")])

    async def worded(text: str, embedding: Any = None) -> set[str]:
        hits = await observations.search(tenant, agent_id=agent.id, text=text, embedding=embedding, limit=100)
        return {hit.observation.content.split()[0] for hit in hits if hit.text}

    odd, oaks = {f"x{n}" for n in range(1, 60, 2)} | {"loose"}, {f"x{n}" for n in range(60) if n % 7 == 1}
    assert await worded("ada oak", vector(2)) == oaks | {"loose"}
    assert await worded("ada oak") == odd | oaks
    assert await worded("ada", vector(2)) == odd


async def test_equals_in_a_search_are_in_a_stable_order(tenant: Tenant, agent: Agent) -> None:
    items = [NewObservation(content="the same words", embedding=vector(1)) for _ in range(30)]
    made = await observations.add_many(tenant, agent_id=agent.id, items=items)
    newest_first = [each.id for each in reversed(made)]
    for asked in ({"text": "words"}, {"embedding": vector(2)}, {"text": "words", "embedding": vector(2)}):
        for limit in (1, 7, 30, 100):
            hits = await observations.search(tenant, agent_id=agent.id, limit=limit, **asked)  # type: ignore[arg-type]
            assert [hit.observation.id for hit in hits] == newest_first[:limit]


async def test_wrong_searches(tenant: Tenant, agent: Agent) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "text or embedding must be given"),
        ({"embedding": np.zeros(384)}, "embedding must not be the zero vector"),
        ({"embedding": [1.0]}, "embedding must have 384 dimensions"),
        ({"text": 7}, "text must be a str"),
        ({"text": "x", "limit": 0}, "limit must be between 1 and 1000"),
        ({"text": "x", "session_id": "y"}, "session_id must be a uuid.UUID"),
    ]
    for asked, message in wrong:
        with pytest.raises(InvalidInput, match=message):
            await observations.search(tenant, agent_id=agent.id, **asked)


async def test_suspended_tenants_and_agents_take_no_observations(db: Database, tenant: Tenant, agent: Agent) -> None:
    made = [await _add(tenant, agent, f"content {n}") for n in range(4)]
    await observations.delete(tenant, id=made[3].id)

    def writes() -> list[Any]:
        return [
            _add(tenant, agent, "x"),
            _add(tenant, agent, made[0].content, id=made[0].id),
            observations.update(tenant, id=made[0].id, topic="x"),
            observations.merge(tenant, ids=[made[0].id], into_id=made[1].id),
            observations.dismiss(tenant, id=made[0].id),
            observations.restore(tenant, id=made[3].id),
            observations.embed(tenant, id=made[0].id, version=1, embedding=vector(1)),
        ]

    await organizations.update(db.admin(tenant.org_id), status="suspended")
    for write in [*writes(), observations.delete(tenant, id=made[0].id)]:
        with pytest.raises(WritesRefused, match="the organization is suspended"):
            await write
    assert await observations.page(tenant, agent_id=agent.id) == [made[2], made[1], made[0]]
    await organizations.update(db.admin(tenant.org_id), status="active")
    await agents.update(tenant, id=agent.id, status="suspended")
    for write in writes():
        with pytest.raises(WritesRefused, match="the agent is suspended"):
            await write
    assert await observations.page(tenant, agent_id=agent.id) == [made[2], made[1], made[0]]
    # What an agent in disgrace noted can still be forgotten.
    assert await observations.delete(tenant, id=made[0].id) == 2


async def test_a_failed_add_in_a_transaction_is_not_tried_again(tenant: Tenant, agent: Agent) -> None:
    made = await _add(tenant, agent, "said")
    with pytest.raises(AlreadyExists):
        async with tenant.transaction() as tx:
            await observations.add(tx, agent_id=agent.id, content="other", id=made.id)


async def test_the_service_can_change_only_what_changes(tenant: Tenant, agent: Agent) -> None:
    await _add(tenant, agent, "said", embedding=vector(1))
    connection = await tenant._pool.acquire(5)
    for statement in (
        "UPDATE memdb.session_observations SET agent_id = agent_id",
        "UPDATE memdb.session_observations SET user_id = NULL",
        "UPDATE memdb.session_observations SET created_at = now()",
        "UPDATE memdb.observation_embeddings SET space = 2",
        "UPDATE memdb.observation_embeddings_1 SET embedding = NULL",
        "DELETE FROM memdb.session_observations",
        "DELETE FROM memdb.observation_embeddings",
    ):
        with pytest.raises(Exception, match="permission denied"):
            await connection.execute(statement)
    tenant._pool.give(connection)


async def test_the_schema_refuses_what_the_functions_never_send(tenant: Tenant, agent: Agent, dsn: str) -> None:
    made = await _add(tenant, agent, "said")
    for change, rule in (
        ("merged_into = id, status = 'merged'", "merged_fits"),
        (f"merged_into = '{uuid.uuid4()}'", "merged_fits"),
        ("entities = ARRAY[NULL]", "entities_fit"),
        ("entities = array_fill('x'::text, ARRAY[51])", "entities_fit"),
        ("message_ids = ARRAY[NULL::uuid]", "message_ids_count"),
        ("status = 'gone'", "status_known"),
    ):
        with pytest.raises(Exception, match=f"session_observations_{rule}"):
            execute(dsn, f"UPDATE memdb.session_observations SET {change} WHERE id = '{made.id}'")


async def test_a_merge_waits_no_longer_than_its_deadline(db: Database, tenant: Tenant, agent: Agent) -> None:
    into, one = [await _add(tenant, agent, content) for content in ("into", "one")]
    async with tenant.transaction() as tx:
        await observations.update(tx, id=one.id, topic="x")
        with pytest.raises(DeadlineExceeded):
            await observations.merge(db.tenant(tenant.org_id, timeout=0.3), ids=[one.id], into_id=into.id)
    assert (await observations.merge(tenant, ids=[one.id], into_id=into.id)).version == 2
