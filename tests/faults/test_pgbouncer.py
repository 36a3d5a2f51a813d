"""Many clients on few connections, through PgBouncer: what docs/pooling.md says of it."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, NamedTuple

import asyncpg
import pytest

import memdb
from memdb import agents, memories, organizations
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import DeadlineExceeded, MemdbError, PermissionDenied, PoolExhausted, ServerUnreachable, Unsupported
from memdb.memories import NewMemory
from memdb.operations.check import check
from memdb.operations.migrate import MigrationFailed, migrate
from tests.conftest import settle
from tests.faults.bouncer import Bouncer, bouncing, version
from tests.faults.soundness import STATE, blocking, no_leak, sound
from tests.faults.test_storm import HALF, WORKS
from tests.samples import ADMIN_SAMPLES, COMPOSED, SAMPLES, Worlds
from tests.server import execute, fetch

SERVERS = 3
TENANTS = 8
TOGETHER = 100

# Since then PgBouncer prepares on each of its connections what a client has prepared on one.
KEEPS_STATEMENTS = (1, 21)


class Logins(NamedTuple):
    app: str
    admin: str


@pytest.fixture
def logins(dsn: str) -> Iterator[Logins]:
    made = Logins(*[f"memdb_test_{uuid.uuid4().hex}" for _ in range(2)])
    execute(dsn, f"CREATE ROLE {made.app} LOGIN IN ROLE memdb_app", f"CREATE ROLE {made.admin} LOGIN IN ROLE memdb_admin")
    yield made
    execute(dsn, f"DROP ROLE {made.app}, {made.admin}")


@pytest.fixture(params=[True, False], ids=["prepared", "unprepared"])
def prepare(request: pytest.FixtureRequest) -> bool:
    if request.param and version() < KEEPS_STATEMENTS:
        pytest.skip("this PgBouncer keeps no prepared statements: it is older than 1.21")
    return bool(request.param)


@contextmanager
def in_transaction_mode(dsn: str) -> Iterator[Bouncer]:
    """Its connections take turns, so that hardly two calls of a client are on the same one."""
    with bouncing(dsn, "transaction", default_pool_size=SERVERS, server_round_robin=1, max_client_conn=1000) as bouncer:
        yield bouncer


def through(bouncer: Bouncer, logins: Logins, **options: Any) -> memdb.engine.connecting.Connecting:
    settings: dict[str, Any] = {"role": None, "admin_role": None, "admin_dsn": bouncer.dsn(logins.admin), "timeout": 20.0}
    return memdb.connect(bouncer.dsn(logins.app), **{**settings, **options})


@asynccontextmanager
async def all_servers(bouncer: Bouncer, login: str) -> AsyncIterator[list[asyncpg.Connection]]:
    """Clients that hold all of PgBouncer's connections of a login."""
    async with AsyncExitStack() as stack:
        clients = [await asyncpg.connect(bouncer.dsn(login), statement_cache_size=0) for _ in range(SERVERS)]
        for client in clients:
            stack.push_async_callback(client.close)
            await stack.enter_async_context(client.transaction())
        assert len({await client.fetchval("SELECT pg_backend_pid()") for client in clients}) == SERVERS
        yield clients


async def nothing_is_left(bouncer: Bouncer, login: str, *, prepare: bool) -> None:
    """None of PgBouncer's connections has a tenant, or anything else of a session."""
    async with all_servers(bouncer, login) as clients:
        for client in clients:
            assert tuple(await client.fetchrow(STATE)) == (0, None, 0, 0, 0, 0, login)
            assert await client.fetchval("SELECT count(*) FROM memdb.memories") == 0
            prepared = await client.fetchval("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''")
            assert prepared <= 200 if prepare else prepared == 0


async def _own(tenant: Tenant, slug: str) -> None:
    """What the tenant reads is its own, however it reads."""
    async with tenant.transaction(isolation="repeatable_read", readonly=True) as tx:
        page = await memories.page(tx, limit=200)
        assert all(memory.content.startswith(f"{slug}x") for memory in page)
        assert min(await memories.count(tx), 200) == len(page)
    async for memory in memories.scan(tenant):
        assert memory.content.startswith(f"{slug}x")
    assert [agent.name for agent in await agents.page(tenant)] == ["Helper"]


@pytest.mark.parametrize("works", [300, pytest.param(6000, marks=pytest.mark.slow)])
async def test_tenants_share_connections_and_nothing_else(dsn: str, logins: Logins, prepare: bool, works: int) -> None:
    """Clients of 8 tenants on 3 connections, with cancellations and deadlines in the middle of what they do."""
    chance = random.Random(works)
    with in_transaction_mode(dsn) as bouncer:
        async with AsyncExitStack() as stack:
            homes: dict[str, tuple[Database, Tenant, Agent]] = {}
            for number in range(TENANTS):
                db = await stack.enter_async_context(through(bouncer, logins, pool_size=6, prepare=prepare))
                homes[f"tenant{number}"] = (db, *await settle(db, f"tenant{number}"))
            outcomes: dict[str, tuple[int, str]] = {}

            async def work(number: int) -> None:
                slug = chance.choice(list(homes))
                db, tenant, agent = homes[slug]
                kind, mark, way = chance.choice(list(WORKS)), f"{slug}x{number}", chance.choice(["whole", "cancelled", "hurried"])
                await _own(tenant, slug)
                if way == "hurried":
                    tenant = db.tenant(tenant.org_id, timeout=chance.uniform(0.001, 0.2))
                task = asyncio.ensure_future(kind(tenant, agent, mark))
                if way == "cancelled":
                    await asyncio.sleep(chance.expovariate(1 / 0.05))
                    task.cancel()
                await asyncio.wait([task])
                if task.cancelled() or isinstance(task.exception(), DeadlineExceeded | PoolExhausted | ServerUnreachable):
                    # A call that nobody cut short is never cut short by what becomes of others.
                    assert way != "whole", task
                    outcomes[mark] = (WORKS[kind], "cut short")
                else:
                    assert task.exception() is None, task.exception()
                    outcomes[mark] = (WORKS[kind], "done")

            numbers = iter(range(works))

            async def one_after_the_other() -> None:
                for number in numbers:
                    await work(number)

            await asyncio.gather(*[one_after_the_other() for _ in range(TOGETHER)])
            made = dict.fromkeys(outcomes, 0)
            made.update(fetch(dsn, "SELECT split_part(content, ' ', 1), count(*) FROM memdb.memories GROUP BY 1"))  # type: ignore[arg-type]
            for mark, (whole, ending) in outcomes.items():
                assert made[mark] == whole or (ending == "cut short" and made[mark] == 0), (mark, whole, ending)
            assert sum(ending == "cut short" for _, ending in outcomes.values()) > works / 10
            foreign = """
                SELECT FROM memdb.memories AS m JOIN memdb.organizations AS o ON o.id = m.org_id
                WHERE NOT starts_with(m.content, o.slug || 'x')
            """
            assert fetch(dsn, foreign) == fetch(dsn, HALF) == []
            for _, tenant, _ in homes.values():
                await sound(tenant)
            await nothing_is_left(bouncer, logins.app, prepare=prepare)
            await no_leak(dsn, 0)
            assert {server["state"] for server in bouncer.show("SERVERS")} <= {"idle", "used"}
            sessions = f"SELECT state FROM pg_stat_activity WHERE usename = '{logins.app}'"
            assert fetch(dsn, sessions) == [("idle",)] * SERVERS


async def test_every_query_function(dsn: str, logins: Logins, prepare: bool) -> None:
    with in_transaction_mode(dsn) as bouncer:
        async with through(bouncer, logins, prepare=prepare) as db:
            organization = await organizations.create(db.admin(), slug="acme", name="Acme")
            tenant = db.tenant(organization.id)
            # With as many calls at once as there are connections, all of these are open.
            await asyncio.gather(*[memories.count(tenant) for _ in range(10 * SERVERS)])
            await asyncio.gather(*[organizations.page(db.admin()) for _ in range(10 * SERVERS)])
            worlds = Worlds(db, tenant)
            for call in (SAMPLES | ADMIN_SAMPLES | COMPOSED).values():
                await worlds.call(call)
            await nothing_is_left(bouncer, logins.app, prepare=prepare)


_WAITING = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


async def test_a_deadline_ends_the_statement_on_the_server(dsn: str, logins: Logins, prepare: bool) -> None:
    with in_transaction_mode(dsn) as bouncer:
        async with through(bouncer, logins, prepare=prepare) as db:
            tenant, agent = await settle(db, "acme")
            memory = await memories.add(tenant, agent_id=agent.id, content="x")
            hasty = db.tenant(tenant.org_id, timeout=0.2)
            with blocking(dsn, f"SELECT FROM memdb.memories WHERE id = '{memory.id}' FOR UPDATE"):
                for _ in range(2 * SERVERS):
                    with pytest.raises(DeadlineExceeded):
                        await memories.update(hasty, id=memory.id, content="y")
                # Otherwise no connection would be free for this.
                assert await memories.count(tenant) == 1
                until = asyncio.get_running_loop().time() + 10
                while fetch(dsn, _WAITING):
                    assert asyncio.get_running_loop().time() < until
                    await asyncio.sleep(0.02)
            assert await memories.get(tenant, id=memory.id) == memory
            await sound(tenant)


async def _calls(tenant: Tenant, agent: Agent) -> dict[str, MemdbError | None]:
    async def transaction() -> None:
        async with tenant.transaction() as tx:
            await memories.count(tx)

    async def scan() -> None:
        async for _ in memories.scan(tenant):
            pass

    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "read": lambda: memories.count(tenant),
        "write": lambda: memories.add(tenant, agent_id=agent.id, content="x"),
        "write many": lambda: memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content="y")]),
        "merge many": lambda: memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content="y")], on_duplicate="merge"),
        "transaction": transaction,
        "scan": scan,
    }
    outcomes: dict[str, MemdbError | None] = {}
    for name, call in calls.items():
        try:
            await call()
            outcomes[name] = None
        except MemdbError as error:
            outcomes[name] = error
    return outcomes


async def test_session_mode(dsn: str, logins: Logins) -> None:
    with bouncing(dsn, "session") as bouncer:
        async with through(bouncer, logins) as db:
            assert set((await _calls(*await settle(db, "acme"))).values()) == {None}


async def test_statement_mode_says_that_it_has_no_transactions(dsn: str, logins: Logins) -> None:
    with bouncing(dsn, "statement") as bouncer:
        async with through(bouncer, logins, prepare=False) as db:
            outcomes = await _calls(*await settle(db, "acme"))
            assert {outcomes.pop(name) for name in ("read", "write", "write many")} == {None}
            assert all(isinstance(error, Unsupported) and "statement mode" in str(error) for error in outcomes.values()), outcomes


async def test_a_pooler_that_keeps_no_statements_is_told_and_runs_no_other_statement(dsn: str, logins: Logins) -> None:
    settings = {"max_prepared_statements": 0} if version() >= KEEPS_STATEMENTS else {}
    with bouncing(dsn, "transaction", default_pool_size=SERVERS, server_round_robin=1, **settings) as bouncer:
        async with through(bouncer, logins, prepare=False) as db:
            tenant, _ = await settle(db, "acme")
        # With one connection only, which is all that quick calls open, each would find its statement.
        async with all_servers(bouncer, logins.app):
            pass
        async with through(bouncer, logins) as db:
            tenant = db.tenant(tenant.org_id)
            outcomes = await asyncio.gather(*[memories.count(tenant) for _ in range(50)], return_exceptions=True)
            # One after the other, too: those of before may have left the statement on all servers.
            for _ in range(2 * SERVERS):
                outcomes += await asyncio.gather(memories.count(tenant), return_exceptions=True)
            refused = [outcome for outcome in outcomes if isinstance(outcome, Unsupported)]
            assert refused
            assert all("prepare=False" in str(error) for error in refused)
            assert {outcome for outcome in outcomes if outcome not in refused} <= {0}


async def test_statements_have_names_of_their_own(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As two processes have that use one connection of a pooler."""
    names: list[set[str]] = []
    for _ in range(2):
        monkeypatch.setattr("asyncpg.connection._uid", 0)
        async with memdb.connect(dsn, pool_size=1) as db:
            connection = await db._pool.acquire(5)
            names.append({name for (name,) in await connection.fetch("SELECT name FROM pg_prepared_statements")})
            db._pool.give(connection)
    assert all(names)
    assert names[0].isdisjoint(names[1])


async def test_start_up_parameters(dsn: str, logins: Logins) -> None:
    with bouncing(dsn, "transaction") as bouncer, pytest.raises(ServerUnreachable, match=r"unsupported startup parameter.*pooling\.md"):
        await memdb.connect(bouncer.dsn(logins.app))
    with bouncing(dsn, "transaction") as bouncer, pytest.raises(ServerUnreachable, match=r"unsupported startup parameter.*pooling\.md"):
        await asyncio.to_thread(check, bouncer.dsn("postgres"))
    # Where they are dropped, roles are what the logins have.
    with bouncing(dsn, "transaction", ignore_startup_parameters="role,options") as bouncer:
        async with memdb.connect(bouncer.dsn(logins.app), admin_dsn=bouncer.dsn(logins.admin), prepare=False, timeout=20.0) as db:
            await settle(db, "acme")
        async with memdb.connect(bouncer.dsn(logins.app), prepare=False, timeout=20.0) as db:
            with pytest.raises(PermissionDenied, match="admin_dsn"):
                await organizations.page(db.admin())
        with pytest.raises(MigrationFailed, match="pooler"):
            migrate(bouncer.dsn("postgres"))


async def test_statements_that_a_change_of_the_schema_spoils_are_well_again_after_reconnecting(dsn: str, logins: Logins) -> None:
    if version() < KEEPS_STATEMENTS:
        pytest.skip("this PgBouncer keeps no prepared statements: it is older than 1.21")
    with in_transaction_mode(dsn) as bouncer:
        async with through(bouncer, logins) as db:
            tenant, agent = await settle(db, "acme")
            assert await agents.page(tenant) == [agent]
            execute(dsn, "ALTER TABLE memdb.agents ADD COLUMN later text")
            assert await agents.page(tenant) == [agent]
            execute(dsn, "ALTER TABLE memdb.agents ALTER COLUMN name TYPE varchar(999)")
            with pytest.raises(memdb.errors.TransactionConflict, match="RECONNECT"):
                await agents.page(tenant)
            bouncer.command("RECONNECT")
            assert await agents.page(tenant) == [agent]
