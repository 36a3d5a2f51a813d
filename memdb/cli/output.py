"""The output of commands: tables for people, JSON lines for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Optional
from uuid import UUID

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

Json = Annotated[bool, typer.Option("--json", help="Print lines of JSON, and nothing else, to the standard output.")]
Limit = Annotated[int, typer.Option(help="How many to list, 1 to 1,000, the newest first.")]
Before = Annotated[
    Optional[UUID],  # noqa: UP045
    typer.Option(help="The last id of the previous page.", show_default=False),
]

_WIDEST: Final = 1000
_encoder: Final = msgspec.json.Encoder()


def print_json(items: Iterable[msgspec.Struct]) -> None:
    """Print each Struct as one line of JSON, flushed at once, so that a long run can be followed."""
    for item in items:
        sys.stdout.buffer.write(_encoder.encode(item) + b"\n")
    sys.stdout.buffer.flush()


def print_rows(items: Sequence[msgspec.Struct], *columns: str, json: bool) -> None:
    """Print the Structs as lines of JSON, or these fields of theirs as a table."""
    if json:
        print_json(items)
        return
    table = Table(*(column.replace("_", " ") for column in columns))
    for item in items:
        table.add_row(*(escape(_shown(getattr(item, column))) for column in columns))
    # At full width: a truncated id is useless.
    Console(width=_WIDEST).print(table)


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "–" if value is None else str(value)
