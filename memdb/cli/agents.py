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
    status: Annotated[Optional[str], typer.Option(help="active, paused, suspended or archived: only these.", show_default=False)] = None,  # noqa: UP045
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
    slug: Annotated[str, typer.Argument(help="What it is called by in commands; unique in its organization.")],
    name: Annotated[Optional[str], typer.Option(help="Else the slug.", show_default=False)] = None,  # noqa: UP045
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Org = "default",
    json: Json = False,
) -> None:
    """Make an agent."""

    async def work() -> int:
        async with entered(dsn, org, admin_dsn=admin_dsn) as (_, tenant):
            made = await area.create(tenant, slug=slug, name=name or slug)
        print_rows([made], *_COLUMNS, json=json)
        return 0

    run(work())


@agents.command()
def suspend(agent: Named, dsn: Dsn = None, admin_dsn: AdminDsn = None, org: Org = "default", json: Json = False) -> None:
    """Stop an agent's writes; what it knows can still be read."""
    _set_status(agent, "suspended", dsn, admin_dsn, org, json=json)


@agents.command()
def activate(agent: Named, dsn: Dsn = None, admin_dsn: AdminDsn = None, org: Org = "default", json: Json = False) -> None:
    """Let an agent's writes in again."""
    _set_status(agent, "active", dsn, admin_dsn, org, json=json)


@agents.command()
def delete(agent: Named, dsn: Dsn = None, admin_dsn: AdminDsn = None, org: Org = "default", yes: Yes = False) -> None:
    """Delete an agent, after asking: it takes no writes any more."""

    async def work() -> int:
        async with opened(dsn, org, agent, admin_dsn=admin_dsn) as place:
            confirm(f"delete the agent {agent} of {org}?", yes=yes)
            await area.delete(place.tenant, id=place.agent.id)
        console.print(f"deleted; to bring it back: memdb agents restore {place.agent.id} --org {org}", soft_wrap=True, highlight=False)
        return 0

    run(work())


@agents.command()
def restore(
    agent_id: Annotated[UUID, typer.Argument(help="Its id, as `memdb agents delete` printed it: another agent may have its slug by now.")],
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Org = "default",
    json: Json = False,
) -> None:
    """Bring a deleted agent back."""

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
