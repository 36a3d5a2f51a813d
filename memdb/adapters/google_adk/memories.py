"""ADK's memory service."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid4

from google.adk.events import Event
from google.adk.memory import BaseMemoryService
from google.adk.memory.base_memory_service import SearchMemoryResponse
from google.adk.memory.memory_entry import MemoryEntry
from google.adk.sessions import Session

from memdb import items
from memdb.adapters.google_adk.places import memories_of
from memdb.adapters.homes import Home, Housed, home_of
from memdb.adapters.tenants import owner_of
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput
from memdb.items import Item, ItemKey, NewItem, NewPart

Embed: TypeAlias = Callable[[list[str]], Awaitable[Sequence[Any]]]
"""Returns an embedding for each text, of the dimension of the database's embedding space."""

_Named: TypeAlias = tuple[str, MemoryEntry]

_BATCH: Final = 1000
_LONGEST_PART: Final = 100_000
_LONGEST_QUERY: Final = 100_000


class MemdbMemoryService(Housed, BaseMemoryService):
    """Keeps what was said, event by event, in a tenant's items, and finds it by its words, or also by what it means.

    - `tenant`: `db.tenant(org_id)`, or a transaction on it. Create the service on the event loop of its database; while that loop runs, its
      methods may be awaited on any.
    - `embed`: an async function from texts to their embeddings, to search by them and by words; None searches by words alone.
    - `limit`: how many memories a search returns at most, 1 to 1,000.
    - `agent_id`, `user_id`: the owners of the memories, for legal holds and erasures.

    A memory is of one app and one user. It has the id of its event, so that a session may be added as often as one likes. Raises what
    `memdb.items` does.
    """

    def __init__(
        self,
        tenant: Executor | Home,
        *,
        embed: Embed | None = None,
        limit: int = 10,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> None:
        if embed is not None and not callable(embed):
            raise InvalidInput("embed", f"must be an async function of a list of texts, not {type(embed).__name__}")
        if type(limit) is not int or not 1 <= limit <= 1000:
            raise InvalidInput("limit", "must be an int from 1 to 1000")
        self._home = home_of("MemdbMemoryService", tenant)
        self._embed = embed
        self._limit = limit
        self._owner = owner_of(agent_id, user_id)

    @classmethod
    def from_url(
        cls,
        url: str | None = None,
        *,
        org_id: UUID | None = None,
        embed: Embed | None = None,
        limit: int = 10,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> MemdbMemoryService:
        """A service with a database and an event loop of its own, as `MemdbSessionService.from_url` makes one."""
        return cls(Home.from_url(url, org_id), embed=embed, limit=limit, agent_id=agent_id, user_id=user_id)

    async def close(self) -> None:
        """Close the database, if it is the service's own; after that, the service raises PoolClosed."""
        await asyncio.to_thread(self._home.close)

    async def add_session_to_memory(self, session: Session) -> None:
        """Remember the session's events that have content, but not those that were deleted."""
        await self.add_events_to_memory(app_name=session.app_name, user_id=session.user_id, events=session.events)

    async def add_events_to_memory(
        self,
        *,
        app_name: str,
        user_id: str,
        events: Sequence[Event],
        session_id: str | None = None,
        custom_metadata: Mapping[str, object] | None = None,
    ) -> None:
        """Remember the events that have content, but not those that were deleted. `custom_metadata` is stored with each of them."""
        said = [entry for each in events if (entry := _of_event(each, custom_metadata)) is not None]
        for start in range(0, len(said), _BATCH):
            await self._add(app_name, user_id, said[start : start + _BATCH], again=False)

    async def add_memory(
        self, *, app_name: str, user_id: str, memories: Sequence[MemoryEntry], custom_metadata: Mapping[str, object] | None = None
    ) -> None:
        """Remember each entry; one without an id gets one. Raises InvalidInput for an entry without text.

        `custom_metadata` is added to each entry's own.
        """
        given: list[_Named] = []
        for number, each in enumerate(memories):
            if not _texts(each):
                raise InvalidInput(f"memories[{number}]", "must have a text in its content, by which it is found")
            metadata = {**each.custom_metadata, **(custom_metadata or {})}
            given.append((each.id or str(uuid4()), each.model_copy(update={"custom_metadata": metadata})))
        for start in range(0, len(given), _BATCH):
            await self._add(app_name, user_id, given[start : start + _BATCH], again=True)

    async def search_memory(self, *, app_name: str, user_id: str, query: str) -> SearchMemoryResponse:
        """The user's memories that best answer a text, best first. Each has at least one of its words, in any inflection.

        With `embed`, memories with none of its words but a similar meaning are found, too.
        """
        prefix = memories_of(app_name, user_id)
        # Nothing in a user's text is an operator, as quotes and dashes are in `items.search`.
        words = " ".join(re.findall(r"\w+", query))[:_LONGEST_QUERY]
        if not words:
            return SearchMemoryResponse()
        embedding = None if self._embed is None else (await self._embed([query]))[0]
        hits = await self._home.call(lambda tenant: items.search(tenant, prefix=prefix, text=words, embedding=embedding, limit=self._limit))
        return SearchMemoryResponse(memories=[_memory(each.item) for each in hits])

    async def delete_memory(self, *, app_name: str, user_id: str, memory_id: str | None = None) -> None:
        """Delete a memory, if it exists; its event is not remembered again. Raises UnderLegalHold if a hold forbids it."""
        if memory_id:
            there = ItemKey(memories_of(app_name, user_id), memory_id)
            mark = NewItem(namespace=memories_of(app_name, user_id, deleted=True), key=memory_id, value=None)
            await self._home.change(lambda tenant: self._delete(tenant, there, mark))

    async def _delete(self, tenant: Executor, there: ItemKey, mark: NewItem) -> None:
        if await items.get(tenant, namespace=there.namespace, key=there.key) is not None:
            await items.put_many(tenant, items=[mark], delete=[there], **self._owner)

    async def _add(self, app_name: str, user_id: str, memories: Sequence[_Named], *, again: bool) -> None:
        """Put what is new or has changed, and deleted memories only if they are to be remembered `again`."""
        there, deleted = memories_of(app_name, user_id), memories_of(app_name, user_id, deleted=True)
        given = dict(memories)
        keys = [ItemKey(namespace, id) for namespace in (there, deleted) for id in given]
        found = await self._home.call(lambda tenant: items.get_many(tenant, keys=keys))
        known, marks = found[: len(given)], found[len(given) :]
        values = {id: entry.model_dump(mode="json", exclude={"id"}, exclude_none=True) for id, entry in given.items()}
        new = {
            id: _texts(given[id])
            for (id, value), item, mark in zip(values.items(), known, marks, strict=True)
            if (item is None or item.value != value) and (mark is None or again)
        }
        if new:
            parts = await self._parts(new)
            put = [NewItem(namespace=there, key=id, value=values[id], parts=parts[id], to_the_letter=True) for id in new]
            await self._home.change(lambda tenant: items.put_many(tenant, items=put, **self._owner))

    async def _parts(self, texts: Mapping[str, list[str]]) -> dict[str, list[NewPart]]:
        """The searchable parts of each memory. Everything is embedded in one call."""
        flat = [text for each in texts.values() for text in each]
        embeddings = [None] * len(flat) if self._embed is None else list(await self._embed(flat))
        if len(embeddings) != len(flat):
            raise InvalidInput("embed", f"must give an embedding for each of {len(flat)} texts, not {len(embeddings)}")
        embedded = iter(embeddings)
        return {id: [NewPart(content=text, embedding=next(embedded)) for text in each] for id, each in texts.items()}


def _of_event(event: Event, metadata: Mapping[str, object] | None) -> _Named | None:
    """The memory of an event's content, or None if it has none."""
    if event.content is None:
        return None
    entry = MemoryEntry(
        content=event.content,
        author=event.author,
        timestamp=datetime.fromtimestamp(event.timestamp, UTC).isoformat(),
        custom_metadata=dict(metadata or {}),
    )
    return (event.id, entry) if _texts(entry) else None


def _texts(entry: MemoryEntry) -> list[str]:
    """The texts of an entry, in pieces that can be stored."""
    text = "\n".join(part.text for part in entry.content.parts or () if part.text and not part.text.isspace())
    kept = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return [kept[start : start + _LONGEST_PART] for start in range(0, len(kept), _LONGEST_PART)]


def _memory(item: Item) -> MemoryEntry:
    return MemoryEntry.model_validate({**item.value, "id": item.key})
