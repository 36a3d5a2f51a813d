"""ibex's repository of sessions."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from memdb import sessions
from memdb.adapters.ibex.base import BaseRepository
from memdb.adapters.paging import all_of, check_number
from memdb.errors import NotFound
from memdb.sessions import Session


class SessionRepository(BaseRepository[Session]):
    """An organization's sessions. Raises what `memdb.sessions` does."""

    async def get(self, id: UUID) -> Session | None:
        return await sessions.get(self.session, id=id)

    async def get_by_external_id(self, agent_id: UUID, external_id: str) -> Session | None:
        return await sessions.get_by_external_id(self.session, agent_id=agent_id, external_id=external_id)

    async def create(self, *, agent_id: UUID, external_id: str | None = None, org_id: UUID | None = None, **details: Any) -> Session:
        """Start a session, or return the agent's with this external id, also concurrently. `details`: as for `memdb.sessions.start`."""
        if org_id is not None:
            self._check_org(org_id)
        return (await sessions.start(self.session, agent_id=agent_id, external_id=external_id, **details)).session

    async def page(self, *, limit: int = 50, **filters: Any) -> list[Session]:
        """The sessions that pass the filters of `memdb.sessions.page`, last active first."""
        check_number("limit", limit)
        return await all_of(partial(sessions.page, self.session, **filters), limit)

    async def update(self, id: UUID, **changes: Any) -> Session:
        """`memdb.sessions.update`."""
        return await sessions.update(self.session, id=id, **changes)

    async def delete(self, id: UUID) -> bool:
        try:
            await sessions.delete(self.session, id=id)
        except NotFound:
            return False
        return True

    async def complete(self, id: UUID, status: Any = "completed") -> Session:
        """Close a session: completed, abandoned or error. Raises NotFound, InvalidTransition."""
        return await sessions.close(self.session, id=id, status=status)

    async def sweep_idle(self, idle_since: datetime, limit: int = 1000) -> list[UUID]:
        """Close active sessions without activity since a time as abandoned; returns their ids."""
        return await sessions.sweep_idle(self.session, idle_since=idle_since, limit=limit)

    async def mark_extracted(self, id: UUID, position: int) -> int:
        """Record up to which message memories were extracted; returns the mark, which never goes back."""
        return await sessions.mark_extracted(self.session, id=id, position=position)
