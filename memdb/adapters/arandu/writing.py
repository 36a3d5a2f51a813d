"""Storing what an extractor found: entities, facts and edges of an agent, in one transaction."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final, NamedTuple
from uuid import UUID

from memdb import edges, entities, facts
from memdb.adapters.arandu.protocols import ExtractedEntity, ExtractedFact, Extraction
from memdb.adapters.arandu.results import Told, WriteResult
from memdb.edges import NewEdge
from memdb.engine.database import Tenant
from memdb.engine.executor import Executor, Transaction
from memdb.entities import Entity, Resolution
from memdb.errors import AlreadyExists, InvalidTransition, NotFound
from memdb.facts import Fact, NewFact

_PERSON: Final = "person"
_UNTOLD: Final = "concept"
_NAMES_AT_ONCE: Final = 100


class Said(NamedTuple):
    """A stored message, and the fields that apply to its contents."""

    agent_id: UUID
    session_id: UUID
    message_id: UUID
    speaker: str
    at: datetime


class Found(NamedTuple):
    """A fact in a message, with its embedding."""

    fact: ExtractedFact
    embedding: Any


async def store(
    on: Executor, said: Said, extraction: Extraction, found: Sequence[Found], known: Mapping[str, Fact], *, fuzzy_threshold: float
) -> WriteResult:
    """Store everything or nothing, again after a collision with another write. Raises what the areas do."""

    async def work(tx: Transaction) -> WriteResult:
        result = WriteResult(event_id=str(said.message_id))
        named = await _resolve(tx, said, extraction, found, fuzzy_threshold, result)
        await _store_facts(tx, said, found, known, named, result)
        for text in extraction.forgets:
            if (old := known.get(text)) is not None:
                await _end(tx, said, old, named, result)
        if items := list(_edges(extraction, named)):
            await edges.assert_many(tx, items=items)
        return result

    if isinstance(on, Tenant):
        return await on.run(work)
    async with on.transaction() as tx:
        return await work(tx)


def _fold(name: str) -> str:
    return name.strip().casefold()


def _type(told: str) -> str:
    made = re.sub(r"[^a-z0-9_]+", "_", told.lower()).strip("_")[:32]
    return made if made[:1].isalpha() else _UNTOLD


async def _resolve(
    tx: Transaction, said: Said, extraction: Extraction, found: Sequence[Found], fuzzy_threshold: float, result: WriteResult
) -> dict[str, Entity]:
    """The entity of each name and alias in the extraction, by the folded name."""
    told = {_fold(each.name): each for each in extraction.entities}
    other_names = {_fold(alias): each for each in extraction.entities for alias in each.aliases}
    if _fold(said.speaker) not in other_names:
        told.setdefault(_fold(said.speaker), ExtractedEntity(said.speaker, _PERSON))
    used = chain([each.fact.subject for each in found], *[(each.source, each.target) for each in extraction.relations])
    for name in used:
        if _fold(name) not in told and _fold(name) not in other_names:
            told[_fold(name)] = ExtractedEntity(name, _UNTOLD)
    by_type: dict[str, list[str]] = defaultdict(list)
    for each in told.values():
        by_type[_type(each.type)].append(each.name)
    named: dict[str, Entity] = {}
    for type, names in by_type.items():
        for start in range(0, len(names), _NAMES_AT_ONCE):
            some = names[start : start + _NAMES_AT_ONCE]
            resolutions = await entities.resolve_or_create(
                tx, agent_id=said.agent_id, names=some, type=type, threshold=fuzzy_threshold, candidates_from=min(0.5, fuzzy_threshold)
            )
            for name, resolution in zip(some, resolutions, strict=True):
                if resolution.entity is not None:
                    named[_fold(name)] = resolution.entity
                    result.entities_resolved.append(_of_entity(resolution, resolution.entity))
    for alias, each in other_names.items():
        entity = named[_fold(each.name)]
        if alias not in named:
            named[alias] = entity
            await entities.add_alias(tx, entity_id=entity.id, alias=alias)
    return named


async def _store_facts(
    tx: Transaction, said: Said, found: Sequence[Found], known: Mapping[str, Fact], named: Mapping[str, Entity], result: WriteResult
) -> None:
    new: list[NewFact] = []
    for each in found:
        entity = named[_fold(each.fact.subject)]
        old = known.get(each.fact.updates or "")
        if old is not None and old.content != each.fact.fact:
            if old.entity_id == entity.id and await _correct(tx, said, old, each, named, result):
                continue
            await _end(tx, said, old, named, result)
        new.append(
            NewFact(
                entity_id=entity.id,
                content=each.fact.fact,
                attribute=each.fact.attribute,
                value=each.fact.value,
                embedding=each.embedding,
                confidence=each.fact.confidence,
                valid_from=said.at,
                link_named=True,
                session_id=said.session_id,
                speaker=said.speaker,
                metadata={"message_id": str(said.message_id)},
            )
        )
    if not new:
        return
    unchanged = result.facts_unchanged
    lists = {"superseded": result.facts_updated, "confirmed": unchanged, "repeated": unchanged, "rejected": unchanged}
    for asserted in await facts.assert_many(tx, agent_id=said.agent_id, items=new):
        lists.get(asserted.outcome, result.facts_added).append(_told(asserted.fact, named))


def _edges(extraction: Extraction, named: Mapping[str, Entity]) -> Iterator[NewEdge]:
    for each in extraction.relations:
        source, target = named[_fold(each.source)], named[_fold(each.target)]
        if source.id != target.id:
            yield NewEdge(source_id=source.id, target_id=target.id, type=each.rel_type)


async def _correct(tx: Transaction, said: Said, old: Fact, new: Found, named: Mapping[str, Entity], result: WriteResult) -> bool:
    """Whether the known fact was superseded by the new one."""
    try:
        async with tx.transaction() as savepoint:
            made = await facts.correct(
                savepoint,
                id=old.id,
                content=new.fact.fact,
                value=new.fact.value if old.attribute is not None else None,
                embedding=new.embedding,
                confidence=new.fact.confidence,
                valid_from=max(said.at, old.valid_from),
                session_id=said.session_id,
                speaker=said.speaker,
            )
    except (AlreadyExists, InvalidTransition, NotFound):
        return False
    result.facts_updated.append(Told(_told(made, named), replaced=old.content))
    return True


async def _end(tx: Transaction, said: Said, old: Fact, named: Mapping[str, Entity], result: WriteResult) -> None:
    try:
        async with tx.transaction() as savepoint:
            ended = await facts.invalidate(savepoint, id=old.id, valid_until=max(said.at, old.valid_from))
    except (InvalidTransition, NotFound):
        # A concurrent write came first.
        return
    result.facts_deleted.append(_told(ended, named))


def _told(fact: Fact, named: Mapping[str, Entity]) -> Told:
    about = next((entity for entity in named.values() if entity.id == fact.entity_id), None)
    return Told(
        fact_id=str(fact.id),
        fact_text=fact.content,
        subject=about.name if about else "",
        entity_name=about.name if about else "",
        entity_key=about.key if about else "",
        confidence=fact.confidence,
    )


def _of_entity(found: Resolution, entity: Entity) -> Told:
    return Told(name=entity.name, key=entity.key, method=found.how, is_new=found.how == "created", similarity=found.similarity)
