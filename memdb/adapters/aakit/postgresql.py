"""A backend on PostgreSQL: memdb's transcripts, and its items to search them by."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from memdb import items, transcripts
from memdb.adapters.aakit.config import MemoryConfig
from memdb.adapters.aakit.keeping import KeepingBackend
from memdb.adapters.aakit.kinds import ConfigurationError, MemoryConnectionError, MemoryError
from memdb.adapters.aakit.messages import Message, SessionInfo
from memdb.adapters.aakit.on_sqlite import checked_name
from memdb.adapters.aakit.rows import Row, row_of
from memdb.adapters.collections import delete_all, listed, new_item, ranked
from memdb.adapters.homes import Home, home_of
from memdb.adapters.over_items import in_batches
from memdb.adapters.paging import LARGEST_PAGE, all_of
from memdb.engine.executor import Executor
from memdb.engine.synchronous import SyncTenant
from memdb.errors import MemdbError, UnderLegalHold
from memdb.items import Filter, ItemKey, NewItem
from memdb.transcripts import RevisionConflict, Transcript

_ROOT: Final = "aa-kit"
_BATCH: Final = 10_000
_POSITIONAL: Final = re.compile(r"\$(\d+)")
_SECRET: Final = re.compile(r"(?<=//)[^@/]*@|(?<=password=)\S+")


class PostgreSQLBackend(KeepingBackend):
    """Keeps the messages of a session in a transcript of a tenant's, and with `enable_search` beside it in items, by which they are found.

    - `connection_string`: what `memdb.connect` takes, `embedded:` too, None for $MEMDB_DSN; or `db.tenant(org_id)`, a transaction on it, or
      a tenant of `memdb.sync`. `pool_size`: of the database of a connection string.
    - `table_name`, `schema`: which sessions these are: others are of another backend. The tables are those that memdb's migrations make.
    - `enable_search`: whether words are found, and `query` reads. What is encrypted is not indexed: `search` reads all of it.
    - `org_id`: the tenant in the database of a connection string; None is the organization with the slug "default", made if there is none.
    - `agent_id`, `user_id`: whose a session is that begins here, for legal holds and erasures.
    - `ttl`, `max_messages`, `compression`: those of the configuration.

    Of a transcript some more than `max_messages` are kept for a while, and not returned.
    """

    name = "postgres"

    def __init__(
        self,
        connection_string: str | Executor | SyncTenant | None = None,
        pool_size: int = 10,
        table_name: str = "agent_conversations",
        schema: str = "public",
        enable_search: bool = True,
        *,
        ttl: float | None = None,
        max_messages: int | None = None,
        compression: bool = False,
        config: MemoryConfig | dict[str, Any] | None = None,
        org_id: UUID | None = None,
        agent_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> None:
        super().__init__(config, ttl=ttl, max_messages=max_messages, compression=compression)
        self._table = checked_name("table_name", table_name)
        self._namespace = (_ROOT, f"{checked_name('schema', schema)}.{table_name}")
        self._place: dict[str, Any] = {"namespace": "/".join(self._namespace)}
        self._owner: dict[str, Any] = {"agent_id": agent_id, "user_id": user_id}
        self._is_connected = False
        self._is_indexed = enable_search and not self.config.encryption
        self._dsn = connection_string if isinstance(connection_string, str) else None
        try:
            if connection_string is None or isinstance(connection_string, str):
                self._home = Home.from_url(connection_string, org_id, pool_size=pool_size)
            else:
                self._home = home_of("PostgreSQLBackend", connection_string)
        except MemdbError as error:
            raise ConfigurationError(str(error), "connection_string") from error

    async def search(self, query: str, session_id: str | None = None, limit: int = 10) -> list[Message]:
        """The newest messages that have the query as a part of their content, whatever its case, each with its session."""
        if not self._is_indexed:
            return await super().search(query, session_id, limit)
        self._check_count("limit", limit)
        filter: Filter = {"content": {"$icontains": query}}
        with self._failing("SEARCH_FAILED"):
            sessions = None if session_id is None else [session_id]
            await self._connect()
            found = await self._home.call(listed, self._namespace, self._within(sessions, filter), limit=limit)
        return sorted((_message(each.value) for each in found), key=_said_at, reverse=True)

    async def search_fulltext(self, query: str, session_ids: Sequence[str] | None = None, limit: int = 10) -> list[Message]:
        """The messages that have a word of the query, in any inflection of the organization's language, by BM25, the best first.

        A "quoted phrase" must be there as it is, and what has a minus before it must not. `session_ids`: up to 1,000, None for all.
        """
        self._check_count("limit", limit)
        with self._failing("SEARCH_FAILED"):
            await self._connect()
            found = await self._home.call(ranked, self._indexed("search_fulltext"), self._within(session_ids, {}), text=query, limit=limit)
        return [_message(each.item.value) for each in found]

    async def query(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """The rows of a SELECT over the table, of the tenant's messages: session_id, role, content, timestamp, metadata, created_at.

        The parameters are $1, $2 and so on for a list, :name for a dict. Rows are as JSON has them: a time is ISO-8601.
        """
        names = {f"p{number}": value for number, value in enumerate(params, 1)} if not isinstance(params, Mapping) else dict(params)
        text = sql if isinstance(params, Mapping) else _POSITIONAL.sub(r":p\1", sql)
        statement = (files(__package__) / "conversations.sql").read_text().format(table=self._table, statement=text.rstrip().rstrip(";"))
        with self._failing("QUERY_FAILED"):
            namespace = list(self._indexed("query"))
            await self._connect()
            return await self._home.call(_fetched, statement, {"namespace": namespace, **names})

    def _indexed(self, method: str) -> tuple[str, str]:
        if not self._is_indexed:
            raise MemoryError(f"{method} needs enable_search, and messages that are not encrypted", self.name, "SEARCH_DISABLED")
        return self._namespace

    def _within(self, session_ids: Sequence[str] | None, filter: Filter) -> Filter:
        return filter if session_ids is None else {**filter, "session_id": {"$in": list(session_ids)}}

    async def _connect(self) -> None:
        if self._is_connected:
            return
        try:
            await asyncio.to_thread(self._home.open)
            self._is_connected = True
        except (MemdbError, OSError) as error:
            raise MemoryConnectionError(self.name, _SECRET.sub("***", self._dsn or ""), error) from error

    async def _append(self, session_id: str, rows: Sequence[Row]) -> int:
        # With an id of its own each, by which it is found again in the index, whatever becomes of the entries.
        kept = [{"id": str(uuid.uuid4()), **each.as_json()} for each in rows]
        await self._connect()
        made = await self._home.change(partial(self._save, session_id=session_id, kept=kept))
        most = self.config.max_messages
        if most is not None and made.length > most + max(most // 4, 10):
            await self._home.change(partial(self._shorten, session_id=session_id, most=most))
        return made.length if most is None else min(made.length, most)

    async def _save(self, on: Executor, *, session_id: str, kept: list[dict[str, Any]]) -> Transcript:
        async with on.transaction() as tx:
            if self.config.ttl is not None and (found := await transcripts.get(tx, id=session_id, **self._place)) and self._is_over(found):
                await self._forget(tx, session_id)
            if self._is_indexed:
                new = [self._found_by(session_id, each) for each in kept]
                await in_batches(tx, new, lambda some_tx, some: items.put_many(some_tx, items=some, **self._owner))
                await self._find_no_more(tx, session_id)
            for start in range(0, len(kept), _BATCH):
                made = await transcripts.append(
                    tx,
                    id=session_id,
                    items=kept[start : start + _BATCH],
                    state={"saved_at": time.time(), "last": kept[-1]["timestamp"]},
                    **self._place,
                    **self._owner,
                )
        return made

    async def _find_no_more(self, tx: Executor, session_id: str) -> None:
        """What is beyond `max_messages`. What a hold protects is found on."""
        most, namespace = self.config.max_messages, (*self._namespace, session_id)
        while most is not None and (beyond := await items.page(tx, prefix=namespace, offset=most, limit=LARGEST_PAGE)):
            try:
                await items.delete_many(tx, keys=[ItemKey(namespace, each.key) for each in beyond])
            except UnderLegalHold:
                return

    def _found_by(self, session_id: str, value: dict[str, Any]) -> NewItem:
        opened = self._opened(session_id, row_of(value))
        shown = {"session_id": session_id, "metadata": opened.metadata, **value, "content": opened.content}
        shown.pop("sealed", None)
        return new_item((*self._namespace, session_id), value["id"], shown, text=opened.content, embedding=None)

    async def _rows(self, session_id: str, limit: int | None) -> list[Row]:
        await self._connect()
        if self.config.ttl is not None:
            found = await self._home.call(transcripts.get, id=session_id, **self._place)
            if found is None or self._is_over(found):
                return []
        entries = await self._home.call(transcripts.history, id=session_id, limit=limit, **self._place)
        return [row_of(each.value) for each in entries]

    async def _replace(self, session_id: str, old: Sequence[Row], new: Row) -> bool:
        await self._connect()
        return await self._home.change(partial(self._rewrite, session_id=session_id, old=old, new=new))

    async def _shorten(self, on: Executor, *, session_id: str, most: int) -> None:
        # What a hold protects stays, and is not returned.
        try:
            entries = await transcripts.history(on, id=session_id, **self._place)
            await self._rewrite(on, session_id=session_id, old=[row_of(each.value) for each in entries[:-most]], new=None)
        except UnderLegalHold:
            return

    async def _rewrite(self, on: Executor, *, session_id: str, old: Sequence[Row], new: Row | None) -> bool:
        """Put what is new in the place of the oldest rows, again if others are added meanwhile."""
        while True:
            found = await transcripts.get(on, id=session_id, **self._place)
            values = [each.value for each in await transcripts.history(on, id=session_id, **self._place)]
            gone, kept = values[: len(old)], values[len(old) :]
            if found is None or [row_of(each) for each in gone] != list(old):
                return False
            first = [] if new is None else [{"id": str(uuid.uuid4()), **new.as_json()}]
            try:
                async with on.transaction() as tx:
                    if self._is_indexed:
                        keys = [ItemKey((*self._namespace, session_id), each["id"]) for each in gone]
                        await in_batches(tx, keys, lambda some_tx, some: items.delete_many(some_tx, keys=some))
                        added = [self._found_by(session_id, each) for each in first]
                        if added:
                            await items.put_many(tx, items=added, **self._owner)
                    await transcripts.write(
                        tx,
                        id=session_id,
                        expected_revision=found.revision,
                        after_id=None,
                        items=first + kept,
                        state=found.state,
                        **self._place,
                        **self._owner,
                    )
            except RevisionConflict:
                continue
            return True

    async def _remove(self, session_id: str | None) -> None:
        await self._connect()
        await self._home.change(partial(self._forget_all, session_id=session_id))

    async def _forget_all(self, on: Executor, *, session_id: str | None) -> None:
        if session_id is not None:
            async with on.transaction() as tx:
                await self._forget(tx, session_id)
            return
        for each in await all_of(partial(transcripts.page, on, **self._place)):
            async with on.transaction() as tx:
                await self._forget(tx, each.id)

    async def _forget(self, tx: Executor, session_id: str) -> None:
        if self._is_indexed:
            await delete_all(tx, (*self._namespace, session_id))
        await transcripts.delete(tx, id=session_id, **self._place)

    async def _sessions(self) -> list[SessionInfo]:
        await self._connect()
        found = await self._home.call(_all, self._place)
        most = self.config.max_messages
        return [
            SessionInfo(each.id, min(each.created_at, _last(each)), _last(each), each.length if most is None else min(each.length, most))
            for each in found
            if not self._is_over(each)
        ]

    def _is_over(self, found: Transcript) -> bool:
        return self.has_ended(found.state["saved_at"])

    async def _disconnect(self) -> None:
        await asyncio.to_thread(self._home.close)


async def _all(on: Executor, place: dict[str, Any]) -> list[Transcript]:
    return await all_of(partial(transcripts.page, on, **place))


async def _fetched(on: Executor, statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    return await on.fetch(dict, statement, **parameters)


def _last(found: Transcript) -> datetime:
    return datetime.fromtimestamp(found.state["last"], UTC)


def _message(value: Any) -> Message:
    made = row_of(value)
    return Message(made.role, made.content, datetime.fromtimestamp(made.timestamp, UTC), dict(made.metadata), value["session_id"])


def _said_at(message: Message) -> datetime:
    assert message.timestamp is not None
    return message.timestamp
