"""The tables that hold a tenant's rows, as the database's catalog has them: a new one is dumped from its migration on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from memdb.catalog import names_in_order
from memdb.engine.executor import AdminExecutor
from memdb.engine.own import query
from memdb.engine.preflight import inspect
from memdb.operations.backup.files import Identity

# Few, as a row may have 100 KB.
_PREFETCH: Final = 100


class TenantTable(msgspec.Struct, frozen=True):
    """A table, what is dumped of it, and the statements that do it. `embedding` is the place of an embedding among the columns."""

    name: str
    columns: list[str]
    embedding: int | None
    counting: str
    reading: str
    writing: str


class Progress(msgspec.Struct, frozen=True):
    """How far it is: `done` of `total` rows; `phase` says what is done with which table's."""

    phase: str
    done: int
    total: int


Report: TypeAlias = Callable[[Progress], None]


class Meter:
    """Tells `report` how far a phase is."""

    def __init__(self, report: Report | None, total: int) -> None:
        self._report = report
        self._total = total
        self._done = 0

    def add(self, phase: str, rows: int) -> None:
        self._done += rows
        if self._report is not None:
            self._report(Progress(phase, self._done, self._total))


class Numbers(msgspec.Struct, frozen=True):
    """The numbers that spaces have in a database, and in the same order those that they have in a dump."""

    here: list[int]
    there: list[int]


class Count(msgspec.Struct, frozen=True):
    """How many rows of a table a tenant has, and the embedding spaces that they are in."""

    rows: int
    spaces: list[int]


@query
async def tables(on: AdminExecutor) -> list[TenantTable]:
    """Part of `dump` and `restore`: all of them, by name."""
    ...


@query
async def pin_texts(on: AdminExecutor) -> bool:
    """Part of `dump` and `restore`."""
    ...


@query(absent="organization")
async def identity(on: AdminExecutor) -> Identity:
    """Part of `dump`."""
    ...


async def tenant_tables(on: AdminExecutor) -> list[TenantTable]:
    """All of them, each after those that it refers to."""
    found = {table.name: table for table in await tables(on)}
    return [found[name] for name in await names_in_order(on)]


async def schema_of(on: AdminExecutor) -> tuple[str, int]:
    """The last migration that was applied, and the server's version."""
    found = await inspect(on, schemas=[], wanted=[])
    return (found.schema_comment or "").removeprefix("memdb "), found.server_version


async def count(on: AdminExecutor, table: TenantTable, org_id: UUID) -> Count:
    (record,) = await on._fetch(table.counting, [org_id])
    return Count(record["rows"], record["spaces"])


async def lines(on: AdminExecutor, table: TenantTable, org_id: UUID, numbers: Numbers) -> AsyncIterator[bytes]:
    """The rows of a table as a dump has them."""
    async for record in on._stream(table.reading, [org_id, numbers.here, numbers.there], prefetch=_PREFETCH):
        yield record["line"].encode() + b"\n"
