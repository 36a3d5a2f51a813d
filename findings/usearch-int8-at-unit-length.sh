#!/usr/bin/env bash
# Guess: `dtype="i8"` stores rounded numbers, and Euclidean distances are about what they are with f32.
# Seen: usearch 2.26.6: vectors are brought to unit length first, for these distances, too: of [0.9, 0.1] and
# [90, 0] the second is the nearer one to [0.9, 0].
# Why it matters: to save memory one setting is changed; whatever is told by a vector's length is gone, and
# the order of what is found is another one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check usearch==2.26.6 numpy==2.4.6
venv/bin/python - <<'PY'
import numpy
from usearch.index import Index

found = {}
for dtype in ("f32", "i8"):
    index = Index(ndim=2, metric="l2sq", dtype=dtype)
    for key, vector in ((1, [0.9, 0.1]), (2, [90, 0])):
        index.add(key, numpy.array(vector, dtype=numpy.float32))
    found[dtype] = index.search(numpy.array([0.9, 0], dtype=numpy.float32), 2).keys.tolist()
    stored = index.get([1, 2])
assert found == {"f32": [1, 2], "i8": [2, 1]}, found
assert stored[1][0] > 100, stored
print(f"seen: nearest first {found}; [90, 0] is stored as {stored[1].tolist()}, [0.9, 0.1] as {stored[0].tolist()}")
PY
