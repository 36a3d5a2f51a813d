"""The end of data: purging deleted rows, clearing old sessions and events, erasing a user or a tenant, and legal holds.

All of this administers one tenant: `db.admin(org_id)`. It applies to every table of tenants' rows in any schema, according to the catalog:
the views memdb.tenant_tables and memdb.tenant_references.
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
