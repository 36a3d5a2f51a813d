#!/usr/bin/env bash
# Guess: a memory whose vector is all zeros is like nothing, so it is found last, or not at all under a
# threshold.
# Seen: nano-vectordb 0.0.4.3: its score is NaN, it comes first for every query, before the exact match, and
# better_than_threshold lets it through.
# Why it matters: one empty text, embedded as zeros, becomes the best answer to every question.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check nano-vectordb==0.0.4.3 numpy==2.4.6
venv/bin/python - <<'PY'
import math, warnings
import numpy as np
from nano_vectordb import NanoVectorDB

warnings.simplefilter("ignore")
db = NanoVectorDB(2, storage_file="memories.json")
vectors = {"tea": [1, 0], "nothing": [0, 0], "coffee": [0, 1]}
db.upsert([{"__id__": k, "__vector__": np.array(v, dtype=np.float32)} for k, v in vectors.items()])
found = db.query(np.array([1, 0], dtype=np.float32), top_k=3, better_than_threshold=0.5)
got = [(row["__id__"], float(row["__metrics__"])) for row in found]
assert got[0][0] == "nothing" and math.isnan(got[0][1]) and got[1] == ("tea", 1.0) and len(got) == 2, got
print(f"seen: {got}")
PY
