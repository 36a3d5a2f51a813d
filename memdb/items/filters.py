"""Filters, checked before they are sent, because the database does not check them."""

from __future__ import annotations

from typing import Any, Final

from memdb.engine.json_values import for_jsonb
from memdb.errors import InvalidInput

_OF_FILTERS: Final = ("$and", "$or", "$not")
_OPERATORS: Final = ("$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$contains", "$icontains", "$exists", "$not")
# Each becomes a level of the predicate that PostgreSQL builds from the filter.
_LARGEST_LIST: Final = 1000
_ORDERS: Final = ("$gt", "$gte", "$lt", "$lte")


def checked(filter: Any) -> dict[str, Any] | None:
    """The filter, or None for one that everything passes. Raises InvalidInput if it is not a filter."""
    if filter is None:
        return None
    if type(filter) is not dict:
        raise InvalidInput("filter", f"must be a JSON object (a dict), not {type(filter).__name__}")
    for_jsonb("filter", filter)
    _check_filter(filter)
    return filter or None


def _check_filter(filter: Any) -> None:
    if type(filter) is not dict:
        raise InvalidInput("filter", f"must have objects (dicts) as filters in $and, $or and $not, not {type(filter).__name__}")
    for field, condition in filter.items():
        if field == "$not":
            _check_filter(condition)
        elif field in _OF_FILTERS:
            for each in _listed(field, condition):
                _check_filter(each)
        elif field.startswith("$"):
            raise InvalidInput("filter", f"must have {', '.join(_OF_FILTERS)} or a field's name where it has {field!r:.80}")
        else:
            _check_condition(field, condition)


def _check_condition(field: str, condition: Any) -> None:
    if type(condition) is not dict:
        return
    for operator, operand in condition.items():
        if operator not in _OPERATORS:
            raise InvalidInput(
                "filter",
                f"must have operators ({', '.join(_OPERATORS)}) in the object for {field!r:.80}, not {operator!r:.80}: "
                'to be equal to an object is {"$eq": {...}}',
            )
        if operator == "$not":
            _check_condition(field, operand)
        elif operator in ("$in", "$nin"):
            _listed(operator, operand)
        elif operator == "$exists" and type(operand) is not bool:
            raise InvalidInput("filter", f"must have True or False for $exists, not {type(operand).__name__}")
        elif operator == "$contains" and operand is not None and type(operand) not in (bool, int, float, str):
            raise InvalidInput("filter", f"must have a text, a number, a boolean or None for $contains, not {type(operand).__name__}")
        elif operator == "$icontains" and type(operand) is not str:
            raise InvalidInput("filter", f"must have a str for $icontains, not {type(operand).__name__}")
        elif operator in _ORDERS and type(operand) not in (int, float, str):
            raise InvalidInput("filter", f"must have a number or a str for {operator}, not {type(operand).__name__}")


def _listed(operator: str, operand: Any) -> list[Any] | tuple[Any, ...]:
    if not isinstance(operand, list | tuple):
        raise InvalidInput("filter", f"must have a list for {operator}, not {type(operand).__name__}")
    if len(operand) > _LARGEST_LIST:
        raise InvalidInput("filter", f"must have at most {_LARGEST_LIST} items for {operator}, not {len(operand)}")
    return operand
