"""Writing checkpoints and the writes between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from memdb.engine.arguments import listed
from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.threads.structs import (
    Channel,
    CheckpointId,
    Data,
    DataType,
    Namespace,
    Needs,
    NewValue,
    NewWrite,
    Position,
    RunId,
    TaskId,
    TaskPath,
    ThreadId,
)

_MANY = Meta(max_length=10_000)


@query(absent="organization or agent", key="agent_id")
async def insert(
    on: Executor,
    *,
    thread_id: ThreadId,
    agent_id: UUID | None,
    user_id: UUID | None,
    namespace: Namespace,
    id: CheckpointId,
    parent_id: CheckpointId | None,
    root_id: CheckpointId | None,
    run_id: RunId | None,
    needs: Needs,
    versions: JsonObject,
    metadata: JsonObject,
    plain: JsonObject,
    state: JsonObject,
    new_versions: JsonObject,
    channels: Annotated[list[Channel], _MANY],
    types: list[DataType],
    data: list[Data],
) -> bool:
    """Part of `put`."""
    ...


@query(absent="organization or agent", key="agent_id")
async def insert_writes(
    on: Executor,
    *,
    thread_id: ThreadId,
    agent_id: UUID | None,
    user_id: UUID | None,
    namespace: Namespace,
    checkpoint_id: CheckpointId,
    task_id: TaskId,
    task_path: TaskPath,
    replace: bool,
    positions: Annotated[list[Position], _MANY],
    channels: list[Channel],
    types: list[DataType],
    data: list[Data],
) -> UUID:
    """Part of `put_writes`."""
    ...


async def put(
    on: Executor,
    *,
    thread_id: str,
    namespace: str = "",
    id: str,
    parent_id: str | None = None,
    root_id: str | None = None,
    run_id: str | None = None,
    needs: Needs = "nothing",
    versions: JsonObject | None = None,
    metadata: JsonObject | None = None,
    plain: JsonObject | None = None,
    state: JsonObject | None = None,
    values: Iterable[NewValue] = (),
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
) -> bool:
    """Store a checkpoint and the values that are new with it; returns whether it is new.

    An existing checkpoint takes the given fields, but keeps its parent.

    - `thread_id`, `namespace`: up to 1,024 bytes. The first checkpoint creates the thread, owned by the agent and the user if these are
      given: their holds and erasures apply to all of its contents.
    - `id`: 1 to 256 bytes; checkpoints are in the order of their ids, compared as bytes. `parent_id` is the previous checkpoint's id.
    - `versions`: one for each channel, text or a number, at most 1 MiB of JSON. A channel's value is the one stored with this version, by
      whichever checkpoint. The first value of a version stays.
    - `plain`: values that are stored as JSON, again in each checkpoint; `state`: its other contents. Each is a JSON object of at most 16
      MiB, `metadata` one of at most 1 MiB; a value of `values` has at most 256 MiB.
    - `root_id`: in a namespace of a nested graph that ends with its call, the checkpoint of the namespace '' that called it.
    - `needs`: what else the state depends on: nothing, the writes to the parent, or the writes to all ancestors.

    Raises InvalidInput, NotFound for an unknown agent or user, WritesRefused.
    """
    given = listed("values", values)
    return await insert(
        on,
        thread_id=thread_id,
        agent_id=agent_id,
        user_id=user_id,
        namespace=namespace,
        id=id,
        parent_id=parent_id,
        root_id=root_id,
        run_id=run_id,
        needs=needs,
        versions={} if versions is None else versions,
        metadata={} if metadata is None else metadata,
        plain={} if plain is None else plain,
        state={} if state is None else state,
        new_versions=_versions(given),
        channels=[each.channel for each in given],
        types=[each.type for each in given],
        data=[each.data for each in given],
    )


def _versions(values: list[NewValue]) -> dict[str, Any]:
    if not all(isinstance(each, NewValue) for each in values):
        raise InvalidInput("values", "must be NewValue objects")
    versions = {each.channel: each.version for each in values}
    if len(versions) < len(values):
        raise InvalidInput("values", "must be of different channels")
    for version in versions.values():
        if isinstance(version, bool) or not isinstance(version, str | int | float):
            raise InvalidInput("version", f"must be a str, an int or a float, not {type(version).__name__}")
    return versions


async def put_writes(
    on: Executor,
    *,
    thread_id: str,
    namespace: str = "",
    checkpoint_id: str,
    task_id: str,
    task_path: str = "",
    writes: Iterable[NewWrite],
    replace: bool = False,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
) -> None:
    """Store a task's writes for the step after a checkpoint. The checkpoint, and the thread, may be created later.

    - `task_id`: up to 256 bytes, `task_path`: up to 8,192. Writes are sorted by path, task and position.
    - `replace`: whether an existing write at the same position of the task is replaced, or stays.

    Raises as `put` does.
    """
    given = listed("writes", writes)
    if not all(isinstance(each, NewWrite) for each in given):
        raise InvalidInput("writes", "must be NewWrite objects")
    await insert_writes(
        on,
        thread_id=thread_id,
        agent_id=agent_id,
        user_id=user_id,
        namespace=namespace,
        checkpoint_id=checkpoint_id,
        task_id=task_id,
        task_path=task_path,
        replace=replace,
        positions=[each.position for each in given],
        channels=[each.channel for each in given],
        types=[each.type for each in given],
        data=[each.data for each in given],
    )


@query(absent="thread", key="thread_id")
async def copy(on: Executor, *, thread_id: ThreadId, to_thread_id: ThreadId) -> int:
    """Copy a thread's contents into another, new or existing, whose own contents stay. Returns how many checkpoints were copied.

    Raises NotFound if there is no thread to copy, InvalidInput, WritesRefused.
    """
    ...
