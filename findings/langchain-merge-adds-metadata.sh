#!/usr/bin/env bash
# Guess: merge_message_runs joins the texts of neighbours, and of what stands beside the text keeps the first or
# the last.
# Seen: langchain-core 1.8.3 adds it up as if it were a stream's chunks: whole numbers in additional_kwargs are
# summed, texts are put together ('enen'), two different floats are a TypeError. The id is the first's, the
# names are dropped.
# Why it matters: messages with a time or a counter beside them come out with a time in another century; a score
# makes the run fail, but only where two neighbours differ.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check langchain-core==1.8.3
venv/bin/python - <<'PY'
from langchain_core.messages import HumanMessage, merge_message_runs


def merged(first, second):
    messages = [
        HumanMessage("I like", id="1", name="ann", additional_kwargs=first),
        HumanMessage("tea", id="2", name="bob", additional_kwargs=second),
    ]
    return merge_message_runs(messages)[0]


seen = merged({"sent_at": 1_767_254_400, "language": "en"}, {"sent_at": 1_767_254_460, "language": "en"})
assert (seen.content, seen.id, seen.name) == ("I like\ntea", "1", None), seen
assert seen.additional_kwargs == {"sent_at": 3_534_508_860, "language": "enen"}, seen
assert merged({"score": 0.5}, {"score": 0.5}).additional_kwargs == {"score": 0.5}
try:
    raise SystemExit(f"merged: {merged({'score': 0.5}, {'score': 0.6})}")
except TypeError as error:
    print(f"seen: {seen.additional_kwargs}; {error}")
PY
