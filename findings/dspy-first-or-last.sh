#!/usr/bin/env bash
# Guess: of an answer that is given twice (a draft, then the final one) dspy's adapters take the same.
# Seen: dspy 3.4.1: ChatAdapter takes the first, JSONAdapter the last. A field's header at the beginning of a
# line inside an answer ends the answer.
# Why it matters: models correct themselves; with one adapter the correction is lost, and a change of adapter
# changes what is stored without a change of the model.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check dspy==3.4.1
venv/bin/python - <<'PY'
import dspy
from dspy.adapters import ChatAdapter, JSONAdapter

signature = dspy.Signature("question -> answer")
chat = ChatAdapter().parse(signature, "[[ ## answer ## ]]\ndraft\n\n[[ ## answer ## ]]\nfinal\n\n[[ ## completed ## ]]")
json = JSONAdapter().parse(signature, '{"answer": "draft"} and better: {"answer": "final"}')
cut = ChatAdapter().parse(signature, "[[ ## answer ## ]]\nthe line\n[[ ## completed ## ]]\nends an answer\n\n[[ ## completed ## ]]")
assert (chat["answer"], json["answer"], cut["answer"]) == ("draft", "final", "the line"), (chat, json, cut)
print(f"seen: ChatAdapter {chat}, JSONAdapter {json}; {cut}")
PY
