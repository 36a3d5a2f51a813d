"""Reading threads and their checkpoints, each with its values and the writes for the step after it."""

from __future__ import annotations

from typing import TypedDict, Unpack
from uuid import UUID

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, Limit
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.threads.structs import Ancestor, Channels, CheckpointId, Namespace, Thread, ThreadCheckpoint, ThreadId, Writes


@query
async def get(on: Executor, *, thread_id: ThreadId, namespace: Namespace = "", id: CheckpointId) -> ThreadCheckpoint | None:
    """The checkpoint `id`, or None."""
    ...


@query
async def latest(on: Executor, *, thread_id: ThreadId, namespace: Namespace = "") -> ThreadCheckpoint | None:
    """The checkpoint of the namespace with the greatest id, compared as bytes, or None if there is none."""
    ...


@query
async def writes(
    on: Executor, *, thread_id: ThreadId, namespace: Namespace = "", id: CheckpointId, channels: Channels | None = None
) -> Writes | None:
    """The writes for the step after the checkpoint `id`, whether or not that exists; None if there is no such thread.

    `channels`: only writes to these.
    """
    ...


@query
async def ancestors(
    on: Executor, *, thread_id: ThreadId, namespace: Namespace = "", id: CheckpointId | None = None, channels: Channels
) -> list[Ancestor]:
    """The checkpoints before `id` (None: before the latest), parent by parent, with the values of `channels` there and the writes to them.

    Each channel is included up to the first checkpoint that has a value of it other than a plain None. From that value and the writes since
    then, a channel that is only added to can be reconstructed.
    """
    ...


@query
async def page(on: Executor, *, before: Thread | Cursor | UUID | None = None, limit: Limit = 50) -> list[Thread]:
    """The live threads, newest first. `before`: see `memdb.Cursor`."""
    ...


@query
async def count(on: Executor) -> int:
    """The number of the tenant's live threads."""
    ...


class History(TypedDict):
    """The arguments of every page of checkpoints."""

    metadata: JsonObject | None
    before: ThreadCheckpoint | Cursor | CheckpointId | None
    limit: Limit


@query
async def page_of_tenant(on: Executor, **asked: Unpack[History]) -> list[ThreadCheckpoint]:
    """Part of `history`: by the index on ids."""
    ...


@query
async def page_of_thread(
    on: Executor, *, thread_id: ThreadId, namespace: Namespace | None, id: CheckpointId | None, **asked: Unpack[History]
) -> list[ThreadCheckpoint]:
    """Part of `history`: all checkpoints of a thread, sorted."""
    ...


@query
async def page_of_namespace(on: Executor, *, thread_id: ThreadId, namespace: Namespace, **asked: Unpack[History]) -> list[ThreadCheckpoint]:
    """Part of `history`: by the key."""
    ...


async def history(
    on: Executor,
    *,
    thread_id: str | None = None,
    namespace: str | None = None,
    id: str | None = None,
    metadata: JsonObject | None = None,
    before: ThreadCheckpoint | Cursor | str | None = None,
    limit: int = 50,
) -> list[ThreadCheckpoint]:
    """Checkpoints, greatest id first: of a namespace, of all namespaces of a thread, or of all threads of the tenant.

    - `id`: only those with this id, one in each namespace.
    - `metadata`: only those whose metadata contain these keys with these values, recursively in objects.
    - `before`: an id selects those with smaller ids. `limit`: 1 to 1,000.

    Raises InvalidInput, also for a namespace or an id without a thread.
    """
    asked: History = {"metadata": metadata, "before": before, "limit": limit}
    if thread_id is None:
        if namespace is not None or id is not None:
            raise InvalidInput("thread_id", "must be given where a namespace or an id is")
        return await page_of_tenant(on, **asked)
    if namespace is None or id is not None:
        return await page_of_thread(on, thread_id=thread_id, namespace=namespace, id=id, **asked)
    return await page_of_namespace(on, thread_id=thread_id, namespace=namespace, **asked)
