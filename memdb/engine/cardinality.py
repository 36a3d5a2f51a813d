"""The number of rows that a query function returns, from its return annotation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from enum import Enum
from typing import Any, get_args, get_origin

from memdb.engine.rows import NOTHING, Shape, shape_of, without_none


class Cardinality(Enum):
    ONE = "one"
    MAYBE = "maybe"
    MANY = "many"
    STREAM = "stream"
    NOTHING = "nothing"


def returned(annotation: Any) -> tuple[Cardinality, Shape]:
    if annotation is type(None):
        return Cardinality.NOTHING, NOTHING
    if get_origin(annotation) is list:
        return Cardinality.MANY, shape_of(get_args(annotation)[0])
    if get_origin(annotation) is AsyncIterator:
        return Cardinality.STREAM, shape_of(get_args(annotation)[0])
    row, optional = without_none(annotation)
    return (Cardinality.MAYBE if optional else Cardinality.ONE), shape_of(row)
