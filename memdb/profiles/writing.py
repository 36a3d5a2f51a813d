"""Changing, deleting and restoring profiles."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, Version
from memdb.engine.own import query
from memdb.errors import InvalidInput
from memdb.profiles.structs import Profile

ExpectedVersion: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]


@query(absent="organization")
async def replace(on: Executor, *, user_id: UUID, document: JsonObject, expected_version: ExpectedVersion | None) -> Profile:
    """Part of `put`."""
    ...


@query(absent="organization")
async def merge(on: Executor, *, user_id: UUID, changes: JsonObject, expected_version: ExpectedVersion | None) -> Profile:
    """Part of `patch`."""
    ...


async def put(on: Executor, *, user_id: UUID, document: JsonObject | msgspec.Struct, expected_version: int | None = None) -> Profile:
    """Replace the user's profile, or create it; a deleted one is restored with the new document.

    - `document`: a JSON object, or a Struct, of at most 65,536 bytes and 32 levels.
    - `expected_version` 0 means that there must be no live profile yet.

    Raises InvalidInput, VersionConflict (nothing is changed), NotFound for an unknown user, WritesRefused.
    """
    return await replace(on, user_id=user_id, document=_plain("document", document), expected_version=expected_version)


async def patch(on: Executor, *, user_id: UUID, changes: JsonObject | msgspec.Struct, expected_version: int | None = None) -> Profile:
    """Apply a JSON Merge Patch (RFC 7396): set the given fields, recursively in objects, and remove those given as None.

    A user without a live profile gets one, made of the patch alone. Concurrent patches are applied one after the other. `changes` is a JSON
    object, or a Struct, in which msgspec.UNSET leaves a field unchanged. Limits, `expected_version` and errors are those of `put`.
    """
    return await merge(on, user_id=user_id, changes=_plain("changes", changes), expected_version=expected_version)


@query(absent="profile or version", key="user_id")
async def revert(on: Executor, *, user_id: UUID, version: Version, expected_version: Version | None = None) -> Profile:
    """Revert the profile to the document of one of its versions, as a new version. Raises NotFound, VersionConflict, WritesRefused."""
    ...


@query(absent="profile", key="user_id")
async def delete(on: Executor, *, user_id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete a profile and return its new version. `restore` undoes it.

    Raises NotFound, VersionConflict, WritesRefused.
    """
    ...


@query(absent="deleted profile", key="user_id")
async def restore(on: Executor, *, user_id: UUID, expected_version: Version | None = None) -> Profile:
    """Restore a deleted profile. Raises NotFound if the user has no deleted profile, VersionConflict, WritesRefused."""
    ...


async def import_json(on: Executor, *, user_id: UUID, text: str | bytes, expected_version: int | None = None) -> Profile:
    """`put` of a JSON text: one object. Raises as `put` does."""
    if not isinstance(text, str | bytes):
        raise InvalidInput("text", f"must be str or bytes, not {type(text).__name__}")
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
