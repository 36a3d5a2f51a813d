"""The OpenAI Agents SDK over memdb: sessions.

    async with memdb.connect(dsn) as db:
        await Runner.run(agent, "Hello.", session=MemdbSession("user-123", db.tenant(org_id)))

or, as with the SDK's SQLAlchemySession, from a connection string:

    session = MemdbSession.from_url("user-123", url=dsn)
"""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import UUID

from memdb import transcripts
from memdb.adapters.homes import Home, Housed, home_of
from memdb.adapters.tenants import owner_of
from memdb.engine.executor import Executor
from memdb.errors import ExtraMissing, InvalidInput

try:
    from agents.items import TResponseInputItem
    from agents.memory import SessionSettings
    from agents.memory.session_settings import coerce_session_settings, resolve_session_limit
except ImportError as error:
    raise ExtraMissing("the OpenAI Agents SDK's session", "openai-agents") from error

_NAMESPACE: Final = "openai-agents"


class MemdbSession(Housed):
    """Keeps the items of a session in a transcript of a tenant's, in the namespace "openai-agents".

    - `session_id`: any text of up to 1,024 bytes.
    - `tenant`: `db.tenant(org_id)`, or a transaction on it. Create the session on the event loop of its database; while that loop runs, its
      methods may be awaited on any, as `Runner.run_sync` does.
    - `session_settings`: their `limit` is the default number of items that `get_items` returns.
    - `agent_id`, `user_id`: the owners of new sessions, for legal holds and erasures.

    A change that has begun is completed, even if its caller is cancelled. Raises what `memdb.transcripts` does.
    """

    session_id: str
    session_settings: SessionSettings | None

    def __init__(
        self,
        session_id: str,
        tenant: Executor | Home,
        session_settings: SessionSettings | dict[str, Any] | None = None,
        *,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> None:
        if not isinstance(session_id, str):
            raise InvalidInput("session_id", f"must be a str, not {type(session_id).__name__}")
        self.session_id = session_id
        self.session_settings = SessionSettings() if session_settings is None else coerce_session_settings(session_settings)
        self._place: dict[str, Any] = {"id": session_id, "namespace": _NAMESPACE}
        self._owner = owner_of(agent_id, user_id)
        self._home = home_of("MemdbSession", tenant)

    @classmethod
    def from_url(
        cls,
        session_id: str,
        *,
        url: str | None = None,
        session_settings: SessionSettings | dict[str, Any] | None = None,
        create_tables: bool = True,
        org_id: UUID | None = None,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> MemdbSession:
        """A session with a database and an event loop of its own: for any thread, and for one `asyncio.run` after the other.

        It is connected at its first use, and closed by `close()` or by leaving `async with`.

        - `url`: what `memdb.connect` takes, including `embedded:`, and with SQLAlchemy's schemes.
        - `create_tables` has no effect: the tables are created by memdb's migrations.
        - `org_id`: the tenant; None means the organization with the slug "default", which is created if necessary.
        """
        return cls(session_id, Home.from_url(url, org_id), session_settings, agent_id=agent_id, user_id=user_id)

    async def get_items(self, limit: int | None = None) -> list[TResponseInputItem]:
        """The last `limit` items, oldest first; None means the limit of the settings, or all."""
        limit = resolve_session_limit(limit, self.session_settings)
        entries = await self._home.call(lambda tenant: transcripts.history(tenant, **self._place, limit=limit))
        return [each.value for each in entries]

    async def add_items(self, items: list[TResponseInputItem]) -> None:
        """Add up to 10,000 items, all or none, consecutively."""
        given = list(items)
        if given:
            await self._home.change(lambda tenant: transcripts.append(tenant, **self._place, items=given, **self._owner))

    async def pop_item(self) -> TResponseInputItem | None:
        """Remove and return the newest item, or None if there is none."""
        entry = await self._home.change(lambda tenant: transcripts.pop(tenant, **self._place))
        return None if entry is None else cast(TResponseInputItem, entry.value)

    async def clear_session(self) -> None:
        """Remove the session with all its items permanently. Raises UnderLegalHold if a hold forbids it."""
        await self._home.change(lambda tenant: transcripts.delete(tenant, **self._place))

    def close(self) -> None:
        """Close the database, if it is the session's own; after that, the session raises PoolClosed."""
        self._home.close()
