"""What a debugger and a log show of a Database and what is made of it: where, whose and in which state, and no secret."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

import memdb
from memdb.engine.dsn import connection_parameters
from tests.conftest import settle

SECRET = "hunter2"


@pytest.fixture
def secretive(dsn: str) -> str:
    """The DSN with a password, which the server does not ask for, in both places where one may stand."""
    parts = urlsplit(dsn)
    login, _, host = parts.netloc.rpartition("@")
    query = f"{parts.query}&application_name={SECRET}".lstrip("&")
    return parts._replace(netloc=f"{login.partition(':')[0]}:{SECRET}@{host}", query=query).geturl()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:hunter2@db.example:5433/agents?sslmode=require", "db.example:5433/agents"),
        ("postgres://ada:hunter%402@one:5432,two:5433/agents", "one:5432,two:5433/agents"),
        ("postgresql://ada@/agents?host=/run/postgresql&password=hunter2", "/run/postgresql/agents"),
        ("postgresql://", "elsewhere:5432/others"),
    ],
)
def test_a_place_has_no_secret(url: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "elsewhere")
    monkeypatch.setenv("PGDATABASE", "others")
    assert connection_parameters(url).place == shown


async def test_each_says_where_whose_and_in_which_state(secretive: str) -> None:
    where = connection_parameters(secretive).place
    db = await memdb.connect(secretive, timeout=20.0)
    tenant = (await settle(db, "shown")).tenant
    async with tenant.transaction() as tx, db.admin().transaction() as administration:
        shown = [repr(each) for each in (db, tenant, db.admin(), db.admin(tenant.org_id), tx, administration)]
    assert shown == [
        f"<memdb.Database on {where}, open>",
        f"<memdb.Tenant {tenant.org_id} on {where}, open>",
        f"<memdb.Admin of all tenants on {where}, open>",
        f"<memdb.Admin {tenant.org_id} on {where}, open>",
        f"<memdb.Transaction {tenant.org_id} on {where}, open>",
        f"<memdb.AdminTransaction of all tenants on {where}, open>",
    ]
    assert repr(tx) == f"<memdb.Transaction {tenant.org_id} on {where}, ended>"
    await db.close()
    assert repr(db) == f"<memdb.Database on {where}, closed>"
    assert repr(tenant) == f"<memdb.Tenant {tenant.org_id} on {where}, closed>"
    assert SECRET not in "".join(shown)


def test_the_synchronous_ones_say_the_same(secretive: str) -> None:
    where = connection_parameters(secretive).place
    with memdb.sync(secretive, timeout=20.0) as synchronous:
        assert repr(synchronous) == f"<memdb.SyncDatabase on {where}, open>"
        assert repr(synchronous.admin()) == f"<memdb.SyncAdmin of all tenants on {where}, open>"
    assert repr(synchronous) == f"<memdb.SyncDatabase on {where}, closed>"
