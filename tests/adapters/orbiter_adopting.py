"""What orbiter-memory's own stores write is adopted, and read as they read it."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest
from orbiter.memory.backends.postgres import PostgresMemoryStore as TheirPostgres
from orbiter.memory.backends.sqlite import SQLiteMemoryStore as TheirSQLite
from orbiter.memory.base import AIMemory, HumanMemory, MemoryMetadata, MemoryStatus, SystemMemory, ToolMemory

import memdb
from memdb import organizations
from memdb.adapters import adoptable
from memdb.adapters.orbiter import PostgresMemoryStore
from memdb.operations.adopting import adopt
from tests.adopting.orbiter import read

_CLEARED = MemoryMetadata(session_id="s-2")


@pytest.mark.parametrize("place", ["postgresql", "file"])
async def test_what_orbiter_writes_is_adopted(place: str, tmp_path: Path) -> None:
    ada = MemoryMetadata(user_id="ada", session_id="s-1", extra={"n": [1, None, 0.5]})
    calls = [{"id": "c", "name": "look_up", "arguments": "{}"}]
    source = os.environ["MEMDB_SUITE_EMPTY_DSN"] if place == "postgresql" else str(tmp_path / "items.db")
    async with TheirPostgres(source) if place == "postgresql" else TheirSQLite(source) as theirs:
        for item in (
            HumanMemory(id="m-1", content="Wo ist\n'Zürich'?", metadata=ada),
            AIMemory(id="m-2", content="", metadata=ada, tool_calls=calls),
            ToolMemory(id="m-3", content="47.4° N", metadata=ada, tool_call_id="c", tool_name="look_up", is_error=True),
            SystemMemory(id="m-4", content="Be brief.", status=MemoryStatus.DRAFT),
            SystemMemory(id="m-5", content="Be brief.", status=MemoryStatus.DISCARD),
            HumanMemory(id="m-6", content="Forget it.", metadata=_CLEARED),
        ):
            await theirs.add(item)
        await theirs.add(HumanMemory(id="m-1", content="Where is Zürich?", metadata=ada))
        await theirs.clear(metadata=_CLEARED)
        wanted = await read(theirs)
    async with memdb.connect(os.environ["MEMDB_SUITE_DSN"], timeout=60.0) as db:
        tenant = db.tenant((await organizations.create(db.admin(), slug=uuid.uuid4().hex, name="orbiter")).id)
        (adopted,) = await adopt(tenant, adoptable.system("orbiter"), source)
        assert (adopted.verified, adopted.added, adopted.rows) == (True, 6, 6)
        async with PostgresMemoryStore(tenant) as ours:
            assert await read(ours) == wanted
