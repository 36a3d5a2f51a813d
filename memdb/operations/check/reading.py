"""Whether a supposed read is one, by PostgreSQL's plan, which shows what views, policies and inlined functions call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from memdb.engine.effects import unsteady
from memdb.engine.lexer import tokens

_CHANGING: Final = frozenset({"ModifyTable", "LockRows"})


def changes(plan: Mapping[str, Any], steady: str) -> str:
    """What the plan may change: nodes, and functions that are not among the `steady`; empty if nothing."""
    texts = list(_texts(plan))
    nodes = _CHANGING.intersection(texts)
    functions = {name for text in texts for name in unsteady(tuple(tokens(text)), steady)}
    return ", ".join([*sorted(nodes), *(f"{name}(), which is VOLATILE" for name in sorted(functions))])


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)
