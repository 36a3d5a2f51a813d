"""Organizations: the tenants. Administering them takes `db.admin()`, administering one of them `db.admin(org_id)`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.clearing import Clear
from memdb.engine.cursors import Cursor
from memdb.engine.executor import AdminExecutor, Executor
from memdb.engine.inputs import Email, JsonObject, Limit, Name, Reason, Slug, Version
from memdb.engine.own import query

__all__ = [
    "Language",
    "Organization",
    "Quota",
    "Status",
    "Tier",
    "count",
    "create",
    "delete",
    "get",
    "get_by_slug",
    "get_or_create",
    "page",
    "quotas",
    "restore",
    "set_quotas",
    "update",
]

Tier: TypeAlias = Literal["free", "pro", "enterprise"]
Status: TypeAlias = Literal["active", "trial", "suspended", "cancelled"]
Language: TypeAlias = Literal[
    "simple", "arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "finnish", "french", "german", "greek", "hindi",
    "hungarian", "indonesian", "irish", "italian", "lithuanian", "nepali", "norwegian", "portuguese", "romanian", "russian", "serbian",
    "spanish", "swedish", "tamil", "turkish", "yiddish",
]  # fmt: skip
Quantity: TypeAlias = Annotated[int, Meta(ge=0, le=10**15)]


class Organization(msgspec.Struct, frozen=True):
    """A tenant. `slug` is unique among live organizations; suspended and cancelled ones take no writes; a quota of None is no quota.

    `language` is the language whose inflections searches know. In any language, identifiers and scripts without spaces are found; "simple"
    knows no inflections.
    """

    id: UUID
    slug: str
    name: str
    tier: Tier
    status: Status
    language: Language
    billing_email: str | None
    settings: JsonObject
    memory_quota: int | None
    agent_quota: int | None
    monthly_token_quota: int | None
    version: int
    created_at: datetime
    updated_at: datetime


class Quota(msgspec.Struct, frozen=True):
    """A quota of `kind` (memories, agents, monthly_tokens) and what remains of it, which is negative if the quota was lowered."""

    kind: str
    quota: int
    free: int


@query
async def create(
    on: AdminExecutor,
    *,
    slug: Slug,
    name: Name,
    tier: Tier = "free",
    language: Language = "english",
    billing_email: Email | None = None,
    settings: JsonObject | None = None,
    id: UUID | None = None,
) -> Organization:
    """Create an organization; `id` None means a new UUIDv7. Raises AlreadyExists if a live one has this slug or any has this id."""
    ...


@query(again=True)
async def get_or_create(
    on: AdminExecutor,
    *,
    slug: Slug,
    name: Name,
    tier: Tier = "free",
    language: Language = "english",
    billing_email: Email | None = None,
    settings: JsonObject | None = None,
) -> Organization:
    """The live organization with this slug, unchanged whatever else is given, or a new one, as by `create`, if there is none.

    All concurrent callers get the same organization; in a transaction, AlreadyExists may be raised instead. A deleted organization is not
    restored (see `restore`): the new one takes its slug.
    """
    ...


@query
async def get(on: Executor) -> Organization | None:
    """The tenant's own organization, or None if it is deleted or never existed."""
    ...


@query
async def get_by_slug(on: AdminExecutor, *, slug: Slug) -> Organization | None:
    """The live organization with this slug, or None."""
    ...


@query
async def page(
    on: AdminExecutor,
    *,
    status: Status | None = None,
    deleted: bool = False,
    before: Organization | Cursor | UUID | None = None,
    limit: Limit = 50,
) -> list[Organization]:
    """The live organizations, or with `deleted` those that `restore` can bring back; newest first. `before`: see `memdb.Cursor`."""
    ...


@query
async def count(on: AdminExecutor, *, status: Status | None = None, deleted: bool = False) -> int:
    """The number of live organizations, or with `deleted` of deleted ones, of one status or of all."""
    ...


@query
async def update(
    on: AdminExecutor,
    *,
    expected_version: Version | None = None,
    slug: Slug | None = None,
    name: Name | None = None,
    tier: Tier | None = None,
    status: Status | None = None,
    language: Language | None = None,
    billing_email: Email | Clear | None = None,
    settings: JsonObject | None = None,
    reason: Reason | None = None,
) -> Organization:
    """Change the given fields. None leaves a field unchanged, CLEAR empties it.

    `status` suspended stops all writes of the tenant, active allows them again. A new `language` applies to new memories and to questions;
    `memories.reread` applies it to existing ones. Raises NotFound, VersionConflict, AlreadyExists for a slug in use.
    """
    ...


@query
async def delete(on: AdminExecutor, *, expected_version: Version | None = None, reason: Reason | None = None) -> int:
    """Soft-delete the organization and return its new version; it takes no writes from then on.

    `restore` undoes it; `retention.erase_organization` removes its data. Raises NotFound, VersionConflict.
    """
    ...


@query(absent="deleted organization")
async def restore(on: AdminExecutor, *, expected_version: Version | None = None, reason: Reason | None = None) -> Organization:
    """Restore a deleted organization. Raises NotFound, VersionConflict, AlreadyExists if its slug is now in use."""
    ...


@query
async def set_quotas(
    on: AdminExecutor, *, memories: Quantity | None, agents: Quantity | None, monthly_tokens: Quantity | None
) -> Organization:
    """Set all three quotas (None for no quota), and count what is in use: live and expired memories, agents, this month's tokens.

    Applies to everything that begins later. Concurrent writes that began without a quota may be missing from the count; calling this again
    counts anew. Raises NotFound.
    """
    ...


@query
async def quotas(on: Executor) -> list[Quota]:
    """The tenant's quotas and what remains of each; quotas that it does not have are left out."""
    ...
