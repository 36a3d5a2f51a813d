"""What memdb refuses, told by the names that an adapter's callers know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from memdb.errors import InvalidInput


@contextmanager
def as_fields(names: Mapping[str, str]) -> Iterator[None]:
    """InvalidInput of a field of memdb's is one of the field that stands for it: `names` has it by memdb's."""
    try:
        yield
    except InvalidInput as error:
        if (name := names.get(error.field)) is None:
            raise
        raise InvalidInput(name, error.rule) from error
