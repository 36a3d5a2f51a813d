"""Entities: the people, places and things that an agent knows, each with one canonical key and any number of aliases."""

from memdb.entities.merging import EntityMerge, MergePart, UndoneMerge, merge, merges, undo_merge
from memdb.entities.naming import add_alias, aliases, remove_alias, resolve, resolve_or_create
from memdb.entities.reading import (
    Filters,
    count,
    get,
    get_by_key,
    get_many,
    importance_inputs,
    page,
    search,
    to_profile,
    to_summarise,
    unembedded,
)
from memdb.entities.seeing import see, see_many
from memdb.entities.structs import (
    Candidate,
    Entity,
    EntityAlias,
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
    "EntityHit",
    "EntityMerge",
    "Filters",
    "ImportanceInputs",
    "MergePart",
    "Resolution",
    "Sighting",
    "StaleEntity",
    "UndoneMerge",
    "add_alias",
    "aliases",
    "count",
    "delete",
    "embed",
    "get",
    "get_by_key",
    "get_many",
    "importance_inputs",
    "merge",
    "merges",
    "page",
    "remove_alias",
    "resolve",
    "resolve_or_create",
    "restore",
    "search",
    "see",
    "see_many",
    "to_profile",
    "to_summarise",
    "undo_merge",
    "unembedded",
    "update",
]
