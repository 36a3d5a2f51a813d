"""The archive: sessions that nobody speaks in any more, with nothing of their messages lost.

    await archives.archive(db.admin(org_id), idle_since=datetime.now(UTC) - timedelta(days=7))     # active or closed -> cold_archived
    await archives.restore(db.admin(org_id), id=session_id)                                       # cold_archived -> what it was before

    rows = [row async for row in archives.export(db.admin(org_id), id=session_id)]                # to be kept elsewhere
    await archives.leave(db.admin(org_id), id=session_id, archived_to="s3://...", messages=len(rows))    # cold -> deep_archived
    await archives.bring_back(db.admin(org_id), id=session_id, rows=rows)                         # deep_archived -> cold_archived

An archived session's messages are read as before (`messages.get`, `messages.page`), but neither searched nor shown in windows, and nothing
is appended or changed. A deep-archived one's are where `archived_to` says.
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
