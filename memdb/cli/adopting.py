"""memdb adopt: importing another system's data into an organization."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, Optional
from uuid import UUID

import msgspec
import typer
from rich import box
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table

from memdb import users
from memdb.adapters import adoptable
from memdb.cli.listing import Listing, listing
from memdb.cli.session import ACTOR, AdminDsn, Dsn, Org, connected, console, find_agent, find_organization, hinting_create, run
from memdb.engine.database import Database
from memdb.errors import InvalidInput, NotFound
from memdb.operations import adopting

_TIMEOUT: Final = 3600.0
_NAMES: Final = ", ".join(adoptable.NAMES)


class _LeftOut(msgspec.Struct):
    stream: str
    table: str
    row: str | msgspec.Raw
    reason: str


def adopt(
    system: Annotated[str, typer.Argument(help=f"What the data is of: {_NAMES}.")],
    source: Annotated[
        str, typer.Argument(help="Where it is: a postgresql:// URL; for some systems also a file, a redis:// URL or a bucket, s3://.")
    ],
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Org = "default",
    create: Annotated[bool, typer.Option("--create", help="Create the organization and the agent if they are missing.")] = False,
    agent: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The slug of the agent that the data belongs to. Default: the agent that the system names, or none."),
    ] = None,
    user: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The email of the user that the data belongs to. Default: the user that the system names, or none."),
    ] = None,
    embedding_model: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The model of the embedding space for the vectors (`memdb spaces create`). Default: that of the current space."),
    ] = None,
    table: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="NAME=OTHER if one of the system's tables has another name, optionally with its schema. May be repeated."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be imported.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Report bad rows and continue, instead of stopping.")] = False,
    left_out: Annotated[Path, typer.Option(help="The file for the rows that are not adopted as they are, as lines of JSON.")] = Path(
        "left-out.jsonl"
    ),
) -> None:
    """Import another system's data into an organization, as that system's adapter would have written it.

    The source is read as of one moment, and not changed. What memdb already has stays as it is, so a second run, or one after an
    interruption, adds only what is missing. Each row is compared with the source.
    """

    async def work() -> int:
        known = adoptable.system(system)
        async with connected(dsn, admin_dsn, embedding_model=embedding_model) as database:
            tenant = database.tenant(await _organization(database, org, create=create, dry_run=dry_run), actor=ACTOR)
            # A dry run creates none, and its result is the same for every agent.
            with hinting_create():
                agent_id = None if agent is None or (dry_run and create) else (await find_agent(tenant, agent, create=create)).id
            owner = None if user is None else await users.get_by_email(tenant, email=user)
            if user is not None and owner is None:
                raise NotFound("user", user)
            with listing(left_out, source) as listed, _bar() as bar:
                adopted = await adopting.adopt(
                    database.tenant(tenant.org_id, actor=tenant.actor, timeout=_TIMEOUT),
                    known,
                    source,
                    tables=_tables(table or []),
                    skip_bad=skip_bad,
                    dry_run=dry_run,
                    agent_id=agent_id,
                    user_id=None if owner is None else owner.id,
                    progress=_shown_by(bar),
                    left_out=_adding_to(listed),
                )
                listed.complete()
        _print(adopted, left_out, dry_run=dry_run)
        return int(any(each.verified is False for each in adopted))

    run(work())


async def _organization(database: Database, org: str, *, create: bool, dry_run: bool) -> UUID:
    """The organization's id; for one that a dry run does not create, an id of none."""
    try:
        with hinting_create():
            return await find_organization(database, org, create=create and not dry_run)
    except NotFound:
        if create and dry_run:
            return UUID(int=0)
        raise


def _print(adopted: list[adopting.Adopted], left_out: Path, *, dry_run: bool) -> None:
    columns = ["rows"] if dry_run else ["rows", "added", "same", "changed here", "bad", "digest"]
    table = Table("", *columns, "no place", box=box.SIMPLE)
    for each in adopted:
        digest = {True: "equal", False: "differs", None: "–"}[each.verified]
        counts = [each.rows] if dry_run else [each.rows, each.added, each.same, each.other, each.refused, digest]
        table.add_row(each.stream, *map(str, counts), str(each.left_out))
    console.print(table)
    if any(each.other or each.refused or each.left_out for each in adopted):
        told = f"What has no place, was changed here or is bad is listed in {escape(str(left_out))}."
        console.print(told, highlight=False, soft_wrap=True)


def _tables(given: list[str]) -> dict[str, str]:
    tables = {}
    for each in given:
        name, separator, other = each.partition("=")
        if not separator or not other:
            raise InvalidInput("--table", f"must be NAME=OTHER, not {each}")
        tables[name] = other
    return tables


def _adding_to(listed: Listing) -> Callable[[str, adopting.LeftOut], None]:
    def add(stream: str, row: adopting.LeftOut) -> None:
        key = msgspec.Raw(row.row.encode()) if row.table else row.row
        listed.add(_LeftOut(stream, row.table, key, row.reason))

    return add


class _Rate(ProgressColumn):
    """Rows a second."""

    def render(self, task: Task) -> str:
        return f"{task.speed:,.0f} rows/s" if task.speed else ""


def _bar() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn(), console=console)


def _shown_by(bar: Progress) -> Callable[[adopting.Progress], None]:
    tasks: dict[str, object] = {}

    def show(now: adopting.Progress) -> None:
        if now.phase not in tasks:
            tasks[now.phase] = bar.add_task(now.phase, total=now.total)
        bar.update(tasks[now.phase], completed=now.done)  # type: ignore[arg-type]

    return show
