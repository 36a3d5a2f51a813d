"""Retrieval: the facts that answer to a text, an embedding and entities, each with what its score is the sum of."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, TypeAlias, TypedDict, Unpack
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.attributes import Key
from memdb.engine.arguments import unpacking
from memdb.engine.executor import Executor, Transaction
from memdb.engine.inputs import Embedding, Limit, QueryText, Weight
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.facts.structs import Category, Fact
from memdb.questions import direction

EntityIds: TypeAlias = Annotated[list[UUID], Meta(max_length=100)]
Hops: TypeAlias = Annotated[int, Meta(ge=0, le=2)]
Days: TypeAlias = Annotated[float, Meta(ge=0.001, le=100_000)]
Similarity: TypeAlias = Annotated[float, Meta(ge=-1, le=1)]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]


class FactRanking(msgspec.Struct, frozen=True, kw_only=True):
    """What counts in a retrieval, and how much (weights are 0 to 1,000). docs/knowledge.md has the formulas.

    - `vector_weight`: the cosine similarity, 0 at the least. `text_weight`: BM25, scaled from 0 to the greatest.
    - `graph_weight`: of the best of the entities that a fact names, how strongly it is tied to those that are asked about: 1.5 for one that
      the text names, 1 for one that is given; for their neighbours the weight of the edge, less the older the edge and the fact are, and
      half as much at the second hop.
    - `recency_weight`: 0.5 ** (age / `half_life_days`), the age since it was true or last confirmed.
    - `importance_weight`: dynamic importance, 0.05 to 3. `confidence_weight`: effective confidence, 0.1 to 1. `vitality_weight`: 0 to 0.9.
    """

    vector_weight: float = 0.7
    text_weight: float = 0.3
    graph_weight: float = 0.2
    recency_weight: float = 0.2
    half_life_days: float = 14.0
    importance_weight: float = 0.1
    confidence_weight: float = 0.0
    vitality_weight: float = 0.0


class FactScoreParts(msgspec.Struct, frozen=True):
    """What a fact's score is the sum of."""

    vector: float
    text: float
    graph: float
    recency: float
    importance: float
    confidence: float
    vitality: float


class FactHit(msgspec.Struct, frozen=True):
    """A fact that was retrieved; `parts` add up to its `score`.

    `similarity` is the cosine similarity (-1 to 1), None where the search or the fact has no embedding; `text_score` is BM25 (above 0),
    None where the search has no text or the fact none of its words. `hop` tells how it is tied to the entities asked about: 1 for a fact
    about one of them or of their neighbours, 2 for a neighbour's neighbour, None for none.
    """

    fact: Fact
    score: float
    similarity: float | None
    text_score: float | None
    hop: int | None
    parts: FactScoreParts


class RetrievalFilters(TypedDict, total=False):
    """What `retrieve` filters by: None, or not given, means any; `as_of` None now, and `known_at` None as it is known now.

    `only_entity_ids`: only facts that name one of these.
    """

    only_entity_ids: EntityIds | None
    category: Category | None
    attribute: Key | None
    as_of: datetime | None
    known_at: datetime | None


_PLAIN: Final = FactRanking()


@query
async def retrieve_exact(
    on: Executor,
    *,
    agent_id: UUID,
    text: QueryText | None,
    embedding: Embedding | None,
    names: bool,
    entity_ids: EntityIds,
    depth: Hops,
    sensitive: bool,
    min_similarity: Similarity,
    min_confidence: Share,
    min_score: float | None,
    limit: Limit,
    vector_weight: Weight,
    text_weight: Weight,
    graph_weight: Weight,
    recency_weight: Weight,
    half_life_days: Days,
    importance_weight: Weight,
    confidence_weight: Weight,
    vitality_weight: Weight,
    plan_for_values: bool,
    **filters: Unpack[RetrievalFilters],
) -> list[FactHit]:
    """Part of `retrieve`: by comparing all."""
    ...


@unpacking
async def retrieve(
    on: Executor,
    *,
    agent_id: UUID,
    text: str | None = None,
    embedding: Embedding | None = None,
    entity_ids: list[UUID] | None = None,
    limit: int = 20,
    names: bool = True,
    depth: int = 2,
    sensitive: bool = True,
    min_similarity: float = 0.2,
    min_confidence: float = 0.0,
    min_score: float | None = None,
    ranking: FactRanking = _PLAIN,
    **filters: Unpack[RetrievalFilters],
) -> list[FactHit]:
    """The agent's facts that answer best to a text, an embedding of it, entities, or (best) all of them; best first, in one round trip.

    In the running is a fact that is at least `min_similarity` to the embedding, shares a word with the text, or names an entity that is
    asked about or a neighbour of one. Beside an embedding, words that more than two fifths of the agent's facts have do not put a fact in
    the running if the text has rarer ones. Asked about are `entity_ids`, up to 100, and with `names` up to 20 entities whose name or alias
    (of three letters or more) stands in the text. `depth` (0 to 2) is how far neighbours count: along edges that hold, the second of a
    weight of 0.5 or more.

    - `only_entity_ids`: only facts that name one of these. `category`, `attribute`: only those. `sensitive` False leaves sensitive ones
      out.
    - `as_of`: what was true then, None means now; `known_at`: as it was known then, None means as it is known now.
    - `min_confidence`: the least effective confidence (0 to 1), which falls by 5 % each week that nobody confirms a fact. `min_score`: the
      least score; None means any.
    - `ranking`: what counts, and how much. Of equals the newer comes first.

    Facts are not marked as used: `facts.record_use` does that for those that were. Raises InvalidInput, also for a zero embedding.
    """
    if text is None and embedding is None and not entity_ids:
        raise InvalidInput("text", "or embedding or entity_ids must be given")
    if not isinstance(ranking, FactRanking):
        raise InvalidInput("ranking", f"must be a FactRanking, not {type(ranking).__name__}")
    vector = direction(embedding, on.dimension)
    return await retrieve_exact(
        on,
        agent_id=agent_id,
        text=text,
        embedding=vector,
        names=names,
        entity_ids=[] if entity_ids is None else entity_ids,
        depth=depth,
        sensitive=sensitive,
        min_similarity=min_similarity,
        min_confidence=min_confidence,
        min_score=min_score,
        limit=limit,
        **filters,
        **msgspec.structs.asdict(ranking),
        # A plan for any values reads the whole scope, also where few are left; within a transaction it would be forced on what follows.
        plan_for_values=any(value is not None for value in filters.values()) or isinstance(on, Transaction),
    )
