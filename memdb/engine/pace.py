"""How many executions of a statement may be sent together."""

from __future__ import annotations

import math
from typing import Final

# The seconds that a trip may take, according to what is known of the statement; or twice the quickest call, on a slow network.
_PATIENCE: Final = 0.005
_UNKNOWN: Final = 4
_MOST: Final = 128
# The minimum number of trips on which an estimate is based; also how often a statement runs alone after a failure.
_TRIPS: Final = 50
_STATEMENTS: Final = 1000


class _Cost:
    """The least seconds that an execution took in the latest trips. Anything above that is due to the load of the machine."""

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
    """The durations of trips, and the `quickest` call of the pool that ran alone.

    Statements that take the server long are spread over all connections, and never wait long for one another.
    """

    def __init__(self) -> None:
        self.quickest = math.inf
        self._costs: dict[str, _Cost] = {}

    def room(self, statement: str, share: int) -> int:
        """How many may go now. `share` is a connection's fair share of the waiting calls."""
        cost = self._costs.get(statement)
        if cost is None:
            return max(share, _UNKNOWN)
        if cost.alone:
            cost.alone -= 1
            return 1
        return max(share, cost.room(_PATIENCE if self.quickest == math.inf else max(_PATIENCE, 2 * self.quickest)))

    def arrived(self, statement: str, count: int, seconds: float) -> None:
        """Record that `count` executions took `seconds` together."""
        self._cost(statement).add(seconds / count)

    def failed(self, statement: str) -> None:
        """Record that a trip failed, so that all of its executions run again alone. If that is frequent, it costs more than it saves."""
        self._cost(statement).alone = _TRIPS

    def _cost(self, statement: str) -> _Cost:
        if len(self._costs) > _STATEMENTS:
            self._costs.clear()
        return self._costs.setdefault(statement, _Cost())
