"""All systems that can be adopted: by statements alone, or by their adapters, which are imported on demand."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from memdb.errors import InvalidInput
from memdb.operations.adopting import SYSTEMS, System

_OF_ADAPTERS: Final = {
    name: f"memdb.adapters.{module}.adopting"
    for name, module in (("aa-kit", "aakit"), ("arandu", "arandu"), ("memory-base", "memory_base"), ("orbiter", "orbiter"))
}

NAMES: Final = (*SYSTEMS, *_OF_ADAPTERS)


def system(name: str) -> System:
    """The system of this name. Raises InvalidInput for another, ExtraMissing if a requirement of its adapter is not installed."""
    if name in _OF_ADAPTERS:
        found: System = import_module(_OF_ADAPTERS[name]).SYSTEM
        return found
    if name not in SYSTEMS:
        raise InvalidInput("system", f"must be one of {', '.join(NAMES)}, not {name}")
    return SYSTEMS[name]
