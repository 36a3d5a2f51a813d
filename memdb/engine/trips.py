"""Executions of one statement for several callers, sent together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from time import perf_counter

from memdb.engine.connection import Connection
from memdb.engine.deadline import Deadline
from memdb.engine.line import Company, Waiter
from memdb.engine.pace import Pace

GiveBack = Callable[[Connection, BaseException | None], None]


class Trip(Company):
    """One pipeline on one connection.

    If anything goes wrong, no caller gets that error: each execution runs again alone, with its own result.
    """

    def __init__(self, connection: Connection, travellers: Sequence[Waiter], pace: Pace, give_back: GiveBack) -> None:
        super().__init__(travellers)
        self._connection = connection
        self._executions = [traveller.execution for traveller in travellers if traveller.execution]
        self._statement = self._executions[0].statement
        self._pace = pace
        self._give_back = give_back
        self._begun = False
        for traveller in travellers:
            traveller.sent = True
        self.task = asyncio.get_running_loop().create_task(self._run())
        self.task.add_done_callback(self._ended)

    async def _run(self) -> None:
        self._begun = True
        start = perf_counter()
        try:
            with Deadline(start + self.patience()):
                rows = await self._connection.fetch_each(self._statement, [execution.arguments for execution in self._executions])
        except BaseException as error:
            self._pace.failed(self._statement)
            self._fail(error)
            if not isinstance(error, Exception):
                raise
        else:
            self._pace.arrived(self._statement, len(rows), perf_counter() - start)
            # First, so that the server has work meanwhile.
            self._give_back(self._connection, None)
            for traveller, its in zip(self.members, rows, strict=True):
                traveller.settle(its)

    def _fail(self, error: BaseException | None) -> None:
        self._give_back(self._connection, error)
        for traveller in self.members:
            traveller.execution = None
            traveller.settle(None)

    def _ended(self, task: asyncio.Task[None]) -> None:
        # It was cancelled before its first step.
        if not self._begun:
            self._fail(None)
        self.part()
