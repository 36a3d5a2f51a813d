#!/usr/bin/env bash
# Guess: `SlidingWindowConversationManager(window_size=n)` leaves at most n messages, the first of them the
# user's, as models' APIs ask for.
# Seen: strands-agents 1.62.0: with window_size=1 all six messages of a conversation that ends with an
# answer stay (a line is logged); with window_size=2 one that ends with a tool's result begins with the
# model's tool call.
# Why it matters: the window that was to bound the tokens does not, and a provider that wants the user first
# refuses the other.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check strands-agents==1.62.0
venv/bin/python - <<'PY'
from types import SimpleNamespace

from strands.agent.conversation_manager import SlidingWindowConversationManager

user = {"role": "user", "content": [{"text": "Which tea?"}]}
answer = {"role": "assistant", "content": [{"text": "Green tea."}]}
call = {"role": "assistant", "content": [{"toolUse": {"toolUseId": "1", "name": "look", "input": {}}}]}
result = {"role": "user", "content": [{"toolResult": {"toolUseId": "1", "status": "success", "content": [{"text": "green"}]}}]}


def window(size, *messages):
    agent = SimpleNamespace(messages=list(messages), system_prompt=None)
    SlidingWindowConversationManager(window_size=size).apply_management(agent)
    return [message["role"] + ":" + next(iter(message["content"][0])) for message in agent.messages]


one = window(1, user, call, result, answer, user, answer)
two = window(2, user, answer, user, call, result)
assert len(one) == 6, one
assert two == ["assistant:toolUse", "user:toolResult"], two
print(f"seen: {len(one)} messages in a window of 1; a window of 2 is {two}")
PY
