"""Reading by key, by page, by support, and by search."""

from __future__ import annotations

from typing import Final, TypedDict, Unpack
from uuid import UUID

from memdb.engine.arguments import unpacking
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Confidence, Embedding, Limit, QueryText
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.insights.structs import Insight, InsightHit, Status, Support, SupportedInsight, Type
from memdb.questions import asked

_ACTIVE: Final = "active"


@query(absent="insight")
async def get(on: Executor, *, id: UUID) -> SupportedInsight | None:
    """The live insight `id`, of any status, with its support, or None."""
    ...


class Filters(TypedDict, total=False):
    """The filters of every page. None, or omitted, means any."""

    type: Type | None
    min_confidence: Confidence | None


class Page(Filters):
    """The arguments of every page."""

    before: Insight | Cursor | UUID | None
    limit: Limit


class WiderPage(Page):
    """And the owner and the status."""

    agent_id: UUID | None
    user_id: UUID | None
    status: Status | None


@query
async def page_of_active(on: Executor, *, agent_id: UUID, **asked: Unpack[Page]) -> list[Insight]:
    """Part of `page`: by the index of the agent's active insights."""
    ...


@query
async def page_of_agent(on: Executor, *, agent_id: UUID, status: Status | None, **asked: Unpack[Page]) -> list[Insight]:
    """Part of `page`: by the index of the agent's insights."""
    ...


@query
async def page_of_user(
    on: Executor, *, user_id: UUID, agent_id: UUID | None, status: Status | None, **asked: Unpack[Page]
) -> list[Insight]:
    """Part of `page`: by the index of the user's insights."""
    ...


@query
async def page_of_fact(on: Executor, *, fact_id: UUID, **asked: Unpack[WiderPage]) -> list[Insight]:
    """Part of `page`: by the index of the insights that the fact supports."""
    ...


@query
async def page_of_event(on: Executor, *, event_id: UUID, fact_id: UUID | None, **asked: Unpack[WiderPage]) -> list[Insight]:
    """Part of `page`: by the index of the insights that the event supports."""
    ...


@unpacking
async def page(
    on: Executor,
    *,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
    fact_id: UUID | None = None,
    event_id: UUID | None = None,
    status: Status | None = _ACTIVE,
    before: Insight | Cursor | UUID | None = None,
    limit: int = 50,
    **filters: Unpack[Filters],
) -> list[Insight]:
    """The live insights that pass all the given filters, newest first: of an agent, about a user, or supported by a fact or an event.

    At least one of these four must be given. `before`: see `memdb.Cursor`. `status` and `type` None mean any. `min_confidence` is 0 to 1,
    `limit` 1 to 1,000. Raises InvalidInput.
    """
    asked: Page = {**filters, "before": before, "limit": limit}
    wider: WiderPage = {**asked, "agent_id": agent_id, "user_id": user_id, "status": status}
    if event_id is not None:
        return await page_of_event(on, event_id=event_id, fact_id=fact_id, **wider)
    if fact_id is not None:
        return await page_of_fact(on, fact_id=fact_id, **wider)
    if user_id is not None:
        return await page_of_user(on, user_id=user_id, agent_id=agent_id, status=status, **asked)
    if agent_id is None:
        raise InvalidInput("agent_id", "or user_id, fact_id or event_id must be given")
    if status == _ACTIVE:
        return await page_of_active(on, agent_id=agent_id, **asked)
    return await page_of_agent(on, agent_id=agent_id, status=status, **asked)


@query
async def count(
    on: Executor,
    *,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
    fact_id: UUID | None = None,
    event_id: UUID | None = None,
    status: Status | None = _ACTIVE,
    **filters: Unpack[Filters],
) -> int:
    """The number of live insights that pass all the given filters, which are those of `page`. Raises InvalidInput."""
    ...


@query
async def supporting(on: Executor, *, id: UUID, after: Support | Cursor | UUID | None = None, limit: Limit = 100) -> list[Support]:
    """The facts and events that support insight `id`, in the order of their ids. `after`: see `memdb.Cursor`."""
    ...


@query
async def unsupported(on: Executor, *, agent_id: UUID, after: Insight | Cursor | UUID | None = None, limit: Limit = 100) -> list[Insight]:
    """The agent's active insights whose supporting facts have all been superseded, invalidated or deleted, oldest first.

    Insights without supporting facts are left out. `after`: see `memdb.Cursor`.
    """
    ...


@query
async def unembedded(
    on: Executor, *, agent_id: UUID | None = None, after: Insight | Cursor | UUID | None = None, limit: Limit = 100
) -> list[Insight]:
    """Active insights without an embedding, oldest first; for `embed`. `after`: see `memdb.Cursor`."""
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
    """Part of `search`: comparing all."""
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
    """The agent's active insights, about one user or all, that best answer a text, an embedding of it, or (best) both.

    - embedding: by cosine similarity. Every insight with an embedding is a candidate.
    - text: by BM25 over title and content. An insight must have a word in common with it, in any inflection of the organization's language.
      "Quoted phrases" and -words count as in `memories.search`.

    The score is the sum of both, each scaled to 0..1 over the scope. Ties go to the newer. The result has min(`limit`, number of
    candidates) hits, best first. All of the scope is compared.

    Raises InvalidInput, also for a zero embedding.
    """
    vector = asked(text, embedding, on.dimension)
    return await search_exact(
        on, agent_id=agent_id, text=text, embedding=vector, user_id=user_id, type=type, min_confidence=min_confidence, limit=limit
    )
