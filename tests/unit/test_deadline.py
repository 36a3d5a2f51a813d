"""A deadline ends what is late, and takes nobody else's cancellation for its own."""

from __future__ import annotations

import asyncio

import pytest

from memdb.engine.deadline import Deadline


def _in(seconds: float) -> Deadline:
    return Deadline(asyncio.get_running_loop().time() + seconds)


async def test_what_is_late_is_ended() -> None:
    task = asyncio.current_task()
    assert task is not None
    for seconds in (0.01, -1.0):
        with pytest.raises(TimeoutError), _in(seconds):
            await asyncio.sleep(5)
        assert task.cancelling() == 0


async def test_what_is_in_time_is_left_alone() -> None:
    with _in(0.01):
        result = await asyncio.sleep(0, "done")
    await asyncio.sleep(0.03)
    assert result == "done"


async def test_an_error_in_time_is_raised_as_it_is() -> None:
    with pytest.raises(ValueError, match="mine"), _in(5):
        raise ValueError("mine")


async def test_a_cancellation_stays_one() -> None:
    async def work() -> None:
        with _in(5):
            await asyncio.sleep(5)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancellation_at_the_deadline_stays_one() -> None:
    """Both come before the task runs again."""

    async def work() -> None:
        with _in(0.01):
            await asyncio.sleep(5)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.01, task.cancel)
    await asyncio.sleep(0)
    # The loop is held until both timers are due.
    until = asyncio.get_running_loop().time() + 0.02
    while asyncio.get_running_loop().time() < until:
        pass
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_the_inner_of_two() -> None:
    with _in(5):
        with pytest.raises(TimeoutError), _in(0.01):
            await asyncio.sleep(5)
        await asyncio.sleep(0.01)


async def test_the_outer_of_two() -> None:
    with pytest.raises(TimeoutError), _in(0.01), _in(5):
        await asyncio.sleep(5)
