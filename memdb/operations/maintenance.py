"""The jobs that a scheduler runs for every organization.

They work in batches, can be interrupted at any time, and find nothing to do the second time.

    async for report in maintenance.maintain(db, periods=Periods(purge=timedelta(days=90))):
        print(report.org, report.job, report.outcome, report.counts)
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias, get_args
from uuid import UUID

import msgspec

from memdb import agents, archives, audit, organizations, retention, sessions, upkeep
from memdb.engine.database import Admin, Database, Tenant
from memdb.errors import InvalidInput, MemdbError, NotFound, Unavailable, UnderLegalHold, WritesRefused
from memdb.organizations import Organization

Job: TypeAlias = Literal["sweep", "upkeep", "archive", "purge", "seal"]
Outcome: TypeAlias = Literal["done", "skipped", "failed"]
JOBS: Final[tuple[Job, ...]] = get_args(Job)
"""In the order in which they run: what was swept can be archived, and the seal covers the entries of the other jobs."""

_ACTOR: Final = "memdb maintain"
_PAGE: Final = 1000
_TAKES_WRITES: Final = frozenset({"active", "trial"})
_AGENT_TAKES_WRITES: Final = frozenset({"active", "paused"})


class Periods(msgspec.Struct, frozen=True):
    """The periods of the jobs; None means never.

    `sweep` closes active sessions, and `archive` archives sessions, that have been idle this long. `purge` removes permanently what was
    deleted or expired this long ago.
    """

    sweep: timedelta = timedelta(days=7)
    archive: timedelta = timedelta(days=30)
    purge: timedelta | None = None


class Report(msgspec.Struct, frozen=True):
    """What a job did for one organization, whose slug is `org`. `counts` are what it changed, even if it failed half-way.

    If the outcome is skipped or failed, `detail` is the reason; if it is done, `detail` says what was left, or is None. `seal` is the
    result of the job seal.
    """

    org_id: UUID
    org: str
    job: Job
    outcome: Outcome
    counts: dict[str, int]
    detail: str | None
    seconds: float
    seal: audit.Seal | None


class _Work(NamedTuple):
    """What a job works on; it counts the changes."""

    tenant: Tenant
    admin: Admin
    periods: Periods
    counts: Counter[str]

    def counting(self, name: str) -> Callable[[int], None]:
        return lambda count: self.counts.update({name: count})


class _Done(NamedTuple):
    detail: str | None = None
    seal: audit.Seal | None = None


async def maintain(
    db: Database,
    *,
    jobs: Iterable[Job] | None = None,
    periods: Periods = Periods(),  # noqa: B008
    org_ids: Iterable[UUID] | None = None,
    begin_with: UUID | None = None,
) -> AsyncIterator[Report]:
    """Run `jobs` (None: all, purge only with a period) for each live organization, newest first, or for those of `org_ids`.

    A report follows each job. A failing job is reported and does not stop the others; an unreachable database raises Unavailable.
    `begin_with`: only this organization and older ones, to continue an interrupted run. Concurrent runs share the work. Raises InvalidInput
    for an unknown job, a negative period, or the job purge without its period; NotFound for an unknown organization.
    """
    chosen = _chosen(jobs, periods)
    async for organization in _organizations(db, org_ids, begin_with):
        for job in chosen:
            yield await _report(db, organization, job, periods)


def _chosen(jobs: Iterable[Job] | None, periods: Periods) -> list[Job]:
    wanted = {job for job in JOBS if job != "purge" or periods.purge is not None} if jobs is None else set(jobs)
    if unknown := sorted(wanted - set(JOBS)):
        raise InvalidInput("jobs", f"must be of {', '.join(JOBS)}, not {', '.join(unknown)}")
    if "purge" in wanted and periods.purge is None:
        raise InvalidInput("periods.purge", "must be given for the job purge, which removes for good")
    for name, period in msgspec.structs.asdict(periods).items():
        if period is not None and not timedelta(0) <= period <= timedelta(days=36_500):
            raise InvalidInput(f"periods.{name}", "must be between 0 and 36,500 days")
    return [job for job in JOBS if job in wanted]


async def _organizations(db: Database, org_ids: Iterable[UUID] | None, begin_with: UUID | None) -> AsyncIterator[Organization]:
    named = [begin_with] if org_ids is None and begin_with else list(org_ids or ())
    for org_id in named:
        found = await organizations.get(db.admin(org_id))
        if found is None:
            raise NotFound("organization", org_id)
        yield found
    if org_ids is None:
        page = await organizations.page(db.admin(), before=begin_with, limit=_PAGE)
        while page:
            for each in page:
                yield each
            page = await organizations.page(db.admin(), before=page[-1].id, limit=_PAGE)


async def _report(db: Database, organization: Organization, job: Job, periods: Periods) -> Report:
    start = time.perf_counter()
    work = _Work(db.tenant(organization.id, actor=_ACTOR), db.admin(organization.id, actor=_ACTOR), periods, Counter())
    outcome: Outcome = "done"
    try:
        if job in _WRITING and organization.status not in _TAKES_WRITES:
            raise WritesRefused("organization", organization.status)
        done = await _WORK[job](work)
    except (WritesRefused, UnderLegalHold) as error:
        outcome, done = "skipped", _Done(str(error))
    except MemdbError as error:
        if isinstance(error, Unavailable):
            await db.ping()
        outcome, done = "failed", _Done(f"{type(error).__name__}: {error}")
    counts = {name: count for name, count in work.counts.items() if count}
    return Report(organization.id, organization.slug, job, outcome, counts, done.detail, time.perf_counter() - start, done.seal)


async def _sweep(work: _Work) -> _Done:
    idle_since = datetime.now(UTC) - work.periods.sweep
    while closed := await sessions.sweep_idle(work.tenant, idle_since=idle_since, limit=_PAGE):
        work.counts["sessions"] += len(closed)
    return _Done()


async def _upkeep(work: _Work) -> _Done:
    await upkeep.end_expired_facts(work.tenant, progress=work.counting("expired_facts"))
    page = await agents.page(work.tenant, limit=_PAGE)
    while page:
        for agent in page:
            if agent.status in _AGENT_TAKES_WRITES:
                await _keep_up(work, agent.id)
        page = await agents.page(work.tenant, before=page[-1].id, limit=_PAGE)
    return _Done()


async def _keep_up(work: _Work, agent_id: UUID) -> None:
    try:
        work.counts["facts"] += (await upkeep.refresh_vitality(work.tenant, agent_id=agent_id)).changed
        work.counts["edges"] += (await upkeep.age_edges(work.tenant, agent_id=agent_id)).changed
        work.counts["entities"] += (await upkeep.weigh_entities(work.tenant, agent_id=agent_id)).changed
        await upkeep.refresh_clusters(work.tenant, agent_id=agent_id, progress=work.counting("clusters"))
    except (NotFound, WritesRefused) as error:
        # The agent was deleted or suspended meanwhile; continue with the others.
        if error.kind != "agent":
            raise


async def _archive(work: _Work) -> _Done:
    idle_since = datetime.now(UTC) - work.periods.archive
    done = await archives.archive(work.admin, idle_since=idle_since, progress=work.counting("messages"))
    work.counts["sessions"] += done.sessions
    return _Done()


async def _purge(work: _Work) -> _Done:
    before = datetime.now(UTC) - (work.periods.purge or timedelta(0))
    done = await retention.purge(work.admin, deleted_before=before, progress=work.counting("rows"))
    work.counts.clear()
    work.counts.update(done.rows)
    return _Done(f"legal holds keep some of it: {', '.join(done.holds)}" if done.holds else None)


async def _seal(work: _Work) -> _Done:
    sealed = await audit.seal(work.admin)
    work.counts["entries"] += sealed.sealed
    return _Done(seal=sealed)


_WORK: Final[Mapping[Job, Callable[[_Work], Awaitable[_Done]]]] = {
    "sweep": _sweep,
    "upkeep": _upkeep,
    "archive": _archive,
    "purge": _purge,
    "seal": _seal,
}
_WRITING: Final = frozenset({"sweep", "upkeep"})
