"""Packages of query functions: memdb's own, and those of applications with their own tables beside memdb's."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Collection, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar, overload

from memdb.engine import constraints
from memdb.engine.query import Query, QueryFunction
from memdb.errors import ExtraMissing, QueryDefinitionError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

P = ParamSpec("P")
R = TypeVar("R")

_OF_PYTHON: Final = frozenset({"__init__.py", "__main__.py", "__pycache__"})

PACKAGES: Final[dict[str, Package]] = {}
"""Every declared package, by name."""


class Package:
    """A package's SQL files, as typed async functions. It is declared once, in the package's `__init__.py`, and decorates them all:

        queries = memdb.Package(__name__)

    and in `myapp/code_reviews.py`, with the statement in `myapp/sql/code_reviews/get.sql`:

        @queries
        async def get(on: Executor, *, id: UUID) -> CodeReview | None: ...

    - The module below the package is the area, which gives the directory; the function's name gives the file. The area may itself be a
      package.
    - `dir()` of an area, which completion uses, is its `__all__`, if it has one.
    - `schema` is the schema of the package's tables. Its module `constraints`, if there is one, has messages for their constraints:
      `CHECKS` (name → field and rule), `UNIQUES` (name → kind and field) and `REFERENCES` (name → kind).

    Raises QueryDefinitionError for a second package with the same name.
    """

    def __init__(self, name: str, *, schema: str | None = None, wings: Collection[str] = (), home: Traversable | None = None) -> None:
        if name in PACKAGES:
            raise QueryDefinitionError(f"the package {name} is declared already: import it from where it is")
        self.name: Final = name
        self.schema: Final = schema
        self.queries: Final[dict[str, Query[..., Any]]] = {}
        self._wings: Final = wings
        self._home = home
        PACKAGES[name] = self
        constraints.register(name, schema)

    @property
    def home(self) -> Traversable:
        """The directory that contains `sql/`. Raises QueryDefinitionError if the name is not that of a package."""
        if self._home is None:
            # Imported here because it takes a tenth of the time of importing memdb.
            from importlib.resources import files

            try:
                self._home = files(self.name)
            except (ImportError, TypeError) as error:
                raise QueryDefinitionError(
                    f"{self.name} cannot be imported: declare it with the __name__ of a package's __init__.py"
                ) from error
        return self._home

    @property
    def migrations(self) -> Traversable | None:
        """The directory of the package's own migrations, or None if it has none."""
        folder = self.home / "migrations"
        return folder if folder.is_dir() else None

    @overload
    def __call__(self, function: Callable[P, R], /) -> QueryFunction[P, R]: ...
    @overload
    def __call__(
        self, *, absent: str | None = None, key: str | None = None, again: bool = False
    ) -> Callable[[Callable[P, R]], QueryFunction[P, R]]: ...
    def __call__(  # type: ignore[misc]
        self, function: Callable[..., Any] | None = None, /, *, absent: str | None = None, key: str | None = None, again: bool = False
    ) -> Any:
        """Use `function`'s SQL file as its body.

        `absent` names what is missing if a row is promised and there is none, and `key` the argument that is its key (by default
        `absent`_id, or id); NotFound reports both.

        `again`: outside of transactions, run the statement once more if it raises AlreadyExists. This is for a statement that returns the
        existing row instead of inserting it: another writer may have committed between its lookup and its insert, and is then found.
        """
        if function is None:
            return lambda decorated: self._add(decorated, absent, key, again)
        return self._add(function, absent, key, again)

    def load_all(self) -> None:
        """Read every statement of the package, and compare it with its function.

        Raises QueryDefinitionError for a mismatch: a file without a function, a function without a file, parameters that differ. Modules
        that need an extra that is not installed are skipped.
        """
        folders = [folder for folder in (self.home / "sql").iterdir() if folder.is_dir()] if (self.home / "sql").is_dir() else []
        missing: set[str] = set()
        for area in sorted({folder.name for folder in folders} | self._decorated()):
            try:
                self._import(area)
            except ExtraMissing:
                missing.add(area)
        for query in self.queries.values():
            query.load()
        stray = sorted(
            f"{folder.name}/{file.name}"
            for folder in folders
            if folder.name not in missing
            for file in folder.iterdir()
            if file.name.endswith(".sql") and f"{folder.name}.{file.name.removesuffix('.sql')}" not in self.queries
        )
        if stray:
            raise QueryDefinitionError(f"{self.name}: no function for sql/{', sql/'.join(stray)}")

    def _add(self, function: Callable[P, R], absent: str | None, key: str | None, again: bool) -> QueryFunction[P, R]:
        area = self._area(function)
        named = area.rpartition(".")[2]
        query = Query(function, package=self.name, area=named, home=lambda: self.home, absent=absent, key=key, again=again)
        before = self.queries.get(query.name)
        if before is not None and before.function.__module__ != function.__module__:
            raise QueryDefinitionError(f"{self.name}: both {before.function.__module__} and {function.__module__} define {query.name}")
        self.queries[query.name] = query
        _list_public(area)
        return query.as_function()

    def _area(self, function: Callable[..., Any]) -> str:
        """The name of the area's module: the function's own, or a package above it."""
        module = function.__module__
        if not module.startswith(f"{self.name}."):
            raise QueryDefinitionError(
                f"{module}.{function.__name__} is not below the package {self.name}: declare its own, queries = memdb.Package(__name__), "
                "in its package's __init__.py"
            )
        parts = module.removeprefix(f"{self.name}.").split(".")
        return ".".join([self.name, *parts[: 2 if parts[0] in self._wings else 1]])

    def _decorated(self) -> set[str]:
        """The areas with a module whose text uses the decorator. Modules without query functions are not imported just to look for them."""
        declaring = sys.modules.get(self.name)
        names = "|".join(re.escape(name) for name, value in vars(declaring).items() if value is self) if declaring else ""
        if not names:
            return set()
        used = re.compile(rf"^@(\w+\.)*({names})\b", re.MULTILINE)
        modules = ((path.name.removesuffix(".py"), path) for path in self.home.iterdir() if path.name not in _OF_PYTHON)
        return {area for area, path in modules if area.isidentifier() and any(used.search(text) for text in _sources(path))}

    def _import(self, area: str) -> None:
        names = [f"{self.name}.{area}", *(f"{self.name}.{wing}.{area}" for wing in self._wings)]
        name = next((name for name in names if find_spec(name) is not None), None)
        if name is None:
            raise QueryDefinitionError(f"{self.name}: no module {names[0]} for the folder sql/{area}")
        import pkgutil

        module = importlib.import_module(name)
        for inner in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{name}."):
            importlib.import_module(inner.name)


def _sources(path: Traversable) -> Iterator[str]:
    """The text of a module, or of all modules of a package."""
    if path.is_dir():
        for inner in path.iterdir():
            yield from _sources(inner)
    elif path.name.endswith(".py"):
        yield path.read_text(encoding="utf-8")


def schemas() -> list[str]:
    """The schemas that the declared packages name for their tables."""
    return sorted({package.schema for package in PACKAGES.values() if package.schema is not None})


def _list_public(area: str) -> None:
    """Make `dir()` of an area, which completion uses, its `__all__`, if it has one."""
    names = vars(sys.modules[area])
    names.setdefault("__dir__", lambda: sorted(names.get("__all__", names)))


def load_all() -> None:
    """`Package.load_all` of every declared package, including memdb's: a consistency check for tests and for the start of a service."""
    for package in list(PACKAGES.values()):
        package.load_all()
