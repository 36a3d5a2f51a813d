"""Entities: the people, places and things that an agent knows, each by one canonical key and any number of other names."""

from memdb.entities.naming import add_alias, aliases, remove_alias, resolve, resolve_names, resolve_or_create
from memdb.entities.reading import (
    get,
    get_by_key,
    importance_inputs,
    page,
    page_by_importance,
    page_by_sight,
    search,
    search_exact,
    to_profile,
    to_summarise,
    unembedded,
)
from memdb.entities.seeing import insert_or_see, see, see_many
from memdb.entities.structs import (
    Candidate,
    Entity,
    EntityAlias,
    EntityCursor,
    EntityHit,
    ImportanceInputs,
    Resolution,
    Sighting,
    StaleEntity,
)
from memdb.entities.writing import delete, embed, restore, update

__all__ = [
    "Candidate",
    "Entity",
    "EntityAlias",
    "EntityCursor",
    "EntityHit",
    "ImportanceInputs",
    "Resolution",
    "Sighting",
    "StaleEntity",
    "add_alias",
    "aliases",
    "delete",
    "embed",
    "get",
    "get_by_key",
    "importance_inputs",
    "insert_or_see",
    "page",
    "page_by_importance",
    "page_by_sight",
    "remove_alias",
    "resolve",
    "resolve_names",
    "resolve_or_create",
    "restore",
    "search",
    "search_exact",
    "see",
    "see_many",
    "to_profile",
    "to_summarise",
    "unembedded",
    "update",
]
"""Entities: the people, places and things that an agent knows."""

from memdb.entities.merging import EntityMerge, MergePart, UndoneMerge, merge, merges, merges_of, undo_merge

__all__ = ["EntityMerge", "MergePart", "UndoneMerge", "merge", "merges", "merges_of", "undo_merge"]
