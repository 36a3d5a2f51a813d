"""Objects by key in any obstore store: reading, writing, comparing by ETag, and listing by prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from memdb.errors import ExtraMissing, InvalidInput, MemdbError, NotFound, Unsupported
from memdb.transcripts import ABSENT

try:
    import obstore
    from obstore.exceptions import AlreadyExistsError, PreconditionError
except ImportError as error:
    raise ExtraMissing("Memory-Base's long-term storage", "memory-base") from error

_LONGEST_KEY: Final = 1024
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class StoredObject(NamedTuple):
    """An object's bytes, and their ETag, which changes when they are replaced; None if the store has none."""

    body: bytes
    etag: str | None


class ObjectConflict(MemdbError):
    """The object has changed since the caller read it, or already exists; nothing was written."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the object {key} is not as it was read; read it again and decide anew")
        self.key: Final = key


class ObjectStorage:
    """A long-term storage backend. Each of its methods has an awaitable twin with the prefix `a`.

    - `store`: one of `obstore.store`.
    - `conditional_writes`: whether it compares ETags on writes. `keeps_types`: whether it stores content types.

    A key is 1 to 1,024 bytes of UTF-8, of parts between slashes that are not empty, `.` or `..`, without control characters. Any number of
    threads and event loops may use one backend. Raises InvalidInput for a key or a body that cannot be stored, NotFound for a bucket that
    does not exist, and otherwise what obstore does.
    """

    def __init__(self, store: Any, *, conditional_writes: bool = True, keeps_types: bool = True) -> None:
        self.store: Final = store
        self.conditional_writes: Final = conditional_writes
        self._keeps_types = keeps_types

    def put_object(self, key: str, body: bytes | str, content_type: str | None = None, *, expected_etag: str | None = None) -> None:
        """Write a whole object.

        `expected_etag`: its current ETag, or `ABSENT` if it must not exist; None overwrites whatever is there. Raises ObjectConflict, and
        Unsupported if the store does not compare ETags.
        """
        with _told(key):
            obstore.put(self.store, *self._put(key, body), **self._options(content_type, expected_etag))

    async def aput_object(self, key: str, body: bytes | str, content_type: str | None = None, *, expected_etag: str | None = None) -> None:
        with _told(key):
            await obstore.put_async(self.store, *self._put(key, body), **self._options(content_type, expected_etag))

    def get_object(self, key: str) -> bytes | None:
        """An object's bytes, or None if it does not exist."""
        found = self.get_with_etag(key)
        return None if found is None else found.body

    async def aget_object(self, key: str) -> bytes | None:
        found = await self.aget_with_etag(key)
        return None if found is None else found.body

    def get_with_etag(self, key: str) -> StoredObject | None:
        """An object with its ETag, for `put_object`, or None if it does not exist."""
        try:
            with _told(key):
                found = obstore.get(self.store, _checked(key))
                return StoredObject(bytes(found.bytes()), found.meta["e_tag"] or None)
        except FileNotFoundError:
            return None

    async def aget_with_etag(self, key: str) -> StoredObject | None:
        try:
            with _told(key):
                found = await obstore.get_async(self.store, _checked(key))
                return StoredObject(bytes(await found.bytes_async()), found.meta["e_tag"] or None)
        except FileNotFoundError:
            return None

    def delete_object(self, key: str) -> None:
        """Remove an object, if it exists."""
        try:
            with _told(key):
                obstore.delete(self.store, _checked(key))
        except FileNotFoundError:
            pass

    async def adelete_object(self, key: str) -> None:
        try:
            with _told(key):
                await obstore.delete_async(self.store, _checked(key))
        except FileNotFoundError:
            pass

    def list_prefix(self, prefix: str) -> list[str]:
        """All keys that begin with `prefix`, in order. Reads the bucket's contents below the last slash of `prefix`."""
        with _told(prefix, "prefix"):
            found = obstore.list(self.store, _folder(prefix))
            return sorted(each["path"] for some in found for each in some if each["path"].startswith(prefix))

    async def alist_prefix(self, prefix: str) -> list[str]:
        with _told(prefix, "prefix"):
            found = obstore.list(self.store, _folder(prefix))
            return sorted([each["path"] async for some in found for each in some if each["path"].startswith(prefix)])

    def _put(self, key: str, body: bytes | str) -> tuple[str, bytes]:
        return _checked(key), _bytes(body)

    def _options(self, content_type: str | None, expected_etag: str | None) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if content_type is not None and self._keeps_types:
            options["attributes"] = {"Content-Type": content_type}
        if expected_etag is not None:
            if not self.conditional_writes:
                raise Unsupported(f"{type(self).__name__} does not compare ETags when it writes: write without expected_etag")
            options["mode"] = "create" if expected_etag == ABSENT else {"e_tag": expected_etag}
        return options

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def _checked(key: str) -> str:
    if not isinstance(key, str):
        raise InvalidInput("key", f"must be a str, not {type(key).__name__}")
    if any(part in ("", ".", "..") for part in key.split("/")) or _CONTROL.search(key):
        raise InvalidInput("key", f"must have parts between slashes, none empty, . or .., and no control characters: {key!r:.80}")
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise InvalidInput("key", "must not have lone surrogates") from None
    if size > _LONGEST_KEY:
        raise InvalidInput("key", f"must have at most {_LONGEST_KEY:,} bytes")
    return key


def _bytes(body: object) -> bytes:
    if isinstance(body, str):
        try:
            return body.encode()
        except UnicodeEncodeError:
            raise InvalidInput("body", "must not have lone surrogates") from None
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    raise InvalidInput("body", f"must be bytes or a str, not {type(body).__name__}")


def _folder(prefix: str) -> str | None:
    # obstore's own prefixes consist of whole parts of keys.
    return prefix.rpartition("/")[0] or None


@contextmanager
def _told(key: str, field: str = "key") -> Iterator[None]:
    try:
        yield
    except (AlreadyExistsError, PreconditionError):
        raise ObjectConflict(key) from None
    except NotImplementedError as error:
        raise Unsupported("a folder does not compare ETags when it is written to: only with ABSENT") from error
    except ValueError as error:
        if isinstance(error, MemdbError):
            raise
        raise InvalidInput(field, f"cannot be one of an object: {error}") from None
    except Exception as error:
        if "NoSuchBucket" in str(error):
            raise NotFound("bucket") from error
        raise
