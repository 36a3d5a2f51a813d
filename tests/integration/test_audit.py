"""The audit log, and that tampering with what was sealed shows."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from memdb import agents, audit
from memdb.audit import Seal
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput, NotFound, PermissionDenied
from tests.conftest import Home
from tests.server import execute, fetch


async def _fill(tenant: Tenant, entries: int) -> None:
    for number in range(entries):
        await audit.record(tenant, action="export", resource_type="report", resource_id=str(number), details={"rows": number})


async def _faults(tenant: Tenant, **bounds: int) -> list[tuple[int, str]]:
    return [(fault.seq, fault.fault) for fault in await audit.verify(tenant, **bounds)]  # type: ignore[arg-type]


async def test_entries(db: Database, tenant: Tenant, rival: Home) -> None:
    on = db.tenant(tenant.org_id, actor="ada")
    made = await audit.record(on, action="export", resource_type="report", resource_id="7", details={"rows": 3})
    assert (made.actor, made.action, made.details, made.seq) == ("ada", "export", {"rows": 3}, None)
    assert (await audit.page(tenant, action="export", acted_by="ada", since=made.created_at)) == [made]
    assert await audit.page(tenant, action="export", until=made.created_at) == await audit.page(tenant, acted_by="bob") == []
    assert await audit.page(tenant, resource_type="report", resource_id="7") == [made]
    assert await audit.page(rival.tenant, action="export") == []
    await _fill(tenant, 3)
    entries = await audit.page(tenant, limit=2)
    assert [entry.resource_id for entry in entries] == ["2", "1"]
    assert [entry.resource_id for entry in await audit.page(tenant, before=entries[-1].id, limit=2)] == ["0", "7"]


async def test_an_entry_is_written_with_what_it_tells_of(tenant: Tenant) -> None:
    with pytest.raises(ZeroDivisionError):
        async with tenant.transaction() as tx:
            agent = await agents.create(tx, slug="x", name="X")
            await audit.record(tx, action="hire", resource_type="agent", resource_id=str(agent.id))
            raise ZeroDivisionError
    assert [entry.action for entry in await audit.page(tenant)] == ["agent.create", "organization.create"]


async def test_bad_entries(db: Database, tenant: Tenant) -> None:
    with pytest.raises(InvalidInput, match="action"):
        await audit.record(tenant, action="", resource_type="x")
    with pytest.raises(InvalidInput, match="details must be a JSON object of at most 65536 bytes"):
        await audit.record(tenant, action="x", resource_type="x", details={"x": "x" * 70_000})
    with pytest.raises(NotFound, match="organization"):
        await audit.record(db.tenant(uuid.uuid4()), action="x", resource_type="x")
    with pytest.raises(InvalidInput, match="actor"):
        db.tenant(tenant.org_id, actor="")


async def test_sealing(db: Database, tenant: Tenant, rival: Home) -> None:
    admin = db.admin(tenant.org_id)
    first = await audit.seal(admin)
    assert (first.seq, first.sealed) == (2, 2)
    await _fill(tenant, 5)
    second = await audit.seal(admin)
    assert (second.seq, second.sealed) == (7, 5)
    assert await audit.seal(admin) == Seal(7, second.digest, 0)
    assert [entry.seq for entry in await audit.page(tenant)] == [7, 6, 5, 4, 3, 2, 1]
    assert await audit.verify(tenant) == await audit.verify(tenant, after=3, until=5) == await audit.verify(tenant, kept=first) == []
    assert (await audit.seal(db.admin(rival.tenant.org_id))).seq == 2
    assert await audit.verify(rival.tenant) == []
    with pytest.raises(PermissionDenied):
        await audit.seal(tenant)  # type: ignore[arg-type]


async def test_many_entries_by_many_sealers(db: Database, tenant: Tenant, dsn: str) -> None:
    execute(
        dsn,
        f"INSERT INTO memdb.audit_log (org_id, action, resource_type) SELECT '{tenant.org_id}', 'x', 'y' FROM generate_series(1, 2500)",
    )
    await asyncio.gather(*[audit.seal(db.admin(tenant.org_id)) for _ in range(4)], *[_fill(tenant, 10) for _ in range(4)])
    assert (await audit.seal(db.admin(tenant.org_id))).seq == 2542
    assert await audit.verify(tenant) == []


async def test_writers_do_not_wait_for_the_sealer(db: Database, tenant: Tenant) -> None:
    async with db.admin(tenant.org_id).transaction() as tx:
        await audit.chain.lock_head(tx)
        await audit.chain.seal_batch(tx, limit=10)
        await asyncio.wait_for(_fill(tenant, 3), 5)
    assert await audit.verify(tenant) == []


@pytest.mark.parametrize(
    ("tampering", "faults"),
    [
        ("UPDATE memdb.audit_log SET actor = 'eve' WHERE seq = 3", [(3, "altered")]),
        ("UPDATE memdb.audit_log SET details = '{}' WHERE seq IN (3, 5)", [(3, "altered"), (5, "altered")]),
        ("UPDATE memdb.audit_log SET created_at = created_at + interval '1 microsecond' WHERE seq = 1", [(1, "altered")]),
        ("DELETE FROM memdb.audit_log WHERE seq IN (3, 4)", [(3, "missing"), (4, "missing")]),
        ("DELETE FROM memdb.audit_log WHERE seq = 1", [(1, "missing")]),
        ("DELETE FROM memdb.audit_log WHERE seq > 5", [(6, "missing"), (7, "missing")]),
        ("DELETE FROM memdb.audit_log", [(seq, "missing") for seq in range(1, 8)]),
        ("UPDATE memdb.audit_log SET seq = 8 WHERE seq = 7", [(7, "missing"), (8, "added")]),
        ("UPDATE memdb.audit_log SET digest = '\\x00' WHERE seq = 7", [(7, "altered"), (7, "replaced")]),
    ],
)
async def test_tampering_shows(tampering: str, faults: list[tuple[int, str]], db: Database, tenant: Tenant, dsn: str) -> None:
    await _fill(tenant, 5)
    await audit.seal(db.admin(tenant.org_id))
    altered = {entry.seq: entry.id for entry in await audit.page(tenant)}
    execute(dsn, tampering)
    found = await audit.verify(tenant)
    assert [(fault.seq, fault.fault) for fault in found] == faults
    assert all(fault.entry_id == (None if fault.fault == "missing" else altered.get(fault.seq, altered[7])) for fault in found)
    assert await _faults(tenant, after=2, until=4) == [fault for fault in faults if 2 < fault[0] <= 4]


async def test_a_chain_forged_from_end_to_end_shows_by_the_seal_that_was_kept(db: Database, tenant: Tenant, dsn: str) -> None:
    await _fill(tenant, 5)
    kept = await audit.seal(db.admin(tenant.org_id))
    execute(
        dsn,
        "UPDATE memdb.audit_log SET actor = 'eve', seq = NULL, digest = NULL",
        "UPDATE memdb.audit_heads SET seq = 0, digest = ''",
    )
    await audit.seal(db.admin(tenant.org_id))
    assert await audit.verify(tenant) == []
    assert [(fault.seq, fault.fault) for fault in await audit.verify(tenant, kept=kept)] == [(7, "replaced")]


async def test_what_was_never_sealed_is_not_vouched_for(tenant: Tenant, dsn: str) -> None:
    await _fill(tenant, 2)
    execute(dsn, "DELETE FROM memdb.audit_log WHERE resource_id = '1'")
    assert await audit.verify(tenant) == []
    assert fetch(dsn, "SELECT count(*) FROM memdb.audit_log WHERE resource_id = '0'") == [(1,)]


async def test_a_place_far_beyond_the_end(db: Database, tenant: Tenant) -> None:
    kept = await audit.seal(db.admin(tenant.org_id))
    faults = await audit.verify(tenant, kept=Seal(10**12, kept.digest, 0))
    assert [(fault.seq, fault.fault) for fault in faults] == [(seq, "missing") for seq in range(3, 1003)]
