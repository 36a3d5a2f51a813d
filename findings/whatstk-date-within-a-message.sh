#!/usr/bin/env bash
# Guess: a message of an exported chat begins where a line begins with a time, and a time within a text is part of
# that text.
# Seen: whatstk 0.9.1: a date, a time and a dash begin a message wherever they stand. What follows them is said by
# whoever is named there, at that time; where nobody is named, it is dropped, up to the next message. The same chat
# without these times is read whole.
# Why it matters: who quotes an older message puts words into its author's mouth, months back, and what was
# written after "we met 12/03/2026, 09:00 -" is nowhere; nothing tells of either.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check whatstk==0.9.1 pandas==3.1.1
venv/bin/python - <<'PY'
from pathlib import Path

from whatstk import WhatsAppChat


def read(*lines):
    Path("chat.txt").write_text("".join(f"{line}\n" for line in lines))
    chat = WhatsAppChat.from_source("chat.txt").df
    return [(f"{row.date:%Y-%m-%d %H:%M}", row.username, row.message) for row in chat.itertuples()]


with_times = read(
    "03/04/2026, 10:00 - Ann: we met 12/03/2026, 09:00 - and I liked it",
    "03/04/2026, 10:01 - Ben: you wrote: 14/03/2026, 11:00 - Ann: never again",
    "03/04/2026, 10:02 - Ann: did I",
)
without = read(
    "03/04/2026, 10:00 - Ann: we met in March - and I liked it",
    "03/04/2026, 10:01 - Ben: you wrote: Ann: never again",
)
assert with_times == [
    ("2026-04-03 10:00", "Ann", "we met "),
    ("2026-04-03 10:01", "Ben", "you wrote:"),
    ("2026-03-14 11:00", "Ann", "never again"),
    ("2026-04-03 10:02", "Ann", "did I"),
], with_times
assert without == [
    ("2026-04-03 10:00", "Ann", "we met in March - and I liked it"),
    ("2026-04-03 10:01", "Ben", "you wrote: Ann: never again"),
], without
print(f"seen: {with_times}")
PY
