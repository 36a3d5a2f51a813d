#!/usr/bin/env bash
# Guess: adding an id that is there, and updating one that is not, are errors.
# Seen: chromadb 1.5.9: both return None and change nothing. An id twice within one `add` is an error
# (DuplicateIDError).
# Why it matters: an edit written with `add`, or a correction of a memory that has been deleted meanwhile,
# is lost and nobody is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check chromadb==1.5.9
venv/bin/python - <<'PY'
import chromadb

memories = chromadb.EphemeralClient().create_collection("memories", embedding_function=None)
memories.add(ids=["drink"], embeddings=[[1, 0]], documents=["likes tea"])
added = memories.add(ids=["drink"], embeddings=[[0, 1]], documents=["likes coffee"])
updated = memories.update(ids=["food"], embeddings=[[0, 1]], documents=["likes rice"])
assert (added, updated) == (None, None), (added, updated)
assert memories.get()["documents"] == ["likes tea"], memories.get()
print("seen: None, None, and only 'likes tea' is stored")
PY
