"""What other systems keep, adopted from dumps of what their own packages wrote."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from memdb.engine.database import Tenant
from memdb.operations import adopting
from memdb.operations.adopting import SYSTEMS
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
    source, other = filled(empty_dsn, system), module(system)
    adopted = await adopting.adopt(tenant, SYSTEMS[system], source, tables=other.TABLES)
    assert all(each.verified for each in adopted), adopted
    assert all(each.added == each.rows == each.same > 0 for each in adopted), adopted
    again = await adopting.adopt(tenant, SYSTEMS[system], source, tables=other.TABLES)
    assert all(each.verified and each.added == 0 and each.same == each.rows for each in again), again
    assert json.loads(json.dumps(await other.read(tenant))) == expected(system)
