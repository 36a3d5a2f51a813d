"""Validation of JSON values.

jsonb stores numbers as decimals, without negative zero and without the difference between 1e16 and 10**16. What it would change is written
in a form that it preserves, or refused.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any, Final

import msgspec

from memdb.errors import InvalidInput

_DEPTH: Final = 32
# The depth to which the standard library's decoder gets with half of Python's stack.
_DEPTH_OF_VERBATIM: Final = 400
_INTEGER_BITS: Final = 4096
# From this value on, a float is written with an exponent, which jsonb turns into an integer.
_FIRST_WITH_EXPONENT: Final = 1e16

_encode_verbatim = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def for_jsonb(field: str, value: Any) -> Any:
    """`value` in a form that jsonb returns equal and with the same types, except that a tuple comes back as a list."""
    return _spelled_out(value) if _check(field, value, _DEPTH, to_the_letter=False) else value


def letters(field: str, value: Any) -> str:
    """The JSON text of `value`, for columns of text. It decodes to the same value in the same order, and is spaced as jsonb's text is."""
    _check(field, value, _DEPTH, to_the_letter=True)
    return json.dumps(value, ensure_ascii=False)


def verbatim(field: str, value: Any) -> str:
    """The JSON text of any `value`, from which `of_verbatim` makes an equal one, in the same order, for columns of text.

    It also preserves NUL, lone surrogates, NaN and infinities, which PostgreSQL's JSON types do not accept. A `msgspec.Raw` is such a text.
    """
    if isinstance(value, msgspec.Raw):
        text = bytes(value).decode()
    else:
        _check_containers(field, value, _DEPTH_OF_VERBATIM)
        try:
            text = _encode_verbatim(value)
        except (TypeError, ValueError) as error:
            raise InvalidInput(field, f"must hold JSON values only: {error}") from None
    return text if text.isascii() or _is_unicode(text) else json.dumps(value)


def of_verbatim(text: str) -> Any:
    return json.loads(text)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_containers(field: str, value: Any, depth: int) -> None:
    """Raises InvalidInput for what the encoder would alter, or could not finish."""
    if depth == 0:
        raise InvalidInput(field, f"must not be nested deeper than {_DEPTH_OF_VERBATIM} levels")
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise InvalidInput(field, f"must have strings as keys, not {type(key).__name__}")
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for item in value:
        if item.__class__ is not str:
            _check_containers(field, item, depth - 1)


def storable(field: str, value: str) -> None:
    """Raises InvalidInput unless PostgreSQL can store this text."""
    if "\0" in value:
        raise InvalidInput(field, "must not contain NUL characters")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InvalidInput(field, "must not contain lone surrogates: it is not valid Unicode") from None


def _check(field: str, value: Any, depth: int, *, to_the_letter: bool) -> bool:
    """Raises InvalidInput for what is not JSON; returns whether it contains a float that has to be spelled out."""
    if depth == 0:
        raise InvalidInput(field, f"must not be nested deeper than {_DEPTH} levels")
    large = False
    kind = type(value)
    if kind is str:
        storable(field, value)
    elif kind is float:
        if not math.isfinite(value):
            raise InvalidInput(field, "must not contain NaN or infinity: JSON has no such numbers")
        if value == 0 and not to_the_letter and math.copysign(1, value) < 0:
            raise InvalidInput(field, "must not contain -0.0, which PostgreSQL's jsonb would make 0.0")
        large = abs(value) >= _FIRST_WITH_EXPONENT
    elif kind is int:
        if value.bit_length() > _INTEGER_BITS:
            raise InvalidInput(field, f"must not contain integers of more than {_INTEGER_BITS} bits")
    elif kind is dict:
        for key, item in value.items():
            if type(key) is not str:
                raise InvalidInput(field, f"must have strings as keys, not {type(key).__name__}")
            storable(field, key)
            large |= _check(field, item, depth - 1, to_the_letter=to_the_letter)
    elif kind is list or kind is tuple:
        for item in value:
            large |= _check(field, item, depth - 1, to_the_letter=to_the_letter)
    elif value is not None and kind is not bool:
        raise InvalidInput(field, f"must hold JSON values only, not {kind.__name__}")
    return large


def _spelled_out(value: Any) -> Any:
    """A copy with all digits of large floats and a decimal point, by which jsonb distinguishes them from integers."""
    kind = type(value)
    if kind is float and abs(value) >= _FIRST_WITH_EXPONENT:
        return msgspec.Raw(f"{Decimal(repr(value)):f}.0".encode())
    if kind is dict:
        return {key: _spelled_out(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [_spelled_out(item) for item in value]
    return value
