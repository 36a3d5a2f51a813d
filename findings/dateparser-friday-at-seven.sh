#!/usr/bin/env bash
# Guess: 'Friday at 7' is a Friday, or nothing, and 'tomorrow at 7' is tomorrow at seven.
# Seen: dateparser 1.5.0: a bare hour becomes the month. 'Friday at 7' is 25 July and the Friday is forgotten,
# 'tomorrow at 7' is tomorrow at the time that it is now, 'next Friday at 7' is nothing; 'Friday at 7pm' and
# 'Friday 7:00' are right.
# Why it matters: a user's words become a reminder at a wrong date without an error. Ask for a colon or am/pm
# before you trust the result.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check dateparser==1.5.0
venv/bin/python - <<'PY'
import datetime

import dateparser

now = datetime.datetime(2026, 11, 25, 15, 0)  # a Wednesday


def read(text):
    moment = dateparser.parse(text, languages=["en"], settings={"RELATIVE_BASE": now, "PREFER_DATES_FROM": "future"})
    return moment and f"{moment:%a %Y-%m-%d %H:%M}"


texts = ("Friday at 7pm", "Friday 7:00", "Friday at 7", "tomorrow at 7", "next Friday at 7")
seen = {text: read(text) for text in texts}
assert seen["Friday at 7pm"] == "Fri 2026-11-27 19:00" and seen["Friday 7:00"] == "Fri 2026-11-27 07:00", seen
assert "-07-25" in seen["Friday at 7"] and not seen["Friday at 7"].startswith("Fri"), seen
assert seen["tomorrow at 7"] == "Thu 2026-11-26 15:00" and seen["next Friday at 7"] is None, seen
print(f"seen: on {now:%a %Y-%m-%d}: {seen}")
PY
