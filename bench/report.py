"""The results of a comparison, as JSON, as a page of Markdown tables, and as pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from comparing import Figure
from measuring import markdown, paragraph, table
from offered import MIX, Offered
from peers.world import KNOWING, OPERATIONS
from rich.console import Console
from rich.table import Table

_OURS: Final = "memdb"
# What memdb cannot be faster than; and how much faster others have to be.
_BOUNDS: Final = ("bare asyncpg", "COPY")
_NOTABLE: Final = 1.05
_TITLE: Final = "side-by-side"
# By this name the machine's properties say how many connections many tasks share.
SHARED: Final = "connections of a shared pool"
_BLANK: Final = "–"
_FLOOR: Final = """memdb is slower than its own statements sent by bare asyncpg as a superuser, because of row-level security, deadlines,
validation and typed results; and slower than COPY, which does not look for duplicates or write history. The table has the other cases in
which all five parts of the run agree:"""
_BATCHED: Final = "combines waiting calls into one, and sends equal ones once; a single call takes longer"
_NO_HISTORY: Final = "deletes the row; memdb keeps it, and adds a version to its history"
_COMPARED: Final = "uses an index over all tenants; before `memdb index`, memdb compares every memory of the scope"
_RANKED: Final = "uses two indexes over all tenants; before `memdb index`, memdb ranks every memory of the scope"
_DENSER: Final = "builds a graph of pgvector's default density; memdb's is twice as dense, for higher recall"
_THINNER: Final = "examines 40 candidates in a sparser graph; memdb examines more in a denser one, until it has enough of the scope"
# By operation, peer, and whether memdb's indexes are there.
_REASONS: Final = {
    ("get", "LangGraph", False): _BATCHED,
    ("page", "LangGraph", False): _BATCHED,
    ("delete", "LangGraph", False): f"{_BATCHED}; {_NO_HISTORY}",
    ("delete", "mem0", False): _NO_HISTORY,
    ("vector_search", "SQLAlchemy", False): _COMPARED,
    ("vector_search", "LangGraph", False): _COMPARED,
    ("vector_search", "mem0", False): _COMPARED,
    ("hybrid_search", "SQLAlchemy", False): _RANKED,
    ("vector_search", "SQLAlchemy", True): _THINNER,
    ("vector_search", "LangGraph", True): _THINNER,
    ("hybrid_search", "SQLAlchemy", True): f"{_THINNER}, and ranks by BM25",
    ("add", "SQLAlchemy", True): _DENSER,
    ("add", "LangGraph", True): _DENSER,
    ("add", "mem0", True): _DENSER,
}


class Results(msgspec.Struct):
    """What was measured, on what, and which peers could not be; `crowd` and `offered` are of few connections."""

    machine: dict[str, Any]
    missing: list[str]
    figures: list[Figure]
    crowd: list[Figure] = []
    offered: list[Offered] = []

    def of(self, **wanted: Any) -> list[Figure]:
        return [each for each in self.figures if all(getattr(each, name) == value for name, value in wanted.items())]


def write(results: Results, folder: Path | None, suffix: str, console: Console) -> None:
    """Show the head of it, and write all of it where there is a folder."""
    console.print(head(results))
    for line in results.missing:
        console.print(line)
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    stem = "-".join(filter(None, (_TITLE, suffix)))
    (folder / f"{stem}.json").write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    (folder / f"{stem}.md").write_text(page(results, stem))
    for name, title, draw in (
        (f"{stem}-latency", "Time of one call, as a multiple of memdb's (2,000 memories, one client)", _slower),
        (f"{stem}-throughput", "Calls a second at 32 clients, as a share of memdb's (2,000 memories)", _throughput),
    ):
        with _picture(folder / name, title) as axes:
            _bars(axes, results, draw)
    if results.offered:
        with _picture(folder / f"{stem}-offered", "Latency of calls that arrive at random") as axes:
            _curves(axes, results.offered)
    console.print(f"All results are in {folder / stem}.md", soft_wrap=True)


def head(results: Results) -> Table:
    """Every operation at 2,000 memories and one client: times, and memdb's ratio to each peer."""
    peers = list(dict.fromkeys(each.peer for each in results.figures if each.peer != _OURS))
    title = "One client, a tenant of 2,000 memories (or the largest measured)"
    made = table(title, "operation", "memdb p50 ms", *(f"to {peer}" for peer in peers))
    for operation, title in OPERATIONS.items():
        figures = {each.peer: each for each in results.of(operation=operation, memories=_shown(results), **_ALONE)}
        if figures:
            ratios = [f"{figures[peer].ratio:.2f}" if peer in figures else _BLANK for peer in peers]
            made.add_row(title, f"{figures[_OURS].p50_ms:.2f}", *ratios)
    return made


_ALONE: Final[dict[str, Any]] = {"clients": 1, "latency_ms": 0.0, "indexed": False}


def _shown(results: Results) -> int:
    sizes = {each.memories for each in results.figures}
    return KNOWING if KNOWING in sizes else max(sizes)


def page(results: Results, stem: str) -> str:
    many = max(each.clients for each in results.figures)
    parts = [
        ("One client", {"clients": 1, "latency_ms": 0.0, "indexed": False}),
        (f"{many} clients", {"clients": many, "latency_ms": 0.0, "indexed": False}),
        ("One client, 1 ms added to each round trip", {"clients": 1, "latency_ms": 1.0}),
        (f"{many} clients, 1 ms added to each round trip", {"clients": many, "latency_ms": 1.0}),
        ("One client, after `memdb index`", {"clients": 1, "indexed": True}),
        (f"{many} clients, after `memdb index`", {"clients": many, "indexed": True}),
    ]
    lines = ["# Side by side", "", "`python bench/side_by_side.py` generates this page; its docstring describes the method.", ""]
    lines += [f"- {name}: {value}" for name, value in results.machine.items()] + [f"- {line}" for line in results.missing]
    lines += ["", f"![time of a call]({stem}-latency.svg)", "", f"![throughput]({stem}-throughput.svg)", ""]
    for title, wanted in parts:
        if figures := results.of(**wanted):
            lines += [f"## {title}", markdown(_of_sizes(figures)), ""]
    for clients in sorted({each.clients for each in results.crowd}):
        title = f"{clients} task{'s' * (clients > 1)} on {results.machine[SHARED]} connections"
        lines += [f"## {title}", markdown(_of_sizes([each for each in results.crowd if each.clients == clients])), ""]
    if results.offered:
        mix = ", ".join(f"{OPERATIONS[operation]} {share:.1%}" for operation, share in MIX.items())
        lines += [
            f"## Calls that arrive at random, on {results.machine[SHARED]} connections",
            "",
            paragraph(f"The mix: {mix}. Times are from arrival to answer:"),
        ]
        lines += [markdown(_offered(results.offered)), "", f"![time of a call by load]({stem}-offered.svg)", ""]
    lines += ["## What a call is made of", markdown(_counted(results.of(**_ALONE, memories=_shown(results)))), ""]
    if found := [each for each in results.figures if each.rows is not None]:
        lines += ["## What searches find", markdown(_found(found)), ""]
    lines += ["## Where memdb is slower", "", _FLOOR, markdown(_lost(results.figures)), ""]
    return "\n".join(lines)


def _of_sizes(figures: Sequence[Figure]) -> Table:
    sizes = sorted({each.memories for each in figures})
    timed = [column for size in sizes for column in (f"{size:,}: p50 ms", "p99 ms", "a second", "memdb's ratio", "spread")]
    made = table(None, "operation", "peer", *timed, names=2)
    for operation, peer, rows in _grouped(figures):
        cells = []
        for size in sizes:
            found = next((each for each in rows if each.memories == size), None)
            cells += _timed(found) if found else [_BLANK] * 5
        made.add_row(operation, peer, *cells)
    return made


def _timed(figure: Figure) -> list[str]:
    spread = _BLANK if figure.peer == _OURS else f"{figure.least:.2f}–{figure.greatest:.2f}"
    ratio = _BLANK if figure.peer == _OURS else f"{figure.ratio:.2f}"
    return [f"{figure.p50_ms:.2f}", f"{figure.p99_ms:.2f}", f"{figure.per_second:,.0f}", ratio, spread]


def _offered(offered: Sequence[Offered]) -> Table:
    made = table(None, "arrivals a second", "peer", "answered a second", "p50 ms", "p99 ms", "p99.9 ms", names=2)
    for each in sorted(offered, key=lambda each: each.per_second):
        times = [f"{ms:,.2f}" for ms in (each.p50_ms, each.p99_ms, each.p999_ms)]
        made.add_row(f"{each.per_second:,.0f}", each.peer, f"{each.answered_per_second:,.0f}", *times)
    return made


def _counted(figures: Sequence[Figure]) -> Table:
    made = table(None, "operation", "peer", "round trips", "statements", "client CPU ms", "peak KiB", names=2)
    for operation, peer, (figure, *_) in _grouped(figures):
        counts = [str(each) if each is not None else _BLANK for each in (figure.round_trips, figure.statements)]
        made.add_row(operation, peer, *counts, f"{figure.cpu_ms:.2f}", f"{figure.peak_kib or 0:,}")
    return made


def _found(figures: Sequence[Figure]) -> Table:
    made = table(None, "operation", "peer", "memories", "p50 ms", "rows", "recall", names=3)
    for each in sorted(figures, key=lambda each: (list(OPERATIONS).index(each.operation), each.memories, each.indexed)):
        name = f"{each.peer}, after `memdb index`" if each.indexed and each.peer == _OURS else each.peer
        if each.indexed and each.peer != _OURS:
            continue
        recall = _BLANK if each.recall is None else f"{each.recall:.3f}"
        made.add_row(OPERATIONS[each.operation], name, f"{each.memories:,}", f"{each.p50_ms:.2f}", f"{each.rows:.1f}", recall)
    return made


def _lost(figures: Sequence[Figure]) -> Table:
    made = table(None, "operation", "peer", "why", "memories", "clients", "added ms", "memdb's ratio", "spread", names=3)
    slower = [each for each in figures if each.peer not in (_OURS, *_BOUNDS) and each.least > 1 and each.ratio > _NOTABLE]
    for each in sorted(slower, key=lambda each: (list(OPERATIONS).index(each.operation), each.peer, each.indexed, each.clients)):
        title = OPERATIONS[each.operation] + (", after `memdb index`" if each.indexed else "")
        why = _REASONS.get((each.operation, each.peer, each.indexed), _BLANK)
        made.add_row(title, each.peer, why, f"{each.memories:,}", str(each.clients), f"{each.latency_ms:.0f}", *_timed(each)[3:])
    return made


def _grouped(figures: Sequence[Figure]) -> Iterable[tuple[str, str, list[Figure]]]:
    """Title, peer and figures, in the order of the operations, memdb first."""
    for operation, title in OPERATIONS.items():
        of_operation = [each for each in figures if each.operation == operation]
        peers = sorted(dict.fromkeys(each.peer for each in of_operation), key=lambda peer: peer != _OURS)
        for number, peer in enumerate(peers):
            yield title if number == 0 else "", peer, [each for each in of_operation if each.peer == peer]


def _slower(results: Results, figure: Figure) -> float:
    return 1 / figure.ratio


def _throughput(results: Results, figure: Figure) -> float | None:
    many = max(each.clients for each in results.figures)
    wanted = {"operation": figure.operation, "memories": figure.memories, "clients": many, "latency_ms": 0.0, "indexed": False}
    by_peer = {each.peer: each.per_second for each in results.of(**wanted)}
    return by_peer[figure.peer] / by_peer[_OURS] if figure.peer in by_peer else None


@contextmanager
def _picture(path: Path, title: str) -> Iterator[Any]:
    """The axes to draw on; saved as SVG and PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    drawing, axes = plt.subplots(figsize=(13, 5.5), layout="constrained")
    axes.set_title(title)
    axes.set_yscale("log")
    axes.grid(axis="y", alpha=0.3)
    yield axes
    for suffix in ("svg", "png"):
        drawing.savefig(path.with_suffix(f".{suffix}"))
    plt.close(drawing)


def _bars(axes: Any, results: Results, value: Callable[[Results, Figure], float | None]) -> None:
    figures = results.of(memories=_shown(results), **_ALONE)
    operations = [operation for operation in OPERATIONS if any(each.operation == operation for each in figures)]
    peers = [peer for peer in dict.fromkeys(each.peer for each in results.figures) if peer != _OURS]
    width = 0.85 / len(peers)
    for number, peer in enumerate(peers):
        bars = {each.operation: bar for each in figures if each.peer == peer and (bar := value(results, each)) is not None}
        at = [place + (number - len(peers) / 2 + 0.5) * width for place, operation in enumerate(operations) if operation in bars]
        axes.bar(at, [bars[operation] for operation in operations if operation in bars], width, label=peer)
    axes.axhline(1, color="black", linewidth=1)
    axes.set_xticks(range(len(operations)), [OPERATIONS[operation] for operation in operations], rotation=20, ha="right")
    axes.legend(ncols=len(peers), loc="upper center", bbox_to_anchor=(0.5, -0.25))


def _curves(axes: Any, offered: Sequence[Offered]) -> None:
    for number, peer in enumerate(dict.fromkeys(each.peer for each in offered)):
        found = [each for each in offered if each.peer == peer]
        loads = [each.per_second for each in found]
        axes.plot(loads, [each.p50_ms for each in found], color=f"C{number}", marker="o", label=f"{peer}, p50")
        axes.plot(loads, [each.p99_ms for each in found], color=f"C{number}", marker="o", linestyle="--", label=f"{peer}, p99")
    axes.set_xlabel("arrivals per second")
    axes.set_ylabel("ms from arrival to answer")
    axes.legend()
