"""Recording sightings of entities: the first creates one, later ones are counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject
from memdb.engine.own import query
from memdb.entities.structs import Entity, EntityName, EntityType, Importance, Resolution, Sighting, Similarity
from memdb.errors import InvalidInput, NotFound, TransactionConflict

_LARGEST_BATCH: Final = 1000
_FEW: Final = 20
_ATTEMPTS: Final = 5


@query
async def insert_or_see(
    on: Executor,
    *,
    agent_id: UUID,
    type: list[EntityType],
    name: list[EntityName],
    seen_at: list[datetime | None],
    importance: list[Importance | None],
    metadata: list[JsonObject | None],
    threshold: Similarity | None,
    lowest: Similarity,
    plan_for_values: bool,
) -> list[Resolution]:
    """Part of `see`, `see_many` and `resolve_or_create`.

    Each list has one element per sighting. Without a threshold, names are resolved by key alone.
    """
    ...


async def see(
    on: Executor,
    *,
    agent_id: UUID,
    type: str,
    name: str,
    seen_at: datetime | None = None,
    importance: float | None = None,
    metadata: JsonObject | None = None,
) -> Entity:
    """Record that the agent has encountered the entity of this type and name, creating it the first time, and return it.

    - The entity is identified by its key alone, which is made of both: the persons "Ada Lovelace" and " ada LOVELACE" are one. If the
      entity with this key was merged into another, that one is seen. To use aliases and similar names as well, see `resolve_or_create`.
    - `type`: a lower-case letter, then up to 31 lower-case letters, digits and _. `name`: 1 to 256 characters.
    - `seen_at`: None means now. Each sighting adds one mention; the latest time counts.
    - `importance` (0 to 1, None means 0.5) and `metadata` (a JSON object of at most 8,192 bytes) apply only to a new entity.

    Raises InvalidInput, NotFound for an unknown agent, WritesRefused.
    """
    item = Sighting(type=type, name=name, seen_at=seen_at, importance=importance, metadata=metadata)
    return (await see_many(on, agent_id=agent_id, items=[item]))[0]


async def see_many(on: Executor, *, agent_id: UUID, items: Iterable[Sighting]) -> list[Entity]:
    """`see` for up to 1,000 items of one agent, all or none, in one round trip; the results are in the order of the items.

    A name given several times is the same entity, with a mention for each. Raises as `see` does.
    """
    items = list(islice(items, _LARGEST_BATCH + 1)) if isinstance(items, Iterable) else [items]
    if not all(isinstance(item, Sighting) for item in items):
        raise InvalidInput("items", "must be Sighting objects")
    if len(items) > _LARGEST_BATCH:
        raise InvalidInput("items", f"must be at most {_LARGEST_BATCH} at a time")
    return [found.entity for found in await seen(on, agent_id, items, None, 0.0) if found.entity is not None]


async def seen(on: Executor, agent_id: UUID, items: Sequence[Sighting], threshold: float | None, lowest: float) -> list[Resolution]:
    """The sightings' entities, in their order.

    An entity that was merged concurrently is looked up again, because it is another one then.
    """
    found: dict[int, Resolution] = {}
    for _ in range(_ATTEMPTS):
        missing = [place for place in range(len(items)) if place not in found]
        if not missing:
            return [found[place] for place in range(len(items))]
        arguments: dict[str, Any] = {name: [getattr(items[place], name) for place in missing] for name in Sighting.__struct_fields__}
        rows = await insert_or_see(
            on, agent_id=agent_id, threshold=threshold, lowest=lowest, plan_for_values=len(missing) > _FEW, **arguments
        )
        if not rows:
            raise NotFound("agent", agent_id)
        found |= {place: row for place, row in zip(missing, rows, strict=True) if row.entity is not None}
    raise TransactionConflict("entities were merged again and again; run it again")
