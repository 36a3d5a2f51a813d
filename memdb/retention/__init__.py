"""The end of data: purging what was deleted, erasing a user or a tenant, and the legal holds that forbid both.

All of it is administration of one tenant: `db.admin(org_id)`.
"""

from memdb.retention.erasing import (
    Erasure,
    close_organization,
    count_of_organization,
    count_of_user,
    erase_organization,
    erase_user,
    erasures,
    lock_members,
    lock_user,
    memories_of_organization,
    memories_of_user,
    record_erasure,
    remove_organization,
    remove_user,
)
from memdb.retention.holding import (
    LegalHold,
    hold,
    hold_on_anything,
    hold_on_organization,
    hold_on_user,
    holds,
    lock_organization,
    place_hold,
    release_hold,
)
from memdb.retention.purging import Purge, RowCounts, TableRows, purge, purgeable, record_purge, remove_memories

__all__ = [
    "Erasure",
    "LegalHold",
    "Purge",
    "RowCounts",
    "TableRows",
    "close_organization",
    "count_of_organization",
    "count_of_user",
    "erase_organization",
    "erase_user",
    "erasures",
    "hold",
    "hold_on_anything",
    "hold_on_organization",
    "hold_on_user",
    "holds",
    "lock_members",
    "lock_organization",
    "lock_user",
    "memories_of_organization",
    "memories_of_user",
    "place_hold",
    "purge",
    "purgeable",
    "record_erasure",
    "record_purge",
    "release_hold",
    "remove_memories",
    "remove_organization",
    "remove_user",
]
