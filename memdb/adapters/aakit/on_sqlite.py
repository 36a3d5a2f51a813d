"""A backend in a SQLite file."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from memdb.adapters.aakit.config import MemoryConfig
from memdb.adapters.aakit.keeping import KeepingBackend
from memdb.adapters.aakit.kinds import ConfigurationError, MemoryConnectionError
from memdb.adapters.aakit.messages import SessionInfo
from memdb.adapters.aakit.rows import Row
from memdb.adapters.sqlite import SQLiteFile

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_JOURNALS: Final = ("WAL", "DELETE", "PERSIST", "MEMORY")


class SQLiteBackend(KeepingBackend):
    """Keeps messages in a table of a file, both of which are created if necessary.

    - `db_path`: the file, or ":memory:".
    - `table_name`: letters, digits and underscores, not starting with a digit, at most 63.
    - `auto_vacuum`: whether the file shrinks when messages are removed; applies when the file is created.
    - `journal_mode`: WAL, in which others can read while one writes, or another of SQLite's.
    - `ttl`, `max_messages`, `compression`: those of the configuration.
    """

    name = "sqlite"
    failures = (sqlite3.Error, UnicodeError, json.JSONDecodeError)

    def __init__(
        self,
        db_path: str = "agentz_memory.db",
        table_name: str = "conversations",
        *,
        auto_vacuum: bool = True,
        journal_mode: str = "WAL",
        ttl: float | None = None,
        max_messages: int | None = None,
        compression: bool = False,
        config: MemoryConfig | dict[str, Any] | None = None,
    ) -> None:
        super().__init__(config, ttl=ttl, max_messages=max_messages, compression=compression)
        checked_name("table_name", table_name)
        if not isinstance(journal_mode, str) or journal_mode.upper() not in _JOURNALS:
            raise ConfigurationError(f"journal_mode must not be {journal_mode!r:.40}", "journal_mode", list(_JOURNALS))
        self.db_path = db_path
        settings = (f"auto_vacuum = {'FULL' if auto_vacuum else 'NONE'}", f"journal_mode = {journal_mode}")
        self._file = SQLiteFile("memdb.adapters.aakit", str(db_path), table=table_name, settings=settings)

    async def query(self, sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> list[dict[str, Any]]:
        """The rows of a statement that reads the table: session_id, timestamp, role, content, metadata, sealed, saved_at."""
        with self._failing("QUERY_FAILED"):
            return await (await self._open()).query(sql, params)

    async def _open(self) -> SQLiteFile:
        try:
            await self._file.open()
        except sqlite3.Error as error:
            raise MemoryConnectionError(self.name, self.db_path, error) from error
        return self._file

    async def _append(self, session_id: str, rows: Sequence[Row]) -> int:
        now = time.time()
        async with (await self._open()).transaction() as tx:
            await tx.execute("end", {"session_id": session_id, "since": self._since()})
            await tx.execute_many("append", [{"session_id": session_id, "saved_at": now, **_columns(each)} for each in rows])
            await tx.execute("shorten", {"session_id": session_id, "keep": self.config.max_messages})
            (row,) = await tx.fetch("length", {"session_id": session_id})
        return int(row["length"])

    async def _rows(self, session_id: str, limit: int | None) -> list[Row]:
        wanted = {"session_id": session_id, "since": self._since(), "limit": -1 if limit is None else limit}
        return [_row(each) for each in reversed(await (await self._open()).fetch("latest", wanted))]

    async def _replace(self, session_id: str, old: Sequence[Row], new: Row) -> bool:
        async with (await self._open()).transaction() as tx:
            oldest = await tx.fetch("oldest", {"session_id": session_id, "limit": len(old)})
            if [_row(each) for each in oldest] != list(old):
                return False
            last = {"session_id": session_id, "id": oldest[-1]["id"]}
            await tx.execute("remove_before", last)
            await tx.execute("rewrite", {**last, **_columns(new)})
        return True

    async def _remove(self, session_id: str | None) -> None:
        await (await self._open()).execute("remove", {"session_id": session_id})

    async def _sessions(self) -> list[SessionInfo]:
        found = await (await self._open()).fetch("sessions", {"since": self._since()})
        return [
            SessionInfo(
                each["session_id"],
                datetime.fromtimestamp(each["created_at"], UTC),
                datetime.fromtimestamp(each["updated_at"], UTC),
                each["length"],
            )
            for each in found
        ]

    def _since(self) -> float | None:
        return None if self.config.ttl is None else time.time() - self.config.ttl

    async def _disconnect(self) -> None:
        await self._file.close()


def checked_name(field: str, name: Any) -> str:
    """The name. Raises ConfigurationError if it cannot name a table or a schema."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ConfigurationError(f"{field} must be letters, digits and underscores, no digit first, 63 at most, not {name!r:.80}", field)
    return name


def _columns(row: Row) -> dict[str, Any]:
    return {
        "timestamp": row.timestamp,
        "role": row.role,
        "content": row.content,
        "metadata": json.dumps(row.metadata),
        "sealed": row.sealed,
    }


def _row(found: Any) -> Row:
    return Row(found["role"], found["content"], found["timestamp"], json.loads(found["metadata"]), found["sealed"])
