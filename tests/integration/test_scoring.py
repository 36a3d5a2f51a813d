"""The formulas of scoring against figures that the formulas they come from give, and at their edges."""

from __future__ import annotations

import math

import pytest

from tests.server import fetch


def _value(dsn: str, expression: str) -> float:
    ((value,),) = fetch(dsn, f"SELECT {expression}")
    return float(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("memdb.half_life_decay(0, 14)", 1),
        ("memdb.half_life_decay(14, 14)", 0.5),
        ("memdb.half_life_decay(-3, 14)", 1),
        ("memdb.half_life_decay(7, 14)", 0.7071067811865476),
        ("memdb.half_life_decay(1e9, 7)", 2.0**-1000),
        ("memdb.effective_confidence(0.8, 0)", 0.8),
        ("memdb.effective_confidence(0.8, 7)", 0.76),
        ("memdb.effective_confidence(0.8, 90)", 0.8 * 0.95 ** (90 / 7)),
        ("memdb.effective_confidence(0.8, 1e9)", 0.1),
        ("memdb.effective_confidence(0.05, 0)", 0.1),
        ("memdb.dynamic_importance(0.5, 0, NULL, 0, false)", 0.5),
        ("memdb.dynamic_importance(0.5, 10, 0, 0, false)", 0.75),
        ("memdb.dynamic_importance(0.5, 3, 7, 1, true)", 0.5 * (1 + 0.3 * math.log(4) / math.log(11) + 0.1) * 0.8 * 1.3),
        ("memdb.dynamic_importance(0.5, 0, NULL, 5, false)", 0.16384),
        ("memdb.dynamic_importance(0.5, 0, NULL, 50, false)", 0.16384),
        ("memdb.dynamic_importance(0.01, 0, NULL, 0, false)", 0.05),
        ("memdb.dynamic_importance(1, 2147483647, 0, 0, true)", 3),
        ("memdb.vitality(0, NULL, 0, 0.8, 0, 0)", 0.25 + 0.16),
        ("memdb.vitality(0, NULL, 90, 0.8, 0, 0)", 0.125 + 0.16),
        ("memdb.vitality(10, 0, 400, 1, 5, 0)", 0.9),
        ("memdb.vitality(4, 30, 400, 0.6, 2, 1)", (0.3 * math.log(5) / math.log(11) + 0.125 + 0.12 + 0.06) * 0.8),
        ("memdb.vitality(1000, 0, 0, 1, 1000, 2147483647)", 0.9 * 0.8**1000),
    ],
)
def test_a_formula_gives_the_known_figure(expression: str, expected: float, dsn: str) -> None:
    assert _value(dsn, expression) == pytest.approx(expected, rel=1e-12)
