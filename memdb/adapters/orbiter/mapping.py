"""orbiter's items as memories, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from memdb.adapters.orbiter.kinds import (
    AIMemory,
    HumanMemory,
    MemoryError,
    MemoryItem,
    MemoryMetadata,
    MemoryStatus,
    SystemMemory,
    ToolMemory,
)
from memdb.errors import CallFailed, InvalidInput, MemdbError, PoolClosed
from memdb.memories import FirstStatus, Memory

SCOPES: Final = ("session_id", "task_id", "user_id", "agent_id")
"""The fields of an item's metadata by which it can be filtered, most selective first."""

_TAG: Final = "orbiter"
_LONGEST_TAG: Final = 64
_AHEAD: Final = timedelta(minutes=1)
# A memory must have content; an item need not.
_NOTHING: Final = "\N{EMPTY SET}"
_KINDS: Final[Mapping[str, type[MemoryItem]]] = {"system": SystemMemory, "human": HumanMemory, "ai": AIMemory, "tool": ToolMemory}
_OF_KINDS: Final = ("tool_calls", "tool_call_id", "tool_name", "is_error")
_TO_STATUS: Final[Mapping[str, FirstStatus]] = {"draft": "draft", "accepted": "active", "discard": "discarded"}
_FIELDS: Final = {"external_id": "id", "contains": "query", "text": "query"}
_FROM_STATUS: Final = {"draft": "draft", "pending_review": "draft", "quarantined": "draft", "active": "accepted"}


@contextmanager
def as_memory_errors() -> Iterator[None]:
    """Turns what memdb refuses into a MemoryError; other failures stay unchanged, for retries."""
    try:
        yield
    except PoolClosed as error:
        raise MemoryError(f"the store is closed: {error}") from error
    except CallFailed:
        raise
    except InvalidInput as error:
        raise MemoryError(f"{_FIELDS.get(error.field, error.field)} {error.rule}") from error
    except MemdbError as error:
        raise MemoryError(str(error)) from error


def checked(item: Any) -> MemoryItem:
    """The item. Raises MemoryError if it is not one."""
    if not isinstance(item, MemoryItem):
        raise MemoryError(f"item must be a MemoryItem, not {type(item).__name__}")
    return item


def own_fields(item: MemoryItem) -> dict[str, Any]:
    """The fields specific to the item's kind, as JSON."""
    return item.model_dump(mode="json", include={name for name in _OF_KINDS if hasattr(item, name)})


def item_of(memory_type: str, own: Mapping[str, Any], **fields: Any) -> MemoryItem:
    kind = _KINDS.get(memory_type, MemoryItem)
    return kind(memory_type=memory_type, **{name: own[name] for name in _OF_KINDS if name in own and name in kind.model_fields}, **fields)


def scopes_of(metadata: MemoryMetadata | None) -> dict[str, str]:
    """The fields of the metadata that count as filters. Raises MemoryError for anything else: without a filter, others' items are found."""
    if metadata is None:
        return {}
    if not isinstance(metadata, MemoryMetadata):
        raise MemoryError(f"metadata must be a MemoryMetadata, not {type(metadata).__name__}")
    return {name: value for name in SCOPES if (value := getattr(metadata, name, None))}


def filters(metadata: MemoryMetadata | None, memory_type: str | None = None) -> dict[str, Any]:
    """The filters for memories of such items. The first tag determines the index to scan."""
    scopes = scopes_of(metadata)
    wanted = {**scopes, "memory_type": memory_type} if memory_type else scopes
    return {"tags": [*_tags(scopes), _TAG], "metadata": wanted or None}


def to_memory(item: MemoryItem, *, is_dated: bool = True) -> dict[str, Any]:
    """The arguments of `memories.add`. Unless `is_dated`, the memory is of now, whatever time the item has."""
    created_at = _moment(item.created_at) if is_dated else None
    kept: dict[str, Any] = {"memory_type": item.memory_type, "updated_at": item.updated_at, "fields": own_fields(item)}
    kept |= item.metadata.model_dump(mode="json", exclude_none=True)
    if created_at is None or _text(created_at) != item.created_at:
        kept["created_at"] = item.created_at
    content = item.content
    if not content.strip():
        kept["content"], content = content, _NOTHING
    return {
        "external_id": item.id,
        "content": content,
        "status": memory_status(item.status),
        "tags": [*_tags(scopes_of(item.metadata)), _TAG],
        "metadata": {name: value for name, value in kept.items() if value not in ({}, None)},
        "created_at": created_at,
        # A database accepts a time up to a minute ahead of its own clock; an added item has to be found at once.
        "valid_from": created_at and created_at - _AHEAD,
    }


def from_memory(memory: Memory) -> MemoryItem:
    kept = memory.metadata
    scopes = {name: kept[name] for name in (*SCOPES, "extra") if name in kept}
    return item_of(
        kept.get("memory_type", "memory"),
        kept.get("fields", {}),
        id=memory.external_id or str(memory.id),
        content=kept.get("content", memory.content),
        status=MemoryStatus(_FROM_STATUS.get(memory.status, "discard")),
        metadata=MemoryMetadata(**scopes),
        created_at=kept.get("created_at", _text(memory.created_at)),
        updated_at=kept.get("updated_at", _text(memory.updated_at)),
    )


def memory_status(status: MemoryStatus) -> FirstStatus:
    """The status. Raises MemoryError if it is not one."""
    try:
        return _TO_STATUS[status]
    except (KeyError, TypeError):
        raise MemoryError(f"status must be a MemoryStatus, not {status!r:.40}") from None


def _tags(scopes: Mapping[str, str]) -> list[str]:
    """A tag for each scope, for the index. A long scope is represented by its digest, because the metadata are compared as well."""
    return [_tag(f"{name}={value}") for name, value in scopes.items()]


def _tag(text: str) -> str:
    return text if len(text) <= _LONGEST_TAG else hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _moment(text: str) -> datetime | None:
    """The time of an ISO-8601 text, in UTC unless it has a zone; None if memdb could not have created a memory then."""
    try:
        said = datetime.fromisoformat(text)
        moment = (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if datetime(1970, 1, 1, tzinfo=UTC) <= moment <= datetime.now(UTC) else None


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
