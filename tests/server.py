"""The PostgreSQL that the tests run on, and databases on it."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final, LiteralString
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from yoyo import get_backend, read_migrations
from yoyo.migrations import MigrationList

from memdb.engine.resources import MIGRATIONS
from memdb.operations import embedded
from memdb.operations.migrate import migrate

# Of a few databases at a time, two of them with hundreds of thousands of rows.
_ROOM: Final = 6 << 30
_ASCII: Final = "ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'"


def with_database(dsn: str, name: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


def with_login(dsn: str, user: str) -> str:
    parts = urlsplit(dsn)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}@{host}"))


def with_search_path(dsn: str, path: str) -> str:
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(query=f"{parts.query}&options=-csearch_path%3D{path}".lstrip("&")))


def execute(dsn: str, *statements: str) -> None:
    """Run statements as whoever the DSN names, each in a transaction of its own."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def fetch(dsn: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()


def up_to(dsn: str, last: str) -> None:
    """Apply the migrations up to the one whose number is `last`."""
    with get_backend(f"memdb+{dsn}") as backend, backend.lock():
        backend.apply_migrations(backend.to_apply(memdb_migrations().filter(lambda each: each.id[:4] <= last)))


def down_to(dsn: str, last: str) -> None:
    with get_backend(f"memdb+{dsn}") as backend, backend.lock():
        backend.rollback_migrations(backend.to_rollback(memdb_migrations().filter(lambda each: each.id[:4] > last)))


@cache
def memdb_migrations() -> MigrationList:
    """Read once: splitting them into statements takes half a second."""
    return read_migrations(str(MIGRATIONS))


@contextmanager
def running() -> Iterator[str]:
    """A superuser's DSN: $MEMDB_TEST_DSN, a container if $MEMDB_TEST_CONTAINER names an image, else the embedded server."""
    if dsn := os.environ.get("MEMDB_TEST_DSN"):
        yield dsn
    elif image := os.environ.get("MEMDB_TEST_CONTAINER"):
        from testcontainers.postgres import PostgresContainer

        with PostgresContainer(image, driver=None) as container:
            yield container.get_connection_url()
    else:
        # Parallel workers share one server, as processes of a user's would.
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
        folder = scratch() / f"memdb-tests-{run[:12]}"
        server = embedded.start(folder, settings={"fsync": "off", "max_connections": "300"}, temporary=True)
        try:
            yield server.dsn
        finally:
            server.leave()


def scratch() -> Path:
    """In memory where there is room: a database is a thousand files, which take a tenth of the time there."""
    memory = Path("/dev/shm")
    if "TMPDIR" not in os.environ and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM:
        return memory
    return Path(tempfile.gettempdir())


class Databases:
    """Makes databases on a server: empty ones, and migrated ones from a template."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._templates: dict[tuple[int | None, LiteralString], str] = {}

    @contextmanager
    def empty(self) -> Iterator[str]:
        with self._made(None) as dsn:
            yield dsn

    @contextmanager
    def of_ascii(self) -> Iterator[str]:
        """An empty one whose locale knows no letters but those of ASCII."""
        with self._made(None, _ASCII) as dsn:
            yield dsn

    @contextmanager
    def migrated(self, *, dimension: int | None = None, of_ascii: bool = False) -> Iterator[str]:
        kind = dimension, _ASCII if of_ascii else ""
        if kind not in self._templates:
            name = self._create(None, kind[1])
            migrate(with_database(self.dsn, name), dimension=dimension)
            self._templates[kind] = name
        with self._made(self._templates[kind]) as dsn:
            yield dsn

    @contextmanager
    def copied(self, dsn: str) -> Iterator[str]:
        """A copy of a database of this server to which nobody is connected."""
        with self._made(urlsplit(dsn).path.lstrip("/")) as copy:
            yield copy

    def drop_templates(self) -> None:
        while self._templates:
            self._drop(self._templates.popitem()[1])

    @contextmanager
    def _made(self, template: str | None, properties: LiteralString = "") -> Iterator[str]:
        name = self._create(template, properties)
        try:
            yield with_database(self.dsn, name)
        finally:
            self._drop(name)

    def _create(self, template: str | None, properties: LiteralString = "") -> str:
        name = f"memdb_test_{uuid.uuid4().hex}"
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY {}").format(
                    sql.Identifier(name), sql.Identifier(template or "template0"), sql.SQL(properties)
                )
            )
        return name

    def _drop(self, name: str) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
