"""Calls that do not wait for one another, if their executor can run several."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from memdb.engine.executor import Executor, Transaction


async def together(on: Executor, *calls: Coroutine[Any, Any, Any]) -> list[Any]:
    """The results of the calls on `on`, in their order: run concurrently on a pool, one after the other in a transaction."""
    if not isinstance(on, Transaction):
        return await asyncio.gather(*calls)
    try:
        return [await each for each in calls]
    finally:
        # Those that did not get their turn after a failure.
        for each in calls:
            each.close()
