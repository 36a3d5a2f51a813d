"""The archive: sessions that are no longer used, with all of their messages.

    await archives.archive(db.admin(org_id), idle_since=datetime.now(UTC) - timedelta(days=7))     # active or closed -> cold_archived
    await archives.restore(db.admin(org_id), id=session_id)                                       # cold_archived -> what it was before

    rows = [row async for row in archives.export(db.admin(org_id), id=session_id)]                # to be stored elsewhere
    await archives.leave(db.admin(org_id), id=session_id, archived_to="s3://...", messages=len(rows))    # cold -> deep_archived
    await archives.bring_back(db.admin(org_id), id=session_id, rows=rows)                         # deep_archived -> cold_archived

An archived session's messages can be read as before (`messages.get`, `messages.page`), but are neither searched nor shown in windows, and
cannot be appended to or changed. A deep-archived session's messages are where `archived_to` says.
"""

from memdb.archives.cold import Archived, Progress, archive, restore
from memdb.archives.deep import bring_back, export, leave

__all__ = [
    "Archived",
    "Progress",
    "archive",
    "bring_back",
    "export",
    "leave",
    "restore",
]
