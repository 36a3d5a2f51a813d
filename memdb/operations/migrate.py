"""Applying the migrations: yoyo's API for `memdb migrate`, and the backend that the shipped yoyo.ini names for `yoyo apply`."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from memdb.engine.dsn import EMBEDDED, resolve_dsn
from memdb.engine.package import Package
from memdb.engine.preflight import ENCODING, wrong_encoding
from memdb.engine.resources import MIGRATIONS
from memdb.engine.settings import options
from memdb.errors import ExtraMissing, InvalidInput, MemdbError, ServerUnreachable, WrongEncoding

try:
    import psycopg
    from yoyo import get_backend, read_migrations
    from yoyo.exceptions import LockTimeout
    from yoyo.migrations import MigrationList

    from memdb.operations.locking import LockingBackend
except ImportError as error:
    raise ExtraMissing("migrating", "migrate") from error

from memdb.operations.package_migrations import migrations_of

DEFAULT_DIMENSION: Final = 384
_DIMENSION_VARIABLE: Final = "MEMDB_EMBEDDING_DIM"
_DIMENSION_ARGUMENT: Final = "embedding_dim"
_DIMENSION_SETTING: Final = "memdb.embedding_dim"


_logger: Final = logging.getLogger("memdb.migrate")


class MigrationFailed(MemdbError):
    """A migration could not be applied; it was rolled back, and those before it stand."""


class MigrationsLocked(MigrationFailed):
    """Another process has been migrating for longer than was to be waited for."""


class Backend(LockingBackend):
    """yoyo's psycopg 3 backend behind a plain postgresql:// URL with `memdb+` in front; hands the embedding dimension to the migrations."""

    def connect(self, dburi: Any) -> Any:
        arguments = dict(dburi.args)
        dimension = _dimension(arguments.pop(_DIMENSION_ARGUMENT, None) or os.environ.get(_DIMENSION_VARIABLE))
        arguments["options"] = f"{options(arguments.get('options', ''), unlimited=True)} -c {_DIMENSION_SETTING}={dimension}"
        connection = super().connect(dburi._replace(args=arguments))
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != ENCODING:
            connection.close()
            raise WrongEncoding(wrong_encoding(encoding))
        connection.add_notice_handler(_pass_on)
        try:
            connection.execute(f"SHOW {_DIMENSION_SETTING}")
        except psycopg.errors.UndefinedObject:
            connection.close()
            raise MigrationFailed("a pooler drops the embeddings' dimension on its way: migrate on the server itself") from None
        connection.rollback()
        return connection


def migrate(
    dsn: str | None = None,
    *,
    packages: Iterable[Package] = (),
    dimension: int | None = None,
    report: Callable[[str], None] = lambda migration: None,
    timeout: float = LockingBackend.patience,
) -> list[str]:
    """Apply the migrations that `dsn` (or $MEMDB_DSN) lacks, and return their names; `report` is called before each.

    memdb's come first, then those of `packages`, each after what it depends on. `dimension` is that of the embeddings, 1 to 2,000; None
    means $MEMDB_EMBEDDING_DIM, or 384. It is fixed once the memories' table exists. Processes that migrate at once wait for one another,
    and for the server, at most `timeout` seconds; one that is killed holds up nobody.
    Raises MigrationFailed, MigrationsLocked, PackageUnusable, ServerUnreachable, InvalidInput.
    """
    url = resolve_dsn(dsn)
    if url.startswith(EMBEDDED):
        raise InvalidInput("dsn", "must be a postgresql:// URL: an embedded server migrates itself")
    ours = read_migrations(str(MIGRATIONS))
    # Before anything is applied: what is wrong with a package is no reason to leave the database half migrated.
    theirs = migrations_of(packages, ours)
    try:
        backend = get_backend(_backend_url(url, dimension, timeout))
    except psycopg.OperationalError as error:
        raise ServerUnreachable(f"the server cannot be reached: {error}") from error
    except (ValueError, psycopg.ProgrammingError) as error:
        if isinstance(error, MemdbError):
            raise
        # What the parser says may hold a part of the password.
        raise InvalidInput("dsn", "cannot be read: percent-encode what is special in the user, the password and the database") from None
    try:
        with backend:
            backend.patience = timeout
            # Without anything to apply no lock is waited for.
            return _apply(backend, (ours, theirs), report) if backend.to_apply(ours) or backend.to_apply(theirs) else []
    except LockTimeout as error:
        raise MigrationsLocked(f"{error}: run again when it is done, or wait longer") from error
    except psycopg.Error as error:
        raise MigrationFailed(str(error)) from error


def _pass_on(notice: psycopg.errors.Diagnostic) -> None:
    if notice.severity_nonlocalized == "WARNING":
        _logger.warning(notice.message_primary)


def _apply(backend: Backend, folders: Iterable[MigrationList], report: Callable[[str], None]) -> list[str]:
    applied: list[str] = []
    with backend.lock():
        for migration in [each for folder in folders for each in backend.to_apply(folder)]:
            report(migration.id)
            try:
                backend.apply_one(migration)
            except psycopg.Error as error:
                raise MigrationFailed(f"{migration.id}: {error}") from error
            applied.append(migration.id)
    return applied


def _backend_url(url: str, dimension: int | None, timeout: float) -> str:
    parts = urlsplit(f"memdb+{url}")
    # The last one counts, so the URL's own timeout does.
    arguments = [urlencode({"connect_timeout": math.ceil(timeout)}), parts.query]
    if dimension is not None:
        arguments.append(urlencode({_DIMENSION_ARGUMENT: _dimension(dimension)}))
    return urlunsplit(parts._replace(query="&".join(filter(None, arguments))))


def _dimension(value: Any) -> int:
    try:
        dimension = DEFAULT_DIMENSION if value in (None, "") else int(value)
    except ValueError:
        dimension = 0
    if not 1 <= dimension <= 2000:
        raise InvalidInput(_DIMENSION_VARIABLE, f"must be between 1 and 2000, the limit of a vector index, not {value!r}")
    return dimension
