"""memdb dump, memdb restore: one organization into a file, and out of it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, Final, Optional
from uuid import UUID

import typer

from memdb.cli.maintaining import administered, progress_bar, shown_by
from memdb.cli.session import Dsn, find_organization, problems, run
from memdb.engine.database import Database
from memdb.errors import InvalidInput
from memdb.operations import backup

_PIPE: Final = "-"


def dump(
    org: Annotated[str, typer.Argument(help="The organization's slug, or its id, also of a deleted one.")],
    file: Annotated[str, typer.Argument(help="Where to; - for the standard output.")],
    dsn: Dsn = None,
) -> None:
    """Write all that an organization has to a file, as it is at one moment. Reads and writes go on meanwhile."""

    async def work() -> int:
        async with administered(dsn) as database:
            org_id = await _id_of(database, org)
            with _writable(file) as target, progress_bar(problems) as bar:
                done = await backup.dump(database.admin(org_id), target, progress=shown_by(bar, "dump"))
        _say(f"{done.organization.slug} dumped: {done.rows} rows of {len(done.tables)} tables, at {done.schema}")
        return 0

    run(work())


def restore(
    file: Annotated[str, typer.Argument(help="What `memdb dump` wrote; - for the standard input.")],
    dsn: Dsn = None,
    new_id: Annotated[Optional[UUID], typer.Option(help="Another id than the dump's, for a copy: API tokens are left out.")] = None,  # noqa: UP045
    slug: Annotated[Optional[str], typer.Option(help="Another slug than the dump's.")] = None,  # noqa: UP045
    name: Annotated[Optional[str], typer.Option(help="Another name than the dump's.")] = None,  # noqa: UP045
) -> None:
    """Make a dumped organization anew: all of it, verified, or nothing."""

    async def work() -> int:
        async with administered(dsn) as database:
            with _readable(file) as source, progress_bar(problems) as bar:
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
    """Beside the standard output, which may be the dump."""
    problems.print(text, highlight=False, soft_wrap=True, markup=False)


async def _id_of(database: Database, org: str) -> UUID:
    try:
        return UUID(org)
    except ValueError:
        return await find_organization(database, org, create=False)


@contextmanager
def _writable(path: str) -> Iterator[BinaryIO]:
    """A file that is there when it is complete, and for nobody else to read."""
    if path == _PIPE:
        with _told(path):
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        return
    with _told(path), tempfile.NamedTemporaryFile(dir=Path(path).parent, prefix=f".{Path(path).name}.", delete=False) as file:
        try:
            yield file  # type: ignore[misc]
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink()
            raise


@contextmanager
def _readable(path: str) -> Iterator[BinaryIO]:
    if path == _PIPE:
        yield sys.stdin.buffer
        return
    with _told(path), Path(path).open("rb") as file:
        yield file


@contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InvalidInput("FILE", f"cannot be used: {path}: {error.strerror}") from error
