"""The searchable messages of a table, as items: next to the transcripts, and written in the same transactions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from memdb import items
from memdb.adapters.aakit.messages import Message
from memdb.adapters.collections import delete_all, listed, new_item, ranked
from memdb.adapters.fields import as_fields
from memdb.adapters.over_items import in_batches
from memdb.adapters.paging import LARGEST_PAGE
from memdb.engine.executor import Executor
from memdb.errors import UnderLegalHold
from memdb.items import Filter, ItemKey

# A quoted text or name, which stays unchanged, or a parameter.
_POSITIONAL: Final = re.compile(r"""('(?:[^']|'')*'|"[^"]*")|\$(\d+)""")


class Index:
    """`namespace`: the table's, whose sessions are the namespaces below it. `owner`: the owners of the items."""

    def __init__(self, table: str, namespace: tuple[str, str], owner: Mapping[str, Any]) -> None:
        self._table = table
        self._namespace = namespace
        self._owner = owner

    async def put(self, tx: Executor, session_id: str, messages: Mapping[str, Message]) -> None:
        """Put messages, by their ids."""
        namespace = (*self._namespace, session_id)
        new = [new_item(namespace, id, value_of(session_id, each), text=each.content, embedding=None) for id, each in messages.items()]
        await in_batches(tx, new, lambda some_tx, some: items.put_many(some_tx, items=some, **self._owner))

    async def remove(self, tx: Executor, session_id: str, ids: Iterable[str]) -> None:
        keys = [ItemKey((*self._namespace, session_id), id) for id in ids]
        await in_batches(tx, keys, lambda some_tx, some: items.delete_many(some_tx, keys=some))

    async def remove_session(self, tx: Executor, session_id: str) -> None:
        await delete_all(tx, (*self._namespace, session_id))

    async def keep(self, tx: Executor, session_id: str, most: int) -> None:
        """Keep the newest messages of a session. Those under a hold can still be found."""
        namespace = (*self._namespace, session_id)
        while beyond := await items.page(tx, prefix=namespace, offset=most, limit=LARGEST_PAGE):
            try:
                await self.remove(tx, session_id, [each.key for each in beyond])
            except UnderLegalHold:
                return

    async def containing(self, on: Executor, part: str, session_id: str | None, limit: int) -> list[Message]:
        filter: Filter = {"content": {"$icontains": part}}
        found = await listed(on, self._namespace, filter if session_id is None else {**filter, "session_id": session_id}, limit=limit)
        return [_message(each.value) for each in found]

    async def ranked(self, on: Executor, text: str, session_ids: Sequence[str] | None, limit: int) -> list[Message]:
        filter: Filter | None = None if session_ids is None else {"session_id": {"$in": list(session_ids)}}
        return [_message(hit.item.value) for hit in await ranked(on, self._namespace, filter, text=text, limit=limit)]

    async def query(self, on: Executor, sql: str, params: Sequence[Any] | Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of a SELECT over the table."""
        named = isinstance(params, Mapping)
        given = dict(params) if isinstance(params, Mapping) else {f"p{number}": value for number, value in enumerate(params, 1)}
        text = (sql if named else _POSITIONAL.sub(lambda found: found[1] or f":p{found[2]}", sql)).rstrip().removesuffix(";")
        statement = _frame().format(table=self._table, statement=text)
        numbers = {} if named else {f"p{number}": f"${number}" for number in [*range(1, len(given) + 1), *_numbers(sql)]}
        with as_fields(numbers):
            return await on.fetch(dict, statement, namespace=list(self._namespace), **given)


def _numbers(sql: str) -> Iterator[str]:
    return (found[2] for found in _POSITIONAL.finditer(sql) if found[2])


@cache
def _frame() -> str:
    return (files(__package__) / "conversations.sql").read_text()


def value_of(session_id: str, message: Message) -> dict[str, Any]:
    assert message.timestamp is not None
    return {
        "session_id": session_id,
        "role": message.role,
        "content": message.content,
        "timestamp": message.timestamp.timestamp(),
        "metadata": message.metadata,
    }


def _message(value: Any) -> Message:
    said = datetime.fromtimestamp(value["timestamp"], UTC)
    return Message(value["role"], value["content"], said, dict(value["metadata"]), value["session_id"])
