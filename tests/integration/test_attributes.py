"""Attributes: proposed, accepted, retired, and the rules that they give to facts."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest

from memdb import CLEAR, attributes, organizations
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput, InvalidTransition, NotFound, VersionConflict, WritesRefused
from tests.conftest import Home


async def test_proposing_counts_and_leaves_the_rest(tenant: Tenant, rival: Home) -> None:
    first = await attributes.propose(tenant, key="home.city", value_type="string", time_to_live=timedelta(days=90), reason="often said")
    assert (first.status, first.seen, first.version, first.time_to_live) == ("proposed", 1, 1, timedelta(days=90))
    again = await attributes.propose(tenant, key="home.city", value_type="number", conflict_policy="reject", example="Rome")
    assert (again.seen, again.version, again.value_type, again.conflict_policy) == (2, 1, "string", "supersede")
    assert (again.example, again.reason) == (None, "often said")
    assert again.last_seen_at > first.last_seen_at == first.first_seen_at
    assert await attributes.get(tenant, key="home.city") == again
    assert await attributes.get(rival.tenant, key="home.city") is None
    assert (await attributes.propose(rival.tenant, key="home.city")).seen == 1


async def test_many_proposals_at_once_are_all_counted(tenant: Tenant) -> None:
    await asyncio.gather(*(attributes.propose(tenant, key="city") for _ in range(32)))
    assert (await attributes.page(tenant))[0].seen == 32


async def test_registering_is_idempotent(tenant: Tenant) -> None:
    rules: dict[str, Any] = {"key": "city", "value_type": "string", "conflict_policy": "reject", "time_to_live": timedelta(hours=36)}
    made = await attributes.register(tenant, **rules, reason="of our product")
    assert (made.status, made.seen, made.version) == ("accepted", 0, 1)
    assert await attributes.register(tenant, **rules) == made
    changed = await attributes.register(tenant, key="city", value_type="json")
    assert (changed.value_type, changed.conflict_policy, changed.time_to_live, changed.version) == ("json", "supersede", None, 2)
    assert changed.reason == "of our product"
    await attributes.propose(tenant, key="age")
    assert (await attributes.register(tenant, key="age", value_type="number")).status == "accepted"
    await attributes.update(tenant, key="age", status="retired")
    assert (await attributes.register(tenant, key="age", value_type="number")).status == "accepted"


async def test_pages_by_status(tenant: Tenant, rival: Home) -> None:
    for key in ("b", "a", "d", "c"):
        await attributes.propose(tenant, key=key)
    await attributes.update(tenant, key="c", status="accepted")
    assert [each.key for each in await attributes.page(tenant, limit=3)] == ["a", "b", "c"]
    assert [each.key for each in await attributes.page(tenant, after="b")] == ["c", "d"]
    assert [each.key for each in await attributes.page(tenant, status="proposed", after="a")] == ["b", "d"]
    assert [each.key for each in await attributes.page(tenant, status="accepted")] == ["c"]
    assert await attributes.page(rival.tenant) == []


ALLOWED = {"proposed": {"accepted", "retired"}, "accepted": {"retired"}, "retired": {"accepted"}}


@pytest.mark.parametrize("current", sorted(ALLOWED))
async def test_only_allowed_transitions(current: Any, tenant: Tenant) -> None:
    for wanted in ("proposed", "accepted", "retired"):
        made = await attributes.propose(tenant, key=f"{current}_{wanted}")
        if current != "proposed":
            made = await attributes.update(tenant, key=made.key, status=current)
        if wanted in ALLOWED[current] | {current}:
            assert (await attributes.update(tenant, key=made.key, status=wanted)).status == wanted  # type: ignore[arg-type]
        else:
            with pytest.raises(InvalidTransition, match=f"what is {current} cannot become {wanted}"):
                await attributes.update(tenant, key=made.key, status=wanted)  # type: ignore[arg-type]


async def test_updating(tenant: Tenant, rival: Home) -> None:
    await attributes.propose(tenant, key="city", time_to_live=timedelta(days=1))
    changed = await attributes.update(
        tenant, key="city", expected_version=1, value_type="date", conflict_policy="keep_both", reason="because"
    )
    assert (changed.value_type, changed.conflict_policy, changed.reason, changed.version) == ("date", "keep_both", "because", 2)
    assert changed.time_to_live == timedelta(days=1)
    assert (await attributes.update(tenant, key="city", time_to_live=CLEAR)).time_to_live is None
    with pytest.raises(VersionConflict):
        await attributes.update(tenant, key="city", expected_version=1, status="accepted")
    with pytest.raises(NotFound, match="no such attribute: nothing"):
        await attributes.update(tenant, key="nothing", status="accepted")
    with pytest.raises(NotFound):
        await attributes.update(rival.tenant, key="city", status="accepted")


async def test_what_an_attribute_cannot_be(tenant: Tenant, db: Database) -> None:
    bad: list[tuple[dict[str, Any], str]] = [
        ({"key": "City"}, "key must be 1 to 64 lower-case letters"),
        ({"key": ""}, "key must have 1 to 64 characters"),
        ({"key": "1a"}, "key must be"),
        ({"key": "a", "value_type": "text"}, "value_type must be one of string"),
        ({"key": "a", "conflict_policy": "ask"}, "conflict_policy must be one of"),
        ({"key": "a", "time_to_live": timedelta(0)}, "time_to_live must be longer than nothing"),
        ({"key": "a", "time_to_live": timedelta(days=40_000)}, "time_to_live must be longer than nothing, and at most 100 years"),
        ({"key": "a", "time_to_live": 5}, "time_to_live must be a timedelta, not int"),
        ({"key": "a", "reason": ""}, "reason must have 1 to 2000 characters"),
        ({"key": "a", "example": "x" * 257}, "example must have 1 to 256 characters"),
    ]
    for given, message in bad:
        for function in (attributes.propose, attributes.register):
            with pytest.raises(InvalidInput, match=message):
                await function(tenant, **given)
    assert await attributes.page(tenant) == []
    with pytest.raises(NotFound, match="no such organization"):
        await attributes.propose(db.tenant(uuid.uuid4()), key="a")
    await organizations.update(db.admin(tenant.org_id), status="suspended")
    with pytest.raises(WritesRefused):
        await attributes.propose(tenant, key="a")
