"""Reading threads and their checkpoints, each with its values and what was written for the step after it."""

from __future__ import annotations

from uuid import UUID

from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, Limit
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.threads.structs import Ancestor, Channels, CheckpointCursor, CheckpointId, Namespace, Thread, ThreadCheckpoint, ThreadId, Writes


@query
async def get(on: Executor, *, thread_id: ThreadId, namespace: Namespace = "", id: CheckpointId) -> ThreadCheckpoint | None:
    """The checkpoint `id`, or None."""
    ...


@query
async def latest(on: Executor, *, thread_id: ThreadId, namespace: Namespace = "") -> ThreadCheckpoint | None:
    """The checkpoint of the namespace whose id is the greatest, byte by byte, or None where there is none."""
    ...


@query
async def writes(
    on: Executor, *, thread_id: ThreadId, namespace: Namespace = "", id: CheckpointId, channels: Channels | None = None
) -> Writes | None:
    """What was written for the step after the checkpoint `id`, be that there or not; None where there is no such thread.

    `channels`: only what was written to these.
    """
    ...


@query
async def ancestors(
    on: Executor, *, thread_id: ThreadId, namespace: Namespace = "", id: CheckpointId | None = None, channels: Channels
) -> list[Ancestor]:
    """The checkpoints before `id` (None: before the latest), parent by parent, with what `channels` had there and what was written to them
    for the step after.

    Each channel up to the first that has a value of it, other than a plain None: from that, and what was written since, whoever adds to a
    channel only tells its state.
    """
    ...


@query
async def page(
    on: Executor, *, agent_id: UUID | None = None, user_id: UUID | None = None, before: UUID | None = None, limit: Limit = 50
) -> list[Thread]:
    """The live threads, the newest first; of an agent, of a user, or of the tenant. `before` is the last `key` of the page before."""
    ...


@query
async def page_of_tenant(
    on: Executor,
    *,
    id: CheckpointId | None,
    metadata: JsonObject | None,
    before_id: CheckpointId | None,
    before_thread_id: ThreadId | None,
    before_namespace: Namespace | None,
    limit: Limit,
) -> list[ThreadCheckpoint]:
    """Part of `history`: by the index on ids."""
    ...


@query
async def page_of_thread(
    on: Executor,
    *,
    thread_id: ThreadId,
    id: CheckpointId | None,
    metadata: JsonObject | None,
    before_id: CheckpointId | None,
    before_thread_id: ThreadId | None,
    before_namespace: Namespace | None,
    limit: Limit,
) -> list[ThreadCheckpoint]:
    """Part of `history`: all of a thread's, sorted."""
    ...


@query
async def page_of_namespace(
    on: Executor,
    *,
    thread_id: ThreadId,
    namespace: Namespace,
    id: CheckpointId | None,
    metadata: JsonObject | None,
    before_id: CheckpointId | None,
    before_thread_id: ThreadId | None,
    before_namespace: Namespace | None,
    limit: Limit,
) -> list[ThreadCheckpoint]:
    """Part of `history`: by the key."""
    ...


async def history(
    on: Executor,
    *,
    thread_id: str | None = None,
    namespace: str | None = None,
    id: str | None = None,
    metadata: JsonObject | None = None,
    before: CheckpointCursor | None = None,
    limit: int = 50,
) -> list[ThreadCheckpoint]:
    """Checkpoints, the greatest id first: of a namespace, of all namespaces of a thread, or of all threads of the tenant.

    - `metadata`: only those whose metadata contain this: its keys with these values, objects within objects likewise.
    - `before`: where the page before ended, or any id, for those that are smaller. `limit`: 1 to 1,000.

    Raises InvalidInput, also for a namespace without a thread.
    """
    if namespace is not None and thread_id is None:
        raise InvalidInput("namespace", "is one of a thread: give the thread_id, too")
    cursor = before or CheckpointCursor(None)  # type: ignore[arg-type]
    bounds = {
        "id": id,
        "metadata": metadata,
        "before_id": cursor.id,
        "before_thread_id": cursor.thread_id,
        "before_namespace": cursor.namespace,
        "limit": limit,
    }
    if thread_id is None:
        return await page_of_tenant(on, **bounds)  # type: ignore[arg-type]
    if namespace is None:
        return await page_of_thread(on, thread_id=thread_id, **bounds)  # type: ignore[arg-type]
    return await page_of_namespace(on, thread_id=thread_id, namespace=namespace, **bounds)  # type: ignore[arg-type]
