"""An event loop in a thread of its own, for threads that have none to wait on: what they call runs there, and they wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from concurrent import futures
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from threading import RLock, Thread, current_thread
from typing import Any, Final, Generic, ParamSpec, TypeVar

from memdb.engine.belonging import Process
from memdb.errors import ForeignUse, PoolClosed

P = ParamSpec("P")
R = TypeVar("R")

_END: Final[Any] = object()


class Portal:
    """Runs calls of any number of threads. Nothing waits for it at the end of the process, nor in a forked child."""

    def __init__(self) -> None:
        self._process = Process()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="memdb", daemon=True)
        # Reentrant, since the garbage collector may leave a forgotten iterator in between.
        self._starting = RLock()
        self._closed = False
        self._tasks: set[asyncio.Task[Any]] = set()
        # What was entered and not left yet, as the functions that leave it, in that order.
        self._entered: dict[object, Callable[[BaseException | None], Awaitable[object]]] = {}
        self._thread.start()

    @property
    def closed(self) -> bool:
        return self._closed

    def run(self, function: Callable[P, Awaitable[R]], /, *args: P.args, **arguments: P.kwargs) -> R:
        """What `function` returns or raises, awaited on the portal's loop.

        If the waiting is interrupted, as by KeyboardInterrupt, the call is cancelled, and has ended when the interrupt is raised on.
        Raises PoolClosed, and ForeignUse in a forked child and from within a call.
        """
        self._check()
        with self._starting:
            if self._closed:
                raise PoolClosed("the database was closed")
            call = self._start(_awaited(function, *args, **arguments))
        try:
            return call.result()
        except futures.CancelledError:
            if not self._closed:
                raise
            raise PoolClosed("the database was closed during the call; whether a write was committed is unknown") from None

    @contextmanager
    def entered(self, manager: AbstractAsyncContextManager[R]) -> Iterator[R]:
        """`manager`, entered and left on the portal's loop. If the portal is closed meanwhile, it is left with PoolClosed."""
        try:
            yield self.run(self._enter, manager)
        except BaseException as error:
            with suppress(PoolClosed, ForeignUse):
                self.run(self._leave, manager, error)
            raise
        self.run(self._leave, manager, None)

    def iterate(self, items: AsyncIterator[R]) -> Iterator[R]:
        """`items`, each awaited on the portal's loop when it is asked for."""
        try:
            while (item := self.run(self._next, items)) is not _END:
                yield item
        finally:
            if current_thread() is self._thread:
                # The garbage collector runs in any thread.
                self._start(_awaited(self._leave, items, None))
            else:
                with suppress(PoolClosed, ForeignUse):
                    self.run(self._leave, items, None)

    def close(self, last: Callable[[], Awaitable[None]] | None = None, *, patience: float = 0.0) -> None:
        """Run `last` once all calls have ended and all that was entered is left, and end the thread.

        What takes more than `patience` seconds from now is cancelled. Closing twice is harmless. Raises ForeignUse, and what `last` raises.
        """
        self._check()
        with self._starting:
            if self._closed:
                return
            self._closed = True
            call = self._start(self._end(last, patience))
        try:
            call.result()
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _check(self) -> None:
        self._process.check()
        if current_thread() is self._thread:
            raise ForeignUse("a call of the synchronous database made another, which it would wait for without end")

    def _start(self, work: Coroutine[Any, Any, R]) -> _Call[R]:
        call = _Call(self._loop, work, self._tasks)
        self._loop.call_soon_threadsafe(call.start)
        return call

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


class _Call(Generic[R]):
    """A task on the portal's loop, and what came of it. (asyncio.run_coroutine_threadsafe does not tell when a cancelled one has ended.)"""

    def __init__(self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, R], tasks: set[asyncio.Task[Any]]) -> None:
        self._loop = loop
        self._work = work
        self._tasks = tasks
        self._outcome: futures.Future[R] = futures.Future()

    def start(self) -> None:
        self._task = self._loop.create_task(self._work)
        self._tasks.add(self._task)
        self._task.add_done_callback(self._settle)

    def result(self) -> R:
        try:
            return self._outcome.result()
        except BaseException:
            if not self._outcome.done():
                # It has started by then: the loop keeps the order.
                self._loop.call_soon_threadsafe(lambda: self._task.cancel())
                futures.wait([self._outcome])
            raise

    def _settle(self, task: asyncio.Task[R]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            self._outcome.cancel()
        elif (error := task.exception()) is not None:
            self._outcome.set_exception(error)
        else:
            self._outcome.set_result(task.result())


async def _awaited(function: Callable[P, Awaitable[R]], *args: P.args, **arguments: P.kwargs) -> R:
    return await function(*args, **arguments)
