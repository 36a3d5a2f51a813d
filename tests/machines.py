"""State machines that try a database: rules in any order, each example in an organization of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from itertools import count
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

import memdb
from memdb.engine.database import Database

Result = TypeVar("Result")


class Machine(RuleBasedStateMachine):
    """A machine whose rules wait for what they ask of the database: `self.wait(facts.get(...))`."""

    def __init__(self, runner: asyncio.Runner, db: Database, slug: str) -> None:
        super().__init__()
        self.runner, self.db = runner, db
        self.wait(self.settle(slug))

    def wait(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(coroutine)

    async def settle(self, slug: str) -> None:
        """Make the example's organization."""
        raise NotImplementedError


def try_out(machine: type[Machine], dsn: str, *, share: float, steps: int) -> None:
    """Run it on a database, for a share of the profile's number of examples."""
    numbers = count()
    wanted = settings(
        max_examples=int(settings().max_examples * share),
        stateful_step_count=steps,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )

    async def opened() -> Database:
        return await memdb.connect(dsn, timeout=20.0)

    with asyncio.Runner() as runner:
        db = runner.run(opened())
        try:
            run_state_machine_as_test(lambda: machine(runner, db, f"example-{next(numbers)}"), settings=wanted)  # type: ignore[no-untyped-call]
        finally:
            runner.run(db.close())
