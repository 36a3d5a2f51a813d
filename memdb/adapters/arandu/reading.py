"""Facts of an agent, and the entities that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from memdb import entities, facts
from memdb.adapters.arandu import agents
from memdb.adapters.arandu.config import MemoryConfig
from memdb.adapters.paging import LARGEST_PAGE
from memdb.engine.executor import Executor
from memdb.entities import Entity
from memdb.facts import Fact, FactHit

_NAMES_AT_ONCE: Final = 100
_LONGEST_QUERY: Final = 8192
_RELATED: Final = 0.5


async def known(on: Executor, agent_id: str, message: str, vector: Any, config: MemoryConfig) -> dict[str, Fact]:
    """By their texts, the facts that an extractor is shown with a message."""
    agent = await agents.find(on, agent_id) if config.enable_informed_extraction else None
    if agent is None:
        return {}
    found = await facts.retrieve(
        on,
        agent_id=agent,
        text=message[:_LONGEST_QUERY],
        embedding=vector,
        limit=config.informed_extraction_topk,
        min_similarity=_RELATED,
    )
    return {hit.fact.content: hit.fact for hit in found}


async def fact(on: Executor, agent_id: str, fact_id: str) -> Fact | None:
    """The agent's fact, whatever its status; None also for what is no UUID."""
    try:
        id = UUID(str(fact_id))
    except ValueError:
        return None
    agent = await agents.find(on, agent_id)
    found = None if agent is None else await facts.get(on, id=id)
    return found if found is not None and found.agent_id == agent else None


async def named(on: Executor, agent: UUID, keys: Sequence[str], warnings: list[str]) -> list[UUID]:
    """The entities of these keys or aliases; of each that is none's there is a warning."""
    found: list[UUID] = []
    for start in range(0, len(keys), _NAMES_AT_ONCE):
        some = keys[start : start + _NAMES_AT_ONCE]
        for key, each in zip(some, await entities.resolve(on, agent_id=agent, names=some), strict=True):
            if each.entity is not None and each.how in ("exact", "alias"):
                found.append(each.entity.id)
            else:
                warnings.append(f"no entity has the key or alias {key!r}")
    return list(dict.fromkeys(found))


async def hits(on: Executor, agent: UUID, query: str, vector: Any, only: list[UUID] | None, config: MemoryConfig) -> list[FactHit]:
    """The agent's facts that answer a query best; `only` those that name one of these entities."""
    return await facts.retrieve(
        on,
        agent_id=agent,
        text=query,
        embedding=vector,
        limit=config.topk_facts,
        min_similarity=config.min_similarity,
        min_confidence=config.min_confidence,
        min_score=config.min_score,
        ranking=config.ranking(),
        only_entity_ids=only,
    )


async def subjects(on: Executor, found: Sequence[Fact]) -> dict[UUID, Entity]:
    """The live entities that facts are about, by id."""
    met: dict[UUID, Entity] = {}
    ids = list({each.entity_id for each in found})
    for start in range(0, len(ids), LARGEST_PAGE):
        met |= {each.id: each for each in await entities.get_many(on, ids=ids[start : start + LARGEST_PAGE])}
    return met
