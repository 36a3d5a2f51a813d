"""Threads: checkpoints of graphs, the values of their channels, what was written between them, and how they go."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import memdb
from memdb import Cursor, agents, retention, threads, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, NotFound, UnderLegalHold, WritesRefused
from memdb.threads import HistoryNeeded, NewValue, NewWrite, ThreadCheckpoint, Value, Write
from tests.conftest import Home
from tests.server import execute, fetch


async def _steps(tenant: Tenant, thread_id: str, count: int, **more: Any) -> None:
    """Checkpoints 01, 02, ...: a channel that changes with each, and one that never does; a write after each."""
    for number in range(1, count + 1):
        values = [NewValue("messages", number, "json", b"[%d]" % number)]
        if number == 1:
            values.append(NewValue("constant", 1, "bytes", b"\0\xff"))
        await threads.put(
            tenant,
            thread_id=thread_id,
            id=f"{number:02}",
            parent_id=f"{number - 1:02}" if number > 1 else None,
            versions={"messages": number, "constant": 1},
            metadata={"step": number},
            values=values,
            **more,
        )
        await threads.put_writes(
            tenant,
            thread_id=thread_id,
            checkpoint_id=f"{number:02}",
            task_id="task",
            writes=[NewWrite(0, "messages", "json", b"x")],
            **more,
        )


async def _ids(tenant: Tenant, **place: Any) -> list[str]:
    return [each.id for each in await threads.history(tenant, **place)]


async def test_a_checkpoint_comes_back_as_it_was_put(tenant: Tenant) -> None:
    state = {"v": 4, "seen": {"node": {"a": "000.1"}}, "big": 2**70, "small": -0.5}
    given: dict[str, Any] = {"versions": {"a": "000.1", "b": 2, "c": 1.0}, "metadata": {"ü": [None]}, "plain": {"d": "x"}, "state": state}
    values = [NewValue("a", "000.1", "msgpack", b"\0\xff"), NewValue("b", 2, "null", b""), NewValue("c", 1.0, "json", b"[]")]
    assert await threads.put(tenant, thread_id="", namespace="a|b:c", id="1", parent_id="0", values=values, **given)
    found = await threads.get(tenant, thread_id="", namespace="a|b:c", id="1")
    assert found is not None
    assert (found.thread_id, found.namespace, found.id, found.parent_id) == ("", "a|b:c", "1", "0")
    assert {name: getattr(found, name) for name in given} == given
    assert type(found.versions["c"]) is float
    assert sorted(found.values) == [Value("a", "msgpack", b"\0\xff"), Value("b", "null", b""), Value("c", "json", b"[]")]
    assert list(found.writes) == []
    assert await threads.get(tenant, thread_id="", id="1") is None
    assert await threads.latest(tenant, thread_id="", namespace="a|b:c") == found


async def test_a_value_is_kept_once_and_read_by_its_version(tenant: Tenant, dsn: str) -> None:
    await _steps(tenant, "t", 3)
    newest = await threads.latest(tenant, thread_id="t")
    assert newest is not None
    assert sorted(newest.values) == [Value("constant", "bytes", b"\0\xff"), Value("messages", "json", b"[3]")]
    assert fetch(dsn, "SELECT count(*) FROM memdb.thread_values") == [(4,)]
    # The first value of a version stays.
    await threads.put(tenant, thread_id="t", id="04", versions={"messages": 3}, values=[NewValue("messages", 3, "json", b"other")])
    newest = await threads.latest(tenant, thread_id="t")
    assert newest is not None
    assert list(newest.values) == [Value("messages", "json", b"[3]")]


async def test_the_same_checkpoint_again_changes_all_but_its_parent(tenant: Tenant) -> None:
    assert await threads.put(tenant, thread_id="t", id="1", parent_id="0", metadata={"a": 1}, state={"x": 1})
    before = await threads.latest(tenant, thread_id="t")
    assert not await threads.put(tenant, thread_id="t", id="1", parent_id="9", metadata={"b": 2}, plain={"y": True})
    after = await threads.latest(tenant, thread_id="t")
    assert before is not None
    assert after is not None
    assert (after.parent_id, after.metadata, after.plain, after.state, after.created_at) == (
        "0",
        {"b": 2},
        {"y": True},
        {},
        before.created_at,
    )


async def test_writes_come_in_order_and_before_their_checkpoint(tenant: Tenant) -> None:
    write = lambda position, data: NewWrite(position, "c", "json", data)  # noqa: E731
    for task_id, path, writes, replace in (
        ("a", "~1", [write(0, b"a0"), write(1, b"a1")], False),
        ("c", "", [write(0, b"c0")], False),
        ("b", "", [write(-1, b"error"), write(0, b"b0"), write(0, b"late")], False),
        # There already: these stay as they are, those replace.
        ("c", "", [write(0, b"again"), write(1, b"c1")], False),
        ("b", "", [write(-1, b"first"), write(-1, b"last")], True),
    ):
        await threads.put_writes(tenant, thread_id="t", checkpoint_id="1", task_id=task_id, task_path=path, writes=writes, replace=replace)
    expected = [("b", b"last"), ("b", b"b0"), ("c", b"c0"), ("c", b"c1"), ("a", b"a0"), ("a", b"a1")]
    found = await threads.writes(tenant, thread_id="t", id="1")
    assert found is not None
    assert [(each.task_id, each.data) for each in found] == expected
    assert await threads.latest(tenant, thread_id="t") is None
    await threads.put(tenant, thread_id="t", id="1")
    checkpoint = await threads.latest(tenant, thread_id="t")
    assert checkpoint is not None
    assert list(checkpoint.writes) == [Write(task_id, "c", "json", data) for task_id, data in expected]
    some = await threads.writes(tenant, thread_id="t", id="1", channels=["d"])
    assert some is not None
    assert list(some) == []
    assert await threads.writes(tenant, thread_id="u", id="1") is None


async def test_ids_are_in_order_of_their_bytes(tenant: Tenant) -> None:
    ids = ["1", "10", "2", "A", "a", "É", "é", "\U0010fffd"]
    for id in ids[::-1]:
        await threads.put(tenant, thread_id="t", id=id)
    assert await _ids(tenant, thread_id="t", namespace="") == ids[::-1]
    newest = await threads.latest(tenant, thread_id="t")
    assert newest is not None
    assert newest.id == ids[-1]


async def test_a_history_is_read_page_by_page(tenant: Tenant) -> None:
    places = [(thread, namespace) for thread in ("t", "u", "ü") for namespace in ("", "n:1")]
    for thread, namespace in places:
        for id in ("1", "2"):
            await threads.put(tenant, thread_id=thread, namespace=namespace, id=id, metadata={"in": {"ns": namespace, "id": id}})
    for place, expected in (({}, 12), ({"thread_id": "t"}, 4), ({"thread_id": "t", "namespace": "n:1"}, 2)):
        found: list[tuple[str, str, str]] = []
        last: ThreadCheckpoint | Cursor | None = None
        while page := await threads.history(tenant, before=last, limit=1 if expected < 12 else 5, **place):  # type: ignore[arg-type]
            found += [(each.id, each.thread_id, each.namespace) for each in page]
            last = page[-1] if len(found) % 2 else Cursor.parse(str(Cursor.of(page[-1])))
        assert len(found) == expected
        assert found == sorted(set(found), key=lambda each: [part.encode() for part in each], reverse=True)
    assert await _ids(tenant, thread_id="t", namespace="", before="2") == ["1"]
    assert await _ids(tenant, thread_id="t", namespace="", id="1") == ["1"]
    assert len(await threads.history(tenant, metadata={"in": {"ns": "n:1"}})) == 6
    assert len(await threads.history(tenant, metadata={"in": {}}, limit=1000)) == 12
    assert await threads.history(tenant, metadata={"in": {"id": 1}}) == []
    with pytest.raises(InvalidInput, match="thread_id must be given where a namespace or an id is"):
        await threads.history(tenant, namespace="")


async def test_the_history_of_a_channel_begins_where_it_last_had_a_value(tenant: Tenant) -> None:
    async def put(number: int, plain: dict[str, Any] | None = None, values: list[NewValue] | None = None) -> None:
        given = {"parent_id": str(number - 1) if number else None, "versions": {"a": number, "b": number}, "plain": plain}
        await threads.put(tenant, thread_id="t", id=str(number), values=values or [], needs="ancestors", **given)  # type: ignore[arg-type]
        writes = [NewWrite(place, channel, "json", b"%s%d" % (channel.encode(), number)) for place, channel in enumerate("abc")]
        await threads.put_writes(tenant, thread_id="t", checkpoint_id=str(number), task_id="task", writes=writes)

    await put(0, plain={"b": 7})
    await put(1, values=[NewValue("a", 1, "json", b"1")])
    await put(2, plain={"b": None})
    await put(3, plain={"b": 1})
    expected = [("2", {}, [], [b"a2", b"b2"]), ("1", {}, [b"1"], [b"a1", b"b1"]), ("0", {"b": 7}, [], [b"b0"])]
    for id in ("3", None):
        found = await threads.ancestors(tenant, thread_id="t", id=id, channels=["a", "b"])
        assert [(each.id, each.plain, each.values.data, each.writes.data) for each in found] == expected
    assert await threads.ancestors(tenant, thread_id="t", id="0", channels=["a"]) == []
    assert await threads.ancestors(tenant, thread_id="t", channels=[]) == []
    # A circle of parents ends.
    await threads.put(tenant, thread_id="u", id="1", parent_id="2")
    await threads.put(tenant, thread_id="u", id="2", parent_id="1")
    assert [each.id for each in await threads.ancestors(tenant, thread_id="u", channels=["a"])] == ["1"]


async def test_a_copy_has_everything_and_leads_its_own_life(db: Database, tenant: Tenant, agent: Agent) -> None:
    user = await users.create(tenant, email="ada@example.com")
    await _steps(tenant, "t", 3, agent_id=agent.id, user_id=user.id)
    await threads.put(tenant, thread_id="t", namespace="n", id="1")
    await threads.put_writes(tenant, thread_id="t", checkpoint_id="99", task_id="x", writes=[NewWrite(0, "c", "json", b"early")])
    before = await threads.history(tenant, thread_id="t")
    assert await threads.copy(tenant, thread_id="t", to_thread_id="u") == 4
    copies = await threads.history(tenant, thread_id="u")
    assert [(each.namespace, each.id, each.parent_id, each.values, each.writes) for each in copies] == [
        (each.namespace, each.id, each.parent_id, each.values, each.writes) for each in before
    ]
    assert await threads.writes(tenant, thread_id="u", id="99") == await threads.writes(tenant, thread_id="t", id="99")
    first, second = await threads.page(tenant)
    assert (first.id, first.agent_id, first.user_id) == ("u", agent.id, user.id)
    assert await threads.page(tenant, before=first.key) == [second]
    await threads.delete(tenant, thread_ids=["t"])
    assert await threads.history(tenant, thread_id="u") == copies
    with pytest.raises(NotFound, match="no such thread: t"):
        await threads.copy(tenant, thread_id="t", to_thread_id="v")
    # What is there already stays.
    await threads.put(tenant, thread_id="v", id="01", metadata={"mine": True})
    assert await threads.copy(tenant, thread_id="u", to_thread_id="v") == 3
    mine = await threads.get(tenant, thread_id="v", id="01")
    assert mine is not None
    assert mine.metadata == {"mine": True}


async def test_pruning_leaves_the_last_of_each_namespace(tenant: Tenant, dsn: str) -> None:
    await _steps(tenant, "t", 4)
    await _steps(tenant, "other", 2)
    for namespace, root, id in (("ended:1", "02", "1"), ("open:2", "04", "1"), ("coming:3", "05", "1"), ("lasting", None, "1")):
        await threads.put(
            tenant,
            thread_id="t",
            namespace=namespace,
            id=id,
            root_id=root,
            versions={"a": 1},
            values=[NewValue("a", 1, "json", b"1")],
        )
    await threads.put_writes(tenant, thread_id="t", checkpoint_id="05", task_id="x", writes=[NewWrite(0, "c", "json", b"early")])
    newest = await threads.latest(tenant, thread_id="t")
    assert await threads.prune(tenant, thread_ids=["t", "unknown"]) == 4
    left = await threads.history(tenant, thread_id="t")
    assert [(each.namespace, each.id) for each in left] == [("open:2", "1"), ("lasting", "1"), ("coming:3", "1"), ("", "04")]
    assert newest is not None
    assert left[-1].parent_id is None
    assert (left[-1].values, left[-1].writes, left[-1].state) == (newest.values, newest.writes, newest.state)
    assert await threads.writes(tenant, thread_id="t", id="05") is not None
    assert len(await threads.history(tenant, thread_id="other")) == 2
    of_t = "JOIN memdb.threads AS t ON t.id = o.thread_id WHERE t.external_id = 't' AND o.namespace = ''"
    values = fetch(dsn, f"SELECT o.channel, o.version FROM memdb.thread_values AS o {of_t} ORDER BY 1")
    assert values == [("constant", "1"), ("messages", "4")]
    assert fetch(dsn, f"SELECT o.checkpoint_id FROM memdb.thread_writes AS o {of_t} ORDER BY 1") == [("04",), ("05",)]
    assert await threads.prune(tenant, thread_ids=["t"]) == 0


async def test_pruning_leaves_what_the_last_needs(tenant: Tenant) -> None:
    for number in range(1, 4):
        await threads.put(tenant, thread_id="old", id=str(number), parent_id=str(number - 1), needs="parent")
        await threads.put_writes(tenant, thread_id="old", checkpoint_id=str(number), task_id="x", writes=[NewWrite(0, "c", "json", b"1")])
    await threads.put(tenant, thread_id="delta", id="1", needs="ancestors")
    await threads.put(tenant, thread_id="delta", id="2", parent_id="1")
    with pytest.raises(HistoryNeeded, match=r"as do delta$"):
        await threads.prune(tenant, thread_ids=["old", "delta"])
    assert len(await threads.history(tenant)) == 5
    assert await threads.prune(tenant, thread_ids=["old"]) == 1
    assert [(each.id, each.parent_id) for each in await threads.history(tenant, thread_id="old")] == [("3", "2"), ("2", None)]


async def test_runs_go_with_what_only_they_had(tenant: Tenant, dsn: str) -> None:
    for number, run in enumerate(("a", "a", "b", None), 1):
        await threads.put(
            tenant,
            thread_id="t",
            id=str(number),
            run_id=run,
            versions={"x": number, "shared": 1, "of a": 1} if run == "a" else {"x": number, "shared": 1},
            values=[NewValue(channel, version, "json", b"1") for channel, version in (("x", number), ("shared", 1), ("of a", 1))],
        )
        await threads.put_writes(tenant, thread_id="t", checkpoint_id=str(number), task_id="x", writes=[NewWrite(0, "x", "json", b"1")])
    assert await threads.delete_runs(tenant, run_ids=["a", "unknown"]) == 2
    assert await _ids(tenant, thread_id="t") == ["4", "3"]
    assert fetch(dsn, "SELECT channel, version FROM memdb.thread_values ORDER BY 1, 2") == [("shared", "1"), ("x", "3"), ("x", "4")]
    assert fetch(dsn, "SELECT checkpoint_id FROM memdb.thread_writes ORDER BY 1") == [("3",), ("4",)]
    assert await threads.delete_runs(tenant, run_ids=[]) == 0


async def test_a_deleted_thread_frees_its_name_and_goes_when_it_is_purged(db: Database, tenant: Tenant, dsn: str) -> None:
    await _steps(tenant, "t", 2)
    before = await threads.history(tenant, thread_id="t")
    assert await threads.delete(tenant, thread_ids=["t", "u"]) == 1
    assert await threads.history(tenant) == []
    assert (await threads.restore(tenant, thread_id="t")).id == "t"
    assert await threads.history(tenant, thread_id="t") == before
    await threads.delete(tenant, thread_ids=["t"])
    await threads.put(tenant, thread_id="t", id="new")
    assert await _ids(tenant) == ["new"]
    with pytest.raises(AlreadyExists, match="another thread has this id"):
        await threads.restore(tenant, thread_id="t")
    with pytest.raises(NotFound, match="no such deleted thread: u"):
        await threads.restore(tenant, thread_id="u")
    execute(dsn, "UPDATE memdb.threads SET deleted_at = now() - interval '1 day' WHERE deleted_at IS NOT NULL")
    purged = await retention.purge(db.admin(tenant.org_id), deleted_before=datetime.now(UTC) - timedelta(hours=1))
    assert purged.rows == {"threads": 1, "thread_checkpoints": 2, "thread_values": 3, "thread_writes": 2}
    assert await _ids(tenant) == ["new"]


async def test_a_user_goes_with_threads_and_all_that_is_in_them(db: Database, tenant: Tenant, dsn: str) -> None:
    user = await users.create(tenant, email="ada@example.com")
    await _steps(tenant, "theirs", 2, user_id=user.id)
    await _steps(tenant, "nobody's", 1)
    erased = await retention.erase_user(db.admin(tenant.org_id), user_id=user.id)
    assert erased == {"users": 1, "threads": 1, "thread_checkpoints": 2, "thread_values": 3, "thread_writes": 2}
    assert [each.thread_id for each in await threads.history(tenant)] == ["nobody's"]


@pytest.mark.parametrize("of", ["organization", "agent", "user"])
async def test_what_is_held_stays(of: str, db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    user = await users.create(tenant, email="ada@example.com")
    await _steps(tenant, "t", 2, agent_id=agent.id, user_id=user.id)
    await threads.put(tenant, thread_id="t", id="03", run_id="run")
    scope = {"agent": {"agent_id": agent.id}, "user": {"user_id": user.id}}.get(of, {})
    admin = db.admin(tenant.org_id)
    await retention.hold(admin, name="case", **scope)
    for refused in (threads.prune(tenant, thread_ids=["t"]), threads.delete_runs(tenant, run_ids=["run"])):
        with pytest.raises(UnderLegalHold, match="case"):
            await refused
    assert len(await threads.history(tenant)) == 3
    await threads.delete(tenant, thread_ids=["t"])
    execute(dsn, "UPDATE memdb.threads SET deleted_at = now() - interval '1 day'")
    if of == "organization":
        with pytest.raises(UnderLegalHold):
            await retention.purge(admin, deleted_before=datetime.now(UTC))
    else:
        assert (await retention.purge(admin, deleted_before=datetime.now(UTC))).rows == {}
    assert (await threads.restore(tenant, thread_id="t")).id == "t"
    assert len(await threads.history(tenant)) == 3
    await retention.release_hold(admin, name="case")
    assert await threads.prune(tenant, thread_ids=["t"]) == 2


async def test_an_agent_in_disgrace_writes_no_threads(tenant: Tenant, agent: Agent) -> None:
    await _steps(tenant, "t", 1, agent_id=agent.id)
    await agents.update(tenant, id=agent.id, status="suspended")
    writes = [NewWrite(0, "c", "json", b"1")]
    for call in (
        threads.put(tenant, thread_id="t", id="9", agent_id=agent.id),
        threads.put_writes(tenant, thread_id="t", checkpoint_id="9", task_id="x", writes=writes, agent_id=agent.id),
    ):
        with pytest.raises(WritesRefused, match="the agent is suspended"):
            await call
    assert await _ids(tenant) == ["01"]
    with pytest.raises(NotFound, match="no such organization or agent"):
        await threads.put(tenant, thread_id="t", id="9", agent_id=uuid.uuid4())
    with pytest.raises(NotFound, match="no such user"):
        await threads.put(tenant, thread_id="u", id="9", user_id=uuid.uuid4())


async def test_the_same_names_are_another_thread_of_another_tenant(tenant: Tenant, rival: Home) -> None:
    await _steps(tenant, "t", 2)
    before = await threads.history(tenant)
    assert await threads.history(rival.tenant) == []
    await threads.put(rival.tenant, thread_id="t", id="01", versions={"messages": 1}, values=[NewValue("messages", 1, "json", b"mine")])
    assert await threads.prune(rival.tenant, thread_ids=["t"]) == 0
    assert await threads.delete(rival.tenant, thread_ids=["t"]) == 1
    assert await threads.history(tenant) == before


async def test_many_who_begin_a_thread_at_once_begin_one(dsn: str, tenant: Tenant) -> None:
    async with memdb.connect(dsn, pool_size=32, timeout=30.0) as db:
        on = db.tenant(tenant.org_id)
        writes = [NewWrite(0, "c", "json", b"1")]
        await asyncio.gather(
            *[threads.put(on, thread_id="t", id=f"{n:02}", versions={"a": 1}, values=[NewValue("a", 1, "json", b"1")]) for n in range(16)],
            *[threads.put_writes(on, thread_id="t", checkpoint_id="00", task_id=f"{n:02}", writes=writes) for n in range(16)],
        )
    (thread,) = await threads.page(tenant)
    assert thread.id == "t"
    found = await threads.history(tenant, thread_id="t")
    assert len(found) == 16
    assert len(list(found[-1].writes)) == 16


_ROOM = b"x" * (256 * 1024 * 1024 + 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"thread_id": "ü" * 600}, "thread_id must have at most 1024 bytes"),
        ({"namespace": "ü" * 600}, "namespace must have at most 1024 bytes"),
        ({"namespace": 7}, "namespace must be a str, not int"),
        ({"namespace": "a\0"}, "namespace must not contain NUL"),
        ({"id": ""}, "id must have 1 to 256 characters, not 0"),
        ({"id": "ü" * 200}, "id must have 1 to 256 bytes"),
        ({"state": {"x": "y" * (1 << 24)}}, "state must be a JSON object of at most 16777216 bytes"),
        ({"metadata": {"x": "y" * (1 << 20)}}, "metadata must be a JSON object of at most 1048576 bytes"),
        ({"values": [NewValue("a", 1, "json", _ROOM)]}, "data must have at most 268435456 bytes, not 268435457"),
        ({"values": [NewValue("a", 1, "json", "text")]}, "data must be bytes, not str"),
        ({"values": [NewValue("a", 1, "json", b""), NewValue("a", 2, "json", b"")]}, "values must be of different channels"),
        ({"values": [("a", 1, "json", b"")]}, "values must be NewValue objects"),
        ({"values": [NewValue("a", None, "json", b"")]}, "version must be a str, an int or a float, not NoneType"),
        ({"values": [NewValue("a", "ü" * 200, "json", b"")]}, "version must have at most 256 bytes"),
        ({"needs": "all"}, "needs must be one of nothing, parent, ancestors"),
    ],
)
async def test_what_cannot_be_kept_is_refused_by_name(tenant: Tenant, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await threads.put(tenant, **{"thread_id": "t", "id": "1", **change})
    assert str(refused.value).startswith(message)
    assert await threads.page(tenant) == []
