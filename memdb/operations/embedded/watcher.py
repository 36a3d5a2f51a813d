"""A process that stops a folder's embedded server when nobody uses it any more, however its users ended.

It runs as a script and needs only the standard library, so that it starts quickly and takes little memory.

    python -I -S watcher.py FOLDER DESCRIPTOR

DESCRIPTOR is the folder's file `watcher`, open and locked. As long as it is locked, there is a watcher.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import sys
import time

_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.02
# A file in a temporary server's folder: the paths of what else to remove, one per line.
TEMPORARY = "temporary"


def main(folder: str, watcher: int) -> None:
    os.setsid()
    if os.fork():
        # So that the starting process has no child to wait for.
        os._exit(0)
    lock, users, server = [os.open(f"{folder}/{name}", os.O_RDWR | os.O_CREAT, 0o644) for name in ("lock", "users", "server")]
    while True:
        fcntl.flock(users, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_UN)
        # Nobody used it just now. The process that stops it holds `lock`, so that nobody starts to.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current(f"{folder}/users", users):
            break
        if is_free(users):
            stop(folder, server)
            remove_temporary(folder)
            break
        fcntl.flock(lock, fcntl.LOCK_UN)
    os.close(watcher)
    os.close(lock)


def stop(folder: str, server: int) -> None:
    """Stop the server's processes, if it runs: `server` is locked until the last of them is gone."""
    late = time.monotonic() + _PATIENCE_SECONDS
    sent = None
    while not is_free(server):
        wanted = postmaster(folder), signal.SIGINT if time.monotonic() < late else signal.SIGQUIT
        # The PID file appears a moment after the process.
        if wanted[0] and wanted != sent:
            sent = wanted
            with contextlib.suppress(ProcessLookupError):
                os.kill(*wanted)
        if time.monotonic() > late + _PATIENCE_SECONDS:
            return
        time.sleep(_PAUSE_SECONDS)


def remove_temporary(folder: str) -> None:
    """Remove the folder if it is temporary, atomically for those who look at its name."""
    try:
        with open(f"{folder}/{TEMPORARY}") as file:
            others = file.read().splitlines()
    except OSError:
        return
    removed = f"{folder}.removed"
    os.rename(folder, removed)
    for each in (removed, *others):
        shutil.rmtree(each, ignore_errors=True)


def postmaster(folder: str) -> int:
    """The PID of the server's main process, or 0 while there is no PID file."""
    try:
        with open(f"{folder}/postgres/postmaster.pid") as file:
            return max(0, int(file.readline()))
    except (OSError, ValueError):
        return 0


def is_free(descriptor: int) -> bool:
    """Whether nobody else holds a lock on this open file."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return True


def is_current(file: str, descriptor: int) -> bool:
    """Whether the file is still at its path."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(file))
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
