"""Reading by key and by page, due intentions, and those whose conditions match."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Embedding, Limit, QueryText, check_for
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.intentions.structs import Intention, IntentionHit, OpenStatus, Status, Trigger
from memdb.questions import asked

_OPEN: Final = "open"
StatusOrOpen: TypeAlias = Literal["open", "pending", "triggered", "fulfilled", "cancelled", "expired"]

_check_status = check_for("status", StatusOrOpen | None)


@query
async def get(on: Executor, *, id: UUID) -> Intention | None:
    """The live intention `id`, of any status, or None."""
    ...


@query
async def page_of_open(
    on: Executor, *, agent_id: UUID, trigger: Trigger | None, before: Intention | Cursor | UUID | None, limit: Limit
) -> list[Intention]:
    """Part of `page`: by the index of the agent's open intentions."""
    ...


@query
async def page_of_agent(
    on: Executor,
    *,
    agent_id: UUID,
    statuses: list[Status] | None,
    trigger: Trigger | None,
    before: Intention | Cursor | UUID | None,
    limit: Limit,
) -> list[Intention]:
    """Part of `page`: by the index of the agent's intentions."""
    ...


@query
async def page_of_user(
    on: Executor,
    *,
    user_id: UUID,
    agent_id: UUID | None,
    statuses: list[Status] | None,
    trigger: Trigger | None,
    before: Intention | Cursor | UUID | None,
    limit: Limit,
) -> list[Intention]:
    """Part of `page`: by the index of the user's intentions."""
    ...


async def page(
    on: Executor,
    *,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
    status: StatusOrOpen | None = _OPEN,
    trigger: Trigger | None = None,
    before: Intention | Cursor | UUID | None = None,
    limit: int = 50,
) -> list[Intention]:
    """The live intentions of an agent, for a user, or both, that pass all the given filters, newest first.

    `before`: see `memdb.Cursor`. `status` open means pending or triggered; `status` and `trigger` None mean any. `limit` is 1 to 1,000.
    Raises InvalidInput, also if neither agent nor user is given.
    """
    status = _check_status(status, 0)
    statuses: list[Status] | None = None if status is None else ["pending", "triggered"] if status == _OPEN else [status]
    if user_id is not None:
        return await page_of_user(on, user_id=user_id, agent_id=agent_id, statuses=statuses, trigger=trigger, before=before, limit=limit)
    if agent_id is None:
        raise InvalidInput("agent_id", "or user_id must be given")
    if status == _OPEN:
        return await page_of_open(on, agent_id=agent_id, trigger=trigger, before=before, limit=limit)
    return await page_of_agent(on, agent_id=agent_id, statuses=statuses, trigger=trigger, before=before, limit=limit)


@query
async def count(
    on: Executor,
    *,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
    status: StatusOrOpen | None = _OPEN,
    trigger: Trigger | None = None,
) -> int:
    """The number of live intentions that pass all the given filters, which are those of `page`. Raises InvalidInput."""
    ...


@query
async def due_of_agent(on: Executor, *, agent_id: UUID, at: datetime | None, limit: Limit) -> list[Intention]:
    """Part of `due`: by the index of the agent's intentions."""
    ...


@query
async def due_of_tenant(on: Executor, *, at: datetime | None, limit: Limit) -> list[Intention]:
    """Part of `due`: by the index of the tenant's intentions."""
    ...


async def due(on: Executor, *, at: datetime | None = None, agent_id: UUID | None = None, limit: int = 100) -> list[Intention]:
    """Open intentions whose `due_at` is not after `at` (None: now), longest due first, of one agent or of all.

    This includes triggered ones; `claim_due` takes pending ones. `limit` is 1 to 1,000.
    """
    if agent_id is None:
        return await due_of_tenant(on, at=at, limit=limit)
    return await due_of_agent(on, agent_id=agent_id, at=at, limit=limit)


@query
async def unembedded(
    on: Executor, *, agent_id: UUID | None = None, after: Intention | Cursor | UUID | None = None, limit: Limit = 100
) -> list[Intention]:
    """Open intentions whose condition has no embedding, oldest first; for `embed`. `after`: see `memdb.Cursor`."""
    ...


@query
async def search_exact(
    on: Executor,
    *,
    agent_id: UUID,
    text: QueryText | None,
    embedding: Embedding | None,
    user_id: UUID | None,
    trigger: Trigger | None,
    status: OpenStatus | None,
    limit: Limit,
) -> list[IntentionHit]:
    """Part of `matching`: comparing all."""
    ...


async def matching(
    on: Executor,
    *,
    agent_id: UUID,
    text: str | None = None,
    embedding: Embedding | None = None,
    trigger: Trigger | None = None,
    user_id: UUID | None = None,
    status: OpenStatus | None = None,
    limit: int = 10,
) -> list[IntentionHit]:
    """The agent's open intentions, for one user or all, whose conditions best match what happened or is talked about; best first.

    - embedding: by cosine similarity. Every intention whose condition has an embedding is a candidate. Whether it is near enough is for the
      caller to decide, by the hit's `similarity`.
    - text: by BM25. A condition must have a word in common with it, as in `memories.search`.

    The score is the sum of both, each scaled to 0..1 over the scope. Ties go to the newer. All of the scope is compared. `status` None
    means pending or triggered.

    Raises InvalidInput, also for a zero embedding.
    """
    vector = asked(text, embedding, on.dimension)
    return await search_exact(
        on, agent_id=agent_id, text=text, embedding=vector, user_id=user_id, trigger=trigger, status=status, limit=limit
    )
