"""The migrations: applied by yoyo and by memdb, twice, from two processes at once, up, down and up again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from yoyo import get_backend

import memdb
from memdb import (
    archives,
    attributes,
    checkpoints,
    clusters,
    edges,
    entities,
    events,
    facts,
    insights,
    intentions,
    items,
    memories,
    messages,
    observations,
    profiles,
    prompts,
    roles,
    session_events,
    sessions,
    spaces,
    summaries,
    threads,
    transcripts,
    triples,
    upkeep,
    users,
)
from memdb.constraints import CHECKS, REFERENCES, UNIQUES
from memdb.edges import NewEdge
from memdb.engine.resources import MIGRATIONS, migration_ids
from memdb.entities import Entity
from memdb.errors import InvalidInput, PermissionDenied, ServerUnreachable
from memdb.facts import Fact
from memdb.items import NewPart
from memdb.messages import NewMessage, ToolCall
from memdb.observations import NewObservation
from memdb.operations.migrate import Backend, MigrationsLocked, migrate
from memdb.threads import NewValue, NewWrite
from tests.conftest import Home, settle, vector
from tests.server import Databases, down_to, execute, fetch, memdb_migrations, up_to, with_login

ROOT = Path(__file__).parents[2]
SNAPSHOT = Path(__file__).parent / "schema.sql"


def _objects(dsn: str) -> list[tuple[object, ...]]:
    return fetch(
        dsn,
        "SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = 'memdb'",
    )


def _yoyo(command: str, dsn: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "yoyo", command, "--batch"],
        cwd=ROOT,
        env={**os.environ, "MEMDB_DSN": dsn, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_migrate_reports_what_it_applies_and_may_run_twice(empty_dsn: str) -> None:
    reported: list[str] = []
    assert migrate(empty_dsn, report=reported.append) == migration_ids() == reported
    assert migrate(empty_dsn) == []


@pytest.mark.slow
def test_yoyo_applies_by_itself(empty_dsn: str) -> None:
    result = _yoyo("apply", empty_dsn, MEMDB_EMBEDDING_DIM="8")
    assert result.returncode == 0, result.stderr
    assert migrate(empty_dsn) == []
    assert _dimension(empty_dsn) == 8


def _dimension(dsn: str) -> object:
    (row,) = fetch(dsn, "SELECT dimension FROM memdb.embedding_spaces WHERE space = 1")
    return row[0]


@pytest.mark.parametrize(("dimension", "found"), [(None, 384), pytest.param(1, 1, marks=pytest.mark.slow), (4000, 4000)])
def test_the_dimension_is_chosen_when_applied(empty_dsn: str, dimension: int | None, found: int) -> None:
    migrate(empty_dsn, dimension=dimension)
    assert _dimension(empty_dsn) == found


@pytest.mark.parametrize("dimension", [0, 4001, -1])
def test_an_impossible_dimension_is_refused_before_anything_is_applied(empty_dsn: str, dimension: int) -> None:
    with pytest.raises(InvalidInput, match="between 1 and 4000"):
        migrate(empty_dsn, dimension=dimension)
    assert _objects(empty_dsn) == []


def test_two_processes_at_once_apply_each_migration_once(empty_dsn: str) -> None:
    command = [sys.executable, "-c", "import sys; from memdb.operations.migrate import migrate; print(*migrate(sys.argv[1]))", empty_dsn]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert sorted(" ".join(out for out, _ in outputs).split()) == migration_ids()


def test_the_lock_is_that_of_a_session(dsn: str, empty_dsn: str) -> None:
    with get_backend(f"memdb+{dsn}") as up_to_date, up_to_date.lock():
        assert migrate(dsn, timeout=0.2) == []
    with get_backend(f"memdb+{empty_dsn}") as other:
        # As yoyo's own lock, which an older memdb may have left when it was killed.
        execute(empty_dsn, "INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, now(), 1)")
        with other.lock():
            with pytest.raises(MigrationsLocked, match=r"another process .* more than 0.2 s"):
                migrate(empty_dsn, timeout=0.2)
            # As the kernel does when the process is killed.
            other.connection.close()
            assert migrate(empty_dsn, timeout=20) == migration_ids()


def test_a_migration_is_applied_and_recorded_or_neither(empty_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(Exception):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Backend, "mark_one", killed)
        with pytest.raises(Killed):
            migrate(empty_dsn)
    up_to(empty_dsn, "0002")
    with monkeypatch.context() as patched:
        patched.setattr(Backend, "unmark_one", killed)
        with pytest.raises(Killed):
            down_to(empty_dsn, "0000")
    up_to(empty_dsn, "0003")
    down_to(empty_dsn, "0000")


def test_a_migrations_settings_are_not_the_next_ones(empty_dsn: str) -> None:
    with get_backend(f"memdb+{empty_dsn}") as backend, backend.lock():
        before = backend.execute("SHOW work_mem").fetchone()
        backend.execute("SET work_mem = '1MB'")
        backend.apply_one(memdb_migrations()[0])
        assert backend.execute("SHOW work_mem").fetchone() == before != ("1MB",)


def test_up_down_up(empty_dsn: str) -> None:
    migrate(empty_dsn)
    before = _structure(empty_dsn)
    with get_backend(f"memdb+{empty_dsn}") as backend, backend.lock():
        backend.rollback_migrations(backend.to_rollback(memdb_migrations()))
    assert _objects(empty_dsn) == []
    assert fetch(empty_dsn, "SELECT FROM pg_namespace WHERE nspname = 'memdb'") == []
    assert migrate(empty_dsn) == migration_ids()
    assert _structure(empty_dsn) == before


def test_each_rollback_leaves_the_mark_of_the_migration_before(dsn: str) -> None:
    ids = migration_ids()
    with get_backend(f"memdb+{dsn}") as backend, backend.lock():
        newest_first = backend.to_rollback(memdb_migrations())
        for before, migration in zip(ids[-2::-1], newest_first, strict=False):
            backend.rollback_one(migration)
            (comment,) = fetch(dsn, "SELECT obj_description('memdb'::regnamespace)")
            assert comment == (f"memdb {before}",)


def test_the_imaginary_rows_are_gone_and_their_statistics_stay(dsn: str) -> None:
    assert fetch(dsn, "SELECT FROM memdb.memories") == fetch(dsn, "SELECT FROM memdb.agents") == []
    (live,) = fetch(dsn, "SELECT null_frac FROM pg_stats WHERE schemaname = 'memdb' AND tablename = 'memories' AND attname = 'deleted_at'")
    assert live[0] > 0.9
    (agents,) = fetch(dsn, "SELECT n_distinct FROM pg_stats WHERE tablename = 'memories' AND attname = 'agent_id'")
    assert agents[0] == 10


def test_every_constraint_has_its_error(dsn: str) -> None:
    found = fetch(
        dsn,
        """
        SELECT c.contype, c.conname FROM pg_constraint AS c
        WHERE c.connamespace = 'memdb'::regnamespace AND c.contype IN ('c', 'f', 'p', 'u')
        UNION ALL
        SELECT 'u', i.indexrelid::regclass::text FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid
        WHERE t.relnamespace = 'memdb'::regnamespace AND i.indisunique AND NOT i.indisprimary
        """,
    )
    names: dict[str, set[str]] = {"c": set(), "f": set(), "u": set()}
    for kind, name in found:
        names[{b"p": "u", "p": "u"}.get(kind, kind)].add(str(name).removeprefix("memdb."))  # type: ignore[call-overload]
    assert names == {"c": set(CHECKS), "f": set(REFERENCES), "u": set(UNIQUES)}


def test_the_schema_is_the_snapshot(dsn: str) -> None:
    (version,) = fetch(dsn, "SHOW server_version_num")
    if not str(version[0]).startswith("18"):
        pytest.skip("the snapshot is PostgreSQL 18's; other versions print the same schema differently")
    if os.environ.get("MEMDB_UPDATE_SNAPSHOT"):
        SNAPSHOT.write_text(_structure(dsn))
    assert _structure(dsn) == SNAPSHOT.read_text(), "run `make snapshot` and read the difference"


def _structure(dsn: str) -> str:
    """The schema as pg_dump tells it, less what differs from run to run."""
    from memdb.operations.embedded import POSTGRES_BIN_PATH

    result = subprocess.run(
        [str(POSTGRES_BIN_PATH / "pg_dump"), "--schema-only", "--schema=memdb", "--no-owner", dsn],
        capture_output=True,
        text=True,
        check=True,
    )
    kept = [line for line in result.stdout.splitlines() if not re.match(r"--|\\(un)?restrict|SET |SELECT pg_catalog", line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip() + "\n"


def test_a_fallback_id_is_a_uuidv7_and_ascends(empty_dsn: str) -> None:
    """PostgreSQL 16 and 17 have no uuidv7(): the body that they get is tried here, whatever the server."""
    text = (MIGRATIONS / "0001_foundation.sql").read_text()
    body = text.split("AS $body$")[1].split("$body$")[0]
    execute(empty_dsn, f"CREATE FUNCTION public.new_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$ {body} $$")
    with psycopg.connect(empty_dsn) as connection:
        made = [row[0] for row in connection.execute("SELECT public.new_id() FROM generate_series(1, 2000)")]
        now = connection.execute("SELECT extract(epoch FROM clock_timestamp()) * 1000").fetchone()
    assert all(each.version == 7 and each.variant == "specified in RFC 4122" for each in made)
    assert len(set(made)) == 2000
    assert [each.int >> 64 for each in made] == sorted(each.int >> 64 for each in made)
    assert now is not None
    assert abs((made[-1].int >> 80) - float(now[0])) < 60_000


def test_an_unreachable_server_is_named() -> None:
    with pytest.raises(ServerUnreachable):
        migrate("postgresql://nobody@127.0.0.1:1/none")


_GRANTS = {
    "creates_roles": "CREATEROLE",
    "was_granted_them": "NOCREATEROLE",
    "was_granted_nothing": "NOCREATEROLE",
}


@pytest.mark.parametrize("owner", ["creates_roles", *(pytest.param(each, marks=pytest.mark.slow) for each in sorted(_GRANTS)[1:])])
async def test_an_owner_who_is_no_superuser_can_migrate(empty_dsn: str, databases: Databases, owner: str) -> None:
    """Where the roles exist already, no right on them is needed; acting as them is."""
    with databases.migrated():
        pass
    database = empty_dsn.partition("?")[0].rpartition("/")[2]
    execute(
        empty_dsn,
        f"DO $$ BEGIN CREATE ROLE {owner} LOGIN {_GRANTS[owner]}; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "CREATE EXTENSION IF NOT EXISTS vector",
        f"GRANT ALL ON DATABASE {database} TO {owner}",
        f"GRANT ALL ON SCHEMA public TO {owner}",
    )
    if owner != "was_granted_nothing":
        execute(empty_dsn, f"GRANT memdb_app, memdb_admin TO {owner} WITH INHERIT FALSE, SET TRUE")
    dsn = with_login(empty_dsn, owner)
    assert migrate(dsn) == migration_ids()
    if owner == "was_granted_nothing":
        with pytest.raises(PermissionDenied):
            await memdb.connect(dsn)
    else:
        async with memdb.connect(dsn) as db:
            await memdb.organizations.create(db.admin(), slug="acme", name="Acme")
    with get_backend(f"memdb+{dsn}") as backend, backend.lock():
        backend.rollback_migrations(backend.to_rollback(memdb_migrations()))
    assert _objects(empty_dsn) == []


@pytest.mark.slow
def test_what_was_stored_before_the_life_of_memories_stays(empty_dsn: str) -> None:
    """Up with data: what was observed is valid since then. Down with data: states that the older schema cannot say become archived."""
    migrations = memdb_migrations()
    with get_backend(f"memdb+{empty_dsn}") as backend, backend.lock():
        backend.apply_migrations(backend.to_apply(migrations.filter(lambda each: each.id < "0004")))
    execute(
        empty_dsn,
        "INSERT INTO memdb.organizations (slug, name) VALUES ('acme', 'Acme')",
        "INSERT INTO memdb.agents (org_id, slug, name) SELECT id, 'helper', 'Helper' FROM memdb.organizations",
        "INSERT INTO memdb.memories (org_id, agent_id, content, observed_at) SELECT org_id, id, 'x', '2020-01-01Z' FROM memdb.agents",
        """
        INSERT INTO memdb.memory_versions (org_id, memory_id, confidence, version, operation, category, status, content, tags, metadata)
        SELECT org_id, id, confidence, 1, 'create', category, status, content, tags, metadata FROM memdb.memories
        """,
    )
    assert migrate(empty_dsn) == [name for name in migration_ids() if name > "0004"]
    assert fetch(empty_dsn, "SELECT valid_from = observed_at, valid_until, usefulness, labels FROM memdb.memories") == [
        (True, None, 0.5, {})
    ]
    execute(
        empty_dsn,
        "UPDATE memdb.memories SET status = 'draft'",
        "UPDATE memdb.memory_versions SET operation = 'revert', status = 'discarded'",
    )
    with get_backend(f"memdb+{empty_dsn}") as backend, backend.lock():
        backend.rollback_migrations(backend.to_rollback(migrations.filter(lambda each: each.id > "0004")))
    assert fetch(empty_dsn, "SELECT content, status FROM memdb.memories") == [("x", "archived")]
    assert fetch(empty_dsn, "SELECT operation, status FROM memdb.memory_versions") == [("update", "archived")]
    assert len(migrate(empty_dsn)) == len(migration_ids()) - 3


# What each migration of conversations brought, with what must survive while it is there.
_TABLES = {
    "0012": ("sessions", "messages", "message_embeddings", "session_summaries"),
    "0013": ("checkpoints", "session_events"),
    "0014": ("session_observations", "observation_embeddings"),
    "0015": ("roles", "role_abilities", "prompt_versions", "prompts"),
}
_BEFORE = ("memories", "memory_embeddings", "embedding_spaces")
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def _rows(
    dsn: str,
    tables: Iterable[str],
    less: Iterable[str] = (
        *("moving", "seal", "version", "updated_at", "parts", "calls", "apart", "search", "kept", "external_id", "session_offset"),
    ),
) -> dict[str, list[tuple[object, ...]]]:
    """Every column of every row, less what archiving changes, what later migrations add or read otherwise, and outdated embeddings."""
    changed = f"'{{{','.join(less)}}}'"
    return {
        table: fetch(
            dsn,
            f"""
            SELECT r::text FROM (SELECT to_jsonb(t) - {changed}::text[] AS r FROM memdb.{table} AS t) AS t
            WHERE r -> 'embedding' IS DISTINCT FROM 'null'
            ORDER BY 1
            """,
        )
        for table in tables
    }


async def _converse(home: Home, note: str) -> UUID:
    """A session of long ago with something in every table: messages that were edited, deleted, embedded; a summary that is stale."""
    tenant, agent = home
    id = (await sessions.start(tenant, agent_id=agent.id, started_at=_LONG_AGO, external_id=note)).session.id
    sent = [
        NewMessage(role="user", content=f"{note} {n}", embedding=vector(n), metadata={"n": [n, None]}, sent_at=_LONG_AGO) for n in range(6)
    ]
    sent += [
        NewMessage(role="assistant", tool_calls=[ToolCall("a", "f", {"x": 1.5}), ToolCall("b", "g")], model="m", sent_at=_LONG_AGO),
        NewMessage(role="tool", tool_call_id="a", content="done", sent_at=_LONG_AGO),
    ]
    said = await messages.append_many(tenant, session_id=id, items=sent)
    await summaries.add(tenant, session_id=id, strategy="rolling", first_position=1, last_position=3, content=note)
    await messages.update(tenant, id=said[1].id, content=f"{note} again", embedding=vector(9))
    await messages.update(tenant, id=said[2].id, name="Ada")
    await messages.delete(tenant, id=said[4].id)
    noted = [NewObservation(content=f"{note} {n}", session_id=id, embedding=vector(n), message_ids=[said[n].id]) for n in range(2)]
    await observations.add_many(tenant, agent_id=agent.id, items=noted)
    await checkpoints.record(tenant, session_id=id, turn=1, input_tokens=3)
    await session_events.append(tenant, session_id=id, kind="x", data={"k": 1})
    return id


@pytest.mark.slow
async def test_conversations_stay_up_and_down(empty_dsn: str) -> None:
    """Each step back keeps what the schema before can hold, with the schema as it was; what was archived is among the messages again."""
    structures = {}
    for level in ("0011", *_TABLES, "0016"):
        up_to(empty_dsn, level)
        structures[level] = _structure(empty_dsn)
    migrate(empty_dsn)
    async with memdb.connect(empty_dsn, admin_role=None) as owner:
        await spaces.rename(owner.admin(), model="large")
        await spaces.create(owner.admin(), dimension=3, model="small")
        home = await settle(owner, "acme")
        await _converse(await settle(owner, "rival"), "theirs")
        admin = owner.admin(home.tenant.org_id)
        await memories.add(home.tenant, agent_id=home.agent.id, content="Ada runs", embedding=vector(1))
        role = await roles.create(home.tenant, name="helper")
        await roles.grant_ability(home.tenant, id=role.id, ability="speak")
        await prompts.publish(home.tenant, role_id=role.id, content="Be brief.", activate=True)
        whole, half, closed, returning, kept, deep = [await _converse(home, f"session {n}") for n in range(6)]
        await sessions.close(home.tenant, id=closed, status="error")
        async with memdb.connect(empty_dsn, embedding_model="small") as small:
            for each in await messages.unembedded(small.tenant(home.tenant.org_id), session_id=whole):
                assert await messages.embed(
                    small.tenant(home.tenant.org_id), id=each.id, version=each.version, embedding=[1, 0, each.position]
                )
        execute(
            empty_dsn,
            "UPDATE memdb.sessions SET active_at = '2020-01-01'",
            f"UPDATE memdb.sessions SET active_at = now() WHERE id = '{kept}'",
        )
        tables = (*_BEFORE, *(table for group in _TABLES.values() for table in group))
        before = _rows(empty_dsn, tables)

        for id in (whole, half, closed, returning):
            assert await archives.cold.begin(admin, id=id, idle_since=_LONG_AGO + timedelta(days=1))
            while await archives.cold.move_out(admin, id=id, limit=3) == 3 and id != half:
                pass
        await archives.cold.begin_return(admin, id=returning)
        await archives.cold.move_in(admin, id=returning, limit=2)
    assert fetch(empty_dsn, "SELECT count(*) FROM memdb.archived_messages") == [(8 + 3 + 8 + 6,)]
    for _ in range(2):
        down_to(empty_dsn, "0015")
        assert _rows(empty_dsn, tables) == before
        assert migrate(empty_dsn)[0] == "0016_archive"
        assert _rows(empty_dsn, tables) == before

    async with memdb.connect(empty_dsn) as db:
        admin = db.admin(home.tenant.org_id)
        assert (await archives.archive(admin, idle_since=_LONG_AGO + timedelta(days=1), batch=5)).messages == 5 * 8
        rows = [row async for row in archives.export(admin, id=deep)]
        await archives.leave(admin, id=deep, archived_to="elsewhere", messages=8)
    down_to(empty_dsn, "0015")
    assert fetch(empty_dsn, "SELECT id, archived_to FROM memdb.sessions WHERE status = 'deep_archived'") == [(deep, "elsewhere")]
    assert migrate(empty_dsn)[0] == "0016_archive"
    async with memdb.connect(empty_dsn) as db:
        await archives.bring_back(db.admin(home.tenant.org_id), id=deep, rows=rows)
        await archives.restore(db.admin(home.tenant.org_id), id=deep)
    assert _rows(empty_dsn, tables) == before

    left = [*_BEFORE, *(table for group in _TABLES.values() for table in group)]
    for level in ("0015", "0014", "0013", "0012", "0011"):
        down_to(empty_dsn, level)
        left = [table for table in left if not any(table in group for last, group in _TABLES.items() if last > level)]
        assert _rows(empty_dsn, left) == {table: before[table] for table in left}, level
    assert left == list(_BEFORE)
    assert migrate(empty_dsn) == [name for name in migration_ids() if name[:4] > "0011"]
    async with memdb.connect(empty_dsn, admin_role=None) as owner:
        await _converse(Home(owner.tenant(home.tenant.org_id), home.agent), "anew")
        await spaces.drop(owner.admin(), number=2)
    down_to(empty_dsn, "0016")
    for level in ("0015", "0014", "0013", "0012", "0011"):
        assert _structure(empty_dsn) == structures[f"{int(level) + 1:04}"]
        down_to(empty_dsn, level)
    assert _structure(empty_dsn) == structures["0011"]


async def _learn(home: Home, note: str) -> None:
    """Something in every table of knowledge: what was ended, merged, deleted, embedded and counted among it."""
    tenant, agent = home
    user = await users.create(tenant, email=f"{note}@example.com")
    happened = await events.add(tenant, agent_id=agent.id, content=note, embedding=vector(1), trace={"k": [1, None]}, user_id=user.id)
    ada, addie, bob = [await entities.see(tenant, agent_id=agent.id, type="person", name=name) for name in ("Ada", "Addie", "Bob")]
    await entities.add_alias(tenant, entity_id=ada.id, alias="A.")
    await entities.update(tenant, id=ada.id, summary=note, embedding=vector(2))
    await attributes.register(tenant, key="city", time_to_live=timedelta(days=30))

    async def say(about: Entity, **given: Any) -> Fact:
        return (await facts.assert_(tenant, agent_id=agent.id, entity_id=about.id, **given)).fact

    rome = await say(ada, content="Ada lives in Rome", attribute="city", value="Rome", valid_from=_LONG_AGO, event_id=happened.id)
    oslo = await say(ada, content="Ada lives in Oslo", attribute="city", value="Oslo", embedding=vector(3), entities=[bob.id])
    sings = await say(ada, content="she sings", metadata={"n": 1})
    await say(addie, content="she sings", confidence=0.9)
    await facts.correct(tenant, id=sings.id, content="she sang")
    await facts.delete(tenant, id=(await say(bob, content="Bob rows")).id)
    known = [NewEdge(source_id=one.id, target_id=bob.id, type="knows", fact_id=oslo.id) for one in (ada, addie)]
    made = await edges.assert_many(tenant, items=[*known, NewEdge(source_id=ada.id, target_id=addie.id, type="is")])
    await edges.record_use(tenant, ids=[each.id for each in made])
    await upkeep.age_edges(tenant, agent_id=agent.id)
    await entities.merge(tenant, id=addie.id, into_id=ada.id, reason=note)
    merged = await entities.merge(tenant, id=bob.id, into_id=ada.id)
    await entities.undo_merge(tenant, merge_id=merged.id)
    cluster = await clusters.create(tenant, agent_id=agent.id, label=note, fact_ids=[rome.id, oslo.id])
    await clusters.refresh(tenant, id=cluster.id)
    insight = await insights.add(
        tenant, agent_id=agent.id, title=note, content="She moves", embedding=vector(4), fact_ids=[oslo.id], event_ids=[happened.id]
    )
    await insights.retire(tenant, id=insight.id)
    await intentions.add(tenant, agent_id=agent.id, trigger="topic", condition="Oslo", action="ask", embedding=vector(5))
    await upkeep.refresh_vitality(tenant, agent_id=agent.id)
    for document in ({"name": note}, {"name": note, "tags": [1, None]}):
        await profiles.put(tenant, user_id=user.id, document=document)
    await triples.assert_(tenant, subject="Ada", predicate="lives in", object="Oslo", user_id=user.id, embedding=vector(6), confidence=0.5)
    await threads.put(tenant, thread_id=note, id="1", versions={"a": 1}, values=[NewValue("a", 1, "json", b"[]")], user_id=user.id)
    part = NewPart(path="name", content=note, embedding=vector(7))
    await items.put(tenant, namespace=("notes",), key=note, value={"name": note}, parts=[part], user_id=user.id)
    await threads.put_writes(tenant, thread_id=note, checkpoint_id="1", task_id="x", writes=[NewWrite(0, "a", "json", b"1")])
    await transcripts.append(tenant, id=note, items=[{"said": note}], user_id=user.id)


def _tables(dsn: str) -> set[str]:
    found = fetch(
        dsn,
        "SELECT relname FROM pg_class WHERE relnamespace = 'memdb'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition",
    )
    return {str(name) for (name,) in found}


@pytest.mark.parametrize("oldest", [*(pytest.param(each, marks=pytest.mark.slow) for each in ("0016", "0032", "0040")), "0044"])
async def test_knowledge_stays_up_and_down(empty_dsn: str, oldest: str) -> None:
    """Each step back keeps all that the schema before has room for, and so does the way up again; the schema is as it was."""
    levels = [name[:4] for name in migration_ids() if name[:4] >= oldest]
    structures, tables = {}, {}
    for level in levels:
        up_to(empty_dsn, level)
        structures[level], tables[level] = _structure(empty_dsn), _tables(empty_dsn)
    async with memdb.connect(empty_dsn, admin_role=None) as owner:
        await spaces.rename(owner.admin(), model="large")
        await spaces.create(owner.admin(), dimension=3, model="small")
        home = await settle(owner, "acme")
        await _converse(home, "ours")
        for each, note in ((home, "ours"), (await settle(owner, "rival"), "theirs")):
            await _learn(each, note)
        async with memdb.connect(empty_dsn, embedding_model="small") as small:
            there = small.tenant(home.tenant.org_id)
            for happened in await events.unembedded(there):
                assert await events.embed(there, id=happened.id, embedding=[1, 0, 0])
            for area in (entities, facts, insights, intentions, triples):
                for known in await area.unembedded(there):
                    assert await area.embed(there, id=known.id, version=known.version, embedding=[1, 0, 0])

    def rows(level: str) -> dict[str, list[tuple[object, ...]]]:
        # Of what later migrations added to a table, nothing can stay; the words are read otherwise since 0032.
        added = {"aged_at": "0022", "said": "0029", "past": "0029", "parts": "0030", "calls": "0030", "apart": "0031", "search": "0032"}
        added |= {"kept": "0039", "external_id": "0039"}
        return _rows(empty_dsn, tables[level], less=[name for name, since in added.items() if level < since])

    new = tables[levels[-1]] - tables[oldest]
    assert not [table for table, found in rows(levels[-1]).items() if table in new and not found]
    before = {level: rows(level) for level in levels}
    for lower, level in reversed(list(pairwise(levels))):
        down_to(empty_dsn, lower)
        assert _tables(empty_dsn) == tables[lower]
        assert rows(lower) == before[lower], level
        up_to(empty_dsn, level)
        assert rows(lower) == before[lower], level
        down_to(empty_dsn, lower)

    migrate(empty_dsn)
    async with memdb.connect(empty_dsn, admin_role=None) as owner:
        await _learn(await settle(owner, "late"), "anew")
        await spaces.drop(owner.admin(), number=2)
    for level in reversed(levels):
        down_to(empty_dsn, level)
        assert _structure(empty_dsn) == structures[level]


async def test_an_export_of_an_older_schema_comes_back(empty_dsn: str) -> None:
    """Its rows have no columns that are younger, and their seals neither."""
    up_to(empty_dsn, "0029")
    execute(
        empty_dsn,
        "INSERT INTO memdb.organizations (slug, name) VALUES ('acme', 'Acme')",
        "INSERT INTO memdb.agents (org_id, slug, name) SELECT id, 'helper', 'Helper' FROM memdb.organizations",
        """
        INSERT INTO memdb.sessions (org_id, agent_id, status, archived_at, seal, last_position, messages, archived_to)
        SELECT org_id, id, 'deep_archived', now(), gen_random_uuid(), 2, 2, 'elsewhere' FROM memdb.agents
        """,
        """
        INSERT INTO memdb.archived_messages (
            org_id, id, session_id, created_at, updated_at, sent_at, position, version, tokens, embedded, role, open_calls, language,
            content, tool_calls, metadata, spaces, embeddings
        )
        SELECT
            s.org_id, gen_random_uuid(), s.id, now(), now(), now(), m.position, 1, 2, false, m.role, '{}', 'english', m.content, m.calls,
            '{}', '{}', '{}'
        FROM memdb.sessions AS s,
            (VALUES (1, 'user', 'Warm?', '[]'::jsonb), (2, 'assistant', '', '[{"id": "a", "name": "f", "arguments": {"x": 1.50}}]'))
            AS m (position, role, content, calls)
        """,
    )
    exported = fetch(
        empty_dsn,
        """
        SELECT to_jsonb(m) - 'org_id' || jsonb_build_object(
            'tool_calls', m.tool_calls::text, 'metadata', m.metadata::text, 'seal', memdb.seal_of(m, s.seal)
        )
        FROM memdb.archived_messages AS m JOIN memdb.sessions AS s ON s.id = m.session_id ORDER BY m.position
        """,
    )
    ((org_id, session_id),) = fetch(empty_dsn, "SELECT org_id, id FROM memdb.sessions")
    execute(empty_dsn, "DELETE FROM memdb.archived_messages")
    migrate(empty_dsn)
    rows: list[Any] = [row for (row,) in exported]
    assert not rows[0].keys() & {"parts", "calls"}
    async with memdb.connect(empty_dsn) as db:
        admin = db.admin(org_id)  # type: ignore[arg-type]
        with pytest.raises(InvalidInput, match="as they were exported last"):
            await archives.bring_back(admin, id=session_id, rows=[rows[0] | {"parts": "[]"}])  # type: ignore[arg-type]
        await archives.bring_back(admin, id=session_id, rows=rows)  # type: ignore[arg-type]
        await archives.restore(admin, id=session_id)  # type: ignore[arg-type]
        said = await messages.page(db.tenant(org_id), session_id=session_id)  # type: ignore[arg-type]
    assert [(message.content, message.tool_calls) for message in said] == [("Warm?", []), ("", [ToolCall("a", "f", {"x": 1.5})])]


@pytest.mark.slow
async def test_messages_that_an_older_schema_cannot_hold_are_not_rolled_back(empty_dsn: str) -> None:
    migrate(empty_dsn)
    new: list[dict[str, Any]] = [
        {"role": "user", "content": [{"type": "text", "text": "x"}]},
        {"role": "developer", "content": "x"},
        {"role": "user", "content": "x" * 100_001},
        {"role": "assistant", "tool_calls": [ToolCall("a", "f", "{}")]},
        {"role": "assistant", "tool_calls": [ToolCall("a", "f", {"b": "x" * 65_536, "a": "y"})]},
    ]
    async with memdb.connect(empty_dsn) as db:
        home = await settle(db, "acme")
        session = (await sessions.start(home.tenant, agent_id=home.agent.id, started_at=_LONG_AGO)).session
        given = {"longer": 1, "b": 2.5, "a": [1e16]}
        kept = await messages.append(home.tenant, session_id=session.id, role="assistant", tool_calls=[ToolCall("a", "f", given)])
    for n, item in enumerate(new):
        async with memdb.connect(empty_dsn) as db:
            tenant = db.tenant(home.tenant.org_id)
            await messages.append(tenant, session_id=session.id, **{"sent_at": _LONG_AGO, **item})
            if n == 0:
                await archives.archive(db.admin(tenant.org_id), idle_since=datetime.now(UTC) + timedelta(days=1))
        before = _rows(empty_dsn, ["messages", "archived_messages"], less=[])
        with pytest.raises(Exception, match="1 messages have parts"):
            down_to(empty_dsn, "0029")
        assert _rows(empty_dsn, ["messages", "archived_messages"], less=[]) == before
        migrate(empty_dsn)
        async with memdb.connect(empty_dsn) as db:
            if n == 0:
                await archives.restore(db.admin(home.tenant.org_id), id=session.id)
        execute(empty_dsn, f"DELETE FROM memdb.messages WHERE id <> '{kept.id}'")
    down_to(empty_dsn, "0029")
    migrate(empty_dsn)
    async with memdb.connect(empty_dsn) as db:
        found = await messages.get(db.tenant(home.tenant.org_id), id=kept.id)
    assert found is not None
    assert found.tool_calls == kept.tool_calls, "all but the order of keys and the spelling of numbers"
