"""Who waits for a connection."""

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

# Beside others who have less than this left, the rest goes as if they had it.
_LEAST_TIME: Final = 0.1

Turn: TypeAlias = Connection | list[asyncpg.Record] | None


class Execution(NamedTuple):
    """A tenant's statement that may travel together with others, and what it is sent with."""

    statement: str
    arguments: Sequence[Any]
    tenant: UUID


class Company:
    """Calls whose executions are under way together, in the `task`: whoever leaves leaves it to the others, and the last one ends it."""

    task: asyncio.Task[Any]

    def __init__(self, members: Sequence[Waiter]) -> None:
        self.members = members
        for member in members:
            member.trip = self

    def left(self) -> None:
        """A member has left."""
        if all(member.turn.done() for member in self.members):
            self.task.cancel()

    def patience(self) -> float:
        """How many seconds it may take, so that each can still go alone: half of the time that any of them has left."""
        shortest = min(member.until for member in self.members) - perf_counter()
        return max(shortest, _LEAST_TIME) / 2

    def part(self) -> None:
        """Once it is over: the members know the company, too, a circle that would wait for the garbage collector."""
        self.members = ()


class Waiter:
    """A call. Its `turn` comes as a connection to itself, as the rows of its execution, or as None, when it is to try again.

    `until` is its deadline, by `time.perf_counter`; `sent` is whether the execution has ever been under way.
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
        """Its turn has come, unless it has left."""
        if not self.turn.done():
            self.turn.set_result(turn)

    def fail(self, error: BaseException) -> None:
        """Its execution has ended with this error, unless it has left."""
        if not self.turn.done():
            self.turn.set_exception(error)


class Line:
    """First come, first served; who waits to run the same statement stands together, since they can be served together."""

    def __init__(self) -> None:
        self._arrivals = 0
        self._alike: Final[dict[str | None, deque[Waiter]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._alike.values()))

    def __bool__(self) -> bool:
        return bool(self._alike)

    def join(self, waiter: Waiter) -> None:
        """At the end; at its place of before, if it has been in the line."""
        alike = self._alike.setdefault(_kind(waiter), deque())
        if waiter.arrival:
            waiter.trip, waiter.turn = None, asyncio.get_running_loop().create_future()
            insort(alike, waiter, key=_arrival)
        else:
            self._arrivals += 1
            waiter.arrival = self._arrivals
            alike.append(waiter)

    def leave(self, waiter: Waiter) -> None:
        """Harmless if its turn has come."""
        kind = _kind(waiter)
        if waiter in self._alike.get(kind, ()):
            self._alike[kind].remove(waiter)
            self._forget_empty(kind)

    def next(self, room: Callable[[Waiter, int], int]) -> list[Waiter]:
        """The first, and with it as many more of its kind as there is room for; nobody if nobody waits. `room` is given the first and
        the number of those of its kind.
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
