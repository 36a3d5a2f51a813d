#!/usr/bin/env bash
# Guess: bm25s.tokenize keeps 'C', 'R', the 7 of 'room 7' and 3.11 as something that can be found.
# Seen: bm25s 0.3.16: words of one character are dropped and 3.11 becomes 11, so 'GPT-4' is gpt and 'room 7' is
# room: a question for room 7 scores room 7 and room 8 alike. Asking for more results than there are documents
# is a ValueError.
# Why it matters: numbers, versions and one-letter names are what a question about a memory often hangs on; give
# tokenize a token_pattern of your own.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check bm25s==0.3.16
venv/bin/python - <<'PY'
import bm25s

def words(text, **options):
    return bm25s.tokenize([text], return_ids=False, show_progress=False, **options)[0]

got = [words("I know C and R"), words("GPT-4 on Python 3.11"), words("room 7")]
assert got == [["know"], ["gpt", "python", "11"], ["room"]], got
assert words("room 7", token_pattern=r"(?u)\b\w+\b") == ["room", "7"]
index = bm25s.BM25()
index.index(bm25s.tokenize(["room 7", "room 8", "garden"], show_progress=False), show_progress=False)
seven, eight, _ = index.get_scores(words("room 7"))
assert seven == eight > 0, (seven, eight)
try:
    index.retrieve([["room"]], k=4, show_progress=False)
    raise SystemExit("four results of three")
except ValueError:
    print(f"seen: {got}; room 7 and room 8 score {seven:.3f} alike")
PY
