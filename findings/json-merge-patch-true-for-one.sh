#!/usr/bin/env bash
# Guess: `merge(old, create_patch(old, new))` is new, as long as no null is in it.
# Seen: json-merge-patch 0.3.0: values are compared as Python does, where 1 == True == 1.0 and 0 == False. A
# change from 1 to true, or from 0 to false, deep in an array as well, makes an empty patch, and is not made.
# `merge`, besides, changes the document that it is given.
# Why it matters: a patch is how a change of metadata is sent or logged; a flag that was a number stays one,
# and PostgreSQL's jsonb, for which 1 and true differ, does not find it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check json-merge-patch==0.3.0
venv/bin/python - <<'PY'
import json

from json_merge_patch import create_patch, merge

old = {"pinned": 1, "seen": 0, "flags": [1, 0], "name": "tea"}
new = {"pinned": True, "seen": False, "flags": [True, False], "name": "coffee"}
patch = create_patch(old, new)
merged = merge(json.loads(json.dumps(old)), patch)
assert patch == {"name": "coffee"}, patch
assert json.dumps(merged) != json.dumps(new) and json.dumps(merged) == json.dumps({**old, "name": "coffee"}), merged

given = {"name": "tea"}
assert merge(given, {"name": "coffee"}) is given and given == {"name": "coffee"}, given
print(f"seen: the patch is {patch}, and merging it gives {json.dumps(merged)} for {json.dumps(new)}")
PY
