#!/usr/bin/env bash
# Guess: a session has the id that it was given, whichever service keeps it.
# Seen: google-adk 2.13.0: InMemorySessionService strips spaces at both ends when it creates a session, but
# not when it looks for one; DatabaseSessionService keeps them.
# Why it matters: ids from a header or a file, with a trailing space, make a session that its own id does
# not find, and a move between the services changes ids.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "google-adk[db]==2.13.0" aiosqlite==0.22.1
venv/bin/python - <<'PY'
import asyncio

from google.adk.sessions import DatabaseSessionService, InMemorySessionService


async def create_and_find(service):
    created = await service.create_session(app_name="app", user_id="ada", session_id="s ")
    found = await service.get_session(app_name="app", user_id="ada", session_id="s ")
    return created.id, found is not None


async def main():
    memory = await create_and_find(InMemorySessionService())
    database = await create_and_find(DatabaseSessionService("sqlite+aiosqlite:///adk.db"))
    assert (memory, database) == (("s", False), ("s ", True)), (memory, database)
    print(f"seen: id and whether 's ' is found: in memory {memory}, with a database {database}")


asyncio.run(main())
PY
