"""Observations: what an agent notes in its sessions, until it is merged into other observations or dismissed."""

from memdb.observations.reading import count, get, page, search, unembedded
from memdb.observations.structs import Filters, NewObservation, Observation, ObservationDetails, ObservationHit, Status
from memdb.observations.writing import add, add_many, delete, dismiss, embed, merge, restore, update

__all__ = [
    "Filters",
    "NewObservation",
    "Observation",
    "ObservationDetails",
    "ObservationHit",
    "Status",
    "add",
    "add_many",
    "count",
    "delete",
    "dismiss",
    "embed",
    "get",
    "merge",
    "page",
    "restore",
    "search",
    "unembedded",
    "update",
]
