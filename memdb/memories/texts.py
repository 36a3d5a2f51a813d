"""Plain text for people: contents on one line, and columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import combining, east_asian_width


def one_line(text: str) -> str:
    """The text on one line, without terminal control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def shortened(text: str, longest: int) -> str:
    """The beginning of the text on one line, at most `longest` characters."""
    line = one_line(text)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def columns(rows: Sequence[Sequence[str]], *, right: int) -> list[str]:
    """The rows as lines with aligned columns; the first `right` columns are right-aligned, as numbers are."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = []
        for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
            space = " " * (width - _width(cell))
            cells.append(space + cell if number < right else cell + space)
        lines.append("  ".join(cells).rstrip())
    return lines


def _width(text: str) -> int:
    """The width in a terminal."""
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)
