"""The commands and their options; the work is in the modules beside."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from memdb.cli import demo as demo_command
from memdb.cli import dumping, importing, maintaining, schema, searching
from memdb.cli.session import AgentSlug, Dimension, Dsn, Org, console, default_dimension, run

app = typer.Typer(
    help="The PostgreSQL layer under an AI agent's memory.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where the embedded server keeps its data.")] = Path(".memdb/demo"),
) -> None:
    """Store a small conversation on the embedded server and search it, with the time and round trips of each step."""
    run(demo_command.run(folder))


@app.command()
def up(
    folder: Annotated[Path, typer.Argument(help="Where the data is; created if missing.")] = Path(".memdb/data"),
    dimension: Dimension = None,
) -> None:
    """Run the embedded PostgreSQL until interrupted, and print its URL."""

    async def stay() -> int:
        from memdb.operations import embedded

        server = await asyncio.to_thread(embedded.start, folder, dimension=dimension, default_dimension=default_dimension())
        try:
            # In one write: whoever reads the URL from a pipe may close it before a second one.
            stopping = "[dim]Ctrl-C stops it, unless another process still uses it.[/]"
            console.print(f"MEMDB_DSN={server.dsn}", stopping, sep="\n", soft_wrap=True, highlight=False)
            await asyncio.Event().wait()
        finally:
            server.leave()
        return 0

    run(stay())


app.command()(schema.migrate)

app.command()(schema.check)

app.command()(schema.new)

app.command()(maintaining.index)

app.command()(maintaining.archive)

app.command()(dumping.dump)

app.command()(dumping.restore)

app.add_typer(maintaining.space, name="space")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="JSON lines; each an object with at least `content`.", dir_okay=False)],
    dsn: Dsn = None,
    org: Org = "default",
    agent: AgentSlug = "default",
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Report bad lines and go on, instead of stopping.")] = False,
) -> None:
    """Add the memories of a file; a second run, or one after a break, adds only what is missing.

    Fields of a line: content, and optionally embedding, embedding_model, category, labels, status, source, confidence, tags, metadata,
    user_id, session_id, observed_at, valid_from, valid_until, expires_at, id. A line without an embedding gets one from the local embedder,
    if its 256 dimensions are the database's.
    """
    run(importing.run(file, dsn, org, agent, skip_bad=skip_bad))


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="Any text.")],
    dsn: Dsn = None,
    org: Org = "default",
    agent: AgentSlug = "default",
    limit: Annotated[int, typer.Option(help="How many results, 1 to 1,000.")] = 10,
) -> None:
    """Search an agent's memories by words and, where the local embedder fits, by meaning."""
    run(searching.run(question, dsn, org, agent, limit))
