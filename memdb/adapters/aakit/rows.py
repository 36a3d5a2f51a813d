"""Stored messages: plain, compressed or encrypted."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from memdb.adapters.aakit.config import MemoryConfig
from memdb.adapters.aakit.messages import Message
from memdb.errors import InvalidInput

_NONCE: Final = 12
_LARGEST: Final = 256 << 20


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stored message. `sealed`: how its content and metadata are stored in `content`: None for plain, "zstd", "aes", "zstd+aes"."""

    role: str
    content: str
    timestamp: float
    metadata: dict[str, Any] = {}
    sealed: str | None = None

    def as_json(self) -> dict[str, Any]:
        made: dict[str, Any] = msgspec.to_builtins(self)
        return made


def row_of(value: Mapping[str, Any]) -> Row:
    """The row from `as_json`'s result, or from a record of AA Kit's."""
    return Row(value["role"], value["content"], float(value["timestamp"]), value.get("metadata") or {}, value.get("sealed"))


class Sealer:
    """Converts messages to rows and back.

    The encryption of a row also depends on the session, the role and the time: a row moved elsewhere cannot be read.
    """

    def __init__(self, config: MemoryConfig) -> None:
        self._compresses = config.compression
        self._cipher = AESGCM(config.encryption_key) if config.encryption and config.encryption_key else None

    def seal(self, session_id: str, message: Message) -> Row:
        """The row of a message. Raises InvalidInput if it is not a message, or contains what JSON cannot."""
        plain = _checked(message)
        if not self._compresses and self._cipher is None:
            return plain
        data = json.dumps([plain.content, plain.metadata]).encode()
        how = []
        if self._compresses:
            data = zstandard.ZstdCompressor().compress(data)
            how.append("zstd")
        if self._cipher is not None:
            nonce = secrets.token_bytes(_NONCE)
            data = nonce + self._cipher.encrypt(nonce, data, _place(session_id, plain))
            how.append("aes")
        return Row(plain.role, base64.b64encode(data).decode(), plain.timestamp, sealed="+".join(how))

    def open(self, session_id: str, row: Row) -> Message:
        """The message of a row. Raises InvalidInput if another key sealed it, or it was changed or moved since."""
        content, metadata = row.content, row.metadata
        if row.sealed is not None:
            data = base64.b64decode(content)
            for how in reversed(row.sealed.split("+")):
                data = self._openers[how](self, session_id, row, data)
            content, metadata = json.loads(data)
        return Message(row.role, content, datetime.fromtimestamp(row.timestamp, UTC), metadata, session_id)

    def _decrypted(self, session_id: str, row: Row, data: bytes) -> bytes:
        if self._cipher is None:
            raise InvalidInput("encryption_key", "must be given: the messages are encrypted")
        try:
            return self._cipher.decrypt(data[:_NONCE], data[_NONCE:], _place(session_id, row))
        except InvalidTag:
            raise InvalidInput("encryption_key", "must be that of the messages, which were not changed or moved since") from None

    def _decompressed(self, session_id: str, row: Row, data: bytes) -> bytes:
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=_LARGEST)

    _openers: Final[dict[str, Callable[[Sealer, str, Row, bytes], bytes]]] = {"aes": _decrypted, "zstd": _decompressed}


def _place(session_id: str, row: Row) -> bytes:
    return json.dumps([session_id, row.role, row.timestamp]).encode()


def _checked(message: Message) -> Row:
    if not isinstance(message, Message):
        raise InvalidInput("messages", f"must be Message objects, not {type(message).__name__}")
    for field in ("role", "content"):
        if not isinstance(getattr(message, field), str):
            raise InvalidInput(field, f"must be a str, not {type(getattr(message, field)).__name__}")
    try:
        metadata = json.loads(json.dumps(dict(message.metadata or {})))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput("metadata", f"must hold JSON values only: {error}") from None
    assert message.timestamp is not None
    return Row(message.role, message.content, message.timestamp.timestamp(), metadata)
