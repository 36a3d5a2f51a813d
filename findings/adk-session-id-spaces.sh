#!/usr/bin/env bash
# Guess: a session has the id that it was given, whichever service keeps it.
# Seen: google-adk 2.13.0: InMemorySessionService cuts off spaces at both ends, DatabaseSessionService keeps
# them.
# Why it matters: the caller's id, from a header or a file, is not the session's: what is kept beside it
# under that id (a memory, a lock, a log) belongs to no session.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "google-adk[db]==2.13.0" aiosqlite==0.22.1
venv/bin/python - <<'PY'
import asyncio

from google.adk.sessions import DatabaseSessionService, InMemorySessionService


async def created_as(service):
    return (await service.create_session(app_name="app", user_id="ada", session_id="s ")).id


async def main():
    memory = await created_as(InMemorySessionService())
    database = await created_as(DatabaseSessionService("sqlite+aiosqlite:///adk.db"))
    assert (memory, database) == ("s", "s "), (memory, database)
    print(f"seen: created as 's ', in memory {memory!r}, with a database {database!r}")


asyncio.run(main())
PY
