"""Searching: by vector, by text, by both."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import numpy as np
from msgspec import Meta

from memdb import inputs
from memdb.errors import InvalidInput
from memdb.executor import Executor
from memdb.inputs import Embedding, Limit, QueryText, Tag, Weight
from memdb.memories.structs import Category, Hit, NearDuplicate
from memdb.query import query

Similarity: TypeAlias = Annotated[float, Meta(ge=-1, le=1)]


@query
async def search_by_vector(
    on: Executor,
    *,
    agent_id: UUID,
    embedding: Embedding,
    limit: Limit,
    user_id: UUID | None,
    session_id: UUID | None,
    category: Category | None,
    tag: Tag | None,
    as_of: datetime | None,
    since: datetime | None,
    until: datetime | None,
) -> list[Hit]:
    """Part of `search`: with an embedding alone."""
    ...


@query
async def search_by_text(
    on: Executor,
    *,
    agent_id: UUID,
    text: QueryText,
    limit: Limit,
    user_id: UUID | None,
    session_id: UUID | None,
    category: Category | None,
    tag: Tag | None,
    as_of: datetime | None,
    since: datetime | None,
    until: datetime | None,
) -> list[Hit]:
    """Part of `search`: with a text alone."""
    ...


@query
async def search_by_both(
    on: Executor,
    *,
    agent_id: UUID,
    text: QueryText,
    embedding: Embedding,
    vector_weight: Weight,
    text_weight: Weight,
    limit: Limit,
    user_id: UUID | None,
    session_id: UUID | None,
    category: Category | None,
    tag: Tag | None,
    as_of: datetime | None,
    since: datetime | None,
    until: datetime | None,
) -> list[Hit]:
    """Part of `search`: with both."""
    ...


async def search(
    on: Executor,
    *,
    agent_id: UUID,
    text: str | None = None,
    embedding: Embedding | None = None,
    limit: int = 10,
    user_id: UUID | None = None,
    session_id: UUID | None = None,
    category: Category | None = None,
    tag: str | None = None,
    as_of: datetime | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    vector_weight: float = 1.0,
    text_weight: float = 1.0,
) -> list[Hit]:
    """The agent's active memories that answer best to a text, an embedding of it, or (best) both; the filters are those of `page`.

    Only what is true: now, or at the time `as_of`, when what was superseded or merged since still counted.

    - embedding alone: by cosine similarity; every memory with an embedding is in the running.
    - text alone: by BM25; a memory needs one word in common with the text, in any inflection. The first 64 different words count.
    - both: by `vector_weight` * similarity + `text_weight` * BM25, each scaled to 0..1 over the scope; either puts it in the running.

    Exact: min(`limit`, memories in the running) hits, ties newest first. Raises InvalidInput, also for a zero embedding.
    """
    scope: dict[str, Any] = {
        "agent_id": agent_id,
        "limit": limit,
        "user_id": user_id,
        "session_id": session_id,
        "category": category,
        "tag": tag,
        "as_of": as_of,
        "since": since,
        "until": until,
    }
    if embedding is None:
        if text is None:
            raise InvalidInput("text", "or embedding must be given")
        return await search_by_text(on, text=text, **scope)
    vector = inputs.embedding("embedding", embedding, on.dimension)
    if not np.any(vector):
        raise InvalidInput("embedding", "must not be the zero vector: it has no direction")
    if text is None:
        return await search_by_vector(on, embedding=vector, **scope)
    return await search_by_both(on, text=text, embedding=vector, vector_weight=vector_weight, text_weight=text_weight, **scope)


@query
async def near_duplicates(
    on: Executor,
    *,
    agent_id: UUID,
    embedding: Embedding,
    min_similarity: Similarity = 0.92,
    user_id: UUID | None = None,
    except_id: UUID | None = None,
    limit: Limit = 10,
) -> list[NearDuplicate]:
    """The agent's active memories of the same user whose cosine similarity to an embedding is above `min_similarity`, nearest first.

    To be asked before an `add`, or after it with the new memory's id as `except_id`; what to do about them is the caller's to decide
    (`merge`, `supersede`, escalations). A zero embedding is near to nothing.
    """
    ...
