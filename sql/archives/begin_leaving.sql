-- Notes where an archived session's messages are kept from now on, if they are as many as were exported; or finds that noted already, their removal
-- having been broken off. No row means that there is no such session in the archive, or that its messages are still on their way.
UPDATE memdb.sessions AS s
SET
    status = CASE s.status WHEN 'cold_archived' THEN memdb.next_session_status(s.status, 'deep_archived') ELSE s.status END,
    archived_to = :archived_to::text,
    moving = 'away',
    updated_at = greatest(s.updated_at, now()),
    version = s.version + (s.status = 'cold_archived')::int
WHERE s.org_id = :org_id::memdb.tenant
    AND s.id = :id::uuid
    AND s.deleted_at IS NULL
    AND CASE s.status
        WHEN 'cold_archived' THEN
            s.moving IS NULL
            AND memdb.must(
                -- Of the row's id, so that nothing is asked about a session that is not there.
                :messages::int = (SELECT count(*) FROM memdb.archived_messages AS m WHERE m.org_id = :org_id AND m.session_id = s.id),
                'messages', 'must be as many as the archive has of the session: export it again'
            )
        WHEN 'deep_archived' THEN s.moving = 'away' AND s.archived_to = :archived_to
        ELSE false
    END
RETURNING s.id
