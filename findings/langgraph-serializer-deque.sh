#!/usr/bin/env bash
# Guess: deque(maxlen=20), the usual 'last twenty messages', survives a checkpoint whole.
# Seen: langgraph-checkpoint 4.3.2: it comes back as a deque without maxlen.
# Why it matters: the window over the conversation is bounded until the first resume and grows without end after
# it, and with it every prompt and every checkpoint.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check langgraph-checkpoint==4.3.2
venv/bin/python - <<'PY'
from collections import deque
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

serde = JsonPlusSerializer()
window = deque([1, 2, 3], maxlen=3)
back = serde.loads_typed(serde.dumps_typed(window))
back.append(4)
assert type(back) is deque and back.maxlen is None and len(back) == 4, back
print(f"seen: {window} came back, and after an append is {back}")
PY
