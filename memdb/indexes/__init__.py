"""The indexes for searches of large scopes. They are built when there is something large to search, by the tables' owner."""

from memdb.indexes.building import BuildProgress, build, progress

__all__ = [
    "BuildProgress",
    "build",
    "progress",
]
