#!/usr/bin/env bash
# Guess: `trim_messages` cuts a history where a model takes it: a tool's result only with its call.
# Seen: langchain-core 1.8.3: strategy 'last' may leave the result alone, strategy 'first' the call alone;
# `start_on` and `end_on` must be given, and with start_on='human' nothing at all may be left.
# Why it matters: providers refuse both halves, and only with histories of certain lengths.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check langchain-core==1.8.3
venv/bin/python - <<'PY'
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage, trim_messages

call = AIMessage("", tool_calls=[{"name": "look", "args": {}, "id": "1"}])
history = [HumanMessage("Which tea?"), call, ToolMessage("green", tool_call_id="1")]


def trimmed(**options):
    return [message.type for message in trim_messages(history, token_counter=len, **options)]


seen = {
    "last": trimmed(strategy="last", max_tokens=1),
    "first": trimmed(strategy="first", max_tokens=2),
    "start_on": trimmed(strategy="last", max_tokens=2, start_on="human"),
}
assert seen == {"last": ["tool"], "first": ["human", "ai"], "start_on": []}, seen
print(f"seen: {seen}")
PY
