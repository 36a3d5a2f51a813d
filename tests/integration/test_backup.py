"""Backup and restore of one tenant: everything of it, nothing of others, or nothing at all."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import json
import os
import stat
import subprocess
import sys
import uuid
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import memdb
from memdb import (
    archives,
    attributes,
    audit,
    backup,
    clusters,
    facts,
    memories,
    messages,
    observations,
    organizations,
    retention,
    sessions,
    spaces,
    spending,
    tokens,
)
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, DumpDamaged, DumpOfOtherSchema, DumpRefused, DumpTooNew, InvalidInput, NotFound
from tests.conftest import Home, vector
from tests.samples import World, build
from tests.server import Databases, execute, fetch

ODD = "tab\t quote\" back\\slash \\N {curly} Grüße 🙂 \x01 line\nline\r\x7f '$1' \u2028 \\u0000"
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
ALTERED = {
    "in a row": lambda lines: _replaced(lines, 5, b"a", b"b"),
    "a row more": lambda lines: [*lines[:2], lines[1], *lines[2:]],
    "a row less": lambda lines: [lines[0], *lines[2:]],
    "a section's hash": lambda lines: _replaced(lines, 2, b'"sha256":"', b'"sha256":"0'),
    "the header": lambda lines: _replaced(lines, 0, b'"slug":"acme"', b'"slug":"acne"'),
    "the count": lambda lines: _replaced(lines, 0, b'"rows":1}', b'"rows":2}'),
    "no end": lambda lines: lines[:-1],
    "more after the end": lambda lines: [*lines, b"[]\n"],
    "another end": lambda lines: [*lines[:-1], b'{"sha256":"00"}\n'],
    "no UTF-8": lambda lines: _replaced(lines, 1, b"active", b"acti\xff\xfe"),
    "no JSON": lambda lines: _replaced(lines, 1, b"[", b"!"),
    "what the server refuses": lambda lines: _replaced(lines, 1, b'"active"', b'"broken"'),
    "no lines": lambda lines: [],
    "something else": lambda lines: [b"hello\n"],
    "other JSON": lambda lines: [b'{"a": 1}\n'],
}


def _replaced(lines: list[bytes], at: int, old: bytes, new: bytes) -> list[bytes]:
    assert old in lines[at]
    return [*lines[:at], lines[at].replace(old, new, 1), *lines[at + 1 :]]


def _altered(data: bytes, alter: Callable[[list[bytes]], list[bytes]]) -> bytes:
    return gzip.compress(b"".join(alter(gzip.decompress(data).splitlines(keepends=True))), 1)


def _with_header(data: bytes, **fields: Any) -> bytes:
    """As if it had been written so: with the right hash at the end."""

    def alter(lines: list[bytes]) -> list[bytes]:
        header = json.loads(lines[0]) | fields
        kept = [json.dumps(header).encode() + b"\n", *lines[1:-1]]
        return [*kept, json.dumps({"sha256": hashlib.sha256(b"".join(kept)).hexdigest()}, separators=(",", ":")).encode() + b"\n"]

    return _altered(data, alter)


async def _dumped(db: Database, org_id: uuid.UUID, **given: Any) -> bytes:
    file = io.BytesIO()
    await backup.dump(db.admin(org_id), file, **given)
    return file.getvalue()


async def _restored(db: Database, data: bytes, **given: Any) -> backup.Restored:
    return await backup.restore(db, io.BytesIO(data), **given)


def _tables(dsn: str) -> list[str]:
    """All that have an org_id, and organizations."""
    rows = fetch(
        dsn,
        """
        SELECT c.relname FROM pg_class AS c
        WHERE c.relnamespace = 'memdb'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND (c.relname = 'organizations' OR EXISTS (
                SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
            ))
        ORDER BY c.relname
        """,
    )
    return [str(name) for (name,) in rows]


def _rows(dsn: str, org_id: uuid.UUID) -> dict[str, list[Any]]:
    """All rows of a tenant with all their columns, but whose they are."""
    found = {}
    for table in _tables(dsn):
        owner = "id" if table == "organizations" else "org_id"
        # What is a key of an organization without users has its id as the owner's.
        keyed = " - 'owner_id'" if table == "triples" else ""
        statement = f"SELECT (to_jsonb(t) - '{owner}'{keyed})::text FROM memdb.{table} AS t WHERE t.{owner} = '{org_id}' ORDER BY 1"
        found[table] = [row for (row,) in fetch(dsn, statement)]
    return found


def _organizations(dsn: str) -> int:
    return int(str(fetch(dsn, "SELECT count(*) FROM memdb.organizations")[0][0]))


async def _answers(db: Database, org_id: uuid.UUID, world: World) -> tuple[list[Any], list[float]]:
    """What searches find, in the order of the hits, and how good it is."""
    tenant, agent_id = db.tenant(org_id), world.agent_id
    found: list[Any] = []
    scores: list[float] = []
    for text, embedding in (("live", None), (None, vector(7)), ("live other Hello Ada", vector(7)), (ODD, vector(1))):
        remembered = await memories.search(tenant, agent_id=agent_id, text=text, embedding=embedding)
        said = await messages.search(tenant, agent_id=agent_id, text=text, embedding=embedding)
        known = await facts.retrieve(tenant, agent_id=agent_id, text=text, embedding=embedding)
        found += [[hit.memory for hit in remembered], [hit.message for hit in said], [hit.fact for hit in known]]
        scores += [hit.score for hit in (*remembered, *said, *known)]
    assert all(any(part) for part in (found[::3], found[1::3], found[2::3]))
    return found, scores


async def _search_the_same(db: Database, org_id: uuid.UUID, other: Database, other_id: uuid.UUID, world: World) -> None:
    (found, scores), (found_there, scores_there) = await _answers(db, org_id, world), await _answers(other, other_id, world)
    assert found_there == found
    # Facts fade with time.
    assert scores_there == pytest.approx(scores, abs=1e-4)


async def _fill(db: Database, tenant: Tenant, dsn: str) -> World:
    """Something in every table, with references forth and back, values that are hard to write down, and a sealed log."""
    world = await build(db, tenant)
    admin, agent_id = db.admin(tenant.org_id), world.agent_id
    await organizations.set_quotas(admin, memories=10_000, agents=100, monthly_tokens=10**6)
    await spending.record(tenant, agent_id=agent_id, input_tokens=3, output_tokens=4)
    chain = [
        await memories.add(tenant, agent_id=agent_id, content=f"live {n} {ODD}", embedding=vector(n), tags=[f"t{n}", "Ä", "a"])
        for n in range(5)
    ]
    for old, new in ((0, 3), (3, 1), (1, 4)):
        await memories.supersede(tenant, id=chain[old].id, successor_id=chain[new].id)
    await memories.merge(tenant, ids=[chain[4].id], into_id=chain[2].id)
    await memories.update(tenant, id=chain[2].id, metadata={"n": 10**30, "f": 1e-7, "odd": ODD, "none": [None]})
    old = (await sessions.start(tenant, agent_id=agent_id, started_at=LONG_AGO)).session
    await messages.append(tenant, session_id=old.id, role="user", content=ODD, embedding=vector(3), sent_at=LONG_AGO)
    await archives.archive(admin, idle_since=LONG_AGO + timedelta(days=1))
    await memories.vote(tenant, id=chain[2].id, agent_id=agent_id, vote="positive")
    await memories.record_use(tenant, retrieved=[chain[2].id])
    await observations.merge(tenant, ids=[world.also_observed.id], into_id=world.observed.id)
    await clusters.merge(tenant, ids=[world.also_cluster.id], into_id=world.cluster.id)
    await attributes.register(tenant, key="home", value_type="string", time_to_live=timedelta(days=40, hours=1, microseconds=7))
    for place in ("Oslo", "Rome", "Bonn"):
        await facts.assert_(
            tenant, agent_id=agent_id, entity_id=world.entity.id, attribute="home", value=place, content=f"lives in {place}"
        )
    execute(
        dsn,
        f"UPDATE memdb.facts SET value = 'null' WHERE org_id = '{tenant.org_id}' AND content = 'lives in Bonn'",
        f"UPDATE memdb.memories SET valid_until = 'infinity' WHERE org_id = '{tenant.org_id}' AND id = '{chain[2].id}'",
    )
    await audit.seal(admin)
    return world


@pytest.fixture
async def world(db: Database, home: Home, rival: Home, dsn: str) -> World:
    await memories.add(rival.tenant, agent_id=rival.agent.id, content="the rival's secret")
    return await _fill(db, home.tenant, dsn)


@pytest.fixture
async def data(db: Database, world: World) -> bytes:
    return await _dumped(db, world.tenant.org_id)


@pytest.fixture
def other_dsn(databases: Databases) -> Iterator[str]:
    with databases.migrated() as made:
        yield made


@pytest.fixture
async def other(other_dsn: str) -> AsyncIterator[Database]:
    async with memdb.connect(other_dsn, timeout=20) as database:
        yield database


async def test_all_tables_of_a_tenant_are_dumped(dsn: str, world: World, db: Database) -> None:
    """From the catalog: a table without rows here is one that these tests say nothing of."""
    header = await backup.dump(db.admin(world.tenant.org_id), io.BytesIO())
    assert sorted(table.name for table in header.tables) == _tables(dsn)
    assert {table.name: table.rows for table in header.tables} == {
        name: len(rows) for name, rows in _rows(dsn, world.tenant.org_id).items()
    }
    assert [table.name for table in header.tables if not table.rows] == []
    # What refers to its own table may come before what it refers to.
    assert (
        fetch(
            dsn,
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = confrelid AND conparentid = 0 AND NOT condeferrable",
        )
        == []
    )


async def test_in_another_database_it_is_the_same(
    dsn: str, other_dsn: str, db: Database, other: Database, world: World, data: bytes
) -> None:
    org_id = world.tenant.org_id
    before = _rows(dsn, org_id)
    seal = await audit.seal(db.admin(org_id))
    done = await _restored(other, data, actor="ada")
    after = _rows(other_dsn, org_id)
    entry = json.loads(after["audit_log"].pop(_newest(after["audit_log"])))
    assert (entry["action"], entry["actor"], entry["details"]["original_id"]) == ("organization.restore_dump", "ada", str(org_id))
    unsealed = [row for row in map(json.loads, after["audit_log"]) if row["seq"] is None]
    assert [row["action"] for row in unsealed] == ["organization.dump"]
    assert after == before
    assert done.rows == sum(map(len, before.values()))
    assert (done.organization, done.original.id, done.left_out, done.chain_intact) == (done.original, org_id, {}, None)
    await _search_the_same(db, org_id, other, org_id, world)
    assert (await tokens.verify(other, text=world.token.text)).token_id == world.token.token.id
    # The chain goes on from where it was, and seals that were kept elsewhere hold.
    assert (await audit.seal(other.admin(org_id))).seq == seal.seq + 1
    assert await audit.verify(other.admin(org_id), kept=seal) == []
    assert _organizations(other_dsn) == 1


def _newest(rows: list[Any]) -> int:
    return max(range(len(rows)), key=lambda at: json.loads(rows[at])["id"])


async def test_under_another_id(dsn: str, db: Database, world: World, data: bytes) -> None:
    org_id, new_id = world.tenant.org_id, uuid.uuid4()
    seal = await audit.seal(db.admin(org_id))
    before = _rows(dsn, org_id)
    done = await _restored(db, data, org_id=new_id, slug="copy", name="Copy")
    after = _rows(dsn, new_id)
    assert (done.organization.slug, done.left_out, done.chain_intact) == ("copy", {"tokens": 1, "token_uses": 1}, True)
    assert json.loads(after["organizations"][0]) == json.loads(before["organizations"][0]) | {"slug": "copy", "name": "Copy"}
    entry = json.loads(after["audit_log"].pop(_newest(after["audit_log"])))
    assert entry["details"]["original_seq"] == seal.seq - 1
    assert _without(after, "seq", "digest") == _without(before, "seq", "digest")
    assert (after["tokens"], after["token_uses"]) == ([], [])
    await _search_the_same(db, org_id, db, new_id, world)
    assert await audit.verify(db.admin(new_id)) == await audit.verify(db.admin(org_id)) == []
    execute(dsn, f"UPDATE memdb.audit_log SET actor = 'mallory' WHERE org_id = '{new_id}' AND seq = 3")
    assert [fault.seq for fault in await audit.verify(db.admin(new_id))] == [3]
    assert _rows(dsn, org_id) == before


def _without(rows: dict[str, list[Any]], *fields: str) -> dict[str, list[Any]]:
    """The rows of what is not about who the tenant is; of the audit log, without its chain."""
    kept = {table: found for table, found in rows.items() if table not in ("organizations", "tokens", "token_uses", "audit_heads")}
    entries = [{name: value for name, value in json.loads(row).items() if name not in fields} for row in kept.pop("audit_log")]
    return kept | {"audit_log": sorted(map(json.dumps, entries))}


@pytest.mark.parametrize("change", ["SET actor = 'mallory'", "SET digest = '\\x00'", "SET seq = 1000"])
async def test_a_broken_chain_stays_broken(dsn: str, db: Database, world: World, change: str) -> None:
    execute(dsn, f"UPDATE memdb.audit_log {change} WHERE org_id = '{world.tenant.org_id}' AND seq = 5")
    done = await _restored(db, await _dumped(db, world.tenant.org_id), org_id=uuid.uuid4(), slug="copy")
    assert done.chain_intact is False
    assert await audit.verify(db.admin(done.organization.id)) != []


async def test_nothing_of_others(dsn: str, db: Database, rival: Home, world: World, data: bytes) -> None:
    text = gzip.decompress(data).decode()
    assert "secret" not in text
    assert str(rival.tenant.org_id) not in text
    before = _rows(dsn, rival.tenant.org_id)
    await _restored(db, data, org_id=uuid.uuid4(), slug="copy")
    assert _rows(dsn, rival.tenant.org_id) == before


@pytest.mark.parametrize("kind", ALTERED)
async def test_what_was_altered_is_refused(other_dsn: str, other: Database, data: bytes, kind: str) -> None:
    with pytest.raises(DumpDamaged):
        await _restored(other, _altered(data, ALTERED[kind]))
    assert _organizations(other_dsn) == 0


@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda data: data[: len(data) // 2], lambda data: b"", lambda data: data + b"x"])
async def test_what_is_cut_short_or_longer_is_refused(
    other_dsn: str, other: Database, data: bytes, spoil: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(DumpDamaged):
        await _restored(other, spoil(data))
    assert _organizations(other_dsn) == 0


def _unzipped(data: bytes) -> bytes | None:
    try:
        return gzip.decompress(data)
    except (gzip.BadGzipFile, zlib.error, EOFError):
        return None


async def test_every_flipped_bit_is_found(other_dsn: str, other: Database, db: Database, home: Home) -> None:
    small = await _dumped(db, home.tenant.org_id)
    trailer = len(small) - 8
    flipped = [
        small[:at] + bytes([small[at] ^ 4]) + small[at + 1 :] for at in [*range(10, trailer, trailer // 40), *range(trailer, len(small))]
    ]
    # Some bits mean nothing: deflate's padding, and a distance to what also stands elsewhere.
    changed = [data for data in flipped if _unzipped(data) != gzip.decompress(small)]
    assert len(changed) > 40
    for data in changed:
        with pytest.raises((DumpRefused, InvalidInput)):
            await _restored(other, data)
    assert _organizations(other_dsn) == 0


async def test_other_formats_and_schemas_are_refused(other_dsn: str, other: Database, data: bytes) -> None:
    with pytest.raises(DumpTooNew, match="upgrade memdb"):
        await _restored(other, _with_header(data, memdb_dump=2, tables={"of": "another kind"}))
    with pytest.raises(DumpOfOtherSchema, match="migrate the database that it is of"):
        await _restored(other, _with_header(data, schema="0016_archive"))
    with pytest.raises(DumpOfOtherSchema, match="migrate this database"):
        await _restored(other, _with_header(data, schema="9999_future"))
    with pytest.raises(DumpOfOtherSchema, match="by hand"):
        await _restored(other, _with_header(data, tables=[{"name": "organizations", "columns": ["tier"], "rows": 1}]))
    assert _organizations(other_dsn) == 0


async def test_a_forged_dump_reaches_its_own_organization_only(dsn: str, db: Database, rival: Home, data: bytes) -> None:
    """Whoever writes the file can make its hashes, too: no row says whose it is."""
    before = _rows(dsn, rival.tenant.org_id)
    forged = {"id": str(rival.tenant.org_id), "slug": "forged", "name": "x"}
    with pytest.raises(AlreadyExists, match="another organization has this id"):
        await _restored(db, _with_header(data, organization=forged))
    assert _rows(dsn, rival.tenant.org_id) == before


async def test_it_never_merges(db: Database, other: Database, world: World, data: bytes) -> None:
    org_id = world.tenant.org_id
    for given, field in (({}, "id"), ({"slug": "copy"}, "id"), ({"org_id": uuid.uuid4()}, "slug")):
        with pytest.raises(AlreadyExists, match=f"another organization has this {field}"):
            await _restored(db, data, **given)
    for wrong, rule in (({"slug": "No Slug"}, "slug must"), ({"name": ""}, "name must"), ({"org_id": "x"}, "org_id must")):
        with pytest.raises(InvalidInput, match=rule):
            await _restored(other, data, **({"org_id": uuid.uuid4(), "slug": "copy"} | wrong))
    # What was erased comes back under another id only.
    await _restored(other, data)
    await retention.release_hold(other.admin(org_id), name=world.hold)
    await retention.erase_organization(other.admin(org_id), org_id=org_id)
    with pytest.raises(AlreadyExists, match="another organization has this id"):
        await _restored(other, data)
    assert (await _restored(other, data, org_id=uuid.uuid4())).organization.slug == "acme"


class _Stopped(Exception):
    pass


async def test_what_is_broken_off_leaves_nothing(other_dsn: str, other: Database, data: bytes) -> None:
    for phase in ("loading organizations", "loading messages", "comparing facts"):
        reached = asyncio.Event()

        def fail(now: backup.Progress, phase: str = phase) -> None:
            if now.phase == phase:
                raise _Stopped

        def tell(now: backup.Progress, phase: str = phase, reached: asyncio.Event = reached) -> None:
            if now.phase == phase:
                reached.set()

        with pytest.raises(_Stopped):
            await _restored(other, data, progress=fail)
        assert _organizations(other_dsn) == 0
        task = asyncio.create_task(_restored(other, data, progress=tell))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert _organizations(other_dsn) == 0
    await _restored(other, data)


async def test_progress(db: Database, other: Database, world: World) -> None:
    seen: list[backup.Progress] = []
    data = await _dumped(db, world.tenant.org_id, progress=seen.append)
    total = seen[-1].total
    assert (seen[-1].done, {each.total for each in seen}) == (total, {total})
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    seen.clear()
    assert (await _restored(other, data, progress=seen.append)).rows == total
    for phase in ("loading", "comparing"):
        assert [each for each in seen if each.phase.startswith(phase)][-1].done == total
    assert len({each.phase for each in seen}) > 80


async def test_a_dump_is_of_one_moment(dsn: str, db: Database, other: Database, home: Home) -> None:
    """What is written meanwhile is in none of its tables."""
    org_id = home.tenant.org_id

    def write(now: backup.Progress) -> None:
        execute(
            dsn,
            f"UPDATE memdb.organizations SET name = name || '+' WHERE id = '{org_id}'",
            f"INSERT INTO memdb.memories (org_id, agent_id, content) VALUES ('{org_id}', '{home.agent.id}', '{uuid.uuid4()}')",
        )

    await memories.add(home.tenant, agent_id=home.agent.id, content="before")
    done = await _restored(other, await _dumped(db, org_id, progress=write))
    assert done.organization.name == "Acme"
    assert [memory.content for memory in await memories.page(other.tenant(org_id), agent_id=home.agent.id)] == ["before"]
    assert len(_rows(dsn, org_id)["memories"]) > 40


@pytest.mark.parametrize("status", ["suspended", "cancelled", "deleted"])
async def test_who_takes_no_writes_can_be_dumped(db: Database, other: Database, home: Home, status: str) -> None:
    admin = db.admin(home.tenant.org_id)
    await memories.add(home.tenant, agent_id=home.agent.id, content="kept")
    if status == "deleted":
        await organizations.delete(admin)
    else:
        await organizations.update(admin, status=status)
    data = await _dumped(db, home.tenant.org_id)
    assert [entry.action for entry in await audit.page(admin, limit=1)] == ["organization.dump"]
    await _restored(other, data)
    found = await organizations.get(other.tenant(home.tenant.org_id))
    assert (found.status if found else "deleted") == status
    assert [memory.content for memory in await memories.page(other.tenant(home.tenant.org_id))] == ["kept"]


async def test_an_unknown_organization(db: Database) -> None:
    with pytest.raises(NotFound, match="no such organization"):
        await _dumped(db, uuid.uuid4())


@pytest.mark.slow
async def test_many_rows(db: Database, other: Database, home: Home, dsn: str, other_dsn: str) -> None:
    """More than a batch, and each memory superseded by one that may come later."""
    org_id, agent_id = home.tenant.org_id, home.agent.id
    execute(
        dsn,
        f"""
        INSERT INTO memdb.memories (org_id, id, agent_id, content, status, superseded_by)
        SELECT
            '{org_id}', md5(i::text)::uuid, '{agent_id}', repeat('word ', 200) || i,
            CASE WHEN i < 3000 THEN 'superseded' ELSE 'active' END,
            CASE WHEN i < 3000 THEN md5((i + 1)::text)::uuid END
        FROM generate_series(1, 3000) AS i
        """,
        f"""
        INSERT INTO memdb.memory_embeddings (org_id, memory_id, agent_id, space, embedding)
        SELECT
            org_id, id, agent_id, 1,
            CASE
                WHEN content NOT LIKE '%7' THEN ARRAY(SELECT sin(n * length(content)) FROM generate_series(1, 384) AS n)::real[]::halfvec
            END
        FROM memdb.memories WHERE org_id = '{org_id}'
        """,
    )
    await _restored(other, await _dumped(db, org_id))
    for table in ("memories", "memory_embeddings"):
        assert _rows(other_dsn, org_id)[table] == _rows(dsn, org_id)[table]


async def _make_spaces(dsn: str, *models: tuple[str, int]) -> None:
    """The first space is called large; and more of them."""
    async with memdb.connect(dsn, admin_role=None, timeout=60) as owner:
        await spaces.rename(owner.admin(), model="large")
        for model, dimension in models:
            await spaces.create(owner.admin(), dimension=dimension, model=model)


async def _long_ago(home: Home) -> uuid.UUID:
    """A session that the archive takes."""
    old = (await sessions.start(home.tenant, agent_id=home.agent.id, started_at=LONG_AGO)).session
    await messages.append(home.tenant, session_id=old.id, role="user", content="Hello.", embedding=vector(3), sent_at=LONG_AGO)
    return old.id


def _dimensions(dsn: str, table: str) -> list[Any]:
    return fetch(dsn, f"SELECT space, vector_dims(embedding) FROM memdb.{table} ORDER BY 1, 2")


async def test_spaces_are_known_by_their_models(dsn: str, other_dsn: str, db: Database, other: Database, home: Home) -> None:
    org_id, session_id = home.tenant.org_id, await _long_ago(home)
    await memories.add(home.tenant, agent_id=home.agent.id, content="kept", embedding=vector(1))
    await _make_spaces(dsn, ("small", 3), ("unused", 5))
    async with memdb.connect(dsn, embedding_model="small") as small:
        assert await spaces.fill(small, lambda texts: [[1.0, 2.0, 2.0]] * len(texts)) == 2
    await archives.archive(db.admin(org_id), idle_since=LONG_AGO + timedelta(days=1))
    data = await _dumped(db, org_id)
    with pytest.raises(DumpRefused, match="the model large with 384 dimensions, for which there is no space here"):
        await _restored(other, data)
    await _make_spaces(other_dsn, ("tiny", 2), ("small", 3))
    await _restored(other, data)
    await archives.restore(other.admin(org_id), id=session_id)
    assert _dimensions(other_dsn, "message_embeddings") == _dimensions(other_dsn, "memory_embeddings") == [(1, 384), (3, 3)]
    async with memdb.connect(dsn, admin_role=None) as owner:
        await spaces.drop(owner.admin(), number=2)
    # Archived messages still have their embeddings of a space that was dropped: they are dumped, and nobody's.
    copy = (await _restored(db, await _dumped(db, org_id), org_id=uuid.uuid4(), slug="copy")).organization.id
    stored = fetch(dsn, f"SELECT spaces, cardinality(embeddings) FROM memdb.archived_messages WHERE org_id = '{copy}'")
    assert stored == [([1, 0], 2)]
    await archives.restore(db.admin(copy), id=session_id)
    assert _dimensions(dsn, "message_embeddings") == [(1, 384)]


async def test_exported_messages_need_the_same_numbers(dsn: str, other_dsn: str, db: Database, other: Database, home: Home) -> None:
    admin, session_id = db.admin(home.tenant.org_id), await _long_ago(home)
    await archives.archive(admin, idle_since=LONG_AGO + timedelta(days=1))
    rows = [row async for row in archives.export(admin, id=session_id)]
    await archives.leave(admin, id=session_id, archived_to="elsewhere", messages=len(rows))
    await _make_spaces(dsn, ("small", 3))
    await _make_spaces(other_dsn, ("tiny", 2), ("small", 3))
    data = await _dumped(db, home.tenant.org_id)
    with pytest.raises(DumpRefused, match="were exported from the archive"):
        await _restored(other, data)
    assert _organizations(other_dsn) == 0
    copy = db.admin((await _restored(db, data, org_id=uuid.uuid4(), slug="copy")).organization.id)
    await archives.bring_back(copy, id=session_id, rows=rows)
    await archives.restore(copy, id=session_id)
    assert [message.content for message in await messages.page(copy, session_id=session_id)] == ["Hello."]


def _memdb(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    inherited = {name: value for name, value in os.environ.items() if name != "MEMDB_DSN"}
    command = [sys.executable, "-c", "from memdb.cli import main; main()", *arguments]
    return subprocess.run(command, env={**inherited, "COLUMNS": "160"}, input=given, capture_output=True, check=False)


async def test_by_the_command_line(dsn: str, other_dsn: str, home: Home, tmp_path: Path) -> None:
    await memories.add(home.tenant, agent_id=home.agent.id, content="kept", embedding=vector(1))
    await tokens.create(home.tenant, name="x")
    piped = _memdb("dump", "acme", "-", "--dsn", dsn)
    assert piped.returncode == 0, piped.stderr
    assert b"acme dumped: " in piped.stderr
    restored = _memdb("restore", "-", "--dsn", other_dsn, given=piped.stdout)
    assert (restored.returncode, restored.stdout) == (0, b""), restored.stderr
    file = tmp_path / "acme.dump"
    assert _memdb("dump", str(home.tenant.org_id), str(file), "--dsn", dsn).returncode == 0
    assert (stat.S_IMODE(file.stat().st_mode), os.listdir(tmp_path)) == (0o600, ["acme.dump"])
    new_id = uuid.uuid4()
    copied = _memdb("restore", str(file), "--dsn", other_dsn, "--new-id", str(new_id), "--slug", "copy", "--name", "Copy")
    assert copied.returncode == 0, copied.stderr
    assert f"copy restored as {new_id}".encode() in copied.stderr
    assert b"1 tokens" in copied.stderr
    assert fetch(other_dsn, "SELECT slug, name FROM memdb.organizations ORDER BY 1") == [("acme", "Acme"), ("copy", "Copy")]
    for arguments, error in (
        (("restore", str(file)), b"AlreadyExists: another organization has this id"),
        (("restore", str(tmp_path / "missing")), b"InvalidInput: FILE"),
        (("dump", "nobody", str(tmp_path / "x")), b"NotFound: no such organization: nobody"),
        (("dump", str(uuid.uuid4()), str(tmp_path / "x")), b"NotFound: no such organization"),
        (("dump", "acme", str(tmp_path / "no" / "x")), b"InvalidInput: FILE"),
    ):
        failed = _memdb(*arguments, "--dsn", other_dsn)
        assert (failed.returncode, error in failed.stderr) == (2, True), failed.stderr
    assert os.listdir(tmp_path) == ["acme.dump"]
