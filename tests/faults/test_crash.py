"""Servers and clients that are killed at random moments: what was acknowledged is there, and nothing is there by half."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from tests.faults.servers import killable
from tests.faults.soundness import no_leak
from tests.faults.workload import Ground, check, lines, prepare, work

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds the server's processes in /proc")

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.faults.workload"])


@contextmanager
def _client(dsn: str, ground: Ground, journal: Path, seed: int) -> Iterator[BaseProcess]:
    process = _processes.Process(target=work, args=(dsn, ground, journal, seed), daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


async def _at_work(process: BaseProcess, journal: Path, seconds: float) -> None:
    """Once the client has written something more, wait for `seconds`."""
    before = len(lines(journal))
    async with asyncio.timeout(30):
        while len(lines(journal)) <= before + 1:
            assert process.is_alive()
            await asyncio.sleep(0.01)
    await asyncio.sleep(seconds)
    assert process.is_alive()


@pytest.mark.parametrize("cycles", [10, pytest.param(200, marks=pytest.mark.slow)])
async def test_a_server_killed_at_any_moment(tmp_path: Path, cycles: int) -> None:
    """The same Database goes on once the server is back."""
    chance, journal = random.Random(cycles), tmp_path / "journal"
    with killable() as server:
        ground = await prepare(server.dsn)
        with _client(server.dsn, ground, journal, cycles) as client:
            for _ in range(cycles):
                await _at_work(client, journal, chance.uniform(0, 0.4))
                server.kill()
                await asyncio.to_thread(server.start)
                await check(server.dsn, ground, lines(journal))
        assert sum("done" in line for line in lines(journal)) > 2 * cycles


@pytest.mark.parametrize("cycles", [10, pytest.param(200, marks=pytest.mark.slow)])
async def test_a_client_killed_at_any_moment(dsn: str, tmp_path: Path, cycles: int) -> None:
    chance, journal = random.Random(cycles), tmp_path / "journal"
    ground = await prepare(dsn)
    for cycle in range(cycles):
        with _client(dsn, ground, journal, cycle) as client:
            await _at_work(client, journal, chance.uniform(0, 0.4))
        await no_leak(dsn, 0)
        await check(dsn, ground, lines(journal))
    assert sum("done" in line for line in lines(journal)) > 2 * cycles
