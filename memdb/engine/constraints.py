"""The messages of violated constraints: those of the package whose table is concerned, or else made from the catalog's names."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any, Final, NamedTuple

import asyncpg

from memdb.errors import AlreadyExists, InvalidInput, MemdbError, NotFound

_SCHEMAS: Final[dict[str, str | None]] = {}


class Messages(NamedTuple):
    """A package's messages, by constraint name: a field and its rule, a kind and its field, or the kind to which a key refers."""

    checks: Mapping[str, tuple[str, str]]
    uniques: Mapping[str, tuple[str, str]]
    references: Mapping[str, str]


def register(package: str, schema: str | None) -> None:
    """Use the module `constraints` of `package` for the tables of `schema`, or for any tables if that is None."""
    _SCHEMAS[package] = schema


@cache
def messages_of(package: str) -> Messages:
    """The contents of the package's module `constraints`, which is imported when the first constraint is violated."""
    name = f"{package}.constraints"
    module = importlib.import_module(name) if find_spec(name) else None
    return Messages(*(getattr(module, table, {}) for table in ("CHECKS", "UNIQUES", "REFERENCES")))


def told(error: Any) -> MemdbError | None:
    """The error for a violated constraint, or None for a kind of constraint without messages."""
    # A violated NOT NULL has no constraint name. An error that a function raises in a constraint's name has no schema.
    name = error.constraint_name or ""
    for package, schema in _SCHEMAS.items():
        if (error.schema_name is None or schema in (None, error.schema_name)) and (known := _in_words_of(messages_of(package), name)):
            return known
    if isinstance(error, asyncpg.NotNullViolationError):
        return InvalidInput(error.column_name, "must not be None")
    plain = next((tell for kind, tell in _PLAINLY.items() if isinstance(error, kind)), None)
    return plain(error.table_name or error.data_type_name or "value", name) if plain and name else None


def _in_words_of(messages: Messages, name: str) -> MemdbError | None:
    if name in messages.checks:
        return InvalidInput(*messages.checks[name])
    if name in messages.uniques:
        return AlreadyExists(*messages.uniques[name])
    if name in messages.references:
        return NotFound(messages.references[name])
    return None


def _subject(table: str, name: str) -> str:
    """The subject that PostgreSQL puts in a constraint's name: table_column_key, table_column_fkey, table_pkey."""
    return name.removeprefix(f"{table}_").rsplit("_", 1)[0] or "key"


_PLAINLY: Final[Mapping[type[Exception], Callable[[str, str], MemdbError]]] = {
    asyncpg.CheckViolationError: lambda table, name: InvalidInput(f"a row of {table}", f"must satisfy the constraint {name}"),
    asyncpg.UniqueViolationError: lambda table, name: AlreadyExists(f"row of {table}", _subject(table, name)),
    asyncpg.ForeignKeyViolationError: lambda table, name: NotFound(f"{_subject(table, name)} of {table}"),
    asyncpg.ExclusionViolationError: lambda table, name: AlreadyExists(f"row of {table}", _subject(table, name)),
}
