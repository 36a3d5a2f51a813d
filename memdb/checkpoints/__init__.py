"""Checkpoints: what each turn of a session asked of a model and got from it. They are only ever added."""

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
