-- Returns a session to the archive once all its messages are back: as many as were ever appended. No row means that there is no such
-- session, or that it is not deep-archived.
UPDATE memdb.sessions AS s
SET
    status = memdb.next_session_status(s.status, 'cold_archived'),
    archived_to = NULL,
    moving = NULL,
    updated_at = greatest(s.updated_at, now()),
    version = s.version + 1
WHERE s.org_id = :org_id::memdb.tenant
    AND s.id = :id::uuid
    AND s.status = 'deep_archived'
    AND s.deleted_at IS NULL
    AND memdb.must(
        s.last_position = (SELECT count(*) FROM memdb.archived_messages AS m WHERE m.org_id = :org_id AND m.session_id = :id),
        'rows', 'must be all messages that were exported of the session'
    )
RETURNING s.id
