-- Adds an edge between two live memories. An existing edge gets the new confidence, and the notes that are given or cleared. No row means
-- that one of the memories does not exist.
INSERT INTO memdb.memory_relations AS r (org_id, source_id, type, target_id, confidence, notes, created_by)
SELECT
    s.org_id,
    s.id,
    :type::text,
    t.id,
    :confidence::float8,
    :notes::text,
    :actor::text
FROM memdb.memories AS s
JOIN memdb.writers AS w ON w.org_id = s.org_id AND w.id = s.agent_id
JOIN memdb.memories AS t ON t.org_id = s.org_id AND t.id = :target_id::uuid
WHERE s.org_id = :org_id::memdb.tenant
    AND w.org_id = :org_id
    AND memdb.takes_writes(w, s.agent_id)
    AND t.org_id = :org_id
    AND s.id = :source_id::uuid
    AND s.deleted_at IS NULL
    AND (s.expires_at IS NULL OR s.expires_at > now())
    AND t.deleted_at IS NULL
    AND (t.expires_at IS NULL OR t.expires_at > now())
ON CONFLICT (org_id, source_id, type, target_id) DO UPDATE
    SET
        confidence = excluded.confidence,
        notes = coalesce(excluded.notes, CASE WHEN 'notes' <> ALL (:cleared::text[]) THEN r.notes END)
RETURNING
    r.source_id,
    r.type,
    r.target_id,
    r.confidence,
    r.notes,
    r.created_by,
    r.created_at
