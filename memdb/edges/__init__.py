"""Edges: the relations between entities, with their weights and times; and what can be reached along them."""

from memdb.edges.reading import count, get, page
from memdb.edges.structs import ActivatedEntity, Direction, Edge, EdgeDetails, NearbyFact, NeighbouringEntity, NewEdge, Path
from memdb.edges.walking import facts_around, neighbours, paths, spread
from memdb.edges.writing import assert_, assert_many, invalidate, invalidate_of, record_use, weaken

__all__ = [
    "ActivatedEntity",
    "Direction",
    "Edge",
    "EdgeDetails",
    "NearbyFact",
    "NeighbouringEntity",
    "NewEdge",
    "Path",
    "assert_",
    "assert_many",
    "count",
    "facts_around",
    "get",
    "invalidate",
    "invalidate_of",
    "neighbours",
    "page",
    "paths",
    "record_use",
    "spread",
    "weaken",
]
