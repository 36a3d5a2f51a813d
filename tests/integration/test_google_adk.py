"""MemdbSessionService and MemdbMemoryService: by their contracts, and beside ADK's own services on the same server."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest

pytest.importorskip("google.adk")
pytest.importorskip("sqlalchemy")

from google.adk.errors._stale_session_error import StaleSessionError
from google.adk.errors.already_exists_error import AlreadyExistsError
from google.adk.errors.session_not_found_error import SessionNotFoundError
from google.adk.events import Event, EventActions
from google.adk.memory import InMemoryMemoryService
from google.adk.memory.memory_entry import MemoryEntry
from google.adk.sessions import BaseSessionService, DatabaseSessionService, Session
from google.adk.sessions.base_session_service import GetSessionConfig
from google.genai import types
from sqlalchemy.exc import IntegrityError

import memdb
from memdb import items, retention, transcripts, users
from memdb.adapters.google_adk import MemdbMemoryService, MemdbSessionService
from memdb.engine.database import Database, Pooled, Tenant
from memdb.errors import InvalidInput, NotFound, PoolClosed, TenantRequired, UnderLegalHold
from tests.conftest import DIMENSION, Home

ROOT = Path(memdb.__file__).parents[1]
ADA: dict[str, Any] = {"app_name": "app", "user_id": "ada"}
S: dict[str, Any] = {**ADA, "session_id": "s"}
NOW = 1_750_000_000.125


@pytest.fixture
async def service(tenant: Tenant) -> MemdbSessionService:
    return MemdbSessionService(tenant)


@pytest.fixture
async def both(service: MemdbSessionService, dsn: str) -> AsyncIterator[tuple[BaseSessionService, ...]]:
    """ADK's own service, on the same database, and memdb's."""
    theirs = DatabaseSessionService("postgresql+asyncpg" + dsn.removeprefix("postgresql"))
    yield theirs, service
    await theirs.close()


def _said(text: str, at: float = NOW, *, id: str = "", **changes: Any) -> Event:
    content = types.Content(role="user", parts=[types.Part(text=text)])
    event = Event(author="user", invocation_id="i", content=content, timestamp=at, actions=EventActions(state_delta=changes))
    return event.model_copy(update={"id": id}) if id else event


def _texts(session: Session | None) -> list[str]:
    assert session is not None
    return [event.content.parts[0].text for event in session.events]  # type: ignore[union-attr,index,misc]


async def _seen(service: BaseSessionService, **place: Any) -> Any:
    """What there is of a session, less what differs between two services: revisions, and the time when it was begun."""
    session = await service.get_session(**(place or S))
    return session and session.model_dump(exclude=None if session.events else {"last_update_time"})


async def test_a_session_is_what_it_is_in_their_database(both: tuple[BaseSessionService, ...]) -> None:
    events = [
        _said("Hello.", NOW, id="1", mood="good", **{"app:k": 1, "user:name": "Ada", "temp:t": 1}),
        _said("ü nul-free \U0001f600", NOW, id="2", mood=None, list=[1, {"a": 2.5}], **{"app:k": [1, 2]}),
        _said("earlier", NOW - 10, id="3"),
        Event(
            id="4",
            author="agent",
            timestamp=NOW + 5,
            content=types.Content(
                parts=[
                    types.Part(function_call=types.FunctionCall(name="look", args={"z": 1, "a": [None]})),
                    types.Part(inline_data=types.Blob(data=b"\0\xff\xfe", mime_type="a/b")),
                ]
            ),
            long_running_tool_ids={"y", "x"},
            actions=EventActions(artifact_delta={"f": 1}, escalate=True),
            custom_metadata={"m": 1},
        ),
    ]
    seen = []
    for each in both:
        created = await each.create_session(**S, state={"mood": "bad", "app:first": 1, "user:first": {"b": 1}, "temp:no": 1})
        told: list[Any] = [created.model_dump(exclude={"last_update_time"}), await _seen(each)]
        for event in events:
            event = event.model_copy(deep=True)
            told.append((await each.append_event(created, event)).model_dump())
            told.append((created.state, created.last_update_time))
        told.append(await each.get_user_state(**ADA))
        read = await each.get_session(**S)
        assert read is not None
        told.append((read.state, read.last_update_time, {event.id: event.model_dump() for event in read.events}))
        other = await each.create_session(app_name="app", user_id="bob", session_id="s")
        told.append(other.state)
        seen.append(told)
        assert created.state["temp:t"] == 1
        assert "temp:t" not in read.state
    assert seen[0] == seen[1]


async def test_events_come_in_the_order_in_which_they_were_appended(service: MemdbSessionService) -> None:
    """Whatever their clocks say, and though the ids of those of one moment are random."""
    session = await service.create_session(**S)
    for number in range(12):
        await service.append_event(session, _said(str(number), NOW - number % 3))
    assert _texts(await service.get_session(**S)) == list(map(str, range(12)))
    assert session.last_update_time == NOW - 2
    assert await service.get_session(**S) == session


async def test_part_of_the_events(both: tuple[BaseSessionService, ...]) -> None:
    seen = []
    for each in both:
        session = await each.create_session(**S, state={"a": 1})
        for number in range(6):
            await each.append_event(session, _said(str(number), NOW + number))
        told = []
        for count in (None, 0, 2, 99):
            for since in (None, NOW, NOW + 3, NOW + 9):
                read = await each.get_session(**S, config=GetSessionConfig(num_recent_events=count, after_timestamp=since))
                assert read is not None
                told.append((count, since, _texts(read), read.state, read.last_update_time))
        seen.append(told)
        # What has been read in part can be gone on with.
        await each.append_event(read, _said("next", NOW + 10))
        assert _texts(await each.get_session(**S))[-2:] == ["5", "next"]
    assert seen[0] == seen[1]


async def test_sessions_are_listed_the_first_updated_first(both: tuple[BaseSessionService, ...]) -> None:
    seen = []
    for each in both:
        for number, user in enumerate(["ada", "bob", "ada", "", "ada"]):
            session = await each.create_session(app_name="app", user_id=user, session_id=f"{number}", state={"n": number, "user:u": number})
            await each.append_event(session, _said("x", NOW + (number * 7) % 5, **{"app:last": number}))
        await each.create_session(app_name="other", user_id="ada", session_id="5")
        told = []
        for user_id in (None, "ada", "", "nobody"):
            response = await each.list_sessions(app_name="app", user_id=user_id)
            assert all(not found.events for found in response.sessions)
            told.append([(found.user_id, found.id, found.state, found.last_update_time) for found in response.sessions])
        seen.append(told)
    assert seen[0] == seen[1]
    assert [found[1] for found in seen[1][0]] == ["0", "3", "1", "4", "2"]


async def test_ids_are_unique_within_app_and_user_and_kept_as_they_come(both: tuple[BaseSessionService, ...]) -> None:
    ids = ["s", " s ", "1:s", "ü\n", "a:b/c"]
    places = [("app", "u"), ("app", "u:"), ("app/u", "u"), ("app", "1:u")]
    for each in both:
        for app, user in places:
            for id in ids:
                await each.create_session(app_name=app, user_id=user, session_id=id, state={"is": [app, user, id]})
        for app, user in places:
            found = (await each.list_sessions(app_name=app, user_id=user)).sessions
            assert sorted(session.id for session in found) == sorted(ids)
            assert all(session.state["is"] == [session.app_name, session.user_id, session.id] for session in found)
        with pytest.raises(AlreadyExistsError):
            await each.create_session(app_name="app", user_id="u", session_id="s", state={"app:late": 1})
        again = await each.create_session(app_name="app", user_id="u")
        assert "app:late" not in again.state
        assert again.id


async def test_what_is_stale_or_gone_is_not_appended_to(both: tuple[BaseSessionService, ...]) -> None:
    seen = []
    for each in both:
        told: list[Any] = []

        async def attempt(session: Session | None, event: Event, each: BaseSessionService = each, told: list[Any] = told) -> None:
            assert session is not None
            try:
                await each.append_event(session, event)
                told.append(len(session.events))
            except (SessionNotFoundError, StaleSessionError) as error:
                told.append((type(error).__name__, len(session.events), session.state.get("a")))

        first = await each.create_session(**S)
        second = await each.get_session(**S)
        await attempt(first, _said("1", NOW, a=1))
        await attempt(second, _said("2", NOW + 1, a=2, **{"app:a": 2, "user:a": 2}))
        second = await each.get_session(**S)
        await attempt(second, _said("3", NOW + 2))
        assert second is not None
        second._storage_update_marker = None
        second.last_update_time -= 1
        await attempt(second, _said("3.1", NOW + 2.5, c=1))
        # Made by hand: behind, as new, and with the last event.
        await attempt(Session(id="s", **ADA, last_update_time=NOW), _said("4", NOW + 3))
        await attempt(Session(id="s", **ADA, last_update_time=NOW + 2), _said("5", NOW + 3, b=1))
        read = await each.get_session(**S)
        assert read is not None
        copy = Session(**{**read.model_dump(), "last_update_time": 0.0})
        await attempt(copy, _said("6", NOW + 4, a=6))
        await attempt(copy, _said("7", NOW + 5, b=7))
        await attempt(read, _said("8", NOW + 6))
        await attempt(Session(id="none", **ADA), _said("9"))
        read = await each.get_session(**S)
        told.append((_texts(read), read and read.state))
        await each.delete_session(**S)
        await each.delete_session(**S)
        told.append(await each.get_session(**S))
        await attempt(read, _said("10", NOW + 7))
        told.append(await each.get_user_state(**ADA))
        again = await each.create_session(**S)
        told.append((again.state, _texts(await each.get_session(**S))))
        seen.append(told)
    assert seen[0] == seen[1]


async def test_an_event_and_its_changes_are_all_or_nothing(both: tuple[BaseSessionService, ...], service: MemdbSessionService) -> None:
    for each in both:
        session = await each.create_session(**S, state={"a": 0, "app:a": 0, "user:a": 0})
        await each.append_event(session, _said("1", NOW, id="1"))
        with pytest.raises((AlreadyExistsError, IntegrityError)):
            await each.append_event(session, _said("2", NOW + 1, id="1", a=1, **{"app:a": 1, "user:a": 1}))
        read = await each.get_session(**S)
        assert _texts(read) == ["1"]
        assert read is not None
        assert read.state == {"a": 0, "app:a": 0, "user:a": 0}
        assert await each.get_user_state(**ADA) == {"a": 0}


async def test_partial_events_are_not_stored(both: tuple[BaseSessionService, ...]) -> None:
    for each in both:
        session = await each.create_session(**S)
        event = _said("part", a=1).model_copy(update={"partial": True})
        assert await each.append_event(session, event) is event
        assert session.events == []
        assert await _seen(each) == {"id": "s", **ADA, "state": {}, "events": []}


async def test_a_session_is_equal_to_what_was_created(service: MemdbSessionService) -> None:
    created = await service.create_session(**S, state={"a": {"b": 1}, "user:c": 1})
    assert await service.get_session(**S) == created
    read = await service.get_session(**S)
    assert read is not None
    read.state["a"]["b"] = 2
    read.state["forgotten"] = 1
    await service.append_event(read, _said("x", d=1))
    found = await service.get_session(**S)
    assert found is not None
    assert found.state == {"a": {"b": 1}, "user:c": 1, "d": 1}, "what is changed without an event is not stored"


async def test_values_that_are_no_json(both: tuple[BaseSessionService, ...]) -> None:
    seen = []
    for each in both:
        session = await each.create_session(**S, state={"when": datetime(2026, 1, 1, tzinfo=UTC), "set": {1}, "user:id": 2**70})
        await each.append_event(session, _said("x", NOW, bytes=b"b", function=print, **{"app:f": len}))
        read = await each.get_session(**S)
        seen.append(read and read.state)
    assert seen[0] == seen[1]


async def test_what_jsonb_cannot_take_comes_back(service: MemdbSessionService) -> None:
    values = {"nul": "\0", "lone": "\ud800", "inf": float("inf"), "zero": -0.0, "order": {"long": 1, "a": 2}}
    session = await service.create_session(
        **S, state={prefix + key: value for prefix in ("", "app:", "user:") for key, value in values.items()}
    )
    await service.append_event(session, _said("\0\ud800"))
    read = await service.get_session(**S)
    assert read is not None
    assert repr(sorted(read.state.items())) == repr(sorted(session.state.items()))
    assert _texts(read) == ["\0\ud800"]


async def test_many_write_at_once(service: MemdbSessionService) -> None:
    """Events of one session object wait for one another, and no writer of another key of a shared state undoes it."""
    session = await service.create_session(**S)
    await asyncio.gather(*(service.append_event(session, _said(str(number), NOW, **{f"k{number}": number})) for number in range(16)))
    read = await service.get_session(**S)
    assert _texts(read) == _texts(session)
    assert read is not None
    assert read.state == session.state == {f"k{number}": number for number in range(16)}

    async def talk(number: int) -> None:
        own = await service.create_session(**ADA, session_id=f"{number}")
        for turn in range(3):
            await service.append_event(own, _said("x", NOW, **{f"app:{number}": turn, f"user:{number}": turn}))

    await asyncio.gather(*(talk(number) for number in range(8)))
    assert await service.get_user_state(**ADA) == {str(number): 2 for number in range(8)}
    made = await asyncio.gather(*(service.create_session(**ADA, session_id="once") for _ in range(4)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in made) == ["AlreadyExistsError"] * 3 + ["KeptSession"]
    readers = [await service.get_session(**S) for _ in range(4)]
    told = await asyncio.gather(*(service.append_event(each, _said("one", a=1)) for each in readers if each), return_exceptions=True)
    assert sorted(type(each).__name__ for each in told) == ["Event"] + ["StaleSessionError"] * 3


async def test_a_session_that_grows_while_it_is_read_is_seen_whole(service: MemdbSessionService) -> None:
    """What is seen of it is always of one revision, so that it can be gone on with or is known to be stale."""
    session = await service.create_session(**S)

    async def write() -> None:
        for number in range(20):
            await service.append_event(session, _said(str(number), n=number))

    writing = asyncio.ensure_future(write())
    while not writing.done():
        read = await service.get_session(**S)
        assert read is not None
        assert read.state.get("n", -1) == len(read.events) - 1
    await writing


async def test_an_append_takes_one_round_trip(tenant: Tenant, service: MemdbSessionService) -> None:
    session = await service.create_session(**S, state={"a": 1})
    sent: list[str] = []
    real = Pooled._fetch

    async def counted(self: Pooled, statement: str, arguments: Any) -> Any:
        sent.append(statement)
        return await real(self, statement, arguments)

    with patch.object(Pooled, "_fetch", counted):
        await service.append_event(session, _said("x", a=2))
    assert len(sent) == 1


async def test_an_append_ends_although_its_caller_is_cancelled(service: MemdbSessionService) -> None:
    session = await service.create_session(**S)
    sent, go_on = asyncio.Event(), asyncio.Event()
    real = Pooled._fetch

    async def held(self: Pooled, statement: str, arguments: Any) -> Any:
        sent.set()
        await go_on.wait()
        return await real(self, statement, arguments)

    with patch.object(Pooled, "_fetch", held):
        task = asyncio.ensure_future(service.append_event(session, _said("1")))
        await sent.wait()
        task.cancel()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
    await service.append_event(session, _said("2"))
    assert _texts(session) == _texts(await service.get_session(**S)) == ["1", "2"]


async def test_what_is_refused(service: MemdbSessionService, tenant: Tenant) -> None:
    for field, value in (("app_name", "x" * 481), ("user_id", "nul \0"), ("session_id", "\ud800"), ("user_id", 5)):
        with pytest.raises(InvalidInput, match=field):
            await service.create_session(**{**S, field: value})
    session = await service.create_session(**S, state={"a": 1})
    for bad in (_said("x", id="x" * 300, **{"app:a": 1}), _said("x", **{"app:" + "k" * 1025: 1})):
        with pytest.raises(InvalidInput):
            await service.append_event(session, bad)
    assert await _seen(service) == {"id": "s", **ADA, "state": {"a": 1}, "events": []}
    with pytest.raises(ValueError, match="num_recent_events"):
        GetSessionConfig(num_recent_events=-1)
    with pytest.raises(NotFound):
        await MemdbSessionService(tenant, agent_id=uuid4()).create_session(**ADA)


async def test_tenants_do_not_meet_and_holds_are_kept(tenant: Tenant, rival: Home, db: Database) -> None:
    ada = await users.create(tenant, email="ada@example.com")
    service, other = MemdbSessionService(tenant, user_id=ada.id), MemdbSessionService(rival.tenant)
    session = await service.create_session(**S, state={"user:a": 1, "app:b": 1})
    assert await other.get_session(**S) is None
    assert (await other.list_sessions(app_name="app")).sessions == []
    with pytest.raises(SessionNotFoundError):
        await other.append_event(session, _said("x"))
    assert (await other.create_session(**S)).state == {}
    await retention.hold(db.admin(tenant.org_id), name="case", user_id=ada.id)
    with pytest.raises(UnderLegalHold):
        await service.delete_session(**S)
    await retention.release_hold(db.admin(tenant.org_id), name="case")
    await retention.erase_user(db.admin(tenant.org_id), user_id=ada.id)
    assert await MemdbSessionService(tenant).get_session(**S) is None
    assert (await MemdbSessionService(tenant).create_session(**S)).state == {"app:b": 1}


async def test_in_a_transaction(tenant: Tenant) -> None:
    with pytest.raises(RuntimeError, match="undo"):
        async with tenant.transaction() as tx:
            service = MemdbSessionService(tx)
            session = await service.create_session(**S, state={"user:a": 1})
            await service.append_event(session, _said("x", **{"app:a": 1}))
            read = await service.get_session(**S)
            assert read is not None
            assert read.state == {"user:a": 1, "app:a": 1}
            raise RuntimeError("undo")
    assert await transcripts.page(tenant, namespace="google-adk/app") == []
    assert await items.count(tenant) == 0


async def test_wrong_making_and_a_closed_database(db: Database, tenant: Tenant, dsn: str) -> None:
    for service in (MemdbSessionService, MemdbMemoryService):
        with pytest.raises(TenantRequired):
            service(db.admin())
        with pytest.raises(InvalidInput, match="tenant"):
            service(dsn)  # type: ignore[arg-type]
        for wrong in ("nonsense://host", "embedded:", 5):
            with pytest.raises(InvalidInput, match="dsn must be"):
                service.from_url(wrong)  # type: ignore[arg-type]
        for owner in ("agent_id", "user_id"):
            with pytest.raises(InvalidInput, match=f"{owner} must be a uuid.UUID"):
                service(tenant, **{owner: "ada"})  # type: ignore[arg-type]
    for options in ({"embed": "model"}, {"limit": 0}, {"limit": True}):
        with pytest.raises(InvalidInput, match=next(iter(options))):
            MemdbMemoryService(tenant, **options)  # type: ignore[arg-type]
    async with MemdbSessionService.from_url(dsn, org_id=tenant.org_id) as opened:
        await opened.create_session(**S)
    with pytest.raises(PoolClosed):
        await opened.get_session(**S)
    await opened.close()


def test_a_service_of_a_url_works_on_any_loop_and_thread(dsn: str) -> None:
    service = MemdbSessionService.from_url(dsn)
    session = asyncio.run(service.create_session(**S))
    with ThreadPoolExecutor() as threads:
        threads.submit(asyncio.run, service.append_event(session, _said("x"))).result()
    assert _texts(asyncio.run(service.get_session(**S))) == ["x"]
    asyncio.run(service.close())


# Memory


@pytest.fixture
async def memory(tenant: Tenant) -> MemdbMemoryService:
    return MemdbMemoryService(tenant)


def _session(*events: Event, **place: Any) -> Session:
    return Session(id="s", **{**ADA, **place}, events=list(events))


async def _found(memory: Any, query: str, **place: Any) -> list[str]:
    response = await memory.search_memory(**{**ADA, **place}, query=query)
    return sorted(" ".join(part.text for part in each.content.parts) for each in response.memories)


async def test_memories_are_found_by_their_words(memory: MemdbMemoryService) -> None:
    """As in ADK's service in memory, for words without inflection."""
    theirs = InMemoryMemoryService()
    session = _session(
        _said("The violin is in the attic", id="1"),
        _said("My car is red", id="2"),
        Event(id="3", author="agent", content=types.Content(parts=[types.Part(function_call=types.FunctionCall(name="violin"))])),
        Event(id="4", author="agent"),
        _said(" ", id="5"),
    )
    for each in (theirs, memory):
        for _ in range(2):
            await each.add_session_to_memory(session)
        session.events.append(_said("A red violin", id="6"))
        await each.add_session_to_memory(session)
        await each.add_session_to_memory(_session(_said("Bob's violin", id="7"), user_id="bob"))
        session.events.pop()
        assert await _found(each, "violin") == ["A red violin", "The violin is in the attic"]
        assert await _found(each, 'Is "my" red -car there?')
        assert (await each.search_memory(**ADA, query="red violin")).memories[0].id == "6"
        assert await _found(each, "violin", user_id="bob") == ["Bob's violin"]
        assert await _found(each, "violin", app_name="other") == []
        assert await _found(each, "piano") == await _found(each, "") == await _found(each, "?!") == []
        (one,) = (await each.search_memory(**ADA, query="attic")).memories
        assert (one.id, one.author) == ("1", "user")
        assert one.content == session.events[0].content
    assert one.timestamp == "2025-06-15T15:06:40.125000+00:00"
    assert await _found(memory, "violins") == ["A red violin", "The violin is in the attic"]


async def test_what_has_changed_is_put_anew_and_nothing_else(tenant: Tenant, memory: MemdbMemoryService) -> None:
    await memory.add_events_to_memory(**ADA, events=[_said("violin", id="1"), _said("piano", id="2")], custom_metadata={"m": 1})
    before = {each.key: each.updated_at for each in await items.page(tenant)}
    await memory.add_events_to_memory(**ADA, events=[_said("flute", id="1"), _said("piano", id="2")], custom_metadata={"m": 1})
    after = {each.key: each.updated_at for each in await items.page(tenant)}
    assert [key for key in after if after[key] != before[key]] == ["1"]
    assert await _found(memory, "violin") == []
    (flute,) = (await memory.search_memory(**ADA, query="flute")).memories
    assert flute.custom_metadata == {"m": 1}


async def test_memories_are_added_and_deleted(tenant: Tenant, memory: MemdbMemoryService) -> None:
    content = types.Content(parts=[types.Part(text="likes tea"), types.Part(inline_data=types.Blob(data=b"\xff", mime_type="a/b"))])
    full = MemoryEntry(content=content, id="tea", author="me", timestamp="today", custom_metadata={"a": 1})
    entries = [full, MemoryEntry(content=content)]
    await memory.add_memory(**ADA, memories=entries, custom_metadata={"b": 2})
    found = {each.id: each for each in (await memory.search_memory(**ADA, query="tea")).memories}
    assert found.pop("tea") == full.model_copy(update={"custom_metadata": {"a": 1, "b": 2}})
    ((made, _),) = found.items()
    await memory.delete_memory(**ADA, memory_id=made)
    await memory.delete_memory(**ADA, memory_id="unknown")
    await memory.delete_memory(**ADA)
    assert len((await memory.search_memory(**ADA, query="tea")).memories) == 1
    # A session that is added again does not bring back what was deleted.
    for each in (InMemoryMemoryService(), memory):
        session = _session(_said("coffee", id="1"), _said("coffee, too", id="2"))
        await each.add_session_to_memory(session)
        await each.delete_memory(**ADA, memory_id="1")
        await each.add_session_to_memory(session)
        assert await _found(each, "coffee") == ["coffee, too"]
    assert await items.count(tenant, prefix=("google-adk", "app", "deleted")) == 2
    await memory.add_memory(**ADA, memories=[MemoryEntry(id="1", content=types.Content(parts=[types.Part(text="coffee")]))])
    assert await _found(memory, "coffee") == ["coffee", "coffee, too"]
    with pytest.raises(InvalidInput, match=r"memories\[1\]"):
        await memory.add_memory(**ADA, memories=[full, MemoryEntry(content=types.Content(parts=[]))])
    with pytest.raises(InvalidInput, match="user_id"):
        await memory.search_memory(app_name="app", user_id="\0", query="x")


async def test_long_texts_and_many_events(tenant: Tenant) -> None:
    memory = MemdbMemoryService(tenant, limit=1000)
    long = "word " * 30_000 + "needle"
    await memory.add_session_to_memory(
        _session(_said(long, id="long"), *(_said(f"nul \0 {number}", id=str(number)) for number in range(1100)))
    )
    assert [each.id for each in (await memory.search_memory(**ADA, query="needle")).memories] == ["long"]
    assert await items.count(tenant) == 1101
    assert await _found(memory, "1099") == ["nul \0 1099"]


async def test_memories_are_found_by_embeddings(tenant: Tenant) -> None:
    async def embed(texts: list[str]) -> list[list[float]]:
        return [[float(text.count(chr(97 + number % 26))) for number in range(DIMENSION)] for text in texts]

    memory = MemdbMemoryService(tenant, embed=embed, limit=1)
    await memory.add_session_to_memory(_session(_said("abba"), _said("zzz")))
    assert await _found(memory, "aabb") == ["abba"]

    async def wrong(texts: list[str]) -> list[list[float]]:
        return [[1.0]] * len(texts)

    async def short(texts: list[str]) -> list[list[float]]:
        return []

    for each in (wrong, short):
        with pytest.raises(InvalidInput, match="embed"):
            await MemdbMemoryService(tenant, embed=each).add_session_to_memory(_session(_said("new", id=each.__name__)))


async def test_memories_under_a_hold_stay(tenant: Tenant, rival: Home, db: Database) -> None:
    ada = await users.create(tenant, email="ada@example.com")
    memory = MemdbMemoryService(tenant, user_id=ada.id)
    await memory.add_session_to_memory(_session(_said("violin", id="1")))
    assert await _found(MemdbMemoryService(rival.tenant), "violin") == []
    await retention.hold(db.admin(tenant.org_id), name="case", user_id=ada.id)
    with pytest.raises(UnderLegalHold):
        await memory.delete_memory(**ADA, memory_id="1")
    assert await _found(memory, "violin") == ["violin"]
    await retention.release_hold(db.admin(tenant.org_id), name="case")
    await retention.erase_user(db.admin(tenant.org_id), user_id=ada.id)
    assert await items.count(tenant) == 0


def _example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("google_adk_sessions", ROOT / "examples" / "google_adk_sessions.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    return example


async def test_the_example_runs(dsn: str) -> None:
    assert await _example().main(dsn) == ["I am Ada.", "Hello, Ada.", "Who am I?", "You are Ada."]


def test_memdb_imports_none_of_it() -> None:
    code = "import sys, memdb, memdb.adapters; memdb.transcripts.append; assert not {'google.adk', 'pydantic'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    code = (
        "import sys; sys.modules['google.adk'] = None\nfrom memdb.errors import ExtraMissing\n"
        "try:\n    import memdb.adapters.google_adk\nexcept ExtraMissing as error:\n    assert '[google-adk]' in str(error)"
        "\nelse:\n    raise AssertionError"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
