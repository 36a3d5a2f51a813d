"""memdb's own package: what its areas are decorated with."""

from __future__ import annotations

from typing import Any, Final

from memdb.engine.package import Package
from memdb.engine.query import Query
from memdb.engine.resources import HOME

query: Final = Package("memdb", schema="memdb", wings=("engine", "operations"), home=HOME)

QUERIES: Final[dict[str, Query[..., Any]]] = query.queries
"""The query functions of the modules that are imported, by "area.function"; after `query.load_all()`, all of them."""
