"""memdb maintain: what is due, for every organization."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.main import get_command

import memdb as package
from memdb import agents, audit, entities, facts, memories, organizations, retention, sessions
from memdb.cli.app import app
from memdb.engine.database import Database
from memdb.errors import InvalidInput, NotFound, Unavailable
from memdb.operations.maintenance import JOBS, Job, Periods, Report, maintain
from tests.commands import lines, memdb
from tests.conftest import Home
from tests.server import execute

_PAGE = (Path(__file__).parents[2] / "docs" / "scheduled-jobs.md").read_text()
_NOW = Periods(sweep=timedelta(0), archive=timedelta(days=30), purge=timedelta(0))


async def _reports(db: Database, **options: object) -> dict[tuple[str, Job], Report]:
    return {(each.org, each.job): each async for each in maintain(db, **options)}  # type: ignore[arg-type]


async def _due(home: Home) -> None:
    """A session for the sweep, one for the archive as well, and a memory for the purge."""
    agent_id = home.agent.id
    await sessions.start(home.tenant, agent_id=agent_id, started_at=datetime.now(UTC) - timedelta(days=1))
    await sessions.start(home.tenant, agent_id=agent_id, started_at=datetime.now(UTC) - timedelta(days=31))
    memory = await memories.add(home.tenant, agent_id=agent_id, content="Ada likes tea")
    await memories.delete(home.tenant, id=memory.id)


async def test_all_jobs_run_once_for_each_organization(db: Database, home: Home, rival: Home) -> None:
    for each in (home, rival):
        await _due(each)
    first = await _reports(db, periods=_NOW)
    assert list(first) == [(org, job) for org in ("rival", "acme") for job in ("sweep", "upkeep", "archive", "purge", "seal")]
    for org in ("acme", "rival"):
        assert first[org, "sweep"].counts == {"sessions": 2}
        assert first[org, "archive"].counts == {"sessions": 1}
        assert first[org, "purge"].counts["memories"] == 1
        seal = first[org, "seal"].seal
        assert seal is not None
        assert (seal.sealed, first[org, "seal"].counts) == (seal.seq, {"entries": seal.seq})
    assert {each.outcome for each in first.values()} == {"done"}
    assert await audit.verify(home.tenant, kept=first["acme", "seal"].seal) == []
    (entry,) = await audit.page(home.tenant, action="organization.purge")
    assert entry.actor == "memdb maintain"
    again = await _reports(db, periods=_NOW)
    assert {key: each.counts for key, each in again.items() if each.counts} == {}


async def test_what_may_not_be_done_is_skipped_and_told(db: Database, home: Home, rival: Home) -> None:
    for each in (home, rival):
        await _due(each)
    await retention.hold(db.admin(home.tenant.org_id), name="case 7")
    await organizations.update(db.admin(rival.tenant.org_id), status="suspended")
    reports = await _reports(db, periods=_NOW)
    skipped = {key: each.detail for key, each in reports.items() if each.outcome != "done"}
    refused = "the organization is suspended: it takes no writes"
    assert skipped == {("acme", "purge"): "under legal hold: case 7", ("rival", "sweep"): refused, ("rival", "upkeep"): refused}
    assert reports["rival", "purge"].counts["memories"] == 1


async def test_a_suspended_agent_keeps_the_others_from_nothing(db: Database, home: Home) -> None:
    other = await agents.create(home.tenant, slug="other", name="Other")
    for agent_id in (home.agent.id, other.id):
        ada = await entities.see(home.tenant, agent_id=agent_id, type="person", name="Ada", importance=0.01)
        await facts.assert_(home.tenant, agent_id=agent_id, entity_id=ada.id, content="Ada drinks tea")
    await agents.update(home.tenant, id=other.id, status="suspended")
    report = (await _reports(db, jobs=["upkeep"]))["acme", "upkeep"]
    assert (report.outcome, report.detail) == ("done", None)
    assert report.counts["entities"] == 1


async def test_choosing(db: Database, home: Home, rival: Home) -> None:
    chosen = await _reports(db, jobs=["seal", "sweep"], org_ids=[home.tenant.org_id])
    assert list(chosen) == [("acme", "sweep"), ("acme", "seal")]
    assert {org for org, _ in await _reports(db, begin_with=rival.tenant.org_id)} == {"rival", "acme"}
    assert {org for org, _ in await _reports(db, begin_with=home.tenant.org_id)} == {"acme"}
    assert {job for _, job in await _reports(db)} == {"sweep", "upkeep", "archive", "seal"}
    wrong: list[tuple[dict[str, object], str]] = [
        ({"jobs": ["vacuum"]}, "jobs must be of sweep, upkeep, archive, purge, seal, not vacuum"),
        ({"jobs": ["purge"]}, r"periods.purge must be given"),
        ({"periods": Periods(sweep=timedelta(-1))}, r"periods.sweep must be between 0 and 36,500 days"),
    ]
    for options, message in wrong:
        with pytest.raises(InvalidInput, match=message):
            await _reports(db, **options)
    with pytest.raises(NotFound, match="organization"):
        await _reports(db, org_ids=[home.agent.id])


@pytest.fixture
def broken(dsn: str, home: Home) -> Callable[[], None]:
    """Makes acme's sessions fail on every change."""

    def break_() -> None:
        execute(
            dsn,
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'out of order'; END $$",
            "CREATE TRIGGER refuse BEFORE UPDATE ON memdb.sessions FOR EACH ROW "
            f"WHEN (OLD.org_id = '{home.tenant.org_id}') EXECUTE FUNCTION refuse()",
        )

    return break_


async def test_one_that_fails_stops_no_other(dsn: str, db: Database, home: Home, rival: Home, broken: Callable[[], None]) -> None:
    for each in (home, rival):
        await _due(each)
    broken()
    result = await asyncio.to_thread(memdb, "maintain", "--dsn", dsn, "--sweep-days", "0", "--purge-days", "0")
    assert result.exit_code == 1
    told = [line.split(maxsplit=5) for line in result.stdout.splitlines()]
    assert [(org, job, outcome) for org, job, outcome, *_ in told] == [
        *(("rival", job, "done") for job in ("sweep", "upkeep", "archive", "purge", "seal")),
        *(("acme", job, "failed" if job in ("sweep", "archive") else "done") for job in ("sweep", "upkeep", "archive", "purge", "seal")),
    ]
    assert told[5][5] == "ServerError: out of order (SQLSTATE P0001)"
    assert result.stderr.splitlines()[-1] == "8 done, 0 skipped, 2 failed"


async def test_as_lines_of_json(dsn: str, home: Home) -> None:
    result = await asyncio.to_thread(memdb, "maintain", "--dsn", dsn, "--json", "--org", "acme", "--job", "sweep", "--job", "seal")
    assert result.exit_code == 0
    sweep, seal = lines(result)
    assert {name: sweep[name] for name in ("org_id", "org", "job", "outcome", "counts", "detail", "seal")} == {
        "org_id": str(home.tenant.org_id),
        "org": "acme",
        "job": "sweep",
        "outcome": "done",
        "counts": {},
        "detail": None,
        "seal": None,
    }
    assert seal["seal"]["seq"] == seal["counts"]["entries"]


def test_purging_needs_its_period(dsn: str) -> None:
    refused = memdb("maintain", "--dsn", dsn, "--job", "purge")
    assert refused.stderr == "InvalidInput: --purge-days must be given for the job purge, which removes for good\n"


async def test_a_database_that_cannot_be_reached_ends_the_run(dsn: str) -> None:
    async with package.connect(dsn, timeout=2.0) as db:
        for slug in ("one", "two"):
            await organizations.create(db.admin(), slug=slug, name=slug)
        run = maintain(db, jobs=["seal"])
        assert (await anext(run)).org == "two"
        await db.close()
        with pytest.raises(Unavailable):
            await anext(run)


def test_a_run_that_was_broken_off_says_where_to_go_on(dsn: str) -> None:
    execute(
        dsn,
        "INSERT INTO memdb.organizations (id, slug, name) SELECT memdb.new_id(), 'org-' || n, 'x' FROM generate_series(1, 200) AS n",
    )
    # A job in a shell's background ignores SIGINT, and so do its children.
    program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from memdb.cli import main; main()"
    command = [sys.executable, "-c", program, "maintain", "--json", "--job", "sweep", "--dsn", dsn]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        began = [process.stdout.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        rest, told = process.stdout.read(), process.stderr.read()
    assert process.returncode == 130
    done = [msgspec.json.decode(line)["org_id"] for line in ("".join(began) + rest).splitlines()]
    assert told == f"interrupted; to continue there: --begin-with {done[-1]}\n"
    resumed = memdb("maintain", "--json", "--job", "sweep", "--dsn", dsn, "--begin-with", done[-1])
    assert len({*done, *(each["org_id"] for each in lines(resumed))}) == 200


def test_the_page_names_the_jobs_and_options_that_there_are() -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", re.sub(r"`systemctl.*?`|`memdb migrate.*?`", "", _PAGE)))
    options = {name for each in get_command(app).commands["maintain"].params for name in each.opts}  # type: ignore[attr-defined]
    assert named <= options
    assert re.findall(r"^\| `(\w+)` \|", _PAGE, re.MULTILINE) == list(JOBS)


async def test_the_page_s_example_runs(dsn: str, home: Home, broken: Callable[[], None]) -> None:
    await _due(home)
    (code,) = re.findall(r"```python\n(.*?)```", _PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "docs/scheduled-jobs.md", "exec"), names)
    assert await names["nightly"](dsn) == []
    broken()
    await sessions.start(home.tenant, agent_id=home.agent.id, started_at=datetime.now(UTC) - timedelta(days=8))
    assert await names["nightly"](dsn) == ["acme: sweep: ServerError: out of order (SQLSTATE P0001)"]
