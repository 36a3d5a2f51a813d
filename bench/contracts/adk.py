"""Google ADK's session service. Each task reads a session of 50 events; it creates, and appends to, other sessions."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from google.adk.events import Event, EventActions
from google.adk.sessions import BaseSessionService, Session
from google.adk.sessions.base_session_service import GetSessionConfig
from google.adk.sessions.database_session_service import DatabaseSessionService
from google.genai import types

from contracts.contract import Contract
from contracts.engines import engine_for
from memdb.adapters.google_adk import MemdbSessionService
from memdb.engine.database import Tenant

EVENTS: Final = 50
LAST: Final = 10
_APP: Final = "bench"
_RUN: Final = uuid.uuid4()


def _event(number: int) -> Event:
    said = types.Content(role="model", parts=[types.Part(text=f"answer {number}, which is some words longer than what was asked")])
    return Event(author="helper", invocation_id=f"call {number}", content=said, actions=EventActions(state_delta={"turn": number}))


def _reader(task: int) -> dict[str, str]:
    return {"app_name": _APP, "user_id": f"reader {task}", "session_id": f"read in {_RUN}"}


async def _get_all(on: BaseSessionService, task: int) -> None:
    found = await on.get_session(**_reader(task))
    assert found is not None
    assert len(found.events) == EVENTS


async def _get_last(on: BaseSessionService, task: int) -> None:
    found = await on.get_session(**_reader(task), config=GetSessionConfig(num_recent_events=LAST))
    assert found is not None
    assert len(found.events) == LAST


async def _begun(on: BaseSessionService, task: int) -> Session:
    return await on.create_session(app_name=_APP, user_id=f"writer {task}", state={"turn": 0})


async def _create(on: BaseSessionService, task: int) -> None:
    await _begun(on, task)


class AdkSessions(Contract):
    title = "ADK's sessions"
    theirs = "DatabaseSessionService"

    def __init__(self) -> None:
        # The session that each task appends to, of either implementation.
        self._open: dict[tuple[int, int], Session] = {}
        self.calls = {  # type: ignore[misc]
            f"get, {EVENTS} events": _get_all,
            f"get, the last {LAST} events": _get_last,
            "create": _create,
            "append": self._append,
        }

    def ours(self, tenant: Tenant) -> BaseSessionService:
        return MemdbSessionService(tenant)

    @asynccontextmanager
    async def rival(self, dsn: str, connections: int) -> AsyncIterator[BaseSessionService]:
        async with engine_for(dsn, connections) as engine:
            service = DatabaseSessionService(db_engine=engine)
            await service.list_sessions(app_name=_APP)
            yield service

    async def fill(self, implementation: BaseSessionService, tasks: int) -> None:
        for task in range(tasks):
            if await implementation.get_session(**_reader(task)) is None:
                session = await implementation.create_session(**_reader(task))
                for number in range(EVENTS):
                    await implementation.append_event(session, _event(number))

    async def _append(self, on: BaseSessionService, task: int) -> None:
        key = id(on), task
        if key not in self._open:
            self._open[key] = await _begun(on, task)
        await on.append_event(self._open[key], _event(0))
