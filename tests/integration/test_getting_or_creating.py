"""`get_or_create` of organizations, agents and users: who is there is returned as it is, and many who ask at once all get the same one."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest

from memdb import agents, audit, organizations, users
from memdb.engine.database import Database
from memdb.errors import AlreadyExists, NotFound, QuotaExceeded, WritesRefused
from tests.conftest import Home

RACERS = 16


class Way(NamedTuple):
    """How one is asked for by its name, with other values than those of the one that may be there, and deleted."""

    ask: Callable[..., Awaitable[Any]]
    delete: Callable[[Any], Awaitable[int]]
    restore: Callable[[Any], Awaitable[Any]]
    count: Callable[[], Awaitable[int]]


@pytest.fixture(params=["organization", "agent", "user"])
def way(request: pytest.FixtureRequest, db: Database, home: Home) -> Way:
    tenant, admin = home.tenant, db.admin()

    async def counted(rows: Awaitable[list[Any]]) -> int:
        return len(await rows)

    ways = {
        "organization": Way(
            lambda name="One": organizations.get_or_create(admin, slug="one", name=name),
            lambda row: organizations.delete(db.admin(row.id)),
            lambda row: organizations.restore(db.admin(row.id)),
            lambda: counted(organizations.page(admin)),
        ),
        "agent": Way(
            lambda name="One": agents.get_or_create(tenant, slug="one", name=name, tags=[name]),
            lambda row: agents.delete(tenant, id=row.id),
            lambda row: agents.restore(tenant, id=row.id),
            lambda: counted(agents.page(tenant)),
        ),
        "user": Way(
            lambda name="One": users.get_or_create(tenant, email="one@example.com", name=name),
            lambda row: users.delete(tenant, id=row.id),
            lambda row: users.restore(tenant, id=row.id),
            lambda: counted(users.page(tenant)),
        ),
    }
    return ways[request.param]


async def test_it_is_made_once_and_then_returned_as_it_is(way: Way) -> None:
    before = await way.count()
    made = await way.ask()
    assert made.name == "One"
    assert await way.ask("Another name") == made
    assert await way.count() == before + 1


async def test_of_many_at_once_all_get_the_same(way: Way) -> None:
    made = await asyncio.gather(*[way.ask(f"One {racer}") for racer in range(RACERS)])
    assert len({row.id for row in made}) == 1
    assert len({row.name for row in made}) == 1


async def test_a_deleted_one_is_not_brought_back(way: Way) -> None:
    first = await way.ask()
    await way.delete(first)
    second = await way.ask()
    assert second.id != first.id
    with pytest.raises(AlreadyExists, match=r"slug|email"):
        await way.restore(first)
    await way.delete(second)
    assert (await way.restore(first)).id == first.id
    assert (await way.ask()).id == first.id


async def test_it_is_written_down_when_it_is_made(db: Database, home: Home) -> None:
    tenant, by_tenant = home.tenant, db.admin(home.tenant.org_id)
    await users.get_or_create(tenant, email="ada@example.com")
    await agents.get_or_create(tenant, slug="one", name="One")
    before = len(await audit.page(by_tenant))
    assert (await users.get_or_create(tenant, email="ADA@Example.com")).email == "ada@example.com"
    await agents.get_or_create(tenant, slug="one", name="One")
    entries = await audit.page(by_tenant)
    assert len(entries) == before
    assert {entry.action for entry in entries} >= {"user.create", "agent.create"}


async def test_whoever_is_there_is_returned_to_a_tenant_that_takes_no_writes_and_has_no_quota_left(db: Database, home: Home) -> None:
    tenant, admin = home.tenant, db.admin(home.tenant.org_id)
    ada = await users.get_or_create(tenant, email="ada@example.com")
    await organizations.set_quotas(admin, agents=1, memories=None, monthly_tokens=None)
    assert await agents.get_or_create(tenant, slug="helper", name="Helper") == home.agent
    with pytest.raises(QuotaExceeded):
        await agents.get_or_create(tenant, slug="one", name="One")
    await organizations.set_quotas(admin, agents=None, memories=None, monthly_tokens=None)
    await organizations.update(admin, status="suspended")
    assert await agents.get_or_create(tenant, slug="helper", name="Helper") == home.agent
    assert await users.get_or_create(tenant, email="ada@example.com") == ada
    for call in (agents.get_or_create(tenant, slug="one", name="One"), users.get_or_create(tenant, email="b@example.com")):
        with pytest.raises(WritesRefused):
            await call
    nowhere = db.tenant(uuid.uuid4())
    for call in (agents.get_or_create(nowhere, slug="one", name="One"), users.get_or_create(nowhere, email="b@example.com")):
        with pytest.raises(NotFound, match="organization"):
            await call


async def test_another_with_the_same_sign_on_is_told(home: Home) -> None:
    await users.create(home.tenant, email="ada@example.com", sso_provider="example", sso_subject="ada")
    with pytest.raises(AlreadyExists, match="sso_subject"):
        await users.get_or_create(home.tenant, email="b@example.com", sso_provider="example", sso_subject="ada")


async def test_tenants_have_their_own(home: Home, rival: Home) -> None:
    mine, theirs = [await agents.get_or_create(each.tenant, slug="one", name="One") for each in (home, rival)]
    assert mine.id != theirs.id
