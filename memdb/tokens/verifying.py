"""Verifying tokens."""

from __future__ import annotations

import ipaddress
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from memdb.engine.database import Database
from memdb.engine.executor import Executor
from memdb.engine.inputs import Name
from memdb.engine.own import query
from memdb.errors import InvalidInput, TokenRefused
from memdb.tokens.structs import TokenHolder
from memdb.tokens.texts import digest, organization_of

Address: TypeAlias = Annotated[str, Meta(max_length=50)]


class Verdict(msgspec.Struct, frozen=True):
    """A token that was found, and why it gives no access, or None if it does."""

    holder: TokenHolder
    refusal: str | None


@query
async def look_up(on: Executor, *, hash: Name, ip: Address | None) -> Verdict | None:
    """Part of `verify`: changes nothing."""
    ...


@query
async def look_up_and_use(on: Executor, *, hash: Name, ip: Address | None) -> Verdict | None:
    """Part of `verify`: records the last use."""
    ...


async def verify(db: Database, *, text: str, ip: str | None = None, record_use: bool = True) -> TokenHolder:
    """The holder of the token, in one round trip. `ip` is the caller's address: without it, a token bound to networks is refused.

    Its last use is recorded at most once a minute, without waiting. `record_use=False` writes nothing, for a replica. Raises TokenRefused,
    which has the reason, and InvalidInput if `ip` is not an address.
    """
    org_id = organization_of(text)
    if org_id is None:
        raise TokenRefused("malformed")
    look = look_up_and_use if record_use else look_up
    verdict = await look(db.tenant(org_id), hash=digest(text), ip=None if ip is None else _address(ip))
    if verdict is None:
        raise TokenRefused("unknown")
    if verdict.refusal is not None:
        raise TokenRefused(verdict.refusal)
    return verdict.holder


def _address(text: object) -> str:
    try:
        if isinstance(text, str) and "%" not in text:
            address = ipaddress.ip_address(text)
            # A dual-stack socket reports an IPv4 caller's address in this form.
            return str(getattr(address, "ipv4_mapped", None) or address)
    except ValueError:
        pass
    raise InvalidInput("ip", f"must be an address such as 192.0.2.7 or 2001:db8::7, not {text!r:.80}")
