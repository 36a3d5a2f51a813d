"""Facts: asserted by policy, confirmed, corrected, invalidated, and read as of both times."""

from __future__ import annotations

import asyncio
import math
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memdb import CLEAR, attributes, edges, entities, events, facts, retention, sessions, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, InvalidTransition, NotFound, UnderLegalHold, VersionConflict
from memdb.facts import Asserted, Fact, NewFact
from tests.conftest import Home, vector
from tests.server import execute, fetch

T = [datetime(2020 + year, 1, 1, tzinfo=UTC) for year in range(10)]
POLICIES: tuple[Any, ...] = ("supersede", "keep_both", "reject", "highest_confidence")


@pytest.fixture
def entity(tenant: Tenant, agent: Agent) -> Callable[[str], Awaitable[uuid.UUID]]:
    async def make(name: str) -> uuid.UUID:
        return (await entities.see(tenant, agent_id=agent.id, type="person", name=name)).id

    return make


@pytest.fixture
async def ada(entity: Callable[[str], Awaitable[uuid.UUID]]) -> uuid.UUID:
    return await entity("Ada")


@pytest.fixture
def say(tenant: Tenant, agent: Agent, ada: uuid.UUID) -> Callable[..., Any]:
    """Asserts of Ada that she lives somewhere."""

    async def lives_in(city: str, **given: Any) -> Asserted:
        arguments: dict[str, Any] = {"entity_id": ada, "content": f"Ada lives in {city}", "attribute": "city", "value": city}
        return await facts.assert_(tenant, agent_id=agent.id, **(arguments | given))

    return lives_in


async def _get(tenant: Tenant, fact: Fact) -> Fact:
    found = await facts.get(tenant, id=fact.id)
    assert found is not None
    return found


async def _cities(tenant: Tenant, ada: uuid.UUID) -> list[Any]:
    return [each.value for each in await facts.current(tenant, entity_id=ada, attribute="city")]


async def _show(tenant: Tenant, fact: Fact, other: uuid.UUID, type: str = "lives_in") -> None:
    """An edge that the fact is the evidence of."""
    await edges.assert_(tenant, source_id=fact.entity_id, target_id=other, type=type, fact_id=fact.id)


def _live_edges(dsn: str) -> int:
    return fetch(dsn, "SELECT count(*) FROM memdb.edges WHERE invalidated_at IS NULL")[0][0]  # type: ignore[return-value]


# Asserting


async def test_what_is_asserted_is_what_is_read(tenant: Tenant, agent: Agent, ada: uuid.UUID, rival: Home) -> None:
    session = (await sessions.start(tenant, agent_id=agent.id)).session
    made = await facts.assert_(
        tenant,
        agent_id=agent.id,
        entity_id=ada,
        content="Ada is 36",
        attribute="age",
        value=36,
        embedding=vector(1),
        category="biography",
        confidence=0.9,
        importance=0.7,
        sensitive=True,
        needs_confirmation=True,
        valid_from=T[0],
        valid_until=T[1],
        expires_at=T[0] + timedelta(days=365 * 300),
        session_id=session.id,
        speaker="Bob",
        context="over tea",
        annotation="may be out of date",
        metadata={"k": [1, None]},
    )
    fact = made.fact
    assert (made.outcome, made.replaced) == ("added", [])
    assert await facts.get(tenant, id=fact.id) == fact
    assert await facts.get(rival.tenant, id=fact.id) is None
    assert (fact.entity_id, fact.attribute, fact.value, fact.content, fact.category) == (ada, "age", 36, "Ada is 36", "biography")
    assert (fact.confidence, fact.importance, fact.sensitive, fact.needs_confirmation) == (0.9, 0.7, True, True)
    assert (fact.valid_from, fact.valid_until, fact.status, fact.version, fact.embedded) == (T[0], T[1], "active", 1, True)
    assert (fact.speaker, fact.context, fact.annotation, fact.metadata) == ("Bob", "over tea", "may be out of date", {"k": [1, None]})
    assert (fact.session_id, fact.user_id, fact.event_id) == (session.id, None, None)
    assert (fact.confirmations, fact.corrections, fact.retrievals, fact.stale, fact.vitality) == (0, 0, 0, False, None)
    assert await facts.entities(tenant, id=fact.id) == [ada]
    assert await facts.entities(rival.tenant, id=fact.id) == []


@pytest.mark.parametrize("value", ["text", 7, 0, 1.5, True, False, [1, [2]], [], {"a": {"b": None}}, "2024-02-03"])
async def test_values_of_any_type(value: Any, tenant: Tenant, agent: Agent, ada: uuid.UUID) -> None:
    for _ in range(2):
        made = await facts.assert_(tenant, agent_id=agent.id, entity_id=ada, content="x", attribute="thing", value=value)
        assert made.fact.value == value
    assert made.outcome == "confirmed"
    found = await attributes.get(tenant, key="thing")
    kinds = {str: "string", int: "number", float: "number", bool: "boolean", list: "json", dict: "json"}
    assert found is not None
    assert (found.value_type, found.status, found.seen) == (kinds[type(value)], "proposed", 1)


async def test_a_value_has_its_attributes_type(tenant: Tenant, say: Callable[..., Any]) -> None:
    good: dict[Any, list[Any]] = {
        "string": ["x"],
        "number": [1, 2.5],
        "boolean": [True],
        "date": ["2024-02-29", "2024-02-29T10:00:00+02:00", "2024-02-29 10:00"],
        "json": ["x", 1, [1], {"a": 1}],
    }
    every = ["x", 1, True, "2024-02-30", "tomorrow", [1], {"a": 1}]
    for kind, values in good.items():
        await attributes.register(tenant, key=kind, value_type=kind, conflict_policy="keep_both")
        for value in values:
            assert (await say("x", attribute=kind, value=value)).fact.value == value
        for value in every:
            fits = kind == "json" or (type(value) in map(type, values) and kind != "date")
            if not fits:
                with pytest.raises(InvalidInput, match=r"value must be a .*, as its attribute wants") as refused:
                    await say("x", attribute=kind, value=value)
                assert refused.value.field == "value"


async def test_the_same_is_confirmed(
    tenant: Tenant, say: Callable[..., Any], entity: Callable[[str], Awaitable[uuid.UUID]], ada: uuid.UUID
) -> None:
    rome = await entity("Rome")
    first = await say("Rome", confidence=0.6, importance=0.2, needs_confirmation=True)
    again = await say(" ROME ", confidence=0.7, importance=0.1, entities=[rome], embedding=vector(1))
    assert (again.outcome, again.replaced, again.fact.id) == ("confirmed", [], first.fact.id)
    assert (again.fact.confidence, again.fact.importance, again.fact.confirmations, again.fact.version) == (0.7, 0.2, 1, 2)
    assert (again.fact.needs_confirmation, again.fact.content, again.fact.embedded) == (False, "Ada lives in Rome", False)
    assert again.fact.confirmed_at > first.fact.ingested_at
    assert await facts.entities(tenant, id=first.fact.id) == [ada, rome]
    assert (await say("Rome", confidence=0.1)).fact.confidence == 0.7
    assert len(await facts.page(tenant, agent_id=first.fact.agent_id, ended=True)) == 1


async def test_numbers_are_the_same_whatever_their_zeros(say: Callable[..., Any]) -> None:
    await say("x", attribute="age", value=1)
    assert (await say("x", attribute="age", value=1.0)).outcome == "confirmed"
    assert (await say("x", attribute="age", value=10)).outcome == "superseded"


async def test_a_text_without_an_attribute(say: Callable[..., Any]) -> None:
    bare: dict[str, Any] = {"attribute": None, "value": None}
    first = await say("Rome", **bare)
    assert (first.outcome, first.fact.attribute, first.fact.value) == ("added", None, None)
    assert (await say("Rome", content="ada  lives in ROME", **bare)).outcome == "confirmed"
    assert (await say("Oslo", **bare)).outcome == "added"
    long = "x " * 4096
    assert (await say("x", content=long, **bare)).outcome == "added"
    assert (await say("x", content=long, **bare)).outcome == "confirmed"


async def test_superseding(
    tenant: Tenant, say: Callable[..., Any], ada: uuid.UUID, entity: Callable[[str], Awaitable[uuid.UUID]], dsn: str
) -> None:
    rome = (await say("Rome", valid_from=T[0])).fact
    await _show(tenant, rome, await entity("Rome"))
    oslo = await say("Oslo", valid_from=T[4])
    assert (oslo.outcome, oslo.replaced) == ("superseded", [rome.id])
    old = await _get(tenant, rome)
    assert (old.status, old.superseded_by, old.valid_until, old.version) == ("superseded", oslo.fact.id, T[4], 2)
    assert old.invalidated_at == oslo.fact.ingested_at
    assert _live_edges(dsn) == 0
    assert await _cities(tenant, ada) == ["Oslo"]
    # What begins before what is known ends where that begins; and so does what began before both.
    bonn = await say("Bonn", valid_from=T[2])
    assert (bonn.replaced, bonn.fact.valid_until, bonn.fact.superseded_by) == ([rome.id], T[4], oslo.fact.id)
    # Another time is no conflict.
    kiel = await say("Kiel", valid_from=T[0] - timedelta(days=9), valid_until=T[0])
    assert (kiel.outcome, kiel.fact.status) == ("added", "active")
    assert await _cities(tenant, ada) == ["Oslo"]
    # Rome is there as it was held to be true until 2024, and until 2022.
    assert [each.value for each in await facts.history(tenant, id=rome.id)] == ["Rome", "Oslo", "Rome", "Bonn"]
    assert await facts.history(tenant, id=bonn.fact.id) == await facts.history(tenant, id=rome.id)
    assert [each.value for each in await facts.history(tenant, id=kiel.fact.id)] == ["Kiel"]


async def test_the_same_at_more_times_takes_the_place(tenant: Tenant, say: Callable[..., Any], ada: uuid.UUID) -> None:
    first = await say("Rome", valid_from=T[2], valid_until=T[4], confidence=0.9)
    assert (await say("Rome", valid_from=T[3], valid_until=T[4])).outcome == "confirmed"
    longer = await say("Rome", valid_from=T[3], confidence=0.5)
    assert (longer.outcome, longer.replaced, longer.fact.confirmations, longer.fact.confidence) == ("superseded", [first.fact.id], 2, 0.9)
    assert (await _get(tenant, first.fact)).valid_until == T[3]
    assert (await say("Rome", valid_from=T[6], valid_until=T[7])).fact.id == longer.fact.id
    assert (await say("Rome", valid_from=T[0], valid_until=T[1])).outcome == "added"
    assert await _cities(tenant, ada) == ["Rome"]


async def test_the_same_before_and_meanwhile_is_one_time(tenant: Tenant, say: Callable[..., Any], ada: uuid.UUID) -> None:
    """What goes on after the new one ends is not lost with the one whose place it takes."""
    for given in ({}, {"attribute": None, "value": None}):
        later = (await say("Rome", valid_from=T[2], **given)).fact
        made = await say("Rome", valid_from=T[0], valid_until=T[3], **given)
        assert (made.outcome, made.replaced, made.fact.valid_from, made.fact.valid_until) == ("superseded", [later.id], T[0], None)


async def test_keeping_both(tenant: Tenant, say: Callable[..., Any], ada: uuid.UUID) -> None:
    await attributes.register(tenant, key="city", conflict_policy="keep_both")
    assert [(await say(city)).outcome for city in ("Rome", "Oslo", "Rome", "Bonn")] == ["added", "kept_both", "confirmed", "kept_both"]
    assert await _cities(tenant, ada) == ["Bonn", "Oslo", "Rome"]


async def test_rejecting(tenant: Tenant, say: Callable[..., Any], ada: uuid.UUID) -> None:
    await attributes.register(tenant, key="city", conflict_policy="reject")
    first = await say("Rome", confidence=0.1)
    refused = await say("Oslo", confidence=1.0, id=uuid.uuid4(), embedding=vector(1))
    assert (refused.outcome, refused.fact, refused.replaced) == ("rejected", first.fact, [])
    assert (await say("Rome")).outcome == "confirmed"
    assert (await say("Oslo", valid_from=T[0], valid_until=T[1])).outcome == "added"
    assert await _cities(tenant, ada) == ["Rome"]


async def test_the_surer_one_wins(tenant: Tenant, say: Callable[..., Any], ada: uuid.UUID) -> None:
    await attributes.register(tenant, key="city", conflict_policy="highest_confidence")
    first = await say("Rome", confidence=0.6)
    refused = await say("Oslo", confidence=0.5)
    assert (refused.outcome, refused.fact) == ("rejected", first.fact)
    assert (await say("Oslo", confidence=0.6)).outcome == "superseded"
    assert (await say("Bonn", confidence=0.9)).outcome == "superseded"
    assert await _cities(tenant, ada) == ["Bonn"]


async def test_what_has_expired_does_not_stand_in_the_way(tenant: Tenant, say: Callable[..., Any], ada: uuid.UUID, dsn: str) -> None:
    for policy in ("reject", "highest_confidence"):
        await attributes.register(tenant, key="city", conflict_policy=policy)
        old = await say("Rome", confidence=1.0, expires_at=datetime.now(UTC) + timedelta(days=1))
        past = "ingested_at = now() - interval '2 h', expires_at = now() - interval '1 h'"
        execute(dsn, f"UPDATE memdb.facts SET {past} WHERE id = '{old.fact.id}'")
        assert await _cities(tenant, ada) == await facts.page(tenant, agent_id=old.fact.agent_id) == []
        new = await say("Oslo", confidence=0.5)
        assert (new.outcome, new.replaced) == ("superseded", [old.fact.id])
        await facts.invalidate(tenant, id=new.fact.id)


async def test_time_to_live(tenant: Tenant, say: Callable[..., Any]) -> None:
    await attributes.register(tenant, key="city", time_to_live=timedelta(days=30))
    fact = (await say("Rome")).fact
    assert fact.expires_at == fact.ingested_at + timedelta(days=30)
    again = (await say("Rome")).fact
    assert again.expires_at == again.confirmed_at + timedelta(days=30)
    confirmed = await facts.confirm(tenant, id=fact.id)
    assert confirmed.expires_at == confirmed.confirmed_at + timedelta(days=30)
    soon = datetime.now(UTC) + timedelta(days=1)
    assert (await say("Rome", expires_at=soon)).fact.expires_at == confirmed.expires_at
    assert (await say("Oslo", expires_at=soon)).fact.expires_at == soon
    await attributes.update(tenant, key="city", time_to_live=CLEAR)
    assert (await say("Oslo")).fact.expires_at is None


async def test_a_retired_attribute_takes_no_facts(tenant: Tenant, say: Callable[..., Any]) -> None:
    await say("Rome")
    await attributes.update(tenant, key="city", status="retired")
    for city in ("Rome", "Oslo"):
        with pytest.raises(InvalidInput, match="attribute must not be one that is retired"):
            await say(city)


async def test_links(
    tenant: Tenant, agent: Agent, say: Callable[..., Any], entity: Callable[[str], Awaitable[uuid.UUID]], ada: uuid.UUID
) -> None:
    rome, bob, jo = await entity("Rome"), await entity("Bob"), await entity("Jo")
    cpp, tokyo, gone = await entity("C++"), await entity("東京都"), await entity("Rome again")
    await entities.delete(tenant, id=gone)
    art = await entity("Art")
    fact = (await say("Rome", entities=[bob, bob])).fact
    assert await facts.entities(tenant, id=fact.id) == [ada, bob]
    named = await say(
        "x", content="ADA, Jo and rome's bob start C++ at 東京都に", attribute=None, value=None, link_named=True, entities=[jo]
    )
    found = await facts.entities(tenant, id=named.fact.id)
    assert found[0] == ada
    assert set(found) == {ada, rome, bob, jo, cpp, tokyo}
    assert art not in found
    assert [each.id for each in await facts.page(tenant, agent_id=agent.id, entity_id=bob)] == [named.fact.id, fact.id]
    assert [each.id for each in await facts.page(tenant, agent_id=agent.id, entity_id=rome)] == [named.fact.id]
    for wrong in (gone, uuid.uuid4()):
        with pytest.raises(NotFound, match="no such entity"):
            await say("Rome", entities=[wrong])
        with pytest.raises(NotFound, match="no such entity"):
            await say("Rome", entity_id=wrong)


async def test_a_merged_entity_stands_for_the_other(
    say: Callable[..., Any], entity: Callable[[str], Awaitable[uuid.UUID]], ada: uuid.UUID, tenant: Tenant
) -> None:
    lovelace = await entity("Ada Lovelace")
    await entities.merge(tenant, id=lovelace, into_id=ada)
    first = await say("Rome", entity_id=lovelace, entities=[lovelace])
    assert (first.fact.entity_id, await facts.entities(tenant, id=first.fact.id)) == (ada, [ada])
    assert (await say("Rome")).outcome == "confirmed"


async def test_an_assertion_may_be_repeated(tenant: Tenant, say: Callable[..., Any], rival: Home) -> None:
    mine = uuid.uuid4()
    first = await say("Rome", id=mine)
    assert first.fact.id == mine
    await say("Oslo")
    again = await say("Rome", id=mine)
    assert (again.outcome, again.fact) == ("repeated", await _get(tenant, first.fact))
    with pytest.raises(AlreadyExists, match="another fact has this id"):
        await say("Bonn", id=mine)


async def test_many(tenant: Tenant, agent: Agent, entity: Callable[[str], Awaitable[uuid.UUID]]) -> None:
    people = [await entity(f"P{number}") for number in range(5)]
    items = [
        NewFact(
            entity_id=people[n % 5],
            content=f"c{n}",
            attribute="city",
            value=f"city {n // 10}",
            embedding=vector(n) if n % 3 == 0 else None,
        )
        for n in range(50)
    ]
    made = await facts.assert_many(tenant, agent_id=agent.id, items=items)
    assert [each.outcome for each in made] == ["added"] * 5 + ["confirmed"] * 5 + (["superseded"] * 5 + ["confirmed"] * 5) * 4
    assert [each.fact.entity_id for each in made] == [item.entity_id for item in items]
    for person in people:
        (now,) = await facts.current(tenant, entity_id=person, attribute="city")
        assert (now.value, now.confirmations) == ("city 4", 1)
    assert await facts.assert_many(tenant, agent_id=agent.id, items=[]) == []
    with pytest.raises(InvalidInput, match="items must be at most 1000"):
        await facts.assert_many(tenant, agent_id=agent.id, items=items[:1] * 1001)
    wrong: Any = [{"content": "x"}]
    with pytest.raises(InvalidInput, match="items must be NewFact objects"):
        await facts.assert_many(tenant, agent_id=agent.id, items=wrong)


async def test_all_or_none(tenant: Tenant, agent: Agent, ada: uuid.UUID) -> None:
    good = NewFact(entity_id=ada, content="x", attribute="city", value="Rome")
    bad = NewFact(entity_id=ada, content="x", attribute="city", value=1)
    with pytest.raises(InvalidInput, match="value must be a string"):
        await facts.assert_many(tenant, agent_id=agent.id, items=[good, bad])
    assert await facts.page(tenant, agent_id=agent.id) == await attributes.page(tenant) == []


async def test_what_cannot_be_asserted(tenant: Tenant, agent: Agent, say: Callable[..., Any], rival: Home, ada: uuid.UUID) -> None:
    bad: list[tuple[dict[str, Any], str]] = [
        ({"content": ""}, "content must have 1 to 8192 characters"),
        ({"content": " \n"}, "content must not be empty or only white space"),
        ({"attribute": "City"}, "attribute must be lower-case letters"),
        ({"attribute": "a" * 65}, "attribute must have 1 to 64 characters"),
        ({"attribute": None}, "value must be given with an attribute, and only with one"),
        ({"value": None}, "value must be given with an attribute"),
        ({"value": "x" * 9000}, "value must have at most 8192 bytes as JSON"),
        ({"value": math.nan}, "value must not contain NaN"),
        ({"value": {1: 2}}, "value must have strings as keys"),
        ({"value": datetime.now(UTC)}, "value must hold JSON values only, not datetime"),
        ({"confidence": 1.1}, "confidence must be between 0 and 1"),
        ({"importance": -1}, "importance must be between 0 and 1"),
        ({"valid_from": T[2], "valid_until": T[2]}, "valid_until must be later than valid_from"),
        ({"valid_until": T[2]}, "valid_until must be later than valid_from"),
        ({"valid_from": datetime(2020, 1, 1)}, "valid_from must have a time zone"),
        ({"expires_at": T[2]}, "expires_at must be in the future"),
        ({"category": "x" * 65}, "category must have 1 to 64 characters"),
        ({"speaker": ""}, "speaker must have 1 to 128 characters"),
        ({"context": "x" * 513}, "context must have 1 to 512 characters"),
        ({"annotation": ""}, "annotation must have 1 to 8192 characters"),
        ({"metadata": {"x": "y" * 9000}}, "metadata must be a JSON object of at most 8192 bytes"),
        ({"entities": [ada] * 101}, "entities must have at most 100 items"),
        ({"entities": ["x"]}, "entities must be a uuid.UUID"),
        ({"link_named": 1}, "link_named must be a bool"),
        ({"embedding": [1.0]}, "embedding must have 384 dimensions"),
    ]
    for given, message in bad:
        with pytest.raises(InvalidInput, match=message):
            await say("Rome", **given)
    for field in ("session", "user", "event"):
        with pytest.raises(NotFound, match=f"no such {field}"):
            await say("Rome", **{f"{field}_id": uuid.uuid4()})
    with pytest.raises(NotFound, match="no such agent"):
        await facts.assert_(tenant, agent_id=uuid.uuid4(), entity_id=ada, content="x")
    with pytest.raises(NotFound, match="no such entity"):
        await facts.assert_(rival.tenant, agent_id=rival.agent.id, entity_id=ada, content="x")
    assert await facts.page(tenant, agent_id=agent.id, ended=True) == []
    assert await attributes.page(tenant) == []


# Together


async def test_many_tasks_of_one_fact_leave_one(tenant: Tenant, agent: Agent, say: Callable[..., Any], ada: uuid.UUID) -> None:
    for given in ({}, {"attribute": None, "value": None}):
        made = await asyncio.gather(*(say("Rome", **given) for _ in range(32)))
        assert sorted(each.outcome for each in made) == ["added", *["confirmed"] * 31]
        assert len({each.fact.id for each in made}) == 1
        assert (await _get(tenant, made[0].fact)).confirmations == 31
    assert len(await facts.page(tenant, agent_id=agent.id, ended=True)) == 2


@pytest.mark.parametrize("policy", POLICIES)
async def test_many_tasks_of_different_values_end_in_the_one_right_state(
    policy: Any, tenant: Tenant, agent: Agent, say: Callable[..., Any], ada: uuid.UUID
) -> None:
    await attributes.register(tenant, key="city", conflict_policy=policy)
    made = await asyncio.gather(*(say(f"City {n % 16}", confidence=(n % 16 + 1) / 20) for n in range(32)))
    active = await facts.page(tenant, agent_id=agent.id)
    every = await facts.page(tenant, agent_id=agent.id, ended=True)
    outcomes = [each.outcome for each in made]
    stored = [each.fact.id for each in made if each.outcome in {"added", "superseded", "kept_both"}]
    assert sorted(each.id for each in every) == sorted(stored)
    assert outcomes.count("added") == 1
    if policy == "keep_both":
        assert sorted(each.value for each in active) == sorted(f"City {n}" for n in range(16))
        assert outcomes.count("confirmed") == 16
        return
    (last,) = active
    assert len(await facts.history(tenant, id=last.id)) == len(every)
    ended = [each for each in every if each.id != last.id]
    assert all(each.status == "superseded" and each.superseded_by in set(stored) for each in ended)
    assert len({each.superseded_by for each in ended}) == len(ended)
    # Each ended as its successor was learnt.
    assert {each.invalidated_at for each in ended} == {each.ingested_at for each in every} - {min(each.ingested_at for each in every)}
    if policy == "reject":
        assert (len(every), outcomes.count("rejected"), outcomes.count("confirmed")) == (1, 30, 1)
    if policy == "highest_confidence":
        assert last.value == "City 15"
        assert [each.confidence for each in await facts.history(tenant, id=last.id)] == sorted(each.confidence for each in every)


async def test_batches_at_once_make_no_deadlock(tenant: Tenant, agent: Agent, entity: Callable[[str], Awaitable[uuid.UUID]]) -> None:
    people = [await entity(f"Person {number}") for number in range(8)]

    def batch(seed: int) -> list[NewFact]:
        order = people if seed % 2 else people[::-1]
        return [
            NewFact(entity_id=each, content="x", attribute=f"a{(seed * n) % 5}", value=str(seed), entities=[order[-1 - n]])
            for n, each in enumerate(order)
        ]

    await asyncio.gather(*(facts.assert_many(tenant, agent_id=agent.id, items=batch(seed)) for seed in range(16)))
    for person in people:
        for number in range(5):
            assert len(await facts.current(tenant, entity_id=person, attribute=f"a{number}")) <= 1


async def test_asserting_while_it_is_ended(tenant: Tenant, say: Callable[..., Any], agent: Agent) -> None:
    """Whoever comes second sees what the first has left: there is no fact that is lost, and none too many."""
    for end in (facts.invalidate, facts.delete, facts.correct):
        fact = (await say("Rome")).fact
        given = {"value": "Bonn"} if end is facts.correct else {}
        results = await asyncio.gather(*(say("Oslo") for _ in range(4)), end(tenant, id=fact.id, **given), return_exceptions=True)
        assert all(not isinstance(each, BaseException) or isinstance(each, InvalidTransition) for each in results)
        (left,) = await facts.page(tenant, agent_id=agent.id)
        assert left.value == "Oslo"
        await facts.delete(tenant, id=left.id)


async def test_within_a_transaction(tenant: Tenant, say: Callable[..., Any], agent: Agent, ada: uuid.UUID) -> None:
    async with tenant.transaction() as tx:
        for city in ("Rome", "Oslo"):
            made = await facts.assert_(tx, agent_id=agent.id, entity_id=ada, content=city, attribute="city", value=city)
        waiting = [asyncio.create_task(say("Oslo")) for _ in range(4)]
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in waiting)
    assert {each.fact.id for each in await asyncio.gather(*waiting)} == {made.fact.id}
    assert await _cities(tenant, ada) == ["Oslo"]


# Changing


async def test_confirming(tenant: Tenant, say: Callable[..., Any], rival: Home) -> None:
    fact = (await say("Rome", confidence=0.5, needs_confirmation=True)).fact
    confirmed = await facts.confirm(tenant, id=fact.id, confidence=0.9, expected_version=1)
    assert (confirmed.confidence, confirmed.confirmations, confirmed.needs_confirmation, confirmed.version) == (0.9, 1, False, 2)
    assert (await facts.confirm(tenant, id=fact.id, confidence=0.2)).confidence == 0.9
    assert (await facts.confirm(tenant, id=fact.id)).confirmations == 3
    with pytest.raises(VersionConflict):
        await facts.confirm(tenant, id=fact.id, expected_version=1)
    with pytest.raises(NotFound, match="no such fact"):
        await facts.confirm(rival.tenant, id=fact.id)
    await say("Oslo")
    with pytest.raises(InvalidTransition, match="what is superseded cannot become active"):
        await facts.confirm(tenant, id=fact.id)


async def test_correcting(
    tenant: Tenant, say: Callable[..., Any], ada: uuid.UUID, entity: Callable[[str], Awaitable[uuid.UUID]], rival: Home, dsn: str
) -> None:
    rome = await entity("Rome")
    old = (await say("Rome", valid_from=T[1], category="home", speaker="Bob", entities=[rome], metadata={"k": 1})).fact
    await _show(tenant, old, rome)
    new = await facts.correct(
        tenant, id=old.id, value="Oslo", content="Ada lives in Oslo", confidence=1.0, embedding=vector(2), speaker="Ada", expected_version=1
    )
    assert (new.value, new.content, new.confidence, new.corrections, new.confirmations) == ("Oslo", "Ada lives in Oslo", 1.0, 1, 0)
    assert (new.valid_from, new.category, new.speaker, new.metadata, new.embedded) == (T[1], "home", "Ada", {"k": 1}, True)
    assert await facts.entities(tenant, id=new.id) == [ada, rome]
    wrong = await _get(tenant, old)
    assert (wrong.status, wrong.superseded_by, wrong.valid_until, wrong.corrections) == ("superseded", new.id, T[1], 0)
    assert (wrong.invalidated_at, _live_edges(dsn)) == (new.ingested_at, 0)
    again = await facts.correct(tenant, id=new.id, content="Ada lives in OSLO, Norway")
    assert (again.value, again.corrections, again.embedded) == ("Oslo", 2, False)
    assert await _cities(tenant, ada) == ["Oslo"]
    assert [each.id for each in await facts.history(tenant, id=again.id)] == [old.id, new.id, again.id]
    with pytest.raises(InvalidTransition, match="what is superseded cannot become superseded"):
        await facts.correct(tenant, id=new.id, content="x")
    for given, message in (
        ({}, "content or value must be given"),
        ({"value": 1}, "value must be a string, as its attribute wants"),
        ({"content": "x", "valid_until": T[0]}, "valid_until must be later"),
    ):
        with pytest.raises(InvalidInput, match=message):
            await facts.correct(tenant, id=again.id, **given)  # type: ignore[arg-type]
    with pytest.raises(VersionConflict):
        await facts.correct(tenant, id=again.id, content="x", expected_version=2)
    with pytest.raises(NotFound, match="no such fact"):
        await facts.correct(rival.tenant, id=again.id, content="x")
    bare = (await say("x", attribute=None, value=None)).fact
    with pytest.raises(InvalidInput, match="value must be None for a fact without an attribute"):
        await facts.correct(tenant, id=bare.id, value=1)
    assert (await facts.correct(tenant, id=bare.id, content="y")).content == "y"


async def test_a_correction_may_not_repeat_another_fact(tenant: Tenant, say: Callable[..., Any]) -> None:
    await attributes.register(tenant, key="city", conflict_policy="keep_both")
    await say("Rome")
    oslo = (await say("Oslo")).fact
    with pytest.raises(AlreadyExists, match="another active fact of the entity has this value or content"):
        await facts.correct(tenant, id=oslo.id, value="rome")
    assert await _get(tenant, oslo) == oslo


async def test_many_corrections_at_once_make_one(tenant: Tenant, say: Callable[..., Any], ada: uuid.UUID) -> None:
    fact = (await say("Rome")).fact
    made = await asyncio.gather(*(facts.correct(tenant, id=fact.id, value=f"City {n}") for n in range(8)), return_exceptions=True)
    assert len([each for each in made if isinstance(each, Fact)]) == 1
    assert all(isinstance(each, Fact | InvalidTransition) for each in made)
    assert len(await _cities(tenant, ada)) == 1


async def test_invalidating(
    tenant: Tenant, say: Callable[..., Any], ada: uuid.UUID, entity: Callable[[str], Awaitable[uuid.UUID]], rival: Home, dsn: str
) -> None:
    rome = await entity("Rome")
    fact = (await say("Rome", valid_from=T[1])).fact
    await _show(tenant, fact, rome)
    await _show(tenant, (await say("x", attribute="pet", value="cat")).fact, rome, "likes")
    ended = await facts.invalidate(tenant, id=fact.id, valid_until=T[3], expected_version=1)
    assert (ended.status, ended.valid_until, ended.superseded_by, ended.version) == ("invalidated", T[3], None, 2)
    assert ended.invalidated_at is not None
    assert _live_edges(dsn) == 1
    assert await _cities(tenant, ada) == []
    with pytest.raises(InvalidTransition, match="what is invalidated cannot become invalidated"):
        await facts.invalidate(tenant, id=fact.id)
    again = (await say("Rome", valid_from=T[5])).fact
    assert again.id != fact.id
    never = await facts.invalidate(tenant, id=again.id, valid_until=T[4])
    assert never.valid_until == T[5] == never.valid_from
    now = await facts.invalidate(tenant, id=(await say("Rome")).fact.id)
    assert now.valid_until is not None
    assert now.valid_from <= now.valid_until <= datetime.now(UTC)
    with pytest.raises(NotFound):
        await facts.invalidate(rival.tenant, id=fact.id)
    with pytest.raises(VersionConflict):
        await facts.invalidate(tenant, id=(await say("Rome")).fact.id, expected_version=7)


async def test_updating(tenant: Tenant, say: Callable[..., Any], rival: Home) -> None:
    fact = (await say("Rome", sensitive=True, metadata={"a": 1})).fact
    changed = await facts.update(
        tenant, id=fact.id, expected_version=1, annotation="n", category="home", importance=1.0, sensitive=False, needs_confirmation=True
    )
    assert (changed.annotation, changed.category, changed.importance, changed.sensitive) == ("n", "home", 1.0, False)
    assert (changed.needs_confirmation, changed.metadata, changed.version) == (True, {"a": 1}, 2)
    assert (await facts.update(tenant, id=fact.id, metadata={"b": 2})).metadata == {"b": 2}
    with pytest.raises(VersionConflict):
        await facts.update(tenant, id=fact.id, expected_version=1, category="x")
    with pytest.raises(NotFound):
        await facts.update(rival.tenant, id=fact.id, category="x")


async def test_deleting_and_restoring(
    tenant: Tenant,
    agent: Agent,
    say: Callable[..., Any],
    ada: uuid.UUID,
    entity: Callable[[str], Awaitable[uuid.UUID]],
    rival: Home,
    dsn: str,
) -> None:
    fact = (await say("Rome")).fact
    await _show(tenant, fact, await entity("Rome"))
    assert await facts.delete(tenant, id=fact.id, expected_version=1) == 2
    assert await facts.get(tenant, id=fact.id) is None
    assert await facts.page(tenant, agent_id=agent.id, entity_id=ada, ended=True) == await _cities(tenant, ada) == []
    assert (_live_edges(dsn), await facts.history(tenant, id=fact.id)) == (0, [])
    for change in (facts.delete, facts.confirm, facts.invalidate):
        with pytest.raises(NotFound):
            await change(tenant, id=fact.id)
    with pytest.raises(NotFound, match="no such deleted fact"):
        await facts.restore(rival.tenant, id=fact.id)
    back = await facts.restore(tenant, id=fact.id, expected_version=2)
    assert (back.status, back.version, _live_edges(dsn)) == ("active", 3, 1)
    await facts.delete(tenant, id=fact.id)
    other = await say("Rome")
    assert other.outcome == "added"
    with pytest.raises(AlreadyExists, match="another active fact of the entity"):
        await facts.restore(tenant, id=fact.id)
    with pytest.raises(NotFound, match="no such deleted fact"):
        await facts.restore(tenant, id=other.fact.id)


async def test_use_is_counted_without_a_version(tenant: Tenant, say: Callable[..., Any], rival: Home, dsn: str) -> None:
    made = [(await say("x", attribute=f"a{n}")).fact for n in range(3)]
    ids = [each.id for each in made]
    assert await facts.record_use(tenant, ids=[ids[0], ids[1], ids[0], uuid.uuid4()]) == 2
    assert await facts.record_use(rival.tenant, ids=ids) == 0
    assert [(await _get(tenant, each)).retrievals for each in made] == [2, 1, 0]
    first = await _get(tenant, made[0])
    assert first.retrieved_at is not None
    assert (first.version, first.updated_at) == (1, made[0].updated_at)
    await asyncio.gather(*(facts.record_use(tenant, ids=ids if n % 2 else ids[::-1]) for n in range(16)))
    assert (await _get(tenant, made[2])).retrievals == 16
    # Only what no index has or asks about changes, so the updates can be heap-only.
    indexes_of_the_counters = """
        SELECT d.objid::regclass::text
        FROM pg_depend AS d
        JOIN pg_index AS i ON i.indexrelid = d.objid
        JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass
            AND d.refobjid = 'memdb.facts'::regclass
            AND a.attname {}
    """
    assert fetch(dsn, indexes_of_the_counters.format("IN ('retrievals', 'retrieved_at')")) == []
    assert fetch(dsn, indexes_of_the_counters.format("= 'entity_id'")) != []


async def test_background_embedding(tenant: Tenant, agent: Agent, say: Callable[..., Any], dsn: str) -> None:
    made = [(await say("x", attribute=f"a{n}")).fact for n in range(3)]
    await say("x", attribute="embedded", embedding=vector(1))
    await facts.invalidate(tenant, id=made[2].id)
    assert [each.id for each in await facts.unembedded(tenant)] == [made[0].id, made[1].id]
    assert [each.id for each in await facts.unembedded(tenant, agent_id=agent.id, after=made[0].id)] == [made[1].id]
    rows = [{"id": each.id, "version": each.version, "embedding": vector(2)} for each in made[:2]]
    assert await facts.embed.many(tenant, rows) == [True, True]
    assert await facts.unembedded(tenant) == []
    assert not await facts.embed(tenant, id=made[0].id, version=9, embedding=vector(2))
    assert (await _get(tenant, made[0])).embedded
    assert fetch(dsn, "SELECT count(*) FROM memdb.fact_embeddings") == [(3,)]


# Reading


async def test_pages(
    tenant: Tenant, agent: Agent, say: Callable[..., Any], ada: uuid.UUID, entity: Callable[[str], Awaitable[uuid.UUID]], rival: Home
) -> None:
    bob = await entity("Bob")
    made = []
    for n in range(10):
        given: dict[str, Any] = {"attribute": "home" if n % 2 else "city", "category": f"c{n % 3}", "entities": [bob] * (n % 2)}
        made.append((await say(f"City {n}", confidence=n / 10, **given)).fact)
    bobs = (await say("x", entity_id=bob, attribute="home")).fact

    async def numbers(**given: Any) -> list[int]:
        return [int(each.content[-1]) for each in await facts.page(tenant, agent_id=agent.id, **given) if each.id != bobs.id]

    assert await numbers() == [9, 8]
    assert await numbers(ended=True) == [*range(9, -1, -1)]
    assert await numbers(ended=True, before=made[4].id, limit=2) == [3, 2]
    assert await numbers(attribute="city") == [8]
    assert await numbers(attribute="city", ended=True, min_confidence=0.4) == [8, 6, 4]
    assert await numbers(entity_id=ada, ended=True, category="c0", before=made[9].id) == [6, 3, 0]
    assert await numbers(entity_id=ada, attribute="home", ended=True, limit=2) == [9, 7]
    assert await numbers(entity_id=bob, ended=True) == [9, 7, 5, 3, 1]
    assert [each.id for each in await facts.page(tenant, agent_id=agent.id, entity_id=bob, attribute="home")] == [bobs.id]
    assert await facts.page(rival.tenant, agent_id=agent.id) == []
    assert await facts.page(rival.tenant, agent_id=agent.id, entity_id=ada, ended=True) == []
    with pytest.raises(InvalidInput, match="limit"):
        await facts.page(tenant, agent_id=agent.id, limit=0)
    wrong: Any = "yes"
    with pytest.raises(InvalidInput, match="ended must be a bool"):
        await facts.page(tenant, agent_id=agent.id, ended=wrong)


async def test_reads_as_of_both_times(tenant: Tenant, agent: Agent, say: Callable[..., Any], ada: uuid.UUID, dsn: str) -> None:
    """Rome since 2021, learnt 2022; Oslo since 2024, learnt 2025; it was Bonn, not Oslo: learnt 2026; over since 2027, learnt 2028."""

    def learnt(at: datetime, *facts_learnt: Fact, ended: Fact | None = None) -> None:
        for each in facts_learnt:
            execute(dsn, f"UPDATE memdb.facts SET ingested_at = '{at}' WHERE id = '{each.id}'")
        if ended is not None:
            execute(dsn, f"UPDATE memdb.facts SET invalidated_at = '{at}' WHERE id = '{ended.id}'")

    rome = (await say("Rome", valid_from=T[1])).fact
    oslo = (await say("Oslo", valid_from=T[4])).fact
    bonn = await facts.correct(tenant, id=oslo.id, value="Bonn")
    await facts.invalidate(tenant, id=bonn.id, valid_until=T[7])
    learnt(T[2], rome)
    learnt(T[5], oslo, ended=rome)
    learnt(T[6], bonn, ended=oslo)
    learnt(T[8], ended=bonn)
    half = timedelta(days=180)

    async def cities(**given: Any) -> list[Any]:
        selections: tuple[dict[str, Any], ...] = ({}, {"entity_id": ada}, {"attribute": "city"})
        pages = [await facts.page(tenant, agent_id=agent.id, **which, **given) for which in selections]
        assert pages[0] == pages[1] == pages[2]
        return [each.value for each in pages[0]]

    # What is known today.
    assert [await cities(as_of=year + half) for year in T[:8]] == [[], ["Rome"], ["Rome"], ["Rome"], ["Bonn"], ["Bonn"], ["Bonn"], []]
    # What was held, whenever it was to be true.
    assert [await cities(known_at=year + half) for year in T[1:9]] == [[], ["Rome"], ["Rome"], ["Rome"], ["Oslo"], ["Bonn"], ["Bonn"], []]
    # What was held of mid 2024, and of mid 2027.
    assert [await cities(known_at=year + half, as_of=T[4] + half) for year in T[1:9]] == [
        [], ["Rome"], ["Rome"], ["Rome"], ["Oslo"], ["Bonn"], ["Bonn"], ["Bonn"],
    ]  # fmt: skip
    assert await cities(known_at=T[6] + half, as_of=T[7] + half) == ["Bonn"]
    assert await cities(known_at=T[8] + half, as_of=T[7] + half) == []
    assert await cities(known_at=T[5] + half, as_of=T[3]) == ["Rome"]
    assert await cities() == []


async def test_history_of_a_circle_ends(tenant: Tenant, say: Callable[..., Any], dsn: str) -> None:
    made = [(await say(city)).fact for city in ("Rome", "Oslo", "Bonn")]
    execute(
        dsn,
        f"""UPDATE memdb.facts SET status = 'superseded', invalidated_at = now(), superseded_by = '{made[0].id}'
        WHERE id = '{made[2].id}'""",
    )
    assert {each.id for each in await facts.history(tenant, id=made[1].id)} == {each.id for each in made}


# The end


async def test_erasing_a_user_takes_what_was_learnt_of_them(
    db: Database,
    tenant: Tenant,
    agent: Agent,
    say: Callable[..., Any],
    ada: uuid.UUID,
    entity: Callable[[str], Awaitable[uuid.UUID]],
    dsn: str,
) -> None:
    user = await users.create(tenant, email="ada@example.com")
    session = (await sessions.start(tenant, agent_id=agent.id, user_id=user.id)).session
    event = await events.add(tenant, agent_id=agent.id, content="x", session_id=session.id)
    kept = (await say("Rome", entities=[await entity("Rome")])).fact
    await say("Oslo", user_id=user.id, embedding=vector(1))
    await say("x", attribute="a", session_id=session.id)
    learnt = (await say("x", attribute="b", event_id=event.id)).fact
    await facts.delete(tenant, id=learnt.id)
    admin = db.admin(tenant.org_id)
    await retention.hold(admin, name="case", agent_id=agent.id)
    with pytest.raises(UnderLegalHold, match="case"):
        await retention.erase_user(admin, user_id=user.id)
    await retention.release_hold(admin, name="case")
    counted = await retention.erase_user(admin, user_id=user.id, dry_run=True)
    assert (counted["facts"], counted["fact_entities"], counted["fact_embeddings"]) == (3, 3, 1)
    found = {name: count for name, count in counted.items() if name.startswith("fact")}
    # What is left of the session goes with its events, which are another's to remove.
    execute(dsn, "DELETE FROM memdb.facts WHERE event_id IS NOT NULL", "DELETE FROM memdb.events")
    removed = await retention.erase_user(admin, user_id=user.id)
    assert {name: removed[name] for name in found} == found | {"facts": 2, "fact_entities": 2}
    left = await _get(tenant, kept)
    assert (left.status, left.superseded_by) == ("superseded", None)
    assert [each.id for each in await facts.page(tenant, agent_id=agent.id, ended=True)] == [kept.id]


async def test_purging(db: Database, tenant: Tenant, agent: Agent, say: Callable[..., Any], dsn: str) -> None:
    admin = db.admin(tenant.org_id)
    old, recent, kept = [(await say("x", attribute=f"a{n}", embedding=vector(n))).fact for n in range(3)]
    for each in (old, recent):
        await facts.delete(tenant, id=each.id)
    execute(dsn, f"UPDATE memdb.facts SET deleted_at = now() - interval '1 year' WHERE id = '{old.id}'")
    await retention.hold(admin, name="case", agent_id=agent.id)
    before = datetime.now(UTC) - timedelta(days=30)
    assert await retention.purge(admin, deleted_before=before) == retention.Purge({}, ["case"])
    await retention.release_hold(admin, name="case")
    assert (await retention.purge(admin, deleted_before=before)).rows == {"facts": 1, "fact_embeddings": 1, "fact_entities": 1}
    assert (await facts.restore(tenant, id=recent.id)).id == recent.id
    assert await _get(tenant, kept) == kept
    with pytest.raises(NotFound):
        await facts.restore(tenant, id=old.id)
