"""Profiles: one JSON document a user, patched without losing what others wrote, in versions."""

from __future__ import annotations

import asyncio
import itertools
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memdb import organizations, profiles, retention, users
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput, NotFound, UnderLegalHold, VersionConflict, WritesRefused
from memdb.profiles import Profile
from tests.conftest import Home
from tests.server import execute, fetch

# RFC 7396, appendix A: original, patch, result.
_OF_THE_RFC = [
    ('{"a":"b"}', '{"a":"c"}', '{"a":"c"}'),
    ('{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'),
    ('{"a":"b"}', '{"a":null}', "{}"),
    ('{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'),
    ('{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'),
    ('{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'),
    ('{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'),
    ('{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'),
    ('["a","b"]', '["c","d"]', '["c","d"]'),
    ('{"a":"b"}', '["c"]', '["c"]'),
    ('{"a":"foo"}', "null", "null"),
    ('{"a":"foo"}', '"bar"', '"bar"'),
    ('{"e":null}', '{"a":1}', '{"e":null,"a":1}'),
    ("[1,2]", '{"a":"b","c":null}', '{"a":"b"}'),
    ("{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'),
]


@pytest.fixture
async def ada(tenant: Tenant) -> uuid.UUID:
    return (await users.create(tenant, email="ada@example.com")).id


def _merged(target: Any, patch: Any) -> Any:
    """As in RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _merged(result.get(key), value)
    return result


_KEYS = st.sampled_from(["a", "b", "c", "", "ä b", "\\", '"'])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | _KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


def test_a_merge_patch_is_that_of_the_rfc(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:

        def merged(target: str | None, patch: str) -> Any:
            row = connection.execute("SELECT memdb.merge_patch(%s::jsonb, %s::jsonb)::text", (target, patch)).fetchone()
            return json.loads(row[0])  # type: ignore[index]

        for original, patch, result in _OF_THE_RFC:
            assert merged(original, patch) == json.loads(result) == _merged(json.loads(original), json.loads(patch))
        assert merged(None, '{"a":{"b":null}}') == {"a": {}}

        @given(_VALUES, _VALUES)
        def compare(target: Any, patch: Any) -> None:
            assert json.dumps(merged(json.dumps(target), json.dumps(patch)), sort_keys=True) == json.dumps(
                _merged(target, patch), sort_keys=True
            )

        compare()


async def test_what_is_put_is_what_is_read(tenant: Tenant, ada: uuid.UUID) -> None:
    assert await profiles.get(tenant, user_id=ada) is None
    document = {"name": "Ada", "ä": [1, 2.5, None, True], "deep": {"er": {}}}
    made = await profiles.put(tenant, user_id=ada, document=document)
    assert (made.user_id, made.document, made.version) == (ada, document, 1)
    assert await profiles.get(tenant, user_id=ada) == made
    replaced = await profiles.put(tenant, user_id=ada, document={"tone": "dry"}, expected_version=1)
    assert (replaced.document, replaced.version, replaced.created_at) == ({"tone": "dry"}, 2, made.created_at)
    assert await profiles.get(tenant, user_id=ada) == replaced
    empty = await profiles.put(tenant, user_id=ada, document={})
    assert empty.document == {}


async def test_patching(tenant: Tenant, ada: uuid.UUID) -> None:
    made = await profiles.patch(tenant, user_id=ada, changes={"name": "Ada", "gone": None, "tastes": {"tea": 1, "milk": None}})
    assert (made.document, made.version) == ({"name": "Ada", "tastes": {"tea": 1}}, 1)
    changed = await profiles.patch(
        tenant, user_id=ada, changes={"name": None, "tastes": {"tea": None, "rum": 2}, "tags": ["a"]}, expected_version=1
    )
    assert (changed.document, changed.version) == ({"tastes": {"rum": 2}, "tags": ["a"]}, 2)
    same = await profiles.patch(tenant, user_id=ada, changes={})
    assert (same.document, same.version) == (changed.document, 3)
    assert await profiles.get(tenant, user_id=ada) == same


async def test_expected_versions(tenant: Tenant, ada: uuid.UUID) -> None:
    for write in (
        profiles.put(tenant, user_id=ada, document={}, expected_version=3),
        profiles.patch(tenant, user_id=ada, changes={}, expected_version=3),
    ):
        with pytest.raises(VersionConflict, match="expected version 3, found version 0"):
            await write
    assert await profiles.get(tenant, user_id=ada) is None
    assert await profiles.versions(tenant, user_id=ada) == []
    made = await profiles.put(tenant, user_id=ada, document={"a": 1}, expected_version=0)
    calls: list[Any] = [
        profiles.put(tenant, user_id=ada, document={"a": 2}, expected_version=0),
        profiles.patch(tenant, user_id=ada, changes={"a": 2}, expected_version=0),
        profiles.patch(tenant, user_id=ada, changes={"a": 2}, expected_version=2),
        profiles.revert(tenant, user_id=ada, version=1, expected_version=2),
        profiles.delete(tenant, user_id=ada, expected_version=2),
    ]
    for call in calls:
        with pytest.raises(VersionConflict, match="found version 1"):
            await call
    assert await profiles.get(tenant, user_id=ada) == made
    assert len(await profiles.versions(tenant, user_id=ada)) == 1
    results = await asyncio.gather(
        *[profiles.patch(tenant, user_id=ada, changes={"n": n}, expected_version=1) for n in range(10)], return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in results) == ["Profile"] + ["VersionConflict"] * 9


async def test_patches_at_once_lose_nothing(tenant: Tenant, ada: uuid.UUID) -> None:
    made = await asyncio.gather(*[profiles.patch(tenant, user_id=ada, changes={f"k{n}": n, "deep": {f"k{n}": n}}) for n in range(32)])
    assert sorted(each.version for each in made) == list(range(1, 33))
    found = await profiles.get(tenant, user_id=ada)
    assert found is not None
    everything = {f"k{n}": n for n in range(32)}
    assert (found.document, found.version) == ({**everything, "deep": everything}, 32)
    history = await profiles.versions(tenant, user_id=ada)
    assert [each.version for each in history] == list(range(32, 0, -1))
    for newer, older in itertools.pairwise(history):
        assert len(newer.document) == len(older.document) + 1
    results = await asyncio.gather(
        *[profiles.put(tenant, user_id=(await users.create(tenant, email=f"{n}@example.com")).id, document={}) for n in range(4)],
        *[profiles.put(tenant, user_id=ada, document={"n": n}) for n in range(16)],
    )
    assert max(each.version for each in results) == 48


class Tastes(msgspec.Struct):
    tea: int = 0
    since: datetime | None = None


class Traits(msgspec.Struct, omit_defaults=True):
    name: str | None = None
    tastes: Tastes = msgspec.field(default_factory=Tastes)
    tags: list[str] = []
    by_year: dict[int, str] = {}


class TraitsPatch(msgspec.Struct):
    name: str | msgspec.UnsetType | None = msgspec.UNSET
    tags: list[str] | msgspec.UnsetType = msgspec.UNSET


async def test_a_document_is_read_as_a_type(tenant: Tenant, ada: uuid.UUID) -> None:
    traits = Traits("Ada", Tastes(3, datetime(2024, 5, 17, tzinfo=UTC)), ["a"], {2024: "x"})
    made = await profiles.put(tenant, user_id=ada, document=traits)
    assert made.document == {"name": "Ada", "tastes": {"tea": 3, "since": "2024-05-17T00:00:00Z"}, "tags": ["a"], "by_year": {"2024": "x"}}
    assert made.document_as(Traits) == traits
    assert (await profiles.versions(tenant, user_id=ada))[0].document_as(Traits) == traits
    changed = await profiles.patch(tenant, user_id=ada, changes=TraitsPatch(name=None))
    assert changed.document_as(Traits) == Traits(None, traits.tastes, ["a"], {2024: "x"})
    for wrong, field, reason in (
        ({"name": 7}, "document.name", "does not fit Traits: Expected `str | null`, got `int`"),
        ({"tags": ["a", 1]}, "document.tags[1]", "Expected `str`, got `int`"),
        ({"tastes": {"since": "soon"}}, "document.tastes.since", "Invalid RFC3339 encoded datetime"),
        ({"tastes": []}, "document.tastes", "Expected `object`, got `array`"),
        ({"by_year": {"x": "y"}}, "key in document.by_year", "Expected `int`, got `str`"),
    ):
        found = await profiles.put(tenant, user_id=ada, document=wrong)
        with pytest.raises(InvalidInput) as raised:
            found.document_as(Traits)
        assert raised.value.field == field
        assert reason in raised.value.rule
    with pytest.raises(InvalidInput, match=r"document does not fit list: Expected `array`, got `object`"):
        found.document_as(list[int])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "must be a JSON object"),
        ("x", "must be a JSON object"),
        (None, "must be a JSON object"),
        ({"k": "x" * 65537}, "must be (a JSON object of )?at most 65536 bytes"),
        ({1: 2}, "must have strings as keys"),
        ({"k": "a\0"}, "must not contain NUL"),
        ({"k": "\ud800"}, "must not contain lone surrogates"),
        ({"k": float("nan")}, "must not contain NaN"),
        ({"k": datetime(2024, 1, 1)}, "must hold JSON values only"),
        (json.loads('{"k":' * 32 + "1" + "}" * 32), "must not be nested deeper than 32 levels"),
        (msgspec.defstruct("Odd", [("k", complex)])(1j), "must hold JSON values only"),
    ],
    ids=[f"wrong{n}" for n in range(11)],
)
async def test_wrong_documents(value: Any, message: str, tenant: Tenant, ada: uuid.UUID) -> None:
    made = await profiles.put(tenant, user_id=ada, document={"a": 1})
    with pytest.raises(InvalidInput, match=f"document {message}"):
        await profiles.put(tenant, user_id=ada, document=value)
    with pytest.raises(InvalidInput, match=f"changes {message}"):
        await profiles.patch(tenant, user_id=ada, changes=value)
    assert await profiles.get(tenant, user_id=ada) == made


async def test_a_document_has_its_limit_whatever_it_was_patched_from(tenant: Tenant, ada: uuid.UUID) -> None:
    made = await profiles.patch(tenant, user_id=ada, changes={"a": "x" * 40_000})
    with pytest.raises(InvalidInput, match="document must be a JSON object of at most 65536 bytes"):
        await profiles.patch(tenant, user_id=ada, changes={"b": "x" * 40_000})
    assert await profiles.get(tenant, user_id=ada) == made
    deep = json.loads('{"k":' * 31 + "1" + "}" * 31)
    assert (await profiles.patch(tenant, user_id=ada, changes=deep)).document["k"] == deep["k"]


async def test_versions_say_who_did_what(db: Database, tenant: Tenant, ada: uuid.UUID) -> None:
    clerk = db.tenant(tenant.org_id, actor="clerk")
    await profiles.put(clerk, user_id=ada, document={"a": 1})
    await profiles.patch(tenant, user_id=ada, changes={"b": 2})
    await profiles.delete(clerk, user_id=ada)
    await profiles.restore(clerk, user_id=ada)
    back = await profiles.revert(clerk, user_id=ada, version=1, expected_version=4)
    assert (back.document, back.version) == ({"a": 1}, 5)
    history = await profiles.versions(tenant, user_id=ada)
    both = {"a": 1, "b": 2}
    assert [(each.version, each.operation, each.changed_by, each.document) for each in history] == [
        (5, "revert", "clerk", {"a": 1}),
        (4, "restore", "clerk", both),
        (3, "delete", "clerk", both),
        (2, "patch", None, both),
        (1, "put", "clerk", {"a": 1}),
    ]
    assert [await profiles.version(tenant, user_id=ada, version=n) for n in range(5, 0, -1)] == history
    assert await profiles.version(tenant, user_id=ada, version=6) is None
    assert await profiles.versions(tenant, user_id=ada, before=4, limit=2) == history[2:4]
    assert history[0].changed_at == back.updated_at
    with pytest.raises(NotFound, match="no such profile or version"):
        await profiles.revert(tenant, user_id=ada, version=9)


async def test_deleting_restoring_and_beginning_anew(tenant: Tenant, ada: uuid.UUID) -> None:
    await profiles.put(tenant, user_id=ada, document={"secret": 1})
    assert await profiles.delete(tenant, user_id=ada, expected_version=1) == 2
    assert await profiles.get(tenant, user_id=ada) is None
    assert await profiles.page(tenant) == []
    calls: list[Any] = [
        profiles.delete(tenant, user_id=ada),
        profiles.revert(tenant, user_id=ada, version=1),
        profiles.restore(tenant, user_id=uuid.uuid4()),
    ]
    for call in calls:
        with pytest.raises(NotFound, match="profile"):
            await call
    with pytest.raises(VersionConflict):
        await profiles.restore(tenant, user_id=ada, expected_version=1)
    assert (await profiles.restore(tenant, user_id=ada, expected_version=2)).document == {"secret": 1}
    with pytest.raises(NotFound, match="deleted profile"):
        await profiles.restore(tenant, user_id=ada)
    await profiles.delete(tenant, user_id=ada)
    with pytest.raises(VersionConflict, match="expected version 4, found version 0"):
        await profiles.put(tenant, user_id=ada, document={}, expected_version=4)
    anew = await profiles.patch(tenant, user_id=ada, changes={"a": 1}, expected_version=0)
    assert (anew.document, anew.version) == ({"a": 1}, 5)


async def test_pages(tenant: Tenant) -> None:
    ids = sorted([(await users.create(tenant, email=f"{n}@example.com")).id for n in range(7)])
    made = [await profiles.put(tenant, user_id=id, document={"n": str(id)}) for id in ids]
    await profiles.delete(tenant, user_id=ids[3])
    live = made[:3] + made[4:]
    walked: list[Profile] = []
    while page := await profiles.page(tenant, after=walked[-1].user_id if walked else None, limit=2):
        walked += page
    assert walked == live
    with pytest.raises(InvalidInput, match="limit"):
        await profiles.page(tenant, limit=0)


async def test_files(tenant: Tenant, ada: uuid.UUID) -> None:
    assert await profiles.export_json(tenant, user_id=ada) is None
    made = await profiles.import_json(tenant, user_id=ada, text=b'{"name": "Ad\xc3\xa4", "tags": [1, null]}')
    assert made.document == {"name": "Adä", "tags": [1, None]}
    text = await profiles.export_json(tenant, user_id=ada)
    assert text is not None
    assert json.loads(text) == made.document
    again = await profiles.import_json(tenant, user_id=ada, text=text, expected_version=1)
    assert (again.document, again.version) == (made.document, 2)
    wrong: tuple[str | bytes, ...] = ("", "{", "[1]", "null", b"\xff", '{"a": 1} x', "7")
    for nonsense in wrong:
        with pytest.raises(InvalidInput, match=r"text must be (JSON|a JSON object)"):
            await profiles.import_json(tenant, user_id=ada, text=nonsense)
    with pytest.raises(VersionConflict):
        await profiles.import_json(tenant, user_id=ada, text="{}", expected_version=1)
    assert await profiles.get(tenant, user_id=ada) == again


async def test_unknown_users_and_other_tenants(db: Database, tenant: Tenant, ada: uuid.UUID, rival: Home) -> None:
    made = await profiles.put(tenant, user_id=ada, document={"a": 1})
    assert await profiles.get(rival.tenant, user_id=ada) is None
    assert await profiles.page(rival.tenant) == await profiles.versions(rival.tenant, user_id=ada) == []
    for user_id, on in ((ada, rival.tenant), (uuid.uuid4(), tenant)):
        with pytest.raises(NotFound, match="no such user"):
            await profiles.put(on, user_id=user_id, document={})
        with pytest.raises(NotFound, match="no such user"):
            await profiles.patch(on, user_id=user_id, changes={})
        for call in (profiles.delete(on, user_id=user_id), profiles.revert(on, user_id=user_id, version=1)):
            with pytest.raises(NotFound):
                await call
    with pytest.raises(NotFound, match="no such organization"):
        await profiles.put(db.tenant(uuid.uuid4()), user_id=ada, document={})
    for nonsense in ("x", None, 7):
        given_id: Any = nonsense
        with pytest.raises(InvalidInput, match=r"user_id must be a uuid\.UUID"):
            await profiles.get(tenant, user_id=given_id)
    assert await profiles.get(tenant, user_id=ada) == made


async def test_a_suspended_tenant_keeps_its_profiles_as_they_are(db: Database, tenant: Tenant, ada: uuid.UUID) -> None:
    made = await profiles.put(tenant, user_id=ada, document={"a": 1})
    await organizations.update(db.admin(tenant.org_id), status="suspended")
    calls: list[Any] = [
        profiles.put(tenant, user_id=ada, document={}),
        profiles.patch(tenant, user_id=ada, changes={}),
        profiles.revert(tenant, user_id=ada, version=1),
        profiles.delete(tenant, user_id=ada),
    ]
    for call in calls:
        with pytest.raises(WritesRefused, match="the organization is suspended"):
            await call
    assert await profiles.get(tenant, user_id=ada) == made


async def test_the_service_cannot_rewrite_history(tenant: Tenant, ada: uuid.UUID) -> None:
    await profiles.put(tenant, user_id=ada, document={})
    connection = await tenant._pool.acquire(5)
    for statement in (
        "UPDATE memdb.profile_versions SET document = '{}'",
        "DELETE FROM memdb.profile_versions",
        "DELETE FROM memdb.profiles",
        "UPDATE memdb.profiles SET user_id = user_id",
        "UPDATE memdb.profiles SET created_at = now()",
    ):
        with pytest.raises(Exception, match="permission denied"):
            await connection.execute(statement)
    tenant._pool.give(connection)


async def test_profiles_go_with_their_user_and_when_they_are_purged(db: Database, tenant: Tenant, ada: uuid.UUID, dsn: str) -> None:
    admin = db.admin(tenant.org_id)
    bob, eve = [(await users.create(tenant, email=f"{name}@example.com")).id for name in ("bob", "eve")]
    for user_id in (ada, bob, eve):
        await profiles.put(tenant, user_id=user_id, document={"a": 1})
        await profiles.patch(tenant, user_id=user_id, changes={"a": 2})
    counted = await retention.erase_user(admin, user_id=ada, dry_run=True)
    assert (counted["profiles"], counted["profile_versions"]) == (1, 2)
    await retention.hold(admin, name="case", user_id=ada)
    with pytest.raises(UnderLegalHold):
        await retention.erase_user(admin, user_id=ada)
    await retention.release_hold(admin, name="case")
    assert await retention.erase_user(admin, user_id=ada) == counted | {"legal_holds": 1}
    assert await profiles.versions(tenant, user_id=ada) == []
    assert len(await profiles.page(tenant)) == 2

    for user_id in (bob, eve):
        await profiles.delete(tenant, user_id=user_id)
    execute(dsn, "UPDATE memdb.profiles SET deleted_at = now() - interval '1 year'")
    await retention.hold(admin, name="case", user_id=eve)
    purged = await retention.purge(admin, deleted_before=datetime.now(UTC) - timedelta(days=30))
    assert (purged.rows["profiles"], purged.rows["profile_versions"], purged.holds) == (1, 3, ["case"])
    assert fetch(dsn, "SELECT user_id FROM memdb.profiles") == [(eve,)]
