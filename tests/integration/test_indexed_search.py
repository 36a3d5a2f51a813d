"""Search through the indexes for large scopes: it finds what comparing all finds, for this tenant only, and never an outdated embedding."""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import re
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from unittest.mock import AsyncMock, patch

import asyncpg
import numpy as np
import psycopg
import pytest

import memdb
from memdb import agents, memories, organizations, retention, users
from memdb.agents import Agent
from memdb.engine.database import Database, Pooled, Tenant
from memdb.engine.resources import migration_ids
from memdb.errors import InvalidInput, TransactionConflict
from memdb.memories import Hit, Hits, NewMemory, Ranking, searching
from memdb.memories import scopes as measured
from memdb.operations.migrate import migrate
from tests.conftest import DIMENSION, Home, vector
from tests.server import Databases, down_to, execute, fetch, up_to

SMALL = 16
LARGE_SCOPE = 5400
INDEXES = ("memory_embeddings_1_hnsw", "memory_embeddings_1_cells", "memories_words")


class Filled(NamedTuple):
    """A database with the indexes, two tenants, and of one of them two agents, of many and of few memories."""

    dsn: str
    org_id: uuid.UUID
    large: uuid.UUID
    small: uuid.UUID
    rival_id: uuid.UUID
    rival: uuid.UUID


def _statements(dsn: str) -> list[str]:
    return [str(row[0]) for row in fetch(dsn, "SELECT memdb.index_statements(1::smallint)")]


def _directions(seed: int, count: int) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(count, SMALL))
    directions: np.ndarray = made / np.linalg.norm(made, axis=1, keepdims=True)
    return directions


def _pour(dsn: str, org_id: uuid.UUID, agent_id: uuid.UUID, count: int, seed: int) -> None:
    """Memories of an agent: one word in all, one in the newest 1,200, some in few; tags and sessions of every size; 1 in 50 is archived."""
    execute(
        dsn,
        f"""
        INSERT INTO memdb.memories (
            org_id, agent_id, content, tags, session_id, session_offset, category, metadata, status, embedded, observed_at, created_at
        )
        SELECT
            '{org_id}', '{agent_id}',
            'common ' || CASE WHEN i > {count} - 1200 THEN 'fresh' ELSE 'stale' END || ' w' || i % 400 || ' only' || i
                || CASE WHEN i % 3 = 0 THEN ' green tea' ELSE ' tea green' END,
            array_remove(ARRAY[CASE WHEN i % 10 = 0 THEN 'tenth' END, CASE WHEN i % 700 = 30 THEN 'rare' END], NULL),
            md5('s' || i / 5)::uuid, i % 5 * 40, CASE WHEN i % 2 = 0 THEN 'factual' ELSE 'episodic' END, jsonb_build_object('n', i % 300),
            CASE WHEN i % 50 = 7 THEN 'archived' ELSE 'active' END, i % 20 <> 9,
            '2024-01-01'::timestamptz + i * interval '1 hour', '2024-01-01'::timestamptz + i * interval '1 hour'
        FROM generate_series(1, {count}) AS i
        ORDER BY i
        """,
    )
    keys = fetch(dsn, f"SELECT id FROM memdb.memories WHERE agent_id = '{agent_id}' AND embedded ORDER BY id")
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        copying = "COPY memdb.memory_embeddings (org_id, memory_id, agent_id, space, embedding) FROM STDIN"
        with cursor.copy(copying) as copy:
            for (key,), direction in zip(keys, _directions(seed, len(keys)), strict=True):
                copy.write_row((org_id, key, agent_id, 1, "[" + ",".join(f"{each:.5f}" for each in direction) + "]"))


@pytest.fixture(scope="module")
def filled(databases: Databases) -> Iterator[Filled]:
    with databases.migrated(dimension=SMALL) as dsn:
        ids = [uuid.UUID(int=n) for n in range(1, 6)]
        execute(
            dsn,
            f"INSERT INTO memdb.organizations (id, slug, name) VALUES ('{ids[0]}', 'acme', 'x'), ('{ids[3]}', 'rival', 'x')",
            f"""
            INSERT INTO memdb.agents (org_id, id, slug, name)
            VALUES ('{ids[0]}', '{ids[1]}', 'large', 'x'), ('{ids[0]}', '{ids[2]}', 'small', 'x'), ('{ids[3]}', '{ids[4]}', 'rival', 'x')
            """,
        )
        _pour(dsn, ids[0], ids[1], LARGE_SCOPE, 1)
        _pour(dsn, ids[0], ids[2], 40, 2)
        _pour(dsn, ids[3], ids[4], 600, 1)
        execute(dsn, *_statements(dsn), "ANALYZE")
        yield Filled(dsn, *ids)


@pytest.fixture
async def service(filled: Filled) -> AsyncIterator[Database]:
    async with memdb.connect(filled.dsn, timeout=20.0) as database:
        yield database


@pytest.fixture
def acme(service: Database, filled: Filled) -> Tenant:
    return service.tenant(filled.org_id)


def _ids(hits: Sequence[Hit]) -> list[uuid.UUID]:
    return [hit.memory.id for hit in hits]


async def _both(tenant: Tenant, agent_id: uuid.UUID, **asked: Any) -> tuple[Hits, Hits]:
    """The same search through the indexes and by comparing all."""
    indexed = await memories.search(tenant, agent_id=agent_id, strategy="indexed", **asked)
    exact = await memories.search(tenant, agent_id=agent_id, strategy="exact", **asked)
    assert exact.strategy == "exact"
    assert len(set(_ids(indexed))) == len(indexed)
    for hits in (indexed, exact):
        assert [(hit.score, hit.memory.id) for hit in hits] == sorted([(hit.score, hit.memory.id) for hit in hits], reverse=True)
        for hit in hits:
            parts = [getattr(hit.parts, name) for name in hit.parts.__struct_fields__]
            assert hit.score == pytest.approx(sum(parts), abs=1e-9)
            assert hit.memory.agent_id == agent_id
    return indexed, exact


async def test_the_nearest_are_found_by_the_index(acme: Tenant, filled: Filled) -> None:
    shared = 0
    for asked in _directions(7, 8):
        indexed, exact = await _both(acme, filled.large, embedding=asked)
        assert indexed.strategy == "indexed"
        assert len(indexed) == len(exact) == 10
        assert indexed[0].score == pytest.approx(exact[0].score, abs=1e-6)
        shared += len({*_ids(indexed)} & {*_ids(exact)})
    assert shared >= 78
    stored = _directions(1, LARGE_SCOPE * 19 // 20)
    for n in (0, 1500, 2999):
        indexed, exact = await _both(acme, filled.large, embedding=stored[n], limit=1)
        if exact:
            assert _ids(indexed) == _ids(exact)


# Texts, and whether the first hits are the same whatever is known of the whole scope: one rare word decides.
TEXTS = [
    "only4321",
    "only17 common",
    "w123",
    "common",
    "common tea green",
    "fresh",
    "stale",
    "w5 w6 w7",
    "unheard",
    "w123 -stale",
]


async def test_words_lead_to_all_that_there_is(acme: Tenant, filled: Filled) -> None:
    for text in TEXTS:
        for limit in (10, 1000):
            indexed, exact = await _both(acme, filled.large, text=text, limit=limit)
            assert (indexed.strategy, len(indexed)) == ("indexed", len(exact)), (text, limit)
    for text in ("only4321", "w123", "w5 w6 w7", "w123 -stale", "w123 only523"):
        indexed, exact = await _both(acme, filled.large, text=text, limit=1000)
        assert {*_ids(indexed)} == {*_ids(exact)}, text
    for text in ("only4321", "only17 common", "w123 only523"):
        indexed, exact = await _both(acme, filled.large, text=text, limit=1)
        assert _ids(indexed) == _ids(exact), text


@pytest.mark.parametrize(
    "text", ["common -fresh", '"common stale"', 'common "tea green common"', "tea -fresh -w3", '"green tea"', '"stale w17" common']
)
async def test_what_is_required_is_found_beyond_the_newest(acme: Tenant, filled: Filled, text: str) -> None:
    """Words that nearly all memories have, and a condition that none of the newest meets."""
    for limit in (1, 10, 1000):
        indexed, exact = await _both(acme, filled.large, text=text, limit=limit)
        assert len(indexed) == len(exact), limit


async def test_words_count_around_where_they_are_as_by_comparing_all(acme: Tenant, filled: Filled) -> None:
    for text, found in (("only4321", 5), ("only17 only523", 10), ("w123", 70)):
        indexed, exact = await _both(acme, filled.large, text=text, limit=found - 3)
        assert indexed.strategy == "indexed"
        assert {*_ids(indexed)} == {*_ids(exact)}
        assert [hit.parts.context > 0 for hit in indexed] == [hit.parts.context > 0 for hit in exact]
        assert [hit.parts.context for hit in indexed] == pytest.approx([hit.parts.context for hit in exact], abs=1e-2)
        for each in (await indexed.explain(acme)).hits:
            assert sum(word.points for word in each.words) == pytest.approx(each.hit.parts.text + each.hit.parts.context)


FILTERS: list[dict[str, Any]] = [
    {},
    {"tags": ["tenth"]},
    {"tags": ["rare"]},
    {"tags": ["rare", "tenth"]},
    {"tags": ["no such"]},
    {"category": "episodic"},
    {"metadata": {"n": 17}, "category": "factual"},
    {"session_id": uuid.UUID(hashlib.md5(b"s100").hexdigest())},
    {"since": datetime(2024, 9, 1, tzinfo=UTC)},
    {"until": datetime(2024, 1, 3, tzinfo=UTC)},
    {"as_of": datetime(2100, 1, 1, tzinfo=UTC)},
]
KINDS: list[dict[str, Any]] = [
    {"embedding": _directions(7, 1)[0]},
    {"text": "common w17 w18"},
    {"embedding": _directions(7, 1)[0], "text": "common w17"},
    {"embedding": _directions(7, 1)[0], "text": "w17", "ranking": Ranking(fusion="rank", recency_weight=0.5, neighbour_share=0.5)},
    {"embedding": _directions(7, 1)[0], "min_similarity": 0.5},
    {"embedding": _directions(7, 1)[0], "text": "common", "min_similarity": 0.5},
    {"text": "common w17 w18", "ranking": Ranking.conversation()},
    {"embedding": _directions(7, 1)[0], "text": "w17", "ranking": Ranking.conversation()},
]


async def test_every_filter_lets_through_as_many_as_there_are(acme: Tenant, filled: Filled) -> None:
    """As many rows as there are, or the limit; where the index comes to its end, all are compared."""
    wrong = []
    for filters in FILTERS:
        for kind in KINDS:
            exact = await memories.search(acme, agent_id=filled.large, strategy="exact", limit=1000, **kind, **filters)
            for limit in (5, 60):
                indexed = await memories.search(acme, agent_id=filled.large, strategy="indexed", limit=limit, **kind, **filters)
                is_sound = len({*_ids(indexed)}) == len(indexed) == min(limit, len(exact))
                if not is_sound or (len(exact) < 1000 and not {*_ids(indexed)} <= {*_ids(exact)}):
                    wrong.append((filters, kind.keys(), limit, len(indexed), len(exact)))
                if not exact and "embedding" in kind and "min_similarity" not in kind:
                    # That nothing at all is left is for the exact search to say.
                    assert indexed.strategy == "exact"
                elif not filters or ("embedding" not in kind and "ranking" not in kind):
                    assert indexed.strategy == "indexed"
    assert wrong == []


async def test_a_scope_that_is_small_beside_its_neighbours_is_found_whole(acme: Tenant, filled: Filled) -> None:
    for kind in KINDS:
        indexed, exact = await _both(acme, filled.small, limit=1000, **kind)
        assert {*_ids(indexed)} == {*_ids(exact)}
        assert indexed.strategy == ("exact" if "embedding" in kind else "indexed")


async def _pages(tenant: Tenant, agent_id: uuid.UUID, most: int, **asked: Any) -> list[list[Hit]]:
    pages = [await memories.search(tenant, agent_id=agent_id, **asked)]
    while (after := pages[-1].next_page) is not None and len(pages) < most:
        pages.append(await memories.search(tenant, agent_id=agent_id, after=after, **asked))
    return [list(page) for page in pages]


@pytest.mark.parametrize(
    ("asked", "limit"),
    [
        ({"embedding": _directions(9, 1)[0]}, 50),
        ({"embedding": _directions(9, 1)[0], "tags": ["tenth"]}, 70),
        ({"embedding": _directions(9, 1)[0], "min_similarity": 0.3}, 100),
        ({"text": "w17 w18 w19 w20"}, 7),
        ({"text": "common w17", "tags": ["tenth"]}, 70),
        ({"embedding": _directions(9, 1)[0], "text": "w17", "tags": ["tenth"]}, 70),
        ({"embedding": _directions(9, 1)[0], "text": "w17 common"}, 200),
        ({"embedding": _directions(9, 1)[0], "ranking": Ranking(recency_weight=0.3)}, 200),
    ],
    ids=["embedding", "tags", "bounded", "rare words", "common words", "both and tags", "both", "ranked"],
)
async def test_pages_have_no_repeats_and_no_gaps(acme: Tenant, filled: Filled, asked: dict[str, Any], limit: int) -> None:
    """From page to page what is found never comes again and never gets better. The last page is the end of all that there is, or of the
    candidates, where there is more to a score than the embedding or the words.
    """
    pages = await _pages(acme, filled.large, 40, limit=limit, strategy="indexed", **asked)
    whole = await _pages(acme, filled.large, 40, limit=1000, strategy="exact", **asked)
    found = [hit for page in pages for hit in page]
    assert len({*_ids(found)}) == len(found)
    assert [hit.score for hit in found] == sorted([hit.score for hit in found], reverse=True)
    assert len(found) >= min(limit, len(whole[0]))
    if len(pages) < 40 and ("tags" in asked or len(asked) == 1):
        assert {*_ids(found)} == {*_ids([hit for page in whole for hit in page])}


async def test_no_page_ends_before_the_end(acme: Tenant, filled: Filled) -> None:
    """Few to a page and many pages: where the index gives what is nearer than the last page's end, the next page still is full."""
    short = []
    for asked in _directions(123, 6):
        for filters in ({}, {"tags": ["tenth"]}):
            pages = await _pages(acme, filled.large, 30, limit=10, strategy="indexed", embedding=asked, **filters)
            found = _ids([hit for page in pages for hit in page])
            assert len({*found}) == len(found)
            if len(found) < 300:
                short.append((filters, len(found)))
    assert short == []


async def test_ties_are_paged_without_gaps(service: Database, filled: Filled) -> None:
    """25 with one embedding: where a page ends among them, the next goes on."""
    tenant = service.tenant(filled.rival_id)
    agent = await agents.create(tenant, slug="ties", name="x")
    toward = _directions(77, 1)[0]
    items = [NewMemory(content=f"tie {n}", embedding=toward) for n in range(25)]
    added = await memories.add_many(tenant, agent_id=agent.id, items=items)
    for strategy in ("exact", "indexed"):
        pages = await _pages(tenant, agent.id, 10, limit=4, strategy=strategy, embedding=toward)
        assert [hit.memory.id for page in pages for hit in page] == [memory.id for memory in reversed(added)], strategy


async def test_what_changes_is_found_as_it_is_now(service: Database, filled: Filled) -> None:
    tenant = service.tenant(filled.rival_id)
    agent = await agents.create(tenant, slug="changing", name="x")
    first, second = _directions(78, 2)
    memory = await memories.add(tenant, agent_id=agent.id, content="earlier", embedding=first)

    async def found(**asked: Any) -> list[float]:
        hits = await memories.search(tenant, agent_id=agent.id, strategy="indexed", **asked)
        return [round(hit.score, 2) for hit in hits if hit.memory.id == memory.id]

    assert await found(embedding=first) == [1.0]
    memory = await memories.update(tenant, id=memory.id, content="later")
    assert (await found(embedding=first), await found(text="earlier"), await found(text="later")) == ([], [], [1.0])
    assert await memories.embed(tenant, id=memory.id, version=memory.version, embedding=second)
    assert await found(embedding=second) == [1.0]
    assert await found(embedding=first) == [round(float(first @ second), 2)]
    await memories.revert(tenant, id=memory.id, version=1)
    assert (await found(embedding=second), await found(text="earlier"), await found(text="later")) == ([], [1.0], [])
    await memories.update(tenant, id=memory.id, embedding=first)
    await memories.delete(tenant, id=memory.id)
    assert (await found(embedding=first), await found(text="earlier")) == ([], [])
    await memories.restore(tenant, id=memory.id)
    assert (await found(embedding=first), await found(text="earlier")) == ([1.0], [1.0])


@contextmanager
def _as_app(dsn: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET ROLE memdb_app")
        yield connection


async def test_no_tenant_reaches_anothers_memories(service: Database, filled: Filled) -> None:
    rival, nobody = service.tenant(filled.rival_id), service.tenant(uuid.uuid4())
    for kind in KINDS:
        for tenant in (rival, nobody):
            for strategy in ("indexed", "exact", "auto"):
                assert await memories.search(tenant, agent_id=filled.large, **{**kind, "strategy": strategy}) == []
        hits = await memories.search(rival, agent_id=filled.rival, limit=200, **{**kind, "strategy": "indexed"})
        assert {hit.memory.agent_id for hit in hits} == {filled.rival}
    with _as_app(filled.dsn) as connection:
        counting = f"SELECT count(*) FROM memdb.memories_with_words('{filled.large}', 'common')"
        of_any = f"'{filled.large}', 'absent', 'common', 1{', NULL' * 9}"
        also = f"SELECT count(*) FROM memdb.memories_by_words({of_any}, NULL)"
        few = f"SELECT count(*) FROM memdb.memories_by_words({of_any}, 30)"
        near = f"'{filled.large}', 1::smallint, '{_directions(9, 1)[0].tolist()}', 50, %s, 'common'{', NULL' * 10}"
        nearest = [f"SELECT count(*), count(search) FROM memdb.memories_near({near % by_cells})" for by_cells in ("true", "false")]
        cases = {str(filled.org_id): LARGE_SCOPE, str(filled.rival_id): 0, str(uuid.uuid4()): 0}
        for entered, expected in cases.items():
            with connection.transaction():
                connection.execute(f"SELECT memdb.enter('{entered}'), memdb.reach_by_hnsw(200), memdb.reach_by_cells(70)")
                assert connection.execute(counting).fetchone() == (expected,)
                assert connection.execute(also).fetchone() == (expected - LARGE_SCOPE // 50 if expected else 0,)
                assert connection.execute(few).fetchone() == (min(expected, 30),)
                for statement in nearest:
                    assert connection.execute(statement).fetchone() == ((50, 50) if expected else (0, 0))
                bypass = (
                    f"SELECT count(*) FROM memdb.memories_with_words('{filled.large}', '!absent') AS m WHERE m.org_id::text <> '{entered}'"
                )
                assert connection.execute(bypass).fetchone() == (0,)
        # Not entered, and after another was: nothing.
        assert connection.execute(counting).fetchone() == connection.execute(also).fetchone() == (0,)
        connection.execute("SET memdb.org_id = ''")
        assert connection.execute(counting).fetchone() == connection.execute(also).fetchone() == (0,)


@pytest.mark.parametrize("table", ["memory_embeddings", "memory_embeddings_1", "indexed_embeddings"])
async def test_no_tenant_reaches_anothers_embeddings(filled: Filled, table: str) -> None:
    mine = f"WHERE agent_id = '{filled.large}'"
    writes = [
        f"UPDATE memdb.{table} SET embedding = NULL {mine}",
        f"DELETE FROM memdb.{table} {mine}",
        f"TRUNCATE memdb.{table}",
        f"ALTER TABLE memdb.{table} DISABLE ROW LEVEL SECURITY",
        f"""
        INSERT INTO memdb.{table} (org_id, memory_id, agent_id, space)
        SELECT '{filled.org_id}', '{uuid.uuid4()}', '{filled.large}', 1
        """,
    ]
    for entered in (filled.rival_id, None):
        for statement in [f"SELECT count(*) FROM memdb.{table} {mine}", *writes]:
            with _as_app(filled.dsn) as connection, connection.transaction(force_rollback=True):
                if entered is not None:
                    connection.execute(f"SELECT memdb.enter('{entered}')")
                try:
                    done = connection.execute(statement.encode())
                except (psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported, psycopg.errors.WrongObjectType):
                    continue
                assert done.fetchone() == (0,) if done.description else done.rowcount == 0, statement
    (count,) = fetch(filled.dsn, f"SELECT count(*) FROM memdb.memory_embeddings {mine} AND embedding IS NOT NULL")
    assert count[0] == LARGE_SCOPE * 19 // 20


async def _scans(tenant: Tenant, mode: str, **asked: Any) -> dict[str, int]:
    """How often a search goes to each index, whatever PostgreSQL would rather plan for a statement that is run again and again."""
    async with tenant.transaction() as tx:
        connection: asyncpg.Connection = tx.connection
        asking = "SELECT pg_stat_get_xact_numscans(to_regclass('memdb.' || $1::text))"
        before = {name: await connection.fetchval(asking, name) for name in INDEXES}
        await connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
        hits = await memories.search(tx, strategy="indexed", **asked)
        assert hits.strategy == "indexed"
        assert len(hits) == asked["limit"]
        return {name: await connection.fetchval(asking, name) - before[name] for name in INDEXES}


@pytest.mark.parametrize("mode", ["auto", "force_custom_plan", "force_generic_plan"])
async def test_a_search_goes_through_its_indexes(acme: Tenant, filled: Filled, mode: str) -> None:
    toward = _directions(5, 1)[0]

    async def scans(**asked: Any) -> tuple[int, ...]:
        return tuple((await _scans(acme, mode, agent_id=filled.large, limit=10, **asked)).values())

    for _ in range(7 if mode == "auto" else 1):
        assert await scans(embedding=toward) == (1, 0, 0)
        assert await scans(text="w17") == (0, 0, 1)
        assert await scans(embedding=toward, text="w17") == (1, 1, 1)
        # What has a rare word that is required is found by its words, and the others are not read for more.
        assert await scans(embedding=toward, text='"w17" common') == (0, 0, 1)
        assert await scans(embedding=toward, text="w17 -only17") == (1, 1, 1)


async def _explained(tenant: Tenant, mode: str, **asked: Any) -> str:
    """The plan of the statement behind an indexed search, as the service's role gets it for a statement that was prepared."""
    taken: list[tuple[str, list[Any]]] = []

    async def take(self: Pooled, statement: str, arguments: list[Any]) -> list[Any]:
        taken.append((statement, arguments))
        return []

    known = {
        "require_indexes": AsyncMock(),
        "indexes": AsyncMock(return_value=measured.Indexes(LARGE_SCOPE, for_vectors=True, for_words=True, cells=70)),
        "size": AsyncMock(return_value=LARGE_SCOPE),
        "candidates": AsyncMock(return_value=100),
        "vocabulary": AsyncMock(return_value=measured.NO_WORDS),
        "few_places": AsyncMock(return_value=await measured.few_places(tenant, asked["agent_id"])),
    }
    with patch.multiple(measured, **known), patch.object(Pooled, "_fetch", take):
        await memories.search(tenant, strategy="indexed", **asked)
    statement, arguments = taken[0]
    connection = await tenant._pool.acquire(5)
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
            parameters = (await connection.prepare(statement)).get_parameters()
            # By their oids: asyncpg calls a domain by the name of what it is over.
            types = [await connection.fetchval("SELECT $1::oid::regtype::text", parameter.oid) for parameter in parameters]
            assert "text" not in asked or {"memdb.hnsw_reach", "memdb.cells_reach"} <= {*types}
            assert "text" in asked or "memdb.hnsw_ef_search" in types
            await connection.execute(f"PREPARE planned ({', '.join(types)}) AS {statement}")
            values = [await connection.fetchval("SELECT quote_nullable($1::text)", _text(value)) for value in arguments]
            explained = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE planned ({', '.join(values)})")
            await connection.execute("DEALLOCATE planned")
            assert await connection.fetchval("SHOW plan_cache_mode") == ("force_generic_plan" if "text" in asked else "force_custom_plan")
            assert await connection.fetchval("SHOW hnsw.iterative_scan") != "off"
        assert await connection.fetchval("SHOW plan_cache_mode") == "auto"
        assert await connection.fetchval("SHOW hnsw.ef_search") == "40"
        assert await connection.fetchval("SHOW ivfflat.probes") == "1"
    finally:
        tenant._pool.give(connection)
    return json.dumps(explained)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"
    return "[" + ",".join(map(str, value.tolist())) + "]" if isinstance(value, np.ndarray) else str(value)


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_plans_have_the_indexes_whatever_the_mode(acme: Tenant, filled: Filled, mode: str) -> None:
    """The domains' checks run before the plan is chosen, so that it is for the values; and what they set ends with the transaction."""
    for asked in ({}, {"tags": ["tenth"]}, {"category": "factual"}, {"text": "w17"}):
        plan = await _explained(acme, mode, agent_id=filled.large, embedding=_directions(5, 1)[0], **asked)
        # With a text, the nearest are looked for by statements within functions: test_a_search_goes_through_its_indexes.
        assert ("memory_embeddings_1_hnsw" in plan) is ("text" not in asked), asked
        assert ("memories_by_words" in plan) is ("memories_near" in plan) is ("text" in asked)
        scanned = set(re.findall(r'"Node Type": "Seq Scan".*?"Relation Name": "(\w+)"', plan, re.DOTALL))
        assert scanned <= {"organizations"}, asked
        assert '"Relation Name": "memory_embeddings_2"' not in plan


async def test_auto_takes_the_indexes_for_large_scopes(service: Database, filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    toward = _directions(5, 1)[0]

    async def strategies(agent_id: uuid.UUID) -> list[str]:
        tenant = service.tenant(filled.org_id)
        service._context.memo.clear()
        asked: list[dict[str, Any]] = [
            {"embedding": toward},
            {"text": "w17"},
            {"embedding": toward, "text": "w17"},
            {"embedding": toward, "user_id": uuid.UUID(int=9)},
            {"embedding": toward, "category": "factual"},
            {"embedding": toward, "tags": ["tenth"]},
        ]
        return [(await memories.search(tenant, agent_id=agent_id, **each)).strategy for each in asked]

    # 1,500 + 5 * sqrt(5,700 embeddings) is about 1,900: fewer than one has, or half of it, and more than the other.
    assert await strategies(filled.large) == ["indexed", "exact", "exact", "exact", "indexed", "exact"]
    assert await strategies(filled.small) == ["exact"] * 6
    monkeypatch.setattr(measured, "_SMALLEST_FOR_WORDS", 1000)
    assert await strategies(filled.large) == ["indexed", "indexed", "indexed", "exact", "indexed", "exact"]
    assert await strategies(filled.small) == ["exact"] * 6

    async def by_both(**asked: Any) -> str:
        hits = await memories.search(service.tenant(filled.org_id), agent_id=filled.large, embedding=toward, text="w17", **asked)
        return hits.strategy

    # By rank, and of many by what they say, the indexes find too little.
    assert await by_both(limit=50) == await by_both(ranking=Ranking(recency_weight=1), limit=50) == "indexed"
    assert await by_both(ranking=Ranking.conversation()) == "indexed"
    assert await by_both(ranking=Ranking.conversation(), limit=11) == await by_both(ranking=Ranking(fusion="rank")) == "exact"
    monkeypatch.setattr(measured, "_TIMES_ROOT_FOR_BOTH", 1e9)
    assert await strategies(filled.large) == ["indexed", "indexed", "exact", "exact", "indexed", "exact"]
    monkeypatch.setattr(measured, "_SMALLEST_FOR_VECTORS", 1e9)
    assert await strategies(filled.large) == ["exact", "indexed", "exact", "exact", "exact", "exact"]


async def test_without_filters_the_same_are_found_as_with_filters_that_leave_all(acme: Tenant, filled: Filled) -> None:
    """By different statements; an archived one in 50 is near, too."""
    everything = {"since": datetime(2000, 1, 1, tzinfo=UTC)}
    for direction in _directions(9, 3):
        asked: dict[str, Any] = {"agent_id": filled.large, "embedding": direction, "limit": 120, "strategy": "exact"}
        first = await memories.search(acme, **asked)
        assert [hit.memory.id for hit in first] == [hit.memory.id for hit in await memories.search(acme, **asked, **everything)]
        after = await memories.search(acme, **asked, after=first.next_page, min_similarity=first[-1].score - 0.05)
        whole = await memories.search(acme, **{**asked, "limit": 120 + len(after)}, **everything)
        assert [hit.memory.id for hit in (*first, *after)] == [hit.memory.id for hit in whole]
        assert all(hit.memory.status == "active" for hit in whole)
        assert after
        assert after[-1].score >= first[-1].score - 0.05


@pytest.mark.parametrize(
    ("embeddings", "scope", "limit", "candidates"),
    [(42_700, 40_000, 10, 43), (100_000, 50_000, 10, 80), (1_000_000, 900_000, 10, 200), (42_700, 3_000, 10, 200), (2_000, 2_000, 1, 9)],
)
async def test_candidates_by_the_size_of_the_index_and_the_scopes_share(
    acme: Tenant, filled: Filled, embeddings: int, scope: int, limit: int, candidates: int
) -> None:
    indexes = measured.Indexes(embeddings, cells=0, for_vectors=True, for_words=True)
    with patch.multiple(measured, size=AsyncMock(return_value=scope), indexes=AsyncMock(return_value=indexes)):
        assert await measured.candidates(acme, filled.large, {}, limit) == candidates


async def test_the_share_that_filters_let_through(acme: Tenant, service: Database, filled: Filled) -> None:
    none: dict[str, Any] = dict.fromkeys(("user_id", "session_id", "category", "tags", "metadata", "as_of", "since", "until"))

    async def share(tenant: Tenant, agent_id: uuid.UUID, **filters: Any) -> float:
        places = await memories.scopes.few_places(tenant, agent_id)
        return await memories.scopes.measure_share(tenant, agent_id=agent_id, places=places, **{**none, **filters})

    assert await share(acme, filled.large) == pytest.approx(0.98, abs=0.01)
    assert await share(acme, filled.large, category="factual") == pytest.approx(0.48, abs=0.03)
    assert await share(acme, filled.large, tags=["tenth"]) == pytest.approx(0.1, abs=0.03)
    assert await share(acme, filled.large, tags=["nowhere"]) == 0
    assert 0.8 < await share(acme, filled.small) <= 1
    assert await share(acme, uuid.uuid4()) == 0
    assert await share(service.tenant(filled.rival_id), filled.large) == 0


async def test_what_the_words_of_a_scope_are(acme: Tenant, service: Database, filled: Filled) -> None:
    none: dict[str, Any] = dict.fromkeys(("user_id", "session_id", "category", "tags", "metadata", "as_of", "since", "until", "contains"))

    async def shares(tenant: Tenant, **filters: Any) -> dict[str, float]:
        found = await memories.scopes.vocabulary(tenant, filled.large, {**none, **filters})
        assert found.average_length == (pytest.approx(7, abs=3) if found.words else 1)
        return dict(zip(found.words, found.shares, strict=True))

    of_all = await shares(acme)
    assert of_all["'common'"] == 1
    assert of_all["'fresh'"] == pytest.approx(1200 / LARGE_SCOPE, abs=0.02)
    assert of_all["'w17'"] == pytest.approx(1 / 400, abs=0.001)
    assert "'only17'" not in of_all
    assert (await shares(acme, tags=["tenth"]))["'w10'"] == pytest.approx(1 / 40, abs=0.01)
    assert await shares(acme, tags=["nowhere"]) == {}
    assert await shares(service.tenant(filled.rival_id)) == {}


async def test_samples_are_of_as_many_as_there_are_whenever_they_were_added(acme: Tenant) -> None:
    """Most of the memories in one moment, the others over a year."""
    agent = await agents.create(acme, slug=f"bursts-{uuid.uuid4().hex[:8]}", name="Agent")
    then = 1_700_000_000_000
    moments = [*([then] * 2_100), *(then + number * 86_400_000 for number in range(1, 301))]
    items = [
        NewMemory(
            id=uuid.UUID(int=moment << 80 | 7 << 76 | 2 << 62 | number), content=f"{'imported' if moment == then else 'said'} {number}"
        )
        for number, moment in enumerate(moments)
    ]
    await memories.add_many(acme, agent_id=agent.id, items=items)
    everything: Any = dict.fromkeys(("user_id", "session_id", "category", "tags", "metadata", "as_of", "since", "until", "contains"))
    words = await measured.vocabulary(acme, agent.id, everything)
    shares = dict(zip(words.words, words.shares, strict=True))
    assert shares["'import'"] == pytest.approx(2_100 / 2_400)
    assert shares["'said'"] == pytest.approx(300 / 2_400)
    places = await measured.few_places(acme, agent.id)
    assert len(places) == 25
    assert places[0] == items[0].id
    assert await measured.size(acme, agent.id, {**everything, "contains": "said"}) == pytest.approx(300, abs=60)
    assert await measured.size(acme, agent.id, {**everything, "contains": "imported"}) == pytest.approx(2_100, abs=60)
    await memories.add_many(acme, agent_id=agent.id, items=[NewMemory(content=f"written {number}") for number in range(2_400)])
    acme.context.memo["scopes"].clear()
    words = await measured.vocabulary(acme, agent.id, everything)
    assert dict(zip(words.words, words.shares, strict=True))["'written'"] == pytest.approx(0.5)
    assert await measured.size(acme, agent.id, {**everything, "contains": "written"}) == pytest.approx(2_400, abs=120)


# Which ten lend their words moves up to eighty others.
@pytest.mark.parametrize(("ranking", "least"), [(Ranking(context_share=0), 90), (Ranking(), 75)])
async def test_what_is_middling_by_both_is_found(
    acme: Tenant, filled: Filled, monkeypatch: pytest.MonkeyPatch, ranking: Ranking, least: int
) -> None:
    """Neither among the nearest nor with a rare word: of what has two frequent words, the ten that are also near."""
    monkeypatch.setattr(searching, "_FEWEST_LOOKED_AT", 600)
    monkeypatch.setattr(searching, "_NEAREST_SHARE", 0.04)
    monkeypatch.setattr(searching, "_FEWEST_CANDIDATES", 40)
    shared, beyond = 0, 0
    for number, asked in enumerate(_directions(31, 10)):
        text = f"fresh tea w{number * 40} w{number * 40 + 1}"
        indexed, exact = await _both(acme, filled.large, embedding=asked, text=text, ranking=ranking)
        assert indexed.strategy == "indexed"
        shared += len({*_ids(indexed)} & {*_ids(exact)})
        nearest = await memories.search(acme, agent_id=filled.large, embedding=asked, limit=40)
        beyond += len({*_ids(exact)} - {*_ids(nearest)})
    assert beyond > 50
    assert shared >= least


@pytest.mark.parametrize("most", [1, 30, 200, 3000])
def test_what_is_looked_for_has_words_enough(dsn: str, most: int) -> None:
    """Whatever words a memory has: it is looked for if they are worth the threshold, and only then."""
    likely = [3.0, 20.0, 20.0, 90.0, 400.0, 950.0]
    worth = [math.log(1 + (1000 - each + 0.5) / (each + 0.5)) for each in likely]
    rows = fetch(
        dsn,
        f"""
        SELECT t.threshold, array(
            SELECT coalesce(
                array_to_tsvector(array(SELECT 'w' || n FROM generate_series(0, 5) AS n WHERE s >> n & 1 = 1)) @@ t.query, false
            )
            FROM generate_series(0, 63) AS s
            ORDER BY s
        )
        FROM memdb.telling('{{w0,w1,w2,w3,w4,w5}}', '{{{",".join(map(str, likely))}}}', 1000, {most}) AS t
        """,
    )
    threshold, found = rows[0]
    sums = [sum(worth[n] for n in range(6) if held >> n & 1) for held in range(64)]
    assert found == [held > 0 and threshold is not None and sums[held] >= threshold - 1e-9 for held in range(64)]
    if most == 3000:
        assert found == [held > 0 for held in range(64)]
    else:
        chances = [math.prod(each / 1000 if held >> n & 1 else 1 - each / 1000 for n, each in enumerate(likely)) for held in range(64)]
        assert 1000 * sum(chance for chance, is_found in zip(chances, found, strict=True) if is_found) < 2 * most


def test_what_is_looked_for_where_all_is_frequent_or_nothing_asked(dsn: str) -> None:
    asked = (("{}", "{}"), ("{w}", "{900}"))
    for words, likely in asked:
        assert fetch(dsn, f"SELECT query, threshold FROM memdb.telling('{words}', '{likely}', 1000, 100)") == [(None, None)]
    words = ",".join(f"w{n}" for n in range(64))
    rows = fetch(dsn, f"SELECT numnode(query) FROM memdb.telling('{{{words}}}', array_fill(2::float8, '{{64}}'), 100000, 100)")
    # The eight that are weighed, and of the others those that make no more than 100 with them: each by itself.
    assert rows == [(50 * 2 - 1,)]


async def test_without_the_indexes_that_is_said(dsn: str, tenant: Tenant, agent: Agent, db: Database) -> None:
    await memories.add(tenant, agent_id=agent.id, content="oak", embedding=vector(1))
    by_vector: dict[str, Any] = {"agent_id": agent.id, "embedding": vector(1)}
    by_words: dict[str, Any] = {"agent_id": agent.id, "text": "oak"}

    async def usable() -> list[bool]:
        db._context.memo.clear()
        found = []
        for asked in (by_vector, by_words, by_vector | by_words, by_vector | {"ranking": Ranking(recency_weight=1)}):
            assert len(await memories.search(tenant, **asked)) == 1
            (result,) = await asyncio.gather(memories.search(tenant, strategy="indexed", **asked), return_exceptions=True)
            found.append(isinstance(result, Hits))
            if isinstance(result, Hits):
                assert len(result) == 1
            else:
                assert str(result).startswith("strategy can be indexed only where the indexes are")
        return found

    assert await usable() == [False, False, False, False]
    hnsw, cells, *extension, words = _statements(dsn)
    execute(dsn, hnsw)
    assert await usable() == [True, False, False, False]
    # As it was before there were cells.
    execute(dsn, *extension, words)
    assert await usable() == [True, True, True, True]
    execute(dsn, cells)
    assert await usable() == [True, True, True, True]
    assert _statements(dsn) == [hnsw, cells, *extension, words]
    # Once more does no harm.
    execute(dsn, *_statements(dsn))
    execute(dsn, "DROP INDEX memdb.memory_embeddings_1_hnsw")
    assert await usable() == [False, True, False, False]


def _break_off(dsn: str, statement: str, table: str) -> None:
    """A build that waits for a writer until it is cancelled, which leaves an invalid index."""
    with psycopg.connect(dsn) as writer:
        writer.execute(f"LOCK TABLE memdb.{table} IN ROW EXCLUSIVE MODE".encode())
        writer.execute(f"SELECT count(*) FROM memdb.{table}".encode())
        with psycopg.connect(dsn, autocommit=True) as builder, pytest.raises(psycopg.errors.QueryCanceled):
            builder.execute("SET statement_timeout = '300ms'")
            builder.execute(statement.encode())


async def test_what_a_broken_off_build_left_is_not_used(dsn: str, tenant: Tenant, agent: Agent, db: Database) -> None:
    await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=f"oak {n}", embedding=vector(n)) for n in range(30)])
    hnsw, cells, *extension, words = _statements(dsn)
    execute(dsn, *extension)
    _break_off(dsn, hnsw, "memory_embeddings_1")
    _break_off(dsn, cells, "memory_embeddings_1")
    _break_off(dsn, words, "memories")
    invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
    assert fetch(dsn, invalid) == [(3,)]
    assert (await measured.measure_indexes(tenant)).cells == 0
    for asked in ({"embedding": vector(1)}, {"text": "oak"}):
        with pytest.raises(InvalidInput, match="strategy can be indexed only"):
            await memories.search(tenant, agent_id=agent.id, strategy="indexed", **asked)
        assert len(await memories.search(tenant, agent_id=agent.id, limit=50, **asked)) == 30
    statements = _statements(dsn)
    # How many cells depends on how many rows are known by then.
    assert [each.split(" WITH ")[0] for each in statements[3:]] == [each.split(" WITH ")[0] for each in (hnsw, cells, *extension, words)]
    assert sorted(statements[:3]) == sorted(f"DROP INDEX CONCURRENTLY memdb.{name}" for name in INDEXES)
    execute(dsn, *statements)
    assert fetch(dsn, invalid) == [(0,)]
    db._context.memo.clear()
    hits = await memories.search(tenant, agent_id=agent.id, strategy="indexed", embedding=vector(1), text="oak")
    assert (hits.strategy, len(hits)) == ("indexed", 10)


def _embeddings(dsn: str, memory_id: uuid.UUID) -> list[np.ndarray]:
    rows = fetch(dsn, f"SELECT embedding::text FROM memdb.memory_embeddings WHERE memory_id = '{memory_id}' AND embedding IS NOT NULL")
    return [np.array(json.loads(str(row[0]))) for row in rows]


async def _at_once(*calls: Any) -> list[Any]:
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert all(not isinstance(result, Exception) or isinstance(result, TransactionConflict) for result in results), results
    return results


async def test_no_outdated_embedding_survives_a_race(dsn: str, tenant: Tenant, agent: Agent) -> None:
    """Embedders, writers and mergers of one memory, many times over: what is stored is the embedding of the content, or none."""
    memory = await memories.add(tenant, agent_id=agent.id, content="round 0")
    of = {f"round {n}": vector(n) for n in range(60)}
    for n in range(1, 60):
        before = await memories.get(tenant, id=memory.id)
        assert before is not None
        old, new = of[before.content], f"round {n}"
        calls: list[Any] = [
            memories.embed(tenant, id=memory.id, version=before.version, embedding=old, embedding_model="m") for _ in range(2)
        ]
        if n % 3 == 0:
            calls.append(memories.revert(tenant, id=memory.id, version=max(n // 3, 1)))
        else:
            calls.append(memories.update(tenant, id=memory.id, content=new, embedding=of[new] if n % 3 == 1 else None))
        if n % 4 == 0:
            content = before.content.upper()
            calls.append(memories.add(tenant, agent_id=agent.id, content=content, embedding=old, on_duplicate="merge"))
        await _at_once(*calls[n % 2 :], *calls[: n % 2])
        for found in await memories.page(tenant, agent_id=agent.id):
            stored = _embeddings(dsn, found.id)
            assert found.embedded is (len(stored) == 1)
            assert found.embedded or found.embedding_model is None
            assert all(each @ of[found.content.lower()] == pytest.approx(1, abs=1e-2) for each in stored), (n, found.content)
            # What merging made anew, because the writer was first, must not be in anybody's way.
            if found.id != memory.id:
                await memories.delete(tenant, id=found.id)


@pytest.mark.parametrize("first", ["embed", "update"])
async def test_an_embedder_and_a_writer_who_wait_for_each_other(dsn: str, tenant: Tenant, agent: Agent, first: str) -> None:
    memory = await memories.add(tenant, agent_id=agent.id, content="old", embedding=vector(9))

    def embedding(on: Any) -> Any:
        return memories.embed(on, id=memory.id, version=1, embedding=vector(1))

    def writing(on: Any) -> Any:
        return memories.update(on, id=memory.id, content="new")

    one, other = (embedding, writing) if first == "embed" else (writing, embedding)
    async with tenant.transaction() as tx:
        await one(tx)
        waiting = asyncio.create_task(other(tenant))
        await asyncio.sleep(0.2)
        assert not waiting.done()
    result = await waiting
    assert result is False if first == "update" else result.content == "new"
    assert _embeddings(dsn, memory.id) == []
    assert await memories.search(tenant, agent_id=agent.id, embedding=vector(1)) == []
    (unembedded,) = await memories.unembedded(tenant)
    assert (unembedded.content, unembedded.embedded) == ("new", False)


async def test_what_is_erased_or_purged_leaves_no_embedding(dsn: str, db: Database, tenant: Tenant, agent: Agent, rival: Home) -> None:
    execute(dsn, *_statements(dsn))
    user = await users.create(tenant, email="ada@example.com")
    owners = [user.id, None, None]
    added = [
        await memories.add(tenant, agent_id=agent.id, content=f"oak {n}", embedding=vector(n), user_id=owner)
        for n, owner in enumerate(owners)
    ]
    await memories.add(rival.tenant, agent_id=rival.agent.id, content="kept", embedding=vector(1))
    admin = db.admin(tenant.org_id)

    def counts() -> list[tuple[object, ...]]:
        return fetch(
            dsn,
            "SELECT count(*), count(m.id) FROM memdb.memory_embeddings AS e LEFT JOIN memdb.memories AS m ON m.id = e.memory_id",
        )

    await memories.delete(tenant, id=added[1].id)
    assert counts() == [(4, 4)]
    await retention.purge(admin, deleted_before=datetime.now(UTC) + timedelta(seconds=5))
    assert counts() == [(3, 3)]
    await retention.erase_user(admin, user_id=user.id)
    assert counts() == [(2, 2)]
    assert _ids(await memories.search(tenant, agent_id=agent.id, embedding=vector(0), text="oak", strategy="indexed")) == [added[2].id]
    await organizations.delete(admin)
    await retention.erase_organization(admin, org_id=tenant.org_id)
    assert counts() == [(1, 1)]
    assert len(await memories.search(rival.tenant, agent_id=rival.agent.id, embedding=vector(1), strategy="indexed")) == 1


_ABOUT_MEMORIES = """
    SELECT m.id, m.content, m.version, m.status, m.tags, m.metadata, m.votes_for, m.votes_against, m.usefulness, m.embedding_model,
        m.created_at, m.updated_at, m.observed_at, m.valid_from, m.valid_until, m.expires_at, m.deleted_at, m.superseded_by, m.confidence,
        m.user_id, m.session_id, m.category, m.labels, m.source
    FROM memdb.memories AS m
    ORDER BY m.id
"""
_STRUCTURE = """
    SELECT 'column', c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text,
        coalesce(pg_get_expr(d.adbin, d.adrelid), ''), a.attgenerated::text || a.attstorage::text
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'memdb'::regnamespace AND c.relkind IN ('r', 'v', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid), convalidated::text, '', ''
    FROM pg_constraint WHERE connamespace = 'memdb'::regnamespace AND contype <> 'n'
    UNION ALL
    SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid::text, '', ''
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid WHERE c.relnamespace = 'memdb'::regnamespace
    UNION ALL
    SELECT 'function', oid::regprocedure::text, md5(pg_get_functiondef(oid)), prosecdef::text, '', ''
    FROM pg_proc WHERE pronamespace = 'memdb'::regnamespace AND prokind <> 'a'
    UNION ALL
    SELECT 'security', relname, relrowsecurity::text, relforcerowsecurity::text, '', ''
    FROM pg_class WHERE relnamespace = 'memdb'::regnamespace
    UNION ALL
    SELECT 'policy', tablename || '.' || policyname, coalesce(qual, ''), roles::text, cmd, '' FROM pg_policies WHERE schemaname = 'memdb'
    UNION ALL
    SELECT 'grant', grantee || ' ' || table_name || '.' || column_name, privilege_type, '', '', ''
    FROM information_schema.column_privileges WHERE table_schema = 'memdb' AND grantee LIKE 'memdb%'
    UNION ALL
    SELECT 'type', typname, typtype::text, '', '', '' FROM pg_type WHERE typnamespace = 'memdb'::regnamespace AND typtype IN ('d', 'e')
    ORDER BY 1, 2, 3
"""


def _unit(text: object) -> np.ndarray | None:
    if text is None:
        return None
    values = np.array(json.loads(str(text)))
    length = np.linalg.norm(values)
    kept: np.ndarray = values / length if length else values
    return kept


@pytest.mark.parametrize("times", [1, pytest.param(2, marks=pytest.mark.slow)])
async def test_memories_and_embeddings_stay_up_and_down(empty_dsn: str, times: int) -> None:
    """From the schema before embeddings had a table of their own, to the newest and back; indexes and all."""
    up_to(empty_dsn, "0007")
    before = fetch(empty_dsn, _STRUCTURE)
    org_id, agent_id = uuid.uuid4(), uuid.uuid4()
    scales = [1.0, 1e-6, 1e6, 0.0, None]
    vectors = [
        "NULL" if scale is None else "'" + json.dumps([float(each) * scale for each in vector(n)]) + "'" for n, scale in enumerate(scales)
    ]
    rows = ", ".join(
        f"('{org_id}', '{uuid.UUID(int=n + 1)}', '{agent_id}', 'Ada runs {n}', {each}, CASE WHEN {n} < 4 THEN 'm' END, {n}, '{{t{n}}}')"
        for n, each in enumerate(vectors)
    )
    execute(
        empty_dsn,
        f"INSERT INTO memdb.organizations (id, slug, name) VALUES ('{org_id}', 'acme', 'Acme')",
        f"INSERT INTO memdb.agents (org_id, id, slug, name) VALUES ('{org_id}', '{agent_id}', 'helper', 'Helper')",
        f"INSERT INTO memdb.memories (org_id, id, agent_id, content, embedding, embedding_model, votes_for, tags) VALUES {rows}",
        f"UPDATE memdb.memories SET status = 'superseded', superseded_by = '{uuid.UUID(int=1)}' WHERE id = '{uuid.UUID(int=2)}'",
        f"UPDATE memdb.memories SET deleted_at = now() WHERE id = '{uuid.UUID(int=3)}'",
        "INSERT INTO memdb.memory_tags SELECT org_id, id, tags[1] FROM memdb.memories",
        "INSERT INTO memdb.memory_votes (org_id, memory_id, agent_id, vote) SELECT org_id, id, agent_id, 'positive' FROM memdb.memories",
        """
        INSERT INTO memdb.memory_versions (org_id, memory_id, confidence, version, operation, category, status, content, tags, metadata)
        SELECT org_id, id, confidence, 1, 'create', category, status, content, tags, metadata FROM memdb.memories
        """,
    )
    told = fetch(empty_dsn, _ABOUT_MEMORIES)
    given = [_unit(None if scale is None else [float(each) * scale for each in vector(n)]) for n, scale in enumerate(scales)]
    for _ in range(times):
        assert migrate(empty_dsn) == [name for name in migration_ids() if name[:4] > "0007"]
        assert fetch(empty_dsn, _ABOUT_MEMORIES) == told
        stored = {row[0]: row[1] for row in fetch(empty_dsn, "SELECT memory_id, embedding::text FROM memdb.memory_embeddings")}
        _assert_alike([_unit(stored.get(row[0])) for row in told], given)
        assert fetch(empty_dsn, "SELECT embedded FROM memdb.memories ORDER BY id") == [(each is not None,) for each in given]
        execute(empty_dsn, *_statements(empty_dsn))
        async with memdb.connect(empty_dsn) as db:
            tenant = db.tenant(org_id)
            for strategy in ("exact", "indexed"):
                hits = await memories.search(tenant, agent_id=agent_id, embedding=vector(0), strategy=strategy)
                assert [(hit.memory.id, round(hit.score, 2)) for hit in hits] == [(uuid.UUID(int=1), 1.0)]
            assert len(await memories.search(tenant, agent_id=agent_id, text="run")) == 3
            assert [each.id.int for each in await memories.page(tenant, tags=["t3"])] == [4]
        down_to(empty_dsn, "0007")
        assert fetch(empty_dsn, _ABOUT_MEMORIES) == told
        _assert_alike([_unit(row[0]) for row in fetch(empty_dsn, "SELECT embedding::text FROM memdb.memories ORDER BY id")], given)
        after = fetch(empty_dsn, _STRUCTURE)
        assert (sorted(set(after) - set(before)), sorted(set(before) - set(after))) == ([], [])


def _assert_alike(found: Sequence[np.ndarray | None], given: Sequence[np.ndarray | None]) -> None:
    for one, other in zip(found, given, strict=True):
        assert (one is None) is (other is None)
        if one is not None and other is not None:
            assert np.abs(one - other).max() < 1e-3
            assert len(one) == DIMENSION
