"""Users' profiles and triples as objects: each profile is a JSON file, each user's triples a JSON lines file.

Each function that reads or writes has an awaitable twin with the prefix `a`, for backends with `aget_object` and `aput_object`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

from memdb.adapters.memory_base.long_term_storage import LongTermStorageBackend, knowledge_key, profile_key
from memdb.adapters.memory_base.objects import ObjectConflict, ObjectStorage, StoredObject
from memdb.errors import Unsupported
from memdb.transcripts import ABSENT

Profile: TypeAlias = dict[str, Any]
Triple: TypeAlias = tuple[str, str, str]

PROFILE_TRAIT_KEYS: Final = ("communication_style", "emotional_tone", "preferred_topics", "decision_making")

_JSON: Final = "application/json"
_LINES: Final = "application/x-ndjson"


def serialize_profile(profile: Profile) -> bytes:
    return json.dumps(profile, ensure_ascii=False).encode()


def parse_profile(raw: bytes) -> Profile:
    """The profile. Raises json.JSONDecodeError, a ValueError."""
    profile: Profile = json.loads(raw.decode())
    return profile


def serialize_triples(triples: Iterable[Triple]) -> bytes:
    """A JSON array per line, in the given order, including equal ones."""
    return "\n".join(json.dumps([s, p, o], ensure_ascii=False) for s, p, o in triples).encode()


def parse_triples(raw: bytes) -> list[Triple]:
    """The triples of JSON lines: the first three elements of each array, as texts. Shorter arrays and other values are skipped.

    Raises json.JSONDecodeError, a ValueError, for a line that is not JSON.
    """
    # By "\n" alone: a text may contain other line separators.
    arrays = [json.loads(line) for each in raw.decode().split("\n") if (line := each.strip())]
    return [(str(each[0]), str(each[1]), str(each[2])) for each in arrays if isinstance(each, list) and len(each) >= 3]


def load_user_profile(backend: LongTermStorageBackend, user_id: str) -> Profile | None:
    """A user's profile, or None if there is none."""
    return _profile(backend.get_object(profile_key(user_id)))


async def aload_user_profile(backend: ObjectStorage, user_id: str) -> Profile | None:
    return _profile(await backend.aget_object(profile_key(user_id)))


def save_user_profile(backend: LongTermStorageBackend, user_id: str, profile: Profile) -> None:
    """Replace the profile, whatever others have saved meanwhile; see `update_user_profile`."""
    backend.put_object(profile_key(user_id), serialize_profile(profile), content_type=_JSON)


async def asave_user_profile(backend: ObjectStorage, user_id: str, profile: Profile) -> None:
    await backend.aput_object(profile_key(user_id), serialize_profile(profile), content_type=_JSON)


def update_user_profile(backend: ObjectStorage, user_id: str, change: Callable[[Profile | None], Profile]) -> Profile:
    """Save what `change` makes of the current profile (None if there is none), without losing concurrent changes.

    `change` is called again if another writer came first. Returns what was saved. Raises Unsupported if the backend does not compare ETags.
    """
    return parse_profile(_rewrite(backend, profile_key(user_id), _JSON, lambda raw: serialize_profile(change(_profile(raw)))))


async def aupdate_user_profile(backend: ObjectStorage, user_id: str, change: Callable[[Profile | None], Profile]) -> Profile:
    return parse_profile(await _arewrite(backend, profile_key(user_id), _JSON, lambda raw: serialize_profile(change(_profile(raw)))))


def load_knowledge_triples(backend: LongTermStorageBackend, user_id: str) -> list[Triple]:
    """A user's triples in the order in which they were saved; empty if there is no such object."""
    return parse_triples(backend.get_object(knowledge_key(user_id)) or b"")


async def aload_knowledge_triples(backend: ObjectStorage, user_id: str) -> list[Triple]:
    return parse_triples(await backend.aget_object(knowledge_key(user_id)) or b"")


def save_knowledge_triples(backend: LongTermStorageBackend, user_id: str, triples: Iterable[Triple]) -> None:
    """Replace all triples, whatever others have saved meanwhile; see `add_knowledge_triples`."""
    backend.put_object(knowledge_key(user_id), serialize_triples(triples), content_type=_LINES)


async def asave_knowledge_triples(backend: ObjectStorage, user_id: str, triples: Iterable[Triple]) -> None:
    await backend.aput_object(knowledge_key(user_id), serialize_triples(triples), content_type=_LINES)


def add_knowledge_triples(backend: ObjectStorage, user_id: str, triples: Iterable[Triple]) -> None:
    """Append triples to the existing ones, without losing concurrent changes.

    Raises Unsupported if the backend does not compare ETags.
    """
    added = list(triples)
    _rewrite(backend, knowledge_key(user_id), _LINES, lambda raw: serialize_triples(parse_triples(raw or b"") + added))


async def aadd_knowledge_triples(backend: ObjectStorage, user_id: str, triples: Iterable[Triple]) -> None:
    added = list(triples)
    await _arewrite(backend, knowledge_key(user_id), _LINES, lambda raw: serialize_triples(parse_triples(raw or b"") + added))


def retrieve_relevant_knowledge(backend: LongTermStorageBackend, user_id: str, query: str, top_k: int = 5) -> list[Triple]:
    """The first `top_k` triples of a user with `query` in "subject predicate object", ignoring case; of all, if it is blank.

    This reads all of the user's triples; `memdb.triples` searches them in the database, by words and by embeddings.
    """
    return _relevant(load_knowledge_triples(backend, user_id), query, top_k)


async def aretrieve_relevant_knowledge(backend: ObjectStorage, user_id: str, query: str, top_k: int = 5) -> list[Triple]:
    return _relevant(await aload_knowledge_triples(backend, user_id), query, top_k)


def _profile(raw: bytes | None) -> Profile | None:
    return None if raw is None else parse_profile(raw)


def _relevant(triples: list[Triple], query: str, top_k: int) -> list[Triple]:
    part = query.strip().lower()
    return [each for each in triples if part in " ".join(each).lower()][:top_k]


def _expected(found: StoredObject | None) -> str:
    if found is None:
        return ABSENT
    if found.etag is None:
        raise Unsupported("the store gives its objects no ETags to compare")
    return found.etag


def _rewrite(backend: ObjectStorage, key: str, content_type: str, make: Callable[[bytes | None], bytes]) -> bytes:
    while True:
        found = backend.get_with_etag(key)
        body = make(None if found is None else found.body)
        try:
            backend.put_object(key, body, content_type, expected_etag=_expected(found))
        except ObjectConflict:
            continue
        return body


async def _arewrite(backend: ObjectStorage, key: str, content_type: str, make: Callable[[bytes | None], bytes]) -> bytes:
    while True:
        found = await backend.aget_with_etag(key)
        body = make(None if found is None else found.body)
        try:
            await backend.aput_object(key, body, content_type, expected_etag=_expected(found))
        except ObjectConflict:
            continue
        return body
