#!/usr/bin/env bash
# Guess: put(store, key, 'a text') stores the text.
# Seen: obstore 0.12.1: a str is the path of a file to upload. A JSON text raises FileNotFoundError (No such
# file or directory), with no word of the key; bytes are stored as they are.
# Why it matters: json.dumps returns str, msgspec.json.encode returns bytes: the same call stores a profile with
# the one and fails with the other.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check obstore==0.12.1
venv/bin/python - <<'PY'
import json
from pathlib import Path
import obstore
from obstore.store import MemoryStore

store, profile = MemoryStore(), json.dumps({"likes": "tea"})
try:
    obstore.put(store, "profile.json", profile)
    raise SystemExit("stored")
except FileNotFoundError as error:
    message = str(error)
obstore.put(store, "profile.json", profile.encode())
Path("note").write_text("of the file")
obstore.put(store, "note.txt", "note")
assert bytes(obstore.get(store, "note.txt").bytes()) == b"of the file"
assert "profile.json" not in message, message
print(f"seen: a JSON text as str: {message}; the str 'note' stored what is in the file note")
PY
