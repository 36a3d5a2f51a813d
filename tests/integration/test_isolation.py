"""Nothing of a tenant is seen, changed or told to another: each table and each function, as the catalog and the registry list them."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import msgspec
import pytest

import memdb
from memdb import audit, memories, organizations, spending
from memdb.engine.database import Database
from memdb.engine.effects import keeps_to_itself, writes
from memdb.engine.executor import Executor
from memdb.engine.own import QUERIES
from memdb.errors import MemdbError
from tests.conftest import Home
from tests.samples import ADMIN_SAMPLES, COMPOSED, SAMPLES, STREAMS, Call, World, areas, build, of_area, undone
from tests.server import execute, fetch, with_login

# Of no tenant's: what is left of erased ones, and the names of embedding models.
# No rows, no right to it, or a view that takes no writes.
_NOTHING = ("0", "InsufficientPrivilegeError", "ObjectNotInPrerequisiteStateError")
_SHARED = {"memdb.erasures", "memdb.embedding_spaces"}


@pytest.fixture
async def world(db: Database, home: Home, rival: Home) -> World:
    """The tenant has a row in each table; the rival the same."""
    for each in (rival, home):
        made = await build(db, each.tenant)
        await memories.record_use(each.tenant, retrieved=[made.live.id])
        await memories.vote(each.tenant, id=made.live.id, agent_id=made.agent_id, vote="positive")
        await spending.record(each.tenant, agent_id=made.agent_id, input_tokens=1, output_tokens=1)
        admin = db.admin(each.tenant.org_id)
        await organizations.set_quotas(admin, memories=10_000, agents=None, monthly_tokens=None)
        await audit.seal(admin)
    return made


def _tables(dsn: str) -> list[str]:
    """Every table and view with an org_id, partitions among them."""
    found = fetch(
        dsn,
        """
        SELECT c.oid::regclass::text
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'org_id'
        WHERE c.relnamespace = 'memdb'::regnamespace AND c.relkind IN ('r', 'p', 'v')
        ORDER BY c.oid::regclass::text
        """,
    )
    return [name for (name,) in found]


@asynccontextmanager
async def _entered(home: Home) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the service's, with a tenant; all that is done is undone."""
    pool = home.tenant._pool
    connection = await pool.acquire(5)
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"SELECT memdb.enter('{home.tenant.org_id}')")
        yield connection
    finally:
        await transaction.rollback()
        pool.give(connection)


async def _outcome(connection: asyncpg.Connection, statement: str) -> str:
    """How many rows a statement touched, or the kind of its refusal."""
    try:
        async with connection.transaction():
            return str((await connection.execute(statement)).split()[-1])
    except asyncpg.PostgresError as error:
        return type(error).__name__


async def test_each_table_for_each_verb(db: Database, home: Home, rival: Home, world: World, dsn: str) -> None:
    theirs, ours = f"org_id = '{home.tenant.org_id}'", f"org_id = '{rival.tenant.org_id}'"
    tables = _tables(dsn)
    # Users that are equal to others, and kept apart.
    twins = f"(SELECT org_id, email, md5(id::text)::uuid AS id FROM memdb.users WHERE {theirs}) AS twin"
    execute(dsn, f"INSERT INTO memdb.users (org_id, id, email, apart) SELECT org_id, id, email, id FROM {twins}")
    with_rows = {table for table in tables if fetch(dsn, f"SELECT 1 FROM {table} WHERE {theirs} LIMIT 1")}
    assert set(tables) - with_rows - _SHARED == set(), "a table that the world leaves empty shows nothing"
    async with _entered(rival) as connection:
        for table in set(tables) - _SHARED:
            assert await _outcome(connection, f"SELECT 1 FROM {table} WHERE {theirs}") in _NOTHING, table
            for statement in (
                f"UPDATE {table} SET org_id = org_id WHERE {theirs}",
                f"UPDATE {table} SET org_id = '{home.tenant.org_id}' WHERE {ours}",
                f"DELETE FROM {table} WHERE {theirs}",
            ):
                assert await _outcome(connection, statement) in _NOTHING, statement


async def test_no_row_can_be_written_for_another_tenant(home: Home, rival: Home, world: World, dsn: str) -> None:
    """Whatever columns the service may write: the policy refuses the row, or the privileges do."""
    for table in set(_tables(dsn)) - _SHARED:
        writable = fetch(
            dsn,
            f"""
            SELECT string_agg(quote_ident(attname), ', ')
            FROM pg_attribute
            WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                AND has_column_privilege('memdb_app', attrelid, attnum, 'INSERT')
            """,
        )[0][0]
        if writable is None or "org_id" not in writable.split(", "):
            continue
        # The owner's copy of a row, since the rival cannot read it.
        values = fetch(dsn, f"SELECT quote_literal(row_to_json(t)) FROM {table} AS t WHERE org_id = '{home.tenant.org_id}' LIMIT 1")[0][0]
        async with _entered(rival) as connection:
            row = f"json_populate_record(NULL::{table}, {values}::json)"
            outcome = await _outcome(connection, f"INSERT INTO {table} ({writable}) SELECT {writable} FROM {row}")
        assert outcome == "InsufficientPrivilegeError", table


async def test_an_unbound_connection_sees_nothing(home: Home, world: World, dsn: str) -> None:
    connection = await home.tenant._pool.acquire(5)
    for table in set(_tables(dsn)) - _SHARED:
        assert await _outcome(connection, f"SELECT 1 FROM {table}") == "0", table
        assert await _outcome(connection, f"DELETE FROM {table}") in _NOTHING, table
    home.tenant._pool.give(connection)


def _strange(value: Any) -> Any:
    """The same with an unknown id for each id."""
    if isinstance(value, uuid.UUID):
        return uuid.uuid4()
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(value, **{name: _strange(getattr(value, name)) for name in value.__struct_fields__})
    if isinstance(value, list):
        return [_strange(each) for each in value]
    return value


async def _told(call: Call, world: World, on: Executor) -> str:
    """What comes of a call, without ids, times and numbers made by chance; it is undone."""
    result = await undone(call, world, on)
    told = f"{type(result).__name__}: {result}" if isinstance(result, MemdbError) else repr(result)
    told = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<id>", told)
    return re.sub(r"datetime\.datetime\([^)]*\)|\b[0-9a-f]{32,}\b|mdb_[\w-]+|b'[^']*'", "<chance>", told)


@pytest.mark.parametrize("area", areas(SAMPLES | COMPOSED))
async def test_what_is_anothers_is_like_what_does_not_exist(area: str, db: Database, home: Home, rival: Home) -> None:
    """No result and no error tells whether an id is another tenant's or nobody's."""
    world = await build(db, home.tenant)
    strange = World(*map(_strange, world))
    for name, call in of_area(area, SAMPLES | COMPOSED):
        if name not in STREAMS:
            assert await _told(call, world, rival.tenant) == await _told(call, strange, rival.tenant), name


async def test_calls_that_travel_together_hear_what_they_hear_alone(db: Database, home: Home, rival: Home, dsn: str) -> None:
    """Each read of both tenants', for ids of either and of nobody, in one pipeline."""
    world = await build(db, home.tenant)
    strange = World(*map(_strange, world))
    statements = {name: QUERIES[name].statement for name in SAMPLES}
    asked = {name: SAMPLES[name] for name, each in statements.items() if keeps_to_itself(each) and not writes(each, db._context.steady)}
    assert len(asked) > 150
    async with memdb.connect(dsn, pool_size=1, timeout=20.0) as narrow:
        cases = [(of, narrow.tenant(whose.tenant.org_id)) for of in (world, strange) for whose in (home, rival)]
        for name, call in asked.items():
            alone = [await _heard(call(*case)) for case in cases]
            async with cases[0][1].transaction():
                calls = [asyncio.create_task(_heard(call(*case))) for case in cases]
                await asyncio.sleep(0)
            sent = narrow.stats().functions[name].calls
            assert [await each for each in calls] == alone, name
            assert narrow.stats().functions[name].calls == sent + len(cases)


async def _heard(call: Awaitable[Any]) -> str:
    try:
        # What decays is less each time.
        return re.sub(r"\d\.\d{6,}(e-\d+)?", "<weight>", repr(await call))
    except MemdbError as error:
        # How long it took.
        return re.sub(r"after [\d.]+ s", "", f"{type(error).__name__}: {error}")


@pytest.mark.parametrize("area", areas(ADMIN_SAMPLES))
async def test_nor_to_the_administration_of_another(area: str, db: Database, home: Home, rival: Home) -> None:
    world = (await build(db, home.tenant))._replace(tenant=rival.tenant)
    strange = World(*map(_strange, world))
    theirs = db.admin(rival.tenant.org_id)
    for name, call in of_area(area, ADMIN_SAMPLES):
        assert await _told(call, world, theirs) == await _told(call, strange, theirs), name


def test_an_id_is_looked_up_among_the_tenants_own(dsn: str) -> None:
    """Every unique index of a tenant's table begins with the tenant, and every foreign key goes by it: no look-up meets another's row."""
    unique = fetch(
        dsn,
        """
        SELECT i.indexrelid::regclass::text
        FROM pg_index AS i
        JOIN pg_class AS c ON c.oid = i.indrelid AND c.relnamespace = 'memdb'::regnamespace
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'org_id'
        WHERE i.indisunique AND i.indkey[0] <> a.attnum
        """,
    )
    assert unique == []
    foreign = fetch(
        dsn,
        """
        SELECT conname
        FROM pg_constraint AS c
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attname = 'org_id'
        WHERE c.contype = 'f' AND c.connamespace = 'memdb'::regnamespace AND NOT a.attnum = ANY (c.conkey)
        """,
    )
    assert foreign == []


@pytest.fixture
def service_dsn(dsn: str) -> Iterator[str]:
    """The DSN of a login that is in memdb_app and nothing else, as a service has it."""
    name = f"service_{uuid.uuid4().hex[:12]}"
    execute(dsn, f"CREATE ROLE {name} LOGIN IN ROLE memdb_app")
    yield with_login(dsn, name)
    execute(dsn, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


_ESCAPES = [
    "SET ROLE memdb_admin",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "ALTER TABLE memdb.memories DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE memdb.memories NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE memdb.memories OWNER TO CURRENT_USER",
    "CREATE POLICY mine ON memdb.memories USING (true)",
    "DROP POLICY tenant ON memdb.memories",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "GRANT memdb_admin TO CURRENT_USER",
    "CREATE FUNCTION memdb.current_tenant() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
    "CREATE OR REPLACE FUNCTION memdb.enter(org_id uuid) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE VIEW memdb.all_of_it AS SELECT * FROM memdb.memories",
    "CREATE TRIGGER mine AFTER INSERT ON memdb.memories EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()",
    "COPY memdb.memories TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/passwd')",
    "TRUNCATE memdb.memories",
    "BEGIN; LOCK TABLE memdb.memories IN ACCESS EXCLUSIVE MODE",
    "CREATE EXTENSION dblink",
]


@pytest.mark.parametrize("statement", _ESCAPES)
async def test_the_services_login_cannot_widen_what_it_sees(statement: str, service_dsn: str) -> None:
    connection = await asyncpg.connect(service_dsn)
    try:
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.InvalidObjectDefinitionError)):
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "setting",
    [
        "SET memdb.org_id = ''",
        "SET memdb.org_id = '*'",
        "SET memdb.org_id = '%'",
        "SET memdb.org_id = '{org_id},{rival}'",
        "SET memdb.org_id = 'true'",
        "SET row_security = off",
        "SET session_replication_role = replica",
        "SET search_path = pg_temp, memdb",
        "SET role = none",
    ],
)
async def test_no_setting_widens_a_policy(setting: str, home: Home, rival: Home, world: World, service_dsn: str) -> None:
    connection = await asyncpg.connect(service_dsn)
    try:
        with suppress(asyncpg.InsufficientPrivilegeError):
            await connection.execute(setting.format(org_id=home.tenant.org_id, rival=rival.tenant.org_id))
        with suppress(asyncpg.InsufficientPrivilegeError, asyncpg.InvalidTextRepresentationError):
            assert await connection.fetch("SELECT 1 FROM memdb.memories") == []
    finally:
        await connection.close()


async def test_a_cheap_function_of_the_callers_sees_no_other_rows(home: Home, rival: Home, world: World, service_dsn: str) -> None:
    """The planner would run a condition that costs nothing first: not before the policy, unless it is known to tell nothing."""
    connection = await asyncpg.connect(service_dsn)
    heard: list[str] = []
    connection.add_log_listener(lambda _, message: heard.append(message.message))
    try:
        await connection.execute(
            """
            CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001
            AS $$ BEGIN RAISE NOTICE 'saw %', $1; RETURN true; END $$
            """
        )
        async with connection.transaction():
            await connection.execute(f"SELECT memdb.enter('{rival.tenant.org_id}')")
            own = await connection.fetch("SELECT content FROM memdb.memories WHERE pg_temp.tell(content)")
    finally:
        await connection.close()
    assert own
    assert {f"saw {row['content']}" for row in own} == set(heard)


def test_what_runs_with_other_rights_is_known_and_pinned(dsn: str) -> None:
    """Functions that run as their owner are those that find words; they find names where they should, and no view is one in disguise."""
    definers = fetch(
        dsn,
        "SELECT proname::text, proconfig::text[] FROM pg_proc WHERE prosecdef AND pronamespace = 'memdb'::regnamespace",
    )
    assert {name for name, _ in definers} == {"memories_by_words", "memories_with_words"}
    assert all(any(each.startswith("search_path=") for each in settings or []) for _, settings in definers)
    views = fetch(
        dsn,
        """
        SELECT c.relname::text
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'org_id'
        WHERE c.relkind = 'v' AND c.relnamespace = 'memdb'::regnamespace
            AND NOT 'security_invoker=true' = ANY (coalesce(c.reloptions, '{}'))
        """,
    )
    assert views == []
    policies = fetch(
        dsn, "SELECT DISTINCT roles::text[], permissive, qual FROM pg_policies WHERE schemaname = 'memdb' AND 'memdb_app' = ANY (roles)"
    )
    assert len({qual for _, _, qual in policies}) <= 2, policies
