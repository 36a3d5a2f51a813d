"""Reading by key, by page and by search."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias, Unpack
from uuid import UUID

from msgspec import Meta

from memdb.engine.arguments import unpacking
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, Limit, QueryText, Weight
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.events.structs import Event, EventHit, Filters
from memdb.questions import asked

HalfLife: TypeAlias = Annotated[float, Meta(ge=0.01, le=36_500)]


@query
async def get(on: Executor, *, id: UUID) -> Event | None:
    """The event `id`, or None."""
    ...


class Page(Filters):
    """The arguments of every page."""

    before: Event | Cursor | None
    limit: Limit


@query
async def page_of_agent(on: Executor, *, agent_id: UUID, **asked: Unpack[Page]) -> list[Event]:
    """Part of `page`: by the index of the agent's events."""
    ...


@query
async def page_of_session(
    on: Executor, *, session_id: UUID, agent_id: UUID | None, user_id: UUID | None, **asked: Unpack[Page]
) -> list[Event]:
    """Part of `page`: by the index of the session's events."""
    ...


@query
async def page_of_user(on: Executor, *, user_id: UUID, agent_id: UUID | None, **asked: Unpack[Page]) -> list[Event]:
    """Part of `page`: by the index of the user's events."""
    ...


@unpacking
async def page(
    on: Executor,
    *,
    agent_id: UUID | None = None,
    session_id: UUID | None = None,
    user_id: UUID | None = None,
    before: Event | Cursor | None = None,
    limit: int = 50,
    **filters: Unpack[Filters],
) -> list[Event]:
    """The events of an agent, a session or a user, or of a combination of them (at least one), most recent first.

    `since` (inclusive) and `until` (exclusive) refer to `occurred_at`. `limit` is 1 to 1,000.
    """
    asked: Page = {**filters, "before": before, "limit": limit}
    if session_id is not None:
        return await page_of_session(on, session_id=session_id, agent_id=agent_id, user_id=user_id, **asked)
    if user_id is not None:
        return await page_of_user(on, user_id=user_id, agent_id=agent_id, **asked)
    if agent_id is not None:
        return await page_of_agent(on, agent_id=agent_id, **asked)
    raise InvalidInput("agent_id", "or session_id or user_id must be given")


@query
async def count(
    on: Executor, *, agent_id: UUID | None = None, session_id: UUID | None = None, user_id: UUID | None = None, **filters: Unpack[Filters]
) -> int:
    """The number of events that pass all the given filters, which are those of `page`. Raises InvalidInput."""
    ...


@query
async def unembedded(
    on: Executor, *, agent_id: UUID | None = None, after: Event | Cursor | UUID | None = None, limit: Limit = 100
) -> list[Event]:
    """Events without an embedding, in the order of their ids; for `embed`. `after`: see `memdb.Cursor`."""
    ...


@query
async def search_exact(
    on: Executor,
    *,
    agent_id: UUID,
    text: QueryText | None,
    embedding: Embedding | None,
    session_id: UUID | None,
    user_id: UUID | None,
    at: datetime | None,
    half_life: HalfLife,
    similarity_weight: Weight,
    text_weight: Weight,
    recency_weight: Weight,
    importance_weight: Weight,
    limit: Limit,
    plan_for_values: bool,
    **filters: Unpack[Filters],
) -> list[EventHit]:
    """Part of `search`: comparing all."""
    ...


@unpacking
async def search(
    on: Executor,
    *,
    agent_id: UUID,
    text: str | None = None,
    embedding: Embedding | None = None,
    session_id: UUID | None = None,
    user_id: UUID | None = None,
    at: datetime | None = None,
    half_life: float = 14.0,
    similarity_weight: float = 0.6,
    text_weight: float = 0.6,
    recency_weight: float = 0.3,
    importance_weight: float = 0.1,
    limit: int = 8,
    **filters: Unpack[Filters],
) -> list[EventHit]:
    """The agent's events that best answer a text, an embedding of it, or both, favouring recent and important ones.

    - embedding: by cosine similarity. Every event with an embedding is a candidate.
    - text: by BM25. An event must have a word in common with it, in any inflection of the organization's language, or the day on which it
      happened. "Quoted phrases" and -words count as in `memories.search`.
    - `since` (inclusive) and `until` (exclusive) refer to `occurred_at`. All of the scope is compared, so limit large scopes.

    The score is the sum of similarity, words, recency and importance, each from 0 to 1 times its weight; by default 0.6, 0.6, 0.3 and 0.1,
    arandu's weights. Recency halves every `half_life` days before `at` (None: now). Ties go to the more recent event.

    Raises InvalidInput, also for a zero embedding.
    """
    vector = asked(text, embedding, on.dimension)
    return await search_exact(
        on,
        agent_id=agent_id,
        text=text,
        embedding=vector,
        session_id=session_id,
        user_id=user_id,
        at=at,
        half_life=half_life,
        similarity_weight=similarity_weight,
        text_weight=text_weight,
        recency_weight=recency_weight,
        importance_weight=importance_weight,
        limit=limit,
        # A generic plan may read all of the organization's events, or the whole scope whatever the filter.
        plan_for_values=True,
        **filters,
    )
