"""The commands and their options; the work is done in the other modules."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Optional

import typer

from memdb import __version__
from memdb.cli import adopting, dumping, importing, maintaining, mcp, scheduled, schema, searching
from memdb.cli import demo as demo_command
from memdb.cli.agents import agents
from memdb.cli.embedding_spaces import spaces
from memdb.cli.orgs import orgs
from memdb.cli.output import Json
from memdb.cli.session import AdminDsn, AgentSlug, Dimension, Dsn, Org, connected, console, default_dimension, opened, run
from memdb.cli.tokens import tokens

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    # A local variable may hold a password.
    pretty_exceptions_show_locals=False,
    rich_markup_mode="rich",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"memdb {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", help="Print memdb's version.", is_eager=True, callback=_print_version)] = False,
) -> None:
    """The PostgreSQL layer under an AI agent's memory."""


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
            # In one write: a process that reads the URL from a pipe may close it before a second one.
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

app.command()(scheduled.maintain)

app.command()(dumping.dump)

app.command()(dumping.restore)

app.command()(adopting.adopt)

app.command()(mcp.mcp)

app.add_typer(spaces, name="spaces")

app.add_typer(orgs, name="orgs")

app.add_typer(agents, name="agents")

app.add_typer(tokens, name="tokens")


@app.command("import")
def import_(
    file: Annotated[
        str,
        typer.Argument(
            help="JSON lines in UTF-8, each an object with at least `content`; or a table, .csv or .parquet; - is the standard input."
        ),
    ],
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Org = "default",
    agent: AgentSlug = "default",
    create: Annotated[bool, typer.Option("--create", help="Create the organization and the agent if they are missing.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Report bad lines and continue, instead of stopping.")] = False,
    left_out: Annotated[
        Path, typer.Option(help="The file for the lines that --skip-bad skips and those that memdb has otherwise, as lines of JSON.")
    ] = Path("left-out.jsonl"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count the memories that would be imported, and report bad lines.")
    ] = False,
) -> None:
    """Import memories from a file. A second run, or one after an interruption, adds only what is missing. Each line is compared.

    Fields of a line, or columns: content, and optionally external_id, embedding, embedding_model, category, labels, status, source,
    confidence, tags, metadata, user_id, session_id, created_at, updated_at, observed_at, valid_from, valid_until, expires_at, id; in CSV,
    and where a column of Parquet holds texts, embedding, labels, tags and metadata are JSON. A line without an embedding gets one from the
    local embedder, if its 256 dimensions are the database's.
    """
    if dry_run:
        run(importing.check(file, connected(dsn, admin_dsn)))
    run(importing.run(file, opened(dsn, org, agent, admin_dsn=admin_dsn, create=create), skip_bad=skip_bad, left_out=left_out))


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="Any text.")],
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Org = "default",
    agent: AgentSlug = "default",
    limit: Annotated[int, typer.Option(help="How many results, 1 to 1,000.")] = 10,
    conversation: Annotated[
        bool, typer.Option("--conversation", help="Rank by the preset for memories that are the turns of conversations.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show the parts of each score, and which words matched in which memory.")
    ] = False,
    picture: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="An .svg file for a picture of the scores' parts. It is overwritten.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Search an agent's memories by words and, where the local embedder fits, by meaning."""
    opening = opened(dsn, org, agent, admin_dsn=admin_dsn)
    run(searching.run(question, opening, limit, as_conversation=conversation, explain=explain, picture=picture, json=json))
