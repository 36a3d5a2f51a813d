"""Translation of mem0's filters to those of `memdb.items`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from memdb.errors import InvalidInput
from memdb.items import Filter

_COMPARISONS: Final = {"gt": "$gt", "gte": "$gte", "lt": "$lt", "lte": "$lte"}
_OPERATORS: Final = ("eq", "ne", "in", "nin", "contains", "icontains", *_COMPARISONS)
_COMBINED: Final = ("$and", "$or", "$not")


def translated(filters: Any) -> Filter | None:
    """Raises InvalidInput, which is a ValueError, if it is not a filter."""
    if not filters:
        return None
    if not isinstance(filters, Mapping):
        raise InvalidInput("filters", f"must be a dict, not {type(filters).__name__}")
    return _all_of([_condition(field, value) for field, value in filters.items()])


def _all_of(filters: Sequence[Filter]) -> Filter:
    """One filter, without $and if no field is in two of them: that is compared faster."""
    together: Filter = {}
    for each in filters:
        if not together.keys().isdisjoint(each):
            return {"$and": [each for each in filters if each]}
        together |= each
    return together


def _condition(field: Any, value: Any) -> Filter:
    if field in _COMBINED:
        if not isinstance(value, list | tuple):
            raise InvalidInput("filters", f"must have a list of filters for {field}, not {type(value).__name__}")
        # As in mem0's own stores, a filter without conditions has no effect.
        some = [each for each in map(translated, value) if each]
        if not some:
            return {}
        return {"$not": {"$or": some}} if field == "$not" else {field: some}
    if not isinstance(field, str):
        raise InvalidInput("filters", f"must have names of fields, not {field!r:.40}")
    return _all_of([{field: each} for each in _operations(value)])


def _operations(value: Any) -> list[Any]:
    if isinstance(value, str) and value == "*":
        return [{"$exists": True}]
    if isinstance(value, list | tuple):
        return [_operation("in", value)]
    if not isinstance(value, Mapping):
        return [_operation("eq", value)]
    return [_operation(operator, operand) for operator, operand in value.items()]


def _operation(operator: Any, operand: Any) -> Any:
    if operator not in _OPERATORS:
        raise InvalidInput("filters", f"must have operators ({', '.join(_OPERATORS)}), not {operator!r:.40}")
    if operator in ("in", "nin") and not isinstance(operand, list | tuple):
        raise InvalidInput("filters", f"must have a list for {operator}, not {type(operand).__name__}")
    match operator:
        case "eq" | "ne":
            return _among(_alike(operand), operator == "eq")
        case "in" | "nin":
            return _among([same for each in operand for same in _alike(each)], operator == "in")
        case "contains" | "icontains":
            return {f"${operator}": operand if operator == "contains" else str(operand)}
    return {_COMPARISONS[operator]: operand}


def _among(values: list[Any], wanted: bool) -> Any:
    # Equality with one value is looked up before everything else.
    if wanted and len(values) == 1:
        return {"$eq": values[0]} if isinstance(values[0], dict) else values[0]
    return {"$in" if wanted else "$nin": values}


def _alike(value: Any) -> list[Any]:
    """A value, and those with the same text: mem0's own stores on PostgreSQL compare texts."""
    if isinstance(value, bool | int | float):
        return [value, json.dumps(value)]
    if isinstance(value, str):
        try:
            other = json.loads(value)
        except ValueError:
            return [value]
        if isinstance(other, bool | int | float) and json.dumps(other) == value and other == other:
            return [value, other]
    return [value]
