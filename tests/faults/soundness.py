"""What must hold after a fault, and what makes faults."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import psycopg

from memdb import memories
from memdb.engine.database import Tenant
from tests.server import fetch

_SESSIONS = "SELECT state FROM pg_stat_activity WHERE application_name = 'memdb' AND datname = current_database()"

# What a session may have of its own, by which one call could do something to another.
STATE = """
    SELECT
        (SELECT count(*) FROM pg_settings WHERE source = 'session' AND setting IS DISTINCT FROM reset_val),
        nullif(current_setting('memdb.org_id', true), ''),
        (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'),
        (SELECT count(*) FROM pg_listening_channels()),
        (SELECT count(*) FROM pg_cursors WHERE name <> ''),
        (SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND pg_table_is_visible(oid)),
        current_user::text
"""


async def sound(tenant: Tenant) -> None:
    """All connections are free, none is in a transaction or has a tenant, and calls work."""
    pool = tenant._pool
    await asyncio.gather(*pool._trips, return_exceptions=True)
    await asyncio.gather(*pool._recovering)
    connections = [await pool.acquire(5) for _ in range(pool._size)]
    for connection in connections:
        assert not connection.is_in_transaction()
        assert await connection.fetchval("SELECT nullif(current_setting('memdb.org_id', true), '')") is None
        pool.give(connection)
    assert len(pool._idle) == pool._open == pool._size
    assert not pool._line
    assert await memories.count(tenant) >= 0


async def no_leak(dsn: str, at_most: float = math.inf) -> None:
    """The server, too, soon has no more sessions than there may be, and none with an open transaction."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + 10
    while len(states := [state for (state,) in fetch(dsn, _SESSIONS)]) > at_most or set(states) - {"idle"}:
        assert loop.time() < deadline, states
        await asyncio.sleep(0.02)


@contextmanager
def blocking(dsn: str, statement: str) -> Iterator[None]:
    """What the statement locks is locked by another session."""
    with psycopg.connect(dsn) as connection:
        connection.execute(statement.encode())
        yield


class Lag:
    """How late the loop has been in all since `begin`: on a busy machine, what no call can help."""

    def __init__(self) -> None:
        self._late = 0.0

    @classmethod
    @asynccontextmanager
    async def measured(cls) -> AsyncIterator[Lag]:
        lag = cls()
        ticking = asyncio.create_task(lag._tick())
        try:
            yield lag
        finally:
            ticking.cancel()
            await asyncio.wait([ticking])

    async def _tick(self, every: float = 0.005) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + every
            await asyncio.sleep(every)
            self._late += max(loop.time() - due - 0.001, 0.0)

    def seconds(self) -> float:
        return self._late
