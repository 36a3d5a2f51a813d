"""Creating, reading and revoking tokens."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, TypeAlias, TypedDict, Unpack
from uuid import UUID

from msgspec import Meta

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit, Name, Notes, Reason
from memdb.engine.own import query
from memdb.errors import InvalidInput, TenantRequired
from memdb.tokens import texts
from memdb.tokens.structs import Kind, NewToken, Token

Permissions: TypeAlias = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Networks: TypeAlias = Annotated[list[Annotated[str, Meta(max_length=50)]], Meta(max_length=50)]


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
    """Create a token of the tenant, or of one of its users or agents; a personal one requires a user.

    Raises InvalidInput, NotFound for an unknown organization, user or agent, WritesRefused.
    """
    if on.org_id is None:
        raise TenantRequired("tokens.create works on one tenant's rows: call it on db.tenant(org_id)")
    if isinstance(allowed_networks, str) or not isinstance(allowed_networks, Iterable):
        raise InvalidInput("allowed_networks", f"must be a list of networks, not {type(allowed_networks).__name__}")
    networks = [_network(each) for each in allowed_networks]
    text = texts.new(on.org_id)
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
        prefix=text[: texts.PREFIX],
        hash=texts.digest(text),
    )
    return NewToken(text, token)


@query
async def get(on: Executor, *, id: UUID) -> Token | None:
    """One token, revoked or not, or None."""
    ...


class Filters(TypedDict, total=False):
    """The filters of tokens. None, or omitted, means any."""

    user_id: UUID | None
    agent_id: UUID | None


@query
async def page(on: Executor, *, before: Token | Cursor | UUID | None = None, limit: Limit = 50, **filters: Unpack[Filters]) -> list[Token]:
    """The tenant's tokens that pass all the given filters, including revoked ones, newest first. `before`: see `memdb.Cursor`."""
    ...


@query
async def count(on: Executor, **filters: Unpack[Filters]) -> int:
    """The number of the tenant's tokens that pass all the given filters, including revoked ones."""
    ...


@query
async def revoke(on: Executor, *, id: UUID, reason: Reason | None = None) -> datetime:
    """Revoke a token permanently, also that of a suspended tenant, and return when it was revoked. A revoked token stays unchanged.

    Raises NotFound.
    """
    ...


def _network(text: object) -> str:
    try:
        if isinstance(text, str) and "%" not in text:
            return str(ipaddress.ip_network(text))
    except ValueError:
        pass
    raise InvalidInput("allowed_networks", f"must be networks such as 192.0.2.0/24 or 2001:db8::/32, not {text!r:.80}")
