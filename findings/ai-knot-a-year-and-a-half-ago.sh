#!/usr/bin/env bash
# Guess: a date that is told relatively is resolved by event_time, or left alone if it is not understood.
# Seen: ai-knot 0.12.0, on Wednesday 13 May 2026: '1.5 years ago' is May 2021, 'half a year ago' May 2025,
# 'the day after tomorrow' tomorrow, and 'she sat down' last Saturday; of 'eleven days ago' nothing is noted
# ('12 days ago' is 1 May).
# Why it matters: the dates become tags and the fact's event_date, which the model is shown as what the
# memory says.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ai-knot==0.12.0
venv/bin/python - <<'PY'
from datetime import datetime, timezone

from ai_knot import KnowledgeBase
from ai_knot.storage import YAMLStorage

facts = KnowledgeBase("ann", storage=YAMLStorage(base_dir="facts"))
said = datetime(2026, 5, 13, 10, tzinfo=timezone.utc)
texts = {
    "Ann moved to Oslo 1.5 years ago.": "may 2021",
    "He left half a year ago.": "may 2025",
    "We meet the day after tomorrow.": "2026-05-14",
    "She sat down for a tea.": "2026-05-09",
    "They met eleven days ago.": None,
    "They met 12 days ago.": "2026-05-01",
}
seen = {text: next(iter(facts.add(text, event_time=said).tags), None) for text in texts}
assert seen == texts, seen
print(f"seen: {seen}")
PY
