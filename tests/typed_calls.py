"""What a caller's type checker sees. Never run: mypy reads it, and reports an `ignore` that nothing needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypedDict, assert_type
from uuid import UUID

import memdb
from memdb import CLEAR, agents, memories, messages, organizations
from memdb.agents import Agent
from memdb.engine.database import Admin, Database, Tenant
from memdb.engine.executor import Transaction
from memdb.memories import Hits, Memory
from memdb.organizations import Organization


class Given(TypedDict):
    type: str


given: Given = {"type": "image"}


async def results(admin: Admin, tenant: Tenant, tx: Transaction, id: UUID) -> None:
    assert_type(await organizations.create(admin, slug="a", name="A"), Organization)
    assert_type(await agents.get(tenant, id=id), Agent | None)
    assert_type(await memories.get(tx, id=id), Memory | None)
    assert_type(await memories.add(tenant, agent_id=id, content="a", tags=["b"]), Memory)
    assert_type(await memories.page(tenant, agent_id=id), list[Memory])
    assert_type(await memories.count(tenant), int)
    assert_type(await memories.search(tenant, agent_id=id, text="a"), Hits)
    assert_type(await memories.delete(tenant, id=id), int)
    async for memory in memories.scan(tenant):
        assert_type(memory, Memory)
    await memories.update(tenant, id=id, valid_until=CLEAR, embedding=CLEAR)


async def contents(tenant: Tenant, id: UUID) -> None:
    said = await messages.append(tenant, session_id=id, role="user", content=[{"type": "text", "text": "a"}])
    assert_type(said.content, str | list[dict[str, Any]])
    assert_type(said.text, str)
    assert_type(said.tool_calls[0].arguments, dict[str, Any] | str)
    await messages.append(tenant, session_id=id, role="developer", content="a")
    await messages.append(tenant, session_id=id, role="user", content=[given])


async def databases(tenant: Tenant) -> None:
    async with tenant.transaction() as opened:
        assert_type(opened, Transaction)
    async with memdb.connect() as db:
        assert_type(db, Database)


def synchronous(id: UUID) -> None:
    with memdb.sync() as db, db.tenant(id).transaction() as begun:
        assert_type(begun.call(memories.get, id=id), Memory | None)
        assert_type(begun.call(memories.scan), Iterator[Memory])
        assert_type(begun.call(memories.add, agent_id=id, content="a", tags=["b"]), Memory)
        assert_type(db.admin().run(lambda on: on.call(organizations.create, slug="a", name="A")), Organization)
        begun.call(organizations.create, slug="a", name="A")  # type: ignore[call-overload]


async def refused(tenant: Tenant, id: UUID) -> None:
    await memories.get(tenant, key=id)  # type: ignore[call-arg]
    await memories.count(tenant, key=id)  # type: ignore[call-arg]
    await memories.add(tenant, agent_id=id, content="a", key=id)  # type: ignore[call-arg]
    await memories.add(tenant, agent_id=id, content="a", source="hearsay")  # type: ignore[arg-type]
    await organizations.create(tenant, slug="a", name="A")  # type: ignore[arg-type]
    await memories.update(tenant, id=id, content=CLEAR)  # type: ignore[arg-type]
    await memories.add(tenant, agent_id=id, content="a", valid_until=CLEAR)  # type: ignore[arg-type]
