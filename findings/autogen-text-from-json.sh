#!/usr/bin/env bash
# Guess: a MemoryContent that pydantic writes as JSON is read by pydantic again.
# Seen: autogen-core 0.7.5 with pydantic 2.14.4: `model_validate_json(memory.model_dump_json())` raises
# TypeError for a memory that is a text, "Expected dict or Image instance"; it is read by
# `model_validate(json.loads(...))`. One that is a dict is read either way.
# Why it matters: the texts are what a memory mostly holds: they are written to a file or a column without an
# error, and the error comes on the day they are needed. It is no ValidationError, so that code which skips
# what is invalid stops.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check autogen-core==0.7.5 pydantic==2.14.4
venv/bin/python - <<'PY'
import json

from autogen_core.memory import MemoryContent


def read(content, mime_type):
    stored = MemoryContent(content=content, mime_type=mime_type).model_dump_json()
    try:
        by_json = MemoryContent.model_validate_json(stored).content
    except TypeError as error:
        by_json = f"TypeError: {error}"
    return by_json, MemoryContent.model_validate(json.loads(stored)).content


text, by_dict = read("Ada drinks tea", "text/plain"), read({"ada": "tea"}, "application/json")
assert text == ("TypeError: Expected dict or Image instance, got <class 'str'>", "Ada drinks tea"), text
assert by_dict == ({"ada": "tea"}, {"ada": "tea"}), by_dict
print(f"seen: a text is read as {text}, a dict as {by_dict}, by model_validate_json and by model_validate")
PY
