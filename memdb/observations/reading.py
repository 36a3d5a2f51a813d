"""Reading by key, by page and by search."""

from __future__ import annotations

from typing import Final, Unpack
from uuid import UUID

from memdb.engine.arguments import unpacking
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, Limit, QueryText
from memdb.engine.own import query
from memdb.observations.structs import Filters, Observation, ObservationHit, Status
from memdb.questions import asked

_ACTIVE: Final = "active"


@query
async def get(on: Executor, *, id: UUID) -> Observation | None:
    """The live observation `id`, of any status, or None."""
    ...


class Page(Filters):
    """The arguments of every page."""

    before: Observation | Cursor | UUID | None
    limit: Limit


@query
async def page_of_active(on: Executor, *, agent_id: UUID, **asked: Unpack[Page]) -> list[Observation]:
    """Part of `page`: by the index of the agent's active observations."""
    ...


@query
async def page_of_agent(on: Executor, *, agent_id: UUID, status: Status | None, **asked: Unpack[Page]) -> list[Observation]:
    """Part of `page`: by the index of the agent's observations."""
    ...


@query
async def page_of_session(
    on: Executor, *, session_id: UUID, agent_id: UUID, status: Status | None, **asked: Unpack[Page]
) -> list[Observation]:
    """Part of `page`: by the index of the session's observations."""
    ...


@unpacking
async def page(
    on: Executor,
    *,
    agent_id: UUID,
    session_id: UUID | None = None,
    status: Status | None = _ACTIVE,
    before: Observation | Cursor | UUID | None = None,
    limit: int = 50,
    **filters: Unpack[Filters],
) -> list[Observation]:
    """The agent's live observations that pass all the given filters, newest first. `before`: see `memdb.Cursor`.

    `entity` is one of those that an observation mentions. `status` None means any. `since` (inclusive) and `until` (exclusive) refer to
    `observed_at`. `limit` is 1 to 1,000.
    """
    asked: Page = {**filters, "before": before, "limit": limit}
    if session_id is not None:
        return await page_of_session(on, session_id=session_id, agent_id=agent_id, status=status, **asked)
    if status == _ACTIVE:
        return await page_of_active(on, agent_id=agent_id, **asked)
    return await page_of_agent(on, agent_id=agent_id, status=status, **asked)


@query
async def count(
    on: Executor, *, agent_id: UUID, session_id: UUID | None = None, status: Status | None = _ACTIVE, **filters: Unpack[Filters]
) -> int:
    """The number of the agent's live observations that pass all the given filters, which are those of `page`."""
    ...


@query
async def unembedded(
    on: Executor, *, agent_id: UUID | None = None, after: Observation | Cursor | UUID | None = None, limit: Limit = 100
) -> list[Observation]:
    """Active observations without an embedding, oldest first; for `embed`. `after`: see `memdb.Cursor`."""
    ...


@query
async def search_exact(
    on: Executor,
    *,
    agent_id: UUID,
    text: QueryText | None,
    embedding: Embedding | None,
    session_id: UUID | None,
    limit: Limit,
    plan_for_values: bool,
) -> list[ObservationHit]:
    """Part of `search`: comparing all."""
    ...


async def search(
    on: Executor,
    *,
    agent_id: UUID,
    text: str | None = None,
    embedding: Embedding | None = None,
    session_id: UUID | None = None,
    limit: int = 10,
) -> list[ObservationHit]:
    """The agent's active observations, of one session or of all, that best answer a text, an embedding of it, or (best) both.

    - embedding: by cosine similarity. Every observation with an embedding is a candidate.
    - text: by BM25. An observation must have a word in common with it, in any inflection of the organization's language, or be lent one by
      a neighbour in its session. "Quoted phrases" and -words count as in `memories.search`.

    The score is the sum of both, each scaled to 0..1 over the scope, and of the words that the ten best lend to those around them: up to
    four before and four after each in its session, decreasing with the number of words in between, to none at 80. A word in more than a
    quarter of the scope counts only where it occurs. In a search with an embedding, a word in more than two fifths of the agent's
    observations does not make an observation a candidate if the text has rarer words. docs/search.md has more. Ties go to the newer. The
    result has min(`limit`, number of candidates) hits, best first. All of the scope is compared.

    Raises InvalidInput, also for a zero embedding.
    """
    vector = asked(text, embedding, on.dimension)
    # A generic plan reads the whole scope, even if the session's index finds few rows.
    return await search_exact(
        on, agent_id=agent_id, text=text, embedding=vector, session_id=session_id, limit=limit, plan_for_values=session_id is not None
    )
