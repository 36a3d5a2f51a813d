"""The service, started on a port of its own and called over HTTP."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import pytest
import uvicorn
from memory_service.access import Permission
from memory_service.app import create_app
from memory_service.errors import status_of

import memdb
from memdb import agents, errors, organizations, tokens

BOTH = Permission.READ | Permission.WRITE


class Client(NamedTuple):
    """Someone with a token of one agent's organization."""

    http: httpx.AsyncClient
    token: str
    tenant: memdb.Tenant
    agent_id: UUID

    async def call(self, method: str, path: str, body: Any = None, agent_id: UUID | None = None, **query: Any) -> httpx.Response:
        url, headers = f"/agents/{agent_id or self.agent_id}/{path}", {"Authorization": f"Bearer {self.token}"}
        return await self.http.request(method, url, json=body, params=query, headers=headers)


async def client(db: memdb.Database, http: httpx.AsyncClient, *, permissions: int = BOTH, of_agent: bool = False) -> Client:
    tenant = db.tenant((await organizations.create(db.admin(), slug=uuid4().hex, name="A test's")).id)
    agent_id = (await agents.create(tenant, slug="helper", name="Helper")).id
    new = await tokens.create(tenant, name="tests", permissions=permissions, agent_id=agent_id if of_agent else None)
    return Client(http, new.text, tenant, agent_id)


@pytest.fixture
async def db() -> AsyncIterator[memdb.Database]:
    async with memdb.connect(os.environ["TEST_DSN"], timeout=20.0) as database:
        yield database


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service, which runs as long."""
    server = uvicorn.Server(uvicorn.Config(create_app(os.environ["TEST_DSN"]), log_level="warning", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=20.0) as made:
            yield made
        server.should_exit = True
        await serving


async def test_an_agent_remembers_recalls_and_forgets(db: memdb.Database, http: httpx.AsyncClient) -> None:
    ada = await client(db, http, of_agent=True)
    made = await ada.call("POST", "memories", {"content": "Ada likes green tea", "tags": ["drink"]})
    assert made.status_code == 201
    memory = made.json()
    assert (memory["content"], memory["tags"], memory["agent_id"]) == ("Ada likes green tea", ["drink"], str(ada.agent_id))
    assert (await ada.call("GET", f"memories/{memory['id']}")).json() == memory
    assert (await ada.call("GET", "memories", limit=5)).json() == [memory]
    (hit,) = (await ada.call("POST", "memories/search", {"text": "Which tea does Ada like?"})).json()
    assert hit["memory"] == memory
    assert (await ada.call("DELETE", f"memories/{memory['id']}")).status_code == 204
    gone = await ada.call("GET", f"memories/{memory['id']}")
    assert (gone.status_code, gone.json()) == (404, {"error": "NotFound", "detail": f"no such memory: {memory['id']}"})


async def test_a_conversation_is_kept_and_shown_to_a_model(db: memdb.Database, http: httpx.AsyncClient) -> None:
    ada = await client(db, http)
    opened = await ada.call("POST", "conversations", {"external_id": "call-1"})
    again = await ada.call("POST", "conversations", {"external_id": "call-1"})
    assert (opened.status_code, again.status_code, again.json()["id"]) == (201, 200, opened.json()["id"])
    path = f"conversations/{opened.json()['id']}"
    said = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": [{"type": "text", "text": "Hello, Ada"}]}]
    assert (await ada.call("POST", f"{path}/messages", said)).status_code == 201
    window = (await ada.call("GET", f"{path}/window", tokens=1000)).json()
    assert [message["content"] for message in window["messages"]] == [each["content"] for each in said]
    assert window["is_cut"] is False


async def test_nobody_comes_in_without_a_good_token(db: memdb.Database, http: httpx.AsyncClient) -> None:
    ada = await client(db, http)
    for header in (None, "Bearer mdb_wrong", "Basic YTpi", f"Bearer mdb_{'A' * 66}"):
        answer = await http.get(f"/agents/{ada.agent_id}/memories", headers={"Authorization": header} if header else {})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.json()["error"] == "TokenRefused"
    (token,) = await tokens.page(ada.tenant)
    await tokens.revoke(ada.tenant, id=token.id)
    assert (await ada.call("GET", "memories")).json()["detail"] == "token refused: revoked"


async def test_a_token_does_what_it_is_for_and_for_its_agent_only(db: memdb.Database, http: httpx.AsyncClient) -> None:
    reader = await client(db, http, permissions=Permission.READ)
    assert (await reader.call("GET", "memories")).status_code == 200
    assert (await reader.call("POST", "memories", {"content": "no"})).status_code == 403
    bound = await client(db, http, of_agent=True)
    other = await agents.create(bound.tenant, slug="other", name="Other")
    assert (await bound.call("GET", "memories", agent_id=other.id)).status_code == 403


async def test_what_is_anothers_is_not_found(db: memdb.Database, http: httpx.AsyncClient) -> None:
    ada, rival = await client(db, http), await client(db, http)
    id = (await ada.call("POST", "memories", {"content": "Ada's secret"})).json()["id"]
    session = (await ada.call("POST", "conversations", {})).json()["id"]
    colleague = (await agents.create(ada.tenant, slug="colleague", name="Colleague")).id
    said = [{"role": "user", "content": "Hello"}]
    for other, agent_id in ((rival, rival.agent_id), (ada, colleague)):
        for answer in (
            await other.call("GET", f"memories/{id}", agent_id=agent_id),
            await other.call("DELETE", f"memories/{id}", agent_id=agent_id),
            await other.call("POST", f"conversations/{session}/messages", said, agent_id=agent_id),
            await other.call("GET", f"conversations/{session}/window", agent_id=agent_id),
        ):
            assert answer.status_code == 404
            assert "secret" not in answer.text
    assert (await rival.call("GET", "memories", agent_id=ada.agent_id)).json() == []
    assert (await rival.call("POST", "memories", {"content": "planted"}, agent_id=ada.agent_id)).status_code == 404
    assert (await ada.call("GET", f"memories/{id}")).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "content"),
        ({"content": 1}, "content"),
        ({"content": ""}, "content"),
        ({"content": "a\0b"}, "content"),
        ({"content": "a", "tags": ["x" * 65]}, "tags"),
        ({"content": "a", "id": "none"}, "id"),
    ],
)
async def test_wrong_input_names_its_field(db: memdb.Database, http: httpx.AsyncClient, body: dict[str, Any], field: str) -> None:
    ada = await client(db, http)
    answer = await ada.call("POST", "memories", body)
    assert (answer.status_code, answer.json()["error"], answer.json()["field"]) == (422, "InvalidInput", field)


async def test_a_full_quota_and_a_suspended_tenant_are_told(db: memdb.Database, http: httpx.AsyncClient) -> None:
    ada = await client(db, http)
    admin = db.admin(ada.tenant.org_id)
    await organizations.set_quotas(admin, memories=0, agents=None, monthly_tokens=None)
    full = await ada.call("POST", "memories", {"content": "one too many"})
    assert (full.status_code, full.json()["error"]) == (429, "QuotaExceeded")
    await organizations.update(admin, status="suspended", reason="unpaid")
    assert (await ada.call("POST", "memories", {"content": "refused"})).status_code == 403
    assert (await ada.call("GET", "memories")).status_code == 200


async def test_what_may_go_well_a_moment_later_says_so(db: memdb.Database) -> None:
    app = create_app()
    app.state.db = closed = await memdb.connect(os.environ["TEST_DSN"], timeout=20.0)
    await closed.close()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as http:
        answer = await (await client(db, http)).call("GET", "memories")
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["error"]) == (503, "1", "PoolClosed")


def test_every_error_of_memdb_has_its_status() -> None:
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, memdb.MemdbError)]
    statuses = {each.__name__: status_of(each) for each in kinds}
    assert statuses["DuplicateMemory"] == 409
    assert statuses["PoolExhausted"] == statuses["ServerUnreachable"] == statuses["ConnectionLost"] == 503
    assert (statuses["MemdbError"], statuses["SchemaMismatch"], statuses["UnsafeRole"]) == (500, 500, 500)
