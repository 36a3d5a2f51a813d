"""What is deleted softly can be restored, in every area; and whose name was taken meanwhile says so."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import memdb
from memdb import agents, audit, messages, organizations, prompts, roles, sessions, tokens, users
from memdb.engine.database import Database, Tenant
from memdb.engine.own import QUERIES
from memdb.errors import AlreadyExists, InvalidInput, MemdbError, NotFound, QuotaExceeded, SessionClosed, VersionConflict, WritesRefused
from memdb.messages import Message, ToolCall
from tests.conftest import Home, vector
from tests.samples import ADMIN_SAMPLES, SAMPLES, World, build, undone

DELETING = sorted(query.area for query in QUERIES.values() if query.name.endswith(".delete") and "deleted_at = now()" in query.source)
RESTORING = [f"{area}.restore" for area in DELETING if area != "profiles"]


@pytest.mark.parametrize("area", DELETING)
def test_what_is_deleted_softly_can_be_restored(area: str) -> None:
    assert f"{area}.restore" in QUERIES
    assert {"delete", "restore"} <= set(getattr(memdb, area).__all__)


async def test_restoring_undoes_a_deletion_once(db: Database, home: Home) -> None:
    """In every area: whoever restores again, or what was never deleted, is told that there is nothing to restore."""
    world = await build(db, home.tenant)
    assert len(RESTORING) >= 12
    for name in RESTORING:
        call: Callable[..., Awaitable[Any]] = SAMPLES.get(name) or ADMIN_SAMPLES[name]

        async def twice(given: World, on: Any, call: Callable[..., Awaitable[Any]] = call, name: str = name) -> Any:
            assert await call(given, on), name
            return await call(given, on)

        told = await undone(twice, world, db.admin(home.tenant.org_id) if name in ADMIN_SAMPLES else home.tenant)
        # What is restored by its names says which were.
        assert isinstance(told, NotFound) or not told, f"{name}: {told}"


async def _made(tenant: Tenant, kind: str) -> Any:
    match kind:
        case "agent":
            return await agents.create(tenant, slug="planner", name="Planner", tags=["a"])
        case "role":
            return await roles.create(tenant, name="planner", abilities=["read"])
    return await users.create(tenant, email="ada@example.com", name="Ada", sso_provider="example", sso_subject="ada")


AREAS: dict[str, Any] = {"agent": agents, "role": roles, "user": users}


@pytest.mark.parametrize("kind", AREAS)
async def test_it_is_as_it_was(kind: str, db: Database, tenant: Tenant) -> None:
    area, made = AREAS[kind], await _made(tenant, kind)
    assert await area.delete(tenant, id=made.id) == 2
    assert await area.get(tenant, id=made.id) is None
    with pytest.raises(VersionConflict):
        await area.restore(tenant, id=made.id, expected_version=1)
    restored = await area.restore(tenant, id=made.id, expected_version=2)
    assert restored == await area.get(tenant, id=made.id)
    told = {name: getattr(restored, name) for name in restored.__struct_fields__}
    assert told == {name: getattr(made, name) for name in told} | {"version": 3, "updated_at": restored.updated_at}
    (entry, *_) = await audit.page(db.admin(tenant.org_id))
    assert (entry.action, entry.resource_id) == (f"{kind}.restore", str(made.id))
    with pytest.raises(NotFound, match=f"deleted {kind}"):
        await area.restore(tenant, id=made.id)
    await area.delete(tenant, id=made.id)
    await organizations.update(db.admin(tenant.org_id), status="suspended")
    with pytest.raises(WritesRefused):
        await area.restore(tenant, id=made.id)


@pytest.mark.parametrize(("kind", "field"), [("agent", "slug"), ("role", "name"), ("user", "email"), ("user", "sso_subject")])
async def test_a_name_that_is_taken_is_told(kind: str, field: str, tenant: Tenant) -> None:
    area, made = AREAS[kind], await _made(tenant, kind)
    await area.delete(tenant, id=made.id)
    other = await _made(tenant, kind)
    if kind == "user":
        changes: dict[str, Any] = {"email": {"sso_subject": "lovelace"}, "sso_subject": {"email": "lovelace@example.com"}}
        await users.update(tenant, id=other.id, **changes[field])
    with pytest.raises(AlreadyExists, match=field) as refused:
        await area.restore(tenant, id=made.id)
    assert (refused.value.kind, refused.value.field) == (kind, field)
    await area.delete(tenant, id=other.id)
    assert (await area.restore(tenant, id=made.id)).id == made.id


async def test_a_restored_agent_counts_for_the_quota(db: Database, tenant: Tenant) -> None:
    lost = await agents.create(tenant, slug="lost", name="Lost")
    await agents.delete(tenant, id=lost.id)
    await organizations.set_quotas(db.admin(tenant.org_id), agents=2, memories=None, monthly_tokens=None)
    another = await agents.create(tenant, slug="another", name="Another")
    with pytest.raises(QuotaExceeded):
        await agents.restore(tenant, id=lost.id)
    await agents.delete(tenant, id=another.id)
    await agents.restore(tenant, id=lost.id)
    assert [quota.free for quota in await organizations.quotas(tenant)] == [0]


async def test_what_hangs_on_a_user_or_a_role_is_there_again(db: Database, tenant: Tenant) -> None:
    ada = await users.create(tenant, email="ada@example.com")
    token = await tokens.create(tenant, name="laptop", user_id=ada.id)
    role = await roles.create(tenant, name="planner")
    await prompts.publish(tenant, role_id=role.id, content="You plan.")
    await users.delete(tenant, id=ada.id)
    await roles.delete(tenant, id=role.id)
    with pytest.raises(MemdbError):
        await tokens.verify(db, text=token.text)
    assert await prompts.active(tenant, role_id=role.id) is None
    await users.restore(tenant, id=ada.id)
    await roles.restore(tenant, id=role.id)
    assert (await tokens.verify(db, text=token.text)).user_id == ada.id
    active = await prompts.active(tenant, role_id=role.id)
    assert active is not None
    assert active.content == "You plan."


# Messages


@pytest.fixture
async def asked(home: Home) -> list[Message]:
    """A session of a question, two calls at once, and a result for each."""
    started = (await sessions.start(home.tenant, agent_id=home.agent.id)).session
    items = [
        messages.NewMessage(role="user", content="And the weather?", embedding=vector(5)),
        messages.NewMessage(role="assistant", tool_calls=[ToolCall("c1", "weather"), ToolCall("c2", "time")]),
        messages.NewMessage(role="tool", content="rain", tool_call_id="c1"),
        messages.NewMessage(role="tool", content="noon", tool_call_id="c2"),
    ]
    return await messages.append_many(home.tenant, session_id=started.id, items=items)


async def _delete(tenant: Tenant, *deleted: Message) -> None:
    for message in deleted:
        await messages.delete(tenant, id=message.id)


async def _shown(tenant: Tenant, asked: list[Message]) -> list[uuid.UUID]:
    return [message.id for message in (await messages.window(tenant, session_id=asked[0].session_id)).messages]


async def test_a_message_is_at_its_place_again(home: Home, asked: list[Message]) -> None:
    tenant, question = home.tenant, asked[0]
    before = await sessions.get(tenant, id=question.session_id)
    await _delete(tenant, question)
    restored = await messages.restore(tenant, id=question.id, expected_version=2)
    assert (restored.position, restored.content, restored.embedded, restored.version) == (1, question.content, True, 3)
    after = await sessions.get(tenant, id=question.session_id)
    assert before is not None
    assert after is not None
    assert (after.messages, after.rounds, after.tokens, after.edits) == (before.messages, before.rounds, before.tokens, before.edits + 2)
    assert question.id in {hit.message.id for hit in await messages.search(tenant, agent_id=home.agent.id, embedding=vector(5))}
    for id in (question.id, uuid.uuid4()):
        with pytest.raises(NotFound, match="deleted message"):
            await messages.restore(tenant, id=id)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 1, 3), (3, 1, 2)])
async def test_calls_and_results_find_each_other_in_any_order(order: tuple[int, ...], home: Home, asked: list[Message]) -> None:
    tenant, everything = home.tenant, [message.id for message in asked]
    await _delete(tenant, *[asked[place] for place in order])
    assert await _shown(tenant, asked) == everything[:1]
    for place in order:
        await messages.restore(tenant, id=asked[place].id)
        call = await messages.get(tenant, id=asked[1].id)
        live = {message.tool_call_id for message in await messages.page(tenant, session_id=asked[0].session_id)}
        assert call is None or set(call.open_calls) == {"c1", "c2"} - live
    assert await _shown(tenant, asked) == everything


async def test_a_result_whose_call_has_another_is_refused(home: Home, asked: list[Message]) -> None:
    tenant, rain = home.tenant, asked[2]
    await _delete(tenant, rain)
    sun = await messages.append(tenant, session_id=rain.session_id, role="tool", content="sun", tool_call_id="c1")
    with pytest.raises(InvalidInput, match="id must not be that of a result whose call has another by now"):
        await messages.restore(tenant, id=rain.id)
    await _delete(tenant, asked[1])
    with pytest.raises(InvalidInput, match="id must not be that of a result"):
        await messages.restore(tenant, id=rain.id)
    await _delete(tenant, sun)
    assert (await messages.restore(tenant, id=rain.id)).content == "rain"


async def test_of_a_result_that_is_restored_and_another_that_is_given_one_wins(home: Home, asked: list[Message]) -> None:
    tenant, rain = home.tenant, asked[2]
    for _ in range(5):
        await _delete(tenant, rain)

        async def another() -> Message:
            return await messages.append(tenant, session_id=rain.session_id, role="tool", content="sun", tool_call_id="c1")

        told = await asyncio.gather(messages.restore(tenant, id=rain.id), another(), return_exceptions=True)
        won = [each for each in told if isinstance(each, Message)]
        assert len(won) == 1, told
        assert any(isinstance(each, InvalidInput) for each in told), told
        if won[0].id != rain.id:
            await _delete(tenant, won[0])
            await messages.restore(tenant, id=rain.id)


async def test_not_into_what_is_closed_to_changes(db: Database, home: Home, asked: list[Message]) -> None:
    world = await build(db, home.tenant)
    tenant, question = home.tenant, asked[0]
    await _delete(tenant, question)
    await sessions.close(tenant, id=question.session_id)
    await messages.restore(tenant, id=question.id)
    await _delete(tenant, question)
    await sessions.delete(tenant, id=question.session_id)
    with pytest.raises(NotFound):
        await messages.restore(tenant, id=question.id)
    (archived,) = await messages.page(tenant, session_id=world.archived_session.id)
    with pytest.raises(SessionClosed):
        await messages.restore(tenant, id=archived.id)
