"""Interleaved measurement of the peers' operations."""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final

import msgspec
from peers.ours import Memdb
from peers.world import SEARCHES, Holder, Peer, World

from memdb.operations.wire import Wire, tapped

PARTS: Final = 5
RECALLED: Final = 20
_MOST_ROUNDS: Final = 60 * PARTS
# asyncpg and psycopg have prepared a statement, and PostgreSQL has planned it for any values, from the sixth run on.
_WARMED: Final = 6


class Figure(msgspec.Struct, kw_only=True):
    """One operation of one peer. Times are in ms; `ratio` is memdb's median divided by the peer's, `least` and `greatest` its range.

    `round_trips`, `statements`, `peak_kib` (what one call allocates at most), `rows` and `recall` are counted for one client.
    """

    operation: str
    peer: str
    memories: int
    clients: int
    latency_ms: float
    indexed: bool
    calls: int
    p50_ms: float
    p99_ms: float
    per_second: float
    cpu_ms: float
    ratio: float
    least: float
    greatest: float
    round_trips: int | None = None
    statements: int | None = None
    peak_kib: int | None = None
    rows: float | None = None
    recall: float | None = None


class Setting(msgspec.Struct, frozen=True):
    """Under what an operation is measured."""

    operation: str
    holder: Holder
    clients: int
    latency: float
    indexed: bool


class Taken:
    """The times of one peer's calls of one operation, in seconds."""

    def __init__(self) -> None:
        self.parts: list[list[float]] = [[] for _ in range(PARTS)]
        self.wall = 0.0
        self.cpu = 0.0

    def all(self) -> list[float]:
        return sorted(each for part in self.parts for each in part)

    def told(self, setting: Setting, peer: str, ours: Taken) -> Figure:
        times = self.all()
        ratios = [statistics.median(mine) / statistics.median(theirs) for mine, theirs in zip(ours.parts, self.parts, strict=True)]
        return Figure(
            operation=setting.operation,
            peer=peer,
            memories=setting.holder.size,
            clients=setting.clients,
            latency_ms=setting.latency * 1e3,
            indexed=setting.indexed,
            calls=len(times),
            p50_ms=statistics.median(times) * 1e3,
            p99_ms=times[int(len(times) * 0.99)] * 1e3,
            per_second=len(times) / self.wall,
            cpu_ms=self.cpu / len(times) * 1e3,
            ratio=statistics.median(ours.all()) / statistics.median(times),
            least=min(ratios),
            greatest=max(ratios),
        )


class Bench:
    """`seconds` is how long the calls of all peers of an operation may take, if that leaves a round for each part."""

    def __init__(self, world: World, seconds: float) -> None:
        self.world = world
        self.seconds = seconds
        self.figures: list[Figure] = []
        self.dice = random.Random(1)

    async def compare(
        self, peers: Sequence[Peer], dsns: Sequence[str], settings: Iterable[Setting], begun: Callable[[Setting], None]
    ) -> None:
        async with AsyncExitStack() as stack:
            for peer, dsn in zip(peers, dsns, strict=True):
                await stack.enter_async_context(peer.connected(dsn))
            for setting in settings:
                begun(setting)
                self.figures += await self.measure([peer for peer in peers if hasattr(peer, setting.operation)], setting)

    async def measure(self, peers: list[Peer], setting: Setting) -> list[Figure]:
        round_seconds = sum([await self.warm_up(peer, setting) for peer in peers])
        rounds = PARTS * max(1, min(int(self.seconds / round_seconds), _MOST_ROUNDS) // PARTS)
        taken = {peer.name: Taken() for peer in peers}
        gc.collect()
        gc.disable()
        try:
            for number in range(rounds):
                self.dice.shuffle(peers)
                for peer in peers:
                    given = await self.given(peer, setting)
                    into = taken[peer.name]
                    cpu, start = time.process_time(), time.perf_counter()
                    into.parts[number * PARTS // rounds] += await self.block(peer, setting, given)
                    into.wall += time.perf_counter() - start
                    into.cpu += time.process_time() - cpu
        finally:
            gc.enable()
        figures = []
        for peer in peers:
            figure = taken[peer.name].told(setting, peer.name, taken[Memdb.name])
            if setting.clients == 1:
                figure.peak_kib = await self.allocated(peer, setting)
            figures.append(figure)
        return figures

    async def warm_up(self, peer: Peer, setting: Setting) -> float:
        """Until statements are prepared and planned, or the time is up; the seconds of the last block."""
        begun = time.perf_counter()
        for _ in range(_WARMED):
            given = await self.given(peer, setting)
            start = time.perf_counter()
            await self.block(peer, setting, given)
            end = time.perf_counter()
            if end - begun > self.seconds:
                break
        return end - start

    async def given(self, peer: Peer, setting: Setting) -> list[Any]:
        """What a block works on: a call for each client, made before the clock runs."""
        count = setting.clients
        if setting.operation == "delete":
            return await peer.stock(setting.holder, count)
        return [self.world.given(setting.operation, setting.holder) for _ in range(count)]

    async def block(self, peer: Peer, setting: Setting, given: list[Any]) -> list[float]:
        """A call for each of what is given, all at once; the seconds of each."""
        call = getattr(peer, setting.operation)
        times = []

        async def timed(client: int, argument: Any) -> None:
            start = time.perf_counter()
            await call(setting.holder, client, argument)
            times.append(time.perf_counter() - start)

        if len(given) == 1:
            await timed(0, given[0])
        else:
            await asyncio.gather(*[timed(client, argument) for client, argument in enumerate(given)])
        return times

    async def count(self, peers: Sequence[Peer], dsn: str, settings: Sequence[Setting], begun: Callable[[Setting], None]) -> None:
        """What does not depend on time, onto the figures of these settings."""
        figures = {(each.peer, each.operation, each.memories, each.clients, each.latency_ms, each.indexed): each for each in self.figures}
        async with AsyncExitStack() as stack:
            wires = {}
            for peer in peers:
                wires[peer.name] = await stack.enter_async_context(tapped(dsn))
                await stack.enter_async_context(peer.connected(wires[peer.name].dsn))
            for setting in settings:
                begun(setting)
                for peer in peers:
                    size, latency = setting.holder.size, setting.latency * 1e3
                    key = (peer.name, setting.operation, size, setting.clients, latency, setting.indexed)
                    if key in figures:
                        await self.count_one(figures[key], peer, setting, wires[peer.name])

    async def count_one(self, figure: Figure, peer: Peer, setting: Setting, wire: Wire) -> None:
        for _ in range(3):
            given = await self.given(peer, setting)
            wire.round_trips = wire.statements = 0
            await self.block(peer, setting, given)
        figure.round_trips, figure.statements = wire.round_trips, wire.statements
        if setting.operation in SEARCHES:
            await self.find(figure, peer, setting)

    async def allocated(self, peer: Peer, setting: Setting) -> int:
        """What a call allocates at most, in KiB."""
        given = await self.given(peer, setting)
        tracemalloc.start()
        await self.block(peer, setting, given)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak // 1024

    async def find(self, figure: Figure, peer: Peer, setting: Setting) -> None:
        rows, recalls = [], []
        for _ in range(RECALLED):
            asked = self.world.given(setting.operation, setting.holder)
            ids = peer.ids(await getattr(peer, setting.operation)(setting.holder, 0, asked))
            rows.append(len(ids))
            if setting.operation == "vector_search":
                nearest = self.world.nearest(setting.holder, asked.embedding)
                recalls.append(len(nearest.intersection(ids)) / len(nearest))
        figure.rows = statistics.mean(rows)
        figure.recall = statistics.mean(recalls) if recalls else None
