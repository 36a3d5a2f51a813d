"""A trouble that many calls meet at once, told in two lines of a log: when it begins, and when it is over."""

from __future__ import annotations

import logging
import time


class Episode:
    """From the first failure to the next success. `failures` is how many there have been, 0 where there is no trouble."""

    __slots__ = ("_began", "_log", "failures")

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._began = 0.0
        self.failures = 0

    def fail(self, message: str) -> None:
        """One more failure; the first is told, as a warning."""
        if not self.failures:
            self._began = time.monotonic()
            self._log.warning("%s", message)
        self.failures += 1

    def end(self, message: str) -> None:
        """It is over."""
        self._log.info("%s, after %.1f s and %d failures", message, time.monotonic() - self._began, self.failures)
        self.failures = 0
