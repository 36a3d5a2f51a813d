"""Clusters: related facts of an agent, each cluster around the mean of their embeddings."""

from memdb.clusters.reading import candidates, count, facts, get, nearest, nearest_of_fact, page, to_refresh, unclustered
from memdb.clusters.structs import Candidates, Cluster, FactPair, NearCluster, Placement, Status, UnclusteredFact
from memdb.clusters.writing import add_facts, create, delete, merge, refresh, remove_facts, restore, retire, split, update

__all__ = [
    "Candidates",
    "Cluster",
    "FactPair",
    "NearCluster",
    "Placement",
    "Status",
    "UnclusteredFact",
    "add_facts",
    "candidates",
    "count",
    "create",
    "delete",
    "facts",
    "get",
    "merge",
    "nearest",
    "nearest_of_fact",
    "page",
    "refresh",
    "remove_facts",
    "restore",
    "retire",
    "split",
    "to_refresh",
    "unclustered",
    "update",
]
