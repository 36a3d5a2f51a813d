"""memdb's adapters compared with the implementations they replace: the same calls on the same server, interleaved in one run.

    make bench-adapters                              # on an embedded server in a temporary folder, ten minutes
    make bench-adapters ARGS="--quick"               # a small run, to see that everything works
    make bench-adapters ARGS="--only store session"  # some of the contracts; printed, but not written to files

A contract (bench/contracts) is a framework's interface with two implementations: memdb's, and the one in common use. Both use the same
database, with the server's durability, and each has a pool of its own with one connection for each task.

In each round, each implementation is called once by one task, or three times in a row by each of 32 concurrent tasks, in random order.
Ratios are memdb's value divided by the other's: memdb is faster where the ratio of p50 is below 1, and that of calls a second above 1. The
spread is the range over five parts of the run. Round trips and statements are counted on the wire. CPU time is this process's. Latency is
added by a proxy in a separate process. On the embedded server, this process is pinned to one core and the server to the others.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import platform
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import asyncpg
from contracts.contract import Contract
from contracts.racing import NEITHER, OURS, THEIRS, Race, Row, Side, spread
from contracts.report import Results, show, write
from measuring import FIGURES, Step, options_of, serving, shown, told_by
from msgspec.structs import replace
from peers.proxies import proxied

import memdb
from memdb import organizations
from memdb.operations.wire import Wire, tapped

# Each in a module of its own, which needs packages of its own; without them, or without memdb's adapter, it is left out.
CONTRACTS: Final = {
    "saver": ("contracts.savers", "Savers"),
    "graph": ("contracts.graphs", "Graphs"),
    "store": ("contracts.stores", "Stores"),
    "session": ("contracts.sessions", "AgentsSessions"),
    "adk": ("contracts.adk", "AdkSessions"),
    "vectors": ("contracts.vectors", "Vectors"),
}
PACKAGES: Final = (
    *("asyncpg", "psycopg", "sqlalchemy", "langgraph", "langgraph-checkpoint", "langgraph-checkpoint-postgres"),
    *("openai-agents", "google-adk", "mem0ai"),
)
TASKS: Final = 32
_COUNTED: Final = 20
LATENCIES: Final = (0.0, 0.001)
SETTINGS: Final = {"max_connections": "200"}


def contracts(only: list[str]) -> tuple[list[Contract], list[str]]:
    """The contracts whose packages are installed, and a line about each of the others."""
    found, missing = [], []
    for name in only:
        module, kind = CONTRACTS[name]
        try:
            found.append(getattr(importlib.import_module(module), kind)())
        except ImportError as error:
            missing.append(f"{kind} were not compared: {error}")
    return found, missing


@asynccontextmanager
async def opened(contract: Contract, ours: str, theirs: str, connections: int) -> AsyncIterator[dict[str, Any]]:
    """The implementations, by name; `ours` and `theirs` are where they connect to."""
    async with memdb.connect(ours, pool_size=connections, timeout=60.0) as db, contract.rival(theirs, connections) as rival:
        organization = await organizations.get_or_create(db.admin(), slug="bench", name="Bench")
        implementations = {OURS: contract.ours(db.tenant(organization.id)), THEIRS: rival, NEITHER: await contract.neither()}
        yield {name: each for name, each in implementations.items() if each is not None}


async def measured(contract: Contract, dsn: str, latency: float, options: argparse.Namespace, step: Step) -> list[Row]:
    rows = []
    with ExitStack() as stack:
        ours, theirs = stack.enter_context(proxied(dsn, latency, 2)) if latency else (dsn, dsn)
        async with opened(contract, ours, theirs, options.tasks) as implementations:
            race = Race(implementations, options.seconds)
            for title, call in contract.calls.items():
                for tasks in (1,) if contract.alone else (1, options.tasks):
                    sides, parts = await race.run(call, tasks)
                    rows.append(
                        Row(
                            contract=contract.title,
                            rival=contract.theirs,
                            call=title,
                            tasks=tasks,
                            latency_ms=latency * 1e3,
                            ours=sides[OURS],
                            theirs=sides[THEIRS],
                            p50_ratio=spread(sides, parts, "p50_ms"),
                            rate_ratio=spread(sides, parts, "per_second"),
                        )
                    )
                step(1)
    return rows


async def count(contract: Contract, dsn: str, rows: list[Row]) -> None:
    """Count what one call sends, onto the first row of each call."""
    async with tapped(dsn) as ours, tapped(dsn) as theirs, opened(contract, ours.dsn, theirs.dsn, 1) as implementations:
        for title, call in contract.calls.items():
            row = next(each for each in rows if each.call == title)
            row.ours = await _counted(row.ours, ours, partial(call, implementations[OURS], 0))
            row.theirs = await _counted(row.theirs, theirs, partial(call, implementations[THEIRS], 0))


async def _counted(side: Side, wire: Wire, call: Callable[[], Awaitable[Any]]) -> Side:
    results = []
    for _ in range(_COUNTED):
        wire.round_trips = wire.statements = 0
        results.append(await call())
    found = statistics.mean(results) if results[0] is not None else None
    return replace(side, round_trips=wire.round_trips, statements=wire.statements, found=found)


async def run(dsn: str, options: argparse.Namespace) -> Results:
    found, missing = contracts(options.only)
    load = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the start"
    rows: list[Row] = []
    with shown("Measuring", len(LATENCIES) * sum(len(each.calls) for each in found)) as step:
        for contract in found:
            async with opened(contract, dsn, dsn, options.tasks) as implementations:
                for name in (OURS, THEIRS):
                    await contract.fill(implementations[name], options.tasks)
            of_contract = [row for latency in LATENCIES for row in await measured(contract, dsn, latency, options, step)]
            await count(contract, dsn, of_contract)
            rows += of_contract
    server = await asyncpg.connect(dsn)
    machine = {**await told_by(server), "Python": platform.python_version(), "load": load, "memdb": version("memdb-pg")}
    await server.close()
    return Results(machine | {name: found for name in PACKAGES if (found := _version(name))}, missing, rows)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def arguments() -> argparse.Namespace:
    parser = options_of(__doc__ or "", "adapters")
    parser.add_argument("--only", nargs="+", choices=CONTRACTS, help="compare only these contracts, and write no files")
    parser.add_argument("--tasks", type=int, default=TASKS, help="number of concurrent tasks; one task alone is measured as well")
    parser.add_argument("--seconds", type=float, default=4.0, help="seconds to spend on each call, all implementations together")
    options = parser.parse_args()
    if options.quick:
        options.tasks, options.seconds = 4, 0.1
    options.writes = not options.quick and options.only is None
    options.only = options.only or list(CONTRACTS)
    return options


async def main(options: argparse.Namespace) -> None:
    async with serving(options.dsn, SETTINGS) as dsn:
        results = await run(dsn, options)
    show(results)
    if options.writes or options.json:
        write(results, options.json or FIGURES / "adapters.json")


if __name__ == "__main__":
    asyncio.run(main(arguments()))
