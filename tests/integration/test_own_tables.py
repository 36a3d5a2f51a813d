"""Tables of an application's own: `CALL memdb.isolate(...)` is all that dumps, counts, holds, purges and erases them."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

import memdb
from memdb import agents, audit, backup, retention, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import DumpOfOtherSchema, SchemaMismatch, UnderLegalHold
from memdb.retention.removing import removals
from memdb.users import User
from tests.conftest import Home
from tests.server import Databases, execute, fetch

# What an application's migration says, and nothing else. Names that must be quoted are in it on purpose.
TABLES = (
    "CREATE SCHEMA app",
    """
    CREATE TABLE app.code_reviews (
        org_id uuid NOT NULL,
        id uuid NOT NULL DEFAULT memdb.new_id(),
        number bigint GENERATED ALWAYS AS IDENTITY,
        agent_id uuid NOT NULL,
        user_id uuid,
        reviewer_id uuid,
        deleted_at timestamptz,
        replaced_by uuid,
        space text NOT NULL DEFAULT 'tabs',
        "the Verdict, 100%" text NOT NULL,
        PRIMARY KEY (org_id, id),
        FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
        FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id),
        FOREIGN KEY (org_id, reviewer_id) REFERENCES memdb.users (org_id, id),
        FOREIGN KEY (org_id, replaced_by) REFERENCES app.code_reviews (org_id, id) DEFERRABLE
    )
    """,
    "CREATE INDEX ON app.code_reviews (org_id, user_id)",
    "CREATE INDEX ON app.code_reviews (org_id, replaced_by)",
    "CREATE INDEX code_reviews_deleted ON app.code_reviews (org_id, deleted_at) WHERE deleted_at IS NOT NULL",
    # What is in a review: its remarks, by anybody, and what hangs on those; and what was learnt of it, which outlives it.
    """
    CREATE TABLE app."Remarks" (
        org_id uuid NOT NULL,
        review_id uuid NOT NULL,
        "line %s" integer NOT NULL,
        user_id uuid,
        text text NOT NULL,
        PRIMARY KEY (org_id, review_id, "line %s"),
        FOREIGN KEY (org_id, review_id) REFERENCES app.code_reviews (org_id, id),
        FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id)
    )
    """,
    """
    CREATE TABLE app.reactions (
        org_id uuid NOT NULL,
        review_id uuid NOT NULL,
        "line %s" integer NOT NULL,
        emoji text NOT NULL,
        PRIMARY KEY (org_id, review_id, "line %s", emoji),
        FOREIGN KEY (org_id, review_id, "line %s") REFERENCES app."Remarks" (org_id, review_id, "line %s") ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE app.lessons (
        org_id uuid NOT NULL,
        id uuid NOT NULL DEFAULT memdb.new_id(),
        review_id uuid,
        PRIMARY KEY (org_id, id),
        FOREIGN KEY (org_id) REFERENCES memdb.organizations (id),
        FOREIGN KEY (org_id, review_id) REFERENCES app.code_reviews (org_id, id) ON DELETE SET NULL (review_id)
    )
    """,
    "CALL memdb.isolate('app.code_reviews')",
    """CALL memdb.isolate('app."Remarks"')""",
    "CALL memdb.isolate('app.reactions')",
    "CALL memdb.isolate('app.lessons')",
)
NAMES = {"app.code_reviews", "app.Remarks", "app.reactions", "app.lessons"}
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def with_tables(databases: Databases) -> Iterator[str]:
    with databases.migrated() as made:
        execute(made, *TABLES)
        yield made


@pytest.fixture
def dsn(databases: Databases, with_tables: str) -> Iterator[str]:
    with databases.copied(with_tables) as made:
        yield made


@pytest.fixture
async def ada(tenant: Tenant) -> User:
    return await users.create(tenant, email="ada@example.com")


@pytest.fixture
async def bob(tenant: Tenant) -> User:
    return await users.create(tenant, email="bob@example.com")


def _review(dsn: str, tenant: Tenant, agent: Agent, user: User | None = None, *, deleted: bool = False, remarks: int = 2) -> uuid.UUID:
    """A review of a user's, deleted a year ago or not, with remarks, a reaction to each, and a lesson."""
    review_id = uuid.uuid4()
    of_user = f"'{user.id}'" if user else "NULL"
    deleted_at = "now() - interval '1 year'" if deleted else "NULL"
    execute(
        dsn,
        f"""
        INSERT INTO app.code_reviews (org_id, id, agent_id, user_id, deleted_at, "the Verdict, 100%")
        VALUES ('{tenant.org_id}', '{review_id}', '{agent.id}', {of_user}, {deleted_at}, E'fine\\t"%s"')
        """,
        f"""INSERT INTO app."Remarks" SELECT '{tenant.org_id}', '{review_id}', n, NULL, 'x' FROM generate_series(1, {remarks}) AS n""",
        f"INSERT INTO app.reactions SELECT '{tenant.org_id}', '{review_id}', n, '+1' FROM generate_series(1, {remarks}) AS n",
        f"INSERT INTO app.lessons (org_id, review_id) VALUES ('{tenant.org_id}', '{review_id}')",
    )
    return review_id


def _ours(rows: retention.RowCounts) -> retention.RowCounts:
    return {table: count for table, count in rows.items() if table.startswith("app.")}


def _rows(dsn: str, org_id: uuid.UUID) -> dict[str, list[str]]:
    found = {}
    for table in ("app.code_reviews", 'app."Remarks"', "app.reactions", "app.lessons"):
        rows = fetch(dsn, f"SELECT (to_jsonb(t) - 'org_id')::text FROM {table} AS t WHERE org_id = '{org_id}' ORDER BY 1")
        found[table] = [str(row) for (row,) in rows]
    return found


async def test_they_are_isolated_and_the_service_may_use_them(dsn: str, home: Home, rival: Home) -> None:
    review_id = _review(dsn, home.tenant, home.agent)
    connection = await rival.tenant._pool.acquire(5)
    try:
        for org_id, seen in ((home.tenant.org_id, 1), (rival.tenant.org_id, 0)):
            async with connection.transaction():
                await connection.execute(f"SELECT memdb.enter('{org_id}')")
                assert await connection.fetchval("SELECT count(*) FROM app.code_reviews") == seen
                assert await connection.execute(f"UPDATE app.code_reviews SET space = 'x' WHERE id = '{review_id}'") == f"UPDATE {seen}"
    finally:
        rival.tenant._pool.give(connection)
    assert (
        fetch(dsn, "SELECT rolname FROM pg_roles WHERE has_table_privilege(oid, 'app.lessons', 'TRUNCATE') AND rolname LIKE 'memdb%'") == []
    )


async def test_they_are_dumped_and_restored(
    databases: Databases, with_tables: str, dsn: str, db: Database, tenant: Tenant, agent: Agent, ada: User
) -> None:
    old, new = _review(dsn, tenant, agent, ada), _review(dsn, tenant, agent, deleted=True)
    execute(dsn, f"UPDATE app.code_reviews SET replaced_by = '{new}', reviewer_id = '{ada.id}' WHERE id = '{old}'")
    file = io.BytesIO()
    header = await backup.dump(db.admin(tenant.org_id), file)
    rows = {table.name: table.rows for table in header.tables}
    assert {name: rows[name] for name in NAMES} == {"app.code_reviews": 2, "app.Remarks": 4, "app.reactions": 4, "app.lessons": 2}
    before = _rows(dsn, tenant.org_id)
    copy = uuid.uuid4()
    file.seek(0)
    await backup.restore(db, file, org_id=copy, slug="copy")
    assert _rows(dsn, copy) == before
    with databases.copied(with_tables) as other_dsn:
        async with memdb.connect(other_dsn) as other:
            file.seek(0)
            await backup.restore(other, file)
        assert _rows(other_dsn, tenant.org_id) == before
    with databases.migrated() as without:
        async with memdb.connect(without) as other:
            file.seek(0)
            with pytest.raises(DumpOfOtherSchema, match="an application's tables"):
                await backup.restore(other, file)


async def test_they_are_counted_and_erased_with_their_user(dsn: str, db: Database, home: Home, rival: Home, ada: User, bob: User) -> None:
    tenant, agent = home
    admin = db.admin(tenant.org_id)
    _review(dsn, tenant, agent, ada, remarks=2500)
    _review(dsn, tenant, agent, ada, deleted=True, remarks=0)
    of_bob = _review(dsn, tenant, agent, bob)
    theirs = _review(dsn, rival.tenant, rival.agent)
    execute(
        dsn,
        f"""UPDATE app."Remarks" SET user_id = '{ada.id}' WHERE review_id = '{of_bob}' AND "line %s" = 2""",
        f"UPDATE app.code_reviews SET reviewer_id = '{ada.id}' WHERE id = '{of_bob}'",
    )
    counted = await retention.erase_user(admin, user_id=ada.id, dry_run=True)
    assert _ours(counted) == {"app.code_reviews": 2, "app.Remarks": 2501, "app.reactions": 2501}
    steps: list[int] = []
    assert await retention.erase_user(admin, user_id=ada.id, progress=steps.append) == counted
    assert steps == [2000, 2000, 1002, 2]
    (receipt,) = await retention.erasures(admin, of_org_id=tenant.org_id)
    assert receipt.rows == counted
    assert fetch(dsn, f"SELECT id, user_id, reviewer_id FROM app.code_reviews WHERE org_id = '{tenant.org_id}'") == [(of_bob, bob.id, None)]
    assert fetch(dsn, f"SELECT count(*), count(review_id) FROM app.lessons WHERE org_id = '{tenant.org_id}'") == [(3, 1)]
    assert fetch(dsn, f"""SELECT "line %s" FROM app."Remarks" WHERE review_id = '{of_bob}'""") == [(1,)]
    assert len(_rows(dsn, rival.tenant.org_id)['app."Remarks"']) == 2
    assert fetch(dsn, f"SELECT id FROM app.code_reviews WHERE org_id = '{rival.tenant.org_id}'") == [(theirs,)]


async def test_they_are_counted_and_erased_with_their_tenant(dsn: str, db: Database, home: Home, rival: Home, ada: User) -> None:
    tenant, agent = home
    admin = db.admin(tenant.org_id)
    old, new = _review(dsn, tenant, agent, ada), _review(dsn, tenant, agent, remarks=1500)
    execute(dsn, f"UPDATE app.code_reviews SET replaced_by = '{new}' WHERE id = '{old}'")
    _review(dsn, rival.tenant, rival.agent)
    before = _rows(dsn, rival.tenant.org_id)
    counted = await retention.erase_organization(admin, org_id=tenant.org_id, dry_run=True)
    assert _ours(counted) == {"app.code_reviews": 2, "app.Remarks": 1502, "app.reactions": 1502, "app.lessons": 2}

    def stop(removed: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await retention.erase_organization(admin, org_id=tenant.org_id, progress=stop)
    assert _ours(await retention.erase_organization(admin, org_id=tenant.org_id)) == _ours(counted)
    assert not any(_rows(dsn, tenant.org_id).values())
    assert _rows(dsn, rival.tenant.org_id) == before


async def test_they_are_purged_unless_they_are_held(dsn: str, db: Database, tenant: Tenant, agent: Agent, ada: User, bob: User) -> None:
    admin = db.admin(tenant.org_id)
    other = await agents.create(tenant, slug="other", name="Other")
    of_ada, of_bob = [_review(dsn, tenant, agent, user, deleted=True) for user in (ada, bob)]
    of_agent, remarked_by_ada = _review(dsn, tenant, other, deleted=True), _review(dsn, tenant, agent, deleted=True)
    live = _review(dsn, tenant, agent)
    execute(
        dsn,
        f"""UPDATE app."Remarks" SET user_id = '{ada.id}' WHERE review_id = '{remarked_by_ada}' AND "line %s" = 2""",
        f"UPDATE app.code_reviews SET replaced_by = '{of_bob}' WHERE id = '{live}'",
    )
    await retention.hold(admin, name="ada's", user_id=ada.id)
    await retention.hold(admin, name="agent's", agent_id=other.id)
    assert (await retention.purge(admin, deleted_before=NOW - timedelta(days=400))).rows == {}
    purged = await retention.purge(admin, deleted_before=NOW)
    assert (purged.rows, set(purged.holds)) == ({"app.code_reviews": 1, "app.Remarks": 2, "app.reactions": 2}, {"ada's", "agent's"})
    left = {review_id for (review_id,) in fetch(dsn, "SELECT id FROM app.code_reviews")}
    assert left == {of_ada, of_agent, remarked_by_ada, live}
    assert fetch(dsn, f"SELECT replaced_by FROM app.code_reviews WHERE id = '{live}'") == [(None,)]
    for call in (retention.erase_user(admin, user_id=ada.id, dry_run=True), retention.erase_user(admin, user_id=ada.id)):
        with pytest.raises(UnderLegalHold, match="ada's"):
            await call
    await retention.release_hold(admin, name="ada's")
    execute(dsn, f"UPDATE app.code_reviews SET user_id = '{bob.id}' WHERE id = '{of_agent}'")
    # The agent that is held reviewed something of bob's.
    with pytest.raises(UnderLegalHold, match="agent's"):
        await retention.erase_user(admin, user_id=bob.id)
    assert (await retention.purge(admin, deleted_before=NOW)).rows["app.code_reviews"] == 2
    assert [
        entry.details["rows"]["app.code_reviews"]
        for entry in await audit.page(tenant, action="organization.purge")
        if "app.code_reviews" in entry.details["rows"]
    ] == [2, 1]


async def test_what_is_in_a_row_goes_in_batches(dsn: str, db: Database, tenant: Tenant, agent: Agent) -> None:
    _review(dsn, tenant, agent, deleted=True, remarks=1200)
    steps: list[int] = []
    await retention.purge(db.admin(tenant.org_id), deleted_before=NOW, progress=steps.append)
    assert steps == [2000, 400, 1]


async def test_what_ends_a_row_can_be_said(dsn: str, db: Database, tenant: Tenant, agent: Agent) -> None:
    admin = db.admin(tenant.org_id)
    _review(dsn, tenant, agent, deleted=True)
    execute(dsn, "CALL memdb.isolate('app.code_reviews', '{}')")
    assert (await retention.purge(admin, deleted_before=NOW)).rows == {}
    execute(
        dsn,
        "ALTER TABLE app.code_reviews ADD expires_at timestamptz",
        "UPDATE app.code_reviews SET expires_at = deleted_at, deleted_at = NULL",
        "CALL memdb.isolate('app.code_reviews', '{deleted_at,expires_at}')",
    )
    assert (await retention.purge(admin, deleted_before=NOW)).rows["app.code_reviews"] == 1


async def test_what_administration_may_not_delete_outlives_its_tenant(dsn: str, db: Database, tenant: Tenant) -> None:
    execute(
        dsn,
        f"INSERT INTO app.lessons (org_id) VALUES ('{tenant.org_id}')",
        "ALTER TABLE app.lessons DROP CONSTRAINT lessons_org_id_fkey",
        "REVOKE DELETE ON app.lessons FROM memdb_admin",
    )
    await retention.erase_organization(db.admin(tenant.org_id), org_id=tenant.org_id)
    assert len(fetch(dsn, "SELECT id FROM app.lessons")) == 1


async def test_a_circle_of_references_is_told(dsn: str, db: Database) -> None:
    circle = """
        ALTER TABLE app.code_reviews ADD last_line integer,
        ADD FOREIGN KEY (org_id, id, last_line) REFERENCES app."Remarks" (org_id, review_id, "line %s")
    """
    execute(dsn, circle)
    with pytest.raises(SchemaMismatch, match="in a circle"):
        await removals(db.admin())
    execute(
        dsn,
        circle.replace('"line %s")', '"line %s") DEFERRABLE').replace(
            "ADD last_line integer,", "DROP CONSTRAINT code_reviews_org_id_id_last_line_fkey,"
        ),
    )
    assert set((await removals(db.admin())).tables) > NAMES


@pytest.mark.parametrize(
    ("columns", "wrong"),
    [
        ("id uuid PRIMARY KEY", "must have a column org_id uuid NOT NULL"),
        ("org_id text NOT NULL, id uuid, PRIMARY KEY (org_id, id)", "must have a column org_id uuid NOT NULL"),
        ("org_id uuid NOT NULL, id uuid PRIMARY KEY", "must have a primary key that begins with org_id"),
        ("org_id uuid NOT NULL, id uuid, PRIMARY KEY (org_id, id)", "must refer to memdb.organizations"),
        (
            "org_id uuid NOT NULL REFERENCES memdb.organizations, id uuid, of uuid, PRIMARY KEY (org_id, id),"
            " CONSTRAINT of_exists FOREIGN KEY (org_id, of) REFERENCES app.wrong (org_id, id)",
            "must refer to itself only by what is DEFERRABLE and not ON DELETE CASCADE, which of_exists is not",
        ),
        (
            "org_id uuid NOT NULL REFERENCES memdb.organizations, id uuid, ended date, PRIMARY KEY (org_id, id)",
            "must have each column of ended_by as a timestamptz, which it has not: ended",
        ),
    ],
)
def test_what_cannot_be_a_tenants_is_refused(dsn: str, columns: str, wrong: str) -> None:
    execute(dsn, f"CREATE TABLE app.wrong ({columns})")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match=f"app.wrong {wrong}"):
        execute(dsn, "CALL memdb.isolate('app.wrong', '{ended}')")
