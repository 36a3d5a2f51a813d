"""memdb maintain: the scheduled jobs of all organizations."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Annotated, Any, Final, Optional, cast
from uuid import UUID

import typer
from rich.markup import escape

from memdb.cli.maintaining import administered
from memdb.cli.output import Json, print_json
from memdb.cli.session import AdminDsn, Dsn, console, find_organization, problems, run
from memdb.errors import InvalidInput
from memdb.operations.maintenance import JOBS, Job, Periods, Report
from memdb.operations.maintenance import maintain as run_jobs

_DAYS: Final[dict[str, Any]] = {"min": 0, "max": 36_500}
_COLORS: Final = {"done": "green", "skipped": "yellow", "failed": "bold red"}


def maintain(
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="An organization's slug or id: only its jobs are run. May be repeated.", show_default=False),
    ] = None,
    job: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help=f"One of {', '.join(JOBS)}: only this job is run. May be repeated.", show_default=False),
    ] = None,
    sweep_days: Annotated[int, typer.Option(help="Days without activity after which `sweep` closes an active session.", **_DAYS)] = 7,
    archive_days: Annotated[int, typer.Option(help="Days without activity after which `archive` archives a session.", **_DAYS)] = 30,
    purge_days: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            help="Days after which `purge` removes for good what was deleted or has expired. It only runs if this is given.", **_DAYS
        ),
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds that one call of a job may take.")] = 600,
    begin_with: Annotated[
        Optional[UUID],  # noqa: UP045
        typer.Option(
            help="The id of an organization: begin with it and continue with older ones, after an interrupted run.", show_default=False
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Run the jobs that are due, for every organization: sweep, upkeep, archive, purge, seal. Prints a line for each job.

    A job that fails is reported and does not stop the others; the exit code is then 1. Can be interrupted, repeated, and run twice at once.
    """

    async def work() -> int:
        if purge_days is None and "purge" in (job or ()):
            raise InvalidInput("--purge-days", "must be given for the job purge, which removes for good")
        purge = None if purge_days is None else timedelta(days=purge_days)
        periods = Periods(timedelta(days=sweep_days), timedelta(days=archive_days), purge)
        outcomes: Counter[str] = Counter()
        last: Report | None = None
        async with administered(dsn, admin_dsn=admin_dsn, timeout=timeout) as database:
            org_ids = [await find_organization(database, each) for each in org] if org else None
            try:
                async for report in run_jobs(
                    database, jobs=cast(list[Job], job) or None, periods=periods, org_ids=org_ids, begin_with=begin_with
                ):
                    print_json([report]) if json else _show(report)
                    outcomes[report.outcome] += 1
                    last = report
            except asyncio.CancelledError:
                if last is not None and org_ids is None:
                    problems.print(f"interrupted; to continue there: --begin-with {last.org_id}", soft_wrap=True, highlight=False)
                raise
        if purge_days is None and not job:
            problems.print("nothing was purged: --purge-days says after how long", highlight=False)
        problems.print(", ".join(f"{outcomes[outcome]} {outcome}" for outcome in _COLORS), highlight=False)
        return 1 if outcomes["failed"] else 0

    run(work())


def _show(report: Report) -> None:
    what = [f"{count} {name.replace('_', ' ')}" for name, count in report.counts.items()]
    if report.seal is not None and report.seal.seq:
        what.append(f"the chain ends at {report.seal.seq}, {report.seal.digest}")
    if report.detail:
        what.append(report.detail)
    outcome = f"[{_COLORS[report.outcome]}]{report.outcome:<7}[/]"
    text = f"{escape(report.org):<24} {report.job:<7} {outcome} {report.seconds:8.2f} s  {escape(', '.join(what))}"
    console.print(text.rstrip(), soft_wrap=True, highlight=False)
