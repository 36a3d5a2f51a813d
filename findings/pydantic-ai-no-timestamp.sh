#!/usr/bin/env bash
# Guess: a stored message without a timestamp is loaded without one, or refused.
# Seen: pydantic-ai-slim 2.68.0: ModelMessagesTypeAdapter gives it the moment of loading, another at each load.
# A key that it does not know is dropped without a word, and bytes are in the URL-safe base64, which the
# standard decoder does not read.
# Why it matters: conversations imported from elsewhere seem to have happened just now, each time anew; sorting
# or expiring by those times is wrong.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pydantic-ai-slim==2.68.0
venv/bin/python - <<'PY'
import base64, datetime, time
from pydantic_ai.messages import BinaryContent, ModelMessagesTypeAdapter as messages, ModelRequest, UserPromptPart

stored = '[{"kind":"request","parts":[{"part_kind":"user-prompt","content":"I like tea"}],"imported_from":"chat"}]'
before = datetime.datetime.now(datetime.timezone.utc)
first = messages.validate_json(stored)
time.sleep(0.01)
second = messages.validate_json(stored)
times = [loaded[0].parts[0].timestamp for loaded in (first, second)]
assert before <= times[0] < times[1], times
assert "imported_from" not in messages.dump_json(first).decode()
picture = ModelRequest(parts=[UserPromptPart([BinaryContent(data=bytes([251, 255]), media_type="image/png")])])
data = messages.dump_python([picture], mode="json")[0]["parts"][0]["content"][0]["data"]
assert data == "-_8=" != base64.b64encode(bytes([251, 255])).decode(), data
print(f"seen: one stored message, loaded twice: {times[0]:%T.%f} and {times[1]:%T.%f}; bytes as {data}")
PY
