#!/usr/bin/env bash
# Guess: list(prefix='profiles/al') gives every key that begins so, as S3's prefix does.
# Seen: obstore 0.12.1: a prefix is whole path segments. It gives profiles/al/one.json, but neither
# profiles/al.json nor profiles/alice.json; 'prof' gives nothing.
# Why it matters: keys like profiles/{user}.json, listed by the beginning of a name or a date, come back empty,
# without an error, after a move from boto3.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check obstore==0.12.1
venv/bin/python - <<'PY'
import obstore
from obstore.store import MemoryStore

store = MemoryStore()
for key in ("profiles/al.json", "profiles/al/one.json", "profiles/alice.json"):
    obstore.put(store, key, b"{}")

def under(prefix):
    return [meta["path"] for chunk in obstore.list(store, prefix) for meta in chunk]

found = {prefix: under(prefix) for prefix in ("profiles", "profiles/al", "prof")}
assert len(found["profiles"]) == 3 and found["profiles/al"] == ["profiles/al/one.json"] and found["prof"] == [], found
print(f"seen: {found}")
PY
