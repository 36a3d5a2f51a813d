"""Profiles: what is known of a user, one JSON document each, in versions.

class Traits(msgspec.Struct):
    language: str | None = None
    interests: list[str] = []

profile = await profiles.patch(tenant, user_id=ada, changes={"language": "it", "nickname": None})    # None removes
traits = profile.document_as(Traits)
await profiles.put(tenant, user_id=ada, document=traits, expected_version=profile.version)
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, Limit, Version
from memdb.engine.own import query
from memdb.errors import InvalidInput

T = TypeVar("T")

ExpectedVersion: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Profile(msgspec.Struct, frozen=True):
    """A user's live profile. `version` goes up by one with each change, a deletion included."""

    user_id: UUID
    document: JsonObject
    version: int
    created_at: datetime
    updated_at: datetime

    def document_as(self, type: type[T]) -> T:
        """The document as a type of yours, such as a msgspec Struct. Raises InvalidInput, which names the field that does not fit."""
        return _converted(self.document, type)


class ProfileVersion(msgspec.Struct, frozen=True):
    """What a version left: `operation` is put, patch, revert, delete or restore; `changed_by` the actor of the executor that did it."""

    version: int
    operation: str
    document: JsonObject
    changed_by: str | None
    changed_at: datetime

    def document_as(self, type: type[T]) -> T:
        """`Profile.document_as`."""
        return _converted(self.document, type)


@query
async def get(on: Executor, *, user_id: UUID) -> Profile | None:
    """The user's live profile, or None."""
    ...


@query
async def page(on: Executor, *, after: UUID | None = None, limit: Limit = 50) -> list[Profile]:
    """The tenant's live profiles in the order of their users' ids; `after` is the last `user_id` of the page before."""
    ...


@query(absent="organization")
async def replace(on: Executor, *, user_id: UUID, document: JsonObject, expected_version: ExpectedVersion | None) -> Profile:
    """Part of `put`."""
    ...


@query(absent="organization")
async def merge(on: Executor, *, user_id: UUID, changes: JsonObject, expected_version: ExpectedVersion | None) -> Profile:
    """Part of `patch`."""
    ...


async def put(on: Executor, *, user_id: UUID, document: JsonObject | msgspec.Struct, expected_version: int | None = None) -> Profile:
    """Replace the user's profile, or make it; a deleted one comes back with the new document.

    - `document`: a JSON object, or a Struct, of at most 65,536 bytes and 32 levels.
    - `expected_version` 0 means that there must be no live profile yet.

    Raises InvalidInput, VersionConflict (nothing is changed), NotFound for an unknown user, WritesRefused.
    """
    return await replace(on, user_id=user_id, document=_plain("document", document), expected_version=expected_version)


async def patch(on: Executor, *, user_id: UUID, changes: JsonObject | msgspec.Struct, expected_version: int | None = None) -> Profile:
    """Apply a JSON Merge Patch (RFC 7396): what is given is set, within objects field by field, and what is given as None removed.

    A user without a live profile gets one, of the patch alone. Patches at the same time are applied one after the other. `changes` is a
    JSON object, or a Struct, where msgspec.UNSET leaves a field as it is; limits, `expected_version` and errors are those of `put`.
    """
    return await merge(on, user_id=user_id, changes=_plain("changes", changes), expected_version=expected_version)


@query
async def versions(on: Executor, *, user_id: UUID, before: Version | None = None, limit: Limit = 50) -> list[ProfileVersion]:
    """The profile's versions, newest first, also of a deleted one; `before` is the last version of the page before."""
    ...


@query
async def version(on: Executor, *, user_id: UUID, version: Version) -> ProfileVersion | None:
    """One of the profile's versions, also of a deleted one, or None."""
    ...


@query(absent="profile or version", key="user_id")
async def revert(on: Executor, *, user_id: UUID, version: Version, expected_version: Version | None = None) -> Profile:
    """Give the profile the document of one of its versions, as a new version. Raises NotFound, VersionConflict, WritesRefused."""
    ...


@query(absent="profile", key="user_id")
async def delete(on: Executor, *, user_id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete a profile; returns the version that this made. `restore` undoes it.

    Raises NotFound, VersionConflict, WritesRefused.
    """
    ...


@query(absent="deleted profile", key="user_id")
async def restore(on: Executor, *, user_id: UUID, expected_version: Version | None = None) -> Profile:
    """Undo a deletion. Raises NotFound if the user has no deleted profile, VersionConflict, WritesRefused."""
    ...


async def export_json(on: Executor, *, user_id: UUID) -> str | None:
    """The document of the user's live profile as JSON text, or None; for a file."""
    profile = await get(on, user_id=user_id)
    return None if profile is None else msgspec.json.encode(profile.document).decode()


async def import_json(on: Executor, *, user_id: UUID, text: str | bytes, expected_version: int | None = None) -> Profile:
    """`put` of a JSON text: one object. Raises as `put` does."""
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise InvalidInput("text", f"must be JSON: {error}") from None
    if not isinstance(document, dict):
        raise InvalidInput("text", f"must be a JSON object, not {type(document).__name__}")
    return await put(on, user_id=user_id, document=document, expected_version=expected_version)


def _plain(field: str, value: Any) -> JsonObject:
    if not isinstance(value, msgspec.Struct):
        return value  # type: ignore[no-any-return]
    try:
        return msgspec.to_builtins(value, str_keys=True)  # type: ignore[no-any-return]
    except (TypeError, ValueError) as error:
        raise InvalidInput(field, f"must hold JSON values only: {error}") from None


def _converted(document: JsonObject, type: type[T]) -> T:
    try:
        return msgspec.convert(document, type, str_keys=True)
    except msgspec.ValidationError as error:
        # "Expected `int`, got `str` - at `$.age`"
        reason, _, path = str(error).partition(" - at ")
        field = path.replace("`", "").replace("$", "document", 1) or "document"
        raise InvalidInput(field, f"does not fit {getattr(type, '__name__', type)}: {reason}") from None
