"""Removing threads, whole or in part."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from memdb.engine.executor import Executor
from memdb.engine.own import query
from memdb.errors import InvalidInput, UnderLegalHold
from memdb.threads.structs import RunIds, Thread, ThreadId, ThreadIds


class HistoryNeeded(InvalidInput):
    """The state of some of the threads is told by all their checkpoints; nothing was removed."""


class RunsRemoved(msgspec.Struct, frozen=True):
    """How many checkpoints were removed, or the hold that forbids it."""

    hold: str | None
    checkpoints: int


class OldRemoved(msgspec.Struct, frozen=True):
    """How many checkpoints were removed, or the hold that forbids it, or the threads that need theirs."""

    hold: str | None
    dependent: list[str]
    checkpoints: int


@query
async def delete(on: Executor, *, thread_ids: ThreadIds) -> int:
    """Delete up to 1,000 threads, with all that is in them; returns how many there were. A new thread may take the name of a deleted one.

    They are removed when they are purged (`memdb.retention`), which a legal hold forbids. Raises InvalidInput, WritesRefused.
    """
    ...


@query(absent="deleted thread", key="thread_id")
async def restore(on: Executor, *, thread_id: ThreadId) -> Thread:
    """Undo the last deletion of a thread that is not purged yet.

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
    """Remove the checkpoints that were put for up to 1,000 runs, for good; returns how many there were.

    What was written after them goes as well, and the values that no other checkpoint has; what was put after them stays, with a parent that
    is gone. While a graph goes on from one of them, let it be. Raises UnderLegalHold, InvalidInput, WritesRefused.
    """
    removed = await remove_runs(on, run_ids=list(run_ids))
    if removed.hold is not None:
        raise UnderLegalHold(removed.hold)
    return removed.checkpoints


async def prune(on: Executor, *, thread_ids: Sequence[str]) -> int:
    """Remove all checkpoints but the last of each namespace of up to 1,000 threads, for good, or none of them; returns how many they were.

    The last ones stay as they are, less their parents; what was written for a checkpoint that is not there yet stays, too. A namespace with
    a root goes with it. Raises HistoryNeeded, UnderLegalHold, InvalidInput, WritesRefused.
    """
    removed = await remove_old(on, thread_ids=list(thread_ids))
    if removed.hold is not None:
        raise UnderLegalHold(removed.hold)
    if removed.dependent:
        raise HistoryNeeded(
            "thread_ids", f"must be of threads that do not need all their checkpoints, as do {', '.join(removed.dependent)}"
        )
    return removed.checkpoints
