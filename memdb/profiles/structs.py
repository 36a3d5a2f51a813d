"""The classes of profiles."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar
from uuid import UUID

import msgspec

from memdb.engine.inputs import JsonObject
from memdb.errors import InvalidInput

T = TypeVar("T")


class Profile(msgspec.Struct, frozen=True):
    """A user's live profile. `version` increases by one with each change, including a deletion."""

    cursor_fields = ("user_id",)

    user_id: UUID
    document: JsonObject
    version: int
    created_at: datetime
    updated_at: datetime

    def document_as(self, type: type[T]) -> T:
        """The document as the given type, such as a msgspec Struct. Raises InvalidInput, which names the field that does not fit."""
        return _converted(self.document, type)


class ProfileVersion(msgspec.Struct, frozen=True):
    """The state after a change: `operation` is put, patch, revert, delete or restore; `changed_by` is the executor's actor."""

    cursor_fields = ("version",)

    version: int
    operation: str
    document: JsonObject
    changed_by: str | None
    changed_at: datetime

    def document_as(self, type: type[T]) -> T:
        """`Profile.document_as`."""
        return _converted(self.document, type)


def _converted(document: JsonObject, type: type[T]) -> T:
    try:
        return msgspec.convert(document, type, str_keys=True)
    except msgspec.ValidationError as error:
        # "Expected `int`, got `str` - at `$.age`"
        reason, _, path = str(error).partition(" - at ")
        field = path.replace("`", "").replace("$", "document", 1) or "document"
        raise InvalidInput(field, f"does not fit {getattr(type, '__name__', type)}: {reason}") from None
