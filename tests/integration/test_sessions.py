"""Sessions: started once, closed and reopened, swept, deleted with all that is in them; and who may write in them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from memdb import Cursor, agents, checkpoints, directives, messages, organizations, session_events, sessions, summaries, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, InvalidTransition, NotFound, SessionClosed, VersionConflict, WritesRefused
from memdb.messages import NewMessage
from memdb.sessions import ClosedStatus, Session, Started, Status
from tests.conftest import Home, vector
from tests.server import execute, fetch

T = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 20)]
CLOSED: tuple[Any, ...] = get_args(ClosedStatus)
ARCHIVED = ("cold_archived", "deep_archived")


@pytest.fixture
async def session(tenant: Tenant, agent: Agent) -> Session:
    return await _start(tenant, agent)


async def _start(tenant: Tenant, agent: Agent, **given: Any) -> Session:
    return (await sessions.start(tenant, agent_id=agent.id, **given)).session


async def _again(tenant: Tenant, session: Session) -> Session:
    found = await sessions.get(tenant, id=session.id)
    assert found is not None
    return found


async def _caught(call: Awaitable[Any]) -> Any:
    try:
        return await call
    except Exception as error:
        return error


def _archive(dsn: str, session: Session, status: str, closed_as: str | None = "completed") -> None:
    closed = f"closed_as = '{closed_as}', closed_at = now()" if closed_as else "closed_as = NULL, closed_at = NULL"
    execute(dsn, f"UPDATE memdb.sessions SET status = '{status}', archived_at = now(), {closed} WHERE id = '{session.id}'")


async def _into(tenant: Tenant, dsn: str, session: Session, status: Any) -> Session:
    """The active session, once it has the status."""
    if status in CLOSED:
        return await sessions.close(tenant, id=session.id, status=status)
    if status in ARCHIVED:
        _archive(dsn, session, status)
    return await _again(tenant, session)


# Starting


async def test_a_new_session(tenant: Tenant, agent: Agent) -> None:
    user = await users.create(tenant, email="ada@example.com")
    await directives.publish(tenant, agent_id=agent.id, content="Be brief.")
    plain = await sessions.start(tenant, agent_id=agent.id)
    assert plain.created
    made = plain.session
    assert (made.agent_id, made.status, made.version, made.metadata, made.id.version) == (agent.id, "active", 1, {}, 7)
    absent = ("user_id", "external_id", "title", "model", "provider", "directive_number", "closed_at", "archived_at", "archived_to")
    assert {getattr(made, name) for name in absent} == {None}
    counters = (
        "messages",
        "rounds",
        "tokens",
        "input_tokens",
        "output_tokens",
        "latency_ms",
        "last_position",
        "extracted_position",
        "edits",
    )
    assert {getattr(made, name) for name in counters} == {0}
    assert made.active_at == made.created_at == made.updated_at
    given: dict[str, Any] = {
        "external_id": "chat 7",
        "user_id": user.id,
        "title": "Weather",
        "model": "m-1",
        "provider": "acme",
        "directive_number": 1,
        "metadata": {"a": [1, None, "ü"]},
        "id": uuid.uuid4(),
    }
    full = await sessions.start(tenant, agent_id=agent.id, started_at=T[3], **given)
    assert {name: getattr(full.session, name) for name in given} == given
    assert full.session.active_at == T[3]
    assert await sessions.get(tenant, id=full.session.id) == full.session
    assert await sessions.get_by_external_id(tenant, agent_id=agent.id, external_id="chat 7") == full.session
    assert await sessions.get(tenant, id=uuid.uuid4()) is None
    assert await sessions.get_by_external_id(tenant, agent_id=agent.id, external_id="chat 8") is None
    assert await sessions.get_by_external_id(tenant, agent_id=uuid.uuid4(), external_id="chat 7") is None


async def test_a_start_finds_what_there_is_as_it_is(tenant: Tenant, agent: Agent, dsn: str) -> None:
    for status in get_args(Status):
        mine = f"chat {status}"
        made = await _into(tenant, dsn, await _start(tenant, agent, external_id=mine, title="first"), status)
        assert made.status == status
        again = await sessions.start(tenant, agent_id=agent.id, external_id=mine, title="second", metadata={"a": 1}, started_at=T[0])
        assert again == Started(made, created=False)
        assert await sessions.start(tenant, agent_id=agent.id, external_id=mine, id=made.id) == again
        assert await sessions.start(tenant, agent_id=agent.id, external_id=mine, id=uuid.uuid4()) == again
        nameless = await _into(tenant, dsn, await _start(tenant, agent, id=uuid.uuid4()), status)
        assert await sessions.start(tenant, agent_id=agent.id, id=nameless.id, title="x") == Started(nameless, created=False)
    other = await agents.create(tenant, slug="other", name="Other")
    theirs = await sessions.start(tenant, agent_id=other.id, external_id="chat active")
    assert theirs.created
    assert (await sessions.start(tenant, agent_id=other.id, external_id="chat active")).session == theirs.session
    assert len(await sessions.page(tenant)) == 13


async def test_an_id_in_use_is_refused(tenant: Tenant, agent: Agent, rival: Home) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    named = await _start(tenant, agent, external_id="chat")
    nameless = await _start(tenant, agent)
    deleted = await _start(tenant, agent)
    await sessions.delete(tenant, id=deleted.id)
    for arguments in (
        {"agent_id": agent.id, "id": named.id},
        {"agent_id": agent.id, "id": named.id, "external_id": "other chat"},
        {"agent_id": agent.id, "id": nameless.id, "external_id": "other chat"},
        {"agent_id": other.id, "id": nameless.id},
        {"agent_id": other.id, "id": named.id, "external_id": "chat"},
        {"agent_id": agent.id, "id": deleted.id},
    ):
        with pytest.raises(AlreadyExists, match="another session has this id"):
            await sessions.start(tenant, **arguments)  # type: ignore[arg-type]
    theirs = await sessions.start(rival.tenant, agent_id=rival.agent.id, id=named.id, external_id="chat")
    assert theirs.created


@pytest.mark.parametrize("given", [{"external_id": "chat"}, {"id": uuid.uuid4()}, {"external_id": "chat", "id": uuid.uuid4()}])
async def test_racing_starts_make_one_session(given: dict[str, Any], tenant: Tenant, agent: Agent) -> None:
    for _ in range(3):
        made = await asyncio.gather(*[sessions.start(tenant, agent_id=agent.id, title=str(n), **given) for n in range(32)])
        assert len({str(each.session) for each in made}) == 1
        assert sum(each.created for each in made) == 1
        assert len(await sessions.page(tenant)) == 1
        await sessions.delete(tenant, id=made[0].session.id)
        given = given | ({"id": uuid.uuid4()} if "id" in given else {})


@pytest.mark.parametrize("given", [{"external_id": "chat"}, {"id": uuid.uuid4()}])
async def test_a_start_waits_for_another_and_finds_its_session(given: dict[str, Any], tenant: Tenant, agent: Agent) -> None:
    async with tenant.transaction() as tx:
        first = await sessions.start(tx, agent_id=agent.id, title="first", **given)
        waiting = asyncio.create_task(sessions.start(tenant, agent_id=agent.id, title="second", **given))
        await asyncio.sleep(0.15)
        assert not waiting.done()
    assert await waiting == Started(first.session, created=False)


async def test_a_start_that_names_what_there_is_not(tenant: Tenant, agent: Agent, rival: Home) -> None:
    theirs = await users.create(rival.tenant, email="ada@example.com")
    other = await agents.create(tenant, slug="other", name="Other")
    await directives.publish(tenant, agent_id=other.id, content="Be brief.")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"agent_id": uuid.uuid4()}, "agent"),
        ({"agent_id": rival.agent.id}, "agent"),
        ({"user_id": uuid.uuid4()}, "user"),
        ({"user_id": theirs.id}, "user"),
        ({"directive_number": 1}, "version of the directive"),
        ({"agent_id": other.id, "directive_number": 2}, "version of the directive"),
    ]
    for arguments, kind in wrong:
        with pytest.raises(NotFound) as missing:
            await sessions.start(tenant, **{"agent_id": agent.id, **arguments})
        assert missing.value.kind == kind
    assert (await _start(tenant, other, directive_number=1)).directive_number == 1
    assert len(await sessions.page(tenant)) == 1


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("external_id", ""),
        ("external_id", "x" * 257),
        ("external_id", "a\0b"),
        ("title", "x" * 513),
        ("model", ""),
        ("provider", "x" * 257),
        ("directive_number", 0),
        ("metadata", []),
        ("metadata", {"a": "x" * 8190}),
        ("started_at", datetime(2026, 1, 1)),
        ("id", "nope"),
    ],
)
async def test_what_is_no_session(field: str, wrong: Any, tenant: Tenant, agent: Agent) -> None:
    with pytest.raises(InvalidInput) as refused:
        await sessions.start(tenant, agent_id=agent.id, **{field: wrong})
    assert refused.value.field == field
    assert await sessions.page(tenant) == []


# Pages


async def test_pages_meet_over_equal_times(tenant: Tenant, agent: Agent, rival: Home) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    ada, bob = [await users.create(tenant, email=f"{name}@example.com") for name in ("ada", "bob")]
    await sessions.start(rival.tenant, agent_id=rival.agent.id, started_at=T[1])
    made = []
    for n in range(24):
        given = {"user_id": (ada.id, bob.id, None)[n % 3], "started_at": T[n % 4 // 2]}
        made.append(await _start(tenant, (agent, other)[n // 6 % 2], **given))
    for each in made[::5]:
        await sessions.close(tenant, id=each.id, status="error")
    await sessions.delete(tenant, id=made[7].id)
    live = [await _again(tenant, each) for each in made if each is not made[7]]

    def expected(filters: dict[str, Any]) -> list[uuid.UUID]:
        since = filters.get("since")
        plain = {name: value for name, value in filters.items() if name != "since"}
        found = [
            each
            for each in live
            if (since is None or each.active_at >= since) and all(getattr(each, name) == value for name, value in plain.items())
        ]
        return [each.id for each in sorted(found, key=lambda each: (each.active_at, each.id), reverse=True)]

    filters: dict[str, Any]
    for filters in (
        {},
        {"agent_id": agent.id},
        {"user_id": ada.id},
        {"agent_id": other.id, "user_id": bob.id},
        {"status": "error"},
        {"status": "completed"},
        {"agent_id": agent.id, "status": "active"},
        {"user_id": bob.id, "status": "error"},
        {"since": T[1]},
        {"since": T[0], "agent_id": other.id},
        {"since": T[1], "user_id": ada.id, "agent_id": agent.id, "status": "active"},
        {"agent_id": uuid.uuid4()},
        {"user_id": uuid.uuid4()},
    ):
        for limit in (1, 5, 1000):
            walked: list[Session] = []
            last: Any = None
            while page := await sessions.page(tenant, before=last, limit=limit, **filters):
                walked += page
                last = page[-1] if len(walked) % 2 else Cursor.parse(str(Cursor.of(page[-1])))
            assert [each.id for each in walked] == expected(filters), filters
    for wrong in ((T[0], made[0].id), made[0].id, "x"):
        with pytest.raises(InvalidInput, match=r"before must be the last Session of the page before or its memdb.Cursor"):
            await sessions.page(tenant, before=wrong)  # type: ignore[arg-type]
    for field, value in (("limit", 0), ("limit", 1001), ("status", "open"), ("since", datetime(2026, 1, 1))):
        with pytest.raises(InvalidInput, match=rf"^{field} must"):
            await sessions.page(tenant, **{field: value})  # type: ignore[arg-type]


async def test_a_message_moves_its_session_to_the_front(tenant: Tenant, agent: Agent) -> None:
    one, two = await _start(tenant, agent, started_at=T[1]), await _start(tenant, agent, started_at=T[2])
    assert [each.id for each in await sessions.page(tenant)] == [two.id, one.id]
    await messages.append(tenant, session_id=one.id, role="user", content="x", sent_at=T[3])
    assert [(each.id, each.active_at) for each in await sessions.page(tenant, agent_id=agent.id)] == [(one.id, T[3]), (two.id, T[2])]
    await messages.append(tenant, session_id=one.id, role="user", content="late", sent_at=T[0])
    assert (await _again(tenant, one)).active_at == T[3]


# Changing


async def test_an_update(tenant: Tenant, agent: Agent, dsn: str) -> None:
    user = await users.create(tenant, email="ada@example.com")
    await directives.publish(tenant, agent_id=agent.id, content="Be brief.")
    session = await _start(tenant, agent, metadata={"a": 1, "b": 2}, title="old", started_at=T[0])
    given: dict[str, Any] = {
        "user_id": user.id,
        "title": "new",
        "model": "m-2",
        "provider": "acme",
        "directive_number": 1,
        "metadata": {"c": 3},
    }
    changed = await sessions.update(tenant, id=session.id, expected_version=1, **given)
    assert {name: getattr(changed, name) for name in given} == given
    assert (changed.version, changed.active_at, changed.status) == (2, T[0], "active")
    assert changed.updated_at > session.updated_at
    for version, status in enumerate(("completed", *ARCHIVED), 3):
        await _into(tenant, dsn, session, status)
        changed = await sessions.update(tenant, id=session.id, title=status)
        assert (changed.title, changed.status, changed.version, changed.model) == (status, status, version + 1, "m-2")
    with pytest.raises(VersionConflict) as conflict:
        await sessions.update(tenant, id=session.id, expected_version=1, title="x")
    assert (conflict.value.expected, conflict.value.actual) == (1, changed.version)
    for arguments, kind in (({"user_id": uuid.uuid4()}, "user"), ({"directive_number": 9}, "version of the directive")):
        with pytest.raises(NotFound) as missing:
            await sessions.update(tenant, id=session.id, **arguments)  # type: ignore[arg-type]
        assert missing.value.kind == kind
    with pytest.raises(InvalidInput, match="metadata must"):
        await sessions.update(tenant, id=session.id, metadata={"a": "x" * 8190})
    with pytest.raises(NotFound, match="session"):
        await sessions.update(tenant, id=uuid.uuid4(), title="x")
    assert await _again(tenant, session) == changed


async def test_of_racing_updates_with_one_version_one_counts(tenant: Tenant, session: Session) -> None:
    calls = [_caught(sessions.update(tenant, id=session.id, expected_version=1, title=f"t{n}")) for n in range(20)]
    results = await asyncio.gather(*calls)
    (won,) = [each for each in results if isinstance(each, Session)]
    assert sum(isinstance(each, VersionConflict) for each in results) == 19
    assert await _again(tenant, session) == won


async def test_appending_is_no_change_of_the_session(tenant: Tenant, session: Session) -> None:
    await messages.append(tenant, session_id=session.id, role="user", content="x")
    after = await _again(tenant, session)
    assert (after.version, after.updated_at, after.messages) == (1, session.updated_at, 1)
    assert (await sessions.update(tenant, id=session.id, expected_version=1, title="t")).version == 2


@pytest.mark.parametrize("current", get_args(Status))
async def test_every_transition(current: Any, tenant: Tenant, agent: Agent, dsn: str) -> None:
    for wanted in ("active", *CLOSED):
        session = await _into(tenant, dsn, await _start(tenant, agent, started_at=T[0]), current)
        call = sessions.reopen(tenant, id=session.id) if wanted == "active" else sessions.close(tenant, id=session.id, status=wanted)
        if current in ARCHIVED:
            with pytest.raises(SessionClosed) as closed:
                await call
            assert closed.value.status == current
        elif (current == "active") == (wanted == "active"):
            with pytest.raises(InvalidTransition) as refused:
                await call
            assert (refused.value.current, refused.value.wanted) == (current, wanted)
        else:
            changed = await call
            assert (changed.status, changed.version, changed.archived_at) == (wanted, session.version + 1, None)
            assert (changed.closed_at is None, changed.active_at > T[0]) == (wanted == "active", wanted == "active")
            ((closed_as,),) = fetch(dsn, f"SELECT closed_as FROM memdb.sessions WHERE id = '{session.id}'")
            assert closed_as == (None if wanted == "active" else wanted)
            assert await _again(tenant, session) == changed
            continue
        assert await _again(tenant, session) == session


async def test_closing_checks_the_version(tenant: Tenant, session: Session) -> None:
    with pytest.raises(VersionConflict):
        await sessions.close(tenant, id=session.id, expected_version=2)
    closed = await sessions.close(tenant, id=session.id, expected_version=1)
    assert closed.status == "completed"
    with pytest.raises(VersionConflict):
        await sessions.reopen(tenant, id=session.id, expected_version=1)
    assert (await sessions.reopen(tenant, id=session.id, expected_version=2)).version == 3
    for call in (sessions.close, sessions.reopen):
        with pytest.raises(NotFound, match="session"):
            await call(tenant, id=uuid.uuid4())  # type: ignore[operator]
    with pytest.raises(InvalidInput, match="status must be one of completed, abandoned, error"):
        await sessions.close(tenant, id=session.id, status="cold_archived")  # type: ignore[arg-type]


async def test_a_message_and_a_close_at_once(tenant: Tenant, session: Session) -> None:
    """Whoever comes second sees what the first left."""
    async with tenant.transaction() as tx:
        await sessions.close(tx, id=session.id)
        waiting = asyncio.create_task(_caught(messages.append(tenant, session_id=session.id, role="user", content="x")))
        await asyncio.sleep(0.15)
        assert not waiting.done()
    assert isinstance(await waiting, SessionClosed)
    await sessions.reopen(tenant, id=session.id)
    async with tenant.transaction() as tx:
        await messages.append(tx, session_id=session.id, role="user", content="x")
        closing = asyncio.create_task(_caught(sessions.close(tenant, id=session.id)))
        again = asyncio.create_task(_caught(sessions.close(tenant, id=session.id, status="error")))
        await asyncio.sleep(0.15)
        assert not closing.done()
    results = [await closing, await again]
    assert sorted(type(each).__name__ for each in results) == ["InvalidTransition", "Session"]
    assert [each.messages for each in results if isinstance(each, Session)] == [1]


# Sweeping


async def test_a_sweep_takes_the_longest_idle_first(tenant: Tenant, agent: Agent, dsn: str, rival: Home) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    made = [await _start(tenant, (other, agent)[n % 2], started_at=T[n]) for n in (3, 0, 6, 1, 4, 2, 5)]
    by_age = sorted(made, key=lambda each: each.active_at)
    theirs = await sessions.start(rival.tenant, agent_id=rival.agent.id, started_at=T[0])
    assert await sessions.sweep_idle(tenant, idle_since=T[0]) == [], "the bound is not idle"
    assert await sessions.sweep_idle(tenant, idle_since=T[1], agent_id=other.id) == [by_age[0].id]
    assert set(await sessions.sweep_idle(tenant, idle_since=T[5], limit=2, status="error")) == {by_age[1].id, by_age[2].id}
    swept = await _again(tenant, by_age[1])
    assert (swept.status, swept.version, swept.active_at, swept.closed_at is not None) == ("error", 2, T[1], True)
    assert fetch(dsn, f"SELECT closed_as FROM memdb.sessions WHERE id = '{swept.id}'") == [("error",)]
    await sessions.delete(tenant, id=by_age[3].id)
    assert await sessions.sweep_idle(tenant, idle_since=T[5]) == [by_age[4].id]
    assert (await _again(tenant, by_age[4])).status == "abandoned"
    assert await sessions.sweep_idle(tenant, idle_since=T[18], agent_id=uuid.uuid4()) == []
    assert {each.id for each in await sessions.page(tenant, status="active")} == {by_age[5].id, by_age[6].id}
    assert (await _again(rival.tenant, theirs.session)).status == "active"
    for field, wrong in (("limit", 0), ("status", "active"), ("idle_since", datetime(2026, 1, 1)), ("idle_since", None)):
        with pytest.raises(InvalidInput, match=rf"^{field} must"):
            await sessions.sweep_idle(tenant, **{"idle_since": T[5], field: wrong})  # type: ignore[arg-type]


async def test_sweeps_at_once_close_each_session_once(tenant: Tenant, agent: Agent, dsn: str) -> None:
    made = {(await _start(tenant, agent, started_at=T[n % 7])).id for n in range(60)}
    swept: list[uuid.UUID] = []
    while batches := [
        batch for batch in await asyncio.gather(*[sessions.sweep_idle(tenant, idle_since=T[9], limit=7) for _ in range(6)]) if batch
    ]:
        assert all(len(batch) <= 7 for batch in batches)
        swept += [id for batch in batches for id in batch]
    assert sorted(swept) == sorted(made)
    assert fetch(dsn, "SELECT DISTINCT version, status FROM memdb.sessions") == [(2, "abandoned")]


async def test_a_sweep_leaves_who_writes_and_who_may_not(tenant: Tenant, agent: Agent, db: Database) -> None:
    written, idle, kept = [await _start(tenant, agent, started_at=T[n]) for n in range(3)]
    others = {}
    for state in ("suspended", "archived", "paused", "deleted"):
        other = await agents.create(tenant, slug=state, name=state)
        others[state] = await _start(tenant, other, started_at=T[0])
        await (agents.delete(tenant, id=other.id) if state == "deleted" else agents.update(tenant, id=other.id, status=state))  # type: ignore[arg-type]
    async with tenant.transaction() as tx:
        await messages.append(tx, session_id=written.id, role="user", content="x")
        swept = await sessions.sweep_idle(tenant, idle_since=T[9], limit=2)
        assert set(swept) == {idle.id, others["paused"].id}, "the limit is of those that are closed"
    assert await sessions.sweep_idle(tenant, idle_since=T[9]) == [kept.id]
    assert await sessions.sweep_idle(tenant, idle_since=datetime.now(UTC) + timedelta(hours=1)) == [written.id]
    await organizations.update(db.admin(tenant.org_id), status="suspended")
    with pytest.raises(WritesRefused, match="the organization is suspended"):
        await sessions.sweep_idle(tenant, idle_since=T[9])


# Extraction


async def test_the_mark_of_extraction_never_goes_back(tenant: Tenant, session: Session, agent: Agent, dsn: str) -> None:
    await messages.append_many(tenant, session_id=session.id, items=[NewMessage(role="user", content=str(n)) for n in range(9)])
    for asked, mark in ((0, 0), (3, 3), (2, 3), (9, 9), (0, 9)):
        assert await sessions.mark_extracted(tenant, id=session.id, position=asked) == mark
    for wrong in (10, -1, 2**31):
        with pytest.raises(InvalidInput, match=r"^position must"):
            await sessions.mark_extracted(tenant, id=session.id, position=wrong)
    with pytest.raises(NotFound, match="session"):
        await sessions.mark_extracted(tenant, id=uuid.uuid4(), position=0)
    assert (await _again(tenant, session)).version == 1
    other = await _start(tenant, agent)
    await messages.append_many(tenant, session_id=other.id, items=[NewMessage(role="user", content=str(n)) for n in range(20)])
    marks = await asyncio.gather(*[sessions.mark_extracted(tenant, id=other.id, position=n) for n in range(21)])
    assert all(mark >= n for n, mark in enumerate(marks))
    assert (await _again(tenant, other)).extracted_position == 20


async def test_what_is_to_be_extracted(tenant: Tenant, agent: Agent, dsn: str, rival: Home) -> None:
    other = await agents.create(tenant, slug="other", name="Other")

    async def talked(of: Agent, count: int = 2) -> Session:
        session = await _start(tenant, of)
        if count:
            await messages.append_many(tenant, session_id=session.id, items=[NewMessage(role="user", content="x")] * count)
        return session

    first, second, silent, still_open, done, deleted, archived = [
        await talked(of, count) for of, count in ((agent, 2), (other, 2), (agent, 0), (agent, 2), (agent, 2), (agent, 2), (agent, 2))
    ]
    for each in (second, first, silent, done, deleted, archived):
        await sessions.close(tenant, id=each.id)
    await sessions.mark_extracted(tenant, id=done.id, position=2)
    await sessions.mark_extracted(tenant, id=first.id, position=1)
    await sessions.delete(tenant, id=deleted.id)
    _archive(dsn, archived, "cold_archived")
    found = await sessions.to_extract(tenant)
    assert found == [await _again(tenant, each) for each in (second, first)]
    assert await sessions.to_extract(tenant, limit=1) == found[:1]
    assert await sessions.to_extract(tenant, agent_id=agent.id) == found[1:]
    assert await sessions.to_extract(rival.tenant) == await sessions.to_extract(rival.tenant, agent_id=agent.id) == []
    await sessions.reopen(tenant, id=second.id)
    await sessions.mark_extracted(tenant, id=first.id, position=2)
    assert await sessions.to_extract(tenant) == []
    await messages.append(tenant, session_id=second.id, role="user", content="x")
    await sessions.close(tenant, id=second.id)
    assert [each.id for each in await sessions.to_extract(tenant)] == [second.id]
    assert still_open.id not in {each.id for each in await sessions.to_extract(tenant)}


# Deleting


async def test_delete_and_restore(tenant: Tenant, agent: Agent, dsn: str) -> None:
    for status in get_args(Status):
        session = await _into(tenant, dsn, await _start(tenant, agent, external_id=f"chat {status}"), status)
        with pytest.raises(VersionConflict):
            await sessions.delete(tenant, id=session.id, expected_version=session.version + 1)
        assert await sessions.delete(tenant, id=session.id, expected_version=session.version) == session.version + 1
        for call in (sessions.delete(tenant, id=session.id), sessions.update(tenant, id=session.id, title="x")):
            with pytest.raises(NotFound, match="session"):
                await call
        assert await sessions.page(tenant) == []
        assert await sessions.get_by_external_id(tenant, agent_id=agent.id, external_id=f"chat {status}") is None
        with pytest.raises(VersionConflict):
            await sessions.restore(tenant, id=session.id, expected_version=session.version)
        restored = await sessions.restore(tenant, id=session.id, expected_version=session.version + 1)
        assert (restored.status, restored.version, restored.external_id) == (status, session.version + 2, f"chat {status}")
        assert await _again(tenant, session) == restored
        with pytest.raises(NotFound, match="session"):
            await sessions.restore(tenant, id=session.id)
        await sessions.delete(tenant, id=session.id)
    with pytest.raises(NotFound, match="session"):
        await sessions.restore(tenant, id=uuid.uuid4())


async def test_an_external_id_is_free_once_its_session_is_deleted(tenant: Tenant, agent: Agent) -> None:
    old = await _start(tenant, agent, external_id="chat")
    await sessions.delete(tenant, id=old.id)
    new = await sessions.start(tenant, agent_id=agent.id, external_id="chat")
    assert new.created
    with pytest.raises(AlreadyExists) as refused:
        await sessions.restore(tenant, id=old.id)
    assert (refused.value.kind, refused.value.field) == ("session of the same agent", "external_id")
    await sessions.delete(tenant, id=new.session.id)
    assert (await sessions.restore(tenant, id=old.id)).id == old.id
    assert await sessions.get_by_external_id(tenant, agent_id=agent.id, external_id="chat") == await _again(tenant, old)


async def _conversation(tenant: Tenant, session: Session) -> tuple[messages.Message, summaries.Summary]:
    user = await messages.append(tenant, session_id=session.id, role="user", content="oak", embedding=vector(1), id=uuid.uuid4())
    await messages.append(tenant, session_id=session.id, role="assistant", content="elm")
    summary = await summaries.add(tenant, session_id=session.id, strategy="s", first_position=1, last_position=1, content="oak?")
    return user, summary


async def _assert_unseen(on: Tenant, session: Session, message: messages.Message, summary: summaries.Summary) -> None:
    """Nothing of the session is read, and nothing in it is changed."""
    inside = {"session_id": session.id}
    assert await sessions.get(on, id=session.id) is None
    assert await sessions.get_by_external_id(on, agent_id=session.agent_id, external_id="chat") is None
    assert await sessions.page(on) == await sessions.page(on, agent_id=session.agent_id) == await sessions.to_extract(on) == []
    assert await messages.get(on, id=message.id) is None
    assert await messages.page(on, **inside) == await messages.page(on, after=0, **inside) == await messages.unembedded(on, **inside) == []
    for scope in ({}, {"session_id": session.id}, {"agent_id": session.agent_id}):
        for asked in ({"text": "oak"}, {"embedding": vector(1)}, {"text": "oak", "embedding": vector(1)}):
            assert await messages.search(on, **asked, **scope) == []  # type: ignore[arg-type]
    assert await summaries.get(on, id=summary.id) is None
    assert await summaries.latest(on, **inside) is await summaries.due(on, messages=0, keep=0, **inside) is None
    assert await summaries.page(on, **inside) == []
    assert await sessions.sweep_idle(on, idle_since=datetime.now(UTC) + timedelta(days=1)) == []
    assert await messages.embed(on, id=message.id, version=message.version, embedding=vector(2)) is False
    calls: list[tuple[Awaitable[Any], str]] = [
        (messages.window(on, **inside), "session"),
        (messages.append(on, role="user", content="more", **inside), "session"),
        (messages.append(on, role="user", content="oak", id=message.id, **inside), "session"),
        (
            messages.append_many(
                on, items=[NewMessage(role="user", content="oak", id=message.id), NewMessage(role="user", content="new")], **inside
            ),
            "session",
        ),
        (summaries.add(on, strategy="s", first_position=1, last_position=1, content="x", **inside), "session"),
        (checkpoints.record(on, turn=1, **inside), "session"),
        (session_events.append(on, kind="x", **inside), "session"),
        (sessions.update(on, id=session.id, title="x"), "session"),
        (sessions.close(on, id=session.id), "session"),
        (sessions.reopen(on, id=session.id), "session"),
        (sessions.mark_extracted(on, id=session.id, position=0), "session"),
        (sessions.delete(on, id=session.id), "session"),
        (messages.update(on, id=message.id, content="x"), "message"),
        (messages.delete(on, id=message.id), "message"),
    ]
    for call, kind in calls:
        error = await _caught(call)
        assert isinstance(error, NotFound), error
        assert error.kind == kind


def _everything(dsn: str, session: Session) -> list[object]:
    statements = ["SELECT s::text FROM memdb.sessions AS s WHERE id = '{}'"]
    statements += [
        f"SELECT t::text FROM memdb.{table} AS t WHERE session_id = '{{}}' ORDER BY 1"
        for table in ("messages", "message_embeddings", "session_summaries")
    ]
    return [fetch(dsn, statement.format(session.id)) for statement in statements]


async def test_nothing_in_a_deleted_session_is_read_or_changed(tenant: Tenant, agent: Agent, dsn: str) -> None:
    session = await _start(tenant, agent, external_id="chat")
    message, summary = await _conversation(tenant, session)
    page, window = await messages.page(tenant, session_id=session.id), await messages.window(tenant, session_id=session.id)
    await sessions.delete(tenant, id=session.id)
    before = _everything(dsn, session)
    await _assert_unseen(tenant, session, message, summary)
    assert _everything(dsn, session) == before
    await sessions.restore(tenant, id=session.id)
    assert await messages.page(tenant, session_id=session.id) == page
    assert await messages.window(tenant, session_id=session.id) == window
    assert await summaries.latest(tenant, session_id=session.id) == summary
    assert [hit.message for hit in await messages.search(tenant, text="oak") if hit.text] == [message]


async def test_another_tenants_session(tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    session = await _start(tenant, agent, external_id="chat")
    message, summary = await _conversation(tenant, session)
    before = _everything(dsn, session)
    await _assert_unseen(rival.tenant, session, message, summary)
    with pytest.raises(NotFound, match="session"):
        await sessions.restore(rival.tenant, id=session.id)
    assert _everything(dsn, session) == before
    mine = await sessions.start(rival.tenant, agent_id=rival.agent.id, external_id="chat")
    assert mine.created
    assert (await messages.append(rival.tenant, session_id=mine.session.id, role="user", content="oak", id=message.id)).position == 1
    assert _everything(dsn, session) == before


# Who may write


@pytest.mark.parametrize("state", ["agent suspended", "agent archived", "agent deleted", "organization suspended"])
async def test_who_takes_no_writes(state: str, tenant: Tenant, agent: Agent, db: Database, dsn: str) -> None:
    session, closed, gone = [await _start(tenant, agent, external_id=name) for name in ("chat", "closed", "gone")]
    message, _ = await _conversation(tenant, session)
    kept = (await messages.page(tenant, session_id=session.id))[1]
    await sessions.close(tenant, id=closed.id)
    await sessions.delete(tenant, id=gone.id)
    before = _everything(dsn, session)
    if state == "agent deleted":
        await agents.delete(tenant, id=agent.id)
    elif state == "organization suspended":
        await organizations.update(db.admin(tenant.org_id), status="suspended")
    else:
        await agents.update(tenant, id=agent.id, status=state.split()[1])  # type: ignore[arg-type]
    inside = {"session_id": session.id}
    for call in (
        sessions.start(tenant, agent_id=agent.id),
        sessions.start(tenant, agent_id=agent.id, external_id="chat"),
        sessions.update(tenant, id=session.id, title="x"),
        sessions.close(tenant, id=session.id),
        sessions.reopen(tenant, id=closed.id),
        sessions.restore(tenant, id=gone.id),
        sessions.mark_extracted(tenant, id=session.id, position=1),
        messages.append(tenant, role="user", content="new", **inside),
        messages.append(tenant, role="user", content="oak", id=message.id, **inside),
        messages.append_many(tenant, items=[NewMessage(role="user", content="new")], **inside),
        messages.update(tenant, id=message.id, content="x"),
        messages.embed(tenant, id=kept.id, version=1, embedding=vector(1)),
        summaries.add(tenant, strategy="s", first_position=1, last_position=1, content="x", **inside),
    ):
        with pytest.raises(WritesRefused, match=" is ".join(state.split())) as refused:
            await call
        assert [refused.value.kind, refused.value.state] == state.split()
    assert _everything(dsn, session) == before
    assert (await messages.window(tenant, **inside)).messages == await messages.page(tenant, after=1, **inside)
    assert len([hit for hit in await messages.search(tenant, text="oak") if hit.text]) == 1
    if state == "organization suspended":
        for call in (messages.delete(tenant, id=message.id), sessions.delete(tenant, id=session.id)):
            with pytest.raises(WritesRefused, match="the organization is suspended"):
                await call
        return
    # What was said with an agent in disgrace can still be forgotten.
    assert await messages.delete(tenant, id=message.id) == 2
    assert await sessions.delete(tenant, id=session.id) == 2


async def test_an_agent_in_disgrace_stops_no_other(tenant: Tenant, agent: Agent) -> None:
    other = await agents.create(tenant, slug="other", name="Other")
    await _start(tenant, other, external_id="chat")
    await agents.update(tenant, id=other.id, status="suspended")
    session = await _start(tenant, agent, external_id="chat")
    await messages.append(tenant, session_id=session.id, role="user", content="x")
    assert (await sessions.close(tenant, id=session.id)).status == "completed"
