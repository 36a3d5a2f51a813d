"""memdb check --fix: lists are written from their Structs, all else stays, and what cannot be told is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from memdb.engine.database import Admin, Database
from memdb.engine.executor import Executor
from memdb.engine.own import QUERIES
from memdb.engine.package import PACKAGES, Package
from memdb.operations.check import check
from memdb.operations.fixing import fix, rewritten
from memdb.operations.select_list import select_list
from tests.server import Databases


class Note(msgspec.Struct):
    id: UUID
    content: str
    source: str
    updated_at: datetime


class Both(msgspec.Struct):
    id: UUID
    note: Note
    created_at: datetime


class Counted(msgspec.Struct):
    id: UUID
    total: int


@pytest.fixture(scope="module")
def dsn(databases: Databases) -> Iterator[str]:
    with databases.migrated() as made:
        yield made


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Package]:
    """A package of which this module is an area; its one file is note.sql."""
    (tmp_path / "sql" / "test_fixing").mkdir(parents=True)
    yield Package("tests.integration", home=tmp_path)
    del PACKAGES["tests.integration"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sql" / "test_fixing" / "note.sql"


@pytest.fixture
def admin(db: Database) -> Admin:
    return db.admin()


def _write(file: Path, text: str) -> None:
    file.write_text(text)


def _text(file: Path) -> str:
    return file.read_text()


LIVE = "FROM memdb.memories AS m\nWHERE m.org_id = :org_id::memdb.tenant AND m.id = :id::uuid\n"
SELECT = f"""-- A memory.
SELECT
    m.id,  -- what is found
    -- as it was given
    m.content,
    greatest(m.updated_at, m.created_at) AS updated_at
{LIVE}"""


async def test_a_field_is_put_where_the_struct_has_it(dsn: str, admin: Admin, package: Package, file: Path) -> None:
    @package
    async def note(on: Executor, *, id: UUID) -> Note | None: ...

    _write(file, SELECT)
    (fixed,) = await fix(admin, dsn, [note.query])
    assert fixed.refusal is None
    assert _text(file) == SELECT.replace("m.content,\n", "m.content,\n    m.source,\n")
    assert [line for line in fixed.diff().splitlines() if line[0] in "+-" and line[:3] not in ("+++", "---")] == ["+    m.source,"]
    # Of a function of greatest() PostgreSQL says nothing, and the file did not vouch for it before.
    assert [difference.what for difference in check(dsn, queries=[note.query])] == ["column updated_at"]
    assert await fix(admin, dsn, [note.query]) == []


async def test_a_field_at_the_end_and_in_a_line(dsn: str, admin: Admin, package: Package, file: Path) -> None:
    @package
    async def note(on: Executor, *, id: UUID) -> Note | None: ...

    _write(file, f"SELECT m.id, m.content, m.source -- the last\n{LIVE}")
    await fix(admin, dsn, [note.query])
    assert _text(file) == f"SELECT m.id, m.content, m.source, -- the last\n m.updated_at\n{LIVE}"
    assert check(dsn, queries=[note.query]) == []


async def test_a_field_behind_a_cte(dsn: str, admin: Admin, package: Package, file: Path) -> None:
    @package
    async def note(on: Executor, *, id: UUID, content: str) -> Note: ...

    text = """-- A memory that says something else.
WITH changed AS (
    UPDATE memdb.memories AS m
    SET content = (SELECT given FROM (SELECT :content::text AS given) AS g)
    WHERE m.org_id = :org_id::memdb.tenant AND m.id = :id::uuid
    RETURNING m.*
)
SELECT
    c.id,
    c.content,
    c.updated_at
FROM changed AS c
ORDER BY c.id
"""
    _write(file, text)
    (fixed,) = await fix(admin, dsn, [note.query])
    assert fixed.refusal is None
    expected = text.replace("c.content,\n", "c.content,\n    c.source,\n")
    assert _text(file) == expected
    assert check(dsn, queries=[note.query]) == []


async def test_columns_that_are_no_fields_go_and_others_change_places(dsn: str, admin: Admin, package: Package, file: Path) -> None:
    @package
    async def note(on: Executor, *, id: UUID) -> Note | None: ...

    _write(file, f"SELECT\n    m.content,\n    m.id,\n    m.status,\n    m.source,\n    m.updated_at\n{LIVE}")
    await fix(admin, dsn, [note.query])
    assert _text(file) == f"SELECT\n    m.id,\n    m.content,\n    m.source,\n    m.updated_at\n{LIVE}"


async def test_a_column_that_the_table_has_lost(dsn: str, admin: Admin, package: Package, file: Path) -> None:
    @package
    async def note(on: Executor, *, id: UUID) -> Note | None: ...

    _write(file, f"SELECT m.id, m.content, m.source, m.forgotten, m.updated_at\n{LIVE}")
    await fix(admin, dsn, [note.query])
    assert _text(file) == f"SELECT m.id, m.content, m.source, m.updated_at\n{LIVE}"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (f"SELECT m.id, m.content, m.updated_at {LIVE} UNION ALL SELECT m.id, m.content, m.updated_at {LIVE}", "several SELECTs"),
        (f"SELECT DISTINCT m.id, m.content, m.updated_at {LIVE}", "which rows there are"),
        (f"SELECT m.* {LIVE}", "column 1 of the list has no name"),
        (f"SELECT m.id, m.content, 1 + 1 {LIVE}", r"column 3 of the list has no name that can be read: 1 \+ 1"),
        (f"SELECT m.id, m.content, m.updated_at, now() AS at {LIVE}", "at is no field of the Struct, and more than a column"),
        (f"SELECT m.id, m.id, m.content, m.updated_at {LIVE}", "id stands 2 times in the list, and 1 times in the Struct"),
        (f"SELECT m.id AS id, m.content AS content, m.updated_at AS updated_at {LIVE}", "no column beside the new ones tells"),
        (
            f"WITH m AS (SELECT m.id, m.content, m.updated_at {LIVE}) SELECT m.id, m.content, m.updated_at FROM m",
            "statement: wanted valid SQL, found column m.source does not exist",
        ),
        (
            f"SELECT m.id, n.content, m.updated_at {LIVE}".replace("WHERE", "JOIN memdb.memories AS n USING (org_id, id)\nWHERE"),
            "source may be of m or n",
        ),
    ],
)
async def test_what_cannot_be_told_is_refused(dsn: str, admin: Admin, package: Package, file: Path, text: str, refusal: str) -> None:
    @package
    async def note(on: Executor, *, id: UUID) -> Note | None: ...

    _write(file, text)
    (left,) = await fix(admin, dsn, [note.query])
    assert re.search(refusal, left.refusal or "")
    assert _text(file) == text
    assert left.diff() == ""


async def test_a_wrong_type_is_refused(dsn: str, admin: Admin, package: Package, file: Path) -> None:
    @package
    async def note(on: Executor, *, id: UUID) -> Counted | None: ...

    text = (
        f"SELECT o.id {LIVE}".replace("memdb.memories AS m", "(SELECT m.*, 'x'::text AS total FROM memdb.memories AS m) AS o")
        .replace("m.org_id =", "o.org_id =")
        .replace("m.id =", "o.id =")
    )
    _write(file, text)
    (left,) = await fix(admin, dsn, [note.query])
    assert left.refusal == "column total: wanted int2 or int4 or int8, found text"


async def test_a_struct_within_a_struct_has_its_own_relation(dsn: str, admin: Admin, package: Package, file: Path) -> None:
    @package
    async def note(on: Executor, *, id: UUID) -> Both | None: ...

    text = f"SELECT n.id, m.content, m.source, m.updated_at, n.created_at {LIVE}".replace(
        "WHERE", "JOIN memdb.memories AS n USING (org_id, id)\nWHERE"
    )
    _write(file, text)
    (left,) = await fix(admin, dsn, [note.query])
    assert left.refusal == "id stands 1 times in the list, and 2 times in the Struct: which is which?"
    _write(file, text.replace("n.id, m.content, m.source", "n.id, m.id, m.content"))
    note.query.__dict__ |= note.query.with_source(_text(file)).__dict__
    (fixed,) = await fix(admin, dsn, [note.query])
    assert "SELECT n.id, m.id, m.content, m.source, m.updated_at, n.created_at" in fixed.after


@pytest.mark.parametrize(
    "name", ["memories.get", "memories.insert", "memories.insert_many", "memories.search_exact", "messages.insert", "facts.retrieve_exact"]
)
async def test_memdbs_own_lists_come_back(dsn: str, admin: Admin, name: str) -> None:
    own = QUERIES[name]
    listed = select_list(own.source)
    assert listed.text() == own.source
    at = next(at for at, item in enumerate(listed.items) if item.name == "embedded")
    without = own.with_source(listed._replace(items=listed.items[:at] + listed.items[at + 1 :]).text())
    assert (await rewritten(admin, dsn, without)).source == own.source


@pytest.mark.parametrize("name", ["memories.insert", "events.insert"])
async def test_it_is_vouched_for_where_all_beside_it_are(dsn: str, admin: Admin, name: str) -> None:
    own = QUERIES[name]
    listed = select_list(own.source)
    at = next(at for at, item in enumerate(listed.items) if item.name == "embedded")
    text = listed._replace(items=listed.items[:at] + listed.items[at + 1 :]).text()
    without = own.with_source(text.replace(" embedded,", "", 1))
    assert without.source != text
    assert (await rewritten(admin, dsn, without)).source == own.source
    prefix = own.shape.columns[at].path.removesuffix("embedded")
    unsure = own.with_source(text.replace(" embedded,", "", 1).replace("-- not null: id, ", "-- not null: "))
    assert [each.what for each in check(dsn, queries=[await rewritten(admin, dsn, unsure)])] == [
        f"column {prefix}id",
        f"column {prefix}embedded",
    ]
