import os
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
from code_reviews import queries

import memdb
from memdb import organizations
from memdb.operations import embedded
from memdb.operations.migrate import migrate


@pytest.fixture(scope="session")
def dsn() -> Iterator[str]:
    """A superuser's, of a database with all tables: TEST_DSN, or an embedded server that runs as long as the tests."""
    if given := os.environ.get("TEST_DSN"):
        migrate(given, packages=[queries])
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        server = embedded.start(folder)
        yield server.dsn
        server.leave()


@pytest.fixture
async def db(dsn: str) -> AsyncIterator[memdb.Database]:
    async with memdb.connect(dsn) as database:
        yield database


@pytest.fixture
async def tenant(db: memdb.Database) -> memdb.Tenant:
    """A new one for each test, which sees nothing of what the others did."""
    organization = await organizations.create(db.admin(), slug=uuid.uuid4().hex, name="A test's")
    return db.tenant(organization.id)
