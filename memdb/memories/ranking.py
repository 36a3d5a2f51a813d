"""The statements behind `search`: by an embedding alone or with a text, by comparing all or by the indexes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, JsonObject, Limit, QueryText, Tags, Weight
from memdb.engine.own import query
from memdb.memories.structs import Category, Hit

Similarity: TypeAlias = Annotated[float, Meta(ge=-1, le=1)]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
EfSearch: TypeAlias = Annotated[int, Meta(ge=1, le=1000)]
Candidates: TypeAlias = Annotated[int, Meta(ge=1, le=10_000)]


@query
async def nearest_exact(
    on: Executor,
    *,
    agent_id: UUID,
    embedding: Embedding,
    limit: Limit,
    user_id: UUID | None,
    session_id: UUID | None,
    category: Category | None,
    tags: Tags | None,
    metadata: JsonObject | None,
    as_of: datetime | None,
    since: datetime | None,
    until: datetime | None,
    min_similarity: Similarity | None,
    after_score: float | None,
    after_id: UUID | None,
    plan_for_values: bool,
) -> list[Hit]:
    """Part of `search`: with an embedding alone, by comparing all."""
    ...


@query
async def nearest_indexed(
    on: Executor,
    *,
    agent_id: UUID,
    embedding: Embedding,
    limit: Limit,
    user_id: UUID | None,
    session_id: UUID | None,
    category: Category | None,
    tags: Tags | None,
    metadata: JsonObject | None,
    as_of: datetime | None,
    since: datetime | None,
    until: datetime | None,
    ef_search: EfSearch,
) -> list[Hit]:
    """Part of `search`: with an embedding alone, by the HNSW index."""
    ...


@query
async def search_exact(
    on: Executor,
    *,
    agent_id: UUID,
    text: QueryText | None,
    embedding: Embedding | None,
    limit: Limit,
    user_id: UUID | None,
    session_id: UUID | None,
    category: Category | None,
    tags: Tags | None,
    metadata: JsonObject | None,
    as_of: datetime | None,
    since: datetime | None,
    until: datetime | None,
    min_similarity: Similarity | None,
    after_score: float | None,
    after_id: UUID | None,
    vector_weight: Weight,
    text_weight: Weight,
    plan_for_values: bool,
) -> list[Hit]:
    """Part of `search`: with a text, by comparing all."""
    ...


@query
async def search_ranked(
    on: Executor,
    *,
    agent_id: UUID,
    text: QueryText | None,
    embedding: Embedding | None,
    limit: Limit,
    user_id: UUID | None,
    session_id: UUID | None,
    category: Category | None,
    tags: Tags | None,
    metadata: JsonObject | None,
    as_of: datetime | None,
    since: datetime | None,
    until: datetime | None,
    min_similarity: Similarity | None,
    after_score: float | None,
    after_id: UUID | None,
    at: datetime,
    vector_weight: Weight,
    text_weight: Weight,
    recency_weight: Weight,
    confidence_weight: Weight,
    usefulness_weight: Weight,
    neighbour_share: Share,
    diversity: Share,
    by_rank: bool,
    plan_for_values: bool,
) -> list[Hit]:
    """Part of `search`: with all that may count, by comparing all."""
    ...


@query
async def search_indexed(
    on: Executor,
    *,
    agent_id: UUID,
    text: QueryText | None,
    embedding: Embedding | None,
    limit: Limit,
    user_id: UUID | None,
    session_id: UUID | None,
    category: Category | None,
    tags: Tags | None,
    metadata: JsonObject | None,
    as_of: datetime | None,
    since: datetime | None,
    until: datetime | None,
    min_similarity: Similarity | None,
    after_score: float | None,
    after_id: UUID | None,
    at: datetime,
    vector_weight: Weight,
    text_weight: Weight,
    recency_weight: Weight,
    confidence_weight: Weight,
    usefulness_weight: Weight,
    neighbour_share: Share,
    diversity: Share,
    by_rank: bool,
    ef_search: EfSearch,
    candidates: Candidates,
    scope_size: float,
) -> list[Hit]:
    """Part of `search`: with all that may count, by the indexes."""
    ...
