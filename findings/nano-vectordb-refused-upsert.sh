#!/usr/bin/env bash
# Guess: an upsert that is refused, because the vector has three numbers instead of two, changes nothing.
# Seen: nano-vectordb 0.0.4.3 raises ValueError, but the record has been added by then: save() writes three
# records and two vectors.
# Why it matters: a caller that logs the error and goes on saves a file in which ids and vectors no longer
# belong together one by one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check nano-vectordb==0.0.4.3 numpy==2.4.6
venv/bin/python - <<'PY'
import base64, json
import numpy as np
from nano_vectordb import NanoVectorDB

db = NanoVectorDB(2, storage_file="memories.json")
db.upsert([{"__id__": k, "__vector__": np.array(v, dtype=np.float32)} for k, v in {"a": [1, 0], "b": [0, 1]}.items()])
try:
    db.upsert([{"__id__": "c", "__vector__": np.array([1, 2, 3], dtype=np.float32)}])
    raise SystemExit("taken")
except ValueError:
    db.save()
saved = json.load(open("memories.json"))
records, vectors = [row["__id__"] for row in saved["data"]], len(base64.b64decode(saved["matrix"])) // 8
assert (records, vectors) == (["a", "b", "c"], 2), (records, vectors)
print(f"seen: after the ValueError the file holds records {records} and {vectors} vectors")
PY
