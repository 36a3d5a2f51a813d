"""The Agent Framework's history provider."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar, Final
from uuid import UUID

from agent_framework import HistoryProvider, Message
from agent_framework._sessions import filter_new_messages

from memdb import transcripts
from memdb.adapters.homes import Home, Housed, home_of
from memdb.adapters.tenants import owner_of
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput

_LONGEST_SOURCE: Final = 480


class MemdbHistoryProvider(Housed, HistoryProvider):
    """Keeps the messages of sessions in a tenant's transcripts, in a namespace of its `source_id`.

    - `tenant`: `db.tenant(org_id)`, or a transaction on it. Create the provider on the event loop of its database; while that loop runs,
      its methods may be awaited on any.
    - `source_id`: up to 480 bytes; providers that have the same share their messages.
    - `skip_excluded`: whether `get_messages` leaves out what a compaction has marked as excluded.
    - `agent_id`, `user_id`: the owners of new sessions' messages, for legal holds and erasures.
    - The others are those of `HistoryProvider`.

    A change that has begun is completed, even if its caller is cancelled. Raises what `memdb.transcripts` does.
    """

    DEFAULT_SOURCE_ID: ClassVar[str] = "memdb"

    def __init__(
        self,
        tenant: Executor | Home,
        *,
        source_id: str = DEFAULT_SOURCE_ID,
        load_messages: bool = True,
        store_inputs: bool = True,
        store_context_messages: bool = False,
        store_context_from: set[str] | None = None,
        store_outputs: bool = True,
        skip_excluded: bool = False,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> None:
        if not isinstance(source_id, str) or not source_id or len(source_id.encode("utf-8", "replace")) > _LONGEST_SOURCE:
            raise InvalidInput("source_id", f"must be a str of 1 to {_LONGEST_SOURCE} bytes")
        super().__init__(
            source_id,
            load_messages=load_messages,
            store_inputs=store_inputs,
            store_context_messages=store_context_messages,
            store_context_from=store_context_from,
            store_outputs=store_outputs,
        )
        self.skip_excluded = skip_excluded
        self._home = home_of("MemdbHistoryProvider", tenant)
        self._owner = owner_of(agent_id, user_id)

    @classmethod
    def from_url(cls, url: str | None = None, *, org_id: UUID | None = None, **options: Any) -> MemdbHistoryProvider:
        """A provider with a database and an event loop of its own: for any thread, and for one `asyncio.run` after the other.

        It is connected at its first use, and closed by `await provider.close()` or by leaving `async with`.

        - `url`: what `memdb.connect` takes, including `embedded:`, and with SQLAlchemy's schemes.
        - `org_id`: the tenant; None means the organization with the slug "default", which is created if necessary.
        - `options`: those of `MemdbHistoryProvider`.
        """
        return cls(Home.from_url(url, org_id), **options)

    async def close(self) -> None:
        """Close the database, if it is the provider's own; after that, the provider raises PoolClosed."""
        await asyncio.to_thread(self._home.close)

    async def get_messages(self, session_id: str | None, *, state: dict[str, Any] | None = None, **kwargs: Any) -> list[Message]:
        """The messages of a session, in the order in which they were saved; None and "" are one session, "default"."""
        return [each for each in await self._last(session_id, None) if not (self.skip_excluded and _is_excluded(each))]

    async def save_messages(
        self, session_id: str | None, messages: Sequence[Message], *, state: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        """Append up to 10,000 messages to a session, all or none.

        As in the framework's own providers, if `messages` begins with the session's last messages, or with all of them, those are not added
        again.
        """
        given = list(messages)
        if wrong := next((each for each in given if not isinstance(each, Message)), None):
            raise InvalidInput("messages", f"must be the framework's messages, not {type(wrong).__name__}")
        if not given:
            return
        # Of those before it none makes a difference.
        existing = await self._last(session_id, len(given) + 1)
        new = [each.to_dict() for each in filter_new_messages(existing, given)]
        if new:
            await self._home.change(lambda tenant: transcripts.append(tenant, **self._place(session_id), items=new, **self._owner))

    async def clear(self, session_id: str | None) -> None:
        """Remove a session's messages permanently. Raises UnderLegalHold if a hold forbids it."""
        await self._home.change(lambda tenant: transcripts.delete(tenant, **self._place(session_id)))

    async def _last(self, session_id: str | None, limit: int | None) -> list[Message]:
        entries = await self._home.call(lambda tenant: transcripts.history(tenant, **self._place(session_id), limit=limit))
        return [Message.from_dict(each.value) for each in entries]

    def _place(self, session_id: str | None) -> dict[str, Any]:
        return {"namespace": f"agent-framework/{self.source_id}", "id": session_id or "default"}


def _is_excluded(message: Message) -> bool:
    return bool(message.additional_properties.get("_excluded", False))
