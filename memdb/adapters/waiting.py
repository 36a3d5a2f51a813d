"""Calls from other threads than the event loop's, which wait for their results."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from memdb.errors import PoolClosed

T = TypeVar("T")


def wait(loop: asyncio.AbstractEventLoop, call: Callable[..., Coroutine[Any, Any, T]], *arguments: Any, **named: Any) -> T:
    """What `call` returns or raises, run on `loop`.

    Raises asyncio.InvalidStateError on that loop, which would wait for itself, and PoolClosed where it is closed, and the database with it.
    """
    if asyncio._get_running_loop() is loop:
        name = call.__name__
        raise asyncio.InvalidStateError(f"this thread runs the event loop that {name} needs: await {name}, or call from another thread")
    if loop.is_closed():
        raise PoolClosed("the event loop that the database was connected on is closed")
    return asyncio.run_coroutine_threadsafe(call(*arguments, **named), loop).result()
