"""Comparing two spaces."""

from __future__ import annotations

from uuid import UUID

from memdb.engine.executor import Executor
from memdb.engine.inputs import Ids, Limit
from memdb.engine.own import query
from memdb.spaces.structs import Comparison, Nearest


@query
async def sample(on: Executor, *, agent_id: UUID, limit: Limit) -> list[UUID]:
    """Part of `compare`: a sample of the memories in the space."""
    ...


@query
async def nearest_of(on: Executor, *, agent_id: UUID, ids: Ids, limit: Limit) -> list[Nearest]:
    """Part of `compare`: their nearest neighbours."""
    ...


async def compare(first: Executor, second: Executor, *, agent_id: UUID, memories: int = 100, limit: int = 10) -> Comparison:
    """Compare the nearest neighbours of up to `memories` of an agent's memories in two spaces, by the share that both have in common.

    Of each memory, the `limit` nearest are compared. `first` and `second` are executors of one tenant, on databases connected with
    different models.
    """
    ids = await sample(second, agent_id=agent_id, limit=memories)
    ours, theirs = [
        {each.memory_id: set(each.nearest) for each in await nearest_of(on, agent_id=agent_id, ids=ids, limit=limit)}
        for on in (first, second)
    ]
    shares = [len(ours[id] & theirs[id]) / max(len(ours[id]), 1) for id in ours.keys() & theirs.keys()]
    return Comparison(len(shares), sum(shares) / max(len(shares), 1))
