"""Searching what was said, in one session or across many."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, Limit, QueryText
from memdb.engine.own import query
from memdb.messages.structs import MessageHit, Role
from memdb.questions import asked


@query
async def search_scope(
    on: Executor,
    *,
    text: QueryText | None,
    embedding: Embedding | None,
    session_id: UUID | None,
    agent_id: UUID | None,
    user_id: UUID | None,
    role: Role | None,
    since: datetime | None,
    until: datetime | None,
    limit: Limit,
) -> list[MessageHit]:
    """Part of `search`."""
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
    limit: int = 10,
) -> list[MessageHit]:
    """The live messages that answer best to a text, an embedding of it, or both: in one session, or all of an agent, a user or the tenant.

    Ranked as by `memories.search` by default: the sum of cosine similarity and BM25, each scaled to 0..1 over the scope; with the same
    "quoted phrases" and -exclusions. `since` and `until` are about `sent_at`. Of equals the later comes first. Every message of the
    scope is compared: give large ones bounds.

    Archived sessions are not searched. Raises InvalidInput, also for a zero embedding.
    """
    vector = asked(text, embedding, on.dimension)
    return await search_scope(
        on,
        text=text,
        embedding=vector,
        session_id=session_id,
        agent_id=agent_id,
        user_id=user_id,
        role=role,
        since=since,
        until=until,
        limit=limit,
    )
