"""orbiter-memory's own table, adopted as memories."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from memdb import agents, memories
from memdb.adapters.orbiter.kinds import MemoryError, MemoryItem, MemoryMetadata, MemoryStatus
from memdb.adapters.orbiter.mapping import from_memory, item_of, own_fields, to_memory
from memdb.adapters.orbiter.stores import AGENT
from memdb.engine.executor import Executor, Transaction
from memdb.errors import InvalidInput, TransactionConflict
from memdb.memories import Memory, NewMemory
from memdb.operations.adopting.declared import Owner, Stream, System, text
from memdb.operations.adopting.rows import Row

_FOUND: Final = text("into/memories/found.sql")
_BESIDE: Final = "orbiter"
_LATELY: Final = timedelta(minutes=1)


class _Found(msgspec.Struct, frozen=True):
    memory: Memory
    is_deleted: bool


class _Items:
    """Items, each with the parts of its row that orbiter does not return, in its memory's metadata under `orbiter`."""

    def said(self, row: Row) -> str:
        try:
            return _said(row, _object(row, "metadata"), _object(row, "extra_json"), row["version"], is_deleted=row["deleted"] != 0)
        except InvalidInput:
            return json.dumps(dict(row), default=repr)

    def name(self, row: Row) -> str:
        return str(row["id"])

    async def owner(self, on: Executor, given: Owner) -> Owner:
        if given.agent_id is not None:
            return given
        return given._replace(agent_id=(await agents.get_or_create(on, slug=AGENT, name=AGENT.title())).id)

    async def found(self, tx: Transaction, rows: Sequence[Row], owner: Owner) -> list[str | None]:
        ids = [row["id"] for row in rows]
        known = {each.memory.external_id: each for each in await tx.fetch(_Found, _FOUND, external_ids=ids, agent_id=owner.agent_id)}
        return [_said_of(each.memory, is_deleted=each.is_deleted) if (each := known.get(id)) else None for id in ids]

    async def put(self, tx: Transaction, rows: Sequence[Row], owner: Owner) -> list[str]:
        assert owner.agent_id is not None
        items = [NewMemory(**_memory(row), user_id=owner.user_id) for row in rows]
        put = await memories.add_many(tx, agent_id=owner.agent_id, items=items, on_duplicate="keep")
        if any(memory.version > 1 for memory in put):
            raise TransactionConflict("another has added an item meanwhile")
        gone = {memory.id for memory, row in zip(put, rows, strict=True) if row["deleted"] != 0}
        if gone:
            await memories.delete.many(tx, [{"id": id, "expected_version": None, "reason": None} for id in gone])
        return [_said_of(memory, is_deleted=memory.id in gone) for memory in put]


def _memory(row: Row) -> dict[str, Any]:
    """The adapter's form of the item, with what orbiter does not return."""
    metadata, own = _object(row, "metadata"), _object(row, "extra_json")
    try:
        fields = {name: row[name] for name in ("id", "content", "created_at", "updated_at")}
        item = item_of(row["memory_type"], own, status=MemoryStatus(row["status"]), metadata=MemoryMetadata(**metadata), **fields)
        memory = to_memory(item)
        if (created_at := memory["created_at"]) and created_at > datetime.now(UTC) - _LATELY:
            # The database's clock may be behind.
            memory = to_memory(item, is_dated=False)
    except (MemoryError, ValueError, TypeError) as error:
        raise InvalidInput("item", f"cannot be read: {error}") from error
    known, known_own = item.metadata.model_dump(mode="json"), own_fields(item)
    beside = {
        "version": row["version"] if row["version"] != 1 else None,
        "metadata": {name: value for name, value in metadata.items() if name not in known},
        "extra_json": {name: value for name, value in own.items() if name not in known_own},
    }
    if kept := _told(beside):
        memory["metadata"][_BESIDE] = kept
    return memory


def _said_of(memory: Memory, *, is_deleted: bool) -> str:
    item = from_memory(memory)
    beside = memory.metadata.get(_BESIDE, {})
    metadata = item.metadata.model_dump(mode="json") | beside.get("metadata", {})
    own = own_fields(item) | beside.get("extra_json", {})
    return _said(_fields(item), metadata, own, beside.get("version", 1), is_deleted=is_deleted)


def _fields(item: MemoryItem) -> dict[str, Any]:
    return {name: str(getattr(item, name)) for name in ("id", "content", "memory_type", "status", "created_at", "updated_at")}


def _said(fields: Mapping[str, Any], metadata: Mapping[str, Any], own: Mapping[str, Any], version: int, *, is_deleted: bool) -> str:
    told = [fields[name] for name in ("id", "content", "memory_type", "status", "created_at", "updated_at")]
    return json.dumps([*told, _told(metadata), _told(own), version, is_deleted], sort_keys=True)


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields without those that only say that something is missing."""
    return {name: value for name, value in fields.items() if value not in (None, "", False, [], {})}


def _object(row: Row, column: str) -> dict[str, Any]:
    """The column's object. Raises InvalidInput if it is not a JSON object."""
    try:
        found = json.loads(row[column])
    except ValueError as error:
        raise InvalidInput(column, f"must be JSON: {error}") from error
    if not isinstance(found, dict):
        raise InvalidInput(column, "must be a JSON object")
    return found


ITEMS: Final = _Items()
_COLUMNS: Final = {
    "memory_items": frozenset(
        ("id", "content", "memory_type", "status", "metadata", "extra_json", "created_at", "updated_at", "deleted", "version")
    )
}

SYSTEM: Final = System(
    "orbiter",
    "orbiter-memory 0.1, of its PostgresMemoryStore or SQLiteMemoryStore",
    {"memory_items": "memory_items"},
    (Stream("items", "orbiter/items.sql", ITEMS, _COLUMNS, left_out="orbiter/left_out.sql"),),
    (Stream("items", "orbiter/items.sql", ITEMS, _COLUMNS, left_out="orbiter/left_out_of_file.sql"),),
)
