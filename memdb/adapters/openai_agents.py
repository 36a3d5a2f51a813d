"""The OpenAI Agents SDK over memdb: sessions.

    async with memdb.connect(dsn) as db:
        await Runner.run(agent, "Hello.", session=MemdbSession("user-123", db.tenant(org_id)))

or, as with the SDK's SQLAlchemySession, from a connection string:

    session = MemdbSession.from_url("user-123", url=dsn)
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Final, TypeAlias, TypeVar, cast
from uuid import UUID

from memdb import transcripts
from memdb.adapters.opening import Opening
from memdb.adapters.tenants import of_tenant
from memdb.adapters.waiting import wait_elsewhere, wait_to_the_end
from memdb.engine.executor import Executor
from memdb.errors import ExtraMissing, InvalidInput

try:
    from agents.items import TResponseInputItem
    from agents.memory import SessionSettings
    from agents.memory.session_settings import coerce_session_settings, resolve_session_limit
except ImportError as error:
    raise ExtraMissing("the OpenAI Agents SDK's session", "openai-agents") from error

T = TypeVar("T")

Home: TypeAlias = tuple[Executor, asyncio.AbstractEventLoop]
"""A tenant, and the event loop that its database was connected on."""

_NAMESPACE: Final = "openai-agents"


class MemdbSession:
    """Keeps the items of a session in a transcript of a tenant's, in the namespace "openai-agents".

    - `session_id`: any text of up to 1,024 bytes.
    - `tenant`: `db.tenant(org_id)`, or a transaction on it. The session is made on the event loop of its database; while that one runs, its
      methods may be awaited on any, as `Runner.run_sync` does.
    - `session_settings`: of which `limit` is how many items `get_items` returns unless it is told.
    - `agent_id`, `user_id`: whose a session is that begins here, for legal holds and erasures.

    A change that has begun is made, even where its caller is cancelled. Raises what `memdb.transcripts` does.
    """

    session_id: str
    session_settings: SessionSettings | None

    def __init__(
        self,
        session_id: str,
        tenant: Executor | Opening[Home],
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
        self._owner: dict[str, Any] = {"agent_id": agent_id, "user_id": user_id}
        self._opening = tenant if isinstance(tenant, Opening) else None
        self._lock = threading.Lock()
        self._home = None if isinstance(tenant, Opening) else _home(of_tenant("MemdbSession", tenant))

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

        - `url`: what `memdb.connect` takes, `embedded:` too, and with SQLAlchemy's schemes.
        - `create_tables` makes no difference: the tables are those that memdb's migrations make.
        - `org_id`: the tenant; None is the organization with the slug "default", which is made if there is none.
        """
        return cls(session_id, Opening(url, org_id, _home), session_settings, agent_id=agent_id, user_id=user_id)

    async def get_items(self, limit: int | None = None) -> list[TResponseInputItem]:
        """The last `limit` items, the oldest of them first; None is the limit of the settings, or all."""
        limit = resolve_session_limit(limit, self.session_settings)
        entries = await self._call(lambda tenant: transcripts.history(tenant, **self._place, limit=limit))
        return [each.value for each in entries]

    async def add_items(self, items: list[TResponseInputItem]) -> None:
        """Add up to 10,000 items, all or none, next to one another."""
        given = list(items)
        if given:
            await self._change(lambda tenant: transcripts.append(tenant, **self._place, items=given, **self._owner))

    async def pop_item(self) -> TResponseInputItem | None:
        """Remove and return the newest item, or None where there is none."""
        entry = await self._change(lambda tenant: transcripts.pop(tenant, **self._place))
        return None if entry is None else cast(TResponseInputItem, entry.value)

    async def clear_session(self) -> None:
        """Remove the session with all its items, for good. Raises UnderLegalHold where one forbids it."""
        await self._change(lambda tenant: transcripts.delete(tenant, **self._place))

    def close(self) -> None:
        """Close the database, if it is the session's own; from then on the session raises PoolClosed."""
        with self._lock:
            if self._opening is not None and self._home is not None:
                self._opening.__exit__(None, None, None)

    async def __aenter__(self) -> MemdbSession:
        await asyncio.to_thread(self._open)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await asyncio.to_thread(self.close)

    def _open(self) -> Home:
        with self._lock:
            if self._home is None and self._opening is not None:
                self._home = self._opening.__enter__()
        assert self._home is not None
        return self._home

    async def _call(self, function: Callable[[Executor], Coroutine[Any, Any, T]]) -> T:
        tenant, loop = await asyncio.to_thread(self._open) if self._home is None else self._home
        return await wait_elsewhere(loop, function(tenant))

    async def _change(self, function: Callable[[Executor], Coroutine[Any, Any, T]]) -> T:
        return await wait_to_the_end(self._call(function))


def _home(tenant: Executor) -> Home:
    return tenant, asyncio.get_running_loop()
