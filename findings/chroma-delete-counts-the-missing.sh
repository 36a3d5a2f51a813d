#!/usr/bin/env bash
# Guess: `delete(ids=[...])` of an id that was never stored says that it deleted none.
# Seen: chromadb 1.5.9: it answers {'deleted': 1}; the answer counts the ids that were given. With `where`
# the answer is what was found.
# Why it matters: the count is what a program reports when somebody asks to be forgotten.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check chromadb==1.5.9
venv/bin/python - <<'PY'
import chromadb

memories = chromadb.EphemeralClient().create_collection("memories", embedding_function=None)
memories.add(ids=["tea"], embeddings=[[1, 0]], metadatas=[{"n": 1}])
by_id = memories.delete(ids=["coffee", "water"])
by_filter = memories.delete(where={"n": 2})
assert (by_id, by_filter, memories.count()) == ({"deleted": 2}, {"deleted": 0}, 1), (by_id, by_filter, memories.count())
print(f"seen: {by_id} for two ids that are not there, {by_filter} for a filter that finds nothing")
PY
