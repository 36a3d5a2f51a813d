"""The lines of an imported file: the memory that a line says, and where memdb's memory says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.database import Tenant
from memdb.engine.inputs import JsonObject, check_for
from memdb.errors import InvalidInput
from memdb.memories import Category, FirstStatus, Memory, NewMemory, Source
from memdb.memories.adding import insert
from memdb.memories.structs import ExternalId
from memdb.operations.adopting.rows import digest_of

_SET_ONCE: Final = frozenset({"id", "created_at"})
_COMPARED: Final = _SET_ONCE | {
    *("external_id", "content", "category", "labels", "status", "source", "confidence", "tags", "metadata", "user_id", "session_id"),
    *("observed_at", "valid_from", "valid_until", "expires_at", "embedding", "embedding_model"),
}
_check_external_id = check_for("external_id", ExternalId | None)
_Moment = Annotated[datetime, Meta(tz=True)]


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    content: str
    external_id: str | None = None
    embedding: list[float] | None = None
    embedding_model: str | None = None
    category: Category | None = None
    labels: dict[str, float] | None = None
    status: FirstStatus = "active"
    source: Source = "imported"
    confidence: float = 0.8
    tags: list[str] = []
    metadata: JsonObject | None = None
    user_id: UUID | None = None
    session_id: UUID | None = None
    created_at: _Moment | None = None
    updated_at: _Moment | None = None
    observed_at: _Moment | None = None
    valid_from: _Moment | None = None
    valid_until: _Moment | None = None
    expires_at: _Moment | None = None
    id: UUID | None = None


class Said(NamedTuple):
    """A line's memory, and the values that the line gives, comparable with `said_by` a memory."""

    number: int
    memory: NewMemory
    values: dict[str, Any]

    @property
    def external_id(self) -> str | None:
        return self.memory.external_id

    def differing(self, memory: Memory) -> list[str]:
        """The fields of the line in which the memory differs."""
        there = said_by(memory, self.values)
        return sorted(name for name, value in self.values.items() if value != there[name])

    def is_changed(self, memory: Memory) -> bool:
        """Whether the memory that has the line's external id would be another if it was replaced."""
        return not _SET_ONCE.issuperset(self.differing(memory))


def parsed(tenant: Tenant, agent_id: UUID, number: int, line: bytes) -> list[Said]:
    """What the line says, in a list; an empty list for a blank line. Raises MsgspecError, UnicodeError, InvalidInput."""
    if not line.strip():
        return []
    fields = msgspec.structs.asdict(msgspec.json.decode(line, type=_Line))
    external_id = _check_external_id(fields.pop("external_id"), 0)
    if external_id is None and fields["id"] is None and fields["status"] != "active":
        # Only an active memory is known by its content.
        raise InvalidInput(
            "external_id", "or id must be given if status is not active: without them, a second run would add the memory again"
        )
    insert.query.bind(tenant, {"agent_id": agent_id, **fields})
    memory = NewMemory(external_id=external_id, **fields)
    given = _COMPARED & msgspec.json.decode(line, type=dict[str, msgspec.Raw]).keys()
    values = {name: _comparable(name, value) for name in given if (value := getattr(memory, name)) is not None}
    if "embedding" not in values:
        # Then it is of the local embedder, and so is the model's name.
        values.pop("embedding_model", None)
    return [Said(number, memory, values)]


def said_by(memory: Memory, names: Iterable[str]) -> dict[str, Any]:
    """The memory's values of these fields."""
    return {name: memory.embedded or None if name == "embedding" else _comparable(name, getattr(memory, name)) for name in names}


def digest(values: Mapping[str, Any]) -> int:
    return digest_of(msgspec.json.encode(values, order="deterministic").decode())


def _comparable(name: str, value: Any) -> Any:
    """A field's value as it would be stored; of an embedding, which cannot be read back, only that there is one."""
    if name == "embedding":
        return True
    return sorted(set(value)) if name == "tags" else _plain(value)


def _plain(value: Any) -> Any:
    """The value in the one form that JSON and PostgreSQL give back: times in UTC, whole numbers as integers, ids as texts."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
