"""Resolved annotations: typing's get_type_hints, with each text compiled once for all modules, because hundreds are alike."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from functools import cache
from types import CodeType
from typing import Any


def of_function(function: Callable[..., Any]) -> dict[str, Any]:
    return _evaluated(function.__annotations__, function.__globals__)


def of_parameter(function: Callable[..., Any], name: str) -> Any:
    return _value(function.__annotations__.get(name), function.__globals__)


@cache
def of_class(described: type) -> dict[str, Any]:
    """The fields' annotations, those of the bases first."""
    found: dict[str, Any] = {}
    for base in reversed(described.__mro__):
        own = inspect.get_annotations(base)
        found |= _evaluated(own, sys.modules[base.__module__].__dict__)
    return found


def _evaluated(annotations: Mapping[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(annotation, names) for name, annotation in annotations.items()}


def _value(annotation: Any, names: dict[str, Any]) -> Any:
    value = eval(_compiled(annotation), names) if isinstance(annotation, str) else annotation
    return type(None) if value is None else value


@cache
def _compiled(annotation: str) -> CodeType:
    return compile(annotation, "<annotation>", "eval")
