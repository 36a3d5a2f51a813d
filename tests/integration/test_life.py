"""What becomes of memories: duplicates, states, successors, validity, labels, versions."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import memdb
from memdb import agents, memories, messages, observations, organizations, relations, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.engine.own import QUERIES
from memdb.errors import (
    AlreadyExists,
    DuplicateMemory,
    InvalidInput,
    InvalidTransition,
    NotFound,
    QuotaExceeded,
    VersionConflict,
    WritesRefused,
)
from memdb.memories import Memory, NewMemory
from tests.conftest import Home, vector
from tests.samples import COMPOSED, SAMPLES, Worlds, build
from tests.server import execute, fetch

T = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 10)]


async def _add(tenant: Tenant, agent: Agent, content: str, **given: Any) -> Memory:
    return await memories.add(tenant, agent_id=agent.id, content=content, **given)


async def _get(tenant: Tenant, memory: Memory) -> Memory:
    found = await memories.get(tenant, id=memory.id)
    assert found is not None
    return found


# Duplicates


async def test_a_duplicate_counts_as_retrieved(tenant: Tenant, agent: Agent) -> None:
    first = await _add(tenant, agent, "Ada likes tea")
    assert (await memories.usage(tenant, ids=[first.id]))[0].retrievals == 0
    again = await memories.add_many(
        tenant, agent_id=agent.id, items=[NewMemory(content="ada LIKES tea"), NewMemory(content="Ada likes  tea")]
    )
    assert again == [first, first]
    (usage,) = await memories.usage(tenant, ids=[first.id])
    assert (usage.retrievals, usage.injections) == (2, 0)
    assert usage.last_retrieved_at is not None


async def test_a_duplicate_may_raise(tenant: Tenant, agent: Agent) -> None:
    first = await _add(tenant, agent, "x", on_duplicate="raise")
    with pytest.raises(DuplicateMemory, match="another memory of the same agent and user has this content") as raised:
        await _add(tenant, agent, "X", on_duplicate="raise")
    assert raised.value.id == first.id
    with pytest.raises(DuplicateMemory, match="another item of the batch has this content"):
        await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content="y"), NewMemory(content="Y")], on_duplicate="raise")
    with pytest.raises(DuplicateMemory):
        await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content="y"), NewMemory(content="x")], on_duplicate="raise")
    assert await memories.count(tenant) == 1
    with pytest.raises(InvalidInput, match="on_duplicate must be one of return, merge, raise"):
        await _add(tenant, agent, "z", on_duplicate="ignore")


async def test_a_duplicate_may_be_merged(tenant: Tenant, agent: Agent) -> None:
    first = await _add(
        tenant,
        agent,
        "x",
        tags=["a", "b"],
        metadata={"k": 1, "old": 1},
        confidence=0.5,
        observed_at=T[3],
        valid_until=T[6],
        expires_at=None,
    )
    merged = await _add(
        tenant,
        agent,
        "X",
        tags=["b", "c"],
        metadata={"k": 2, "new": 1},
        confidence=0.9,
        embedding=vector(1),
        embedding_model="m",
        observed_at=T[4],
        valid_from=T[1],
        valid_until=T[5],
        labels={"preference": 0.7},
        on_duplicate="merge",
    )
    assert (merged.id, merged.version, merged.content) == (first.id, 2, "x")
    assert (merged.tags, merged.metadata, merged.confidence) == (["a", "b", "c"], {"k": 2, "old": 1, "new": 1}, 0.9)
    assert (merged.embedded, merged.embedding_model) == (True, "m")
    assert (merged.observed_at, merged.valid_from, merged.valid_until) == (T[4], T[1], T[6])
    assert (merged.category, merged.labels) == ("factual", {"factual": 0.5, "preference": 0.7})
    assert [memory.id for memory in await memories.page(tenant, tags=["c"])] == [first.id]
    assert [version.operation for version in await memories.versions(tenant, id=first.id)] == ["merge", "create"]
    assert (await _add(tenant, agent, "new", on_duplicate="merge")).version == 1


async def test_merging_makes_validity_and_expiry_the_wider(tenant: Tenant, agent: Agent) -> None:
    soon, later = datetime.now(UTC) + timedelta(days=1), datetime.now(UTC) + timedelta(days=2)
    await _add(tenant, agent, "x", expires_at=soon, valid_until=later)
    assert (await _add(tenant, agent, "x", expires_at=later, valid_until=soon, on_duplicate="merge")).expires_at == later
    merged = await _add(tenant, agent, "x", on_duplicate="merge")
    assert (merged.expires_at, merged.valid_until) == (None, None)


@pytest.mark.parametrize("on_duplicate", ["return", "merge"])
async def test_many_writers_of_one_content_make_one_memory(on_duplicate: Any, tenant: Tenant, agent: Agent) -> None:
    adds = [_add(tenant, agent, "same", tags=[f"t{n % 20}"], on_duplicate=on_duplicate) for n in range(40)]
    assert len({memory.id for memory in await asyncio.gather(*adds)}) == 1
    (memory,) = await memories.page(tenant)
    assert (await memories.usage(tenant, ids=[memory.id]))[0].retrievals == 39
    assert memory.version == (40 if on_duplicate == "merge" else 1)
    assert len(memory.tags) == (20 if on_duplicate == "merge" else 1)
    assert len(await memories.versions(tenant, id=memory.id)) == memory.version


async def test_near_duplicates(tenant: Tenant, agent: Agent, rival: Home) -> None:
    base, other = vector(1), vector(2)
    user = await users.create(tenant, email="ada@example.com")

    def at(similarity: float) -> np.ndarray[Any, Any]:
        across = other - base * (base @ other)
        return similarity * base + np.sqrt(1 - similarity**2) * across / np.linalg.norm(across)

    near = await _add(tenant, agent, "near", embedding=at(0.97))
    nearer = await _add(tenant, agent, "nearer", embedding=at(0.99))
    await _add(tenant, agent, "far", embedding=at(0.9))
    await _add(tenant, agent, "another user's", embedding=base, user_id=user.id)
    await _add(tenant, agent, "none")
    await memories.delete(tenant, id=(await _add(tenant, agent, "deleted", embedding=base)).id)
    found = await memories.near_duplicates(tenant, agent_id=agent.id, embedding=base)
    assert [each.memory for each in found] == [nearer, near]
    assert [each.distance for each in found] == pytest.approx([0.01, 0.03], abs=1e-5)
    found = await memories.near_duplicates(tenant, agent_id=agent.id, embedding=base, except_id=nearer.id, limit=5, min_similarity=0.5)
    assert [each.memory.content for each in found] == ["near", "far"]
    (theirs,) = await memories.near_duplicates(tenant, agent_id=agent.id, embedding=base, user_id=user.id)
    assert theirs.memory.content == "another user's"
    assert await memories.near_duplicates(tenant, agent_id=agent.id, embedding=np.zeros(384)) == []
    assert await memories.near_duplicates(rival.tenant, agent_id=agent.id, embedding=base) == []


# States

ALLOWED = {
    "draft": {"active", "discarded"},
    "active": {"archived", "pending_review", "quarantined", "discarded"},
    "pending_review": {"active", "archived", "quarantined", "discarded"},
    "quarantined": {"active", "archived", "pending_review", "discarded"},
    "archived": {"active", "discarded"},
    "superseded": set(),
    "merged": set(),
    "discarded": set(),
}


async def _in_status(tenant: Tenant, agent: Agent, status: Any) -> Memory:
    if status in {"active", "draft", "pending_review", "quarantined", "discarded"}:
        return await _add(tenant, agent, str(uuid.uuid4()), status=status)
    memory = await _add(tenant, agent, str(uuid.uuid4()))
    if status in {"superseded", "merged"}:
        other = await _add(tenant, agent, str(uuid.uuid4()))
        if status == "superseded":
            return await memories.supersede(tenant, id=memory.id, successor_id=other.id)
        await memories.merge(tenant, ids=[memory.id], into_id=other.id)
        return await _get(tenant, memory)
    return await memories.update(tenant, id=memory.id, status=status)


@pytest.mark.parametrize("current", sorted(ALLOWED))
async def test_only_allowed_transitions(current: str, tenant: Tenant, agent: Agent) -> None:
    targets: tuple[Any, ...] = ("active", "archived", "pending_review", "quarantined", "discarded")
    for wanted in targets:
        memory = await _in_status(tenant, agent, current)
        assert memory.status == current
        if wanted in ALLOWED[current] | {current}:
            assert (await memories.update(tenant, id=memory.id, status=wanted)).status == wanted
        else:
            with pytest.raises(InvalidTransition, match=f"what is {current} cannot become {wanted}") as raised:
                await memories.update(tenant, id=memory.id, status=wanted, content="changed too")
            assert (raised.value.current, raised.value.wanted) == (current, wanted)
            assert await _get(tenant, memory) == memory
    others = {"supersede": "superseded", "merge": "merged"}
    for operation, wanted in others.items():
        if current == "active":
            continue
        memory, other = await _in_status(tenant, agent, current), await _add(tenant, agent, str(uuid.uuid4()))
        with pytest.raises(InvalidTransition, match=f"{current} cannot become {wanted}"):
            if operation == "supersede":
                await memories.supersede(tenant, id=memory.id, successor_id=other.id)
            else:
                await memories.merge(tenant, ids=[memory.id], into_id=other.id)
        assert (await _get(tenant, memory), await _get(tenant, other)) == (memory, other)


async def test_every_statement_that_sets_a_status_asks_whether_it_may() -> None:
    for query in QUERIES.values():
        if query.name.startswith("memories."):
            if query.name in {"memories.update", "memories.supersede", "memories.merge"}:
                assert "status = " in query.statement
            for assigned in re.findall(r"^ +status = (.+?)(?:,\n|\n    FROM)", query.statement, re.MULTILINE | re.DOTALL):
                assert "memdb.next_status(" in assigned, query.name


async def test_a_draft_is_found_once_it_is_accepted(tenant: Tenant, agent: Agent) -> None:
    draft = await _add(tenant, agent, "Ada likes tea", status="draft")
    assert await memories.page(tenant) == await memories.search(tenant, agent_id=agent.id, text="tea") == []
    accepted = await memories.update(tenant, id=draft.id, status="active", reason="checked")
    assert [hit.memory for hit in await memories.search(tenant, agent_id=agent.id, text="tea")] == [accepted]
    twin = await _add(tenant, agent, "Ada likes tea", status="draft")
    assert twin == accepted
    other = await _add(tenant, agent, "Ada likes coffee", status="draft")
    await _add(tenant, agent, "Ada likes coffee")
    with pytest.raises(AlreadyExists, match="content"):
        await memories.update(tenant, id=other.id, status="active")


@pytest.mark.parametrize("status", sorted(ALLOWED.keys() - {"active"}))
async def test_what_is_not_active_is_not_found(status: str, tenant: Tenant, agent: Agent) -> None:
    memory = await _in_status(tenant, agent, status)
    assert [each.id for each in await memories.page(tenant, status=memory.status)] == [memory.id]  # type: ignore[arg-type]
    found = await memories.search(tenant, agent_id=agent.id, text=memory.content)
    assert memory.id not in [hit.memory.id for hit in found]
    assert memory.id not in [each.id for each in await memories.hot(tenant, agent_id=agent.id)]


async def test_no_status_but_a_first_one_at_birth(tenant: Tenant, agent: Agent) -> None:
    for status in ("superseded", "merged", "archived", "unknown"):
        with pytest.raises(InvalidInput, match="status must be one of active, draft, pending_review, quarantined, discarded"):
            await _add(tenant, agent, "x", status=status)


# Successors


async def test_supersede(tenant: Tenant, agent: Agent) -> None:
    old = await _add(tenant, agent, "Ada lives in Rome", valid_from=T[0])
    new = await _add(tenant, agent, "Ada lives in Oslo", valid_from=T[4])
    gone = await memories.supersede(tenant, id=old.id, successor_id=new.id, expected_version=1, reason="she moved")
    assert (gone.status, gone.superseded_by, gone.valid_until, gone.version) == ("superseded", new.id, T[4], 2)
    assert await _get(tenant, new) == new
    (edge,) = await relations.page(tenant, memory_id=old.id)
    assert (edge.source_id, edge.type, edge.target_id, edge.notes) == (new.id, "supersedes", old.id, "she moved")
    version = (await memories.versions(tenant, id=old.id))[0]
    assert (version.operation, version.reason, version.changed) == ("supersede", "she moved", ["status", "valid_until", "superseded_by"])
    assert version.superseded_by == new.id
    assert await memories.tip(tenant, id=old.id) == await memories.tip(tenant, id=new.id) == new
    # The content's place is free.
    await _add(tenant, agent, "Ada lives in Rome")


async def test_validity_is_closed_where_it_ends_first(tenant: Tenant, agent: Agent) -> None:
    new = await _add(tenant, agent, "new", valid_from=T[4])
    for given, closed_at, expected in [
        ({"valid_from": T[0], "valid_until": T[2]}, None, T[2]),
        ({"valid_from": T[0], "valid_until": T[6]}, None, T[4]),
        ({"valid_from": T[0]}, T[3], T[3]),
        ({"valid_from": T[5]}, None, T[5]),
    ]:
        old = await _add(tenant, agent, str(uuid.uuid4()), **given)
        assert (await memories.supersede(tenant, id=old.id, successor_id=new.id, closed_at=closed_at)).valid_until == expected


async def test_wrong_successors(tenant: Tenant, agent: Agent, rival: Home) -> None:
    one, two = await _add(tenant, agent, "1"), await _add(tenant, agent, "2")
    theirs = await _add(rival.tenant, rival.agent, "theirs")
    draft = await _add(tenant, agent, "draft", status="draft")
    for successor in (theirs.id, uuid.uuid4()):
        with pytest.raises(NotFound, match="memory"):
            await memories.supersede(tenant, id=one.id, successor_id=successor)
        with pytest.raises(NotFound, match="memory"):
            await memories.supersede(tenant, id=successor, successor_id=one.id)
    with pytest.raises(InvalidInput, match="successor_id must be another memory"):
        await memories.supersede(tenant, id=one.id, successor_id=one.id)
    with pytest.raises(InvalidInput, match="successor_id must be an active memory, not one that is draft"):
        await memories.supersede(tenant, id=one.id, successor_id=draft.id)
    with pytest.raises(VersionConflict):
        await memories.supersede(tenant, id=one.id, successor_id=two.id, expected_version=7)
    assert await _get(tenant, one) == one
    assert await relations.page(tenant, memory_id=one.id) == []


async def test_two_cannot_supersede_each_other(tenant: Tenant, agent: Agent) -> None:
    for number in range(10):
        one, two = await _add(tenant, agent, f"1 {number}"), await _add(tenant, agent, f"2 {number}")
        results = await asyncio.gather(
            memories.supersede(tenant, id=one.id, successor_id=two.id),
            memories.supersede(tenant, id=two.id, successor_id=one.id),
            return_exceptions=True,
        )
        assert sorted(type(result).__name__ for result in results) == ["InvalidInput", "Memory"]


async def test_a_long_chain_and_one_with_a_cycle(tenant: Tenant, agent: Agent, dsn: str) -> None:
    chain = [await _add(tenant, agent, str(n)) for n in range(30)]
    for older, newer in pairwise(chain):
        await memories.supersede(tenant, id=older.id, successor_id=newer.id)
    assert await memories.tip(tenant, id=chain[0].id) == chain[-1]
    assert await memories.tip(tenant, id=uuid.uuid4()) is None
    execute(dsn, f"UPDATE memdb.memories SET status = 'superseded', superseded_by = '{chain[3].id}' WHERE id = '{chain[-1].id}'")
    assert await memories.tip(tenant, id=chain[0].id) is None
    await memories.delete(tenant, id=chain[-1].id)
    assert await memories.tip(tenant, id=chain[-1].id) is None


async def test_merge(tenant: Tenant, agent: Agent) -> None:
    parts = [await _add(tenant, agent, f"part {n}", tags=[f"t{n}"], valid_from=T[0]) for n in range(3)]
    whole = await _add(tenant, agent, "whole", tags=["w"])
    before = datetime.now(UTC)
    merged = await memories.merge(tenant, ids=[part.id for part in parts], into_id=whole.id, reason="one topic")
    assert (merged.id, merged.tags, merged.version, merged.status) == (whole.id, ["t0", "t1", "t2", "w"], 2, "active")
    assert [memory.id for memory in await memories.page(tenant, tags=["t1"])] == [whole.id]
    for part in parts:
        now = await _get(tenant, part)
        assert (now.status, now.merged_into, now.version) == ("merged", whole.id, 2)
        assert now.valid_until is not None
        assert abs(now.valid_until - before) < timedelta(minutes=1)
        assert await memories.tip(tenant, id=part.id) == merged
        assert (await memories.versions(tenant, id=part.id))[0].operation == "merge"
    assert {(edge.source_id, edge.type) for edge in await relations.page(tenant, memory_id=whole.id)} == {(whole.id, "merged_from")}
    assert len(await relations.page(tenant, memory_id=whole.id)) == 3


async def test_wrong_merges_change_nothing(tenant: Tenant, agent: Agent, rival: Home) -> None:
    one, two = await _add(tenant, agent, "1"), await _add(tenant, agent, "2", tags=[f"t{n}" for n in range(20)])
    tagged = await _add(tenant, agent, "3", tags=["more"])
    theirs = await _add(rival.tenant, rival.agent, "theirs")
    draft = await _add(tenant, agent, "draft", status="draft")
    for ids, into in [([one.id, theirs.id], two.id), ([one.id, uuid.uuid4()], two.id), ([one.id], theirs.id)]:
        with pytest.raises(NotFound, match="memory"):
            await memories.merge(tenant, ids=ids, into_id=into)
    with pytest.raises(InvalidInput, match="tags must be at most 20"):
        await memories.merge(tenant, ids=[tagged.id], into_id=two.id)
    with pytest.raises(InvalidInput, match="into_id must be another memory"):
        await memories.merge(tenant, ids=[one.id, two.id], into_id=two.id)
    with pytest.raises(InvalidInput, match="ids must not be empty"):
        await memories.merge(tenant, ids=[], into_id=two.id)
    with pytest.raises(InvalidInput, match="into_id must be an active memory, not one that is draft"):
        await memories.merge(tenant, ids=[one.id], into_id=draft.id)
    with pytest.raises(InvalidTransition):
        await memories.merge(tenant, ids=[one.id, draft.id], into_id=tagged.id)
    with pytest.raises(VersionConflict):
        await memories.merge(tenant, ids=[one.id], into_id=two.id, expected_version=3)
    for memory in (one, two, tagged, draft):
        assert await _get(tenant, memory) == memory
    assert await relations.page(tenant, memory_id=two.id) == []


async def test_merges_that_overlap_at_once(tenant: Tenant, agent: Agent) -> None:
    """Whatever order they come in, nothing deadlocks, and each memory is merged once at most."""
    made = [await _add(tenant, agent, str(n)) for n in range(6)]
    ids = [memory.id for memory in made]
    calls = [memories.merge(tenant, ids=[ids[(n + k) % 6] for k in (3, 1, 2)], into_id=ids[n]) for n in range(6)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(result, Memory | InvalidTransition | InvalidInput) for result in results), results
    for memory in made:
        now = await _get(tenant, memory)
        history = await memories.versions(tenant, id=memory.id)
        assert (now.version, now.status, now.merged_into) == (history[0].version, history[0].status, history[0].merged_into)
        assert len(history) == now.version


# Validity


async def test_reads_as_of_a_time(tenant: Tenant, agent: Agent) -> None:
    rome = await _add(tenant, agent, "Ada lives in Rome", valid_from=T[1], embedding=vector(1), tags=["home"])
    oslo = await _add(tenant, agent, "Ada lives in Oslo", valid_from=T[3], embedding=vector(2), tags=["home"])
    await memories.supersede(tenant, id=rome.id, successor_id=oslo.id)

    async def known(at: datetime | None) -> list[str]:
        pages = [
            await memories.page(tenant, as_of=at),
            await memories.page(tenant, agent_id=agent.id, as_of=at),
            await memories.page(tenant, tags=["home"], as_of=at),
            [hit.memory for hit in await memories.search(tenant, agent_id=agent.id, text="Where does Ada live?", as_of=at)],
            [hit.memory for hit in await memories.search(tenant, agent_id=agent.id, embedding=vector(1), as_of=at)],
            [hit.memory for hit in await memories.search(tenant, agent_id=agent.id, text="Ada", embedding=vector(1), as_of=at)],
        ]
        assert await memories.count(tenant, as_of=at) == len(pages[0])
        assert all({memory.id for memory in page} == {memory.id for memory in pages[0]} for page in pages)
        return [memory.content.split()[-1] for memory in pages[0]]

    moment = timedelta(microseconds=1)
    assert await known(T[1] - moment) == []
    assert await known(T[1]) == await known(T[3] - moment) == ["Rome"]
    assert await known(T[3]) == await known(None) == ["Oslo"]
    assert (await _get(tenant, rome)).status == "superseded"
    assert await memories.get(tenant, id=rome.id, as_of=T[3]) is None
    assert (await memories.get(tenant, id=rome.id, as_of=T[2])) == await _get(tenant, rome)
    assert [memory.id for memory in await memories.get_many(tenant, ids=[oslo.id, rome.id], as_of=T[2])] == [rome.id]


async def test_what_is_not_true_now_is_listed_but_not_found_by_search(tenant: Tenant, agent: Agent) -> None:
    past = await _add(tenant, agent, "Ada was in Rome", valid_from=T[0], valid_until=T[1])
    future = await _add(tenant, agent, "Ada will be in Rome", valid_from=datetime.now(UTC) + timedelta(days=1))
    assert await memories.search(tenant, agent_id=agent.id, text="Rome") == []
    assert [memory.id for memory in await memories.page(tenant)] == [future.id, past.id]
    assert await memories.page(tenant, as_of=datetime.now(UTC)) == await memories.hot(tenant, agent_id=agent.id) == []
    hits = await memories.search(tenant, agent_id=agent.id, text="Rome", as_of=T[0])
    assert [hit.memory.id for hit in hits] == [past.id]


async def test_validity_begins_with_the_observation(tenant: Tenant, agent: Agent) -> None:
    assert (await _add(tenant, agent, "x", observed_at=T[2])).valid_from == T[2]
    made = await _add(tenant, agent, "y")
    assert made.valid_from == made.observed_at == made.created_at
    with pytest.raises(InvalidInput, match="valid_until must not be earlier than valid_from"):
        await _add(tenant, agent, "z", valid_from=T[2], valid_until=T[1])
    changed = await memories.update(tenant, id=made.id, valid_from=T[0], valid_until=T[1])
    assert (changed.valid_from, changed.valid_until) == (T[0], T[1])


# Labels


async def test_labels(tenant: Tenant, agent: Agent) -> None:
    plain = await _add(tenant, agent, "plain")
    assert (plain.category, plain.labels) == ("factual", {})
    surest = await _add(tenant, agent, "surest", labels={"episodic": 0.4, "preference": 0.9})
    assert (surest.category, surest.labels) == ("preference", {"episodic": 0.4, "preference": 0.9})
    tied = await _add(tenant, agent, "tied", labels={"procedural": 0.5, "behavioral": 0.5})
    assert tied.category == "behavioral"
    named = await _add(tenant, agent, "named", category="episodic", labels={"episodic": 0.4, "preference": 0.9})
    assert named.category == "episodic"
    assert {memory.content for memory in await memories.page(tenant, category="preference")} == {"surest", "named"}
    assert await memories.count(tenant, category="episodic") == 2
    changed = await memories.update(tenant, id=surest.id, labels={"factual": 1, "episodic": 0.1})
    assert (changed.category, changed.labels) == ("factual", {"factual": 1, "episodic": 0.1})
    assert (await memories.update(tenant, id=surest.id, category="episodic")).category == "episodic"
    assert (await memories.versions(tenant, id=surest.id))[1].changed == ["category", "labels"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"labels": {"factual": 1.5}}, "labels must map categories to confidences between 0 and 1"),
        ({"labels": {"factual": -0.1}}, "labels must map"),
        ({"labels": {"unknown": 0.5}, "category": "factual"}, "labels must map"),
        ({"labels": {"unknown": 0.5}}, "labels must map"),
        ({"labels": {"factual": "high"}}, "labels must map"),
        (
            {"labels": {"factual": 0.5}, "category": "episodic"},
            "between 0 and 1, the category among them",
        ),
        ({"labels": ["factual"]}, "labels must be a JSON object"),
        ({"category": "unknown"}, "category must be one of"),
        ({"tags": ["x" * 65]}, "tags must have 1 to 64 characters"),
        ({"tags": [str(n) for n in range(21)]}, "tags must have at most 20 items"),
    ],
)
async def test_bad_labels_and_tags(given: dict[str, Any], message: str, tenant: Tenant, agent: Agent) -> None:
    with pytest.raises(InvalidInput, match=message):
        await _add(tenant, agent, "x", **given)
    memory = await _add(tenant, agent, "y")
    with pytest.raises(InvalidInput, match=message):
        await memories.update(tenant, id=memory.id, **given)
    assert await memories.count(tenant) == 1
    assert await _get(tenant, memory) == memory


# Versions


async def test_versions_say_who_changed_what_and_why(db: Database, tenant: Tenant, agent: Agent) -> None:
    ada = db.tenant(tenant.org_id, actor="ada")
    memory = await _add(ada, agent, "one", tags=["a"])
    await memories.update(tenant, id=memory.id, content="two", confidence=0.1)
    await memories.update(ada, id=memory.id, tags=["b"], category="episodic", reason="tidied")
    await memories.delete(ada, id=memory.id, reason="wrong")
    versions = await memories.versions(tenant, id=memory.id)
    assert [(each.operation, each.changed_by, each.reason, each.changed) for each in versions] == [
        ("delete", "ada", "wrong", ["deleted_at"]),
        ("update", "ada", "tidied", ["category", "tags"]),
        ("update", None, None, ["content", "confidence"]),
        ("create", "ada", None, []),
    ]
    assert [await memories.version(tenant, id=memory.id, version=n) for n in (4, 3, 2, 1)] == versions
    assert await memories.version(tenant, id=memory.id, version=9) is None
    page = await memories.versions(tenant, id=memory.id, before=4, limit=2)
    assert page == versions[1:3]


async def test_what_was_known_at_a_time(tenant: Tenant, agent: Agent, rival: Home) -> None:
    memory = await _add(tenant, agent, "one")
    changed = await memories.update(tenant, id=memory.id, content="two")
    then = await memories.version_at(tenant, id=memory.id, at=changed.updated_at - timedelta(microseconds=1))
    assert then is not None
    assert (then.version, then.content) == (1, "one")
    now = await memories.version_at(tenant, id=memory.id, at=changed.updated_at)
    assert now is not None
    assert now.content == "two"
    assert await memories.version_at(tenant, id=memory.id, at=memory.created_at - timedelta(microseconds=1)) is None
    assert await memories.version_at(rival.tenant, id=memory.id, at=changed.updated_at) is None


async def test_revert(db: Database, tenant: Tenant, agent: Agent) -> None:
    made = await _add(tenant, agent, "one", tags=["a"], metadata={"n": 1}, valid_from=T[0], valid_until=T[1], embedding=vector(1))
    await memories.update(
        tenant, id=made.id, content="two", tags=["b"], metadata={"n": 2}, labels={"episodic": 0.9}, valid_until=T[5], confidence=0.1
    )
    archived = await memories.update(tenant, id=made.id, status="archived", embedding=vector(2))
    back = await memories.revert(db.tenant(tenant.org_id, actor="ada"), id=made.id, version=1, expected_version=3, reason="was right")
    for field in ("content", "tags", "metadata", "labels", "category", "confidence", "valid_from", "valid_until"):
        assert getattr(back, field) == getattr(made, field)
    assert (back.version, back.status, back.embedded) == (4, "archived", False)
    assert archived.embedded
    assert [memory.id for memory in await memories.page(tenant, tags=["a"], status=None)] == [made.id]
    assert await memories.page(tenant, tags=["b"], status=None) == []
    version = (await memories.versions(tenant, id=made.id))[0]
    assert (version.operation, version.changed_by, version.reason) == ("revert", "ada", "was right")
    embedded = await memories.update(tenant, id=made.id, embedding=vector(3))
    assert (await memories.revert(tenant, id=made.id, version=1)).embedded
    with pytest.raises(NotFound, match="memory or version"):
        await memories.revert(tenant, id=made.id, version=99)
    with pytest.raises(VersionConflict):
        await memories.revert(tenant, id=made.id, version=1, expected_version=embedded.version)


async def test_reverting_to_a_content_that_another_has(tenant: Tenant, agent: Agent, dsn: str) -> None:
    memory = await _add(tenant, agent, "one")
    await memories.update(tenant, id=memory.id, content="two")
    other = await _add(tenant, agent, "one", expires_at=datetime.now(UTC) + timedelta(days=1))
    with pytest.raises(AlreadyExists, match="content"):
        await memories.revert(tenant, id=memory.id, version=1)
    execute(
        dsn,
        f"UPDATE memdb.memories SET created_at = now() - interval '2 h', expires_at = now() - interval '1 h' WHERE id = '{other.id}'",
    )
    assert (await memories.revert(tenant, id=memory.id, version=1)).content == "one"


async def test_a_superseded_memory_keeps_its_end_when_reverted(tenant: Tenant, agent: Agent) -> None:
    old = await _add(tenant, agent, "old", valid_from=T[0])
    await memories.update(tenant, id=old.id, content="older")
    new = await _add(tenant, agent, "new", valid_from=T[3])
    await memories.supersede(tenant, id=old.id, successor_id=new.id)
    back = await memories.revert(tenant, id=old.id, version=1)
    assert (back.content, back.status, back.valid_until, back.superseded_by) == ("old", "superseded", T[3], new.id)


# Quotas and refusals


async def _free(tenant: Tenant) -> int:
    (quota,) = await organizations.quotas(tenant)
    return quota.free


async def test_a_quota_of_memories(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    kept = await _add(tenant, agent, "kept")
    admin = db.admin(tenant.org_id)
    await organizations.set_quotas(admin, memories=20, agents=None, monthly_tokens=None)
    results = await asyncio.gather(*[_add(tenant, agent, f"m{n % 25}") for n in range(50)], return_exceptions=True)
    assert all(isinstance(result, Memory | QuotaExceeded) for result in results), results
    assert await memories.count(tenant) == 20
    assert await _free(tenant) == 0
    assert await _add(tenant, agent, "kept") == kept
    with pytest.raises(QuotaExceeded, match="the quota of 20 memories has no room for this"):
        await _add(tenant, agent, "more")
    with pytest.raises(QuotaExceeded):
        await _add(tenant, agent, "more", on_duplicate="merge")
    assert (await _add(tenant, agent, "kept", on_duplicate="merge")).version == 2

    await memories.delete(tenant, id=kept.id)
    assert await _free(tenant) == 1
    more = await _add(tenant, agent, "more", expires_at=datetime.now(UTC) + timedelta(days=1))
    with pytest.raises(QuotaExceeded):
        await memories.restore(tenant, id=kept.id)
    # What has expired counts until something ends it: here, its own content coming again.
    execute(
        dsn,
        f"UPDATE memdb.memories SET created_at = now() - interval '2 h', expires_at = now() - interval '1 h' WHERE id = '{more.id}'",
    )
    assert await _free(tenant) == 0
    again = await _add(tenant, agent, "more")
    assert again.id != more.id
    assert await memories.clear(tenant, agent_id=agent.id) == 20
    assert await _free(tenant) == 20
    assert (await memories.restore(tenant, id=kept.id)).content == "kept"
    assert await _free(tenant) == 19


async def test_a_batch_beyond_the_quota_adds_nothing(db: Database, tenant: Tenant, agent: Agent) -> None:
    await organizations.set_quotas(db.admin(tenant.org_id), memories=100, agents=None, monthly_tokens=None)
    with pytest.raises(QuotaExceeded):
        await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=str(n)) for n in range(101)])
    assert (await memories.count(tenant), await _free(tenant)) == (0, 100)
    await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=str(n)) for n in range(100)])
    assert (await memories.count(tenant), await _free(tenant)) == (100, 0)


# Counting, logging, and taking rights away go on for a suspended tenant.
GO_ON = {"memories.record_use", "facts.record_use", "audit.record", "tokens.revoke", "tokens.look_up_and_use"}
_WRITING = {name for name in SAMPLES if any(verb in QUERIES[name].statement for verb in ("INSERT INTO", "UPDATE memdb", "DELETE FROM"))}
# What writes by a function of the schema.
_WRITING |= {"clusters.put", "entities.merge", "entities.undo_merge", "items.write_one"}

_COMPOSED_WRITING = {
    "facts.assert_",
    "facts.assert_many",
    "clusters.add_facts",
    "insights.add",
    "insights.add_many",
    "insights.reinforce",
    "observations.add",
    "observations.add_many",
    "profiles.put",
    "profiles.patch",
    "profiles.import_json",
    "triples.assert_",
    "triples.assert_many",
    "triples.import_json",
    "triples.import_jsonl",
    "memories.add",
    "memories.add_many",
    "memories.clear",
    "tokens.create",
    "messages.append",
    "messages.append_many",
    "events.add",
    "events.add_many",
    "edges.assert_",
    "edges.assert_many",
    "entities.see",
    "entities.see_many",
    "entities.resolve_or_create",
    "threads.put",
    "threads.put_writes",
    "threads.prune",
    "threads.delete_runs",
    "items.put",
    "items.put_many",
    "items.update",
    "items.revise",
    "items.delete",
    "items.delete_many",
    "transcripts.append",
    "transcripts.write",
    "transcripts.pop",
    "transcripts.delete",
    "transcripts.extend",
    "transcripts.rewrite",
    "transcripts.remove",
    "session_events.append",
    "session_events.append_many",
}


def _table_states(dsn: str, org_id: uuid.UUID) -> list[object]:
    others = "('organizations', 'embedding_spaces', 'database_roles')"
    tables = [row[0] for row in fetch(dsn, f"SELECT tablename FROM pg_tables WHERE schemaname = 'memdb' AND tablename NOT IN {others}")]
    return [sorted(map(str, fetch(dsn, f"SELECT t::text FROM memdb.{table} AS t WHERE org_id = '{org_id}'"))) for table in tables]


@pytest.mark.parametrize("state", ["suspended", "cancelled", "deleted"])
async def test_a_tenant_that_takes_no_writes(state: Any, db: Database, tenant: Tenant, dsn: str) -> None:
    world = await build(db, tenant)
    admin = db.admin(tenant.org_id)
    await (organizations.delete(admin) if state == "deleted" else organizations.update(admin, status=state))
    before = _table_states(dsn, tenant.org_id)
    for name, call in (SAMPLES | COMPOSED).items():
        if name in (_WRITING - GO_ON) | _COMPOSED_WRITING:
            with pytest.raises(WritesRefused, match=f"the organization is {state}: it takes no writes") as refused:
                await call(world, tenant)
            assert (refused.value.kind, refused.value.state) == ("organization", state)
        elif name not in GO_ON:
            await call(world, tenant)
    assert _table_states(dsn, tenant.org_id) == before
    for name in GO_ON:
        await SAMPLES[name](world, tenant)


@pytest.mark.parametrize("state", ["suspended", "archived", "deleted"])
async def test_an_agent_that_takes_no_writes(state: Any, db: Database, tenant: Tenant, dsn: str) -> None:
    world = await build(db, tenant)
    await (agents.delete(tenant, id=world.agent_id) if state == "deleted" else agents.update(tenant, id=world.agent_id, status=state))
    before = _table_states(dsn, tenant.org_id)
    areas = {
        "users",
        "agents",
        "tokens",
        "audit",
        "roles",
        "prompts",
        "attributes",
        "profiles",
        "triples",
        "threads",
        "items",
        "transcripts",
    }
    of_tenant = {name for name in _WRITING if name.split(".")[0] in areas}
    # What an agent in disgrace remembers can still be forgotten.
    of_tenant |= {"relations.remove", "escalations.close", "memories.delete_matching", "entities.remove_alias"}
    of_tenant |= {name for name in _WRITING if name.endswith(".delete")}
    # They pass over what it has.
    passing = {"sessions.sweep_idle", "intentions.claim_due", "intentions.expire_overdue", "upkeep.end_some_expired_facts"}
    for name in _WRITING - of_tenant - passing - GO_ON:
        with pytest.raises(WritesRefused, match=f"the agent is {state}"):
            await SAMPLES[name](world, tenant)
    for name in passing:
        assert not await SAMPLES[name](world, tenant), name
    assert _table_states(dsn, tenant.org_id) == before


async def test_writes_go_on_once_the_tenant_is_active_again(db: Database, tenant: Tenant, agent: Agent) -> None:
    await organizations.update(db.admin(tenant.org_id), status="suspended")
    await organizations.update(db.admin(tenant.org_id), status="active")
    await _add(tenant, agent, "x")


_UNUSUAL_PLANS = ("enable_nestloop=off", "enable_indexscan=off", "enable_hashjoin=off")
_PLANS = pytest.mark.parametrize("plans", ["", *_UNUSUAL_PLANS])


def _set(dsn: str, setting: str) -> None:
    if setting:
        execute(dsn, f"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {setting}', current_database()); END $$")


@pytest.mark.parametrize("plans", ["", *(pytest.param(each, marks=pytest.mark.slow) for each in _UNUSUAL_PLANS)])
async def test_an_agent_in_disgrace_stops_no_other_agent(plans: str, db: Database, tenant: Tenant, dsn: str) -> None:
    """Whatever order the planner joins in, only the agents that a statement writes for are asked about."""
    await agents.update(tenant, id=(await agents.create(tenant, slug="s", name="S")).id, status="suspended")
    await agents.delete(tenant, id=(await agents.create(tenant, slug="d", name="D")).id)
    for setting in (plans, "plan_cache_mode=force_generic_plan"):
        _set(dsn, setting)
        async with memdb.connect(dsn, timeout=20.0) as planned:
            worlds = Worlds(planned, planned.tenant(tenant.org_id))
            for analyzed in (False, True):
                if analyzed:
                    execute(dsn, "ANALYZE")
                for name in sorted(_WRITING):
                    await worlds.call(SAMPLES[name])


@_PLANS
async def test_an_update_stores_its_embedding(plans: str, db: Database, tenant: Tenant, dsn: str) -> None:
    """In whatever order the planner reads what the statement locks and changes."""
    world = await build(db, tenant)
    changed = {"memory": world.other, "message": world.message, "observation": world.observed}
    _set(dsn, plans)
    async with memdb.connect(dsn, timeout=20.0) as planned:
        on = planned.tenant(tenant.org_id)
        for seed in range(20, 34):
            if seed == 27:
                execute(dsn, "ANALYZE")
            await memories.update(on, id=world.other.id, content=f"new {seed}", embedding=vector(seed))
            await messages.update(on, id=world.message.id, content=f"new {seed}", embedding=vector(seed))
            await observations.update(on, id=world.observed.id, content=f"new {seed}", embedding=vector(seed))
            for kind, each in changed.items():
                (row,) = fetch(dsn, f"SELECT embedding::text FROM memdb.{kind}_embeddings WHERE {kind}_id = '{each.id}'")
                assert np.array(json.loads(str(row[0]))) @ vector(seed) == pytest.approx(1, abs=1e-2), (kind, seed)


async def test_quotas_stay_exact_whatever_ends_memories(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    await organizations.set_quotas(db.admin(tenant.org_id), memories=100, agents=None, monthly_tokens=None)
    soon = datetime.now(UTC) + timedelta(days=1)

    def expire(memory: Memory) -> None:
        execute(
            dsn,
            f"UPDATE memdb.memories SET created_at = now() - interval '2 h', expires_at = now() - interval '1 h' WHERE id = '{memory.id}'",
        )

    async def settled() -> None:
        ((live,),) = fetch(dsn, "SELECT count(*)::int FROM memdb.memories WHERE deleted_at IS NULL")
        assert await _free(tenant) == 100 - live  # type: ignore[operator]

    expired = await _add(tenant, agent, "expired", expires_at=soon)
    expire(expired)
    await memories.restore(tenant, id=expired.id)
    await settled()
    gone = await _add(tenant, agent, "twice")
    await memories.delete(tenant, id=gone.id)
    duplicate = await _add(tenant, agent, "twice", expires_at=soon)
    expire(duplicate)
    for call in (memories.update(tenant, id=gone.id, confidence=0.1), memories.revert(tenant, id=gone.id, version=1)):
        with pytest.raises(NotFound):
            await call
        await settled()
    assert [version.operation for version in await memories.versions(tenant, id=duplicate.id)] == ["create"], "nothing was changed"
    await memories.restore(tenant, id=gone.id)
    await settled()
    assert await memories.get(tenant, id=duplicate.id) is None


async def test_a_deleted_agents_memories_can_be_freed(db: Database, tenant: Tenant, agent: Agent) -> None:
    made = [await _add(tenant, agent, str(n)) for n in range(3)]
    await organizations.set_quotas(db.admin(tenant.org_id), memories=3, agents=None, monthly_tokens=None)
    await agents.delete(tenant, id=agent.id)
    await memories.delete(tenant, id=made[0].id)
    assert await memories.clear(tenant, agent_id=agent.id) == 2
    assert await _free(tenant) == 3


async def test_a_decision_is_not_overruled_in_silence(tenant: Tenant, agent: Agent) -> None:
    one, two, three = [await _add(tenant, agent, str(n)) for n in range(3)]
    results = await asyncio.gather(
        *[memories.supersede(tenant, id=one.id, successor_id=other.id) for other in (two, three)], return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["InvalidTransition", "Memory"]


async def test_merging_is_for_active_memories(tenant: Tenant, agent: Agent) -> None:
    await _add(tenant, agent, "x")
    with pytest.raises(InvalidInput, match="status must be active where duplicates are merged"):
        await _add(tenant, agent, "x", status="draft", on_duplicate="merge")
    with pytest.raises(InvalidInput, match="status must be active"):
        items = [NewMemory(content="y"), NewMemory(content="x", status="draft")]
        await memories.add_many(tenant, agent_id=agent.id, items=items, on_duplicate="merge")
    assert await memories.count(tenant, status=None) == 1
    known = uuid.uuid4()
    first = await _add(tenant, agent, "mine", id=known, on_duplicate="merge")
    await memories.supersede(tenant, id=first.id, successor_id=(await _add(tenant, agent, "newer")).id)
    again = await _add(tenant, agent, "mine", id=known, on_duplicate="merge")
    assert (again.id, again.status) == (known, "superseded"), "a repeated add is safe"


async def test_an_end_of_validity_can_be_removed(tenant: Tenant, agent: Agent) -> None:
    memory = await _add(tenant, agent, "x", valid_from=T[0], valid_until=T[1])
    assert (await memories.update(tenant, id=memory.id, valid_until=memdb.CLEAR)).valid_until is None
