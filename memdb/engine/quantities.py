"""Numbers as they are sent."""

from __future__ import annotations

import math
import numbers
import operator
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from msgspec import Meta

from memdb.errors import InvalidInput

_INT8: Final = range(-(2**63), 2**63)
_DIGITS_BEFORE: Final = 131_072
_DIGITS_AFTER: Final = 16_383
_BOUNDS: Final = (
    ("ge", operator.ge, "at least"),
    ("gt", operator.gt, "above"),
    ("le", operator.le, "at most"),
    ("lt", operator.lt, "below"),
)


def integer(field: str, meta: Meta | None) -> Callable[[Any, int], int]:
    """The check of an int within the bounds."""
    lowest, highest = _INT8[0], _INT8[-1]
    if meta is not None:
        lowest = math.ceil(meta.ge) if meta.ge is not None else math.floor(meta.gt) + 1 if meta.gt is not None else lowest
        highest = math.floor(meta.le) if meta.le is not None else math.ceil(meta.lt) - 1 if meta.lt is not None else highest

    def check(value: Any, dimension: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidInput(field, f"must be an int, not {type(value).__name__}")
        if not lowest <= value <= highest:
            raise InvalidInput(field, f"must be between {lowest} and {highest}, not {_shown(value)}")
        return value

    return check


def number(field: str, meta: Meta | None) -> Callable[[Any, int], float]:
    """The check of a finite number within the bounds."""
    lowest: Any = meta.ge if meta and meta.ge is not None else -sys.float_info.max
    highest: Any = meta.le if meta and meta.le is not None else sys.float_info.max
    above: Any = meta.gt if meta else None
    below: Any = meta.lt if meta else None

    def check(value: Any, dimension: int) -> float:
        if not isinstance(value, numbers.Real) or isinstance(value, bool):
            raise InvalidInput(field, f"must be a number, not {type(value).__name__}")
        if value != value or not lowest <= value <= highest:
            raise InvalidInput(field, f"must be between {lowest:g} and {highest:g}, not {_shown(value)}")
        if above is not None and not value > above:
            raise InvalidInput(field, f"must be above {above:g}, not {_shown(value)}")
        if below is not None and not value < below:
            raise InvalidInput(field, f"must be below {below:g}, not {_shown(value)}")
        return float(value)

    return check


def decimal(field: str, meta: Meta | None) -> Callable[[Any, int], Decimal]:
    """The check of a finite Decimal within the bounds."""

    def check(value: Any, dimension: int) -> Decimal:
        if not isinstance(value, Decimal):
            raise InvalidInput(field, f"must be a Decimal, not {type(value).__name__}")
        if not value.is_finite():
            raise InvalidInput(field, f"must be a finite number, not {value}")
        # Beyond these, PostgreSQL has no numeric, and asyncpg 0.32 sends 0 for the greatest.
        if value and (value.adjusted() >= _DIGITS_BEFORE or int(value.as_tuple().exponent) < -_DIGITS_AFTER):
            raise InvalidInput(field, f"must have at most {_DIGITS_BEFORE} digits before and {_DIGITS_AFTER} after the decimal point")
        for bound, fits, rule in _BOUNDS:
            limit = getattr(meta, bound, None)
            if limit is not None and not fits(value, limit):
                raise InvalidInput(field, f"must be {rule} {limit}, not {value:.40g}")
        return value

    return check


def _shown(number: Any) -> str:
    # Python refuses to print integers of more than 4,300 digits.
    return f"{number!r:.40}" if not isinstance(number, int) or number.bit_length() < 200 else "a number of many digits"
