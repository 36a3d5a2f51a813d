"""Retrieval: the facts that answer a text, an embedding and entities, each with the parts of its score."""

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
    """The parts of a retrieval's score and their weights (0 to 1,000). docs/knowledge.md has the formulas.

    - `vector_weight`: the cosine similarity, or 0 if it is negative. `text_weight`: BM25, scaled from 0 to the greatest.
    - `graph_weight`: how strongly the best of the entities that a fact names is tied to those asked about: 1.5 if the text names it, 1 if
      it is given; for their neighbours, the weight of the edge, which decreases with the ages of the edge and of the fact, and is halved at
      the second hop.
    - `recency_weight`: 0.5 ** (age / `half_life_days`), with the age since it was true or last confirmed.
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
    """The parts that add up to a fact's score."""

    vector: float
    text: float
    graph: float
    recency: float
    importance: float
    confidence: float
    vitality: float


class FactHit(msgspec.Struct, frozen=True):
    """A retrieved fact; `parts` add up to its `score`.

    `similarity` is the cosine similarity (-1 to 1), or None if the search or the fact has no embedding. `text_score` is BM25 (above 0), or
    None if the search has no text or the fact none of its words. `hop` is 1 for a fact about one of the entities asked about or their
    neighbours, 2 for a neighbour's neighbour, and None otherwise.
    """

    fact: Fact
    score: float
    similarity: float | None
    text_score: float | None
    hop: int | None
    parts: FactScoreParts


class RetrievalFilters(TypedDict, total=False):
    """The filters of `retrieve`. None, or omitted, means any; for `as_of`, now; for `known_at`, as it is known now.

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
    """Part of `retrieve`: comparing all."""
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
    """The agent's facts that best answer a text, an embedding of it, entities, or (best) all of them; best first, in one round trip.

    A fact is a candidate if it has at least `min_similarity` to the embedding, shares a word with the text, or names an entity asked about
    or a neighbour of one. In a search with an embedding, words in more than two fifths of the agent's facts do not make a fact a candidate
    if the text has rarer words. The entities asked about are `entity_ids`, up to 100, and with `names` up to 20 entities whose name or
    alias (of three characters or more) occurs in the text. `depth` (0 to 2) is the distance up to which neighbours count, along edges that
    hold; the second edge must have a weight of 0.5 or more.

    - `only_entity_ids`: only facts that name one of these. `category`, `attribute`: only those. `sensitive` False leaves sensitive ones
      out.
    - `as_of`: what was true then; None means now. `known_at`: as it was known then; None means as it is known now.
    - `min_confidence`: the least effective confidence (0 to 1), which decreases by 5 % each week without a confirmation. `min_score`: the
      least score; None means any.
    - `ranking`: what counts, and how much. Ties go to the newer.

    This does not mark facts as used: call `facts.record_use` for those that were. Raises InvalidInput, also for a zero embedding.
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
        # A generic plan reads the whole scope, even if few facts pass. Within a transaction, it would be forced on the statements that
        # follow.
        plan_for_values=any(value is not None for value in filters.values()) or isinstance(on, Transaction),
    )
