"""A backend on PostgreSQL: memdb's transcripts, with an index for searching them."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar, Final
from uuid import UUID

from memdb import transcripts
from memdb.adapters.aakit.config import MemoryConfig
from memdb.adapters.aakit.index import Index
from memdb.adapters.aakit.keeping import KeepingBackend
from memdb.adapters.aakit.kinds import ConfigurationError, MemoryConnectionError, MemoryError
from memdb.adapters.aakit.messages import Message, SessionInfo
from memdb.adapters.aakit.on_sqlite import checked_name
from memdb.adapters.aakit.rows import Row, row_of
from memdb.adapters.fields import as_fields
from memdb.adapters.homes import Home, home_of
from memdb.adapters.opening import without_secrets
from memdb.adapters.paging import all_of
from memdb.adapters.tenants import owner_of
from memdb.engine.executor import Executor
from memdb.engine.synchronous import SyncTenant
from memdb.errors import InvalidInput, MemdbError, UnderLegalHold
from memdb.transcripts import RevisionConflict, Transcript

_ROOT: Final = "aa-kit"
_BATCH: Final = 10_000
# Others may add up to a batch more meanwhile.
_LARGEST_REWRITE: Final = 9_000


class PostgreSQLBackend(KeepingBackend):
    """Keeps the messages of a session in a transcript of a tenant's, and with `enable_search` also in items, for searching.

    - `connection_string`: what `memdb.connect` takes, including `embedded:`, None for $MEMDB_DSN; or `db.tenant(org_id)`, a transaction on
      it, or a tenant of `memdb.sync`. `pool_size`: of the database of a connection string.
    - `table_name`, `schema`: which sessions these are; those with other names belong to another backend. The tables are created by memdb's
      migrations.
    - `enable_search`: whether words can be searched for, and `query` can be used. Encrypted messages are not indexed: `search` reads all of
      them.
    - `org_id`: the tenant in the database of a connection string; None means the organization with the slug "default", which is created if
      necessary.
    - `agent_id`, `user_id`: the owners of new sessions, for legal holds and erasures.
    - `ttl`, `max_messages`, `compression`: those of the configuration.

    Somewhat more than `max_messages` messages of a transcript are stored for a while, but not returned; if it is more than 9,000, all.
    """

    name = "postgres"
    fields: ClassVar[Mapping[str, str]] = {"id": "session_id", "namespace": "session_id", "text": "query", "filter": "session_ids"}

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
        namespace = _ROOT, f"{checked_name('schema', schema)}.{checked_name('table_name', table_name)}"
        self._place: dict[str, Any] = {"namespace": "/".join(namespace)}
        self._owner = owner_of(agent_id, user_id)
        self._index = Index(table_name, namespace, self._owner) if enable_search and not self.config.encryption else None
        self._is_connected = False
        self._dsn = connection_string if isinstance(connection_string, str) else None
        try:
            if connection_string is None or isinstance(connection_string, str):
                self._home = Home.from_url(connection_string, org_id, pool_size=pool_size)
            else:
                self._home = home_of("PostgreSQLBackend", connection_string)
        except MemdbError as error:
            raise ConfigurationError(str(error), "connection_string") from error

    async def search(self, query: str, session_id: str | None = None, limit: int = 10) -> list[Message]:
        """The newest messages whose content contains the query, ignoring case, each with its session."""
        if self._index is None:
            return await super().search(query, session_id, limit)
        self._check_count("limit", limit)
        with self._failing("SEARCH_FAILED"), as_fields({"filter": "query"}):
            held = await self._sweep()
            found = await self._home.call(self._index.containing, query, session_id, limit)
        return sorted(
            (each for each in found if each.session_id not in held), key=lambda each: each.timestamp or datetime.min, reverse=True
        )

    async def search_fulltext(self, query: str, session_ids: Sequence[str] | None = None, limit: int = 10) -> list[Message]:
        """The messages that contain a word of the query, in any inflection of the organization's language, by BM25, best first.

        A "quoted phrase" must occur as it is; a word with a minus before it must not. `session_ids`: up to 1,000, None for all.
        """
        self._check_count("limit", limit)
        with self._failing("SEARCH_FAILED"):
            index = self._indexed("search_fulltext")
            if isinstance(session_ids, str):
                raise InvalidInput("session_ids", "must be a list, not a str")
            held = await self._sweep()
            found = await self._home.call(index.ranked, query, session_ids, limit)
        return [each for each in found if each.session_id not in held]

    async def query(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """The rows of a SELECT over a table of the tenant's messages: session_id, role, content, timestamp, metadata, created_at.

        The parameters are $1, $2 and so on for a list, :name for a dict. Rows are in JSON's types: a time is ISO-8601.
        """
        with self._failing("QUERY_FAILED"):
            index = self._indexed("query")
            await self._sweep()
            return await self._home.call(index.query, sql, params)

    def _indexed(self, method: str) -> Index:
        if self._index is None:
            raise MemoryError(f"{method} needs enable_search, and messages that are not encrypted", self.name, "SEARCH_DISABLED")
        return self._index

    async def _sweep(self) -> set[str]:
        """Remove ended sessions, so that they are not found; returns the sessions that a hold protects."""
        home = await self._at_home()
        return set() if self.config.ttl is None else await home.change(self._forget_ended)

    async def _forget_ended(self, on: Executor) -> set[str]:
        held = set()
        for each in await self._all(on):
            if self._is_over(each):
                try:
                    await self._forget_all(on, session_id=each.id)
                except UnderLegalHold:
                    held.add(each.id)
        return held

    async def _at_home(self) -> Home:
        if not self._is_connected:
            try:
                await asyncio.to_thread(self._home.open)
            except (MemdbError, OSError) as error:
                raise MemoryConnectionError(self.name, without_secrets(self._dsn or ""), error) from error
            self._is_connected = True
        return self._home

    async def _append(self, session_id: str, rows: Sequence[Row]) -> int:
        home, most = await self._at_home(), self.config.max_messages
        length = (await home.change(partial(self._save, session_id=session_id, kept=_with_ids(rows)))).length
        if most is None:
            return length
        # Shortening rewrites the transcript, so it is done only occasionally.
        if most <= _LARGEST_REWRITE and length > most + max(most // 4, 10):
            await home.change(partial(self._shorten, session_id=session_id, most=most))
        return min(length, most)

    async def _save(self, on: Executor, *, session_id: str, kept: list[dict[str, Any]]) -> Transcript:
        async with on.transaction() as tx:
            if self.config.ttl is not None and (found := await transcripts.get(tx, id=session_id, **self._place)) and self._is_over(found):
                await self._forget(tx, session_id)
            if self._index is not None:
                await self._index.put(tx, session_id, self._messages(session_id, kept))
                if self.config.max_messages is not None:
                    await self._index.keep(tx, session_id, self.config.max_messages)
            state = {"saved_at": time.time(), "last": kept[-1]["timestamp"]}
            for start in range(0, len(kept), _BATCH):
                some = kept[start : start + _BATCH]
                made = await transcripts.append(tx, id=session_id, items=some, state=state, **self._place, **self._owner)
        return made

    def _messages(self, session_id: str, values: Sequence[dict[str, Any]]) -> dict[str, Message]:
        return {each["id"]: self._opened(session_id, row_of(each)) for each in values}

    async def _rows(self, session_id: str, limit: int | None) -> list[Row]:
        home = await self._at_home()
        if self.config.ttl is not None:
            found = await home.call(transcripts.get, id=session_id, **self._place)
            if found is None or self._is_over(found):
                return []
        entries = await home.call(transcripts.history, id=session_id, limit=limit, **self._place)
        return [row_of(each.value) for each in entries]

    async def _replace(self, session_id: str, old: Sequence[Row], new: Row) -> bool:
        return await (await self._at_home()).change(partial(self._rewrite, session_id=session_id, old=old, new=[new]))

    async def _shorten(self, on: Executor, *, session_id: str, most: int) -> None:
        entries = await transcripts.history(on, id=session_id, **self._place)
        # Messages under a hold stay, and are not returned.
        with contextlib.suppress(UnderLegalHold):
            await self._rewrite(on, session_id=session_id, old=[row_of(each.value) for each in entries[:-most]], new=[])

    async def _rewrite(self, on: Executor, *, session_id: str, old: Sequence[Row], new: Sequence[Row]) -> bool:
        """Replace the oldest rows by new ones, and try again if others are added meanwhile."""
        first = _with_ids(new)
        while True:
            found = await transcripts.get(on, id=session_id, **self._place)
            values = [each.value for each in await transcripts.history(on, id=session_id, **self._place)]
            gone, kept = values[: len(old)], values[len(old) :]
            if found is None or [row_of(each) for each in gone] != list(old):
                return False
            try:
                async with on.transaction() as tx:
                    if self._index is not None:
                        await self._index.remove(tx, session_id, [each["id"] for each in gone])
                        await self._index.put(tx, session_id, self._messages(session_id, first))
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
        await (await self._at_home()).change(partial(self._forget_all, session_id=session_id))

    async def _forget_all(self, on: Executor, *, session_id: str | None) -> None:
        ids = [session_id] if session_id is not None else [each.id for each in await self._all(on)]
        for each in ids:
            async with on.transaction() as tx:
                await self._forget(tx, each)

    async def _forget(self, tx: Executor, session_id: str) -> None:
        if self._index is not None:
            await self._index.remove_session(tx, session_id)
        await transcripts.delete(tx, id=session_id, **self._place)

    async def _sessions(self) -> list[SessionInfo]:
        most = self.config.max_messages
        return [
            SessionInfo(each.id, min(each.created_at, _last(each)), _last(each), each.length if most is None else min(each.length, most))
            for each in await (await self._at_home()).call(self._all)
            if not self._is_over(each)
        ]

    async def _all(self, on: Executor) -> list[Transcript]:
        return await all_of(partial(transcripts.page, on, **self._place))

    def _is_over(self, found: Transcript) -> bool:
        return self.has_ended(found.state["saved_at"])

    async def _disconnect(self) -> None:
        await asyncio.to_thread(self._home.close)


def _with_ids(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows with an id each, by which the index identifies them, whatever happens to the entries."""
    return [{"id": str(uuid.uuid4()), **each.as_json()} for each in rows]


def _last(found: Transcript) -> datetime:
    return datetime.fromtimestamp(found.state["last"], UTC)
