"""The end of data: purging what was deleted, clearing old sessions and events, erasing a user or a tenant, and the
legal holds that forbid all of it.

All of it is administration of one tenant: `db.admin(org_id)`. It is done to every table of tenants' rows, of whatever schema, as
the catalog tells: the views memdb.tenant_tables and memdb.tenant_references.
"""

from memdb.retention.counting import Purge, RowCounts
from memdb.retention.erasing import Erasure, erase_organization, erase_user, erasures
from memdb.retention.holding import LegalHold, hold, holds, release_hold
from memdb.retention.purging import clear_old_events, clear_old_sessions, purge

__all__ = [
    "Erasure",
    "LegalHold",
    "Purge",
    "RowCounts",
    "clear_old_events",
    "clear_old_sessions",
    "erase_organization",
    "erase_user",
    "erasures",
    "hold",
    "holds",
    "purge",
    "release_hold",
]
