"""LangGraph's checkpointer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
    get_checkpoint_id,
)
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.types import TASKS

from memdb import threads
from memdb.adapters.langgraph.checkpoints import FIRST_WITH_SENDS, as_tuple, config_of, histories, to_put
from memdb.adapters.opening import Opening
from memdb.adapters.tenants import of_tenant, owner_of
from memdb.adapters.waiting import Done, wait
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput
from memdb.threads import HistoryNeeded, NewWrite, ThreadCheckpoint

_PAGE: Final = 100
_LARGEST_CALL: Final = 1000


class MemdbSaver(BaseCheckpointSaver[str]):
    """Keeps a graph's checkpoints in a tenant's threads. Create it on the event loop of its database.

    - `tenant`: `db.tenant(org_id)`, or a transaction on it.
    - `serde`: how values become bytes; None is a JsonPlusSerializer. An EncryptedSerializer encrypts all values, but no metadata.
    - `agent_id`, `user_id`: the owners of new threads, for legal holds and erasures.

    The methods without the prefix `a` are for threads other than the event loop's; they block. Raises what `memdb.threads` does.
    """

    def __init__(
        self, tenant: Executor, *, serde: SerializerProtocol | None = None, agent_id: UUID | None = None, user_id: UUID | None = None
    ) -> None:
        super().__init__(serde=_serializer(serde))
        self.tenant = of_tenant("MemdbSaver", tenant, keeps="one tenant's threads")
        self.loop = asyncio.get_running_loop()
        self._owner = owner_of(agent_id, user_id)

    @classmethod
    def from_conn_string(
        cls,
        conn_string: str | None = None,
        *,
        pipeline: bool = False,
        serde: SerializerProtocol | None = None,
        org_id: UUID | None = None,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> Opening[MemdbSaver]:
        """A saver with a database of its own, for `async with` or `with`. `conn_string`: what `memdb.connect` takes, also `embedded:`.

        - `pipeline` has no effect: each call is one round trip.
        - `org_id`: the tenant; None means the organization with the slug "default", which is created if necessary.
        """
        return Opening(conn_string, org_id, lambda tenant: cls(tenant, serde=serde, agent_id=agent_id, user_id=user_id))

    def setup(self) -> Done:
        """Nothing, to be awaited or not: the tables are created by memdb's migrations."""
        return Done()

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        configurable = config["configurable"]
        place = {"thread_id": str(configurable["thread_id"]), "namespace": configurable.get("checkpoint_ns", "")}
        id = get_checkpoint_id(config)
        found = await (threads.get(self.tenant, id=str(id), **place) if id else threads.latest(self.tenant, **place))
        return None if found is None else await self._tuple(found)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        place: dict[str, Any] = {}
        if config:
            configurable = config["configurable"]
            place = {"thread_id": str(configurable["thread_id"]), "namespace": configurable.get("checkpoint_ns")}
            place["id"] = get_checkpoint_id(config) or None
        last: ThreadCheckpoint | str | None = None
        if before is not None:
            if not (id := get_checkpoint_id(before)):
                return
            last = id
        left = limit
        while left is None or left != 0:
            size = _PAGE if left is None else min(left, _PAGE)
            page = await threads.history(self.tenant, metadata=filter or None, before=last, limit=size, **place)
            for each in page:
                yield await self._tuple(each)
            if len(page) < size:
                return
            last = page[-1]
            left = None if left is None else left - size

    async def aput(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, new_versions: ChannelVersions
    ) -> RunnableConfig:
        given = to_put(self.serde, config, checkpoint, metadata, new_versions)
        await threads.put(self.tenant, **given, **self._owner)
        return config_of(given["thread_id"], given["namespace"], given["id"])

    async def aput_writes(self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = "") -> None:
        configurable = config["configurable"]
        if not writes:
            return
        await threads.put_writes(
            self.tenant,
            thread_id=str(configurable["thread_id"]),
            namespace=configurable["checkpoint_ns"],
            checkpoint_id=configurable["checkpoint_id"],
            task_id=task_id,
            task_path=task_path,
            writes=[
                NewWrite(WRITES_IDX_MAP.get(channel, index), channel, *self.serde.dumps_typed(value))
                for index, (channel, value) in enumerate(writes)
            ],
            replace=all(channel in WRITES_IDX_MAP for channel, _ in writes),
            **self._owner,
        )

    async def adelete_thread(self, thread_id: str) -> None:
        await threads.delete(self.tenant, thread_ids=[str(thread_id)])

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        for some in _parts("run_ids", run_ids):
            await threads.delete_runs(self.tenant, run_ids=some)

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        await threads.copy(self.tenant, thread_id=str(source_thread_id), to_thread_id=str(target_thread_id))

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        if strategy not in ("keep_latest", "delete"):
            raise ValueError(f"strategy must be keep_latest or delete, not {strategy!r}")
        for some in _parts("thread_ids", thread_ids):
            if strategy == "delete":
                await threads.delete(self.tenant, thread_ids=some)
                continue
            try:
                await threads.prune(self.tenant, thread_ids=some)
            except HistoryNeeded as error:
                raise NotImplementedError(f"a DeltaChannel needs all checkpoints: {error}") from error

    async def aget_delta_channel_history(self, *, config: RunnableConfig, channels: Sequence[str]) -> Mapping[str, DeltaChannelHistory]:
        configurable = config["configurable"]
        if not channels:
            return {}
        ancestors = await threads.ancestors(
            self.tenant,
            thread_id=str(configurable["thread_id"]),
            namespace=configurable.get("checkpoint_ns", ""),
            id=get_checkpoint_id(config) or None,
            channels=list(channels),
        )
        return histories(self.serde, channels, ancestors)

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return wait(self.loop, self.aget_tuple, config)

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        found = self.alist(config, filter=filter, before=before, limit=limit)

        async def following() -> CheckpointTuple | None:
            return await anext(found, None)

        while (each := wait(self.loop, following)) is not None:
            yield each

    def put(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, new_versions: ChannelVersions
    ) -> RunnableConfig:
        return wait(self.loop, self.aput, config, checkpoint, metadata, new_versions)

    def put_writes(self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = "") -> None:
        wait(self.loop, self.aput_writes, config, writes, task_id, task_path)

    def delete_thread(self, thread_id: str) -> None:
        wait(self.loop, self.adelete_thread, thread_id)

    def delete_for_runs(self, run_ids: Sequence[str]) -> None:
        wait(self.loop, self.adelete_for_runs, run_ids)

    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        wait(self.loop, self.acopy_thread, source_thread_id, target_thread_id)

    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        wait(self.loop, self.aprune, thread_ids, strategy=strategy)

    def get_delta_channel_history(self, *, config: RunnableConfig, channels: Sequence[str]) -> Mapping[str, DeltaChannelHistory]:
        return wait(self.loop, self.aget_delta_channel_history, config=config, channels=channels)

    def get_next_version(self, current: str | int | float | None, channel: None) -> str:
        """A unique version that sorts after `current` as text: two runs that continue from one checkpoint write different values."""
        number = 0 if current is None else int(current.split(".")[0]) if isinstance(current, str) else int(current)
        return f"{number + 1:032}.{random.random():016}"

    async def _tuple(self, found: ThreadCheckpoint) -> CheckpointTuple:
        sent: dict[str, tuple[Any, Any]] = {}
        if found.parent_id is not None and found.state.get("v", FIRST_WITH_SENDS) < FIRST_WITH_SENDS:
            place = {"thread_id": found.thread_id, "namespace": found.namespace, "id": found.parent_id}
            writes = await threads.writes(self.tenant, channels=[TASKS], **place) or ()
            if sends := [self.serde.loads_typed((each.type, each.data)) for each in writes]:
                sent[TASKS] = (sends, max(found.versions.values(), default=self.get_next_version(None, None)))
        return as_tuple(self.serde, found, sent)


def _serializer(serde: SerializerProtocol | None) -> SerializerProtocol | None:
    for methods in (("dumps_typed", "loads_typed"), ("dumps", "loads")):
        if serde is None or (not isinstance(serde, type) and all(callable(getattr(serde, method, None)) for method in methods)):
            return serde
    raise InvalidInput("serde", f"must have dumps_typed and loads_typed, as JsonPlusSerializer() has, not be {serde!r:.80}")


def _parts(field: str, ids: Sequence[str]) -> Iterator[list[str]]:
    """The ids, in batches of the size that one call takes."""
    if isinstance(ids, str):
        raise TypeError(f"{field} must be a sequence of ids, not a str")
    texts = [str(id) for id in ids]
    return (texts[start : start + _LARGEST_CALL] for start in range(0, len(texts), _LARGEST_CALL))
