"""The indexes that searches of large scopes go by. They are made when there is something large to search, and by the tables' owner."""

from memdb.indexes.building import BuildProgress, build, progress

__all__ = [
    "BuildProgress",
    "build",
    "progress",
]
