"""Reading by key, by page, by what supports them, and by search."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from memdb.engine.executor import Executor
from memdb.engine.inputs import Confidence, Embedding, Limit, QueryText
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.insights.structs import Insight, InsightHit, Status, Support, SupportedInsight, Type
from memdb.questions import asked

_ACTIVE: Final = "active"


@query(absent="insight")
async def get(on: Executor, *, id: UUID) -> SupportedInsight | None:
    """The live insight `id`, whatever its status, with what supports it, or None."""
    ...


@query
async def page_of_active(
    on: Executor, *, agent_id: UUID, type: Type | None, min_confidence: Confidence, before: UUID | None, limit: Limit
) -> list[Insight]:
    """Part of `page`: by the index of the agent's active insights."""
    ...


@query
async def page_of_agent(
    on: Executor, *, agent_id: UUID, status: Status | None, type: Type | None, min_confidence: Confidence, before: UUID | None, limit: Limit
) -> list[Insight]:
    """Part of `page`: by the index of the agent's insights."""
    ...


@query
async def page_of_user(
    on: Executor,
    *,
    user_id: UUID,
    agent_id: UUID | None,
    status: Status | None,
    type: Type | None,
    min_confidence: Confidence,
    before: UUID | None,
    limit: Limit,
) -> list[Insight]:
    """Part of `page`: by the index of the user's insights."""
    ...


async def page(
    on: Executor,
    *,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
    status: Status | None = _ACTIVE,
    type: Type | None = None,
    min_confidence: float = 0.0,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Insight]:
    """The live insights of an agent, about a user, or both, that pass all the filters given, newest first.

    `before` is the id of the last one of the page before. `status` and `type` None mean any. `min_confidence` is 0 to 1, `limit` 1 to
    1,000. Raises InvalidInput, also where neither agent nor user is given.
    """
    rest = {"type": type, "min_confidence": min_confidence, "before": before, "limit": limit}
    if user_id is not None:
        return await page_of_user(on, user_id=user_id, agent_id=agent_id, status=status, **rest)  # type: ignore[arg-type]
    if agent_id is None:
        raise InvalidInput("agent_id", "or user_id must be given")
    if status == _ACTIVE:
        return await page_of_active(on, agent_id=agent_id, **rest)  # type: ignore[arg-type]
    return await page_of_agent(on, agent_id=agent_id, status=status, **rest)  # type: ignore[arg-type]


@query
async def supporting(on: Executor, *, id: UUID, after: UUID | None = None, limit: Limit = 100) -> list[Support]:
    """The facts and events that support insight `id`, in the order of their ids; `after` is the id of the last one of the page before."""
    ...


@query
async def of_fact(
    on: Executor, *, fact_id: UUID, status: Status | None = _ACTIVE, before: UUID | None = None, limit: Limit = 50
) -> list[Insight]:
    """The live insights that a fact supports, newest first; `status` None means any."""
    ...


@query
async def of_event(
    on: Executor, *, event_id: UUID, status: Status | None = _ACTIVE, before: UUID | None = None, limit: Limit = 50
) -> list[Insight]:
    """The live insights that an event supports, newest first; `status` None means any."""
    ...


@query
async def unsupported(on: Executor, *, agent_id: UUID, after: UUID | None = None, limit: Limit = 100) -> list[Insight]:
    """The agent's active insights whose supporting facts have all been superseded, invalidated or deleted, oldest first.

    Insights that no fact supported are left out. `after` is the id of the last one of the batch before.
    """
    ...


@query
async def unembedded(on: Executor, *, agent_id: UUID | None = None, after: UUID | None = None, limit: Limit = 100) -> list[Insight]:
    """Active insights that lack an embedding, oldest first; `after` is the id of the last one of the batch before. For `embed`."""
    ...


@query
async def search_exact(
    on: Executor,
    *,
    agent_id: UUID,
    text: QueryText | None,
    embedding: Embedding | None,
    user_id: UUID | None,
    type: Type | None,
    min_confidence: Confidence,
    limit: Limit,
) -> list[InsightHit]:
    """Part of `search`: by comparing all."""
    ...


async def search(
    on: Executor,
    *,
    agent_id: UUID,
    text: str | None = None,
    embedding: Embedding | None = None,
    user_id: UUID | None = None,
    type: Type | None = None,
    min_confidence: float = 0.0,
    limit: int = 10,
) -> list[InsightHit]:
    """The agent's active insights, about one user or all, that answer best to a text, an embedding of it, or (best) both.

    - embedding: every insight with an embedding is in the running, by cosine similarity.
    - text: by BM25 over title and content; an insight needs one word in common with it, in any inflection of the organization's language.
      "Quoted phrases" and -words count as in `memories.search`.

    The score is the sum of both, each scaled to 0..1 over the scope. Of equals the newer comes first. The result has min(`limit`, insights
    in the running) hits, best first. All of the scope is compared.

    Raises InvalidInput, also for a zero embedding.
    """
    vector = asked(text, embedding, on.dimension)
    return await search_exact(
        on, agent_id=agent_id, text=text, embedding=vector, user_id=user_id, type=type, min_confidence=min_confidence, limit=limit
    )
