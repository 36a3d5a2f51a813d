"""The results as JSON, as a page of Markdown tables, and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from measuring import console, markdown, paragraph, table
from rich.table import Table

from contracts.racing import Row, Side

# At most this share of their median with 1 ms added to each round trip; at least this multiple of their calls a second with many tasks.
P50_GOAL: Final = 0.5
RATE_GOAL: Final = 2.0
_BLANK: Final = "–"
_COUNTING: Final = (
    "For one call. LangGraph's classes send several statements as one pipeline and wait once; here, each Sync of the pipeline counts as a "
    "round trip."
)
_ONE_WAIT: Final = "the other sends its statements as one pipeline: both wait once for the network and once for the disk"
_OBJECTS: Final = "one statement on both sides; the rest is decoding rows and building objects"
_EVENTS: Final = "on both sides, most of the time goes into building events from JSON"
# By contract and call.
_REASONS: Final = {
    ("LangGraph's checkpointer", "get the latest"): _OBJECTS,
    ("LangGraph's checkpointer", "list 10"): _OBJECTS,
    ("LangGraph's checkpointer", "put"): _ONE_WAIT,
    ("LangGraph's checkpointer", "put writes"): _ONE_WAIT,
    ("LangGraph", "checkpoints of 100 steps"): _ONE_WAIT,
    ("LangGraph's store", "get"): "one statement on both sides, which takes less time than the network does",
    ("LangGraph's store", "batch of 20 gets"): (
        "one statement on both sides; memdb's looks up each item by namespace and key under row-level security, which takes a quarter more "
        "time on the server, and a quarter less on the client"
    ),
    ("LangGraph's store", "search, 10 nearest"): "memdb compares all items of the namespace; the other uses an index over all items",
    ("LangGraph's store", "search, 10 by a filter"): _OBJECTS,
    ("LangGraph's store", "put"): _ONE_WAIT,
    ("LangGraph's store", "put over another"): _ONE_WAIT,
    ("LangGraph's store", "put, not indexed"): (
        "both write all waiting calls in one statement and wait once; memdb's rows have four indexes, a foreign key and a policy, which "
        "take the server up to twice as long; the other's have two indexes"
    ),
    ("The OpenAI Agents SDK's session", "get 100 items"): "on both sides, most of the time goes into reading rows and decoding their JSON",
    ("The OpenAI Agents SDK's session", "pop"): "on both sides, each pop is a commit of its own",
    ("ADK's sessions", "get, 50 events"): _EVENTS,
    ("ADK's sessions", "get, the last 10 events"): _EVENTS,
    ("ADK's sessions", "create"): (
        "bound by the server: memdb uses one statement for every kind of write to a transcript, with its revision and its branches; the "
        "other inserts a row"
    ),
    ("ADK's sessions", "append"): "on both sides, each append is a commit of its own",
    ("mem0's vector store", "get"): (
        "bound by Python: passing a call to the event loop's thread and back takes as long as the three statements that the other's "
        "threads send, each over its own connection; saving two round trips pays off on slower networks"
    ),
    ("mem0's vector store", "insert one"): "as for get",
    ("mem0's vector store", "list 20"): (
        "no index serves a field of JSON under row-level security: memdb reads items, last changed first, until it has the user's; the "
        "other returns any 20, in no order"
    ),
    ("mem0's vector store", "search, 10 nearest"): (
        "memdb compares all items that pass the filter, and finds 10; the other filters what an HNSW index finds, and returns fewer"
    ),
}


class Results(msgspec.Struct):
    """What was measured, on what, and which contracts could not be."""

    machine: dict[str, Any]
    missing: list[str]
    rows: list[Row]

    def of(self, **wanted: Any) -> list[Row]:
        return [each for each in self.rows if all(getattr(each, name) == value for name, value in wanted.items())]


def show(results: Results) -> None:
    for contract in dict.fromkeys(each.contract for each in results.rows):
        console.print(_of_contract(results.of(contract=contract), contract))
    for line in results.missing:
        console.print(line)


def write(results: Results, path: Path) -> None:
    """The figures, and beside them the page and the picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    page = path.with_suffix(".md")
    page.write_text(_page(results, path.stem))
    _picture(results, path.with_suffix(""))
    console.print(f"All results are in {page}", soft_wrap=True)


def _page(results: Results, stem: str) -> str:
    lines = [
        "# Adapters, measured",
        "",
        "`make bench-adapters` generates this page; bench/adapters.py describes the method. The machine may have had other work during the",
        "run (`load` is that at the start), so rely on the ratios: the calls were interleaved.",
        "",
    ]
    lines += [f"- {name}: {value}" for name, value in results.machine.items()] + [f"- {line}" for line in results.missing]
    lines += ["", f"![p50 and throughput]({stem}.svg)", ""]
    for contract in dict.fromkeys(each.contract for each in results.rows):
        rows = results.of(contract=contract)
        lines += [f"## {contract}", "", f"Compared with {rows[0].rival}.", markdown(_of_contract(rows, None)), ""]
    lines += [
        "## What a call is made of",
        "",
        paragraph(_COUNTING),
        markdown(_counted([each for each in results.rows if each.ours.round_trips is not None])),
        "",
    ]
    lines += ["## Where memdb misses its goal", "", paragraph(_goal(results)), markdown(_missed(results)), ""]
    return "\n".join(lines)


def _goal(results: Results) -> str:
    return (
        f"The goal is at most {P50_GOAL:g} of the other's p50 with 1 ms added to each round trip, and at least {RATE_GOAL:g} times its "
        f"calls a second with {_many(results)} tasks. memdb is slower where the ratio of p50 is above 1, or that of calls a second below 1."
    )


def _many(results: Results) -> int:
    return max(each.tasks for each in results.rows)


def _of_contract(rows: Sequence[Row], title: str | None) -> Table:
    columns = ("memdb p50 ms", "theirs", "ratio", "spread", "memdb calls/s", "theirs", "ratio", "spread")
    made = table(title, "call", "tasks", "added ms", *columns)
    last = ""
    for each in sorted(rows, key=lambda row: (_order(rows, row), row.latency_ms, row.tasks)):
        made.add_row(
            each.call if each.call != last else "",
            str(each.tasks),
            f"{each.latency_ms:.0f}",
            f"{each.ours.p50_ms:.2f}",
            f"{each.theirs.p50_ms:.2f}",
            *_ratio(each.p50_ratio),
            f"{each.ours.per_second:,.0f}",
            f"{each.theirs.per_second:,.0f}",
            *_ratio(each.rate_ratio),
        )
        last = each.call
    return made


def _order(rows: Sequence[Row], row: Row) -> int:
    return list(dict.fromkeys(each.call for each in rows)).index(row.call)


def _ratio(ratio: tuple[float, float, float]) -> tuple[str, str]:
    return f"{ratio[0]:.2f}", f"{ratio[1]:.2f}–{ratio[2]:.2f}"


def _counted(rows: Sequence[Row]) -> Table:
    counts = ("statements", "client CPU ms", "results")
    columns = ("memdb's round trips", *counts, "theirs: round trips", *counts)
    made = table(None, "contract", "call", *columns, names=2)
    for each in rows:
        made.add_row(each.contract, each.call, *_made_of(each.ours), *_made_of(each.theirs))
    return made


def _made_of(side: Side) -> tuple[str, ...]:
    found = _BLANK if side.found is None else f"{side.found:.1f}"
    return str(side.round_trips), str(side.statements), f"{side.cpu_ms:.2f}", found


def _missed(results: Results) -> Table:
    made = table(None, "contract", "call", "why", "tasks", "added ms", "ratio of p50", "of calls a second", names=3)
    for each in results.rows:
        slow = each.latency_ms > 0 and each.p50_ratio[0] > P50_GOAL
        few = each.tasks == _many(results) and each.rate_ratio[0] < RATE_GOAL
        if slow or few:
            why = _REASONS.get((each.contract, each.call), _BLANK)
            ratios = (f"{each.p50_ratio[0]:.2f}", f"{each.rate_ratio[0]:.2f}")
            made.add_row(each.contract, each.call, why, str(each.tasks), f"{each.latency_ms:.0f}", *ratios)
    return made


def _picture(results: Results, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    names = list(dict.fromkeys((each.contract, each.call) for each in results.rows))[::-1]
    latency, many = max(each.latency_ms for each in results.rows), _many(results)
    drawing, panels = plt.subplots(1, 2, figsize=(13, 1 + 0.3 * len(names)), layout="constrained", sharey=True)
    for axes, title, goal, of in (
        (panels[0], f"p50 of one task, {latency:.0f} ms added a round trip, as a share of theirs", P50_GOAL, "p50_ratio"),
        (panels[1], f"calls a second of {many} tasks, as a multiple of theirs", RATE_GOAL, "rate_ratio"),
    ):
        wanted = {"tasks": 1, "latency_ms": latency} if of == "p50_ratio" else {"tasks": many, "latency_ms": 0.0}
        ratios = {(each.contract, each.call): getattr(each, of)[0] for each in results.of(**wanted)}
        at = [place for place, name in enumerate(names) if name in ratios]
        axes.barh(at, [ratios[names[place]] for place in at], 0.7)
        axes.axvline(1, color="black", linewidth=1)
        axes.axvline(goal, color="green", linewidth=1, linestyle="--", label="goal")
        axes.set_title(title, fontsize=10)
        axes.grid(axis="x", alpha=0.3)
        axes.legend(loc="lower right")
    panels[0].set_yticks(range(len(names)), [f"{contract}: {call}" for contract, call in names])
    for suffix in ("svg", "png"):
        drawing.savefig(path.with_suffix(f".{suffix}"))
    plt.close(drawing)
