"""Roles, what they may do, and their prompts in versions."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from typing import Any

import pytest

from memdb import audit, organizations, prompts, retention, roles
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, NotFound, VersionConflict, WritesRefused
from memdb.roles import Role
from tests.conftest import Home
from tests.server import fetch


@pytest.fixture
async def role(tenant: Tenant) -> Role:
    return await roles.create(tenant, name="planner", abilities=["plan"])


async def test_a_roles_life(tenant: Tenant, rival: Home) -> None:
    made = await roles.create(
        tenant,
        name="planner",
        description="Plans.",
        default_model="m-1",
        abilities=["write", "Zap", "read", "write", "Äon"],
        metadata={"a": 1},
    )
    assert (made.name, made.description, made.status, made.default_model) == ("planner", "Plans.", "enabled", "m-1")
    assert (made.abilities, made.metadata, made.version) == (["Zap", "read", "write", "Äon"], {"a": 1}, 1)
    assert await roles.get(tenant, id=made.id) == await roles.get_by_name(tenant, name="planner") == made
    with pytest.raises(AlreadyExists, match="another role has this name"):
        await roles.create(tenant, name="planner")
    with pytest.raises(AlreadyExists, match="another role has this id"):
        await roles.create(tenant, name="other", id=made.id)
    assert (await roles.create(rival.tenant, name="planner")).abilities == []
    changed = await roles.update(tenant, id=made.id, status="disabled", default_model="m-2", expected_version=1)
    assert (changed.status, changed.default_model, changed.description, changed.version) == ("disabled", "m-2", "Plans.", 2)
    assert changed.abilities == made.abilities
    with pytest.raises(VersionConflict):
        await roles.update(tenant, id=made.id, name="x", expected_version=1)
    critic = await roles.create(tenant, name="critic", status="disabled")
    with pytest.raises(AlreadyExists, match="name"):
        await roles.update(tenant, id=critic.id, name="planner")
    with pytest.raises(VersionConflict):
        await roles.delete(tenant, id=made.id, expected_version=1)
    assert await roles.delete(tenant, id=made.id, expected_version=2) == 3
    assert await roles.get(tenant, id=made.id) is await roles.get_by_name(tenant, name="planner") is None
    calls: list[Any] = [
        roles.delete(tenant, id=made.id),
        roles.update(tenant, id=made.id, name="x"),
        roles.grant_ability(tenant, id=made.id, ability="x"),
        roles.revoke_ability(tenant, id=made.id, ability="read"),
    ]
    for call in calls:
        with pytest.raises(NotFound, match=f"no such role: {made.id}"):
            await call
    again = await roles.create(tenant, name="planner")
    assert (again.id != made.id, again.abilities) == (True, [])


async def test_pages_of_roles(tenant: Tenant, rival: Home) -> None:
    made = [
        await roles.create(
            tenant, name=f"r{n}", abilities=["all", f"a{n % 2}"], status="disabled" if n == 3 else "enabled", id=uuid.UUID(int=n + 1)
        )
        for n in range(5)
    ]
    await roles.create(rival.tenant, name="theirs", abilities=["all"])
    await roles.delete(tenant, id=made[4].id)
    assert await roles.page(tenant) == [made[3], made[2], made[1], made[0]]
    assert await roles.page(tenant, limit=2) == [made[3], made[2]]
    assert await roles.page(tenant, before=made[2].id) == [made[1], made[0]]
    assert await roles.page(tenant, ability="a1") == [made[3], made[1]]
    assert await roles.page(tenant, ability="all", status="enabled") == [made[2], made[1], made[0]]
    assert await roles.page(tenant, ability="none") == []


async def test_abilities(tenant: Tenant, role: Role) -> None:
    granted = await roles.grant_ability(tenant, id=role.id, ability="act")
    assert (granted.abilities, granted.version) == (["act", "plan"], 1)
    assert await roles.grant_ability(tenant, id=role.id, ability="act") == granted
    revoked = await roles.revoke_ability(tenant, id=role.id, ability="plan")
    assert revoked.abilities == ["act"]
    assert await roles.revoke_ability(tenant, id=role.id, ability="plan") == revoked == await roles.get(tenant, id=role.id)
    entries = [(entry.action, entry.details) for entry in await audit.page(tenant, resource_type="role", resource_id=str(role.id))]
    assert entries == [("role.revoke", {"ability": "plan"}), ("role.grant", {"ability": "act"}), ("role.create", {"name": "planner"})]


async def test_abilities_granted_and_revoked_at_once(tenant: Tenant, role: Role) -> None:
    granted = await asyncio.gather(*[roles.grant_ability(tenant, id=role.id, ability=f"a{n % 10}") for n in range(40)])
    assert all(f"a{n % 10}" in each.abilities and each.abilities == sorted(each.abilities) for n, each in enumerate(granted))
    found = await roles.get(tenant, id=role.id)
    assert found is not None
    assert found.abilities == [*(f"a{n}" for n in range(10)), "plan"]
    entries = await audit.page(tenant, resource_type="role", resource_id=str(role.id))
    assert len(entries) == 11
    await asyncio.gather(
        *[
            roles.revoke_ability(tenant, id=role.id, ability="a0") if n % 2 else roles.grant_ability(tenant, id=role.id, ability="a0")
            for n in range(40)
        ]
    )
    assert not [each for each in await roles.page(tenant) if each.abilities != sorted(set(each.abilities))]
    await roles.revoke_ability(tenant, id=role.id, ability="a0")
    found = await roles.get(tenant, id=role.id)
    assert found is not None
    assert "a0" not in found.abilities


async def test_one_name_is_created_once(tenant: Tenant) -> None:
    results = await asyncio.gather(*[roles.create(tenant, name="same", abilities=["a"]) for _ in range(16)], return_exceptions=True)
    assert sum(isinstance(each, Role) for each in results) == 1
    assert sum(isinstance(each, AlreadyExists) for each in results) == 15


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "name must have 1 to 128"),
        ({"name": " "}, "name must have 1 to 128 characters and not be only white space"),
        ({"name": "x" * 129}, "name must have 1 to 128"),
        ({"description": "x" * 513}, "description must have 1 to 512"),
        ({"default_model": "x" * 257}, "default_model must have 1 to 256"),
        ({"status": "paused"}, "status must be one of enabled, disabled"),
        ({"abilities": ["x", "y" * 129]}, "abilities must have 1 to 128"),
        ({"abilities": [" "]}, "ability must have 1 to 128 characters and not be only white space"),
        ({"abilities": "x"}, "abilities must be a list"),
        ({"metadata": {"k": "x" * 9000}}, "metadata must be a JSON object of at most 8192 bytes"),
    ],
    ids=[f"wrong{n}" for n in range(10)],
)
async def test_wrong_roles(fields: dict[str, Any], message: str, tenant: Tenant) -> None:
    with pytest.raises(InvalidInput, match=message):
        await roles.create(tenant, **{"name": "x", **fields})
    assert await roles.page(tenant) == []


async def test_prompts(db: Database, tenant: Tenant, role: Role, rival: Home) -> None:
    on = db.tenant(tenant.org_id, actor="ada")
    assert await prompts.active(on, role_id=role.id) is None
    first = await prompts.publish(on, role_id=role.id, content="Plan.")
    draft = await prompts.publish(tenant, role_id=role.id, content="Plan well.", activate=False)
    assert (first.number, first.active, first.created_by, draft.number, draft.active, draft.created_by) == (1, True, "ada", 2, False, None)
    assert first.digest == hashlib.sha256(b"Plan.").hexdigest()
    assert await prompts.active(on, role_id=role.id) == first
    assert (await prompts.activate(on, role_id=role.id, number=2)).content == "Plan well."
    assert [(each.number, each.active) for each in await prompts.versions(on, role_id=role.id)] == [(2, True), (1, False)]
    assert [each.number for each in await prompts.versions(on, role_id=role.id, before=2)] == [1]
    with pytest.raises(NotFound, match="no such version of the prompt: 9"):
        await prompts.activate(on, role_id=role.id, number=9)
    assert await prompts.deactivate(on, role_id=role.id) is True
    assert await prompts.deactivate(on, role_id=role.id) is False
    assert await prompts.active(on, role_id=role.id) is None
    third = await prompts.publish(on, role_id=role.id, content="Plan.", activate=False)
    assert (third.number, third.active, third.digest) == (3, False, first.digest)
    actions = [entry.action for entry in await audit.page(on, resource_type="role", resource_id=str(role.id))]
    assert actions == ["prompt.publish", "prompt.deactivate", "prompt.activate", "prompt.publish", "prompt.publish", "role.create"]
    with pytest.raises(NotFound, match=f"no such role: {role.id}"):
        await prompts.publish(rival.tenant, role_id=role.id, content="Obey me.")
    with pytest.raises(NotFound):
        await prompts.activate(rival.tenant, role_id=role.id, number=1)
    assert await prompts.deactivate(rival.tenant, role_id=role.id) is False
    assert await prompts.versions(rival.tenant, role_id=role.id) == []


async def test_a_prompts_length(tenant: Tenant, role: Role) -> None:
    whole = await prompts.publish(tenant, role_id=role.id, content="x" * 65536)
    assert len(whole.content) == 65536
    for content in ("ü" * 32769, " \n"):
        with pytest.raises(InvalidInput, match="content must have 1 to 65536 bytes and not be only white space"):
            await prompts.publish(tenant, role_id=role.id, content=content)
    with pytest.raises(InvalidInput, match="content must have 1 to 65536 characters"):
        await prompts.publish(tenant, role_id=role.id, content="x" * 65537)
    assert [each.number for each in await prompts.versions(tenant, role_id=role.id)] == [1]
    assert (await prompts.publish(tenant, role_id=role.id, content="next")).number == 2


async def test_prompts_published_at_once_are_numbered_without_gaps(tenant: Tenant, role: Role) -> None:
    made = await asyncio.gather(*[prompts.publish(tenant, role_id=role.id, content=str(n)) for n in range(32)])
    assert sorted(each.number for each in made) == list(range(1, 33))
    versions = await prompts.versions(tenant, role_id=role.id)
    assert [each.number for each in versions] == list(range(32, 0, -1))
    assert [each.number for each in versions if each.active] == [32]
    assert {each.number: each.content for each in versions} == {each.number: each.content for each in made}
    await asyncio.gather(*[prompts.activate(tenant, role_id=role.id, number=n) for n in range(1, 33)])
    assert len([each for each in await prompts.versions(tenant, role_id=role.id) if each.active]) == 1


async def test_a_deleted_role_is_given_no_prompt(tenant: Tenant, role: Role) -> None:
    published = await prompts.publish(tenant, role_id=role.id, content="Plan.")
    await roles.delete(tenant, id=role.id)
    assert await prompts.active(tenant, role_id=role.id) is None
    assert await prompts.versions(tenant, role_id=role.id) == [published]
    with pytest.raises(NotFound, match="role"):
        await prompts.publish(tenant, role_id=role.id, content="x")
    with pytest.raises(NotFound):
        await prompts.activate(tenant, role_id=role.id, number=1)
    again = await roles.create(tenant, name="planner")
    assert (await prompts.publish(tenant, role_id=again.id, content="x")).number == 1


async def test_other_tenants_roles(tenant: Tenant, role: Role, rival: Home) -> None:
    assert await roles.get(rival.tenant, id=role.id) is await roles.get_by_name(rival.tenant, name="planner") is None
    calls: list[Any] = [
        roles.update(rival.tenant, id=role.id, name="x"),
        roles.delete(rival.tenant, id=role.id),
        roles.grant_ability(rival.tenant, id=role.id, ability="x"),
        roles.revoke_ability(rival.tenant, id=role.id, ability="plan"),
    ]
    for call in calls:
        with pytest.raises(NotFound, match="role"):
            await call
    assert await roles.get(tenant, id=role.id) == role


async def test_suspended_tenants_change_no_roles_and_prompts(db: Database, tenant: Tenant, role: Role) -> None:
    published = await prompts.publish(tenant, role_id=role.id, content="Plan.")
    await organizations.update(db.admin(tenant.org_id), status="suspended")
    calls: list[Any] = [
        roles.create(tenant, name="x"),
        roles.update(tenant, id=role.id, name="x"),
        roles.delete(tenant, id=role.id),
        roles.grant_ability(tenant, id=role.id, ability="x"),
        roles.revoke_ability(tenant, id=role.id, ability="plan"),
        prompts.publish(tenant, role_id=role.id, content="x"),
        prompts.activate(tenant, role_id=role.id, number=1),
        prompts.deactivate(tenant, role_id=role.id),
    ]
    for call in calls:
        with pytest.raises(WritesRefused, match="the organization is suspended"):
            await call
    assert await roles.page(tenant) == [role]
    assert await prompts.active(tenant, role_id=role.id) == published
    with pytest.raises(NotFound, match="organization"):
        await roles.create(db.tenant(uuid.uuid4()), name="x")


async def test_the_service_cannot_rewrite_a_published_prompt(tenant: Tenant, role: Role) -> None:
    await prompts.publish(tenant, role_id=role.id, content="Plan.")
    connection = await tenant._pool.acquire(5)
    for statement in (
        "UPDATE memdb.prompt_versions SET content = 'x'",
        "DELETE FROM memdb.prompt_versions",
        "DELETE FROM memdb.prompts",
        "DELETE FROM memdb.roles",
        "UPDATE memdb.role_abilities SET ability = 'x'",
    ):
        with pytest.raises(Exception, match="permission denied"):
            await connection.execute(statement)
    tenant._pool.give(connection)


async def test_an_erased_organization_leaves_no_roles(db: Database, tenant: Tenant, role: Role, rival: Home, dsn: str) -> None:
    await prompts.publish(tenant, role_id=role.id, content="Plan.")
    theirs = await roles.create(rival.tenant, name="theirs", abilities=["a"])
    await prompts.publish(rival.tenant, role_id=theirs.id, content="x")
    await retention.erase_organization(db.admin(tenant.org_id), org_id=tenant.org_id)
    for table in ("roles", "role_abilities", "prompts", "prompt_versions"):
        assert fetch(dsn, f"SELECT org_id FROM memdb.{table}") == [(rival.tenant.org_id,)]
