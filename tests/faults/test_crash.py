"""Servers and clients that are killed at random moments: what was acknowledged is there, and nothing is there by half."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

import pytest

from tests.faults.clients import at_work, client, done
from tests.faults.servers import killable
from tests.faults.soundness import no_leak
from tests.faults.workload import check, prepare

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds the server's processes in /proc")


@pytest.mark.parametrize("cycles", [3, pytest.param(200, marks=pytest.mark.slow)])
async def test_a_server_killed_at_any_moment(tmp_path: Path, cycles: int) -> None:
    """The same Database goes on once the server is back."""
    chance, journal = random.Random(cycles), tmp_path / "journal"
    with killable() as server:
        ground = await prepare(server.dsn)
        with client(server.dsn, ground, journal, cycles) as process:
            for _ in range(cycles):
                await at_work(process, journal, chance.uniform(0, 0.4))
                server.kill()
                await asyncio.to_thread(server.start)
                await check(server.dsn, ground, journal)
        assert done(journal) > 2 * cycles


@pytest.mark.parametrize("cycles", [3, pytest.param(200, marks=pytest.mark.slow)])
async def test_a_client_killed_at_any_moment(dsn: str, tmp_path: Path, cycles: int) -> None:
    chance, journal = random.Random(cycles), tmp_path / "journal"
    ground = await prepare(dsn)
    for cycle in range(cycles):
        with client(dsn, ground, journal, cycle) as process:
            await at_work(process, journal, chance.uniform(0, 0.4))
        await no_leak(dsn, 0)
        await check(dsn, ground, journal)
    assert done(journal) > 2 * cycles
