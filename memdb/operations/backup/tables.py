"""The tables of a tenant's rows, from the database's catalog: a new one is dumped from its migration on."""

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

# Few, because a row may take 100 KB.
_PREFETCH: Final = 100


class TenantTable(msgspec.Struct, frozen=True):
    """A table, its dumped columns, and the statements for it. `embedding` is the place of an embedding among the columns."""

    name: str
    columns: list[str]
    embedding: int | None
    counting: str
    reading: str
    writing: str


class Progress(msgspec.Struct, frozen=True):
    """The progress: `done` of `total` rows; `phase` is the step and the table."""

    phase: str
    done: int
    total: int


Report: TypeAlias = Callable[[Progress], None]


class Meter:
    """Reports the progress of a phase to `report`."""

    def __init__(self, report: Report | None, total: int) -> None:
        self._report = report
        self._total = total
        self._done = 0

    def add(self, phase: str, rows: int) -> None:
        self._done += rows
        if self._report is not None:
            self._report(Progress(phase, self._done, self._total))


class Numbers(msgspec.Struct, frozen=True):
    """The numbers of spaces in a database and, in the same order, those in a dump."""

    here: list[int]
    there: list[int]


class Count(msgspec.Struct, frozen=True):
    """The number of a tenant's rows in a table, and the embedding spaces that they are in."""

    rows: int
    spaces: list[int]


@query
async def tables(on: AdminExecutor) -> list[TenantTable]:
    """Part of `dump` and `restore`: all tables, by name."""
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
    """All tables, each after those that it refers to."""
    found = {table.name: table for table in await tables(on)}
    return [found[name] for name in await names_in_order(on)]


async def schema_of(on: AdminExecutor) -> tuple[str, int]:
    """The last migration applied, and the server's version."""
    found = await inspect(on, schemas=[], wanted=[])
    return (found.schema_comment or "").removeprefix("memdb "), found.server_version


async def count(on: AdminExecutor, table: TenantTable, org_id: UUID) -> Count:
    (record,) = await on._fetch(table.counting, [org_id])
    return Count(record["rows"], record["spaces"])


async def lines(on: AdminExecutor, table: TenantTable, org_id: UUID, numbers: Numbers) -> AsyncIterator[bytes]:
    """The rows of a table as lines of a dump."""
    async for record in on._stream(table.reading, [org_id, numbers.here, numbers.there], prefetch=_PREFETCH):
        yield record["line"].encode() + b"\n"
