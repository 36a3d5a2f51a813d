"""Organizations, users and agents, and that no tenant reaches another's."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

import pytest

from memdb import agents, memories, organizations, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, NotFound, PermissionDenied, WritesRefused
from tests.conftest import Home, vector
from tests.samples import ADMIN_SAMPLES, COMPOSED, SAMPLES, areas, build, of_area
from tests.server import fetch


async def test_organizations(db: Database) -> None:
    admin = db.admin()
    made = await organizations.create(admin, slug="acme", name="Acme", tier="pro", settings={"a": 1})
    assert (made.slug, made.tier, made.status, made.settings, made.version) == ("acme", "pro", "active", {"a": 1}, 1)
    assert await organizations.get_by_slug(admin, slug="acme") == made
    assert await organizations.get(db.tenant(made.id)) == made
    assert await organizations.get_by_slug(admin, slug="other") is None
    assert await organizations.get(db.tenant(uuid.uuid4())) is None
    with pytest.raises(AlreadyExists, match="another organization has this slug"):
        await organizations.create(admin, slug="acme", name="Acme again")


async def test_users(tenant: Tenant, rival: Home) -> None:
    made = await users.create(tenant, email="Ada@Example.com", name="Ada", role="owner", sso_provider="okta", sso_subject="7")
    assert await users.get(tenant, id=made.id) == await users.get_by_email(tenant, email="ada@example.COM") == made
    with pytest.raises(AlreadyExists, match="email"):
        await users.create(tenant, email="ada@example.com")
    assert (await users.create(rival.tenant, email="ada@example.com")).email == "ada@example.com"
    with pytest.raises(InvalidInput, match="sso_provider"):
        await users.create(tenant, email="bob@example.com", sso_provider="okta")
    for email in ("nobody", "a@b@c", "a b@c"):
        with pytest.raises(InvalidInput, match="email must be"):
            await users.create(tenant, email=email)


async def test_agents(tenant: Tenant, agent: Agent, rival: Home) -> None:
    assert await agents.get(tenant, id=agent.id) == await agents.get_by_slug(tenant, slug="helper") == agent
    with pytest.raises(AlreadyExists, match="slug"):
        await agents.create(tenant, slug="helper", name="Again")
    with pytest.raises(NotFound, match="no such user"):
        await agents.create(tenant, slug="x", name="X", created_by=uuid.uuid4())
    made = [await agents.create(tenant, slug=f"a{n}", name=str(n), config={"n": n}) for n in range(3)]
    assert [each.id for each in await agents.page(tenant, limit=2)] == [made[2].id, made[1].id]
    assert [each.slug for each in await agents.page(tenant, before=made[1].id)] == ["a0", "helper"]


@pytest.mark.parametrize("slug", ["Acme", "a b", "-a", "ä", "a_b", "a" * 64, ""])
async def test_bad_slugs(db: Database, slug: str) -> None:
    with pytest.raises(InvalidInput, match="slug must"):
        await organizations.create(db.admin(), slug=slug, name="x")


async def test_an_unknown_organization(db: Database) -> None:
    nobody = db.tenant(uuid.uuid4())
    with pytest.raises(NotFound, match="no such organization"):
        await agents.create(nobody, slug="x", name="X")
    with pytest.raises(NotFound, match="no such organization"):
        await users.create(nobody, email="a@example.com")


@pytest.mark.parametrize("org_id", ["nope", None, 7])
def test_a_tenant_needs_a_uuid(db: Database, org_id: Any) -> None:
    with pytest.raises(InvalidInput, match=r"org_id must be a uuid\.UUID"):
        db.tenant(org_id)


async def test_a_tenant_cannot_provision(tenant: Tenant) -> None:
    on: Any = tenant
    with pytest.raises(PermissionDenied):
        await organizations.create(on, slug="mine", name="Mine")
    with pytest.raises(PermissionDenied, match="get_by_slug is administration"):
        await organizations.get_by_slug(on, slug="acme")
    nobody: Any = tenant.org_id
    with pytest.raises(InvalidInput, match=r"on must be db.tenant\(org_id\)"):
        await agents.page(nobody)


async def test_history_is_append_only_for_the_service(tenant: Tenant, agent: Agent) -> None:
    await memories.add(tenant, agent_id=agent.id, content="x")
    connection = await tenant._pool.acquire(5)
    for statement in ("UPDATE memdb.memory_versions SET content = 'y'", "DELETE FROM memdb.memory_versions", "DELETE FROM memdb.memories"):
        with pytest.raises(Exception, match="permission denied"):
            await connection.execute(statement)
    tenant._pool.give(connection)


def _everything_of(dsn: str, home: Home) -> list[tuple[object, ...]]:
    """All rows of all tables in which the tenant is named."""
    tables = [
        table
        for (table,) in fetch(dsn, "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'memdb'::regnamespace AND relkind = 'r'")
    ]
    rows = " UNION ALL ".join(
        f"SELECT '{table}', t::text FROM {table} AS t WHERE strpos(t::text, '{home.tenant.org_id}') > 0" for table in tables
    )
    return fetch(dsn, f"{rows} ORDER BY 1, 2")


@pytest.mark.parametrize("area", areas(SAMPLES | COMPOSED))
async def test_no_function_reaches_another_tenants_rows(area: str, db: Database, home: Home, rival: Home, dsn: str) -> None:
    """Each function is called as the rival on the first tenant's ids: it finds nothing, and the tenant's rows stay as they are."""
    world = await build(db, home.tenant)
    before = _everything_of(dsn, home)
    ours = (world.live, world.deleted, world.session, world.message, world.archived_session, world.observed, world.role)
    for name, call in of_area(area, SAMPLES | COMPOSED):
        try:
            result = await call(world, rival.tenant)
        except NotFound:
            result = None
        assert _everything_of(dsn, home) == before, name
        for our_id in (*[each.id for each in ours], world.agent_id, world.user_id, home.tenant.org_id):
            assert str(our_id) not in str(result), name


@pytest.mark.parametrize("area", ["organizations", "audit", "retention", "archives", "backup"])
async def test_no_administration_of_one_tenant_reaches_another(area: str, db: Database, home: Home, rival: Home, dsn: str) -> None:
    """The administrator's policy shows all tenants: here the statement's own condition is what isolates."""
    theirs = db.admin(rival.tenant.org_id)
    world = (await build(db, home.tenant))._replace(tenant=rival.tenant, spare=theirs, closed=theirs)
    before = _everything_of(dsn, home)
    for name, call in of_area(area, ADMIN_SAMPLES):
        with suppress(NotFound, WritesRefused):
            await call(world, rival.tenant)
        assert _everything_of(dsn, home) == before, name


async def test_the_where_clause_alone_is_not_what_isolates(db: Database, home: Home, rival: Home) -> None:
    """Row-level security holds even for a statement that asks for another tenant's rows outright."""
    await memories.add(home.tenant, agent_id=home.agent.id, content="secret", embedding=vector(1))
    connection = await home.tenant._pool.acquire(5)
    async with connection.transaction():
        await connection.execute(f"SELECT memdb.enter('{rival.tenant.org_id}')")
        assert await connection.fetchval("SELECT count(*) FROM memdb.memories") == 0
        assert await connection.execute("UPDATE memdb.memories SET content = 'x'") == "UPDATE 0"
        with pytest.raises(Exception, match="row-level security"):
            await connection.execute(
                f"INSERT INTO memdb.memories (org_id, agent_id, content) VALUES ('{home.tenant.org_id}', '{home.agent.id}', 'x')"
            )
    home.tenant._pool.give(connection)
