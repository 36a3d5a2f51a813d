"""Checkpoints: each turn's request to a model and its result. They are only ever added."""

from memdb.checkpoints.reading import count, get, latest, page
from memdb.checkpoints.recording import record
from memdb.checkpoints.structs import Checkpoint

__all__ = [
    "Checkpoint",
    "count",
    "get",
    "latest",
    "page",
    "record",
]
