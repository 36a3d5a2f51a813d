"""AA Kit's data in a SQLite file or in Redis, adopted as PostgreSQLBackend stores it: transcripts, and items for searching them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

from memdb import items
from memdb.adapters.aakit.config import MemoryConfig
from memdb.adapters.aakit.index import Index, value_of
from memdb.adapters.aakit.lists import NAMESPACE, TABLE, RedisLists
from memdb.adapters.aakit.messages import Message
from memdb.adapters.aakit.rows import Row, Sealer
from memdb.engine.executor import Executor, Transaction
from memdb.errors import InvalidInput
from memdb.items import ItemKey
from memdb.operations.adopting import rows
from memdb.operations.adopting.declared import Elsewhere, Owner, Stream, System, text
from memdb.operations.adopting.systems import ENTRIES, TRANSCRIPTS

_KNOWN: Final = text("into/entries/known.sql")
# Messages that need a key to be opened are not indexed.
_SEALER: Final = Sealer(MemoryConfig())
_UNLIKE: Final = ""


class _Searched:
    """The search index, for messages that are in their transcripts as they were adopted."""

    def said(self, row: rows.Row) -> str:
        try:
            return _said(value_of(row["session_id"], _message(row)), row["position"])
        except InvalidInput:
            return json.dumps(dict(row), default=repr)

    def name(self, row: rows.Row) -> str:
        return f"{row['session_id']} / {row['position']}"

    async def owner(self, on: Executor, given: Owner) -> Owner:
        return given

    async def found(self, tx: Transaction, rows: Sequence[rows.Row], owner: Owner) -> list[str | None]:
        found = await self._indexed(tx, rows)
        new = [number for number, said in enumerate(found) if said is None]
        ids, positions = [rows[number]["session_id"] for number in new], [rows[number]["position"] for number in new]
        known = set(await tx.fetch(int, _KNOWN, ids=ids, positions=positions, namespace="/".join(NAMESPACE))) if new else set()
        for place, number in enumerate(new, 1):
            if place not in known:
                found[number] = _UNLIKE
        return found

    async def put(self, tx: Transaction, rows: Sequence[rows.Row], owner: Owner) -> list[str]:
        index = Index(TABLE, NAMESPACE, owner._asdict())
        for session_id, some in groupby(rows, key=lambda row: str(row["session_id"])):
            await index.put(tx, session_id, {str(row["position"]): _message(row) for row in some})
        return [said or _UNLIKE for said in await self._indexed(tx, rows)]

    async def _indexed(self, tx: Transaction, rows: Sequence[rows.Row]) -> list[str | None]:
        keys = [ItemKey((*NAMESPACE, row["session_id"]), str(row["position"])) for row in rows]
        found = await items.get_many(tx, keys=keys)
        return [None if item is None else _said(item.value, row["position"]) for item, row in zip(found, rows, strict=True)]


def _message(row: rows.Row) -> Message:
    """Raises InvalidInput."""
    try:
        metadata = json.loads(row["metadata"] or "{}")
        kept = Row(row["role"], row["content"], float(row["timestamp"]), metadata, row["sealed"])
        return _SEALER.open(row["session_id"], kept)
    except InvalidInput:
        raise
    except Exception as error:
        raise InvalidInput("message", f"cannot be read: {error}") from error


def _said(value: Any, position: int) -> str:
    return json.dumps([position, value], sort_keys=True)


SEARCHED: Final = _Searched()


def _of_table(table: str, files: str, called: str, columns: str) -> tuple[Stream, ...]:
    needs = {table: frozenset(columns.split())}
    return (
        Stream(f"sessions{called}", f"aakit/sessions{files}.sql", TRANSCRIPTS, needs, optional=True),
        Stream(f"messages{called}", f"aakit/messages{files}.sql", ENTRIES, needs, optional=True),
        Stream(f"search index{called}", f"aakit/searched{files}.sql", SEARCHED, needs, optional=True),
    )


_RECORD: Final = "id session_id timestamp role content metadata"
_LISTS: Final = {"lists": frozenset[str]()}
_IN_REDIS: Final = Elsewhere(
    RedisLists.opened,
    (
        Stream("sessions", "sessions", TRANSCRIPTS, _LISTS),
        Stream("messages", "messages", ENTRIES, _LISTS),
        Stream("search index", "searched", SEARCHED, _LISTS),
    ),
)

SYSTEM: Final = System(
    "aa-kit",
    "AA Kit 0.3 in Redis, or of its SQLiteBackend or memdb's",
    {"conversations": "conversations", "memory_records": "memory_records", "lists": "agentz:memory:"},
    (),
    (
        *_of_table("conversations", "", "", f"{_RECORD} sealed saved_at"),
        *_of_table("memory_records", "_of_records", " of memory_records", _RECORD),
    ),
    {"redis": _IN_REDIS, "rediss": _IN_REDIS, "unix": _IN_REDIS},
)
