#!/usr/bin/env bash
# Guess: 1 / 2 in SPARQL is 0.5 in each of them: there the quotient of two integers is a decimal.
# Seen: it is in rdflib 7.6.0 and pyoxigraph 0.5.13; in owlready2 0.51 it is 0, and 7 / 2 is 3. A property
# declared as int takes 1.5 and 'seven'; a list of values with one of them twice has it once after saving
# and loading.
# Why it matters: shares, averages and scores computed in a query are rounded down, the more silently the
# smaller they are.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check owlready2==0.51 rdflib==7.6.0 pyoxigraph==0.5.13
venv/bin/python - <<'PY'
import owlready2
import pyoxigraph
import rdflib

query = "SELECT (1/2 AS ?half) (7/2 AS ?more) WHERE {}"
by_owl = list(owlready2.default_world.sparql(query))[0]
by_rdflib = [float(value) for value in next(iter(rdflib.Graph().query(query)))]
by_oxigraph = [float(solution.value) for solution in next(pyoxigraph.Store().query(query))]
assert by_owl == [0, 3], by_owl
assert by_rdflib == by_oxigraph == [0.5, 3.5], (by_rdflib, by_oxigraph)

onto = owlready2.get_ontology("http://example.org/people#")
with onto:
    class Person(owlready2.Thing): pass
    class age(Person >> int, owlready2.FunctionalProperty): pass
    class says(Person >> str): pass
ann = Person("ann")
ages = []
for value in (1.5, "seven"):
    ann.age = value
    ages.append(ann.age)
ann.says = ["yes", "no", "yes"]
onto.save("people.owl")
loaded = owlready2.World().get_ontology("file://people.owl").load()
again = sorted(loaded.search_one(iri="*ann").says)
assert ages == [1.5, "seven"] and ann.says == ["yes", "no", "yes"] and again == ["no", "yes"], (ages, ann.says, again)
print(f"seen: 1/2 and 7/2: owlready2 {by_owl}, the others {by_rdflib}; ages {ages}; {ann.says} is loaded as {again}")
PY
