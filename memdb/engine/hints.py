"""Resolved annotations: typing's get_type_hints, with each text compiled once for all modules, because hundreds are alike."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from functools import cache
from types import CodeType
from typing import Any, get_type_hints

from memdb.errors import QueryDefinitionError


def of_function(function: Callable[..., Any]) -> dict[str, Any]:
    return _evaluated(_name(function), function.__annotations__, function.__globals__)


def of_parameter(function: Callable[..., Any], name: str) -> Any:
    annotation = function.__annotations__.get(name)
    return _evaluated(_name(function), {name: annotation}, function.__globals__)[name]


def of_typed_dict(keys: Any) -> dict[str, Any]:
    """The keys' annotations, those of the bases among them."""
    try:
        return get_type_hints(keys, include_extras=True)
    except Exception as error:
        raise QueryDefinitionError(f"{_name(keys)}: {_why(error)}") from error


@cache
def of_class(described: type) -> dict[str, Any]:
    """The fields' annotations, those of the bases first."""
    found: dict[str, Any] = {}
    for base in reversed(described.__mro__):
        own = inspect.get_annotations(base)
        found |= _evaluated(_name(described), own, sys.modules[base.__module__].__dict__)
    return found


def _evaluated(of: str, annotations: Mapping[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, annotation in annotations.items():
        try:
            found[name] = _value(annotation, names)
        except Exception as error:
            raise QueryDefinitionError(f"{of}: the annotation of {name}, {annotation}: {_why(error)}") from error
    return found


def _name(described: Any) -> str:
    return f"{described.__module__}.{described.__qualname__}"


def _why(error: Exception) -> str:
    hint = ": import it for more than type checking, in the module's own scope" if isinstance(error, NameError) else ""
    return f"{error}{hint}"


def _value(annotation: Any, names: dict[str, Any]) -> Any:
    value = eval(_compiled(annotation), names) if isinstance(annotation, str) else annotation
    return type(None) if value is None else value


@cache
def _compiled(annotation: str) -> CodeType:
    return compile(annotation, "<annotation>", "eval")
