"""Memory-Base's sessions in scopes, its engines and its audit log, over memdb."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("obstore")

import memdb
from memdb import agents, audit, messages, organizations, sessions, summaries, users
from memdb.adapters.memory_base import (
    AuditLog,
    Base,
    DatabaseUrlMissing,
    Message,
    MessageArchive,
    Session,
    SessionStatus,
    SessionSummary,
    get_engine,
    get_session_factory,
    get_sync_engine,
    init_db,
    log_audit,
    session_scope,
    set_database_url,
    sync_session_scope,
)
from memdb.adapters.memory_base import db as module
from memdb.engine.database import Database, Tenant
from memdb.errors import DatabaseMissing, InvalidInput, NotFound, PoolClosed, TenantRequired, TransactionEnded, Unsupported
from tests.conftest import Home, vector
from tests.server import execute, with_database

ROOT = Path(memdb.__file__).parents[1]


@pytest.fixture
async def url(dsn: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A database as an application names it, and nothing of other tests' left."""
    monkeypatch.setattr(module, "_default", (None, None))
    given = dsn.replace("postgresql://", "postgresql+asyncpg://")
    yield given
    await get_engine(given).dispose()
    await asyncio.to_thread(get_sync_engine(given).dispose)


async def test_the_program_of_its_readme(url: str, dsn: str) -> None:
    set_database_url(url)
    await init_db()
    await init_db(get_engine())
    async with session_scope() as session:
        made = Session(title="Chat")
        session.add(made)
        await session.flush()
    async with memdb.connect(dsn) as db:
        org = await organizations.get_by_slug(db.admin(), slug="default")
        assert org is not None
        (found,) = await sessions.page(db.tenant(org.id))
        assert (found.id, found.title) == (made.id, "Chat")
        agent = await agents.get(db.tenant(org.id), id=found.agent_id)
        assert agent is not None
        assert agent.slug == "memory-base"


async def test_rows_are_stored_and_read(tenant: Tenant) -> None:
    ada = await users.get_or_create(tenant, email="ada@acme.example")
    async with session_scope(tenant=tenant) as session:
        talk = Session(title="Chat", metadata_={"a": 1}, user_id=ada.id)
        session.add(talk)
        await session.flush()
        said = [Message(session_id=talk.id, role=role, content=role.title()) for role in ("system", "user", "user")]
        session.add(SessionSummary(session_id=talk.id, strategy="rolling", strategy_version="2", summary_json={"todos": []}))
        session.add_all(said)
        session.add(Message(session_id=talk.id, role="assistant", content="Hello.", model="m-1", embedding=vector(1)))
        assert len(session.new) == 5
        await session.flush()
        assert session.new == []
    assert talk.id is not None
    page = await messages.page(tenant, session_id=talk.id)
    assert [(each.role, each.content, each.model, each.embedded) for each in page] == [
        ("system", "System", None, False),
        ("user", "User", None, False),
        ("user", "User", None, False),
        ("assistant", "Hello.", "m-1", True),
    ]
    (summary,) = await summaries.page(tenant, session_id=talk.id)
    assert (summary.first_position, summary.last_position, summary.structured) == (1, 4, {"todos": []})
    async with session_scope(tenant=tenant) as session:
        found = await session.get(Session, talk.id)
        assert found is not None
        assert (found.id, found.title, found.metadata_, found.status, found.user_id) == (
            talk.id,
            "Chat",
            {"a": 1},
            SessionStatus.ACTIVE,
            ada.id,
        )
        message = await session.get(Message, page[3].id)
        assert message is not None
        assert (message.session_id, message.role, message.content, message.model) == (talk.id, "assistant", "Hello.", "m-1")
        assert message.created_at == page[3].sent_at
        stored = await session.get(SessionSummary, summary.id)
        assert stored is not None
        assert (stored.strategy, stored.strategy_version, stored.summary_text) == ("rolling", "2", None)
        assert await session.get(Message, uuid.uuid4()) is None
        await session.delete(message)
        assert await session.get(Message, page[3].id) is None
    async with session_scope(tenant=tenant) as session:
        await session.delete(found)
    assert await sessions.get(tenant, id=talk.id) is None


async def test_a_block_commits_or_rolls_back_as_a_whole(tenant: Tenant) -> None:
    with pytest.raises(ZeroDivisionError):
        async with session_scope(tenant=tenant) as session:
            session.add(Session(title="gone"))
            await session.flush()
            await log_audit(session, "open", "session")
            raise ZeroDivisionError
    with pytest.raises(NotFound, match="session"):
        async with session_scope(tenant=tenant) as session:
            session.add(Session(title="gone"))
            session.add(Message(session_id=uuid.uuid4(), role="user", content="To nobody."))
    async with session_scope(tenant=tenant) as session:
        session.add(Session(title="gone"))
        await session.rollback()
        with pytest.raises(TransactionEnded):
            await session.flush()
    async with session_scope(tenant=tenant) as session:
        session.add(Session(title="kept"))
        await session.commit()
        with pytest.raises(TransactionEnded):
            await session.get(Session, uuid.uuid4())
    assert [each.title for each in await sessions.page(tenant)] == ["kept"]
    assert await audit.count(tenant, action="open") == 0


async def test_the_audit_log_is_written_with_what_it_tells_of(tenant: Tenant) -> None:
    id = uuid.uuid4()
    async with session_scope(tenant=tenant) as session:
        await log_audit(session, "tool_call", "tool", id, {"args": [1]})
        await log_audit(session, "reload", "config", "")
        session.add(AuditLog(action="denied", resource_type="cli", resource_id="rm", details={"x": None}))
    await log_audit(tenant, "alone", "tool")
    entries = {each.action: each for each in await audit.page(tenant)}
    told = {
        action: (entry.resource_type, entry.resource_id, entry.details) for action, entry in entries.items() if action != "agent.created"
    }
    assert {each: told[each] for each in ("tool_call", "reload", "denied", "alone")} == {
        "tool_call": ("tool", str(id), {"args": [1]}),
        "reload": ("config", None, {}),
        "denied": ("cli", "rm", {"x": None}),
        "alone": ("tool", None, {}),
    }


async def test_factories_and_engines_open_sessions_that_commit_when_they_are_told(url: str) -> None:
    set_database_url(url)
    factory = get_session_factory()
    async with factory() as session:
        session.add(Session(title="forgotten"))
    async with factory() as session:
        session.add(Session(title="kept"))
        await session.commit()
    async with get_engine().begin() as session:
        session.add(Session(title="begun"))
    async with session_scope(url) as session:
        assert [each.title for each in await sessions.page(session.executor)] == ["begun", "kept"]
    assert get_engine() is get_engine(url)


async def test_many_scopes_open_one_database(url: str) -> None:
    async def one(number: int) -> None:
        async with session_scope(url) as session:
            session.add(Session(title=str(number)))

    hasty = asyncio.create_task(one(0))
    await asyncio.sleep(0)
    hasty.cancel()
    await asyncio.gather(*[one(number) for number in range(12)])
    assert hasty.cancelled()
    async with session_scope(url) as session:
        assert await sessions.count(session.executor) == 12
        assert await agents.count(session.executor) == 1


async def test_other_event_loops_and_threads_have_databases_of_their_own(url: str) -> None:
    set_database_url(url)

    async def elsewhere() -> None:
        async with session_scope() as session:
            session.add(Session(title="asyncio.run"))
        await get_engine().dispose()

    def in_thread(number: int) -> None:
        with sync_session_scope() as session:
            talk = Session(title=f"thread {number}")
            session.add(talk)
            session.flush()
            session.add(Message(session_id=talk.id, role="user", content="Hello."))
            session.add(AuditLog(action="run", resource_type="task", resource_id=str(number)))

    await asyncio.to_thread(asyncio.run, elsewhere())
    await asyncio.to_thread(asyncio.run, elsewhere())
    with ThreadPoolExecutor(3) as pool:
        await asyncio.gather(*[asyncio.get_running_loop().run_in_executor(pool, in_thread, number) for number in range(6)])
    async with session_scope() as session:
        assert await sessions.count(session.executor) == 8
        assert await audit.count(session.executor, action="run") == 6


async def test_the_twin_without_an_event_loop(url: str, dsn: str) -> None:
    def work() -> uuid.UUID:
        with sync_session_scope(url) as session:
            talk = Session(title="kept")
            session.add_all([talk])
            session.flush()
            assert talk.id is not None
            assert session.executor.call(sessions.count) == 1
            found = session.get(Session, talk.id)
            assert found is not None
            assert found.title == "kept"
        with pytest.raises(ZeroDivisionError), sync_session_scope(url) as session:
            session.delete(talk)
            raise ZeroDivisionError
        with get_sync_engine(url).connect() as session:
            session.add(Session(title="forgotten"))
        with get_sync_engine(url).begin() as session:
            session.add(Session(title="begun"))
            session.commit()
            with pytest.raises(TransactionEnded):
                session.flush()
        with memdb.sync(dsn) as db:
            org = db.admin().call(organizations.get_by_slug, slug="default")
            assert org is not None
            with sync_session_scope(tenant=db.tenant(org.id)) as session:
                session.add(Session(title="of a tenant"))
                session.rollback()
        with pytest.raises(Unsupported):
            get_sync_engine(url).connect().execute("SELECT 1")
        return talk.id

    kept = await asyncio.to_thread(work)
    async with session_scope(url) as session:
        assert {each.title for each in await sessions.page(session.executor)} == {"kept", "begun"}
        assert await session.get(Session, kept) is not None


async def test_a_forked_child_opens_a_database_of_its_own(url: str) -> None:
    engine = get_sync_engine(url)

    def add() -> int:
        with engine.begin() as session:
            session.add(Session(title="forked"))
            return int(os.getpid())

    def fork() -> int:
        add()
        child = os.fork()
        if child == 0:
            try:
                add()
                engine.dispose()
            except BaseException:
                os._exit(1)
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert await asyncio.to_thread(fork) == 0
    async with session_scope(url) as session:
        assert await sessions.count(session.executor) == 2


async def test_what_a_layer_without_an_orm_cannot_do_is_told(tenant: Tenant) -> None:
    with pytest.raises(Unsupported, match="own-tables"):
        type("CodeReview", (Base,), {})
    with pytest.raises(Unsupported, match="archive"):
        MessageArchive(content="old")
    async with session_scope(tenant=tenant) as session:
        for method in (session.execute, session.scalars, session.query, session.refresh):
            with pytest.raises(Unsupported, match=r"session\.executor"):
                method("SELECT 1")
        statement = "SELECT count(*)::int FROM memdb.sessions AS s WHERE s.org_id = :org_id::memdb.tenant"
        assert await session.executor.fetch(int, statement) == [0]
        with pytest.raises(Unsupported, match="audit"):
            await session.get(AuditLog, uuid.uuid4())
        talk = Session(title="Chat")
        talk.title = "Talk"
        session.add(talk)
        await session.flush()
        with pytest.raises(Unsupported, match=r"memdb\.sessions"):
            talk.title = "lost"
        with pytest.raises(Unsupported, match="deleted"):
            await session.delete(AuditLog(action="a", resource_type="b"))
        with pytest.raises(NotFound, match="message"):
            await session.delete(Message(role="user", content="never stored"))
        with pytest.raises(InvalidInput, match="instance"):
            session.add({"title": "a dict"})  # type: ignore[arg-type]


async def test_wrong_rows(home: Home) -> None:
    talk = (await sessions.start(home.tenant, agent_id=home.agent.id)).session.id
    wrong = [
        (Session(status=SessionStatus.DELETED), "status"),
        (Session(title="t" * 600), "title"),
        (Message(session_id=talk, role="narrator", content="Once upon a time"), "role"),
        (Message(session_id=talk, role="user", content=" "), "content"),
        (Message(session_id=talk, role="user", content="x", embedding=[1.0, 2.0]), "embedding"),
        (SessionSummary(session_id=talk, strategy="s", summary_text="Nothing."), "session_id"),
        (AuditLog(action="", resource_type="x"), "action"),
        (Session(metadata_=[1]), "metadata_"),  # type: ignore[arg-type]
        (Session(updated_at=datetime(2026, 1, 1)), "updated_at"),
        (Message(session_id=talk, role="user", content="x", created_at=datetime(2026, 1, 1)), "created_at"),
    ]
    for row, field in wrong:
        with pytest.raises(InvalidInput, match=f"^{field} must"):
            async with session_scope(tenant=home.tenant, agent_id=home.agent.id) as session:
                session.add(Session(title="rolled back"))
                session.add(row)
    assert await sessions.count(home.tenant) == 1
    # As in Memory-Base, a text may be empty where there may be none.
    async with session_scope(tenant=home.tenant, agent_id=home.agent.id) as session:
        session.add(untitled := Session(title=""))
        await session.flush()
        session.add(said := Message(session_id=untitled.id, role="user", content="x", model=""))
        await session.flush()
        session.add(SessionSummary(session_id=untitled.id, strategy="s", strategy_version="", summary_text="", summary_json={"n": 1}))
    async with session_scope(tenant=home.tenant) as session:
        found, read = await session.get(Session, untitled.id), await session.get(Message, said.id)
        assert found is not None
        assert read is not None
        assert (found.title, read.model) == (None, None)


async def test_foreign_tenants_and_closed_databases(db: Database, tenant: Tenant, rival: Home) -> None:
    theirs = (await sessions.start(rival.tenant, agent_id=rival.agent.id)).session
    async with session_scope(tenant=tenant) as session:
        assert await session.get(Session, theirs.id) is None
        session.add(Message(session_id=theirs.id, role="user", content="Hello."))
        with pytest.raises(NotFound, match="session"):
            await session.flush()
        await session.rollback()
    assert await messages.count(rival.tenant, session_id=theirs.id) == 0
    with pytest.raises(NotFound, match="agent"):
        async with session_scope(tenant=tenant, agent_id=rival.agent.id) as session:
            session.add(Session())
    with pytest.raises(TenantRequired):
        async with session_scope(tenant=db.admin()):
            pass
    with pytest.raises(InvalidInput, match="tenant"):
        async with session_scope(tenant="postgresql://"):  # type: ignore[arg-type]
            pass
    await db.close()
    with pytest.raises(PoolClosed):
        async with session_scope(tenant=tenant):
            pass


async def test_without_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_default", (None, None))
    for call in (get_engine, get_sync_engine, get_session_factory):
        with pytest.raises(DatabaseUrlMissing, match="set_database_url"):
            call()
    with pytest.raises(RuntimeError):
        async with session_scope():
            pass
    with pytest.raises(InvalidInput, match="database_url"):
        set_database_url(None)  # type: ignore[arg-type]


async def test_a_database_that_was_not_there_is_tried_again(url: str, dsn: str) -> None:
    name = urlsplit(dsn).path.strip("/")
    server = with_database(dsn, "postgres")
    execute(server, f"ALTER DATABASE {name} RENAME TO {name}_elsewhere")
    try:
        with pytest.raises(DatabaseMissing):
            async with session_scope(url):
                pass
    finally:
        execute(server, f"ALTER DATABASE {name}_elsewhere RENAME TO {name}")
    async with session_scope(url) as session:
        assert await sessions.count(session.executor) == 0


async def test_the_example_runs(dsn: str) -> None:
    spec = importlib.util.spec_from_file_location("memory_base_chat", ROOT / "examples" / "memory_base_chat.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    assert await example.main(dsn) == ["Chat", "Ada lives in Oslo (concise)"]


def test_memdb_imports_none_of_it() -> None:
    code = "import sys, memdb, memdb.adapters; memdb.sessions.start; assert 'obstore' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    code = (
        "import sys; sys.modules['obstore'] = None\n"
        "from memdb.errors import ExtraMissing\n"
        "try:\n    import memdb.adapters.memory_base\nexcept ExtraMissing as error:\n    assert '[memory-base]' in str(error)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
