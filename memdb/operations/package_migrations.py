"""The migrations of applications' packages, read by yoyo: each with a unique name, and after memdb's."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any

from yoyo import read_migrations
from yoyo.exceptions import BadMigration, MigrationConflict
from yoyo.migrations import MigrationList, topological_sort
from yoyo.topologicalsort import CycleError

from memdb.engine import own
from memdb.engine.package import Package
from memdb.errors import PackageUnusable


def migrations_of(packages: Iterable[Package], ours: MigrationList) -> MigrationList:
    """The migrations of all `packages`, which depend on `ours`, memdb's. Raises PackageUnusable."""
    theirs = [each for package in dict.fromkeys(packages) if package is not own.query for each in _read(package)]
    after_memdb = {each.id for each in ours}
    known = after_memdb | {each.id for each in theirs}
    for migration in theirs:
        _load(migration, known)
    try:
        found = MigrationList(topological_sort(theirs))
    except MigrationConflict as error:
        raise PackageUnusable(f"two migrations are named {error}") from error
    except CycleError as error:
        raise PackageUnusable(f"migrations depend on one another in a circle: {', '.join(each.id for each in error.args[1])}") from error
    for migration in found:
        if not after_memdb & {each.id for each in migration.depends}:
            raise PackageUnusable(f"{migration.path} depends on none of memdb's migrations: begin it with -- depends: {ours[-1].id}")
        after_memdb.add(migration.id)
    return found


def _read(package: Package) -> MigrationList:
    found = read_migrations(str(package.migrations)) if package.migrations is not None else []
    if not found:
        raise PackageUnusable(f"{package.name} has no migrations: they are .sql files in its folder migrations/")
    prefix = f"{package.name.replace('.', '_')}_"
    for migration in found:
        if not migration.id.startswith(prefix):
            raise PackageUnusable(f"{migration.path} must be named {prefix}...: a database knows the migrations of all packages by name")
    return found


def _load(migration: Any, known: Set[str]) -> None:
    try:
        migration.load()
        failure = None
    except BadMigration as error:
        failure = error
    depends = getattr(migration.module, "__depends__", ())
    if unknown := sorted(({depends} if isinstance(depends, str) else set(depends)) - known):
        raise PackageUnusable(
            f"{migration.path} depends on {', '.join(unknown)}, which is neither memdb's nor a given package's: "
            "upgrade memdb, or give the other package as well"
        )
    if failure is not None:
        raise PackageUnusable(f"{migration.path} cannot be read: {failure}") from failure
