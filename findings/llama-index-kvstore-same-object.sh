#!/usr/bin/env bash
# Guess: what `SimpleKVStore.put` has stored changes with the next `put` only.
# Seen: llama-index-core 0.14.25: the caller's dict itself is kept and given out, nested lists too; whoever
# changes it changes the store, for those who have read it before, too. A key 1 and a tuple become a text
# and a list only when it is persisted.
# Why it matters: a test against the store in memory passes where the same code with a store on disk or in a
# database loses the change.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check llama-index-core==0.14.25
venv/bin/python - <<'PY'
from llama_index.core.storage.kvstore import SimpleKVStore

store = SimpleKVStore()
profile = {"drinks": ["tea"], 1: ("a", "b")}
store.put("ada", profile)
read = store.get("ada")
profile["drinks"].append("coffee")
before = (read["drinks"], read[1])
store.persist("kept.json")
after = SimpleKVStore.from_persist_path("kept.json").get("ada")
assert before == (["tea", "coffee"], ("a", "b")) and after == {"drinks": ["tea", "coffee"], "1": ["a", "b"]}, (before, after)
print(f"seen: after a change by the caller {before}; from the file {after}")
PY
