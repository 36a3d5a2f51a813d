"""When a call must be over."""

from __future__ import annotations

import asyncio
from types import TracebackType


class Deadline:
    """asyncio.timeout_at() in less than half of its time: nothing is awaited to enter or leave it. In a read by key that shows.

    `at` is a time of the loop's clock. The block is cancelled then, and raises TimeoutError.
    """

    __slots__ = ("_at", "_cancelling", "_handle", "_passed", "_task")

    _task: asyncio.Task[object]

    def __init__(self, at: float) -> None:
        self._at = at
        self._passed = False

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("there is no task to cancel at the deadline")
        self._task = task
        self._cancelling = task.cancelling()
        self._handle = loop.call_at(self._at, self._pass)

    def _pass(self) -> None:
        self._passed = True
        self._task.cancel()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._handle.cancel()
        # Whoever else cancelled the task meanwhile is to see it cancelled.
        if self._passed and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error
