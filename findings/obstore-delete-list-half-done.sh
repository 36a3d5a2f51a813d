#!/usr/bin/env bash
# Guess: deleting a list of keys of which one is missing either deletes the others or deletes nothing, in every
# store alike.
# Seen: obstore 0.12.1: MemoryStore (as S3) deletes the others without a word; LocalStore raises
# FileNotFoundError and has by then deleted some of them: here the first is gone and the third stays.
# Why it matters: erasing a user's files, repeated after a failure, works in tests in memory and stops half-way
# on a disk.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check obstore==0.12.1
venv/bin/python - <<'PY'
import tempfile
import obstore
from obstore.store import LocalStore, MemoryStore

def after_deletion(store):
    for key in ("a", "c"):
        obstore.put(store, key, b"x")
    try:
        obstore.delete(store, ["a", "b", "c"])
        error = None
    except FileNotFoundError as raised:
        error = type(raised).__name__
    return error, sorted(meta["path"] for chunk in obstore.list(store) for meta in chunk)

memory, local = after_deletion(MemoryStore()), after_deletion(LocalStore(tempfile.mkdtemp(dir=".")))
assert memory == (None, []) and local[0] == "FileNotFoundError", (memory, local)
assert local[1] == ["c"], local
print(f"seen: MemoryStore {memory}, LocalStore {local}")
PY
