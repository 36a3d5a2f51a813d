#!/usr/bin/env bash
# Guess: `merge_insert("id")`, told to update what there is and to insert what there is not, leaves one row of
# an id, or refuses a batch that names it twice.
# Seen: lancedb 0.40.0: a new id that the batch names twice is inserted twice; from then on each merge updates
# both. An id that there is already and that the batch names twice is an error.
# Why it matters: an import whose batch holds a memory and its correction leaves both. Every search gives the
# memory twice, and no later upsert makes one of the two.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check lancedb==0.40.0
venv/bin/python - <<'PY'
import lancedb


def row(id, text):
    return {"id": id, "text": text, "vector": [1.0, 0.0]}


table = lancedb.connect("db").create_table("memories", [row("known", "tea")])


def upsert(*rows):
    table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all().execute(list(rows))
    return sorted(found["text"] for found in table.search().where(f"id = '{rows[0]['id']}'").to_list())


twice = upsert(row("new", "tea"), row("new", "coffee"))
later = upsert(row("new", "water"))
try:
    known = upsert(row("known", "coffee"), row("known", "water"))
except Exception as error:
    known = str(error)
assert (twice, later) == (["coffee", "tea"], ["water", "water"]), (twice, later)
assert "mbiguous" in known, known
print(f"seen: a new id named twice: {twice}, after the next upsert {later}; a known one: {known[:60]}")
PY
