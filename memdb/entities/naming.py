"""Names: aliases, and which entity a name means."""

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
    """Give an active entity another name. The first to take a name keeps it: what is returned says whose it is, by `entity_id`.

    `of_type`: the name counts where an entity of this type is looked for, and only there; so entities of different types may share it. What
    a deleted entity was called is free again.

    Raises NotFound, InvalidInput also for an entity that is merged, WritesRefused.
    """
    ...


@query
async def remove_alias(on: Executor, *, entity_id: UUID, alias: EntityName) -> bool:
    """Take a name from an entity, in any spelling that compares alike; says whether it had it. Raises WritesRefused."""
    ...


@query
async def aliases(on: Executor, *, entity_id: UUID) -> list[EntityAlias]:
    """The other names of a live entity, at most 1,000."""
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
    """Which of the agent's active entities each name means, in the order of the names; up to 100 names in one round trip.

    It is looked for, in this order:

    - exact: by its key. A name may be written as one ("person:ada"); else its key is made of `type`, or, without a type, of any type. If
      several entities have it then, all are candidates.
    - alias: by an alias of the type, then by one of any type.
    - fuzzy: by the most similar name of an entity (of the type), if that reaches `threshold`. Similarity is the share of trigrams in
      common, as pg_trgm measures it, in any script. What reaches `candidates_from` only is reported for you to decide.

    What was merged means what it was merged into. Raises InvalidInput. The time it takes grows with the number of the agent's entities, and
    with that of the names that are found neither exactly nor by alias.
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
    """`resolve`, and `see` what was found: one mention more; what was not found is made. In one round trip.

    `how` is "created" for what was made, whose `candidates` are what it may be merged into. Raises InvalidInput, NotFound for an unknown
    agent, WritesRefused.
    """
    items = [Sighting(type=type, name=name) for name in _check_names(names, 0)]
    return await seen(on, agent_id, items, _check_threshold(threshold, 0), _check_lowest(candidates_from, 0))
