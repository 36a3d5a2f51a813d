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
    """The live observation `id`, whatever its status, or None."""
    ...


class Page(Filters):
    """What every page is asked for."""

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
    """The agent's live observations that pass all the filters given, newest first. `before`: see `memdb.Cursor`.

    `entity` is one of those that an observation mentions. `status` None means any. `since` (inclusive) and `until` (exclusive) are about
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
    """How many live observations of the agent pass all the filters given; they are those of `page`."""
    ...


@query
async def unembedded(
    on: Executor, *, agent_id: UUID | None = None, after: Observation | Cursor | UUID | None = None, limit: Limit = 100
) -> list[Observation]:
    """Active observations that lack an embedding, oldest first. `after`: see `memdb.Cursor`. For `embed`."""
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
    """Part of `search`: by comparing all."""
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
    """The agent's active observations, of one session or of all, that answer best to a text, an embedding of it, or (best) both.

    - embedding: every observation with an embedding is in the running, by cosine similarity.
    - text: by BM25; an observation needs one word in common with it, in any inflection of the organization's language, or one that counts
      for it from beside it in its session. "Quoted phrases" and -words count as in `memories.search`.

    The score is the sum of both, each scaled to 0..1 over the scope, and of what the words of the ten best count for around them: the four
    before and the four after each of them in its session, the less the more words are between, none from 80 on. Words that more than a
    quarter of the scope has count where they are only; beside an embedding, words that more than two fifths of the agent's observations
    have find none by themselves if there are rarer ones. docs/search.md has more. Of equals the newer comes first. The result has
    min(`limit`, observations in the running) hits, best first. All of the scope is compared.

    Raises InvalidInput, also for a zero embedding.
    """
    vector = asked(text, embedding, on.dimension)
    # A plan for any session reads the whole scope, also where the session's index finds few.
    return await search_exact(
        on, agent_id=agent_id, text=text, embedding=vector, session_id=session_id, limit=limit, plan_for_values=session_id is not None
    )
