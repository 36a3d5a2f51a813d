"""orbiter-memory's stores: on a tenant's memories, and in a file of SQLite's, by the same contract."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import memdb
from memdb import memories, organizations, retention, users
from memdb.adapters.orbiter import (
    AIMemory,
    Embeddings,
    HumanMemory,
    MemoryError,
    MemoryItem,
    MemoryMetadata,
    MemoryStatus,
    MemoryStore,
    OpenAIEmbeddings,
    PostgresMemoryStore,
    SQLiteMemoryStore,
    SystemMemory,
    ToolMemory,
    VectorMemoryStore,
)
from memdb.engine.database import Database
from tests.conftest import DIMENSION, Home, vector

ROOT = Path(memdb.__file__).parents[1]
LONG = "user-" + "x" * 100


class Looked(Embeddings):
    """Embeddings of a table; of other texts zeros."""

    def __init__(self, **seeds: int) -> None:
        self.seeds = seeds

    def embed(self, text: str) -> list[float]:
        return [float(each) for each in vector(self.seeds[text])] if text in self.seeds else [0.0] * DIMENSION

    async def aembed(self, text: str) -> list[float]:
        return self.embed(text)

    @property
    def dimension(self) -> int:
        return DIMENSION


@pytest.fixture
async def stores(home: Home) -> AsyncIterator[list[Any]]:
    async with PostgresMemoryStore(home.tenant) as postgres, SQLiteMemoryStore() as sqlite:
        yield [postgres, sqlite]


async def test_items_come_back_as_they_were(stores: list[Any]) -> None:
    metadata = MemoryMetadata(user_id="ada", session_id="s", task_id="t", agent_id="a", extra={"n": [1, None]})
    items: list[MemoryItem] = [
        HumanMemory(content="Wo ist\n'Zürich'?", metadata=metadata),
        AIMemory(content="", tool_calls=[{"id": "c", "name": "look_up", "arguments": "{}"}]),
        ToolMemory(content=" ", tool_call_id="c", tool_name="look_up", is_error=True),
        SystemMemory(content="Be brief.", status=MemoryStatus.DRAFT),
        MemoryItem(content="Be brief.", memory_type="facts", status=MemoryStatus.DISCARD),
        HumanMemory(content="of 1999", created_at="1999-12-31", updated_at="later"),
        HumanMemory(content="of its own zone", created_at="2024-05-01T12:00:00.5+02:00"),
        HumanMemory(content="of no time", created_at="at dawn", id="any text, so long"),
        HumanMemory(content="to come", created_at="9999-01-01T00:00:00+00:00"),
        HumanMemory(content="of a clock that is ahead", created_at=(datetime.now(UTC) + timedelta(seconds=30)).isoformat()),
    ]
    for store in stores:
        assert isinstance(store, MemoryStore)
        for each in items:
            await store.add(each)
        found = [await store.get(each.id) for each in items]
        assert found == items
        assert [type(each) for each in found] == [type(each) for each in items]
        assert await store.get("nobody") is None
        assert await store.count() == len(items)


class HourAhead(datetime):
    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + timedelta(hours=1)


async def test_a_clock_that_is_ahead_of_the_databases(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    store = VectorMemoryStore(Looked(x=1), dsn=home.tenant)
    monkeypatch.setattr("memdb.adapters.orbiter.mapping.datetime", HourAhead)
    for seconds in (30, 1800):
        item = HumanMemory(content="x", created_at=(datetime.now(UTC) + timedelta(seconds=seconds)).isoformat())
        await store.add(item)
        assert await store.get(item.id) == item
    # Both are found at once.
    assert len(await store.search(query="x")) == 2


async def test_an_add_takes_the_place_of_what_has_its_id(home: Home, stores: list[Any]) -> None:
    for store in stores:
        await store.add(HumanMemory(id="i", content="first", created_at="2024-01-01T00:00:00+00:00"))
        await store.add(AIMemory(id="i", content="second", tool_calls=[{"id": "c"}], created_at="2025-01-01T00:00:00+00:00"))
        found = await store.get("i")
        assert isinstance(found, AIMemory)
        assert (found.content, found.tool_calls, found.created_at) == ("second", [{"id": "c"}], "2024-01-01T00:00:00+00:00")
        assert (await store.clear(), await store.get("i"), await store.count(include_deleted=True)) == (1, None, 1)
        await store.add(found)
        assert await store.get("i") == found
    agent_id = (await memories.page(home.tenant))[0].agent_id
    memory = await memories.get_by_external_id(home.tenant, agent_id=agent_id, external_id="i")
    assert memory is not None
    assert memory.version == 4
    operations = [each.operation for each in await memories.versions(home.tenant, id=memory.id)]
    assert operations == ["restore", "delete", "update", "create"]


async def test_a_status_becomes_what_it_can(stores: list[Any]) -> None:
    allowed = {("draft", "accepted"), ("draft", "discard"), ("accepted", "discard")}
    for store in stores:
        for old in MemoryStatus:
            for new in MemoryStatus:
                item = HumanMemory(content="x", status=old)
                await store.add(item)
                item.status = new
                if old == new or (old, new) in allowed:
                    await store.add(item)
                    assert (await store.get(item.id)).status is new
                else:
                    with pytest.raises(MemoryError):
                        await store.add(item)
                    assert (await store.get(item.id)).status is old


async def test_a_search_finds_what_has_all_that_is_asked_for(stores: list[Any]) -> None:
    for store in stores:
        for number, (content, kind, metadata) in enumerate(
            [
                ("100% of it", "human", {"user_id": "ada", "session_id": "s"}),
                ("a_b \\ ÄRGER", "ai", {"user_id": "ada", "task_id": "t"}),
                ("plain", "human", {"user_id": LONG, "agent_id": "a"}),
                ("plain too", "facts", {"user_id": LONG + "y"}),
            ]
        ):
            await store.add(
                MemoryItem(
                    id=str(number),
                    content=content,
                    memory_type=kind,
                    metadata=MemoryMetadata(**metadata, extra={"n": number}),
                    created_at=f"2024-01-01T0{number}:00:00+0{number}:30",
                )
            )
        await store.add(HumanMemory(id="no", content="100% discarded", status=MemoryStatus.DISCARD))
        await store.add(HumanMemory(id="draft", content="100% a draft", status=MemoryStatus.DRAFT, created_at="2025-01-01"))

        async def ids(**asked: Any) -> list[str]:
            return [each.id for each in await store.search(**asked)]  # noqa: B023

        # The newest first, by time and not by text: all of these were at half past eleven.
        assert (await ids())[0] == "draft"
        assert sorted(await ids()) == ["0", "1", "2", "3", "draft"]
        assert await ids(query="%") == ["draft", "0"]
        assert await ids(query="_") == await ids(query="\\") == await ids(query="ärger") == ["1"]
        assert await ids(query="100%", memory_type="human") == ["draft", "0"]
        assert await ids(status=MemoryStatus.DISCARD) == ["no"]
        assert await ids(status=MemoryStatus.DRAFT, query="A DRAFT") == ["draft"]
        assert await ids(metadata=MemoryMetadata(user_id="ada", task_id="t")) == ["1"]
        assert await ids(metadata=MemoryMetadata(user_id=LONG)) == ["2"]
        assert await ids(metadata=MemoryMetadata(agent_id="a", extra={"other": 1})) == ["2"]
        assert await ids(metadata=MemoryMetadata(session_id="s", user_id="bob")) == []
        assert (await ids(limit=0), len(await ids(limit=2)), len(await ids(metadata=MemoryMetadata()))) == ([], 2, 5)
        with pytest.raises(MemoryError):
            await store.search(limit=-1)
        with pytest.raises(MemoryError, match="None clears everything"):
            await store.clear(metadata=MemoryMetadata(extra={"n": 1}))
        assert await store.clear(metadata=MemoryMetadata(user_id="ada")) == 2
        assert (await store.count(), await store.count(include_deleted=True)) == (4, 6)


async def test_a_vector_store_ranks_by_its_embeddings(home: Home) -> None:
    embeddings = Looked(near=1, far=2, question=1)
    store = VectorMemoryStore(embeddings, DIMENSION, dsn=home.tenant)
    metadata = MemoryMetadata(user_id="ada")
    for content in ("far", "near", "unknown"):
        await store.add(HumanMemory(id=content, content=content, metadata=metadata))
    await store.add(AIMemory(id="bob's", content="near", metadata=MemoryMetadata(user_id="bob")))
    await store.add(HumanMemory(id="draft", content="near", status=MemoryStatus.DRAFT))

    async def ids(**asked: Any) -> list[str]:
        return [each.id for each in await store.search(**asked)]

    assert await ids(query="question", metadata=metadata) == ["near", "far"]
    assert await ids(query="question", limit=2) == ["bob's", "near"]
    assert await ids(query="question", memory_type="ai") == ["bob's"]
    # Zeros are near to nothing: as without a query, the newest.
    assert await ids(query="of no direction", limit=2) == ["bob's", "unknown"]
    assert await ids(limit=2) == ["draft", "bob's"]
    assert await ids(query="NEAR", status=MemoryStatus.DRAFT) == ["draft"]
    await store.add(HumanMemory(id="near", content="far", metadata=metadata))
    assert await ids(query="question", limit=1) == ["bob's"]
    assert store.embeddings is embeddings


class OfTexts(Embeddings):
    """As orbiter's guide has it, where its reference has one text."""

    dimension = DIMENSION

    def embed(self, texts: list[str]) -> list[list[float]]:  # type: ignore[override]
        return [Looked(near=1, question=1, far=2).embed(each) for each in texts]

    async def aembed(self, texts: list[str]) -> list[list[float]]:  # type: ignore[override]
        return self.embed(texts)


class OfAnnotated(OfTexts):
    async def aembed(self, some: list[str]) -> list[list[float]]:  # type: ignore[override]
        return self.embed(some)


@pytest.mark.parametrize("embeddings", [OfTexts(), OfAnnotated()])
async def test_embeddings_may_be_of_lists_of_texts(home: Home, embeddings: Embeddings) -> None:
    store = VectorMemoryStore(embeddings=embeddings, dimension=DIMENSION, dsn=home.tenant)
    for content in ("far", "near"):
        await store.add(HumanMemory(id=content, content=content))
    assert [each.id for each in await store.search(query="question", limit=1)] == ["near"]


class OfThree(Looked):
    def embed(self, text: str) -> list[float]:
        return [1.0, 2.0, 3.0]


async def test_what_cannot_be_is_a_memory_error(db: Database, home: Home, rival: Home) -> None:
    store = PostgresMemoryStore(home.tenant)
    for wrong, field in (
        (HumanMemory(content="NUL \0"), "content"),
        (HumanMemory(content="x" * 8_193), "content"),
        (HumanMemory(id="", content="x"), "id"),
        (HumanMemory(content="x", metadata=MemoryMetadata(extra={"long": "x" * 9_000})), "metadata"),
        ("no item", "item"),
    ):
        with pytest.raises(MemoryError, match=f"^{field} must"):
            await store.add(wrong)  # type: ignore[arg-type]
    with pytest.raises(MemoryError, match=r"^id must"):
        await store.get(5)  # type: ignore[arg-type]
    async with SQLiteMemoryStore() as local:
        for each in (store, local):
            for asked, field in (
                ({"status": "unknown"}, "status"),
                ({"query": 5}, "query"),
                ({"metadata": {"user_id": "ada"}}, "metadata"),
            ):
                with pytest.raises(MemoryError, match=f"^{field} must"):
                    await each.search(**asked)
            with pytest.raises(MemoryError, match=r"^metadata must be a MemoryMetadata"):
                await each.clear(metadata={"user_id": "ada"})
    assert await store.count() == 0
    with pytest.raises(MemoryError, match="tenant"):
        PostgresMemoryStore(db.admin())
    with pytest.raises(MemoryError, match="dimension"):
        VectorMemoryStore(Looked(), 3)
    with pytest.raises(MemoryError, match="embedding"):
        await VectorMemoryStore(OfThree(), dsn=home.tenant).add(HumanMemory(content="x"))
    with pytest.raises(MemoryError):
        await PostgresMemoryStore(home.tenant, agent_id=rival.agent.id).add(HumanMemory(content="x"))
    nobodys = PostgresMemoryStore(db.tenant(rival.agent.id))
    with pytest.raises(MemoryError):
        await nobodys.get("x")


async def test_a_store_of_a_connection_string(dsn: str) -> None:
    store = PostgresMemoryStore(dsn)
    for unready in (store, SQLiteMemoryStore()):
        with pytest.raises(RuntimeError, match="not initialized"):
            await unready.get("i")
    await store.init()
    await store.init()
    await store.add(HumanMemory(id="i", content="kept"))
    await store.close()
    with pytest.raises(RuntimeError, match="not initialized"):
        await store.count()
    async with store, VectorMemoryStore(Looked(), dsn=dsn) as vectors:
        assert await store.get("i") == await vectors.get("i") != None  # noqa: E711
    shown = repr(PostgresMemoryStore("postgresql://ada:secret@host/base"))
    assert "host/base" in shown
    assert "secret" not in shown


async def test_items_are_one_tenants_and_one_users(db: Database, home: Home, rival: Home) -> None:
    ada = await users.create(home.tenant, email="ada@acme.example")
    mine = PostgresMemoryStore(home.tenant, agent_id=home.agent.id, user_id=ada.id)
    await mine.add(HumanMemory(id="i", content="mine"))
    theirs = PostgresMemoryStore(rival.tenant)
    assert (await theirs.get("i"), await theirs.search(), await theirs.clear()) == (None, [], 0)
    # Memories that the agent has from elsewhere are no items.
    await memories.add(home.tenant, agent_id=home.agent.id, content="no item")
    assert (await mine.count(), len(await mine.search()), await mine.clear()) == (1, 1, 1)
    assert await memories.count(home.tenant) == 1
    await mine.add(HumanMemory(id="i", content="mine"))
    await retention.erase_user(db.admin(home.tenant.org_id), user_id=ada.id)
    assert await mine.count(include_deleted=True) == 0
    await organizations.update(db.admin(home.tenant.org_id), status="suspended")
    with pytest.raises(MemoryError, match="suspended"):
        await mine.add(HumanMemory(content="x"))


async def test_a_file_of_orbiters_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "items.db"
    async with SQLiteMemoryStore(str(path)) as store:
        await store.add(HumanMemory(id="i", content="kept", metadata=MemoryMetadata(user_id="ada")))
    async with SQLiteMemoryStore(str(path)) as store:
        assert [each.id for each in await store.search(metadata=MemoryMetadata(user_id="ada"))] == ["i"]
    path.write_bytes(b"no database of SQLite's, but long enough to be taken for one")
    with pytest.raises(MemoryError):
        await SQLiteMemoryStore(str(path)).init()


@contextmanager
def _server(answers: list[Any]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answers.append((self.path, self.headers["Authorization"], asked["input"], asked["model"], asked["dimensions"]))
            data = [{"object": "embedding", "index": 0, "embedding": [0.5, -1.0]}]
            body = {"object": "list", "model": "m", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: Any) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


async def test_openais_embeddings() -> None:
    asked: list[Any] = []
    with _server(asked) as url:
        embeddings = OpenAIEmbeddings(model="m", dimension=2, api_key="key", base_url=url)
        assert await embeddings.aembed("Hello.") == embeddings.embed("Hello.") == [0.5, -1.0]
    assert asked == [("/v1/embeddings", "Bearer key", "Hello.", "m", 2)] * 2
    assert (embeddings.dimension, OpenAIEmbeddings(client=object()).dimension) == (2, 1536)


def test_the_example_runs(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    spec = importlib.util.spec_from_file_location("orbiter_memory", ROOT / "examples" / "orbiter_memory.py")
    assert spec is not None
    assert spec.loader is not None
    example: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    assert example.main(dsn) == ["I play the violin.", "human: I play the violin.", "2 of 3 are left"]
