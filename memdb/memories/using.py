"""How memories are used and what agents think of them."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb.engine.executor import Executor
from memdb.engine.inputs import Ids, Limit, Name, Notes
from memdb.engine.own import query
from memdb.memories.structs import Memory, Usage, Usefulness, Vote

Ballot: TypeAlias = Literal["positive", "negative", "neutral"]
UsedIds: TypeAlias = Annotated[list[UUID], Meta(max_length=10_000)]


@query
async def record_use(on: Executor, *, retrieved: UsedIds = [], injected: UsedIds = []) -> int:  # noqa: B006
    """Count that memories were retrieved, and injected into a prompt; ids may repeat, up to 10,000 each. How many memories were counted.

    Reading counts nothing by itself: collect the ids and call this once in a while, off the critical path. Ids that are not the tenant's
    are left out, and a suspended tenant's reads count, too.
    """
    ...


@query
async def usage(on: Executor, *, ids: Ids) -> list[Usage]:
    """How often the memories were used, in the order of the ids, deleted ones included; what is not there is left out."""
    ...


@query
async def hot(on: Executor, *, agent_id: UUID, limit: Limit = 50) -> list[Memory]:
    """The agent's most useful memories that are active and true now, by votes; of equals the newer first. One read of an index."""
    ...


@query(absent="memory or agent")
async def vote(
    on: Executor,
    *,
    id: UUID,
    agent_id: UUID,
    vote: Ballot,
    session_id: UUID | None = None,
    trace_id: Name | None = None,
    notes: Notes | None = None,
) -> Usefulness:
    """An agent's vote on a memory, in place of the one it cast before; neutral takes it back. The memory's version stays.

    Raises NotFound if the memory or the agent is not there, WritesRefused, InvalidInput.
    """
    ...


@query
async def votes(on: Executor, *, id: UUID) -> list[Vote]:
    """The votes on a memory, the latest first, at most 1,000."""
    ...
