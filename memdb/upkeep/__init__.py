"""Upkeep of agents' knowledge: jobs for any scheduler, in batches, which can be interrupted at any time and run twice without harm."""

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
