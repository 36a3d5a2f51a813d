"""Who is served next, and with whom."""

from __future__ import annotations

import uuid

from memdb.engine.line import Execution, Line, Waiter
from memdb.engine.pace import Pace


def waiting(line: Line, *statements: str | None) -> list[Waiter]:
    made = [Waiter(Execution(each, (), uuid.uuid4()) if each else None, 0.0) for each in statements]
    for waiter in made:
        line.join(waiter)
    return made


async def test_first_come_first_served_with_others_of_the_kind() -> None:
    line = Line()
    a, b, c, d, e, f = waiting(line, None, "x", "y", "x", None, "x")
    assert len(line) == 6
    assert line.next(lambda first, alike: 1) == [a]
    assert line.next(lambda first, alike: 2) == [b, d]
    assert line.next(lambda first, alike: 9) == [c]
    assert line.next(lambda first, alike: 1) == [e]
    assert line.next(lambda first, alike: alike) == [f]
    assert not line
    assert line.next(lambda first, alike: 1) == []


async def test_who_leaves_is_not_served_and_who_comes_back_keeps_his_place() -> None:
    line = Line()
    a, b, c = waiting(line, "x", "x", "x")
    assert line.next(lambda first, alike: 2) == [a, b]
    d, e = waiting(line, None, "x")
    for again in (b, a):
        again.execution = None
        line.join(again)
    line.leave(c)
    line.leave(c)
    assert [line.next(lambda first, alike: 1)[0] for _ in range(len(line))] == [a, b, d, e]


def test_what_is_quick_travels_in_numbers_and_what_is_slow_by_shares() -> None:
    pace = Pace()
    assert pace.room("new", 1) == 4
    assert pace.room("new", 30) == 30
    pace.arrived("quick", 4, 0.001)
    assert pace.room("quick", 1) == 20
    pace.arrived("quick", 20, 0.0015)
    assert pace.room("quick", 1) == 66
    pace.arrived("slow", 4, 0.2)
    assert pace.room("slow", 1) == 1
    assert pace.room("slow", 3) == 3
    pace.arrived("at once", 4, 0.0)
    assert pace.room("at once", 1) == 128


def test_a_slow_network_makes_no_statement_slow() -> None:
    pace, room = Pace(), 4
    pace.quickest = 0.03
    for _ in range(6):
        pace.arrived("get", room, 0.03 + room * 0.0001)
        room = pace.room("get", 1)
    assert room > 100


def test_a_busy_machine_makes_no_statement_slow() -> None:
    pace = Pace()
    for seconds in (0.004, 0.3, 0.4):
        pace.arrived("get", 64, seconds)
    assert pace.room("get", 1) == 80


def test_what_has_become_slow_is_found_out() -> None:
    pace = Pace()
    pace.arrived("page", 4, 0.001)
    for _ in range(100):
        pace.arrived("page", 4, 0.2)
    assert pace.room("page", 1) == 1


def test_after_a_failure_it_goes_alone_for_a_while() -> None:
    pace = Pace()
    pace.failed("x")
    assert [pace.room("x", 9) for _ in range(50)] == [1] * 50
    assert pace.room("x", 9) == 9
    assert pace.room("y", 9) == 9
