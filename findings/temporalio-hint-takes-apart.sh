#!/usr/bin/env bash
# Guess: a payload that does not fit the type hint is refused, as a text for an int is.
# Seen: temporalio 1.35.0's default converter: 'tea' read as list[str] is ['t', 'e', 'a'], a dict read so is the
# list of its keys, 1.9 read as int is 1. And bytes are kept at the top, but inside a list or dict they come
# back as a list of numbers.
# Why it matters: an activity whose argument changed from text to a list of texts goes on with letters, in
# workflows that were started before the change.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check temporalio==1.35.0
venv/bin/python - <<'PY'
import asyncio

from temporalio.converter import DataConverter


def there_and_back(value, hint=None):
    async def run():
        payloads = await DataConverter.default.encode([value])
        return (await DataConverter.default.decode(payloads, [hint] if hint else None))[0]

    return asyncio.run(run())


seen = [there_and_back("tea", list[str]), there_and_back({"tea": "green"}, list[str]), there_and_back(1.9, int)]
raw = [there_and_back(b"tea"), there_and_back([b"tea"])]
try:
    there_and_back("1", int)
    raise SystemExit("a text was taken for an int")
except TypeError as error:
    refused = str(error)
assert seen == [["t", "e", "a"], ["tea"], 1], seen
assert raw == [b"tea", [[116, 101, 97]]], raw
print(f"seen: {seen}; bytes and bytes in a list: {raw}; a text for an int: {refused}")
PY
