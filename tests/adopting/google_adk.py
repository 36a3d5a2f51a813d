"""The sessions of Google's Agent Development Kit."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Mapping
from typing import Any

from memdb.engine.database import Tenant

PACKAGES = ("google-adk",)
TABLES: Mapping[str, str] = {}
SESSIONS = (("app", "ada", "s-1"), ("app", "ada", "s-2"), ("app", "bob: ü", "s-1"), ("other", "ada", "s-1"))


def write(dsn: str) -> Any:
    return asyncio.run(_write(dsn))


async def _write(dsn: str) -> Any:
    from google.adk.events import Event, EventActions
    from google.adk.sessions.database_session_service import DatabaseSessionService
    from google.genai import types

    service = DatabaseSessionService(dsn.replace("postgresql://", "postgresql+asyncpg://"))
    for app, user, id in SESSIONS:
        session = await service.create_session(app_name=app, user_id=user, session_id=id, state={"own": [1, None], "app:a": 1, "temp:t": 1})
        for number in range(3):
            said = types.Content(role="user", parts=[types.Part(text=f"Hello {number}. ä"), types.Part(text="")])
            changes = EventActions(state_delta={"n": number, "user:name": user, "app:last": id})
            await service.append_event(session, Event(id=f"e-{number}", author="user", content=said, actions=changes))
    found = await _seen(service)
    await service.close()
    return found


async def read(tenant: Tenant) -> Any:
    from memdb.adapters.google_adk import MemdbSessionService

    return await _seen(MemdbSessionService(tenant))


async def _seen(service: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sessions = [await service.get_session(app_name=app, user_id=user, session_id=id) for app, user, id in SESSIONS]
        listed = await service.list_sessions(app_name="app")
        state = await service.get_user_state(app_name="app", user_id="ada")
        return {
            "sessions": [session.model_dump(mode="json") for session in sessions],
            "listed": [[each.user_id, each.id, each.state, each.last_update_time] for each in listed.sessions],
            "state": state,
        }
