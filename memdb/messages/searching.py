"""Searching messages, in one session or across many."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias, TypedDict, Unpack
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, Limit, QueryText, Weight
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.messages.structs import MessageHit, Ranking, Role
from memdb.questions import asked

Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]

_PLAIN: Final = Ranking()


class Asked(TypedDict):
    """The arguments of every search."""

    text: QueryText | None
    embedding: Embedding | None
    session_id: UUID | None
    agent_id: UUID | None
    user_id: UUID | None
    role: Role | None
    since: datetime | None
    until: datetime | None
    limit: Limit


@query
async def search_exact(on: Executor, **asked: Unpack[Asked]) -> list[MessageHit]:
    """Part of `search`: by an embedding and a text."""
    ...


@query
async def search_ranked(
    on: Executor,
    *,
    centring: Share,
    bm25_b: Share,
    context_share: Share,
    length_weight: Weight,
    first_person_weight: Weight,
    question_weight: Weight,
    answer_weight: Weight,
    named_weight: Weight,
    **asked: Unpack[Asked],
) -> list[MessageHit]:
    """Part of `search`: with all weights."""
    ...


async def search(
    on: Executor,
    *,
    text: str | None = None,
    embedding: Embedding | None = None,
    session_id: UUID | None = None,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
    role: Role | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    ranking: Ranking = _PLAIN,
    limit: int = 10,
) -> list[MessageHit]:
    """The live messages that best answer a text, an embedding of it, or both: in one session, or in all of an agent, a user or the tenant.

    They are ranked as by `memories.search`: by the sum of cosine similarity and BM25, each scaled to 0..1 over the scope, and of the words
    that the ten best lend to the messages around them, so that the words of a question help to find its answer. "Quoted phrases" and
    -exclusions work in the same way. `ranking` says what counts; `Ranking.conversation()` is for what people say to one another (measured
    in docs/search.md). `since` and `until` refer to `sent_at`. Ties go to the later. Every message of the scope is compared, so limit large
    scopes.

    Archived sessions are not searched. Raises InvalidInput, also for a zero embedding.
    """
    vector = asked(text, embedding, on.dimension)
    if not isinstance(ranking, Ranking):
        raise InvalidInput("ranking", f"must be a Ranking of memdb.messages, not {type(ranking).__name__}")
    given: Asked = {
        "text": text,
        "embedding": vector,
        "session_id": session_id,
        "agent_id": agent_id,
        "user_id": user_id,
        "role": role,
        "since": since,
        "until": until,
        "limit": limit,
    }
    if ranking == _PLAIN:
        return await search_exact(on, **given)
    weights: dict[str, Any] = msgspec.structs.asdict(ranking)
    return await search_ranked(on, **weights, **given)
