#!/usr/bin/env bash
# Guess: an index that was made for Euclidean distances and then loads a file of cosine distances refuses it,
# or at least says what it calculates now.
# Seen: usearch 2.26.6: it calculates cosine distances and calls its metric L2sq.
# Why it matters: after a change of settings the old file is still searched by the old metric, while what the
# program logs, and the thresholds that go with it, are of the new one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check usearch==2.26.6 numpy==2.4.6
venv/bin/python - <<'PY'
import numpy
from usearch.index import Index, MetricKind

query = numpy.array([1, 0], dtype=numpy.float32)
index = Index(ndim=2, metric="cos", dtype="f32")
index.add(1, query * 10)
index.save("index")

loaded = Index(ndim=2, metric="l2sq", dtype="f32")
loaded.load("index")
called, distance = loaded.metric, float(loaded.search(query, 1).distances[0])
fresh = Index(ndim=2, metric="l2sq", dtype="f32")
fresh.add(1, query * 10)
euclidean = float(fresh.search(query, 1).distances[0])
assert (called, distance, euclidean) == (MetricKind.L2sq, 0, 81), (called, distance, euclidean)
print(f"seen: {called} is said, the distance is {distance:g} and not {euclidean:g}")
PY
