"""The classes of tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

Kind: TypeAlias = Literal["personal", "organization", "service", "marketplace"]


class Token(msgspec.Struct, frozen=True):
    """An API token, without its secret. `prefix` is its beginning. `permissions` are bits whose meaning is up to the service.

    `allowed_networks` are in CIDR notation, none meaning any. `last_used_at` is accurate to the minute.
    """

    id: UUID
    kind: Kind
    user_id: UUID | None
    agent_id: UUID | None
    name: str
    description: str | None
    prefix: str
    permissions: int
    allowed_networks: list[str]
    expires_at: datetime | None
    created_by: str | None
    created_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    revoke_reason: str | None
    last_used_at: datetime | None
    last_used_ip: str | None


class NewToken(msgspec.Struct, frozen=True):
    """A new token. `text` is the token itself: show it once, because it cannot be recovered. Its repr omits it."""

    text: str
    token: Token

    def __repr__(self) -> str:
        return f"NewToken(text='{self.token.prefix}...', token={self.token!r})"


class TokenHolder(msgspec.Struct, frozen=True):
    """The holder of a valid token. Tokens of a suspended organization or agent are valid: they can read, and their writes are refused."""

    token_id: UUID
    org_id: UUID
    kind: Kind
    name: str
    user_id: UUID | None
    agent_id: UUID | None
    permissions: int
    expires_at: datetime | None
    organization_status: str
    agent_status: str | None
