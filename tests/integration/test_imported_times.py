"""Memories that were created before they came here."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from memdb import memories
from memdb.agents import Agent
from memdb.engine.database import Tenant
from memdb.errors import InvalidInput
from memdb.memories import NewMemory, OnDuplicate
from tests.commands import imported, memdb
from tests.conftest import Home
from tests.server import fetch

THEN = datetime(2020, 2, 29, 12, 30, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize("on_duplicate", ["return", "merge", "keep"])
async def test_what_is_imported_is_of_its_time(tenant: Tenant, agent: Agent, on_duplicate: OnDuplicate) -> None:
    new = await memories.add(tenant, agent_id=agent.id, content="new")
    days = [2, 0, 1]
    added = [
        await memories.add(tenant, agent_id=agent.id, content=f"day {day}", created_at=THEN + day * DAY, on_duplicate=on_duplicate)
        for day in days
    ]
    first = added[1]
    assert first.created_at == first.updated_at == first.observed_at == first.valid_from == THEN
    assert first.id.version == 7
    in_order = [added[1], added[2], added[0], new]
    assert await memories.page(tenant, agent_id=agent.id) == in_order[::-1]
    assert await memories.page(tenant, agent_id=agent.id, before=added[0].id) == [added[2], added[1]]
    assert [memory async for memory in memories.scan(tenant)] == in_order
    assert await memories.page(tenant, since=THEN + DAY, until=THEN + 2 * DAY) == [added[2]]
    assert await memories.version_at(tenant, id=first.id, at=THEN - DAY) is None
    known = await memories.version_at(tenant, id=first.id, at=THEN)
    assert known is not None
    assert known.content == "day 0"
    assert (await memories.update(tenant, id=first.id, content="changed")).updated_at > THEN + DAY


async def test_each_time_as_it_is_given(tenant: Tenant, agent: Agent) -> None:
    times = {"created_at": THEN, "updated_at": THEN + DAY, "observed_at": THEN - DAY, "valid_from": THEN - 2 * DAY}
    items = [NewMemory(content="a", **times), NewMemory(content="b", external_id="b", **times)]
    one = await memories.add(tenant, agent_id=agent.id, content="c", **times)  # type: ignore[arg-type]
    for memory in (one, *await memories.add_many(tenant, agent_id=agent.id, items=items)):
        assert {name: getattr(memory, name) for name in times} == times
    # What is there already keeps the time of its creation, and is changed now.
    again = await memories.add(tenant, agent_id=agent.id, content="b", external_id="b", created_at=THEN + DAY)
    assert again.created_at == THEN
    assert again.updated_at > THEN + DAY
    assert (await memories.add(tenant, agent_id=agent.id, content="a", created_at=THEN + DAY)).created_at == THEN


async def test_a_thousand_in_the_order_of_their_times(tenant: Tenant, agent: Agent) -> None:
    items = [NewMemory(content=f"n {n}", created_at=THEN + timedelta(microseconds=n * 7 % 1000 * 1000)) for n in range(1000)]
    for on_duplicate in ("return", "keep"):
        added = await memories.add_many(tenant, agent_id=agent.id, items=items, on_duplicate=on_duplicate)  # type: ignore[arg-type]
        assert [memory.created_at for memory in added] == [item.created_at for item in items]
        by_time = sorted(added, key=lambda memory: memory.created_at)
        assert [memory.id for memory in by_time] == sorted(memory.id for memory in added)


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("on_duplicate", ["return", "merge", "keep"])
async def test_times_that_do_not_fit(tenant: Tenant, agent: Agent, on_duplicate: OnDuplicate, many: bool) -> None:
    now = datetime.now(UTC)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"created_at": now + timedelta(minutes=5)}, "created_at must be between 1970 and now"),
        ({"created_at": datetime(1969, 12, 31, tzinfo=UTC)}, "created_at must be between 1970 and now"),
        ({"created_at": datetime(9999, 1, 1, tzinfo=UTC)}, "created_at must be between 1970 and now"),
        ({"updated_at": now - DAY}, "updated_at must be between created_at and now"),
        ({"created_at": THEN, "updated_at": THEN - DAY}, "updated_at must be between created_at and now"),
        ({"created_at": THEN, "updated_at": now + DAY}, "updated_at must be between created_at and now"),
        ({"created_at": THEN.replace(tzinfo=None)}, "created_at must have a time zone"),
    ]
    for given, rule in wrong:
        with pytest.raises(InvalidInput, match=rule):
            if many:
                items = [NewMemory(content="x", **given)]
                await memories.add_many(tenant, agent_id=agent.id, items=items, on_duplicate=on_duplicate)
            else:
                await memories.add(tenant, agent_id=agent.id, content="x", on_duplicate=on_duplicate, **given)
    assert await memories.count(tenant) == 0


def test_lines_say_when_and_which(dsn: str, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "memories.jsonl"
    lines: list[dict[str, Any]] = [
        {"content": "second", "created_at": "2021-03-02T08:00:00Z", "updated_at": "2022-03-02T08:00:00Z"},
        {"content": "first", "created_at": "2020-03-02T08:00:00+01:00", "external_id": "doc 1"},
        {"content": "never", "created_at": "2999-03-02T08:00:00Z"},
        {"content": "never", "external_id": ""},
        {"content": "first, corrected", "external_id": "doc 1"},
    ]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    at = ("--dsn", dsn, "--org", "acme", "--agent", home.agent.slug, "--left-out", str(tmp_path / "left-out.jsonl"))
    for added in (2, 0):
        result = memdb("import", str(file), *at, "--skip-bad")
        assert "line 3: created_at must be between 1970 and now" in result.output
        assert "line 4: external_id must have 1 to 512 characters" in result.output
        assert imported(result.output) == {"lines": 5, "added": added, "same": 3, "differ": 0, "bad": 2, "digest": "differs"}
        stored = fetch(dsn, "SELECT content, external_id, created_at, updated_at > '2023-01-01' FROM memdb.memories ORDER BY id")
        assert stored == [
            ("first, corrected", "doc 1", datetime(2020, 3, 2, 7, tzinfo=UTC), True),
            ("second", None, datetime(2021, 3, 2, 8, tzinfo=UTC), False),
        ]
