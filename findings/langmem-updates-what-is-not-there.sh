#!/usr/bin/env bash
# Guess: the memory tool refuses to update or to delete a memory whose id is not there, so that the model learns
# that it misread one; and creating the same content twice keeps one memory.
# Seen: langmem 0.0.30: "updated memory" makes a memory under the id given, "Deleted memory" is said of nothing,
# and the same content is created twice.
# Why it matters: a model copies ids wrongly now and then. What was to be corrected stays beside its correction,
# what was to be forgotten stays, and both were reported as done.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check langmem==0.0.30
venv/bin/python - <<'PY'
import uuid

from langgraph.store.memory import InMemoryStore
from langmem import create_manage_memory_tool

store = InMemoryStore()
tool = create_manage_memory_tool(namespace=("memories",), store=store)
missing = [str(uuid.uuid4()) for _ in range(2)]
said = [
    tool.invoke({"action": "update", "id": missing[0], "content": "lives in Oslo"}),
    tool.invoke({"action": "delete", "id": missing[1]}),
]
assert said == [f"updated memory {missing[0]}", f"Deleted memory {missing[1]}"], said
for _ in range(2):
    tool.invoke({"action": "create", "content": "likes tea"})
held = sorted(item.value["content"] for item in store.search(("memories",)))
assert held == ["likes tea", "likes tea", "lives in Oslo"], held
print(f"seen: both were reported as done; the store has {held}")
PY
