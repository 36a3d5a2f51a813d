"""The text of a token: a mark, the secret, and the organization's id."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final
from uuid import UUID

_MARK: Final = "mdb_"
_SECRET_BYTES: Final = 33
_ORG_CHARACTERS: Final = 22
_LENGTH: Final = len(_MARK) + _SECRET_BYTES * 4 // 3 + _ORG_CHARACTERS
PREFIX: Final = len(_MARK) + 8
"""The number of leading characters of a token that are stored."""


def new(org_id: UUID) -> str:
    secret = urlsafe_b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    return _MARK + secret + urlsafe_b64encode(org_id.bytes)[:-2].decode()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def organization_of(text: object) -> UUID | None:
    if not isinstance(text, str) or len(text) != _LENGTH or not text.startswith(_MARK) or not text.isascii():
        return None
    try:
        return UUID(bytes=urlsafe_b64decode(text[-_ORG_CHARACTERS:] + "=="))
    except ValueError:
        return None
