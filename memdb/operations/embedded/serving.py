"""Joining an embedded server, and leaving it."""

from __future__ import annotations

import asyncio
import atexit
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from memdb.engine.package import PACKAGES
from memdb.errors import EmbeddedServerError, ServerUnreachable
from memdb.operations.embedded import watcher
from memdb.operations.embedded.cluster import create_unless_there, refuse_foreign
from memdb.operations.embedded.locks import FileLock, Patience, alone
from memdb.operations.embedded.processes import ensure_running, ensure_watched, stop
from memdb.operations.embedded.programs import socket_folder, unprivileged_user

_PATIENCE_SECONDS: Final = 60.0
_GRACE_SECONDS: Final = 0.2


class Server:
    """A process's share in a running embedded server; `leave` it when done."""

    def __init__(self, folder: Path, users: FileLock) -> None:
        self.folder: Final = folder
        self._users = users
        self._process = os.getpid()
        self.dsn: Final = f"postgresql://postgres@/postgres?host={quote(str(socket_folder(folder)))}&port=5432"
        atexit.register(self.leave)

    def leave(self) -> None:
        """Stop the server if this was its last user, and remove the folder if it is temporary. Leaving twice is harmless."""
        if self._users.closed:
            return
        if os.getpid() != self._process:
            # In a forked child: the share belongs to the parent.
            self._users.close()
            return
        atexit.unregister(self.leave)
        try:
            if not self._users.is_current():
                raise EmbeddedServerError(f"{self.folder} was removed while its server ran; the server ends by itself within a minute")
            patience = Patience(_PATIENCE_SECONDS)
            with alone(self.folder, patience):
                self._users.release()
                if not self._users.try_exclusive():
                    # Others use it; or the watcher was checking just now, and has checked once this succeeds.
                    patience.until(self._users.try_shared, f"the watcher of {self.folder} hangs")
                if self._users.try_exclusive():
                    stop(self.folder)
        finally:
            self._users.close()

    async def leave_in_thread(self) -> None:
        """`leave`, without blocking the event loop."""
        await asyncio.to_thread(self.leave)


def start(
    folder: str | Path,
    *,
    dimension: int | None = None,
    default_dimension: int | None = None,
    settings: Mapping[str, str] | None = None,
    timeout: float = _PATIENCE_SECONDS,
    temporary: bool = False,
) -> Server:
    """The server of `folder`, started if it is not running, created if it is new, and migrated: memdb's tables and the declared packages'.

    - `dimension` and `default_dimension` are for a new database's embeddings, as in `migrate`. `settings` are PostgreSQL's, and apply only
      if this call starts the server.
    - `timeout`: the total seconds to wait for the server to answer and for processes that create, start, stop or migrate it concurrently.
      Creating it, with its first start, and migrating it do not count.
    - `temporary`: the folder is removed with the last user.

    The server ends with the last process that uses it, however that ends. Raises ServerUnreachable when the timeout is over;
    ForeignDataFolder or DamagedDataFolder, and leaves the folder as it is; EmbeddedServerError with the end of the log.
    """
    return _start(
        Path(folder), Patience(timeout), dimension=dimension, default_dimension=default_dimension, settings=settings, temporary=temporary
    )


def _start(
    folder: Path,
    patience: Patience,
    *,
    dimension: int | None = None,
    default_dimension: int | None = None,
    settings: Mapping[str, str] | None = None,
    temporary: bool = False,
) -> Server:
    path = folder.expanduser().resolve()
    refuse_foreign(path)
    with alone(path, patience) as lock:
        user = unprivileged_user(path)
        users = FileLock(path / "users")
        try:
            patience.until(users.try_shared, f"the watcher of {path} hangs")
            if temporary:
                elsewhere = {socket_folder(path)} - {path / "socket"}
                (path / watcher.TEMPORARY).write_text("".join(f"{each}\n" for each in elsewhere))
            # First of all, so that from here on nothing is left running if this process is killed.
            ensure_watched(path)
            patience.stop()
            if create_unless_there(path, user, lock):
                # Creation does not wait for others, so the clock goes on only when it is migrated.
                ensure_running(path, user, settings or {}, Patience(_PATIENCE_SECONDS))
            else:
                patience.go_on()
                ensure_running(path, user, settings or {}, patience)
        except BaseException:
            users.release()
            users.close()
            raise
    server = Server(path, users)
    try:
        from memdb.operations.migrate import migrate

        packages = [each for each in PACKAGES.values() if each.migrations is not None]
        migrate(
            server.dsn,
            packages=packages,
            dimension=dimension,
            default_dimension=default_dimension,
            timeout=patience.left,
            report=lambda _: patience.stop(),
        )
    except BaseException:
        server.leave()
        raise
    patience.go_on()
    return server


async def start_in_thread(folder: str, *, timeout: float) -> tuple[Server, float]:
    """`start`, without blocking the event loop, and the remaining timeout."""
    patience = Patience(timeout)
    starting = asyncio.ensure_future(asyncio.to_thread(_start, Path(folder), patience))
    try:
        while patience.left:
            await asyncio.wait([starting], timeout=patience.left)
            if starting.done():
                return starting.result(), patience.left
        # The thread knows better what it waited for, if it is not stuck.
        await asyncio.wait([starting], timeout=_GRACE_SECONDS)
        if starting.done():
            return starting.result(), patience.left
        raise ServerUnreachable(f"the server of {folder} does not answer: it took longer than {timeout:g} s")
    except BaseException:
        # The thread proceeds to its next step; nobody will use what it starts.
        patience.end()
        starting.add_done_callback(_leave_unused)
        raise


def _leave_unused(starting: asyncio.Future[Server]) -> None:
    if not starting.cancelled() and starting.exception() is None:
        starting.result().leave()
