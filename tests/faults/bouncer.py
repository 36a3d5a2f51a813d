"""PgBouncer in front of a test's database."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from psycopg.rows import dict_row

from memdb.operations.embedded.programs import unprivileged_user
from tests.server import fetch

# /usr/sbin is where Debian has it, and not on every PATH.
BINARY: Final = os.environ.get("MEMDB_TEST_PGBOUNCER") or shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def version() -> tuple[int, ...]:
    """The version of PgBouncer that is installed; skips the test if none is."""
    if BINARY is None:
        pytest.skip("no PgBouncer: apt-get install pgbouncer, or set MEMDB_TEST_PGBOUNCER to its path")
    told = subprocess.run([BINARY, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"PgBouncer (\d+)\.(\d+)", told)
    assert found, told
    return tuple(map(int, found.groups()))


class Bouncer:
    """A running PgBouncer, in front of the database that is its own's namesake."""

    def __init__(self, port: int, database: str) -> None:
        self._port = port
        self._database = database

    def dsn(self, login: str) -> str:
        return f"postgresql://{login}@127.0.0.1:{self._port}/{self._database}"

    def show(self, what: str) -> list[dict[str, object]]:
        """What SHOW tells on PgBouncer's console."""
        with self._console() as console, console.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(f"SHOW {what}".encode()).fetchall()

    def command(self, command: str) -> None:
        with self._console() as console:
            console.execute(command.encode())

    def _console(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(f"host=127.0.0.1 port={self._port} user=console dbname=pgbouncer", autocommit=True)


@contextmanager
def bouncing(dsn: str, mode: str, **settings: object) -> Iterator[Bouncer]:
    """PgBouncer in `mode` (session, transaction or statement) with its own defaults but for `settings`; any login is trusted."""
    version()
    assert BINARY is not None
    parts = urlsplit(dsn)
    host = parse_qs(parts.query).get("host", [parts.hostname or "localhost"])[0]
    database = parts.path.removeprefix("/")
    password = f" password={parts.password}" if parts.password else ""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="memdb-bouncer-") as name:
        folder = Path(name)
        # It refuses root, and must be who may use the embedded server's socket.
        user = unprivileged_user(folder)
        lines = {
            "listen_addr": "127.0.0.1",
            "listen_port": port,
            "unix_socket_dir": "",
            "auth_type": "trust",
            "auth_file": folder / "users",
            "admin_users": "console",
            "logfile": folder / "log",
            "pool_mode": mode,
            **settings,
        }
        (folder / "users").write_text("".join(f'"{login}" ""\n' for login in ("console", *_logins(dsn))))
        (folder / "ini").write_text(
            f"[databases]\n{database} = host={host} port={parts.port or 5432} dbname={database}{password}\n[pgbouncer]\n"
            + "".join(f"{setting} = {value}\n" for setting, value in lines.items())
        )
        if user is not None:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, user)
        process = subprocess.Popen([BINARY, "-q", str(folder / "ini")], user=user, stderr=subprocess.DEVNULL)
        try:
            _wait(port, process)
            yield Bouncer(port, database)
        finally:
            process.kill()
            process.wait()


def _logins(dsn: str) -> list[str]:
    return [str(login) for (login,) in fetch(dsn, "SELECT rolname FROM pg_roles WHERE rolcanlogin")]


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert process.poll() is None, "PgBouncer ended"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        else:
            return
