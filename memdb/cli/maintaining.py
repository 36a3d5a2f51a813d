"""memdb index, memdb archive: the indexes of large scopes, and sessions that have been idle."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Optional

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

import memdb
from memdb import archives, indexes
from memdb.cli.session import (
    AdminDsn,
    Dsn,
    Org,
    chosen_admin_dsn,
    chosen_dsn,
    console,
    find_agent,
    find_organization,
    run,
    server_url,
)
from memdb.engine.acting import ADMIN_ROLE, require_owner
from memdb.engine.database import Database
from memdb.engine.dsn import connection_parameters
from memdb.operations import backup

_LONG: Final = 7 * 86_400.0


@asynccontextmanager
async def administered(
    dsn: str | None,
    model: str | None = None,
    *,
    admin_dsn: str | None,
    owner: bool = False,
    memory: str | None = None,
    timeout: float = _LONG,
) -> AsyncIterator[Database]:
    """The database; where the schema is changed, `db.admin()` acts as the login itself, which must own the tables."""
    async with server_url(chosen_dsn(dsn)) as url:
        admin_url = chosen_admin_dsn(dsn, admin_dsn) or url
        if memory is not None:
            admin_url = connection_parameters(admin_url).with_settings({"maintenance_work_mem": memory}).url()
        admin_role = None if owner else ADMIN_ROLE
        async with memdb.connect(url, admin_dsn=admin_url, admin_role=admin_role, embedding_model=model, timeout=timeout) as database:
            if owner:
                await require_owner(database.admin())
            yield database


def progress_bar(on: Console = console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    return Progress(*columns, console=on)


def shown_by(bar: Progress, description: str) -> Callable[[indexes.BuildProgress | backup.Progress], None]:
    """A function that shows a phase and its progress."""
    task = bar.add_task(description, total=None)

    def show(now: indexes.BuildProgress | backup.Progress) -> None:
        bar.update(task, description=now.phase, completed=now.done, total=now.total or None)

    return show


def index(
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    model: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The model of the embedding space to index. Default: that of the current space."),
    ] = None,
    memory: Annotated[str, typer.Option(help="maintenance_work_mem. The build is slow if the index does not fit.")] = "1GB",
) -> None:
    """Create the indexes for large tenants that are missing. Reads and writes continue meanwhile."""

    async def work() -> int:
        async with administered(dsn, model, admin_dsn=admin_dsn, owner=True, memory=memory) as database:
            with progress_bar() as bar:
                await indexes.build(database.admin(), progress=shown_by(bar, "index"))
        console.print("the indexes are there; services use them within five minutes")
        return 0

    run(work())


def archive(
    days: Annotated[int, typer.Option(help="Days without activity after which a session is idle.", min=0, max=36_500)] = 30,
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Org = "default",
    agent: Annotated[Optional[str], typer.Option(help="The slug of an agent: only its sessions are archived.")] = None,  # noqa: UP045
) -> None:
    """Archive an organization's idle sessions. Can be interrupted and repeated."""

    async def work() -> int:
        idle_since = datetime.now(UTC) - timedelta(days=days)
        async with administered(dsn, admin_dsn=admin_dsn) as database:
            org_id = await find_organization(database, org)
            agent_id = (await find_agent(database.tenant(org_id), agent)).id if agent else None
            with progress_bar() as bar:
                task = bar.add_task("messages", total=None)
                done = await archives.archive(
                    database.admin(org_id), idle_since=idle_since, agent_id=agent_id, progress=lambda count: bar.advance(task, count)
                )
        console.print(f"{done.sessions} sessions archived, with {done.messages} messages")
        return 0

    run(work())
