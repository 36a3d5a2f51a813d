"""Waiting for calls: from threads other than the event loop's, from other event loops, and despite a cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future
from typing import Any, TypeVar

from memdb.errors import PoolClosed

T = TypeVar("T")


class Done:
    """An awaitable that is already done."""

    def __await__(self) -> Generator[None, None, None]:
        return
        yield


def wait(loop: asyncio.AbstractEventLoop, call: Callable[..., Coroutine[Any, Any, T]], *arguments: Any, **named: Any) -> T:
    """What `call` returns or raises, run on `loop`.

    Raises asyncio.InvalidStateError on that loop, which would wait for itself, and PoolClosed if the loop is closed, and with it the
    database.
    """
    if asyncio._get_running_loop() is loop:
        name = call.__name__
        raise asyncio.InvalidStateError(f"this thread runs the event loop that {name} needs: await {name}, or call from another thread")
    return _sent(loop, call(*arguments, **named)).result()


async def wait_elsewhere(loop: asyncio.AbstractEventLoop, call: Coroutine[Any, Any, T]) -> T:
    """What `call` returns or raises, run on `loop`, which may be this one or one that runs in another thread.

    Raises PoolClosed if the loop is closed, and with it the database.
    """
    if asyncio.get_running_loop() is loop:
        return await call
    return await asyncio.wrap_future(_sent(loop, call))


async def wait_to_the_end(call: Coroutine[Any, Any, T]) -> T:
    """What `call` returns or raises. A cancellation takes effect only after it has ended, so its work is completed."""
    task, cancelled = asyncio.ensure_future(call), None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = cancelled or error
    if cancelled is not None:
        # Retrieved, so that a failure that nobody is told of is not reported as never retrieved.
        _ = task.cancelled() or task.exception()
        raise cancelled
    return task.result()


def _sent(loop: asyncio.AbstractEventLoop, call: Coroutine[Any, Any, T]) -> Future[T]:
    if loop.is_closed():
        call.close()
        raise PoolClosed("the event loop that the database was connected on is closed")
    return asyncio.run_coroutine_threadsafe(call, loop)


def either(loop: asyncio.AbstractEventLoop, call: Callable[..., Coroutine[Any, Any, T]], *arguments: Any) -> Any:
    """For methods that are awaited on `loop` and called without `await` on other threads: an awaitable there, the result here."""
    return call(*arguments) if asyncio._get_running_loop() is loop else wait(loop, call, *arguments)
