"""A batch leaves what its items, added one after the other, would have left."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from memdb import agents, memories, organizations, users
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists
from memdb.memories import Memory, NewMemory
from tests.conftest import vector
from tests.server import execute, fetch

T: Final = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 4)]
SOON: Final = datetime.now(UTC) + timedelta(days=1)
USERS: Final = ("ada", "bob")

Item = dict[str, Any]

# Few of each, so that they meet. An id is the number of one.
items = st.fixed_dictionaries(
    {
        "content": st.sampled_from(["Tea", "tea ", "Coffee", "coffee", "Rain", "Snow"]),
        "user": st.sampled_from([None, None, *USERS]),
        "status": st.sampled_from(["active", "active", "active", "draft", "quarantined"]),
        "id": st.sampled_from([None, None, None, 1, 2, 3]),
        "tags": st.lists(st.sampled_from("abc"), max_size=3),
        "labels": st.sampled_from([None, {"preference": 0.5, "episodic": 0.7}]),
        "embedded": st.booleans(),
        "observed_at": st.sampled_from([None, T[0]]),
        "valid_until": st.sampled_from([None, None, datetime(2090, 1, 1, tzinfo=UTC)]),
        "expires": st.booleans(),
    }
)
EARLIER: Final = st.lists(st.tuples(items, st.sampled_from(["kept", "kept", "archived", "deleted", "expired"])), max_size=5)


def _plain(content: str, **more: Any) -> Item:
    absent = dict.fromkeys(("user", "id", "labels", "observed_at", "valid_until"))
    return {**absent, "content": content, "status": "active", "tags": [], "embedded": False, "expires": False, **more}


class Side:
    """An agent with its users and ids: both sides of a comparison have the same, by other names."""

    def __init__(self, tenant: Tenant, agent_id: uuid.UUID, user_ids: dict[str, uuid.UUID]) -> None:
        self.tenant = tenant
        self.agent_id = agent_id
        self.user_ids = user_ids
        self.names = {id: name for name, id in user_ids.items()}

    def item(self, given: Item) -> NewMemory:
        more = {name: given[name] for name in ("content", "status", "tags", "labels", "observed_at", "valid_until")}
        return NewMemory(
            **more,
            user_id=self.user_ids[given["user"]] if given["user"] else None,
            id=None if given["id"] is None else uuid.uuid5(self.agent_id, str(given["id"])),
            embedding=vector(1) if given["embedded"] else None,
            embedding_model="m" if given["embedded"] else None,
            expires_at=SOON if given["expires"] else None,
        )

    async def add(self, items: Iterable[NewMemory]) -> list[Memory] | str:
        """One after the other, all or none."""
        try:
            async with self.tenant.transaction() as tx:
                return [await memories.add(tx, agent_id=self.agent_id, **_fields(item)) for item in items]
        except AlreadyExists as error:
            return str(error)

    async def add_many(self, items: Iterable[NewMemory]) -> list[Memory] | str:
        try:
            return await memories.add_many(self.tenant, agent_id=self.agent_id, items=items)
        except AlreadyExists as error:
            return str(error)

    def seen(self, added: list[Memory] | str) -> Any:
        """What came of it: memories by the place where each came first."""
        if isinstance(added, str):
            return added
        places: dict[uuid.UUID, int] = {}
        hidden = {"id", "agent_id", "created_at", "updated_at", "valid_from", "observed_at"}
        return [
            {
                **{name: value for name, value in msgspec.structs.asdict(each).items() if name not in hidden},
                "place": places.setdefault(each.id, len(places)),
                "user_id": self.names.get(each.user_id),  # type: ignore[arg-type]
                "times": (each.observed_at in T, each.valid_from in T),
            }
            for each in added
        ]

    def stored(self, dsn: str) -> Any:
        return sorted(
            fetch(
                dsn,
                f"""
                SELECT
                    m.content, m.status, u.email, m.tags, m.version, m.deleted_at IS NULL, m.embedded, m.labels::text,
                    coalesce((SELECT retrievals FROM memdb.memory_usage AS s WHERE s.memory_id = m.id), 0),
                    (SELECT count(*) FROM memdb.memory_embeddings AS e WHERE e.memory_id = m.id AND e.embedding IS NOT NULL),
                    ARRAY(SELECT t.tag FROM memdb.memory_tags AS t WHERE t.memory_id = m.id ORDER BY 1),
                    ARRAY(SELECT v.operation FROM memdb.memory_versions AS v WHERE v.memory_id = m.id ORDER BY v.version)
                FROM memdb.memories AS m
                LEFT JOIN memdb.users AS u ON u.id = m.user_id
                WHERE m.agent_id = '{self.agent_id}'
                """,
            ),
            key=str,
        )


def _fields(item: NewMemory) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__struct_fields__}


async def _sides(db: Database) -> list[Side]:
    made = []
    for _ in range(2):
        organization = await organizations.create(db.admin(), slug=f"o{uuid.uuid4()}"[:40], name="x")
        tenant = db.tenant(organization.id)
        user_ids = {name: (await users.create(tenant, email=f"{name}@example.com")).id for name in USERS}
        await organizations.set_quotas(db.admin(organization.id), memories=100, agents=None, monthly_tokens=None)
        made.append(Side(tenant, (await agents.create(tenant, slug="a", name="A")).id, user_ids))
    return made


async def _prepare(side: Side, dsn: str, given: Item, state: str) -> None:
    added = await side.add([side.item({**given, "expires": True} if state == "expired" else given)])
    if isinstance(added, str):
        return
    if state == "archived" and added[0].status == "active":
        await memories.update(side.tenant, id=added[0].id, status="archived")
    elif state == "deleted":
        await memories.delete(side.tenant, id=added[0].id)
    elif state == "expired":
        before = "created_at = now() - interval '2 h', expires_at = now() - interval '1 h'"
        execute(dsn, f"UPDATE memdb.memories SET {before} WHERE id = '{added[0].id}'")


@given(earlier=EARLIER, batch=st.lists(items, min_size=1, max_size=8))
@example(earlier=[(_plain("Tea", expires=True), "expired")], batch=[_plain("tea"), _plain("Tea", id=1), _plain("Tea")])
@example(earlier=[], batch=[_plain("Tea", status="draft"), _plain("Tea"), _plain("tea", status="draft"), _plain("Tea", user="ada")])
@example(earlier=[(_plain("Tea", id=1), "archived")], batch=[_plain("Tea", id=1), _plain("Tea"), _plain("Tea", id=2)])
@example(earlier=[(_plain("Rain", id=1), "kept")], batch=[_plain("Tea"), _plain("Tea", id=1), _plain("Rain", id=1, user="ada")])
@example(earlier=[(_plain("Rain", user="bob"), "kept")], batch=[_plain("Rain", id=1, user="ada"), _plain("Rain", id=1, user="bob")])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_batch_is_its_items_one_after_the_other(db: Database, dsn: str, earlier: list[tuple[Item, str]], batch: list[Item]) -> None:
    one, many = await _sides(db)
    for before, state in earlier:
        for side in (one, many):
            await _prepare(side, dsn, before, state)
    singly = one.seen(await one.add(map(one.item, batch)))
    assert many.seen(await many.add_many(map(many.item, batch))) == singly
    assert many.stored(dsn) == one.stored(dsn)
    left = [await organizations.quotas(side.tenant) for side in (one, many)]
    assert left[0] == left[1]
