"""Statistics of each function's calls, and a log line for each slow call."""

from __future__ import annotations

import logging
import math
import re
from functools import lru_cache
from typing import Final

import msgspec

# The comment before each statement that has a file names its package and function. The other names here are not statements and have no
# effect.
_NAMED: Final = re.compile(r"/\* (\S+) (\S+) \*/")
BEGIN: Final = "/* memdb transaction.begin */"
COMMIT: Final = "/* memdb transaction.commit */"
COPY: Final = "/* memdb transaction.copy */"
PING: Final = "/* memdb ping */"

_log: Final = logging.getLogger("memdb.calls")


@lru_cache(maxsize=1000)
def function_of(statement: str) -> str:
    """The name of a statement's function, such as "memories.get", preceded by its package's unless that is memdb."""
    named = _NAMED.match(statement)
    if named is None:
        return "ad hoc"
    package, function = named.groups()
    return function if package == "memdb" else f"{package}.{function}"


class FunctionStats(msgspec.Struct, frozen=True):
    """The calls of a function since `connect`.

    `errors` are those that failed or were cancelled. `seconds` is the total, `slowest` the maximum; both include waiting for a connection.
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
    """The calls on one Database. Those that take at least `slow` seconds are logged; None logs none."""

    def __init__(self, slow: float | None = None) -> None:
        self._slow = math.inf if slow is None else slow
        self._tallies: dict[str, _Tally] = {}

    def count(self, statement: str, seconds: float, error: BaseException | None = None, *, calls: int = 1) -> None:
        """Record that a call, or a further part of one (`calls` 0), took `seconds`, and how it failed."""
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
        """The statistics, by the function's name."""
        return {name: FunctionStats(each.calls, each.errors, each.seconds, each.slowest) for name, each in sorted(self._tallies.items())}


def _tell_slow(function: str, seconds: float, error: BaseException | None) -> None:
    milliseconds = round(seconds * 1000)
    extra = {"function": function, "milliseconds": milliseconds, "error": None if error is None else type(error).__name__}
    # Without the error's message, which may quote what was sent.
    if error is None:
        _log.warning("%s took %d ms", function, milliseconds, extra=extra)
    else:
        _log.warning("%s took %d ms and failed: %s", function, milliseconds, extra["error"], extra=extra)
