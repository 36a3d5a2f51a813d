#!/usr/bin/env bash
# Guess: get_tag gives what add_tag was last given; a conversation whose texts are text/plain is valid.
# Seen: vcon 0.3.10 (Python): a second add_tag of the same name is stored after the first, and get_tag goes on
# giving the first. Name and value are one text, parted by colons: the tag 'room:7' = 'Ann' is '7', and so is
# 'room', which was never set. is_valid() says that text/plain is an invalid media type.
# Why it matters: a tag that tells the state of a conversation (open, closed) is never seen to change, and those
# with a namespace answer to another name.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check vcon==0.3.10
venv/bin/python - <<'PY'
import warnings

warnings.simplefilter("ignore")  # vcon's own use of a deprecated module
from vcon import Vcon
from vcon.dialog import Dialog

conversation = Vcon.build_new()
conversation.add_tag("state", "open")
conversation.add_tag("state", "closed")
conversation.add_tag("room:7", "Ann")
seen = {name: conversation.get_tag(name) for name in ("state", "room:7", "room")}
conversation.add_dialog(Dialog(type="text", start="2026-01-01T08:00:00Z", parties=[], mimetype="text/plain", body="I like tea"))
valid, complaints = conversation.is_valid()
print(f"seen: {seen}; {complaints}; {conversation.tags['body']}")
assert seen == {"state": "open", "room:7": "7", "room": "7"}, seen
assert not valid and "Dialog 0 has invalid mimetype: text/plain" in complaints, complaints
PY
