from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memdb.engine.lexer import compile_parameters
from memdb.errors import QueryDefinitionError


@pytest.mark.parametrize(
    ("sql", "text", "names"),
    [
        ("SELECT :id", "SELECT $1", ("id",)),
        ("SELECT :id, :name, :id", "SELECT $1, $2, $1", ("id", "name")),
        ("SELECT :id::uuid", "SELECT $1::uuid", ("id",)),
        ("SELECT x::int", "SELECT x::int", ()),
        ("SELECT x :: int", "SELECT x :: int", ()),
        ("CALL f(a := :a)", "CALL f(a := $1)", ("a",)),
        ("CALL f(a:=:a)", "CALL f(a:=$1)", ("a",)),
        ("SELECT ':id'", "SELECT ':id'", ()),
        ("SELECT 'it''s :id'", "SELECT 'it''s :id'", ()),
        (r"SELECT '\', :id", r"SELECT '\', $1", ("id",)),
        (r"SELECT E'\'', :id", r"SELECT E'\'', $1", ("id",)),
        (r"SELECT e'\' :id', :id", r"SELECT e'\' :id', $1", ("id",)),
        (r"SELECT E'a''b\\', :id", r"SELECT E'a''b\\', $1", ("id",)),
        (r"SELECT name'\', :id", r"SELECT name'\', $1", ("id",)),
        ('SELECT ":id", ":a"":b"', 'SELECT ":id", ":a"":b"', ()),
        ("SELECT 1 -- don't :id\n, :id", "SELECT 1 -- don't :id\n, $1", ("id",)),
        ("SELECT 1 -- :id", "SELECT 1 -- :id", ()),
        ("SELECT /* don't :id */ :id", "SELECT /* don't :id */ $1", ("id",)),
        ("/* a /* :id */ ' :id */ :id", "/* a /* :id */ ' :id */ $1", ("id",)),
        ("SELECT $$ :id ' $$, :id", "SELECT $$ :id ' $$, $1", ("id",)),
        ("SELECT $a$ :id $b$ $$ $a$, :id", "SELECT $a$ :id $b$ $$ $a$, $1", ("id",)),
        ("SELECT a$1$, :id", "SELECT a$1$, $1", ("id",)),
        ("SELECT a[1:2], a[:2], a[2:]", "SELECT a[1:2], a[:2], a[2:]", ()),
        ("SELECT a[1:n], a[b:c], a[f(x):n]", "SELECT a[1:n], a[b:c], a[f(x):n]", ()),
        ("SELECT a[:first : :last]", "SELECT a[$1 : $2]", ("first", "last")),
        ("WHERE a=:a AND(:b)AND c<:c", "WHERE a=$1 AND($2)AND c<$3", ("a", "b", "c")),
        ("SELECT :Id_2, :_x", "SELECT $1, $2", ("Id_2", "_x")),
        ("SELECT U&'\\0041 :id', B'01', :id", "SELECT U&'\\0041 :id', B'01', $1", ("id",)),
        ("SELECT ärger.:id", "SELECT ärger.$1", ("id",)),
        ("", "", ()),
    ],
)
def test_known_traps(sql: str, text: str, names: tuple[str, ...]) -> None:
    assert compile_parameters(sql) == (text, names)


@pytest.mark.parametrize("sql", ["SELECT 'a", 'SELECT "a', "SELECT /* /* */", "SELECT $a$ x $b$", r"SELECT E'\'", "SELECT $1"])
def test_what_cannot_be_read_is_refused(sql: str) -> None:
    with pytest.raises(QueryDefinitionError):
        compile_parameters(sql)


names = st.from_regex(r"[a-z_][a-z0-9_]{0,5}", fullmatch=True)
inert = st.text(alphabet="ab :$1\n\t()", max_size=12)
opaque = st.one_of(
    inert.map(lambda body: "'" + body + "'"),
    inert.map(lambda body: "'it''s " + body + "'"),
    inert.map(lambda body: "E'\\'" + body + "'"),
    inert.map(lambda body: '"' + body + '"'),
    inert.map(lambda body: "$q$" + body + "$q$"),
    inert.map(lambda body: "/*" + body + "/*" + body + "'*/ \"*/"),
    inert.map(lambda body: "--" + body.replace("\n", " ") + "'\n"),
    st.sampled_from(["SELECT", "x", "::", "::int", ":=", ",", "(", ")", "=", "<", "1", "1.5", "[1:2]", "a[1:n]", "*", "||"]),
)
pieces = st.lists(st.one_of(opaque.map(lambda text: (text, None)), names.map(lambda name: (f":{name}", name))), max_size=12)


@given(pieces)
def test_exactly_the_parameters_are_replaced(pieces: list[tuple[str, str | None]]) -> None:
    numbers: dict[str, int] = {}
    expected = []
    for text, name in pieces:
        expected.append(text if name is None else f"${numbers.setdefault(name, len(numbers) + 1)}")
    compiled = compile_parameters(" ".join(text for text, _ in pieces))
    assert compiled.text == " ".join(expected)
    assert compiled.parameters == tuple(numbers)


@given(st.text(alphabet="a:'\"$/*-\\E1[]= \n", max_size=30))
def test_any_text_is_read_or_refused(sql: str) -> None:
    try:
        compiled = compile_parameters(sql)
    except QueryDefinitionError:
        return
    restored = compiled.text
    for number, name in reversed(list(enumerate(compiled.parameters, 1))):
        restored = restored.replace(f"${number}", f":{name}")
    assert restored == sql or "$" in sql
