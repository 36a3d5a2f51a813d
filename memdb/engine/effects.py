"""Whether a statement only reads: by its words, and by what the database says of the functions that it calls.

Where this cannot tell, the statement counts as one that writes: to take a read for a write costs a retry, the reverse could do an effect
twice.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Final

from memdb.engine.lexer import tokens

_BEGINNINGS: Final = frozenset({"select", "with", "values", "table", ""})
# Of statements and clauses that change rows, make a table or lock rows: what PostgreSQL refuses in a read-only transaction.
_WRITING: Final = frozenset({"insert", "update", "delete", "merge", "into", "share"})
# What may stand before a parenthesis and is no function.
_SYNTAX: Final = frozenset(
    """
    all and any array as between by case coalesce cube distinct else end except exists filter from greatest group grouping having
    ilike in intersect is join lateral least like limit materialized not nullif offset on or over partition range rollup row rows
    select sets similar some table then trim union using values when where window with within
    """.split()  # noqa: SIM905 - a line of words reads better than sixty lines
)
# By which a statement may set what lasts to the end of the transaction, or hide that a parameter's type does.
_SETTING: Final = frozenset({"set_config", '"set_config"', "cast"})
# Types that are no domains, whose checks may set something: by this the tenant is entered.
_PLAIN_TYPES: Final = frozenset(
    """
    bigint bool boolean bytea char date double float4 float8 halfvec int int2 int4 int8 integer interval json jsonb name numeric real
    regclass smallint text time timestamp timestamptz tsquery tsvector uuid varchar vector
    """.split()  # noqa: SIM905
)
# Composite types of memdb's, of columns of plain types.
ROWS_OF_MEMDB: Final = frozenset({"assertion", "given_item"})
# Volatile for their answers only.
_CHANGE_NOTHING: Final = frozenset({"clock_timestamp", "gen_random_uuid", "random", "timeofday", "uuidv4", "uuidv7"})


@lru_cache(maxsize=2000)
def writes(statement: str, steady: str) -> bool:
    """Whether the statement may change something. `steady` are the names of the functions of which none in the database is VOLATILE, with
    spaces between them.

    Not seen is what a view, an operator, a cast or a policy calls. `memdb check` looks there: PostgreSQL's plan spells them out.
    """
    words = tuple(tokens(statement))
    first = next((word for word in words if word != "("), "")
    return first not in _BEGINNINGS or not _WRITING.isdisjoint(words) or bool(unsteady(words, steady))


@lru_cache(maxsize=2000)
def keeps_to_itself(statement: str) -> bool:
    """Whether the statement can be executed for one tenant after the other in one transaction: each execution enters its tenant by itself,
    and sets nothing else for the next, neither in words nor by a parameter's domain.
    """
    words = tuple(tokens(statement))
    types = [words[at + 1 : at + 4] for at, word in enumerate(words) if word == "::"]
    unplain = {each for each in types if each[0] not in _PLAIN_TYPES or each[1:2] == (".",)}
    return unplain - {("memdb", ".", row) for row in ROWS_OF_MEMDB} == {("memdb", ".", "tenant")} and _SETTING.isdisjoint(words)


def unsteady(words: Collection[str], steady: str) -> frozenset[str]:
    """The names of the functions that a statement of these words calls and that may change something."""
    found = {
        word.strip('"')
        for before, word, after in zip(("", *words), words, (*words, "")[1:], strict=False)
        # After AS it is an alias with its columns, after :: a type with its length; FETCH FIRST (n) ROWS.
        if after == "(" and before not in ("as", "::", "fetch") and word not in _SYNTAX and (word[0] in '_"' or word[0].isalpha())
    }
    return frozenset(found - _CHANGE_NOTHING - _names(steady))


@lru_cache(maxsize=4)
def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())
