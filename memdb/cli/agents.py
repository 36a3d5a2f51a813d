"""memdb agents: the agents of an organization."""

from __future__ import annotations

from typing import Annotated, Optional, cast
from uuid import UUID

import typer

from memdb import agents as area
from memdb.agents import Status
from memdb.cli.output import Before, Json, Limit, print_rows
from memdb.cli.session import AdminDsn, Dsn, Org, Yes, confirm, console, entered, opened, run

agents = typer.Typer(help="List, create, suspend, delete and restore an organization's agents.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(metavar="AGENT", help="The agent's slug.")]
_COLUMNS = ("id", "slug", "name", "status", "created_at")


@agents.command("list")
def list_agents(
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Org = "default",
    status: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Only those that are active, paused, suspended or archived.", show_default=False),
    ] = None,
    limit: Limit = 50,
    before: Before = None,
    json: Json = False,
) -> None:
    """The agents that are not deleted."""

    async def work() -> int:
        async with entered(dsn, org, admin_dsn=admin_dsn) as (_, tenant):
            found = await area.page(tenant, status=cast(Status | None, status), before=before, limit=limit)
        print_rows(found, *_COLUMNS, json=json)
        return 0

    run(work())


@agents.command()
def create(
    slug: Annotated[str, typer.Argument(help="Its name in commands, unique in the organization.")],
    name: Annotated[Optional[str], typer.Option(help="Default: the slug.", show_default=False)] = None,  # noqa: UP045
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Org = "default",
    json: Json = False,
) -> None:
    """Create an agent."""

    async def work() -> int:
        async with entered(dsn, org, admin_dsn=admin_dsn) as (_, tenant):
            made = await area.create(tenant, slug=slug, name=name or slug)
        print_rows([made], *_COLUMNS, json=json)
        return 0

    run(work())


@agents.command()
def suspend(agent: Named, dsn: Dsn = None, admin_dsn: AdminDsn = None, org: Org = "default", json: Json = False) -> None:
    """Refuse an agent's writes. What it knows can still be read."""
    _set_status(agent, "suspended", dsn, admin_dsn, org, json=json)


@agents.command()
def activate(agent: Named, dsn: Dsn = None, admin_dsn: AdminDsn = None, org: Org = "default", json: Json = False) -> None:
    """Accept a suspended agent's writes again."""
    _set_status(agent, "active", dsn, admin_dsn, org, json=json)


@agents.command()
def delete(agent: Named, dsn: Dsn = None, admin_dsn: AdminDsn = None, org: Org = "default", yes: Yes = False) -> None:
    """Delete an agent, after confirmation. Its writes are refused from then on."""

    async def work() -> int:
        async with opened(dsn, org, agent, admin_dsn=admin_dsn) as place:
            confirm(f"delete the agent {agent} of {org}?", yes=yes)
            await area.delete(place.tenant, id=place.agent.id)
        console.print(f"deleted; to bring it back: memdb agents restore {place.agent.id} --org {org}", soft_wrap=True, highlight=False)
        return 0

    run(work())


@agents.command()
def restore(
    agent_id: Annotated[UUID, typer.Argument(help="Its id, which `memdb agents delete` printed. Its slug may be another agent's by now.")],
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Org = "default",
    json: Json = False,
) -> None:
    """Restore a deleted agent."""

    async def work() -> int:
        async with entered(dsn, org, admin_dsn=admin_dsn) as (_, tenant):
            restored = await area.restore(tenant, id=agent_id)
        print_rows([restored], *_COLUMNS, json=json)
        return 0

    run(work())


def _set_status(agent: str, status: Status, dsn: str | None, admin_dsn: str | None, org: str, *, json: bool) -> None:
    async def work() -> int:
        async with opened(dsn, org, agent, admin_dsn=admin_dsn) as place:
            changed = await area.update(place.tenant, id=place.agent.id, status=status)
        print_rows([changed], *_COLUMNS, json=json)
        return 0

    run(work())
