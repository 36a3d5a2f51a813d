#!/usr/bin/env bash
# Guess: dspy.History takes the messages of a chat in the form that every model API has, roles and contents.
# Seen: dspy 3.4.1 wants each message to have the signature's fields as keys, and says nothing if it has others:
# the user's {'role': 'user', 'content': ...} is left out of the prompt, and an assistant's turn 'None' stands
# in its place.
# Why it matters: a stored conversation, given as it is, costs its tokens in turns that say None; the answers
# come as if nothing had been said before.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check dspy==3.4.1
venv/bin/python - <<'PY'
import dspy
from dspy.adapters import ChatAdapter

signature = dspy.Signature("question, history: dspy.History -> answer")


def prompt(*messages):
    history = dspy.History(messages=list(messages))
    formatted = ChatAdapter().format(signature, [], {"question": "Which tea?", "history": history})
    return [(message["role"], message["content"]) for message in formatted[1:-1]]


right = prompt({"question": "I like green tea", "answer": "Noted."})
roles = prompt({"role": "user", "content": "I like green tea"}, {"role": "assistant", "content": "Noted."})
assert [role for role, _ in right] == ["user", "assistant"] and "I like green tea" in right[0][1], right
assert "green tea" not in str(roles) and "Noted" not in str(roles), roles
assert [role for role, _ in roles] == ["assistant", "assistant"] and all("None" in content for _, content in roles), roles
print(f"seen: {roles}")
PY
