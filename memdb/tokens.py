"""API tokens: who may call, on behalf of which tenant, user or agent.

A token is `mdb_`, 44 characters of secret (264 random bits) and 22 of its organization's id, so that it can be verified in one round trip
by its tenant's rows alone, with row-level security on. Only its SHA-256 and its first 12 characters are stored.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from memdb.engine.database import Database
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit, Name, Notes, Reason
from memdb.engine.own import query
from memdb.errors import InvalidInput, TenantRequired, TokenRefused

Kind: TypeAlias = Literal["personal", "organization", "service", "marketplace"]
Permissions: TypeAlias = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Networks: TypeAlias = Annotated[list[Annotated[str, Meta(max_length=50)]], Meta(max_length=50)]
Address: TypeAlias = Annotated[str, Meta(max_length=50)]

_MARK: Final = "mdb_"
_SECRET_BYTES: Final = 33
_ORG_CHARACTERS: Final = 22
_LENGTH: Final = len(_MARK) + _SECRET_BYTES * 4 // 3 + _ORG_CHARACTERS
_PREFIX: Final = len(_MARK) + 8


class Token(msgspec.Struct, frozen=True):
    """An API token, without its secret: `prefix` is what it begins with. `permissions` are bits whose meaning is the service's.

    `allowed_networks` are in CIDR notation, none for any. `last_used_at` is right to the minute.
    """

    id: UUID
    kind: str
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
    """A token that was just made. `text` is the token itself: show it once, nobody can find it out again. Its repr leaves it out."""

    text: str
    token: Token

    def __repr__(self) -> str:
        return f"NewToken(text='{self.token.prefix}...', token={self.token!r})"


class TokenHolder(msgspec.Struct, frozen=True):
    """Whom a good token speaks for. A suspended organization's or agent's tokens are good: they read, and their writes are refused."""

    token_id: UUID
    org_id: UUID
    kind: str
    name: str
    user_id: UUID | None
    agent_id: UUID | None
    permissions: int
    expires_at: datetime | None
    organization_status: str
    agent_status: str | None


class Verdict(msgspec.Struct, frozen=True):
    """A token that was found, and why it gives no access, None if it does."""

    holder: TokenHolder
    refusal: str | None


@query(absent="organization")
async def insert(
    on: Executor,
    *,
    kind: Kind,
    name: Name,
    description: Notes | None,
    user_id: UUID | None,
    agent_id: UUID | None,
    permissions: Permissions,
    expires_at: datetime | None,
    allowed_networks: Networks,
    prefix: Name,
    hash: Name,
) -> Token:
    """Part of `create`."""
    ...


async def create(
    on: Executor,
    *,
    name: str,
    kind: Kind = "service",
    description: str | None = None,
    user_id: UUID | None = None,
    agent_id: UUID | None = None,
    permissions: int = 0,
    expires_at: datetime | None = None,
    allowed_networks: Iterable[str] = (),
) -> NewToken:
    """Make a token of the tenant, or of one of its users or agents; a personal one needs a user.

    Raises InvalidInput, NotFound for an unknown organization, user or agent, WritesRefused.
    """
    if on.org_id is None:
        raise TenantRequired("tokens.create works on one tenant's rows: call it on db.tenant(org_id)")
    if isinstance(allowed_networks, str) or not isinstance(allowed_networks, Iterable):
        raise InvalidInput("allowed_networks", f"must be a list of networks, not {type(allowed_networks).__name__}")
    networks = [_network(each) for each in allowed_networks]
    text = _MARK + urlsafe_b64encode(secrets.token_bytes(_SECRET_BYTES)).decode() + urlsafe_b64encode(on.org_id.bytes)[:-2].decode()
    token = await insert(
        on,
        kind=kind,
        name=name,
        description=description,
        user_id=user_id,
        agent_id=agent_id,
        permissions=permissions,
        expires_at=expires_at,
        allowed_networks=networks,
        prefix=text[:_PREFIX],
        hash=_hash(text),
    )
    return NewToken(text, token)


@query
async def look_up(on: Executor, *, hash: Name, ip: Address | None) -> Verdict | None:
    """Part of `verify`: changes nothing."""
    ...


@query
async def look_up_and_use(on: Executor, *, hash: Name, ip: Address | None) -> Verdict | None:
    """Part of `verify`: writes the last use down."""
    ...


async def verify(db: Database, *, text: str, ip: str | None = None, record_use: bool = True) -> TokenHolder:
    """Whom the token speaks for, in one round trip. `ip` is the caller's address: without it, a token bound to networks is refused.

    Its last use is written down at most once a minute, and never waited for; `record_use=False` writes nothing, for a replica.
    Raises TokenRefused, which says why, and InvalidInput for an `ip` that is none.
    """
    org_id = _organization(text)
    if org_id is None:
        raise TokenRefused("malformed")
    look = look_up_and_use if record_use else look_up
    verdict = await look(db.tenant(org_id), hash=_hash(text), ip=None if ip is None else _address(ip))
    if verdict is None:
        raise TokenRefused("unknown")
    if verdict.refusal is not None:
        raise TokenRefused(verdict.refusal)
    return verdict.holder


@query
async def get(on: Executor, *, id: UUID) -> Token | None:
    """One token, revoked or not, or None."""
    ...


@query
async def page(
    on: Executor, *, user_id: UUID | None = None, agent_id: UUID | None = None, before: UUID | None = None, limit: Limit = 50
) -> list[Token]:
    """The tenant's tokens, revoked ones included, newest first; `before` is the id of the last one of the page before."""
    ...


@query
async def revoke(on: Executor, *, id: UUID, reason: Reason | None = None) -> datetime:
    """End a token for good, also that of a suspended tenant, and return since when: one revoked before stays as it was.

    Raises NotFound.
    """
    ...


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _organization(text: object) -> UUID | None:
    if not isinstance(text, str) or len(text) != _LENGTH or not text.startswith(_MARK) or not text.isascii():
        return None
    try:
        return UUID(bytes=urlsafe_b64decode(text[-_ORG_CHARACTERS:] + "=="))
    except ValueError:
        return None


def _network(text: object) -> str:
    try:
        if isinstance(text, str) and "%" not in text:
            return str(ipaddress.ip_network(text))
    except ValueError:
        pass
    raise InvalidInput("allowed_networks", f"must be networks such as 192.0.2.0/24 or 2001:db8::/32, not {text!r:.80}")


def _address(text: object) -> str:
    try:
        if isinstance(text, str) and "%" not in text:
            address = ipaddress.ip_address(text)
            # A socket of both families tells an IPv4 caller so.
            return str(getattr(address, "ipv4_mapped", None) or address)
    except ValueError:
        pass
    raise InvalidInput("ip", f"must be an address such as 192.0.2.7 or 2001:db8::7, not {text!r:.80}")
