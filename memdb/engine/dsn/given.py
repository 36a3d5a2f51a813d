"""A parameter as it was given, and the error that refuses it."""

from __future__ import annotations

from typing import NamedTuple, NoReturn

from memdb.errors import InvalidInput


class Given(NamedTuple):
    """A parameter's value, and where it is from: "dsn", a service, a variable of the environment."""

    value: str
    source: str


def refuse(name: str, given: Given, rule: str) -> NoReturn:
    """Raises InvalidInput for the parameter. The value is not repeated: it may be a piece of a password."""
    if given.source.startswith("PG"):
        raise InvalidInput(given.source, rule)
    raise InvalidInput(given.source, f"has a parameter {name}, which {rule}")
