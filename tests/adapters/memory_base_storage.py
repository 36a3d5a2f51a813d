"""A pytest plugin for Memory-Base's own tests: its modules become memdb's, and its mock of Aliyun's SDK answers a server.

In their tests of OSS a mock stands for the SDK's bucket. Here the backend speaks to a server, which asks that mock for what it answers; the
test of the real OSS has moto's server.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Final
from unittest.mock import MagicMock
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest
from buckets import BUCKET, Asked, answering, moto

_MODULES: Final = ("db", "long_term_storage", "semantics", "models")
# Those of SQLAlchemy's classes of tables.
_OF_TABLES: Final = {
    "test_session_table_name",
    "test_message_table_name",
    "test_session_summary_table_name",
    "test_session_has_expected_columns",
    "test_message_has_expected_columns",
}

for _name in ("", *(f".{each}" for each in _MODULES)):
    sys.modules[f"memory_base{_name}"] = importlib.import_module(f"memdb.adapters.memory_base{_name}")


def _asked(bucket: MagicMock, sdk: MagicMock, asked: Asked) -> tuple[int, bytes]:
    """What the mock of a bucket, and of the SDK, says to a request."""
    url = urlsplit(asked.path)
    key = unquote(url.path).removeprefix("/").partition("/")[2]
    if asked.method == "PUT":
        bucket.put_object(key, asked.body, headers={"Content-Type": asked.content_type} if asked.content_type else {})
        return 200, b""
    if asked.method == "DELETE":
        bucket.delete_object(key)
        return 204, b""
    if key:
        try:
            return 200, bucket.get_object(key).read()
        except sdk.exceptions.NoSuchKey:
            return 404, b"<Error><Code>NoSuchKey</Code></Error>"
    prefix = parse_qs(url.query)["prefix"][0]
    found = [each.key for each in sdk.ObjectIterator(bucket, prefix=prefix) if not each.is_prefix()]
    listed = "".join(
        f"<Contents><Key>{escape(each)}</Key><LastModified>2026-11-29T12:00:00Z</LastModified><Size>1</Size><ETag>e</ETag></Contents>"
        for each in found
    )
    return 200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>".encode()


@pytest.fixture(autouse=True)
def _oss(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    module = request.module
    if not hasattr(module, "OssStorage"):
        yield
        return
    mocks: list[tuple[MagicMock, MagicMock]] = []
    make_mock: Callable[[], tuple[MagicMock, MagicMock]] = module._make_oss_mock_bucket
    made: Any = module.OssStorage

    def noted() -> tuple[MagicMock, MagicMock]:
        mocks.append(make_mock())
        return mocks[-1]

    def answer(asked: Asked) -> tuple[int, bytes]:
        sdk, bucket = mocks[-1]
        return _asked(bucket, sdk, asked)

    with answering(answer) as url, moto() as real:

        def at_a_server(bucket: str, access_key_id: str, access_key_secret: str, endpoint: str) -> Any:
            return made(bucket, access_key_id, access_key_secret, endpoint if endpoint == real else url)

        monkeypatch.setattr(module, "OssStorage", at_a_server)
        monkeypatch.setattr(module, "_make_oss_mock_bucket", noted)
        monkeypatch.setitem(sys.modules, "oss2", ModuleType("oss2"))
        for name, value in {"ENDPOINT": real, "BUCKET": BUCKET, "ACCESS_KEY_ID": "key", "ACCESS_KEY_SECRET": "secret"}.items():
            monkeypatch.setenv(f"ALIYUN_OSS_{name}", value)
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if item.name in _OF_TABLES]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
