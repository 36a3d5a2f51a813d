#!/usr/bin/env bash
# Guess: a graph that is read and written again has the same values, to the letter.
# Seen: rdflib 7.6.0 writes 007 as 7, 1e3 as 1000.0, cuts nanoseconds off and makes a midnight of a day that is
# an xsd:dateTime; pyoxigraph 0.5.13 writes 1.10 as 1.1, +00:00 as Z and 24:00:00 as 00:00:00, and keeps
# nanosecond and day. A None given to rdflib.Literal is the text 'None'.
# Why it matters: signed or hashed graphs, prices and codes with leading zeros are others after a round trip,
# and others in each of the two libraries.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check rdflib==7.6.0 pyoxigraph==0.5.13
venv/bin/python - <<'PY'
import logging

import pyoxigraph
import rdflib

logging.disable(logging.CRITICAL)
values = {
    "integer": ["007"],
    "double": ["1e3"],
    "decimal": ["1.10"],
    "time": ["24:00:00"],
    "dateTime": ["2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00+00:00", "2026-01-01"],
}
xsd = "http://www.w3.org/2001/XMLSchema#"
seen = {}
for kind, texts in values.items():
    for text in texts:
        line = f'<http://m/a> <http://m/p> "{text}"^^<{xsd}{kind}> .'
        by_rdflib = next(rdflib.Graph().parse(data=line, format="nt").objects())
        store = pyoxigraph.Store()
        store.load(line.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
        seen[text] = str(by_rdflib), next(iter(store)).object.value
assert seen == {
    "007": ("7", "7"),
    "1e3": ("1000.0", "1000"),
    "1.10": ("1.10", "1.1"),
    "24:00:00": ("24:00:00", "00:00:00"),
    "2026-01-01T00:00:00.123456789Z": ("2026-01-01T00:00:00.123456+00:00", "2026-01-01T00:00:00.123456789Z"),
    "2026-01-01T00:00:00+00:00": ("2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00Z"),
    "2026-01-01": ("2026-01-01T00:00:00", "2026-01-01"),
}, seen
assert str(rdflib.Literal(None)) == "None"
print(f"seen: rdflib and pyoxigraph: {seen}")
PY
