"""The commands, run in this process."""

from __future__ import annotations

import os
from typing import Any

import msgspec
from click.testing import Result
from typer.testing import CliRunner

from memdb.cli.app import app


def memdb(*arguments: str, input: str | bytes | None = None, **environment: str) -> Result:
    """What `memdb ARGUMENTS` comes to, without the variables that this process may have."""
    unset = {name: None for name in os.environ if name.startswith("MEMDB_")}
    result = CliRunner().invoke(app, arguments, input=input, env={**unset, **environment})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def imported(output: str) -> dict[str, int | str]:
    """The row of the table at the end of `memdb import`, by column."""
    lines = output.splitlines()
    at = next(at for at, line in enumerate(lines) if line.split()[:2] == ["lines", "added"])
    values = zip(lines[at].split(), lines[at + 2].split(), strict=True)
    return {name: int(value) if value.isdigit() else value for name, value in values}


def lines(result: Result) -> list[dict[str, Any]]:
    """The lines of JSON that are all of the standard output."""
    return [msgspec.json.decode(line) for line in result.stdout.splitlines()]
