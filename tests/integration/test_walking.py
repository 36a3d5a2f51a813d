"""Every list that has pages: walked to its end by rows, cursors and tokens it is the same list, and `count` says how long it is."""

from __future__ import annotations

import inspect
import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec
import pytest

import memdb
from memdb import Cursor, edges, events, insights, intentions, memories, relations, session_events, sessions
from memdb.engine.database import Database
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput
from tests.conftest import Home
from tests.samples import World, build

AREAS = {name: area for name in memdb.__all__ if hasattr(area := getattr(memdb, name), "page")}

# Their pages are in order, whichever way they are walked.
IN_ORDER = (memdb.messages, memdb.session_events)


def _filters(world: World) -> Mapping[str, list[dict[str, Any]]]:
    """What each area's lists are asked for: all of its filters, each alone or together with others."""
    agent, user, session = {"agent_id": world.agent_id}, {"user_id": world.user_id}, {"session_id": world.session.id}
    of_agent = {"resource_type": "agent", "resource_id": str(world.agent_id)}
    recently = {"since": world.session.created_at, "until": world.intention.created_at}
    return {
        "agents": [{}, {"status": "active"}, {"status": "paused"}, {"tags": ["a", "b"]}, {"tags": []}],
        "attributes": [{}, {"status": "proposed"}, {"status": "retired"}],
        "audit": [
            *({}, {"action": "agent.create"}, {"resource_type": "agent"}, recently, {"acted_by": "nobody"}),
            *({**of_agent, **more} for more in ({}, {"action": "agent.create"}, {"action": "x"})),
        ],
        "checkpoints": [session],
        "clusters": [agent, {**agent, "status": None}, {**agent, "type": "auto"}, {**agent, "type": "x", "status": "retired"}],
        "edges": [
            agent,
            {"entity_id": world.entity.id},
            {"entity_id": world.other_entity.id, "direction": "in", "ended": True},
            {**agent, "type": "knows", "ended": True},
            {"entity_id": world.entity.id, "direction": "in"},
        ],
        "entities": [agent, {**agent, "type": "person"}, {**agent, "min_importance": 0.4}, {**agent, "min_importance": 0.9}],
        "escalations": [{}, {"status": None}, {"memory_id": world.live.id}, {"memory_id": world.other.id, "status": "resolved"}],
        "events": [agent, user, {**agent, **user}, session, {**agent, **recently}, {**agent, "source": "x"}],
        "facts": [
            *(agent, {**agent, "ended": True}, {**agent, "category": "x"}, {**agent, "min_confidence": 0.7}),
            *({**agent, "entity_id": world.entity.id, **more} for more in ({}, {"attribute": "x"}, {"ended": True})),
            *({**agent, "as_of": recently["until"]}, {**agent, "attribute": world.attribute, "known_at": recently["since"]}),
        ],
        "insights": [
            agent,
            user,
            {**agent, **user, "status": None},
            {"fact_id": world.fact_ids[0]},
            {"event_id": world.event_ids[0]},
            {"fact_id": world.fact_ids[0], "event_id": world.event_ids[1], **agent},
            {**agent, "type": "insight", "min_confidence": 0.7},
            {"fact_id": uuid.uuid4()},
            {**agent, "min_confidence": 0.8},
        ],
        "intentions": [agent, user, {**agent, **user, "status": None}, {**agent, "status": "cancelled"}, {**agent, "trigger": "time"}],
        "items": [{}, {"prefix": ("users",)}, {"prefix": ("none",)}, {"filter": {"number": {"$gte": 1}}}, {"ended": True}],
        "memories": [{}, agent, user, {"tags": ["tagged"]}, {"metadata": {"a": 1}}, {**agent, "status": "archived"}, recently],
        "messages": [session, {**session, "role": "user"}],
        "observations": [agent, {**agent, "status": None}, {**agent, **session}, {**agent, "entity": "Ada"}, {**agent, "topic": "x"}],
        "organizations": [{}, {"status": "active"}, {"status": "trial"}],
        "profiles": [{}],
        "relations": [{"memory_id": world.live.id}, {"memory_id": world.other.id, "type": "derived_from"}, {"memory_id": world.deleted.id}],
        "roles": [{}, {"ability": "read"}, {"status": "disabled", "ability": "read"}],
        "session_events": [session],
        "sessions": [{}, agent, user, {**agent, **user, "status": "active"}, {"since": world.session.active_at}],
        "summaries": [session, {**session, "strategy": "x"}],
        "threads": [{}],
        "tokens": [{}, user, agent],
        "transcripts": [{}, {"scope": "sample"}, {"namespace": "none"}],
        "triples": [
            {},
            user,
            {**user, "subject": "ADA"},
            {**user, "predicate": "likes"},
            {**user, "object": world.triple.object},
            {**user, "subject": "Ada", "predicate": "likes", "object": world.triple.object},
            {**user, "predicate": "x", "object": "y"},
        ],
        "users": [{}, {"role": "member"}, {"status": "suspended", "role": "owner"}],
    }


async def _walked(area: Any, on: Executor, way: str, limit: int, filters: Mapping[str, Any]) -> AsyncIterator[msgspec.Struct]:
    last: Any = None
    turn = 0
    while page := await area.page(on, limit=limit, **({} if last is None else {way: last}), **filters):
        for row in page:
            yield row
        last = page[0] if way == "before" and area in IN_ORDER else page[-1]
        last = (last, Cursor.of(last), Cursor.parse(str(Cursor.of(last))))[turn % 3]
        turn += 1
        if len(page) < limit:
            return


async def test_a_list_walked_page_by_page_is_the_list_and_as_long_as_counted(db: Database, home: Home) -> None:
    world = await build(db, home.tenant)
    await relations.add(home.tenant, source_id=world.other.id, target_id=world.live.id, type="contradicts")
    await relations.add(home.tenant, source_id=world.live.id, target_id=world.other.id, type="contradicts")
    filters = _filters(world)
    assert set(filters) == set(AREAS)
    lengths: dict[str, int] = {}
    for name, area in AREAS.items():
        on: Executor = db.admin() if name == "organizations" else home.tenant
        for asked in filters[name]:
            whole = await area.page(on, limit=1000, **asked)
            for way in {"before", "after"} & inspect.signature(area.page).parameters.keys():
                if way == "after" and name in ("checkpoints", "messages", "session_events"):
                    begun = {"checkpoints": -1}.get(name, 0)
                    assert await area.page(on, after=begun, limit=1000, **asked) == sorted(whole, key=_place)
                    continue
                walked = [row async for row in _walked(area, on, way, 1 + len(whole) // 10, asked)]
                assert sorted(walked, key=_place) == sorted(whole, key=_place), (name, way, asked)
                assert area in IN_ORDER or walked == whole, (name, way, asked)
            assert await area.count(on, **asked) == len(whole), (name, asked)
            lengths[name] = max(lengths.get(name, 0), len(whole))
    assert not {name for name, length in lengths.items() if not length}


def _place(row: msgspec.Struct) -> Any:
    return Cursor.of(row).place


async def test_a_count_refuses_what_its_page_refuses(db: Database, home: Home) -> None:
    both: dict[str, Any] = {"agent_id": home.agent.id, "entity_id": uuid.uuid4()}
    for area, asked in (
        (events, {}),
        (insights, {}),
        (intentions, {}),
        (edges, {}),
        (edges, both),
        (edges, {"agent_id": home.agent.id, "direction": "in"}),
    ):
        said = []
        for function in (area.page, area.count):  # type: ignore[attr-defined]
            with pytest.raises(InvalidInput) as refused:
                await function(home.tenant, **asked)
            said.append(str(refused.value))
        assert said[0] == said[1]


async def test_a_cursor_of_another_list_is_refused(home: Home) -> None:
    session = (await sessions.start(home.tenant, agent_id=home.agent.id)).session
    for area, asked in ((memories, {}), (events, {"agent_id": home.agent.id}), (session_events, {"session_id": session.id})):
        with pytest.raises(InvalidInput, match=r"^before must be a cursor of memdb\.\w+, not of memdb\.Session"):
            await area.page(home.tenant, before=Cursor.of(session), **asked)  # type: ignore[arg-type]
    assert await sessions.page(home.tenant, before=Cursor.of(session)) == []
