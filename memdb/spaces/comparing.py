"""Comparing two spaces."""

from __future__ import annotations

from uuid import UUID

from memdb.engine.executor import Executor
from memdb.engine.inputs import Ids, Limit
from memdb.engine.own import query
from memdb.spaces.structs import Comparison, Nearest


@query
async def sample(on: Executor, *, agent_id: UUID, limit: Limit) -> list[UUID]:
    """Part of `compare`: some memories that the space has."""
    ...


@query
async def nearest_of(on: Executor, *, agent_id: UUID, ids: Ids, limit: Limit) -> list[Nearest]:
    """Part of `compare`: what is nearest to them."""
    ...


async def compare(first: Executor, second: Executor, *, agent_id: UUID, memories: int = 100, limit: int = 10) -> Comparison:
    """How alike two spaces are on an agent's memories: of up to `memories` of them, the share of the `limit` nearest that both agree on.

    `first` and `second` are executors of one tenant, on databases that were connected with different models.
    """
    ids = await sample(second, agent_id=agent_id, limit=memories)
    ours, theirs = [
        {each.memory_id: set(each.nearest) for each in await nearest_of(on, agent_id=agent_id, ids=ids, limit=limit)}
        for on in (first, second)
    ]
    shares = [len(ours[id] & theirs[id]) / max(len(ours[id]), 1) for id in ours.keys() & theirs.keys()]
    return Comparison(len(shares), sum(shares) / max(len(shares), 1))
