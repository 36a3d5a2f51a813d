"""The data of an embedded server: created, or refused if it is not memdb's or incomplete."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

from memdb.errors import DamagedDataFolder, ForeignDataFolder
from memdb.operations.embedded import watcher
from memdb.operations.embedded.locks import FileLock
from memdb.operations.embedded.programs import run

_FORMAT: Final = 1
_POSTGRES: Final = 18
# Inside the data directory, so that one rename creates both.
_MARKER: Final = "postgres/memdb.json"
_UNFINISHED: Final = frozenset({"lock", "users", "server", "watcher", watcher.TEMPORARY, "postgres.new"})
_SETTINGS: Final = {"listen_addresses": "", "unix_socket_permissions": "0700", "jit": "off"}


def refuse_foreign(path: Path) -> None:
    if not path.exists() or (path / _MARKER).is_file():
        return
    if not path.is_dir():
        raise ForeignDataFolder(f"{path} is not a folder")
    foreign = sorted({entry.name for entry in path.iterdir()} - _UNFINISHED)
    if foreign:
        raise ForeignDataFolder(f"{path} holds {', '.join(foreign[:3])}, which memdb did not put there; choose an empty or a new folder")


def create_unless_there(path: Path, user: str | None, lock: FileLock) -> bool:
    """Create the database cluster unless there is one, and return whether it was created. What a crash left unfinished is created anew."""
    if (path / _MARKER).exists():
        _refuse_damaged(path)
        return False
    new = path / "postgres.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if user is not None:
        shutil.chown(new, user)
    options = [option for name, value in _SETTINGS.items() for option in ("-c", f"{name}={value}")]
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    arguments = ["-D", new.name, "-U", "postgres", "--auth=trust", "--no-instructions", *locale, *options]
    # If this process is killed, initdb continues: the folder is locked until it ends.
    run(path, user, "initdb", *arguments, inherited=[lock.descriptor])
    with (new / "postgresql.conf").open("a") as settings:
        settings.write("include_if_exists 'memdb.conf'\n")
    (new / "memdb.json").write_text(json.dumps({"format": _FORMAT, "postgres": _POSTGRES}) + "\n")
    new.rename(path / "postgres")
    return True


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
