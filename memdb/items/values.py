"""Namespaces, keys and values as they are sent to the database."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from memdb.engine.inputs import check_for, each_checked
from memdb.engine.json_values import for_jsonb
from memdb.errors import InvalidInput
from memdb.items.structs import LARGEST_BATCH, ItemKey, Key, Labels

_LONGEST: Final = timedelta(days=365_000)
_UNSTORABLE: Final = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}

_check_labels = check_for("namespace", Labels)
_check_key = check_for("key", Key)


def places(keys: Iterable[ItemKey], *, of: str = "keys") -> list[dict[str, Any]]:
    """Where some items are, as it is sent. Raises InvalidInput, which says which of the argument `of` is wrong."""
    if isinstance(keys, str | bytes) or not isinstance(keys, Iterable):
        raise InvalidInput(of, f"must be a list, not {type(keys).__name__}")
    listed = list(islice(keys, LARGEST_BATCH + 1))
    if len(listed) > LARGEST_BATCH:
        raise InvalidInput(of, f"must be at most {LARGEST_BATCH} at a time")
    if not all(isinstance(each, tuple) and len(each) == 2 for each in listed):
        raise InvalidInput(of, "must be ItemKey objects, or pairs of a namespace and a key")
    return each_checked(listed, lambda each: {"namespace": _check_labels(each[0], 0), "key": _check_key(each[1], 0)}, of=of)


def duration(time_to_live: Any) -> timedelta | None:
    """The time to live, checked; None for never. Raises InvalidInput if it is not positive or is too long."""
    if time_to_live is None:
        return None
    if not isinstance(time_to_live, timedelta):
        raise InvalidInput("time_to_live", f"must be a timedelta, not {type(time_to_live).__name__}")
    if not timedelta(0) < time_to_live <= _LONGEST:
        raise InvalidInput("time_to_live", f"must be longer than 0 and at most {_LONGEST.days} days")
    return time_to_live


def in_letters(value: Any) -> tuple[str, Any]:
    """The exact JSON text of a value, and what filters see of it, which jsonb can store. Raises InvalidInput if it is not JSON.

    The text may also contain what is not JSON but is accepted by Python's `json`: NaN, infinities and lone surrogates.
    """
    try:
        visible = _visible(value)
        for_jsonb("value", visible)
        return json.dumps(value), visible
    except RecursionError:
        raise InvalidInput("value", "must not be nested as deeply, nor contain itself") from None


def _visible(value: Any) -> Any:
    """A copy with U+FFFD for NUL and lone surrogates, null for NaN and infinities, and 0 for negative zero."""
    kind = type(value)
    if kind is str:
        return value.translate(_UNSTORABLE)
    if kind is float:
        return value + 0.0 if math.isfinite(value) else None
    if kind is list or kind is tuple:
        return [_visible(each) for each in value]
    if kind is dict:
        if wrong := next((key for key in value if type(key) is not str), None):
            raise InvalidInput("value", f"must have strings as keys, not {type(wrong).__name__}")
        return {key.translate(_UNSTORABLE): _visible(each) for key, each in value.items()}
    return value
