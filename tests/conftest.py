from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
import uvloop
from hypothesis import settings

import memdb
from memdb import agents, organizations
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from tests.server import Databases

# Tests go through all query functions, which are there once their areas are imported.
memdb.load_all()

DIMENSION = 384

# The same examples in every run, and no verdict on how quick the machine is. More of them: HYPOTHESIS_PROFILE=thorough.
settings.register_profile("steady", max_examples=40, derandomize=True, deadline=None)
settings.register_profile("thorough", max_examples=20_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    own = {"asyncio": asyncio.new_event_loop}
    return own | {"uvloop": uvloop.new_event_loop} if item.get_closest_marker("on_each_loop") else own


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # What fills a database comes first, on one worker: another that steals such tests would fill a second.
    items.sort(key=lambda item: "filled" not in getattr(item, "fixturenames", ()))


@pytest.fixture
def empty_dsn(databases: Databases) -> Iterator[str]:
    """A superuser's DSN of a database without memdb."""
    with databases.empty() as dsn:
        yield dsn


@pytest.fixture(scope="session")
def shared_dsn(databases: Databases) -> Iterator[str]:
    """A superuser's DSN of a migrated database that many tests use, each as tenants of its own."""
    with databases.migrated() as made:
        yield made


@pytest.fixture
def dsn(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """A superuser's DSN of a migrated, empty database; of the shared one for a test that knows nothing but its tenants."""
    if _knows_the_database(request.node):
        with databases.migrated() as made:
            yield made
    else:
        yield request.getfixturevalue("shared_dsn")


def _knows_the_database(item: pytest.Item) -> bool:
    """Whether the test, or a fixture of its own, asks for the database and not only for what is in it."""
    info: Any = item._fixtureinfo  # type: ignore[attr-defined]
    fixtures = [each for name in info.names_closure for each in info.name2fixturedefs.get(name, ()) if each.func.__module__ != __name__]
    return any(not {"dsn", "db"}.isdisjoint(names) for names in (info.argnames, *(each.argnames for each in fixtures)))


@pytest.fixture
async def db(dsn: str) -> AsyncIterator[Database]:
    async with memdb.connect(dsn, timeout=20.0) as database:
        yield database


class Home(NamedTuple):
    """A tenant with one agent."""

    tenant: Tenant
    agent: Agent


async def settle(database: Database, slug: str) -> Home:
    organization = await organizations.create(database.admin(), slug=slug, name=slug.title())
    tenant = database.tenant(organization.id)
    return Home(tenant, await agents.create(tenant, slug="helper", name="Helper"))


def _slug(request: pytest.FixtureRequest, name: str) -> str:
    """The name itself in a database of the test's own."""
    return name if _knows_the_database(request.node) else f"{name}-{uuid.uuid4().hex}"


@pytest.fixture
async def home(request: pytest.FixtureRequest, db: Database) -> Home:
    return await settle(db, _slug(request, "acme"))


@pytest.fixture
def tenant(home: Home) -> Tenant:
    return home.tenant


@pytest.fixture
def agent(home: Home) -> Agent:
    return home.agent


@pytest.fixture
async def rival(request: pytest.FixtureRequest, db: Database) -> Home:
    """Another tenant, who must see and change nothing of the first."""
    return await settle(db, _slug(request, "rival"))


def vector(seed: int) -> np.ndarray:
    """A unit vector of its own for each seed."""
    made = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    return made / np.linalg.norm(made)
