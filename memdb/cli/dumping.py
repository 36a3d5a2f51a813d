"""memdb dump, memdb restore: dumping one organization to a file, and restoring it."""

from __future__ import annotations

from typing import Annotated, Optional
from uuid import UUID

import typer

from memdb.cli.files import readable, writable
from memdb.cli.maintaining import administered, progress_bar, shown_by
from memdb.cli.session import AdminDsn, Dsn, find_organization, problems, run
from memdb.operations import backup


def dump(
    org: Annotated[str, typer.Argument(help="The organization's slug, or its id. It may be deleted.")],
    file: Annotated[str, typer.Argument(help="The file to write; - is the standard output.")],
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE.")] = False,
) -> None:
    """Write an organization with all of its data to a file, as of one moment. Reads and writes continue meanwhile."""

    async def work() -> int:
        async with administered(dsn, admin_dsn=admin_dsn) as database:
            org_id = await find_organization(database, org)
            with writable(file, force=force) as target, progress_bar(problems) as bar:
                done = await backup.dump(database.admin(org_id), target, progress=shown_by(bar, "dump"))
        _say(f"{done.organization.slug} dumped: {done.rows} rows of {len(done.tables)} tables, at {done.schema}")
        return 0

    run(work())


def restore(
    file: Annotated[str, typer.Argument(help="A file that `memdb dump` wrote; - is the standard input.")],
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    new_id: Annotated[Optional[UUID], typer.Option(help="Another id than the dump's, for a copy, which gets no API tokens.")] = None,  # noqa: UP045
    slug: Annotated[Optional[str], typer.Option(help="Another slug than the dump's.")] = None,  # noqa: UP045
    name: Annotated[Optional[str], typer.Option(help="Another name than the dump's.")] = None,  # noqa: UP045
) -> None:
    """Restore a dumped organization: all of it, verified, or nothing."""

    async def work() -> int:
        async with administered(dsn, admin_dsn=admin_dsn) as database:
            with readable(file) as source, progress_bar(problems) as bar:
                done = await backup.restore(database, source, org_id=new_id, slug=slug, name=name, progress=shown_by(bar, "restore"))
        _say(f"{done.organization.slug} restored as {done.organization.id}: {done.rows} rows, all compared with the file")
        for table, rows in done.left_out.items():
            if rows:
                _say(f"left out, because they are of the id {done.original.id}: {rows} {table}")
        if done.chain_intact is not None:
            _say("the audit log's chain " + ("was intact and is sealed anew" if done.chain_intact else "was broken and stays so"))
        return 0

    run(work())


def _say(text: str) -> None:
    """Print to the standard error, because the standard output may be the dump."""
    problems.print(text, highlight=False, soft_wrap=True, markup=False)
