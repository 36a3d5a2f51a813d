"""Profiles and triples of users as objects: each profile a JSON file, each user's triples a file of JSON lines.

Each function that reads or writes has a twin with an `a` in front, to be awaited, for backends that have `aget_object` and `aput_object`.
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
    """Raises json.JSONDecodeError, a ValueError."""
    profile: Profile = json.loads(raw.decode())
    return profile


def serialize_triples(triples: Iterable[Triple]) -> bytes:
    """A JSON array a line, in the order given, equal ones too."""
    return "\n".join(json.dumps([s, p, o], ensure_ascii=False) for s, p, o in triples).encode()


def parse_triples(raw: bytes) -> list[Triple]:
    """The triples of JSON lines: of a longer array the first three, as texts; what is shorter or no array is left out.

    Raises json.JSONDecodeError, a ValueError, for a line that is no JSON.
    """
    # By "\n" alone: a text may have other ends of lines in it.
    arrays = [json.loads(line) for each in raw.decode().split("\n") if (line := each.strip())]
    return [(str(each[0]), str(each[1]), str(each[2])) for each in arrays if isinstance(each, list) and len(each) >= 3]


def load_user_profile(backend: LongTermStorageBackend, user_id: str) -> Profile | None:
    """A user's profile, or None where there is none."""
    return _profile(backend.get_object(profile_key(user_id)))


async def aload_user_profile(backend: ObjectStorage, user_id: str) -> Profile | None:
    return _profile(await backend.aget_object(profile_key(user_id)))


def save_user_profile(backend: LongTermStorageBackend, user_id: str, profile: Profile) -> None:
    """Put a profile in the place of the one there is, whatever others have saved meanwhile: see `update_user_profile`."""
    backend.put_object(profile_key(user_id), serialize_profile(profile), content_type=_JSON)


async def asave_user_profile(backend: ObjectStorage, user_id: str, profile: Profile) -> None:
    await backend.aput_object(profile_key(user_id), serialize_profile(profile), content_type=_JSON)


def update_user_profile(backend: ObjectStorage, user_id: str, change: Callable[[Profile | None], Profile]) -> Profile:
    """Save what `change` makes of the profile there is (None where there is none), so that of two who do so neither undoes the other.

    `change` is called again where another was quicker. Returns what was saved. Raises Unsupported where the backend does not compare ETags.
    """
    return parse_profile(_rewrite(backend, profile_key(user_id), _JSON, lambda raw: serialize_profile(change(_profile(raw)))))


async def aupdate_user_profile(backend: ObjectStorage, user_id: str, change: Callable[[Profile | None], Profile]) -> Profile:
    return parse_profile(await _arewrite(backend, profile_key(user_id), _JSON, lambda raw: serialize_profile(change(_profile(raw)))))


def load_knowledge_triples(backend: LongTermStorageBackend, user_id: str) -> list[Triple]:
    """A user's triples in the order in which they were saved; none where there is no such object."""
    return parse_triples(backend.get_object(knowledge_key(user_id)) or b"")


async def aload_knowledge_triples(backend: ObjectStorage, user_id: str) -> list[Triple]:
    return parse_triples(await backend.aget_object(knowledge_key(user_id)) or b"")


def save_knowledge_triples(backend: LongTermStorageBackend, user_id: str, triples: Iterable[Triple]) -> None:
    """Put triples in the place of all that there are, whatever others have saved meanwhile: see `add_knowledge_triples`."""
    backend.put_object(knowledge_key(user_id), serialize_triples(triples), content_type=_LINES)


async def asave_knowledge_triples(backend: ObjectStorage, user_id: str, triples: Iterable[Triple]) -> None:
    await backend.aput_object(knowledge_key(user_id), serialize_triples(triples), content_type=_LINES)


def add_knowledge_triples(backend: ObjectStorage, user_id: str, triples: Iterable[Triple]) -> None:
    """Put triples after those that there are; of two who do so at once neither undoes the other.

    Raises Unsupported where the backend does not compare ETags.
    """
    added = list(triples)
    _rewrite(backend, knowledge_key(user_id), _LINES, lambda raw: serialize_triples(parse_triples(raw or b"") + added))


async def aadd_knowledge_triples(backend: ObjectStorage, user_id: str, triples: Iterable[Triple]) -> None:
    added = list(triples)
    await _arewrite(backend, knowledge_key(user_id), _LINES, lambda raw: serialize_triples(parse_triples(raw or b"") + added))


def retrieve_relevant_knowledge(backend: LongTermStorageBackend, user_id: str, query: str, top_k: int = 5) -> list[Triple]:
    """The first `top_k` triples of a user with `query` in "subject predicate object", in whatever case; of all where it is blank.

    All of the user's triples are read: `memdb.triples` searches them in the database, by words and by embeddings.
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
