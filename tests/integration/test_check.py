"""memdb check: every file agrees with the schema, and each way of disagreeing is caught."""

from __future__ import annotations

import pytest

import memdb
from memdb import spaces
from memdb.engine.own import QUERIES
from memdb.errors import SchemaMissing, SchemaOutdated
from memdb.operations.check import Difference, check
from tests.server import Databases, execute


@pytest.fixture(scope="module")
def agreed(databases: Databases) -> set[str]:
    with databases.migrated() as dsn:
        return {difference.query for difference in check(dsn)}


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_the_file_agrees_with_the_schema(name: str, agreed: set[str]) -> None:
    assert name not in agreed


GET = QUERIES["memories.get"]


def _check(dsn: str, name: str = "memories.get") -> list[Difference]:
    return check(dsn, queries=[QUERIES[name]])


def test_a_dropped_column(dsn: str) -> None:
    execute(dsn, "ALTER TABLE memdb.memories DROP COLUMN source")
    (difference,) = _check(dsn)
    assert (difference.query, difference.what) == ("memories.get", "statement")
    assert "column m.source does not exist" in difference.found


def test_a_changed_type(dsn: str) -> None:
    execute(
        dsn, "ALTER TABLE memdb.memories DROP CONSTRAINT memories_confidence_range", "ALTER TABLE memdb.memories ALTER confidence TYPE text"
    )
    assert _check(dsn) == [Difference("memories.get", "column confidence", "float4 or float8", "text")]


def test_a_lost_not_null(dsn: str) -> None:
    execute(dsn, "ALTER TABLE memdb.memories ALTER source DROP NOT NULL")
    assert _check(dsn) == [Difference("memories.get", "column source", "never NULL", "may be NULL")]


def test_a_lost_not_null_behind_an_update(dsn: str) -> None:
    execute(dsn, "ALTER TABLE memdb.memories ALTER source DROP NOT NULL")
    assert _check(dsn, "memories.update") == [Difference("memories.update", "column source", "never NULL", "may be NULL")]


def _with_source(monkeypatch: pytest.MonkeyPatch, old: str, new: str, name: str = "memories.get") -> None:
    query = QUERIES[name]
    assert old in query.statement
    monkeypatch.setattr(query, "statement", query.statement.replace(old, new, 1))
    monkeypatch.setattr(query, "source", query.source.replace(old, new, 1))


def test_a_swapped_order(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_source(monkeypatch, "m.status,\n    m.source,", "m.source,\n    m.status,")
    (difference,) = _check(dsn)
    assert difference.what == "column order"
    assert "status, source" in difference.declared
    assert "source, status" in difference.found


def test_a_missing_and_a_surplus_column(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_source(monkeypatch, "m.category,", "m.deleted_at,")
    assert [(difference.what, difference.found) for difference in _check(dsn)] == [
        ("column category", "missing"),
        ("column deleted_at", "present"),
    ]


def test_a_parameter_of_another_type(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_source(monkeypatch, "$2::uuid", "$2::text::uuid")
    assert _check(dsn) == [Difference("memories.get", "parameter :id", "uuid", "text")]


def test_a_field_that_is_never_none_but_may_be_cleared(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    query = QUERIES["memories.update"]
    query.load()
    monkeypatch.setitem(query.__dict__, "clearable", (*query.clearable, "confidence"))
    assert _check(dsn, "memories.update") == [
        Difference("memories.update", "parameter :confidence", "never CLEAR, as its field is never None", "may be CLEAR")
    ]


def test_a_tenant_that_is_not_entered(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_source(monkeypatch, "::memdb.tenant", "::uuid")
    assert _check(dsn) == [Difference("memories.get", "parameter :org_id", "memdb.tenant", "uuid")]


def test_an_outer_join_that_may_fill_with_nulls(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_source(
        monkeypatch, "FROM memdb.memories AS m", "FROM memdb.agents AS a LEFT JOIN memdb.memories AS m ON m.agent_id = a.id AND false"
    )
    _with_source(monkeypatch, "WHERE m.org_id", "WHERE a.org_id")
    _with_source(monkeypatch, "AND m.id =", "AND a.id =")
    assert {difference.found for difference in _check(dsn)} == {"may be NULL"}


def test_an_expression_must_be_vouched_for(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_source(monkeypatch, "m.embedded,", "m.embedded AND true AS embedded,")
    assert _check(dsn) == [Difference("memories.get", "column embedded", "never NULL", "may be NULL")]


def test_a_right_that_the_role_lacks(dsn: str) -> None:
    execute(dsn, "REVOKE SELECT ON memdb.memory_tags FROM memdb_app")
    (difference,) = _check(dsn, "memories.page_of_tag")
    assert difference.what == "plan"
    assert "permission denied for table memory_tags" in difference.found


def test_a_read_that_is_none(dsn: str) -> None:
    """What a view calls does not stand in the statement."""
    execute(
        dsn,
        "CREATE FUNCTION memdb.charge(id uuid) RETURNS uuid LANGUAGE plpgsql AS 'BEGIN RETURN id; END'",
        "ALTER TABLE memdb.users RENAME TO users_kept",
        "CREATE VIEW memdb.users WITH (security_invoker = true) AS SELECT * FROM memdb.users_kept WHERE memdb.charge(id) = id",
        "GRANT SELECT ON memdb.users TO memdb_app",
    )
    found = [difference for difference in _check(dsn, "users.get") if difference.what == "effect"]
    assert found == [Difference("users.get", "effect", "only reads", "charge(), which is VOLATILE")]


def test_a_database_that_is_not_migrated(empty_dsn: str) -> None:
    with pytest.raises(SchemaMissing, match="memdb migrate"):
        check(empty_dsn)


def test_a_schema_that_lacks_a_migration(dsn: str) -> None:
    execute(dsn, "COMMENT ON SCHEMA memdb IS 'memdb 0001_foundation'")
    with pytest.raises(SchemaOutdated, match="memdb migrate"):
        check(dsn)


async def test_a_second_embedding_space_is_no_difference(dsn: str) -> None:
    async with memdb.connect(dsn, admin_role=None) as owner:
        await spaces.create(owner.admin(), dimension=8, model="other")
    assert check(dsn) == []
