"""What other systems keep, adopted from dumps of what their own packages wrote."""

from __future__ import annotations

import asyncio
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from memdb.engine.database import Tenant
from memdb.operations import adopting
from memdb.operations.adopting import SYSTEMS
from tests.adopting import mem0, openai_agents
from tests.server import execute

DUMPS = Path(__file__).parents[1] / "adopting"


def filled(dsn: str, system: str) -> str:
    execute(dsn, (DUMPS / f"{system.replace('-', '_')}.sql").read_text())
    return dsn


def expected(system: str) -> Any:
    return json.loads((DUMPS / f"{system.replace('-', '_')}.json").read_text())


def module(system: str) -> Any:
    return import_module(f"tests.adopting.{system.replace('-', '_')}")


@pytest.mark.parametrize("system", SYSTEMS)
async def test_the_adapter_reads_what_the_system_read_and_a_second_run_adds_nothing(system: str, tenant: Tenant, empty_dsn: str) -> None:
    await adopt_twice(system, tenant, filled(empty_dsn, system))
    assert json.loads(json.dumps(await module(system).read(tenant))) == expected(system)


async def test_a_file_of_sessions_is_adopted(tenant: Tenant, tmp_path: Path) -> None:
    written = await asyncio.to_thread(openai_agents.write_file, str(tmp_path / "sessions.db"))
    await adopt_twice("openai-agents", tenant, str(tmp_path / "sessions.db"))
    assert json.dumps(await openai_agents.read(tenant)) == json.dumps(written)


async def test_mem0s_history_is_adopted_with_its_deletions(tenant: Tenant, tmp_path: Path) -> None:
    written = await asyncio.to_thread(mem0.write_file, str(tmp_path / "history.db"))
    await adopt_twice("mem0", tenant, str(tmp_path / "history.db"))
    assert await mem0.read_history(tenant) == written


async def adopt_twice(system: str, tenant: Tenant, source: str) -> None:
    adopted = await adopting.adopt(tenant, SYSTEMS[system], source, tables=module(system).TABLES)
    assert all(each.verified and each.added == each.rows == each.same > 0 for each in adopted), adopted
    again = await adopting.adopt(tenant, SYSTEMS[system], source, tables=module(system).TABLES)
    assert all(each.verified and each.added == 0 and each.same == each.rows for each in again), again
