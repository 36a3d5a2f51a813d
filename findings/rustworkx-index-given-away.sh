#!/usr/bin/env bash
# Guess: the index of a node is its own for good, or after a removal all indices are counted anew; and row i of
# the matrix is node i.
# Seen: rustworkx 0.18.1: the others keep theirs, but the next node that is added gets the removed one's.
# adjacency_matrix has no row for it meanwhile: row 0 is node 1. pagerank, in contrast, is keyed by index.
# Why it matters: an index kept beside an entity (in a table, a cache) leads to another entity after a removal
# and an addition, without an error; scores read by row belong to the neighbour.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check rustworkx==0.18.1 numpy==2.4.6
venv/bin/python - <<'PY'
import rustworkx

graph = rustworkx.PyDiGraph()
ann, bob, cleo = graph.add_nodes_from(["Ann", "Bob", "Cleo"])
graph.add_edge(bob, cleo, 5.0)
graph.remove_node(ann)
indices = list(graph.node_indexes())
matrix = rustworkx.adjacency_matrix(graph, weight_fn=float).tolist()
ranks = list(rustworkx.pagerank(graph).keys())
dora = graph.add_node("Dora")
assert indices == [1, 2] == ranks and matrix == [[0, 5], [0, 0]], (indices, ranks, matrix)
assert dora == ann and graph[ann] == "Dora", (dora, graph[ann])
print(f"seen: indices {indices}, matrix {matrix}; Ann's index {ann} is now {graph[ann]}'s")
PY
