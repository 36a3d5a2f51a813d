"""memdb tokens: the API tokens of an organization."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Optional
from uuid import UUID

import typer

from memdb import tokens as area
from memdb.cli.output import Before, Json, Limit, print_json, print_rows
from memdb.cli.session import AdminDsn, Dsn, Org, console, entered, find_agent, problems, run

tokens = typer.Typer(help="List, create and revoke the API tokens of an organization.", no_args_is_help=True)

OfAgent = Annotated[Optional[str], typer.Option("--agent", help="The slug of the agent that the token is of.", show_default=False)]  # noqa: UP045


@tokens.command("list")
def list_tokens(
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Org = "default",
    agent: OfAgent = None,
    limit: Limit = 50,
    before: Before = None,
    json: Json = False,
) -> None:
    """List the tokens, including revoked ones, without their secrets."""

    async def work() -> int:
        async with entered(dsn, org, admin_dsn=admin_dsn) as (_, tenant):
            agent_id = (await find_agent(tenant, agent)).id if agent else None
            found = await area.page(tenant, agent_id=agent_id, before=before, limit=limit)
        print_rows(found, "id", "prefix", "name", "kind", "created_at", "expires_at", "revoked_at", "last_used_at", json=json)
        return 0

    run(work())


@tokens.command()
def create(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Org = "default",
    agent: OfAgent = None,
    kind: Annotated[str, typer.Option(help="organization, service or marketplace.")] = "service",
    permissions: Annotated[int, typer.Option(help="Bits to which the service gives a meaning.", min=0)] = 0,
    days: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(help="Days after which it expires. Default: never.", min=1, max=36_500, show_default=False),
    ] = None,
    network: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="A network such as 192.0.2.0/24: the token is valid only from there. May be repeated.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Create a token and print it. It is not shown again."""

    async def work() -> int:
        async with entered(dsn, org, admin_dsn=admin_dsn) as (_, tenant):
            given: dict[str, Any] = {"name": name, "kind": kind, "permissions": permissions, "allowed_networks": network or ()}
            made = await area.create(
                tenant,
                agent_id=(await find_agent(tenant, agent)).id if agent else None,
                expires_at=None if days is None else datetime.now(UTC) + timedelta(days=days),
                **given,
            )
        if json:
            print_json([made])
            return 0
        console.print(made.text, soft_wrap=True, highlight=False, markup=False)
        problems.print(f"keep it: it is not shown again; its id is {made.token.id}", soft_wrap=True, highlight=False)
        return 0

    run(work())


@tokens.command()
def revoke(
    id: Annotated[UUID, typer.Argument(help="The token's id, which `memdb tokens list` shows.")],
    reason: Annotated[Optional[str], typer.Option(help="For the audit log.", show_default=False)] = None,  # noqa: UP045
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    org: Org = "default",
) -> None:
    """Revoke a token for good."""

    async def work() -> int:
        async with entered(dsn, org, admin_dsn=admin_dsn) as (_, tenant):
            since = await area.revoke(tenant, id=id, reason=reason)
        console.print(f"revoked since {since:%Y-%m-%d %H:%M:%S} UTC", highlight=False)
        return 0

    run(work())
