#!/usr/bin/env bash
# Guess: of a key that an object has twice the last value counts, as in json, or the first; always the same.
# Seen: pysimdjson 7.0.2: doc["a"] and `at_pointer` give the first value, `as_dict` and `loads` the last;
# `len` is 2, and `keys` names it twice.
# Why it matters: what is checked and what is stored are two values: doc["role"] says user, and the dict that
# is kept says system.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pysimdjson==7.0.2
venv/bin/python - <<'PY'
import json

import simdjson

text = '{"role": "user", "role": "system"}'
document = simdjson.Parser().parse(text)
first = document["role"], document.at_pointer("/role")
last = document.as_dict()["role"], simdjson.loads(text)["role"], json.loads(text)["role"]
assert first == ("user", "user") and last == ("system",) * 3, (first, last)
assert (len(document), list(document.keys())) == (2, ["role", "role"]), document.keys()
print(f"seen: doc['role'] is {first[0]}, doc.as_dict()['role'] {last[0]}, len {len(document)}")
PY
