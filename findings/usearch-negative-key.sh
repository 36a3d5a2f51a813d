#!/usr/bin/env bash
# Guess: a negative key is refused, or comes back as it was given.
# Seen: usearch 2.26.6: -5 is taken and comes back, from `add`, `keys` and `search`, as
# 18446744073709551611.
# Why it matters: a signed 64-bit hash or id (PostgreSQL's bigint is signed) as key: half of them are not
# found again in the table that they came from.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check usearch==2.26.6 numpy==2.4.6
venv/bin/python - <<'PY'
import numpy
from usearch.index import Index

index = Index(ndim=2, dtype="f32")
index.add(-5, numpy.array([1, 0], dtype=numpy.float32))
keys = [int(key) for key in index.search(numpy.array([1, 0], dtype=numpy.float32), 1).keys]
assert keys == [2**64 - 5], keys
print(f"seen: {keys} for -5")
PY
