"""The statements behind `search`: by an embedding alone or with a text, comparing all or using the indexes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias, Unpack
from uuid import UUID

from msgspec import Meta

from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, Limit, QueryText, Weight
from memdb.engine.own import query
from memdb.memories.hits import Hit
from memdb.memories.structs import SearchFilters

Similarity: TypeAlias = Annotated[float, Meta(ge=-1, le=1)]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
EfSearch: TypeAlias = Annotated[int, Meta(ge=1, le=1000)]
Cells: TypeAlias = Annotated[int, Meta(ge=1, le=32_768)]
Candidates: TypeAlias = Annotated[int, Meta(ge=1, le=10_000)]


class Asked(SearchFilters):
    """The arguments of every search."""

    agent_id: UUID
    limit: Limit


class Bounded(Asked):
    """The bounds of its result as well."""

    min_similarity: Similarity | None
    after_score: float | None
    after_id: UUID | None


class Weighed(Bounded):
    """And all weights."""

    text: QueryText | None
    embedding: Embedding | None
    toward: Embedding | None
    at: datetime
    vector_weight: Weight
    text_weight: Weight
    bm25_b: Share
    context_share: Share
    length_weight: Weight
    first_person_weight: Weight
    question_weight: Weight
    answer_weight: Weight
    named_weight: Weight
    recency_weight: Weight
    confidence_weight: Weight
    usefulness_weight: Weight
    neighbour_share: Share
    diversity: Share
    by_rank: bool


@query
async def nearest_exact(on: Executor, *, embedding: Embedding, plan_for_values: bool, **asked: Unpack[Bounded]) -> list[Hit]:
    """Part of `search`: by an embedding alone, comparing all."""
    ...


@query
async def nearest_of_agent(
    on: Executor,
    *,
    agent_id: UUID,
    embedding: Embedding,
    limit: Limit,
    min_similarity: Similarity | None,
    after_score: float | None,
    after_id: UUID | None,
) -> list[Hit]:
    """Part of `search`: by an embedding alone and without filters, comparing all."""
    ...


@query
async def nearest_indexed(on: Executor, *, embedding: Embedding, ef_search: EfSearch, **asked: Unpack[Asked]) -> list[Hit]:
    """Part of `search`: by an embedding alone, using the HNSW index."""
    ...


@query
async def search_exact(
    on: Executor,
    *,
    text: QueryText | None,
    embedding: Embedding | None,
    vector_weight: Weight,
    text_weight: Weight,
    context_share: Share,
    plan_for_values: bool,
    **asked: Unpack[Bounded],
) -> list[Hit]:
    """Part of `search`: by a text, comparing all."""
    ...


@query
async def search_ranked(on: Executor, *, plan_for_values: bool, **asked: Unpack[Weighed]) -> list[Hit]:
    """Part of `search`: with all weights, comparing all."""
    ...


@query
async def search_indexed(
    on: Executor,
    *,
    ef_search: EfSearch,
    candidates: Candidates,
    nearest: Candidates,
    near_by_cells: Annotated[int, Meta(ge=0, le=10_000)],
    cells: Cells,
    most_by_words: Candidates,
    scope_size: float,
    known_words: list[str],
    shares: list[float],
    average_length: float,
    places: list[UUID],
    plan_for_values: bool,
    **asked: Unpack[Weighed],
) -> list[Hit]:
    """Part of `search`: with all weights, using the indexes."""
    ...
