#!/usr/bin/env bash
# Guess: the time in a UUIDv7 is about the time at which it was made, and one that is made later, by another
# process, sorts after it.
# Seen: uuid6 2025.0.1: to keep its ids in order, each that is made within the same millisecond as the one
# before is given the next millisecond. After 20,000 in a row the last one is many seconds in the future, and
# an id that another process makes then sorts before most of them.
# Why it matters: after an import the memories that people add in the following seconds stand in the midst of
# the imported ones, and a reader who goes on from the last id that it has seen never sees them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check uuid6==2025.0.1
venv/bin/python - <<'PY'
import subprocess
import sys
import time

import uuid6

made = [uuid6.uuid7() for _ in range(20_000)]
ahead = (made[-1].int >> 80) - time.time_ns() // 1_000_000
other = subprocess.run(
    [sys.executable, "-c", "import uuid6; print(uuid6.uuid7())"], capture_output=True, text=True, check=True
).stdout.strip()
behind = sum(str(earlier) > other for earlier in made)
assert made == sorted(made)
assert ahead > 1000 and behind > 1000, (ahead, behind)
print(f"seen: the last of 20,000 is {ahead / 1000:.1f} s ahead; the next process's first sorts before {behind} of them")
PY
