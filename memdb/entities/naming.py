"""Aliases, and resolving names to entities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb.engine.executor import Executor
from memdb.engine.inputs import check_for
from memdb.engine.own import query
from memdb.entities.seeing import seen
from memdb.entities.structs import EntityAlias, EntityName, EntityType, Resolution, Sighting, Similarity

Names: TypeAlias = Annotated[list[EntityName], Meta(max_length=100)]

_check_names = check_for("names", Names)
_check_threshold = check_for("threshold", Similarity)
_check_lowest = check_for("candidates_from", Similarity)


@query(absent="entity")
async def add_alias(on: Executor, *, entity_id: UUID, alias: EntityName, of_type: bool = False) -> EntityAlias:
    """Add an alias to an active entity. An alias stays with the first entity that takes it: `entity_id` of the result says which.

    `of_type`: the alias counts only when an entity of this type is looked for, so entities of different types may share it. The aliases of
    a deleted entity are free again.

    Raises NotFound, InvalidInput also for a merged entity, WritesRefused.
    """
    ...


@query
async def remove_alias(on: Executor, *, entity_id: UUID, alias: EntityName) -> bool:
    """Remove an alias, in any spelling that compares equal, from an entity; returns whether it had it. Raises WritesRefused."""
    ...


@query
async def aliases(on: Executor, *, entity_id: UUID) -> list[EntityAlias]:
    """The aliases of a live entity, at most 1,000."""
    ...


@query
async def resolve_names(
    on: Executor, *, agent_id: UUID, names: Names, type: EntityType | None, threshold: Similarity, lowest: Similarity
) -> list[Resolution]:
    """Part of `resolve`."""
    ...


async def resolve(
    on: Executor,
    *,
    agent_id: UUID,
    names: Sequence[str],
    type: str | None = None,
    threshold: float = 0.85,
    candidates_from: float = 0.5,
) -> list[Resolution]:
    """The agent's active entity that each name means, in the order of the names; up to 100 names in one round trip.

    It is looked for in this order:

    - exact: by its key. A name may be given as a key ("person:ada"); otherwise the key is made of `type`, or of any type if none is given.
      If several entities match, all are candidates.
    - alias: by an alias for the type, then by one for any type.
    - fuzzy: by the most similar name of an entity (of the type), if that reaches `threshold`. Similarity is the share of common trigrams,
      as in pg_trgm, in any script. Names that reach only `candidates_from` are returned as candidates for the caller to decide.

    A merged entity stands for the one that it was merged into. Raises InvalidInput. The time grows with the number of the agent's entities
    and the number of names found neither exactly nor by alias.
    """
    _check_lowest(candidates_from, 0)
    return await resolve_names(on, agent_id=agent_id, names=names, type=type, threshold=threshold, lowest=candidates_from)  # type: ignore[arg-type]


async def resolve_or_create(
    on: Executor,
    *,
    agent_id: UUID,
    names: Sequence[str],
    type: str,
    threshold: float = 0.85,
    candidates_from: float = 0.5,
) -> list[Resolution]:
    """`resolve` the names and `see` the entities found, which get one more mention; create the others. Takes one round trip.

    `how` is "created" for a new entity, whose `candidates` are those that it might be merged into. Raises InvalidInput, NotFound for an
    unknown agent, WritesRefused.
    """
    items = [Sighting(type=type, name=name) for name in _check_names(names, 0)]
    return await seen(on, agent_id, items, _check_threshold(threshold, 0), _check_lowest(candidates_from, 0))
