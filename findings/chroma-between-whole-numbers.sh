#!/usr/bin/env bash
# Guess: a filter that compares a number compares numbers: of 1 and 1.5, `n < 1.5` finds the first and `n ==
# 1.5` the second.
# Seen: chromadb 1.5.9: for entries stored as int, the fraction of the filter's value is cut off first. `n <
# 1.5` does not find 1, `n >= 1.5` and `n == 1.5` do, `n != 1.5` does not.
# Why it matters: scores, prices and ratings are written as 1 by one writer and 1.5 by the next; a threshold
# then takes the wrong side for the first, with no error.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check chromadb==1.5.9
venv/bin/python - <<'PY'
import chromadb

memories = chromadb.EphemeralClient().create_collection("memories", embedding_function=None)
memories.add(ids=["1", "1.5", "2"], embeddings=[[1, 0]] * 3, metadatas=[{"n": 1}, {"n": 1.5}, {"n": 2}])
seen = {operator: memories.get(where={"n": {operator: 1.5}})["ids"] for operator in ("$lt", "$gte", "$eq", "$ne")}
assert seen == {"$lt": [], "$gte": ["1", "1.5", "2"], "$eq": ["1", "1.5"], "$ne": ["2"]}, seen
print(f"seen, with 1.5 in the filter: {seen}")
PY
