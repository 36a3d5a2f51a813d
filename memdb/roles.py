"""Roles that a tenant's agents can take: what each may do. The prompts that they are given are in `prompts`."""

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
    """A live role. `name` is unique among the tenant's live roles; what disabled means is the service's own business.

    `abilities` are sorted by code point. `version` goes up by one with each change of the role itself, not with what it is granted.
    """

    id: UUID
    name: str
    description: str | None
    status: str
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
    """A new role; `id` None means a new UUIDv7.

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
    """What roles are filtered by: None, or not given, means any. `ability` is one of those that a role has."""

    status: Status | None
    ability: Ability | None


@query
async def page(on: Executor, *, before: Role | Cursor | UUID | None = None, limit: Limit = 50, **filters: Unpack[Filters]) -> list[Role]:
    """The live roles that pass all the filters given, newest first. `before`: see `memdb.Cursor`."""
    ...


@query
async def count(on: Executor, **filters: Unpack[Filters]) -> int:
    """How many live roles pass all the filters given."""
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
    """Change what is given; None leaves a field as it is, CLEAR empties it; `metadata` is replaced whole.

    Raises NotFound, VersionConflict, AlreadyExists for a name in use, InvalidInput, WritesRefused.
    """
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete a role: its name may be used again, its prompt is not given any more. `restore` undoes it.
    Returns the version that this made.

    Raises NotFound, VersionConflict, WritesRefused.
    """
    ...


@query(absent="deleted role", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> Role:
    """Undo a deletion: with its abilities and its prompt.

    Raises NotFound if no deleted role has this id, AlreadyExists if its name is in use by now, VersionConflict, WritesRefused.
    """
    ...


@query
async def grant_ability(on: Executor, *, id: UUID, ability: Ability) -> Role:
    """Give a role an ability (1 to 128 characters); one that it has already changes nothing.

    Raises NotFound, InvalidInput, WritesRefused.
    """
    ...


@query
async def revoke_ability(on: Executor, *, id: UUID, ability: Ability) -> Role:
    """Take an ability from a role; one that it does not have changes nothing. Raises NotFound, WritesRefused."""
    ...
