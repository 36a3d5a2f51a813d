from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server import Databases


@pytest.fixture(scope="session", autouse=True)
def given_dsn(databases: Databases) -> Iterator[None]:
    """Here an example's tests use a database of the server that all tests share; elsewhere they start one of their own."""
    with databases.migrated() as dsn, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_DSN", dsn)
        yield
