from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import numpy as np
import pytest
from msgspec import Meta

from memdb.engine.clearing import CLEAR, Clear
from memdb.engine.codecs import encode_halfvec
from memdb.engine.inputs import Confidence, Content, Embedding, Ids, JsonObject, Limit, Tags, check_for
from memdb.errors import InvalidInput, QueryDefinitionError

nested: dict[str, Any] = {}
for _ in range(40):
    nested = {"in": nested}


class NotATime(datetime):
    """What pandas has for no time is a datetime, too."""

    def utcoffset(self) -> timedelta:
        raise ValueError("NaTType does not support utcoffset")


class Subclassed(datetime):
    """As pendulum's, whose differences are no plain timedeltas."""

    def __sub__(self, other: Any) -> Any:
        raise AssertionError("calculated with")


REFUSED: list[tuple[Any, Any, str]] = [
    (UUID, "not-a-uuid", "must be a uuid.UUID or its text"),
    (UUID, 7, "must be a uuid.UUID or its text"),
    # Named so that it is not taken for Python's.
    (
        UUID,
        type("UUID", (), {"__module__": "elsewhere", "__repr__": lambda self: "UUID('1')"})(),
        "must be a uuid.UUID or its text, not UUID('1') (of elsewhere)",
    ),
    (UUID, None, "must be a uuid.UUID or its text"),
    (Content, "", "must have 1 to 8192 characters, not 0"),
    (Content, "x" * 8193, "must have 1 to 8192 characters, not 8193"),
    (Content, "a\0b", "must not contain NUL"),
    (Content, "\ud800", "must not contain lone surrogates"),
    (Content, b"bytes", "must be a str, not bytes"),
    (bytes, "text", "must be bytes, not str"),
    (Annotated[bytes, Meta(max_length=3)], b"four", "must have at most 3 bytes, not 4"),
    (Annotated[bytes, Meta(min_length=1)], b"", "must have at least 1 bytes, not 0"),
    (Annotated[list[int], Meta(min_length=1)], [], "must have at least 1 items, not 0"),
    (Annotated[int, Meta(gt=0)], 0, "must be between 1 and"),
    (Annotated[int, Meta(ge=0.5, lt=2.5)], 3, "must be between 1 and 2, not 3"),
    (Annotated[float, Meta(gt=0)], 0.0, "must be above 0, not 0.0"),
    (Annotated[float, Meta(lt=1)], 1, "must be below 1, not 1"),
    (Decimal, 1.5, "must be a Decimal, not float"),
    (Decimal, Decimal("NaN"), "must be a finite number, not NaN"),
    (Decimal, Decimal("sNaN"), "must be a finite number, not sNaN"),
    (Decimal, Decimal("-Infinity"), "must be a finite number, not -Infinity"),
    (Decimal, Decimal("1e131072"), "must have at most 131072 digits before and 16383 after the decimal point"),
    (Decimal, Decimal("-1e200000"), "must have at most 131072 digits before"),
    (Decimal, Decimal("1e-16384"), "must have at most 131072 digits before"),
    (Annotated[Decimal, Meta(gt=0)], Decimal(0), "must be above 0, not 0"),
    (Annotated[Decimal, Meta(le=1)], Decimal("1.01"), "must be at most 1, not 1.01"),
    (Annotated[str, "a title", Meta(min_length=1), Meta(max_length=3)], "four", "must have 1 to 3 characters, not 4"),
    (Limit, 0, "must be between 1 and 1000, not 0"),
    (Limit, 1001, "must be between 1 and 1000, not 1001"),
    (Limit, True, "must be an int, not bool"),
    (Limit, 1.0, "must be an int, not float"),
    (int, 2**63, "must be between"),
    (Confidence, 1.01, "must be between 0 and 1, not 1.01"),
    (Confidence, -0.1, "must be between 0 and 1"),
    (Confidence, float("nan"), "must be between 0 and 1, not nan"),
    (Confidence, 10**400, "must be between 0 and 1"),
    (float, float("inf"), "must be between"),
    (datetime, datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "must be between the years 1 and 9999"),
    (datetime, datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))), "must be between the years 1 and 9999"),
    (Confidence, "1", "must be a number, not str"),
    (bool, 1, "must be a bool, not int"),
    (datetime, datetime(2026, 1, 1), "must have a time zone"),
    (datetime, NotATime(2026, 1, 1), "must be a time, not NotATime"),
    (datetime, "2026-01-01", "must be a datetime, not str"),
    (Literal["a", "b"], "c", "must be one of a, b; not 'c'"),
    (Literal["a", "b"], ["a"], "must be one of a, b"),
    (Tags, ["t"] * 21, "must have at most 20 items, not 21"),
    (Tags, [""], "must have 1 to 64 characters, not 0"),
    (Tags, "tag", "must be a list, not str"),
    (Ids, [uuid4(), "x"], "must be a uuid.UUID or its text"),
    (JsonObject, [], "must be a JSON object"),
    (JsonObject, {"a": float("inf")}, "must not contain NaN or infinity"),
    (JsonObject, {"a": ["b\0"]}, "must not contain NUL"),
    (JsonObject, {"a\0": 1}, "must not contain NUL"),
    (JsonObject, {1: 1}, "must have strings as keys, not int"),
    (JsonObject, {"a": {1, 2}}, "must hold JSON values only, not set"),
    (JsonObject, {"a": np.float64(1)}, "must hold JSON values only, not float64"),
    (JsonObject, {"a": 2**5000}, "must not contain integers of more than 4096 bits"),
    (JsonObject, OrderedDict(a=1), "must be a JSON object (a dict), not OrderedDict"),
    (JsonObject, nested, "must not be nested deeper than 32 levels"),
    (Embedding, [1.0, 2.0], "must have 3 dimensions, not 2"),
    (Embedding, np.zeros((3, 1)), "must have 3 dimensions, not an array of shape (3, 1)"),
    (Embedding, [1.0, float("nan"), 0.0], "must not contain NaN"),
    (Embedding, [1.0, 1e39, 0.0], "must not contain NaN, infinity or a number beyond float32"),
    (Embedding, "abc", "must be a sequence of floats"),
    (Embedding, [1.0, None, 2.0], "must be a sequence of floats"),
    (Embedding, [1.0, 10**400, 2.0], "must be a sequence of floats"),
    (Embedding, [True, False, True], "must be a sequence of floats"),
    (Embedding, np.array([1j, 2j, 3j]), "must be a sequence of floats"),
    (Embedding, ["1", "2", "3"], "must be a sequence of floats"),
    (Embedding, [1e30, 0.0, 0.0], "must have a length between 1e-15 and 1e15, or 0"),
    (Embedding, [1e-30, 0.0, 0.0], "must have a length between 1e-15 and 1e15, or 0"),
]


@pytest.mark.parametrize(("annotation", "value", "rule"), REFUSED)
def test_bad_values_are_refused_by_name(annotation: Any, value: Any, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_for("field", annotation)(value, 3)
    assert caught.value.field == "field"
    assert caught.value.rule.startswith(rule)


def test_a_text_that_is_no_uuid_is_told_without_its_module() -> None:
    with pytest.raises(InvalidInput, match=r"must be a uuid\.UUID or its text, not 'acme'$"):
        check_for("field", UUID)("acme", 3)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (UUID, uuid4()),
        (UUID | None, None),
        (Content | None, "text"),
        (Content, "多言語 🎈"),
        (Limit, 1000),
        (Confidence, 1),
        (Confidence, np.int64(1)),
        (Confidence, np.float32(0.5)),
        (datetime, datetime.now(UTC)),
        (Tags, ["a", "b"]),
        (JsonObject, {"a": [1, 2.5, None, True, {"b": "c"}]}),
        (Literal["a"], "a"),
    ],
)
def test_good_values_pass_unchanged(annotation: Any, value: Any) -> None:
    assert check_for("field", annotation)(value, 3) == value


def test_a_uuid_may_come_as_text() -> None:
    assert check_for("id", UUID)("01890a5d-ac96-774b-bcce-b302099a8057", 3) == UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def test_a_number_that_python_will_not_print() -> None:
    for annotation in (Limit, Confidence):
        with pytest.raises(InvalidInput, match="not a number of many digits"):
            check_for("field", annotation)(10**5000, 3)


def test_a_zero_vector_may_be_stored() -> None:
    assert check_for("embedding", Embedding)([0, 0, 0], 3).tolist() == [0, 0, 0]


@pytest.mark.parametrize("value", [[1, 2, 3], (1.0, 2.0, 3.0), np.array([1, 2, 3]), np.array([1, 2, 3], dtype=np.float64)])
def test_embeddings_become_float32_of_length_1(value: Any) -> None:
    sent = check_for("embedding", Embedding | None)(value, 3)
    assert sent.dtype == np.float32
    assert sent == pytest.approx(np.array([1.0, 2.0, 3.0]) / np.sqrt(14))


def test_an_annotation_outside_the_vocabulary_is_refused_at_import() -> None:
    with pytest.raises(QueryDefinitionError, match="complex"):
        check_for("field", complex)


@pytest.mark.parametrize(
    ("annotation", "told"),
    [
        (Annotated[str, Meta(pattern="^a")], "field: memdb does not check pattern of str, only max_length, min_length"),
        (Annotated[int, Meta(multiple_of=2)], "does not check multiple_of of int"),
        (Annotated[UUID, Meta(min_length=1)], "does not check min_length of UUID$"),
        (Annotated[str | None, Meta(max_length=3)], r"max_length of str \| None: give them to the type that is not None"),
        (Annotated[str, Meta(ge=1)], "does not check ge of str"),
        (Annotated[datetime, Meta(tz=False)], "does not check tz of datetime"),
        (Annotated[str, object()], r"bounds must be msgspec\.Meta\(\.\.\.\), not object"),
        (Annotated[int, Meta(ge=1), Meta(gt=1)], "its bounds do not go together"),
        (Literal[1, 2], "a Literal must be of texts, not of 1, 2"),
        (Literal["a", None], "a Literal must be of texts, not of 'a', None"),
        (str | int, r"must be annotated with one type, .* not with str \| int"),
        (str | int | None, "must be annotated with one type"),
        (None | Clear, "must be annotated with one type"),
        (set[str], r"memdb cannot send a set\[str\], only UUID, str, int"),
    ],
)
def test_what_an_annotation_asks_is_checked_or_refused(annotation: Any, told: str) -> None:
    with pytest.raises(QueryDefinitionError, match=told):
        check_for("field", annotation)


@pytest.mark.parametrize("annotation", [Annotated[datetime, Meta(tz=True)], Annotated[str, "a title"], Annotated[float, Meta(gt=0, lt=1)]])
def test_what_is_said_besides_bounds_is_no_bound(annotation: Any) -> None:
    good = {datetime: datetime.now(UTC), str: "a", float: 0.5}[annotation.__origin__]
    assert check_for("field", annotation)(good, 3) == good


@pytest.mark.parametrize(
    ("annotation", "value", "index"),
    [
        (Tags, ["a", "b", ""], 2),
        (Tags, [""], None),
        (list[Embedding | None], [[1.0, 0.0, 0.0], None, [1.0, 2.0]], 2),
        (list[Embedding], [[1.0, float("nan"), 0.0], [1.0, 0.0, 0.0]], 0),
        (list[datetime | None], [None, datetime(2026, 1, 1)], 1),
    ],
)
def test_an_error_says_which_of_several_is_wrong(annotation: Any, value: Any, index: int | None) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_for("field", annotation)(value, 3)
    assert caught.value.index == index
    assert str(caught.value).endswith("" if index is None else f" (field[{index}])")


def test_a_time_is_a_plain_one_whatever_its_class() -> None:
    given = Subclassed(2026, 1, 1, 12, 30, 15, 7, tzinfo=timezone(timedelta(hours=2)))
    sent = check_for("observed_at", datetime)(given, 0)
    assert (type(sent), sent) == (datetime, datetime(2026, 1, 1, 10, 30, 15, 7, tzinfo=UTC))


@pytest.mark.parametrize("bad", [None, CLEAR, [1.0, 2.0], "text", [1.0, float("nan"), 2.0]])
def test_what_is_no_embedding_is_refused_in_a_list_too(bad: Any) -> None:
    with pytest.raises(InvalidInput, match="vectors"):
        check_for("vectors", list[Embedding])([[1.0, 2.0, 3.0], bad], 3)


def test_embeddings_in_a_list_are_sent_as_each_by_itself() -> None:
    given = [[3.0, 4.0, 0.0], None, np.array([1, 1, 1]), [0.0, 0.0, 0.0], CLEAR, np.array([1e-7, 0.0, 1e-7], np.float64)]
    one, many = check_for("vector", Embedding), check_for("vectors", list[Embedding | Clear | None])
    for part in (given, given[:3]):
        sent = many(part, 3)
        for each, its in zip(part, sent, strict=True):
            assert its == (None if each is None or each is CLEAR else encode_halfvec(one(each, 3)))
