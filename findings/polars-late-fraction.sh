#!/usr/bin/env bash
# Guess: a DataFrame made of dicts, of which the 101st has a score of 0.7 and a key of its own, holds both, or
# is refused.
# Seen: polars 2.1.0 takes the schema from the first 100 dicts: 0.7 becomes 0, an embedding [0.6, 0.8] becomes
# [0, 0], and the new key is dropped, all without a word. Among the first 100 everything is kept. (Its
# read_ndjson refuses the same data.)
# Why it matters: rows that come from the database in order of time look alike at first: what newer versions
# write is lost on the way to Parquet.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check polars==2.1.0
venv/bin/python - <<'PY'
import polars

plain = {"score": 1, "embedding": [1, 0]}
late = {"score": 0.7, "embedding": [0.6, 0.8], "source": "chat"}
kept = polars.DataFrame([plain] * 99 + [late]).to_dicts()[-1]
lost = polars.DataFrame([plain] * 100 + [late]).to_dicts()[-1]
assert kept == late, kept
assert lost == {"score": 0, "embedding": [0, 0]}, lost
print(f"seen: the 100th dict is {kept}, the same as the 101st is {lost}")
PY
