"""Facts of an agent, and the entities that they are about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from memdb import entities, facts
from memdb.adapters.arandu import agents
from memdb.adapters.arandu.config import MemoryConfig
from memdb.adapters.fields import as_fields
from memdb.adapters.paging import LARGEST_PAGE
from memdb.engine.executor import Executor
from memdb.entities import Entity
from memdb.facts import Fact, FactHit

_NAMES_AT_ONCE: Final = 100
_LONGEST_QUERY: Final = 8192
_RELATED: Final = 0.5
_TYPE: Final = re.compile(r"[a-z0-9_]{1,32}")


async def known(on: Executor, agent_id: str, message: str, vector: Any, config: MemoryConfig) -> dict[str, Fact]:
    """The facts that an extractor is shown with a message, by their texts."""
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
    """The agent's fact, of any status; None also if the id is not a UUID."""
    try:
        id = UUID(str(fact_id))
    except ValueError:
        return None
    agent = await agents.find(on, agent_id)
    found = None if agent is None else await facts.get(on, id=id)
    return found if found is not None and found.agent_id == agent else None


async def named(on: Executor, agent: UUID, keys: Sequence[str], warnings: list[str]) -> list[UUID]:
    """The entities with these keys or aliases; each unknown one causes a warning.

    "person:pedro" is also the person with the alias Pedro, whatever its key.
    """
    met = await _met(on, agent, keys)
    aliases: dict[str, dict[str, str]] = defaultdict(dict)
    for key in keys:
        type, _, slug = key.partition(":")
        if key not in met and slug.strip() and _TYPE.fullmatch(type):
            aliases[type][key] = slug
    for type, of_type in aliases.items():
        spellings = {each for slug in of_type.values() for each in (slug, slug.replace("_", " "))}
        found = {name: each for name, each in (await _met(on, agent, sorted(spellings), type)).items() if each.type == type}
        for key, slug in of_type.items():
            if (entity := found.get(slug) or found.get(slug.replace("_", " "))) is not None:
                met[key] = entity
    warnings += [f"no entity has the key or alias {key!r}" for key in keys if key not in met]
    return list(dict.fromkeys(met[key].id for key in keys if key in met))


async def _met(on: Executor, agent: UUID, names: Sequence[str], type: str | None = None) -> dict[str, Entity]:
    """The entities with these keys or aliases, by them."""
    found: dict[str, Entity] = {}
    for start in range(0, len(names), _NAMES_AT_ONCE):
        some = names[start : start + _NAMES_AT_ONCE]
        with as_fields({"names": "entity_keys"}):
            resolved = await entities.resolve(on, agent_id=agent, names=some, type=type)
        for name, each in zip(some, resolved, strict=True):
            if each.entity is not None and each.how in ("exact", "alias"):
                found[name] = each.entity
    return found


async def hits(on: Executor, agent: UUID, query: str, vector: Any, only: list[UUID] | None, config: MemoryConfig) -> list[FactHit]:
    """The agent's facts that best answer a query; `only` those that name one of these entities."""
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
