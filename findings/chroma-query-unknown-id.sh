#!/usr/bin/env bash
# Guess: `query(ids=[known, unknown])` searches among those that there are, as `get` gives those that there are.
# Seen: chromadb 1.5.9: InternalError "Error finding id"; `get` leaves the unknown one out.
# Why it matters: ids to search among come from elsewhere, from a list of what a user may see or of a former
# search; when one of them is deleted in between, the search of all the others fails.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check chromadb==1.5.9
venv/bin/python - <<'PY'
import chromadb

memories = chromadb.EphemeralClient().create_collection("memories", embedding_function=None)
memories.add(ids=["tea", "coffee"], embeddings=[[1, 0], [0, 1]])


def queried(ids):
    try:
        return memories.query(query_embeddings=[[1, 0]], ids=ids, n_results=1)["ids"][0]
    except Exception as error:
        return f"{type(error).__name__}: {error}"


known, unknown = queried(["tea", "coffee"]), queried(["tea", "water"])
got = memories.get(ids=["tea", "water"])["ids"]
memories.delete(ids=["coffee"])
deleted = queried(["tea", "coffee"])
assert (known, got) == (["tea"], ["tea"]), (known, got)
assert all("InternalError" in text and "finding id" in text for text in (unknown, deleted)), (unknown, deleted)
print(f"seen: get finds {got}, query raises {unknown}")
PY
