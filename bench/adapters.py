"""memdb's adapters beside what they stand for: the same calls on the same server, interleaved in one run.

    make bench-adapters                          # on an embedded server in a temporary folder
    make bench-adapters ARGS="--quick"           # a small run, to see that all of it works

LangGraph's checkpointer: MemdbSaver, and AsyncPostgresSaver of langgraph-checkpoint-postgres, each with a connection for each task, both
in one database, with the durability of its server. A checkpoint has a list of 20 messages and three plain channels; a thread has 100 steps.
In each round each saver is called once by every task at the same time, in random order. Ratios are memdb's to the other's: of p50 below 1,
and of calls a second above 1, where memdb is quicker. Added latency is that of a proxy in a process of its own.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any, Final, NamedTuple

import asyncpg
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.base import BaseCheckpointSaver, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import START, MessagesState, StateGraph
from measuring import FIGURES, console, options_of, p95, serving, shown, table, told_by, write
from peers.proxies import proxied
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

import memdb
from memdb import organizations
from memdb.adapters.langgraph import MemdbSaver

OURS: Final = "memdb"
THEIRS: Final = "langgraph-checkpoint-postgres"
STEPS: Final = 100
Saver = BaseCheckpointSaver[str]
Call = Callable[[Saver, str], Awaitable[Any]]


class Figure(NamedTuple):
    """One operation of one saver; times in ms."""

    operation: str
    saver: str
    tasks: int
    latency_ms: float
    p50_ms: float
    p95_ms: float
    per_second: float


def _checkpoint(step: int) -> tuple[Any, dict[str, Any]]:
    messages = [HumanMessage(f"message {n} of step {step}, some words long", id=str(n)) for n in range(20)]
    values = {"messages": messages, "step": step, "done": False, "topic": "weather"}
    versions = {channel: f"{step + 1:032}.{random.random():016}" for channel in values}
    checkpoint = {**empty_checkpoint(), "v": 4, "id": str(uuid6(clock_seq=step)), "channel_values": values, "channel_versions": versions}
    return checkpoint, versions


def _config(thread_id: str) -> Any:
    return {"configurable": {"thread_id": thread_id, "checkpoint_ns": ""}}


async def _put(saver: Saver, thread_id: str) -> None:
    checkpoint, versions = _checkpoint(STEPS)
    await saver.aput(_config(thread_id), checkpoint, {"source": "loop", "step": STEPS, "parents": {}}, versions)


async def _put_writes(saver: Saver, thread_id: str) -> None:
    config = _config(thread_id)
    config["configurable"]["checkpoint_id"] = str(uuid6())
    await saver.aput_writes(config, [("messages", [HumanMessage("hello")]), ("step", 1), ("topic", "rain")], str(uuid6()))


async def _get(saver: Saver, thread_id: str) -> None:
    found = await saver.aget_tuple(_config(thread_id))
    assert found is not None
    assert len(found.checkpoint["channel_values"]["messages"]) == 20


async def _list(saver: Saver, thread_id: str) -> None:
    assert len([each async for each in saver.alist(_config(thread_id), limit=10)]) == 10


# Reading first: what is written makes threads longer.
OPERATIONS: Final[dict[str, Call]] = {"get": _get, "list 10": _list, "put writes": _put_writes, "put": _put}


async def _filled(saver: Saver, threads: int) -> None:
    for thread in range(threads):
        config = _config(f"t{thread}")
        for step in range(STEPS):
            checkpoint, versions = _checkpoint(step)
            config = await saver.aput(config, checkpoint, {"source": "loop", "step": step, "parents": {}}, versions)


async def _measured(savers: dict[str, Saver], call: Call, tasks: int, rounds: int) -> dict[str, tuple[list[float], float]]:
    """The times of each saver's calls and the sum of its rounds, in seconds."""
    times: dict[str, list[float]] = {name: [] for name in savers}
    walls = dict.fromkeys(savers, 0.0)

    async def timed(name: str, thread_id: str) -> None:
        begun = time.perf_counter()
        await call(savers[name], thread_id)
        times[name].append(time.perf_counter() - begun)

    for number in range(-6, rounds):
        for name in random.sample(list(savers), len(savers)):
            begun = time.perf_counter()
            await asyncio.gather(*[timed(name, f"t{task}") for task in range(tasks)])
            walls[name] += time.perf_counter() - begun
        if number < 0:
            for name in savers:
                times[name].clear()
                walls[name] = 0.0
    return {name: (times[name], walls[name]) for name in savers}


async def _graph(savers: dict[str, Saver], rounds: int) -> dict[str, float]:
    """Seconds that a graph of 100 steps takes, less what it takes without a saver."""
    builder = StateGraph(MessagesState)
    names = [f"n{number}" for number in range(STEPS)]
    for before, name in zip([START, *names], names, strict=False):
        builder.add_node(name, lambda state: {"messages": [HumanMessage("hello")]})
        builder.add_edge(before, name)
    graphs = {name: builder.compile(checkpointer=saver) for name, saver in savers.items()} | {"": builder.compile()}
    taken: dict[str, list[float]] = {name: [] for name in graphs}
    for _ in range(rounds):
        for name in random.sample(list(graphs), len(graphs)):
            config: Any = {"configurable": {"thread_id": str(uuid.uuid4())}, "recursion_limit": 2 * STEPS}
            begun = time.perf_counter()
            await graphs[name].ainvoke({"messages": []}, config)
            taken[name].append(time.perf_counter() - begun)
    bare = statistics.median(taken.pop(""))
    return {name: statistics.median(each) - bare for name, each in taken.items()}


async def _run(dsn: str, latency: float, rounds: int, threads: int, *, fill: bool) -> list[Figure]:
    figures: list[Figure] = []
    with ExitStack() as stack:
        ours, theirs = stack.enter_context(proxied(dsn, latency, 2)) if latency else (dsn, dsn)
        kwargs: dict[str, Any] = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
        pool: Any = AsyncConnectionPool(theirs, min_size=threads, max_size=threads, kwargs=kwargs, open=False)
        async with memdb.connect(ours, pool_size=threads, timeout=60.0) as db, pool:
            organization = await organizations.get_or_create(db.admin(), slug="bench", name="B")
            savers: dict[str, Saver] = {OURS: MemdbSaver(db.tenant(organization.id)), THEIRS: AsyncPostgresSaver(pool)}
            if fill:
                await savers[THEIRS].setup()  # type: ignore[attr-defined]
                for saver in savers.values():
                    await _filled(saver, threads)
            for operation, call in OPERATIONS.items():
                for tasks in (1, threads):
                    for name, (times, wall) in (await _measured(savers, call, tasks, rounds if tasks == 1 else rounds // 5)).items():
                        p50, slow = statistics.median(times) * 1e3, p95(times) * 1e3
                        figures.append(Figure(operation, name, tasks, latency * 1e3, p50, slow, len(times) / wall))
            for name, seconds in (await _graph(savers, 3)).items():
                figures.append(Figure(f"graph of {STEPS} steps", name, 1, latency * 1e3, seconds * 1e3, seconds * 1e3, STEPS / seconds))
    return figures


async def main() -> None:
    parser = options_of(__doc__ or "", "adapters")
    options = parser.parse_args()
    rounds, threads = (10, 4) if options.quick else (200, 32)
    latencies = (0.0, 0.001)
    figures: list[Figure] = []
    async with serving(options.dsn, {"max_connections": "200"}) as dsn:
        with shown("Measuring", len(latencies)) as step:
            for number, latency in enumerate(latencies):
                figures += await _run(dsn, latency, rounds, threads, fill=number == 0)
                step(1)
        server = await asyncpg.connect(dsn)
        about = await told_by(server)
        await server.close()
    made = table(
        "LangGraph's checkpointer", "call", "tasks", "added ms", "memdb p50", "theirs", "ratio", "memdb calls/s", "theirs", "ratio"
    )
    for ours in (each for each in figures if each.saver == OURS):
        theirs = next(each for each in figures if each.saver == THEIRS and (each[0], *each[2:4]) == (ours[0], *ours[2:4]))
        made.add_row(
            ours.operation,
            str(ours.tasks),
            f"{ours.latency_ms:.0f}",
            f"{ours.p50_ms:.2f}",
            f"{theirs.p50_ms:.2f}",
            f"{ours.p50_ms / theirs.p50_ms:.2f}",
            f"{ours.per_second:,.0f}",
            f"{theirs.per_second:,.0f}",
            f"{ours.per_second / theirs.per_second:.2f}",
        )
    console.print(made)
    if options.json or not options.quick:
        write(options.json or FIGURES / "adapters.json", {"server": about, "figures": [each._asdict() for each in figures]})


if __name__ == "__main__":
    asyncio.run(main())
