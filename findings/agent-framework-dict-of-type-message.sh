#!/usr/bin/env bash
# Guess: what is JSON in a session's state comes back from `to_dict` and `from_dict` as it was.
# Seen: agent-framework-core 1.23.0: a dict whose `type` is "message" is taken for one of the framework's own
# messages: with a `role` alone it comes back as a Message; with any key that Message does not know (OpenAI's
# input items have `content`) `from_dict` raises ValueError for the whole session. `to_dict` says nothing,
# and other types come back as dicts.
# Why it matters: a session that keeps OpenAI's items, or an inbox, in its state is saved without a word, and
# cannot be loaded any more.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check agent-framework-core==1.23.0
venv/bin/python - <<'PY'
import json

from agent_framework import AgentSession


def there_and_back(value):
    session = AgentSession(session_id="s")
    session.state["inbox"] = [value]
    stored = json.dumps(session.to_dict())
    try:
        return AgentSession.from_dict(json.loads(stored)).state["inbox"][0]
    except ValueError as error:
        return str(error)


letter = there_and_back({"type": "letter", "role": "user", "content": "hi"})
role_alone = type(there_and_back({"type": "message", "role": "user"})).__name__
item = there_and_back({"type": "message", "role": "user", "content": "hi"})
assert letter == {"type": "letter", "role": "user", "content": "hi"}, letter
assert role_alone == "Message", role_alone
assert item == "Failed to deserialize registered state type 'message' at state.inbox[0].", item
print(f"seen: a letter comes back as a dict, a message's role as {role_alone}, an item of OpenAI's not at all: {item}")
PY
