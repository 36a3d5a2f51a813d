#!/usr/bin/env bash
# Guess: a function's result that is a dict is given to the model, and stored with the history, as JSON, as its
# arguments are.
# Seen: semantic-kernel 1.45.0 writes Python's repr: {'tea': None, 'ready': True} with single quotes, None and
# True. The arguments beside it are JSON. Restored, the result is that text, and the history no longer equals
# the one that was stored.
# Why it matters: what reads stored histories later (an importer, another SDK, an evaluation) cannot parse the
# results; json.dumps the result in the function itself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check semantic-kernel==1.45.0
venv/bin/python - <<'PY'
import json

from semantic_kernel.contents import AuthorRole, ChatHistory, ChatMessageContent, FunctionCallContent, FunctionResultContent

answer = {"tea": None, "ready": True}
call = FunctionCallContent(id="1", name="look", arguments={"ready": None})
result = FunctionResultContent(id="1", name="look", result=answer)
history = ChatHistory()
history.add_message(ChatMessageContent(role=AuthorRole.ASSISTANT, items=[call]))
history.add_message(ChatMessageContent(role=AuthorRole.TOOL, items=[result]))
sent = [message.to_dict() for message in history.messages]
restored = ChatHistory.restore_chat_history(history.serialize())
assert sent[0]["tool_calls"][0]["function"]["arguments"] == json.dumps({"ready": None}), sent
assert sent[1]["content"] == repr(answer) == restored.messages[1].items[0].result, (sent, restored)
assert restored != history and restored.messages[0] == history.messages[0]
print(f"seen: arguments {sent[0]['tool_calls'][0]['function']['arguments']}, result {sent[1]['content']}")
PY
