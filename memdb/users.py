"""Users of a tenant: the people whom memories are about, or who manage agents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.executor import Executor
from memdb.inputs import Name
from memdb.query import query

Role: TypeAlias = Literal["owner", "admin", "member", "viewer"]
Status: TypeAlias = Literal["active", "invited", "suspended", "deactivated"]
Email: TypeAlias = Annotated[str, Meta(min_length=3, max_length=320)]


class User(msgspec.Struct, frozen=True):
    """A user. `email` is unique among the tenant's live users, whatever its case."""

    id: UUID
    email: str
    name: str | None
    role: str
    status: str
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
    """A new user; `id` None means a new UUIDv7. Raises AlreadyExists for an email or id in use, NotFound for an unknown organization."""
    ...


@query
async def get(on: Executor, *, id: UUID) -> User | None:
    """The live user `id`, or None."""
    ...


@query
async def get_by_email(on: Executor, *, email: Email) -> User | None:
    """The live user with this address, or None."""
    ...
