#!/usr/bin/env bash
# Guess: any text can be stored and read again; list(limit=0) is empty.
# Seen: agent-memory-lite 0.4.0 writes a line of JSON for each memory and reads the file with splitlines(),
# which parts at U+2028 and U+0085, too: after one text with such a character no memory can be listed, found
# or deleted. list(limit=0) gives all.
# Why it matters: text copied from web pages and PDFs holds line separators; the memory is written without
# an error, and from then on the store reads nothing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check agent-memory-lite==0.4.0
venv/bin/python - <<'PY'
import json

from agent_memory import Memory

memory = Memory("project")
memory.init()
memory.add("Ann drinks tea.")
memory.add("Bob plays the piano.")
none = len(memory.list(limit=0))
stored = memory.add("first line\u2028second line")
failed = []
for name, call in {"list": memory.list, "search": lambda: memory.search("tea"), "delete": lambda: memory.delete(stored["id"])}.items():
    try:
        print(name, call())
    except json.JSONDecodeError:
        failed.append(name)
assert none == 2, none
assert failed == ["list", "search", "delete"], failed
print(f"seen: list(limit=0) gives {none}; after a text with U+2028 {', '.join(failed)} raise JSONDecodeError")
PY
