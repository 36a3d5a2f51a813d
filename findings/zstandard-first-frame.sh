#!/usr/bin/env bash
# Guess: what was appended as a further frame is read with the rest, as it is with gzip, or an error says
# that there is more.
# Seen: zstandard 0.25.0: of frames made by `compress`, `decompress` gives the first and leaves out the
# others, without an error; `open(path, "rb")` reads all of them.
# Why it matters: a conversation's log that is compressed turn by turn is only its first turn to who reads
# the file and calls `decompress`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check zstandard==0.25.0
venv/bin/python - <<'PY'
import gzip

import zstandard

for turn in (b"Ada: tea?\n", b"Bob: yes\n"):
    with open("log.zst", "ab") as log:
        log.write(zstandard.compress(turn))
with zstandard.open("log.zst", "rb") as log:
    streamed = log.read()
with open("log.zst", "rb") as log:
    frames = log.read()
at_once = zstandard.decompress(frames), zstandard.ZstdDecompressor().decompress(frames)
of_gzip = gzip.decompress(gzip.compress(b"Ada: tea?\n") + gzip.compress(b"Bob: yes\n"))
assert at_once == (b"Ada: tea?\n", b"Ada: tea?\n"), at_once
assert streamed == of_gzip == b"Ada: tea?\nBob: yes\n", (streamed, of_gzip)
print(f"seen: decompress gives {at_once[0]}, open {streamed}, gzip.decompress {of_gzip}")
PY
