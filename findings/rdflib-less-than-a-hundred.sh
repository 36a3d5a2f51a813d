#!/usr/bin/env bash
# Guess: FILTER(?value < 100) holds for numbers below 100 and for nothing else, in rdflib as in any SPARQL
# engine.
# Seen: rdflib 7.6.0: dates and booleans are less than 100, texts are greater ('tea' > 100 is true): it orders
# what has no order by the datatype. pyoxigraph 0.5.13 gives the numbers alone. And 1.1 does not find a value
# that was written 1.10 in rdflib; in pyoxigraph it does, which stores it as 1.1.
# Why it matters: thresholds over the properties of a knowledge graph, where one property may hold texts and
# numbers, let the wrong ones through in one engine.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check rdflib==7.6.0 pyoxigraph==0.5.13
venv/bin/python - <<'PY'
import pyoxigraph
import rdflib

graph = """@prefix : <http://memory/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:a :number 7 ; :large 1000 ; :date "2026-01-01"^^xsd:date ; :true true ; :text "tea" ; :price 1.10 ."""
store = pyoxigraph.Store()
store.load(graph.encode(), format=pyoxigraph.RdfFormat.TURTLE)
loaded = rdflib.Graph().parse(data=graph, format="turtle")


def ask(where):
    query = f"PREFIX : <http://memory/> SELECT ?p WHERE {{ {where} }}"
    names = [str(row[0]) for row in loaded.query(query)], [row[0].value for row in store.query(query)]
    return tuple(sorted(name.removeprefix("http://memory/") for name in found) for found in names)


seen = {where: ask(where) for where in (":a ?p ?v FILTER(?v < 100)", ":a ?p ?v FILTER(?v > 100)", ":a ?p 1.1")}
assert list(seen.values()) == [
    (["date", "number", "price", "true"], ["number", "price"]),
    (["large", "text"], ["large"]),
    ([], ["price"]),
], seen
print(f"seen: rdflib and pyoxigraph: {seen}")
PY
