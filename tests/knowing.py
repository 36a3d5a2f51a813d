"""Knowledge for tests that are not about it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from memdb import attributes, entities, events, facts
from memdb.agents import Agent
from memdb.engine.executor import Executor
from memdb.entities import Sighting
from memdb.events import NewEvent
from memdb.facts import NewFact


async def make_facts(
    on: Executor, agent_id: uuid.UUID, contents: Sequence[str], *, embeddings: Sequence[Any] | None = None
) -> list[uuid.UUID]:
    """Active facts about one entity, in ascending order of their ids."""
    ada = await entities.see(on, agent_id=agent_id, type="person", name=f"Ada {uuid.uuid4()}")
    items = [
        NewFact(entity_id=ada.id, content=content, embedding=embedding)
        for content, embedding in zip(contents, embeddings or [None] * len(contents), strict=True)
    ]
    return [made.fact.id for made in await facts.assert_many(on, agent_id=agent_id, items=items)]


async def add_entities(on: Executor, agent: Agent, *names: str) -> list[uuid.UUID]:
    """Entities of an agent, each with the key thing:<name>."""
    seen = await entities.see_many(on, agent_id=agent.id, items=[Sighting(type="thing", name=name) for name in names])
    return [each.id for each in seen]


async def add_fact(
    on: Executor, agent: Agent, entity_id: uuid.UUID, content: str, *, names: Sequence[uuid.UUID] = (), **fields: Any
) -> uuid.UUID:
    """A fact of an agent about an entity, which also names others; whatever the values of its attribute, they are kept."""
    if "attribute" in fields:
        await attributes.register(on, key=fields["attribute"], conflict_policy="keep_both")
    made = await facts.assert_(on, agent_id=agent.id, entity_id=entity_id, content=content, entities=list(names), **fields)
    assert made.outcome in {"added", "kept_both"}
    return made.fact.id


async def make_events(on: Executor, agent_id: uuid.UUID, contents: Sequence[str]) -> list[uuid.UUID]:
    """Events, in ascending order of their ids."""
    made = await events.add_many(on, agent_id=agent_id, items=[NewEvent(content=content) for content in contents])
    return sorted(each.id for each in made)


async def end_facts(on: Executor, ids: Sequence[uuid.UUID]) -> None:
    for id in ids:
        await facts.invalidate(on, id=id)
