"""memdb spaces: changing the embedding model while searches continue."""

from __future__ import annotations

import importlib
from typing import Annotated, Any

import typer
from rich.table import Table

from memdb import spaces as area
from memdb.cli.maintaining import administered, progress_bar
from memdb.cli.output import Json, print_json
from memdb.cli.session import AdminDsn, AgentSlug, Dsn, Org, Yes, confirm, console, find_agent, find_organization, look_where_run, run
from memdb.errors import InvalidInput

Model = Annotated[str, typer.Option(help="The embedding model of the space.")]

spaces = typer.Typer(help="Embedding spaces: change the embedding model while searches continue.", no_args_is_help=True)


@spaces.command("list")
def list_spaces(dsn: Dsn = None, admin_dsn: AdminDsn = None, json: Json = False) -> None:
    """List the embedding spaces of the database."""

    async def work() -> int:
        async with administered(dsn, admin_dsn=admin_dsn) as database:
            found = await area.existing(database.admin())
        if json:
            print_json(found)
            return 0
        table = Table("space", "model", "dimension", "created", "current")
        for each in found:
            current = "yes" if each.is_current else "–"
            table.add_row(str(each.space), each.model or "(not named)", str(each.dimension), f"{each.created_at:%Y-%m-%d %H:%M}", current)
        console.print(table)
        return 0

    run(work())


@spaces.command()
def name(model: Model, dsn: Dsn = None, admin_dsn: AdminDsn = None) -> None:
    """Name the model of the current space."""

    async def work() -> int:
        async with administered(dsn, admin_dsn=admin_dsn) as database:
            number = await area.rename(database.admin(), model=model)
        console.print(f"space {number} is that of {model}")
        return 0

    run(work())


@spaces.command()
def create(model: Model, dimension: Annotated[int, typer.Option(help="1 to 4,000.")], dsn: Dsn = None, admin_dsn: AdminDsn = None) -> None:
    """Create an empty space for another model."""

    async def work() -> int:
        async with administered(dsn, admin_dsn=admin_dsn, owner=True) as database:
            await area.create(database.admin(), dimension=dimension, model=model)
        console.print(f"made; fill it with: memdb spaces fill --model {model} --embed MODULE:FUNCTION")
        return 0

    run(work())


@spaces.command()
def fill(
    model: Model,
    embed: Annotated[str, typer.Option(help="MODULE:FUNCTION, plain or async, which takes a list of texts and returns their embeddings.")],
    batch: Annotated[int, typer.Option(help="Texts per call, 1 to 1,000.")] = 100,
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
) -> None:
    """Embed what has no embedding in the space. Can be interrupted and repeated."""

    async def work() -> int:
        function = _imported(embed)
        async with administered(dsn, model, admin_dsn=admin_dsn) as database:
            with progress_bar() as bar:
                task = bar.add_task("embedding", total=None)
                stored = await area.fill(
                    database, function, batch=batch, progress=lambda done, total: bar.update(task, completed=done, total=total)
                )
        console.print(f"{stored} embedded")
        return 0

    run(work())


@spaces.command()
def compare(
    model: Model,
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Org = "default",
    agent: AgentSlug = "default",
    json: Json = False,
) -> None:
    """Compare what the current space and a model's space find, by 100 of an agent's memories."""

    async def work() -> int:
        async with administered(dsn, admin_dsn=admin_dsn) as current, administered(dsn, model, admin_dsn=admin_dsn) as other:
            org_id = await find_organization(current, org)
            theirs = await find_agent(current.tenant(org_id), agent)
            result = await area.compare(current.tenant(org_id), other.tenant(org_id), agent_id=theirs.id)
        if json:
            print_json([result])
            return 0
        console.print(f"of the 10 nearest of {result.compared} memories {result.overlap:.0%} are the same in both spaces")
        return 0

    run(work())


@spaces.command("take-over")
def take_over(model: Model, dsn: Dsn = None, admin_dsn: AdminDsn = None) -> None:
    """Make a model's space the current one. Services use it once they connect anew."""

    async def work() -> int:
        async with administered(dsn, model, admin_dsn=admin_dsn) as database:
            number = await area.take_over(database.admin())
        console.print(f"space {number} is current")
        return 0

    run(work())


@spaces.command()
def drop(
    number: Annotated[int, typer.Argument(help="The number of a space that is not current.")],
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    yes: Yes = False,
) -> None:
    """Drop a space with its embeddings, after confirmation."""

    async def work() -> int:
        async with administered(dsn, admin_dsn=admin_dsn, owner=True) as database:
            admin = database.admin()
            for each in await area.existing(admin):
                if each.space == number and not each.is_current:
                    confirm(f"drop space {number} with all embeddings of {each.model or 'a model without a name'}?", yes=yes)
            await area.drop(admin, number=number)
        console.print(f"space {number} is gone")
        return 0

    run(work())


def _imported(path: str) -> Any:
    module, _, name = path.partition(":")
    look_where_run()
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise InvalidInput("embed", f"must be MODULE:FUNCTION that can be imported: {error}") from error
