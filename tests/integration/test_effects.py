"""Every statement that counts as a read runs where PostgreSQL lets nothing be changed, and every other is refused there."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

import memdb
from memdb.engine.effects import ROWS_OF_MEMDB, writes
from memdb.engine.own import QUERIES
from memdb.errors import DeadlineExceeded, MemdbError, ReadOnly
from tests.conftest import Home
from tests.samples import ADMIN_SAMPLES, SAMPLES, Call, World, build
from tests.server import execute, fetch

# What counts as a write although nothing comes of it there: these settings end with the transaction, and no quota has anything to be given
# back.
CAUTIOUS = {"backup.pin_texts", "backup.defer_references", "backup.check_references", "retention.give_back"}


async def _refused(call: Call, world: World) -> bool:
    try:
        await call(world, world.tenant)
    except MemdbError as error:
        return isinstance(error, ReadOnly)
    return False


async def test_reads_and_writes_are_what_postgresql_takes_them_for(home: Home, db: memdb.Database, dsn: str) -> None:
    world = await build(db, home.tenant)
    execute(dsn, f"ALTER DATABASE {urlsplit(dsn).path[1:]} SET default_transaction_read_only = on")
    async with memdb.connect(dsn, timeout=20.0) as reading:
        tenant = reading.tenant(home.tenant.org_id)
        closed, spare = reading.admin(world.closed.org_id), reading.admin(world.spare.org_id)
        world = world._replace(db=reading, tenant=tenant, closed=closed, spare=spare)
        samples = SAMPLES | ADMIN_SAMPLES
        refused = {name for name, call in samples.items() if await _refused(call, world)}
        writing = {name for name in samples if writes(QUERIES[name].statement, tenant.context.steady)}
        assert refused <= writing
        assert writing - refused == CAUTIOUS


async def test_what_the_database_says_of_a_function_counts(home: Home, dsn: str) -> None:
    """A function of the application's that is VOLATILE, and one of a name that some VOLATILE function has, may write."""
    execute(
        dsn,
        "CREATE FUNCTION memdb.looks() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1'",
        "CREATE FUNCTION memdb.charges() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION memdb.both() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1'",
        "CREATE FUNCTION memdb.both(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    )
    async with memdb.connect(dsn) as db:
        steady = db.tenant(home.tenant.org_id).context.steady
    execute(dsn, "CREATE FUNCTION memdb.later() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1'")
    found = {name: writes(f"SELECT memdb.{name}()", steady) for name in ("looks", "charges", "both", "later", "unknown")}
    assert found == {"looks": False, "charges": True, "both": True, "later": True, "unknown": True}


async def test_a_call_that_may_have_written_is_not_retryable(home: Home, dsn: str) -> None:
    execute(dsn, "CREATE FUNCTION memdb.charge() RETURNS text LANGUAGE sql AS 'SELECT pg_sleep(5)::text'")
    async with memdb.connect(dsn) as db:
        # Connections for all calls, which may take longer to open than those may.
        waiting = "SELECT 1 FROM pg_sleep(0.3) WHERE :org_id::memdb.tenant IS NOT NULL"
        await asyncio.gather(*[db.tenant(home.tenant.org_id).fetch(int, waiting) for _ in range(4)])
        hasty = db.tenant(home.tenant.org_id, timeout=0.1)
        for call, retryable in (
            ("memdb.charge()", False),
            ("pg_sleep(5)::text", False),
            ("count(*)::text FROM generate_series(1, 1000000000)", True),
        ):
            with pytest.raises(DeadlineExceeded) as caught:
                await hasty.fetch(str, f"SELECT :org_id::memdb.tenant::text || {call}")
            assert (caught.value.function, caught.value.writes, caught.value.retryable) == ("ad hoc", not retryable, retryable)


def test_rows_as_parameters_set_nothing(dsn: str) -> None:
    """None of their columns is of a domain, whose CHECK could."""
    columns = fetch(
        dsn,
        """
        SELECT c.relname::text, t.typtype::text
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        JOIN pg_type AS w ON w.oid = a.atttypid
        JOIN pg_type AS t ON t.oid = CASE WHEN w.typelem = 0 THEN w.oid ELSE w.typelem END
        WHERE c.relnamespace = 'memdb'::regnamespace AND c.relkind = 'c'
        """,
    )
    assert {name for name, _ in columns} >= ROWS_OF_MEMDB
    assert {kind for name, kind in columns if name in ROWS_OF_MEMDB} == {"b"}
