"""A deadline ends what is late, and takes nobody else's cancellation for its own."""

from __future__ import annotations

import asyncio
from time import perf_counter
from unittest.mock import patch

import pytest

from memdb.engine.deadline import Deadline, _Clock

pytestmark = pytest.mark.on_each_loop


def _in(seconds: float) -> Deadline:
    return Deadline(perf_counter() + seconds)


def _hold_up(seconds: float) -> None:
    """As a callback does that takes that long."""
    until = perf_counter() + seconds
    while perf_counter() < until:
        pass


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
    _hold_up(0.02)
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


async def test_each_is_ended_in_its_turn_in_whatever_order_they_were_set() -> None:
    began = perf_counter()
    ended: list[int] = []

    async def work(number: int) -> None:
        with pytest.raises(TimeoutError), Deadline(began + 0.02 * number):
            await asyncio.sleep(5)
        assert perf_counter() >= began + 0.02 * number - 0.002
        ended.append(number)

    # Some before the one that is waited for, some after it, and one that nobody waits for when its timer runs down.
    tasks = [asyncio.create_task(work(number)) for number in (4, 2, 6, 1, 5)]
    with _in(0.05):
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert ended == [1, 2, 4, 5, 6]


async def test_a_loop_that_was_held_up_takes_nothing_of_the_time() -> None:
    with _in(0.01):
        pass
    _hold_up(0.1)
    with _in(0.05):
        await asyncio.sleep(0.001)


async def test_calls_that_end_in_time_set_one_timer_together() -> None:
    with patch.object(_Clock, "set", autospec=True, side_effect=_Clock.set) as timer:
        for _ in range(1000):
            with _in(5):
                pass
        assert timer.call_count == 1
    with pytest.raises(TimeoutError), _in(0.01):
        await asyncio.sleep(5)


def test_a_loop_has_deadlines_of_its_own() -> None:
    async def late() -> None:
        with pytest.raises(TimeoutError), _in(0.01):
            await asyncio.sleep(5)

    async def left_behind() -> None:
        with _in(60):
            pass

    for _ in range(3):
        asyncio.run(left_behind())
        asyncio.run(late())
