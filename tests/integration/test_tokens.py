"""API tokens: made once, verified without knowing the tenant, refused by name."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from memdb import agents, audit, organizations, tokens, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput, NotFound, TokenRefused
from tests.conftest import Home
from tests.server import execute, fetch


async def _reason(db: Database, text: str, ip: str | None = None) -> str:
    with pytest.raises(TokenRefused) as refused:
        await tokens.verify(db, text=text, ip=ip)
    return refused.value.reason


async def test_a_token_is_verified_without_knowing_its_tenant(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    made = await tokens.create(tenant, name="ci", agent_id=agent.id, permissions=5)
    holder = await tokens.verify(db, text=made.text)
    assert (holder.org_id, holder.agent_id, holder.permissions, holder.token_id) == (tenant.org_id, agent.id, 5, made.token.id)
    assert (holder.organization_status, holder.agent_status, holder.kind) == ("active", "active", "service")
    assert made.text.startswith(made.token.prefix)
    assert made.text not in str(fetch(dsn, "SELECT t::text FROM memdb.tokens AS t"))
    assert made.text[12:] not in str(fetch(dsn, "SELECT t::text FROM memdb.tokens AS t"))


async def test_bad_tokens_are_refused(db: Database, tenant: Tenant, rival: Home) -> None:
    text = (await tokens.create(tenant, name="ci")).text
    theirs = (await tokens.create(rival.tenant, name="ci")).text
    for bad in ("", "mdb_", text[:-1], text + "x", "xyz_" + text[4:], text[:-1] + "ü", text[:-22] + "!" * 22):
        assert await _reason(db, bad) in {"malformed", "unknown"}
    assert await _reason(db, text[:20] + ("a" if text[20] != "a" else "b") + text[21:]) == "unknown"
    # Ours, said to be another tenant's.
    assert await _reason(db, text[:-22] + theirs[-22:]) == "unknown"


async def test_a_token_ends(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    ending = await tokens.create(tenant, name="ci", expires_at=soon)
    await tokens.verify(db, text=ending.text)
    execute(dsn, f"UPDATE memdb.tokens SET created_at = now() - interval '2 h', expires_at = now() WHERE id = '{ending.token.id}'")
    assert await _reason(db, ending.text) == "expired"
    lost = await tokens.create(tenant, name="lost")
    since = await tokens.revoke(db.tenant(tenant.org_id, actor="ada"), id=lost.token.id, reason="lost")
    assert await tokens.revoke(tenant, id=lost.token.id, reason="again") == since
    assert await _reason(db, lost.text) == "revoked"
    found = await tokens.get(tenant, id=lost.token.id)
    assert found is not None
    assert (found.revoked_at, found.revoked_by, found.revoke_reason) == (since, "ada", "lost")
    together = await tokens.create(tenant, name="leaked")
    assert len(set(await asyncio.gather(*[tokens.revoke(tenant, id=together.token.id) for _ in range(8)]))) == 1
    assert len(await audit.page(tenant, resource_type="token", resource_id=str(together.token.id))) == 2
    with pytest.raises(NotFound, match="token"):
        await tokens.revoke(tenant, id=uuid.uuid4())
    with pytest.raises(InvalidInput, match="expires_at must be in the future"):
        await tokens.create(tenant, name="late", expires_at=datetime(2020, 1, 1, tzinfo=UTC))


async def test_a_token_speaks_for_its_user_and_agent_while_they_last(db: Database, tenant: Tenant, agent: Agent) -> None:
    user = await users.create(tenant, email="ada@example.com")
    personal = await tokens.create(tenant, name="mine", kind="personal", user_id=user.id)
    other = await tokens.create(tenant, name="agent", agent_id=agent.id)
    assert (await tokens.verify(db, text=personal.text)).user_id == user.id
    await users.update(tenant, id=user.id, status="suspended")
    assert await _reason(db, personal.text) == "user"
    await users.update(tenant, id=user.id, status="active")
    await users.delete(tenant, id=user.id)
    assert await _reason(db, personal.text) == "user"
    await agents.update(tenant, id=agent.id, status="suspended")
    assert (await tokens.verify(db, text=other.text)).agent_status == "suspended"
    await agents.delete(tenant, id=agent.id)
    assert await _reason(db, other.text) == "agent"
    with pytest.raises(InvalidInput, match="user_id must be given for a personal token"):
        await tokens.create(tenant, name="mine", kind="personal")
    with pytest.raises(NotFound, match="user"):
        await tokens.create(tenant, name="mine", user_id=uuid.uuid4())


async def test_a_token_of_a_tenant_that_ended(db: Database, tenant: Tenant) -> None:
    text = (await tokens.create(tenant, name="ci")).text
    await organizations.update(db.admin(tenant.org_id), status="suspended")
    assert (await tokens.verify(db, text=text)).organization_status == "suspended"
    await organizations.update(db.admin(tenant.org_id), status="cancelled")
    assert await _reason(db, text) == "organization"
    await organizations.update(db.admin(tenant.org_id), status="active")
    await organizations.delete(db.admin(tenant.org_id))
    assert await _reason(db, text) == "organization"


async def test_networks(db: Database, tenant: Tenant) -> None:
    bound = await tokens.create(tenant, name="office", allowed_networks=["192.0.2.0/24", "2001:db8::/32"])
    assert bound.token.allowed_networks == ["192.0.2.0/24", "2001:db8::/32"]
    for ip in ("192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"):
        await tokens.verify(db, text=bound.text, ip=ip)
    assert await _reason(db, bound.text, "198.51.100.1") == await _reason(db, bound.text) == "network"
    for bad in ("192.0.2.7/24", "here", "fe80::1%eth0", 7):
        with pytest.raises(InvalidInput, match="allowed_networks must be networks"):
            await tokens.create(tenant, name="x", allowed_networks=[bad])  # type: ignore[list-item]
    with pytest.raises(InvalidInput, match="ip must be an address"):
        await tokens.verify(db, text=bound.text, ip="here")


async def test_the_last_use_is_written_down_once_a_minute(db: Database, tenant: Tenant, dsn: str) -> None:
    made = await tokens.create(tenant, name="ci")
    await tokens.verify(db, text=made.text, record_use=False)
    assert (await tokens.page(tenant))[0].last_used_at is None
    await asyncio.gather(*[tokens.verify(db, text=made.text, ip="192.0.2.7") for _ in range(20)])
    (used,) = await tokens.page(tenant)
    assert used.last_used_ip == "192.0.2.7"
    await tokens.verify(db, text=made.text, ip="192.0.2.8")
    assert await tokens.get(tenant, id=made.token.id) == used
    execute(dsn, "UPDATE memdb.token_uses SET last_used_at = now() - interval '2 min'")
    await tokens.verify(db, text=made.text, ip="192.0.2.8")
    assert (await tokens.page(tenant))[0].last_used_ip == "192.0.2.8"


async def test_nobody_waits_for_a_token_in_use(db: Database, tenant: Tenant, dsn: str) -> None:
    made = await tokens.create(tenant, name="ci")
    async with tenant.transaction() as tx:
        await tokens.verifying.look_up_and_use(tx, hash=tokens.texts.digest(made.text), ip=None)
        await asyncio.wait_for(tokens.verify(db, text=made.text), 5)


async def test_tokens_are_listed(tenant: Tenant, agent: Agent) -> None:
    user = await users.create(tenant, email="ada@example.com")
    made = [await tokens.create(tenant, name=str(n), user_id=user.id if n else None) for n in range(3)]
    assert [each.name for each in await tokens.page(tenant)] == ["2", "1", "0"]
    assert [each.name for each in await tokens.page(tenant, user_id=user.id, before=made[2].token.id)] == ["1"]
    assert await tokens.page(tenant, agent_id=agent.id) == []
