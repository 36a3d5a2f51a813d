"""The archive and the end of sessions: nothing is lost on the way, nothing stays that must go."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import memdb
from memdb import archives, audit, checkpoints, messages, observations, retention, session_events, sessions, spaces, summaries, users
from memdb.agents import Agent
from memdb.engine.database import Admin, Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, NotFound, SessionClosed, TenantRequired, UnderLegalHold, VersionConflict
from memdb.messages import Message, NewMessage, ToolCall
from memdb.observations import NewObservation
from memdb.sessions import Session
from tests.conftest import Home, vector
from tests.server import execute, fetch

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SINCE = LONG_AGO + timedelta(days=1)


@pytest.fixture
def admin(db: Database, tenant: Tenant) -> Admin:
    return db.admin(tenant.org_id)


async def _old(tenant: Tenant, agent: Agent, count: int = 7, **given: Any) -> Session:
    """A session of long ago: a system message, tool calls with results, some messages with embeddings and metadata, one deleted."""
    started = await sessions.start(tenant, agent_id=agent.id, started_at=LONG_AGO, **given)
    items = [
        NewMessage(role="system", content="Be brief.", sent_at=LONG_AGO),
        NewMessage(role="user", content="How warm is it?", embedding=vector(1), metadata={"k": [1, None]}, name="Ada", sent_at=LONG_AGO),
        NewMessage(role="assistant", tool_calls=[ToolCall("a", "f", {"x": 1.5}), ToolCall("b", "g")], model="m", sent_at=LONG_AGO),
        NewMessage(role="tool", tool_call_id="a", content="20 °C", embedding=vector(2), sent_at=LONG_AGO),
    ]
    items += [NewMessage(role="user", content=f"and then {n}?", embedding=vector(n), sent_at=LONG_AGO) for n in range(3, count)]
    made = await messages.append_many(tenant, session_id=started.session.id, items=items)
    await messages.update(tenant, id=made[1].id, content="How warm is it there?", embedding=vector(1))
    if count > 5:
        await messages.delete(tenant, id=made[-1].id)
    found = await sessions.get(tenant, id=started.session.id)
    assert found is not None
    return found


async def _all(tenant: Tenant, id: uuid.UUID) -> list[Message]:
    return await messages.page(tenant, session_id=id, after=0, limit=1000)


def _stored(dsn: str, id: uuid.UUID) -> list[Any]:
    """Every column of every message, deleted ones, too, and the embeddings."""
    kept = fetch(dsn, f"SELECT to_jsonb(m)::text FROM memdb.messages AS m WHERE session_id = '{id}' ORDER BY position")
    vectors = fetch(
        dsn, f"SELECT to_jsonb(e)::text FROM memdb.message_embeddings AS e WHERE session_id = '{id}' ORDER BY message_id, space"
    )
    return [kept, vectors]


async def test_a_session_goes_into_the_archive_and_comes_back_as_it_was(
    admin: Admin, tenant: Tenant, agent: Agent, rival: Home, db: Database, dsn: str
) -> None:
    old = await _old(tenant, agent)
    closed = await sessions.close(tenant, id=(await _old(tenant, agent, count=4)).id, status="error")
    execute(dsn, f"UPDATE memdb.sessions SET active_at = '2020-01-01' WHERE id = '{closed.id}'")
    recent = (await sessions.start(tenant, agent_id=agent.id)).session
    theirs = await _old(rival.tenant, rival.agent)
    before, said, hits = _stored(dsn, old.id), await _all(tenant, old.id), await messages.search(tenant, text="warm", embedding=vector(2))
    steps: list[int] = []
    assert await archives.archive(admin, idle_since=SINCE, batch=2, progress=steps.append) == archives.Archived(2, 13)
    assert sum(steps) == 13
    assert max(steps) == 2
    archived = await sessions.get(tenant, id=old.id)
    assert archived is not None
    assert (archived.status, archived.version) == ("cold_archived", old.version + 1)
    assert archived.archived_at is not None
    assert _stored(dsn, old.id) == [[], []]
    assert await _all(tenant, old.id) == said
    assert await messages.get(tenant, id=said[1].id) == said[1]
    assert await messages.page(tenant, session_id=old.id, before=3) == said[:2]
    assert await messages.search(tenant, text="warm", embedding=vector(2)) == []
    assert await sessions.get(tenant, id=recent.id) == recent
    assert (await sessions.get(rival.tenant, id=theirs.id)) == theirs
    assert await archives.archive(admin, idle_since=SINCE) == archives.Archived(0, 0)

    for id in (uuid.uuid4(), recent.id, theirs.id):
        with pytest.raises(NotFound, match="archived session"):
            await archives.restore(admin, id=id)
    restored = await archives.restore(admin, id=old.id, batch=3)
    assert (restored.status, restored.archived_at, restored.version) == ("active", None, old.version + 2)
    assert _stored(dsn, old.id) == before
    assert await _all(tenant, old.id) == said
    assert (await archives.restore(admin, id=closed.id)).status == "error"
    found = await messages.search(tenant, text="warm", embedding=vector(2))
    assert {hit.message.id for hit in found} >= {hit.message.id for hit in hits}
    assert (await messages.append(tenant, session_id=old.id, role="tool", tool_call_id="b", content="x")).asked_position == 3


async def test_nothing_is_written_to_an_archived_session(admin: Admin, tenant: Tenant, agent: Agent) -> None:
    old = await _old(tenant, agent)
    summary = await summaries.add(tenant, session_id=old.id, strategy="x", first_position=1, last_position=2, content="warm")
    said = await _all(tenant, old.id)
    await archives.archive(admin, idle_since=SINCE)
    refused: list[Callable[[], Awaitable[object]]] = [
        lambda: messages.append(tenant, session_id=old.id, role="user", content="x"),
        lambda: messages.update(tenant, id=said[1].id, content="x"),
        lambda: messages.delete(tenant, id=said[1].id),
        lambda: messages.window(tenant, session_id=old.id, rounds=1),
        lambda: summaries.add(tenant, session_id=old.id, strategy="x", first_position=1, last_position=2, content="x"),
        lambda: checkpoints.record(tenant, session_id=old.id, turn=1),
        lambda: session_events.append(tenant, session_id=old.id, kind="x"),
        lambda: sessions.close(tenant, id=old.id),
        lambda: sessions.reopen(tenant, id=old.id),
    ]
    for call in refused:
        with pytest.raises(SessionClosed, match="cold_archived"):
            await call()
    assert not await messages.embed(tenant, id=said[1].id, version=said[1].version, embedding=vector(5))
    assert await summaries.get(tenant, id=summary.id) == summary
    assert await _all(tenant, old.id) == said
    assert (await sessions.update(tenant, id=old.id, title="Weather")).title == "Weather"


async def test_what_is_broken_off_goes_on(admin: Admin, tenant: Tenant, agent: Agent, dsn: str) -> None:
    old = await _old(tenant, agent, count=30)
    before, said = _stored(dsn, old.id), await _all(tenant, old.id)

    class Stopped(Exception):
        pass

    def stop_after(steps: int) -> Callable[[int], None]:
        left = iter(range(steps))

        def progress(moved: int) -> None:
            if next(left, None) is None:
                raise Stopped

        return progress

    async def at_any_step(work: Callable[[Callable[[int], None]], Awaitable[object]]) -> None:
        for steps in range(20):
            try:
                await work(stop_after(steps))
                return
            except Stopped:
                assert await _all(tenant, old.id) == said
        raise AssertionError("it does not end")

    await at_any_step(lambda progress: archives.archive(admin, idle_since=SINCE, batch=3, progress=progress))
    assert _stored(dsn, old.id) == [[], []]
    await at_any_step(lambda progress: archives.restore(admin, id=old.id, batch=3, progress=progress))
    assert _stored(dsn, old.id) == before
    # One that is on its way into the archive can turn round.
    with pytest.raises(Stopped):
        await archives.archive(admin, idle_since=SINCE, batch=3, progress=stop_after(2))
    assert (await archives.restore(admin, id=old.id)).status == "active"
    assert _stored(dsn, old.id) == before


async def test_many_archive_and_speak_at_once(admin: Admin, tenant: Tenant, agent: Agent, dsn: str) -> None:
    """Whoever comes first: a session that is spoken in again is not archived, and an archived one takes nothing."""
    old = [await _old(tenant, agent, count=20) for _ in range(6)]
    outcomes = await asyncio.gather(
        *[archives.archive(admin, idle_since=SINCE, batch=4) for _ in range(3)],
        *[messages.append(tenant, session_id=session.id, role="user", content="still there?") for session in old[:3] for _ in range(3)],
        *[messages.embed(tenant, id=said.id, version=said.version, embedding=vector(9)) for said in await _all(tenant, old[3].id)],
        return_exceptions=True,
    )
    assert {type(each) for each in outcomes} <= {archives.Archived, Message, SessionClosed, bool}
    for session, appended in zip(old[:3], zip(*[iter(outcomes[3:12])] * 3, strict=True), strict=True):
        found = await sessions.get(tenant, id=session.id)
        assert found is not None
        written = sum(isinstance(each, Message) for each in appended)
        assert (found.status == "active") == (written > 0)
        assert found.last_position == session.last_position + written
    assert fetch(dsn, "SELECT count(*) FROM memdb.sessions WHERE moving IS NOT NULL") == [(0,)]
    for session in old:
        counted = fetch(
            dsn,
            f"""
            SELECT s.last_position - (SELECT count(*) FROM memdb.kept_messages AS m WHERE m.session_id = s.id),
                (SELECT count(*) FROM memdb.messages AS m WHERE m.session_id = s.id AND s.archived_at IS NOT NULL),
                (SELECT count(*) FROM memdb.archived_messages AS m WHERE m.session_id = s.id AND s.archived_at IS NULL)
            FROM memdb.sessions AS s WHERE s.id = '{session.id}'
            """,
        )
        assert counted == [(0, 0, 0)]
    # An embedding that was acknowledged is there.
    kept = fetch(dsn, f"SELECT count(*) FROM memdb.archived_messages WHERE session_id = '{old[3].id}' AND cardinality(spaces) > 0")
    assert kept[0][0] >= sum(outcome is True for outcome in outcomes)


async def test_a_session_that_is_kept_elsewhere(admin: Admin, tenant: Tenant, agent: Agent, dsn: str) -> None:
    old = await _old(tenant, agent)
    before, said = _stored(dsn, old.id), await _all(tenant, old.id)
    assert [row async for row in archives.export(admin, id=old.id)] == []
    with pytest.raises(NotFound, match="archived session"):
        await archives.leave(admin, id=old.id, archived_to="x", messages=0)
    await archives.archive(admin, idle_since=SINCE)
    rows = [row async for row in archives.export(admin, id=old.id)]
    assert [row["position"] for row in rows] == list(range(1, 9))
    with pytest.raises(InvalidInput, match="messages must be as many as the archive has"):
        await archives.leave(admin, id=old.id, archived_to="s3://bucket/key", messages=7)
    assert await _all(tenant, old.id) == said
    with pytest.raises(NotFound, match="archived session"):
        await archives.leave(admin, id=uuid.uuid4(), archived_to="s3://bucket/key", messages=8)
    # Broken off after its first step, it goes on, to the same place only.
    await archives.deep.begin_leaving(admin, id=old.id, archived_to="s3://bucket/key", messages=len(rows), expected_version=None)
    with pytest.raises(NotFound, match="archived session"):
        await archives.leave(admin, id=old.id, archived_to="elsewhere", messages=len(rows))
    assert await archives.leave(admin, id=old.id, archived_to="s3://bucket/key", messages=len(rows)) == 8
    with pytest.raises(NotFound, match="archived session"):
        await archives.leave(admin, id=old.id, archived_to="s3://bucket/key", messages=len(rows))
    deep = await sessions.get(tenant, id=old.id)
    assert deep is not None
    assert (deep.status, deep.archived_to, deep.version) == ("deep_archived", "s3://bucket/key", old.version + 2)
    assert await _all(tenant, old.id) == []
    with pytest.raises(NotFound):
        await archives.restore(admin, id=old.id)
    with pytest.raises(NotFound, match="archived session"):
        await archives.leave(admin, id=old.id, archived_to="x", messages=8)
    with pytest.raises(InvalidInput, match="rows must be all messages"):
        await archives.bring_back(admin, id=old.id, rows=rows[:5])
    with pytest.raises(InvalidInput):
        await archives.bring_back(admin, id=old.id, rows=[{"position": "first"}])
    await archives.bring_back(admin, id=old.id, rows=rows)
    assert await _all(tenant, old.id) == said
    back = await archives.restore(admin, id=old.id)
    assert (back.status, back.archived_to) == ("active", None)
    assert _stored(dsn, old.id) == before


async def test_only_what_was_exported_comes_back(db: Database, admin: Admin, tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    old, other = await _old(tenant, agent), await _old(tenant, agent)
    exact = '{"n": 1.50, "big": 123456789012345678901234567890.123456789}'
    execute(dsn, f"UPDATE memdb.messages SET metadata = '{exact}' WHERE session_id = '{old.id}' AND position = 1")
    before = _stored(dsn, old.id)
    await archives.archive(admin, idle_since=SINCE)
    rows, theirs = [[row async for row in archives.export(admin, id=each.id)] for each in (old, other)]
    rows = json.loads(json.dumps(rows))
    await archives.leave(admin, id=old.id, archived_to="x", messages=len(rows))

    changed: list[dict[str, Any]] = [
        {"content": "Nothing."},
        {"id": str(uuid.uuid4())},
        {"position": 99},
        {"role": "king"},
        {"sent_at": "2021-01-01T00:00:00Z"},
        {"deleted_at": "2021-01-01T00:00:00Z"},
        {"metadata": "{}"},
        {"metadata": None},
        {"embeddings": []},
        {"spaces": [7]},
        {"seal": None},
        {"seal": theirs[1]["seal"]},
        {"archived_at": None},
    ]
    foreign = [{**theirs[1], "session_id": str(old.id)}, theirs[1], {}, {"position": 1}]
    for row in [*({**rows[1], **change} for change in changed), *foreign]:
        with pytest.raises(InvalidInput, match="rows must be messages of this session as they were exported last"):
            await archives.bring_back(admin, id=old.id, rows=[rows[0], row])
    for wrong in ({**rows[1], "position": "x"}, {**rows[1], "metadata": "{"}, {**rows[1], "embeddings": ["[1,2"]}):
        with pytest.raises(InvalidInput):
            await archives.bring_back(admin, id=old.id, rows=[wrong])
    assert await _all(tenant, old.id) == []
    for executor, id in ((db.admin(rival.tenant.org_id), old.id), (admin, other.id), (admin, uuid.uuid4())):
        with pytest.raises(NotFound, match="deep-archived session"):
            await archives.bring_back(executor, id=id, rows=rows)
    for call in (
        lambda on: archives.leave(on, id=other.id, archived_to="x", messages=8),
        lambda on: archives.restore(on, id=other.id),
    ):
        with pytest.raises(NotFound, match="archived session"):
            await call(db.admin(rival.tenant.org_id))
    assert [row async for row in archives.export(db.admin(rival.tenant.org_id), id=other.id)] == []

    database = dsn.partition("?")[0].rpartition("/")[2]
    execute(dsn, f"ALTER DATABASE {database} SET timezone = 'Asia/Kathmandu'")
    async with memdb.connect(dsn) as elsewhere:
        await archives.bring_back(elsewhere.admin(tenant.org_id), id=old.id, rows=[*reversed(rows), *rows[:3]])
        await archives.restore(elsewhere.admin(tenant.org_id), id=old.id)
    execute(dsn, f"ALTER DATABASE {database} RESET timezone")
    assert _stored(dsn, old.id) == before
    # What was exported before it was restored is not it any more.
    execute(dsn, f"UPDATE memdb.sessions SET active_at = '2020-01-01' WHERE id = '{old.id}'")
    await archives.archive(admin, idle_since=SINCE)
    await archives.leave(admin, id=old.id, archived_to="x", messages=len(rows))
    with pytest.raises(InvalidInput, match="rows must be messages"):
        await archives.bring_back(admin, id=old.id, rows=rows)


async def test_an_export_that_is_out_of_date_is_no_reason_to_leave(admin: Admin, tenant: Tenant, agent: Agent, dsn: str) -> None:
    old = await _old(tenant, agent)
    await archives.archive(admin, idle_since=SINCE)
    archived = await sessions.get(tenant, id=old.id)
    assert archived is not None
    await archives.restore(admin, id=old.id)
    await messages.update(tenant, id=(await _all(tenant, old.id))[1].id, content="Something else")
    execute(dsn, f"UPDATE memdb.sessions SET active_at = '2020-01-01' WHERE id = '{old.id}'")
    await archives.archive(admin, idle_since=SINCE)
    with pytest.raises(VersionConflict):
        await archives.leave(admin, id=old.id, archived_to="x", messages=8, expected_version=archived.version)
    assert await archives.leave(admin, id=old.id, archived_to="x", messages=8, expected_version=archived.version + 2) == 8


async def test_leaving_goes_on_and_a_hold_forbids_it(admin: Admin, tenant: Tenant, agent: Agent, dsn: str) -> None:
    old = await _old(tenant, agent, count=900)
    more = [NewMessage(role="user", content="more", sent_at=LONG_AGO) for _ in range(200)]
    count = (await messages.append_many(tenant, session_id=old.id, items=more))[-1].position
    await archives.archive(admin, idle_since=SINCE)
    hold = await retention.hold(admin, name="case", agent_id=agent.id)
    with pytest.raises(UnderLegalHold, match="case"):
        await archives.leave(admin, id=old.id, archived_to="x", messages=count)
    await retention.release_hold(admin, name=hold.name)

    def stop(removed: int) -> None:
        raise RuntimeError(removed)

    with pytest.raises(RuntimeError, match="1000"):
        await archives.leave(admin, id=old.id, archived_to="x", messages=count, progress=stop)
    assert await archives.leave(admin, id=old.id, archived_to="x", messages=count) == count - 1000
    found = await sessions.get(tenant, id=old.id)
    assert found is not None
    assert (found.status, found.archived_to, found.version) == ("deep_archived", "x", old.version + 2)
    assert fetch(dsn, "SELECT moving FROM memdb.sessions") == [(None,)]


async def test_an_id_in_the_archive_is_in_use(admin: Admin, tenant: Tenant, agent: Agent, dsn: str) -> None:
    """Else the archived message could not come back."""
    old = await _old(tenant, agent)
    said = await _all(tenant, old.id)
    recent = (await sessions.start(tenant, agent_id=agent.id)).session
    outcomes = await asyncio.gather(
        archives.archive(admin, idle_since=SINCE, batch=1),
        *[messages.append(tenant, session_id=recent.id, role="user", content="x", id=each.id) for _ in range(5) for each in said],
        return_exceptions=True,
    )
    assert isinstance(outcomes[0], archives.Archived)
    assert {type(each) for each in outcomes[1:]} == {AlreadyExists}
    with pytest.raises(AlreadyExists):
        await messages.append(tenant, session_id=recent.id, role="user", content="x", id=said[1].id)
    items = [NewMessage(role="user", content="y"), NewMessage(role="user", content="x", id=said[2].id)]
    with pytest.raises(AlreadyExists):
        await messages.append_many(tenant, session_id=recent.id, items=items)
    await archives.restore(admin, id=old.id)
    assert await _all(tenant, old.id) == said
    assert await _all(tenant, recent.id) == []


async def test_summaries_of_what_is_archived_are_as_stale_as_before(admin: Admin, tenant: Tenant, agent: Agent) -> None:
    old = await _old(tenant, agent)
    made = [
        await summaries.add(tenant, session_id=old.id, strategy="x", first_position=first, last_position=first + 1, content="x", edits=0)
        for first in (2, 4)
    ]
    assert [each.stale for each in made] == [True, False]
    await archives.archive(admin, idle_since=SINCE)
    assert [await summaries.get(tenant, id=each.id) for each in made] == made
    assert {each.id: each.stale for each in await summaries.page(tenant, session_id=old.id)} == {each.id: each.stale for each in made}
    assert await summaries.latest(tenant, session_id=old.id) == made[1]


async def test_embedding_beside_clearing(admin: Admin, tenant: Tenant, agent: Agent) -> None:
    said = [each for _ in range(3) for each in await _all(tenant, (await _old(tenant, agent, count=40)).id)]
    outcomes = await asyncio.gather(
        *[messages.embed(tenant, id=each.id, version=each.version, embedding=vector(9)) for each in said],
        *[retention.clear_old_sessions(admin, idle_since=SINCE) for _ in range(2)],
    )
    assert {type(each) for each in outcomes[:-2]} == {bool}
    assert sum(each.rows.get("sessions", 0) for each in outcomes[-2:] if isinstance(each, retention.Purge)) == 3


async def test_embeddings_of_a_space_that_is_gone_do_not_come_back(admin: Admin, tenant: Tenant, agent: Agent, dsn: str) -> None:
    async with memdb.connect(dsn, admin_role=None) as owning:
        await spaces.create(owning.admin(), dimension=3, model="small")
        old = await _old(tenant, agent)
        async with memdb.connect(dsn, embedding_model="small") as small:
            said = (await _all(tenant, old.id))[1]
            assert await messages.embed(small.tenant(tenant.org_id), id=said.id, version=said.version, embedding=[1, 0, 0])
        await archives.archive(admin, idle_since=SINCE)
        await spaces.drop(owning.admin(), number=2)
    await archives.restore(admin, id=old.id)
    assert fetch(dsn, f"SELECT DISTINCT space FROM memdb.message_embeddings WHERE session_id = '{old.id}'") == [(1,)]


async def test_clearing_old_sessions(db: Database, admin: Admin, tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    ada = await users.create(tenant, email="ada@example.com")
    held = await _old(tenant, agent, user_id=ada.id)
    archived = await _old(tenant, agent)
    await archives.archive(admin, idle_since=SINCE, agent_id=agent.id)
    await archives.restore(admin, id=held.id)
    plain = await _old(tenant, agent, count=998)
    await summaries.add(tenant, session_id=plain.id, strategy="x", first_position=1, last_position=2, content="warm")
    await checkpoints.record(tenant, session_id=plain.id, turn=1)
    await session_events.append(tenant, session_id=plain.id, kind="x")
    execute(dsn, f"UPDATE memdb.sessions SET active_at = '2020-01-01' WHERE id = '{plain.id}'")
    (noted,) = await observations.add_many(tenant, agent_id=agent.id, items=[NewObservation(content="Ada is cold", session_id=plain.id)])
    recent = (await sessions.start(tenant, agent_id=agent.id)).session
    theirs = await _old(rival.tenant, rival.agent)
    hold = await retention.hold(admin, name="case", user_id=ada.id)
    steps: list[int] = []
    cleared = await retention.clear_old_sessions(admin, idle_since=SINCE, progress=steps.append)
    assert cleared.holds == [hold.name]
    assert {name: cleared.rows[name] for name in ("sessions", "session_summaries", "checkpoints", "session_events")} == {
        "sessions": 2,
        "session_summaries": 1,
        "checkpoints": 1,
        "session_events": 1,
    }
    assert cleared.rows["messages"] + cleared.rows["archived_messages"] == plain.last_position + archived.last_position
    assert len(steps) >= 2
    assert sum(steps) == sum(cleared.rows.values())
    assert await sessions.get(tenant, id=plain.id) is await sessions.get(tenant, id=archived.id) is None
    assert await sessions.get(tenant, id=held.id) is not None
    assert await sessions.get(tenant, id=recent.id) == recent
    assert await sessions.get(rival.tenant, id=theirs.id) == theirs
    kept = await observations.get(tenant, id=noted.id)
    assert kept is not None
    assert kept.session_id is None
    assert len(await audit.page(tenant, action="organization.clear_sessions")) == 1
    assert (await retention.clear_old_sessions(admin, idle_since=SINCE)).rows == {}
    with pytest.raises(InvalidInput, match="idle_since must not be in the future"):
        await retention.clear_old_sessions(admin, idle_since=datetime.now(UTC) + timedelta(days=1))
    await retention.hold(admin, name="all")
    with pytest.raises(UnderLegalHold, match="all"):
        await retention.clear_old_sessions(admin, idle_since=SINCE)
    with pytest.raises(TenantRequired):
        await retention.clear_old_sessions(db.admin(), idle_since=SINCE)


async def test_purging_and_erasing_conversations(admin: Admin, tenant: Tenant, agent: Agent, dsn: str) -> None:
    ada, bob = [await users.create(tenant, email=f"{name}@example.com") for name in ("ada", "bob")]
    of_ada, of_bob = await _old(tenant, agent, user_id=ada.id), await _old(tenant, agent, user_id=bob.id)
    in_archive = await _old(tenant, agent, user_id=ada.id)
    await archives.archive(admin, idle_since=SINCE)
    await archives.restore(admin, id=of_ada.id)
    items = [
        NewObservation(content=f"note {n}", session_id=id, user_id=user)
        for n, (id, user) in enumerate([(of_ada.id, None), (None, ada.id), (of_bob.id, bob.id), (of_bob.id, None)])
    ]
    noted = await observations.add_many(tenant, agent_id=agent.id, items=items)
    await observations.merge(tenant, ids=[noted[2].id], into_id=noted[0].id)
    counted = await retention.erase_user(admin, user_id=ada.id, dry_run=True)
    assert (counted["sessions"], counted["messages"], counted["archived_messages"], counted["session_observations"]) == (2, 8, 8, 2)
    hold = await retention.hold(admin, name="case", agent_id=agent.id)
    with pytest.raises(UnderLegalHold):
        await retention.erase_user(admin, user_id=ada.id)
    await retention.release_hold(admin, name=hold.name)
    assert await retention.erase_user(admin, user_id=ada.id) == counted
    assert await sessions.get(tenant, id=of_ada.id) is await sessions.get(tenant, id=in_archive.id) is None
    assert len(await _all(tenant, of_bob.id)) == 7
    merged = await observations.get(tenant, id=noted[2].id)
    assert merged is not None
    assert (merged.status, merged.merged_into) == ("merged", None)

    await sessions.delete(tenant, id=of_bob.id)
    await observations.delete(tenant, id=noted[3].id)
    assert (await retention.purge(admin, deleted_before=SINCE)).rows == {}
    purged = await retention.purge(admin, deleted_before=datetime.now(UTC))
    assert (purged.rows["sessions"], purged.rows["archived_messages"], purged.rows["session_observations"]) == (1, 8, 1)
    assert fetch(dsn, f"SELECT count(*) FROM memdb.sessions WHERE org_id = '{tenant.org_id}'") == [(0,)]
    with pytest.raises(NotFound):
        await sessions.restore(tenant, id=of_bob.id)
