"""The use of memories, and agents' votes on them."""

from __future__ import annotations

from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb.engine.executor import Executor
from memdb.engine.inputs import Ids, Limit, Name, Notes
from memdb.engine.own import query
from memdb.memories.structs import Ballot, Memory, Usage, Usefulness, Vote

UsedIds: TypeAlias = Annotated[list[UUID], Meta(max_length=10_000)]


@query
async def record_use(on: Executor, *, retrieved: UsedIds = [], injected: UsedIds = []) -> int:  # noqa: B006
    """Count memories as retrieved, and as injected into a prompt, and return how many memories were counted.

    Ids may repeat, up to 10,000 in each list. Reading counts nothing by itself: collect the ids and call this once in a while, off the
    critical path. Ids that are not the tenant's are skipped. Reads of a suspended tenant count, too.
    """
    ...


@query
async def usage(on: Executor, *, ids: Ids) -> list[Usage]:
    """How often the memories were used, in the order of the ids, including deleted ones; missing ones are skipped."""
    ...


@query
async def hot(on: Executor, *, agent_id: UUID, limit: Limit = 50) -> list[Memory]:
    """The agent's most useful memories, by votes, that are active and valid now. Ties go to the newer. Reads one index range."""
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
    """Store an agent's vote on a memory, replacing its previous one; neutral withdraws it. The memory's version stays.

    Raises NotFound if the memory or the agent does not exist, WritesRefused, InvalidInput.
    """
    ...


@query
async def votes(on: Executor, *, id: UUID) -> list[Vote]:
    """The votes on a memory, latest first, at most 1,000."""
    ...
