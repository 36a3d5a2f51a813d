#!/usr/bin/env bash
# Guess: cut into sentences with clean=False, a text is still all there.
# Seen: pysbd 0.3.4: it uses some characters as marks of its own, among them ☝, ☄ and ♨: a ☝ before a sentence
# is gone, and a sentence with ☄ or ♨ in it, or with ☝️ as phones write it, is gone as a whole. A text of one
# such sentence is cut into none.
# Why it matters: these are emoji that people write; what they said beside them is not remembered, not even as
# a last piece, and nothing reports it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pysbd==0.3.4
venv/bin/python - <<'PY'
import pysbd

segmenter = pysbd.Segmenter(language="en", clean=False)
texts = ["I moved. ☝ Call me there.", "I moved to Bath ♨ today. Ok.", "☄️ I saw it! It was green.", "no nuts for me ☝️ thanks"]
seen = [segmenter.segment(text) for text in texts]
assert seen == [["I moved. ", "Call me there."], ["Ok."], ["It was green."], []], seen
assert segmenter.segment("I moved to Bath ☕ today. Ok.") == ["I moved to Bath ☕ today. ", "Ok."]
print(f"seen: {dict(zip(texts, seen))}")
PY
