"""Reading the objects in which Memory-Base keeps profiles and knowledge, as `memdb adopt` reads tables."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from memdb.adapters.memory_base.long_term_storage import BosStorage, LocalLongTermStorage, ObjectStorage, OssStorage, S3CompatibleStorage
from memdb.errors import InvalidInput, MemdbError, ServerUnreachable
from memdb.operations.adopting.declared import Stream, Tables
from memdb.operations.adopting.handing import READ_ROWS
from memdb.operations.adopting.records import RecordSource
from memdb.operations.adopting.rows import LeftOut, Row

SCHEMES: Final = ("s3", "oss", "bos", "file")
COLUMNS: Final = frozenset({"key"})

_AT_ONCE: Final = 16
_ENDS: Final = {"profiles": ".json", "knowledge": ".jsonl"}
_OPTIONS: Final = {"s3": ("endpoint", "region", "virtual_hosted"), "oss": ("endpoint",), "bos": ("endpoint",)}
_HOSTED: Final = {None: None, "true": True, "false": False}


class Bucket(RecordSource):
    """Objects whose keys begin with a prefix: those that there were when `columns` was called, each as it is when it is read."""

    def __init__(self, storage: ObjectStorage, prefixes: Mapping[str, str]) -> None:
        self._storage = storage
        self._prefixes = {name: prefixes[name] for name in _ENDS}
        self._keys: dict[str, list[str]] = {}

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, tables: Mapping[str, str]) -> AsyncIterator[Bucket]:
        """Raises InvalidInput."""
        yield cls(_storage(url), tables)

    async def columns(self) -> Tables:
        with _told():
            self._keys = {name: await self._storage.alist_prefix(prefix) for name, prefix in self._prefixes.items()}
        return {name: COLUMNS for name, keys in self._keys.items() if keys}

    async def left_out(self, stream: Stream) -> AsyncIterator[LeftOut]:
        for key in self._keys[stream.statement]:
            if not key.endswith(_ENDS[stream.statement]):
                yield LeftOut(self._prefixes[stream.statement], json.dumps({"key": key}), f"must end with {_ENDS[stream.statement]}")
        if stream.statement == "knowledge":
            async for key, _, body in self._objects(stream.statement):
                for number, reason in _lines(body)[1]:
                    yield LeftOut(self._prefixes[stream.statement], json.dumps({"key": key, "line": number}), reason)

    async def rows(self, stream: Stream) -> AsyncGenerator[Sequence[Row], None]:
        """`profiles`, or the lines of `knowledge`."""
        ready: list[Row] = []
        async for _, user, body in self._objects(stream.statement):
            ready += [{"user": user, "document": body}] if stream.statement == "profiles" else _triples(user, body)
            while len(ready) >= READ_ROWS:
                yield ready[:READ_ROWS]
                ready = ready[READ_ROWS:]
        if ready:
            yield ready

    async def _objects(self, name: str) -> AsyncIterator[tuple[str, str, bytes]]:
        """The key of each object, the user whose it is, and its bytes; without those that are gone meanwhile."""
        prefix, end = self._prefixes[name], _ENDS[name]
        keys = [key for key in self._keys[name] if key.endswith(end)]
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            with _told():
                bodies = await asyncio.gather(*(self._storage.aget_object(key) for key in some))
            for key, body in zip(some, bodies, strict=True):
                if body is not None:
                    yield key, key.removeprefix(prefix).removesuffix(end), body


def _triples(user: str, body: bytes) -> Iterator[Row]:
    for number, parts in _lines(body)[0]:
        yield {"user": user, "line": number, "parts": parts}


def _lines(body: bytes) -> tuple[list[tuple[int, Any]], list[tuple[int, str]]]:
    """The triples of lines as Memory-Base reads them, None for what is no JSON, and why others are left out; both by the lines' numbers."""
    kept: list[tuple[int, Any]] = []
    left_out: list[tuple[int, str]] = []
    known: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(body.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError:
            kept.append((number, None))
            continue
        if not isinstance(found, list) or len(found) < 3:
            left_out.append((number, "must be an array of a subject, a predicate and an object: Memory-Base does not read it either"))
            continue
        parts = tuple(str(each) for each in found[:3])
        if len(found) > 3:
            left_out.append((number, "has more than three parts: the first three are adopted, as Memory-Base reads them"))
        if (first := known.setdefault(parts, number)) == number:
            kept.append((number, parts))
        else:
            left_out.append((number, f"is adopted from line {first}, which says the same"))
    return kept, left_out


def _storage(url: str) -> ObjectStorage:
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = unquote(parts.path)
        if parts.netloc or not Path(folder).is_dir():
            raise InvalidInput("source", f"must be file:// and the absolute path of a folder that is there, not {url}")
        return LocalLongTermStorage(folder)
    if parts.path.strip("/"):
        raise InvalidInput(
            "source", "must name a bucket only: --table profiles=PREFIX and --table knowledge=PREFIX say where in it the objects are"
        )
    options = dict(parse_qsl(parts.query))
    known = _OPTIONS[parts.scheme]
    if unknown := sorted(options.keys() - set(known)):
        raise InvalidInput("source", f"must have no parameters but {', '.join(known)}, not {', '.join(unknown)}")
    access_key, secret_key = (None if value is None else unquote(value) for value in (parts.username, parts.password))
    try:
        return _of_provider(parts.scheme, parts.hostname or "", access_key, secret_key, options)
    except InvalidInput as error:
        raise InvalidInput("source", f"has a bad {error.field}, which {error.rule}") from error


def _of_provider(scheme: str, bucket: str, access_key: str | None, secret_key: str | None, options: Mapping[str, str]) -> ObjectStorage:
    endpoint = options.get("endpoint")
    if scheme == "s3":
        hosted = options.get("virtual_hosted")
        if hosted not in _HOSTED:
            raise InvalidInput("virtual_hosted", f"must be true or false, not {hosted!r:.40}")
        region = options.get("region", "us-east-1")
        return S3CompatibleStorage(bucket, endpoint, region, access_key, secret_key, virtual_hosted=_HOSTED[hosted])
    # As obstore does for S3.
    access_key = access_key or os.environ.get("AWS_ACCESS_KEY_ID")
    secret_key = secret_key or os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not access_key or not secret_key:
        raise InvalidInput(
            "login", f"must be given as {scheme}://ACCESS_KEY:SECRET_KEY@BUCKET, or in $AWS_ACCESS_KEY_ID and $AWS_SECRET_ACCESS_KEY"
        )
    if scheme == "bos":
        return BosStorage(bucket, access_key, secret_key, *([endpoint] if endpoint else []))
    if not endpoint:
        raise InvalidInput("endpoint", "must be given, such as ?endpoint=https://oss-cn-hangzhou.aliyuncs.com")
    return OssStorage(bucket, access_key, secret_key, endpoint)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except MemdbError:
        raise
    except Exception as error:
        raise ServerUnreachable(f"the source cannot be read: {type(error).__name__}: {error}") from error
