"""How many executions of a statement may travel together."""

from __future__ import annotations

import math
from typing import Final

# What a trip may take, in seconds, by what is known of the statement; or twice as long as the quickest call, on a slow network.
_PATIENCE: Final = 0.005
_UNKNOWN: Final = 4
_MOST: Final = 128
# How many trips what is known of a statement is from, at least; how often it goes alone after a failure.
_TRIPS: Final = 50
_STATEMENTS: Final = 1000


class _Cost:
    """The least seconds that an execution took within a trip, of the latest trips: what is more is the machine's being busy."""

    __slots__ = ("alone", "before", "now", "trips")

    def __init__(self) -> None:
        self.before = self.now = math.inf
        self.trips = self.alone = 0

    def add(self, seconds: float) -> None:
        if self.trips == _TRIPS:
            self.before, self.now, self.trips = self.now, math.inf, 0
        self.trips += 1
        self.now = min(self.now, seconds)

    def room(self, patience: float) -> int:
        least = min(self.before, self.now)
        if least == math.inf:
            return _UNKNOWN
        # A trip may take less than a tick of the clock.
        return _MOST if least * _MOST <= patience else int(patience / least)


class Pace:
    """What trips have taken, and the `quickest` call of the pool that went alone.

    What takes the server long is spread over all connections, and never waits long for another.
    """

    def __init__(self) -> None:
        self.quickest = math.inf
        self._costs: dict[str, _Cost] = {}

    def room(self, statement: str, share: int) -> int:
        """How many may go now; `share` is a connection's fair part of those who wait."""
        cost = self._costs.get(statement)
        if cost is None:
            return max(share, _UNKNOWN)
        if cost.alone:
            cost.alone -= 1
            return 1
        return max(share, cost.room(_PATIENCE if self.quickest == math.inf else max(_PATIENCE, 2 * self.quickest)))

    def arrived(self, statement: str, count: int, seconds: float) -> None:
        """So many took so long together."""
        self._cost(statement).add(seconds / count)

    def failed(self, statement: str) -> None:
        """One of a trip failed, and all of it go again by themselves: that costs more than it saves where it is usual."""
        self._cost(statement).alone = _TRIPS

    def _cost(self, statement: str) -> _Cost:
        if len(self._costs) > _STATEMENTS:
            self._costs.clear()
        return self._costs.setdefault(statement, _Cost())
