"""Upkeep of what agents know: jobs for any scheduler, in batches, to be broken off at any time, and harmless when run twice."""

from memdb.upkeep.jobs import Progress, age_edges, end_expired_facts, kept_apart, refresh_clusters, refresh_vitality, weigh_entities
from memdb.upkeep.structs import KeptApart, Upkept

__all__ = [
    "KeptApart",
    "Progress",
    "Upkept",
    "age_edges",
    "end_expired_facts",
    "kept_apart",
    "refresh_clusters",
    "refresh_vitality",
    "weigh_entities",
]
