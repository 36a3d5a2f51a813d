#!/usr/bin/env bash
# Guess: an int in a task's metadata comes back as that int.
# Seen: a2a-sdk 1.3.0: metadata is a protobuf Struct, whose numbers are doubles: 1 comes back as 1.0 and
# 2**53 + 1 as 2**53, without an error.
# Why it matters: ids, counters and versions that travel between agents change their type, and large ones
# their value.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check a2a-sdk==1.3.0
venv/bin/python - <<'PY'
from a2a.types import Task
from google.protobuf.json_format import MessageToDict

task = Task(id="t", context_id="c")
task.metadata.update({"version": 1, "message": 2**53 + 1})
seen = MessageToDict(task)["metadata"]
assert seen == {"version": 1.0, "message": float(2**53)} and type(seen["version"]) is float, seen
print(f"seen: {seen}")
PY
