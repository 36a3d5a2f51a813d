#!/usr/bin/env bash
# Guess: each further criterion of filter_messages narrows, and a list of no names lets nothing through.
# Seen: langchain-core 1.8.3: what fits any of the include lists passes, so include_ids beside include_names
# widens; include_names=[] is as if it were not given. The exclude lists narrow.
# Why it matters: 'of Ann's messages those with these ids' gives all of Ann's; with no names at all everyone's
# messages go to the model.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check langchain-core==1.8.3
venv/bin/python - <<'PY'
from langchain_core.messages import HumanMessage, filter_messages

messages = [HumanMessage("a", name="ann", id="1"), HumanMessage("b", name="ann", id="2"), HumanMessage("c", name="bob", id="3")]


def passed(**criteria):
    return "".join(message.content for message in filter_messages(messages, **criteria))


seen = {
    "ann": passed(include_names=["ann"]),
    "ann and id 1": passed(include_names=["ann"], include_ids=["1"]),
    "ann and id 3": passed(include_names=["ann"], include_ids=["3"]),
    "no names": passed(include_names=[]),
    "ann without id 1": passed(include_names=["ann"], exclude_ids=["1"]),
}
assert list(seen.values()) == ["ab", "ab", "abc", "abc", "b"], seen
print(f"seen: {seen}")
PY
