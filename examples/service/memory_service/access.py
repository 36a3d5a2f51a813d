"""Who calls: the API token names the tenant, what may be done for it, and perhaps the one agent for which."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import IntFlag
from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

import memdb
from memdb import tokens
from memdb.errors import PermissionDenied, TokenRefused


class Permission(IntFlag):
    """The bits of a token's `permissions`, whose meaning is the service's."""

    READ = 1
    WRITE = 2


class Caller(NamedTuple):
    """The agent of a tenant on whose behalf a request is."""

    tenant: memdb.Tenant
    agent_id: UUID


_bearer = HTTPBearer(auto_error=False)


def _allowed(needed: Permission) -> Callable[..., Awaitable[Caller]]:
    async def caller(
        request: Request, agent_id: UUID, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Caller:
        if credentials is None:
            raise TokenRefused("missing")
        db: memdb.Database = request.app.state.db
        holder = await tokens.verify(db, text=credentials.credentials, ip=request.client.host if request.client else None)
        if needed not in Permission(holder.permissions):
            raise PermissionDenied(f"the token is not for {needed.name}")
        if holder.agent_id not in (None, agent_id):
            raise PermissionDenied("the token is another agent's")
        return Caller(db.tenant(holder.org_id, actor=holder.name), agent_id)

    return caller


Reader = Annotated[Caller, Depends(_allowed(Permission.READ))]
Writer = Annotated[Caller, Depends(_allowed(Permission.WRITE))]
