import io
import uuid
from typing import Any

import pytest
from code_reviews import queries, reviews
from code_reviews.reviews import Review, Tally

import memdb
from memdb import Cursor, agents, backup, organizations, retention, users
from memdb.agents import Agent
from memdb.errors import AlreadyExists, InvalidInput, NotFound, VersionConflict, WritesRefused
from memdb.operations.check import check


@pytest.fixture
async def agent(tenant: memdb.Tenant) -> Agent:
    return await agents.create(tenant, slug="reviewer", name="Reviewer")


@pytest.fixture
async def rival(db: memdb.Database) -> memdb.Tenant:
    """Another tenant."""
    organization = await organizations.create(db.admin(), slug=uuid.uuid4().hex, name="A rival")
    return db.tenant(organization.id)


async def _add(tenant: memdb.Tenant, agent: Agent, pull_request: int, **given: Any) -> Review:
    said = {"repository": "acme/shop", "verdict": "approved", "summary": "Reads well.", **given}
    return await reviews.add(tenant, agent_id=agent.id, pull_request=pull_request, **said)


def test_statements_and_tables_are_as_they_should_be(dsn: str) -> None:
    assert check(dsn, packages=[queries]) == []


async def test_a_review_is_revised_and_deleted(tenant: memdb.Tenant, agent: Agent) -> None:
    first = await _add(tenant, agent, 7)
    revised = await reviews.revise(tenant, id=first.id, verdict="changes_requested", summary="A test is missing.", expected_version=1)
    assert (revised.verdict, revised.summary, revised.version) == ("changes_requested", "A test is missing.", 2)
    with pytest.raises(VersionConflict, match="expected version 1, found version 2"):
        await reviews.revise(tenant, id=first.id, verdict="approved", summary="Fine.", expected_version=1)
    assert await reviews.get(tenant, id=first.id) == revised

    assert await reviews.delete(tenant, id=first.id) == 3
    assert await reviews.get(tenant, id=first.id) is None
    with pytest.raises(NotFound, match=f"no such review: {first.id}"):
        await reviews.revise(tenant, id=first.id, verdict="approved", summary="Fine.", expected_version=3)
    assert (await _add(tenant, agent, 7)).version == 1


async def test_pages_and_tallies(tenant: memdb.Tenant, agent: Agent) -> None:
    added = [await _add(tenant, agent, number, verdict="commented" if number % 3 else "approved") for number in range(1, 8)]
    elsewhere = await _add(tenant, agent, 1, repository="acme/site")
    newest_first = [elsewhere, *reversed(added)]
    assert await reviews.page(tenant) == newest_first
    assert await reviews.page(tenant, limit=3) == newest_first[:3]
    for last in (newest_first[2], Cursor.of(newest_first[2]), newest_first[2].id):
        assert await reviews.page(tenant, limit=3, before=last) == newest_first[3:6]
    assert await reviews.page(tenant, repository="acme/site") == [elsewhere]
    assert [each.pull_request for each in await reviews.page(tenant, verdict="approved")] == [1, 6, 3]
    assert await reviews.tally(tenant, agent_id=agent.id) == [Tally("commented", 5), Tally("approved", 3)]


async def test_what_is_wrong_has_its_name(db: memdb.Database, tenant: memdb.Tenant, agent: Agent) -> None:
    await _add(tenant, agent, 7)
    with pytest.raises(AlreadyExists, match="another review of the agent's has this pull request"):
        await _add(tenant, agent, 7)
    for wrong, told in (
        ({"repository": "shop"}, "repository must be owner/name"),
        ({"summary": ""}, "summary must have 1 to 10,000 characters"),
        ({"verdict": "fine"}, "verdict must be one of approved, changes_requested, commented"),
    ):
        with pytest.raises(InvalidInput, match=told):
            await _add(tenant, agent, 8, **wrong)
    with pytest.raises(InvalidInput, match="pull_request must be between 1 and"):
        await _add(tenant, agent, 0)
    with pytest.raises(NotFound, match="no such user"):
        await _add(tenant, agent, 8, user_id=uuid.uuid4())
    await organizations.update(db.admin(tenant.org_id), status="suspended")
    with pytest.raises(WritesRefused):
        await _add(tenant, agent, 8)


async def test_another_tenant_sees_and_changes_nothing(tenant: memdb.Tenant, agent: Agent, rival: memdb.Tenant) -> None:
    ours = await _add(tenant, agent, 7)
    assert await reviews.get(rival, id=ours.id) is None
    assert await reviews.page(rival) == []
    assert await reviews.tally(rival, agent_id=agent.id) == []
    with pytest.raises(NotFound):
        await reviews.delete(rival, id=ours.id)
    with pytest.raises(NotFound, match="no such agent"):
        await _add(rival, agent, 7)
    assert await rival.fetch(int, "SELECT count(*) FROM code_reviews.reviews WHERE :org_id::memdb.tenant IS NOT NULL") == [0]
    assert await reviews.get(tenant, id=ours.id) == ours


async def test_reviews_are_in_a_dump(db: memdb.Database, tenant: memdb.Tenant, agent: Agent) -> None:
    added = [await _add(tenant, agent, number) for number in (1, 2)]
    file = io.BytesIO()
    await backup.dump(db.admin(tenant.org_id), file)
    file.seek(0)
    copy = uuid.uuid4()
    await backup.restore(db, file, org_id=copy, slug=uuid.uuid4().hex)
    assert await reviews.page(db.tenant(copy)) == [added[1], added[0]]


async def test_reviews_go_with_their_user_and_their_tenant(db: memdb.Database, tenant: memdb.Tenant, agent: Agent) -> None:
    admin = db.admin(tenant.org_id)
    ada = await users.create(tenant, email="ada@example.com")
    await _add(tenant, agent, 1, user_id=ada.id)
    nobodys = await _add(tenant, agent, 2)
    assert (await retention.erase_user(admin, user_id=ada.id))["code_reviews.reviews"] == 1
    assert await reviews.page(tenant) == [nobodys]
    assert (await retention.erase_organization(admin, org_id=tenant.org_id))["code_reviews.reviews"] == 1
    assert await reviews.page(tenant) == []
