-- Notes where an archived session's messages are kept from now on, if they are as many as were exported; or finds that it was broken off after that.
-- No row means that there is no such session in the archive, or that its messages are still on their way.
UPDATE memdb.sessions AS s
SET
    status = CASE WHEN s.moving IS NULL THEN memdb.next_session_status(s.status, 'deep_archived') ELSE s.status END,
    archived_to = :archived_to::text,
    moving = 'away',
    updated_at = greatest(s.updated_at, now()),
    version = CASE WHEN s.moving IS NULL THEN memdb.next_version(s.version, :expected_version::int) ELSE s.version END
WHERE s.org_id = :org_id::memdb.tenant
    AND s.id = :id::uuid
    AND s.deleted_at IS NULL
    AND CASE
        WHEN s.status = 'cold_archived' AND s.moving IS NULL THEN memdb.must(
            :messages::int = (SELECT count(*) FROM memdb.archived_messages AS m WHERE m.org_id = :org_id AND m.session_id = s.id),
            'messages', 'must be as many as the archive has of the session: export it again'
        )
        ELSE s.status = 'deep_archived' AND s.moving = 'away' AND s.archived_to = :archived_to
    END
RETURNING s.id
