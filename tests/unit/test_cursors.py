"""Where a page ended: the one type for it, its text, and what a statement takes of it."""

from __future__ import annotations

import random
import re
import string
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from memdb import Cursor
from memdb.engine.executor import NO_CONTEXT, Executor
from memdb.engine.inputs import Limit, Version
from memdb.engine.own import QUERIES, query
from memdb.engine.package import PACKAGES, Package
from memdb.errors import InvalidInput, QueryDefinitionError
from tests.unit.test_wrong_input import Nobody

ID, AT = uuid.uuid4(), datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


class Note(msgspec.Struct, frozen=True):
    id: uuid.UUID
    text: str


class Visit(msgspec.Struct, frozen=True):
    cursor_fields = ("at", "weight", "id")

    id: uuid.UUID
    at: datetime
    weight: float


class Draft(msgspec.Struct, frozen=True):
    cursor_fields = ("number",)

    id: uuid.UUID
    number: int


NOTE, VISIT, DRAFT = Note(ID, "x"), Visit(ID, AT, 0.1), Draft(ID, 7)


@pytest.fixture
def queries(tmp_path: Path) -> Iterator[Package]:
    """A package of which this module is an area, with the statements that the tests need."""
    folder = tmp_path / "sql" / "test_cursors"
    folder.mkdir(parents=True)
    (folder / "notes.sql").write_text("SELECT :before::uuid, :limit::int")
    (folder / "visits.sql").write_text("SELECT :before_id::uuid, :before_at::timestamptz")
    (folder / "heavy.sql").write_text("SELECT :before_weight::float8, :before_id::uuid")
    (folder / "unread.sql").write_text("SELECT :after_id::uuid")
    (folder / "drafts.sql").write_text("SELECT :after::int")
    (folder / "bills.sql").write_text("SELECT :before_due_on::date, :before_amount::numeric, :before_wait::interval, :before_id::uuid")
    (folder / "tasks.sql").write_text("SELECT :before_due_at::timestamptz, :before_id::uuid")
    (folder / "strange.sql").write_text("SELECT :before_text::text")
    yield Package("tests.unit", home=tmp_path)
    del PACKAGES["tests.unit"]


def _bound(function: Any, **arguments: Any) -> list[Any]:
    bound: list[Any] = function.query.bind(Nobody(uuid.uuid4(), None, NO_CONTEXT, 1.0), arguments)
    return bound


def test_a_token_is_text_for_an_address_and_comes_back() -> None:
    for row in (NOTE, VISIT, DRAFT, Visit(ID, datetime.max.replace(tzinfo=UTC), 1e-300), Visit(ID, AT, 1.0)):
        cursor = Cursor.of(row)
        assert re.fullmatch(r"[\w-]+", str(cursor), re.ASCII)
        assert Cursor.parse(str(cursor)) == cursor
        assert hash(Cursor.parse(str(cursor))) == hash(cursor)
    assert str(Cursor.of(NOTE)) != str(Cursor.of(Note(uuid.uuid4(), "x")))
    with pytest.raises(AttributeError):
        Cursor.of(NOTE).rows = "other"  # type: ignore[misc]


def test_what_is_no_token_is_refused() -> None:
    token = str(Cursor.of(VISIT))
    chosen = random.Random(7)
    wrong: list[Any] = ["", "x", "é", "\ud800", " ", token[:-5], token + "AAAA", f" {token}", token.replace("W", "W=", 1), None, 7, NOTE]
    wrong += ["".join(chosen.choices(string.ascii_letters + "-_", k=chosen.randrange(80))) for _ in range(300)]
    for text in wrong:
        with pytest.raises(InvalidInput, match=r"^cursor must be the text of a memdb\.Cursor"):
            Cursor.parse(text)


def test_what_has_no_place_in_a_list_has_no_cursor() -> None:
    class Count(msgspec.Struct):
        rows: int

    for wrong in (Count(1), 7, None, Cursor.of(NOTE)):
        with pytest.raises(InvalidInput, match="row must be a row of a"):
            Cursor.of(wrong)  # type: ignore[arg-type]


class Bill(msgspec.Struct, frozen=True):
    cursor_fields = ("due_on", "amount", "wait", "id")

    id: uuid.UUID
    due_on: date
    amount: Decimal
    wait: timedelta


class Task(msgspec.Struct, frozen=True):
    cursor_fields = ("due_at", "id")

    id: uuid.UUID
    due_at: datetime | None


def test_a_list_may_be_in_the_order_of_any_column(queries: Package) -> None:
    @queries
    async def bills(on: Executor, *, before: Bill | Cursor | None = None) -> list[int]: ...

    bill = Bill(ID, date(2026, 2, 28), Decimal("19.90"), timedelta(days=1, microseconds=1))
    for given in (bill, Cursor.of(bill), Cursor.parse(str(Cursor.of(bill)))):
        assert _bound(bills, before=given) == [bill.due_on, bill.amount, bill.wait, ID]


def test_no_list_is_in_the_order_of_what_may_be_none(queries: Package) -> None:
    @queries
    async def tasks(on: Executor, *, before: Task | Cursor | None = None) -> list[int]: ...

    with pytest.raises(QueryDefinitionError, match=r"parameter before: Task\.due_at may be None, so rows after such a one have no page"):
        tasks.query.load()
    with pytest.raises(InvalidInput, match="row must have a value to be in order by as its due_at, not NoneType"):
        Cursor.of(Task(ID, None))


def test_a_page_takes_the_row_its_cursor_or_its_id(queries: Package) -> None:
    @queries
    async def notes(on: Executor, *, before: Note | Cursor | uuid.UUID | None = None, limit: Limit = 50) -> list[int]: ...

    for given in (NOTE, Cursor.of(NOTE), Cursor.parse(str(Cursor.of(NOTE))), ID, str(ID)):
        assert _bound(notes, before=given) == [ID, 50]
    assert _bound(notes) == _bound(notes, before=None) == [None, 50]
    wanted = "before must be the last Note of the page before, its id or its memdb.Cursor, not Visit"
    with pytest.raises(InvalidInput, match=re.escape(wanted)):
        _bound(notes, before=VISIT)
    for wrong in (7, "x", b"x"):
        with pytest.raises(InvalidInput, match=r"before must be a uuid\.UUID"):
            _bound(notes, before=wrong)


def test_a_statement_takes_the_parts_that_its_order_has(queries: Package) -> None:
    @queries
    async def visits(on: Executor, *, before: Visit | Cursor | None) -> list[int]: ...

    @queries
    async def heavy(on: Executor, *, before: Visit | Cursor | None) -> list[int]: ...

    @queries
    async def unread(on: Executor, *, after: Visit | Cursor | uuid.UUID | None) -> list[int]: ...

    @queries
    async def drafts(on: Executor, *, after: Draft | Cursor | Version = 1) -> list[int]: ...

    for given in (VISIT, Cursor.parse(str(Cursor.of(VISIT)))):
        assert _bound(visits, before=given) == [ID, AT]
        assert _bound(heavy, before=given) == [0.1, ID]
        assert _bound(unread, after=given) == [ID]
    assert _bound(visits, before=None) == [None, None]
    assert _bound(unread, after=ID) == [ID], "alone it is what the order is by"
    assert (_bound(drafts), _bound(drafts, after=DRAFT), _bound(drafts, after=9)) == ([1], [7], [9])
    for wrong in (ID, AT, (AT, ID)):
        with pytest.raises(InvalidInput, match=r"^before must be the last Visit of the page before or its memdb\.Cursor, not "):
            _bound(visits, before=wrong)
    for number in (None, 0, "1"):
        with pytest.raises(InvalidInput, match=r"^after must be"):
            _bound(drafts, after=number)


def test_a_cursor_of_another_list_or_an_altered_one_is_refused(queries: Package) -> None:
    @queries
    async def visits(on: Executor, *, before: Visit | Cursor | None) -> list[int]: ...

    with pytest.raises(InvalidInput, match=r"^before must be a cursor of tests\.Visit, not of tests\.Note$"):
        _bound(visits, before=Cursor.of(NOTE))
    at, weight, id = Cursor.of(VISIT).place
    for place in ((), (at,), (at, weight, id, id), (at, weight, "x"), (7, weight, id), ("2026-13-01", weight, id), (at, weight, 7)):
        with pytest.raises(InvalidInput, match=r"^before must be a cursor as memdb made it"):
            _bound(visits, before=Cursor("tests.Visit", place))
    with pytest.raises(InvalidInput, match=r"^before must have a time zone"):
        _bound(visits, before=Cursor("tests.Visit", ("2026-01-01T00:00:00", weight, id)))


def test_a_parameter_that_says_nothing_of_its_rows_is_refused(queries: Package) -> None:
    @queries
    async def notes(on: Executor, *, before: Cursor | None, limit: Limit) -> list[int]: ...

    @queries
    async def strange(on: Executor, *, before: Visit | Cursor | None) -> list[int]: ...

    with pytest.raises(QueryDefinitionError, match="parameter before: must be annotated with the rows' Struct"):
        notes.query.load()
    with pytest.raises(QueryDefinitionError, match="parameters and placeholders differ in: before, before_text"):
        strange.query.load()


# What has no rows, or ids instead of them.
WITHOUT = {
    "audit.verify_chain",
    "clusters.candidates",
    "clusters.facts",
    "memories.reread",
    "upkeep.age_some_edges",
    "upkeep.score_facts",
}


def test_every_list_goes_on_from_a_cursor() -> None:
    query.load_all()
    asked = {each.name: each.annotations[name] for each in QUERIES.values() for name in {"before", "after"} & each._names}
    assert {name for name, annotation in asked.items() if Cursor not in get_args(annotation)} == WITHOUT
