"""memdb.sync: threads, transactions, iterators, interrupts, forks and the end of it, on callers without an event loop."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from uuid import UUID, uuid4

import asyncpg
import pytest

import memdb
from memdb import SyncDatabase, SyncTenant, agents, memories, organizations, session_events, tokens
from memdb.errors import (
    AlreadyExists,
    ConcurrentUse,
    DeadlineExceeded,
    ForeignUse,
    InvalidInput,
    NotFound,
    PermissionDenied,
    PoolClosed,
    ServerUnreachable,
    TransactionConflict,
    TransactionEnded,
    TransactionFailed,
)


@pytest.fixture
def db(dsn: str) -> Iterator[SyncDatabase]:
    with memdb.sync(dsn, pool_size=5, timeout=20.0) as made:
        yield made


class Home(NamedTuple):
    tenant: SyncTenant
    agent_id: UUID

    def add(self, content: str) -> memories.Memory:
        return self.tenant.call(memories.add, agent_id=self.agent_id, content=content)

    def count(self) -> int:
        return self.tenant.call(memories.count)


def settle(db: SyncDatabase, slug: str) -> Home:
    tenant = db.tenant(db.admin().call(organizations.create, slug=slug, name=slug).id)
    return Home(tenant, tenant.call(agents.create, slug="helper", name="Helper").id)


@pytest.fixture
def home(db: SyncDatabase) -> Home:
    return settle(db, "acme")


def test_stats_and_ping(db: SyncDatabase, home: Home) -> None:
    home.add("Ada likes tea")
    assert db.ping() > 0
    assert db.stats().functions["agents.create"].calls == 1


def sleep(tenant: SyncTenant, seconds: float) -> None:
    tenant.fetch(
        str, "SELECT pg_sleep(:seconds::float8)::text FROM memdb.organizations AS o WHERE o.id = :org_id::memdb.tenant", seconds=seconds
    )


def test_functions_of_all_kinds_are_called(db: SyncDatabase, home: Home) -> None:
    tea = home.add("Ada likes green tea")
    assert home.tenant.call(memories.get, id=tea.id) == tea
    assert home.tenant.call(memories.get, id=uuid4()) is None
    assert [hit.memory for hit in home.tenant.call(memories.search, agent_id=home.agent_id, text="tea")] == [tea]
    made = home.tenant.call(memories.embed.many, [{"id": tea.id, "version": tea.version, "embedding": [1.0] * db.dimension}])
    assert made == [True]
    new = home.tenant.call(tokens.create, name="ci")
    assert db.call(tokens.verify, text=new.text).org_id == home.tenant.org_id
    told = "SELECT m.content FROM memdb.memories AS m WHERE m.org_id = :org_id::memdb.tenant AND m.id = :id::uuid"
    assert home.tenant.fetch(str, told, id=tea.id) == ["Ada likes green tea"]

    async def twice(on: memdb.Tenant) -> int:
        return await memories.count(on) + await memories.count(on)

    assert home.tenant.call(twice) == 2


def test_errors_are_those_of_the_functions(db: SyncDatabase, home: Home) -> None:
    with pytest.raises(NotFound):
        home.tenant.call(memories.delete, id=uuid4())
    with pytest.raises(InvalidInput, match="limit"):
        home.tenant.call(memories.page, limit=0)
    with pytest.raises(InvalidInput, match="timeout"):
        db.tenant(home.tenant.org_id, timeout=0)
    with pytest.raises(PermissionDenied):
        home.tenant.call(organizations.create, slug="a", name="A")  # type: ignore[call-overload]
    with pytest.raises(AlreadyExists):
        home.tenant.call(agents.create, slug="helper", name="Again")
    with pytest.raises(DeadlineExceeded):
        sleep(db.tenant(home.tenant.org_id, timeout=0.05), 10)
    assert home.count() == 0


def test_threads_share_a_database_and_each_sees_its_tenant(db: SyncDatabase) -> None:
    homes = [settle(db, f"org-{n}") for n in range(4)]

    def work(number: int) -> set[str]:
        home = homes[number % 4]
        for n in range(5):
            home.add(f"{number % 4} knows {number} {n}")
        return {memory.content.split()[0] for memory in home.tenant.call(memories.page)}

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(work, range(16))) == [{str(number % 4)} for number in range(16)]
    assert [home.count() for home in homes] == [20] * 4


def test_a_transaction_commits_or_rolls_back_as_a_whole(home: Home) -> None:
    with home.tenant.transaction() as tx:
        tx.call(memories.add, agent_id=home.agent_id, content="kept")
        with pytest.raises(ZeroDivisionError), tx.transaction() as savepoint:
            savepoint.call(memories.add, agent_id=home.agent_id, content="dropped")
            raise ZeroDivisionError
        with pytest.raises(NotFound), tx.transaction() as savepoint:
            savepoint.call(memories.delete, id=uuid4())
        assert home.count() == 0
    assert [memory.content for memory in home.tenant.call(memories.page)] == ["kept"]
    with pytest.raises(KeyError), home.tenant.transaction() as tx:
        tx.call(memories.add, agent_id=home.agent_id, content="lost")
        raise KeyError
    with pytest.raises(TransactionFailed), home.tenant.transaction() as tx, pytest.raises(InvalidInput):
        tx.fetch(int, "SELECT 1 / :none::int WHERE :org_id::memdb.tenant IS NOT NULL", none=0)
    with pytest.raises(TransactionEnded):
        tx.call(memories.count)
    with pytest.raises(InvalidInput, match="isolation"), home.tenant.transaction(isolation="none"):  # type: ignore[arg-type]
        pass
    assert home.count() == 1


def test_administration_has_transactions_too(db: SyncDatabase) -> None:
    with pytest.raises(ZeroDivisionError), db.admin().transaction() as tx:
        tx.call(organizations.create, slug="gone", name="Gone")
        raise ZeroDivisionError
    with db.admin().transaction() as tx:
        kept = tx.call(organizations.create, slug="gone", name="Kept")
    assert db.admin(kept.id).call(organizations.get) == kept


def test_what_collides_is_run_again(home: Home) -> None:
    id = home.add("0").id
    barrier = threading.Barrier(2, timeout=20)
    collided = []

    def add_one(tx: memdb.SyncTransaction[memdb.Transaction]) -> int:
        memory = tx.call(memories.get, id=id)
        assert memory is not None
        if not collided:
            barrier.wait()
        try:
            return int(tx.call(memories.update, id=id, content=str(int(memory.content) + 1)).content)
        except TransactionConflict:
            collided.append(memory)
            raise

    with ThreadPoolExecutor(2) as threads:
        running = [threads.submit(home.tenant.run, add_one, isolation="repeatable_read") for _ in range(2)]
        assert sorted(each.result() for each in running) == [1, 2]
    assert len(collided) == 1
    with pytest.raises(InvalidInput, match="attempts"):
        home.tenant.run(add_one, attempts=0)


def test_a_transaction_is_for_one_thread_at_a_time(home: Home) -> None:
    with pytest.raises(ConcurrentUse), home.tenant.transaction() as tx, ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: tx.call(memories.count), range(200)))


def test_iterators_give_rows_one_by_one_and_leave_nothing_open(home: Home, dsn: str) -> None:
    added = {home.add(f"fact {n}").id for n in range(20)}
    assert {memory.id for memory in home.tenant.call(memories.scan)} == added
    for _ in range(10):  # twice as many as there are connections
        for memory in home.tenant.call(memories.scan):
            assert memory.id in added
            break
    with home.tenant.transaction() as tx:
        for memory in tx.call(memories.scan):
            tx.call(memories.delete, id=memory.id)
    assert home.count() == 0
    wrong = home.tenant.call(session_events.tail, session_id=uuid4())
    with pytest.raises(NotFound):
        next(wrong)


def test_a_forgotten_iterator_is_left_by_the_garbage_collector(home: Home) -> None:
    for n in range(10):
        home.add(f"fact {n}")

    async def collect(on: memdb.Tenant) -> None:
        gc.collect()

    for _ in range(2):
        for _ in range(5):  # as many as there are connections
            forgotten = home.tenant.call(memories.scan)
            next(forgotten)
            cycle = [forgotten]
            cycle.append(cycle)  # type: ignore[arg-type]
            del forgotten, cycle
        home.tenant.call(collect)
    assert home.count() == 10


async def test_it_works_where_a_loop_runs_as_in_a_notebook(dsn: str) -> None:
    with memdb.sync(dsn, timeout=20.0) as db:
        home = settle(db, "notebook")
        with home.tenant.transaction() as tx:
            tx.call(memories.add, agent_id=home.agent_id, content="noted")
        assert [memory.content for memory in home.tenant.call(memories.scan)] == ["noted"]


def interrupted_after(seconds: float) -> None:
    signal.setitimer(signal.ITIMER_REAL, seconds)


@pytest.fixture
def interrupts() -> Iterator[None]:
    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("interrupts")
async def test_an_interrupt_ends_the_call_on_the_server(home: Home, dsn: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted_after(0.2)
        sleep(home.tenant, 15)
    observer = await asyncpg.connect(dsn)
    running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid()"
    while await observer.fetchval(running):
        pass
    await observer.close()
    assert home.count() == 0


# One that comes within a callback of the garbage collector's is printed there, and goes no further.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("interrupts")
def test_an_interrupt_anywhere_in_a_transaction_leaves_nothing_half_done(home: Home, db: SyncDatabase) -> None:
    done = 0
    for n in range(150):
        try:
            interrupted_after(0.0005 + n * 0.00006)
            with home.tenant.transaction() as tx:
                for part in range(2):
                    tx.call(memories.add, agent_id=home.agent_id, content=f"{n} part {part}")
            done += 1
            interrupted_after(0)
        except KeyboardInterrupt:
            pass
    assert home.count() % 2 == 0
    assert home.count() >= 2 * done
    # No connection is lost, and none is left in a transaction.
    begun = threading.Barrier(5, timeout=20)

    def hold(_: int) -> None:
        with home.tenant.transaction() as tx:
            begun.wait()
            tx.call(memories.count)

    with ThreadPoolExecutor(5) as threads:
        list(threads.map(hold, range(5)))


def test_a_call_from_within_a_call_is_refused(home: Home) -> None:
    async def nested(on: memdb.Tenant) -> int:
        return home.count()

    with pytest.raises(ForeignUse, match="made another"):
        home.tenant.call(nested)


def test_an_exit_within_a_call_is_the_callers(home: Home) -> None:
    async def leave(on: memdb.Tenant) -> None:
        await memories.count(on)
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        home.tenant.call(leave)
    assert home.count() == 0


def test_after_closing_nothing_works(dsn: str) -> None:
    db = memdb.sync(dsn, timeout=20.0)
    home = settle(db, "closing")
    db.close()
    db.close()
    for work in (home.count, lambda: db.tenant(home.tenant.org_id).call(memories.count), lambda: next(home.tenant.call(memories.scan))):
        with pytest.raises(PoolClosed):
            work()
    with pytest.raises(PoolClosed), home.tenant.transaction():
        pass
    assert not [thread for thread in threading.enumerate() if thread.name == "memdb"]


async def test_closing_lets_calls_end_and_rolls_back_what_other_threads_hold_open(dsn: str) -> None:
    db = memdb.sync(dsn, timeout=20.0)
    home = settle(db, "closing")
    opened, closed = threading.Event(), threading.Event()

    def hold() -> None:
        with home.tenant.transaction() as tx, tx.transaction():
            tx.call(memories.add, agent_id=home.agent_id, content="never committed")
            opened.set()
            closed.wait(20)

    with ThreadPoolExecutor(2) as threads:
        holding = threads.submit(hold)
        sleeping = threads.submit(sleep, home.tenant, 0.3)
        assert opened.wait(20)
        while not any("pg_sleep" in query for query in await queries(dsn)):
            pass
        db.close()
        closed.set()
        assert sleeping.result() is None
        with pytest.raises(PoolClosed):
            holding.result()
    assert await queries(dsn) == []
    with memdb.sync(dsn, timeout=20.0) as again:
        assert again.tenant(home.tenant.org_id).call(memories.count) == 0


async def queries(dsn: str) -> list[str]:
    """What memdb's connections run, or ran last."""
    observer = await asyncpg.connect(dsn)
    rows = await observer.fetch("SELECT query FROM pg_stat_activity WHERE application_name = 'memdb' AND datname = current_database()")
    await observer.close()
    return [row["query"] for row in rows]


def test_what_cannot_be_opened_leaves_no_thread() -> None:
    with pytest.raises(ServerUnreachable):
        memdb.sync("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(InvalidInput, match="pool_size"):
        memdb.sync("postgresql://nobody@127.0.0.1:1/none", pool_size=0)
    assert not [thread for thread in threading.enumerate() if thread.name == "memdb"]


# A parent that opens before it forks, as with Celery's prefork or gunicorn --preload; children that use what they inherited, inside a
# transaction of the parent's, and then open their own. The last leaves as a process that ends by itself: nothing hangs.
FORKED = """
import os, sys
import memdb
from memdb import agents, memories, organizations
from memdb.errors import ForeignUse

def refused(work):
    try:
        work()
    except ForeignUse:
        return True

db = memdb.sync(sys.argv[1], pool_size=2, timeout=20.0)
tenant = db.tenant(db.admin().call(organizations.create, slug="forked", name="F").id)
agent = tenant.call(agents.create, slug="a", name="A")
tenant.call(memories.add, agent_id=agent.id, content="before")
iterator = tenant.call(memories.scan)
next(iterator)
children = []
with tenant.transaction() as tx:
    tx.call(memories.add, agent_id=agent.id, content="in the transaction")
    for n in range(4):
        pid = os.fork()
        if pid == 0:
            assert refused(lambda: tenant.call(memories.count))
            assert refused(lambda: tx.call(memories.count))
            assert refused(lambda: next(iterator))
            assert refused(db.close)
            with memdb.sync(sys.argv[1], timeout=20.0) as own:
                assert own.tenant(tenant.org_id).call(memories.count) == 1
            if n < 3:
                os._exit(0)
            sys.exit(0)
        children.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children] == [0, 0, 0, 0]
print(tenant.call(memories.count))
"""


def test_forked_children_are_refused_by_name_and_open_their_own(dsn: str) -> None:
    result = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKED, dsn], capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.stdout, result.stderr, result.returncode) == ("2\n", "", 0)


def test_a_script_may_end_without_closing(dsn: str) -> None:
    script = "import sys, memdb; db = memdb.sync(sys.argv[1], timeout=20.0); print(db.dimension)"
    result = subprocess.run([sys.executable, "-c", script, dsn], capture_output=True, text=True, timeout=60, check=False)
    assert (result.stdout, result.stderr, result.returncode) == ("384\n", "", 0)
