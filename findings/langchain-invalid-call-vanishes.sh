#!/usr/bin/env bash
# Guess: a tool call whose arguments the model wrote as broken JSON is in the messages for OpenAI as it is
# in the history.
# Seen: langchain-core 1.8.3: `convert_to_openai_messages` leaves out what is in `invalid_tool_calls`; the
# answer to it stays, and answers a call that is not there.
# Why it matters: a history that was stored in OpenAI's form has lost what the model said, and is refused
# when it is sent.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check langchain-core==1.8.3
venv/bin/python - <<'PY'
from langchain_core.messages import AIMessage, ToolMessage, convert_to_openai_messages

broken = {"name": "look", "args": '{"tea": gre', "id": "1", "error": "not JSON"}
history = [AIMessage("", invalid_tool_calls=[broken]), ToolMessage("write JSON, please", tool_call_id="1")]
seen = convert_to_openai_messages(history)
assert seen[0] == {"role": "assistant", "content": ""} and seen[1]["tool_call_id"] == "1", seen
print(f"seen: {seen}")
PY
