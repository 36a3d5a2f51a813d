"""Plain text for people: a line of any content, and columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import combining, east_asian_width


def one_line(text: str) -> str:
    """The text in one line, without what a terminal would obey."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def shortened(text: str, longest: int) -> str:
    """Its beginning in one line, of at most so many characters."""
    line = one_line(text)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def columns(rows: Sequence[Sequence[str]], *, right: int) -> list[str]:
    """The rows as lines, each column as wide as its widest cell; the first `right` columns are to the right, as numbers are."""
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
    """In a terminal."""
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)
