#!/usr/bin/env bash
# Guess: get_clean_message_list takes a ChatMessage whose content is a text, as its type says, and joins two of
# one role.
# Seen: smolagents 1.26.0: one text is taken as it is; two in a row of one role are an AssertionError ('wrong
# content'), with lists of parts they are joined by a line break. Arguments of a tool that are texts are read as
# JSON if they can be: '1e3' is 1000.0, 'null' is None, '007' stays.
# Why it matters: two messages that a user sends one after the other end the run; alternating ones do not, and
# so no test shows it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check smolagents==1.26.0
venv/bin/python - <<'PY'
from smolagents.models import ChatMessage, get_clean_message_list, parse_json_if_needed

one, two = (ChatMessage(role="user", content=text) for text in ("I like tea", "green tea"))
answer = ChatMessage(role="assistant", content="Noted.")
assert [message["content"] for message in get_clean_message_list([one, answer, two])] == ["I like tea", "Noted.", "green tea"]
try:
    raise SystemExit(f"joined: {get_clean_message_list([one, two])}")
except AssertionError as error:
    refused = str(error)
assert "wrong content" in refused, refused
parts = [ChatMessage(role="user", content=[{"type": "text", "text": message.content}]) for message in (one, two)]
joined = get_clean_message_list(parts)[0]["content"]
assert joined == [{"type": "text", "text": "I like tea\ngreen tea"}], joined
read = [parse_json_if_needed(text) for text in ("1e3", "null", "007", "tea")]
assert read == [1000.0, None, "007", "tea"], read
print(f"seen: two texts: {refused}; as parts: {joined}; arguments: {read}")
PY
