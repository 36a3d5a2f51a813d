"""An event loop in a thread of its own, on which threads without an event loop run their calls and wait for them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent import futures
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from threading import RLock, Thread, current_thread
from typing import Any, Final, ParamSpec, TypeVar, cast

from memdb.engine.belonging import Process
from memdb.errors import ForeignUse, PoolClosed

P = ParamSpec("P")
R = TypeVar("R")

_END: Final[Any] = object()


class Portal:
    """Runs the calls of any number of threads. Nothing waits for it when the process ends, nor in a forked child."""

    def __init__(self) -> None:
        self._process = Process()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="memdb", daemon=True)
        # Reentrant, because the garbage collector may close a forgotten iterator at any point.
        self._starting = RLock()
        self._closed = False
        self._tasks: set[asyncio.Task[Any]] = set()
        # The functions that exit what has been entered and not exited, in the order of entry.
        self._entered: dict[object, Callable[[BaseException | None], Awaitable[object]]] = {}
        self._thread.start()

    def run(self, function: Callable[P, Awaitable[R]], /, *args: P.args, **arguments: P.kwargs) -> R:
        """What `function` returns or raises, awaited on the portal's loop.

        If the wait is interrupted, for example by KeyboardInterrupt, the call is cancelled, and has ended when the interrupt propagates.
        Raises PoolClosed, and ForeignUse in a forked child and from within a call.
        """
        self._check()
        call = _Call(self._loop, self._tasks)
        try:
            with self._starting:
                if self._closed:
                    raise PoolClosed("the database was closed")
                call.begin(function, *args, **arguments)
            return cast(R, call.outcome.result())
        except futures.CancelledError:
            if not self._closed:
                raise
            raise PoolClosed("the database was closed during the call; whether a write was committed is unknown") from None
        except BaseException:
            if not self._closed:
                call.stop()
            raise
        finally:
            # Otherwise an error and its traceback would keep each other alive.
            del call

    @contextmanager
    def entered(self, manager: AbstractAsyncContextManager[R]) -> Iterator[R]:
        """`manager`, entered and exited on the portal's loop. If the portal is closed meanwhile, it is exited with PoolClosed."""
        try:
            yield self.run(self._enter, manager)
            self.run(self._leave, manager, None)
        except BaseException as error:
            self._make_left(manager, error)
            raise

    def iterate(self, items: AsyncIterator[R]) -> Iterator[R]:
        """`items`, each awaited on the portal's loop on demand."""
        try:
            while (item := self.run(self._next, items)) is not _END:
                yield item
        finally:
            self._make_left(items, None)

    def close(self, last: Callable[[], Awaitable[None]] | None = None, *, patience: float = 0.0) -> None:
        """Run `last` once all calls have ended and everything entered has been exited, and end the thread.

        Whatever takes more than `patience` seconds from now is cancelled. Closing twice is harmless. Raises ForeignUse, and what `last`
        raises.
        """
        self._check()
        with self._starting:
            if self._closed:
                return
            self._closed = True
            call = _Call(self._loop, self._tasks)
        try:
            call.begin(self._end, last, patience)
            call.outcome.result()
        except BaseException:
            call.stop()
            raise
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _check(self) -> None:
        self._process.check()
        if sys.is_finalizing():
            raise PoolClosed("the interpreter is shutting down")
        if current_thread() is self._thread:
            raise ForeignUse("a call of the synchronous database made another, which it would wait for without end")

    def _make_left(self, what: object, error: BaseException | None) -> None:
        """Exit what was entered, unless that has been done, or is no longer this process's task."""
        if current_thread() is self._thread:
            # The garbage collector runs in any thread.
            _Call(self._loop, self._tasks).begin(self._leave, what, error)
        else:
            with suppress(PoolClosed, ForeignUse):
                self.run(self._leave, what, error)

    async def _enter(self, manager: AbstractAsyncContextManager[R]) -> R:
        value = await manager.__aenter__()
        self._entered[manager] = lambda error: manager.__aexit__(type(error) if error else None, error, None)
        return value

    async def _next(self, items: AsyncIterator[R]) -> R:
        self._entered.setdefault(items, lambda error: items.aclose())  # type: ignore[attr-defined]
        return await anext(items, _END)

    async def _leave(self, what: object, error: BaseException | None) -> None:
        if (leave := self._entered.pop(what, None)) is not None:
            await leave(error)

    async def _end(self, last: Callable[[], Awaitable[None]] | None, patience: float) -> None:
        calls = self._tasks - {asyncio.current_task()}
        if calls:
            _, late = await asyncio.wait(calls, timeout=patience)
            for call in late:
                call.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for what in reversed(list(self._entered)):
            with suppress(Exception):
                await self._leave(what, PoolClosed("the database was closed"))
        if last is not None:
            await last()
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()


class _Call:
    """A task on the portal's loop and its result.

    asyncio.run_coroutine_threadsafe does not tell when a cancelled task has ended.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, tasks: set[asyncio.Task[Any]]) -> None:
        self._loop = loop
        self._tasks = tasks
        self._task: asyncio.Task[Any] | None = None
        self.outcome: futures.Future[Any] = futures.Future()

    def begin(self, function: Callable[P, Awaitable[Any]], /, *args: P.args, **arguments: P.kwargs) -> None:
        async def awaited() -> Any:
            try:
                return await function(*args, **arguments)
            except (KeyboardInterrupt, SystemExit) as error:
                # A task that raised it would end the loop, but it is the caller's thread that has to end.
                self.outcome.set_exception(error)

        def start() -> None:
            self._task = self._loop.create_task(awaited())
            self._tasks.add(self._task)
            self._task.add_done_callback(self._settle)

        self._loop.call_soon_threadsafe(start)

    def stop(self) -> None:
        """Cancel the task, and wait for its end."""
        if not self.outcome.done():
            self._loop.call_soon_threadsafe(self._cancel)
            futures.wait([self.outcome])

    def _cancel(self) -> None:
        # The loop runs callbacks in order: a call without a task by now was interrupted before it began.
        if self._task is None:
            self._give_up()
        else:
            self._task.cancel()

    def _settle(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if self.outcome.done():
            return
        if task.cancelled():
            self._give_up()
        elif (error := task.exception()) is not None:
            self.outcome.set_exception(error)
        else:
            self.outcome.set_result(task.result())

    def _give_up(self) -> None:
        self.outcome.cancel()
        self.outcome.set_running_or_notify_cancel()
