"""Profiles: what is known about a user, as one versioned JSON document each.

class Traits(msgspec.Struct):
    language: str | None = None
    interests: list[str] = []

profile = await profiles.patch(tenant, user_id=ada, changes={"language": "it", "nickname": None})    # None removes
traits = profile.document_as(Traits)
await profiles.put(tenant, user_id=ada, document=traits, expected_version=profile.version)
"""

from memdb.profiles.reading import count, export_json, get, page, version, versions
from memdb.profiles.structs import Profile, ProfileVersion
from memdb.profiles.writing import delete, import_json, patch, put, restore, revert

__all__ = [
    "Profile",
    "ProfileVersion",
    "count",
    "delete",
    "export_json",
    "get",
    "import_json",
    "page",
    "patch",
    "put",
    "restore",
    "revert",
    "version",
    "versions",
]
