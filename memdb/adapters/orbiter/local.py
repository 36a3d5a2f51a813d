"""orbiter's memory store in a SQLite file, for tests, and for reading existing data before it is moved."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from memdb.adapters.orbiter.kinds import MemoryError, MemoryItem, MemoryMetadata, MemoryStatus
from memdb.adapters.orbiter.mapping import SCOPES, as_memory_errors, checked, item_of, memory_status, own_fields, scopes_of
from memdb.adapters.paging import check_number
from memdb.adapters.sqlite import SQLiteFile
from memdb.errors import InvalidInput


class SQLiteMemoryStore:
    """Keeps items in a SQLite file, in the table of orbiter-memory's own store, and behaves like PostgresMemoryStore.

    `db_path`: the file, which is created if necessary, or ":memory:". Raises RuntimeError if it is not initialized, and MemoryError.
    """

    def __init__(self, db_path: str = ":memory:") -> None:
        self.db_path = db_path
        self._file = SQLiteFile("memdb.adapters.orbiter", db_path)

    @property
    def _initialized(self) -> bool:
        return self._file.connection is not None

    async def init(self) -> None:
        """Open the file, unless it is open, and create the table if necessary."""
        with _as_memory_errors():
            await self._file.open()

    async def close(self) -> None:
        """Close the file; `init` opens it again."""
        await self._file.close()

    async def __aenter__(self) -> Self:
        await self.init()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def add(self, item: MemoryItem) -> None:
        row = {
            "id": checked(item).id,
            "content": item.content,
            "memory_type": item.memory_type,
            "status": str(item.status),
            "metadata": item.metadata.model_dump_json(),
            "extra_json": json.dumps(own_fields(item)),
            "created_at": item.created_at,
            "updated_at": item.updated_at,
        }
        memory_status(item.status)
        with _as_memory_errors():
            written = await self._opened().execute("put", row)
        if not written:
            raise MemoryError(f"the status of item {item.id!r} cannot become {str(item.status)!r}")

    async def get(self, item_id: str) -> MemoryItem | None:
        with _as_memory_errors():
            found = await self._opened().fetch("get", {"id": item_id})
        return _item(found[0]) if found else None

    async def search(
        self,
        *,
        query: str = "",
        metadata: MemoryMetadata | None = None,
        memory_type: str | None = None,
        status: MemoryStatus | None = None,
        limit: int = 10,
    ) -> list[MemoryItem]:
        with _as_memory_errors():
            check_number("limit", limit)
            if not isinstance(query or "", str):
                raise InvalidInput("query", f"must be a str, not {type(query).__name__}")
            if status is not None:
                memory_status(status)
            wanted = {"query": query or "", "memory_type": memory_type or None, "status": status and str(status), "limit": limit}
            return [_item(row) for row in await self._opened().fetch("search", _scopes(metadata) | wanted)]

    async def clear(self, *, metadata: MemoryMetadata | None = None) -> int:
        if metadata is not None and not scopes_of(metadata):
            raise MemoryError("metadata must have a user_id, session_id, task_id or agent_id; None clears everything")
        with _as_memory_errors():
            return await self._opened().execute("clear", _scopes(metadata))

    async def count(self, *, include_deleted: bool = False) -> int:
        with _as_memory_errors():
            (row,) = await self._opened().fetch("count", {"include_deleted": include_deleted})
        return int(row["count"])

    def _opened(self) -> SQLiteFile:
        if not self._initialized:
            raise RuntimeError("Store not initialized: call init() or use 'async with'")
        return self._file

    def __repr__(self) -> str:
        return f"SQLiteMemoryStore(db_path={self.db_path!r})"


@contextmanager
def _as_memory_errors() -> Iterator[None]:
    try:
        with as_memory_errors():
            yield
    except (sqlite3.Error, UnicodeError) as error:
        raise MemoryError(str(error)) from error


def _scopes(metadata: MemoryMetadata | None) -> dict[str, Any]:
    return dict.fromkeys(SCOPES) | scopes_of(metadata)


def _item(row: Any) -> MemoryItem:
    return item_of(
        row["memory_type"],
        json.loads(row["extra_json"]),
        id=row["id"],
        content=row["content"],
        status=MemoryStatus(row["status"]),
        metadata=MemoryMetadata(**json.loads(row["metadata"])),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
