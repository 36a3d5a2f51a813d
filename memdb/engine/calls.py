"""How often, how long and with how many errors each function was called, and a line in the log for each call that was slow."""

from __future__ import annotations

import logging
import math
import re
from functools import lru_cache
from typing import Final

import msgspec

# In front of each statement that has a file: its package and its function. The others of these are not statements, and have no effect.
_NAMED: Final = re.compile(r"/\* (\S+) (\S+) \*/")
BEGIN: Final = "/* memdb transaction.begin */"
COMMIT: Final = "/* memdb transaction.commit */"
COPY: Final = "/* memdb transaction.copy */"
PING: Final = "/* memdb ping */"

_log: Final = logging.getLogger("memdb.calls")


@lru_cache(maxsize=1000)
def function_of(statement: str) -> str:
    """The name of a statement's function, such as "memories.get", with its package's in front of it unless that is memdb."""
    named = _NAMED.match(statement)
    if named is None:
        return "ad hoc"
    package, function = named.groups()
    return function if package == "memdb" else f"{package}.{function}"


class FunctionStats(msgspec.Struct, frozen=True):
    """The calls of a function since `connect`: how many, how many of them failed or were cancelled, the seconds of all of them together,
    and of the slowest. Waiting for a connection counts.
    """

    calls: int
    errors: int
    seconds: float
    slowest: float


class _Tally:
    __slots__ = ("calls", "errors", "seconds", "slowest")

    def __init__(self) -> None:
        self.calls = self.errors = 0
        self.seconds = self.slowest = 0.0


class Calls:
    """The calls on one Database. Those that take `slow` seconds are logged; None: none are."""

    def __init__(self, slow: float | None = None) -> None:
        self._slow = math.inf if slow is None else slow
        self._tallies: dict[str, _Tally] = {}

    def count(self, statement: str, seconds: float, error: BaseException | None = None, *, calls: int = 1) -> None:
        """That a call, or a further part of one (`calls` 0), took so long, and how it failed."""
        function = function_of(statement)
        tally = self._tallies.get(function)
        if tally is None:
            tally = self._tallies[function] = _Tally()
        tally.calls += calls
        tally.seconds += seconds
        if seconds > tally.slowest:
            tally.slowest = seconds
        if error is not None:
            tally.errors += 1
        if seconds >= self._slow:
            _tell_slow(function, seconds, error)

    def stats(self) -> dict[str, FunctionStats]:
        """By the function's name."""
        return {name: FunctionStats(each.calls, each.errors, each.seconds, each.slowest) for name, each in sorted(self._tallies.items())}


def _tell_slow(function: str, seconds: float, error: BaseException | None) -> None:
    milliseconds = round(seconds * 1000)
    extra = {"function": function, "milliseconds": milliseconds, "error": None if error is None else type(error).__name__}
    # Not the error's message, which may quote what was sent.
    if error is None:
        _log.warning("%s took %d ms", function, milliseconds, extra=extra)
    else:
        _log.warning("%s took %d ms and failed: %s", function, milliseconds, extra["error"], extra=extra)
