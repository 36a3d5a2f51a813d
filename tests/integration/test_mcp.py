"""`memdb mcp`, as the SDK's own client sees it: over a pipe to a process of its own, and over streamable HTTP on a port."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

pytest.importorskip("mcp")

import httpx2
import numpy as np
import uvicorn
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.server import MCPServer
from mcp.types import CallToolResult

from memdb import agents, items, memories, organizations, retention, tokens, users
from memdb.adapters.mcp import Caller, Embedder, FixedAccess, Holders, RequestAccess, TokenAccess, http_app, memory_server
from memdb.cli import embedder
from memdb.engine.database import Database
from memdb.errors import TokenRefused
from tests.commands import memdb as run
from tests.conftest import Home
from tests.server import Databases, execute

COMMAND = ("-c", "from memdb.cli import main; main()", "mcp")
NINE = {
    "create_entities",
    "create_relations",
    "add_observations",
    "delete_entities",
    "delete_observations",
    "delete_relations",
    "read_graph",
    "search_nodes",
    "open_nodes",
}


@pytest.fixture
async def server(home: Home) -> MCPServer[Any]:
    """For one agent; each call has a client of its own."""
    return memory_server(FixedAccess(Caller(home.tenant, home.agent.id)))


async def _call(to: Client | MCPServer[Any], tool: str, arguments: dict[str, Any]) -> CallToolResult:
    if isinstance(to, Client):
        return await to.call_tool(tool, arguments)
    async with Client(to) as client:
        return await client.call_tool(tool, arguments)


async def _told(to: Client | MCPServer[Any], tool: str, **arguments: Any) -> Any:
    """The structured result of a call that is well."""
    result = await _call(to, tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def _refused(to: Client | MCPServer[Any], tool: str, **arguments: Any) -> str:
    """The text of a tool's error."""
    result = await _call(to, tool, arguments)
    assert result.is_error
    return result.content[0].text  # type: ignore[union-attr]


def _entity(name: str, *observations: str, type: str = "person") -> dict[str, Any]:
    return {"name": name, "entityType": type, "observations": list(observations)}


def _relation(from_: str, to: str, type: str = "knows") -> dict[str, str]:
    return {"from": from_, "to": to, "relationType": type}


async def _token(home: Home, **given: Any) -> str:
    return (await tokens.create(home.tenant, name="a client", **{"agent_id": home.agent.id, **given})).text


@asynccontextmanager
async def _piped(*options: str, **environment: str) -> AsyncIterator[Client]:
    place = {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), **environment}
    async with Client(StdioServerParameters(command=sys.executable, args=[*COMMAND, *options], env=place)) as client:
        yield client


@pytest.fixture
async def url(db: Database) -> AsyncIterator[str]:
    """Of a server over HTTP, on a port, which takes tokens only."""
    access = RequestAccess(Holders(db, agent="helper"))
    async with _listening(http_app(memory_server(access), access)) as made:
        yield made


@asynccontextmanager
async def _listening(app: Any) -> AsyncIterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def _called(url: str, token: str, mode: str = "auto") -> AsyncIterator[Client]:
    """A client over HTTP with this token."""
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client


async def _status(url: str, **headers: str) -> tuple[int, str]:
    async with httpx2.AsyncClient() as http:
        request = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        answer = await http.post(url, json=request, headers={"Accept": "application/json, text/event-stream", **headers})
    return answer.status_code, answer.headers.get("www-authenticate", "")


async def test_the_tools_have_schemas_of_what_they_take_and_return(server: MCPServer[Any]) -> None:
    tools = {tool.name: tool for tool in await server.list_tools()}
    assert tools.keys() == {"remember", "recall", "forget"} | NINE
    for tool in tools.values():
        assert tool.description
        assert tool.annotations is not None
        assert tool.output_schema is not None
        assert "context" not in tool.input_schema["properties"]
    assert {name for name, tool in tools.items() if tool.annotations and tool.annotations.read_only_hint} == {
        "recall",
        "read_graph",
        "search_nodes",
        "open_nodes",
    }
    assert tools["create_entities"].input_schema["$defs"]["Entity"]["required"] == ["name", "entityType", "observations"]
    assert tools["create_relations"].input_schema["$defs"]["Relation"]["required"] == ["from", "to", "relationType"]


async def test_what_is_remembered_is_recalled_until_it_is_forgotten(server: MCPServer[Any]) -> None:
    tea = await _told(server, "remember", content="Ada likes green tea", category="preference", tags=["drink"], metadata={"cups": 2})
    assert (tea["content"], tea["category"], tea["tags"], tea["metadata"], tea["version"]) == (
        "Ada likes green tea",
        "preference",
        ["drink"],
        {"cups": 2},
        1,
    )
    assert (await _told(server, "remember", content="ada likes GREEN tea"))["id"] == tea["id"]
    await _told(server, "remember", content="Bob drinks tea, too")
    (hit,) = (await _told(server, "recall", text="What tea does Ada like?", tags=["drink"]))["memories"]
    assert hit["id"] == tea["id"]
    assert hit["score"] > 0
    assert hit["similarity"] is None
    assert len((await _told(server, "recall", text="tea", limit=1))["memories"]) == 1
    assert await _told(server, "forget", id=tea["id"], reason="she drinks coffee now") == {"id": tea["id"], "version": 2}
    assert (await _told(server, "recall", text="green tea", tags=["drink"]))["memories"] == []
    assert f"no such memory: {tea['id']}" in await _refused(server, "forget", id=tea["id"])


async def test_memories_are_recalled_by_meaning_where_there_is_an_embedder(home: Home) -> None:
    def embed(texts: list[str]) -> np.ndarray:
        """What drinks have in common is the first of 384 dimensions."""
        vectors = np.zeros((len(texts), home.tenant.dimension), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            vector[0] = "tea" in text or "beverage" in text
            vector[1] = "car" in text
        return vectors

    access = FixedAccess(Caller(home.tenant, home.agent.id))
    async with Client(memory_server(access, embedder=Embedder(embed, "drinks"))) as client:
        tea = await _told(client, "remember", content="Ada likes tea")
        await _told(client, "remember", content="Bob has a car")
        first, _ = (await _told(client, "recall", text="a beverage"))["memories"]
        assert (first["id"], first["similarity"]) == (tea["id"], pytest.approx(1, abs=1e-3))
        # What means nothing to the model is searched for by its words.
        assert (await _told(client, "recall", text="..."))["memories"] == []
    memory = await memories.get(home.tenant, id=UUID(tea["id"]))
    assert memory is not None
    assert (memory.embedded, memory.embedding_model) == (True, "drinks")


async def test_entities_are_created_once(server: MCPServer[Any]) -> None:
    ada, bob = _entity("Ada", "plays the violin", "plays the violin", ""), _entity("Bob", type="Any Type: 100%")
    assert await _told(server, "create_entities", entities=[ada, bob]) == {"entities": [ada, bob]}
    clara = _entity("Clara")
    again = [_entity("Ada", "something else"), clara, _entity("Clara", "the second")]
    assert await _told(server, "create_entities", entities=again) == {"entities": [clara]}
    # Names are exact: neither case nor white space nor the form in Unicode is overlooked.
    others = [_entity(name) for name in ("ada", " Ada", "Zoe\u0301", "Zo\u00e9", "", "a/b.c*")]
    assert (await _told(server, "create_entities", entities=others))["entities"] == others
    assert await _told(server, "create_entities", entities=[]) == {"entities": []}
    assert await _told(server, "read_graph") == {"entities": [ada, bob, clara, *others], "relations": []}


async def test_relations_are_created_once_and_between_what_there_is(server: MCPServer[Any]) -> None:
    await _told(server, "create_entities", entities=[_entity("Ada"), _entity("Bob")])
    given = [_relation("Ada", "Bob"), _relation("Bob", "Ada"), _relation("Ada", "Ada", "likes"), _relation("Ada", "Bob", "Knows")]
    assert await _told(server, "create_relations", relations=[*given, given[0]]) == {"relations": given}
    assert await _told(server, "create_relations", relations=[given[1], given[0]]) == {"relations": []}
    graph = await _told(server, "read_graph")
    assert graph["relations"] == given
    # A server that reads the text, and not the structure, finds an arrow's ends in their order.
    assert list(graph["relations"][0]) == ["from", "to", "relationType"]
    assert "no such entity: Clara" in await _refused(
        server, "create_relations", relations=[_relation("Bob", "Bob"), _relation("Ada", "Clara")]
    )
    assert await _told(server, "read_graph") == graph


async def test_observations_are_appended_in_order_and_once(server: MCPServer[Any]) -> None:
    await _told(server, "create_entities", entities=[_entity("Ada", "c", "a"), _entity("Bob")])
    added = await _told(
        server,
        "add_observations",
        observations=[{"entityName": "Ada", "contents": ["b", "a", "b", "A"]}, {"entityName": "Ada", "contents": ["A", "d"]}],
    )
    assert added == {"results": [{"entityName": "Ada", "addedObservations": ["b", "A"]}, {"entityName": "Ada", "addedObservations": ["d"]}]}
    expected = [_entity("Ada", "c", "a", "b", "A", "d"), _entity("Bob")]
    assert (await _told(server, "read_graph"))["entities"] == expected
    unknown = [{"entityName": "Bob", "contents": ["e"]}, {"entityName": "bob", "contents": ["f"]}]
    assert "no such entity: bob" in await _refused(server, "add_observations", observations=unknown)
    assert (await _told(server, "read_graph"))["entities"] == expected


async def test_what_is_deleted_is_gone_and_what_is_not_there_is_passed_over(server: MCPServer[Any], home: Home) -> None:
    await _told(server, "create_entities", entities=[_entity("Ada", "x", "y", "x"), _entity("Bob"), _entity("Clara")])
    relations = [_relation("Ada", "Bob"), _relation("Bob", "Clara"), _relation("Clara", "Ada"), _relation("Clara", "Ada", "likes")]
    await _told(server, "create_relations", relations=relations)
    deletions = [{"entityName": "Ada", "observations": ["x", "z"]}, {"entityName": "Nobody", "observations": ["x"]}]
    assert (await _told(server, "delete_observations", deletions=deletions))["success"]
    await _told(server, "delete_relations", relations=[relations[3], _relation("Bob", "Ada")])
    assert await _told(server, "read_graph") == {
        "entities": [_entity("Ada", "y"), _entity("Bob"), _entity("Clara")],
        "relations": relations[:3],
    }
    await _told(server, "delete_entities", entityNames=["Bob", "bob", "Nobody", "Bob"])
    assert await _told(server, "read_graph") == {"entities": [_entity("Ada", "y"), _entity("Clara")], "relations": relations[2:3]}
    await _told(server, "create_entities", entities=[_entity("Bob")])
    assert (await _told(server, "open_nodes", names=["Bob"])) == {"entities": [_entity("Bob")], "relations": []}
    for name in ("Ada", "Bob", "Clara"):
        await _told(server, "delete_entities", entityNames=[name])
    assert [each.key for each in await items.page(home.tenant, ended=True)] == ["writer"]


async def test_nodes_are_found_by_parts_and_opened_by_names(server: MCPServer[Any]) -> None:
    given = [_entity("Ada", "works at Acme Corp", "100% violin"), _entity("Bob", "works at TechCo"), _entity("Acme Corp", type="Company")]
    await _told(server, "create_entities", entities=given)
    at_acme, rival = _relation("Ada", "Acme Corp", "works at"), _relation("Bob", "Acme Corp", "competes with")
    await _told(server, "create_relations", relations=[at_acme, rival])

    async def found(query: str) -> tuple[list[str], list[dict[str, str]]]:
        graph = await _told(server, "search_nodes", query=query)
        return [each["name"] for each in graph["entities"]], graph["relations"]

    assert await found("aDA") == (["Ada"], [at_acme])
    assert await found("company") == (["Acme Corp"], [at_acme, rival])
    assert await found("acme") == (["Ada", "Acme Corp"], [at_acme, rival])
    assert await found("0% V") == (["Ada"], [at_acme])
    assert await found("works_at") == ([], [])
    assert await found("") == (["Ada", "Bob", "Acme Corp"], [at_acme, rival])
    # In the graph's order, each once.
    assert await _told(server, "open_nodes", names=["Bob", "Ada", "Bob", "ada"]) == {"entities": given[:2], "relations": [at_acme, rival]}
    assert await _told(server, "open_nodes", names=["ada"]) == {"entities": [], "relations": []}


async def test_a_graph_of_more_than_a_page_is_read_as_a_whole(server: MCPServer[Any]) -> None:
    names = [f"e{number}" for number in range(1000)]
    await _told(server, "create_entities", entities=[_entity(name) for name in names])
    await _told(server, "create_relations", relations=[_relation(name, "e0") for name in names])
    graph = await _told(server, "read_graph")
    assert [each["name"] for each in graph["entities"]] == names
    assert [each["from"] for each in graph["relations"]] == names
    await _told(server, "delete_entities", entityNames=["e0"])
    graph = await _told(server, "read_graph")
    assert (len(graph["entities"]), graph["relations"]) == (999, [])


async def test_clients_that_add_to_one_entity_at_once_lose_nothing(url: str, home: Home) -> None:
    token = await _token(home)
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(_called(url, token)) for _ in range(4)]
        created = await asyncio.gather(*(_told(each, "create_entities", entities=[_entity("Ada")]) for each in clients))
        assert sum(len(each["entities"]) for each in created) == 1
        calls = [
            _told(each, "add_observations", observations=[{"entityName": "Ada", "contents": [f"{number} of {turn}", f"turn {turn}"]}])
            for number, each in enumerate(clients)
            for turn in range(8)
        ]
        added = [result["results"][0]["addedObservations"] for result in await asyncio.gather(*calls)]
        (ada,) = (await _told(clients[0], "read_graph"))["entities"]
        assert sorted(ada["observations"]) == sorted(observation for each in added for observation in each)
        assert sorted(ada["observations"]) == sorted(
            [f"{number} of {turn}" for number in range(4) for turn in range(8)] + [f"turn {turn}" for turn in range(8)]
        )


async def test_no_relation_outlives_its_entity_whoever_is_first(server: MCPServer[Any]) -> None:
    for _ in range(5):
        await _told(server, "create_entities", entities=[_entity("Ada"), _entity("Bob")])
        await asyncio.gather(
            _call(server, "create_relations", {"relations": [_relation("Ada", "Bob")]}),
            _call(server, "delete_entities", {"entityNames": ["Bob"]}),
        )
        graph = await _told(server, "read_graph")
        assert graph == {"entities": [_entity("Ada")], "relations": []}


async def test_each_request_is_its_tokens(url: str, home: Home, rival: Home) -> None:
    async with _called(url, await _token(home)) as ours, _called(url, await _token(rival)) as theirs:
        tea = await _told(ours, "remember", content="Ada likes tea")
        await _told(ours, "create_entities", entities=[_entity("Ada", "likes tea")])
        for call in (
            ("recall", {"text": "tea"}),
            ("read_graph", {}),
            ("open_nodes", {"names": ["Ada"]}),
            ("search_nodes", {"query": "tea"}),
        ):
            mine, other = await asyncio.gather(_told(ours, call[0], **call[1]), _told(theirs, call[0], **call[1]))
            assert any(mine.values()), call
            assert not any(other.values()), call
        assert "no such memory" in await _refused(theirs, "forget", id=tea["id"])
        assert "no such entity" in await _refused(theirs, "add_observations", observations=[{"entityName": "Ada", "contents": ["x"]}])
        await _told(theirs, "delete_entities", entityNames=["Ada"])
        assert (await _told(ours, "read_graph"))["entities"] == [_entity("Ada", "likes tea")]


async def test_agents_and_users_of_one_tenant_are_told_apart(url: str, db: Database, home: Home) -> None:
    tenant = home.tenant
    other = await agents.create(tenant, slug="other", name="Other")
    ada, bob = [await users.create(tenant, email=f"{name}@acme.example") for name in ("ada", "bob")]
    for_all = await _token(home)
    async with AsyncExitStack() as stack:
        shared, unnamed, others, adas, bobs = [
            await stack.enter_async_context(_called(url, token))
            for token in (
                for_all,
                await _token(home, agent_id=None),
                await _token(home, agent_id=other.id),
                await _token(home, kind="personal", user_id=ada.id),
                await _token(home, kind="personal", user_id=bob.id),
            )
        ]
        mine = await _told(adas, "remember", content="Ada likes tea")
        await _told(adas, "create_entities", entities=[_entity("Ada")])
        for client in (bobs, others):
            assert (await _told(client, "recall", text="tea"))["memories"] == []
            assert "no such memory" in await _refused(client, "forget", id=mine["id"])
        for client in (bobs, others, shared):
            assert (await _told(client, "read_graph"))["entities"] == []
        # The agent as a whole knows what it knows of its users.
        for client in (adas, shared, unnamed):
            assert [hit["id"] for hit in (await _told(client, "recall", text="tea"))["memories"]] == [mine["id"]]
    erased = await retention.erase_user(db.admin(tenant.org_id), user_id=ada.id)
    assert erased["items"] == 2
    async with _called(url, for_all) as client:
        assert (await _told(client, "recall", text="tea"))["memories"] == []


async def test_without_a_good_token_there_is_401(dsn: str, url: str, home: Home) -> None:
    revoked = await tokens.create(home.tenant, name="revoked")
    await tokens.revoke(home.tenant, id=revoked.token.id)
    late = await tokens.create(home.tenant, name="late", expires_at=datetime.now(UTC) + timedelta(days=1))
    execute(dsn, f"UPDATE memdb.tokens SET created_at = now() - interval '2 h', expires_at = now() WHERE id = '{late.token.id}'")
    elsewhere = await tokens.create(home.tenant, name="elsewhere", allowed_networks=["192.0.2.0/24"])
    here = await tokens.create(home.tenant, name="here", allowed_networks=["127.0.0.0/8"])
    forged = revoked.text[:-30] + "A" * 8 + revoked.text[-22:]
    for text, reason in (
        (revoked.text, "revoked"),
        (late.text, "expired"),
        (elsewhere.text, "network"),
        (forged, "unknown"),
        ("mdb_short", "malformed"),
    ):
        status, told = await _status(url, Authorization=f"Bearer {text}")
        assert (status, told) == (401, f'Bearer error="invalid_token", error_description="token refused: {reason}"')
    for headers in ({}, {"Authorization": ""}, {"Authorization": f"Basic {here.text}"}, {"Authorization": here.text}):
        assert (await _status(url, **headers))[0] == 401
    assert (await _status(url.replace("/mcp", "/elsewhere"), Authorization=f"Bearer {here.text}"))[0] == 404
    async with _called(url, here.text) as client:
        assert (await _told(client, "read_graph"))["entities"] == []
        await tokens.revoke(home.tenant, id=here.token.id)
        with pytest.raises(MCPError):
            await client.call_tool("read_graph", {})


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_protocol_before_2026_serves_each_request_by_its_token_too(url: str, home: Home, rival: Home, mode: str) -> None:
    async with _called(url, await _token(home), mode) as ours, _called(url, await _token(rival), mode) as theirs:
        assert (ours.protocol_version < "2026") == (mode == "legacy")
        await _told(ours, "remember", content="Ada likes tea")
        found = await asyncio.gather(*(_told(each, "recall", text="tea") for each in (ours, theirs) * 4))
        assert [len(each["memories"]) for each in found] == [1, 0] * 4


async def test_without_a_token_only_a_local_server_answers(db: Database, home: Home, rival: Home) -> None:
    access = RequestAccess(Holders(db), local=Caller(home.tenant, home.agent.id))
    async with _listening(http_app(memory_server(access), access)) as url:
        async with Client(url) as local:
            await _told(local, "create_entities", entities=[_entity("Ada")])
            async with _called(url, await _token(rival)) as theirs:
                assert (await _told(theirs, "read_graph"))["entities"] == []
            assert (await _told(local, "read_graph"))["entities"] == [_entity("Ada")]
        assert (await _status(url, Authorization="Bearer mdb_wrong"))[0] == 401
        # What a page of another site sends, from a browser on this machine.
        assert (await _status(url, Origin="https://evil.example"))[0] == 403
        assert (await _status(url, Host="evil.example"))[0] == 421


async def test_what_is_wrong_is_told_by_its_name(server: MCPServer[Any], home: Home) -> None:
    for tool, arguments, told in (
        ("remember", {}, "content"),
        ("remember", {"content": ""}, "content\n  String should have at least 1 character"),
        ("remember", {"content": "x" * 8193}, "content\n  String should have at most 8192 characters"),
        ("forget", {"id": str(uuid4()), "reason": "x" * 2001}, "reason\n  String should have at most 2000 characters"),
        ("remember", {"content": "a\0b"}, "content\n  Value error, must not contain the character NUL"),
        ("remember", {"content": "tea", "category": "drinks"}, "category"),
        ("remember", {"content": "tea", "tags": ["x" * 65]}, "tags"),
        ("remember", {"content": "tea", "metadata": {"x": "y" * 9000}}, "metadata"),
        ("remember", {"content": "tea", "tag": ["x"]}, "tag is no argument of remember: it has content, category, tags, metadata"),
        ("recall", {"text": "tea", "limit": 0}, "limit"),
        ("recall", {"query": "tea"}, "query is no argument of recall: it has text, tags, limit"),
        ("forget", {"id": "tea"}, "id"),
        ("create_entities", {"entities": [_entity("Ada"), {"name": "Bob", "observations": []}]}, "entities.1.entityType"),
        ("create_entities", {"entities": [_entity("Ada", "a\0b")]}, "entities.0.observations.0"),
        ("create_entities", {"entities": [_entity("\u00e9" * 513)]}, "entities.0.name\n  Value error, must have at most 1024 bytes"),
        ("create_entities", {"entities": [_entity("Ada")] * 1001}, "entities"),
        ("create_relations", {"relations": [{"from": "Ada", "to": "Bob", "relationType": 3}]}, "relations.0.relationType"),
        ("add_observations", {"observations": [{"entityName": "Ada", "contents": "likes tea"}]}, "observations.0.contents"),
        ("delete_entities", {"names": ["Ada"]}, "names is no argument of delete_entities: it has entityNames"),
        ("open_nodes", {"names": "Ada"}, "names"),
        ("read_graph", {"all": True}, "all is no argument of read_graph: it has none"),
    ):
        assert told in await _refused(server, tool, **arguments), (tool, told)
    assert await memories.count(home.tenant, agent_id=home.agent.id, status=None) == 0
    assert await items.count(home.tenant) == 0


async def test_texts_are_texts_whatever_they_look_like(server: MCPServer[Any]) -> None:
    for text in ("null", "[1]", '{"a": 1}', "true", "12", "a' OR 1=1 --", "\u2028\u202e\U0001f375"):
        made = await _told(server, "remember", content=text)
        assert made["content"] == text
        await _told(server, "create_entities", entities=[_entity(text, text, type=text)])
        assert (await _told(server, "search_nodes", query=text))["entities"][-1] == _entity(text, text, type=text)
        assert (await _told(server, "recall", text=text))["memories"] is not None
        await _told(server, "forget", id=made["id"], reason=text)


async def test_what_memdb_refuses_is_a_tools_error(db: Database, server: MCPServer[Any], home: Home) -> None:
    memory = await _told(server, "remember", content="Ada likes tea")
    await _told(server, "create_entities", entities=[_entity("Ada")])
    missing = TokenAccess(Holders(db, agent="nobody"), await _token(home, agent_id=None))
    await retention.hold(db.admin(home.tenant.org_id), name="case 7")
    assert "under legal hold: case 7" in await _refused(server, "delete_entities", entityNames=["Ada"])
    await organizations.update(db.admin(home.tenant.org_id), status="suspended")
    for tool, arguments in (
        ("remember", {"content": "Bob has a car"}),
        ("forget", {"id": memory["id"]}),
        ("create_entities", {"entities": [_entity("Bob")]}),
        ("add_observations", {"observations": [{"entityName": "Ada", "contents": ["likes tea"]}]}),
    ):
        assert "the organization is suspended: it takes no writes" in await _refused(server, tool, **arguments), tool
    assert (await _told(server, "read_graph"))["entities"] == [_entity("Ada")]
    assert "no such agent: nobody" in await _refused(memory_server(missing), "read_graph")
    await db.close()
    assert "the database was closed" in await _refused(server, "recall", text="tea")


async def test_over_a_pipe_a_token_says_whose_memory_it_is(dsn: str, home: Home, rival: Home) -> None:
    await memories.add(rival.tenant, agent_id=rival.agent.id, content="Bob likes black tea")
    made = await tokens.create(home.tenant, name="pipe", agent_id=home.agent.id)
    async with _piped(MEMDB_DSN=dsn, MEMDB_TOKEN=made.text) as client:
        assert client.server_info.name == "memdb"
        tea = await _told(client, "remember", content="Ada likes green tea \U0001f375")
        assert await _told(client, "recall", text="tea") == {"memories": [{**tea, "score": 1.0, "similarity": None}]}
        await asyncio.gather(*(_told(client, "create_entities", entities=[_entity(f"e{number}")]) for number in range(12)))
        assert len((await _told(client, "read_graph"))["entities"]) == 12
        await tokens.revoke(home.tenant, id=made.token.id)
        assert "token refused: revoked" in await _refused(client, "recall", text="tea")


@pytest.mark.slow
async def test_for_local_use_the_options_say_whose_memory_it_is(databases: Databases) -> None:
    with databases.migrated(dimension=embedder.DIMENSION) as dsn:
        async with _piped("--dsn", dsn, "--org", "acme", "--agent", "helper", "--create") as client:
            await _told(client, "remember", content="Ada plays the violin")
            await _told(client, "remember", content="The car is red")
            first, _ = (await _told(client, "recall", text="musical instrument"))["memories"]
            assert first["content"] == "Ada plays the violin"
            assert first["similarity"] > 0.2


async def test_the_command_serves_http(dsn: str, home: Home) -> None:
    command = [*COMMAND, "--http", "--port", "0", "--dsn", dsn, "--public", "memory.example.com"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        match = re.fullmatch(r"serving MCP at (http://127\.0\.0\.1:\d+/mcp)\n", line)
        assert match, line
        token = await _token(home)
        async with _called(match[1], token) as client:
            await _told(client, "create_entities", entities=[_entity("Ada")])
        assert (await _status(match[1]))[0] == 401
        # Past the check of hosts, to the protocol's own of the request.
        assert (await _status(match[1], Host="memory.example.com", Authorization=f"Bearer {token}"))[0] not in (401, 403, 421)
        assert (await _status(match[1], Host="evil.example", Authorization=f"Bearer {token}"))[0] == 421
    finally:
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.wait(), 20)
    # The server ends by itself once it is told to; whether the interrupt still ends the command after that is a matter of moments.
    assert process.returncode in (0, 130)


def test_the_command_says_what_is_wrong(dsn: str) -> None:
    place = ("mcp", "--dsn", dsn)
    for arguments, environment, told in (
        ((), {}, "InvalidInput: --org or $MEMDB_TOKEN must say whose memory it is, and not both"),
        (("--org", "acme"), {"MEMDB_TOKEN": "x"}, "InvalidInput: --org or $MEMDB_TOKEN must say whose memory it is, and not both"),
        ((), {"MEMDB_TOKEN": "mdb_wrong"}, "TokenRefused: token refused: malformed"),
        (("--org", "acme"), {}, "NotFound: no such organization: acme"),
        (("--http", "--host", "0.0.0.0", "--org", "acme"), {}, "InvalidInput: --host must be one of 127.0.0.1, localhost, ::1 with --org"),
        (("--http", "--host", "192.0.2.1"), {}, "InvalidInput: --host and --port must be where this machine can listen"),
    ):
        refused = run(*place, *arguments, **environment)
        assert refused.exit_code == 2
        assert refused.stderr.startswith(told), refused.stderr


async def test_without_a_database_a_request_may_be_sent_again(db: Database, url: str, home: Home) -> None:
    token = await _token(home)
    await db.close()
    assert (await _status(url, Authorization=f"Bearer {token}"))[0] == 503


async def test_what_is_not_verified_is_refused(db: Database, home: Home) -> None:
    with pytest.raises(TokenRefused, match="malformed"):
        await TokenAccess(Holders(db), "").check()
    access = RequestAccess(Holders(db), local=Caller(home.tenant, home.agent.id))
    server = memory_server(access)
    assert "token refused" in await _refused(server, "read_graph")
    # Without http_app in front of it.
    async with _listening(server.streamable_http_app()) as url, Client(url) as client:
        assert "token refused" in await _refused(client, "read_graph")


async def test_an_agent_that_is_missing_is_made_where_that_is_asked_for(db: Database, home: Home) -> None:
    token = await _token(home, agent_id=None)
    access = TokenAccess(Holders(db, agent="new", create=True), token)
    first, second = await asyncio.gather(access.check(), access.check())
    assert first.agent_id == second.agent_id
    made = await agents.get_by_slug(home.tenant, slug="new")
    assert made is not None
    assert made.id == first.agent_id


def test_without_the_extra_it_says_what_to_install() -> None:
    hidden = "import sys; sys.modules['mcp'] = None; import memdb; import memdb.adapters.mcp"
    result = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, check=False)
    assert "ExtraMissing: the MCP server needs memdb's extra [mcp]" in result.stderr
