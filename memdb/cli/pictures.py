"""A picture of a search's hits: a bar for each, made of the parts of its score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from memdb.memories import Hit, ScoreParts
from memdb.memories.texts import shortened

COLOURS: Final = dict(
    zip(
        ScoreParts.__struct_fields__,
        (
            "#4477aa", "#228833", "#88cc66", "#999999", "#ee7733", "#882255", "#ccbb44",
            "#cc6677", "#66ccee", "#aa8866", "#ddaa88", "#aa3377", "#222222",
        ),
        strict=True,
    )
)  # fmt: skip
_WIDTH: Final = 1000
_LEFT: Final = 420
_ROW: Final = 26
_TOP: Final = 56
_LEGEND: Final = 110
_LONGEST: Final = 60


def bars(hits: Sequence[Hit], title: str) -> str:
    """An SVG. Negative parts are to the left of the line where a bar begins."""
    rows = [{name: getattr(hit.parts, name) for name in COLOURS} for hit in hits]
    counting = [name for name in COLOURS if any(row[name] for row in rows)]
    least = min([0.0, *(sum(min(part, 0) for part in row.values()) for row in rows)])
    most = max([0.0, *(sum(max(part, 0) for part in row.values()) for row in rows)])
    scale = (_WIDTH - _LEFT - 70) / ((most - least) or 1)
    zero = _LEFT - least * scale
    legend_rows = -(-len(counting) * _LEGEND // (_WIDTH - 20))
    top = _TOP + 18 * max(legend_rows - 1, 0)
    height = top + _ROW * len(hits) + 12
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
        f'<text x="10" y="20" font-size="15">{_text(title, 120)}</text>',
        *_legend(counting),
    ]
    for number, (hit, row) in enumerate(zip(hits, rows, strict=True)):
        y = top + _ROW * number
        lines.append(f'<text x="{_LEFT - 8:.0f}" y="{y + 16}" text-anchor="end">{number + 1}. {_text(hit.memory.content, _LONGEST)}</text>')
        lines += _bar(row, zero, y, scale)
        end = zero + sum(max(part, 0) for part in row.values()) * scale
        lines.append(f'<text x="{end + 6:.1f}" y="{y + 16}">{hit.score:.3f}</text>')
    lines.append(f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="{top - 4}" y2="{height - 8}" stroke="black"/>')
    return "\n".join([*lines, "</svg>", ""])


def _bar(row: dict[str, float], zero: float, y: int, scale: float) -> Iterator[str]:
    forth = back = zero
    for name, part in row.items():
        width = abs(part) * scale
        if not width:
            continue
        back -= width if part < 0 else 0
        x = back if part < 0 else forth
        forth += width if part > 0 else 0
        told = f"<title>{name} {part:.3f}</title>"
        yield f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_ROW - 6}" fill="{COLOURS[name]}">{told}</rect>'


def _legend(names: Sequence[str]) -> Iterator[str]:
    in_row = (_WIDTH - 20) // _LEGEND
    for number, name in enumerate(names):
        x, y = 10 + number % in_row * _LEGEND, 42 + number // in_row * 18
        yield f'<rect x="{x}" y="{y - 10}" width="12" height="12" fill="{COLOURS[name]}"/><text x="{x + 17}" y="{y}">{name}</text>'


def _text(text: str, longest: int) -> str:
    return escape(shortened(text, longest))
