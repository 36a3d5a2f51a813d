#!/usr/bin/env bash
# Guess: a list of floats is a vector column whatever its name.
# Seen: lancedb 0.40.0 goes by the name: 'vector' or 'embedding' become a fixed-size list of float32, 'emb' or
# 'v' a list of doubles of any length. The latter takes vectors of another length without a word, and search()
# says 'There is no vector column in the data'.
# Why it matters: a table that was filled under the wrong name looks right until the first search, costs twice
# the space and may hold vectors of two models.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check lancedb==0.40.0
venv/bin/python - <<'PY'
import lancedb

db = lancedb.connect("db")
types = {name: str(db.create_table("t_" + name, [{name: [1.0, 0.0]}]).schema.field(name).type)
         for name in ("vector", "embedding", "emb", "v")}
assert types["vector"] == types["embedding"] and types["vector"].startswith("fixed_size_list<"), types
assert types["emb"] == types["v"] == "list<item: double>", types
table = db.open_table("t_emb")
table.add([{"emb": [1.0, 2.0, 3.0]}])
try:
    raise SystemExit(f"found: {table.search([1.0, 0.0]).to_list()}")
except ValueError as error:
    assert "no vector column" in str(error), error
    print(f"seen: {types}; {error}")
PY
