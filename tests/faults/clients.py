"""Processes that write until they are killed."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.faults.workload import Ground, work

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.faults.workload"])


@contextmanager
def client(dsn: str, ground: Ground, journal: Path, seed: int) -> Iterator[BaseProcess]:
    """A client at work, until the block is left."""
    process = _processes.Process(target=work, args=(dsn, ground, journal, seed), daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def done(journal: Path) -> int:
    """How much was acknowledged."""
    return journal.read_bytes().count(b'"done"') if journal.exists() else 0


async def at_work(process: BaseProcess, journal: Path, seconds: float) -> None:
    """Once something more was acknowledged, wait for `seconds`."""
    before = done(journal)
    async with asyncio.timeout(30):
        while done(journal) == before:
            assert process.is_alive()
            await asyncio.sleep(0.01)
    await asyncio.sleep(seconds)
    assert process.is_alive()
