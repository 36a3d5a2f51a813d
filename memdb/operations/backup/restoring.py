"""Restoring: from a file to the database."""

from __future__ import annotations

import struct
from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator
from typing import BinaryIO, Final, TypeVar
from uuid import UUID

import asyncpg
import msgspec
from pgvector import HalfVector

from memdb import audit, spaces
from memdb.engine.database import Database
from memdb.engine.executor import AdminExecutor
from memdb.engine.inputs import JsonObject, Name, Slug, check_for
from memdb.engine.own import query
from memdb.errors import (
    AlreadyExists,
    DeadlineExceeded,
    DumpDamaged,
    DumpRefused,
    MemdbError,
    Unavailable,
)
from memdb.operations.backup.files import Header, Identity, Reader, Section, Tally, require_binary
from memdb.operations.backup.fitting import numbers_of, same_numbers, tables_of
from memdb.operations.backup.tables import Meter, Numbers, Report, TenantTable, lines, pin_texts

T = TypeVar("T")

# An API token contains its organization's id, so it is unusable under another one.
_OF_THE_ID: Final = frozenset({"tokens", "token_uses"})
_check_id = check_for("org_id", UUID | None)
_check_slug = check_for("slug", Slug | None)
_check_name = check_for("name", Name | None)


class Restored(msgspec.Struct, frozen=True):
    """The result of a restore: the organization, the original one, and the number of rows left out, by table.

    `chain_intact`: whether the audit log's chain was intact and was resealed under another id. False if it was broken and stays so; None
    under the same id, where it is unchanged.
    """

    organization: Identity
    original: Identity
    rows: int
    left_out: dict[str, int]
    chain_intact: bool | None


class OldSeal(msgspec.Struct, frozen=True):
    """The end of the dumped chain, and whether everything before it was as sealed."""

    intact: bool
    seq: int
    digest: str


@query
async def taken(on: AdminExecutor, *, id: UUID, slug: Slug) -> str | None:
    """Part of `restore`."""
    ...


@query
async def defer_references(on: AdminExecutor) -> None:
    """Part of `restore`."""
    ...


@query
async def check_references(on: AdminExecutor) -> None:
    """Part of `restore`."""
    ...


@query
async def has_deep_archived(on: AdminExecutor) -> bool:
    """Part of `restore`."""
    ...


@query
async def seal_anew(on: AdminExecutor, *, original_id: UUID) -> OldSeal:
    """Part of `restore`."""
    ...


async def restore(
    database: Database,
    file: BinaryIO,
    *,
    org_id: UUID | None = None,
    slug: str | None = None,
    name: str | None = None,
    actor: str | None = None,
    timeout: float = 3600.0,
    progress: Report | None = None,
) -> Restored:
    """Restore a dumped tenant as it was, with the ids of all its rows, in one transaction: either completely or not at all.

    If `org_id`, `slug` or `name` is None, it is that of the dump. Another id also requires another slug, if the dumped organization exists
    in this database. Under another id, API tokens are left out, because they contain the old one, and the audit log's chain is resealed if
    it was intact; the log's entry about the restore contains its former seal. `file` is open for reading bytes, and may be a pipe.
    `timeout` is in seconds, for each of many steps. `progress` is called with the number of rows loaded, then with the number of rows read
    again and compared with the file.

    Raises DumpDamaged, DumpTooNew, DumpOfOtherSchema; DumpRefused if the database lacks an embedding space or the rows read back differ;
    AlreadyExists for an id that is in use or was erased here, and for a slug in use; InvalidInput.
    """
    require_binary(file, method="read", mode="rb")
    reader = Reader(file)
    org_id, slug, name = _check_id(org_id, 0), _check_slug(slug, 0), _check_name(name, 0)
    header = await to_thread(reader.header)
    original = header.organization
    identity = Identity(
        original.id if org_id is None else org_id,
        original.slug if slug is None else slug,
        original.name if name is None else name,
    )
    admin = database.admin(identity.id, actor=actor, timeout=timeout)
    if (field := await taken(admin, id=identity.id, slug=identity.slug)) is not None:
        raise AlreadyExists("organization", field)
    tables = await tables_of(admin, header)
    existing = await spaces.existing(admin)
    numbers = numbers_of(header, existing)
    left_out = {table.name: table.rows for table in header.tables if table.name in _OF_THE_ID and identity.id != original.id}
    async with admin.transaction() as tx:
        await pin_texts(tx)
        await defer_references(tx)
        kept = [table for table in tables if table.name not in left_out]
        try:
            await _load(tx, reader, header, kept, identity, numbers, Meter(progress, header.rows))
        except (MemdbError, asyncpg.PostgresError) as error:
            if not isinstance(error, DumpDamaged | Unavailable | DeadlineExceeded):
                # The server's error may be due to damage that a later hash would have shown.
                await to_thread(reader.end)
            raise
        await to_thread(reader.end)
        await check_references(tx)
        await _compare(tx, reader.sections, kept, identity.id, numbers, Meter(progress, header.rows - sum(left_out.values())))
        if not same_numbers(header, existing) and await has_deep_archived(tx):
            raise DumpRefused(
                "messages that were exported from the archive have the numbers that the embedding spaces had there, which are others here: "
                "bring them back before the dump, or restore into a database whose spaces have the same numbers"
            )
        chain_intact = await _sign(tx, header, identity, left_out)
    return Restored(identity, original, header.rows - sum(left_out.values()), left_out, chain_intact)


async def _load(
    on: AdminExecutor, reader: Reader, header: Header, tables: list[TenantTable], identity: Identity, numbers: Numbers, meter: Meter
) -> None:
    by_name = {table.name: table for table in tables}
    names = [str(identity.id), identity.slug, identity.name]
    for dumped in header.tables:
        table = by_name.get(dumped.name)
        async for batch in _in_thread(reader.batches(dumped)):
            if table is not None:
                embeddings = await to_thread(_embeddings, table, batch)
                await on._fetch(table.writing, [names, numbers.here, numbers.there, batch, embeddings])
            meter.add(f"loading {dumped.name}", len(batch))


async def _compare(
    on: AdminExecutor, sections: dict[str, Section], tables: list[TenantTable], org_id: UUID, numbers: Numbers, meter: Meter
) -> None:
    """Read all rows again and check that they are those of the file."""
    for table in tables:
        tally = Tally(table.name)
        async for line in lines(on, table, org_id, numbers):
            tally.add(line)
        section = tally.section()
        if section != sections[table.name]:
            raise DumpRefused(f"{table.name} reads other here than it was dumped, so nothing was restored")
        meter.add(f"comparing {table.name}", section.rows)


async def _sign(on: AdminExecutor, header: Header, identity: Identity, left_out: dict[str, int]) -> bool | None:
    """Record in the audit log what was restored, and from what."""
    original = header.organization
    details: JsonObject = {
        "original_id": str(original.id),
        "original_slug": original.slug,
        "dumped_at": header.dumped_at.isoformat(),
        "left_out": left_out,
    }
    chain_intact = None
    if identity.id != original.id:
        seal = await seal_anew(on, original_id=original.id)
        chain_intact = seal.intact
        details |= {"chain_intact": seal.intact, "original_seq": seal.seq, "original_digest": seal.digest}
    await audit.record(on, action="organization.restore_dump", resource_type="organization", resource_id=str(identity.id), details=details)
    return chain_intact


def _embeddings(table: TenantTable, batch: list[str]) -> list[HalfVector | None]:
    if table.embedding is None:
        return []
    try:
        found = [msgspec.json.decode(line, type=list[str | None])[table.embedding] for line in batch]
        return [None if each is None else HalfVector.from_binary(bytes.fromhex(each)) for each in found]
    except (msgspec.DecodeError, LookupError, TypeError, ValueError, struct.error) as error:
        raise DumpDamaged(f"the dump is damaged in the rows of {table.name}: {error}") from error


async def _in_thread(items: Iterator[T]) -> AsyncIterator[T]:
    while (item := await to_thread(next, items, None)) is not None:
        yield item
