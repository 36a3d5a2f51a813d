"""Applications' own packages: written by memdb new, migrated, checked as memdb's own, and refused by name where they do not fit."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from yoyo import get_backend, read_migrations

import memdb
from memdb import errors
from memdb.engine import constraints
from memdb.engine.database import Database
from memdb.engine.own import query
from memdb.engine.package import PACKAGES, Package
from memdb.engine.resources import MIGRATIONS, migration_ids
from memdb.operations import packages, scaffold
from memdb.operations.check import check
from memdb.operations.check.tables import differences
from memdb.operations.migrate import migrate
from memdb.operations.scaffold import scaffold as write
from tests.conftest import Home
from tests.server import Databases, execute, fetch

Made = Callable[..., Package]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """Writes a package, changed as told, and imports it; forgets it after the test."""
    monkeypatch.syspath_prepend(tmp_path)
    names: list[str] = []

    def make(name: str = "shop", *, area: str = "orders", replace: dict[str, tuple[str, str]] | None = None) -> Package:
        write(name, area=area, folder=tmp_path / "projects")
        home = tmp_path / name
        (tmp_path / "projects" / name / name).rename(home)
        for file, (old, new) in (replace or {}).items():
            text = (home / file).read_text()
            assert old in text
            (home / file).write_text(text.replace(old, new))
        names.append(name)
        importlib.invalidate_caches()
        return packages.find(name)

    yield make
    for name in names:
        PACKAGES.pop(name, None)
        constraints._SCHEMAS.pop(name, None)
        constraints.messages_of.cache_clear()
        for module in [each for each in sys.modules if each.partition(".")[0] == name]:
            del sys.modules[module]


@pytest.fixture(scope="module")
def migrated(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with the tables of a package `shop`, to which nobody is connected."""
    folder = tmp_path_factory.mktemp("shop")
    write("shop", area="orders", folder=folder)
    with databases.migrated() as dsn:
        execute(dsn, (folder / "shop" / "shop" / "migrations" / "shop_0001_orders.sql").read_text())
        yield dsn


@pytest.fixture
def dsn(databases: Databases, migrated: str) -> Iterator[str]:
    with databases.copied(migrated) as made:
        yield made


def _run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "MEMDB_DSN"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**inherited, "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def _memdb(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # As an installed command, which does not look where it is run.
    return _run(folder, "-P", "-c", "from memdb.cli import main; main()", *arguments, PYTHONPATH=str(Path(memdb.__file__).parents[1]))


@pytest.mark.slow
def test_a_new_package_works_at_once(databases: Databases, tmp_path: Path) -> None:
    """Written, migrated, checked, its own test run, linted; and not overwritten."""
    written = _memdb(tmp_path, "new", "shop", "--area", "order_lines")
    assert written.returncode == 0, written.stderr
    assert "shop/shop/sql/order_lines/rename.sql\n" in written.stdout
    project = tmp_path / "shop"
    with databases.migrated() as dsn:
        applied = _memdb(project, "migrate", "--package", "shop", "--dsn", dsn)
        assert applied.stdout.splitlines() == ["applying shop_0001_order_lines", "1 applied"], applied.stderr
        assert _memdb(project, "migrate", "--package", "shop", "--dsn", dsn).stdout == "up to date\n"
        checked = _memdb(project, "check", "--package", "shop", "--dsn", dsn)
        assert (checked.returncode, checked.stdout) == (0, "5 statements of shop agree with the schema\n"), checked.stderr
        execute(dsn, "ALTER TABLE shop.order_lines NO FORCE ROW LEVEL SECURITY, ALTER version DROP NOT NULL")
        checked = _memdb(project, "check", "--package", "shop", "--dsn", dsn)
        assert checked.returncode == 1
        assert re.search(r"│ table shop\.order_lines +│ row-level security │ as CALL memdb\.isolate.* │ not forced ", checked.stdout)
        assert re.search(r"│ shop\.order_lines\.get +│ column version +│ never NULL +│ may be NULL ", checked.stdout)
        execute(dsn, "CALL memdb.isolate('shop.order_lines')", "ALTER TABLE shop.order_lines ALTER version SET NOT NULL")
        tested = _run(project, "-m", "pytest", "-q", TEST_DSN=dsn)
        assert tested.returncode == 0, tested.stdout
        assert "4 passed" in tested.stdout
    for command in (("check", "--select", "E,F,I,UP,B,RUF"), ("format", "--check")):
        linted = _run(project, "-m", "ruff", *command, "--isolated", "--line-length", "120")
        assert linted.returncode == 0, linted.stdout
    before = (project / "pyproject.toml").read_text()
    again = _memdb(tmp_path, "new", "shop")
    assert again.returncode == 2
    assert again.stderr.startswith("AlreadyExists: another file or folder has this name: ")
    assert (project / "pyproject.toml").read_text() == before


@pytest.mark.parametrize(
    ("package", "area", "told"),
    [
        ("Shop", "orders", "package must be 1 to 40 lower-case letters"),
        ("a-b", "orders", "package must be 1 to 40 lower-case letters"),
        ("../x", "orders", "package must be 1 to 40 lower-case letters"),
        ("shop", "", "area must be 1 to 40 lower-case letters"),
        ("user", "orders", "package must be another name: user has a meaning"),
        ("pg_shop", "orders", "package must be another name"),
        ("shop", "sql", "area must be another name"),
        ("shop", "class", "area must be another name"),
        ("shop", "versions", "area must be another name: the class of its rows cannot be called 'Version'"),
        ("json", "orders", "package must not be the name of a module that is there already"),
    ],
)
def test_a_name_that_cannot_be_is_refused_before_anything_is_written(tmp_path: Path, package: str, area: str, told: str) -> None:
    with pytest.raises(errors.InvalidInput, match=told):
        write(package, area=area, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_words_that_no_schema_can_be_named_are_postgresqls(dsn: str) -> None:
    words = Path(scaffold.__file__).with_name("reserved_words.txt").read_text().split()
    theirs = {word for (word,) in fetch(dsn, "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')")}
    assert theirs <= set(words)


def test_yoyo_takes_both_folders_and_rolls_back(databases: Databases, tmp_path: Path, made: Made) -> None:
    package = made()
    folders = (str(MIGRATIONS), str(package.migrations))
    with databases.migrated() as dsn:
        applied = _run(tmp_path, "-m", "yoyo", "apply", "--batch", "--database", f"memdb+{dsn}", *folders)
        assert applied.returncode == 0, applied.stderr
        assert migrate(dsn, packages=[package]) == []
        assert check(dsn, packages=[package]) == []
        with get_backend(f"memdb+{dsn}") as backend, backend.lock():
            newest_first = backend.to_rollback(read_migrations(*folders))
            assert newest_first[0].id == "shop_0001_orders"
            backend.rollback_one(newest_first[0])
        assert fetch(dsn, "SELECT FROM pg_namespace WHERE nspname = 'shop'") == []
        assert migrate(dsn, packages=[package]) == ["shop_0001_orders"]


@pytest.mark.slow
def test_several_packages_are_migrated_each_after_what_it_depends_on(empty_dsn: str, made: Made) -> None:
    depot = made("depot", replace={"migrations/depot_0001_orders.sql": (f"depends: {migration_ids()[-1]}", "depends: shop_0001_orders")})
    shop = made("shop")
    with pytest.raises(errors.PackageUnusable, match=r"depends on shop_0001_orders, which is neither memdb's nor a given package's"):
        migrate(empty_dsn, packages=[depot])
    assert fetch(empty_dsn, "SELECT FROM pg_namespace WHERE nspname = 'memdb'") == []
    assert migrate(empty_dsn, packages=[depot, shop, depot, query]) == [*migration_ids(), "shop_0001_orders", "depot_0001_orders"]


DEPENDS = f"-- depends: {migration_ids()[-1]}\n"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (DEPENDS, "", f"depends on none of memdb's migrations: begin it with -- depends: {migration_ids()[-1]}"),
        (DEPENDS, "-- depends: 9999_of_tomorrow\n", "depends on 9999_of_tomorrow, which is neither memdb's nor a given package's"),
        (DEPENDS, "-- depends: shop_0001_orders\n", "depend on one another in a circle: shop_0001_orders"),
    ],
)
def test_a_migration_that_does_not_come_after_memdbs_is_refused(empty_dsn: str, made: Made, old: str, new: str, told: str) -> None:
    package = made(replace={"migrations/shop_0001_orders.sql": (old, new)})
    with pytest.raises(errors.PackageUnusable, match=told):
        migrate(empty_dsn, packages=[package])
    assert fetch(empty_dsn, "SELECT FROM pg_namespace WHERE nspname = 'memdb'") == []


def test_migrations_have_names_of_their_own(empty_dsn: str, made: Made) -> None:
    package = made()
    (file,) = [Path(str(each)) for each in package.migrations.iterdir() if not each.name.endswith(".rollback.sql")]  # type: ignore[union-attr]
    file.rename(file.with_name(f"{migration_ids()[0]}.sql"))
    with pytest.raises(errors.PackageUnusable, match=r"must be named shop_\.\.\.: a database knows the migrations of all packages by name"):
        migrate(empty_dsn, packages=[package])
    file.with_name(f"{migration_ids()[0]}.sql").unlink()
    with pytest.raises(errors.PackageUnusable, match="shop has no migrations: they are "):
        migrate(empty_dsn, packages=[package])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import nothing_of_this_name", "shop cannot be imported: it needs nothing_of_this_name, which is not installed"),
        ("1 / 0", "shop cannot be imported: ZeroDivisionError"),
        ("", "shop declares no package: queries = memdb.Package"),
        (None, "shop is a folder without __init__.py"),
    ],
)
def test_a_package_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, told: str) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "shop").mkdir()
    if text is not None:
        (tmp_path / "shop" / "__init__.py").write_text(text)
    try:
        with pytest.raises(errors.PackageUnusable, match=told):
            packages.find("shop")
    finally:
        sys.modules.pop("shop", None)
    with pytest.raises(errors.PackageUnusable, match="no package is named nowhere_to_be_found"):
        packages.find("nowhere_to_be_found")


def test_two_packages_of_one_name(made: Made) -> None:
    made()
    with pytest.raises(errors.QueryDefinitionError, match="the package shop is declared already"):
        Package("shop")


def _install(folder: Path, distribution: str, **entries: str) -> None:
    info = folder / f"{distribution}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[memdb.packages]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items()))


def test_installed_packages_are_found_by_their_entry_point(tmp_path: Path, made: Made) -> None:
    before = packages.installed()
    shop = made()
    _install(tmp_path, "shop", shop="shop")
    assert packages.installed() == [*before, shop]
    _install(tmp_path, "other", shop="other_shop")
    with pytest.raises(errors.PackageUnusable, match="two installed packages are named shop: the modules"):
        packages.installed()


def test_a_function_without_a_file_and_a_file_without_a_function(dsn: str, made: Made, tmp_path: Path) -> None:
    shop = made()
    stub = "from memdb import Executor\nfrom shop import queries\n\n@queries\nasync def total(on: Executor) -> int: ...\n"
    (tmp_path / "shop" / "prices.py").write_text(stub)
    (tmp_path / "shop" / "web.py").write_text("raise RuntimeError('imported')")
    with pytest.raises(errors.QueryDefinitionError, match=r"prices\.total: sql/prices/total\.sql of the package shop is missing"):
        check(dsn, packages=[shop])
    (tmp_path / "shop" / "sql" / "prices").mkdir()
    for name in ("total", "mean"):
        (tmp_path / "shop" / "sql" / "prices" / f"{name}.sql").write_text("SELECT 1 AS one")
    with pytest.raises(errors.QueryDefinitionError, match=r"shop: no function for sql/prices/mean\.sql"):
        check(dsn, packages=[shop])


@pytest.mark.parametrize(
    ("damage", "what", "found"),
    [
        ("ALTER TABLE shop.orders DISABLE ROW LEVEL SECURITY", "row-level security", "not enabled"),
        ("ALTER TABLE shop.orders NO FORCE ROW LEVEL SECURITY", "row-level security", "not forced"),
        ("CREATE POLICY open ON shop.orders USING (true)", "row-level security", "other policies"),
        ("CREATE UNIQUE INDEX once ON shop.orders (title)", "unique index once", "(title)"),
        ("ALTER TABLE shop.orders DROP CONSTRAINT orders_key, ALTER org_id DROP NOT NULL", "column org_id", "uuid, may be NULL"),
        ("ALTER TABLE shop.orders DROP CONSTRAINT orders_key", "primary key", "does not"),
        (
            "ALTER TABLE shop.orders ADD partner_id uuid CONSTRAINT partner_exists REFERENCES memdb.organizations",
            "reference partner_exists",
            "FOREIGN KEY (partner_id) REFERENCES memdb.organizations(id)",
        ),
    ],
)
def test_a_table_that_could_show_another_tenants_rows(dsn: str, made: Made, damage: str, what: str, found: str) -> None:
    execute(dsn, damage)
    found_there = check(dsn, packages=[made()])
    assert [(each.query, each.what, each.found) for each in found_there if each.what in (what, "row-level security")] == [
        ("table shop.orders", what, found)
    ]


def test_a_table_without_a_tenant_is_for_reading(dsn: str, made: Made) -> None:
    shop = made()
    execute(dsn, "CREATE TABLE shop.countries (code text PRIMARY KEY)", "GRANT SELECT ON shop.countries TO memdb_app")
    assert check(dsn, packages=[shop]) == []
    execute(dsn, "GRANT INSERT ON shop.countries TO memdb_app")
    (difference,) = check(dsn, packages=[shop])
    assert difference == ("table shop.countries", "column org_id", "uuid NOT NULL", "missing, though the service may write to it")
    execute(dsn, "REVOKE INSERT ON shop.countries FROM memdb_app", "ALTER TABLE shop.countries ADD of uuid REFERENCES memdb.organizations")
    (difference,) = check(dsn, packages=[shop])
    assert difference.found == "missing, though it refers to tenants' rows"


def test_without_a_schema_all_tables_that_the_service_may_use_are_checked(dsn: str, made: Made) -> None:
    shop = made(replace={"__init__.py": (', schema="shop"', "")})
    assert check(dsn, packages=[shop]) == []
    execute(dsn, "ALTER TABLE shop.orders DISABLE ROW LEVEL SECURITY", "CREATE TABLE public.others_secrets (org_id uuid)")
    assert [each.query for each in check(dsn, packages=[shop])] == ["table shop.orders"]


def test_memdbs_own_tables_are_held_to_the_same_rules(dsn: str) -> None:
    execute(dsn, "CREATE UNIQUE INDEX once ON memdb.agents (slug)")
    with psycopg.connect(dsn, options="-c role=memdb_app") as connection:
        assert [(each.query, each.what) for each in differences(connection, query)] == [("table agents", "unique index once")]


async def test_connect_refuses_a_packages_table_without_row_level_security(dsn: str, made: Made) -> None:
    execute(dsn, "ALTER TABLE shop.orders NO FORCE ROW LEVEL SECURITY")
    async with memdb.connect(dsn):
        pass
    made()
    with pytest.raises(errors.RowSecurityMissing, match=r"on: shop\.orders \(not forced\)"):
        await memdb.connect(dsn)
    execute(dsn, "CALL memdb.isolate('shop.orders')")
    async with memdb.connect(dsn):
        pass
    # Its owner could switch it off.
    execute(dsn, "CREATE ROLE shop_owner NOLOGIN", "ALTER TABLE shop.orders OWNER TO shop_owner", "GRANT shop_owner TO memdb_app")
    try:
        with pytest.raises(errors.UnsafeRole, match="owns memdb's tables or a package's"):
            await memdb.connect(dsn)
    finally:
        execute(dsn, "DROP OWNED BY shop_owner CASCADE", "DROP ROLE shop_owner")


def test_a_statement_on_tenants_rows_that_names_no_tenant(dsn: str, made: Made, tmp_path: Path) -> None:
    shop = made()
    stub = "from memdb import Executor\nfrom shop import queries\n\n@queries\nasync def clear(on: Executor) -> None: ...\n"
    (tmp_path / "shop" / "shelves.py").write_text(stub)
    (tmp_path / "shop" / "sql" / "shelves").mkdir()
    (tmp_path / "shop" / "sql" / "shelves" / "clear.sql").write_text("DELETE FROM shop.orders")
    (difference,) = check(dsn, packages=[shop])
    assert difference == ("shop.shelves.clear", "parameter :org_id", "memdb.tenant", "missing: no row of shop.orders is seen")


KINDS = """
from datetime import date
from decimal import Decimal
from typing import Literal
import msgspec
from memdb import Executor
from shop import queries

class Kind(msgspec.Struct):
    price: Decimal
    day: date
    digest: bytes
    color: Literal["red", "green"]
    email: str

@queries
async def echo(on: Executor, *, price: Decimal, day: date, digest: bytes, color: str, email: str, count: int = 1) -> Kind: ...
"""


async def test_types_of_an_applications_own(dsn: str, made: Made, home: Home, tmp_path: Path, db: Database) -> None:
    execute(
        dsn,
        "CREATE TYPE shop.color AS ENUM ('red', 'green')",
        "CREATE DOMAIN shop.email AS text CHECK (VALUE LIKE '%@%')",
        "CREATE TABLE shop.kinds (price numeric NOT NULL, color shop.color NOT NULL, email shop.email NOT NULL)",
        "GRANT SELECT ON shop.kinds TO memdb_app",
        "INSERT INTO shop.kinds VALUES (1.10, 'red', 'a@b')",
    )
    shop = made()
    (tmp_path / "shop" / "kinds.py").write_text(KINDS)
    (tmp_path / "shop" / "sql" / "kinds").mkdir()
    (tmp_path / "shop" / "sql" / "kinds" / "echo.sql").write_text(
        "-- not null: day, digest\nSELECT k.price, :day::date AS day, :digest::bytea AS digest, k.color, k.email FROM shop.kinds AS k"
        " WHERE k.price = :price::numeric AND k.color = :color::shop.color AND k.email = :email::shop.email AND :count::int > 0"
    )
    assert check(dsn, packages=[shop]) == []
    kinds = importlib.import_module("shop.kinds")
    given = {"price": Decimal("1.10"), "day": date(2026, 3, 2), "digest": b"\0x", "color": "red", "email": "a@b"}
    assert await kinds.echo(home.tenant, **given) == kinds.Kind(**given)
    for field, wrong in (("price", 1.1), ("day", datetime(2026, 3, 2, tzinfo=UTC)), ("digest", "x")):
        with pytest.raises(errors.InvalidInput, match=f"{field} must be "):
            await kinds.echo(home.tenant, **{**given, field: wrong})
    with pytest.raises(errors.InvalidInput, match=r"^count cannot be sent or stored: "):
        await kinds.echo(home.tenant, **given, count=2**40)
