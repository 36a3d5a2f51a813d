"""When a fact was true does not depend on when it was learnt: any order of assertions gives the same history, and the past stays known."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import memdb
from memdb import agents, attributes, edges, entities, facts, organizations
from memdb.agents import Agent
from memdb.engine.database import Tenant
from memdb.facts import Asserted, NewFact
from tests.conftest import vector

T = [datetime(2012 + year, 1, 1, tzinfo=UTC) for year in range(12)]
POLICIES: tuple[Any, ...] = ("supersede", "keep_both", "reject", "highest_confidence")
MIDDAY = timedelta(days=180)


class Said(NamedTuple):
    """That a value is true from a year on until another; each begins in a year of its own."""

    value: str
    since: int
    until: int | None = None
    confidence: float = 0.8

    def covers(self, year: int) -> bool:
        return self.since <= year < (len(T) if self.until is None else self.until)


def truth(policy: str, said: Iterable[Said], year: int) -> set[str]:
    """What is true in a year by all that was said: whether any other value prevails over what speaks for one."""
    said = list(said)

    def prevails(other: Said, one: Said) -> bool:
        if other.value == one.value:
            return False
        if policy == "supersede":
            return one.since < other.since <= year
        if policy == "reject":
            return other.covers(year) and other.since < one.since
        return other.covers(year) and (other.confidence, other.since) > (one.confidence, one.since)

    return {
        each.value for each in said if each.covers(year) and (policy == "keep_both" or not any(prevails(other, each) for other in said))
    }


async def _person(tenant: Tenant, agent: Agent) -> uuid.UUID:
    return (await entities.see(tenant, agent_id=agent.id, type="person", name=f"Ada {uuid.uuid4()}")).id


def _new(ada: uuid.UUID, policy: str, said: Said) -> NewFact:
    return NewFact(
        entity_id=ada,
        content=f"Ada lives in {said.value}",
        attribute=policy,
        value=said.value,
        valid_from=T[said.since],
        valid_until=None if said.until is None else T[said.until],
        confidence=said.confidence,
    )


async def _history(tenant: Tenant, agent: Agent, ada: uuid.UUID, policy: str, **given: Any) -> list[list[Any]]:
    """What is true in the middle of each year; two facts that say the same at one time are one too many."""
    return [
        sorted(
            each.value for each in await facts.page(tenant, agent_id=agent.id, entity_id=ada, attribute=policy, as_of=at + MIDDAY, **given)
        )
        for at in T
    ]


async def _tell(tenant: Tenant, agent: Agent, policy: str, order: Sequence[Said]) -> list[list[Any]]:
    """The history that is left, once it is checked that each history in between is known as it was."""
    ada = await _person(tenant, agent)
    then = []
    for count, said in enumerate(order, 1):
        (made,) = await facts.assert_many(tenant, agent_id=agent.id, items=[_new(ada, policy, said)])
        assert (made.outcome == "rejected") == (not any(said.value in truth(policy, order[:count], year) for year in _years(said)))
        now = await facts.page(tenant, agent_id=agent.id, entity_id=ada)
        then.append((datetime.now(UTC), await _history(tenant, agent, ada, policy), [each.value for each in now]))
        assert then[-1][1] == [sorted(truth(policy, order[:count], year)) for year in range(len(T))]
    for moment, was, held in then:
        assert await _history(tenant, agent, ada, policy, known_at=moment) == was
        assert [each.value for each in await facts.page(tenant, agent_id=agent.id, entity_id=ada, known_at=moment)] == held
    return then[-1][1]


def _years(said: Said) -> list[int]:
    return [year for year in range(len(T)) if said.covers(year)]


async def _settle(db: memdb.Database) -> tuple[Tenant, Agent]:
    organization = await organizations.create(db.admin(), slug=f"o{uuid.uuid4().hex[:10]}", name="Example")
    tenant = db.tenant(organization.id)
    for policy in POLICIES:
        await attributes.register(tenant, key=policy, conflict_policy=policy)
    return tenant, await agents.create(tenant, slug="helper", name="Helper")


@pytest.fixture
async def settled(db: memdb.Database) -> tuple[Tenant, Agent]:
    return await _settle(db)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    "said",
    [
        [Said("Paris", 2), Said("Oslo", 6)],
        [Said("Paris", 2), Said("Rome", 4), Said("Oslo", 6)],
        # There and back: a confirmation tells of a beginning, too.
        [Said("Oslo", 2), Said("Paris", 4), Said("Oslo", 6)],
        [Said("Oslo", 1, confidence=0.5), Said("Paris", 3, confidence=0.7), Said("Oslo", 5, confidence=0.9)],
        [Said("Oslo", 1, confidence=0.9), Said("Paris", 3, 7, 0.5), Said("Rome", 5, confidence=0.7)],
        [Said("Oslo", 1, 5), Said("Paris", 3, 8), Said("Rome", 6)],
        [Said("Oslo", 1, 6), Said("Oslo", 3, 8), Said("Paris", 5)],
    ],
    ids=lambda said: "-".join(f"{each.value}{each.since}" for each in said) if isinstance(said, list) else None,
)
async def test_every_order_of_arrival_gives_the_same_history(policy: str, said: list[Said], settled: tuple[Tenant, Agent]) -> None:
    tenant, agent = settled
    histories = [await _tell(tenant, agent, policy, order) for order in permutations(said)]
    assert all(history == histories[0] for history in histories)


_beginnings = st.lists(st.integers(0, len(T) - 2), min_size=2, max_size=5, unique=True)


@st.composite
def orders(draw: st.DrawFn) -> list[Said]:
    made = []
    for since in draw(_beginnings):
        until = draw(st.none() | st.integers(since + 1, len(T) - 1))
        made.append(Said(draw(st.sampled_from(["Oslo", "Paris", "Rome"])), since, until, draw(st.sampled_from([0.3, 0.5, 0.9]))))
    return made


def test_any_history_in_any_order(dsn: str) -> None:
    async def settle() -> tuple[memdb.Database, Tenant, Agent]:
        db = await memdb.connect(dsn, timeout=20.0)
        return db, *await _settle(db)

    with asyncio.Runner() as runner:
        db, tenant, agent = runner.run(settle())
        try:

            @settings(suppress_health_check=[HealthCheck.too_slow])
            @given(order=orders(), policy=st.sampled_from(POLICIES), data=st.data())
            @example(order=[Said("Oslo", 4), Said("Oslo", 8, 9), Said("Paris", 6), Said("Rome", 5, 7)], policy="supersede", data=None)
            def check(order: list[Said], policy: str, data: st.DataObject | None) -> None:
                other = data.draw(st.permutations(order)) if data else order[::-1]
                assert runner.run(_tell(tenant, agent, policy, order)) == runner.run(_tell(tenant, agent, policy, other))

            check()
        finally:
            runner.run(db.close())


async def _say(tenant: Tenant, agent: Agent, ada: uuid.UUID, said: Said, policy: str = "supersede", **given: Any) -> Asserted:
    item = _new(ada, policy, said)
    fields: dict[str, Any] = {name: getattr(item, name) for name in item.__struct_fields__}
    return await facts.assert_(tenant, agent_id=agent.id, **(fields | given))


async def test_old_news_ends_where_what_is_known_begins(settled: tuple[Tenant, Agent]) -> None:
    tenant, agent = settled
    ada = await _person(tenant, agent)
    oslo = (await _say(tenant, agent, ada, Said("Oslo", 6))).fact
    paris = await _say(tenant, agent, ada, Said("Paris", 2))
    assert (paris.outcome, paris.replaced, paris.fact.status) == ("added", [], "superseded")
    assert (paris.fact.valid_until, paris.fact.superseded_by, paris.fact.version) == (T[6], oslo.id, 1)
    assert await facts.get(tenant, id=oslo.id) == oslo
    assert await facts.current(tenant, entity_id=ada, attribute="supersede") == [oslo]
    assert [each.fact.value for each in await facts.retrieve(tenant, agent_id=agent.id, text="Ada lives")] == ["Oslo"]
    assert [each.id for each in await facts.history(tenant, id=oslo.id)] == [oslo.id, paris.fact.id]
    # What was past is parted once more, and what was known of it stays.
    rome = await _say(tenant, agent, ada, Said("Rome", 4))
    assert (rome.outcome, rome.replaced, rome.fact.superseded_by) == ("superseded", [paris.fact.id], oslo.id)


async def test_what_goes_on_after_a_parting_keeps_all_it_has(settled: tuple[Tenant, Agent]) -> None:
    tenant, agent = settled
    ada, bob = await _person(tenant, agent), await _person(tenant, agent)
    oslo = (await _say(tenant, agent, ada, Said("Oslo", 2), embedding=vector(1), entities=[bob], metadata={"k": 1})).fact
    edge = await edges.assert_(tenant, source_id=ada, target_id=bob, type="lives_with", fact_id=oslo.id)
    assert (await _say(tenant, agent, ada, Said("Oslo", 6))).outcome == "confirmed"
    paris = await _say(tenant, agent, ada, Said("Paris", 4))
    assert (paris.outcome, paris.replaced) == ("superseded", [oslo.id])
    (again,) = await facts.current(tenant, entity_id=ada, attribute="supersede")
    assert (again.value, again.valid_from, again.valid_until, again.embedded, again.metadata) == ("Oslo", T[6], None, True, {"k": 1})
    assert paris.fact.superseded_by == again.id
    assert await facts.entities(tenant, id=again.id) == [ada, bob]
    stands = await edges.get(tenant, id=edge.id)
    assert stands is not None
    assert (stands.fact_id, stands.invalidated_at) == (again.id, None)
    found = await facts.retrieve(tenant, agent_id=agent.id, embedding=vector(1))
    assert [each.fact.id for each in found] == [again.id]
    # It is a fact like any other.
    assert (await _say(tenant, agent, ada, Said("Oslo", 8))).fact.id == again.id
    assert (await _say(tenant, agent, ada, Said("Bonn", 7))).replaced == [again.id]


async def test_who_takes_a_facts_place_takes_it_for_good(settled: tuple[Tenant, Agent]) -> None:
    """A value that goes on after another: no chain of successors comes back to itself, each ends in what is current."""
    tenant, agent = settled
    ada = await _person(tenant, agent)

    async def say(value: str, *since: datetime | None) -> list[Asserted]:
        of_ada = {"entity_id": ada, "attribute": "highest_confidence", "content": value, "value": value}
        return await facts.assert_many(tenant, agent_id=agent.id, items=[NewFact(**of_ada, valid_from=each) for each in since])

    said = [*await say("Rome", None, T[0]), *await say("Oslo", None, T[0])]
    (current,) = await facts.current(tenant, entity_id=ada, attribute="highest_confidence")
    for each in said:
        chain = [each.fact.id]
        while (fact := await facts.get(tenant, id=chain[-1])) is not None and fact.superseded_by is not None:
            assert fact.superseded_by not in chain
            chain.append(fact.superseded_by)
        assert chain[-1] == current.id


async def test_of_those_that_begin_together_the_last_said_holds(settled: tuple[Tenant, Agent]) -> None:
    tenant, agent = settled
    ada = await _person(tenant, agent)
    await _say(tenant, agent, ada, Said("Oslo", 2))
    await _say(tenant, agent, ada, Said("Paris", 2))
    assert await _history(tenant, agent, ada, "supersede") == [[], [], *[["Paris"]] * (len(T) - 2)]


async def test_many_confirmations_do_not_make_a_fact_grow(settled: tuple[Tenant, Agent]) -> None:
    tenant, agent = settled
    ada = await _person(tenant, agent)
    many = [
        NewFact(entity_id=ada, content="x", attribute="supersede", value="Oslo", valid_from=T[2] + timedelta(days=n)) for n in range(100)
    ]
    assert {each.outcome for each in await facts.assert_many(tenant, agent_id=agent.id, items=many)} == {"added", "confirmed"}
    statement = "SELECT cardinality(f.said) FROM memdb.facts AS f WHERE f.org_id = :org_id::memdb.tenant AND f.entity_id = :ada"
    assert await tenant.fetch(int, statement, ada=ada) == [32]
    # Of the last ones each is known still.
    await _say(tenant, agent, ada, Said("Paris", 2), valid_from=T[2] + timedelta(days=98, hours=1))
    (oslo,) = await facts.current(tenant, entity_id=ada, attribute="supersede")
    assert oslo.valid_from == T[2] + timedelta(days=99)
