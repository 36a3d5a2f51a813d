"""Removing threads as a whole or in part."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from memdb.engine.arguments import listed
from memdb.engine.executor import Executor
from memdb.engine.own import query
from memdb.errors import InvalidInput, UnderLegalHold
from memdb.threads.structs import RunIds, Thread, ThreadId, ThreadIds


class HistoryNeeded(InvalidInput):
    """The state of some of the threads depends on all their checkpoints; nothing was removed."""


class RunsRemoved(msgspec.Struct, frozen=True):
    """The number of checkpoints removed, or the hold that forbids it."""

    hold: str | None
    checkpoints: int


class OldRemoved(msgspec.Struct, frozen=True):
    """The number of checkpoints removed, or the hold that forbids it, or the threads that need theirs."""

    hold: str | None
    dependent: list[str]
    checkpoints: int


@query
async def delete(on: Executor, *, thread_ids: ThreadIds) -> int:
    """Soft-delete up to 1,000 threads with their contents, and return how many existed. A new thread may take a deleted one's name.

    They are removed when they are purged (`memdb.retention`), which a legal hold forbids. Raises InvalidInput, WritesRefused.
    """
    ...


@query(absent="deleted thread", key="thread_id")
async def restore(on: Executor, *, thread_id: ThreadId) -> Thread:
    """Restore the last deleted thread of this name that has not been purged.

    Raises NotFound, AlreadyExists if a new one has taken its name, WritesRefused.
    """
    ...


@query
async def remove_runs(on: Executor, *, run_ids: RunIds) -> RunsRemoved:
    """Part of `delete_runs`."""
    ...


@query
async def remove_old(on: Executor, *, thread_ids: ThreadIds) -> OldRemoved:
    """Part of `prune`."""
    ...


async def delete_runs(on: Executor, *, run_ids: Sequence[str]) -> int:
    """Remove the checkpoints of up to 1,000 runs permanently, and return their number.

    The writes after them are removed as well, and the values that no other checkpoint has. Later checkpoints stay, with a parent that no
    longer exists. Do not call this while a graph continues from one of them. Raises UnderLegalHold, InvalidInput, WritesRefused.
    """
    removed = await remove_runs(on, run_ids=listed("run_ids", run_ids))
    if removed.hold is not None:
        raise UnderLegalHold(removed.hold)
    return removed.checkpoints


async def prune(on: Executor, *, thread_ids: Sequence[str]) -> int:
    """Remove all checkpoints except the last of each namespace of up to 1,000 threads, permanently, all or none; returns their number.

    The last ones stay unchanged, except for their parents. Writes for a checkpoint that does not exist yet stay, too. A namespace with a
    root is removed with its root. Raises HistoryNeeded, UnderLegalHold, InvalidInput, WritesRefused.
    """
    removed = await remove_old(on, thread_ids=listed("thread_ids", thread_ids))
    if removed.hold is not None:
        raise UnderLegalHold(removed.hold)
    if removed.dependent:
        raise HistoryNeeded(
            "thread_ids", f"must be of threads that do not need all their checkpoints, as do {', '.join(removed.dependent)}"
        )
    return removed.checkpoints
