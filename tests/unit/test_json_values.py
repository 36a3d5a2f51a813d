"""JSON is sent so that it comes back, or refused by name."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memdb.engine.codecs import decode_jsonb, encode_jsonb
from memdb.engine.inputs import JsonObject, check_for
from memdb.engine.json_values import letters, of_verbatim, verbatim
from memdb.errors import InvalidInput

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, of the same types, and of the same signs."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)


def is_refused(value: Any, *, in_jsonb: bool) -> bool:
    """What PostgreSQL cannot store: NaN, infinity, NUL, lone surrogates; in jsonb, -0.0, too."""
    if isinstance(value, float):
        return not math.isfinite(value) or (in_jsonb and value == 0 and math.copysign(1, value) < 0)
    if isinstance(value, str):
        return "\0" in value or any("\ud800" <= each <= "\udfff" for each in value)
    if isinstance(value, list):
        return any(is_refused(each, in_jsonb=in_jsonb) for each in value)
    if isinstance(value, dict):
        return any(is_refused(each, in_jsonb=in_jsonb) for pair in value.items() for each in pair)
    return False


@given(ANY_JSON)
def test_json_is_sent_as_it_is_or_refused_by_name(value: Any) -> None:
    check = check_for("metadata", JsonObject)
    if is_refused(value, in_jsonb=True):
        with pytest.raises(InvalidInput, match=r"^metadata must not contain"):
            check({"value": value}, 3)
    else:
        assert same(decode_jsonb(encode_jsonb(check({"value": value}, 3))), {"value": value})


@given(ANY_JSON)
def test_letters_are_of_the_value_in_its_order(value: Any) -> None:
    if is_refused(value, in_jsonb=False):
        with pytest.raises(InvalidInput, match=r"^content must not contain"):
            letters("content", value)
    else:
        read = msgspec.json.decode(letters("content", value))
        assert same(read, value)
        assert repr(read) == repr(value)


_ANY_TEXT = st.text(st.characters())


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | _ANY_TEXT,
        lambda inner: st.lists(inner) | st.dictionaries(_ANY_TEXT, inner),
    )
)
def test_verbatim_is_a_text_of_any_value(value: Any) -> None:
    text = verbatim("items", value)
    assert "\0" not in text
    text.encode()
    assert repr(of_verbatim(text)) == repr(value)


@pytest.mark.parametrize("value", [b"", {1: "a"}, {(): 1}, {1}, object(), [[object()]], 10**5000], ids=lambda value: type(value).__name__)
def test_verbatim_names_what_is_no_json(value: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^items must"):
        verbatim("items", ["right", value])


def test_verbatim_reads_whatever_depth_it_writes() -> None:
    value: Any = 0
    for _ in range(399):
        value = [value]
    assert of_verbatim(verbatim("items", value)) == value
    with pytest.raises(InvalidInput, match="400 levels"):
        verbatim("items", {"a": [value]})
    value = []
    value.append(value)
    with pytest.raises(InvalidInput, match="400 levels"):
        verbatim("items", value)


@given(st.floats(min_value=1e16, allow_infinity=False) | st.floats(max_value=-1e16, allow_infinity=False))
def test_large_floats_are_sent_with_a_decimal_point(value: float) -> None:
    sent = encode_jsonb(check_for("metadata", JsonObject)({"a": [value]}, 3))
    digits = sent[7:-2].decode()
    assert digits.endswith(".0")
    assert digits[:-2].lstrip("-").isdigit()
    assert float(digits) == value
