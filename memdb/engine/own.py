"""memdb's own package, with the decorator of its areas."""

from __future__ import annotations

from typing import Any, Final

from memdb.engine.package import Package
from memdb.engine.query import Query
from memdb.engine.resources import HOME

query: Final = Package("memdb", schema="memdb", wings=("engine", "operations"), home=HOME)

QUERIES: Final[dict[str, Query[..., Any]]] = query.queries
"""The query functions of the imported modules, by "area.function"; all of them after `query.load_all()`."""
