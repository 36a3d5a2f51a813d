"""The house rules that can be seen without running anything."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

import memdb
from memdb.engine.lexer import compile_parameters
from memdb.engine.own import QUERIES
from memdb.engine.resources import MIGRATIONS, SQL, migration_ids

PACKAGE = Path(memdb.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
SQL_FILES = sorted(SQL.rglob("*.sql"))
_SQL_TEXT = re.compile(
    r"\s*(SELECT|INSERT\s+INTO|UPDATE\s+\w|DELETE\s+FROM|WITH\s+\w+\s+AS|CREATE\s|ALTER\s|DROP\s|SET\s+(LOCAL|ROLE)|TRUNCATE)\b"
)
# The rooms of each wing, lowest first: a module may import its own room and those before it only, wherever in the file the import stands.
ENGINE = (
    "dsn",
    "settings",
    "constraints",
    "translation",
    "resources",
    "lexer",
    "clearing",
    "effects",
    "calls",
    "hints",
    "rows",
    "cardinality",
    "embeddings",
    "json_values",
    "moments",
    "bounds",
    "quantities",
    "inputs",
    "adhoc",
    "codecs",
    "belonging",
    "pipeline",
    "connection",
    "reaching",
    "deadline",
    "episode",
    "line",
    "pace",
    "trips",
    "pool",
    "groups",
    "executor",
    "transaction",
    "database",
    "portal",
    "synchronous",
    "arguments",
    "cursors",
    "query",
    "package",
    "own",
    "acting",
    "preflight",
    "connecting",
)
AREAS = (
    "questions",
    "organizations",
    "users",
    "agents",
    "audit",
    "tokens",
    "directives",
    "roles",
    "prompts",
    "spending",
    "spaces",
    "indexes",
    "memories",
    "relations",
    "escalations",
    "sessions",
    "summaries",
    "messages",
    "checkpoints",
    "session_events",
    "threads",
    "transcripts",
    "items",
    "observations",
    "attributes",
    "facts",
    "events",
    "entities",
    "clusters",
    "upkeep",
    "edges",
    "insights",
    "intentions",
    "profiles",
    "triples",
    "catalog",
    "retention",
    "archives",
)
OPERATIONS = (
    "packages",
    "package_migrations",
    "libpq",
    "locking",
    "role_names",
    "migrate",
    "embedded",
    "connect",
    "sync",
    "backup",
    "adopting",
    "maintenance",
    "check",
    "select_list",
    "fixing",
    "scaffold",
    "wire",
)
ADAPTERS = (
    "fields",
    "waiting",
    "opening",
    "engines",
    "tenants",
    "homes",
    "paging",
    "together",
    "over_items",
    "collections",
    "sqlite",
    "adoptable",
    "aakit",
    "agent_framework",
    "arandu",
    "google_adk",
    "ibex",
    "langchain",
    "langgraph",
    "llama_index",
    "mcp",
    "mem0",
    "memory_base",
    "openai_agents",
    "orbiter",
    "pydantic_ai",
)
ROOMS = (
    "constraints",
    "error_bases",
    "error_preflight",
    "errors",
    *(f"engine.{room}" for room in ENGINE),
    *AREAS,
    *(f"operations.{room}" for room in OPERATIONS),
    *(f"adapters.{room}" for room in ADAPTERS),
    "cli",
    "__main__",
)
WINGS = ("engine", "operations", "adapters")


def test_every_sql_file_is_a_function_and_every_function_a_file() -> None:
    files = {f"{path.parent.name}.{path.stem}" for path in SQL_FILES}
    assert files == set(QUERIES)


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_parameter_is_cast_where_it_first_stands(path: Path) -> None:
    text, names = compile_parameters(path.read_text())
    for number, name in enumerate(names, 1):
        first = re.search(rf"\${number}\b(::[\w.]+)?", text)
        assert first is not None
        assert first.group(1), f"the first :{name} has no cast"
        if name == "org_id":
            assert first.group(1) == "::memdb.tenant"


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_file_says_what_it_does_and_lists_its_columns(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("-- ")
    assert text.endswith("\n")
    last_select = re.split(r"^SELECT\b", text, flags=re.MULTILINE)[-1]
    assert not re.match(r"\s+(\w+\.)?\*", last_select), "the result lists its columns"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_sql_in_python_and_no_long_module(path: Path) -> None:
    text = path.read_text()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not _SQL_TEXT.match(node.value), f"line {node.lineno}"
    assert len(text.splitlines()) <= 280, "which two things has it become?"


def _room(parts: Sequence[str]) -> str:
    return ".".join(parts[:2] if parts[0] in WINGS else parts[:1])


def _imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {_room(name.split(".")[1:]) for name in names if name.startswith("memdb.")}


def _room_of(path: Path) -> str:
    return _room(path.relative_to(PACKAGE).with_suffix("").parts)


INNER = [
    path
    for path in MODULES
    if path != PACKAGE / "__init__.py" and path.relative_to(PACKAGE).parts not in {(wing, "__init__.py") for wing in WINGS}
]


@pytest.mark.parametrize("path", INNER, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_one_way(path: Path) -> None:
    own = _room_of(path)
    for other in _imported(ast.parse(path.read_text())) & set(ROOMS):
        assert ROOMS.index(other) <= ROOMS.index(own), f"{own} imports {other}"


def test_every_module_has_its_room() -> None:
    assert {_room_of(path) for path in INNER} == set(ROOMS)


def test_every_migration_has_a_rollback_its_predecessor_and_its_mark() -> None:
    ids = migration_ids()
    assert ids == sorted(ids)
    for previous, current in zip([None, *ids], ids, strict=False):
        assert re.fullmatch(r"\d{4}_[a-z_]+", current)
        text = (MIGRATIONS / f"{current}.sql").read_text()
        assert (MIGRATIONS / f"{current}.rollback.sql").is_file()
        assert text.rstrip().endswith(f"COMMENT ON SCHEMA memdb IS 'memdb {current}';")
        if previous is not None:
            assert text.startswith(f"-- depends: {previous}\n")
