#!/usr/bin/env bash
# Guess: `upsert` puts what is given in the place of what was there, metadata too.
# Seen: chromadb 1.5.9: keys of the metadata that was there before stay beside the new ones, and so does the
# document; only a key that is given as None goes, and None is refused by `add`.
# Why it matters: a memory that was tagged 'draft', or belonged to another user, keeps that mark after it
# was written anew.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check chromadb==1.5.9
venv/bin/python - <<'PY'
import chromadb

memories = chromadb.EphemeralClient().create_collection("memories", embedding_function=None)
memories.add(ids=["drink"], embeddings=[[1, 0]], documents=["likes tea"], metadatas=[{"draft": True}])
memories.upsert(ids=["drink"], embeddings=[[0, 1]], metadatas=[{"lang": "en"}])
seen = memories.get(ids=["drink"])
assert seen["metadatas"] == [{"draft": True, "lang": "en"}] and seen["documents"] == ["likes tea"], seen
try:
    memories.add(ids=["food"], embeddings=[[0, 1]], metadatas=[{"draft": None, "lang": "en"}])
    raise SystemExit("None was taken")
except TypeError as error:
    print(f"seen: {seen['metadatas'][0]} and {seen['documents']}; add with None: {error}")
PY
