#!/usr/bin/env bash
# Guess: trim_messages(max_tokens=100) leaves at most about 100 tokens, whatever form the contents have.
# Seen: litellm 1.110.2: where the system message's content is a list of parts, as caching of prompts wants it,
# or the oldest message to be cut is one (a text with an image), all messages come back untrimmed: the TypeError
# inside is only logged. With texts it trims.
# Why it matters: the history grows until the provider refuses it, in exactly those programs that cache their
# prompt or send images.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check litellm==1.110.2
venv/bin/python - 2>/dev/null <<'PY'
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
from litellm.utils import trim_messages

long = "word " * 400
parts = [{"type": "text", "text": "Be kind."}]


def length(system, first):
    messages = [{"role": "system", "content": system}, {"role": "user", "content": first}, {"role": "user", "content": "Hi"}]
    return sum(len(str(each["content"])) for each in trim_messages(messages, max_tokens=100))


seen = {
    "texts": length("Be kind.", long) < 600,
    "system of parts": length(parts, long) < 600,
    "text with an image": length("Be kind.", [{"type": "text", "text": long}, {"type": "image_url", "image_url": {"url": "x"}}]) < 600,
}
assert seen == {"texts": True, "system of parts": False, "text with an image": False}, seen
print(f"seen: trimmed: {seen}")
PY
