"""The processes of an embedded server: PostgreSQL's own, and the watcher that stops them.

All of PostgreSQL's processes inherit the lock of the folder's file `server`. So it shows whether any of them is left, even if the PID file
is left over from a crash.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from memdb.errors import EmbeddedServerError
from memdb.operations.embedded import watcher
from memdb.operations.embedded.locks import FileLock, Patience
from memdb.operations.embedded.programs import end_of_log, run, socket_file, socket_folder


def ensure_watched(path: Path) -> None:
    """Start a watcher, unless there is one."""
    lock = FileLock(path / "watcher")
    try:
        if lock.try_exclusive():
            command = [sys.executable, "-I", "-S", watcher.__file__, str(path), str(lock.descriptor)]
            quiet = subprocess.DEVNULL
            subprocess.run(command, cwd="/", check=True, pass_fds=[lock.descriptor], stdin=quiet, stdout=quiet, stderr=quiet)
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedServerError(f"{sys.executable or 'Python'} cannot be run to watch over the server of {path}") from error
    finally:
        lock.close()


def ensure_running(path: Path, user: str | None, settings: Mapping[str, str], patience: Patience) -> None:
    """Start the server, unless it runs, and wait until it answers. Raises EmbeddedServerError with the end of the log."""
    launched = False

    def answers() -> bool:
        nonlocal launched
        if _answers(path):
            return True
        server = FileLock(path / "server")
        try:
            if not server.try_exclusive():
                return False
            if launched:
                raise EmbeddedServerError(f"the server of {path} ended as it started:\n{end_of_log(path)}".strip())
            _launch(path, user, settings, server)
            launched = True
            return False
        finally:
            server.close()

    patience.until(answers, f"the server of {path} is starting, see {path / 'log'}")


def stop(path: Path) -> None:
    """Stop the server, if it runs, and remove the folder if it is temporary."""
    server = FileLock(path / "server")
    try:
        watcher.stop(str(path), server.descriptor)
        if not watcher.is_free(server.descriptor):
            raise EmbeddedServerError(f"the server of {path} does not stop; see {path / 'log'}")
        watcher.remove_temporary(str(path))
    finally:
        server.close()


def _answers(path: Path) -> bool:
    """Whether the server accepts connections."""
    with suppress(OSError), socket.socket(socket.AF_UNIX) as tried:
        tried.connect(str(socket_file(path)))
        # The eighth line; the socket exists before it is written.
        return (path / "postgres/postmaster.pid").read_text().splitlines()[7:8] == ["ready   "]
    return False


def _launch(path: Path, user: str | None, settings: Mapping[str, str], server: FileLock) -> None:
    sockets = socket_folder(path)
    sockets.mkdir(mode=0o700, exist_ok=True)
    _refuse_planted(sockets, user)
    _clear_away(path)
    (path / "log").touch()
    if user is not None:
        os.chown(sockets, pwd.getpwnam(user).pw_uid, -1, follow_symlinks=False)
        shutil.chown(path / "log", user)
    # A file, and relative paths below: pg_ctl passes its arguments to a shell.
    lines = {"unix_socket_directories": '"{}"'.format(str(sockets).replace('"', '""')), **settings}
    conf = path / "postgres" / "memdb.conf"
    conf.write_text("".join(f"{name} = {_quoted(value)}\n" for name, value in lines.items()))
    conf.chmod(0o644)
    run(path, user, "pg_ctl", "-D", "postgres", "-W", "-s", "start", "-l", "log", inherited=[server.descriptor])


def _clear_away(path: Path) -> None:
    """Remove what a killed server left: its PID may belong to another process by now, and a new server would refuse to start."""
    with suppress(OSError), socket.socket(socket.AF_UNIX) as tried:
        tried.connect(str(socket_file(path)))
        raise EmbeddedServerError(f"a server that this memdb did not start uses {path}: stop it first")
    for left in (path / "postgres/postmaster.pid", socket_file(path), Path(f"{socket_file(path)}.lock")):
        left.unlink(missing_ok=True)


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _refuse_planted(folder: Path, user: str | None) -> None:
    """Refuse a socket directory that may have been planted: it may be where others can write, so it must be a directory and ours."""
    status = folder.lstat()
    owners = {os.geteuid()} | ({pwd.getpwnam(user).pw_uid} if user else set())
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in owners or status.st_mode & 0o077:
        raise EmbeddedServerError(f"{folder} is not a private folder of this user's: remove it")
