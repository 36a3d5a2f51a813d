from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server import Databases, running


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The server that all tests share, those of the examples too."""
    with running() as dsn:
        made = Databases(dsn)
        yield made
        made.drop_templates()
