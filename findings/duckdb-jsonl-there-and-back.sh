#!/usr/bin/env bash
# Guess: a JSONL of memories read by DuckDB and written again holds what it held.
# Seen: duckdb 2.0.1: a content that looks like a date in every line becomes a DATE; metadata becomes one struct
# of all keys, so that each line gets the others' keys as null; times lose their offset and their T:
# '2026-01-01T10:00:00+02:00' comes back as '2026-01-01 08:00:00+00'.
# Why it matters: filtering an export with DuckDB before the import adds keys that nobody wrote (a test for 'the
# key is there' now passes) and times that strict RFC 3339 readers refuse.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.1
venv/bin/python - <<'PY'
import json
import duckdb

rows = [
    {"content": "2026-01-01", "at": "2026-01-01T10:00:00+02:00", "metadata": {"lang": "en"}},
    {"content": "2026-02-01", "at": "2026-01-02T10:00:00+05:00", "metadata": {"pinned": True}},
]
with open("in.jsonl", "w") as file:
    file.writelines(json.dumps(row) + "\n" for row in rows)
duckdb.sql("SET TimeZone = 'UTC'")
types = [str(kind) for kind in duckdb.sql("FROM 'in.jsonl'").types]
duckdb.sql("COPY (FROM 'in.jsonl') TO 'out.jsonl'")
back = [json.loads(line) for line in open("out.jsonl")]
assert types[:2] == ["DATE", "TIMESTAMP WITH TIME ZONE"], types
assert back[0]["metadata"] == {"lang": "en", "pinned": None}, back
assert back[0]["at"] == "2026-01-01 08:00:00+00", back
print(f"seen: content is a {types[0]}; {rows[0]} came back as {back[0]}")
PY
