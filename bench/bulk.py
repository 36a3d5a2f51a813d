"""The rate at which memories are imported: whether it falls as the table grows, and how it compares with COPY's.

    python bench/bulk.py                         # a million memories, on an embedded server in a temporary folder
    python bench/bulk.py --memories 200000
    python bench/bulk.py --dsn postgresql://...  # a superuser's URL of a database with memdb's schema; the data stays there
    python bench/bulk.py --quick                 # a small run, to see that everything works

First, three ways to add a thousand memories with embeddings are interleaved: `memories.add_many`; a superuser's COPY into the two tables
that hold a memory; and that COPY with a third table, the history. No memory is added twice. Then two tasks, each for an agent of its own,
call `memories.add_many` with ten thousand memories at a time, as an import does. The indexes of `memdb index` are built after an import,
and are not measured here.

Rates are per second of wall-clock time, and per second of the CPU time of client and server together.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import statistics
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
import matplotlib as mpl
import numpy as np
from measuring import FIGURES, Clock, console, options_of, serving, shown, table, told_by, write
from pgvector import HalfVector
from pgvector.asyncpg import register_vector

import memdb
from memdb import agents, memories, organizations
from memdb.engine import codecs
from memdb.memories import NewMemory

mpl.use("Agg")
import matplotlib.pyplot as plt

SETTINGS: Final = {"shared_buffers": "2GB", "max_wal_size": "8GB", "checkpoint_timeout": "15min"}
DIMENSION: Final = 384
TOGETHER: Final = 1_000
ROUNDS: Final = 15
# Until PostgreSQL plans a prepared statement for any values.
WARMED: Final = 6
BATCH: Final = 10_000
TASKS: Final = 2
WORDS: Final = [f"word{number}" for number in range(5_000)]
WAYS: Final = ("memories.add_many", "COPY of memories and embeddings", "COPY of these and versions")


class Batch(NamedTuple):
    """So many memories, each with words of its own, and ids for those who do not make them."""

    items: list[NewMemory]
    ids: list[uuid.UUID]

    @staticmethod
    def made(count: int) -> Batch:
        vectors = np.random.default_rng().standard_normal((count, DIMENSION), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return Batch([NewMemory(content=_text(), embedding=vector) for vector in vectors], [_id() for _ in range(count)])


def _text() -> str:
    return f"{' '.join(random.choices(WORDS, k=random.randint(8, 30)))} {random.getrandbits(60):x}"


def _id() -> uuid.UUID:
    """A UUIDv7, as memdb would make it."""
    return uuid.UUID(int=time.time_ns() // 1_000_000 << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62))


class Importer:
    def __init__(self, owner: asyncpg.Connection, db: memdb.Database, org_id: uuid.UUID, agent_ids: list[uuid.UUID]) -> None:
        self.owner = owner
        self.tenant = db.tenant(org_id, timeout=600.0)
        self.org_id = org_id
        self.agent_ids = agent_ids

    async def add_many(self, batch: Batch, agent: int = 0) -> None:
        await memories.add_many(self.tenant, agent_id=self.agent_ids[agent], items=batch.items)

    async def copy(self, batch: Batch, *, versions: bool) -> None:
        org_id, agent_id, now = self.org_id, self.agent_ids[0], datetime.now(UTC)
        items = list(zip(batch.ids, batch.items, strict=True))
        async with self.owner.transaction():
            columns = ["org_id", "agent_id", "id", "content", "embedded"]
            rows: list[tuple[Any, ...]] = [(org_id, agent_id, id, item.content, True) for id, item in items]
            await self.owner.copy_records_to_table("memories", schema_name="memdb", columns=columns, records=rows)
            columns = ["org_id", "agent_id", "memory_id", "space", "embedding"]
            rows = [(org_id, agent_id, id, 1, HalfVector(item.embedding)) for id, item in items]
            await self.owner.copy_records_to_table("memory_embeddings", schema_name="memdb", columns=columns, records=rows)
            if versions:
                columns = ["org_id", "memory_id", "version", "operation", "category", "status", "content", "confidence", "valid_from"]
                columns += ["tags", "metadata", "labels"]
                rows = [(org_id, id, 1, "create", "factual", "active", item.content, 0.8, now, [], {}, {}) for id, item in items]
                await self.owner.copy_records_to_table("memory_versions", schema_name="memdb", columns=columns, records=rows)


async def compared(importer: Importer, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """For each way, the seconds of each round: wall-clock time and CPU time."""
    ways = (
        importer.add_many,
        lambda batch: importer.copy(batch, versions=False),
        lambda batch: importer.copy(batch, versions=True),
    )
    await importer.add_many(Batch.made(1))
    clock = await Clock.of(importer.owner, owner_too=True)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
    with shown(f"add {TOGETHER:,}", WARMED + rounds) as step:
        for number in range(WARMED + rounds):
            for name, way in random.sample(list(zip(WAYS, ways, strict=True)), len(WAYS)):
                batch = Batch.made(TOGETHER)
                gc.collect()
                gc.disable()
                processor, start = clock.now(), time.perf_counter()
                await way(batch)
                if number >= WARMED:
                    taken[name].append((time.perf_counter() - start, clock.now() - processor))
                gc.enable()
            step(1)
    return taken


async def imported(importer: Importer, count: int) -> list[tuple[int, float, float]]:
    """How many were stored after how many seconds of wall-clock time and of CPU time."""
    await asyncio.gather(*[importer.add_many(Batch.made(1), agent) for agent in range(TASKS)])
    clock = await Clock.of(importer.owner, owner_too=True)
    points = [(0, 0.0, 0.0)]
    batches = iter(range(count // BATCH))
    with shown(f"import {count:,}", count) as step:
        start, processor = time.perf_counter(), clock.now()

        async def task(agent: int) -> None:
            for _ in batches:
                await importer.add_many(await asyncio.to_thread(Batch.made, BATCH), agent)
                points.append((points[-1][0] + BATCH, time.perf_counter() - start, clock.now() - processor))
                step(BATCH)

        await asyncio.gather(*[task(agent) for agent in range(TASKS)])
    return points


def rates(points: list[tuple[int, float, float]]) -> Iterator[tuple[int, float, float]]:
    """The rate in each part of the import, per second of wall-clock time and of CPU time."""
    # Tasks that began together end together.
    each = max(len(points) // 20, 2 * TASKS)
    for at in range(each, len(points), each):
        (before, *began), (now, *ended) = points[at - each], points[at]
        by_clock, by_processor = [(now - before) / (end - begin) for begin, end in zip(began, ended, strict=True)]
        yield now, by_clock, by_processor


async def run(dsn: str, count: int, rounds: int) -> dict[str, Any]:
    owner = await asyncpg.connect(dsn, server_settings={"jit": "off"})
    await register_vector(owner)
    await owner.set_type_codec("jsonb", schema="pg_catalog", encoder=codecs.encode_jsonb, decoder=codecs.decode_jsonb, format="binary")
    async with memdb.connect(dsn, pool_size=TASKS) as db:
        org_id = (await organizations.create(db.admin(), slug=f"bulk-{uuid.uuid4().hex[:12]}", name="Bulk")).id
        of_tasks = [(await agents.create(db.tenant(org_id), slug=f"importer-{number}", name="Importer")).id for number in range(TASKS)]
        importer = Importer(owner, db, org_id, of_tasks)
        taken = await compared(importer, rounds)
        points = await imported(importer, count)
    figures = {
        "compared": taken,
        "imported": points,
        "cores": os.cpu_count(),
        "server": await told_by(owner),
        "dimension": DIMENSION,
    }
    await owner.close()
    return figures


def show(figures: dict[str, Any]) -> None:
    made = table(f"Add {TOGETHER:,}", "by", "ms", "CPU ms", "add_many's rate, as a multiple", "by CPU time")
    ours = [statistics.median(each) for each in zip(*figures["compared"][WAYS[0]], strict=True)]
    for name, rounds in figures["compared"].items():
        wall, processor = [statistics.median(each) for each in zip(*rounds, strict=True)]
        made.add_row(name, f"{wall * 1e3:,.1f}", f"{processor * 1e3:,.1f}", f"{wall / ours[0]:.2f}", f"{processor / ours[1]:.2f}")
    console.print(made)
    made = table("Import", "memories", "a second", "a second of CPU time")
    for there, *by in rates(figures["imported"]):
        made.add_row(f"{there:,}", *[f"{rate:,.0f}" for rate in by])
    console.print(made)


def draw(figures: dict[str, Any], path: Path) -> None:
    figure, axis = plt.subplots(figsize=(8, 4), layout="constrained")
    there, by_clock, by_processor = zip(*rates(figures["imported"]), strict=True)
    axis.plot(there, by_processor, "o-", color="#3b528b", label="per second of CPU time, client and server")
    axis.plot(there, by_clock, "o-", color="#5ec962", label=f"per second of wall-clock time, {TASKS} tasks")
    axis.set(xlabel="memories stored", ylabel="memories per second", xlim=(0, None), ylim=(0, max(*by_clock, *by_processor) * 1.2))
    axis.legend()
    axis.set_title(f"Import of {figures['imported'][-1][0]:,} memories with embeddings of {figures['dimension']} dimensions")
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axis.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axis.grid(alpha=0.3)
    mpl.rcParams["svg.hashsalt"] = "memdb"
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})
    plt.close(figure)


def arguments() -> argparse.Namespace:
    parser = options_of(__doc__ or "", "bulk")
    parser.add_argument("--memories", type=int, default=1_000_000, help="number of memories to import")
    options = parser.parse_args()
    if options.quick:
        options.memories = TASKS * BATCH
    else:
        options.json = options.json or FIGURES / "bulk.json"
    return options


async def main() -> None:
    options = arguments()
    async with serving(options.dsn, SETTINGS) as dsn:
        figures = await run(dsn, options.memories, 2 if options.quick else ROUNDS)
    show(figures)
    if options.json:
        write(options.json, figures)
        draw(figures, options.json)


if __name__ == "__main__":
    asyncio.run(main())
