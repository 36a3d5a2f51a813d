"""A mix of calls that arrive at random: how long each peer's callers wait, depending on the arrival rate.

The load is open: calls arrive as a Poisson process, whether or not earlier calls have been answered. The time of a call starts at its
arrival, so that waiting counts. The mix is 80 % reads (get by key, a list, a context window), 15 % writes (add, append) and 5 % searches.
"""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final

import msgspec
from peers.world import Holder, Peer, World

MIX: Final = {
    "get": 0.40,
    "page": 0.20,
    "window": 0.20,
    "add": 0.08,
    "append": 0.07,
    "vector_search": 0.025,
    "hybrid_search": 0.025,
}
# Of the most calls a second that memdb answers.
SHARES: Final = (0.1, 0.25, 0.5, 0.75, 0.9, 1.1)
ROUNDS: Final = 3
# Callers that each send the next call when they are answered, to find the highest rate.
_CALLERS: Final = 64


class Offered(msgspec.Struct, frozen=True):
    """The calls of a peer at so many a second: how many were answered in a second, and what they took from arrival to answer, in ms."""

    peer: str
    per_second: float
    answered_per_second: float
    calls: int
    p50_ms: float
    p99_ms: float
    p999_ms: float


class Load:
    """Calls of the mix on the rows of one holder."""

    def __init__(self, world: World, holder: Holder, seconds: float) -> None:
        self.world = world
        self.holder = holder
        self.seconds = seconds
        self.dice = random.Random(1)

    async def measure(self, peers: Sequence[Peer], dsn: str, begun: Callable[[str], None]) -> list[Offered]:
        """The first peer's capacity is what the others' loads are shares of; all are offered each load in each round, in random order."""
        async with AsyncExitStack() as stack:
            for peer in peers:
                await stack.enter_async_context(peer.connected(dsn))
            for peer in peers:
                begun(f"{peer.name}, highest rate")
                # The first time statements are prepared and planned.
                _, most = [await self.capacity(peer) for _ in range(2)]
                if peer is peers[0]:
                    loads = [share * most for share in SHARES]
            found: dict[tuple[str, float], list[float]] = {}
            walls: dict[tuple[str, float], float] = {}
            for _ in range(ROUNDS):
                for load in loads:
                    for peer in self.dice.sample(peers, len(peers)):
                        begun(f"{peer.name}, {load:,.0f} a second")
                        key = peer.name, load
                        times, wall = await self.offer(peer, load)
                        found.setdefault(key, []).extend(times)
                        walls[key] = walls.get(key, 0.0) + wall
        return [_told(peer.name, load, found[peer.name, load], walls[peer.name, load]) for peer in peers for load in loads]

    async def capacity(self, peer: Peer) -> float:
        """Calls a second of callers who go on as soon as they are answered."""
        calls = self.calls(peer, 200_000)
        until = time.perf_counter() + self.seconds
        answered = 0

        async def caller() -> None:
            nonlocal answered
            while time.perf_counter() < until:
                await next(calls)()
                answered += 1

        start = time.perf_counter()
        await asyncio.gather(*[caller() for _ in range(_CALLERS)])
        return answered / (time.perf_counter() - start)

    async def offer(self, peer: Peer, per_second: float) -> tuple[list[float], float]:
        """The seconds of each call from its arrival, and those until the last was answered."""
        count = max(1, round(per_second * self.seconds))
        calls = list(self.calls(peer, count))
        times: list[float] = []

        async def answer(call: Callable[[], Awaitable[Any]], arrival: float) -> None:
            await call()
            times.append(time.perf_counter() - arrival)

        gc.collect()
        gc.disable()
        try:
            async with asyncio.TaskGroup() as group:
                arrival = start = time.perf_counter()
                for call in calls:
                    arrival += self.dice.expovariate(per_second)
                    if (early := arrival - time.perf_counter()) > 0:
                        await asyncio.sleep(early)
                    # Late where this process was busy: the call has waited since.
                    group.create_task(answer(call, arrival))
        finally:
            gc.enable()
        return times, time.perf_counter() - start

    def calls(self, peer: Peer, count: int) -> Iterator[Callable[[], Awaitable[Any]]]:
        clients = len(self.holder.written_ids)
        for number, operation in enumerate(self.dice.choices(list(MIX), list(MIX.values()), k=count)):
            given = self.world.given(operation, self.holder)
            yield partial(getattr(peer, operation), self.holder, number % clients, given)


def _told(peer: str, load: float, times: list[float], wall: float) -> Offered:
    times.sort()
    p50, p99, p999 = [times[int(len(times) * share)] * 1e3 for share in (0.5, 0.99, 0.999)]
    return Offered(peer, load, len(times) / wall, len(times), p50, p99, p999)
