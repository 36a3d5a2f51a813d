"""Executions of one statement, for several callers, that travel together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from memdb.engine.connection import Connection
from memdb.engine.deadline import Deadline
from memdb.engine.line import Waiter
from memdb.engine.pace import Pace

# Beside others who have less than this left, the rest travels as if they had it.
_LEAST_TIME: Final = 0.1

GiveBack = Callable[[Connection, BaseException | None], None]


class Trip:
    """One pipeline on one connection, in a task of its own: whoever leaves leaves it to the others, and the last one ends it.

    What goes wrong is nobody's error: all go again, each alone, and hear then what becomes of their own executions. So that they can, it
    takes no more than half of the time that any of them has left.
    """

    def __init__(self, connection: Connection, travellers: Sequence[Waiter], pace: Pace, give_back: GiveBack) -> None:
        self._connection = connection
        self._executions = [traveller.execution for traveller in travellers if traveller.execution]
        self._statement = self._executions[0].statement
        self._travellers = travellers
        self._pace = pace
        self._give_back = give_back
        self._begun = False
        for traveller in travellers:
            traveller.trip, traveller.sent = self, True
        self.task = asyncio.get_running_loop().create_task(self._run())
        self.task.add_done_callback(self._part)

    def left(self) -> None:
        """A traveller has left."""
        if all(traveller.turn.done() for traveller in self._travellers):
            self.task.cancel()

    async def _run(self) -> None:
        self._begun = True
        time = asyncio.get_running_loop().time
        start = time()
        shortest = min(traveller.until for traveller in self._travellers) - start
        try:
            with Deadline(start + max(shortest, _LEAST_TIME) / 2):
                rows = await self._connection.fetch_each(self._statement, [execution.arguments for execution in self._executions])
        except BaseException as error:
            self._pace.failed(self._statement)
            self._fail(error)
            if not isinstance(error, Exception):
                raise
        else:
            self._pace.arrived(self._statement, len(rows), time() - start)
            # First, so that the server has something to do meanwhile.
            self._give_back(self._connection, None)
            for traveller, its in zip(self._travellers, rows, strict=True):
                traveller.settle(its)

    def _fail(self, error: BaseException | None) -> None:
        self._give_back(self._connection, error)
        for traveller in self._travellers:
            traveller.execution = None
            traveller.settle(None)

    def _part(self, task: asyncio.Task[None]) -> None:
        # It was cancelled before its first step.
        if not self._begun:
            self._fail(None)
        # They know it, too: a circle, which would wait for the garbage collector.
        self._travellers = ()
