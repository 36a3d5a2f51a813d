"""LlamaIndex's chat store."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.llms import ChatMessage
from llama_index.core.storage.chat_store.base import BaseChatStore

from memdb import transcripts
from memdb.adapters.collections import check_name
from memdb.adapters.homes import Home, home_of
from memdb.adapters.paging import all_of
from memdb.adapters.tenants import owner_of
from memdb.engine.executor import Executor
from memdb.transcripts import ABSENT, Entry, RevisionConflict, Transcript


class MemdbChatStore(BaseChatStore):
    """Keeps the messages of each key in a transcript of a tenant's, in the namespace "llama-index/" and `table_name`.

    The arguments are those of MemdbVectorStore, without a dimension, and its methods may be called in the same places. A key is any text of
    up to 1,024 bytes. Raises what `memdb.transcripts` does.
    """

    table_name: str

    _home: Home = PrivateAttr()
    _owner: dict[str, Any] = PrivateAttr()

    def __init__(self, tenant: Any, *, table_name: str = "chatstore", agent_id: UUID | None = None, user_id: UUID | None = None) -> None:
        super().__init__(table_name=check_name("table_name", table_name))  # type: ignore[call-arg]
        self._home = home_of("MemdbChatStore", tenant)
        self._owner = owner_of(agent_id, user_id)

    @classmethod
    def from_uri(
        cls,
        uri: str | None = None,
        *,
        table_name: str = "chatstore",
        org_id: UUID | None = None,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> MemdbChatStore:
        """As `MemdbVectorStore.from_params`."""
        return cls(Home.from_url(uri, org_id), table_name=table_name, agent_id=agent_id, user_id=user_id)

    @classmethod
    def class_name(cls) -> str:
        return "MemdbChatStore"

    def close(self) -> None:
        """Close the database, if it is the store's own."""
        self._home.close()

    def set_messages(self, key: str, messages: Sequence[ChatMessage]) -> None:
        self._home.wait(self._set, key, messages)

    async def aset_messages(self, key: str, messages: Sequence[ChatMessage]) -> None:
        """Replace all messages by up to 10,000 others."""
        await self._home.call(self._set, key, messages)

    def get_messages(self, key: str) -> list[ChatMessage]:
        return self._home.wait(self._get, key)

    async def aget_messages(self, key: str) -> list[ChatMessage]:
        """The messages in order; empty for an unknown key."""
        return await self._home.call(self._get, key)

    def add_message(self, key: str, message: ChatMessage) -> None:
        self._home.wait(self._add, key, message)

    async def async_add_message(self, key: str, message: ChatMessage) -> None:
        await self._home.call(self._add, key, message)

    def delete_messages(self, key: str) -> list[ChatMessage] | None:
        return self._home.wait(self._delete, key)

    async def adelete_messages(self, key: str) -> list[ChatMessage] | None:
        """Delete a key and return its messages, or None if there is none. Raises UnderLegalHold if a hold forbids it."""
        return await self._home.call(self._delete, key)

    def delete_message(self, key: str, idx: int) -> ChatMessage | None:
        return self._home.wait(self._delete_one, key, idx)

    async def adelete_message(self, key: str, idx: int) -> ChatMessage | None:
        """Delete the message at a place, from 0, or from the end if negative, and return it, or None if there is none."""
        return await self._home.call(self._delete_one, key, idx)

    def delete_last_message(self, key: str) -> ChatMessage | None:
        return self._home.wait(self._pop, key)

    async def adelete_last_message(self, key: str) -> ChatMessage | None:
        return await self._home.call(self._pop, key)

    def get_keys(self) -> list[str]:
        return self._home.wait(self._keys)

    async def aget_keys(self) -> list[str]:
        """All keys, last changed first."""
        return await self._home.call(self._keys)

    @property
    def _namespace(self) -> str:
        return f"llama-index/{self.table_name}"

    async def _set(self, on: Executor, key: str, messages: Sequence[ChatMessage]) -> None:
        values = [_value(message) for message in messages]
        while True:
            found = await transcripts.get(on, id=key, namespace=self._namespace)
            if await self._rewritten(on, key, found, values):
                return

    async def _get(self, on: Executor, key: str) -> list[ChatMessage]:
        return [_message(entry) for entry in await transcripts.history(on, id=key, namespace=self._namespace)]

    async def _add(self, on: Executor, key: str, message: ChatMessage) -> None:
        await transcripts.append(on, id=key, namespace=self._namespace, items=[_value(message)], **self._owner)

    async def _delete(self, on: Executor, key: str) -> list[ChatMessage] | None:
        place: dict[str, Any] = {"id": key, "namespace": self._namespace}
        while (found := await transcripts.get(on, **place)) is not None:
            entries = await transcripts.history(on, **place)
            try:
                await transcripts.delete(on, **place, expected_revision=found.revision)
            except RevisionConflict:
                continue
            return [_message(entry) for entry in entries]
        return None

    async def _delete_one(self, on: Executor, key: str, index: int) -> ChatMessage | None:
        while (found := await transcripts.get(on, id=key, namespace=self._namespace)) is not None:
            entries = await transcripts.history(on, id=key, namespace=self._namespace)
            if not -len(entries) <= index < len(entries):
                return None
            taken = entries.pop(index)
            if await self._rewritten(on, key, found, [msgspec.Raw(entry.text) for entry in entries]):
                return _message(taken)
        return None

    async def _pop(self, on: Executor, key: str) -> ChatMessage | None:
        entry = await transcripts.pop(on, id=key, namespace=self._namespace)
        return None if entry is None else _message(entry)

    async def _keys(self, on: Executor) -> list[str]:
        return [each.id for each in await all_of(partial(transcripts.page, on, namespace=self._namespace))]

    async def _rewritten(self, on: Executor, key: str, found: Transcript | None, values: Sequence[Any]) -> bool:
        """Whether these are its messages now: False if it was changed, created or deleted since it was found."""
        revision = ABSENT if found is None else found.revision
        try:
            await transcripts.write(
                on, id=key, namespace=self._namespace, expected_revision=revision, after_id=None, items=values, **self._owner
            )
        except RevisionConflict:
            return False
        return True


def _value(message: ChatMessage) -> Any:
    return message.model_dump(mode="json")


def _message(entry: Entry) -> ChatMessage:
    return ChatMessage.model_validate(entry.value)
