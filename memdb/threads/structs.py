"""The classes of threads, checkpoints and their contents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal, NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.inputs import JsonObject

# The database checks these sizes in bytes, so that keys fit into their indexes.
ThreadId: TypeAlias = Annotated[str, Meta(max_length=1024)]
Namespace: TypeAlias = Annotated[str, Meta(max_length=1024)]
CheckpointId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]
RunId: TypeAlias = Annotated[str, Meta(max_length=256)]
TaskId: TypeAlias = Annotated[str, Meta(max_length=256)]
TaskPath: TypeAlias = Annotated[str, Meta(max_length=8192)]
Channel: TypeAlias = Annotated[str, Meta(max_length=512)]
Channels: TypeAlias = Annotated[list[Channel], Meta(max_length=1000)]
DataType: TypeAlias = Annotated[str, Meta(max_length=256)]
Data: TypeAlias = Annotated[bytes, Meta(max_length=256 * 1024 * 1024)]
Position: TypeAlias = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
ThreadIds: TypeAlias = Annotated[list[ThreadId], Meta(max_length=1000)]
RunIds: TypeAlias = Annotated[list[RunId], Meta(max_length=1000)]
Needs: TypeAlias = Literal["nothing", "parent", "ancestors"]


class Thread(msgspec.Struct, frozen=True):
    """A live thread. `id` is the caller's name for it; `key` is memdb's id, by which pages are sorted in the order of creation."""

    cursor_fields = ("key",)

    id: str
    key: UUID
    agent_id: UUID | None
    user_id: UUID | None
    created_at: datetime


class Value(NamedTuple):
    """The value of a channel at a checkpoint. `type` says how to read `data`."""

    channel: str
    type: str
    data: bytes


class Values(msgspec.Struct, frozen=True):
    """The values of a checkpoint's channels, one list per field. Iterating gives each as a `Value`."""

    channels: list[str]
    types: list[str]
    data: list[bytes]

    def __iter__(self) -> Iterator[Value]:
        return map(Value, self.channels, self.types, self.data)


class Write(NamedTuple):
    """A task's write to a channel for the step after a checkpoint."""

    task_id: str
    channel: str
    type: str
    data: bytes


class Writes(msgspec.Struct, frozen=True):
    """The writes for the step after a checkpoint, sorted by task path, task and position. Iterating gives each as a `Write`."""

    task_ids: list[str]
    channels: list[str]
    types: list[str]
    data: list[bytes]

    def __iter__(self) -> Iterator[Write]:
        return map(Write, self.task_ids, self.channels, self.types, self.data)


class ThreadCheckpoint(msgspec.Struct, frozen=True):
    """A graph's state. `versions` are those of its channels; `plain` and `values` are their values, as JSON and as bytes."""

    cursor_fields = ("id", "thread_id", "namespace")

    thread_id: str
    namespace: str
    id: str
    parent_id: str | None
    versions: JsonObject
    metadata: JsonObject
    plain: JsonObject
    state: JsonObject
    created_at: datetime
    values: Values
    writes: Writes


class Ancestor(msgspec.Struct, frozen=True):
    """An earlier checkpoint: the values of some channels there, and the writes to them for the step after."""

    id: str
    plain: JsonObject
    values: Values
    writes: Writes


class NewValue(NamedTuple):
    """A channel's value at a version, which is text or a number; `data` is at most 256 MiB."""

    channel: str
    version: str | int | float
    type: str
    data: bytes


class NewWrite(NamedTuple):
    """A write of a task. Negative positions are for what a task writes only once, such as an error."""

    position: int
    channel: str
    type: str
    data: bytes
