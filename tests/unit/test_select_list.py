"""A statement's last SELECT list is found, taken apart, and put together again to the letter."""

from __future__ import annotations

import pytest

from memdb.engine.lexer import spans
from memdb.engine.own import QUERIES, query
from memdb.errors import QueryDefinitionError
from memdb.operations.select_list import Item, select_list

query.load_all()


SEVERAL = {
    "audit.verify_chain",
    "clusters.create",
    "clusters.merge",
    "retention.ending",
    "retention.of_tenant",
    "retention.of_user",
    "retention.removing",
}


@pytest.mark.parametrize("name", sorted({name for name, each in QUERIES.items() if each.shape.is_struct} - SEVERAL))
def test_every_list_is_read_to_the_letter(name: str) -> None:
    each = QUERIES[name]
    listed = select_list(each.source)
    assert listed.text() == each.source
    assert [item.name for item in listed.items] == [column.name for column in each.shape.columns]


@pytest.mark.parametrize("name", sorted(SEVERAL))
def test_a_result_of_several_selects_is_told(name: str) -> None:
    with pytest.raises(QueryDefinitionError, match="put together of several SELECTs"):
        select_list(QUERIES[name].source)


@pytest.mark.parametrize(
    ("sql", "names", "after"),
    [
        ("SELECT a, t.b FROM t", ["a", "b"], " FROM t"),
        ("WITH x AS (SELECT 1 AS c FROM u) SELECT (r.x).a, coalesce(b, ',') AS b FROM x", ["a", "b"], " FROM x"),
        ("INSERT INTO t (a, b) SELECT a, b FROM u RETURNING t.a", ["a"], ""),
        ("SELECT a IS DISTINCT FROM b AS c, d::text[] FROM t", ["c", "d"], " FROM t"),
        ("SELECT :limit::int AS limit_, t.from, count(*) FILTER (WHERE x) AS n ORDER BY 1", ["limit_", "from", "n"], " ORDER BY 1"),
        ("SELECT ARRAY[a, b] AS c -- the last\nFROM t", ["c"], "\nFROM t"),
        ("SELECT 'it''s, FROM' AS a, E'\\', b' AS b, $x$, $x$ AS c, \"x, y\".d AS d;", ["a", "b", "c", "d"], ";"),
        ("SELECT f(a), 1 + 1 FROM t", [None, None], " FROM t"),
    ],
)
def test_where_a_list_ends_and_what_its_columns_are_called(sql: str, names: list[str | None], after: str) -> None:
    listed = select_list(sql)
    assert [item.name for item in listed.items] == names
    assert listed.after == after
    assert listed.text() == sql


def test_a_comment_stays_with_its_column() -> None:
    listed = select_list("SELECT\n    a,  -- of a\n    -- about b\n    b\nFROM t")
    assert listed.items == (Item("\n    ", "a", "  -- of a"), Item("\n    -- about b\n    ", "b"))
    assert listed.lead == "\n    "
    more = listed._replace(items=(listed.items[0], Item(listed.lead, "c"), listed.items[1]))
    assert more.text() == "SELECT\n    a,  -- of a\n    c,\n    -- about b\n    b\nFROM t"


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM t",
        "(SELECT a FROM t)",
        "SELECT FROM t",
        "SELECT a, , b",
        "SELECT a -- of a\n, b",
        "SELECT a UNION SELECT b",
        "SELECT 'a",
    ],
)
def test_what_has_no_one_list_is_told(sql: str) -> None:
    with pytest.raises(QueryDefinitionError):
        select_list(sql)


def test_spans() -> None:
    sql = "SELECT a.b1, 'x''y' /* c /* d */ */ || E'\\'' -- e\n$q$ f $q$ \"G h\" 1.5"
    read = [(token.kind, token.text) for token in spans(sql)]
    assert [text for kind, text in read if kind in ("word", "number", "quoted")] == ["SELECT", "a", "b1", '"G h"', "1.5"]
    assert [text for kind, text in read if kind == "string"] == ["'x'", "'y'", "E'\\''", "$q$ f $q$"]
    assert [text for kind, text in read if kind == "comment"] == ["/* c /* d */ */", "-- e"]
    assert all(sql[token.start : token.end] == token.text for token in spans(sql))
