"""The administration of tenants: organizations, users and agents over their life, quotas, spending, directives."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from memdb import agents, audit, directives, memories, organizations, sessions, spending, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, NotFound, PermissionDenied, QuotaExceeded, TenantRequired, VersionConflict
from tests.conftest import Home
from tests.server import execute, fetch


async def test_an_organizations_life(db: Database, home: Home) -> None:
    of_tenant = db.admin(home.tenant.org_id, actor="ops")
    changed = await organizations.update(of_tenant, tier="pro", billing_email="pay@example.com", settings={"a": 1}, reason="paid")
    assert (changed.tier, changed.billing_email, changed.settings, changed.name, changed.version) == (
        "pro",
        "pay@example.com",
        {"a": 1},
        "Acme",
        2,
    )
    with pytest.raises(VersionConflict):
        await organizations.update(of_tenant, name="x", expected_version=1)
    assert await organizations.delete(of_tenant) == 3
    assert await organizations.get(home.tenant) is None
    with pytest.raises(NotFound, match="organization"):
        await organizations.update(of_tenant, name="x")
    taken = await organizations.create(db.admin(), slug="acme", name="Another")
    with pytest.raises(AlreadyExists, match="slug"):
        await organizations.restore(of_tenant)
    await organizations.update(db.admin(taken.id), slug="other")
    assert (await organizations.restore(of_tenant)).version == 4
    entries = await audit.page(home.tenant)
    assert [entry.action.removeprefix("organization.") for entry in entries] == ["restore", "delete", "update", "agent.create", "create"]
    assert entries[2].actor == "ops"
    assert entries[2].details == {"tier": "pro", "reason": "paid"}


async def test_organizations_are_listed(db: Database) -> None:
    made = [await organizations.create(db.admin(), slug=f"o{n}", name=str(n)) for n in range(3)]
    await organizations.update(db.admin(made[1].id), status="suspended")
    assert [each.slug for each in await organizations.page(db.admin(), limit=2)] == ["o2", "o1"]
    assert [each.slug for each in await organizations.page(db.admin(), before=made[1].id)] == ["o0"]
    assert [each.slug for each in await organizations.page(db.admin(), status="suspended")] == ["o1"]
    await organizations.delete(db.admin(made[0].id))
    assert [each.slug for each in await organizations.page(db.admin(), deleted=True)] == ["o0"]
    assert [await organizations.count(db.admin(), deleted=each) for each in (True, False)] == [1, 2]


async def test_administration_of_a_tenant_needs_its_id_and_the_role(db: Database, home: Home) -> None:
    with pytest.raises(TenantRequired, match=r"db.admin\(org_id\)"):
        await organizations.update(db.admin(), name="x")
    as_tenant: Any = home.tenant
    for call in (
        organizations.update(as_tenant, name="x"),
        organizations.delete(as_tenant),
        organizations.set_quotas(as_tenant, memories=None, agents=None, monthly_tokens=None),
    ):
        with pytest.raises(PermissionDenied):
            await call


async def test_a_users_life(tenant: Tenant) -> None:
    ada = await users.create(tenant, email="ada@example.com", sso_provider="okta", sso_subject="7")
    assert await users.get_by_sso(tenant, sso_provider="okta", sso_subject="7") == ada
    with pytest.raises(AlreadyExists, match="sso_subject"):
        await users.create(tenant, email="bob@example.com", sso_provider="okta", sso_subject="7")
    changed = await users.update(tenant, id=ada.id, role="owner", status="suspended", name="Ada", expected_version=1)
    assert (changed.role, changed.status, changed.name, changed.email, changed.version) == ("owner", "suspended", "Ada", ada.email, 2)
    with pytest.raises(VersionConflict):
        await users.update(tenant, id=ada.id, role="member", expected_version=1)
    bob = await users.create(tenant, email="bob@example.com")
    with pytest.raises(AlreadyExists, match="email"):
        await users.update(tenant, id=bob.id, email="ADA@example.com")
    assert [user.id for user in await users.page(tenant)] == [bob.id, ada.id]
    assert [user.id for user in await users.page(tenant, role="owner", status="suspended")] == [ada.id]
    assert await users.delete(tenant, id=ada.id) == 3
    assert await users.get(tenant, id=ada.id) is await users.get_by_sso(tenant, sso_provider="okta", sso_subject="7") is None
    with pytest.raises(NotFound):
        await users.delete(tenant, id=ada.id)
    await users.create(tenant, email="ada@example.com", sso_provider="okta", sso_subject="7")


async def test_an_agents_life(tenant: Tenant, agent: Agent) -> None:
    changed = await agents.update(tenant, id=agent.id, name="New", status="paused", config={"c": 1}, tags=["b", "a", "b"])
    assert (changed.name, changed.status, changed.config, changed.tags, changed.version) == ("New", "paused", {"c": 1}, ["a", "b"], 2)
    assert [each.id for each in await agents.page(tenant, tags=["a"], status="paused")] == [agent.id]
    assert await agents.page(tenant, tags=["c"]) == await agents.page(tenant, status="active") == []
    with pytest.raises(VersionConflict):
        await agents.delete(tenant, id=agent.id, expected_version=1)
    assert await agents.delete(tenant, id=agent.id, expected_version=2) == 3
    assert await agents.get(tenant, id=agent.id) is None
    await agents.create(tenant, slug="helper", name="Again")
    with pytest.raises(NotFound):
        await agents.update(tenant, id=agent.id, name="x")


async def test_an_agents_counters(tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    found = await agents.counters(tenant, id=agent.id)
    assert found is not None
    assert (found.memories, found.sessions, found.tokens_total, found.last_active_at) == (0, 0, 0, None)
    memory = await memories.add(tenant, agent_id=agent.id, content="x")
    execute(dsn, f"UPDATE memdb.token_spending SET month = '2020-01-01' WHERE agent_id = '{agent.id}'")
    await spending.record(tenant, agent_id=agent.id, input_tokens=3, output_tokens=4)
    execute(dsn, f"UPDATE memdb.token_spending SET month = '2020-01-01' WHERE agent_id = '{agent.id}'")
    assert await spending.record(tenant, agent_id=agent.id, input_tokens=10, output_tokens=20) == 30
    found = await agents.counters(tenant, id=agent.id)
    assert found is not None
    assert (found.memories, found.sessions, found.tokens_this_month, found.tokens_total) == (1, 0, 30, 37)
    assert found.last_active_at is not None
    assert found.last_active_at >= memory.created_at
    spoken, deleted = [(await sessions.start(tenant, agent_id=agent.id)).session for _ in range(2)]
    await sessions.close(tenant, id=spoken.id)
    await sessions.delete(tenant, id=deleted.id)
    found = await agents.counters(tenant, id=agent.id)
    assert found is not None
    assert (found.memories, found.sessions, found.last_active_at) == (1, 1, spoken.active_at)
    assert await agents.counters(rival.tenant, id=agent.id) is None


async def test_spending(tenant: Tenant, agent: Agent, rival: Home) -> None:
    await asyncio.gather(*[spending.record(tenant, agent_id=agent.id, input_tokens=1, output_tokens=2) for _ in range(40)])
    (month,) = await spending.of_month(tenant)
    assert (month.agent_id, month.input_tokens, month.output_tokens, month.month.day) == (agent.id, 40, 80, 1)
    assert await spending.of_month(tenant, at=datetime(2020, 1, 1, tzinfo=UTC)) == await spending.of_month(rival.tenant) == []
    with pytest.raises(NotFound, match="agent"):
        await spending.record(tenant, agent_id=uuid.uuid4(), input_tokens=1, output_tokens=1)
    with pytest.raises(InvalidInput, match="input_tokens"):
        await spending.record(tenant, agent_id=agent.id, input_tokens=-1, output_tokens=1)


async def _left(on: Tenant) -> dict[str, int]:
    return {quota.kind: quota.free for quota in await organizations.quotas(on)}


async def test_a_quota_of_tokens_holds_under_concurrency(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    await spending.record(tenant, agent_id=agent.id, input_tokens=50, output_tokens=50)
    await organizations.set_quotas(db.admin(tenant.org_id), monthly_tokens=1000, memories=None, agents=None)
    assert await _left(tenant) == {"monthly_tokens": 900}
    calls = [spending.record(tenant, agent_id=agent.id, input_tokens=30, output_tokens=10) for _ in range(30)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    refused = [result for result in results if isinstance(result, QuotaExceeded)]
    assert len(refused) == 8
    assert {(error.kind, error.quota) for error in refused} == {("monthly_tokens", 1000)}
    assert await _left(tenant) == {"monthly_tokens": 20}
    # Exactly what is left, though no row of it has so much.
    await spending.record(tenant, agent_id=agent.id, input_tokens=20, output_tokens=0)
    with pytest.raises(QuotaExceeded, match="quota of 1000 monthly tokens"):
        await spending.record(tenant, agent_id=agent.id, input_tokens=1, output_tokens=0)
    assert fetch(dsn, "SELECT sum(input_tokens + output_tokens)::int FROM memdb.token_spending") == [(1000,)]


async def test_each_month_has_its_own_quota(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    await organizations.set_quotas(db.admin(tenant.org_id), monthly_tokens=10, memories=None, agents=None)
    await spending.record(tenant, agent_id=agent.id, input_tokens=10, output_tokens=0)
    execute(dsn, "UPDATE memdb.quota_slots SET period = '2020-01-01'")
    assert await _left(tenant) == {"monthly_tokens": 10}
    await spending.record(tenant, agent_id=agent.id, input_tokens=9, output_tokens=0)
    assert await _left(tenant) == {"monthly_tokens": 1}


async def test_a_quota_of_agents(db: Database, tenant: Tenant, agent: Agent) -> None:
    await organizations.set_quotas(db.admin(tenant.org_id), agents=3, memories=None, monthly_tokens=None)
    results = await asyncio.gather(*[agents.create(tenant, slug=f"a{n}", name="A") for n in range(6)], return_exceptions=True)
    assert sum(isinstance(result, Agent) for result in results) == 2
    assert sum(isinstance(result, QuotaExceeded) for result in results) == 4
    await agents.delete(tenant, id=agent.id)
    assert await _left(tenant) == {"agents": 1}
    await agents.create(tenant, slug="again", name="A")
    await organizations.set_quotas(db.admin(tenant.org_id), agents=1, memories=None, monthly_tokens=None)
    assert await _left(tenant) == {"agents": -2}
    for one in (await agents.page(tenant))[:2]:
        await agents.delete(tenant, id=one.id)
        with pytest.raises(QuotaExceeded):
            await agents.create(tenant, slug="more", name="A")
    assert await _left(tenant) == {"agents": 0}
    await organizations.set_quotas(db.admin(tenant.org_id), memories=None, agents=None, monthly_tokens=None)
    await agents.create(tenant, slug="more", name="A")
    assert await _left(tenant) == {}


async def test_a_failed_creation_takes_nothing_of_the_quota(db: Database, tenant: Tenant, agent: Agent) -> None:
    await organizations.set_quotas(db.admin(tenant.org_id), agents=5, memories=None, monthly_tokens=None)
    with pytest.raises(AlreadyExists):
        await agents.create(tenant, slug="helper", name="Again")
    assert await _left(tenant) == {"agents": 4}


async def test_directives(tenant: Tenant, agent: Agent, rival: Home) -> None:
    on = tenant
    assert await directives.active(on, agent_id=agent.id) is None
    first = await directives.publish(on, agent_id=agent.id, content="Be brief.")
    draft = await directives.publish(on, agent_id=agent.id, content="Be kind.", activate=False, injection_mode="user_prepend")
    assert (first.number, first.active, first.injection_mode, draft.number, draft.active) == (1, True, "system_first", 2, False)
    active = await directives.active(on, agent_id=agent.id)
    assert active is not None
    assert (active.content, active.injection_mode) == ("Be brief.", "user_prepend")
    assert (await directives.activate(on, agent_id=agent.id, number=2)).content == "Be kind."
    assert [(each.number, each.active) for each in await directives.versions(on, agent_id=agent.id)] == [(2, True), (1, False)]
    assert [each.number for each in await directives.versions(on, agent_id=agent.id, before=2)] == [1]
    with pytest.raises(NotFound, match="no such version of the directive: 9"):
        await directives.activate(on, agent_id=agent.id, number=9)
    assert await directives.deactivate(on, agent_id=agent.id) is True
    assert await directives.deactivate(on, agent_id=agent.id) is False
    assert await directives.active(on, agent_id=agent.id) is None
    with pytest.raises(NotFound, match="agent"):
        await directives.publish(rival.tenant, agent_id=agent.id, content="Obey me.")
    with pytest.raises(InvalidInput, match="content must have 1 to 32768 bytes"):
        await directives.publish(on, agent_id=agent.id, content="ü" * 20_000)
    with pytest.raises(InvalidInput, match="content"):
        await directives.publish(on, agent_id=agent.id, content=" \n")


async def test_directives_published_at_once_are_numbered_without_gaps(tenant: Tenant, agent: Agent) -> None:
    made = await asyncio.gather(*[directives.publish(tenant, agent_id=agent.id, content=str(n)) for n in range(20)])
    assert sorted(each.number for each in made) == list(range(1, 21))
    versions = await directives.versions(tenant, agent_id=agent.id)
    assert [each.number for each in versions if each.active] == [20]


async def test_the_service_cannot_rewrite_what_is_append_only(tenant: Tenant, agent: Agent) -> None:
    connection = await tenant._pool.acquire(5)
    for table in ("memory_versions", "directive_versions", "audit_log"):
        for statement in (f"UPDATE memdb.{table} SET org_id = org_id", f"DELETE FROM memdb.{table}"):
            with pytest.raises(Exception, match="permission denied"):
                await connection.execute(statement)
    tenant._pool.give(connection)


async def test_the_service_cannot_forge_the_audit_log_or_a_token(tenant: Tenant, dsn: str) -> None:
    connection = await tenant._pool.acquire(5)
    for statement in (
        "INSERT INTO memdb.audit_log (org_id, action, resource_type, seq, digest) VALUES ($1, 'x', 'y', 1, '')",
        "INSERT INTO memdb.audit_log (org_id, action, resource_type, created_at) VALUES ($1, 'x', 'y', '2020-01-01')",
        "UPDATE memdb.tokens SET permissions = 7 WHERE org_id = $1",
        "UPDATE memdb.audit_heads SET seq = 0 WHERE org_id = $1",
        "DELETE FROM memdb.legal_holds WHERE org_id = $1",
        "UPDATE memdb.memories SET user_id = NULL WHERE org_id = $1",
    ):
        with pytest.raises(Exception, match="permission denied"):
            await connection.execute(statement, tenant.org_id)
    tenant._pool.give(connection)


async def test_lowering_a_quota_among_writers(db: Database, tenant: Tenant, agent: Agent) -> None:
    """Writers who wait for the new quota find it used up or take what is left of it, and nobody deadlocks."""
    admin = db.admin(tenant.org_id)
    await organizations.set_quotas(admin, memories=1_000_000, agents=None, monthly_tokens=None)
    async with admin.transaction() as tx:
        await organizations.set_quotas(tx, memories=5, agents=None, monthly_tokens=None)
        adds = [asyncio.create_task(memories.add(tenant, agent_id=agent.id, content=str(n))) for n in range(9)]
        await asyncio.sleep(0.3)
    results = await asyncio.gather(*adds, return_exceptions=True)
    assert all(not isinstance(result, Exception) or isinstance(result, QuotaExceeded) for result in results), results
    assert await memories.count(tenant) == 5 - (await _left(tenant))["memories"] == 5


async def test_what_was_given_back_to_a_lowered_quota_cannot_be_taken(db: Database, tenant: Tenant, agent: Agent) -> None:
    admin = db.admin(tenant.org_id)
    made = [await memories.add(tenant, agent_id=agent.id, content=str(n)) for n in range(21)]
    await organizations.set_quotas(admin, memories=1000, agents=None, monthly_tokens=None)
    async with admin.transaction() as tx:
        await organizations.set_quotas(tx, memories=16, agents=None, monthly_tokens=None)
        deleting = asyncio.create_task(memories.delete(tenant, id=made[0].id))
        await asyncio.sleep(0.3)
    await deleting
    assert await _left(tenant) == {"memories": -4}
    with pytest.raises(QuotaExceeded):
        await memories.add(tenant, agent_id=agent.id, content="more")


async def test_a_writer_waits_for_one_other_at_most(db: Database, tenant: Tenant, agent: Agent) -> None:
    await organizations.set_quotas(db.admin(tenant.org_id), memories=1_000_000, agents=None, monthly_tokens=None)
    async with AsyncExitStack() as stack:
        for number in range(9):
            tx = await stack.enter_async_context(tenant.transaction())
            await memories.add(tx, agent_id=agent.id, content=f"held {number}")
        await asyncio.wait_for(memories.add(tenant, agent_id=agent.id, content="not held up"), 5)


async def test_activating_what_is_just_being_published(tenant: Tenant, agent: Agent) -> None:
    await directives.publish(tenant, agent_id=agent.id, content="1")
    async with tenant.transaction() as tx:
        await directives.publish(tx, agent_id=agent.id, content="2", activate=False)
        activating = asyncio.create_task(directives.activate(tenant, agent_id=agent.id, number=2))
        await asyncio.sleep(0.2)
    with pytest.raises(NotFound):
        await activating
    active = await directives.active(tenant, agent_id=agent.id)
    assert active is not None
    assert active.number == 1
