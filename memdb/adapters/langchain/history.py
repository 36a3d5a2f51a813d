"""LangChain's history of chat messages."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from langchain_core.chat_history import BaseChatMessageHistory
from langchain_core.messages import BaseMessage, messages_from_dict, messages_to_dict

from memdb import transcripts
from memdb.adapters.opening import Opening
from memdb.adapters.tenants import of_tenant, owner_of
from memdb.adapters.waiting import wait, wait_elsewhere
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput

_NAMESPACE: Final = "langchain"


class MemdbChatMessageHistory(BaseChatMessageHistory):
    """Keeps the messages of a session in a transcript of a tenant's, in the namespace "langchain".

    - `session_id`: any text of up to 1,024 bytes.
    - `tenant`: `db.tenant(org_id)`, or a transaction on it. Create the history on the event loop of its database; while that loop runs, its
      methods with the prefix `a` may be awaited on any.
    - `agent_id`, `user_id`: the owners of new sessions, for legal holds and erasures.

    The methods without the prefix `a`, and `messages`, are for threads other than the event loop's; they block. Raises what
    `memdb.transcripts` does.
    """

    def __init__(self, session_id: str, tenant: Executor, *, agent_id: UUID | None = None, user_id: UUID | None = None) -> None:
        super().__init__()
        self.tenant = of_tenant("MemdbChatMessageHistory", tenant)
        self.loop = asyncio.get_running_loop()
        self._owner = owner_of(agent_id, user_id)
        self._begin(session_id)

    def _begin(self, session_id: str) -> None:
        if not isinstance(session_id, str):
            raise InvalidInput("session_id", f"must be a str, not {type(session_id).__name__}")
        self.session_id = session_id
        self._place: dict[str, Any] = {"id": session_id, "namespace": _NAMESPACE}

    @classmethod
    def from_conn_string(
        cls,
        session_id: str,
        conn_string: str | None = None,
        *,
        org_id: UUID | None = None,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> Opening[MemdbChatMessageHistory]:
        """A history with a database of its own, for `async with` or `with`. `conn_string`: what `memdb.connect` takes, also `embedded:`.

        `org_id`: the tenant; None means the organization with the slug "default", which is created if necessary.
        """
        return Opening(conn_string, org_id, lambda tenant: cls(session_id, tenant, agent_id=agent_id, user_id=user_id))

    def of_session(self, session_id: str) -> MemdbChatMessageHistory:
        """The history of another session, on the same database; may be called in any thread."""
        made = copy.copy(self)
        made._begin(session_id)
        return made

    @property
    def messages(self) -> list[BaseMessage]:
        """All messages of the session, oldest first. Raises asyncio.InvalidStateError on the event loop's own thread."""
        return wait(self.loop, self.aget_messages)

    @messages.setter
    def messages(self, messages: Sequence[BaseMessage]) -> None:
        """Replace all messages, or none."""
        wait(self.loop, self._replace, messages)

    async def aget_messages(self) -> list[BaseMessage]:
        """All messages of the session, oldest first."""
        entries = await wait_elsewhere(self.loop, transcripts.history(self.tenant, **self._place))
        return messages_from_dict([entry.value for entry in entries])

    def add_messages(self, messages: Sequence[BaseMessage]) -> None:
        wait(self.loop, self.aadd_messages, messages)

    async def aadd_messages(self, messages: Sequence[BaseMessage]) -> None:
        """Add up to 10,000 messages, all or none, consecutively."""
        await wait_elsewhere(self.loop, self._add(self.tenant, _as_json(messages)))

    def clear(self) -> None:
        wait(self.loop, self.aclear)

    async def aclear(self) -> None:
        """Remove the session with all its messages permanently. Raises UnderLegalHold if a hold forbids it."""
        await wait_elsewhere(self.loop, transcripts.delete(self.tenant, **self._place))

    async def _add(self, on: Executor, items: Sequence[dict[str, Any]]) -> None:
        if items:
            await transcripts.append(on, **self._place, items=items, **self._owner)

    async def _replace(self, messages: Sequence[BaseMessage]) -> None:
        items = _as_json(messages)
        async with self.tenant.transaction() as tx:
            await transcripts.delete(tx, **self._place)
            await self._add(tx, items)


def _as_json(messages: Sequence[BaseMessage]) -> list[dict[str, Any]]:
    """Raises InvalidInput for a message that could not be read back."""
    listed = list(messages)
    for each in listed:
        if not isinstance(each, BaseMessage):
            raise InvalidInput("messages", f"must be LangChain's messages, not {type(each).__name__}")
    made = messages_to_dict(listed)
    try:
        messages_from_dict(made)
    except ValueError as error:
        raise InvalidInput("messages", f"must be of types that LangChain can read back: {error}") from None
    return made
