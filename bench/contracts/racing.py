"""Interleaved measurement of two implementations of one interface."""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from measuring import p95

from contracts.contract import Call

PARTS: Final = 5
OURS: Final = "memdb"
THEIRS: Final = "theirs"
NEITHER: Final = "neither"
IN_A_ROW: Final = 3
_MOST_ROUNDS: Final = 60 * PARTS
# asyncpg and psycopg have prepared a statement, and PostgreSQL has planned it for any values, from the sixth run on.
_WARMED: Final = 6


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One implementation's calls. `cpu_ms` is this process's, for each call; `round_trips` and `statements` are those of one call, and
    `found` the mean number of results, where they were counted.
    """

    p50_ms: float
    p95_ms: float
    per_second: float
    cpu_ms: float
    round_trips: int | None = None
    statements: int | None = None
    found: float | None = None


class Row(msgspec.Struct, kw_only=True):
    """One call, with so many tasks. Ratios are memdb's to the other's: of p50, and of calls a second, each with the least and the greatest
    among five parts of the run.
    """

    contract: str
    rival: str
    call: str
    tasks: int
    latency_ms: float
    ours: Side
    theirs: Side
    p50_ratio: tuple[float, float, float]
    rate_ratio: tuple[float, float, float]


class Taken:
    """One implementation's time in one part of a run, in seconds; `base` is what of each call is not counted."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.wall = 0.0
        self.cpu = 0.0

    def __add__(self, other: Taken) -> Taken:
        both = Taken()
        both.times = self.times + other.times
        both.wall, both.cpu = self.wall + other.wall, self.cpu + other.cpu
        return both

    def side(self, base: Taken | None) -> Side:
        less = statistics.median(base.times) if base else 0.0
        return Side(
            p50_ms=(statistics.median(self.times) - less) * 1e3,
            p95_ms=(p95(self.times) - less) * 1e3,
            per_second=len(self.times) / (self.wall - less * len(self.times)),
            cpu_ms=(self.cpu - (base.cpu if base else 0.0)) / len(self.times) * 1e3,
        )


class Race:
    """`implementations` by OURS, THEIRS and NEITHER; `seconds` is how long a call of all of them may take, if that leaves a round for each
    part.
    """

    def __init__(self, implementations: Mapping[str, Any], seconds: float) -> None:
        self.implementations = implementations
        self.seconds = seconds
        self.dice = random.Random(1)

    async def run(self, call: Call, tasks: int) -> tuple[dict[str, Side], list[dict[str, Side]]]:
        """What each took, in all and by part."""
        begun = time.perf_counter()
        for number in range(_WARMED):
            started = time.perf_counter()
            await self._round(call, tasks, {name: Taken() for name in self.implementations})
            if number > 0 and time.perf_counter() - begun > self.seconds:
                break
        round_seconds = time.perf_counter() - started
        rounds = PARTS * max(1, min(int(self.seconds / round_seconds), _MOST_ROUNDS) // PARTS)
        parts = [{name: Taken() for name in self.implementations} for _ in range(PARTS)]
        gc.collect()
        gc.disable()
        try:
            for number in range(rounds):
                await self._round(call, tasks, parts[number * PARTS // rounds])
        finally:
            gc.enable()
        total = {name: sum((part[name] for part in parts), Taken()) for name in self.implementations}
        return _sides(total), [_sides(part) for part in parts]

    async def _round(self, call: Call, tasks: int, taken: Mapping[str, Taken]) -> None:
        for name in self.dice.sample(list(taken), len(taken)):
            into, implementation = taken[name], self.implementations[name]

            async def several(task: int, into: Taken = into, implementation: Any = implementation) -> None:
                for _ in range(IN_A_ROW if tasks > 1 else 1):
                    begun = time.perf_counter()
                    await call(implementation, task)
                    into.times.append(time.perf_counter() - begun)

            cpu, wall = time.process_time(), time.perf_counter()
            await asyncio.gather(*[several(task) for task in range(tasks)])
            into.wall += time.perf_counter() - wall
            into.cpu += time.process_time() - cpu


def _sides(taken: Mapping[str, Taken]) -> dict[str, Side]:
    base = taken.get(NEITHER)
    return {name: taken[name].side(base) for name in (OURS, THEIRS)}


def spread(sides: Mapping[str, Side], parts: Sequence[Mapping[str, Side]], field: str) -> tuple[float, float, float]:
    """The ratio of memdb's to the other's, of all and the least and the greatest of the parts."""
    ratio, *ratios = [getattr(each[OURS], field) / getattr(each[THEIRS], field) for each in (sides, *parts)]
    return ratio, min(ratios), max(ratios)
