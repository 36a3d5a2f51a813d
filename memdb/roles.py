"""Roles that a tenant's agents can take, with their abilities. Their prompts are in `prompts`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias, TypedDict, Unpack
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.clearing import Clear
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, Limit, ModelName, Version
from memdb.engine.own import query

__all__ = [
    "Filters",
    "Role",
    "Status",
    "count",
    "create",
    "delete",
    "get",
    "get_by_name",
    "grant_ability",
    "page",
    "restore",
    "revoke_ability",
    "update",
]

Status: TypeAlias = Literal["enabled", "disabled"]
RoleName: TypeAlias = Annotated[str, Meta(min_length=1, max_length=128)]
Description: TypeAlias = Annotated[str, Meta(min_length=1, max_length=512)]
Ability: TypeAlias = Annotated[str, Meta(min_length=1, max_length=128)]
Abilities: TypeAlias = Annotated[list[Ability], Meta(max_length=1000)]


class Role(msgspec.Struct, frozen=True):
    """A live role. `name` is unique among the tenant's live roles; the meaning of disabled is up to the service.

    `abilities` are sorted by code point. `version` increases by one with each change of the role itself, not with its abilities.
    """

    id: UUID
    name: str
    description: str | None
    status: Status
    default_model: str | None
    metadata: JsonObject
    abilities: list[str]
    version: int
    created_at: datetime
    updated_at: datetime


@query(absent="organization")
async def create(
    on: Executor,
    *,
    name: RoleName,
    description: Description | None = None,
    status: Status = "enabled",
    default_model: ModelName | None = None,
    abilities: Abilities = [],  # noqa: B006
    metadata: JsonObject | None = None,
    id: UUID | None = None,
) -> Role:
    """Create a role; `id` None means a new UUIDv7.

    Raises InvalidInput, AlreadyExists for a name or id in use, NotFound for an unknown organization, WritesRefused.
    """
    ...


@query
async def get(on: Executor, *, id: UUID) -> Role | None:
    """The live role `id`, or None."""
    ...


@query
async def get_by_name(on: Executor, *, name: RoleName) -> Role | None:
    """The live role with this name, or None."""
    ...


class Filters(TypedDict, total=False):
    """The filters of roles. None, or omitted, means any. `ability` is one of those that a role has."""

    status: Status | None
    ability: Ability | None


@query
async def page(on: Executor, *, before: Role | Cursor | UUID | None = None, limit: Limit = 50, **filters: Unpack[Filters]) -> list[Role]:
    """The live roles that pass all the given filters, newest first. `before`: see `memdb.Cursor`."""
    ...


@query
async def count(on: Executor, **filters: Unpack[Filters]) -> int:
    """The number of live roles that pass all the given filters."""
    ...


@query
async def update(
    on: Executor,
    *,
    id: UUID,
    expected_version: Version | None = None,
    name: RoleName | None = None,
    description: Description | Clear | None = None,
    status: Status | None = None,
    default_model: ModelName | Clear | None = None,
    metadata: JsonObject | None = None,
) -> Role:
    """Change the given fields. None leaves a field unchanged, CLEAR empties it; `metadata` is replaced as a whole.

    Raises NotFound, VersionConflict, AlreadyExists for a name in use, InvalidInput, WritesRefused.
    """
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete a role and return its new version. Its name is free, and it has no active prompt. `restore` undoes it.

    Raises NotFound, VersionConflict, WritesRefused.
    """
    ...


@query(absent="deleted role", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Role:
    """Restore a deleted role with its abilities and its prompt.

    Raises NotFound if no deleted role has this id, AlreadyExists if its name is now in use, VersionConflict, WritesRefused.
    """
    ...


@query
async def grant_ability(on: Executor, *, id: UUID, ability: Ability) -> Role:
    """Grant a role an ability (1 to 128 characters); one that it already has changes nothing.

    Raises NotFound, InvalidInput, WritesRefused.
    """
    ...


@query
async def revoke_ability(on: Executor, *, id: UUID, ability: Ability) -> Role:
    """Revoke an ability of a role; one that it does not have changes nothing. Raises NotFound, WritesRefused."""
    ...
