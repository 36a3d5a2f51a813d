#!/usr/bin/env bash
# Guess: of JSON that is cut off, what may be incomplete is left out: a text without its closing quote, and
# likewise a number at the very end; what was once there does not go away again as more arrives.
# Seen: pydantic-core 2.50.5 (from_json, allow_partial=True) and jiter 0.14.0 (partial_mode=True): the text is left
# out, the number given as if it were whole. Of 120.5, as it arrives, one reads 1, 12, 120, then nothing, then
# 120.5; the field is there, is gone at the point, and is there again.
# Why it matters: an answer that is stored or acted on as it streams in (a price, an id, a score) holds 12 of 120
# for a moment, or for good, if the stream breaks off there, and is as valid as the real one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pydantic==2.14.4 pydantic-core==2.50.5 jiter==0.14.0
venv/bin/python - <<'PY'
import jiter
from pydantic import BaseModel
from pydantic_core import from_json


class Offer(BaseModel):
    price: float


def arriving(text, read):
    start = text.index(": ") + 2
    return [read(text[:end]) for end in range(start + 1, len(text) + 1)]


number = arriving('{"price": 120.5}', lambda cut: from_json(cut, allow_partial=True))
by_jiter = arriving('{"price": 120.5}', lambda cut: jiter.from_json(cut.encode(), partial_mode=True))
text = arriving('{"price": "12"}', lambda cut: from_json(cut, allow_partial=True))
offer = Offer.model_validate(from_json('{"price": 12', allow_partial=True))
assert number == by_jiter == [{"price": 1}, {"price": 12}, {"price": 120}, {}, {"price": 120.5}, {"price": 120.5}], (number, by_jiter)
assert text == [{}, {}, {}, {"price": "12"}, {"price": "12"}], text
assert offer.price == 12.0, offer
print(f"seen: the number is {number}, a text {text}; cut off it is valid: {offer!r}")
PY
