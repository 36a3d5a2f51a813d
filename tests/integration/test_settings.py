"""Results and errors are the same however the server, the database or the role is set."""

from __future__ import annotations

import asyncio
import io
import uuid
from collections.abc import Awaitable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

import memdb
from memdb import (
    agents,
    archives,
    attributes,
    audit,
    backup,
    entities,
    facts,
    memories,
    messages,
    organizations,
    retention,
    sessions,
    users,
)
from memdb.engine.database import Database
from memdb.errors import MemdbError, ReadOnly, UnderLegalHold, UnsafeSettings, WrongEncoding
from memdb.memories import NewMemory
from memdb.operations.check import check
from memdb.operations.migrate import migrate
from tests.conftest import settle, vector
from tests.samples import ADMIN_SAMPLES, COMPOSED, SAMPLES, Worlds
from tests.server import Databases, execute, fetch, with_database, with_login

ODD = {
    # Whom and what a statement sees
    "row_security": "off",
    "search_path": '"$user", odd, public',
    "default_transaction_isolation": "serializable",
    "default_transaction_deferrable": "on",
    "gin_fuzzy_search_limit": "1",
    "hnsw.ef_search": "1",
    "hnsw.iterative_scan": "off",
    "hnsw.max_scan_tuples": "1",
    "ivfflat.probes": "1",
    "ivfflat.max_probes": "1",
    "ivfflat.iterative_scan": "relaxed_order",
    # How a text is read and written
    "client_encoding": "LATIN1",
    "standard_conforming_strings": "off",
    "backslash_quote": "off",
    "quote_all_identifiers": "on",
    "transform_null_equals": "on",
    "array_nulls": "off",
    "xmloption": "document",
    "bytea_output": "escape",
    "extra_float_digits": "-15",
    "DateStyle": "SQL, DMY",
    "IntervalStyle": "sql_standard",
    "TimeZone": "Pacific/Chatham",
    "default_text_search_config": "pg_catalog.german",
    "idle_session_timeout": "1",
    # What else is said
    "client_min_messages": "error",
    "exit_on_error": "on",
    "plpgsql.extra_errors": "all",
    "plpgsql.extra_warnings": "all",
    "check_function_bodies": "off",
    # How it is done
    "synchronous_commit": "off",
    "plan_cache_mode": "force_generic_plan",
    "jit": "on",
    "jit_above_cost": "0",
    "temp_buffers": "100",
    "random_page_cost": "1000",
    "cursor_tuple_fraction": "0",
    "default_statistics_target": "1",
    "constraint_exclusion": "on",
    "stats_fetch_consistency": "snapshot",
    "enable_seqscan": "off",
    "enable_indexscan": "off",
}
# An operator's limits on a service's calls, which do not hold for migrations.
LIMITS = {"statement_timeout": "1", "lock_timeout": "1", "idle_in_transaction_session_timeout": "1"}
# A locale with letters and an order of its own, of the best provider that the server has.
_LOCALES = """
    SELECT CASE
        WHEN EXISTS (SELECT FROM pg_config WHERE name = 'CONFIGURE' AND setting NOT LIKE '%without-icu%')
            THEN $$LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C'$$
        WHEN current_setting('server_version_num')::int >= 180000
            THEN $$LOCALE_PROVIDER builtin LOCALE 'C' BUILTIN_LOCALE 'PG_UNICODE_FAST'$$
        ELSE $$LOCALE_PROVIDER libc LOCALE 'C'$$
    END
"""


def _set(dsn: str, settings: dict[str, str], *, through: str | None = None) -> None:
    database = dsn.partition("?")[0].rpartition("/")[2]
    values = {name: value if name == "search_path" else f"'{value}'" for name, value in settings.items()}
    execute(through or dsn, *[f"ALTER DATABASE {database} SET {name} = {value}" for name, value in values.items()])


async def _error(call: Awaitable[object]) -> str:
    with pytest.raises(MemdbError) as caught:
        await call
    return f"{type(caught.value).__name__}: {caught.value}"


async def _results(db: Database) -> list[Any]:
    """What a caller sees of the core, without ids and the time of day."""
    tenant, agent = await settle(db, "acme")
    told: list[Any] = []
    contents = [
        "Ärger über Žofie",
        "ÄRGER ÜBER ŽOFIE",
        "tea time",
        "Straße nach Zürich",
        r"C:\new\temp 'q' \S+ $1",
        "İstanbul ǅ",
        "zeta",
        "Alpha",
    ]
    moment = datetime(2024, 3, 31, 12, 30, 0, 123456, tzinfo=UTC)
    for number, content in enumerate(contents):
        memory = await memories.add(
            tenant,
            agent_id=agent.id,
            content=content,
            tags=["Zeta", "alpha", "_b", "ä", "Äther", "a b"],
            embedding=vector(number),
            confidence=0.1 + 0.2,
            metadata={"x": 0.1 + 0.2, "none": None, "text": r"\n"},
            observed_at=moment,
        )
        told.append((memory.content, memory.tags, memory.confidence, memory.metadata, memory.observed_at))
    await memories.add_many(
        tenant,
        agent_id=agent.id,
        items=[NewMemory(content=f"note {n}", embedding=vector(100 + n)) for n in range(40)],
        on_duplicate="merge",
    )
    for asked in ({"text": "ärger žofie"}, {"embedding": vector(3)}, {"text": "note", "embedding": vector(103)}, {"text": "march 2024"}):
        hits = await memories.search(tenant, agent_id=agent.id, limit=20, as_of=datetime.now(UTC), **asked)  # type: ignore[arg-type]
        told.append([(hit.memory.content, round(hit.score, 3)) for hit in hits])
    told.append([each.content for each in await memories.page(tenant, agent_id=agent.id, tags=["ä"], limit=3)])
    for key in ("home_city", "home", "home.a", "homez"):
        await attributes.register(tenant, key=key, value_type="string", conflict_policy="supersede")
    told.append([each.key for each in await attributes.page(tenant)])
    (found,) = await entities.resolve_or_create(tenant, agent_id=agent.id, names=["Žofie"], type="person")
    for alias in ("zo", "Žo", "_zo", "ZO 2", "Äž"):
        await entities.add_alias(tenant, entity_id=found.entity.id, alias=alias)
    told.append([each.alias for each in await entities.aliases(tenant, entity_id=found.entity.id)])
    for year, city in ((2024, "Zürich"), (2020, "ZÜRICH"), (2022, "Ötz")):
        asserted = await facts.assert_(
            tenant,
            agent_id=agent.id,
            entity_id=found.entity.id,
            attribute="home_city",
            value=city,
            content=f"Žofie lives in {city}.",
            valid_from=datetime(year, 1, 1, tzinfo=UTC),
        )
        told.append(asserted.outcome)
    for when in (None, datetime(2021, 6, 1, tzinfo=UTC)):
        known = await facts.retrieve(tenant, agent_id=agent.id, text="What about žofie?", as_of=when)
        told.append([hit.fact.content for hit in known])
    session = (await sessions.start(tenant, agent_id=agent.id, started_at=datetime(2020, 1, 1, tzinfo=UTC))).session
    for content in ("How warm is it?", "20 °C, 0.30000000000000004"):
        await messages.append(
            tenant, session_id=session.id, role="user", content=content, metadata={"f": 0.1 + 0.2}, sent_at=datetime(2020, 1, 1, tzinfo=UTC)
        )
    admin = db.admin(tenant.org_id)
    told.append(await archives.archive(admin, idle_since=datetime(2020, 1, 2, tzinfo=UTC)))
    exported = [row async for row in archives.export(admin, id=session.id)]
    told.append([(row["content"], row["metadata"], row["position"]) for row in exported])
    await archives.restore(admin, id=session.id)
    told.append([m.content for m in (await messages.window(tenant, session_id=session.id)).messages])
    told.append([hit.message.content for hit in await messages.search(tenant, agent_id=agent.id, text="warm")])
    user = await users.create(tenant, email="Zoë@example.org")
    mine = await memories.add(tenant, agent_id=agent.id, content="of a user", user_id=user.id)
    told += [
        await _error(users.create(tenant, email="ZOË@example.org")),
        await _error(agents.create(tenant, slug="helper", name="again")),
        await _error(memories.update(tenant, id=mine.id, expected_version=9, content="x")),
        await _error(memories.add(tenant, agent_id=uuid.UUID(int=0), content="x")),
        await _error(memories.update(tenant, id=uuid.UUID(int=0), content="x")),
        await _error(messages.append(tenant, session_id=session.id, role="tool", content="x", tool_call_id="nobody's")),
    ]
    async with tenant.transaction(isolation="serializable", readonly=True) as tx:
        told.append(await memories.count(tx))
        with pytest.raises(ReadOnly):
            async with tx.transaction() as inner:
                await memories.delete(inner, id=mine.id)
    await audit.seal(admin)
    told.append(await audit.verify(tenant))
    await retention.hold(admin, name="z", reason="court")
    await retention.hold(admin, name="A", reason="court")
    told.append(await _error(retention.erase_user(admin, user_id=user.id)))
    for name in ("z", "A"):
        await retention.release_hold(admin, name=name, reason="over")
    erased = await retention.erase_user(admin, user_id=user.id)
    told.append(sorted(erased.items()))
    file = io.BytesIO()
    await backup.dump(admin, file)
    file.seek(0)
    copy = uuid.uuid4()
    await backup.restore(db, file, org_id=copy, slug="copy", name="Copy")
    told.append([(each.content, each.confidence, each.tags) for each in await memories.page(db.tenant(copy), limit=100)])
    await organizations.delete(admin)
    told.append(await _error(memories.add(tenant, agent_id=agent.id, content="x")))
    return told


async def test_the_core_on_an_oddly_set_database(databases: Databases, dsn: str) -> None:
    ((locale,),) = fetch(databases.dsn, _LOCALES)
    with databases._made(None, f"ENCODING 'UTF8' {locale}") as odd:  # type: ignore[arg-type]
        execute(
            odd,
            "CREATE EXTENSION vector",
            "CREATE SCHEMA odd",
            "CREATE TABLE odd.memories (id int)",
            "CREATE TABLE odd.pg_settings (name text)",
        )
        _set(odd, ODD | LIMITS)
        assert migrate(odd) != []
        _set(odd, dict.fromkeys(LIMITS, "0"), through=databases.dsn)
        assert await asyncio.to_thread(check, odd) == []
        async with memdb.connect(dsn, timeout=30.0) as ordinary, memdb.connect(odd, timeout=30.0) as db:
            for found, expected in zip(await _results(db), await _results(ordinary), strict=True):
                assert found == expected
            organization = await organizations.create(db.admin(), slug="samples", name="Samples")
            worlds = Worlds(db, db.tenant(organization.id))
            for call in (SAMPLES | ADMIN_SAMPLES | COMPOSED).values():
                # The hold that one of them puts on the organization stays.
                with suppress(UnderLegalHold):
                    await worlds.call(call)


async def test_settings_that_memdb_may_not_set_are_refused_where_they_change_results(dsn: str) -> None:
    login = f"memdb_test_{uuid.uuid4().hex}"
    execute(dsn, f"CREATE ROLE {login} LOGIN IN ROLE memdb_app")
    try:
        _set(dsn, {name: ODD[name] for name in ("row_security", "extra_float_digits", "TimeZone", "DateStyle", "jit")})
        refusal = (
            r"extra_float_digits=-15, row_security=off would change results.*ALTER ROLE .* SET extra_float_digits = 1, row_security = on"
        )
        with pytest.raises(UnsafeSettings, match=refusal):
            await memdb.connect(with_login(dsn, login), role=None, timeout=20.0)
        for name in ("extra_float_digits = 1", "row_security = on"):
            execute(dsn, f"ALTER ROLE {login} SET {name}")
        async with memdb.connect(with_login(dsn, login), admin_dsn=dsn, role=None, timeout=20.0) as db:
            await settle(db, "acme")
    finally:
        execute(dsn, f"DROP ROLE {login}")


async def test_whether_writes_are_taken_is_the_operators_choice(dsn: str) -> None:
    async with memdb.connect(dsn, timeout=20.0) as db:
        tenant, agent = await settle(db, "acme")
    _set(dsn, {"default_transaction_read_only": "on"})
    async with memdb.connect(dsn, timeout=20.0) as db:
        tenant = db.tenant(tenant.org_id)
        assert await agents.page(tenant) == [agent]
        with pytest.raises(ReadOnly):
            await memories.add(tenant, agent_id=agent.id, content="x")


async def test_what_the_url_says_counts(dsn: str) -> None:
    async with memdb.connect(f"{dsn}&options=-cstatement_timeout%3D200", pool_size=1, timeout=20.0) as db:
        assert await db.admin().fetch(str, "SELECT current_setting('statement_timeout')") == ["200ms"]


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
async def test_other_encodings_are_refused_before_anything_is_made(databases: Databases, encoding: str) -> None:
    with databases._made(None, f"ENCODING '{encoding}' LOCALE_PROVIDER libc LOCALE 'C'") as dsn:  # type: ignore[arg-type]
        with pytest.raises(WrongEncoding, match=f"encoding is {encoding}, memdb needs UTF8: CREATE DATABASE"):
            migrate(dsn)
        assert fetch(dsn, "SELECT FROM pg_tables WHERE schemaname = 'public'") == []
        with pytest.raises(WrongEncoding, match=encoding):
            await memdb.connect(with_database(dsn, dsn.partition("?")[0].rpartition("/")[2]), timeout=20.0)
