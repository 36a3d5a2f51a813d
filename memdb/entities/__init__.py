"""Entities: the people, places and things that an agent knows."""

from memdb.entities.merging import EntityMerge, MergePart, UndoneMerge, merge, merges, merges_of, undo_merge

__all__ = ["EntityMerge", "MergePart", "UndoneMerge", "merge", "merges", "merges_of", "undo_merge"]
