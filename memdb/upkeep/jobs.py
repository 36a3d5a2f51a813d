"""The upkeep jobs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb import clusters
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit, check_for
from memdb.engine.own import query
from memdb.errors import InvalidInput, NotFound
from memdb.upkeep.structs import KeptApart, Step, Upkept

Days: TypeAlias = Annotated[float, Meta(ge=0, le=36_500)]
Progress: TypeAlias = Callable[[int], None]

_BATCH = 1000
_check_stale_after = check_for("stale_after", timedelta)


@query
async def kept_apart(on: Executor) -> list[KeptApart]:
    """Rows that equal an older row since a migration made all case folding alike, and were left as they are; at most 1,000.

    Merge the two, delete one, or change one's content or address. Until then, adding the same again gives the older one.
    """
    ...


@query(absent="agent")
async def score_facts(on: Executor, *, agent_id: UUID, after: UUID | None, limit: Limit) -> Step:
    """Part of `refresh_vitality`."""
    ...


async def refresh_vitality(on: Executor, *, agent_id: UUID, progress: Progress | None = None) -> Upkept:
    """Recompute the vitality of the agent's active facts, and which are stale: below 0.2, importance below 0.8, not sensitive.

    Changes of less than 0.005 are not stored. Works in batches of 1,000; `progress` is called with the number of facts of each. Raises
    NotFound for an unknown agent, WritesRefused.
    """
    return await _walk(lambda after: score_facts(on, agent_id=agent_id, after=after, limit=_BATCH), progress)


@query(absent="agent")
async def age_some_edges(on: Executor, *, agent_id: UUID, days: Days, after: UUID | None, limit: Limit) -> Step:
    """Part of `age_edges`."""
    ...


async def age_edges(on: Executor, *, agent_id: UUID, days: float = 7.0, progress: Progress | None = None) -> Upkept:
    """Age the agent's edges: add 0.05 to those used within 7 days, up to 1, and subtract a tenth from those unused for 90, down to 0.1.

    Each edge is aged at most once in `days`, however often this is called. Works in batches of 1,000; `progress` is called with the number
    of edges of each. Raises NotFound for an unknown agent, InvalidInput, WritesRefused.
    """
    return await _walk(lambda after: age_some_edges(on, agent_id=agent_id, days=days, after=after, limit=_BATCH), progress)


@query
async def end_some_expired_facts(on: Executor, *, limit: Limit) -> int:
    """Part of `end_expired_facts`."""
    ...


async def end_expired_facts(on: Executor, *, progress: Progress | None = None) -> int:
    """Invalidate the tenant's facts whose time to live is over, as of that time, with the edges whose evidence they are.

    Expired facts are not found in any case; this frees their place. Facts of agents that take no writes are skipped. Works in batches of
    1,000; `progress` is called with the number of each. Concurrent calls end each fact once. Returns how many this call ended.
    """
    total = 0
    while ended := await end_some_expired_facts(on, limit=_BATCH):
        total += ended
        if progress is not None:
            progress(ended)
    return total


@query(absent="agent")
async def weigh_entities(on: Executor, *, agent_id: UUID) -> Upkept:
    """Recompute the importance of the agent's entities.

    It is 0.30 by the facts that name them, 0.25 by when they were last seen (half-life 30 days), 0.25 by their facts' retrievals, and 0.20
    by their edges, each scaled from the least to the greatest among the agent's entities. This is one statement, because each importance
    depends on all entities. Raises NotFound for an unknown agent, WritesRefused.
    """
    ...


async def refresh_clusters(
    on: Executor, *, agent_id: UUID | None = None, stale_after: timedelta = timedelta(days=1), progress: Progress | None = None
) -> int:
    """Refresh the active clusters, of one agent or of all, that were not refreshed within `stale_after`; returns their number.

    `progress` is called with 1 for each. Raises InvalidInput, WritesRefused.
    """
    if _check_stale_after(stale_after, 0) < timedelta(0):
        raise InvalidInput("stale_after", "must not be negative")
    since, total = datetime.now(UTC) - stale_after, 0
    # By the server's clock, which may be behind this one, a cluster just refreshed here may still be due.
    had: set[UUID] = set()
    while due := [each for each in await clusters.to_refresh(on, refreshed_before=since, agent_id=agent_id) if each.id not in had]:
        for cluster in due:
            had.add(cluster.id)
            try:
                await clusters.refresh(on, id=cluster.id)
            except (NotFound, InvalidInput):
                # It was deleted, merged or retired meanwhile, and is no longer due.
                continue
            total += 1
            if progress is not None:
                progress(1)
    return total


async def _walk(batch: Callable[[UUID | None], Awaitable[Step]], progress: Progress | None) -> Upkept:
    seen = changed = 0
    after: UUID | None = None
    while True:
        step = await batch(after)
        seen, changed, after = seen + step.seen, changed + step.changed, step.after
        if progress is not None and step.seen:
            progress(step.seen)
        if after is None:
            return Upkept(seen, changed)
