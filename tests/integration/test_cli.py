"""The command line, run as a user runs it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import psycopg
import pytest

from memdb import messages, sessions
from memdb.agents import Agent
from memdb.cli import embedder
from memdb.engine.database import Tenant
from memdb.engine.resources import migration_ids
from memdb.errors import InvalidInput
from tests.commands import imported, memdb
from tests.server import Databases, execute, fetch, with_login

README = Path(__file__).parents[2] / "README.md"


def _memdb(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "MEMDB_DSN"}
    return subprocess.run(
        [sys.executable, "-c", "from memdb.cli import main; main()", *arguments],
        env={**inherited, "COLUMNS": "160", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="memdb-cli-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def small_dsn(databases: Databases) -> Iterator[str]:
    """A database whose dimension is the local embedder's."""
    with databases.migrated(dimension=256) as dsn:
        yield dsn


def _write(folder: Path, *lines: Any) -> str:
    file = folder / "memories.jsonl"
    file.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return str(file)


def _found(table: str) -> list[list[str]]:
    """Rank, scores and time of each row of a table of results."""
    return [[cell.strip() for cell in line.split("│")[1:6]] for line in table.splitlines() if re.match(r"│ \d+ │", line)]


def _contents(dsn: str) -> list[object]:
    return [row[0] for row in fetch(dsn, "SELECT content FROM memdb.memories WHERE deleted_at IS NULL ORDER BY id")]


def test_help_lists_the_commands() -> None:
    result = _memdb("--help")
    for command in ("demo", "up", "migrate", "check", "import", "search", "archive"):
        assert re.search(rf"^\W+{command}\b", result.stdout, re.MULTILINE), result.stdout


def test_the_demonstration_answers_only_by_both(folder: Path) -> None:
    result = _memdb("demo", "--folder", str(folder / "demo"))
    assert result.returncode == 0, result.stderr
    answer = "allergic to peanuts"
    by_meaning, by_words, by_both = [
        [line for line in part.splitlines() if re.match(r"│ \d+ │", line)]
        for part in re.split(r"By meaning alone|By words alone|By both", result.stdout)[1:]
    ]
    assert all(answer not in line for line in by_meaning)
    assert answer not in by_words[0]
    assert answer in by_both[0]
    assert re.search(r"search by both, second time\s+│\s+[\d.]+ ms │\s+1 │", result.stdout)
    assert re.search(r"store 30 memories.*│\s+[\d.]+ ms │\s+2 │", result.stdout)
    # Their columns are as wide as the terminal: of README's, what is found, its scores and its order are compared.
    shown = [_found(part) for part in re.split(r"By meaning alone|By words alone|By both|What each step cost", README.read_text())[1:4]]
    assert shown == [_found("\n".join(rows)) for rows in (by_meaning, by_words, by_both)]
    assert _memdb("migrate", "--dsn", f"embedded:{folder / 'demo'}").stdout == "up to date\n"


def test_migrate_shows_what_it_applies(empty_dsn: str) -> None:
    first = _memdb("migrate", "--dsn", empty_dsn, "--dimension", "16")
    *applying, applied, dimension = first.stdout.splitlines()
    assert applying == [f"applying {name}" for name in migration_ids()]
    assert applied == f"{len(migration_ids())} applied"
    assert dimension.startswith("embeddings have 16 dimensions; the local embedder's have 256")
    assert _memdb("migrate", MEMDB_DSN=empty_dsn).stdout == "up to date\n"
    refused = _memdb("migrate", "--dimension", "256", MEMDB_DSN=empty_dsn)
    assert "InvalidInput: dimension must be that of the database's embeddings, 16, not 256: `memdb spaces create" in refused.stderr


@pytest.mark.slow
def test_what_is_migrated_by_a_command_fits_the_local_embedder(empty_dsn: str, folder: Path) -> None:
    assert "embeddings have 256 dimensions, as the local embedder's" in _memdb("migrate", "--dsn", empty_dsn).stdout
    assert _memdb("import", _write(folder, {"content": "green tea"}), "--dsn", empty_dsn, "--create").returncode == 0
    assert fetch(empty_dsn, "SELECT embedded FROM memdb.memories") == [(True,)]


def test_an_empty_text_has_no_embedding() -> None:
    with pytest.raises(InvalidInput, match="texts must not be empty, as number 1 is"):
        embedder.embed(["tea", ""])
    assert np.isfinite(embedder.embed([" ", "\u200b", "tea"])).all()


@pytest.mark.slow
def test_who_changes_the_schema_is_the_tables_owner(dsn: str) -> None:
    execute(
        dsn,
        "DO $$ BEGIN CREATE ROLE test_admin LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "GRANT memdb_app, memdb_admin TO test_admin WITH INHERIT FALSE",
    )
    for command in (("index",), ("spaces", "create", "--model", "tiny", "--dimension", "3")):
        told = _memdb(*command, "--dsn", with_login(dsn, "test_admin")).stderr
        assert told.startswith("PermissionDenied: the login neither owns memdb's tables nor inherits memdb_admin: connect as postgres"), (
            told
        )
    assert _memdb("spaces", "list", "--dsn", with_login(dsn, "test_admin")).returncode == 0
    execute(dsn, "GRANT memdb_admin TO test_admin WITH INHERIT TRUE")
    told = _memdb("index", "--dsn", with_login(dsn, "test_admin")).stderr
    assert told.startswith("PermissionDenied: only the owner of memdb's tables may change the schema: connect as postgres"), told


def test_check_agrees_or_prints_the_difference(dsn: str) -> None:
    result = _memdb("check", "--dsn", dsn)
    assert (result.returncode, "agree with the schema" in result.stdout) == (0, True), result.stdout
    execute(dsn, "ALTER TABLE memdb.memories ALTER source DROP NOT NULL")
    result = _memdb("check", "--dsn", dsn)
    assert result.returncode == 1
    assert re.search(r"memories\.get\s+│ column source\s+│ never NULL\s+│ may be NULL", result.stdout), result.stdout


def test_import_and_search(small_dsn: str, folder: Path) -> None:
    lines = [{"content": f"memory number {n}", "tags": ["bulk"], "observed_at": "2026-03-02T08:00:00Z"} for n in range(1200)]
    file = _write(folder, *lines, "", {"content": "Ines is allergic to peanuts", "category": "preference"}, {"content": "memory number 7"})
    for added in (1201, 0):
        result = _memdb("import", file, "--dsn", small_dsn, "--org", "acme", "--agent", "helper", "--create")
        told = {"lines": 1202, "added": added, "same": 1202, "differ": 0, "bad": 0, "digest": "equal"}
        assert (result.returncode, imported(result.stdout)) == (0, told), result.stdout + result.stderr
    assert _contents(small_dsn)[:2] == ["memory number 0", "memory number 1"]
    assert fetch(small_dsn, "SELECT count(*) FROM memdb.memories WHERE NOT embedded") == [(0,)]
    found = _memdb("search", "Which food should Ines avoid?", "--dsn", small_dsn, "--org", "acme", "--agent", "helper", "--limit", "2")
    assert re.search(r"│ 1 │ +[\d.]+ │ +[\d.]+ │ +[\d.]+ │ \d{4}-\d\d-\d\d \d\d:\d\d │ Ines is allergic to peanuts", found.stdout), (
        found.stdout
    )
    drawn = folder / "why.svg"
    why = ("--conversation", "--explain", "--picture", str(drawn), "--json")
    explained = _memdb("search", "allergic, Ines?", "--dsn", small_dsn, "--org", "acme", "--agent", "helper", "--limit", "1", *why)
    (told,) = [json.loads(line) for line in explained.stdout.splitlines()]
    assert sum(told["hit"]["parts"].values()) == pytest.approx(told["hit"]["score"])
    assert {(word["word"], word["away"]) for word in told["words"]} == {("allergic", 0), ("Ines", 0)}
    bars = ElementTree.parse(drawn).getroot()
    assert {f"length {told['hit']['parts']['length']:.3f}"} < {"".join(title.itertext()) for title in bars.iter() if "title" in title.tag}


BAD_LINES = [
    ("{", "Input data was truncated"),
    ('{"text": "x"}', "unknown field `text`|missing required field `content`"),
    ({"content": ""}, "content must have 1 to 8192 characters"),
    ({"content": "x", "confidence": 3}, "confidence must be between 0 and 1"),
    ({"content": "x", "embedding": [1, 2]}, "embedding must have 256 dimensions"),
    ({"content": "x", "observed_at": "2026-03-02T08:00:00"}, "timezone"),
    ({"content": "x", "expires_at": "2001-03-02T08:00:00Z"}, "expires_at must be later"),
    ({"content": "x", "status": "draft"}, "external_id or id must be given if status is not active"),
    ({"content": "x", "user_id": "01890a5d-ac96-774b-bcce-b302099a8057"}, "no such user"),
]


@pytest.mark.parametrize(("line", "reason"), [BAD_LINES[0], BAD_LINES[-1]], ids=["here", "by the server"])
def test_a_bad_line_ends_an_import(small_dsn: str, folder: Path, line: Any, reason: str) -> None:
    refused = _memdb("import", _write(folder, {"content": "first"}, line, {"content": "last"}), "--dsn", small_dsn, "--create")
    assert refused.returncode == 2
    assert re.search(rf"line 2: .*({reason})", refused.stdout), refused.stdout
    assert _contents(small_dsn) == ["first"]


def test_bad_lines_are_reported_by_number(small_dsn: str, folder: Path) -> None:
    file = _write(folder, {"content": "first"}, *[line for line, _ in BAD_LINES], {"content": "last"})
    left_out = folder / "left-out.jsonl"
    skipped = _memdb("import", file, "--dsn", small_dsn, "--create", "--skip-bad", "--left-out", str(left_out))
    told = f"The lines that are bad, or that memdb has otherwise, are listed in {left_out}."
    assert (skipped.returncode, skipped.stdout.splitlines()[-1]) == (1, told)
    counts = {"lines": len(BAD_LINES) + 2, "added": 2, "same": 2, "differ": 0, "bad": len(BAD_LINES), "digest": "differs"}
    assert imported(skipped.stdout) == counts
    lines, listed = Path(file).read_text().splitlines(), [json.loads(line) for line in left_out.read_text().splitlines()]
    assert [(each["line"], each["text"]) for each in listed] == list(enumerate(lines[1:-1], 2))
    assert all(re.search(reason, each["reason"]) for each, (_, reason) in zip(listed, BAD_LINES, strict=True))
    nowhere = _memdb("import", file, "--dsn", small_dsn, "--skip-bad", "--left-out", str(folder / "none" / "x"))
    assert (nowhere.returncode, "--left-out must be a file that can be written" in nowhere.stderr) == (2, True)
    for number, (_, reason) in enumerate(BAD_LINES, 2):
        assert re.search(rf"line {number}: .*({reason})", skipped.stdout), skipped.stdout
    assert _contents(small_dsn) == ["first", "last"]


def test_no_file_but_an_earlier_list_is_overwritten(small_dsn: str, folder: Path) -> None:
    file, notes, left_out = _write(folder, {"content": "green tea"}, "{"), folder / "notes.txt", folder / "left-out.jsonl"
    notes.write_text("not a list\n")
    at = ("--dsn", small_dsn, "--create", "--skip-bad", "--left-out")
    for path, rule in ((Path(file), "must not be the file that is read"), (notes, "must be a new file or the list of an earlier run")):
        before = path.read_text()
        refused = memdb("import", file, *at, str(path))
        assert (refused.exit_code, f"--left-out {rule}" in refused.stderr) == (2, True), refused.output
        assert path.read_text() == before
    assert _contents(small_dsn) == []
    memdb("import", file, *at, str(left_out))
    (listed,) = left_out.read_text().splitlines()
    assert json.loads(listed)["line"] == 2
    # A run that a bad line stops has no list of its own.
    assert memdb("import", file, "--dsn", small_dsn, "--left-out", str(left_out)).exit_code == 2
    assert left_out.read_text().splitlines() == [listed]
    refused = memdb("adopt", "orbiter", str(notes), "--dsn", small_dsn, "--left-out", str(notes))
    assert (refused.exit_code, "--left-out must not be the file that is read" in refused.stderr) == (2, True), refused.output


def test_a_second_import_makes_no_versions(small_dsn: str, folder: Path) -> None:
    at = "2026-03-02T08:00:00.000001Z"
    line = {
        "external_id": "x",
        "content": "green tea",
        "tags": ["b", "a"],
        "confidence": 0.7,
        "metadata": {"n": 1.5},
        "observed_at": at,
        "category": None,
    }
    labelled = {"external_id": "y", "content": "black tea", "labels": {"factual": 0.25, "preference": 0.75}, "created_at": at}
    for content, version in (("green tea", 1), ("green tea", 1), ("white tea", 2)):
        file = _write(folder, {**line, "content": content}, labelled)
        assert _memdb("import", file, "--dsn", small_dsn, "--create").returncode == 0
        found = fetch(small_dsn, "SELECT content, version FROM memdb.memories ORDER BY external_id")
        assert found == [(content, version), ("black tea", 1)]
    execute(small_dsn, "UPDATE memdb.memories SET source = 'inferred'")
    assert _memdb("import", _write(folder, {**line, "content": "white tea"}), "--dsn", small_dsn).returncode == 0
    assert fetch(small_dsn, "SELECT DISTINCT source FROM memdb.memories") == [("inferred",)]


def test_an_import_is_compared_with_what_memdb_has(small_dsn: str, folder: Path) -> None:
    at = "2026-03-02T10:00:00.000001+02:00"
    ids = [f"0190a1a5-0000-7000-8000-00000000000{n}" for n in range(4)]
    full = {
        "content": "Green tea ",
        "external_id": "x",
        "embedding": [0.5] * 256,
        "embedding_model": "own",
        "labels": {"factual": 1.0, "preference": 0.123456789012},
        "status": "draft",
        "source": "inferred",
        "confidence": 0.123456789012,
        "tags": ["b", "a", "b"],
        "metadata": {"n": 1.0, "big": 1e22, "of": [{"k": 2.50}, None, "é"]},
        **dict.fromkeys(("created_at", "updated_at", "observed_at", "valid_from"), at),
        "valid_until": "2027-01-01T00:00:00Z",
        "expires_at": "2999-01-01T00:00:00Z",
        "id": ids[0],
    }
    plain = [{"content": "black tea", "id": ids[1], "confidence": 1}, {"content": "white tea", "tags": ["hot"]}]
    left_out = folder / "left-out.jsonl"
    here = ("--dsn", small_dsn, "--create", "--left-out", str(left_out))
    for added in (3, 0):
        result = _memdb("import", _write(folder, full, *plain), *here)
        told = {"lines": 3, "added": added, "same": 3, "differ": 0, "bad": 0, "digest": "equal"}
        assert (result.returncode, imported(result.stdout), left_out.exists()) == (0, told, False), result.stdout + result.stderr

    other = [
        {**full, "created_at": "2026-03-01T00:00:00Z", "id": ids[2]},
        {"content": "Black TEA", "id": ids[3], "confidence": 0.9},
        {"content": "white tea", "tags": ["cold"], "embedding": [1.0] * 256},
        {"content": "oolong"},
    ]
    result = _memdb("import", _write(folder, *other), *here)
    told = {"lines": 4, "added": 1, "same": 1, "differ": 3, "bad": 0, "digest": "differs"}
    assert (result.returncode, imported(result.stdout)) == (1, told), result.stdout + result.stderr
    lines = [json.loads(line) for line in left_out.read_text().splitlines()]
    assert [(each["line"], each["reason"].removeprefix("is in memdb with another ")) for each in lines] == [
        (1, "created_at, id"),
        (2, "confidence, content, id"),
        (3, "tags"),
    ]
    assert [json.loads(each["text"]) for each in lines] == other[:3]

    again = _memdb("import", _write(folder, full), *here)
    assert (again.returncode, left_out.read_bytes()) == (0, b""), "a list of before would be taken for that of the last run"


def test_a_line_with_another_model_embeds_anew(small_dsn: str, folder: Path) -> None:
    for model in ("first", "second", "second"):
        line = {"external_id": "x", "content": "green tea", "embedding": [0.5] * 256, "embedding_model": model}
        assert _memdb("import", _write(folder, line), "--dsn", small_dsn, "--create").returncode == 0
        assert fetch(small_dsn, "SELECT embedding_model FROM memdb.memories") == [(model,)]
    assert fetch(small_dsn, "SELECT version FROM memdb.memories") == [(2,)]


def test_a_dry_run_names_bad_lines_and_writes_nothing(small_dsn: str, folder: Path) -> None:
    place = ("--dsn", small_dsn, "--org", "acme", "--create", "--dry-run")
    good = _memdb("import", _write(folder, {"content": "first"}, "", {"content": "last", "external_id": "x"}), *place)
    assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "2 would be imported")
    here = [(line, reason) for line, reason in BAD_LINES if "user" not in reason and "later" not in reason]
    bad = _memdb("import", _write(folder, {"content": "first"}, *[line for line, _ in here]), *place)
    assert (bad.returncode, bad.stdout.splitlines()[-1]) == (1, f"1 would be imported, {len(here)} bad lines")
    for number, (_, reason) in enumerate(here, 2):
        assert re.search(rf"line {number}: .*({reason})", bad.stdout), bad.stdout
    assert fetch(small_dsn, "SELECT count(*) FROM memdb.organizations") == [(0,)]


def test_a_file_that_is_not_utf8(small_dsn: str, folder: Path) -> None:
    file = folder / "latin.jsonl"
    file.write_bytes(b'{"content": "caf\xe9"}\n')
    assert "line 1" in _memdb("import", str(file), "--dsn", small_dsn, "--create").stdout


@pytest.mark.slow
def test_an_import_that_was_killed_can_be_resumed(small_dsn: str, folder: Path) -> None:
    file = _write(folder, *[{"content": f"memory {n}"} for n in range(4000)])
    command = [sys.executable, "-c", "from memdb.cli import main; main()", "import", file, "--dsn", small_dsn, "--create"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process, psycopg.connect(small_dsn, autocommit=True) as connection:
        while not connection.execute("SELECT 1 FROM memdb.memories LIMIT 1").fetchone():
            assert process.poll() is None
        process.kill()
    stored = len(_contents(small_dsn))
    assert stored % 500 == 0
    resumed = imported(_memdb("import", file, "--dsn", small_dsn).stdout)
    assert resumed == {"lines": 4000, "added": 4000 - stored, "same": 4000, "differ": 0, "bad": 0, "digest": "equal"}
    assert _contents(small_dsn) == [f"memory {n}" for n in range(4000)]


def test_search_without_a_fitting_embedder_is_by_words(dsn: str, folder: Path) -> None:
    assert _memdb("import", _write(folder, {"content": "green tea"}), "--dsn", dsn, "--create").returncode == 0
    result = _memdb("search", "teas", "--dsn", dsn)
    assert result.stderr.startswith("by words only: the local embedder's vectors have 256 dimensions, this database's have ")
    assert "green tea" in result.stdout
    assert "nothing found" in _memdb("search", "coffee", "--dsn", dsn).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("search", "x", "--dsn", "mysql://x"), "InvalidInput: dsn must be"),
        (("search", "x", "--dsn", "postgresql://nobody@127.0.0.1:1/x"), "ServerUnreachable: "),
        (
            ("import", "/no/such/file", "--dsn", "postgresql://nobody@127.0.0.1:1/x"),
            "InvalidInput: FILE cannot be used: /no/such/file: No such file",
        ),
        (("check", "--dsn", "postgresql://nobody@127.0.0.1:1/x"), "ServerUnreachable: "),
    ],
)
def test_errors_are_one_line(arguments: tuple[str, ...], message: str) -> None:
    result = _memdb(*arguments)
    assert result.returncode == 2
    assert result.stderr.startswith(message)
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_a_model_is_changed_by_commands(small_dsn: str, folder: Path) -> None:
    lines = _write(folder, *({"content": f"note {n}"} for n in range(12)))
    assert _memdb("import", lines, "--dsn", small_dsn, "--org", "acme", "--agent", "helper", "--create").returncode == 0
    for command, shown in (
        (("spaces", "create", "--model", "tiny", "--dimension", "3"), "made; fill it with"),
        (("spaces", "fill", "--model", "tiny", "--embed", "tests.integration.test_cli:tiny"), "12 embedded"),
        (("spaces", "fill", "--model", "tiny", "--embed", "nowhere:embed"), "InvalidInput: embed must be MODULE:FUNCTION"),
        (("spaces", "compare", "--model", "tiny", "--org", "acme", "--agent", "helper"), "of the 10 nearest of 12 memories"),
        (("index", "--memory", "64MB", "--model", "tiny"), "the indexes are there"),
        (("spaces", "take-over", "--model", "tiny"), "space 2 is current"),
        (("spaces", "drop", "2"), "InvalidInput: number must not be that of the current space"),
        (("spaces", "drop", "1"), "InvalidInput: --yes must be given"),
        (("spaces", "drop", "1", "--yes"), "space 1 is gone"),
        (("spaces", "list"), "tiny"),
        (
            ("spaces", "take-over", "--model", "no such"),
            "InvalidInput: embedding_model must be one that has an embedding space (tiny), not 'no such'",
        ),
    ):
        result = _memdb(*command, "--dsn", small_dsn)
        assert shown in result.stdout + result.stderr, (command, result)


def tiny(texts: list[str]) -> list[list[float]]:
    """An embedder for the commands."""
    return [[len(text), text.count("1") + 1.0, 1.0] for text in texts]


async def test_idle_sessions_are_archived(dsn: str, tenant: Tenant, agent: Agent) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=40)
    ids = []
    for started_at in (long_ago, long_ago, None):
        id = (await sessions.start(tenant, agent_id=agent.id, started_at=started_at)).session.id
        await messages.append(tenant, session_id=id, role="user", content="Good evening", sent_at=started_at)
        ids.append(id)
    ((slug,),) = fetch(dsn, f"SELECT slug FROM memdb.organizations WHERE id = '{tenant.org_id}'")
    chosen = ("--dsn", dsn, "--org", str(slug), "--agent", agent.slug)
    for days, archived in ((41, 0), (30, 2), (30, 0)):
        result = await asyncio.to_thread(_memdb, "archive", "--days", str(days), *chosen)
        assert (result.returncode, result.stdout.splitlines()[-1]) == (0, f"{archived} sessions archived, with {archived} messages"), result
    stati = [found and found.status for found in [await sessions.get(tenant, id=id) for id in ids]]
    assert stati == ["cold_archived", "cold_archived", "active"]


def test_unknown_slugs_are_named(dsn: str) -> None:
    for command in (("search", "x"), ("archive",)):
        assert "NotFound: no such organization: nobody" in _memdb(*command, "--dsn", dsn, "--org", "nobody").stderr


@pytest.mark.slow
def test_up_runs_until_interrupted(folder: Path) -> None:
    # A job in a shell's background ignores SIGINT, and so do its children.
    program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from memdb.cli import main; main()"
    command = [sys.executable, "-c", program, "up", str(folder / "data"), "--dimension", "8"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        dsn = process.stdout.readline().strip().removeprefix("MEMDB_DSN=")
        assert fetch(dsn, "SELECT count(*) FROM memdb.memories") == [(0,)]
        process.send_signal(signal.SIGINT)
    assert process.returncode == 130
    with pytest.raises(psycopg.OperationalError):
        fetch(dsn, "SELECT 1")
