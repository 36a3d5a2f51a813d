#!/usr/bin/env bash
# Guess: of several statements in one query() an error in any of them is raised.
# Seen: surrealdb 2.0.0: query() gives the first statement's result and raises its error only; what the
# second one threw is not seen, nor that its row is not there. query_raw() has all.
# Why it matters: two facts that are written in one call look written when the first is; the second may have
# broken a constraint.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check surrealdb==2.0.0
venv/bin/python - <<'PY'
from surrealdb import Surreal

with Surreal("mem://") as db:
    db.use("test", "test")
    answer = db.query("CREATE fact:1 SET n = 1; CREATE fact:1 SET n = 2; THROW 'no third'; CREATE fact:4;")
    raw = db.query_raw("RETURN 1; THROW 'no second';")["result"]
    try:
        raise SystemExit(db.query("CREATE fact:1 SET n = 2; RETURN 1;"))
    except Exception as error:
        first = str(error)
    rows = sorted(row["id"].id for row in db.select("fact"))
assert [row["n"] for row in (answer if isinstance(answer, list) else [answer])] == [1], answer
assert rows == [1, 4], rows
assert [part["status"] for part in raw] == ["OK", "ERR"], raw
assert "already exists" in first, first
print(f"seen: {answer}, stored: {rows}; query_raw: {[part['status'] for part in raw]}; an error of the first: {first}")
PY
