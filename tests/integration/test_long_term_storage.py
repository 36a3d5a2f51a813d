"""Memory-Base's long-term storage, in memory, in a folder and on a server that speaks S3's protocol."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("obstore")

import obstore

from memdb.adapters.memory_base import (
    ABSENT,
    BosStorage,
    InMemoryLongTermStorage,
    LocalLongTermStorage,
    ObjectConflict,
    ObjectStorage,
    OssStorage,
    S3CompatibleStorage,
    aadd_knowledge_triples,
    add_knowledge_triples,
    aload_knowledge_triples,
    aload_user_profile,
    aretrieve_relevant_knowledge,
    asave_knowledge_triples,
    asave_user_profile,
    aupdate_user_profile,
    create_long_term_backend_from_config,
    load_knowledge_triples,
    load_user_profile,
    parse_profile,
    parse_triples,
    retrieve_relevant_knowledge,
    save_knowledge_triples,
    save_user_profile,
    serialize_triples,
    update_user_profile,
)
from memdb.errors import InvalidInput, MemdbError, NotFound, Unsupported
from tests.adapters.buckets import BUCKET, KEYS, Asked, answering, moto


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with moto() as url:
        yield url


@pytest.fixture(params=["memory", "folder", "s3"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStorage:
    if request.param == "memory":
        return InMemoryLongTermStorage()
    if request.param == "folder":
        return LocalLongTermStorage(tmp_path / "made")
    return S3CompatibleStorage(BUCKET, request.getfixturevalue("s3"), **KEYS)


@pytest.fixture(params=["memory", "s3"])
def compared(request: pytest.FixtureRequest) -> ObjectStorage:
    return InMemoryLongTermStorage() if request.param == "memory" else S3CompatibleStorage(BUCKET, request.getfixturevalue("s3"), **KEYS)


async def test_objects_come_back_as_they_went_in(backend: ObjectStorage) -> None:
    keys = ["o/k", "o/a b", "o/a%20b", "o/用户.json", "o/e\u0301", "o/é", "o/a#b?c&d", "o/a\\b", "o/~*:'\"", "o/deep/er/still"]
    for number, key in enumerate(keys):
        backend.put_object(key, bytes([number, 0, 255]))
    assert [backend.get_object(key) for key in keys] == [bytes([number, 0, 255]) for number in range(len(keys))]
    assert backend.list_prefix("o/") == await backend.alist_prefix("o/") == sorted(keys)
    await backend.aput_object("o/k", "text, ü", "text/plain")
    assert backend.get_object("o/k") == await backend.aget_object("o/k") == "text, ü".encode()
    backend.put_object("o/k", b"")
    assert backend.get_object("o/k") == b""
    for key in keys:
        await backend.adelete_object(key)
    backend.delete_object("o/k")
    await backend.adelete_object("o/k")
    assert backend.list_prefix("o/") == []
    assert backend.get_object("o/k") is None
    assert await backend.aget_object("o/k") is None


def test_a_prefix_is_the_beginning_of_a_key(backend: ObjectStorage) -> None:
    keys = ["profiles/al.json", "profiles/al/one.json", "profiles/alice.json", "profilesx.json"]
    for key in keys:
        backend.put_object(key, "{}")
    assert backend.list_prefix("profiles/al") == keys[:3]
    assert backend.list_prefix("profiles/al/") == keys[1:2]
    assert backend.list_prefix("prof") == keys
    assert set(backend.list_prefix("")) >= set(keys)
    assert backend.list_prefix("profiles//") == backend.list_prefix("nothing/") == []
    with pytest.raises(InvalidInput, match="prefix"):
        backend.list_prefix("profiles/../")


@pytest.mark.parametrize("key", ["", "/k", "k/", "a//b", "../k", "a/../b", "a/./b", "a\0b", "a\nb", "\ud800", "k" * 1025, None, 5])
def test_keys_that_cannot_be_told_apart_are_refused(key: Any, tmp_path: Path) -> None:
    for backend in (InMemoryLongTermStorage(), LocalLongTermStorage(tmp_path)):
        with pytest.raises(InvalidInput, match="key"):
            backend.get_object(key)
        with pytest.raises(InvalidInput, match="key"):
            backend.delete_object(key)
        with pytest.raises(InvalidInput, match="key"):
            backend.put_object(key, b"")
        assert backend.list_prefix("") == []


def test_what_is_no_body_is_refused() -> None:
    backend = InMemoryLongTermStorage()
    for body in (None, 5, {"a": 1}, "\ud800"):
        with pytest.raises(InvalidInput, match="body"):
            backend.put_object("k", body)  # type: ignore[arg-type]
    backend.put_object("k", bytearray(b"as bytes"))
    assert backend.get_object("k") == b"as bytes"


def test_a_type_is_kept_where_the_store_has_types(s3: str) -> None:
    backend = S3CompatibleStorage(BUCKET, s3, **KEYS)
    save_user_profile(backend, "typed", {"a": 1})
    save_knowledge_triples(backend, "typed", [("a", "b", "c")])
    kept = [obstore.get(backend.store, key).attributes["Content-Type"] for key in ("profiles/typed.json", "knowledge/typed.jsonl")]
    assert kept == ["application/json", "application/x-ndjson"]


def test_a_write_with_an_etag_is_of_what_was_read(compared: ObjectStorage) -> None:
    compared.put_object("etag", "1", expected_etag=ABSENT)
    first = compared.get_with_etag("etag")
    assert first is not None
    assert first.body == b"1"
    compared.put_object("etag", "2", expected_etag=first.etag)
    for stale in (first.etag, ABSENT):
        with pytest.raises(ObjectConflict, match="etag"):
            compared.put_object("etag", "3", expected_etag=stale)
    with pytest.raises(ObjectConflict):
        compared.put_object("gone", "3", expected_etag=first.etag)
    assert compared.get_object("etag") == b"2"
    assert issubclass(ObjectConflict, MemdbError)


def test_writers_at_once_lose_nothing(compared: ObjectStorage) -> None:
    triples = [("u", "knows", f"{number}") for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda triple: add_knowledge_triples(compared, "many", [triple]), triples))
        list(pool.map(lambda triple: update_user_profile(compared, "many", lambda old: {**(old or {}), triple[2]: 1}), triples))
    assert sorted(load_knowledge_triples(compared, "many")) == sorted(triples)
    assert load_user_profile(compared, "many") == {triple[2]: 1 for triple in triples}


async def test_writers_of_one_event_loop_lose_nothing(compared: ObjectStorage) -> None:
    triples = [("u", "knows", f"{number}") for number in range(6)]
    await asyncio.gather(*[aadd_knowledge_triples(compared, "loop", [triple]) for triple in triples])
    await asyncio.gather(*[aupdate_user_profile(compared, "loop", lambda old, key=key: {**(old or {}), key: 1}) for key in "abc"])
    assert sorted(await aload_knowledge_triples(compared, "loop")) == triples
    assert await aload_user_profile(compared, "loop") == {"a": 1, "b": 1, "c": 1}


def test_where_etags_are_not_compared_it_is_told(tmp_path: Path, s3: str) -> None:
    folder = LocalLongTermStorage(tmp_path)
    folder.put_object("k", "1", expected_etag=ABSENT)
    with pytest.raises(ObjectConflict):
        folder.put_object("k", "2", expected_etag=ABSENT)
    found = folder.get_with_etag("k")
    assert found is not None
    with pytest.raises(Unsupported, match="ETags"):
        folder.put_object("k", "2", expected_etag=found.etag)
    oss = OssStorage(BUCKET, "key", "secret", s3)
    with pytest.raises(Unsupported, match="ETags"):
        update_user_profile(oss, "u", lambda old: {})
    add_knowledge_triples(OssStorage(BUCKET, "key", "secret", s3, conditional_writes=True), "oss", [("a", "b", "c")])
    assert load_knowledge_triples(oss, "oss") == [("a", "b", "c")]


def test_a_bucket_that_is_not_there_is_told(s3: str) -> None:
    nowhere = S3CompatibleStorage("no-such-bucket", s3, **KEYS)
    for call in (
        lambda: nowhere.get_object("k"),
        lambda: nowhere.put_object("k", b""),
        lambda: nowhere.list_prefix(""),
        lambda: load_user_profile(nowhere, "u"),
    ):
        with pytest.raises(NotFound, match="bucket"):
            call()


@pytest.mark.parametrize(
    ("make", "url"),
    [
        (
            lambda **more: OssStorage("b-1", "k", "s", "http://oss-cn-hangzhou.aliyuncs.com", **more),
            "http://b-1.s3.oss-cn-hangzhou.aliyuncs.com/k",
        ),
        (
            lambda **more: OssStorage("b-1", "k", "s", "http://s3.oss-cn-b-internal.aliyuncs.com/", **more),
            "http://b-1.s3.oss-cn-b-internal.aliyuncs.com/k",
        ),
        (lambda **more: BosStorage("b-1", "k", "s", "http://bj.bcebos.com", **more), "http://b-1.s3.bj.bcebos.com/k"),
        (lambda **more: S3CompatibleStorage("b-1", "http://minio.test:9000", **KEYS, **more), "http://minio.test:9000/b-1/k"),
        (lambda **more: S3CompatibleStorage("b-1", "http://r2.test", **KEYS, virtual_hosted=True, **more), "http://b-1.r2.test/k"),
    ],
)
def test_where_each_provider_s_buckets_are(make: Any, url: str) -> None:
    asked: list[Asked] = []

    def answer(each: Asked) -> tuple[int, bytes]:
        asked.append(each)
        return 200, b"here"

    with answering(answer) as proxy:
        backend = make(client_options={"proxy_url": proxy})
        backend.put_object("k", b"body", "text/plain")
        assert backend.get_object("k") == b"here"
    assert asked == [Asked("PUT", url, "text/plain", b"body"), Asked("GET", url, None, b"")]
    assert "secret" not in repr(backend)
    assert "b-1" in repr(backend)


def test_an_endpoint_may_lack_its_scheme() -> None:
    for made in (BosStorage("b", "k", "s", "bj.bcebos.com"), OssStorage("b", "k", "s", "oss-cn-hangzhou.aliyuncs.com ")):
        assert made.store.config["endpoint"].startswith("https://b.s3.")


def test_wrong_places_are_refused() -> None:
    for arguments in ({"bucket": ""}, {"bucket": "b", "endpoint_url": "localhost:9000"}, {"bucket": "b", "access_key": "k"}):
        with pytest.raises(InvalidInput, match=r"bucket|endpoint_url|secret_key"):
            S3CompatibleStorage(**arguments)


def test_a_configuration_names_a_bucket_of_oss_or_none(caplog: pytest.LogCaptureFixture) -> None:
    oss = {"oss_endpoint": "oss-cn-hangzhou.aliyuncs.com", "oss_bucket": " b ", "oss_access_key_id": "k", "oss_access_key_secret": "s"}
    made = create_long_term_backend_from_config(oss)
    assert isinstance(made, OssStorage)
    assert made.bucket == "b"
    assert made.store.config["endpoint"] == "https://b.s3.oss-cn-hangzhou.aliyuncs.com"
    with caplog.at_level(logging.WARNING):
        assert isinstance(create_long_term_backend_from_config({"other": 1}), InMemoryLongTermStorage)
        assert not caplog.records
        assert isinstance(create_long_term_backend_from_config({**oss, "oss_bucket": None}), InMemoryLongTermStorage)
    assert "oss_bucket" in caplog.text
    assert "oss_endpoint" not in caplog.text


async def test_profiles_are_replaced_as_a_whole(backend: ObjectStorage) -> None:
    assert load_user_profile(backend, "ada") is None
    assert await aload_user_profile(backend, "ada") is None
    profile = {"z": "简洁", "a": [1, {"b": None}], "x": 1.5}
    save_user_profile(backend, "ada", profile)
    assert json.dumps(load_user_profile(backend, "ada")) == json.dumps(profile)
    assert (backend.get_object("profiles/ada.json") or b"").decode() == json.dumps(profile, ensure_ascii=False)
    await asave_user_profile(backend, "ada", {"only": 1})
    assert await aload_user_profile(backend, "ada") == {"only": 1}
    backend.put_object("profiles/ada.json", "no JSON")
    with pytest.raises(json.JSONDecodeError):
        load_user_profile(backend, "ada")


async def test_triples_keep_their_order_and_duplicates(backend: ObjectStorage) -> None:
    assert load_knowledge_triples(backend, "ada") == []
    triples = [("b", "C", "d"), ("a", "100%", "c_d"), ("b", "C", "d"), ("line\u2028end", "\n", "")]
    save_knowledge_triples(backend, "ada", triples)
    assert load_knowledge_triples(backend, "ada") == await aload_knowledge_triples(backend, "ada") == triples
    await asave_knowledge_triples(backend, "ada", triples[:3])
    for query, found in (("B c", [0, 2]), ("%", [1]), ("c_d", [1]), (" ", [0, 1, 2]), ("x", [])):
        assert retrieve_relevant_knowledge(backend, "ada", query) == [triples[each] for each in found]
    assert await aretrieve_relevant_knowledge(backend, "ada", "d", top_k=1) == triples[:1]
    assert retrieve_relevant_knowledge(backend, "ada", "", top_k=0) == []


def test_lines_that_are_no_triples_are_left_out() -> None:
    raw = b'["a","b","c","d"]\n\n ["a","b"] \r\n{"a":1}\n[1,null,true]\n"abc"'
    assert parse_triples(raw) == [("a", "b", "c"), ("1", "None", "True")]
    assert serialize_triples([]) == b""
    for wrong in (b"[", b"\xff"):
        with pytest.raises(ValueError, match=r"Expecting|decode"):
            parse_triples(wrong)
    with pytest.raises(ValueError, match="Expecting"):
        parse_profile(b"")
