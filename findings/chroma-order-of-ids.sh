#!/usr/bin/env bash
# Guess: `get(ids=[third, first])` answers in the order asked, as its parallel lists suggest.
# Seen: chromadb 1.5.9: in the order in which they were stored; an id that is unknown is left out without a
# gap.
# Why it matters: whoever zips the answer with the ids that were asked for gives one memory's text to
# another.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check chromadb==1.5.9
venv/bin/python - <<'PY'
import chromadb

memories = chromadb.EphemeralClient().create_collection("memories", embedding_function=None)
memories.add(ids=["first", "second", "third"], embeddings=[[1, 0]] * 3, documents=["1", "2", "3"])
seen = memories.get(ids=["third", "unknown", "first"])
assert (seen["ids"], seen["documents"]) == (["first", "third"], ["1", "3"]), seen
print(f"seen: asked for third, unknown, first: {seen['ids']}")
PY
