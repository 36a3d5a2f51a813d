"""The queue for connections."""

from __future__ import annotations

import asyncio
from bisect import insort
from collections import deque
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

import asyncpg

from memdb.engine.connection import Connection

# A company with a member that has less than this left proceeds as if it had this much.
_LEAST_TIME: Final = 0.1

Turn: TypeAlias = Connection | list[asyncpg.Record] | None


class Execution(NamedTuple):
    """A tenant's statement that may be sent together with others, and its arguments."""

    statement: str
    arguments: Sequence[Any]
    tenant: UUID


class Company:
    """Calls whose executions run together in `task`.

    A call that leaves does not affect the others; the last one to leave cancels the task.
    """

    task: asyncio.Task[Any]

    def __init__(self, members: Sequence[Waiter]) -> None:
        self.members = members
        for member in members:
            member.trip = self

    def left(self) -> None:
        """Note that a member has left."""
        if all(member.turn.done() for member in self.members):
            self.task.cancel()

    def patience(self) -> float:
        """The seconds that it may take so that each member can still run alone: half of the least time that any of them has left."""
        shortest = min(member.until for member in self.members) - perf_counter()
        return max(shortest, _LEAST_TIME) / 2

    def part(self) -> None:
        """Break the reference cycle with the members, which would have to wait for the garbage collector."""
        self.members = ()


class Waiter:
    """A waiting call. Its `turn` is a connection of its own, the rows of its execution, or None if it has to try again.

    `until` is its deadline, by `time.perf_counter`; `sent` is whether the execution was ever sent.
    """

    __slots__ = ("arrival", "execution", "sent", "trip", "turn", "until")

    def __init__(self, execution: Execution | None, until: float) -> None:
        self.execution = execution
        self.until = until
        self.arrival = 0
        self.sent = False
        self.trip: Company | None = None
        self.turn: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()

    def settle(self, turn: Turn) -> None:
        """Give it its turn, unless it has left."""
        if not self.turn.done():
            self.turn.set_result(turn)

    def fail(self, error: BaseException) -> None:
        """End its execution with this error, unless it has left."""
        if not self.turn.done():
            self.turn.set_exception(error)


class Line:
    """A first-come, first-served queue. Calls that wait to run the same statement are grouped, because they can be served together."""

    def __init__(self) -> None:
        self._arrivals = 0
        self._alike: Final[dict[str | None, deque[Waiter]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._alike.values()))

    def __bool__(self) -> bool:
        return bool(self._alike)

    def join(self, waiter: Waiter) -> None:
        """Join at the end, or at its previous place if it has been in the line before."""
        alike = self._alike.setdefault(_kind(waiter), deque())
        if waiter.arrival:
            waiter.trip, waiter.turn = None, asyncio.get_running_loop().create_future()
            insort(alike, waiter, key=_arrival)
        else:
            self._arrivals += 1
            waiter.arrival = self._arrivals
            alike.append(waiter)

    def leave(self, waiter: Waiter) -> None:
        """Leave the line. Harmless if its turn has come."""
        kind = _kind(waiter)
        if waiter in self._alike.get(kind, ()):
            self._alike[kind].remove(waiter)
            self._forget_empty(kind)

    def next(self, room: Callable[[Waiter, int], int]) -> list[Waiter]:
        """The first waiter, and as many more with the same statement as there is room for; empty if nobody waits.

        `room` takes the first and the number of those with its statement.
        """
        if not self._alike:
            return []
        kind, alike = min(self._alike.items(), key=_first_arrival)
        served = [alike.popleft() for _ in range(min(room(alike[0], len(alike)), len(alike)))]
        self._forget_empty(kind)
        return served

    def _forget_empty(self, kind: str | None) -> None:
        if not self._alike[kind]:
            del self._alike[kind]


def _kind(waiter: Waiter) -> str | None:
    return waiter.execution.statement if waiter.execution else None


def _arrival(waiter: Waiter) -> int:
    return waiter.arrival


def _first_arrival(item: tuple[str | None, deque[Waiter]]) -> int:
    return item[1][0].arrival
