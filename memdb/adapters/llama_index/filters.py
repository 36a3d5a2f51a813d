"""Translation of LlamaIndex's filters to those of `memdb.items`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from llama_index.core.vector_stores.types import FilterCondition, FilterOperator, MetadataFilter, MetadataFilters

from memdb.errors import InvalidInput
from memdb.items import Filter

NODE_ID: Final = "_node_id"
DOCUMENT_ID: Final = "ref_doc_id"
_LARGEST_LIST: Final = 1000
_COMPARISONS: Final = {
    FilterOperator.GT: "$gt",
    FilterOperator.GTE: "$gte",
    FilterOperator.LT: "$lt",
    FilterOperator.LTE: "$lte",
    FilterOperator.TEXT_MATCH: "$contains",
    FilterOperator.TEXT_MATCH_INSENSITIVE: "$icontains",
}
_OF_LISTS: Final = (FilterOperator.IN, FilterOperator.NIN, FilterOperator.ANY, FilterOperator.ALL)


def wanted(
    filters: MetadataFilters | None, *, node_ids: Sequence[str] | None = None, document_ids: Sequence[str] | None = None
) -> Filter | None:
    """The filter that combines all of these; None passes everything. Raises InvalidInput, which is a ValueError."""
    conditions = [_among(field, ids) for field, ids in ((NODE_ID, node_ids), (DOCUMENT_ID, document_ids)) if ids is not None]
    if filters is not None:
        conditions.append(_translated(filters))
    return {"$and": conditions} if conditions else None


def _among(field: str, ids: Sequence[str]) -> Filter:
    parts = (list(ids[start : start + _LARGEST_LIST]) for start in range(0, len(ids), _LARGEST_LIST))
    return {"$or": [{field: {"$in": part}} for part in parts]}


def _translated(filters: MetadataFilters) -> Filter:
    conditions = [_translated(each) if isinstance(each, MetadataFilters) else _condition(each) for each in filters.filters]
    if not conditions:
        return {}
    match filters.condition:
        case FilterCondition.OR:
            return {"$or": conditions}
        case FilterCondition.NOT:
            return {"$not": {"$or": conditions}}
    return {"$and": conditions}


def _condition(given: MetadataFilter) -> Filter:
    field, operator, value = given.key, given.operator, given.value
    if field.startswith("$"):
        raise InvalidInput("filters", f"must have a key that does not begin with $, not {field!r:.40}")
    if operator in _OF_LISTS and not isinstance(value, list):
        raise InvalidInput("filters", f"must have a list for {operator.value}, not {type(value).__name__}")
    values = value if isinstance(value, list) else []
    contained = [_any(field, "$contains", each) for each in values]
    match operator:
        case FilterOperator.EQ:
            return _any(field, "$eq", value)
        case FilterOperator.NE:
            return {"$not": _any(field, "$eq", value)}
        case FilterOperator.IN:
            return {field: {"$in": _equals(values)}}
        case FilterOperator.NIN:
            return {field: {"$not": {"$in": _equals(values)}}}
        case FilterOperator.CONTAINS:
            return _any(field, "$contains", value)
        case FilterOperator.ANY:
            return {"$or": contained}
        case FilterOperator.ALL:
            return {"$and": [{field: {"$exists": True}}, *contained]}
        case FilterOperator.IS_EMPTY:
            return {"$or": [{field: {"$exists": False}}, {field: {"$in": [None, "", []]}}]}
    return {field: {_COMPARISONS[operator]: value}}


def _any(field: str, operator: str, value: Any) -> Filter:
    return {"$or": [{field: {operator: each}} for each in _equals([value])]}


def _equals(values: Sequence[Any]) -> list[Any]:
    """The values, with True and False added to 1 and 0, which equal them in Python: a MetadataFilter has no other way to name them."""
    flags = [bool(value) for value in values if isinstance(value, int | float) and value in (0, 1)]
    return [*values, *flags]


def names_nothing(node_ids: Sequence[Any] | None, filters: MetadataFilters | None) -> bool:
    """Whether neither of them says what to delete."""
    return not node_ids and (filters is None or not filters.filters)
