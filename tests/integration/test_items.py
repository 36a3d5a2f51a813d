"""Items: any JSON value by namespace and key, for how long it is kept, and by what it is found."""

from __future__ import annotations

import asyncio
import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import memdb
from memdb import agents, items, retention, spaces, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, NotFound, ReadOnly, UnderLegalHold
from memdb.items import ItemKey, NewItem, NewPart
from memdb.items.filters import checked
from tests.conftest import Home, vector
from tests.server import execute, fetch

NS = ("users", "ada")


async def _put(tenant: Tenant, *keys: str, namespace: Any = NS, value: Any = 1, **more: Any) -> None:
    for key in keys:
        await items.put(tenant, namespace=namespace, key=key, value=value, **more)


async def _value(tenant: Tenant, key: str, namespace: Any = NS) -> Any:
    found = await items.get(tenant, namespace=namespace, key=key)
    return None if found is None else found.value


def _expire(dsn: str, *keys: str) -> None:
    names = ", ".join(f"'{key}'" for key in keys)
    execute(dsn, f"UPDATE memdb.items SET expires_at = now() - interval '1 minute' WHERE key IN ({names})")


VALUES = [None, True, 0, -1.5, 1.0, 2**70, 1e300, 1e16, "", "ü\n", [], [None, [1, "a"]], {}, {"a": {"b": [{"c": None}]}}, {"": 1, "a.b": 2}]


async def test_a_value_comes_back_as_it_was_put(tenant: Tenant) -> None:
    await items.put_many(tenant, items=[NewItem(namespace=NS, key=str(n), value=value) for n, value in enumerate(VALUES)])
    found = await items.get_many(tenant, keys=[ItemKey(NS, str(n)) for n in range(len(VALUES))])
    assert [(each.value, type(each.value)) for each in found if each] == [(value, type(value)) for value in VALUES]
    assert [each.namespace for each in found if each] == [list(NS)] * len(VALUES)


async def test_a_value_is_replaced_as_a_whole(tenant: Tenant) -> None:
    first = await items.put(tenant, namespace=NS, key="k", value={"a": 1, "b": 2})
    second = await items.put(tenant, namespace=NS, key="k", value={"c": 3})
    found = await items.get(tenant, namespace=NS, key="k")
    assert found is not None
    assert found.value == {"c": 3}
    assert (found.created_at, found.updated_at) == (first.created_at, second.updated_at) == (first.updated_at, second.updated_at)
    assert second.updated_at > first.updated_at
    assert await items.delete(tenant, namespace=NS, key="k")
    assert not await items.delete(tenant, namespace=NS, key="k")
    assert await items.get(tenant, namespace=NS, key="k") is None
    assert (await items.put(tenant, namespace=NS, key="k", value=1)).created_at > first.created_at


async def test_what_jsonb_changes_is_refused_or_kept_to_the_letter(tenant: Tenant) -> None:
    value = {"z": "a\0b", "a": ["\ud800", -0.0, math.nan, -math.inf], "m": {"\0": 1}}
    for part in ("a\0b", "\ud800", -0.0, math.nan, {"\0": 1}):
        with pytest.raises(InvalidInput, match="value"):
            await _put(tenant, "k", value={"is": part})
    await _put(tenant, "k", value=value, to_the_letter=True)
    found = await items.get(tenant, namespace=NS, key="k")
    assert found is not None
    assert found.letters == json.dumps(value)
    assert json.dumps(found.value) == found.letters
    assert [each.key for each in await items.page(tenant, filter={"z": "a\ufffdb", "m": {"$eq": {"\ufffd": 1}}})] == ["k"]
    await _put(tenant, "k", value={"n": 1})
    again = await items.get(tenant, namespace=NS, key="k")
    assert again is not None
    assert (again.value, again.letters) == ({"n": 1}, None)


async def test_a_batch_is_read_in_its_order(tenant: Tenant) -> None:
    await _put(tenant, "a", "b")
    keys = [ItemKey(NS, "b"), ItemKey(NS, "none"), ItemKey(("users",), "a"), ItemKey(NS, "a"), ItemKey(NS, "b")]
    assert [each and each.key for each in await items.get_many(tenant, keys=keys)] == ["b", None, None, "a", "b"]
    assert await items.get_many(tenant, keys=[]) == []


async def test_a_batch_is_put_and_deletes_as_a_whole(tenant: Tenant) -> None:
    await _put(tenant, "old", "older")
    made = [NewItem(namespace=NS, key=key, value=value) for key, value in (("a", 1), ("b", 2), ("a", 3))]
    times = await items.put_many(tenant, items=made, delete=[ItemKey(NS, "old"), ItemKey(NS, "none")])
    assert len(times) == 3
    assert [await _value(tenant, key) for key in ("a", "b", "old", "older")] == [3, 2, None, 1]
    with pytest.raises(InvalidInput, match="delete must not be of what is put"):
        await items.put_many(tenant, items=made, delete=[ItemKey(list(NS), "a")])
    too_large = NewItem(namespace=NS, key="k" * 1025, value=1)
    with pytest.raises(InvalidInput, match="key"):
        await items.put_many(tenant, items=[NewItem(namespace=NS, key="c", value=1), too_large], delete=[ItemKey(NS, "a")])
    assert [await _value(tenant, key) for key in ("a", "c")] == [3, None]
    assert await items.delete_many(tenant, keys=[ItemKey(NS, key) for key in ("a", "b", "none", "a")]) == 2
    assert await items.put_many(tenant, items=[]) == []


async def test_batches_that_cross_wait_for_one_another(tenant: Tenant) -> None:
    """What one puts another deletes, in the opposite order, with parts: no deadlock, and whoever comes last is there as a whole."""

    async def write(number: int) -> None:
        names = [str(n) for n in range(40)]
        names = names[::-1] if number % 2 else names
        part = NewPart(path=str(number), content=f"word{number}")
        given = [NewItem(namespace=NS, key=key, value=number, parts=[part]) for key in names[number % 3 :]]
        await items.put_many(tenant, items=given, delete=[ItemKey(NS, key) for key in names[: number % 3]])
        await items.get_many(tenant, keys=[ItemKey(NS, key) for key in names], refresh=True)
        await items.delete_many(tenant, keys=[ItemKey(NS, key) for key in names[10:12]])

    await asyncio.gather(*[write(number) for number in range(20)])
    for hit in await items.page(tenant, limit=100):
        found = await items.search(tenant, text=f"word{hit.value}", limit=100)
        assert hit.key in [each.item.key for each in found if each.part == str(hit.value)]


async def test_an_item_has_the_parts_of_the_last_put(tenant: Tenant, dsn: str) -> None:
    async def put(number: int) -> None:
        parts = [NewPart(path=f"{number}.{n}", content="x", embedding=vector(n)) for n in range(number % 4)]
        await items.put(tenant, namespace=NS, key="k", value=number, parts=parts)

    await asyncio.gather(*[put(number) for number in range(24)])
    number = await _value(tenant, "k")
    assert fetch(dsn, "SELECT path FROM memdb.item_parts ORDER BY path") == [(f"{number}.{n}",) for n in range(number % 4)]
    await put(7)
    assert fetch(dsn, "SELECT count(*) FROM memdb.item_part_embeddings") == [(3,)]
    await put(8)
    assert fetch(dsn, "SELECT count(*) FROM memdb.item_part_embeddings") == [(0,)]


async def test_an_item_expires_and_is_refreshed_by_reads(tenant: Tenant, dsn: str) -> None:
    duration = timedelta(days=1, microseconds=1)
    part = NewPart(content="word")
    first = await items.put(tenant, namespace=NS, key="k", value={"n": 1}, time_to_live=duration, parts=[part])
    assert first.expires_at == first.updated_at + duration
    before = await items.get(tenant, namespace=NS, key="k")
    assert before is not None
    assert (before.expires_at, before.time_to_live) == (first.expires_at, duration)
    ends = [first.expires_at]
    for read in (items.get_many(tenant, keys=[ItemKey(NS, "k")], refresh=True), items.page(tenant, refresh=True)):
        (found,) = await read
        assert found is not None
        ends.append(found.expires_at)
    (hit,) = await items.search(tenant, text="word", refresh=True)
    ends.append(hit.item.expires_at)
    assert sorted(set(ends)) == ends
    assert hit.item.updated_at == first.updated_at
    _expire(dsn, "k")
    assert await items.get(tenant, namespace=NS, key="k", refresh=True) is None
    assert await items.page(tenant) == await items.search(tenant, text="word") == await items.namespaces(tenant) == []
    assert await items.count(tenant) == 0
    gone = await items.get(tenant, namespace=NS, key="k", refresh=True, ended=True)
    assert gone is not None
    assert gone.expires_at < datetime.now(UTC)  # type: ignore[operator]
    assert len(await items.page(tenant, ended=True)) == await items.count(tenant, ended=True) == 1
    assert len(await items.search(tenant, text="word", ended=True)) == 1
    assert await items.namespaces(tenant, ended=True) == [list(NS)]
    again = await items.put(tenant, namespace=NS, key="k", value=2)
    assert again.created_at > first.created_at
    assert again.expires_at is None


async def test_reads_that_refresh_nothing_write_nothing(tenant: Tenant) -> None:
    await _put(tenant, "forever")
    await _put(tenant, "k", time_to_live=timedelta(days=1))
    async with tenant.transaction(readonly=True) as tx:
        assert await items.get(tx, namespace=NS, key="forever", refresh=True) is not None
        assert len(await items.page(tx)) == 2
        with pytest.raises(ReadOnly):
            async with tx.transaction() as attempt:
                await items.get(attempt, namespace=NS, key="k", refresh=True)


async def test_an_item_is_read_by_a_plan_that_is_kept(tenant: Tenant) -> None:
    """Where a plan for the values at hand looks cheaper by enough, PostgreSQL makes one for each call: that takes longer than to read."""
    await _put(tenant, "k")
    async with tenant.transaction() as tx:
        for number in range(12):
            await items.get(tx, namespace=NS, key="k", refresh=number % 2 == 0)
        kept = await tx._connection.fetchval(  # type: ignore[attr-defined]
            "SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE '/* memdb items.read_one */%'"
        )
    # PostgreSQL plans the first five for their values, and then compares.
    assert kept >= 7


async def test_namespaces_are_read_as_a_whole(db: Database, tenant: Tenant, rival: Home) -> None:
    others = ("n", "other")
    for on, namespace in ((tenant, NS), (tenant, others), (tenant, (*NS, "below")), (tenant, NS[:1]), (rival.tenant, NS)):
        await items.put_many(on, items=[NewItem(namespace=namespace, key=str(n), value=n, to_the_letter=n % 2 == 0) for n in range(5)])
    await _put(tenant, "over", time_to_live=timedelta(microseconds=1))
    found = await items.scan(tenant, namespaces=[NS, others, NS, ("none",)])
    assert sorted((each.namespace, each.key, each.value) for each in found) == sorted(
        (list(each), str(n), n) for each in (NS, others) for n in range(5)
    )
    assert found == sorted(found, key=lambda each: (each.updated_at, each.id))
    walked = await items.scan(tenant, namespaces=[NS, others], limit=3)
    while more := await items.scan(tenant, namespaces=[NS, others], after=walked[-1], limit=3):
        walked += more
    assert walked == found
    assert await items.scan(tenant, namespaces=[]) == []
    with pytest.raises(InvalidInput, match="namespace"):
        await items.scan(tenant, namespaces=[NS, ("n", 1)])  # type: ignore[list-item]


async def test_a_time_to_live_is_a_duration(tenant: Tenant) -> None:
    for wrong in (timedelta(0), timedelta(seconds=-1), timedelta.max, 60, "1 day"):
        with pytest.raises(InvalidInput, match="time_to_live must be"):
            await _put(tenant, "k", time_to_live=wrong)


async def test_what_expired_is_swept_some_at_a_time(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    await _put(tenant, "a", "b", "c", time_to_live=timedelta(days=1))
    await _put(tenant, "held", time_to_live=timedelta(days=1), agent_id=agent.id)
    await _put(tenant, "live", time_to_live=timedelta(days=1))
    _expire(dsn, "a", "b", "c", "held")
    await retention.hold(db.admin(tenant.org_id), name="case", reason="a case", agent_id=agent.id)
    assert [await items.sweep_expired(tenant, limit=2) for _ in range(3)] == [2, 1, 0]
    assert {each.key for each in await items.page(tenant, ended=True)} == {"held", "live"}
    await retention.release_hold(db.admin(tenant.org_id), name="case")
    purged = await retention.purge(db.admin(tenant.org_id), deleted_before=datetime.now(UTC))
    assert purged.rows == {"items": 1}


async def test_holds_and_erasures_reach_what_is_a_users(db: Database, tenant: Tenant) -> None:
    admin = db.admin(tenant.org_id)
    ada, bob = [await users.create(tenant, email=f"{name}@example.com") for name in ("ada", "bob")]
    part = NewPart(content="x", embedding=vector(1))
    await _put(tenant, "a", user_id=ada.id, parts=[part])
    await _put(tenant, "b", user_id=bob.id)
    await _put(tenant, "free")
    await _put(tenant, "a", value=2, parts=[part])
    await retention.hold(admin, name="case", reason="a case", user_id=ada.id)
    for call in (
        items.delete(tenant, namespace=NS, key="a"),
        items.delete_many(tenant, keys=[ItemKey(NS, "free"), ItemKey(NS, "a")]),
        items.put_many(tenant, items=[NewItem(namespace=NS, key="new", value=1)], delete=[ItemKey(NS, "a")]),
    ):
        with pytest.raises(UnderLegalHold):
            await call
    assert await items.count(tenant) == 3
    await items.delete(tenant, namespace=NS, key="b")
    await retention.release_hold(admin, name="case")
    await retention.erase_user(admin, user_id=ada.id)
    assert [each.key for each in await items.page(tenant)] == ["free"]
    with pytest.raises(NotFound, match="user"):
        await _put(tenant, "k", user_id=ada.id)


async def test_an_agent_that_is_not_there_puts_nothing(tenant: Tenant, agent: Agent, rival: Home) -> None:
    with pytest.raises(NotFound, match="agent"):
        await _put(tenant, "k", agent_id=rival.agent.id)
    await agents.delete(tenant, id=agent.id)
    await _put(tenant, "k")
    assert await items.count(tenant) == 1


ODD = ["a", "a_", "a%", "a\\", "ab", "*", "a\n", "a\x01", "a\x01\x01", "a\x02", "", "\U0010ffff", "a.b", "."]


async def test_a_namespace_is_a_path_of_any_labels(tenant: Tenant) -> None:
    every = [(), *[(label,) for label in ODD], *[("a", label) for label in ODD], ("a", "a", "a")]
    await items.put_many(tenant, items=[NewItem(namespace=namespace, key="k", value=list(namespace)) for namespace in every])
    in_order = sorted([list(namespace) for namespace in every], key=lambda labels: [label.encode() for label in labels])
    assert await items.namespaces(tenant, limit=1000) == in_order
    for prefix in every:
        below = [namespace for namespace in every if namespace[: len(prefix)] == prefix]
        found = await items.page(tenant, prefix=prefix, limit=100)
        assert sorted(tuple(each.namespace) for each in found) == sorted(below)
        assert all(each.value == each.namespace for each in found)
        assert await items.count(tenant, prefix=prefix) == len(below)


async def test_namespaces_are_told_by_their_ends_and_cut(tenant: Tenant) -> None:
    every = [("a",), ("a", "b"), ("a", "b", "c"), ("a", "d", "c"), ("b", "b"), ("b", "x", "c", "d")]
    for namespace in every:
        await _put(tenant, "1", "2", namespace=namespace)

    async def told(**asked: Any) -> list[tuple[str, ...]]:
        return [tuple(each) for each in await items.namespaces(tenant, **asked)]

    assert await told() == every
    assert await told(prefix=("a",)) == every[:4]
    assert await told(prefix=("*", "b")) == [("a", "b"), ("a", "b", "c"), ("b", "b")]
    assert await told(suffix=("c",)) == [("a", "b", "c"), ("a", "d", "c")]
    assert await told(prefix=("a",), suffix=("*", "c")) == [("a", "b", "c"), ("a", "d", "c")]
    assert await told(prefix=("a", "b", "c", "d")) == []
    assert await told(depth=1) == [("a",), ("b",)]
    assert await told(depth=2) == [("a",), ("a", "b"), ("a", "d"), ("b", "b"), ("b", "x")]
    assert await told(depth=2, suffix=("c",)) == [("a", "b"), ("a", "d")]
    assert await told(depth=1, suffix=("d",)) == [("b",)]
    assert [each for offset in range(7) for each in await told(offset=offset, limit=1)] == every
    await items.delete_many(tenant, keys=[ItemKey(("a",), "1"), ItemKey(("a",), "2"), ItemKey(("a", "b"), "1")])
    assert await told(prefix=("a",), depth=2) == [("a", "b"), ("a", "d")]


async def test_pages_reach_the_end(tenant: Tenant) -> None:
    await items.put_many(tenant, items=[NewItem(namespace=("n", str(n % 3)), key=f"{n:02}", value={"n": n}) for n in range(10)])
    await _put(tenant, "05", namespace=("n", "2"), value={"n": 5})
    expected = ["05", *[f"{n:02}" for n in (9, 8, 7, 6, 4, 3, 2, 1, 0)]]
    every: list[Any] = []
    # Those of one batch are in the order in which they were given.
    while page := await items.page(tenant, prefix=("n",), before=every[-1] if every else None, limit=4):
        every += page
    assert [each.key for each in every] == expected
    assert [each.key for offset in range(0, 12, 3) for each in await items.page(tenant, offset=offset, limit=3)] == expected
    assert [each.key for each in await items.page(tenant, prefix=("n", "0"), filter={"n": {"$gt": 2}}, limit=2)] == ["09", "06"]


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.5, 1.0, 2.5, 1e20, 10**20, -(2**70)]),
    st.text("ab\"\\'$@?é\n", max_size=2),
)
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", 'q"', "$x"]), inner, max_size=2),
    max_leaves=4,
)
FIELDS = st.sampled_from(["a", "b", "a.b", "", 'q"', "é"])
ORDERED = st.one_of(st.integers(-3, 3), st.sampled_from([0.5, 2.5]), st.text("ab", max_size=2))
CONDITIONS = st.recursive(
    st.one_of(
        JSON_VALUES.filter(lambda value: type(value) is not dict),
        st.fixed_dictionaries(
            {}, optional={"$eq": JSON_VALUES, "$ne": JSON_VALUES, "$gt": ORDERED, "$lte": ORDERED, "$exists": st.booleans()}
        ),
        st.fixed_dictionaries({}, optional={"$gte": ORDERED, "$lt": ORDERED, "$in": st.lists(JSON_VALUES, max_size=3)}),
        st.fixed_dictionaries({"$nin": st.lists(JSON_VALUES, max_size=3)}),
        st.fixed_dictionaries({}, optional={"$contains": SCALARS, "$icontains": st.text('aB"\\.*', max_size=1)}),
    ),
    lambda inner: st.fixed_dictionaries({"$not": inner}),
    max_leaves=2,
)
FILTERS = st.recursive(
    st.dictionaries(FIELDS, CONDITIONS, max_size=2),
    lambda inner: st.fixed_dictionaries(
        {}, optional={"$and": st.lists(inner, max_size=2), "$or": st.lists(inner, max_size=2), "$not": inner}
    ),
    max_leaves=4,
)
_ABSENT: Any = object()


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    return bool(one == other)


def _meets(held: Any, condition: Any) -> bool:
    if type(condition) is not dict:
        return held is not _ABSENT and _equal(held, condition)
    numbers = (int, float)

    def compared(operator: str, operand: Any) -> bool:
        if operator == "$exists":
            return (held is not _ABSENT) is operand
        if operator == "$not":
            return not _meets(held, operand)
        if held is _ABSENT:
            return False
        if operator in ("$eq", "$ne"):
            return _equal(held, operand) is (operator == "$eq")
        if operator in ("$in", "$nin"):
            return any(_equal(held, each) for each in operand) is (operator == "$in")
        if operator == "$icontains":
            return type(held) is str and operand.lower() in held.lower()
        if operator == "$contains":
            if type(held) is list:
                return any(_equal(inner, operand) for each in held for inner in (each if type(each) is list else [each]))
            return type(held) is str and type(operand) is str and operand in held
        alike = (type(held) in numbers and type(operand) in numbers) or (type(held) is str and type(operand) is str)
        return alike and {"$gt": held > operand, "$gte": held >= operand, "$lt": held < operand, "$lte": held <= operand}[operator]

    return all(compared(operator, operand) for operator, operand in condition.items())


def _matches(value: Any, filter: Any) -> bool:
    fields = value if type(value) is dict else {}
    combined = {
        "$and": lambda filters: all(_matches(value, each) for each in filters),
        "$or": lambda filters: any(_matches(value, each) for each in filters),
        "$not": lambda inner: not _matches(value, inner),
    }
    return all(
        combined[field](condition) if field in combined else _meets(fields.get(field, _ABSENT), condition)
        for field, condition in filter.items()
    )


def test_filters_let_through_what_they_say(dsn: str) -> None:
    """Beside a model in Python, for many values and filters at once."""

    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.tuples(JSON_VALUES | st.dictionaries(FIELDS, JSON_VALUES, max_size=3), FILTERS), min_size=20, max_size=40))
    def agree(pairs: list[tuple[Any, Any]]) -> None:
        for _, filter in pairs:
            checked(filter)
        rows = connection.execute(
            """
            SELECT
                coalesce(memdb.matches(p -> 0, memdb.filter_path(p -> 1)), true)
                AND coalesce(p -> 0 @> memdb.equalities_of(p -> 1), true)
            FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS e (p, n) ORDER BY n
            """,
            (json.dumps(pairs),),
        ).fetchall()
        for (value, filter), (found,) in zip(pairs, rows, strict=True):
            assert found is _matches(value, filter), (value, filter)

    with psycopg.connect(dsn) as connection:
        agree()


NO_FILTERS: list[tuple[Any, str]] = [
    ([], "be a JSON object"),
    ({"a": {"b": 1}}, r"operators .* for 'a', not 'b': to be equal to an object"),
    ({"a": {"$regex": "x"}}, "not '\\$regex'"),
    ({"$nor": []}, "where it has '\\$nor'"),
    ({"$and": {}}, "have a list for \\$and"),
    ({"$or": [1]}, "objects"),
    ({"$not": []}, "objects"),
    ({"a": {"$in": 1}}, "have a list for \\$in"),
    ({"a": {"$gt": True}}, "have a number or a str for \\$gt, not bool"),
    ({"a": {"$exists": 1}}, "True or False"),
    ({"a": {"$contains": [1]}}, r"for \$contains, not list"),
    ({"a": {"$icontains": 1}}, r"have a str for \$icontains, not int"),
    ({"a": {"$not": {"$x": 1}}}, "not '\\$x'"),
    ({"a": float("nan")}, "NaN"),
    ({"a": {"$in": list(range(1001))}}, "at most 1000"),
]


async def test_what_is_no_filter_is_refused(tenant: Tenant) -> None:
    for filter, told in NO_FILTERS:
        for call in (items.page(tenant, filter=filter), items.count(tenant, filter=filter), items.search(tenant, text="x", filter=filter)):
            with pytest.raises(InvalidInput, match=f"filter must .*{told}"):
                await call


async def test_what_is_there_is_not_put_again_on_request(tenant: Tenant) -> None:
    new = [NewItem(namespace=("n",), key=key, value=key) for key in "abc"]
    await items.put_many(tenant, items=new[:1], on_duplicate="raise")
    for known in (new, [new[1], new[1]]):
        with pytest.raises(AlreadyExists, match="item has this key"):
            await items.put_many(tenant, items=known, on_duplicate="raise")
    assert [each.key for each in await items.page(tenant)] == ["a"]
    await items.put_many(tenant, items=new[1:], delete=[ItemKey(("n",), "a")], on_duplicate="raise")
    puts = (items.put_many(tenant, items=[new[0]], on_duplicate="raise") for _ in range(8))
    made = await asyncio.gather(*puts, return_exceptions=True)
    assert sum(isinstance(each, AlreadyExists) for each in made) == 7
    with pytest.raises(InvalidInput, match="on_duplicate"):
        await items.put_many(tenant, items=new, on_duplicate="keep")  # type: ignore[arg-type]


async def test_an_update_leaves_what_an_item_is_found_by(tenant: Tenant) -> None:
    lives, part = timedelta(days=1), NewPart(path="a", content="one", embedding=vector(1))
    put = await items.put(tenant, namespace=("n",), key="k", value={"n": 1}, time_to_live=lives, parts=[part])
    for value, to_the_letter in (({"n": "\0"}, True), (None, False), ({"n": 2}, False)):
        updated = await items.update(tenant, namespace=("n",), key="k", value=value, to_the_letter=to_the_letter)
        assert updated is not None
        assert (updated.created_at, updated.expires_at) == (put.created_at, put.expires_at)
        assert updated.updated_at > put.updated_at
        (hit,) = await items.search(tenant, embedding=vector(1))
        assert (hit.item.value, hit.item.time_to_live, hit.part) == (value, lives, "a")
    assert await items.page(tenant, filter={"n": 2}) != []
    assert await items.update(tenant, namespace=("n",), key="other", value=1) is None
    await items.put(tenant, namespace=("n",), key="k", value=1, time_to_live=timedelta(microseconds=1))
    assert await items.update(tenant, namespace=("n",), key="k", value=2) is None
    with pytest.raises(InvalidInput, match="value"):
        await items.update(tenant, namespace=("n",), key="k", value={"n": "\0"})


async def test_the_best_part_counts(tenant: Tenant) -> None:
    near, far = vector(1), vector(2)
    between = near + far
    await _put(tenant, "both", parts=[NewPart(path="a", content="one", embedding=far), NewPart(path="b", content="two", embedding=near)])
    await _put(tenant, "middle", parts=[NewPart(path="c", content="two three", embedding=between)])
    await _put(tenant, "words", parts=[NewPart(path="d", content="two words without an embedding")])
    await _put(tenant, "none")
    by_vector = await items.search(tenant, embedding=near)
    assert [(hit.item.key, hit.part) for hit in by_vector] == [("both", "b"), ("middle", "c")]
    assert by_vector[0].similarity == pytest.approx(1, abs=1e-3)
    assert by_vector[0].text_score is None
    assert by_vector[0].embedding is None
    with_embeddings = await items.search(tenant, embedding=near, with_embeddings=True)
    for hit, embedding in zip(with_embeddings, (near, between), strict=True):
        assert hit.embedding == pytest.approx(embedding / np.linalg.norm(embedding), abs=1e-3)
    by_words = await items.search(tenant, text="word")
    assert [(hit.item.key, hit.part, hit.similarity) for hit in by_words] == [("words", "d", None)]
    (by_words_alone,) = await items.search(tenant, text="words", with_embeddings=True)
    assert by_words_alone.embedding is None
    by_both = await items.search(tenant, text="three", embedding=near)
    assert [hit.item.key for hit in by_both] == ["middle", "both"]
    assert [hit.item.key for hit in await items.search(tenant, text='"two three"', embedding=near)] == ["middle"]
    with pytest.raises(InvalidInput, match="text or embedding must be given"):
        await items.search(tenant)
    with pytest.raises(InvalidInput, match="embedding must have 384 dimensions"):
        await _put(tenant, "k", parts=[NewPart(content="x", embedding=[1.0])])


async def test_a_search_filters_first_and_its_pages_reach_the_end(tenant: Tenant) -> None:
    made = [
        NewItem(namespace=("n", str(n % 2)), key=f"{n:02}", value={"n": n}, parts=[NewPart(content="x", embedding=vector(n))])
        for n in range(30)
    ]
    await items.put_many(tenant, items=made)
    scope: dict[str, Any] = {"prefix": ("n", "0"), "filter": {"n": {"$gte": 10}}, "embedding": vector(0)}
    every = [hit.item.key for hit in await items.search(tenant, limit=100, **scope)]
    assert sorted(every) == [f"{n:02}" for n in range(10, 30, 2)]
    assert [hit.item.key for offset in range(0, 12, 3) for hit in await items.search(tenant, offset=offset, limit=3, **scope)] == every


async def test_a_new_space_is_filled_with_parts(db: Database, tenant: Tenant, dsn: str) -> None:
    await _put(tenant, "k", parts=[NewPart(content="eight", embedding=vector(1)), NewPart(content="words")])
    async with memdb.connect(dsn, admin_role=None) as owner:
        await spaces.create(owner.admin(), dimension=8, model="small")
    async with memdb.connect(dsn, embedding_model="small") as small:
        assert await spaces.fill(small, lambda texts: [[float(len(text)), *[1.0] * 7] for text in texts]) >= 2
        (hit,) = await items.search(small.tenant(tenant.org_id), embedding=[1.0] * 8)
    assert hit.item.key == "k"
    assert await spaces.fill(db, lambda texts: [vector(2)] * len(texts)) == 1


async def test_sizes_have_named_limits(tenant: Tenant) -> None:
    await _put(tenant, "large", value="x" * 1_000_000)
    assert await _value(tenant, "large") == "x" * 1_000_000
    with pytest.raises(InvalidInput, match="value must have at most 16777216 bytes"):
        await _put(tenant, "k", value="x" * 16_777_215)
    for wrong, told in (
        ({"namespace": ["x" * 1021]}, "namespace must have at most 1022 bytes"),
        ({"namespace": "ada"}, "namespace must be a list"),
        ({"namespace": [1]}, "namespace must be a str"),
        ({"key": "ü" * 513}, "key must have at most 1024 bytes"),
        ({"key": None}, "key must be a str"),
        ({"value": object()}, "value must hold JSON values only"),
        ({"value": object(), "to_the_letter": True}, "value must hold JSON values only"),
        ({"parts": [NewPart(content="x" * 100_001)]}, "100000"),
        ({"parts": ["x"]}, "parts must be a list of NewPart"),
    ):
        with pytest.raises(InvalidInput, match=told):
            await items.put(tenant, **{"namespace": NS, "key": "k", "value": 1, **wrong})
    with pytest.raises(InvalidInput, match="keys must be ItemKey"):
        await items.get_many(tenant, keys=["k"])  # type: ignore[list-item]
