"""What memdb costs: each operation through memdb and as the same work on bare asyncpg, interleaved in one process.

    make bench                                        # on the embedded server
    make bench ARGS="--dsn postgresql://... --rounds 3000"

The floor runs the same statement text on one bare connection as a superuser: no pool, no row-level security, no checks, no deadline, and
the records as they come. "tenant pattern" is what services commonly write instead: a pool, a transaction, set_config and the statement.
Times are medians and 99th percentiles; read the ratios, which are of medians of one run. The second part repeats all of it behind a proxy
that counts round trips on the wire and adds latency to each.

On the embedded server this process is pinned to one core and the server to the others: where the scheduler happens to put two backends of
one server can make either of them look twice as slow.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

import memdb
from memdb import agents, codecs, embedded, memories, organizations
from memdb.database import Tenant
from memdb.memories import NewMemory
from memdb.query import Query
from memdb.wire import Wire, tapped

MEMORIES: Final = 2_000
BATCH: Final = 1_000
console: Final = Console(width=120)

Call = Callable[[], Awaitable[Any]]


class Arm(NamedTuple):
    """One way to do an operation, and the wire that it goes over."""

    name: str
    call: Call
    wire: Wire


class Operation(NamedTuple):
    """An operation, its arms (the floor first), and how often it runs compared with the others."""

    name: str
    arms: Sequence[Arm]
    share: float = 1.0


class Bench:
    """One tenant, an agent that is read and one that is written to, and the three ways to reach them."""

    def __init__(
        self,
        tenant: Tenant,
        reader_id: uuid.UUID,
        writer_id: uuid.UUID,
        floor: asyncpg.Connection,
        pool: asyncpg.Pool,
        wires: dict[str, Wire],
    ) -> None:
        self.tenant = tenant
        self.reader_id = reader_id
        self.writer_id = writer_id
        self.floor = floor
        self.pool = pool
        self.wires = wires
        self.random = random.Random(1)
        self.numbers = np.random.default_rng(1)

    def vector(self) -> Any:
        return self.numbers.normal(size=self.tenant.dimension).astype(np.float32)

    async def fill(self) -> None:
        items = [NewMemory(content=f"memory {n} {uuid.uuid4()}", embedding=self.vector()) for n in range(MEMORIES)]
        for at in range(0, MEMORIES, BATCH):
            await memories.add_many(self.tenant, agent_id=self.reader_id, items=items[at : at + BATCH])
        self.ids = [memory.id for memory in await memories.page(self.tenant, agent_id=self.reader_id, limit=1000)]
        # The planner's statistics, as autovacuum would have gathered them a minute later.
        await self.floor.execute("ANALYZE")

    def arms(self, query: Query[..., Any], arguments: Callable[[], dict[str, Any]], ours: Call) -> list[Arm]:
        def unchecked() -> list[Any]:
            given = {"org_id": self.tenant.org_id, "actor": None, "space": 1, **arguments()}
            return [given[name] for name in query.parameters]

        async def bare() -> Any:
            return await self.floor.fetch(query.statement, *unchecked())

        async def pattern() -> Any:
            async with self.pool.acquire() as connection, connection.transaction():
                await connection.execute("SELECT set_config('memdb.org_id', $1, true)", str(self.tenant.org_id))
                return await connection.fetch(query.statement, *unchecked())

        return [
            Arm("bare asyncpg", bare, self.wires["floor"]),
            Arm("memdb", ours, self.wires["memdb"]),
            Arm("tenant pattern", pattern, self.wires["pattern"]),
        ]

    def operations(self) -> list[Operation]:
        filters = ("user_id", "session_id", "category", "tags", "metadata", "as_of", "since", "until")
        bounds = ("min_similarity", "after_score", "after_id")
        scope = dict.fromkeys((*filters, *bounds)) | {"limit": 10, "plan_for_values": False}
        page = dict.fromkeys(("category", "tag", "as_of", "since", "until", "before")) | {"status": "active", "limit": 50}
        agent = {"agent_id": self.reader_id}

        defaults = memories.insert.defaults

        def new() -> dict[str, Any]:
            return {"agent_id": self.writer_id, "content": f"new {self.random.random()}", "embedding": self.vector()}

        def key() -> uuid.UUID:
            return self.random.choice(self.ids)

        async def bare_many() -> None:
            given = [{"org_id": self.tenant.org_id, "actor": None, "space": 1, **defaults, **new()} for _ in range(BATCH)]
            rows = [[each[name] for name in memories.insert.parameters] for each in given]
            async with self.floor.transaction():
                await self.floor.fetchmany(memories.insert.statement, rows)

        async def our_many() -> None:
            given = [new() for _ in range(BATCH)]
            items = [NewMemory(content=each["content"], embedding=each["embedding"]) for each in given]
            await memories.add_many(self.tenant, agent_id=self.writer_id, items=items)

        return [
            Operation(
                "get by key", self.arms(memories.get, lambda: {"id": key(), "as_of": None}, lambda: memories.get(self.tenant, id=key()))
            ),
            Operation(
                "list of 50",
                self.arms(memories.page_of_agent, lambda: {**agent, **page}, lambda: memories.page(self.tenant, agent_id=self.reader_id)),
                0.4,
            ),
            Operation(
                "vector search of 10",
                self.arms(
                    memories.nearest_exact,
                    lambda: {**agent, **scope, "embedding": self.vector()},
                    lambda: memories.search(self.tenant, agent_id=self.reader_id, embedding=self.vector()),
                ),
                0.1,
            ),
            Operation(
                "add one", self.arms(memories.insert, lambda: {**defaults, **new()}, lambda: memories.add(self.tenant, **new())), 0.2
            ),
            Operation(
                "add 1,000",
                [Arm("bare asyncpg", bare_many, self.wires["floor"]), Arm("memdb", our_many, self.wires["memdb"])],
                0.003,
            ),
        ]


async def measure(operations: Sequence[Operation], rounds: int, title: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in ("operation", "way"):
        table.add_column(column)
    for column in ("p50 µs", "p99 µs", "ratio", "round trips"):
        table.add_column(column, justify="right")
    for operation in operations:
        repeats = max(int(rounds * operation.share), 5)
        for arm in operation.arms:
            for _ in range(10 if repeats > 10 else 1):
                await arm.call()
        times: dict[str, list[float]] = {arm.name: [] for arm in operation.arms}
        trips: dict[str, int] = {}
        order = list(operation.arms)
        for _ in track(range(repeats), description=f"{title}: {operation.name}", console=console, transient=True):
            random.shuffle(order)
            for arm in order:
                arm.wire.round_trips = 0
                start = time.perf_counter()
                await arm.call()
                times[arm.name].append(time.perf_counter() - start)
                trips[arm.name] = arm.wire.round_trips
        floor = statistics.median(times[operation.arms[0].name])
        for arm in operation.arms:
            taken = sorted(times[arm.name])
            median = statistics.median(taken)
            counted = str(trips[arm.name]) if trips[arm.name] else "–"
            table.add_row(
                operation.name if arm is operation.arms[0] else "",
                arm.name,
                f"{median * 1e6:,.0f}",
                f"{taken[int(len(taken) * 0.99)] * 1e6:,.0f}",
                f"{median / floor:.2f}",
                counted,
            )
        table.add_section()
    return table


async def run(dsn: str, rounds: int, latency: float, *, through_proxy: bool) -> Table:
    """One part: direct (nothing can count round trips there), or through proxies that count and add latency."""
    async with AsyncExitStack() as stack:
        wires = {}
        for name in ("memdb", "floor", "pattern"):
            wires[name] = await stack.enter_async_context(tapped(dsn, latency=latency)) if through_proxy else Wire(dsn, 0.0)

        async def ready(connection: asyncpg.Connection) -> None:
            for name, schema, encoder, decoder in (
                ("jsonb", "pg_catalog", codecs.encode_jsonb, codecs.decode_jsonb),
                ("halfvec", "public", codecs.encode_halfvec, codecs.decode_halfvec),
            ):
                await connection.set_type_codec(name, schema=schema, encoder=encoder, decoder=decoder, format="binary")
            await connection.set_builtin_type_codec("tenant", schema="memdb", codec_name="uuid", format="binary")

        settings = {"jit": "off"}
        floor = await asyncpg.connect(wires["floor"].dsn, server_settings=settings)
        stack.push_async_callback(floor.close)
        await ready(floor)
        pool = await stack.enter_async_context(
            asyncpg.create_pool(wires["pattern"].dsn, min_size=1, max_size=4, init=ready, server_settings={**settings, "role": "memdb_app"})
        )
        db = await stack.enter_async_context(memdb.connect(wires["memdb"].dsn, timeout=60.0))
        organization = await organizations.create(db.admin(), slug=f"bench-{uuid.uuid4().hex[:12]}", name="Bench")
        tenant = db.tenant(organization.id)
        reader, writer = [await agents.create(tenant, slug=slug, name=slug) for slug in ("reader", "writer")]
        bench = Bench(tenant, reader.id, writer.id, floor, pool, wires)
        with console.status(f"storing {MEMORIES:,} memories"):
            await bench.fill()
        title = f"{latency * 1000:g} ms added per round trip" if through_proxy else "direct"
        return await measure(bench.operations(), rounds, title)


def pin_apart(folder: Path) -> None:
    """This process on the first core, the server of `folder` and the backends that it will start on the others, where there are others."""
    if hasattr(os, "sched_setaffinity") and len(cores := sorted(os.sched_getaffinity(0))) > 1:
        os.sched_setaffinity(int((folder / "postgres" / "postmaster.pid").read_text().split()[0]), cores[1:])
        os.sched_setaffinity(0, cores[:1])


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dsn", help="a superuser's postgresql:// URL with memdb's schema; else the embedded server")
    parser.add_argument("--rounds", type=int, default=2000, help="repetitions of the quickest operation")
    parser.add_argument("--latency", type=float, default=1.0, help="milliseconds that the second part adds to a round trip")
    options = parser.parse_args()
    folder = Path(".memdb/bench")
    server = None if options.dsn else await asyncio.to_thread(embedded.start, folder)
    try:
        if server is not None:
            pin_apart(folder)
        dsn = options.dsn or server.dsn  # type: ignore[union-attr]
        console.print(await run(dsn, options.rounds, 0.0, through_proxy=False))
        console.print(await run(dsn, options.rounds // 4, options.latency / 1000, through_proxy=True))
    finally:
        if server is not None:
            server.leave()


if __name__ == "__main__":
    asyncio.run(main())
