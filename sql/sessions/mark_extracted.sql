-- Records up to which message memories were extracted from a session, and returns that position. The mark never goes back.
UPDATE memdb.sessions AS s
SET extracted_position = greatest(s.extracted_position, :position::int)
FROM memdb.writers AS w
WHERE s.org_id = :org_id::memdb.tenant
    AND s.id = :id::uuid
    AND s.deleted_at IS NULL
    AND w.org_id = :org_id
    AND w.id = s.agent_id
    AND memdb.takes_writes(w, s.agent_id)
RETURNING s.extracted_position
