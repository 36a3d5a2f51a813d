"""A SQLite file, with the statements for it that an adapter keeps in a folder of .sql files beside its modules."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import Any, Final

import aiosqlite

_BUSY_SECONDS: Final = 30.0


class SQLiteFile:
    """One connection. `package`: whose folder `sqlite` has the statements, schema.sql among them, which is run at opening.

    `table` stands for {table} in them: the caller has checked that it is a name.
    """

    def __init__(self, package: str, path: str, *, table: str = "", settings: Sequence[str] = ()) -> None:
        self._package = package
        self._path = path
        self._table = table
        self._settings = settings
        self._lock = asyncio.Lock()
        self.connection: aiosqlite.Connection | None = None

    async def open(self) -> None:
        """Connect, unless already connected. Raises sqlite3.Error and leaves nothing open."""
        async with self._lock:
            if self.connection is not None:
                return
            connection = await aiosqlite.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
            try:
                connection.row_factory = aiosqlite.Row
                # SQLite's own lower() handles only ASCII letters.
                await connection.create_function("fold", 1, _fold, deterministic=True)
                for setting in self._settings:
                    await connection.execute(f"PRAGMA {setting}")
                await connection.executescript(self._statement("schema"))
            except BaseException:
                await connection.close()
                raise
            self.connection = connection

    async def close(self) -> None:
        async with self._lock:
            if self.connection is not None:
                connection, self.connection = self.connection, None
                await connection.close()

    async def fetch(self, name: str, parameters: Mapping[str, Any]) -> list[aiosqlite.Row]:
        """The rows of a statement."""
        async with self._lock:
            return await self._fetch(name, parameters)

    async def execute(self, name: str, parameters: Mapping[str, Any]) -> int:
        """Run a statement and return how many rows it changed."""
        async with self._lock:
            return await self._execute(name, parameters)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SQLiteTransaction]:
        """Several statements, all or none, after waiting for other writers."""
        async with self._lock:
            await self._connected().execute("BEGIN IMMEDIATE")
            try:
                yield SQLiteTransaction(self)
            except BaseException:
                await self._connected().rollback()
                raise
            await self._connected().commit()

    async def query(self, statement: str, parameters: Any) -> list[dict[str, Any]]:
        """The rows of a caller's own statement, which may only read."""
        async with self._lock:
            connection = self._connected()
            await connection.execute("PRAGMA query_only = ON")
            try:
                async with connection.execute(statement, parameters) as cursor:
                    return [dict(row) for row in await cursor.fetchall()]
            finally:
                await connection.execute("PRAGMA query_only = OFF")

    async def _fetch(self, name: str, parameters: Mapping[str, Any]) -> list[aiosqlite.Row]:
        async with self._connected().execute(self._statement(name), parameters) as cursor:
            return list(await cursor.fetchall())

    async def _execute(self, name: str, parameters: Mapping[str, Any]) -> int:
        async with self._connected().execute(self._statement(name), parameters) as cursor:
            return cursor.rowcount

    def _connected(self) -> aiosqlite.Connection:
        if self.connection is None:
            raise aiosqlite.ProgrammingError("the file is closed")
        return self.connection

    def _statement(self, name: str) -> str:
        return _read(self._package, name).replace("{table}", self._table)


class SQLiteTransaction:
    """`SQLiteFile`'s methods, in one of its transactions."""

    def __init__(self, file: SQLiteFile) -> None:
        self._file = file

    async def fetch(self, name: str, parameters: Mapping[str, Any]) -> list[aiosqlite.Row]:
        return await self._file._fetch(name, parameters)

    async def execute(self, name: str, parameters: Mapping[str, Any]) -> int:
        return await self._file._execute(name, parameters)

    async def execute_many(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        await self._file._connected().executemany(self._file._statement(name), rows)


@cache
def _read(package: str, name: str) -> str:
    return (files(package) / "sqlite" / f"{name}.sql").read_text()


def _fold(text: str | None) -> str | None:
    return None if text is None else text.casefold()
