"""memdb compared with other libraries: the same operations on the same data, interleaved in one run.

    make bench                                        # on an embedded server in a temporary folder, three quarters of an hour
    make bench ARGS="--quick"                         # a small run, to see that everything works
    python bench/side_by_side.py --dsn postgresql://...  # a superuser's URL of a database with memdb's schema; data is added to it

The peers (bench/peers) are bare asyncpg as a superuser with memdb's SQL (the floor), psycopg 3 and aiosql with the same SQL, SQLAlchemy's
ORM as services commonly use it, and the stores of LangGraph, mem0 and arandu. Each is used through its own interface and has a pool of its
own, with one connection for each client. Three tenants share each peer's tables.

In each round, every peer is called in random order, by one client or by all clients concurrently. Ratios are memdb's median divided by the
peer's: below 1, memdb is faster. The spread is the range over five parts of the run. Round trips and statements are counted on the wire.
CPU time is this process's.

Many tasks on few connections are measured separately: memdb with and without group commit, and asyncpg's pool; likewise the latency of
calls of all kinds that arrive at random (bench/offered.py). Latency is added by a proxy in a separate process. On the embedded server,
this process is pinned to one core and the server to the others.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import asyncpg
import uvloop
from comparing import Bench, Setting
from measuring import serving
from offered import Load
from peers.ours import Grouped, Memdb
from peers.proxies import proxied
from peers.statements import Aiosql, Bare, BarePool, Copy, Psycopg, recorded
from peers.world import INDEXED, KNOWING, OPERATIONS, Peer, World
from pgvector.asyncpg import register_vector
from report import SHARED, Results, write
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import memdb
from memdb import indexes
from memdb.engine import codecs

SIZES: Final = (100, KNOWING, 40_000)
CLIENTS: Final = 32
# Tasks that share the connections of one pool, and what they do.
CROWD: Final = 128
CONNECTIONS: Final = 4
CROWDED: Final = ("get", "page", "add")
LATENCY: Final = 0.001
SETTINGS: Final = {"max_connections": "400", "shared_buffers": "2GB"}
# Each in a module of its own, which needs packages of its own.
OTHERS: Final = {
    "SQLAlchemy": ("peers.orm", "Orm"),
    "LangGraph": ("peers.stores", "LangGraph"),
    "mem0": ("peers.stores", "Mem0"),
    "arandu": ("peers.arandu_client", "Arandu"),
}
PACKAGES: Final = (
    *("memdb", "asyncpg", "aiosql", "psycopg", "sqlalchemy", "pgvector", "langgraph-checkpoint-postgres", "mem0ai", "arandu", "uvloop"),
)
FOLDER: Final = Path(__file__).resolve().parents[1] / "docs/benchmarks"
console: Final = Console(width=140)


def others(world: World, clients: int) -> tuple[list[Peer], list[str]]:
    """The peers whose packages are installed, and a line about each of the others."""
    found, missing = [], []
    for name, (module, kind) in OTHERS.items():
        try:
            found.append(getattr(importlib.import_module(module), kind)(world, clients))
        except ImportError as error:
            missing.append(f"{name} was not compared: {error}")
    return found, missing


@contextmanager
def shown(title: str, total: int) -> Iterator[Callable[[Setting], None]]:
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda of: progress.update(
            task, advance=1, description=f"{OPERATIONS[of.operation]}, of {of.holder.size:,} memories, {of.clients} at once"
        )


def settings(
    world: World, operations: Iterable[str], clients: Sequence[int], *, latency: float = 0.0, indexed: bool = False
) -> list[Setting]:
    return [
        Setting(operation, holder, count, latency, indexed)
        for operation in operations
        for count in clients
        for holder in world.holders
        if operation != "retrieve" or holder is world.knowing
        if operation != "add_many" or count == 1
    ]


async def run(dsn: str, options: argparse.Namespace) -> Results:
    world = World(options.sizes, options.facts)
    owner = await asyncpg.connect(dsn, timeout=60.0, server_settings={"maintenance_work_mem": "1GB"})
    await register_vector(owner)
    codec: dict[str, Any] = {"encoder": codecs.encode_jsonb, "decoder": codecs.decode_jsonb, "format": "binary"}
    await owner.set_type_codec("jsonb", schema="pg_catalog", **codec)
    ours = Memdb(world, options.clients)
    rivals, missing = others(world, options.clients)
    for peer in (ours, *rivals):
        with console.status(f"storing {sum(options.sizes):,} memories in {peer.name}"):
            async with peer.connected(dsn):
                await peer.fill(owner)
    filled = await owner.fetchval("SELECT clock_timestamp()")
    bench = Bench(world, options.seconds)

    async def all_peers() -> list[Peer]:
        statements = await recorded(dsn, world)
        same = [kind(world, options.clients, statements) for kind in (Bare, Psycopg, Aiosql)]
        return [ours, *same, Copy(world, options.clients), *rivals]

    async def part(title: str, peers: Sequence[Peer], asked: Sequence[Setting], dsns: Sequence[str]) -> None:
        with shown(title, len(asked)) as begun:
            await bench.compare(peers, dsns, asked, begun)

    async def counted(peers: Sequence[Peer], asked: Sequence[Setting]) -> None:
        alone = [each for each in asked if each.clients == 1]
        with shown("counting", len(alone)) as begun:
            await bench.count(peers, dsn, alone, begun)

    peers = await all_peers()
    both = (1, options.clients)
    direct = settings(world, options.operations, both)
    await part("direct", peers, direct, [dsn] * len(peers))
    crowd = Bench(world, options.seconds)
    sharing = [Memdb(world, CONNECTIONS), Grouped(world, CONNECTIONS), BarePool(world, CONNECTIONS, await recorded(dsn, world))]
    crowded = settings(world, [each for each in CROWDED if each in options.operations], (1, options.clients, CROWD))
    with shown(f"on {CONNECTIONS} connections", len(crowded)) as begun:
        await crowd.compare(sharing, [dsn] * len(sharing), crowded, begun)
    with Progress(TextColumn("a mix of calls: {task.description}"), TimeElapsedColumn(), console=console, transient=True) as progress:
        mixed = progress.add_task("")
        load = Load(world, world.knowing, options.seconds)
        offered = await load.measure(sharing, dsn, lambda what: progress.update(mixed, description=what))
    await counted(peers, direct)
    with ExitStack() as stack:
        dsns = stack.enter_context(proxied(dsn, LATENCY, len(peers)))
        await part("1 ms added", peers, settings(world, options.operations, both, latency=LATENCY), dsns)
    with console.status("memdb index"):
        # What all clients of memdb's tables have added would be most of what is indexed.
        await owner.execute("DELETE FROM memdb.memories WHERE created_at > $1", filled)
        await owner.execute("VACUUM ANALYZE memdb.memories, memdb.memory_embeddings")
        async with memdb.connect(dsn, admin_role=None) as db:
            await indexes.build(db.admin(timeout=86_400.0))
    peers = await all_peers()
    indexed = settings(world, [each for each in INDEXED if each in options.operations], both, indexed=True)
    await part("with memdb's indexes", peers, indexed, [dsn] * len(peers))
    await counted(peers, indexed)
    machine = {
        "PostgreSQL": (await owner.fetchval("SHOW server_version")).split()[0],
        **{name: await owner.fetchval(f"SHOW {name}") for name in ("fsync", "shared_buffers")},
        "Python": platform.python_version(),
        "event loop": type(asyncio.get_running_loop()).__module__.split(".")[0],
        "processor": processor(),
        "cores": os.cpu_count(),
        **{name: found for name in PACKAGES if (found := package_version(name))},
    }
    await owner.close()
    return Results({**machine, SHARED: CONNECTIONS}, missing, bench.figures, crowd.figures, offered)


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def package_version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dsn", help="a superuser's postgresql:// URL of a database with memdb's schema (default: an embedded server)")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="memories of each tenant")
    parser.add_argument("--facts", type=int, default=2_000, help="number of facts")
    parser.add_argument("--clients", type=int, default=CLIENTS, help="number of concurrent clients; one client alone is measured as well")
    parser.add_argument("--operations", nargs="+", choices=OPERATIONS, default=list(OPERATIONS), help="measure only these operations")
    parser.add_argument("--seconds", type=float, default=1.2, help="seconds to spend on each operation, all peers together")
    parser.add_argument("--uvloop", action="store_true", help="run on uvloop instead of asyncio's event loop")
    parser.add_argument("--out", type=Path, help="the folder for the results (default: docs/benchmarks)")
    parser.add_argument("--quick", action="store_true", help="100 and 2,000 memories, few rounds; no files without --out")
    options = parser.parse_args()
    if options.quick:
        options.sizes, options.seconds = SIZES[:2], 0.2
    else:
        options.out = options.out or FOLDER
    return options


async def main(options: argparse.Namespace) -> Results:
    async with serving(options.dsn, SETTINGS) as dsn:
        return await run(dsn, options)


if __name__ == "__main__":
    options = arguments()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if options.uvloop else None) as runner:
        results = runner.run(main(options))
    write(results, options.out, "uvloop" if options.uvloop else "", console)
