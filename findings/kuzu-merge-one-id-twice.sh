#!/usr/bin/env bash
# Guess: UNWIND over rows with MERGE ... SET leaves each node with the last value given for its id.
# Seen: of x: 1, y: 2, x: 3 into an empty table kuzu 0.11.3 leaves x with 1 and y, which was given 2, with
# 3; its successor ladybug 0.20.3 leaves x with 1. With ON CREATE SET and ON MATCH SET, or if the nodes are
# there before, x is 3 and y is 2.
# Why it matters: rows are written in batches like this, and an entity named twice in a conversation is the
# common case: another entity gets its value.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check kuzu==0.11.3 ladybug==0.20.3
venv/bin/python - <<'PY'
import json
import subprocess
import sys

code = """
import importlib, json, sys
package = importlib.import_module(sys.argv[1])
rows = [{"id": "x", "n": 1}, {"id": "y", "n": 2}, {"id": "x", "n": 3}]

def nodes(assignments, before=()):
    db = package.Connection(package.Database(":memory:"))
    db.execute("CREATE NODE TABLE Entity (id STRING PRIMARY KEY, n INT64)")
    for name in before:
        db.execute("CREATE (:Entity {id: $id})", {"id": name})
    db.execute("UNWIND $rows AS row MERGE (e:Entity {id: row.id}) " + assignments, {"rows": rows})
    return dict(db.execute("MATCH (e:Entity) RETURN e.id, e.n").get_all())

both = "ON CREATE SET e.n = row.n ON MATCH SET e.n = row.n"
print(json.dumps([nodes("SET e.n = row.n"), nodes(both), nodes("SET e.n = row.n", before="xy")]))
"""
seen = {}
for package in ("kuzu", "ladybug"):  # one process each: they do not bear each other
    seen[package], *right = json.loads(subprocess.check_output([sys.executable, "-c", code, package]))
    assert right == [{"x": 3, "y": 2}] * 2, right
assert seen == {"kuzu": {"x": 1, "y": 3}, "ladybug": {"x": 1, "y": 2}}, seen
print(f"seen: x: 1, y: 2, x: 3 leave {seen}; with ON CREATE and ON MATCH {right[0]}")
PY
