"""Dumping: from the database to a file."""

from __future__ import annotations

from asyncio import to_thread
from contextlib import suppress
from datetime import UTC, datetime
from typing import BinaryIO, Final
from uuid import UUID

from memdb import audit, spaces
from memdb.engine.executor import AdminExecutor
from memdb.errors import ReadOnly
from memdb.operations.backup.files import DumpedSpace, DumpedTable, Header, Tally, Writer, require_binary
from memdb.operations.backup.tables import Meter, Numbers, Report, TenantTable, count, identity, lines, pin_texts, schema_of, tenant_tables

_BATCH_BYTES: Final = 1 << 20


async def dump(on: AdminExecutor, file: BinaryIO, *, progress: Report | None = None) -> Header:
    """Write all of the tenant's rows to a file, as of one snapshot, and return the dump's header.

    `on` is `db.admin(org_id)`, with enough time for counting a table: `timeout=3600`. The file is open for writing bytes, and may be a
    pipe; an interrupted dump is not a dump. Nobody waits for it, and a suspended or deleted organization can be dumped. `progress` is
    called with the number of rows written. The dump is recorded in the audit log, unless the server is a replica.

    Raises NotFound, TenantRequired, InvalidInput, OSError.
    """
    require_binary(file, method="write", mode="wb")
    with suppress(ReadOnly):
        await audit.record(on, action="organization.dump", resource_type="organization", resource_id=str(on.org_id))
    async with on.transaction(isolation="repeatable_read", readonly=True) as tx:
        await pin_texts(tx)
        tables = await tenant_tables(tx)
        header = await _header(tx, tables)
        all_spaces = [each.space for each in header.spaces]
        numbers = Numbers(all_spaces, all_spaces)
        writer = await to_thread(Writer, file, header)
        meter = Meter(progress, header.rows)
        for table in tables:
            await _write(tx, table, header.organization.id, numbers, writer, meter)
        await to_thread(writer.end)
    return header


async def _header(on: AdminExecutor, tables: list[TenantTable]) -> Header:
    organization = await identity(on)
    counts = {table.name: await count(on, table, organization.id) for table in tables}
    used = {space for each in counts.values() for space in each.spaces}
    schema, server_version = await schema_of(on)
    return Header(
        schema=schema,
        server_version=server_version,
        dumped_at=datetime.now(UTC),
        organization=organization,
        spaces=[DumpedSpace(each.space, each.dimension, each.model, each.space in used) for each in await spaces.existing(on)],
        tables=[DumpedTable(table.name, table.columns, counts[table.name].rows) for table in tables],
    )


async def _write(on: AdminExecutor, table: TenantTable, org_id: UUID, numbers: Numbers, writer: Writer, meter: Meter) -> None:
    tally, phase = Tally(table.name), f"dumping {table.name}"
    batch: list[bytes] = []
    size = 0
    async for line in lines(on, table, org_id, numbers):
        tally.add(line)
        batch.append(line)
        size += len(line)
        if size >= _BATCH_BYTES:
            await to_thread(writer.write, b"".join(batch))
            meter.add(phase, len(batch))
            batch, size = [], 0
    await to_thread(writer.write, b"".join(batch))
    await to_thread(writer.line, tally.section())
    meter.add(phase, len(batch))
