"""orbiter-memory's table, made as its documentation has it: the package is in no index."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from importlib.resources import files
from typing import Any

import psycopg

from memdb.adapters.orbiter import MemoryStatus

_TABLE = """
    CREATE TABLE memory_items (
        id TEXT PRIMARY KEY,
        content TEXT NOT NULL,
        memory_type TEXT NOT NULL,
        status TEXT NOT NULL DEFAULT 'accepted',
        metadata JSONB NOT NULL DEFAULT '{}',
        extra_json JSONB NOT NULL DEFAULT '{}',
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        deleted SMALLINT NOT NULL DEFAULT 0,
        version INTEGER NOT NULL DEFAULT 1
    );
"""
COLUMNS = ("id", "content", "memory_type", "status", "metadata", "extra_json", "created_at", "updated_at", "deleted", "version")
_NOBODY = {"user_id": None, "session_id": None, "task_id": None, "agent_id": None, "extra": {}}
_ADA = {**_NOBODY, "user_id": "ada", "session_id": "s-1", "task_id": "t" * 90, "agent_id": "a", "extra": {"n": [1, None, 0.5]}}


def row(number: int, content: str, kind: str = "human", **changes: Any) -> tuple[Any, ...]:
    at = f"2026-01-01T10:00:00.00000{number}+00:00" if number < 10 else f"2026-01-01T11:{number // 60:02}:{number % 60:02}+00:00"
    given: dict[str, Any] = {
        "id": f"m-{number}",
        "content": content,
        "memory_type": kind,
        "status": "accepted",
        "metadata": _NOBODY,
        "extra_json": {},
        "created_at": at,
        "updated_at": at,
        "deleted": 0,
        "version": 1,
    }
    given |= changes
    return tuple(json.dumps(each) if isinstance(each, dict) else each for each in (given[name] for name in COLUMNS))


ROWS = (
    row(1, "Wo ist\n'Zürich'?", metadata=_ADA, version=3, updated_at="2026-02-01T00:00:00+00:00"),
    row(2, "", "ai", metadata=_ADA, extra_json={"tool_calls": [{"id": "c", "name": "look_up", "arguments": "{}"}]}),
    row(3, "47.4° N", "tool", metadata=_ADA, extra_json={"tool_call_id": "c", "tool_name": "look_up", "is_error": True}),
    row(4, "Be brief.", "system", status="draft"),
    row(5, "Be brief.", "facts", status="discard", metadata={}),
    row(6, "Was cleared.", metadata=_ADA, deleted=1, version=2),
    row(7, "of no time", created_at="at dawn", updated_at="later", id="any text, so long"),
    row(8, "of its own zone", created_at="2024-05-01T12:00:00.5+02:00"),
    row(9, "of another hand", metadata={**_NOBODY, "team": "blue"}, extra_json={"mood": "glad"}),
)


def write(dsn: str, rows: Any = ROWS) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(_TABLE.encode())
        add(dsn, rows)


def add(dsn: str, rows: Any) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO memory_items VALUES ({', '.join(['%s'] * len(COLUMNS))})".encode(), rows)


def write_file(path: str, rows: Any = ROWS) -> None:
    schema = files("memdb.adapters.orbiter").joinpath("sqlite/schema.sql").read_text()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(schema)
        connection.executemany(f"INSERT INTO memory_items VALUES ({', '.join('?' * len(COLUMNS))})", rows)


async def read(store: Any) -> dict[str, Any]:
    """What a store has: memdb's over PostgreSQL, or the one over orbiter's own file."""
    found = {str(status): await store.search(status=status, limit=100) for status in MemoryStatus}
    return {
        "found": {status: [_plain(item) for item in items] for status, items in found.items()},
        "one": _plain(await store.get("m-1")),
        "cleared": await store.get("m-6"),
        "counts": [await store.count(), await store.count(include_deleted=True)],
    }


def _plain(item: Any) -> dict[str, Any]:
    return {"kind": type(item).__name__, **item.model_dump(mode="json")}
