"""What commands refuse, ask and print."""

from __future__ import annotations

import csv
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from memdb.cli import embedder
from memdb.engine.resources import migration_ids
from tests.commands import imported, lines, memdb
from tests.server import Databases, execute, fetch, with_login

_ROLES = {
    "test_service": "GRANT memdb_app TO test_service",
    "test_administrator": "GRANT memdb_admin TO test_administrator",
}


@pytest.fixture
def logins(dsn: str) -> dict[str, str]:
    """DSNs of a login that is a member of memdb_app only, and of one that is of memdb_admin only."""
    for role, grant in _ROLES.items():
        execute(dsn, f"DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$", grant)
    return {"service": with_login(dsn, "test_service"), "administrator": with_login(dsn, "test_administrator")}


def _ok(*arguments: str, **options: str) -> str:
    result = memdb(*arguments, **options)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def _slugs(dsn: str) -> list[object]:
    return [slug for (slug,) in fetch(dsn, "SELECT slug FROM memdb.organizations WHERE deleted_at IS NULL ORDER BY slug")]


def test_a_version_is_printed_without_a_database() -> None:
    version = _ok("--version")
    assert version.startswith("memdb ")
    as_module = subprocess.run([sys.executable, "-m", "memdb", "--version"], capture_output=True, text=True, check=True)
    assert as_module.stdout == version


def test_a_mistyped_slug_makes_no_tenant(dsn: str) -> None:
    line = '{"content": "green tea"}\n'
    for org, agent in (("acme", "helper"), ("globex", "helper")):
        _ok("orgs", "create", org, "--dsn", dsn)
        _ok("agents", "create", agent, "--org", org, "--dsn", dsn)
    place = ("--dsn", dsn, "--org", "acme", "--agent", "helpr")
    refused = memdb("import", "-", *place, input=line)
    assert (refused.exit_code, refused.stderr) == (2, "NotFound: no such agent: helpr (near it: helper); --create makes what is missing\n")
    refused = memdb("import", "-", "--dsn", dsn, "--org", "acmee", input=line)
    assert refused.stderr == "NotFound: no such organization: acmee (near it: acme); --create makes what is missing\n"
    assert memdb("search", "tea", "--dsn", dsn, "--org", "qqq").stderr == "NotFound: no such organization: qqq\n"
    assert _slugs(dsn) == ["acme", "globex"]
    _ok("import", "-", "--create", "--dsn", dsn, "--org", "acmee", input=line)
    assert _slugs(dsn) == ["acme", "acmee", "globex"]


def test_a_search_needs_no_administrator(dsn: str, logins: dict[str, str]) -> None:
    service, administrator = logins["service"], logins["administrator"]
    _ok("import", "-", "--create", "--dsn", dsn, "--org", "acme", input='{"content": "green tea"}\n')
    refused = memdb("search", "tea", "--dsn", service, "--org", "acme")
    assert refused.exit_code == 2
    assert refused.stderr.startswith(
        "PermissionDenied: only administration may look up an organization by its slug: give its id, or --admin-dsn"
    )
    ((org_id,),) = fetch(dsn, "SELECT id FROM memdb.organizations")
    for chosen in (("--org", str(org_id)), ("--org", "acme", "--admin-dsn", administrator)):
        (hit,) = lines(memdb("search", "tea", "--dsn", service, *chosen, "--json"))
        assert hit["memory"]["content"] == "green tea"
    variables = {"MEMDB_DSN": service, "MEMDB_ADMIN_DSN": administrator}
    assert "acme" in _ok("orgs", "list", **variables)
    # The variable may be about another database than an explicit --dsn is.
    assert memdb("orgs", "list", "--dsn", service, MEMDB_ADMIN_DSN=administrator).exit_code == 2


def test_a_byte_order_mark_and_the_standard_input(dsn: str) -> None:
    content = b'\xef\xbb\xbf{"content": "green tea"}\r\n{"content": "\xef\xbb\xbf"}\n'
    assert imported(_ok("import", "-", "--create", "--dsn", dsn, input=content))["added"] == 2
    assert fetch(dsn, "SELECT content FROM memdb.memories ORDER BY id") == [("green tea",), ("\ufeff",)]


def test_an_empty_question_and_an_empty_dsn_are_refused(dsn: str) -> None:
    _ok("orgs", "create", "default", "--dsn", dsn)
    _ok("agents", "create", "default", "--dsn", dsn)
    assert "InvalidInput: QUESTION must not be empty" in memdb("search", " ", "--dsn", dsn).stderr
    # As of a script whose variable is not set: not the embedded server of the current folder.
    assert "InvalidInput: dsn must be given" in memdb("search", "tea", "--dsn", "").stderr


def test_without_the_local_embedder_a_search_is_by_words(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    with databases.migrated(dimension=256) as dsn:
        _ok("import", "-", "--create", "--dsn", dsn, input='{"content": "green tea"}\n')
        monkeypatch.setattr(embedder, "is_installed", lambda: False)
        by_words = memdb("search", "tea", "--dsn", dsn)
    assert "green tea" in by_words.stdout
    assert by_words.stderr.startswith("by words only: the local embedder needs memdb's extra [embedder]: ")


def test_a_dump_overwrites_nothing_unasked(dsn: str, tmp_path: Path) -> None:
    _ok("orgs", "create", "acme", "--dsn", dsn)
    file = tmp_path / "acme.dump"
    file.write_text("precious")
    refused = memdb("dump", "acme", str(file), "--dsn", dsn)
    assert (refused.exit_code, refused.stderr) == (2, f"InvalidInput: FILE must not exist, or be overwritten by --force: {file}\n")
    assert file.read_text() == "precious"
    _ok("dump", "acme", str(file), "--force", "--dsn", dsn)
    assert file.read_bytes()[:8] != b"precious"
    assert [each.name for each in tmp_path.iterdir()] == ["acme.dump"]


def test_dropping_a_space_asks(dsn: str) -> None:
    _ok("spaces", "create", "--model", "tiny", "--dimension", "3", "--dsn", dsn)
    drop = ("spaces", "drop", "2", "--dsn", dsn)
    refused = memdb(*drop)
    question = "drop space 2 with all embeddings of tiny?"
    assert (refused.exit_code, refused.stderr) == (2, f"InvalidInput: --yes must be given where nobody can be asked: {question}\n")
    for answer, numbers in (("n", [1, 2]), ("y", [1])):
        told = _at_a_terminal(answer, *drop)
        assert f"{question} [y/N]" in told
        assert [each["space"] for each in lines(memdb("spaces", "list", "--json", "--dsn", dsn))] == numbers
    _ok("spaces", "create", "--model", "other", "--dimension", "3", "--dsn", dsn)
    assert _ok("spaces", "drop", "3", "--yes", "--dsn", dsn) == "space 3 is gone\n"


def test_an_interrupt_answers_a_question(dsn: str) -> None:
    _ok("orgs", "create", "acme", "--dsn", dsn)
    ours, theirs = pty.openpty()
    try:
        command = [sys.executable, "-m", "memdb", "orgs", "delete", "acme", "--dsn", dsn]
        with subprocess.Popen(command, stdin=theirs, stderr=subprocess.PIPE) as process:
            assert process.stderr is not None
            told = b""
            while b"[y/N]" not in told:
                told += os.read(process.stderr.fileno(), 100)
            process.send_signal(signal.SIGINT)
            try:
                assert process.wait(10) == 1
            finally:
                process.kill()
    finally:
        os.close(ours)
        os.close(theirs)
    assert _slugs(dsn) == ["acme"]


def _at_a_terminal(answer: str, *arguments: str) -> str:
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{answer}\n".encode())
        told = subprocess.run([sys.executable, "-m", "memdb", *arguments], stdin=theirs, capture_output=True, text=True, check=False)
    finally:
        os.close(ours)
        os.close(theirs)
    return told.stderr


@pytest.mark.slow
def test_the_state_of_migrations_without_a_change(empty_dsn: str) -> None:
    all_ids = list(migration_ids())
    found = memdb("migrate", "--status", "--json", "--dsn", empty_dsn)
    assert found.exit_code == 1
    assert [(each["name"], each["applied"]) for each in lines(found)] == [(name, False) for name in all_ids]
    assert Path(lines(found)[0]["file"]).read_text().startswith("--")
    would = _ok("migrate", "--dry-run", "--dsn", empty_dsn).splitlines()
    assert [line.split()[2] for line in would] == all_ids
    assert fetch(empty_dsn, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace") == []
    _ok("migrate", "--dsn", empty_dsn)
    status = memdb("migrate", "--status", "--dsn", empty_dsn)
    assert status.exit_code == 0
    assert [line.split()[:2] for line in status.stdout.splitlines()] == [*(["applied", name] for name in all_ids), ["up", "to"]]
    assert _ok("migrate", "--dry-run", "--dsn", empty_dsn) == "up to date\n"
    execute(empty_dsn, "DO $$ BEGIN CREATE ROLE test_nobody LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    refused = memdb("migrate", "--status", "--dsn", with_login(empty_dsn, "test_nobody"))
    assert (refused.exit_code, refused.stdout) == (2, "")
    told = "the login may not migrate this database (permission denied for table _yoyo_migration): connect as the owner of memdb's tables"
    assert refused.stderr.startswith(f"MigrationFailed: {told}")


def test_check_as_lines_of_json(dsn: str) -> None:
    assert _ok("check", "--json", "--dsn", dsn) == ""
    execute(dsn, "ALTER TABLE memdb.memories ALTER source DROP NOT NULL")
    found = memdb("check", "--json", "--dsn", dsn)
    assert found.exit_code == 1
    expected = {"query": "memories.get", "what": "column source", "declared": "never NULL", "found": "may be NULL"}
    assert expected in lines(found)


def test_organizations(dsn: str) -> None:
    at = ("--dsn", dsn)
    (acme,) = lines(memdb("orgs", "create", "acme", "--name", "Acme Ltd", "--tier", "pro", "--json", *at))
    assert (acme["slug"], acme["name"], acme["tier"], acme["status"]) == ("acme", "Acme Ltd", "pro", "active")
    assert "AlreadyExists" in memdb("orgs", "create", "acme", *at).stderr
    assert "InvalidInput: tier" in memdb("orgs", "create", "other", "--tier", "gold", *at).stderr
    _ok("orgs", "create", "globex", *at)
    (newest,) = lines(memdb("orgs", "list", "--limit", "1", "--json", *at))
    (next_one,) = lines(memdb("orgs", "list", "--before", newest["id"], "--json", *at))
    assert (newest["slug"], next_one) == ("globex", acme)
    for command, status in (("suspend", "suspended"), ("activate", "active")):
        (changed,) = lines(memdb("orgs", command, "acme", "--reason", "unpaid", "--json", *at))
        assert changed["status"] == status
    assert "--yes must be given" in memdb("orgs", "delete", "acme", *at).stderr
    assert f"memdb orgs restore {acme['id']}" in _ok("orgs", "delete", "acme", "--yes", *at)
    assert _slugs(dsn) == ["globex"]
    assert [each["id"] for each in lines(memdb("orgs", "list", "--deleted", "--json", *at))] == [acme["id"]]
    assert "valid UUID" in memdb("orgs", "restore", "acme", *at).stderr
    assert "acme" in _ok("orgs", "restore", acme["id"], *at)
    actors = fetch(dsn, "SELECT DISTINCT actor FROM memdb.audit_log WHERE action LIKE 'organization.%'")
    assert actors == [("memdb command",)]


def test_agents(dsn: str) -> None:
    at = ("--org", "acme", "--dsn", dsn)
    _ok("orgs", "create", "acme", "--dsn", dsn)
    (made,) = lines(memdb("agents", "create", "helper", "--json", *at))
    assert (made["slug"], made["name"]) == ("helper", "helper")
    for command, status in (("suspend", "suspended"), ("activate", "active")):
        _ok("agents", command, "helper", *at)
        assert [each["slug"] for each in lines(memdb("agents", "list", "--status", status, "--json", *at))] == ["helper"]
    assert "--yes must be given" in memdb("agents", "delete", "helper", *at).stderr
    deleted = memdb("agents", "delete", "helper", "--yes", *at)
    assert lines(memdb("agents", "list", "--json", *at)) == []
    assert f"memdb agents restore {made['id']} --org acme" in deleted.stdout
    _ok("agents", "restore", made["id"], *at)
    assert [each["id"] for each in lines(memdb("agents", "list", "--json", *at))] == [made["id"]]
    assert "no such deleted agent" in memdb("agents", "restore", made["id"], *at).stderr


def test_a_token_is_shown_once(dsn: str) -> None:
    at = ("--org", "acme", "--dsn", dsn)
    _ok("orgs", "create", "acme", "--dsn", dsn)
    _ok("agents", "create", "helper", *at)
    made = memdb("tokens", "create", "ci", "--agent", "helper", "--days", "30", "--network", "192.0.2.0/24", *at)
    secret = made.stdout.removesuffix("\n")
    assert (len(secret), secret[:4]) == (70, "mdb_")
    listed = memdb("tokens", "list", "--agent", "helper", "--json", *at)
    (token,) = lines(listed)
    assert (token["name"], token["prefix"], token["allowed_networks"]) == ("ci", secret[:12], ["192.0.2.0/24"])
    assert secret not in listed.stdout + made.stderr
    (as_json,) = lines(memdb("tokens", "create", "cd", "--json", *at))
    assert as_json["text"].startswith(as_json["token"]["prefix"])
    assert _ok("tokens", "revoke", token["id"], "--reason", "leaked", *at).startswith("revoked since ")
    assert lines(memdb("tokens", "list", "--agent", "helper", "--json", *at))[0]["revoke_reason"] == "leaked"
    assert "InvalidInput: allowed_networks" in memdb("tokens", "create", "x", "--network", "nowhere", *at).stderr


@pytest.mark.parametrize("kind", ["csv", "parquet", "texts.parquet"])
def test_a_table_is_imported_as_lines_are(dsn: str, tmp_path: Path, kind: str) -> None:
    rows = [
        {"content": 'likes tea,\nand "coffee"', "tags": ["drink", "a b"], "confidence": 0.5, "observed_at": "2026-03-02T08:00:00Z"},
        {"content": "ä", "metadata": {"page": 1}},
    ]
    texts = [{name: value if isinstance(value, str) else json.dumps(value) for name, value in row.items()} for row in rows]
    file = tmp_path / f"notes.{kind.upper()}"
    if kind == "csv":
        with file.open("w", newline="", encoding="utf-8-sig") as opened:
            writer = csv.DictWriter(opened, ["content", "tags", "confidence", "observed_at", "metadata"])
            writer.writeheader()
            writer.writerows(texts)
    else:
        tables = [pyarrow.Table.from_pylist([row]) for row in (rows if kind == "parquet" else texts)]
        parquet.write_table(pyarrow.concat_tables(tables, promote_options="default"), file)
    for added in (2, 0):
        result = memdb("import", str(file), "--dsn", dsn, "--create")
        told = {"lines": 2, "added": added, "same": 2, "differ": 0, "bad": 0, "digest": "equal"}
        assert (result.exit_code, imported(result.output)) == (0, told), result.output
    found = fetch(dsn, "SELECT content, tags, confidence, observed_at::date::text, metadata FROM memdb.memories ORDER BY content")
    assert found[0] == (rows[0]["content"], ["a b", "drink"], 0.5, "2026-03-02", {})
    assert found[1][4] == {"page": 1}
    file.write_bytes(b"content\nfirst\ncaf\xe9\n")
    assert "must be" in memdb("import", str(file), "--dsn", dsn).output
    if kind == "csv":
        file.write_text("content,tags\ncoffee,drink\n")
        assert "line 2: Expected `array`, got `str` - at `$.tags`" in memdb("import", str(file), "--dsn", dsn).output
