"""The tables of a package: whether row-level security and the keys of each keep tenants apart, as in memdb's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from psycopg import Connection

from memdb.engine import preflight
from memdb.engine.executor import Executor
from memdb.engine.own import query
from memdb.engine.package import Package
from memdb.operations.check.statements import Difference
from memdb.operations.libpq import fetch


class Table(msgspec.Struct, frozen=True):
    """The catalog's description of a table. `owner` is its column org_id, or None; `keys` and `links` omit the tenant."""

    schema: str
    name: str
    owner: str | None
    may_be_written: bool
    has_tenants_key: bool
    keys: list[str]
    links: list[str]


@query
async def tables(on: Executor, *, schema: str | None) -> list[Table]:
    """The tables of `schema`, or those of any schema but memdb's that the acting role may use."""
    ...


def differences(connection: Connection[Any], package: Package) -> Iterator[Difference]:
    """The faults by which the package's tables could show a tenant another's rows.

    A table without org_id is a fault unless all tenants only read it.
    """
    found: list[Table] = fetch(connection, tables, package.schema)
    (inspected,) = fetch(connection, preflight.inspect, sorted({table.schema for table in found}), [])
    unprotected = {table.name: table.found for table in inspected.unprotected_tables}
    for table in found:
        yield from _of(table, unprotected.get(table.name))


def _of(table: Table, protection: str | None) -> Iterator[Difference]:
    subject = f"table {table.name}"
    if table.owner is None and (table.may_be_written or table.links):
        why = "the service may write to it" if table.may_be_written else "it refers to tenants' rows"
        yield Difference(subject, "column org_id", "uuid NOT NULL", f"missing, though {why}")
    if protection is not None:
        yield Difference(subject, "row-level security", f"as CALL memdb.isolate('{table.name}') makes it", protection)
    if table.owner is None:
        return
    if table.owner != "uuid NOT NULL":
        yield Difference(subject, "column org_id", "uuid NOT NULL", table.owner)
    if not table.has_tenants_key:
        yield Difference(subject, "primary key", "begins with org_id", "does not")
    for kind, all_of_kind in (("unique index", table.keys), ("reference", table.links)):
        for each in all_of_kind:
            name, _, definition = each.partition(" ")
            yield Difference(subject, f"{kind} {name}", "begins with org_id", definition)
