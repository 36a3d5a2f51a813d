"""Backup and restore of one tenant: all its rows in a file, restored in another database or under another id.

    with open("acme.dump", "wb") as file:
        await backup.dump(db.admin(org_id, timeout=3600), file)
    with open("acme.dump", "rb") as file:
        await backup.restore(other_db, file)                                            # the same tenant elsewhere
        await backup.restore(db, file, org_id=uuid4(), slug="acme-copy", name="Copy")   # a copy of it

The file is a stream of lines, described in `memdb.operations.backup.files`. Both operations take the memory of a few batches, whatever the
tenant's size.
"""

from memdb.operations.backup.dumping import dump
from memdb.operations.backup.files import DumpedSpace, DumpedTable, Header, Identity
from memdb.operations.backup.restoring import Restored, restore
from memdb.operations.backup.tables import Progress

__all__ = [
    "DumpedSpace",
    "DumpedTable",
    "Header",
    "Identity",
    "Progress",
    "Restored",
    "dump",
    "restore",
]
