"""memdb orgs: the organizations, which are the tenants."""

from __future__ import annotations

from typing import Annotated, Any, Optional, cast
from uuid import UUID

import typer

from memdb import organizations
from memdb.cli.output import Before, Json, Limit, print_rows
from memdb.cli.session import ACTOR, AdminDsn, Dsn, Yes, confirm, connected, console, find_organization, run
from memdb.organizations import Status

orgs = typer.Typer(help="List, create, suspend, delete and restore organizations, the tenants.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(metavar="ORG", help="The organization's slug, or its id.")]
Why = Annotated[Optional[str], typer.Option(help="For the audit log.", show_default=False)]  # noqa: UP045
_COLUMNS = ("id", "slug", "name", "tier", "status", "created_at")


@orgs.command("list")
def list_organizations(
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    status: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Only those that are active, trial, suspended or cancelled.", show_default=False),
    ] = None,
    deleted: Annotated[bool, typer.Option("--deleted", help="List the deleted ones instead, for `memdb orgs restore`.")] = False,
    limit: Limit = 50,
    before: Before = None,
    json: Json = False,
) -> None:
    """List the organizations."""

    async def work() -> int:
        async with connected(dsn, admin_dsn) as database:
            found = await organizations.page(
                database.admin(), status=cast(Status | None, status), deleted=deleted, before=before, limit=limit
            )
        print_rows(found, *_COLUMNS, json=json)
        return 0

    run(work())


@orgs.command()
def create(
    slug: Annotated[str, typer.Argument(help="Its unique name in commands.")],
    name: Annotated[Optional[str], typer.Option(help="Default: the slug.", show_default=False)] = None,  # noqa: UP045
    tier: Annotated[str, typer.Option(help="free, pro or enterprise.")] = "free",
    language: Annotated[str, typer.Option(help="The language of its texts, whose inflections searches know.")] = "english",
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    json: Json = False,
) -> None:
    """Create an organization."""

    async def work() -> int:
        async with connected(dsn, admin_dsn) as database:
            given: dict[str, Any] = {"slug": slug, "name": name or slug, "tier": tier, "language": language}
            made = await organizations.create(database.admin(actor=ACTOR), **given)
        print_rows([made], *_COLUMNS, json=json)
        return 0

    run(work())


@orgs.command()
def suspend(org: Named, reason: Why = None, dsn: Dsn = None, admin_dsn: AdminDsn = None, json: Json = False) -> None:
    """Refuse an organization's writes. Its data can still be read."""
    _set_status(org, "suspended", reason, dsn, admin_dsn, json=json)


@orgs.command()
def activate(org: Named, reason: Why = None, dsn: Dsn = None, admin_dsn: AdminDsn = None, json: Json = False) -> None:
    """Accept a suspended organization's writes again."""
    _set_status(org, "active", reason, dsn, admin_dsn, json=json)


@orgs.command()
def delete(org: Named, reason: Why = None, dsn: Dsn = None, admin_dsn: AdminDsn = None, yes: Yes = False) -> None:
    """Delete an organization, after confirmation. Until it is erased, `memdb orgs restore` restores it."""

    async def work() -> int:
        async with connected(dsn, admin_dsn) as database:
            org_id = await find_organization(database, org)
            confirm(f"delete the organization {org}?", yes=yes)
            await organizations.delete(database.admin(org_id, actor=ACTOR), reason=reason)
        console.print(f"deleted; to bring it back: memdb orgs restore {org_id}", soft_wrap=True, highlight=False)
        return 0

    run(work())


@orgs.command()
def restore(
    org_id: Annotated[UUID, typer.Argument(help="Its id, which `memdb orgs list --deleted` shows. Its slug may be another's by now.")],
    reason: Why = None,
    dsn: Dsn = None,
    admin_dsn: AdminDsn = None,
    json: Json = False,
) -> None:
    """Restore a deleted organization."""

    async def work() -> int:
        async with connected(dsn, admin_dsn) as database:
            restored = await organizations.restore(database.admin(org_id, actor=ACTOR), reason=reason)
        print_rows([restored], *_COLUMNS, json=json)
        return 0

    run(work())


def _set_status(org: str, status: Status, reason: str | None, dsn: str | None, admin_dsn: str | None, *, json: bool) -> None:
    async def work() -> int:
        async with connected(dsn, admin_dsn) as database:
            admin = database.admin(await find_organization(database, org), actor=ACTOR)
            changed = await organizations.update(admin, status=status, reason=reason)
        print_rows([changed], *_COLUMNS, json=json)
        return 0

    run(work())
