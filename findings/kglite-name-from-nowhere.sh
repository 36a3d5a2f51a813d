#!/usr/bin/env bash
# Guess: a node that was made with an id alone has no name: RETURN e.name is null, as in other Cyphers.
# Seen: kglite 0.21.2 gives it one, of its label and id: MERGE (:Person {id: 'c'}) has the name and title
# Person_c. Of two nodes with one id, MATCH by that id finds the later alone; count(*) counts both.
# Why it matters: 'whose name do we not know yet' finds nobody, and the made-up names go into prompts as if
# someone had said them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check kglite==0.21.2
venv/bin/python - <<'PY'
import kglite

graph = kglite.KnowledgeGraph()
graph.cypher("MERGE (:Person {id: 'c'})")
graph.cypher("CREATE (:Person {id: 'a', name: 'Ann'})")
graph.cypher("CREATE (:Person {id: 'a', name: 'Bob'})")


def ask(query):
    return [list(row.values()) for row in graph.cypher(query)]


named = ask("MATCH (e:Person {id: 'c'}) RETURN e.name, e.title")
unknown = ask("MATCH (e:Person) WHERE e.name IS NULL RETURN count(*)")
twice = ask("MATCH (e:Person {id: 'a'}) RETURN e.name"), ask("MATCH (e:Person) RETURN count(*)")
assert named == [["Person_c", "Person_c"]] and unknown == [[0]], (named, unknown)
assert twice == ([["Bob"]], [[3]]), twice
print(f"seen: name and title {named[0]}; of the two with the id a: {twice[0]}, of all: {twice[1][0][0]}")
PY
