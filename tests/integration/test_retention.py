"""Purging, erasing and legal holds: what must go goes, what must stay stays, and each table is accounted for."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memdb import agents, audit, memories, organizations, relations, retention, tokens, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, NotFound, PermissionDenied, TenantRequired, UnderLegalHold, WritesRefused
from memdb.memories import Memory, NewMemory
from memdb.retention.erasing import close_organization
from memdb.retention.holding import lock_organization, place_hold
from memdb.retention.removing import of_tenant, removals
from tests.conftest import Home
from tests.samples import SAMPLES, build
from tests.server import execute, fetch

NOW = datetime.now(UTC)
# Tables with an org_id that outlive their organization on purpose.
KEPT = {"erasures"}


def _tables(dsn: str) -> set[str]:
    found = fetch(
        dsn,
        """
        SELECT c.relname FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
        WHERE c.relnamespace = 'memdb'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        """,
    )
    return {str(row[0]) for row in found}


def _rows(dsn: str, org_id: uuid.UUID) -> dict[str, object]:
    return {table: fetch(dsn, f"SELECT count(*) FROM memdb.{table} WHERE org_id = '{org_id}'")[0][0] for table in _tables(dsn)}


async def _old(tenant: Tenant, agent: Agent, dsn: str, count: int, **given: Any) -> list[Memory]:
    """Memories that were deleted a year ago."""
    made = await memories.add_many(
        tenant, agent_id=agent.id, items=[NewMemory(content=f"old {uuid.uuid4()}", **given) for _ in range(count)]
    )
    for memory in made:
        await memories.delete(tenant, id=memory.id)
    execute(dsn, "UPDATE memdb.memories SET deleted_at = now() - interval '1 year' WHERE content LIKE 'old %'")
    return made


async def test_erasing_reports_every_table_of_the_schema(db: Database, tenant: Tenant, dsn: str) -> None:
    """A table with an org_id goes with its organization, or is kept on purpose."""
    plan = await removals(db.admin(), await of_tenant(db.admin()))
    removed = {table for table in plan.tables if ("remove", table) in plan.texts}
    assert removed == (_tables(dsn) - KEPT) | {"organizations"}
    (counting,) = [each.text for each in await of_tenant(db.admin()) if each.purpose == "count_of_tenant"]
    assert {row["table_name"] for row in await db.admin()._fetch(counting, [tenant.org_id])} == removed


async def test_erasing_an_organization_leaves_nothing_of_it(db: Database, home: Home, rival: Home, dsn: str) -> None:
    org_id = home.tenant.org_id
    for _ in range(2):
        world = await build(db, home.tenant)
        for name, call in SAMPLES.items():
            if not name.endswith(
                (".delete", ".delete_matching", ".supersede", ".close", ".dismiss", ".invalidate", ".sweep_idle", "entities.merge")
            ):
                await call(world, home.tenant)
        await retention.release_hold(db.admin(org_id), name=world.hold)
    await organizations.set_quotas(db.admin(org_id), memories=10_000, agents=None, monthly_tokens=None)
    await audit.seal(db.admin(org_id))
    await build(db, rival.tenant)
    before, theirs = _rows(dsn, org_id), _rows(dsn, rival.tenant.org_id)
    assert {table for table, rows in before.items() if not rows} <= KEPT, "the samples fill every table"
    counted = await retention.erase_organization(db.admin(org_id), org_id=org_id, dry_run=True)
    assert counted == {"organizations": 1} | {table: rows for table, rows in before.items() if rows and table not in KEPT}
    assert _rows(dsn, org_id) == before

    removed = await retention.erase_organization(db.admin(org_id, actor="ops"), org_id=org_id)
    # The audit log has grown by the entry of the erasure itself.
    assert removed == counted | {"audit_log": counted["audit_log"] + 1}
    assert {table for table, rows in _rows(dsn, org_id).items() if rows} == KEPT
    assert fetch(dsn, f"SELECT count(*) FROM memdb.organizations WHERE id = '{org_id}'") == [(0,)]
    (receipt,) = [each for each in await retention.erasures(db.admin(), of_org_id=org_id) if each.user_id is None]
    assert (receipt.rows, receipt.erased_by) == (removed, "ops")
    assert receipt.finished_at is not None
    assert _rows(dsn, rival.tenant.org_id) == theirs


async def test_erasing_a_user(db: Database, tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    admin = db.admin(tenant.org_id, actor="ops")
    ada, bob = [await users.create(tenant, email=f"{name}@example.com") for name in ("ada", "bob")]
    items = [NewMemory(content=f"ada {n}", user_id=ada.id, tags=["t"]) for n in range(2300)]
    made = await memories.add_many(tenant, agent_id=agent.id, items=items)
    await memories.delete(tenant, id=made[0].id)
    kept = await memories.add(tenant, agent_id=agent.id, content="bob's", user_id=bob.id)
    await memories.supersede(tenant, id=kept.id, successor_id=made[1].id)
    await memories.vote(tenant, id=made[1].id, agent_id=agent.id, vote="positive")
    await relations.add(tenant, source_id=kept.id, target_id=made[2].id, type="derived_from")
    await tokens.create(tenant, name="mine", kind="personal", user_id=ada.id)
    counted = await retention.erase_user(admin, user_id=ada.id, dry_run=True)
    assert (counted["memories"], counted["memory_tags"], counted["memory_votes"], counted["memory_relations"]) == (2300, 2300, 1, 2)
    assert (counted["users"], counted["tokens"], counted["token_uses"]) == (1, 1, 1)

    steps: list[int] = []
    assert await retention.erase_user(admin, user_id=ada.id, progress=steps.append) == counted
    assert steps == [3004, 3000, 900]
    (receipt,) = await retention.erasures(db.admin(), of_org_id=tenant.org_id)
    assert (receipt.user_id, receipt.rows, receipt.erased_by) == (ada.id, counted, "ops")
    assert await audit.page(tenant, action="user.erased")
    assert await users.page(tenant) == [bob]
    left = await memories.get(tenant, id=kept.id)
    assert left is not None
    assert (left.status, left.superseded_by) == ("superseded", None)
    assert await memories.tip(tenant, id=kept.id) == left
    assert fetch(dsn, "SELECT count(*) FROM memdb.memory_versions") == [(2,)]
    assert [(entry.action, entry.resource_id) for entry in await audit.page(tenant, action="user.erase")] == [("user.erase", str(ada.id))]
    with pytest.raises(NotFound, match="user"):
        await retention.erase_user(admin, user_id=ada.id)
    with pytest.raises(NotFound, match="user"):
        await retention.erase_user(db.admin(rival.tenant.org_id), user_id=bob.id)
    assert await users.page(tenant) == [bob]


async def test_erasing_a_user_who_is_still_written_about(db: Database, tenant: Tenant, agent: Agent) -> None:
    ada = await users.create(tenant, email="ada@example.com")
    refused = []

    async def write() -> None:
        for number in range(200):
            try:
                await memories.add(tenant, agent_id=agent.id, content=str(number), user_id=ada.id)
            except NotFound as error:
                refused.append(error.kind)

    await asyncio.gather(write(), retention.erase_user(db.admin(tenant.org_id), user_id=ada.id))
    assert await memories.count(tenant, user_id=ada.id) == 0
    assert set(refused) <= {"user"}


async def test_erasing_that_was_broken_off_goes_on(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    admin = db.admin(tenant.org_id)
    ada = await users.create(tenant, email="ada@example.com")
    await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=str(n), user_id=ada.id) for n in range(2500)])

    def stop(removed: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await retention.erase_user(admin, user_id=ada.id, progress=stop)
    assert await memories.count(tenant, user_id=ada.id) == 1500
    (receipt,) = await retention.erasures(admin)
    assert (receipt.rows["memories"], receipt.finished_at) == (1000, None)
    assert [entry.action for entry in await audit.page(tenant, limit=1)] == ["user.erase"]
    assert (await retention.erase_user(admin, user_id=ada.id))["memories"] == 2500
    (receipt,) = await retention.erasures(admin)
    assert receipt.rows["memories"] == 2500
    assert receipt.finished_at is not None
    assert await memories.count(tenant) == 0


async def test_an_organization_whose_erasure_has_begun_cannot_be_restored(db: Database, tenant: Tenant, agent: Agent) -> None:
    admin = db.admin(tenant.org_id)
    await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=str(n)) for n in range(10)])

    def stop(removed: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await retention.erase_organization(admin, org_id=tenant.org_id, progress=stop)
    with pytest.raises(InvalidInput, match="organization must not be one whose erasure has begun"):
        await organizations.restore(admin)
    assert (await retention.erase_organization(admin, org_id=tenant.org_id))["memories"] == 10


async def test_what_has_not_ended_is_never_purged(db: Database, tenant: Tenant, agent: Agent) -> None:
    later = NOW + timedelta(days=30)
    memory = await memories.add(tenant, agent_id=agent.id, content="x", expires_at=later)
    with pytest.raises(InvalidInput, match="deleted_before must not be in the future"):
        await retention.purge(db.admin(tenant.org_id), deleted_before=later + timedelta(days=1))
    assert await memories.get(tenant, id=memory.id) == memory


async def test_a_memory_that_comes_under_a_hold_while_its_user_is_erased_stays(db: Database, tenant: Tenant, agent: Agent) -> None:
    admin = db.admin(tenant.org_id)
    ada = await users.create(tenant, email="ada@example.com")
    held = await agents.create(tenant, slug="held", name="Held")
    await memories.add(tenant, agent_id=agent.id, content="x", user_id=ada.id)
    await retention.hold(admin, name="agent's", agent_id=held.id)
    async with tenant.transaction() as tx:
        memory = await memories.add(tx, agent_id=held.id, content="evidence", user_id=ada.id)
        erasing = asyncio.create_task(retention.erase_user(admin, user_id=ada.id))
        await asyncio.sleep(0.3)
    with pytest.raises(UnderLegalHold, match="agent's"):
        await erasing
    assert await memories.get(tenant, id=memory.id) == memory


async def test_a_successor_that_comes_while_it_is_erased_is_unlinked(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada = await users.create(tenant, email="ada@example.com")
    theirs = await memories.add(tenant, agent_id=agent.id, content="ada's", user_id=ada.id)
    ours = await memories.add(tenant, agent_id=agent.id, content="ours")
    async with tenant.transaction() as tx:
        await memories.supersede(tx, id=ours.id, successor_id=theirs.id)
        erasing = asyncio.create_task(retention.erase_user(db.admin(tenant.org_id), user_id=ada.id))
        await asyncio.sleep(0.3)
    await erasing
    left = await memories.get(tenant, id=ours.id)
    assert left is not None
    assert (left.status, left.superseded_by) == ("superseded", None)
    assert (await memories.versions(tenant, id=ours.id))[0].superseded_by is None
    assert str(theirs.id) not in str(fetch(dsn, "SELECT v::text FROM memdb.memory_versions AS v"))


async def test_an_erased_organization_is_closed_first(db: Database, tenant: Tenant, agent: Agent) -> None:
    await close_organization(db.admin(tenant.org_id))
    with pytest.raises(WritesRefused, match="organization is deleted"):
        await memories.add(tenant, agent_id=agent.id, content="x")


async def test_erasing_says_twice_what_it_erases(db: Database, tenant: Tenant, rival: Home) -> None:
    with pytest.raises(InvalidInput, match="org_id must be that of the executor"):
        await retention.erase_organization(db.admin(tenant.org_id), org_id=rival.tenant.org_id)
    with pytest.raises(TenantRequired):
        await retention.erase_organization(db.admin(), org_id=tenant.org_id)
    unknown = uuid.uuid4()
    for dry_run in (True, False):
        with pytest.raises(NotFound, match="organization"):
            await retention.erase_organization(db.admin(unknown), org_id=unknown, dry_run=dry_run)
        with pytest.raises(NotFound, match="user"):
            await retention.erase_user(db.admin(tenant.org_id), user_id=unknown, dry_run=dry_run)
    as_tenant: Any = tenant
    for call in (
        retention.erase_organization(as_tenant, org_id=tenant.org_id),
        retention.erase_user(as_tenant, user_id=uuid.uuid4()),
        retention.purge(as_tenant, deleted_before=NOW),
        retention.hold(as_tenant, name="x"),
    ):
        with pytest.raises(PermissionDenied):
            await call


async def test_purging(db: Database, tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    admin = db.admin(tenant.org_id)
    await organizations.set_quotas(admin, memories=100, agents=None, monthly_tokens=None)
    old = await _old(tenant, agent, dsn, 25, tags=["t"])
    await _old(rival.tenant, rival.agent, dsn, 1)
    expired = await memories.add(tenant, agent_id=agent.id, content="expired", expires_at=NOW + timedelta(days=1))
    execute(
        dsn,
        "UPDATE memdb.memories SET created_at = now() - interval '2 y', expires_at = now() - interval '1 y' WHERE content = 'expired'",
    )
    recent = await memories.add(tenant, agent_id=agent.id, content="deleted just now")
    await memories.delete(tenant, id=recent.id)
    live = await memories.add(tenant, agent_id=agent.id, content="live")
    steps: list[int] = []
    purged = await retention.purge(admin, deleted_before=NOW - timedelta(days=30), batch=10, progress=steps.append)
    assert steps == [10, 10, 6]
    assert (purged.rows["memories"], purged.rows["memory_tags"], purged.rows["memory_versions"], purged.holds) == (26, 25, 51, [])
    assert await memories.versions(tenant, id=old[0].id) == await memories.versions(tenant, id=expired.id) == []
    assert (await memories.restore(tenant, id=recent.id)).content == recent.content
    assert await memories.get(tenant, id=live.id) == live
    assert fetch(dsn, f"SELECT count(*) FROM memdb.memories WHERE org_id = '{rival.tenant.org_id}'") == [(1,)]
    assert [quota.free for quota in await organizations.quotas(tenant)] == [98]
    assert len(await audit.page(tenant, action="organization.purge")) == 3
    assert (await retention.purge(admin, deleted_before=NOW)).rows == {}
    with pytest.raises(NotFound, match="organization"):
        await retention.purge(db.admin(uuid.uuid4()), deleted_before=NOW)
    with pytest.raises(InvalidInput, match="before must have a time zone"):
        await retention.purge(admin, deleted_before=datetime.now())
    with pytest.raises(InvalidInput, match="batch must be between 1 and 1000"):
        await retention.purge(admin, deleted_before=NOW, batch=0)


async def test_purging_twice_at_once(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    await _old(tenant, agent, dsn, 60)
    results = await asyncio.gather(*[retention.purge(db.admin(tenant.org_id), deleted_before=NOW, batch=7) for _ in range(3)])
    assert sum(result.rows.get("memories", 0) for result in results) == 60


async def test_a_hold_on_the_organization(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    admin = db.admin(tenant.org_id, actor="counsel")
    user = await users.create(tenant, email="ada@example.com")
    await _old(tenant, agent, dsn, 3)
    placed = await retention.hold(admin, name="case 7", reason="subpoena")
    assert (placed.placed_by, placed.reason, placed.released_at) == ("counsel", "subpoena", None)
    before = _rows(dsn, tenant.org_id)
    for call in (
        retention.purge(admin, deleted_before=NOW),
        retention.erase_user(admin, user_id=user.id),
        retention.erase_user(admin, user_id=user.id, dry_run=True),
        retention.erase_organization(admin, org_id=tenant.org_id),
        retention.erase_organization(admin, org_id=tenant.org_id, dry_run=True),
    ):
        with pytest.raises(UnderLegalHold, match="under legal hold: case 7"):
            await call
    assert _rows(dsn, tenant.org_id) == before
    assert await organizations.get(tenant) is not None
    with pytest.raises(AlreadyExists, match="legal hold in force has this name"):
        await retention.hold(admin, name="case 7")
    assert await retention.holds(tenant) == [placed]
    released = await retention.release_hold(admin, name="case 7", reason="settled")
    assert (released.released_by, released.release_reason) == ("counsel", "settled")
    with pytest.raises(NotFound, match="no such legal hold in force"):
        await retention.release_hold(admin, name="case 7")
    assert await retention.holds(tenant) == []
    assert await retention.holds(tenant, ended=True) == [released]
    assert (await retention.purge(admin, deleted_before=NOW)).rows["memories"] == 3
    assert [entry.action for entry in await audit.page(tenant, resource_type="legal_hold", resource_id="case 7")] == [
        "legal_hold.release",
        "legal_hold.place",
    ]


async def test_a_hold_on_a_user_or_an_agent(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    admin = db.admin(tenant.org_id)
    ada, bob = [await users.create(tenant, email=f"{name}@example.com") for name in ("ada", "bob")]
    await retention.hold(admin, name="ada's", user_id=ada.id)
    await _old(tenant, agent, dsn, 2, user_id=ada.id)
    await _old(tenant, agent, dsn, 3, user_id=bob.id)
    purged = await retention.purge(admin, deleted_before=NOW)
    assert (purged.rows["memories"], purged.holds) == (3, ["ada's"])
    with pytest.raises(UnderLegalHold, match="ada's"):
        await retention.erase_user(admin, user_id=ada.id)
    with pytest.raises(UnderLegalHold, match="ada's"):
        await retention.erase_organization(admin, org_id=tenant.org_id)
    await retention.hold(admin, name="agent's", agent_id=agent.id)
    assert (await retention.erase_user(admin, user_id=bob.id))["users"] == 1
    await retention.release_hold(admin, name="ada's")
    with pytest.raises(UnderLegalHold, match="agent's"):
        await retention.erase_user(admin, user_id=ada.id)
    assert (await retention.purge(admin, deleted_before=NOW)).rows == {}
    await retention.release_hold(admin, name="agent's")
    assert (await retention.erase_user(admin, user_id=ada.id))["memories"] == 2
    with pytest.raises(InvalidInput, match="agent_id and user_id must not be given together"):
        await retention.hold(admin, name="x", user_id=ada.id, agent_id=agent.id)
    with pytest.raises(NotFound, match="user"):
        await retention.hold(admin, name="x", user_id=ada.id)


async def test_a_hold_is_not_overtaken_by_a_purge(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    await _old(tenant, agent, dsn, 3)
    admin = db.admin(tenant.org_id)
    async with admin.transaction() as tx:
        await lock_organization(tx)
        await place_hold(tx, name="case 7", user_id=None, agent_id=None, reason=None)
        purging = asyncio.create_task(retention.purge(admin, deleted_before=NOW))
        await asyncio.sleep(0.2)
        assert not purging.done()
    with pytest.raises(UnderLegalHold):
        await purging
    assert fetch(dsn, "SELECT count(*) FROM memdb.memories") == [(3,)]
