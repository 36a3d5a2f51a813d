"""Memory-Base's profiles and knowledge, adopted from the objects in which it keeps them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("obstore")

from memdb import profiles, retention, triples, users
from memdb.adapters import adoptable
from memdb.adapters.memory_base import LocalLongTermStorage, S3CompatibleStorage, save_knowledge_triples, save_user_profile
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput, NotFound, ServerUnreachable
from memdb.operations import adopting
from memdb.operations.adopting import Adopted, RowRefused
from tests.adapters.buckets import BUCKET, KEYS, moto
from tests.commands import memdb
from tests.server import fetch

PROFILE = {"communication_style": "brief", "score": 1.5, "topics": ["Zürich", None], "n": 1e3}
KNOWN = [("Ada", "lives in", "Oslo"), ("Ada", "plays", "the violin"), ("Ada", "lives in", "Oslo"), ("ada", "Plays", "the  violin")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    storage = LocalLongTermStorage(tmp_path / "objects")
    for user in ("u1", "ada@acme.example", "a/b ü"):
        save_user_profile(storage, user, {**PROFILE, "user": user})
    save_knowledge_triples(storage, "u1", KNOWN)
    save_knowledge_triples(storage, "of nobody else", [("s", "p", str(number)) for number in range(2500)])
    return tmp_path / "objects"


def put(folder: Path, key: str, text: str) -> None:
    LocalLongTermStorage(folder).put_object(key, text)


async def adopt(tenant: Tenant, source: str, **options: Any) -> dict[str, Adopted]:
    return {each.stream: each for each in await adopting.adopt(tenant, adoptable.system("memory-base"), source, **options)}


async def user_of(tenant: Tenant, name: str) -> users.User:
    found = await users.get_by_sso(tenant, sso_provider="memory-base", sso_subject=name)
    assert found is not None
    return found


async def test_profiles_and_triples_become_those_of_users(tenant: Tenant, folder: Path) -> None:
    ada = await users.create(tenant, email="Ada@acme.example")
    left: list[tuple[str, str]] = []
    for added in (True, False):
        adopted = await adopt(tenant, folder.as_uri(), left_out=lambda stream, row: left.append((stream, row.reason)))
        assert [(each.rows, each.added, each.same, each.left_out, each.verified) for each in adopted.values()] == [
            (3, 3 * added, 3, 0, True),
            (2503, 2503 * added, 2503, 1, True),
        ]
    assert set(left) == {("triples", "is adopted from line 1, which says the same")}
    made = await user_of(tenant, "u1")
    assert made.email.endswith("@memory-base.invalid")
    for id, name in ((made.id, "u1"), (ada.id, "ada@acme.example"), ((await user_of(tenant, "a/b ü")).id, "a/b ü")):
        profile = await profiles.get(tenant, user_id=id)
        assert profile is not None
        assert profile.document == {**PROFILE, "user": name}
    held = await triples.page(tenant, user_id=made.id)
    assert [(each.subject, each.predicate, each.object) for each in reversed(held)] == KNOWN[:2]
    assert await triples.count(tenant, user_id=(await user_of(tenant, "of nobody else")).id) == 2500
    assert await users.count(tenant) == 4


async def test_what_was_changed_since_stays_and_what_is_new_comes(db: Database, tenant: Tenant, folder: Path) -> None:
    await adopt(tenant, folder.as_uri())
    made = await user_of(tenant, "u1")
    await profiles.patch(tenant, user_id=made.id, changes={"score": 2})
    await triples.clear(tenant, user_id=made.id, predicate="plays")
    save_user_profile(LocalLongTermStorage(folder), "u2", {})
    adopted = await adopt(tenant, folder.as_uri())
    assert [(each.added, each.other, each.verified) for each in adopted.values()] == [(1, 1, False), (0, 2, False)]
    assert await triples.count(tenant, user_id=made.id) == 1
    await retention.erase_user(db.admin(tenant.org_id), user_id=made.id)
    assert await profiles.get(tenant, user_id=made.id) is None


async def test_a_bad_object_or_line_is_named(tenant: Tenant, folder: Path) -> None:
    left: list[tuple[str, str, str]] = []
    put(folder, "profiles/u2.json", "[1]")
    with pytest.raises(RowRefused, match="profiles: u2: profile must be a JSON object"):
        await adopt(tenant, folder.as_uri())
    put(folder, "profiles/u3.json", '{"cut')
    put(folder, "profiles/notes.txt", "x")
    lines = (
        '["a", "b"]',
        '["a", "b", "c", "d"]',
        '"text"',
        '["a", "',
        '["", "b", "c"]',
        json.dumps(["a", "b", "x" * 9000]),
        '["a\\u0000", "b", "c"]',
    )
    put(folder, "knowledge/u2.jsonl", "\n\n".join(lines))
    adopted = await adopt(tenant, folder.as_uri(), skip_bad=True, left_out=lambda stream, row: left.append((stream, row.row, row.reason)))
    assert (adopted["profiles"].refused, adopted["profiles"].added, adopted["profiles"].left_out) == (2, 3, 1)
    assert (adopted["triples"].refused, adopted["triples"].added, adopted["triples"].left_out) == (4, 2504, 4)
    told = {row: reason for _, row, reason in left}
    assert told['{"key": "profiles/notes.txt"}'] == "must end with .json"
    assert told["u3"].startswith("profile must be JSON")
    assert told['{"key": "knowledge/u2.jsonl", "line": 1}'].startswith("must be an array")
    assert told['{"key": "knowledge/u2.jsonl", "line": 3}'].startswith("has more than three parts")
    assert told["u2 / line 7"] == "line must be JSON"
    assert [told[f"u2 / line {number}"].partition(" ")[0] for number in (9, 11, 13)] == ["subject", "object", "subject"]


async def test_a_bucket_is_read(tenant: Tenant, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with moto() as url:
        storage = S3CompatibleStorage(BUCKET, url, **KEYS)
        save_user_profile(storage, "u1", PROFILE)
        save_user_profile(storage, "u2", PROFILE)
        storage.put_object("elsewhere/u3.json", "{}")
        source = f"s3://key:secret@{BUCKET}?endpoint={url}"
        assert [(each.stream, each.rows, each.verified) for each in (await adopt(tenant, source, dry_run=True)).values()] == [
            ("profiles", 2, None)
        ]
        assert (await adopt(tenant, source))["profiles"].verified
        assert (await adopt(tenant, source, tables={"profiles": "elsewhere/"}))["profiles"].added == 1
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        assert (await adopt(tenant, f"s3://{BUCKET}?endpoint={url}"))["profiles"].same == 2
        assert (await adopt(tenant, f"oss://{BUCKET}?endpoint={url}"))["profiles"].same == 2
        with pytest.raises(NotFound, match="bucket"):
            await adopt(tenant, f"s3://none?endpoint={url}")
        # moto keeps objects as long as the process.
        for key in storage.list_prefix(""):
            storage.delete_object(key)


async def test_other_sources_are_refused(tenant: Tenant, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    for source, told in (
        ((tmp_path / "none").as_uri(), "folder that is there"),
        ("file://none", "folder that is there"),
        ("s3://bucket/users", "--table profiles="),
        ("s3://bucket?region=x&secret=y", "not secret"),
        ("s3://key@bucket", "secret_key"),
        ("s3://", "bucket"),
        ("oss://bucket?endpoint=https://oss-cn-hangzhou.aliyuncs.com", "AWS_ACCESS_KEY_ID"),
        ("oss://key:secret@bucket", "endpoint"),
        ("redis://localhost", "must be a postgresql:// URL or s3:// or oss://"),
    ):
        with pytest.raises(InvalidInput, match="source") as raised:
            await adopt(tenant, source)
        assert told in str(raised.value)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match="has none of knowledge/, profiles/"):
        await adopt(tenant, (tmp_path / "empty").as_uri())
    with pytest.raises(InvalidInput, match="user"):
        await adopt(tenant, folder.as_uri(), user_id=tenant.org_id)
    with pytest.raises(ServerUnreachable):
        await adopt(tenant, "s3://key:secret@bucket?endpoint=http://127.0.0.1:9")


def test_the_command(dsn: str, folder: Path, tmp_path: Path) -> None:
    place = ("--dsn", dsn, "--org", "acme", "--create", "--left-out", str(tmp_path / "left-out.jsonl"))
    adopted = memdb("adopt", "memory-base", folder.as_uri(), *place)
    assert (adopted.exit_code, adopted.output.count("equal")) == (0, 2), adopted.output
    assert json.loads((tmp_path / "left-out.jsonl").read_text())["row"] == {"key": "knowledge/u1.jsonl", "line": 3}
    assert fetch(dsn, "SELECT count(*) FROM memdb.profiles") == [(3,)]
