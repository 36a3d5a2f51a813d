"""Organizations: the tenants."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from memdb.database import Admin
from memdb.executor import Executor
from memdb.inputs import JsonObject, Name, Slug
from memdb.query import query

Tier: TypeAlias = Literal["free", "pro", "enterprise"]
Status: TypeAlias = Literal["active", "trial", "suspended", "cancelled"]


class Organization(msgspec.Struct, frozen=True):
    """A tenant. `slug` is unique among live organizations."""

    id: UUID
    slug: str
    name: str
    tier: str
    status: str
    settings: JsonObject
    version: int
    created_at: datetime
    updated_at: datetime


@query
async def create(
    on: Admin,
    *,
    slug: Slug,
    name: Name,
    tier: Tier = "free",
    settings: JsonObject | None = None,
    id: UUID | None = None,
) -> Organization:
    """A new organization; `id` None means a new UUIDv7. Raises AlreadyExists if a live one has this slug or any has this id."""
    ...


@query
async def get(on: Executor) -> Organization | None:
    """The tenant's own organization, or None if it is deleted or never was."""
    ...


@query
async def get_by_slug(on: Admin, *, slug: Slug) -> Organization | None:
    """The live organization with this slug, or None."""
    ...
