#!/usr/bin/env bash
# Guess: a session that was loaded before somebody else appended to it is refused, by the service in memory
# as by the one with a database.
# Seen: google-adk 2.13.0: DatabaseSessionService raises StaleSessionError; InMemorySessionService appends,
# and the state of the later writer counts.
# Why it matters: two workers on one session work in every test with the service in memory, and one of them
# fails in production.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "google-adk[db]==2.13.0" aiosqlite==0.22.1
venv/bin/python - <<'PY'
import asyncio

from google.adk.events import Event, EventActions
from google.adk.sessions import DatabaseSessionService, InMemorySessionService


async def append_to_stale(service):
    await service.create_session(app_name="app", user_id="ada", session_id="s")
    first, second = [await service.get_session(app_name="app", user_id="ada", session_id="s") for _ in range(2)]
    for loaded, drink in ((first, "tea"), (second, "coffee")):
        event = Event(author="user", invocation_id="i", actions=EventActions(state_delta={"drink": drink}))
        try:
            await service.append_event(loaded, event)
        except Exception as error:
            return type(error).__name__
    return (await service.get_session(app_name="app", user_id="ada", session_id="s")).state


async def main():
    memory = await append_to_stale(InMemorySessionService())
    database = await append_to_stale(DatabaseSessionService("sqlite+aiosqlite:///adk.db"))
    assert (memory, database) == ({"drink": "coffee"}, "StaleSessionError"), (memory, database)
    print(f"seen: in memory {memory}, with a database {database}")


asyncio.run(main())
PY
