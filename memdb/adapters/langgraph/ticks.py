"""Running concurrent calls together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from memdb.errors import CallFailed

C = TypeVar("C")
R = TypeVar("R")


class Ticks(Generic[C, R]):
    """Runs the calls made within one turn of the event loop by one call of `run`, which returns a result for each.

    If that fails because of one of them, only that one fails, and the others are run without it.
    """

    def __init__(self, run: Callable[[Sequence[C]], Awaitable[Sequence[R]]]) -> None:
        self._run = run
        self._waiting: list[tuple[C, asyncio.Future[R]]] = []
        self._running: set[asyncio.Task[None]] = set()

    async def call(self, each: C) -> R:
        """The result of this call; to be awaited on one event loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._waiting.append((each, future))
        if len(self._waiting) == 1:
            loop.call_soon(self._begin)
        return await future

    def _begin(self) -> None:
        calls, self._waiting = self._waiting, []
        task = asyncio.create_task(self._answer(calls))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _answer(self, calls: Sequence[tuple[C, asyncio.Future[R]]]) -> None:
        wanted = [call for call in calls if not call[1].done()]
        if not wanted:
            return
        try:
            results = await self._run([each for each, _ in wanted])
        except BaseException as error:
            if len(wanted) > 1 and isinstance(error, Exception) and not isinstance(error, CallFailed):
                # In their order: of several that put the same key, the last counts.
                half = len(wanted) // 2
                await self._answer(wanted[:half])
                await self._answer(wanted[half:])
                return
            for _, future in wanted:
                if not future.done():
                    future.set_exception(error) if isinstance(error, Exception) else future.cancel()
            if not isinstance(error, Exception):
                raise
        else:
            for (_, future), result in zip(wanted, results, strict=True):
                if not future.done():
                    future.set_result(result)
