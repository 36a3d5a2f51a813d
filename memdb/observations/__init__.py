"""Observations: what an agent notes in its sessions, until it is merged into other observations or dismissed."""

from memdb.observations.reading import get, page, page_of_active, page_of_agent, page_of_session, search, search_exact, unembedded
from memdb.observations.structs import NewObservation, Observation, ObservationHit, Status
from memdb.observations.writing import add, add_many, delete, dismiss, embed, insert, merge, restore, update

__all__ = [
    "NewObservation",
    "Observation",
    "ObservationHit",
    "Status",
    "add",
    "add_many",
    "delete",
    "dismiss",
    "embed",
    "get",
    "insert",
    "merge",
    "page",
    "page_of_active",
    "page_of_agent",
    "page_of_session",
    "restore",
    "search",
    "search_exact",
    "unembedded",
    "update",
]
