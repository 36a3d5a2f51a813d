"""memdb check --fix: what was written, and what was not and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.syntax import Syntax

import memdb
from memdb.engine.package import Package
from memdb.engine.query import Query
from memdb.operations.fixing import fix


async def run(url: str, packages: Iterable[Package], out: Console) -> None:
    queries: list[Query[..., Any]] = []
    for package in packages:
        package.load_all()
        queries += package.queries.values()
    async with memdb.connect(url) as database:
        fixes = await fix(database.admin(), url, queries)
    for each in fixes:
        if each.refusal is None:
            out.print(Syntax(each.diff(), "diff", background_color="default", word_wrap=False))
        else:
            out.print(f"[yellow]{each.query} is left as it is:[/]", each.refusal, highlight=False, soft_wrap=True)
