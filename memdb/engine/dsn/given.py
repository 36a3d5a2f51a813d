"""A parameter as given, and the error that refuses it."""

from __future__ import annotations

from typing import NamedTuple, NoReturn

from memdb.errors import InvalidInput


class Given(NamedTuple):
    """A parameter's value, and its origin: "dsn", a service, or an environment variable."""

    value: str
    source: str


def refuse(name: str, given: Given, rule: str) -> NoReturn:
    """Raises InvalidInput for the parameter. The value is not repeated, because it may be part of a password."""
    if given.source.startswith("PG"):
        raise InvalidInput(given.source, rule)
    raise InvalidInput(given.source, f"has a parameter {name}, which {rule}")
