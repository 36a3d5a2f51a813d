"""LangGraph's checkpoints as those of `memdb.threads`, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
    get_checkpoint_id,
    get_serializable_checkpoint_metadata,
)
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph.checkpoint.serde.types import _DeltaSnapshot

from memdb.engine.json_values import for_jsonb
from memdb.errors import InvalidInput
from memdb.threads import Ancestor, NewValue, ThreadCheckpoint, Value, Write
from memdb.threads.structs import Needs

# Longer texts are stored like values that are not JSON.
_LONGEST_INLINE: Final = 256
# The mark that LangGraph, also for JavaScript, leaves in the metadata of a graph with a DeltaChannel.
_OF_DELTA: Final = frozenset({"counters_since_delta_snapshot", "delta_writes_versioned"})
# In checkpoints of an older format, what was sent to the next step is among the writes of their parent.
FIRST_WITH_SENDS: Final = 4


def config_of(thread_id: str, namespace: str, id: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread_id, "checkpoint_ns": namespace, "checkpoint_id": id}}


def to_put(
    serde: SerializerProtocol, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, new_versions: ChannelVersions
) -> dict[str, Any]:
    """The arguments of `threads.put`."""
    configurable = config["configurable"]
    namespace = configurable["checkpoint_ns"]
    # As in JSON: an instance of a subclass of str or int becomes a plain one.
    described = json.loads(json.dumps(get_serializable_checkpoint_metadata(config, metadata)))
    plain, values = _divided(serde, checkpoint["channel_values"], new_versions)
    state = {name: value for name, value in checkpoint.items() if name not in ("id", "channel_values", "channel_versions")}
    return {
        "thread_id": str(configurable["thread_id"]),
        "namespace": namespace,
        "id": checkpoint["id"],
        "parent_id": get_checkpoint_id(config) or None,
        # The name of a task is in the namespace of a graph that ends with its call.
        "root_id": (described.get("parents") or {}).get("") if ":" in str(namespace) else None,
        "run_id": described.get("run_id"),
        "needs": _needs(checkpoint, described),
        "versions": checkpoint["channel_versions"],
        "metadata": described,
        "plain": plain,
        "state": state,
        "values": values,
    }


def _divided(serde: SerializerProtocol, values: Mapping[str, Any], new_versions: ChannelVersions) -> tuple[dict[str, Any], list[NewValue]]:
    """The values that go into each checkpoint, and those stored beside it once per version; values that are not new were stored before."""
    plain: dict[str, Any] = {}
    beside: list[NewValue] = []
    for channel, value in values.items():
        if not isinstance(serde, EncryptedSerializer) and _is_plain(value):
            plain[channel] = value
        elif channel in new_versions:
            beside.append(NewValue(channel, new_versions[channel], *serde.dumps_typed(value)))
    return plain, beside


def _is_plain(value: Any) -> bool:
    """Whether it is short, and jsonb returns it unchanged. A member of a text enumeration would come back as a text."""
    if type(value) not in (str, int, float, bool, type(None)) or (type(value) is str and len(value) > _LONGEST_INLINE):
        return False
    try:
        for_jsonb("value", value)
    except InvalidInput:
        return False
    return True


def _needs(checkpoint: Checkpoint, metadata: Mapping[str, Any]) -> Needs:
    if not _OF_DELTA.isdisjoint(metadata) or any(isinstance(value, _DeltaSnapshot) for value in checkpoint["channel_values"].values()):
        return "ancestors"
    return "parent" if checkpoint["v"] < FIRST_WITH_SENDS else "nothing"


def as_tuple(serde: SerializerProtocol, found: ThreadCheckpoint, sent: Mapping[str, tuple[Any, Any]]) -> CheckpointTuple:
    """As LangGraph's tuple; `sent` are values of channels that are found elsewhere, with their versions."""
    values = found.plain | {each.channel: _loaded(serde, each) for each in found.values}
    checkpoint = found.state | {
        "id": found.id,
        "channel_values": values | {channel: value for channel, (value, _) in sent.items()},
        "channel_versions": found.versions | {channel: version for channel, (_, version) in sent.items()},
    }
    return CheckpointTuple(
        config_of(found.thread_id, found.namespace, found.id),
        cast(Checkpoint, checkpoint),
        cast(CheckpointMetadata, found.metadata),
        None if found.parent_id is None else config_of(found.thread_id, found.namespace, found.parent_id),
        [(each.task_id, each.channel, _loaded(serde, each)) for each in found.writes],
    )


def histories(serde: SerializerProtocol, channels: Sequence[str], ancestors: Sequence[Ancestor]) -> dict[str, DeltaChannelHistory]:
    """The value of each channel at the nearest ancestor that has one, if any, and the writes to it since then, oldest first."""
    found: dict[str, DeltaChannelHistory] = {channel: {"writes": []} for channel in channels}
    for each in reversed(ancestors):
        for channel, value in (each.plain | {value.channel: _loaded(serde, value) for value in each.values}).items():
            found[channel]["seed"] = value
        for write in each.writes:
            found[write.channel]["writes"].append((write.task_id, write.channel, _loaded(serde, write)))
    return found


def _loaded(serde: SerializerProtocol, value: Value | Write) -> Any:
    return serde.loads_typed((value.type, value.data))
