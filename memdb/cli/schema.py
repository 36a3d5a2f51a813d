"""memdb migrate, memdb check, memdb new: the tables of memdb and of applications' packages, and their statements."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Optional

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from memdb.cli.output import Json, print_json
from memdb.cli.session import (
    Dimension,
    Dsn,
    chosen_dsn,
    console,
    default_dimension,
    look_where_run,
    problems,
    run,
    server_url,
    told_dimension,
)
from memdb.engine.dsn import resolve_dsn
from memdb.engine.package import Package
from memdb.engine.resources import migration_ids

Packages = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--package", help="A package with tables of its own, by its name in Python. May be repeated.", show_default=False),
]


class _Difference(msgspec.Struct, frozen=True):
    query: str
    what: str
    declared: str
    found: str


def migrate(
    dsn: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            help="A postgresql:// URL, keyword=value pairs, or embedded:FOLDER, which migrates itself. Default: $MEMDB_DSN.",
            show_default=False,
        ),
    ] = None,
    package: Packages = None,
    dimension: Dimension = None,
    app_role: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="For a new database: the role that serves tenants, created if missing. Default: memdb_app.", show_default=False),
    ] = None,
    admin_role: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="For a new database: the role that administers, likewise. Default: memdb_admin.", show_default=False),
    ] = None,
    status: Annotated[
        bool, typer.Option("--status", help="Only list the migrations. The exit code is 1 if the database lacks one.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be applied.")] = False,
    json: Json = False,
) -> None:
    """Apply the migrations that the database lacks, as `yoyo apply` does: memdb's, then those of the packages."""

    async def work() -> int:
        packages = _found(package or [])
        if status or dry_run:
            return await asyncio.to_thread(_list, dsn, packages, pending_only=not status, json=json)
        async with server_url(resolve_dsn(dsn), dimension=dimension) as url:
            return await asyncio.to_thread(_apply, url, packages, dimension, app_role, admin_role, json=json)

    run(work())


def _list(dsn: str | None, packages: list[Package], *, pending_only: bool, json: bool) -> int:
    from memdb.operations import migrate

    found = migrate.status(dsn, packages=packages)
    pending = [each for each in found if not each.applied]
    if json:
        print_json(pending if pending_only else found)
    else:
        for each in pending if pending_only else found:
            state = "would apply" if pending_only else "applied" if each.applied else "[yellow]missing[/]"
            console.print(f"{state} [bold]{each.name}[/]  [dim]{escape(each.file)}[/]", soft_wrap=True, highlight=False)
        if not pending:
            console.print("up to date")
    return 1 if pending and not pending_only else 0


def _apply(dsn: str, packages: list[Package], dimension: int | None, app_role: str | None, admin_role: str | None, *, json: bool) -> int:
    from memdb.operations import migrate

    default = default_dimension()
    out = problems if json else console
    applied = migrate.migrate(
        dsn,
        packages=packages,
        dimension=dimension,
        default_dimension=default,
        app_role=app_role,
        admin_role=admin_role,
        report=lambda name: out.print(f"applying [bold]{name}[/]"),
    )
    if json:
        print_json(each for each in migrate.status(dsn, packages=packages) if each.name in applied)
    out.print(f"{len(applied)} applied" if applied else "up to date")
    if applied[:1] == migration_ids()[:1]:
        out.print(told_dimension(migrate.chosen_dimension(dimension, default)))
    return 0


def check(
    dsn: Dsn = None,
    package: Packages = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="First rewrite SELECT lists that differ from their Structs, and show the diff.")
    ] = False,
    json: Json = False,
) -> None:
    """Check every SQL file, and every table with tenants' rows, against the schema. The exit code is 1 if anything differs.

    Without --package: memdb's own, and those of every installed package that has an entry point in the group memdb.packages.
    """

    async def work() -> int:
        from memdb.engine.own import query
        from memdb.operations.check import check as compare
        from memdb.operations.packages import installed

        packages = [query, *installed()] if package is None else _found(package)
        async with server_url(chosen_dsn(dsn)) as url:
            if fix:
                from memdb.cli import fixing

                await fixing.run(url, packages, problems if json else console)
            differences = await asyncio.to_thread(compare, url, packages=packages)
        if json:
            print_json(_Difference(*difference) for difference in differences)
            return 1 if differences else 0
        if not differences:
            for each in packages:
                of_package = "" if each is query else f" of {each.name}"
                console.print(f"[green]{len(each.queries)} statements{of_package} agree with the schema[/]")
            return 0
        table = Table("statement or table", "what", "declared in Python, or the rule", "found in the database", title="Differences")
        for difference in differences:
            table.add_row(*map(escape, difference))
        console.print(table)
        return 1

    run(work())


def new(
    package: Annotated[str, typer.Argument(help="Its name in Python and the schema of its tables: lower-case letters, digits and _.")],
    area: Annotated[
        str, typer.Option(help="The first table, in the plural, which also names the module of its query functions.")
    ] = "notes",
) -> None:
    """Write a package with a table of its own into a new folder: its migration, query functions, messages and a test."""

    async def work() -> int:
        from memdb.operations.scaffold import scaffold

        for path in await asyncio.to_thread(scaffold, package, area=area, folder=Path.cwd()):
            console.print(str(path.relative_to(Path.cwd())), highlight=False, soft_wrap=True)
        console.print(f"\ncd {package}, then: memdb check --package {package}, and: python -m pytest", soft_wrap=True, highlight=False)
        return 0

    run(work())


def _found(names: list[str]) -> list[Package]:
    from memdb.operations.packages import find

    look_where_run()
    return [find(name) for name in names]
