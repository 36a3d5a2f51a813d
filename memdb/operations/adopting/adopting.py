"""From another system's tables to memdb's."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final, Protocol, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from memdb import audit
from memdb.engine.database import Tenant
from memdb.engine.dsn import notation
from memdb.engine.inputs import JsonObject
from memdb.errors import InvalidInput
from memdb.operations.adopting.declared import Elsewhere, Shape, Stream, System, Tables
from memdb.operations.adopting.handing import Handing
from memdb.operations.adopting.landing import Landing, check_writer
from memdb.operations.adopting.postgres import PostgresSource
from memdb.operations.adopting.rows import Batch, Counted, Landed, LeftOut, Row
from memdb.operations.adopting.sqlite import SqliteSource

T = TypeVar("T")

# Of SQLAlchemy's URLs.
_DRIVER: Final = re.compile(r"(?<=^postgresql)\+\w+(?=://)")
_OF_FILE: Final = re.compile(r"^sqlite(\+\w+)?:///?")


class Source(Protocol):
    """Another system's tables, as of one snapshot."""

    async def columns(self) -> Tables:
        """The columns of the system's tables that exist."""

    async def count(self, stream: Stream) -> Counted: ...

    def batches(self, stream: Stream) -> AsyncGenerator[Batch, None]: ...

    def rows(self, stream: Stream) -> AsyncGenerator[Sequence[Row], None]: ...

    def left_out(self, stream: Stream) -> AsyncIterator[LeftOut]: ...


class Adopted(msgspec.Struct, frozen=True):
    """The outcome for the `rows` of a stream.

    `added`: put now. `same`: in memdb as they were read, now or before. `other`: in memdb, but changed since; these stay. `refused`: bad
    rows, which were skipped. `left_out`: rows of the source for which memdb has no place. `verified`: whether as many rows were read as the
    source counted, and the digest of memdb's rows is the source's; None if nothing was compared.
    """

    stream: str
    rows: int
    added: int = 0
    same: int = 0
    other: int = 0
    refused: int = 0
    left_out: int = 0
    verified: bool | None = None


class Progress(msgspec.Struct, frozen=True):
    """The progress: `done` of `total` rows of a stream."""

    phase: str
    done: int
    total: int


Report: TypeAlias = Callable[[Progress], None]
Keep: TypeAlias = Callable[[str, LeftOut], None]


async def adopt(
    tenant: Tenant,
    system: System,
    source: str,
    *,
    tables: Mapping[str, str] | None = None,
    skip_bad: bool = False,
    dry_run: bool = False,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
    progress: Report | None = None,
    left_out: Keep | None = None,
) -> list[Adopted]:
    """Import a system's data in the database or the file `source` into a tenant, as the system's adapter would have written it.

    - `tables`: the names of the system's tables there, if they differ.
    - `skip_bad`: continue after a row that cannot be adopted; otherwise RowRefused is raised, with all batches before it in memdb.
    - `dry_run`: only report what would be imported; the tenant need not exist.
    - `agent_id`, `user_id`: the owner of the data, for legal holds and erasures.
    - `progress` is called with the progress, `left_out` with each row that is not adopted as it was: the stream, the row, and the reason.

    Existing data stays unchanged: a second run adds what is new, and continues an interrupted one. The source is read as of one snapshot,
    and not changed. The import is recorded in the audit log.

    Raises InvalidInput if the tables are not the system's, NotFound, WritesRefused.
    """
    named = _named(system, tables or {})
    keep = left_out or (lambda stream, row: None)
    if not dry_run:
        await check_writer(tenant, agent_id)
    source = _OF_FILE.sub("", _DRIVER.sub("", source))
    place = _place(system, source)
    async with place.opened(source, named) as opened:
        streams = _fitting(system, place.streams, await opened.columns(), named)
        if not dry_run:
            organization = str(tenant.org_id)
            details: JsonObject = {"system": system.name, "streams": [stream.name for stream in streams]}
            await audit.record(tenant, action="organization.adopt", resource_type="organization", resource_id=organization, details=details)
        found = []
        for stream in streams:
            counted = await opened.count(stream)
            without_place = 0
            async for row in opened.left_out(stream):
                keep(stream.name, row)
                without_place += 1
            if dry_run:
                found.append(Adopted(stream.name, counted.rows, left_out=without_place))
                continue
            how = {"skip_bad": skip_bad, "agent_id": agent_id, "user_id": user_id}
            done = await _told(stream.name, _landing(opened, stream, tenant, how), counted, keep, progress)
            found.append(msgspec.structs.replace(done, left_out=without_place))
        return found


def _place(system: System, source: str) -> Elsewhere:
    scheme, separator, _ = source.partition("://")
    if separator and scheme in system.elsewhere:
        return system.elsewhere[scheme]
    place = None
    if notation.is_dsn(source):
        place = Elsewhere(PostgresSource.opened, system.streams)
    elif not separator:
        place = Elsewhere(SqliteSource.opened, system.of_file)
    if place is None or not place.streams:
        known = ["a postgresql:// URL"] * bool(system.streams) + ["a file"] * bool(system.of_file)
        raise InvalidInput("source", f"must be {' or '.join(known + [f'{each}://' for each in system.elsewhere])}, for {system.name}")
    return place


def _landing(source: Source, stream: Stream, tenant: Tenant, how: Mapping[str, Any]) -> AsyncGenerator[Landed, None]:
    if isinstance(stream.shape, Shape):
        return _each(stream.name, source.batches(stream), Landing(tenant, stream.shape, **how).land)
    return _each(stream.name, source.rows(stream), Handing(tenant, stream.shape, **how).land)


async def _each(stream: str, batches: AsyncGenerator[T, None], land: Callable[[str, T], Awaitable[Landed]]) -> AsyncGenerator[Landed, None]:
    async with aclosing(batches):
        async for batch in batches:
            yield await land(stream, batch)


async def _told(stream: str, landing: AsyncGenerator[Landed, None], counted: Counted, keep: Keep, progress: Report | None) -> Adopted:
    rows = added = same = digest = other = refused = 0
    report = progress or (lambda now: None)
    report(Progress(stream, 0, counted.rows))
    async with aclosing(landing):
        async for landed in landing:
            rows += landed.rows
            added += landed.added
            same += landed.same
            digest += landed.digest
            other += len(landed.other)
            refused += len(landed.refused)
            for name in landed.other:
                keep(stream, LeftOut("", name, "is in memdb, and was changed there since: it stays as it is"))
            for name, reason in landed.refused:
                keep(stream, LeftOut("", name, reason))
            report(Progress(stream, rows, counted.rows))
    return Adopted(stream, rows, added, same, other, refused, verified=(rows, str(digest)) == (counted.rows, counted.digest))


def _named(system: System, tables: Mapping[str, str]) -> dict[str, str]:
    if unknown := sorted(tables.keys() - system.tables.keys()):
        raise InvalidInput("tables", f"must be of {', '.join(sorted(system.tables))}, not {', '.join(unknown)}")
    return {**system.tables, **tables}


def _fitting(system: System, declared: Sequence[Stream], found: Tables, named: Mapping[str, str]) -> list[Stream]:
    try:
        streams = [fitting for stream in declared if (fitting := stream.fitting(found, named)) is not None]
    except InvalidInput as error:
        raise InvalidInput(error.field, f"{error.rule}; known are the tables of {system.versions}") from None
    if not streams:
        wanted = sorted({named[table] for stream in declared for table in stream.needs})
        raise InvalidInput("source", f"must have tables of {system.versions}, and has none of {', '.join(wanted)}")
    return streams
