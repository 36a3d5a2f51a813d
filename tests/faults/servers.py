"""Servers that a test may kill, with durable commits."""

from __future__ import annotations

import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from memdb.operations import embedded
from memdb.operations.embedded.locks import FileLock, Patience
from memdb.operations.embedded.processes import ensure_running
from memdb.operations.embedded.programs import run, socket_folder, unprivileged_user
from tests.server import execute

_SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    # Before it recovers, a server syncs its files: together, which is quicker than one by one.
    "recovery_init_sync_method": "syncfs",
    "shared_buffers": "16MB",
    "max_connections": "30",
}


class Killable:
    """An embedded server of one's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._share = embedded.start(folder, settings=_SETTINGS, temporary=True)
        self._user = unprivileged_user(folder)
        self.dsn = self._share.dsn

    def replicate(self, folder: Path) -> Killable:
        """A replica, to which each commit goes before it is acknowledged."""
        folder.mkdir()
        unprivileged_user(folder)
        if self._user is not None:
            shutil.chown(folder, self._user)
        socket = str(socket_folder(self.folder))
        run(folder, self._user, "pg_basebackup", "-h", socket, "-U", "postgres", "-D", "postgres", "-R", "-c", "fast")
        replica = Killable(folder)
        execute(self.dsn, "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        return replica

    def promote(self) -> None:
        """Make a primary of a replica."""
        run(self.folder, self._user, "pg_ctl", "-D", "postgres", "-w", "-s", "promote")

    def restart(self) -> None:
        run(self.folder, self._user, "pg_ctl", "-D", "postgres", "-w", "-s", "stop", "-m", "fast")
        self.start()

    def kill(self) -> None:
        """End all its processes at once, without a chance to write anything more."""
        postmaster = int((self.folder / "postgres/postmaster.pid").read_text().split()[0])
        # Stopped, it starts no others while they are listed.
        os.kill(postmaster, signal.SIGSTOP)
        for process in (*_children(postmaster), postmaster):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        processes = FileLock(self.folder / "server")
        try:
            Patience(60).until(processes.try_exclusive, "the server's processes do not end")
        finally:
            processes.close()

    def start(self) -> None:
        """Start it again; it recovers from its log."""
        ensure_running(self.folder, self._user, _SETTINGS, Patience(60))

    def leave(self) -> None:
        self.start()
        self._share.leave()


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            if re.search(rf"^PPid:\s*{parent}$", status.read_text(), re.MULTILINE):
                found.append(int(status.parent.name))
    return found


@contextmanager
def killable() -> Iterator[Killable]:
    with tempfile.TemporaryDirectory(prefix="memdb-killable-") as folder:
        server = Killable(Path(folder) / "data")
        try:
            yield server
        finally:
            server.leave()
