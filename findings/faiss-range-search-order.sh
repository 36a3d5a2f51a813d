#!/usr/bin/env bash
# Guess: `range_search` answers as `search` does, nearest first.
# Seen: faiss-cpu 1.15.1: in the order in which the vectors were added; the distances are not sorted.
# Why it matters: the first of 'everything nearer than this' is not the nearest: a near-duplicate check that
# looks at the first compares with the wrong one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check faiss-cpu==1.15.1 numpy==2.4.6
venv/bin/python - <<'PY'
import faiss
import numpy

index = faiss.IndexFlatL2(2)
index.add(numpy.array([[0, 1], [1, 0], [0.6, 0.8]], dtype=numpy.float32))
query = numpy.array([[1, 0]], dtype=numpy.float32)
_, distances, ids = index.range_search(query, 10.0)
_, nearest = index.search(query, 3)
assert (ids.tolist(), nearest.tolist()) == ([0, 1, 2], [[1, 2, 0]]), (ids, nearest)
print(f"seen: range_search {ids.tolist()} at {[round(float(d), 2) for d in distances]}, search {nearest.tolist()[0]}")
PY
