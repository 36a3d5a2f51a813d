"""What ibex's repositories have in common: an organization is given once, and applies to every call."""

from __future__ import annotations

from typing import Any, Generic, TypeVar
from uuid import UUID

from memdb.adapters.tenants import of_tenant
from memdb.engine.database import Database
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput

T = TypeVar("T")


class BaseRepository(Generic[T]):
    """The base of all repositories: a `session` of one organization, which every statement names and row-level security enforces.

    - `session`: a Database of `memdb.connect`, `db.tenant(org_id)`, or a transaction on it, which the caller commits.
    - `org_id`: the organization. InvalidInput if the session belongs to another.
    """

    def __init__(self, session: Database | Executor, org_id: UUID) -> None:
        if not isinstance(org_id, UUID):
            raise InvalidInput("org_id", f"must be a UUID, not {type(org_id).__name__}")
        self.session = of_tenant(type(self).__name__, session.tenant(org_id) if isinstance(session, Database) else session)
        self.org_id = org_id
        self._check_org(self.session.org_id)

    async def get(self, id: UUID) -> T | None:
        """The live row, or None, also if it is another organization's."""
        raise NotImplementedError

    async def page(self, *, limit: int = 50, **filters: Any) -> list[T]:
        """The live row, or None, also if it is another organization's."""
        raise NotImplementedError

    async def delete(self, id: UUID) -> bool:
        """Soft-delete a row; returns whether it existed."""
        raise NotImplementedError

    def _check_org(self, org_id: UUID | None) -> None:
        if org_id != self.org_id:
            raise InvalidInput("org_id", "must be the organization that the session is of")
