"""Whether a statement writes, told from its words; in doubt it does."""

from __future__ import annotations

import pytest

from memdb.engine.effects import keeps_to_itself, writes
from memdb.engine.lexer import tokens

STEADY = "count lower steady_one left"


@pytest.mark.parametrize(
    "statement",
    [
        "/* memdb memories.get */ SELECT m.id FROM memdb.memories AS m WHERE m.id = $1::uuid",
        "-- INSERT\n/* UPDATE /* DELETE */ */ select 'DELETE it''s', E'\\' MERGE (', $x$ UPDATE f( $x$ FROM t",
        "WITH found AS MATERIALIZED (SELECT 1 AS id) SELECT count(*) FILTER (WHERE id IN (1, 2)) OVER (ORDER BY id) FROM found",
        'SELECT lower("update"), left(a, 1), steady_one(a)::varchar(10) FROM unnested AS u (a, b)',
        "(SELECT 1) UNION (VALUES (2))",
        "SELECT app.steady_one(updated_at), deleted FROM app.inserts",
        "TABLE app.reviews",
        "/* memdb ping */",
    ],
)
def test_what_only_reads(statement: str) -> None:
    assert not writes(statement, STEADY)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t VALUES (1)",
        "WITH gone AS (DELETE FROM t RETURNING id) SELECT id FROM gone",
        "WITH changed AS (update t SET a = 1 RETURNING a) SELECT a FROM changed",
        "MERGE INTO t USING s ON true WHEN MATCHED THEN DO NOTHING",
        "SELECT a INTO b FROM t",
        "SELECT a FROM t FOR UPDATE",
        "SELECT a FROM t FOR NO KEY UPDATE",
        "SELECT a FROM t FOR KEY SHARE",
        "SELECT charge(1)",
        "SELECT app.charge (1)",
        'SELECT "app"."charge"(1)',
        'SELECT "Charge"(1)',
        "SELECT app . /* between */ charge -- and\n (1)",
        'SELECT U&"\\0063harge"(1)',
        "SELECT a[1:charge(2)] FROM t",
        "SELECT * FROM charge(1) AS c (a)",
        "SELECT nextval('s')",
        "SELECT set_config('a', 'b', true)",
        "CALL app.charge()",
        "CREATE INDEX ON t (a)",
        "EXPLAIN ANALYZE DELETE FROM t",
        "DO $$ BEGIN END $$",
    ],
)
def test_what_may_write(statement: str) -> None:
    assert writes(statement, STEADY)


def test_tokens() -> None:
    statement = """SELECT "A b"::text, -- no
        'no', $1::int, $tag$ no $tag$ /* no /* no */ */ FROM Caf\u00e9.x WHERE E'\\'no' <> b"""
    assert " ".join(tokens(statement)) == 'select "A b" :: text , , $1 :: int , from caf\u00e9 . x where < > b'


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT m.id FROM memdb.memories AS m WHERE m.org_id = $1::memdb.tenant AND m.id = $2::uuid",
        "UPDATE app.reviews AS r SET scores = $2::double precision[] WHERE r.org_id = $1 :: memdb.tenant RETURNING r.id::text",
        "SELECT ARRAY(SELECT ROW($2::text)::memdb.given_item) FROM t WHERE org_id = $1::memdb.tenant",
        "SELECT '::app.domain', \"::app.domain\" FROM t WHERE org_id = $1::memdb.tenant /* cast */",
    ],
)
def test_what_keeps_to_itself(statement: str) -> None:
    assert keeps_to_itself(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "/* memdb ping */",
        "SELECT 1",
        "SELECT 1 FROM t WHERE org_id = $1::uuid",
        "SELECT 1 FROM t WHERE org_id = $1::memdb.tenant AND $2::memdb.hnsw_ef_search > 1",
        "SELECT 1 FROM t WHERE org_id = $1::memdb.tenant AND a = $2::app.domain",
        "SELECT 1 FROM t WHERE org_id = $1::memdb.tenant AND a = $2::domain",
        "SELECT 1 FROM t WHERE org_id = $1::memdb.tenant AND a = $2::app.assertion",
        "SELECT 1 FROM t WHERE org_id = $1::uuid AND a = $2::memdb.assertion",
        'SELECT 1 FROM t WHERE org_id = $1::memdb.tenant AND a = $2::"domain"',
        'SELECT 1 FROM t WHERE org_id = $1::memdb.tenant AND a = $2::"app".domain',
        "SELECT 1 FROM t WHERE org_id = $1::memdb.tenant AND a = $2::text.domain",
        "SELECT 1 FROM t WHERE org_id = $1::memdb.tenant AND a = CAST($2 AS app.domain)",
        "SELECT pg_catalog.set_config('role', $2, true) FROM t WHERE org_id = $1::memdb.tenant",
        "SELECT \"set_config\"('role', $2, true) FROM t WHERE org_id = $1::memdb.tenant",
    ],
)
def test_what_may_leave_something_to_the_next(statement: str) -> None:
    assert not keeps_to_itself(statement)
