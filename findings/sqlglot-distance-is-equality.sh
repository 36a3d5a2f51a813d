#!/usr/bin/env bash
# Guess: a statement of PostgreSQL that sqlglot reads and writes in PostgreSQL's dialect means the same; an
# operator that it does not know is kept or refused.
# Seen: sqlglot 30.30.0: pgvector's cosine distance `<=>` becomes IS NOT DISTINCT FROM (in MySQL it is
# that); `<->` is kept, `<#>` is an error. `1_000` becomes `1 AS _000`, `current_timestamp(3)` loses its
# precision.
# Why it matters: a formatter, a linter or a proxy built on it turns ORDER BY distance into ORDER BY a
# boolean: no error, just other memories.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check sqlglot==30.30.0
venv/bin/python - <<'PY'
import sqlglot
from sqlglot.errors import ParseError


def again(sql):
    return sqlglot.transpile(sql, read="postgres", write="postgres")[0]


cosine = again("SELECT id FROM memories ORDER BY embedding <=> $1 LIMIT 5")
assert cosine == "SELECT id FROM memories ORDER BY embedding IS NOT DISTINCT FROM $1 LIMIT 5", cosine
l2 = again("SELECT id FROM memories ORDER BY embedding <-> $1")
assert l2.endswith("embedding <-> $1"), l2
try:
    raise SystemExit(again("SELECT id FROM memories ORDER BY embedding <#> $1, id"))
except ParseError as error:
    inner = str(error).splitlines()[0]
others = again("SELECT 1_000"), again("SELECT current_timestamp(3)")
assert others == ("SELECT 1 AS _000", "SELECT CURRENT_TIMESTAMP"), others
print(f"seen: {cosine}; {l2}; <#>: {inner}; {others}")
PY
