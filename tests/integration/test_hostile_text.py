"""Every text that a caller may give, given as what breaks careless code: kept to the letter, or refused by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

import msgspec
import pytest

from memdb.engine.database import Database
from memdb.engine.executor import Executor
from memdb.engine.own import QUERIES
from memdb.engine.query import Query
from memdb.errors import InvalidInput, SchemaMismatch, ServerError
from tests.conftest import Home
from tests.samples import ADMIN_SAMPLES, OF_THE_OWNER, SAMPLES, STREAMS, build, undone
from tests.server import fetch

HOSTILE = {
    "quotes": """'; DROP TABLE memdb.memories; -- "x" `x` ''""",
    "dollar quotes": "$$ $1 $memdb$ || pg_sleep(9) || $memdb$ $$",
    "placeholders": ":org_id %s %(name)s {0} {name} \\1 $1::uuid",
    "backslashes": "\\ \\\\ \\' \\x00 \\u0000 E'\\n'",
    "patterns": "%_\\% [a-z]+ ((( .* ^$ ??",
    "queries": """a & | !b <-> (c:*AB) "unclosed -"not" -- <2>""",
    "markup": "</script><b onload=x> &amp; <!-- ]]> \x1b[31m",
    "directions": "\u202eabc\u202c \u200f\u200e\u2066x\u2069",
    "joined": "e\u0301 \u00e9 \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001d4b3 \ufeff\u200b\u00ad",
    "no characters": "\ufffe\uffff\U0010ffff\ufffd",
    "controls": "a\r\n\t\v\f\x01\x7f\x85\u2028b",
    "null": "null NULL NaN Infinity {} [] true 0 epoch now",
    "long words": "\u1e9e" * 60 + " " + "x" * 3000,
    "a megabyte": "Lorem'\\ \u00fc" * 100_000,
}
_DEEPEST = 32
"""Objects in one another that the JSON of metadata may have."""

# What they return is a row that was there, or the field is another's.
_OF_OTHER_ROWS = {
    ("escalations.escalate", "reason"),
    ("escalations.escalate", "subject"),
    ("retention.release_hold", "reason"),
    ("threads.writes", "channels"),
}

CALLS = {**SAMPLES, **ADMIN_SAMPLES}
PARTS = 4


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation


def _forms(annotation: Any, text: str) -> Iterator[Any]:
    """What a parameter takes that has this text in it; nothing if it takes none."""
    plain = _bare(annotation)
    if plain is str:
        yield text
    elif plain is Any:
        yield text
        yield {text: [text]}
    elif (get_origin(plain) or plain) is dict:
        deep: Any = text
        for _ in range(_DEEPEST - 1):
            deep = {text[:100]: deep}
        yield from ({text: text}, deep)
    elif get_origin(plain) is list:
        yield from ([each] for each in _forms(get_args(plain)[0], text))
    elif type(None) in get_args(plain):
        for each in get_args(plain):
            yield from _forms(each, text)


def _parameters() -> list[tuple[Query[..., Any], str]]:
    return [
        (query, name)
        for query in QUERIES.values()
        if query.name in CALLS and query.name not in STREAMS | OF_THE_OWNER
        for name in sorted(query._names)
        if any(True for _ in _forms(query.annotations[name], "x"))
    ]


@pytest.mark.parametrize("part", [pytest.param(each, marks=pytest.mark.slow if each % 2 else ()) for each in range(PARTS)])
async def test_hostile_text_is_kept_to_the_letter_or_refused_by_name(
    part: int, db: Database, home: Home, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await build(db, home.tenant)
    bind, kept, changed = Query.bind, 0, set()
    given: dict[str, Any] = {}

    def hostile(self: Query[..., Any], on: Executor, arguments: Mapping[str, Any]) -> list[Any]:
        return bind(self, on, {**arguments, **given} if self is query else arguments)

    monkeypatch.setattr(Query, "bind", hostile)
    for query, name in _parameters()[part::PARTS]:
        on: Executor = db.admin(home.tenant.org_id) if query.name in ADMIN_SAMPLES else home.tenant
        for kind, text in HOSTILE.items():
            for form in _forms(query.annotations[name], text):
                given = {name: form}
                told = await undone(CALLS[query.name], world, on)
                what = f"{query.name}({name}: {kind})"
                assert not isinstance(told, ServerError | SchemaMismatch), f"{what}: {told}"
                if isinstance(told, InvalidInput):
                    assert told.field, what
                elif isinstance(told, msgspec.Struct) and hasattr(told, name):
                    if getattr(told, name) == form:
                        kept += 1
                    else:
                        changed.add((query.name, name))
    assert kept > 20
    assert changed <= _OF_OTHER_ROWS
    assert fetch(dsn, "SELECT count(*) FROM pg_tables WHERE schemaname = 'memdb' AND tablename = 'memories'") == [(1,)]
