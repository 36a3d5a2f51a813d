"""orbiter-memory's table, in PostgreSQL and in a file, adopted as the adapter reads it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from memdb import memories
from memdb.adapters import adoptable
from memdb.adapters.orbiter import HumanMemory, PostgresMemoryStore, SQLiteMemoryStore
from memdb.engine.database import Tenant
from memdb.errors import InvalidInput
from memdb.operations import adopting
from memdb.operations.adopting import Adopted, RowRefused, postgres
from tests.adopting.orbiter import ROWS, add, read, row, write, write_file
from tests.commands import memdb
from tests.server import execute

LONG = row(11, "x" * 8193)


async def adopt(tenant: Tenant, source: str, **options: Any) -> Adopted:
    (adopted,) = await adopting.adopt(tenant, adoptable.system("orbiter"), source, **options)
    return adopted


@pytest.fixture
def source(empty_dsn: str) -> str:
    write(empty_dsn)
    return empty_dsn


async def expected(tmp_path: Path) -> Any:
    """What orbiter's own rows say to memdb's store over orbiter's own file."""
    file = str(tmp_path / "expected.db")
    await asyncio.to_thread(write_file, file)
    async with SQLiteMemoryStore(file) as store:
        return await read(store)


@pytest.mark.parametrize("place", ["postgresql", "file"])
async def test_the_adapter_reads_what_was_there_and_a_second_run_adds_nothing(
    place: str, tenant: Tenant, empty_dsn: str, tmp_path: Path
) -> None:
    source = empty_dsn if place == "postgresql" else str(tmp_path / "items.db")
    await asyncio.to_thread(write if place == "postgresql" else write_file, source)
    adopted = await adopt(tenant, source)
    assert adopted == Adopted("items", len(ROWS), added=len(ROWS), same=len(ROWS), verified=True)
    wanted = await expected(tmp_path)
    async with PostgresMemoryStore(tenant) as store:
        found = await read(store)
    # What says no time is of when it came, and the newest.
    at_dawn = next(item for item in wanted["found"]["accepted"] if item["created_at"] == "at dawn")
    for each in (found, wanted):
        each["found"]["accepted"].remove(at_dawn)
    assert found == wanted
    assert await adopt(tenant, source) == Adopted("items", len(ROWS), same=len(ROWS), verified=True)


async def test_times_versions_and_what_no_item_has_are_kept(tenant: Tenant, source: str) -> None:
    await adopt(tenant, source)
    agent_id = (await memories.page(tenant))[0].agent_id
    first, ninth = await memories.get_many_by_external_ids(tenant, agent_id=agent_id, external_ids=["m-1", "m-9"])
    assert first.created_at.isoformat() == "2026-01-01T10:00:00.000001+00:00"
    assert (first.metadata["orbiter"], first.version) == ({"version": 3}, 1)
    assert ninth.metadata["orbiter"] == {"metadata": {"team": "blue"}, "extra_json": {"mood": "glad"}}


async def test_what_was_changed_since_stays_and_what_is_new_comes(tenant: Tenant, source: str) -> None:
    left: list[tuple[str, str]] = []
    await adopt(tenant, source)
    async with PostgresMemoryStore(tenant) as store:
        await store.add(HumanMemory(id="m-8", content="Said anew."))
        await store.add(HumanMemory(id="m-6", content="Is back."))
        add(source, [row(10, "Is new.")])
        adopted = await adopt(tenant, source, left_out=lambda stream, each: left.append((each.row, each.reason)))
        assert (adopted.rows, adopted.added, adopted.same, adopted.other, adopted.verified) == (10, 1, 8, 2, False)
        assert {name for name, _ in left} == {"m-6", "m-8"}
        assert [(await store.get(id)).content for id in ("m-8", "m-6", "m-10")] == ["Said anew.", "Is back.", "Is new."]


async def test_longer_contents_are_left_out_and_what_cannot_be_kept_is_named(tenant: Tenant, source: str) -> None:
    left: list[tuple[str, str]] = []
    too_much = row(12, "said", metadata={"extra": {"note": "x" * 8192}})
    add(source, [LONG, too_much, row(13, "of no status", status="lost"), row(14, "after it")])
    with pytest.raises(RowRefused, match=r"items: m-12: metadata must .*--skip-bad"):
        await adopt(tenant, source)
    async with PostgresMemoryStore(tenant) as store:
        assert await store.count() == 0
        adopted = await adopt(tenant, source, skip_bad=True, left_out=lambda stream, each: left.append((each.row, each.reason)))
        assert (adopted.rows, adopted.added, adopted.refused, adopted.left_out, adopted.verified) == (12, 10, 2, 1, False)
        assert await store.get("m-14") is not None
    assert (json.loads(left[0][0]), left[0][1]) == ({"id": "m-11"}, "content must have at most 8,192 characters, and has 8193")
    assert [name for name, _ in left[1:]] == ["m-12", "m-13"]
    assert "'lost' is not a valid MemoryStatus" in left[2][1]


async def test_a_run_that_was_broken_off_goes_on(tenant: Tenant, empty_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "READ_ROWS", 10)
    write(empty_dsn, [row(number, "said again and again") for number in range(10, 35)])

    def stop(now: adopting.Progress) -> None:
        if now.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await adopt(tenant, empty_dsn, progress=stop)
    adopted = await adopt(tenant, empty_dsn)
    assert (adopted.rows, adopted.added, adopted.same, adopted.verified) == (25, 15, 25, True)


async def test_another_table_and_no_table(tenant: Tenant, source: str) -> None:
    execute(source, "CREATE SCHEMA other", "ALTER TABLE memory_items SET SCHEMA other")
    with pytest.raises(InvalidInput, match="there is no table memory_items with content, created_at"):
        await adopt(tenant, source)
    assert (await adopt(tenant, source, tables={"memory_items": "other.memory_items"})).verified


def test_the_command(dsn: str, empty_dsn: str, tmp_path: Path) -> None:
    write(empty_dsn, [*ROWS, LONG])
    place = ("--dsn", dsn, "--org", "acme", "--create", "--left-out", str(tmp_path / "left-out.jsonl"))
    assert memdb("adopt", "orbiter", empty_dsn, *place, "--dry-run").exit_code == 0
    adopted = memdb("adopt", "orbiter", empty_dsn, *place)
    assert adopted.exit_code == 0
    assert "equal" in adopted.output
    (line,) = (tmp_path / "left-out.jsonl").read_text().splitlines()
    assert json.loads(line)["row"] == {"id": "m-11"}
    assert "must be one of langgraph," in memdb("adopt", "nothing", empty_dsn, *place).output
