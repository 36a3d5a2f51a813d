"""Databases whose roles have names of their own: two of one server, of two owners, each of which works as any other does."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import psycopg
import pytest
from yoyo import get_backend

import memdb
from memdb import agents, backup, memories, organizations, spaces
from memdb.engine.own import QUERIES
from memdb.engine.resources import migration_ids
from memdb.errors import InvalidInput, PermissionDenied, SchemaMissing, UnsafeRole
from memdb.operations.check import check
from memdb.operations.migrate import migrate
from tests.commands import memdb as command
from tests.conftest import vector
from tests.server import Databases, down_to, execute, fetch, with_login

# Roles are those of the whole server, which the workers of a test run share.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


class Site(NamedTuple):
    """A database, the login that owns it, that of its service, and what its roles are called."""

    root: str
    owner: str
    service: str
    app_role: str
    admin_role: str


_NOTES = """
CREATE SCHEMA own;
CREATE TABLE own.notes (
    org_id uuid NOT NULL REFERENCES memdb.organizations,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    body text NOT NULL,
    PRIMARY KEY (org_id, id)
);
CALL memdb.isolate('own.notes');
"""


@contextmanager
def _site(databases: Databases, name: str, app_role: str, admin_role: str) -> Iterator[Site]:
    with databases.empty() as root:
        database = root.partition("?")[0].rpartition("/")[2]
        execute(
            root,
            "CREATE EXTENSION vector",
            f"CREATE ROLE {name}_owner LOGIN CREATEROLE",
            f"CREATE ROLE {name}_service LOGIN",
            f"ALTER DATABASE {database} OWNER TO {name}_owner",
            f"GRANT ALL ON SCHEMA public TO {name}_owner",
        )
        site = Site(root, with_login(root, f"{name}_owner"), with_login(root, f"{name}_service"), app_role, admin_role)
        told = ("--app-role", app_role, "--admin-role", admin_role, "--dimension", "384")
        assert command("migrate", "--dsn", site.owner, *told).exit_code == 0
        execute(site.owner, f'GRANT "{app_role}", "{admin_role}" TO {name}_service WITH INHERIT FALSE', _NOTES)
        yield site
    execute(databases.dsn, *(f'DROP ROLE "{role}"' for role in (f"{name}_service", app_role, admin_role, f"{name}_owner")))


@pytest.fixture(scope="module")
def south(databases: Databases) -> Iterator[Site]:
    with _site(databases, f"south{_WORKER}", f"Süd-App 1{_WORKER}", f"süd.admin@eu{_WORKER}") as made:
        yield made


@pytest.fixture(scope="module")
def north(databases: Databases) -> Iterator[Site]:
    with _site(databases, f"north{_WORKER}", f"north{_WORKER}_app", f"north{_WORKER}_admin") as made:
        yield made


async def _works(site: Site, elsewhere: str) -> None:
    """As a database with the standard names does; what is dumped is restored in another, whose roles are called otherwise."""
    async with memdb.connect(site.service, timeout=20.0) as db:
        admin = db.admin()
        ours, theirs = [await organizations.create(admin, slug=slug, name=slug) for slug in ("ours", "theirs")]
        tenant, rival = db.tenant(ours.id), db.tenant(theirs.id)
        assert await tenant.fetch(str, "SELECT current_user::text WHERE :org_id::memdb.tenant IS NOT NULL") == [site.app_role]
        assert await admin.fetch(str, "SELECT current_user::text") == [site.admin_role]
        agent = await agents.create(tenant, slug="helper", name="Helper")
        memory = await memories.add(tenant, agent_id=agent.id, content="Ada lives in Oslo.", embedding=vector(1))
        await memories.update(tenant, id=memory.id, content="Ada lives in Paris.", embedding=vector(2))
        found = await memories.search(tenant, agent_id=agent.id, text="paris", embedding=vector(2))
        assert [each.memory.id for each in found] == [memory.id]
        assert await memories.get(rival, id=memory.id) is None
        await tenant.fetch(None, "INSERT INTO own.notes (org_id, body) VALUES (:org_id::memdb.tenant, 'tea')")
        seen = "SELECT n.body FROM own.notes AS n WHERE n.org_id = :org_id::memdb.tenant OR true"
        assert (await tenant.fetch(str, seen), await rival.fetch(str, seen)) == (["tea"], [])
        file = io.BytesIO()
        header = await backup.dump(db.admin(ours.id), file)
        assert {"memories": 1, "own.notes": 1}.items() <= {table.name: table.rows for table in header.tables}.items()
        file.seek(0)
        async with memdb.connect(elsewhere, timeout=20.0) as other:
            restored = await backup.restore(other, file, slug="restored")
            assert await memories.count(other.tenant(restored.organization.id)) == 1
    async with memdb.connect(site.owner, admin_role=None, timeout=20.0) as db:
        await spaces.create(db.admin(), model="other", dimension=8)
        await spaces.drop(db.admin(), number=max(each.space for each in await spaces.existing(db.admin())))


async def test_a_database_with_roles_of_its_own_works_as_any_other(south: Site, dsn: str) -> None:
    execute(dsn, _NOTES)
    await _works(south, dsn)
    for database, role in ((dsn, south.app_role), (dsn, south.admin_role), (south.root, "memdb_app"), (south.root, "memdb_admin")):
        _reads_nothing(database, role)


def _reads_nothing(dsn: str, role: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f'SET ROLE "{role}"'.encode())
        for table in ("memdb.memories", "own.notes"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for schema"):
                connection.execute(f"SELECT * FROM {table}".encode())


@pytest.mark.slow
async def test_two_owners_of_one_server_keep_apart(north: Site, south: Site) -> None:
    await _works(north, south.service)
    assert check(north.service) == []
    for site, other in ((north, south), (south, north)):
        login = site.service.partition("//")[2].partition("@")[0]
        stranger = with_login(other.root, login)
        with pytest.raises(PermissionDenied, match=f"may not act as {other.app_role}"):
            await memdb.connect(stranger)
        for role in site.app_role, site.admin_role:
            _reads_nothing(stranger, role)


async def test_what_connect_refuses_names_them(south: Site) -> None:
    with pytest.raises(UnsafeRole, match=f"use role='{south.app_role}'"):
        await memdb.connect(south.root, role=None)
    with pytest.raises(SchemaMissing, match="no role south_app"):
        await memdb.connect(south.service, role="south_app")
    async with memdb.connect(south.root, role=south.app_role, admin_role=south.admin_role) as db:
        await organizations.page(db.admin())
    execute(south.owner, f'REVOKE "{south.admin_role}" FROM south{_WORKER}_service')
    try:
        async with memdb.connect(south.service) as db:
            with pytest.raises(PermissionDenied, match=f'GRANT "{re.escape(south.admin_role)}" TO it'):
                await organizations.page(db.admin())
    finally:
        execute(south.owner, f'GRANT "{south.admin_role}" TO south{_WORKER}_service WITH INHERIT FALSE')


def test_commands_find_them(south: Site) -> None:
    for command_line in (("orgs", "create", "acme"), ("agents", "create", "helper", "--org", "acme"), ("maintain",)):
        ran = command(*command_line, "--dsn", south.service)
        assert ran.exit_code == 0, ran.stderr


def test_they_need_not_be_said_again_and_cannot_be_said_otherwise(south: Site) -> None:
    refused = command("migrate", "--dsn", south.owner, "--app-role", "memdb_app")
    assert (refused.exit_code, refused.stderr.partition(";")[0]) == (
        2,
        f"InvalidInput: app_role must be the role that the database has, {south.app_role}, not memdb_app",
    )
    assert migrate(south.owner) == []
    assert migrate(south.owner, app_role=south.app_role, admin_role=south.admin_role) == []
    had = re.escape(south.app_role)
    with pytest.raises(InvalidInput, match=f'app_role must be the role that the database has, {had}, not other.*ALTER ROLE "{had}" RENAME'):
        migrate(south.owner, app_role="other")
    with pytest.raises(
        InvalidInput, match=f"admin_role must be the role that the database has, {re.escape(south.admin_role)}, not memdb_admin"
    ):
        migrate(south.owner, admin_role="memdb_admin")


def test_migrations_go_down_and_up_without_being_told(south: Site) -> None:
    down_to(south.owner, "0039")
    assert migrate(south.owner) == [each for each in migration_ids() if each[:4] > "0039"]
    assert check(south.service) == []
    execute(south.owner, "CREATE TABLE own.kinds (code text)")
    with get_backend(f"memdb+{south.owner}") as backend:
        backend.execute("""DO $$ BEGIN EXECUTE 'GRANT SELECT ON own.kinds TO memdb_app, "memdb_admin"'; END $$""")
        assert backend.execute("SELECT has_table_privilege('memdb_app', 'own.kinds', 'SELECT')").fetchone() == (True,)
    granted = "SELECT table_schema, grantee FROM information_schema.role_table_grants WHERE table_schema IN ('memdb', 'own')"
    of = {f"south{_WORKER}_owner", south.app_role, south.admin_role}
    assert set(fetch(south.root, granted)) == {(schema, grantee) for schema in ("memdb", "own") for grantee in of}


def test_a_role_that_gets_another_name_is_found_by_it(south: Site) -> None:
    execute(south.root, f'ALTER ROLE "{south.app_role}" RENAME TO renamed_app')
    try:
        assert check(south.service, queries=[QUERIES["memories.get"], QUERIES["organizations.page"]]) == []
        assert migrate(south.owner, app_role="renamed_app") == []
        execute(south.owner, "CALL memdb.isolate('own.notes')")
        assert fetch(south.root, "SELECT has_table_privilege('renamed_app', 'own.notes', 'INSERT')") == [(True,)]
    finally:
        execute(south.root, f'ALTER ROLE renamed_app RENAME TO "{south.app_role}"')


async def test_a_database_of_older_migrations_has_the_standard_names(dsn: str) -> None:
    down_to(dsn, "0040")
    execute(dsn, "DROP TABLE memdb.database_roles")
    with pytest.raises(InvalidInput, match="has, memdb_app, not mine"):
        migrate(dsn, app_role="mine")
    migrate(dsn)
    assert fetch(dsn, "SELECT memdb.database_role('app'), memdb.database_role('admin')") == [("memdb_app", "memdb_admin")]
    async with memdb.connect(dsn) as db:
        assert await organizations.page(db.admin()) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"app_role": ""}, "app_role must be the name of a role, of 1 to 63 bytes"),
        ({"app_role": "ü" * 32}, "app_role must be the name of a role, of 1 to 63 bytes"),
        ({"admin_role": "pg_admin"}, "admin_role must not be 'pg_admin': names that begin with pg_"),
        ({"app_role": "public"}, "app_role must not be 'public'"),
        ({"app_role": "o'hare"}, "app_role must be without quotes"),
        ({"app_role": "\ud800"}, "app_role must be without quotes"),
        ({"app_role": "memdb_admin"}, "admin_role must be another role than app_role"),
        ({"app_role": "x", "admin_role": "x"}, "admin_role must be another role than app_role"),
    ],
)
def test_names_that_cannot_be(given: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        migrate("postgresql://nobody@127.0.0.1:1/none", **given)


def test_the_login_that_migrates_is_no_service(empty_dsn: str) -> None:
    with psycopg.connect(empty_dsn) as connection:
        user = connection.info.user
    with pytest.raises(InvalidInput, match=f"app_role must not be {user}, the login that migrates"):
        migrate(empty_dsn, app_role=user)
