"""File locks, which the kernel releases when their holder ends, and a time limit for waiting for them."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from memdb.errors import EmbeddedServerError, ServerUnreachable
from memdb.operations.embedded import watcher

_PAUSE_SECONDS: Final = 0.02


class Patience:
    """The remaining seconds to wait for others. The clock can be stopped during this process's own work."""

    def __init__(self, seconds: float) -> None:
        self.seconds: Final = seconds
        self._end = time.monotonic() + seconds
        self._stopped: float | None = None
        self._over = False

    @property
    def left(self) -> float:
        if self._over:
            return 0.0
        return max(0.0, self._end - (time.monotonic() if self._stopped is None else self._stopped))

    def end(self) -> None:
        """Note that nobody waits any more for the work in another thread, which stops at its next step."""
        self._over = True

    def stop(self) -> None:
        """Stop the clock. Raises ServerUnreachable after `end`."""
        if self._over:
            raise ServerUnreachable("given up")
        if self._stopped is None:
            self._stopped = time.monotonic()

    def go_on(self) -> None:
        if self._stopped is not None:
            self._end += time.monotonic() - self._stopped
            self._stopped = None

    def until(self, reached: Callable[[], bool], reason: str) -> None:
        """Wait until `reached`. Raises ServerUnreachable with the reason when no seconds are left."""
        while not reached():
            if not self.left:
                raise ServerUnreachable(f"{reason}, which took longer than {self.seconds:g} s: try again, or with a longer timeout")
            time.sleep(_PAUSE_SECONDS)


class FileLock:
    """An open file and its lock. Descriptors inherited by other processes refer to the same open file, and hold the same lock."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._open = file.open("a+")

    @property
    def descriptor(self) -> int:
        return self._open.fileno()

    @property
    def closed(self) -> bool:
        return self._open.closed

    def try_shared(self) -> bool:
        return self._try(fcntl.LOCK_SH)

    def try_exclusive(self) -> bool:
        return self._try(fcntl.LOCK_EX)

    def is_current(self) -> bool:
        """Whether the file is still at its path."""
        return watcher.is_current(str(self._file), self.descriptor)

    def release(self) -> None:
        """Unlock the open file, also for processes that have inherited it."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close this process's descriptor; processes that have inherited the open file keep its lock."""
        self._open.close()

    def _try(self, operation: int) -> bool:
        try:
            fcntl.flock(self.descriptor, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedServerError(f"the folder {folder} cannot be made: {error.strerror}") from error


@contextmanager
def alone(folder: Path, patience: Patience) -> Iterator[FileLock]:
    """Hold the folder's `lock`, so that nobody else creates, starts, stops or removes the server. Creates the folder if it is missing."""
    while True:
        _make(folder)
        try:
            lock = FileLock(folder / "lock")
        except FileNotFoundError:
            continue
        try:
            patience.until(lock.try_exclusive, f"another process is creating, starting or stopping the server of {folder}")
            # A temporary folder may have been removed by the previous holder.
            if lock.is_current():
                try:
                    yield lock
                finally:
                    # Not just closed: a child forked meanwhile would keep it.
                    lock.release()
                return
        finally:
            lock.close()
