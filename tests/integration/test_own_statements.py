"""`Executor.fetch`: statements that have no file of their own, on a tenant's executor, an administrator's and a transaction."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from memdb import memories
from memdb.engine.database import Database
from memdb.errors import AlreadyExists, InvalidInput, NotFound, SchemaMismatch, ServerError, TenantRequired
from tests.conftest import Home
from tests.server import execute

CONTENTS = "SELECT m.content FROM memdb.memories AS m WHERE m.org_id = :org_id::memdb.tenant AND m.content <> :but::text ORDER BY m.id"


class Noted(msgspec.Struct):
    content: str
    created_at: datetime


async def test_rows_come_as_scalars_and_structs(home: Home, rival: Home) -> None:
    for each in (home, rival):
        await memories.add(each.tenant, agent_id=each.agent.id, content=f"of {each.tenant.org_id}")
    assert await home.tenant.fetch(str, CONTENTS, but="x") == [f"of {home.tenant.org_id}"]
    statement = "SELECT m.content, m.created_at FROM memdb.memories AS m WHERE m.org_id = :org_id::memdb.tenant"
    (noted,) = await home.tenant.fetch(Noted, statement)
    assert isinstance(noted, Noted)
    assert noted.content == f"of {home.tenant.org_id}"
    async with home.tenant.transaction() as tx:
        assert await tx.fetch(str, CONTENTS, but="x") == [noted.content]
    with pytest.raises(SchemaMismatch, match=r"returns \['content'\], its rows' class wants \['content', 'created_at'\]"):
        await home.tenant.fetch(Noted, CONTENTS, but="x")


@pytest.mark.parametrize(
    ("statement", "parameters", "told"),
    [
        (CONTENTS, {}, "but must be given"),
        (CONTENTS, {"but": "x", "more": 1}, "more is no parameter of the statement"),
        (CONTENTS, {"but": "x", "org_id": uuid.uuid4()}, "org_id comes from the executor"),
        (CONTENTS, {"but": "a\0b"}, "but must not contain NUL"),
        (CONTENTS, {"but": object()}, "but must be of a type that PostgreSQL has, not object"),
        ("SELECT content FROM memdb.memories", {}, "statement must filter by org_id = :org_id::memdb.tenant"),
        ("SELECT content FROM memdb.memories WHERE org_id = :theirs::memdb.tenant", {"theirs": uuid.uuid4()}, "must say the tenant as"),
        ("SELECT :org_id::memdb.tenant, memdb.enter(:theirs::uuid)", {"theirs": uuid.uuid4()}, "must say the tenant as"),
        ("SELECT :org_id::memdb.tenant, set_config('memdb.org_id', :theirs, true)", {"theirs": "x"}, "must say the tenant as"),
        ("SELECT 'open", {}, "statement cannot be read: unterminated '"),
    ],
)
async def test_what_is_refused_before_anything_is_sent(home: Home, statement: str, parameters: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        await home.tenant.fetch(str, statement, **parameters)


@pytest.mark.parametrize("text", ["0", "-0.00", "1e131071", "-1e131071", "1e-16383", "123456789.000000001"])
async def test_a_decimal_comes_back_as_it_was_sent(home: Home, text: str) -> None:
    statement = "SELECT :sent::numeric FROM (SELECT :org_id::memdb.tenant) AS o"
    assert await home.tenant.fetch(Decimal, statement, sent=Decimal(text)) == [Decimal(text)]


@pytest.mark.parametrize("text", ["1e131072", "1e200000", "1e-16384", "NaN", "sNaN", "Infinity"])
async def test_a_decimal_that_postgresql_does_not_keep_is_refused(home: Home, text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^sent must "):
        await home.tenant.fetch(Decimal, "SELECT :sent::numeric FROM (SELECT :org_id::memdb.tenant) AS o", sent=Decimal(text))


async def test_an_administrator_names_a_tenant_or_none(db: Database, home: Home, rival: Home) -> None:
    assert await db.admin().fetch(int, "SELECT count(*) FROM memdb.organizations") == [2]
    with pytest.raises(TenantRequired):
        await db.admin().fetch(str, CONTENTS, but="x")
    assert await db.admin(home.tenant.org_id).fetch(str, CONTENTS, but="x") == []


async def test_errors_tell_the_cause(dsn: str, home: Home) -> None:
    execute(
        dsn,
        "CREATE SCHEMA app",
        "CREATE TABLE app.reviews (org_id uuid REFERENCES memdb.organizations, id int, title text CHECK (title <> ''), author_id uuid)",
        "ALTER TABLE app.reviews ADD PRIMARY KEY (org_id, id), ADD UNIQUE (org_id, title)",
        "ALTER TABLE app.reviews ADD FOREIGN KEY (org_id, author_id) REFERENCES memdb.users (org_id, id)",
        "CALL memdb.isolate('app.reviews')",
    )
    insert = "INSERT INTO app.reviews VALUES (:org_id::memdb.tenant, :id::int, :title, :author_id)"
    add = home.tenant.fetch
    await add(None, insert, id=1, title="a", author_id=None)
    with pytest.raises(InvalidInput, match="a row of reviews must satisfy the constraint reviews_title_check"):
        await add(None, insert, id=2, title="", author_id=None)
    with pytest.raises(AlreadyExists, match="another row of reviews has this org_id_title"):
        await add(None, insert, id=2, title="a", author_id=None)
    with pytest.raises(NotFound, match="no such org_id_author_id of reviews"):
        await add(None, insert, id=2, title="b", author_id=uuid.uuid4())
    with pytest.raises(SchemaMismatch, match=r'relation "app\.review" does not exist'):
        await add(str, "SELECT title FROM app.review WHERE org_id = :org_id::memdb.tenant")
    with pytest.raises(SchemaMismatch, match=r"column r\.titel does not exist.*r\.title"):
        await add(str, "SELECT r.titel FROM app.reviews AS r WHERE r.org_id = :org_id::memdb.tenant")
    with pytest.raises(InvalidInput, match="id cannot be sent or stored"):
        await add(str, "SELECT title FROM app.reviews WHERE org_id = :org_id::memdb.tenant AND id = :id::int", id="one")
    with pytest.raises(SchemaMismatch, match='lacks a schema that the statement names: schema "apps" does not exist'):
        await add(str, "SELECT apps.shown(title) FROM app.reviews WHERE org_id = :org_id::memdb.tenant")
    with pytest.raises(SchemaMismatch, match=r"the statement returns \['title', 'id'\], its rows' class wants one column"):
        await add(str, "SELECT title, id FROM app.reviews WHERE org_id = :org_id::memdb.tenant")
    execute(
        dsn,
        "CREATE FUNCTION app.shut(text) RETURNS text LANGUAGE plpgsql"
        " AS $$ BEGIN RAISE EXCEPTION 'closed' USING HINT = 'come tomorrow', DETAIL = 'a secret'; END $$",
    )
    with pytest.raises(ServerError, match=r"^closed \(come tomorrow\) \(SQLSTATE P0001\)$"):
        await add(str, "SELECT app.shut(title) FROM app.reviews WHERE org_id = :org_id::memdb.tenant")
