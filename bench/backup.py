"""The time, file size and memory that `memdb dump` and `memdb restore` take.

    make bench-backup                                     # on an embedded server in a temporary folder
    make bench-backup ARGS="--memories 100000"

An organization is dumped, and restored under another id, alternately. Each of its memories has about 30 words, an embedding of 384
dimensions, two tags and its history. An organization of half the size is measured first, to show what grows with the size. The commands
run as processes, as a user would run them, so their start is included.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from measuring import started
from rich.console import Console
from rich.progress import track
from rich.table import Table

import memdb
from memdb import agents, memories, organizations
from memdb.memories import NewMemory

DIMENSION: Final = 384
BATCH: Final = 1000
console: Final = Console(width=120)


class Run(NamedTuple):
    """Of one command."""

    seconds: float
    megabytes: float


async def fill(dsn: str, slug: str, count: int) -> None:
    random = np.random.default_rng(1)
    words = [f"{'bcdfghklmnprstvz'[n % 16]}{'aeiou'[n % 5]}{'lmnrst'[n % 6]}{n % 97}" for n in range(3000)]
    async with memdb.connect(dsn, timeout=120) as db:
        organization = await organizations.create(db.admin(), slug=slug, name=slug)
        tenant = db.tenant(organization.id)
        agent = await agents.create(tenant, slug="agent", name="agent")
        for start in track(range(0, count, BATCH), f"filling {slug}", console=console):
            vectors = random.normal(size=(BATCH, DIMENSION)).astype(np.float32)
            items = [
                NewMemory(content=f"{start + at} {' '.join(random.choice(words, 30))}", embedding=vectors[at], tags=["even", "odd"])
                for at in range(min(BATCH, count - start))
            ]
            await memories.add_many(tenant, agent_id=agent.id, items=items)


def run(*arguments: str) -> Run:
    started = time.perf_counter()
    command = [sys.executable, "-c", "from memdb.cli import main; main()", *arguments]
    _, status, used = os.wait4(os.posix_spawn(sys.executable, command, os.environ), 0)
    if status:
        raise SystemExit(os.waitstatus_to_exitcode(status))
    return Run(time.perf_counter() - started, used.ru_maxrss / 1024)


def measure(dsn: str, count: int, rounds: int, folder: Path) -> list[str]:
    slug = f"of-{count}"
    asyncio.run(fill(dsn, slug, count))
    file = folder / f"{slug}.dump"
    dumped, restored = [], []
    for number in range(rounds):
        dumped.append(run("dump", slug, str(file), "--dsn", dsn))
        restored.append(run("restore", str(file), "--dsn", dsn, "--new-id", str(uuid.uuid4()), "--slug", f"{slug}-{number}"))
    cells = [
        f"{statistics.median(each.seconds for each in runs):.1f} s, {max(each.megabytes for each in runs):.0f} MB"
        for runs in (dumped, restored)
    ]
    return [f"{count:,}", f"{file.stat().st_size / 2**20:.1f} MB", *cells]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--memories", type=int, default=20_000, help="memories of the larger organization")
    parser.add_argument("--rounds", type=int, default=3, help="number of runs of each command")
    options = parser.parse_args()
    table = Table("memories", "file", "dump: time, memory", "restore: time, memory")
    with tempfile.TemporaryDirectory(prefix="memdb-bench-") as folder, started(dimension=DIMENSION) as server:
        for count in (options.memories // 2, options.memories):
            table.add_row(*measure(server.dsn, count, options.rounds, Path(folder)))
    console.print(table)


if __name__ == "__main__":
    main()
