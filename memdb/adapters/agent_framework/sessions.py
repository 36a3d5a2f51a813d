"""The Agent Framework's session store."""

from __future__ import annotations

import asyncio
from typing import Any, Final
from uuid import UUID

from agent_framework import AgentSession, SessionStore

from memdb import items
from memdb.adapters.homes import Home, Housed, home_of
from memdb.adapters.tenants import owner_of
from memdb.engine.executor import Executor

_NAMESPACE: Final = ("agent-framework", "sessions")


class MemdbSessionStore(Housed, SessionStore):
    """Keeps sessions in a tenant's items, each as a whole under an id of the caller's.

    - `tenant`: `db.tenant(org_id)`, or a transaction on it. Create the store on the event loop of its database; while that loop runs, its
      methods may be awaited on any.
    - `agent_id`, `user_id`: the owners of the sessions, for legal holds and erasures.

    Raises ValueError for an id that is empty, TypeError for what is no AgentSession or cannot be serialized, and otherwise what
    `memdb.items` does.
    """

    def __init__(self, tenant: Executor | Home, *, agent_id: UUID | None = None, user_id: UUID | None = None) -> None:
        self._home = home_of("MemdbSessionStore", tenant)
        self._owner = owner_of(agent_id, user_id)

    @classmethod
    def from_url(
        cls, url: str | None = None, *, org_id: UUID | None = None, agent_id: UUID | None = None, user_id: UUID | None = None
    ) -> MemdbSessionStore:
        """A store with a database and an event loop of its own, as `MemdbHistoryProvider.from_url` makes one."""
        return cls(Home.from_url(url, org_id), agent_id=agent_id, user_id=user_id)

    async def close(self) -> None:
        """Close the database, if it is the store's own; after that, the store raises PoolClosed."""
        await asyncio.to_thread(self._home.close)

    async def get(self, session_id: str) -> AgentSession | None:
        place = self._place(session_id)
        found = await self._home.call(lambda tenant: items.get(tenant, **place))
        return None if found is None else AgentSession.from_dict(found.value)

    async def set(self, session_id: str, session: AgentSession) -> None:
        place = self._place(session_id)
        if type(session) is not AgentSession:
            raise TypeError(f"session must be an AgentSession itself, which is what comes back, not {type(session).__name__}")
        value = session.to_dict()
        await self._home.change(lambda tenant: items.put(tenant, **place, value=value, to_the_letter=True, **self._owner))

    async def delete(self, session_id: str) -> None:
        """Delete the session permanently, if it exists. Raises UnderLegalHold if a hold forbids it."""
        place = self._place(session_id)
        await self._home.change(lambda tenant: items.delete(tenant, **place))

    def _place(self, session_id: str) -> dict[str, Any]:
        self.validate_session_id(session_id)
        return {"namespace": _NAMESPACE, "key": session_id}
