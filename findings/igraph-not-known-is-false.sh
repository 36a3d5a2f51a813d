#!/usr/bin/env bash
# Guess: an attribute that is None is missing in a GraphML file and stays missing when the file is read, or is
# refused, as networkx refuses it.
# Seen: igraph 1.0.0: among booleans None is written as false, among texts as the text "None"; among numbers it is
# left out and read as nan, and 36 as 36.0. What networkx 3.6.1 rightly left out of its file (Ben has no employer
# and was not asked) is False, '' and nan for igraph.
# Why it matters: a graph of people and what is known of them says, once handed on, that who was never asked said
# no and works for "None"; nothing marks these as made up.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check igraph==1.0.0 networkx==3.6.1
venv/bin/python - <<'PY'
import igraph
import networkx

known = {"age": [36, None], "agreed": [True, None], "employer": ["Acme", None]}
graph = igraph.Graph(directed=True)
graph.add_vertices(["Ann", "Ben"], attributes=known)
graph.write_graphml("igraph.graphml")
ben_of_igraph = networkx.read_graphml("igraph.graphml").nodes["n1"]

other = networkx.DiGraph()
other.add_node("Ann", age=36, agreed=True, employer="Acme")
other.add_node("Ben")
networkx.write_graphml(other, "networkx.graphml")
ann, ben = (vertex.attributes() for vertex in igraph.Graph.Read_GraphML("networkx.graphml").vs)
other.nodes["Ben"]["age"] = None
try:
    refused = networkx.write_graphml(other, "refused.graphml")
except networkx.NetworkXError as error:
    refused = str(error)
assert ben_of_igraph == {"name": "Ben", "agreed": False, "employer": "None"}, ben_of_igraph
assert repr(ann["age"]) == "36.0" and ann["agreed"] is True and ann["employer"] == "Acme", ann
assert repr(ben["age"]) == "nan" and ben["agreed"] is False and ben["employer"] == "", ben
assert refused == "GraphML writer does not support <class 'NoneType'> as data values.", refused
print(f"seen: igraph's None is written as {ben_of_igraph}; who has no attributes in networkx's file has {ben}")
PY
