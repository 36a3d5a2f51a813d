"""What grows while a service runs: memory, connections, statements, files, tasks, and the server's memory and tables.

`MEMDB_SOAK_MINUTES` (30) is for how long, `MEMDB_SOAK_JSON` a file for the samples.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import json
import os
import random
import re
import sys
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

import memdb
from memdb import edges, entities, facts, memories, messages, retention
from memdb.engine.database import Database
from memdb.engine.own import QUERIES
from memdb.errors import DeadlineExceeded, ServerUnreachable, TransactionConflict, Unavailable
from tests.faults.soundness import no_leak, sound
from tests.faults.workload import Ground, Journal, Writer, prepare
from tests.server import fetch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

TASKS = 32
POOL = 8
# Their rows stay the same and are changed all the time.
HOT = ("sessions", "quota_slots", "edges", "entities", "organizations")


@dataclass(slots=True)
class Sample:
    """One moment. Memory is in KiB, `second` since the beginning."""

    second: float
    calls: int
    rss: float
    traced: float
    files: int
    tasks: int
    connections: int
    sessions: int
    statements: int
    backends: float
    hot_tables: float


# By how much each may seem to have grown after warming up, whatever was measured; and beyond that, as a share of what there is.
# Statements and hot tables are bounded, see below.
ALLOWED: dict[str, float] = {"rss": 8192, "traced": 128, "files": 0.5, "tasks": 0.5, "connections": 0.5, "sessions": 0.5, "backends": 8192}
SHARE = 0.03


class Unkept(Journal):
    """A journal of which nothing is kept."""

    def __init__(self) -> None:
        pass

    def _write(self, line: dict[str, object]) -> None:
        pass

    def done(self, kind: str, **what: object) -> None:
        pass


class Load:
    """What a service does, over and over."""

    def __init__(self, db: Database, ground: Ground) -> None:
        self._db = db
        self._ground = ground
        self._chance = random.Random(1)
        self.tenant = db.tenant(ground.org_id, actor="soak")
        self.calls = 0
        self._busy = 0
        self._going = asyncio.Event()
        self._going.set()
        writer = Writer(self.tenant, db.admin(ground.org_id), ground, Unkept())
        writes = (writer.change, writer.succeed, writer.batch, writer.talk, writer.know, writer.connect, writer.account, writer.seal)
        reads = (self._read, self._search, self._know, self._scan)
        self._kinds: tuple[Callable[[], Awaitable[None]], ...] = (*writes, writer.together, *reads, *reads)

    async def go_on(self) -> None:
        while True:
            await self._going.wait()
            # Some are given up in the middle.
            seconds = self._chance.expovariate(1 / 0.02) if self._chance.random() < 0.1 else None
            self._busy += 1
            with suppress(TransactionConflict, TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._chance.choice(self._kinds)()
            self._busy -= 1
            self.calls += 1

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """With nothing under way, which would be measured, too."""
        self._going.clear()
        while True:
            await asyncio.gather(*self.tenant._pool._recovering)
            if not self._busy:
                break
            await asyncio.sleep(0.001)
        yield
        self._going.set()

    async def tidy(self) -> None:
        """Forget, so that the tenant has no more data in the end than in the beginning."""
        await memories.clear(self.tenant, everything=True)
        await retention.purge(self._db.admin(self._ground.org_id), deleted_before=datetime.now(UTC))

    async def _read(self) -> None:
        for memory in await memories.page(self.tenant, limit=20):
            await memories.get(self.tenant, id=memory.id)
        await messages.page(self.tenant, session_id=self._ground.session_id, limit=20)

    async def _search(self) -> None:
        await memories.search(self.tenant, agent_id=self._ground.agent_id, text="salt of the sea", limit=5)

    async def _know(self) -> None:
        await facts.retrieve(self.tenant, agent_id=self._ground.agent_id, text="a city", limit=5)
        await edges.neighbours(self.tenant, entity_ids=self._ground.entity_ids[:1])
        await entities.get(self.tenant, id=self._ground.entity_ids[0])

    async def _scan(self) -> None:
        """The beginning of a stream, which is left in the middle; and a call that is too late."""
        stream = memories.scan(self.tenant)
        async for _ in stream:
            break
        await stream.aclose()
        with suppress(DeadlineExceeded, ServerUnreachable, Unavailable):
            await memories.count(self._db.tenant(self._ground.org_id, timeout=0.002))


async def measure(dsn: str, db: Database, load: Load, second: float) -> Sample:
    async with load.paused():
        pool = db._pool
        connections = [await pool.acquire(20) for _ in range(pool._open)]
        statements = [await connection.fetchval("SELECT count(*) FROM pg_prepared_statements") for connection in connections]
        for connection in connections:
            pool.give(connection)
        sample = _sample(dsn, db, load, second, max(statements, default=0))
        await load.tidy()
        return sample


def _sample(dsn: str, db: Database, load: Load, second: float, statements: int) -> Sample:
    ours = "SELECT pid FROM pg_stat_activity WHERE application_name = 'memdb' AND datname = current_database()"
    pids = [pid for (pid,) in fetch(dsn, ours)]
    sizes = ", ".join(f"'memdb.{table}'" for table in HOT)
    ((hot,),) = fetch(dsn, f"SELECT sum(pg_relation_size(c)) FROM unnest(ARRAY[{sizes}]::regclass[]) AS c")
    gc.collect()
    # What was freed goes back to the system, where the C library can be asked for that.
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    return Sample(
        second=round(second, 1),
        calls=load.calls,
        rss=_kib("/proc/self/status", "VmRSS"),
        traced=tracemalloc.get_traced_memory()[0] / 1024,
        files=len(os.listdir("/proc/self/fd")),
        tasks=len(asyncio.all_tasks()),
        connections=db._pool._open,
        sessions=len(pids),
        statements=statements,
        # Without the buffers, which all share.
        backends=sum(_kib(f"/proc/{pid}/smaps_rollup", "Pss_Anon") for pid in pids),
        hot_tables=float(str(hot)) / 1024,
    )


def _kib(file: str, field: str) -> float:
    """0 where it cannot be told: of another machine's server, or of another user's."""
    with suppress(OSError):
        if found := re.search(rf"^{field}:\s+(\d+) kB", Path(file).read_text(), re.MULTILINE):
            return float(found[1])
    return 0.0


def growth(samples: list[Sample], field: str) -> float:
    """By how much it rises from the first sample to the last, going by the median rise over a tenth of them.

    So what rises once counts for little: a table of Python's own, of all names that its modules have, doubles some day, by two megabytes.
    """
    values = np.array([getattr(sample, field) for sample in samples], dtype=float)
    lag = max(len(samples) // 10, 1)
    return float(np.median(values[lag:] - values[:-lag]) * (len(samples) - 1) / lag)


@contextmanager
def traced() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


@pytest.mark.slow
async def test_nothing_grows_while_a_service_runs(dsn: str) -> None:
    minutes = float(os.environ.get("MEMDB_SOAK_MINUTES", "30"))
    ground = await prepare(dsn)
    samples: list[Sample] = []
    with traced():
        async with memdb.connect(dsn, pool_size=POOL, timeout=20.0) as db:
            load = Load(db, ground)
            begin = time.monotonic()
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(load.go_on()) for _ in range(TASKS)]
                while (second := time.monotonic() - begin) < minutes * 60:
                    samples.append(await measure(dsn, db, load, second))
                    await asyncio.sleep(max(2.0, minutes * 60 / 300))
                for task in tasks:
                    task.cancel()
            await sound(load.tenant)
            await no_leak(dsn, POOL + db.admin()._pool._open)
    await no_leak(dsn, 0)
    warm = samples[len(samples) // 3 :]
    report(samples, warm)
    grown = {field: growth(warm, field) for field in ALLOWED}
    means = {field: float(np.mean([getattr(sample, field) for sample in warm])) for field in ALLOWED}
    assert {field: by for field, by in grown.items() if by > ALLOWED[field] + SHARE * means[field]} == {}
    assert max(sample.connections for sample in samples) <= POOL
    assert max(sample.statements for sample in samples) <= len(QUERIES)
    assert max(sample.hot_tables for sample in samples) < 16 * 1024


def report(samples: list[Sample], warm: list[Sample]) -> None:
    if path := os.environ.get("MEMDB_SOAK_JSON"):
        Path(path).write_text(json.dumps([asdict(sample) for sample in samples]))
    calls = warm[-1].calls - warm[0].calls
    print(
        f"\n{samples[-1].second:.0f} s, {samples[-1].calls} calls; after warming up {warm[-1].second - warm[0].second:.0f} s, {calls} calls"
    )
    print(f"{'':12}{'first':>12}{'warm':>12}{'last':>12}{'grown':>12}{'a call':>12}")
    for field in Sample.__dataclass_fields__:
        if field not in ("second", "calls"):
            by = growth(warm, field)
            values = (getattr(samples[0], field), getattr(warm[0], field), getattr(samples[-1], field), by, by / calls)
            print(f"{field:12}" + "".join(f"{value:12.1f}" for value in values[:4]) + f"{values[4]:12.5f}")


@pytest.mark.parametrize("cycles", [50, pytest.param(500, marks=pytest.mark.slow)])
async def test_connecting_and_closing_leaves_nothing(dsn: str, cycles: int) -> None:
    ground = await prepare(dsn)

    async def cycle(times: int) -> None:
        for _ in range(times):
            async with memdb.connect(dsn, pool_size=2) as db:
                await memories.count(db.tenant(ground.org_id))

    await cycle(10)
    with traced():
        await cycle(5)
        gc.collect()
        files, memory = len(os.listdir("/proc/self/fd")), tracemalloc.get_traced_memory()[0]
        await cycle(cycles)
        gc.collect()
        assert len(os.listdir("/proc/self/fd")) == files
        assert tracemalloc.get_traced_memory()[0] - memory < 100 * cycles + 50_000
    assert asyncio.all_tasks() == {asyncio.current_task()}
    await no_leak(dsn, 0)
