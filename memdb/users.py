"""Users of a tenant: the people that memories are about, or who manage agents."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias, TypedDict, Unpack
from uuid import UUID

import msgspec

from memdb.engine.clearing import Clear
from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Email, Limit, Name, Version
from memdb.engine.own import query

__all__ = [
    "Filters",
    "Role",
    "Status",
    "User",
    "count",
    "create",
    "delete",
    "get",
    "get_by_email",
    "get_by_sso",
    "get_or_create",
    "page",
    "restore",
    "update",
]

Role: TypeAlias = Literal["owner", "admin", "member", "viewer"]
Status: TypeAlias = Literal["active", "invited", "suspended", "deactivated"]


class User(msgspec.Struct, frozen=True):
    """A user. `email` is unique among the tenant's live users, ignoring case."""

    id: UUID
    email: str
    name: str | None
    role: Role
    status: Status
    sso_provider: str | None
    sso_subject: str | None
    version: int
    created_at: datetime
    updated_at: datetime


@query(absent="organization")
async def create(
    on: Executor,
    *,
    email: Email,
    name: Name | None = None,
    role: Role = "member",
    status: Status = "active",
    sso_provider: Name | None = None,
    sso_subject: Name | None = None,
    id: UUID | None = None,
) -> User:
    """Create a user; `id` None means a new UUIDv7.

    Raises AlreadyExists for an email, SSO subject or id in use, NotFound for an unknown organization, WritesRefused for a suspended one.
    """
    ...


@query(absent="organization", again=True)
async def get_or_create(
    on: Executor,
    *,
    email: Email,
    name: Name | None = None,
    role: Role = "member",
    status: Status = "active",
    sso_provider: Name | None = None,
    sso_subject: Name | None = None,
) -> User:
    """The live user with this address, unchanged whatever else is given, or a new one, as by `create`, if there is none.

    All concurrent callers get the same user; in a transaction, AlreadyExists may be raised instead. A deleted user is not restored (see
    `restore`): the new one takes the address. Raises as `create` does, but nothing for an existing user.
    """
    ...


@query
async def get(on: Executor, *, id: UUID) -> User | None:
    """The live user `id`, or None."""
    ...


@query
async def get_by_email(on: Executor, *, email: Email) -> User | None:
    """The live user with this address, ignoring case and Unicode normal form, or None."""
    ...


@query
async def get_by_sso(on: Executor, *, sso_provider: Name, sso_subject: Name) -> User | None:
    """The live user that the identity provider knows by this subject, or None."""
    ...


class Filters(TypedDict, total=False):
    """The filters of users. None, or omitted, means any."""

    role: Role | None
    status: Status | None


@query
async def page(on: Executor, *, before: User | Cursor | UUID | None = None, limit: Limit = 50, **filters: Unpack[Filters]) -> list[User]:
    """The live users that pass all the given filters, newest first. `before`: see `memdb.Cursor`."""
    ...


@query
async def count(on: Executor, **filters: Unpack[Filters]) -> int:
    """The number of live users that pass all the given filters."""
    ...


@query
async def update(
    on: Executor,
    *,
    id: UUID,
    expected_version: Version | None = None,
    email: Email | None = None,
    name: Name | Clear | None = None,
    role: Role | None = None,
    status: Status | None = None,
    sso_provider: Name | Clear | None = None,
    sso_subject: Name | Clear | None = None,
) -> User:
    """Change the given fields. None leaves a field unchanged, CLEAR empties it.

    Raises NotFound, VersionConflict, AlreadyExists for an email or SSO subject in use, InvalidInput for an incomplete SSO subject,
    WritesRefused.
    """
    ...


@query
async def delete(on: Executor, *, id: UUID, expected_version: Version | None = None) -> int:
    """Soft-delete a user and return the new version. The tokens stop working; memories stay (`retention.erase_user` removes them).

    `restore` undoes it. Raises NotFound, VersionConflict, WritesRefused.
    """
    ...


@query(absent="deleted user", key="id")
async def restore(on: Executor, *, id: UUID, expected_version: Version | None = None) -> User:
    """Restore a deleted user, whose tokens work again unless they were revoked.

    Raises NotFound if no deleted user has this id, AlreadyExists if the email or SSO subject is now in use, VersionConflict, WritesRefused.
    """
    ...
