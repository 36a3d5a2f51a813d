-- Everything that the archive has of a session, as JSON: one message per row, in order, with its seal. JSON values are exported as text, so
-- that no reader rounds their numbers.
-- not null: row
SELECT
    to_jsonb(m) - 'org_id' || jsonb_build_object(
        'tool_calls', m.tool_calls::text,
        'metadata', m.metadata::text,
        'seal', memdb.seal_of(m, s.seal)
    ) AS row
FROM memdb.archived_messages AS m
JOIN memdb.sessions AS s ON s.org_id = m.org_id AND s.id = m.session_id
WHERE m.org_id = :org_id::memdb.tenant
    AND m.session_id = :id::uuid
    AND s.deleted_at IS NULL
ORDER BY m.position
