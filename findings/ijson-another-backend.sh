#!/usr/bin/env bash
# Guess: ijson's backends read the same JSON the same way; which of them is used is a matter of speed.
# Seen: ijson 3.6.0: of "\ud83d", half of an emoji, as a text cut too early has it, the default yajl2_c makes
# "?", the python backend a lone surrogate. With use_float=True yajl2_c refuses 2**63, python reads it as an
# int.
# Why it matters: the backend is what the machine's wheel brings; a record that one machine has read and
# stored is refused or another text on the next. A question mark is no trace of what was there.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ijson==3.6.0
venv/bin/python - <<'PY'
import ijson

c, python = ijson.get_backend("yajl2_c"), ijson.get_backend("python")
assert ijson.backend == "yajl2_c", ijson.backend


def items(backend, text, **options):
    try:
        return list(backend.items(text, "item", **options))
    except ijson.JSONError as error:
        return f"{type(error).__name__}: {error}".split("\n")[0]


cut = b'["\\ud83d"]'
texts = items(c, cut), items(python, cut)
assert texts == (["?"], ["\ud83d"]), texts
large = b"[0.5, 9223372036854775808]"
numbers = items(c, large, use_float=True), items(python, large, use_float=True)
assert "integer overflow" in numbers[0] and numbers[1] == [0.5, 2**63], numbers
assert items(c, large)[1] == 2**63
print(f"seen: {cut.decode()} is {texts[0]} and {texts[1]!r}, with use_float {large.decode()} is {numbers[0]!r} and {numbers[1]}")
PY
