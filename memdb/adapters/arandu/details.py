"""memdb's facts and entities in arandu's form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from memdb.adapters.arandu.results import EntityDetail, FactDetail, ScoredFact
from memdb.entities import Entity
from memdb.facts import Fact, FactHit

_CHARACTERS_OF_A_TOKEN: Final = 4


def fact_detail(fact: Fact, entity: Entity | None) -> FactDetail:
    """The fact in arandu's form. For a deleted entity, there is neither name nor key."""
    return FactDetail(
        fact_id=str(fact.id),
        entity_name=entity.name if entity else "",
        entity_key=entity.key if entity else "",
        entity_type=entity.type if entity else "",
        attribute_key=_attribute(fact),
        fact_text=fact.content,
        category=fact.category,
        confidence=fact.confidence,
        importance=fact.importance,
        valid_from=fact.valid_from,
        created_at=fact.ingested_at,
        source_context=fact.context,
        speaker=fact.speaker,
    )


def entity_detail(entity: Entity) -> EntityDetail:
    return EntityDetail(
        entity_id=str(entity.id),
        canonical_key=entity.key,
        display_name=entity.name,
        entity_type=entity.type,
        summary_text=entity.summary,
        fact_count=entity.mentions,
        importance_score=entity.importance,
        first_seen_at=entity.first_seen_at,
        last_seen_at=entity.last_seen_at,
        profile_text=entity.profile,
    )


def scored(hit: FactHit, entity: Entity | None) -> ScoredFact:
    parts = hit.parts
    return ScoredFact(
        fact_id=str(hit.fact.id),
        entity_name=entity.name if entity else "",
        attribute_key=_attribute(hit.fact) or "",
        fact_text=hit.fact.content,
        score=hit.score,
        scores={
            "semantic": parts.vector,
            "keyword": parts.text,
            "graph": parts.graph,
            "recency": parts.recency,
            "importance": parts.importance,
            "confidence": parts.confidence,
        },
        speaker=hit.fact.speaker,
    )


def _attribute(fact: Fact) -> str | None:
    """Of a fact that was adopted it is in the metadata: arandu holds it to no policy."""
    adopted = fact.metadata.get("attribute")
    return fact.attribute if fact.attribute is not None or not isinstance(adopted, str) else adopted


def context_of(found: Sequence[ScoredFact], tokens: int) -> str:
    """The facts' texts, best first, one per line, up to so many tokens of four characters; "" if there are none."""
    lines: list[str] = []
    room = tokens * _CHARACTERS_OF_A_TOKEN
    for each in found:
        line = f"- {each.fact_text}"
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    return "\n".join(lines)
