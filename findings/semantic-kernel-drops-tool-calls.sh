#!/usr/bin/env bash
# Guess: add_message takes a message in OpenAI's form, or refuses what it does not know of it.
# Seen: semantic-kernel 1.45.0 takes {'role': 'assistant', 'content': None, 'tool_calls': [...]} and keeps an
# assistant's message without any item, and of the tool's answer the text alone, without its tool_call_id:
# to_dict() of that one is an AssertionError.
# Why it matters: a history from elsewhere is loaded without an error, and the model sees answers to nothing.
# Build FunctionCallContent and FunctionResultContent yourself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check semantic-kernel==1.45.0
venv/bin/python - <<'PY'
from semantic_kernel.contents import ChatHistory

call = {"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
history = ChatHistory()
history.add_message({"role": "user", "content": "Which tea?"})
history.add_message({"role": "assistant", "content": None, "tool_calls": [call]})
history.add_message({"role": "tool", "content": "green", "tool_call_id": "1"})
kept = [(message.role.value, [type(item).__name__ for item in message.items]) for message in history.messages]
assert kept == [("user", ["TextContent"]), ("assistant", []), ("tool", ["TextContent"])], kept
assert "look" not in history.serialize() and "tool_call_id" not in history.serialize(), history.serialize()
try:
    history.messages[2].to_dict()
    raise SystemExit("the answer can be sent")
except AssertionError:
    print(f"seen: {kept}, and the last cannot be sent")
PY
