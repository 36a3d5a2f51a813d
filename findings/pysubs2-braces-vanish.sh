#!/usr/bin/env bash
# Guess: a transcript read from SRT and written as SRT or WebVTT keeps what was said.
# Seen: pysubs2 1.8.1 keeps texts in the format of SubStation Alpha, without escaping: what stands in braces
# is gone, {name} as well as {'a': 1}, \n and \N in a path are line breaks, \h is a space; what is in angle
# brackets is gone in between, too.
# Why it matters: transcripts of talks about code, templates and Windows lose it, and `plaintext`, which one
# would store, has lost it at once.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pysubs2==1.8.1
venv/bin/python - <<'PY'
from pysubs2 import SSAFile

said = {"1": r"Write {name} there", "2": r"in C:\new\home", "3": "vector<int> or list", "4": "a < b and b > c"}
times = "00:00:0{0},000 --> 00:00:0{0},500"
source = "\n\n".join(f"{number}\n{times.format(number)}\n{text}" for number, text in said.items()) + "\n"
subtitles = SSAFile.from_string(source)
plain = [event.plaintext for event in subtitles]
written = [block.split("\n", 2)[2] for block in subtitles.to_string("srt").strip().split("\n\n")]
assert plain == written == ["Write  there", "in C:\new ome", "vector or list", "a  c"], (plain, written)
print(f"seen: {list(said.values())} is {plain}")
PY
