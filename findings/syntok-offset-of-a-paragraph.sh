#!/usr/bin/env bash
# Guess: a token's offset is its place in the text, as the documentation has it, and spacing and value put
# together give the text.
# Seen: syntok 1.4.4: with `process`, the function that its examples begin with, offsets begin at 0 with every
# paragraph, and "don't know" is put together as "donot know": the value is "not" and the spacing empty.
# `analyze` gives offsets in the text, and the text.
# Why it matters: texts of one paragraph do not show it; from the second on, what is cited by offset is from
# another sentence.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check syntok==1.4.4
venv/bin/python - <<'PY'
from syntok import segmenter

text = "I don't know.\n\nAda likes tea."


def tokens(split):
    return [token for paragraph in split(text) for sentence in paragraph for token in sentence]


processed, analyzed = tokens(segmenter.process), tokens(segmenter.analyze)
places = [[text[token.offset :][:3] for token in each if token.value == "tea"] for each in (processed, analyzed)]
offsets = [[token.offset for token in each if token.value in ("I", "Ada")] for each in (processed, analyzed)]
sentence = "".join(token.spacing + token.value for token in processed[:5])
assert offsets == [[0, 0], [0, 15]], offsets
assert places[1] == ["tea"] and places[0] != ["tea"], places
assert sentence == "I donot know.", sentence
print(f"seen: I and Ada begin at {offsets[0]}, with analyze at {offsets[1]}; {sentence!r}; at tea's offset there is {places[0]}")
PY
