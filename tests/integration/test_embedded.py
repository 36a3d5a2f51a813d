"""The embedded server: one folder, several processes, kept data, and folders that are not memdb's."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from yoyo import get_backend

import memdb
from memdb import organizations
from memdb.errors import DamagedDataFolder, EmbeddedServerError, ForeignDataFolder, InvalidInput, ServerUnreachable
from memdb.operations import embedded
from memdb.operations.embedded import POSTGRES_BIN_PATH
from memdb.operations.embedded.locks import FileLock, Patience, alone
from memdb.operations.embedded.programs import socket_folder
from memdb.operations.migrate import MigrationsLocked
from tests.server import scratch

USE = """
import asyncio, sys, memdb
from memdb import organizations

async def main() -> None:
    async with memdb.connect("embedded:" + sys.argv[1], timeout=20.0) as db:
        print("ready", flush=True)
        sys.stdin.readline()
        print((await organizations.get_by_slug(db.admin(), slug="acme")) is not None, flush=True)

asyncio.run(main())
"""


@contextmanager
def _emptied() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="memdb-embedded-", dir=scratch()))
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    with _emptied() as path:
        yield path


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A folder with a database, whose server no test leaves running."""
    with _emptied() as path:
        # Making it does not count, whatever it takes: nobody else is waited for.
        embedded.start(path, timeout=0.1).leave()
        yield path


def _answers(folder: Path) -> bool:
    status = [str(POSTGRES_BIN_PATH / "pg_isready"), "-q", "-h", str(socket_folder(folder))]
    return subprocess.run(status, check=False).returncode == 0


@contextmanager
def _user(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has connected, and goes on until it is sent a line."""
    command = [sys.executable, "-c", USE, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert _line(process) == "ready"
        yield process


def _line(process: subprocess.Popen[str], said: str | None = None) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    if said is not None:
        process.stdin.write(said)
        process.stdin.flush()
    return process.stdout.readline().strip()


async def test_created_used_stopped_and_kept(folder: Path) -> None:
    async with memdb.connect(f"embedded:{folder}", timeout=20.0) as db:
        assert db.dimension == 384
        made = await organizations.create(db.admin(), slug="acme", name="Acme")
        assert _answers(folder)
    assert not _answers(folder)
    async with memdb.connect(f"embedded:{folder}", timeout=20.0) as db:
        assert await organizations.get_by_slug(db.admin(), slug="acme") == made


async def test_the_last_process_stops_it(folder: Path) -> None:
    with _user(folder) as second:
        with _user(folder) as first:
            async with memdb.connect(f"embedded:{folder}", timeout=20.0) as db:
                await organizations.create(db.admin(), slug="acme", name="Acme")
                assert _line(first, "\n") == "True"
                assert first.wait(30) == 0
                assert _answers(folder)
            assert _answers(folder)
        assert _line(second, "\n") == "True"
        assert second.wait(30) == 0
    assert not _answers(folder)


@pytest.mark.slow
def test_the_last_process_stops_it_even_if_all_are_killed(made: Path) -> None:
    with _user(made) as second:
        with _user(made) as first:
            first.kill()
        assert _answers(made)
        second.kill()
    _nothing_runs(made)
    # What a crash leaves may name a process that is somebody else's by now.
    (made / "postgres/postmaster.pid").write_text(f"{os.getpid()}\n")
    embedded.start(made, timeout=20).leave()
    assert not _answers(made)


async def test_a_killed_process_holds_nothing(made: Path) -> None:
    with _user(made) as process:
        async with memdb.connect(f"embedded:{made}", timeout=20.0) as db:
            process.kill()
            process.wait(30)
            assert await organizations.page(db.admin()) == []
    assert not _answers(made)


KILLED = """
import sys
from memdb.operations import embedded

embedded.start(sys.argv[1], temporary=len(sys.argv) > 2)
print("ready", flush=True)
sys.stdin.readline()
"""


@pytest.mark.slow
def test_a_start_that_is_killed_is_in_nobodys_way(folder: Path) -> None:
    """Killed while the cluster is made, while the server starts and while it migrates; then as its user, whose data are to be removed."""

    def migrations() -> int:
        try:
            with psycopg.connect(_dsn(folder), autocommit=True) as connection:
                row = connection.execute("SELECT count(*) FROM _yoyo_migration").fetchone()
        except psycopg.Error:
            return 0
        assert row is not None
        return int(row[0])

    moments: list[Callable[[], bool]] = [
        (folder / "postgres.new/PG_VERSION").exists,
        (folder / "postgres/memdb.json").exists,
        lambda: migrations() > 3,
    ]
    for moment in moments:
        with subprocess.Popen([sys.executable, "-c", KILLED, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
            while not moment():
                assert process.poll() is None
                time.sleep(0.01)
            process.kill()
        if moment is not moments[0]:
            _nothing_runs(folder)
    embedded.start(folder, timeout=20).leave()
    command = [sys.executable, "-c", KILLED, str(folder), "temporary"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert _line(process) == "ready"
        process.kill()
    while any(folder.parent.iterdir()):
        time.sleep(0.05)


async def test_the_timeout_is_that_of_everything_that_is_waited_for(made: Path) -> None:
    with alone(made, Patience(20)), pytest.raises(ServerUnreachable, match=r"longer than 0.2 s"):
        await memdb.connect(f"embedded:{made}", timeout=0.2)
    async with memdb.connect(f"embedded:{made}", timeout=20.0):
        with psycopg.connect(_dsn(made), autocommit=True) as connection:
            connection.execute("DELETE FROM _yoyo_migration WHERE migration_id = (SELECT max(migration_id) FROM _yoyo_migration)")
            with get_backend(f"memdb+{_dsn(made)}") as backend, backend.lock(), pytest.raises((MigrationsLocked, ServerUnreachable)):
                await memdb.connect(f"embedded:{made}", timeout=0.5)
        postmaster = int((made / "postgres/postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGSTOP)
        try:
            with pytest.raises(ServerUnreachable, match="took longer than"):
                await memdb.connect(f"embedded:{made}", timeout=0.5)
        finally:
            os.kill(postmaster, signal.SIGCONT)


def _dsn(folder: Path) -> str:
    return f"postgresql://postgres@/postgres?host={socket_folder(folder)}"


def _nothing_runs(folder: Path) -> None:
    """Wait until neither PostgreSQL nor the watcher is left."""
    for name in ("server", "watcher"):
        lock = FileLock(folder / name)
        while not lock.try_exclusive():
            time.sleep(0.05)
        lock.close()


@pytest.mark.slow
def test_who_forgets_to_leave_leaves_at_exit(folder: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", "import sys; from memdb.operations import embedded; embedded.start(sys.argv[1])", str(folder)], check=True
    )
    assert not _answers(folder)


@pytest.mark.slow
def test_a_long_path_gets_its_socket_elsewhere(folder: Path) -> None:
    deep = folder / ("x" * 100)
    server = embedded.start(deep)
    assert _answers(deep)
    with psycopg.connect(server.dsn) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.leave()


@pytest.mark.slow
def test_the_dimension_is_that_of_the_first_start(folder: Path) -> None:
    embedded.start(folder, dimension=8).leave()
    with pytest.raises(InvalidInput, match=r"dimension must be that of the database's embeddings, 8, not 16: .*spaces create"):
        embedded.start(folder, dimension=16)
    assert not _answers(folder)
    server = embedded.start(folder, default_dimension=16)
    with psycopg.connect(server.dsn) as connection:
        row = connection.execute("SELECT dimension FROM memdb.embedding_spaces").fetchone()
    server.leave()
    assert row == (8,)


def test_an_impossible_dimension_is_refused(folder: Path) -> None:
    with pytest.raises(InvalidInput):
        embedded.start(folder, dimension=9999)
    assert not _answers(folder)


def _content(folder: Path) -> list[tuple[str, int, float]]:
    return sorted((str(path), path.stat().st_mode, path.stat().st_mtime) for path in [folder, *folder.rglob("*")])


@pytest.mark.parametrize("name", ["notes.txt", "PG_VERSION", "postgres"])
def test_a_foreign_folder_is_left_untouched(folder: Path, name: str) -> None:
    folder.mkdir(parents=True, mode=0o750)
    (folder / name).write_text("mine")
    before = _content(folder)
    with pytest.raises(ForeignDataFolder, match=name):
        embedded.start(folder)
    assert _content(folder) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["it's $HOME, `id`; $(touch a)", pytest.param('a "quote", a back\\slash and ünï', marks=pytest.mark.slow)])
def test_any_folder_name_will_do(folder: Path, name: str) -> None:
    odd = folder / name
    server = embedded.start(odd, settings={"log_line_prefix": "%m 'quoted' "})
    with psycopg.connect(server.dsn) as connection:
        assert connection.execute("SHOW log_line_prefix").fetchone() == ("%m 'quoted' ",)
    server.leave()
    assert not list(folder.rglob("pwned"))


def test_a_planted_socket_folder_is_refused(folder: Path) -> None:
    deep = folder / ("y" * 100)
    target = folder / "target"
    target.mkdir(parents=True)
    planted = socket_folder(deep)
    planted.symlink_to(target)
    try:
        with pytest.raises(EmbeddedServerError, match="not a private folder"):
            embedded.start(deep)
        assert target.stat().st_uid == os.geteuid()
    finally:
        planted.unlink()


async def test_a_cancelled_start_leaves_no_server(folder: Path) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await memdb.connect(f"embedded:{folder}")
    # The thread that starts it ends at its next step.
    await asyncio.get_running_loop().shutdown_default_executor()
    _nothing_runs(folder)
    assert not _answers(folder)


def test_a_file_is_no_folder(folder: Path) -> None:
    folder.write_text("mine")
    with pytest.raises(ForeignDataFolder, match="not a folder"):
        embedded.start(folder)


@pytest.mark.slow
def test_a_damaged_folder_is_left_untouched(folder: Path) -> None:
    embedded.start(folder).leave()
    another_format = json.dumps({"format": 99, "postgres": 18}).encode()
    for name, content in (("memdb.json", b"{"), ("memdb.json", another_format), ("PG_VERSION", None), ("global/pg_control", None)):
        damaged = folder / "postgres" / name
        kept = damaged.rename(folder / "kept")
        if content is not None:
            damaged.write_bytes(content)
        before = _content(folder / "postgres")
        with pytest.raises(DamagedDataFolder):
            embedded.start(folder)
        assert _content(folder / "postgres") == before
        kept.replace(damaged)
    embedded.start(folder).leave()


@pytest.mark.slow
def test_damage_that_only_the_server_sees_is_told_with_its_log(folder: Path) -> None:
    embedded.start(folder).leave()
    (folder / "postgres/global/pg_control").write_bytes(b"\0" * 8192)
    with pytest.raises(EmbeddedServerError, match="PG_CONTROL_VERSION 0"):
        embedded.start(folder)


@pytest.mark.slow
def test_a_creation_that_was_cut_short_is_begun_anew(folder: Path) -> None:
    (folder / "postgres.new" / "half").mkdir(parents=True)
    server = embedded.start(folder)
    assert _answers(folder)
    server.leave()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else to try it")
def test_it_runs_as_an_ordinary_user_too(folder: Path) -> None:
    folder.mkdir(parents=True)
    shutil.chown(folder, "nobody")
    folder.parent.chmod(0o755)
    try:
        result = subprocess.run(
            [sys.executable, "-c", "import sys; from memdb.operations import embedded; embedded.start(sys.argv[1])", str(folder)],
            user="nobody",
            group="nogroup",
            extra_groups=[],
            env={**os.environ, "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    except PermissionError:
        pytest.skip("an ordinary user may not run this Python")
    assert result.returncode == 0, result.stderr
    assert (folder / "postgres").stat().st_uid == folder.stat().st_uid
