"""A failure that many calls share, logged as two lines: when it begins and when it ends."""

from __future__ import annotations

import logging
import time


class Episode:
    """The time from the first failure to the next success. `failures` is their number so far, 0 if there is none."""

    __slots__ = ("_began", "_log", "failures")

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._began = 0.0
        self.failures = 0

    def fail(self, message: str) -> None:
        """Count a failure; the first is logged as a warning."""
        if not self.failures:
            self._began = time.monotonic()
            self._log.warning("%s", message)
        self.failures += 1

    def end(self, message: str) -> None:
        """End the episode, if there is one."""
        self._log.info("%s, after %.1f s and %d failures", message, time.monotonic() - self._began, self.failures)
        self.failures = 0
