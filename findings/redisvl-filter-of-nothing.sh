#!/usr/bin/env bash
# Guess: a filter by an empty list of tags finds nothing, or is an error; and its opposite finds all.
# Seen: redisvl 0.28.0: Tag(...) == [], == None, == '' and != [] are all '*', every document. Combined with & or
# | the empty filter vanishes: (user in [] or year 2026) is year 2026, (user in [] and year 2026), too.
# Why it matters: 'the memories of these users' with no users becomes everybody's memories. Ask before the
# filter is made whether the list is empty.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check redisvl==0.28.0
venv/bin/python - <<'PY'
from redisvl.query.filter import Num, Tag

seen = {
    "==[]": str(Tag("user") == []),
    "!=[]": str(Tag("user") != []),
    "==None": str(Tag("user") == None),  # noqa: E711
    "or": str((Tag("user") == []) | (Num("year") == 2026)),
    "and": str((Tag("user") == []) & (Num("year") == 2026)),
    "==['ann']": str(Tag("user") == ["ann"]),
}
assert [seen[key] for key in ("==[]", "!=[]", "==None")] == ["*"] * 3, seen
assert seen["or"] == seen["and"] == "@year:[2026 2026]", seen
assert seen["==['ann']"] == "@user:{ann}", seen
print(f"seen: {seen}")
PY
