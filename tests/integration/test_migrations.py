"""The migrations: applied by yoyo and by memdb, twice, from two processes at once, up, down and up again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from yoyo import get_backend, read_migrations

import memdb
from memdb.constraints import CHECKS, REFERENCES, UNIQUES
from memdb.errors import InvalidInput, PermissionDenied, ServerUnreachable
from memdb.migrate import MigrationFailed, migrate
from memdb.resources import MIGRATIONS, migration_ids
from tests.server import Databases, execute, fetch, with_login

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


def test_yoyo_applies_by_itself(empty_dsn: str) -> None:
    result = _yoyo("apply", empty_dsn, MEMDB_EMBEDDING_DIM="8")
    assert result.returncode == 0, result.stderr
    assert migrate(empty_dsn) == []
    assert _dimension(empty_dsn) == 8


def _dimension(dsn: str) -> object:
    (row,) = fetch(dsn, "SELECT dimension FROM memdb.embedding_spaces WHERE space = 1")
    return row[0]


@pytest.mark.parametrize(("dimension", "found"), [(None, 384), (1, 1), (2000, 2000)])
def test_the_dimension_is_chosen_when_applied(empty_dsn: str, dimension: int | None, found: int) -> None:
    migrate(empty_dsn, dimension=dimension)
    assert _dimension(empty_dsn) == found


@pytest.mark.parametrize("dimension", [0, 2001, -1])
def test_an_impossible_dimension_is_refused_before_anything_is_applied(empty_dsn: str, dimension: int) -> None:
    with pytest.raises(InvalidInput, match="between 1 and 2000"):
        migrate(empty_dsn, dimension=dimension)
    assert _objects(empty_dsn) == []


def test_two_processes_at_once_apply_each_migration_once(empty_dsn: str) -> None:
    command = [sys.executable, "-c", "import sys; from memdb.migrate import migrate; print(*migrate(sys.argv[1]))", empty_dsn]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert sorted(" ".join(out for out, _ in outputs).split()) == migration_ids()


def test_a_lock_that_a_killed_process_left(dsn: str, empty_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memdb.migrate._LOCK_SECONDS", 1)
    for each in (dsn, empty_dsn):
        get_backend(f"memdb+{each}").connection.close()
        execute(each, "INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, now(), 1)")
    assert migrate(dsn) == []
    with pytest.raises(MigrationFailed, match="yoyo break-lock"):
        migrate(empty_dsn)


def test_up_down_up(empty_dsn: str) -> None:
    migrate(empty_dsn)
    before = _structure(empty_dsn)
    with get_backend(f"memdb+{empty_dsn}") as backend, backend.lock():
        backend.rollback_migrations(backend.to_rollback(read_migrations(str(MIGRATIONS))))
    assert _objects(empty_dsn) == []
    assert fetch(empty_dsn, "SELECT FROM pg_namespace WHERE nspname = 'memdb'") == []
    assert migrate(empty_dsn) == migration_ids()
    assert _structure(empty_dsn) == before


@pytest.mark.parametrize("kept", range(1, len(migration_ids())))
def test_each_rollback_leaves_the_mark_of_the_migration_before(empty_dsn: str, kept: int) -> None:
    migrate(empty_dsn)
    with get_backend(f"memdb+{empty_dsn}") as backend, backend.lock():
        newest_first = backend.to_rollback(read_migrations(str(MIGRATIONS)))
        backend.rollback_migrations(newest_first[: len(migration_ids()) - kept])
    (comment,) = fetch(empty_dsn, "SELECT obj_description('memdb'::regnamespace)")
    assert comment == (f"memdb {migration_ids()[kept - 1]}",)


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
    from memdb.embedded import POSTGRES_BIN_PATH

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


@pytest.mark.parametrize("owner", sorted(_GRANTS))
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
        backend.rollback_migrations(backend.to_rollback(read_migrations(str(MIGRATIONS))))
    assert _objects(empty_dsn) == []


def test_what_was_stored_before_the_life_of_memories_stays(empty_dsn: str) -> None:
    """Up with data: what was observed is valid since then. Down with data: states that the older schema cannot say become archived."""
    migrations = read_migrations(str(MIGRATIONS))
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
