"""What connect() refuses to run on, and that it says why."""

from __future__ import annotations

from typing import Any

import pytest

import memdb
from memdb import errors
from memdb.engine.own import QUERIES
from memdb.engine.resources import migration_ids
from memdb.operations.check import check
from memdb.operations.migrate import migrate
from tests.server import execute, with_database, with_login, with_search_path


async def _refused(dsn: str, error: type[errors.MemdbError], match: str, **options: object) -> None:
    with pytest.raises(error, match=match):
        await memdb.connect(dsn, timeout=10.0, **options)  # type: ignore[arg-type]


async def test_a_database_without_the_schema(empty_dsn: str) -> None:
    await _refused(empty_dsn, errors.SchemaMissing, "memdb migrate")


async def test_a_schema_that_lacks_a_migration(dsn: str) -> None:
    execute(dsn, "COMMENT ON SCHEMA memdb IS 'memdb 0001_foundation'")
    await _refused(dsn, errors.SchemaOutdated, f"at 0001_foundation, memdb needs {migration_ids()[-1]}")


async def test_a_schema_from_the_future(dsn: str) -> None:
    execute(dsn, "COMMENT ON SCHEMA memdb IS 'memdb 9999_later'")
    await _refused(dsn, errors.SchemaTooNew, "upgrade memdb")
    async with memdb.connect(dsn, allow_newer_schema=True) as db:
        assert db.dimension == 384


async def test_no_pgvector(dsn: str) -> None:
    execute(dsn, "DROP EXTENSION vector CASCADE")
    await _refused(dsn, errors.PgvectorMissing, "CREATE EXTENSION vector")


@pytest.mark.slow
async def test_pgvector_off_the_search_path_and_back_on(empty_dsn: str) -> None:
    execute(empty_dsn, "CREATE SCHEMA extensions", "CREATE EXTENSION vector SCHEMA extensions")
    on_path = with_search_path(empty_dsn, "public,extensions")
    migrate(empty_dsn)
    advice = "GRANT USAGE ON SCHEMA extensions TO memdb_app, memdb_admin"
    for dsn in (empty_dsn, on_path):
        await _refused(dsn, errors.PgvectorMissing, f"role memdb_app may not use pgvector's schema: {advice}")
        with pytest.raises(errors.PgvectorMissing, match=advice):
            check(dsn)
    execute(empty_dsn, advice)
    await _refused(empty_dsn, errors.PgvectorMissing, "schema extensions, which is not on the search path")
    async with memdb.connect(on_path) as db:
        assert db.dimension == 384
    assert check(on_path, queries=[QUERIES["memories.search_exact"]]) == []


async def test_a_superuser(dsn: str) -> None:
    await _refused(dsn, errors.UnsafeRole, "superuser", role=None)


@pytest.fixture
def roles(dsn: str) -> str:
    database = dsn.partition("?")[0].rpartition("/")[2]
    execute(
        dsn,
        """
        DO $$ BEGIN
            CREATE ROLE test_owner LOGIN; CREATE ROLE test_bypass LOGIN BYPASSRLS; CREATE ROLE test_member LOGIN;
            CREATE ROLE test_stranger LOGIN; CREATE ROLE test_both LOGIN;
        EXCEPTION WHEN duplicate_object THEN NULL; END $$
        """,
        "GRANT memdb_app TO test_owner, test_bypass, test_member, test_both",
        "GRANT memdb_admin TO test_both",
        f"GRANT CREATE ON DATABASE {database} TO test_owner",
        "GRANT ALL ON SCHEMA memdb TO test_owner",
        "ALTER TABLE memdb.memory_tags OWNER TO test_owner",
    )
    return dsn


async def test_a_table_owner(roles: str) -> None:
    await _refused(with_login(roles, "test_owner"), errors.UnsafeRole, "owns memdb's tables", role=None)


async def test_a_role_with_bypassrls(roles: str) -> None:
    await _refused(with_login(roles, "test_bypass"), errors.UnsafeRole, "BYPASSRLS", role=None)


async def test_a_role_that_inherits_the_administrator(roles: str) -> None:
    await _refused(with_login(roles, "test_both"), errors.UnsafeRole, "has the rights of memdb_admin", role=None)


async def test_a_login_that_may_not_act_as_the_role(roles: str) -> None:
    await _refused(with_login(roles, "test_stranger"), errors.PermissionDenied, "may not act as memdb_app")


async def test_a_mere_member_works_with_and_without_a_role(roles: str) -> None:
    for role in ("memdb_app", None):
        async with memdb.connect(with_login(roles, "test_member"), role=role) as db:
            assert db.dimension == 384


async def test_a_role_that_does_not_exist(dsn: str) -> None:
    await _refused(dsn, errors.SchemaMissing, "no role nowhere_to_be_found: leave role and admin_role out", role="nowhere_to_be_found")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"role": ""}, "role must"),
        ({"admin_role": 5}, "admin_role must"),
        ({"timeout": -1}, "timeout must be a number of seconds above 0 and at most 10000000, not -1"),
        ({"slow_call": "1"}, "slow_call must be a number of seconds .*, not '1'"),
    ],
)
def test_wrong_options_are_refused_at_once(options: dict[str, Any], message: str) -> None:
    with pytest.raises(errors.InvalidInput, match=message):
        memdb.connect("postgresql://nowhere.invalid/agents", **options)


@pytest.mark.parametrize(
    "damage",
    [
        "ALTER TABLE memdb.memories DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE memdb.memories NO FORCE ROW LEVEL SECURITY",
        "CREATE POLICY open ON memdb.memories USING (true)",
        "DROP POLICY tenant ON memdb.memories",
        "ALTER POLICY tenant ON memdb.memories USING (true)",
        "ALTER POLICY tenant ON memdb.memories WITH CHECK (true)",
        "ALTER POLICY tenant ON memdb.memories TO memdb_admin",
        "ALTER POLICY admin ON memdb.memories TO PUBLIC",
        "CREATE TABLE memdb.memories_copy (org_id uuid)",
    ],
)
async def test_row_level_security_that_is_not_what_the_migrations_made(dsn: str, damage: str) -> None:
    execute(dsn, damage)
    await _refused(dsn, errors.RowSecurityMissing, "memories")


async def test_a_database_that_does_not_exist(dsn: str) -> None:
    missing = with_database(dsn, "no_such_database")
    await _refused(missing, errors.DatabaseMissing, "no_such_database")
    for command in (migrate, check):
        with pytest.raises(errors.DatabaseMissing, match="no_such_database"):
            command(missing)


async def test_an_unreachable_server() -> None:
    await _refused("postgresql://nobody@127.0.0.1:1/none", errors.ServerUnreachable, "cannot be reached")
    await _refused("postgresql://nobody@mistyped.invalid/none", errors.ServerUnreachable, "the DSN's host is not found")


@pytest.mark.parametrize("bad", ["mysql://localhost/x", "embedded:", "", "localhost", 7])
async def test_a_dsn_that_is_none(bad: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEMDB_DSN", raising=False)
    await _refused(bad, errors.InvalidInput, "dsn must be")  # type: ignore[arg-type]


async def test_the_dsn_may_come_from_the_environment(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMDB_DSN", dsn)
    db = await memdb.connect()
    await db.close()
    await db.close()


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"pool_size": 0}, "pool_size"),
        ({"pool_size": True}, "pool_size"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
    ],
)
def test_bad_options(options: dict[str, object], field: str) -> None:
    with pytest.raises(errors.InvalidInput, match=field):
        memdb.connect("postgresql://x/y", **options)  # type: ignore[arg-type]
