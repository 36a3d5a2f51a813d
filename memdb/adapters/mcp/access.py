"""The caller of a tool: a tenant, one of its agents, and perhaps one of its users."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NamedTuple
from uuid import UUID

from mcp.server.mcpserver import Context

from memdb import agents, tokens
from memdb.engine.database import Database
from memdb.engine.executor import Executor
from memdb.errors import NotFound
from memdb.tokens import TokenHolder


class Caller(NamedTuple):
    """The owner of the memory. With a `user_id`, it is what the agent knows about that user, and nothing else."""

    tenant: Executor
    agent_id: UUID
    user_id: UUID | None = None


class Access(ABC):
    """How a server determines the caller of a tool."""

    @abstractmethod
    async def caller(self, context: Context[Any, Any]) -> Caller:
        """The caller of `context`'s request. Raises TokenRefused, NotFound for an agent that does not exist."""


class FixedAccess(Access):
    """Always the same caller, without a token: for a server that one person runs for themselves."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def caller(self, context: Context[Any, Any]) -> Caller:
        return self._caller


class Holders:
    """Finds the callers that tokens stand for.

    - `agent`: the slug of the agent for tokens that name none; an agent's token is for that agent alone.
    - `create`: whether that agent is created in a tenant without it; otherwise its callers get NotFound.
    """

    def __init__(self, db: Database, *, agent: str = "default", create: bool = False) -> None:
        self.db = db
        self._agent = agent
        self._create = create

    async def caller_of(self, holder: TokenHolder) -> Caller:
        tenant = self.db.tenant(holder.org_id, actor=f"token {holder.token_id}")
        return Caller(tenant, holder.agent_id or await self._agent_of(tenant), holder.user_id)

    async def _agent_of(self, tenant: Executor) -> UUID:
        if self._create:
            return (await agents.get_or_create(tenant, slug=self._agent, name=self._agent)).id
        found = await agents.get_by_slug(tenant, slug=self._agent)
        if found is None:
            raise NotFound("agent", self._agent)
        return found.id


class TokenAccess(Access):
    """The caller that one token stands for, determined at each call: if the token is revoked or expires, a running server loses its access.

    Such a server has no address: a token bound to networks is refused.
    """

    def __init__(self, holders: Holders, token: str) -> None:
        self._holders = holders
        self._token = token

    async def check(self) -> Caller:
        """The caller, or the reason why there is none, so that a server can fail at its start. Raises TokenRefused, NotFound."""
        return await self._holders.caller_of(await tokens.verify(self._holders.db, text=self._token))

    async def caller(self, context: Context[Any, Any]) -> Caller:
        return await self.check()
