"""One good call of every query function and of every function made of them; for the tests that must leave none out."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from memdb import agents, memories, organizations, preflight, users
from memdb.check import not_null_columns
from memdb.connecting import vector_schema
from memdb.database import Admin, Tenant
from memdb.executor import Executor
from memdb.memories import Memory
from tests.conftest import vector


class World(NamedTuple):
    """What the samples work on: a tenant with an agent, a user, a live and a deleted memory."""

    admin: Admin
    tenant: Tenant
    agent_id: uuid.UUID
    user_id: uuid.UUID
    live: Memory
    deleted: Memory


async def build(admin: Admin, tenant: Tenant, agent_id: uuid.UUID) -> World:
    user = await users.create(tenant, email=f"{uuid.uuid4().hex}@example.com")
    live = await memories.add(tenant, agent_id=agent_id, content=f"live {uuid.uuid4()}", tags=["tagged"], user_id=user.id)
    deleted = await memories.add(tenant, agent_id=agent_id, content=f"deleted {uuid.uuid4()}")
    await memories.delete(tenant, id=deleted.id)
    return World(admin, tenant, agent_id, user.id, live, deleted)


Call = Callable[[World, Executor], Awaitable[Any]]


def _new() -> str:
    return uuid.uuid4().hex


_PAGE: dict[str, Any] = {"category": None, "status": None, "since": None, "until": None, "before": None, "limit": 10}
_SCOPE: dict[str, Any] = {"limit": 5, "user_id": None, "session_id": None, "category": None, "tag": None, "since": None, "until": None}
_LATER = datetime.now(UTC) + timedelta(days=9)

SAMPLES: dict[str, Call] = {
    "organizations.get": lambda world, on: organizations.get(on),
    "users.create": lambda world, on: users.create(on, email=f"{_new()}@example.com"),
    "users.get": lambda world, on: users.get(on, id=world.user_id),
    "users.get_by_email": lambda world, on: users.get_by_email(on, email="ada@example.com"),
    "agents.create": lambda world, on: agents.create(on, slug=_new(), name="Another"),
    "agents.get": lambda world, on: agents.get(on, id=world.agent_id),
    "agents.get_by_slug": lambda world, on: agents.get_by_slug(on, slug="helper"),
    "agents.page": lambda world, on: agents.page(on),
    "memories.insert": lambda world, on: memories.insert(
        on, agent_id=world.agent_id, content=_new(), embedding=vector(1), tags=["a"], metadata={"k": 1}, expires_at=_LATER
    ),
    "memories.update": lambda world, on: memories.update(on, id=world.live.id, content=_new(), tags=["b"]),
    "memories.delete": lambda world, on: memories.delete(on, id=world.live.id),
    "memories.restore": lambda world, on: memories.restore(on, id=world.deleted.id),
    "memories.delete_matching": lambda world, on: memories.delete_matching(
        on,
        agent_id=None,
        user_id=world.user_id,
        session_id=None,
        category=None,
        status=None,
        tag=None,
        since=None,
        until=None,
        reason=None,
    ),
    "memories.embed": lambda world, on: memories.embed(on, id=world.live.id, version=1, embedding=vector(2)),
    "memories.get": lambda world, on: memories.get(on, id=world.live.id),
    "memories.get_many": lambda world, on: memories.get_many(on, ids=[world.live.id]),
    "memories.page_of_tenant": lambda world, on: memories.page_of_tenant(on, tag=None, **_PAGE),
    "memories.page_of_agent": lambda world, on: memories.page_of_agent(on, agent_id=world.agent_id, tag=None, **_PAGE),
    "memories.page_of_user": lambda world, on: memories.page_of_user(on, user_id=world.user_id, agent_id=None, tag=None, **_PAGE),
    "memories.page_of_session": lambda world, on: memories.page_of_session(
        on, session_id=uuid.uuid4(), agent_id=None, user_id=None, tag=None, **_PAGE
    ),
    "memories.page_of_tag": lambda world, on: memories.page_of_tag(on, tag="tagged", agent_id=None, user_id=None, **_PAGE),
    "memories.count": lambda world, on: memories.count(on),
    "memories.unembedded": lambda world, on: memories.unembedded(on),
    "memories.versions": lambda world, on: memories.versions(on, id=world.live.id),
    "memories.search_by_vector": lambda world, on: memories.search_by_vector(on, agent_id=world.agent_id, embedding=vector(3), **_SCOPE),
    "memories.search_by_text": lambda world, on: memories.search_by_text(on, agent_id=world.agent_id, text="live", **_SCOPE),
    "memories.search_by_both": lambda world, on: memories.search_by_both(
        on, agent_id=world.agent_id, text="live", embedding=vector(3), vector_weight=1.0, text_weight=1.0, **_SCOPE
    ),
}
"""Single statements on a tenant's rows."""

ADMIN_SAMPLES: dict[str, Call] = {
    "organizations.create": lambda world, on: organizations.create(world.admin, slug=_new(), name="New"),
    "organizations.get_by_slug": lambda world, on: organizations.get_by_slug(world.admin, slug="acme"),
    "preflight.inspect": lambda world, on: preflight.inspect(world.admin),
    "connecting.vector_schema": lambda world, on: vector_schema(world.admin),
    "check.not_null_columns": lambda world, on: not_null_columns(world.admin),
}
"""Single statements across tenants, or on the catalog."""

COMPOSED: dict[str, Call] = {
    "memories.add": lambda world, on: memories.add(on, agent_id=world.agent_id, content=_new()),
    "memories.clear": lambda world, on: memories.clear(on, agent_id=world.agent_id),
    "memories.page": lambda world, on: memories.page(on, agent_id=world.agent_id),
    "memories.search": lambda world, on: memories.search(on, agent_id=world.agent_id, text="live", embedding=vector(3)),
}
"""Functions that choose a statement: one round trip, too."""

STREAMS = {"memories.scan"}
"""Server-side cursors, which take a transaction."""
