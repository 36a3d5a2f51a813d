#!/usr/bin/env bash
# Guess: the mean of a thousand ones is 1 in every format of floats, as it is in numpy's float16.
# Seen: ml_dtypes 0.6.0 with numpy 2.4.6: in bfloat16 their sum is 256 and their mean 0.2559, along either
# axis: each partial sum is rounded to eight bits, and 256 + 1 is 256. `dot` gives 1000.
# Why it matters: in the centroid of a thousand embeddings of that format the components that are 0.74, 0.83
# and 0.99 are one and the same, 0.51; convert to float32 first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ml-dtypes==0.6.0 numpy==2.4.6
venv/bin/python - <<'PY'
import ml_dtypes
import numpy as np

ones = np.ones((1000, 2), dtype=ml_dtypes.bfloat16)
sums, means, other_axis = (each.astype(float).tolist() for each in (ones.sum(axis=0), ones.mean(axis=0), ones.T.mean(axis=1)))
dot = float(np.dot(ones[:, 0], ones[:, 0]))
half = np.ones((1000, 2), dtype=np.float16).mean(axis=0).tolist()
assert sums == [256.0, 256.0] and means == other_axis == [0.255859375] * 2, (sums, means, other_axis)
assert dot == 1000.0 and half == [1.0, 1.0], (dot, half)

rng = np.random.default_rng(7)
vectors = (rng.random((1000, 8)) * np.linspace(0.1, 2, 8)).astype(ml_dtypes.bfloat16)
centroid, wanted = vectors.mean(axis=0).astype(float), vectors.astype(float).mean(axis=0)
last, true = centroid[-3:].round(2).tolist(), wanted[-3:].round(2).tolist()
assert last == [0.51, 0.51, 0.51] and true == [0.74, 0.83, 0.99], (last, true)
print(f"seen: sum {sums[0]}, mean {means[0]}, dot {dot}; mean of float16 {half[0]}; a centroid has {last}, not {true}")
PY
