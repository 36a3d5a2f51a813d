"""Proxies that add latency, in a process of their own so that they take none of the client's time.

python bench/peers/proxies.py DSN SECONDS COUNT prints the DSN of each, and serves until its input ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager

from memdb.operations.wire import tapped


@contextmanager
def proxied(dsn: str, latency: float, count: int) -> Iterator[list[str]]:
    """The DSNs of so many proxies; `latency` in seconds for each round trip."""
    command = [sys.executable, __file__, dsn, str(latency), str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if hasattr(os, "sched_setaffinity"):
            # Beside the server, not the client, where the client is pinned.
            others = set(range(os.cpu_count() or 1)) - os.sched_getaffinity(0)
            os.sched_setaffinity(process.pid, others or os.sched_getaffinity(0))
        # Before the server's backends: else a message waits for a turn of each of those that are busy.
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, -10)
        yield [process.stdout.readline().strip() for _ in range(count)]
        process.stdin.close()


async def main() -> None:
    dsn, latency, count = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    async with AsyncExitStack() as stack:
        for _ in range(count):
            wire = await stack.enter_async_context(tapped(dsn, latency=latency))
            print(wire.dsn, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
