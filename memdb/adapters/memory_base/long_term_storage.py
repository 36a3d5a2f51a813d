"""Long-term storage backends: in memory, in a folder, in a bucket of S3, of Baidu's BOS or of Aliyun's OSS."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Protocol, cast
from urllib.parse import urlsplit

from memdb.adapters.memory_base.objects import ObjectConflict, ObjectStorage, StoredObject
from memdb.errors import InvalidInput
from memdb.transcripts import ABSENT

from obstore.store import LocalStore, MemoryStore, S3Store  # isort: skip  # After what tells which extra has it.

__all__ = [
    "ABSENT",
    "BosStorage",
    "InMemoryLongTermStorage",
    "LocalLongTermStorage",
    "LongTermStorageBackend",
    "ObjectConflict",
    "ObjectStorage",
    "OssStorage",
    "S3CompatibleStorage",
    "StoredObject",
    "create_long_term_backend_from_config",
    "knowledge_key",
    "profile_key",
]

_RETRIES: Final[Any] = {"max_retries": 4, "retry_timeout": timedelta(seconds=30)}
_OSS_KEYS: Final = ("oss_endpoint", "oss_bucket", "oss_access_key_id", "oss_access_key_secret")
_logger: Final = logging.getLogger(__name__)


def profile_key(user_id: str) -> str:
    return f"profiles/{user_id}.json"


def knowledge_key(user_id: str) -> str:
    return f"knowledge/{user_id}.jsonl"


class LongTermStorageBackend(Protocol):
    """The interface that `load_user_profile` and the like require of a backend: those below, or a custom one."""

    def put_object(self, key: str, body: bytes | str, content_type: str | None = None) -> None: ...
    def get_object(self, key: str) -> bytes | None: ...
    def delete_object(self, key: str) -> None: ...
    def list_prefix(self, prefix: str) -> list[str]: ...


class InMemoryLongTermStorage(ObjectStorage):
    """Objects that end with the process, for tests."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())


class LocalLongTermStorage(ObjectStorage):
    """Files in a folder, which is created if necessary. They have no types, and support conditional writes only with `ABSENT`.

    A part of a key is at most 255 bytes, like a file's name.
    """

    def __init__(self, folder: str | Path) -> None:
        super().__init__(LocalStore(folder, mkdir=True), keeps_types=False)


class S3CompatibleStorage(ObjectStorage):
    """A bucket on a server that speaks S3's protocol: AWS, MinIO, Cloudflare's R2 and others.

    - `endpoint_url`: the server's, such as `http://localhost:9000`; None means AWS.
    - `access_key` and `secret_key`: both, or neither for those of the environment, of the container or of the machine.
    - `conditional_writes`: False if the server ignores If-Match and If-None-Match.
    - `virtual_hosted`: whether the bucket is part of the host's name instead of the path; None: at AWS only.
    - `client_options`: obstore's, such as `{"timeout": "5s"}` or `{"proxy_url": ...}`.
    """

    def __init__(
        self,
        bucket: str,
        endpoint_url: str | None = None,
        region_name: str = "us-east-1",
        access_key: str | None = None,
        secret_key: str | None = None,
        *,
        conditional_writes: bool = True,
        virtual_hosted: bool | None = None,
        client_options: Mapping[str, Any] | None = None,
    ) -> None:
        if not bucket or not isinstance(bucket, str):
            raise InvalidInput("bucket", "must be the name of a bucket")
        if (access_key is None) != (secret_key is None):
            raise InvalidInput("secret_key", "must be given with an access_key, and not without")
        virtual_hosted = endpoint_url is None if virtual_hosted is None else virtual_hosted
        options: dict[str, Any] = {
            "region": region_name,
            "virtual_hosted_style_request": virtual_hosted,
            # Deletes one object at a time, which every provider supports.
            "disable_bulk_delete": True,
        }
        if endpoint_url is not None:
            endpoint = urlsplit(endpoint_url.rstrip("/"))
            if endpoint.scheme not in ("http", "https") or not endpoint.netloc:
                raise InvalidInput("endpoint_url", f"must be a URL with http:// or https://, not {endpoint_url!r:.80}")
            host = f"{bucket}.{endpoint.netloc}" if virtual_hosted else endpoint.netloc
            options["endpoint"] = f"{endpoint.scheme}://{host}{endpoint.path}"
            client_options = {"allow_http": endpoint.scheme == "http", **(client_options or {})}
        if access_key is not None:
            options |= {"access_key_id": access_key, "secret_access_key": secret_key}
        store = S3Store(bucket, client_options=cast(Any, client_options), retry_config=_RETRIES, **options)
        super().__init__(store, conditional_writes=conditional_writes)
        self.bucket: Final = bucket

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.bucket}>"


class BosStorage(S3CompatibleStorage):
    """A bucket of Baidu's BOS, at its endpoint for S3's protocol: `https://bj.bcebos.com` stands for `https://s3.bj.bcebos.com`.

    An `endpoint` without a scheme gets `https://`.
    """

    def __init__(
        self,
        bucket: str,
        access_key: str,
        secret_key: str,
        endpoint: str = "https://bj.bcebos.com",
        *,
        conditional_writes: bool = False,
        client_options: Mapping[str, Any] | None = None,
    ) -> None:
        url, region, known = _at_s3(endpoint, "bcebos.com", "")
        super().__init__(
            bucket,
            url,
            region,
            access_key,
            secret_key,
            conditional_writes=conditional_writes,
            virtual_hosted=known,
            client_options=client_options,
        )


class OssStorage(S3CompatibleStorage):
    """A bucket of Aliyun's OSS, at its endpoint for S3's protocol: `https://oss-R.aliyuncs.com` stands for `https://s3.oss-R.aliyuncs.com`.

    An `endpoint` without a scheme gets `https://`.
    """

    def __init__(
        self,
        bucket: str,
        access_key_id: str,
        access_key_secret: str,
        endpoint: str,
        *,
        conditional_writes: bool = False,
        client_options: Mapping[str, Any] | None = None,
    ) -> None:
        url, region, known = _at_s3(endpoint, "aliyuncs.com", "oss-")
        super().__init__(
            bucket,
            url,
            region,
            access_key_id,
            access_key_secret,
            conditional_writes=conditional_writes,
            virtual_hosted=known,
            client_options=client_options,
        )


def create_long_term_backend_from_config(config: Mapping[str, Any]) -> ObjectStorage:
    """A backend in OSS, if oss_endpoint, oss_bucket, oss_access_key_id and oss_access_key_secret are all set.

    Otherwise it is in memory and ends with the process; a warning is logged if some of the four are set. An endpoint without a scheme gets
    `https://`.
    """
    given = {name: str(config.get(name) or "").strip() for name in _OSS_KEYS}
    if all(given.values()):
        endpoint, bucket, access_key_id, access_key_secret = given.values()
        return OssStorage(bucket, access_key_id, access_key_secret, endpoint)
    if missing := [name for name, value in given.items() if not value if any(given.values())]:
        _logger.warning("long-term storage is in memory and ends with the process: the configuration lacks %s", ", ".join(missing))
    return InMemoryLongTermStorage()


def _at_s3(endpoint: str, domain: str, prefix: str) -> tuple[str, str, bool]:
    """The URL for S3's protocol, its region, and whether it is one of the provider's own, which require the bucket in the host."""
    endpoint = endpoint.strip() if "://" in endpoint else f"https://{endpoint.strip()}"
    parts = urlsplit(endpoint.rstrip("/"))
    host = parts.netloc.removeprefix("s3.")
    if not host.endswith(f".{domain}") or not host.startswith(prefix):
        return endpoint, "us-east-1", False
    region = host.partition(".")[0].removeprefix(prefix).removesuffix("-internal")
    return f"{parts.scheme}://s3.{host}", region, True
