"""Every moment that a caller may give, given at the edges of what Python has: returned as it was given, or refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from memdb import memories
from memdb.engine.codecs import decode_day, decode_moment, decode_span, encode_day, encode_moment, encode_span
from memdb.engine.database import Database
from memdb.errors import InvalidInput, SchemaMismatch, ServerError
from tests.conftest import Home
from tests.every_parameter import each_given, only, structs
from tests.samples import build
from tests.server import execute

LAST = datetime.max.replace(tzinfo=UTC)
FIRST = datetime.min.replace(tzinfo=UTC)
TICK = timedelta(microseconds=1)
EAST, WEST = timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))
MOMENTS = [
    LAST,
    LAST - TICK,
    FIRST,
    FIRST + TICK,
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=EAST),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=EAST),
    datetime(1, 1, 1, tzinfo=WEST),
]
BEYOND = [datetime.max.replace(tzinfo=WEST), datetime.min.replace(tzinfo=EAST), datetime.max, datetime.min]
SPANS = [timedelta.max, timedelta.min, timedelta(0), TICK, timedelta(days=36_500)]

# What they return is a row that was there, or the moment is bounded by others.
_OF_OTHER_ROWS = {
    ("facts.invalidate", "valid_until"),
    *(("memories.insert_or_merge", name) for name in ("observed_at", "valid_from", "valid_until", "expires_at", "created_at")),
    ("memories.keep_many", "created_at"),
}


def moments(told: Any) -> Iterator[datetime]:
    """All moments in what a call returned."""
    for row in structs(told):
        yield from (value for name in row.__struct_fields__ if isinstance(value := getattr(row, name), datetime))


async def test_a_moment_is_returned_as_it_was_given_or_refused_by_name(db: Database, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    world = await build(db, home.tenant)
    kept, changed = set(), set()
    for query, name, value, told in await each_given(world, db, home, monkeypatch, only(datetime, MOMENTS)):
        what = f"{query.name}({name}={value})"
        assert not isinstance(told, ServerError | SchemaMismatch), f"{what}: {told}"
        if isinstance(told, InvalidInput):
            assert told.field, what
        assert all(each.tzinfo is UTC for each in moments(told)), what
        if returned := [getattr(row, name) for row in structs(told) if hasattr(row, name)]:
            (kept if value in returned else changed).add((query.name, name))
    assert kept >= {
        ("memories.insert", "observed_at"),
        ("memories.insert_many", "valid_until"),
        ("memories.update", "valid_from"),
        ("messages.insert", "sent_at"),
        ("messages.insert_new", "sent_at"),
        ("events.insert", "occurred_at"),
        ("facts.insert", "valid_until"),
        ("observations.insert", "referenced_at"),
        ("intentions.add", "due_at"),
    }
    assert changed == _OF_OTHER_ROWS
    for query, name, value, told in await each_given(world, db, home, monkeypatch, only(datetime, BEYOND)):
        assert isinstance(told, InvalidInput), f"{query.name}({name}={value}): {told}"
        assert told.field == name


async def test_a_span_is_returned_as_it_was_given_or_refused_by_name(db: Database, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    world = await build(db, home.tenant)
    kept = set()
    for query, name, value, told in await each_given(world, db, home, monkeypatch, only(timedelta, SPANS)):
        what = f"{query.name}({name}={value})"
        assert not isinstance(told, ServerError | SchemaMismatch), f"{what}: {told}"
        if hasattr(told, name):
            assert getattr(told, name) == value, what
            kept.add(query.name)
    assert kept >= {"attributes.register", "attributes.update"}


async def test_for_ever_is_later_than_now(home: Home) -> None:
    """What callers take datetime.max for, from end to end."""
    tenant, agent = home
    lease = await memories.add(tenant, agent_id=agent.id, content="The lease has no end", valid_from=FIRST, valid_until=LAST)
    assert (lease.valid_from, lease.valid_until) == (FIRST, LAST)
    assert lease.valid_until is not None
    assert lease.valid_until > datetime.now(UTC)
    again = await memories.update(tenant, id=lease.id, valid_until=lease.valid_until)
    assert again.valid_until == LAST
    always = await memories.add(tenant, agent_id=agent.id, content="Always so", observed_at=FIRST)
    assert always.observed_at == FIRST
    for given in ({}, {"as_of": LAST - TICK}, {"as_of": datetime.now(UTC)}):
        hits = await memories.search(tenant, agent_id=agent.id, text="lease", ranking=memories.Ranking(recency_weight=1), **given)
        assert [hit.memory.id for hit in hits] == [lease.id], given
    assert [each.id for each in await memories.page(tenant, since=FIRST, until=LAST)] == [always.id, lease.id]
    assert await memories.page(tenant, since=LAST) == []


async def test_what_python_has_no_moment_for_is_read_as_the_nearest_that_it_has(home: Home, dsn: str) -> None:
    tenant, agent = home
    made = await memories.add(tenant, agent_id=agent.id, content="Stored by other software")
    for stored, read in (
        ("infinity", LAST),
        ("294276-12-31 UTC", LAST),
        ("10000-01-01 UTC", LAST),
        ("-infinity", FIRST),
        ("4713-01-01 BC UTC", FIRST),
    ):
        execute(dsn, f"UPDATE memdb.memories SET observed_at = '{stored}' WHERE id = '{made.id}'")
        found = await memories.get(tenant, id=made.id)
        assert found is not None
        assert found.observed_at == read, stored


@settings(max_examples=500)
@drawn(st.datetimes(timezones=st.just(UTC)))
@example(FIRST)
@example(LAST)
def test_every_moment_of_pythons_travels_as_it_is(moment: datetime) -> None:
    assert decode_moment(encode_moment(moment)) == moment
    assert decode_moment(encode_moment(moment)).tzinfo is UTC


@drawn(st.dates())
@example(date.min)
@example(date.max)
def test_every_day_of_pythons_travels_as_it_is(day: date) -> None:
    assert decode_day(encode_day(day)) == day


def test_days_that_python_does_not_have_are_read_as_the_nearest() -> None:
    """What is infinite in the database is the least or the greatest of 4 bytes."""
    assert (decode_day((2**31 - 1,)), decode_day((-(2**31),))) == (date.max, date.min)


@drawn(st.timedeltas())
@example(timedelta.min)
@example(timedelta.max)
def test_every_span_of_pythons_travels_as_it_is(span: timedelta) -> None:
    assert decode_span(encode_span(span)) == span


_LONGEST = "178000000 years"
SPANS_READ = {
    "infinity": timedelta.max,
    "-infinity": timedelta.min,
    _LONGEST: timedelta.max,
    f"-{_LONGEST}": timedelta.min,
    "1 year 13 months": timedelta(days=2 * 365 + 30),
    "-1 year -13 months 1 day": timedelta(days=-2 * 365 - 30 + 1),
    "-1 month 2 days -00:00:01": timedelta(days=-28, seconds=-1),
}


@pytest.mark.parametrize("stored", SPANS_READ)
async def test_what_python_has_no_span_for_is_read_as_the_nearest_that_it_has(home: Home, stored: str) -> None:
    statement = f"SELECT interval '{stored}' FROM memdb.organizations AS o WHERE o.id = :org_id::memdb.tenant"
    assert await home.tenant.fetch(timedelta, statement) == [SPANS_READ[stored]]
