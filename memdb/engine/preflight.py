"""What connect() refuses to run on, and why."""

from __future__ import annotations

from typing import Final

import msgspec

from memdb.engine.acting import NO_SCHEMA, identifier
from memdb.engine.executor import Executor
from memdb.engine.inputs import ModelName
from memdb.engine.own import query
from memdb.engine.resources import migration_ids
from memdb.engine.settings import ESSENTIAL
from memdb.errors import (
    InvalidInput,
    PgvectorMissing,
    RowSecurityMissing,
    SchemaMissing,
    SchemaOutdated,
    SchemaTooNew,
    ServerTooOld,
    UnsafeRole,
    UnsafeSettings,
    WrongEncoding,
)

_ENCODING: Final = "UTF8"
WANTED: Final = [f"{name}={value}" for name, value in ESSENTIAL.items()]

_OLDEST_SERVER: Final = 160000
# Earlier releases of pgvector can corrupt an HNSW index during vacuum.
_OLDEST_PGVECTOR: Final = (0, 8, 4)


class Unprotected(msgspec.Struct, frozen=True):
    """A table of tenants' rows, and how its row-level security differs from what `CALL memdb.isolate(...)` creates."""

    name: str
    found: str


class Inspection(msgspec.Struct, frozen=True):
    """The state of the database, as read by one statement.

    `steady_functions` are the names, separated by spaces, of the functions of which no overload is VOLATILE (`effects.writes`).
    `unwanted_settings` are as "name=value".
    """

    server_version: int
    encoding: str
    schema_comment: str | None
    vector_version: str | None
    vector_schema: str | None
    may_use_vector: bool
    vector_on_path: bool
    role: str
    app_role: str
    admin_role: str
    sees_past_rls: bool
    owns_tables: bool
    acts_as_admin: bool
    unprotected_tables: list[Unprotected]
    unwanted_settings: list[str]
    steady_functions: str


@query
async def inspect(on: Executor, *, schemas: list[str], wanted: list[str]) -> Inspection:
    """The state of the database and of the effective role, of the tables in `schemas`, and of the settings in `wanted`."""
    ...


class EmbeddingSpace(msgspec.Struct, frozen=True):
    """An embedding space: its number in the database, its dimension, and the model's name, or None if it is unknown."""

    space: int
    dimension: int
    model: str | None


@query
async def embedding_space(on: Executor, *, model: ModelName | None) -> EmbeddingSpace | None:
    """The space of this model, or the current one if that is None."""
    ...


@query
async def embedding_spaces(on: Executor) -> list[EmbeddingSpace]:
    """All spaces."""
    ...


async def chosen_space(on: Executor, model: str | None) -> EmbeddingSpace:
    """The space of this model, or the current one if that is None. Raises InvalidInput, which names the models that have one."""
    if space := await embedding_space(on, model=model):
        return space
    known = [each.model for each in await embedding_spaces(on) if each.model]
    listed = f"one that has an embedding space ({', '.join(known)})" if known else "None, for no embedding space has a model's name"
    raise InvalidInput("embedding_model", f"must be {listed}, not {model!r}")


def judge(found: Inspection, *, allow_newer_schema: bool = False) -> None:
    """Raises the PreflightFailed that says what to do, unless memdb can safely run on what was found."""
    if found.server_version < _OLDEST_SERVER:
        raise ServerTooOld(f"memdb needs PostgreSQL 16 or newer; this is {found.server_version // 10000}")
    judge_encoding(found.encoding)
    if found.sees_past_rls:
        raise UnsafeRole(
            f"role {found.role} is a superuser or has BYPASSRLS: row-level security would not hold; use role={found.app_role!r}"
        )
    judge_schema(found, allow_newer_schema=allow_newer_schema)
    if found.owns_tables:
        raise UnsafeRole(
            f"role {found.role} owns memdb's tables or a package's, and could switch row-level security off; use role={found.app_role!r}"
        )
    if found.acts_as_admin:
        raise UnsafeRole(f"role {found.role} has the rights of {found.admin_role} and sees all tenants; use role={found.app_role!r}")
    if found.unwanted_settings:
        names = [setting.partition("=")[0] for setting in found.unwanted_settings]
        right = ", ".join(f"{name} = {ESSENTIAL[name]}" for name in names)
        raise UnsafeSettings(
            f"{', '.join(found.unwanted_settings)} would change results, and memdb may not set it here: ALTER ROLE {found.role} SET {right}"
        )
    if found.unprotected_tables:
        listed = ", ".join(f"{table.name} ({table.found})" for table in found.unprotected_tables)
        raise RowSecurityMissing(f"row-level security is not what CALL memdb.isolate(...) makes it, on: {listed}")


def judge_schema(found: Inspection, *, allow_newer_schema: bool) -> None:
    """Raises the PreflightFailed that says what to do, unless memdb's schema exists and the role can use pgvector."""
    if found.vector_version is None and found.schema_comment is not None:
        raise PgvectorMissing("the database has no pgvector: CREATE EXTENSION vector")
    _judge_migrations(found.schema_comment, allow_newer_schema=allow_newer_schema)
    _judge_vector(found)


def judge_encoding(encoding: str) -> None:
    """Raises WrongEncoding, which says how to create a database with the right encoding, unless the encoding is right."""
    if encoding != _ENCODING:
        raise WrongEncoding(
            f"the database's encoding is {encoding}, memdb needs UTF8: CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0"
        )


def _judge_migrations(comment: str | None, *, allow_newer_schema: bool) -> None:
    known = migration_ids()
    applied = (comment or "").removeprefix("memdb ")
    if not applied:
        raise SchemaMissing(NO_SCHEMA)
    if applied == known[-1]:
        return
    if applied in known:
        raise SchemaOutdated(f"the schema is at {applied}, memdb needs {known[-1]}: run `memdb migrate` (or `yoyo apply`)")
    if not allow_newer_schema:
        raise SchemaTooNew(
            f"the schema is at {applied}, this memdb knows up to {known[-1]}: upgrade memdb, or connect with allow_newer_schema=True"
        )


def _judge_vector(found: Inspection) -> None:
    version = found.vector_version or "0"
    if tuple(int(part) for part in version.split(".") if part.isdigit()) < _OLDEST_PGVECTOR:
        wanted = ".".join(map(str, _OLDEST_PGVECTOR))
        raise PgvectorMissing(f"memdb needs pgvector {wanted} or newer, this is {version}: ALTER EXTENSION vector UPDATE")
    if not found.may_use_vector:
        roles = f"{identifier(found.app_role)}, {identifier(found.admin_role)}"
        raise PgvectorMissing(
            f"role {found.role} may not use pgvector's schema: GRANT USAGE ON SCHEMA {identifier(found.vector_schema or '')} TO {roles}"
        )
    if not found.vector_on_path:
        raise PgvectorMissing(
            f"pgvector is in schema {found.vector_schema}, which is not on the search path: add options=-csearch_path=... to the DSN"
        )
