"""Bars of the parts of scores: as long as the parts, with what counts against a hit on the other side, and safe with any text."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from xml.etree import ElementTree

import msgspec
import pytest

from memdb.cli.pictures import bars
from memdb.memories import Hit, Memory, ScoreParts

_NONE = ScoreParts(**dict.fromkeys(ScoreParts.__struct_fields__, 0.0))
_SVG = "{http://www.w3.org/2000/svg}"


def _hit(content: str, **parts: float) -> Hit:
    now = datetime.now(UTC)
    fields = dict.fromkeys(Memory.__struct_fields__) | {"id": uuid.uuid4(), "content": content, "created_at": now}
    memory = Memory(**fields)  # type: ignore[arg-type]
    return Hit(memory, sum(parts.values()), None, None, msgspec.structs.replace(_NONE, **parts))


def _drawn(svg: str) -> list[tuple[str, float, float]]:
    """Of each part: what it says, where it begins and ends."""
    found = []
    for bar in ElementTree.fromstring(svg).iter(f"{_SVG}rect"):
        title = bar.find(f"{_SVG}title")
        if title is not None:
            start = float(bar.attrib["x"])
            found.append((str(title.text), start, start + float(bar.attrib["width"])))
    return found


def test_bars_are_as_long_as_their_parts() -> None:
    svg = bars([_hit("one", vector=1.0, text=0.5, question=-0.25), _hit("two", text=0.25)], "why")
    (vector, from_vector, to_vector), (text, from_text, to_text), (question, from_question, to_question), other = _drawn(svg)
    assert (vector, text, question, other[0]) == ("vector 1.000", "text 0.500", "question -0.250", "text 0.250")
    unit = to_vector - from_vector
    assert (to_text - from_text, to_question - from_question, other[2] - other[1]) == pytest.approx((unit / 2, unit / 4, unit / 4), abs=0.2)
    assert (from_text, to_question, other[1]) == pytest.approx((to_vector, from_vector, from_vector), abs=0.11)
    names = {str(text.text) for text in ElementTree.fromstring(svg).iter(f"{_SVG}text")}
    assert names == {"why", "vector", "text", "question", "1. one", "2. two", "1.250", "0.250"}


@pytest.mark.parametrize("text", ['<b a="1">&amp;', "\x00\x1b[31m\ud800\uffff", "多" * 300])
def test_any_text_is_text(text: str) -> None:
    bars([_hit(text, vector=1.0)], text).encode()
    assert _drawn(bars([_hit(text, vector=1.0)], text))[0][0] == "vector 1.000"


def test_nothing_found_is_an_empty_picture() -> None:
    assert _drawn(bars([], "why")) == []
