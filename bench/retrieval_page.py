"""The results of bench/retrieval.py as JSON, as a page of Markdown tables, and as a picture of the parts of scores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from measuring import FIGURES, markdown, paragraph, table
from rich.table import Table

from memdb.cli.pictures import COLOURS

PATH = FIGURES / "retrieval.json"


class Interval(msgspec.Struct, frozen=True):
    """A mean of differences, question by question, with its 95 % interval by a bootstrap over the questions."""

    mean: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.mean:+.3f} [{self.least:+.3f}, {self.most:+.3f}]"


class Line(msgspec.Struct, frozen=True):
    """A ranking on one set: the mean share found at each depth; what it gains at the second depth over the default and over the ranking of
    conversations; its times, and how often the default's, by the median of the questions' ratios.
    """

    ranking: str
    found: list[float]
    over_default: Interval | None
    over_conversation: Interval | None
    p50_ms: float
    p95_ms: float
    times_default: float
    round_trips: int | None


class Asked(msgspec.Struct, frozen=True):
    """A set of questions with an embedder, and what each ranking found of what answers them."""

    title: str
    questions: int
    memories: int
    depths: list[int]
    lines: list[Line]


class Large(msgspec.Struct, frozen=True):
    """A ranking on a scope of many: by comparing all, and by the indexes, with the share of the first ten that these find, too."""

    ranking: str
    p50_ms: float
    p95_ms: float
    indexed_p50_ms: float
    indexed_p95_ms: float
    same: float


class MeanParts(msgspec.Struct, frozen=True):
    """The mean of each part of a score over the hits of a kind: evidence among the first, evidence behind them, others before it."""

    ranking: str
    kind: str
    hits: int
    score: float
    parts: dict[str, float]


class Figures(msgspec.Struct, kw_only=True):
    """All that is measured."""

    postgresql: str
    fsync: str
    sets: list[Asked]
    parts: list[MeanParts]
    scope: int = 0
    large: list[Large] = []


def of_set(asked: Asked) -> Table:
    second = asked.depths[1]
    found = [f"@{depth}" for depth in asked.depths]
    gains = (f"@{second} over the default", f"@{second} over conversation")
    title = f"{asked.title}: {asked.questions:,} questions on {asked.memories:,} memories"
    made = table(title, "ranking", *found, *gains, "p50 / p95 ms", "time", "round trips")
    for line in asked.lines:
        made.add_row(
            line.ranking,
            *(f"{share:.3f}" for share in line.found),
            str(line.over_default or "–"),
            str(line.over_conversation or "–"),
            f"{line.p50_ms:,.1f} / {line.p95_ms:,.1f}",
            f"{line.times_default:.2f}",
            "" if line.round_trips is None else str(line.round_trips),
        )
    return made


def of_parts(parts: Sequence[MeanParts]) -> Table:
    names = [name for name in COLOURS if any(each.parts[name] for each in parts)]
    made = table("Mean parts of scores", "ranking", "hits", "how many", "score", *names, names=2)
    for each in parts:
        made.add_row(each.ranking, each.kind, f"{each.hits:,}", f"{each.score:.3f}", *(f"{each.parts[name]:.3f}" for name in names))
    return made


def of_large(large: Sequence[Large], scope: int) -> Table:
    columns = ("exact, p50 / p95 ms", "indexed, p50 / p95 ms", "recall of the exact ten")
    made = table(f"One agent's {scope:,} memories", "ranking", *columns)
    for each in large:
        times = (f"{each.p50_ms:,.1f} / {each.p95_ms:,.1f}", f"{each.indexed_p50_ms:,.1f} / {each.indexed_p95_ms:,.1f}")
        made.add_row(each.ranking, *times, f"{each.same:.3f}")
    return made


def page(figures: Figures) -> str:
    lines = [
        "# Retrieval, measured",
        "",
        "`make bench-retrieval` generates this page. bench/retrieval.py describes the method, [Search](../search.md) the rankings.",
        "",
        f"- postgresql: {figures.postgresql}",
        f"- fsync: {figures.fsync}",
        "- embeddings: all-MiniLM-L6-v2's come with the conversations; wordllama's are computed during the run",
        "",
        "Gains are means over the questions, with 95 % bootstrap intervals. The rows below 'both, conversation' are the same ranking",
        "without one of its parts. `time` is the time of a search divided by that of 'both', as the median over the questions. All times",
        "are CPU time, of the client and the server together.",
    ]
    for asked in figures.sets:
        lines += _section(of_set(asked))
    if figures.parts:
        lines += [
            "",
            "## What is found, and what is in the way of the rest",
            "",
            paragraph(
                f"For the first set, the mean parts of scores: of evidence {figures.parts[0].kind}, of evidence behind them, and of others "
                "before it."
            ),
            _untitled(of_parts(figures.parts)),
            "",
            "![Mean parts of scores](retrieval.svg)",
        ]
    if figures.large:
        lines += _section(of_large(figures.large, figures.scope))
    return "\n".join(lines) + "\n"


def _section(made: Table) -> list[str]:
    return ["", f"## {made.title}", _untitled(made)]


def _untitled(made: Table) -> str:
    made.title = None
    return markdown(made)


def draw(parts: Sequence[MeanParts], path: Path) -> None:
    """Stacked bars, as SVG and PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "memdb"
    from matplotlib import pyplot as plt

    drawing, axes = plt.subplots(figsize=(11, 0.6 * len(parts) + 1.6), layout="constrained")
    labels = [f"{each.ranking}: {each.kind}" for each in parts]
    for name, colour in COLOURS.items():
        widths = [each.parts[name] for each in parts]
        if any(widths):
            behind = [sum(part for other, part in each.parts.items() if _is_behind(other, name, part, each)) for each in parts]
            axes.barh(labels, widths, left=behind, color=colour, label=name)
    for number, each in enumerate(parts):
        axes.text(sum(max(part, 0) for part in each.parts.values()) + 0.02, number, f"{each.score:.2f}", va="center")
    axes.axvline(0, color="black", linewidth=1)
    axes.invert_yaxis()
    axes.set_xlabel("mean score")
    axes.margins(x=0.06)
    axes.legend(ncols=6, loc="upper center", bbox_to_anchor=(0.4, -0.18))
    for suffix in ("svg", "png"):
        drawing.savefig(path.with_suffix(f".{suffix}"), metadata={"Date": None} if suffix == "svg" else None)
    plt.close(drawing)


def _is_behind(other: str, name: str, part: float, each: MeanParts) -> bool:
    """Whether the bar of `other` is between the line and that of `name`: drawn before, and on the same side."""
    names = list(COLOURS)
    return names.index(other) < names.index(name) and (part < 0) == (each.parts[name] < 0)
