"""What other systems keep, adopted from dumps of what their own packages wrote."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from memdb import items, retention, threads, users
from memdb.adapters import adoptable
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput
from memdb.operations import adopting
from memdb.operations.adopting import SYSTEMS, RowRefused, sqlite
from tests.adopting import mem0, openai_agents
from tests.adopting.writing import SYSTEMS as WRITTEN
from tests.adopting.writing import module_of
from tests.commands import memdb
from tests.server import execute, fetch

DUMPS = Path(__file__).parents[1] / "adopting"


def filled(dsn: str, system: str) -> str:
    execute(dsn, (DUMPS / f"{system.replace('-', '_')}.sql").read_text())
    return dsn


def expected(system: str) -> Any:
    return json.loads((DUMPS / f"{system.replace('-', '_')}.json").read_text())


@pytest.mark.parametrize("system", WRITTEN)
async def test_the_adapter_reads_what_the_system_read_and_a_second_run_adds_nothing(system: str, tenant: Tenant, empty_dsn: str) -> None:
    await adopt_twice(system, tenant, filled(empty_dsn, system))
    assert json.loads(json.dumps(await module_of(system).read(tenant))) == expected(system)


async def test_a_file_of_sessions_is_adopted(tenant: Tenant, tmp_path: Path) -> None:
    written = await asyncio.to_thread(openai_agents.write_file, str(tmp_path / "sessions.db"))
    await adopt_twice("openai-agents", tenant, str(tmp_path / "sessions.db"))
    assert json.dumps(await openai_agents.read(tenant)) == json.dumps(written)


async def test_a_file_may_be_a_url_of_sqlalchemys(tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await asyncio.to_thread(openai_agents.write_file, str(tmp_path / "sessions.db"))
    monkeypatch.chdir(tmp_path)
    for source in (f"sqlite+aiosqlite:///{tmp_path}/sessions.db", "sqlite:///sessions.db", "sqlite://sessions.db"):
        assert all(each.verified for each in await adopting.adopt(tenant, SYSTEMS["openai-agents"], source))
    with pytest.raises(InvalidInput, match=r"a file that is there, not none\.db"):
        await adopting.adopt(tenant, SYSTEMS["openai-agents"], "sqlite:///none.db")


async def test_mem0s_history_is_adopted_with_its_deletions(tenant: Tenant, tmp_path: Path) -> None:
    written = await asyncio.to_thread(mem0.write_file, str(tmp_path / "history.db"))
    await adopt_twice("mem0", tenant, str(tmp_path / "history.db"))
    assert await mem0.read_history(tenant) == written


async def adopt_twice(system: str, tenant: Tenant, source: str) -> None:
    adopted = await adopting.adopt(tenant, adoptable.system(system), source, tables=module_of(system).TABLES)
    assert all(each.verified and each.added == each.rows == each.same > 0 for each in adopted), adopted
    again = await adopting.adopt(tenant, adoptable.system(system), source, tables=module_of(system).TABLES)
    assert all(each.verified and each.added == 0 and each.same == each.rows for each in again), again


async def test_vectors_come_with_the_texts_that_they_are_of(dsn: str, tenant: Tenant, empty_dsn: str) -> None:
    source = filled(empty_dsn, "langgraph")
    value = {"a": [{"b": "first"}, {"b": "last"}], "o": {"x": {"c": "in x"}, "y": {"c": "in y"}}, "5": 5, "n": {"5": "five"}}
    paths = {
        "a[0].b": "first",
        "a[-1].b": "last",
        "a[*].b.1": "last",
        "o.*.c.0": "in x",
        "o.x.c": "in x",
        "n.5": "five",
        "5": "5",
        "o.x": '{"c": "in x"}',
        "gone.away": "",
    }
    execute(source, f"INSERT INTO store (prefix, key, value) VALUES ('paths', 'k', '{json.dumps(value)}')")
    for path in paths:
        execute(source, f"INSERT INTO store_vectors SELECT 'paths', 'k', '{path}', embedding FROM store_vectors LIMIT 1")
    adopted = await adopting.adopt(tenant, SYSTEMS["langgraph"], source)
    assert all(each.verified for each in adopted), adopted
    found = dict(
        fetch(dsn, "SELECT p.path, p.content FROM memdb.item_parts AS p JOIN memdb.items AS i ON i.id = p.item_id AND i.key = 'k'")
    )
    assert found == paths
    theirs = fetch(dsn, "SELECT p.content FROM memdb.item_parts AS p JOIN memdb.items AS i ON i.id = p.item_id AND i.key <> 'k' ORDER BY 1")
    assert [content for (content,) in theirs] == ["alpha", "beta", "has a red car", "plays the violin"]


@pytest.mark.parametrize("system", ["mem0", "llama-index"])
async def test_tables_of_another_schema_are_of_the_same_collections(system: str, tenant: Tenant, empty_dsn: str) -> None:
    source, module = filled(empty_dsn, system), module_of(system)
    named = {**SYSTEMS[system].tables, **module.TABLES}
    there = [name for name in named.values() if fetch(source, f"SELECT to_regclass('{name}') IS NOT NULL") == [(True,)]]
    execute(source, "CREATE SCHEMA app", *(f"ALTER TABLE {name} SET SCHEMA app" for name in there))
    moved = {known: f"app.{name}" for known, name in named.items() if name in there}
    await adopting.adopt(tenant, adoptable.system(system), source, tables=moved)
    assert json.loads(json.dumps(await module.read(tenant))) == expected(system)


async def test_a_value_that_the_source_cannot_read_is_told(tenant: Tenant, empty_dsn: str) -> None:
    source = filled(empty_dsn, "llama-index")
    node = "metadata_::jsonb || jsonb_build_object('_node_content', '{\"score\": NaN}')"
    execute(source, f"UPDATE data_docs SET metadata_ = ({node})::json WHERE id = (SELECT max(id) FROM data_docs)")
    told = 'source has nodes that cannot be read: invalid input syntax for type json: JSON data, line 1: {"score": NaN'
    with pytest.raises(InvalidInput, match=re.escape(told)):
        await adopting.adopt(tenant, SYSTEMS["llama-index"], source, tables={"vectors": "data_docs"})
    assert await items.count(tenant) == 0


async def test_what_was_changed_since_stays_and_what_is_new_comes(tenant: Tenant, empty_dsn: str) -> None:
    source, left = filled(empty_dsn, "langgraph"), []
    await adopting.adopt(tenant, SYSTEMS["langgraph"], source)
    await items.put(tenant, namespace=("users", "ada"), key="1", value={"text": "changed"})
    execute(source, "INSERT INTO store (prefix, key, value) VALUES ('users', 'new', '{}')")
    stored = (await adopting.adopt(tenant, SYSTEMS["langgraph"], source, left_out=lambda stream, row: left.append((stream, row.row))))[0]
    assert (stored.rows, stored.added, stored.same, stored.other, stored.verified) == (6, 1, 5, 1, False)
    assert ("items", "users.ada / 1") in left
    kept = await items.get(tenant, namespace=("users", "ada"), key="1")
    assert kept is not None
    assert kept.value == {"text": "changed"}


async def test_a_transcript_that_was_written_to_since_stays_and_another_grows(tenant: Tenant, empty_dsn: str) -> None:
    source = filled(empty_dsn, "openai-agents")
    await adopting.adopt(tenant, SYSTEMS["openai-agents"], source)
    await openai_agents.MemdbSession("ada", tenant).add_items([{"said": "since"}])
    for session in ("ada", ""):
        execute(source, f"INSERT INTO agent_messages (session_id, message_data) VALUES ('{session}', '{{\"more\": true}}')")
    _, entries = await adopting.adopt(tenant, SYSTEMS["openai-agents"], source)
    assert (entries.added, entries.other, entries.verified) == (1, 1, False)
    assert (await openai_agents.MemdbSession("", tenant).get_items())[1:] == [{"more": True}]
    assert (await openai_agents.MemdbSession("ada", tenant).get_items())[4:] == [{"said": "since"}]
    await openai_agents.MemdbSession("", tenant).add_items([{"said": "after"}])
    assert len(await openai_agents.MemdbSession("", tenant).get_items()) == 3


async def test_a_bad_row_is_named_and_skipped_only_when_told_to(tenant: Tenant, empty_dsn: str) -> None:
    source, left = filled(empty_dsn, "openai-agents"), []
    execute(source, "UPDATE agent_messages SET message_data = '{\"cut' WHERE session_id = 'ada' AND message_data LIKE '%reasoning%'")
    with pytest.raises(RowRefused, match=r"items: openai-agents / ada / 2: data must be JSON.*--skip-bad"):
        await adopting.adopt(tenant, SYSTEMS["openai-agents"], source)
    assert await openai_agents.MemdbSession("", tenant).get_items() == []
    for _ in range(2):
        _, entries = await adopting.adopt(
            tenant, SYSTEMS["openai-agents"], source, skip_bad=True, left_out=lambda stream, row: left.append((row.row, row.reason))
        )
    assert (entries.rows, entries.added, entries.same, entries.verified) == (5, 0, 4, False)
    assert left[0] == ("openai-agents / ada / 2", "data must be JSON")
    session = openai_agents.MemdbSession("ada", tenant)
    assert [each.get("content") for each in await session.get_items()][1:] == ["", ""]
    assert await session.pop_item() == {"role": "user", "content": ""}
    await session.add_items([{"said": "after"}])
    assert (await session.get_items(limit=2))[1] == {"said": "after"}


async def test_a_row_that_the_database_cannot_read_is_named(tenant: Tenant, tmp_path: Path) -> None:
    file = str(tmp_path / "sessions.db")
    await asyncio.to_thread(openai_agents.write_file, file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE agent_messages SET message_data = 'a' || char(0) WHERE id = 2")
    with pytest.raises(RowRefused, match=r"items: openai-agents / ada / .* 0x00"):
        await adopting.adopt(tenant, SYSTEMS["openai-agents"], file)
    _, entries = await adopting.adopt(tenant, SYSTEMS["openai-agents"], file, skip_bad=True)
    assert (entries.rows, entries.added, entries.refused) == (5, 4, 1)


async def test_embeddings_of_another_dimension_are_refused(tenant: Tenant, empty_dsn: str) -> None:
    execute(empty_dsn, "CREATE EXTENSION vector", "CREATE TABLE mem0 (id uuid PRIMARY KEY, vector vector, payload jsonb)")
    execute(empty_dsn, "INSERT INTO mem0 SELECT gen_random_uuid(), '[1,2,3]', '{}' FROM generate_series(1, 3)")
    with pytest.raises(
        RowRefused, match="embedding must have the dimension of its embedding space, 384 dimensions here: --embedding-model"
    ):
        await adopting.adopt(tenant, SYSTEMS["mem0"], empty_dsn)


async def test_what_was_broken_off_goes_on(tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_BATCH_ROWS", 50)
    file = str(tmp_path / "sessions.db")
    await asyncio.to_thread(openai_agents.write_file, file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany("INSERT INTO agent_messages (session_id, message_data) VALUES ('ada', ?)", ((str(n),) for n in range(500)))
    with pytest.raises(KeyboardInterrupt):
        await adopting.adopt(tenant, SYSTEMS["openai-agents"], file, progress=_stop_after(100))
    session = openai_agents.MemdbSession("ada", tenant)
    half = len(await session.get_items())
    assert 0 < half < 504
    _, entries = await adopting.adopt(tenant, SYSTEMS["openai-agents"], file)
    assert entries.verified
    assert entries.added == 504 - half
    assert (await session.get_items())[4:] == list(range(500))


def _stop_after(rows: int) -> Any:
    def progress(now: adopting.Progress) -> None:
        if now.done > rows:
            raise KeyboardInterrupt

    return progress


async def test_tables_of_an_earlier_version_are_read_and_of_another_system_refused(tenant: Tenant, empty_dsn: str) -> None:
    source = filled(empty_dsn, "langgraph")
    with pytest.raises(InvalidInput, match="there is no table mem0 with id, payload, vector"):
        await adopting.adopt(tenant, SYSTEMS["mem0"], source)
    with pytest.raises(InvalidInput, match="must be a postgresql:// URL, for langgraph"):
        await adopting.adopt(tenant, SYSTEMS["langgraph"], str(DUMPS / "langgraph.sql"))
    execute(
        source, "ALTER TABLE checkpoint_writes DROP COLUMN task_path", "ALTER TABLE store DROP COLUMN expires_at, DROP COLUMN ttl_minutes"
    )
    adopted = await adopting.adopt(tenant, SYSTEMS["langgraph"], source)
    assert [each.verified for each in adopted] == [True] * 5
    execute(source, "ALTER TABLE checkpoints DROP COLUMN metadata")
    with pytest.raises(InvalidInput, match="the checkpoints are read from: there is no column metadata in checkpoints"):
        await adopting.adopt(tenant, SYSTEMS["langgraph"], source)


async def test_tables_with_pickles_are_told_how_to_be_migrated(tenant: Tenant, empty_dsn: str) -> None:
    execute(filled(empty_dsn, "google-adk"), "ALTER TABLE events DROP COLUMN event_data")
    with pytest.raises(
        InvalidInput, match=r"no column event_data in events; known are the tables of google-adk 2 .* `adk migrate session`"
    ):
        await adopting.adopt(tenant, SYSTEMS["google-adk"], empty_dsn)


async def test_what_is_adopted_is_erased_with_its_user(db: Database, tenant: Tenant, empty_dsn: str) -> None:
    ada = await users.create(tenant, email="ada@acme.example", name="Ada")
    await adopting.adopt(tenant, SYSTEMS["langgraph"], filled(empty_dsn, "langgraph"), user_id=ada.id)
    assert await items.count(tenant) > 0
    await retention.erase_user(db.admin(tenant.org_id), user_id=ada.id)
    assert await items.count(tenant) == 0
    assert await threads.count(tenant) == 0


def test_the_command(dsn: str, empty_dsn: str, tmp_path: Path) -> None:
    source, left_out = filled(empty_dsn, "langgraph"), tmp_path / "left-out.jsonl"
    place = ("--dsn", dsn, "--org", "acme", "--create", "--left-out", str(left_out))
    dry = memdb("adopt", "langgraph", source, *place, "--dry-run")
    assert dry.exit_code == 0
    assert "38" in dry.output
    assert fetch(dsn, "SELECT count(*) FROM memdb.organizations") == [(0,)]
    adopted = memdb("adopt", "langgraph", source, *place, "--agent", "graph")
    assert adopted.exit_code == 0
    assert adopted.output.count("equal") == 5
    assert json.loads(left_out.read_text().splitlines()[0])["stream"] == "vectors of items"
    for missing in (("--org", "none"), ("--org", "acme", "--agent", "none")):
        assert "none; --create makes what is missing" in memdb("adopt", "langgraph", source, "--dsn", dsn, *missing).stderr
    assert "there is no table other" in memdb("adopt", "mem0", source, *place, "--table", "memories=other").output


@pytest.mark.slow
def test_a_command_that_is_killed_goes_on(dsn: str, tmp_path: Path) -> None:
    file = str(tmp_path / "sessions.db")
    openai_agents.write_file(file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany(
            "INSERT INTO agent_messages (session_id, message_data) VALUES ('ada', ?)", ((str(n),) for n in range(100_000))
        )
    command = ["adopt", "openai-agents", file, "--dsn", dsn, "--org", "killed", "--create", "--left-out", str(tmp_path / "left-out.jsonl")]
    entries = "SELECT count(*) FROM memdb.transcript_entries AS e JOIN memdb.organizations AS o ON o.id = e.org_id AND o.slug = 'killed'"
    with subprocess.Popen([sys.executable, "-m", "memdb", *command], stdout=subprocess.DEVNULL) as process:
        while not fetch(dsn, entries)[0][0]:
            assert process.poll() is None
        process.kill()
    ((half,),) = fetch(dsn, entries)
    assert half % 5000 == 0
    assert half < 100_005
    assert memdb(*command).exit_code == 0
    assert fetch(dsn, entries) == [(100_005,)]
