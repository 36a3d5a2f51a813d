-- Records where an archived session's messages are stored from now on, if their number is that of the exported ones; or finds that this was
-- done before an interruption. No row means that there is no such session in the archive, or that its messages are still being moved.
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
