"""Whether a statement only reads, determined from its words and from the volatility of the functions that it calls.

If that is not decisive, the statement counts as writing: a read taken for a write costs a retry, while a write taken for a read could be
executed twice.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Final

from memdb.engine.lexer import tokens

_BEGINNINGS: Final = frozenset({"select", "with", "values", "table", ""})
# Keywords of statements and clauses that change rows, create a table or lock rows, which PostgreSQL refuses in a read-only transaction.
_WRITING: Final = frozenset({"insert", "update", "delete", "merge", "into", "share"})
# Words other than functions that may precede a parenthesis.
_SYNTAX: Final = frozenset(
    """
    all and any array as between by case coalesce cube distinct else end except exists filter from greatest group grouping having
    ilike in intersect is join lateral least like limit materialized not nullif offset on or over partition range rollup row rows
    select sets similar some table then trim union using values when where window with within
    """.split()  # noqa: SIM905 - a line of words reads better than sixty lines
)
# Words by which a statement may set what lasts until the end of the transaction, or hide that a parameter's type does so.
_SETTING: Final = frozenset({"set_config", '"set_config"', "cast"})
# Types that are not domains. A domain's check may set something; that is how the tenant is entered.
_PLAIN_TYPES: Final = frozenset(
    """
    bigint bool boolean bytea char date double float4 float8 halfvec int int2 int4 int8 integer interval json jsonb name numeric real
    regclass smallint text time timestamp timestamptz tsquery tsvector uuid varchar vector
    """.split()  # noqa: SIM905
)
# memdb's composite types whose columns have plain types.
ROWS_OF_MEMDB: Final = frozenset({"assertion", "given_item"})
# Volatile only in what they return.
_CHANGE_NOTHING: Final = frozenset({"clock_timestamp", "gen_random_uuid", "random", "timeofday", "uuidv4", "uuidv7"})


@lru_cache(maxsize=2000)
def writes(statement: str, steady: str) -> bool:
    """Whether the statement may change something.

    `steady` are the names, separated by spaces, of the functions of which no overload in the database is VOLATILE. Functions called by a
    view, an operator, a cast or a policy are not seen; `memdb check` examines those in PostgreSQL's plan.
    """
    words = tuple(tokens(statement))
    first = next((word for word in words if word != "("), "")
    return first not in _BEGINNINGS or not _WRITING.isdisjoint(words) or bool(unsteady(words, steady))


@lru_cache(maxsize=2000)
def keeps_to_itself(statement: str) -> bool:
    """Whether the statement can be executed for several tenants in turn within one transaction.

    Each execution must enter its tenant itself and set nothing else for the next one, neither explicitly nor by a parameter's domain.
    """
    words = tuple(tokens(statement))
    types = [words[at + 1 : at + 4] for at, word in enumerate(words) if word == "::"]
    unplain = {each for each in types if each[0] not in _PLAIN_TYPES or each[1:2] == (".",)}
    return unplain - {("memdb", ".", row) for row in ROWS_OF_MEMDB} == {("memdb", ".", "tenant")} and _SETTING.isdisjoint(words)


def unsteady(words: Collection[str], steady: str) -> frozenset[str]:
    """The names of the functions called by a statement of these words that may change something."""
    found = {
        word.strip('"')
        for before, word, after in zip(("", *words), words, (*words, "")[1:], strict=False)
        # After AS it is an alias with columns, after :: a type with a length; FETCH FIRST (n) ROWS.
        if after == "(" and before not in ("as", "::", "fetch") and word not in _SYNTAX and (word[0] in '_"' or word[0].isalpha())
    }
    return frozenset(found - _CHANGE_NOTHING - _names(steady))


@lru_cache(maxsize=4)
def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())
