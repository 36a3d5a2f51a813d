#!/usr/bin/env bash
# Guess: a text too short to tell, like 'ok' or '42', is given no language, or English with little confidence;
# and capitals do not matter.
# Seen: py3langid 0.4.0 says Afrikaans for 'ok', 'hi', '42' and '': all languages are equally unlikely, and af
# is the first by the alphabet. 'Tea' is Afrikaans, 'tea' Romanian, 'yes' Walloon, 'prefers dark mode'
# Afrikaans. The score is a logarithm without a bound, no probability.
# Why it matters: the words of a memory are stemmed by the language that is found; af has no stemmer in
# PostgreSQL, ro has one, and the same word is then stored in two ways.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check py3langid==0.4.0
venv/bin/python - <<'PY'
import py3langid

seen = {text: py3langid.classify(text) for text in ("ok", "hi", "42", "", "Tea", "tea", "yes", "prefers dark mode", "I like green tea")}
languages = {text: language for text, (language, _) in seen.items()}
assert [languages[text] for text in ("ok", "hi", "42", "")] == ["af"] * 4, languages
assert len({seen[text][1] for text in ("ok", "hi", "42", "")}) == 1, seen
assert (languages["Tea"], languages["tea"], languages["yes"], languages["prefers dark mode"]) == ("af", "ro", "wa", "af"), languages
assert languages["I like green tea"] == "en", languages
print(f"seen: {languages}")
PY
