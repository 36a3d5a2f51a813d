#!/usr/bin/env bash
# Guess: `upsert_all` sets of each row the columns that the row names, as `upsert` does.
# Seen: sqlite-utils 4.2.1: of the columns that any row of the batch names, those that a row leaves out are
# set to NULL in it, so what a row has depends on the rows beside it. `upsert`, and `upsert_all` with rows of
# one shape, keep them.
# Why it matters: partial updates collected over a while (a new text here, a new score there) empty each
# other's columns.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check sqlite-utils==4.2.1
venv/bin/python - <<'PY'
import sqlite_utils


def after(change):
    memories = sqlite_utils.Database(memory=True)["memories"]
    memories.insert_all([{"id": id, "text": "old", "score": 1} for id in ("a", "b")], pk="id")
    change(memories)
    return [tuple(row.values()) for row in memories.rows]


updates = [{"id": "a", "text": "new"}, {"id": "b", "score": 2}]
at_once = after(lambda table: table.upsert_all(updates, pk="id"))
singly = after(lambda table: [table.upsert(each, pk="id") for each in updates])
one_shape = after(lambda table: table.upsert_all([{"id": "a", "text": "new"}, {"id": "b", "text": "new"}], pk="id"))
assert at_once == [("a", "new", None), ("b", None, 2)], at_once
assert singly == [("a", "new", 1), ("b", "old", 2)], singly
assert one_shape == [("a", "new", 1), ("b", "new", 1)], one_shape
print(f"seen: upsert_all leaves {at_once}, upsert {singly}")
PY
